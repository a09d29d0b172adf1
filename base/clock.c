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

static int64_t day_of(int64_t time_ns)
{
    int64_t day_ns = 86400 * SECOND_NS;
    return time_ns / day_ns - (time_ns % day_ns < 0);
}

const char *clock_within(int64_t time_ns, int64_t first_ns, int64_t last_ns, char out[CLOCK_TEXT])
{
    bool one_day = day_of(first_ns) == day_of(last_ns) && day_of(time_ns) == day_of(first_ns);
    return one_day ? clock_of_day(time_ns, out) : clock_day_and_time(time_ns, out);
}

/* Up to nine digits behind the point, as nanoseconds. */
static const char *take_fraction(const char *text, int64_t *fraction_ns)
{
    *fraction_ns = 0;
    if (*text != '.')
        return text;
    int64_t unit_ns = SECOND_NS / 10;
    for (text++; *text >= '0' && *text <= '9'; text++, unit_ns /= 10)
        *fraction_ns += (*text - '0') * unit_ns;
    return text;
}

/* A day or time that is none, such as 30 February, does not come back as it was written. */
bool clock_parse(const char *text, int64_t *time_ns)
{
    struct tm parts = {0}, again;
    int64_t fraction_ns = 0;
    int length = 0;
    if (sscanf(text, "%4d-%2d-%2d%n", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &length) != 3 || length != 10)
        return false;
    text += length;
    if (*text == 'T' || *text == ' ') {
        length = 0;
        if (sscanf(++text, "%2d:%2d:%2d%n", &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &length) != 3 || length != 8)
            return false;
        text = take_fraction(text + length, &fraction_ns);
        text += *text == 'Z';
    }
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    again = parts;
    time_t seconds = timegm(&again);
    if (*text != '\0' || again.tm_mon != parts.tm_mon || again.tm_mday != parts.tm_mday ||
        again.tm_hour != parts.tm_hour || again.tm_min != parts.tm_min || again.tm_sec != parts.tm_sec ||
        seconds < -9000000000 || seconds > 9000000000)
        return false;
    *time_ns = (int64_t)seconds * SECOND_NS + fraction_ns;
    return true;
}
