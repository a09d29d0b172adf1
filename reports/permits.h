/* permits: what a firewall between the hosts, or on a server, has to let through: the conversations that were seen and
 * that a row of a table expects, put together by server and port.
 *
 * Only a match by row, or by a port that was handed out (grades A to C), counts; nothing that is unexpected or known
 * from the dynamic range alone (grade D), and nothing that a row or the site forbids. What was expected and blocked
 * counts: the row says that it should be let through. All memory belongs to the permits. */
#ifndef REPORTS_PERMITS_H
#define REPORTS_PERMITS_H

#include "audit/audit.h"

#define PERMIT_CLIENTS_MOST 8 /* more than these are written as the prefixes of their role, when the site has some */

struct permit {
    struct address server;
    size_t server_host;
    uint8_t transport;
    uint16_t port;
    struct address *clients; /* in order */
    size_t client_count;
    const char *role; /* of the site, when its prefixes stand for the clients; "" */
    const struct prefix *prefixes;
    size_t prefix_count;
    size_t *paths; /* indices into audit->paths */
    size_t path_count;
    bool dynamic;   /* the port was handed out, and the site does not say that it is static */
    bool ambiguous; /* which of the paths it is cannot be told for every conversation */
    struct texts services;
    const char *tunnel, *network; /* "" */
    uint64_t flows, conversations, blocked, deviating;
    int64_t first_ns, last_ns;
    struct evidence evidence;
};

struct permits {
    struct permit *items; /* by server, transport and port */
    size_t count;
    uint64_t left_out; /* conversations that were seen and give no permit */
    void *memory;
};

/* `host`: only those of this host, by name or address; NULL for all. False with a failure when memory runs out, or no
 * such host is known. */
bool permits_gather(struct permits *permits, const struct audit *audit, const char *host, struct failure *failure);
void permits_fini(struct permits *permits);

#endif
