/* hints: what a client was told of where to go next, apart from ports (those stand in the ledger): a directory located
 * by CLDAP or an SRV answer, a Kerberos ticket for a service on a host. Broken chains begin with one of them. */
#ifndef AUDIT_HINTS_H
#define AUDIT_HINTS_H

#include "audit/work.h"

enum hint_kind { HINT_DIRECTORY, HINT_TICKET };

struct hint {
    enum hint_kind kind;
    size_t client_host, server_host; /* who was told, and where to go */
    const char *service;             /* "ldap/dc1.corp.example", an SRV name, or "CLDAP" */
    bool kept;                       /* it led somewhere: of tickets, one was given; false: it was only asked for */
    int64_t when_ns;
    struct evidence evidence;
};

struct hints {
    struct hint *items; /* ordered by client, server, kind, time */
    size_t count;
};

/* All hints whose server is a host of this audit. False when memory ran out. */
bool hints_gather(struct work *work, struct hints *hints);
/* The first hint of the kind, kept, that sent the client to this server's port; NULL when there is none. */
const struct hint *hints_find(const struct hints *hints, enum hint_kind kind,
                              const struct judged_conversation *conversation);
/* Is this conversation one that the hint calls for? */
bool hint_calls_for(const struct hint *hint, const struct judged_conversation *conversation);
/* "cas1 asked the KDC for a ticket for exchangeMDB/mbx1 at 09:00:10 (frame 4), and got one." */
const char *hint_tell(struct work *work, const struct hint *hint);

#endif
