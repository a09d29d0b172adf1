/* table: dense flows behind an open-addressing index with backward-shift deletion, so that no tombstones gather. */
#include "flows/table.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

_Static_assert(sizeof(struct flow) <= 128, "a flow must stay within two cache lines");

struct cell {
    uint32_t tag;   /* upper half of the hash */
    uint32_t place; /* 1 + place in flows; 0 when empty */
};

struct flow_table {
    struct flow *flows;
    uint32_t *tags; /* by place: what the index needs to find a flow's cell again */
    struct cell *cells;
    size_t capacity, cell_mask;
    size_t used; /* places ever used; those in the free list are among them */
    size_t count;
    uint32_t free_head; /* 1 + place of the first free one; the next is in its slot field */
    size_t hand;
    uint64_t seed, evicted;
    flow_leaving *leaving;
    void *context;
};

struct flow_table *flow_table_create(size_t budget_bytes, uint64_t seed, flow_leaving *leaving, void *context,
                                     struct failure *failure)
{
    struct flow_table *table = calloc(1, sizeof *table);
    if (table == NULL) {
        failure_add(failure, "out of memory for the flow table");
        return NULL;
    }
    /* A flow, its tag, and two to four cells. */
    size_t capacity = budget_bytes / (sizeof(struct flow) + sizeof(uint32_t) + 3 * sizeof(struct cell));
    size_t cells = 1024;
    while (cells < 2 * capacity)
        cells *= 2;
    table->capacity = capacity > 64 ? capacity : 64;
    table->cell_mask = cells - 1;
    table->seed = seed;
    table->leaving = leaving;
    table->context = context;
    table->flows = memory_reserve(table->capacity * sizeof *table->flows, "flows", failure);
    table->tags = memory_reserve(table->capacity * sizeof *table->tags, "flows", failure);
    table->cells = memory_reserve(cells * sizeof *table->cells, "the index of flows", failure);
    if (table->flows == NULL || table->tags == NULL || table->cells == NULL) {
        flow_table_destroy(table);
        return NULL;
    }
    return table;
}

void flow_table_destroy(struct flow_table *table)
{
    if (table == NULL)
        return;
    memory_release(table->flows, table->capacity * sizeof *table->flows);
    memory_release(table->tags, table->capacity * sizeof *table->tags);
    memory_release(table->cells, (table->cell_mask + 1) * sizeof *table->cells);
    free(table);
}

uint64_t flow_table_hash(const struct flow_table *table, const struct endpoints *ends)
{
    return flow_hash(ends, table->seed);
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* The home cell comes from the tag alone, so that deletion needs no look at the flow. */
static size_t home_of(const struct flow_table *table, uint32_t tag)
{
    return (size_t)((uint64_t)tag * UINT64_C(0x9e3779b97f4a7c15) >> 24) & table->cell_mask;
}

void flow_table_prefetch_cell(const struct flow_table *table, uint64_t hash)
{
    __builtin_prefetch(&table->cells[home_of(table, tag_of(hash))]);
}

void flow_table_prefetch_flow(const struct flow_table *table, uint64_t hash)
{
    const struct cell *cell = &table->cells[home_of(table, tag_of(hash))];
    if (cell->place != 0 && cell->tag == tag_of(hash)) {
        const char *flow = (const char *)&table->flows[cell->place - 1];
        __builtin_prefetch(flow, 1);
        __builtin_prefetch(flow + 64, 1);
    }
}

struct flow *flow_table_find(struct flow_table *table, const struct flow_key *key, uint64_t hash)
{
    uint32_t tag = tag_of(hash);
    for (size_t i = home_of(table, tag);; i = (i + 1) & table->cell_mask) {
        const struct cell *cell = &table->cells[i];
        if (cell->place == 0)
            return NULL;
        if (cell->tag != tag)
            continue;
        struct flow *flow = &table->flows[cell->place - 1];
        if (flow_key_equal(&flow->key, key))
            return flow;
    }
}

/* Closes the hole at `hole` by moving back what was displaced over it (Knuth 6.4, algorithm R). */
static void index_remove(struct flow_table *table, size_t hole)
{
    for (size_t i = (hole + 1) & table->cell_mask; table->cells[i].place != 0; i = (i + 1) & table->cell_mask) {
        size_t home = home_of(table, table->cells[i].tag);
        if (((i - home) & table->cell_mask) >= ((i - hole) & table->cell_mask)) {
            table->cells[hole] = table->cells[i];
            hole = i;
        }
    }
    table->cells[hole] = (struct cell){0, 0};
}

static void give_up(struct flow_table *table, size_t place)
{
    struct flow *flow = &table->flows[place];
    table->leaving(table->context, flow);
    size_t i = home_of(table, table->tags[place]);
    while (table->cells[i].place != place + 1)
        i = (i + 1) & table->cell_mask;
    index_remove(table, i);
    memset(flow, 0, sizeof *flow);
    flow->slot = table->free_head;
    table->free_head = (uint32_t)(place + 1);
    table->count--;
}

static bool is_free(const struct flow *flow)
{
    return flow->key.protocol == 0 && flow->side[0].seen == 0 && flow->side[1].seen == 0;
}

/* Worth of keeping a flow, lower is given up first: counted ones, unanswered ones, others; the longer silent the
 * less. */
static int64_t worth(const struct flow *flow, int64_t now_ns)
{
    int64_t silent_ns = clock_since(now_ns, flow->last_ns);
    int64_t rank = (flow->flags & FLOW_ENDED) != 0                                 ? 0
                   : ((flow->side[0].seen & flow->side[1].seen & SIDE_SPOKE) == 0) ? 1
                                                                                   : 2;
    if (silent_ns < 0)
        silent_ns = 0;
    if (silent_ns > INT64_C(1) << 60)
        silent_ns = INT64_C(1) << 60;
    return rank * (INT64_C(1) << 61) - silent_ns;
}

/* Gives up the least worth of the next places under the hand: several at once, so that a full table pays the look at
 * them once and not for every flow that comes. */
static void make_room(struct flow_table *table, int64_t now_ns)
{
    enum { LOOK_AT = 64, GIVE_UP = 16 };
    struct {
        int64_t worth;
        size_t place;
    } least[GIVE_UP];
    size_t chosen = 0;
    for (size_t looked = 0; looked < LOOK_AT; looked++) {
        size_t place = table->hand;
        table->hand = (table->hand + 1) % table->capacity;
        int64_t w = worth(&table->flows[place], now_ns);
        size_t at = chosen < GIVE_UP ? chosen++ : GIVE_UP;
        while (at > 0 && w < least[at - 1].worth) {
            if (at < GIVE_UP)
                least[at] = least[at - 1];
            at--;
        }
        if (at < GIVE_UP) {
            least[at].worth = w;
            least[at].place = place;
        }
    }
    for (size_t i = 0; i < chosen; i++) {
        if ((table->flows[least[i].place].flags & FLOW_ENDED) == 0)
            table->evicted++;
        give_up(table, least[i].place);
    }
}

struct flow *flow_table_add(struct flow_table *table, const struct flow_key *key, uint64_t hash, int64_t now_ns)
{
    if (table->free_head == 0 && table->used == table->capacity)
        make_room(table, now_ns);
    size_t place;
    if (table->free_head != 0) {
        place = table->free_head - 1;
        table->free_head = table->flows[place].slot;
    } else {
        place = table->used++;
    }
    struct flow *flow = &table->flows[place];
    flow->key = *key;
    flow->slot = FLOW_NO_SLOT;
    uint32_t tag = tag_of(hash);
    table->tags[place] = tag;
    size_t i = home_of(table, tag);
    while (table->cells[i].place != 0)
        i = (i + 1) & table->cell_mask;
    table->cells[i] = (struct cell){tag, (uint32_t)(place + 1)};
    table->count++;
    return flow;
}

void flow_table_sweep(struct flow_table *table, size_t most, flow_visited *visited, void *context)
{
    for (size_t looked = 0; looked < most && looked < table->used; looked++) {
        size_t place = table->hand;
        table->hand = table->hand + 1 < table->used ? table->hand + 1 : 0;
        struct flow *flow = &table->flows[place];
        if (!is_free(flow) && visited(context, flow))
            give_up(table, place);
    }
}

void flow_table_empty(struct flow_table *table)
{
    for (size_t place = 0; place < table->used; place++)
        if (!is_free(&table->flows[place]))
            give_up(table, place);
    table->used = 0;
    table->free_head = 0;
    table->hand = 0;
    assert(table->count == 0);
}

size_t flow_table_count(const struct flow_table *table)
{
    return table->count;
}

uint64_t flow_table_evicted(const struct flow_table *table)
{
    return table->evicted;
}
