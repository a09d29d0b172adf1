/* table: dense flows behind an index (base/index.h). */
#include "flows/table.h"

#include "base/clock.h"
#include "base/index.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

_Static_assert(sizeof(struct flow) <= 128, "a flow must stay within two cache lines");

#define CAPACITY_MOST ((size_t)1 << 30)
#define RECENT_BITS   6

struct flow_table {
    struct flow *flows;
    struct gaps *gaps; /* by place */
    uint32_t *tags;    /* by place: what the index needs to find a flow's cell again */
    struct index index;
    void *index_memory;
    size_t capacity;
    size_t used; /* places ever used; those in the free list are among them */
    size_t count;
    uint32_t free_head; /* 1 + place of the first free one; the next is in its slot field */
    struct filling filling;
    size_t hand;
    struct flow *recent[1 << RECENT_BITS]; /* by hash */
    uint64_t seed, evicted;
    flows_leaving *leaving;
    void *context;
};

struct flow_table *flow_table_create(size_t budget_bytes, uint64_t seed, flows_leaving *leaving, void *context,
                                     struct failure *failure)
{
    struct flow_table *table = calloc(1, sizeof *table);
    if (table == NULL) {
        failure_add(failure, "out of memory for the flow table");
        return NULL;
    }
    /* A flow, its gaps and its tag, and two cells of the index and half of these again. */
    size_t each = sizeof(struct flow) + sizeof(struct gaps) + sizeof(uint32_t) + 3 * sizeof(struct index_cell);
    size_t capacity = budget_bytes / each;
    table->capacity = capacity < 64 ? 64 : capacity > CAPACITY_MOST ? CAPACITY_MOST : capacity;
    table->seed = seed;
    table->leaving = leaving;
    table->context = context;
    table->flows = memory_reserve(table->capacity * sizeof *table->flows, "flows", failure);
    table->gaps = memory_reserve(table->capacity * sizeof *table->gaps, "flows", failure);
    table->tags = memory_reserve(table->capacity * sizeof *table->tags, "flows", failure);
    table->index_memory = memory_reserve(index_bytes((uint32_t)table->capacity), "the index of flows", failure);
    if (table->flows == NULL || table->gaps == NULL || table->tags == NULL || table->index_memory == NULL) {
        flow_table_destroy(table);
        return NULL;
    }
    table->filling = memory_filling(table->flows, table->capacity * sizeof *table->flows);
    memory_in_large_pages_later(table->flows, table->capacity * sizeof *table->flows);
    index_init(&table->index, table->index_memory, (uint32_t)table->capacity);
    return table;
}

void flow_table_destroy(struct flow_table *table)
{
    if (table == NULL)
        return;
    memory_release(table->flows, table->capacity * sizeof *table->flows);
    memory_release(table->gaps, table->capacity * sizeof *table->gaps);
    memory_release(table->tags, table->capacity * sizeof *table->tags);
    memory_release(table->index_memory, index_bytes((uint32_t)table->capacity));
    free(table);
}

uint64_t flow_table_seed(const struct flow_table *table)
{
    return table->seed;
}

void flow_table_prefetch_cell(const struct flow_table *table, uint64_t hash)
{
    index_prefetch(&table->index, hash);
}

struct flow *flow_table_guess(const struct flow_table *table, uint64_t hash)
{
    size_t place = (size_t)index_guess(&table->index, hash) - 1;
    if (place >= table->capacity)
        return NULL;
    struct flow *flow = &table->flows[place];
    __builtin_prefetch(flow, 1);
    __builtin_prefetch((const char *)flow + 64, 1);
    return flow;
}

struct flow *flow_table_recent(const struct flow_table *table, uint64_t hash)
{
    return table->recent[hash >> (64 - RECENT_BITS)];
}

struct flow *flow_table_find(struct flow_table *table, const struct endpoints *ends, unsigned from, uint64_t hash)
{
    uint32_t at = index_start(&table->index, hash);
    for (uint32_t number; (number = index_next(&table->index, hash, &at)) != 0;)
        if (flow_key_is(&table->flows[number - 1].key, ends, from))
            return &table->flows[number - 1];
    return NULL;
}

struct gaps *flow_table_gaps(struct flow_table *table, const struct flow *flow)
{
    return &table->gaps[flow - table->flows];
}

/* It was told of. */
static void give_away(struct flow_table *table, size_t place)
{
    struct flow *flow = &table->flows[place];
    index_remove(&table->index, table->tags[place], (uint32_t)(place + 1));
    memset(flow, 0, sizeof *flow);
    flow->slot = table->free_head;
    table->free_head = (uint32_t)(place + 1);
    table->count--;
}

static bool is_free(const struct flow *flow)
{
    return flow->key.protocol == 0 && flow->side[0].seen == 0 && flow->side[1].seen == 0;
}

/* So many flows leave together: what is kept of them elsewhere finds room in the cache. */
#define TOGETHER 16

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
    struct flow *flows[GIVE_UP] = {NULL};
    for (size_t i = 0; i < chosen; i++) {
        flows[i] = &table->flows[least[i].place];
        index_prefetch(&table->index, (uint64_t)table->tags[least[i].place] << 32);
        if ((flows[i]->flags & FLOW_ENDED) == 0 && (flows[i]->marks & FLOW_MADE_ROOM) == 0)
            table->evicted++;
    }
    table->leaving(table->context, flows, chosen);
    for (size_t i = 0; i < chosen; i++)
        give_away(table, least[i].place);
}

struct flow *flow_table_add(struct flow_table *table, const struct endpoints *ends, uint64_t hash, int64_t now_ns)
{
    if (table->free_head == 0 && table->used == table->capacity)
        make_room(table, now_ns);
    size_t place;
    if (table->free_head != 0) {
        place = table->free_head - 1;
        table->free_head = table->flows[place].slot;
    } else {
        place = table->used++;
        memory_fill(&table->filling, table->used * sizeof *table->flows);
    }
    struct flow *flow = &table->flows[place];
    flow_key_of(ends, &flow->key);
    flow->slot = FLOW_NO_SLOT;
    table->gaps[place] = (struct gaps){{0}}; /* before it is read (base/memory.h) */
    table->tags[place] = index_tag(hash);
    index_add(&table->index, hash, (uint32_t)(place + 1));
    table->recent[hash >> (64 - RECENT_BITS)] = flow;
    table->count++;
    return flow;
}

void flow_table_sweep(struct flow_table *table, size_t most, flow_visited *visited, void *context)
{
    for (size_t looked = 0; looked < most && looked < table->used; looked++) {
        size_t place = table->hand;
        table->hand = table->hand + 1 < table->used ? table->hand + 1 : 0;
        struct flow *flow = &table->flows[place];
        if (is_free(flow) || !visited(context, flow))
            continue;
        table->leaving(table->context, &flow, 1);
        give_away(table, place);
    }
}

void flow_table_finish(struct flow_table *table)
{
    struct flow *together[TOGETHER];
    size_t count = 0;
    struct filling index = memory_filling(table->index_memory, index_bytes((uint32_t)table->capacity));
    memory_give_back(&index, index.bytes);
    for (size_t place = 0; place < table->used; place++) {
        if (!is_free(&table->flows[place]))
            together[count++] = &table->flows[place];
        if (count == TOGETHER || place + 1 == table->used) {
            table->leaving(table->context, together, count);
            count = 0;
            memory_give_back(&table->filling, (place + 1) * sizeof *table->flows);
        }
    }
}

size_t flow_table_count(const struct flow_table *table)
{
    return table->count;
}

uint64_t flow_table_evicted(const struct flow_table *table)
{
    return table->evicted;
}
