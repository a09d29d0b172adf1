/* timeline: when the traffic of each conversation was, in slices of time, from the rows that were observed. Small on
 * purpose: slices are made wider until there are few enough, so that a report does not grow with the length of a
 * capture. Hides how rows of the store belong to judged conversations.
 */
#ifndef REPORTS_TIMELINE_H
#define REPORTS_TIMELINE_H

#include "audit/audit.h"

#define TIMELINE_SLICES_MOST 128

/* What one conversation did in one slice. */
struct timeline_cell {
    uint32_t conversation, slice; /* slices count from 0 */
    uint64_t packets, bytes;      /* both ways */
    uint64_t flows, failed_flows; /* that ended here; failed: refused, denied, prohibited, unreachable, unanswered */
};

struct timeline {
    int64_t first_ns, width_ns;  /* where slice 0 begins, and how long each is */
    uint32_t slices;             /* 0: nothing was observed */
    struct timeline_cell *cells; /* ordered by conversation, then slice; quiet slices have none */
    size_t count;
};

/* False when memory runs out. Scans are in no conversation and so in no cell. Released by timeline_fini. */
bool timeline_init(struct timeline *timeline, const struct audit *audit);
void timeline_fini(struct timeline *timeline);

#endif
