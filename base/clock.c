/* clock: text of packet times, always UTC. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static bool broken_down(int64_t time_ns, struct tm *parts, int64_t *fraction_ns)
{
    int64_t seconds = time_ns / SECOND_NS, rest = time_ns % SECOND_NS;
    if (rest < 0) {
        seconds--;
        rest += SECOND_NS;
    }
    time_t t = (time_t)seconds;
    *fraction_ns = rest;
    return gmtime_r(&t, parts) != NULL;
}

static const char *formatted(int64_t time_ns, const char *format, bool fraction, char out[CLOCK_TEXT])
{
    struct tm parts;
    int64_t rest;
    out[0] = '\0';
    if (!broken_down(time_ns, &parts, &rest))
        return out;
    size_t n = strftime(out, CLOCK_TEXT, format, &parts);
    if (fraction && n > 0)
        snprintf(out + n, CLOCK_TEXT - n, ".%06dZ", (int)(rest / 1000));
    return out;
}

const char *clock_text(int64_t time_ns, char out[CLOCK_TEXT])
{
    if (time_ns == 0) {
        out[0] = '\0';
        return out;
    }
    return formatted(time_ns, "%Y-%m-%dT%H:%M:%S", true, out);
}

const char *clock_of_day(int64_t time_ns, char out[CLOCK_TEXT])
{
    return formatted(time_ns, "%H:%M:%S", false, out);
}

const char *clock_day_and_time(int64_t time_ns, char out[CLOCK_TEXT])
{
    return formatted(time_ns, "%Y-%m-%d %H:%M:%S", false, out);
}
