/* names: what hosts, ports and roles are called in every report. */
#ifndef REPORTS_NAMES_H
#define REPORTS_NAMES_H

#include "audit/audit.h"
#include "reports/phrase.h"

/* The host's name, else the address as text in `out`. */
const char *names_host(const struct audit *audit, size_t host, const struct address *address, char out[ADDRESS_TEXT]);
/* The same for an address, in this network, of which the host is not known yet. */
const char *names_address(const struct audit *audit, const struct address *address, const char *network,
                          char out[ADDRESS_TEXT]);
/* Do both name ports of one address in one network? */
bool names_same_server(const struct endpoint *one, const struct endpoint *other);
/* The name of a host by its index; "?" when there is none. */
const char *names_of_host(const struct audit *audit, size_t host);

/* Each adds items to a list; words that are there already are left out. */
void names_add_word(struct phrase *list, const char *word);
void names_add_texts(struct phrase *list, const struct texts *texts);
void names_add_ports(struct phrase *list, const struct port *ports, size_t count);
void names_add_path_ports(struct phrase *list, const struct path *path);
/* Addresses in this network, by the names of their hosts. */
void names_add_addresses(struct phrase *list, const struct audit *audit, const char *network,
                         const struct address *addresses, size_t count);

/* A list as text with `between` in place of the breaks between its items. */
void names_join(struct phrase *to, const struct phrase *list, const char *between);
/* "hub, edge -> mailbox"; what is our inference is marked with '?'. */
void names_roles_of_path(struct phrase *to, const struct path *path, size_t most);
/* "yes", "no", "when-triggered", "never" */
const char *names_requirement(enum requirement requirement);

#endif
