/* now: the clocks of this machine: for progress, pace, waiting, and for what is said of the run itself. What a report
 * says of traffic has packet time (base/clock.h). */
#ifndef BASE_NOW_H
#define BASE_NOW_H

#include "base/clock.h"

#include <time.h>

static inline int64_t now_of_ns(clockid_t which)
{
    struct timespec now;
    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* Since some moment; nobody sets this one. */
static inline int64_t monotonic_ns(void)
{
    return now_of_ns(CLOCK_MONOTONIC);
}

/* Since 1970-01-01 UTC: the one by which the kernel stamps packets. */
static inline int64_t wall_ns(void)
{
    return now_of_ns(CLOCK_REALTIME);
}

#endif
