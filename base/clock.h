/* clock: packet time as nanoseconds since 1970-01-01 UTC, and its text. There is no other clock here: the same
 * capture gives the same report, whenever it is read. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_TEXT 40
#define SECOND_NS  INT64_C(1000000000)

/* RFC 3339 in UTC with microseconds (`2026-11-20T09:00:03.000123Z`), "" for 0 (not seen), into `out`. */
const char *clock_text(int64_t time_ns, char out[CLOCK_TEXT]);
/* Clock time of day in UTC, `09:00:03`, into `out`. */
const char *clock_of_day(int64_t time_ns, char out[CLOCK_TEXT]);
/* `2026-11-20 09:00:03`, into `out`. */
const char *clock_day_and_time(int64_t time_ns, char out[CLOCK_TEXT]);

#endif
