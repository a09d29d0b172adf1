/* clock: packet time as nanoseconds since 1970-01-01 UTC, and its text. There is no other clock here: the same
 * capture gives the same report, whenever it is read. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_TEXT 40
#define SECOND_NS  INT64_C(1000000000)

/* How long ago `then` was; captures may say any time, so the answer is kept within bounds. */
static inline int64_t clock_since(int64_t now_ns, int64_t then_ns)
{
    int64_t since_ns;
    return __builtin_sub_overflow(now_ns, then_ns, &since_ns) ? (now_ns < then_ns ? INT64_MIN : INT64_MAX) : since_ns;
}

/* RFC 3339 in UTC with microseconds (`2026-11-20T09:00:03.000123Z`), "" for 0 (not seen), into `out`. */
const char *clock_text(int64_t time_ns, char out[CLOCK_TEXT]);
/* Clock time of day in UTC, `09:00:03`, into `out`. */
const char *clock_of_day(int64_t time_ns, char out[CLOCK_TEXT]);
/* `2026-11-20 09:00:03`, into `out`. */
const char *clock_day_and_time(int64_t time_ns, char out[CLOCK_TEXT]);
/* Of something that happened in a window: the time of day when both ends of the window are of the same day as it, else
 * day and time. */
const char *clock_within(int64_t time_ns, int64_t first_ns, int64_t last_ns, char out[CLOCK_TEXT]);
/* Reads `2026-11-20`, `2026-11-20T09:00:03` or `2026-11-20T09:00:03.5Z` (always UTC; a space may stand for the T).
 * False when it is none of these. */
bool clock_parse(const char *text, int64_t *time_ns);

#endif
