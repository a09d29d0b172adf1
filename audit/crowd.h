/* crowd: the hosts that hold a row's roles, and those of them that another host can meet. A site may give a role to a
 * whole network, so nothing here is asked once for each two of them. */
#ifndef AUDIT_CROWD_H
#define AUDIT_CROWD_H

#include "audit/work.h"

struct crowd {
    const struct work *work;
    bool *has; /* by host */
    size_t *hosts, count;
    size_t *everywhere, everywhere_count; /* those of them that are in all networks, */
    size_t *within, within_count;         /* and those in one, ordered by network */
};

/* Those of a crowd whom one host can meet, in the order of hosts. */
struct crowd_walk {
    const size_t *one, *other;
    size_t one_left, other_left, self;
};

/* Hosts that hold one of the roles themselves: who has a role merely by being somewhere cannot be counted up. Memory is
 * the arena's; false when it ran out. */
bool crowd_gather(struct work *work, struct arena *arena, const struct texts *roles, struct crowd *crowd);
/* Is `host` among those whom `self` can meet? Nobody meets itself. */
bool crowd_has(const struct crowd *crowd, size_t self, size_t host);
/* How many can `self` meet? */
size_t crowd_size(const struct crowd *crowd, size_t self);
struct crowd_walk crowd_walk(const struct crowd *crowd, size_t self);
/* The next one, SIZE_MAX after the last. */
size_t crowd_next(struct crowd_walk *walk);

#endif
