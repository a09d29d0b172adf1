/* settings: the ports that a site gives to rows which leave them to it (`ports` of a site, `port_setting` of a row),
 * and those that its servers have for good (`static_ports`). */
#ifndef AUDIT_SETTINGS_H
#define AUDIT_SETTINGS_H

#include "audit/site.h"

/* Gives the parts of these tables the ports of the site. A name that no table has is a problem when all tables that the
 * site speaks of are here; false then. */
bool settings_apply(const struct site *site, struct path_table *const *tables, size_t count, struct failure *failure);

/* Does the site say of this host (its index, as in the audit) that a service has this TCP port for good? */
bool settings_is_static(const struct site *site, size_t host, uint16_t port);

#endif
