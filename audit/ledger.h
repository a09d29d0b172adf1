/* ledger: which service lives at which port of which server, from every message that said so.
 *
 * One port has a set of services, one service may have several ports. All addresses of one host of the site file share
 * the ledger, and a different address in a tower has it too. It applies backwards: a flow that began before the mapper
 * answered is named by the answer as well. Only TCP and HTTP towers name TCP ports, only ncadg_ip_udp UDP ports. */
#ifndef AUDIT_LEDGER_H
#define AUDIT_LEDGER_H

#include "audit/work.h"

#define SERVICES_MOST 64 /* of one port that are looked at; more are never told by one mapper */

/* A service a port is known for, and how well it is known for this client:
 * 'A' the server told this client, 'B' it told others, or everybody, 'C' a bind or the site file names it. */
struct service {
    const char *word;      /* as declared in the site file; "" for those seen */
    const char *protocol;  /* spoken there: "dcerpc", "rtp", "sip" */
    struct uuid interface; /* zero when not known */
    uint16_t major, minor;
    char grade;
};

/* The message that sent this client to this port. */
struct told {
    int64_t time_ns, last_ns; /* for the first and for the last time */
    struct evidence evidence;
    const char *learned_from;
    size_t endpoint; /* index into audit->endpoints */
};

/* Fills audit->endpoints and work->ledger. False when memory ran out. */
bool ledger_fill(struct work *work);

/* The services of the conversation's server port: those bound in it when there are any (`bound`), else all that the
 * port is known for. At most SERVICES_MOST. Nothing for ports that carry many services by design: the endpoint mapper's
 * own, and SMB. */
size_t ledger_services(const struct work *work, const struct judged_conversation *conversation,
                       struct service services[SERVICES_MOST], bool *bound);
bool service_same(const struct service *a, const struct service *b);
/* Adds a service to `count` of them, or betters the grade of the one that is there; how many there are then. */
size_t services_add(struct service *services, size_t count, const struct service *service, char grade);
/* The interfaces that the facts of one key name, such as rpc.asked. */
size_t services_said(const struct judged_conversation *conversation, const char *key,
                     struct service services[SERVICES_MOST]);
/* True, and the first such message, when the server sent this client to this port. */
bool ledger_told(const struct work *work, const struct judged_conversation *conversation, struct told *told);

/* Media: "srtp" or "rtp", by the profile of the session descriptions that told this port; "" when none did or they do
 * not agree. */
const char *ledger_media(const struct work *work, const struct judged_conversation *conversation);

/* Does the service answer to this word of a table: a short name, a UUID? */
bool service_is(const struct work *work, const struct service *service, const char *word);
/* Its short name, else what a server calls it, else its UUID, else "". */
const char *service_name(const struct work *work, const struct service *service);
/* A port where the endpoint mapper itself is asked. */
bool port_is_mapper(uint8_t transport, uint16_t port);

#endif
