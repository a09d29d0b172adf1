/* jsonl: the store as JSON lines, one object a line with "type": conversation, binding, coverage (the published form
 * of `observe -T jsonl`). Classes of one pair stand together as sessions of one conversation. */
#ifndef OBSERVATIONS_JSONL_H
#define OBSERVATIONS_JSONL_H

#include "observations/store.h"

#include <stdio.h>

/* False with a failure when memory runs out; errors of `out` are the caller's to ask for. */
bool jsonl_write(const struct observations *store, FILE *out, struct failure *failure);

#endif
