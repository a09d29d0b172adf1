/* moves: when what was told of a port ended. A service ends at its port when the port is refused, or rejects its bind,
 * *and* the server later names another port for it (it was restarted); or when something else than RPC answers there.
 * From then on the new port is known, and, backwards, only as far as that (docs/verdicts.md, "Match to the table"). */
#ifndef AUDIT_MOVES_H
#define AUDIT_MOVES_H

#include "audit/work.h"

/* From when to when a service lives at a port. */
struct stay {
    int64_t since_ns, until_ns; /* INT64_MIN, INT64_MAX: all the time */
    uint16_t moved_to;          /* 0: nowhere else */
};

/* One service at one port of one host, and when it was told. */
struct abode {
    size_t host;
    const char *network; /* in which it was told */
    uint8_t transport;
    uint16_t port;
    struct uuid interface;
    uint16_t major;
    int64_t first_ns, last_ns;
    struct stay stay; /* filled */
};

/* Sorts the array, joins what is the same service at the same port, and settles the stays. False when memory ran out.
 */
bool moves_settle(struct work *work, struct abode *abodes, size_t *count);
/* The abode of this service at this port in such an array; NULL when there is none. */
const struct abode *moves_find(const struct abode *abodes, size_t count, const struct abode *wanted);

#endif
