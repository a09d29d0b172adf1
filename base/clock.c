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

const char *clock_text(int64_t time_ns, char out[CLOCK_TEXT])
{
    struct tm parts;
    int64_t fraction_ns;
    out[0] = '\0';
    if (time_ns == 0 || !broken_down(time_ns, &parts, &fraction_ns))
        return out;
    size_t length = strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &parts);
    if (length > 0)
        snprintf(out + length, CLOCK_TEXT - length, ".%06dZ", (int)(fraction_ns / 1000));
    return out;
}

const char *clock_of_day(int64_t time_ns, char out[CLOCK_TEXT])
{
    struct tm parts;
    int64_t fraction_ns;
    out[0] = '\0';
    if (broken_down(time_ns, &parts, &fraction_ns))
        strftime(out, CLOCK_TEXT, "%H:%M:%S", &parts);
    return out;
}

const char *clock_day_and_time(int64_t time_ns, char out[CLOCK_TEXT])
{
    struct tm parts;
    int64_t fraction_ns;
    out[0] = '\0';
    if (broken_down(time_ns, &parts, &fraction_ns))
        strftime(out, CLOCK_TEXT, "%Y-%m-%d %H:%M:%S", &parts);
    return out;
}
