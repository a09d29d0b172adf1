/* progress: how far a long read is, on standard error when it is a terminal: bytes done, rate, time left. */
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool wanted;
    bool shown;
    int64_t began_ns, last_ns; /* of the monotonic clock: for people only, never in a report */
};

void progress_begin(struct progress *progress, bool quiet);
/* Cheap; redraws twice a second. in_all 0: unknown. */
void progress_show(struct progress *progress, const char *name, uint64_t done, uint64_t in_all, uint64_t packets);
/* Wipes the line. */
void progress_end(struct progress *progress);

#endif
