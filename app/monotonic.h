/* monotonic: the clock of this machine since some moment: for progress, pace and waiting, never in a report. */
#ifndef APP_MONOTONIC_H
#define APP_MONOTONIC_H

#include "base/clock.h"

#include <time.h>

static inline int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

#endif
