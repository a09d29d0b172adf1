/* progress: how far a long read is, on standard error when it is a terminal. It is the one thing that goes by the
 * clock on the wall; nothing of it is ever in a report. */
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress_now {
    const char *name;             /* of what is being read */
    bool endless;                 /* an interface, or a file that is still being written */
    uint64_t bytes, bytes_in_all; /* in all 0: unknown */
    uint64_t packets, dropped;
    size_t file, files; /* the third of twelve; one of one is not told */
};

struct progress {
    bool wanted;
    bool shown;
    unsigned width;                    /* columns of the terminal */
    int64_t began_ns, last_ns;         /* of the monotonic clock */
    uint64_t last_bytes, last_packets; /* then */
};

void progress_begin(struct progress *progress, bool quiet);
/* Cheap; redraws twice a second. */
void progress_show(struct progress *progress, const struct progress_now *now);
/* Wipes the line. */
void progress_end(struct progress *progress);

/* The line itself, `since_ns` after the beginning. What has no end is told at its rate since the line before, all else
 * at that since the beginning, which says how much time is left. */
void progress_line(char *out, size_t size, const struct progress *progress, const struct progress_now *now,
                   int64_t since_ns);

#endif
