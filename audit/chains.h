/* chains: failures that have one cause, as one finding. A client that was sent to a port by the server itself, that
 * located a directory, or that was given a ticket, and gets nowhere; a name service, KDC or endpoint mapper without
 * which nothing after it can follow. What depends on it is counted there and told nowhere else (docs/verdicts.md,
 * "Broken chains"). */
#ifndef AUDIT_CHAINS_H
#define AUDIT_CHAINS_H

#include "audit/hints.h"

/* Findings made before the room for all findings is known, and what they explain. */
struct chains {
    struct finding *items;
    size_t count;
    bool *explained; /* by conversation: no finding of its own is needed */
};

/* False when memory ran out. Needs paths_judge. */
bool chains_find(struct work *work, const struct hints *hints, struct chains *chains);
/* One more finding "broken-chain" about this; NULL when memory ran out. */
struct finding *chains_add(struct work *work, struct chains *chains, const char *key);

#endif
