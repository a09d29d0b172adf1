/* progress: one line, redrawn in place. */
#include "app/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_NS INT64_C(500000000)

static int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void progress_begin(struct progress *progress, bool quiet)
{
    *progress = (struct progress){.wanted = !quiet && isatty(STDERR_FILENO)};
    if (progress->wanted)
        progress->began_ns = progress->last_ns = monotonic_ns();
}

void progress_show(struct progress *progress, const char *name, uint64_t done, uint64_t in_all, uint64_t packets)
{
    if (!progress->wanted)
        return;
    int64_t now_ns = monotonic_ns();
    if (now_ns - progress->last_ns < REDRAW_NS)
        return;
    progress->last_ns = now_ns;
    progress->shown = true;
    double seconds = (double)(now_ns - progress->began_ns) / 1e9, mib = (double)done / 1048576;
    double rate = mib / seconds;
    fprintf(stderr, "\r\033[K%.40s  %.0f MiB", name, mib);
    if (in_all > 0)
        fprintf(stderr, " of %.0f (%.0f%%)", (double)in_all / 1048576, 100.0 * (double)done / (double)in_all);
    fprintf(stderr, "  %llu packets  %.0f MiB/s", (unsigned long long)packets, rate);
    if (in_all > done && rate > 0)
        fprintf(stderr, "  %.0f s left", (double)(in_all - done) / 1048576 / rate);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
