/* front: the process that speaks while another captures: it takes in bulletins, serves the page and draws on the
 * terminal. It has no packet socket and opens no file; when it is slow, or held up by a terminal or a browser, nobody
 * who captures waits. It ends when the other one does. */
#ifndef WATCH_FRONT_H
#define WATCH_FRONT_H

#include "watch/board.h"
#include "watch/entrance.h"
#include "watch/serve.h"

struct front_options {
    int bulletins; /* end of a pipe to read from: see watch/bulletin.h */
    int notes;     /* what the other process says on standard error, where a view is drawn; -1 */
    struct board *board;
    struct entrance *entrance; /* open when there is */
    struct serve *serve;       /* of the page, taken; NULL: no page */
    bool view, colour, ascii;
    const char *version, *sources;
    uint64_t every_s;
    const char *const *interfaces;
    size_t interface_count;
};

/* Until the other end of the pipe is closed. False with a failure. */
bool front_run(const struct front_options *options, struct failure *failure);

#endif
