/* match: which row of which table a conversation belongs to, if any.
 *
 * Candidates are all parts of all paths whose ports, roles and protocol fit. They are narrowed by interface, URL path,
 * SMTP verb and role pair, in this order; what is left and cannot be told apart stays listed together. A conversation
 * with the endpoint mapper belongs to the rows of the interfaces asked for. */
#ifndef AUDIT_MATCH_H
#define AUDIT_MATCH_H

#include "audit/ledger.h"

/* Fills match, grade, probable, owners, services, nearest_path and nearest_why of all conversations. False when memory
 * ran out. Needs hosts, ledger and audit->paths. */
bool match_all(struct work *work);

/* How a part's port fits a conversation, from not at all to exactly. */
enum port_fit { PORT_FITS_NOT, PORT_FITS_ANY, PORT_FITS_RANGE, PORT_FITS_TOLD, PORT_FITS_FIXED };

/* What is known of a conversation while it is matched. */
struct subject {
    struct judged_conversation *conversation;
    const struct host *client, *server;
    struct service services[SERVICES_MOST]; /* of its port; for the mapper: the interfaces asked for */
    size_t service_count;
    bool bound;            /* `services` were bound or asked for here, not only known of the port */
    bool mapper;           /* a conversation with the endpoint mapper */
    bool in_dynamic_range; /* of the site file, and nothing speaks against RPC */
};

/* What is asked of a conversation when its row is looked for; services are the ledger's. */
void subject_begin(const struct work *work, struct judged_conversation *conversation, struct subject *subject);
/* The port that the site gives this server for a part that leaves it open; 0: none. */
uint16_t host_port(const struct host *server, const struct part *part);
/* By port alone: how sure. */
enum port_fit part_port_fit(const struct subject *subject, const struct path *path, const struct part *part);
bool part_protocol_fits(const struct subject *subject, const struct part *part);
/* Does the part speak of RPC interfaces in its `services`? */
bool part_names_interfaces(const struct part *part);
/* A port of the endpoint mapper among the part's. */
bool part_is_mapper(const struct part *part);
/* Does the row count connections on dynamic RPC ports? Also when its cell says 135/TCP and no more, which means the
 * mapper and the connection after it. */
bool part_takes_dynamic_rpc(const struct path *path, const struct part *part);
/* 2 when the row names the service, 1 when it names none and takes any, 0 when it names others, for a conversation that
 * fits this part of it: asking the mapper for a service belongs to whoever takes it. */
unsigned path_claims(const struct work *work, const struct subject *subject, const struct path *path,
                     const struct part *part, const struct service *service);

#endif
