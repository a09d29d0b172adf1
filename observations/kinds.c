/* kinds: the functions of the store under one shape. */
#include "observations/kinds.h"

static void get_conversation(const struct observations *store, size_t i, union record *out)
{
    observations_conversation(store, i, &out->conversation);
}

static void get_fact(const struct observations *store, size_t i, union record *out)
{
    observations_fact(store, i, &out->fact);
}

static void get_binding(const struct observations *store, size_t i, union record *out)
{
    observations_binding(store, i, &out->binding);
}

static void get_coverage(const struct observations *store, size_t i, union record *out)
{
    out->coverage = *observations_coverage(store, i);
}

static void add_conversation(struct observations *store, const union record *record)
{
    observations_add_conversation(store, &record->conversation);
}

static void add_fact(struct observations *store, const union record *record)
{
    observations_add_fact(store, &record->fact);
}

static void add_binding(struct observations *store, const union record *record)
{
    observations_learn(store, &record->binding);
}

static void add_coverage(struct observations *store, const union record *record)
{
    observations_cover(store, &record->coverage);
}

const struct kind kinds[KINDS] = {
    [KIND_CONVERSATIONS] = {&conversation_table, observations_conversation_count, get_conversation, add_conversation},
    [KIND_FACTS] = {&fact_table, observations_fact_count, get_fact, add_fact},
    [KIND_BINDINGS] = {&binding_table, observations_binding_count, get_binding, add_binding},
    [KIND_COVERAGE] = {&coverage_table, observations_coverage_count, get_coverage, add_coverage},
};
