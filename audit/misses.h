/* misses: for a conversation that fits no row, the row it comes nearest to and which of from-role, to-role, port,
 * protocol and interface keeps it from fitting, in words. */
#ifndef AUDIT_MISSES_H
#define AUDIT_MISSES_H

#include "audit/match.h"

void misses_tell(struct work *work, const struct subject *subject);
/* All rows that have the port and are not its own, the nearest first; 0 when there is none or memory ran out. */
size_t misses_list(struct work *work, const struct subject *subject, struct near_row **rows);

#endif
