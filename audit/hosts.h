/* hosts: who is who. Every address seen becomes a host, those of one host of the site file become one; roles come from
 * the site file, or are inferred from what a host was seen to serve where the file says nothing (audit/infer.h). */
#ifndef AUDIT_HOSTS_H
#define AUDIT_HOSTS_H

#include "audit/work.h"

/* Fills audit->hosts with all of the site file, in its order, and then all other addresses of conversations and
 * bindings, in order of address; and their declared roles. False when memory ran out. */
bool hosts_build(struct work *work);
/* Index of the host with this address in this network, SIZE_MAX when it was never seen nor declared. One that the site
 * file puts into no network is in all of them. */
size_t hosts_find(const struct work *work, const struct address *address, const char *network);
/* Can the two be ends of one conversation? Not when they are in two networks that are kept apart. */
bool hosts_may_meet(const struct work *work, size_t one, size_t other);

/* Is the host within what the site file speaks of? Declared ones are; without a scope everybody is. */
bool host_in_scope(const struct work *work, const struct host *host);
/* Has it a role at all? Beyond a declared scope a host is at least an external-host. */
bool host_has_role(const struct work *work, const struct host *host);
/* Does the host hold a role that fulfils one of `wanted`? 0: no. Else how exactly: 3 the very role, 2 a role that
 * implies it or a group it belongs to, 1 by where it is or because anybody may. */
unsigned host_fit(const struct work *work, const struct host *host, const struct texts *wanted);
/* Does the host stand for one of these roles (`via` in the site file)? Then it opens the second leg towards who has the
 * role, in the name of all its clients; one that stands for clients takes what they send. */
bool host_relays_to(const struct host *host, const struct texts *wanted);
void host_add_role(struct work *work, struct host *host, const char *role, bool inferred, const char *evidence);

#endif
