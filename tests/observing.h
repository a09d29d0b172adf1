/* observing: a small store with rows as short as a test wants to write them. */
#ifndef TESTS_OBSERVING_H
#define TESTS_OBSERVING_H

#include "base/clock.h"
#include "observations/store.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>

#define MINUTE_NS (60 * SECOND_NS)
#define NOON_NS   INT64_C(1795176000000000000) /* 2026-11-20T12:00:00Z, the start of a slice */

static inline struct observations *store_of(size_t budget_bytes)
{
    struct failure failure = {.count = 0};
    struct observations *store = observations_create(budget_bytes, &failure);
    assert_non_null(store);
    assert_false(failure_any(&failure));
    return store;
}

static inline struct address address_of(const char *text)
{
    struct address address;
    assert_true(address_parse(text, &address));
    return address;
}

static inline struct pair pair_of(const char *client, const char *server, uint16_t port)
{
    return (struct pair){.client = address_of(client), .server = address_of(server), .port = port, .transport = 6};
}

/* One flow of a class at a time, counted under its pair. */
static inline void observe(struct observations *store, struct pair pair, int64_t time_ns, struct conversation row)
{
    row.pair = pair;
    row.slice_ns = row.first_ns = row.last_ns = time_ns;
    observations_add_conversation(store, &row);
}

static inline struct conversation conversation_at(const struct observations *store, size_t i)
{
    struct conversation row;
    observations_conversation(store, i, &row);
    return row;
}

static inline void say(struct observations *store, struct pair pair, int64_t time_ns, const char *key,
                       const char *value, uint64_t frame)
{
    struct fact row = {.pair = pair,
                       .slice_ns = time_ns,
                       .key = observations_name_of(store, key),
                       .value = observations_name_of(store, value),
                       .frame = frame,
                       .flows = 1,
                       .first_ns = time_ns};
    observations_add_fact(store, &row);
}

static inline struct fact fact_at(const struct observations *store, size_t i)
{
    struct fact row;
    observations_fact(store, i, &row);
    return row;
}

#endif
