/* scanning: which clients tried so many places in vain that the rest of their attempts is added up at once
 * (observations/scans.h), and which hosts they tried. */
#ifndef APP_SCANNING_H
#define APP_SCANNING_H

#include "observations/scans.h"

struct scanning;

/* Uses at most about `budget_bytes`, touched as it is filled. NULL with a failure. */
struct scanning *scanning_create(size_t budget_bytes, struct failure *failure);
void scanning_destroy(struct scanning *scanning);

/* An attempt in vain at `pair`: the number of the pair in the store under which it counts, which is that of a scan when
 * its client tried enough places before; 0 when there is no room. `evidence`: run, sensor, source, frame,
 * time and flows of a fact about it, whose key and value are set here. */
uint32_t scanning_pair(struct scanning *scanning, struct observations *store, const struct pair *pair,
                       struct fact *evidence);

/* Asks into the cache, for soon, what scanning_pair looks at for this pair's host. */
void scanning_prefetch(const struct scanning *scanning, const struct pair *pair);

/* Did the client of this pair try enough places before for its attempts to be added up? */
bool scanning_is_scan(struct scanning *scanning, const struct pair *pair);
/* An attempt in vain at `pair` that counts elsewhere: its host is no longer new. */
void scanning_know(struct scanning *scanning, const struct pair *pair);

#endif
