/* syslog: one finding as a message for a syslog server (RFC 5424 over UDP, RFC 5426) or for the one of this machine,
 * which reads from /dev/log what syslog(3) writes (RFC 3164, 4.1, without a host). */
#ifndef WATCH_SYSLOG_H
#define WATCH_SYSLOG_H

#include "audit/audit.h"

#define SYSLOG_MOST 2048 /* bytes: what every server takes (RFC 5426, 3.2) */

struct syslog_message {
    enum severity severity;
    int64_t time_ns;  /* of the wall clock */
    const char *host; /* of this machine, or of the sensor */
    long process;
    const char *text; /* one line, without control characters */
};

/* Each writes into `out`, cut between two characters (UTF-8) where it is too long, and gives the length. */
size_t syslog_of_server(const struct syslog_message *message, char out[SYSLOG_MOST]);
size_t syslog_of_machine(const struct syslog_message *message, char out[SYSLOG_MOST]);

#endif
