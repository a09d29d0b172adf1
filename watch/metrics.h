/* metrics: what a live run is like, in numbers, in the text format that Prometheus reads (exposition format 0.0.4):
 * base units, _total for what only grows, HELP and TYPE for each. */
#ifndef WATCH_METRICS_H
#define WATCH_METRICS_H

#include "watch/board.h"
#include "watch/bulletin.h"

#include <stdio.h>

#define METRICS_CODES 8

/* What the server counts of itself. */
struct metrics_served {
    struct {
        unsigned code;
        uint64_t count;
    } requests[METRICS_CODES]; /* by status code; code 0: unused */
    unsigned streams;          /* of events that are open */
};

struct metrics_now {
    const char *version; /* of pathaudit */
    const struct bulletin *bulletin;
    const struct board *board;
    const struct metrics_served *served;
    int64_t started_ns;            /* of the wall clock */
    uint64_t lost;                 /* audits that did not arrive */
    const char *const *interfaces; /* their names, by the number of the board's `down` */
    size_t interface_count;
};

void metrics_write(const struct metrics_now *now, FILE *out);

#endif
