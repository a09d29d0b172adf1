/* store: memory, names, pairs, what comes in and what is read back of observations/store.h. Rows of different pairs
 * and slices are sorted out in slices.c, bindings and coverage in learned.c. */
#include "base/hash.h"
#include "base/memory.h"
#include "observations/inside.h"
#include "observations/scans.h"

#include <assert.h>

#define BINDINGS_MOST  65536
#define COVERAGES_MOST 65536

/* -- memory ------------------------------------------------------------------------------------------------------ */

/* Hands out `count` things of `size` bytes from the block, or with no block just adds them up. */
static void *carve(char *block, size_t *used, size_t count, size_t size)
{
    size_t start = (*used + 63) / 64 * 64;
    *used = start + count * size;
    return block != NULL ? block + start : NULL;
}

/* The same for things that are used one after the other. */
static void *carve_row(char *block, size_t *used, size_t count, size_t size)
{
    void *start = carve(block, used, count, size);
    if (start != NULL)
        memory_in_large_pages_later(start, count * size);
    return start;
}

static void carve_index(struct index *index, char *block, size_t *used, uint32_t numbers)
{
    void *memory = carve(block, used, 1, index_bytes(numbers));
    if (memory != NULL)
        index_init(index, memory, numbers);
}

/* Lays the tables out; called once without a block to learn the size. One more than the capacity each, as 0 is none. */
static size_t lay_out(struct observations *store, char *block)
{
    size_t used = sizeof *store;
    struct names *names = &store->names;
    names->arena = carve(block, &used, names->size + NAMES_BEHIND, 1);
    names->named = carve(block, &used, names->capacity + (size_t)1, sizeof *names->named);
    carve_index(&names->index, block, &used, names->capacity);
    store->pairs = carve_row(block, &used, store->pair_capacity + (size_t)1, sizeof *store->pairs);
    carve_index(&store->pair_index, block, &used, store->pair_capacity);
    store->rows = carve_row(block, &used, store->row_capacity + (size_t)1, sizeof *store->rows);
    store->values = carve_row(block, &used, store->value_capacity + (size_t)1, sizeof *store->values);
    store->bindings = carve(block, &used, store->binding_capacity + (size_t)1, sizeof *store->bindings);
    carve_index(&store->binding_index, block, &used, store->binding_capacity);
    store->coverages = carve(block, &used, store->coverage_capacity + (size_t)1, sizeof *store->coverages);
    carve_index(&store->coverage_index, block, &used, store->coverage_capacity);
    return used;
}

static uint32_t between(size_t least, size_t wanted, size_t most)
{
    return (uint32_t)(wanted < least ? least : wanted > most ? most : wanted);
}

/* Of the budget, an eighth is for names (32 bytes of text each), a sixteenth for bindings and coverage, and the rest
 * for pairs with one row and two values each: what a run with many conversations needs. */
static void divide(struct observations *store, size_t budget_bytes)
{
    const size_t most = (size_t)1 << 30, text = 32;
    size_t name = text + sizeof(struct named) + 3 * sizeof(struct index_cell);
    size_t pair =
        sizeof(struct known_pair) + 3 * sizeof(struct index_cell) + sizeof(struct row) + 2 * sizeof(struct value);
    size_t binding = sizeof(struct binding) + sizeof(struct coverage) + 6 * sizeof(struct index_cell);
    store->names.capacity = between(1024, budget_bytes / 8 / name, most / text);
    store->names.size = store->names.capacity * text;
    store->pair_capacity = between(16, budget_bytes / 16 * 13 / pair, most);
    store->row_capacity = store->pair_capacity;
    store->value_capacity = between(32, 2 * (size_t)store->pair_capacity, most);
    store->binding_capacity = between(16, budget_bytes / 16 / binding, BINDINGS_MOST);
    store->coverage_capacity = between(16, budget_bytes / 16 / binding, COVERAGES_MOST);
}

struct observations *observations_create(size_t budget_bytes, struct failure *failure)
{
    struct observations plan = {.width_ns = SLICES_FIRST_WIDTH_NS, .seed = hash_seed_of_process()};
    divide(&plan, budget_bytes);
    plan.block_bytes = lay_out(&plan, NULL);
    char *block = memory_reserve(plan.block_bytes, "observations", failure);
    if (block == NULL)
        return NULL;
    lay_out(&plan, block);
    plan.rows_filling = memory_filling(plan.rows, (plan.row_capacity + (size_t)1) * sizeof *plan.rows);
    plan.values_filling = memory_filling(plan.values, (plan.value_capacity + (size_t)1) * sizeof *plan.values);
    plan.pairs_filling = memory_filling(plan.pairs, (plan.pair_capacity + (size_t)1) * sizeof *plan.pairs);
    plan.names.seed = plan.seed;
    plan.names.count = 1; /* "" */
    plan.names.named[1].start = 1;
    struct observations *store = (void *)block;
    *store = plan;
    return store;
}

void observations_destroy(struct observations *store)
{
    if (store != NULL)
        memory_release(store, store->block_bytes);
}

/* -- names and pairs --------------------------------------------------------------------------------------------- */

uint32_t observations_name_after(struct observations *store, const void *text, size_t length, uint32_t *last)
{
    uint32_t name = names_add_after(&store->names, text, length, last);
    if (name != UINT32_MAX)
        return name;
    store->lost++;
    return 0;
}

uint32_t observations_name(struct observations *store, const void *text, size_t length)
{
    return observations_name_after(store, text, length, &store->names.last);
}

uint32_t observations_name_of(struct observations *store, const char *text)
{
    return text[0] == '\0' ? 0 : observations_name(store, text, strlen(text)); /* most tunnels and networks are none */
}

uint32_t observations_name_again(struct observations *store, const char *text, uint32_t last)
{
    bool same = last < store->names.count && strcmp(names_text(&store->names, last), text) == 0;
    return same ? last : observations_name_of(store, text);
}

uint32_t observations_move_name(struct observations *store, const struct observations *from, uint32_t name)
{
    return name == 0 ? 0 : observations_name(store, names_text(&from->names, name), names_length(&from->names, name));
}

uint32_t observations_find_name(const struct observations *store, const char *text)
{
    return names_find(&store->names, text, strlen(text));
}

const char *observations_text(const struct observations *store, uint32_t name)
{
    return names_text(&store->names, name);
}

bool observations_text_is_plain(const struct observations *store, uint32_t name)
{
    return names_is_plain(&store->names, name);
}

size_t observations_text_length(const struct observations *store, uint32_t name)
{
    return names_length(&store->names, name);
}

/* Both read each member as it was written, mostly a moment ago: of words made of several a processor would wait until
 * all are in the cache. */
static uint64_t hash_pair(const struct pair *pair, uint64_t seed)
{
    uint64_t client = hash_octets16(pair->client.octets, pair->tunnel, seed);
    uint64_t service = (uint64_t)pair->network << 24 | (uint64_t)pair->port << 8 | pair->transport;
    return hash_octets16(pair->server.octets, client ^ service, seed);
}

static bool same_pair(const struct pair *a, const struct pair *b)
{
    return address_equal(&a->client, &b->client) && address_equal(&a->server, &b->server) && a->port == b->port &&
           a->transport == b->transport && a->tunnel == b->tunnel && a->network == b->network;
}

/* `room`: is there any for a new one? */
static uint32_t pair_within(struct observations *store, const struct pair *pair, bool room)
{
    assert(pair->unused == 0);
    uint64_t hash = hash_pair(pair, store->seed);
    uint32_t at = index_start(&store->pair_index, hash), number;
    while ((number = index_next(&store->pair_index, hash, &at)) != 0)
        if (same_pair(&store->pairs[number].pair, pair))
            return number;
    if (!room || store->pair_count == store->pair_capacity)
        return 0;
    number = ++store->pair_count;
    memory_fill(&store->pairs_filling, (number + (size_t)1) * sizeof *store->pairs);
    store->pairs[number].pair = *pair;
    index_add(&store->pair_index, hash, number);
    return number;
}

void observations_prefetch_pair(const struct observations *store, const struct pair *pair)
{
    index_prefetch(&store->pair_index, hash_pair(pair, store->seed));
}

void observations_prefetch(const struct observations *store, uint32_t pair)
{
    __builtin_prefetch(&store->pairs[pair].row);
}

void observations_prefetch_rows(const struct observations *store, uint32_t pair)
{
    if (pair != 0 && store->pairs[pair].row != 0)
        __builtin_prefetch(&store->rows[store->pairs[pair].row]);
}

uint32_t observations_pair(struct observations *store, const struct pair *pair)
{
    return pair_within(store, pair, true);
}

uint32_t observations_pair_in_vain(struct observations *store, const struct pair *pair)
{
    uint32_t before = store->pair_count;
    uint32_t number = pair_within(store, pair, store->vain_count < store->pair_capacity / 2);
    store->vain_count += store->pair_count - before;
    return number;
}

/* -- writing down ------------------------------------------------------------------------------------------------ */

bool observations_is_crowded(const struct observations *store)
{
    const struct names *names = &store->names;
    return store->pair_count > store->pair_capacity / 2 || names->count > names->capacity / 2 ||
           names->named[names->count].start > names->size / 2;
}

void observations_forget(struct observations *store)
{
    slices_forget(store);
    index_clear(&store->binding_index);
    index_clear(&store->coverage_index);
    store->binding_count = store->coverage_count = 0;
}

void observations_add_conversation(struct observations *store, const struct conversation *row)
{
    bool in_vain = scan_takes_row(row);
    uint32_t pair = in_vain ? observations_pair_in_vain(store, &row->pair) : observations_pair(store, &row->pair);
    observations_count(store, pair, row->slice_ns, row);
}

void observations_add_fact(struct observations *store, const struct fact *row)
{
    observations_say(store, observations_pair(store, &row->pair), row->slice_ns, row);
}

/* -- reading back ------------------------------------------------------------------------------------------------ */

size_t observations_conversation_count(const struct observations *store)
{
    return store->row_count;
}

void observations_conversation(const struct observations *store, size_t i, struct conversation *out)
{
    assert(i < store->row_count);
    slices_row(store, (uint32_t)i + 1, out);
}

int64_t observations_conversation_first_ns(const struct observations *store, size_t i)
{
    assert(i < store->row_count);
    return store->rows[i + 1].first_ns;
}

size_t observations_fact_count(const struct observations *store)
{
    return store->value_count;
}

void observations_fact(const struct observations *store, size_t i, struct fact *out)
{
    assert(i < store->value_count);
    slices_value(store, (uint32_t)i + 1, out);
}

size_t observations_binding_count(const struct observations *store)
{
    return store->binding_count;
}

void observations_binding(const struct observations *store, size_t i, struct binding *out)
{
    assert(i < store->binding_count);
    *out = store->bindings[i + 1];
}

size_t observations_coverage_count(const struct observations *store)
{
    return store->coverage_count;
}

const struct coverage *observations_coverage(const struct observations *store, size_t i)
{
    assert(i < store->coverage_count);
    return &store->coverages[i + 1];
}

uint32_t observations_pair_count(const struct observations *store)
{
    return store->pair_count;
}

uint32_t observations_conversation_pair(const struct observations *store, size_t i)
{
    assert(i < store->row_count);
    return store->rows[i + 1].pair;
}

uint32_t observations_fact_pair(const struct observations *store, size_t i)
{
    assert(i < store->value_count);
    return store->values[i + 1].pair;
}

int64_t observations_slice_width_ns(const struct observations *store)
{
    return store->width_ns;
}

uint64_t observations_evicted(const struct observations *store)
{
    return store->evicted;
}

uint64_t observations_lost_facts(const struct observations *store)
{
    return store->lost;
}
