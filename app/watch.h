/* watch: a live run that is told of while it goes on. Hides that two processes work at it: this one captures and
 * judges, and the other (watch/front.h) serves the page and draws on the terminal, so that nobody who captures waits
 * for a browser or a terminal; and what both share. */
#ifndef APP_WATCH_H
#define APP_WATCH_H

#include "app/options.h"
#include "watch/board.h"

struct watch;

#define WATCH_EVERY_S 10 /* between audits, unless --every says otherwise */

/* Opens what the options name and begins the other process: before interfaces are open and rights are given up. NULL
 * with a failure. */
struct watch *watch_begin(const struct options *options, struct failure *failure);
/* For what is told between audits. */
struct board *watch_board(struct watch *watch);
/* An audit: its new findings are told, and it is shown. From a child of this process, too, one at a time. False with a
 * failure. */
bool watch_publish(struct watch *watch, const struct audit *audit, const struct report_options *how,
                   struct failure *failure);
/* Waits until the other process has shown what there is and left the terminal. True when there was a view. */
bool watch_end(struct watch *watch);

#endif
