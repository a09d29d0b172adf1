/* table: all flows, of fixed capacity, found by their ends.
 *
 * Flows stand densely in one array; an open-addressing index of 8-byte cells (hash tag, place) leads to them, so that
 * a lookup costs two cache lines, both of which a batch can ask for beforehand. When the table is full the sweep finds
 * one to give up: flows already counted, then those that never got an answer, then the longest silent. */
#ifndef FLOWS_TABLE_H
#define FLOWS_TABLE_H

#include "base/failure.h"
#include "flows/flow.h"
#include "flows/gaps.h"

struct flow_table;

/* Told of flows, some dozen at most, before their places are given away: they must be counted now. */
typedef void flows_leaving(void *context, struct flow *const flows[], size_t count);

struct flow_table *flow_table_create(size_t budget_bytes, uint64_t seed, flows_leaving *leaving, void *context,
                                     struct failure *failure);
void flow_table_destroy(struct flow_table *table);

/* What flow_hash is to be given. */
uint64_t flow_table_seed(const struct flow_table *table);
/* First and second step of getting a flow into the cache before it is needed. */
void flow_table_prefetch_cell(const struct flow_table *table, uint64_t hash);
/* Gives back the flow it asks for, which need not be the one that is looked for; NULL when there is none to be guessed.
 */
struct flow *flow_table_guess(const struct flow_table *table, uint64_t hash);
/* Another guess, for packets that were asked about before their flow began: one of the flows that began last, or NULL.
 */
struct flow *flow_table_recent(const struct flow_table *table, uint64_t hash);
/* Is what was guessed still the flow of these ends? Its place may have been given to another one meanwhile, or to none,
 * where the key is zero. */
static inline bool flow_table_guessed(const struct flow *guess, const struct endpoints *ends, unsigned from)
{
    return guess != NULL && flow_key_is(&guess->key, ends, from) && ends->protocol != 0;
}

/* The flow of these ends, or NULL. The hash is that of flow_hash, the side that of flow_from. */
struct flow *flow_table_find(struct flow_table *table, const struct endpoints *ends, unsigned from, uint64_t hash);
/* A new, zeroed flow of these ends, which must not be there yet. Gives another one up when the table is full. */
struct flow *flow_table_add(struct flow_table *table, const struct endpoints *ends, uint64_t hash, int64_t now_ns);

/* What was not seen of a flow of this table: nothing when it is new. It lies apart, since most flows have nothing
 * there. */
struct gaps *flow_table_gaps(struct flow_table *table, const struct flow *flow);

/* Asked about a flow now and then: true when its place may be given away. */
typedef bool flow_visited(void *context, struct flow *flow);
/* Visits the flows in the next `most` places. */
void flow_table_sweep(struct flow_table *table, size_t most, flow_visited *visited, void *context);

/* Tells of every flow, in the order in which they stand, that it leaves; what is left to do with the table is to
 * destroy it. */
void flow_table_finish(struct flow_table *table);

size_t flow_table_count(const struct flow_table *table);
/* Flows given up for want of room that had not been counted yet. */
uint64_t flow_table_evicted(const struct flow_table *table);

#endif
