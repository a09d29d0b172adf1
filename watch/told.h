/* told: the ids of findings that were told already, so that each is told once. In memory that the processes which judge
 * share; one of them runs at a time.
 *
 * There are two halves. What is told, or asked about again, stands in the younger; when that is full it becomes the
 * older, and what stood there and was not asked about since is forgotten. So room is bounded, and only findings that
 * are gone can be told twice. */
#ifndef WATCH_TOLD_H
#define WATCH_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#define TOLD_SLOTS 131072 /* a power of two */
#define TOLD_MOST  98304  /* of them in use: as many as may stand at once and be told once */

struct told { /* begins as zeros */
    uint64_t slots[2][TOLD_SLOTS];
    uint32_t count; /* in the younger half */
    uint32_t young; /* which half that is */
};

/* Was it told? It is not forgotten as long as this is asked. */
bool told_has(struct told *told, const char *id);
/* From now on it was. */
void told_add(struct told *told, const char *id);

#endif
