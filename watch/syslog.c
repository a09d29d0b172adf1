/* syslog: see watch/syslog.h. PRIVAL is facility and severity (RFC 5424, 6.2.1); the facility is "system daemons". */
#include "watch/syslog.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAEMON 3

static unsigned priority(enum severity severity)
{
    static const unsigned severities[SEVERITY_COUNT] = {
        [SEVERITY_HIGH] = 3, [SEVERITY_MEDIUM] = 4, [SEVERITY_LOW] = 5, [SEVERITY_INFO] = 6}; /* error ... informational
                                                                                               */
    return DAEMON * 8 + severities[severity];
}

/* Behind `head`; a character is not cut in two. */
static size_t add_text(char out[SYSLOG_MOST], size_t head, const char *text)
{
    size_t room = SYSLOG_MOST - head, length = strnlen(text, room + 1);
    if (length > room) {
        length = room;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(out + head, text, length);
    return head + length;
}

/* A name for the header: printable characters, at most 255 (6.2.4); "-" when there is none. */
static const char *name_of(const char *host, char out[256])
{
    size_t length = 0;
    for (; *host != '\0' && length < 255; host++)
        if (*host > ' ' && *host <= '~')
            out[length++] = *host;
    if (length == 0)
        out[length++] = '-';
    out[length] = '\0';
    return out;
}

size_t syslog_of_server(const struct syslog_message *message, char out[SYSLOG_MOST])
{
    char time[CLOCK_TEXT], host[256];
    int head =
        snprintf(out, SYSLOG_MOST, "<%u>1 %s %s pathaudit %ld finding - \xef\xbb\xbf", priority(message->severity),
                 clock_text(message->time_ns, time), name_of(message->host, host), message->process);
    return add_text(out, (size_t)head, message->text);
}

size_t syslog_of_machine(const struct syslog_message *message, char out[SYSLOG_MOST])
{
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm at;
    time_t seconds = (time_t)(message->time_ns / SECOND_NS);
    localtime_r(&seconds, &at);
    int head = snprintf(out, SYSLOG_MOST, "<%u>%s %2d %02d:%02d:%02d pathaudit[%ld]: ", priority(message->severity),
                        months[at.tm_mon], at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec, message->process);
    return add_text(out, (size_t)head, message->text);
}
