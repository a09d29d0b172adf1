/* kinds: the four tables as a store holds them: how many rows there are, how one is read and how one is added. Whoever
 * carries rows in or out goes through this list, so that no table is forgotten. */
#ifndef OBSERVATIONS_KINDS_H
#define OBSERVATIONS_KINDS_H

#include "observations/store.h"

enum { KIND_CONVERSATIONS, KIND_FACTS, KIND_BINDINGS, KIND_COVERAGE, KINDS };

struct kind {
    const struct table *table;
    size_t (*count)(const struct observations *store);
    void (*get)(const struct observations *store, size_t i, union record *out);
    void (*add)(struct observations *store, const union record *record);
};

extern const struct kind kinds[KINDS];

#endif
