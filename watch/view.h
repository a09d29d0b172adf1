/* view: a live run on a terminal: what is read, what the last audit amounts to, and the newest findings; drawn over
 * what was there before, from the top, in the terminal's other screen. */
#ifndef WATCH_VIEW_H
#define WATCH_VIEW_H

#include "watch/board.h"
#include "watch/bulletin.h"

#include <stdio.h>

#define VIEW_FINDINGS 64
#define VIEW_NOTES    4
#define VIEW_NOTE     240

/* What is known, newest first where there are several. */
struct view_now {
    const char *sources; /* what is read, as on the command line */
    const char *page;    /* where the page is, "" without one */
    const struct bulletin *bulletin;
    uint64_t packets, dropped, packets_per_s;
    int64_t now_ns; /* of the wall clock */
    const struct bulletin_finding *findings;
    size_t finding_count;
    const char (*notes)[VIEW_NOTE]; /* warnings, the oldest first */
    size_t note_count;
};

struct view_screen {
    unsigned width, height;
    bool colour, ascii;
};

/* Changes to the other screen; draws on it; and back to what was there before. */
void view_begin(FILE *terminal);
void view_draw(const struct view_now *now, const struct view_screen *screen, FILE *terminal);
void view_end(FILE *terminal);

#endif
