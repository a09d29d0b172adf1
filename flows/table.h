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

/* Told of a flow before its place is given away: it must be counted now. */
typedef void flow_leaving(void *context, struct flow *flow);

struct flow_table *flow_table_create(size_t budget_bytes, uint64_t seed, flow_leaving *leaving, void *context,
                                     struct failure *failure);
void flow_table_destroy(struct flow_table *table);

uint64_t flow_table_hash(const struct flow_table *table, const struct endpoints *ends);
/* First and second step of getting a flow into the cache before it is needed. */
void flow_table_prefetch_cell(const struct flow_table *table, uint64_t hash);
void flow_table_prefetch_flow(const struct flow_table *table, uint64_t hash);

/* The flow of this key, or NULL. */
struct flow *flow_table_find(struct flow_table *table, const struct flow_key *key, uint64_t hash);
/* A new, zeroed flow with this key, which must not be there yet. Gives another one up when the table is full. */
struct flow *flow_table_add(struct flow_table *table, const struct flow_key *key, uint64_t hash, int64_t now_ns);

/* What was not seen of a flow of this table: nothing when it is new. It lies apart, since most flows have nothing
 * there. */
struct gaps *flow_table_gaps(struct flow_table *table, const struct flow *flow);

/* Asked about a flow now and then: true when its place may be given away. */
typedef bool flow_visited(void *context, struct flow *flow);
/* Visits the flows in the next `most` places. */
void flow_table_sweep(struct flow_table *table, size_t most, flow_visited *visited, void *context);
/* Gives up every flow, in the order in which they stand. */
void flow_table_empty(struct flow_table *table);

size_t flow_table_count(const struct flow_table *table);
/* Flows given up for want of room that had not been counted yet. */
uint64_t flow_table_evicted(const struct flow_table *table);

#endif
