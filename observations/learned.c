/* learned: bindings and coverage, the two small tables of the store: each row has a key, and equal rows add up. */
#include "base/clock.h"
#include "base/hash.h"
#include "observations/inside.h"

/* What makes two bindings equal; without padding, so that it can be hashed and compared as memory. */
struct binding_key {
    struct address server, client, tower_address;
    struct uuid interface;
    uint32_t run, sensor, learned_from, protocol_sequence, endpoint, annotation, network;
    uint16_t port, major, minor;
    uint8_t transport, unused;
};

static struct binding_key key_of_binding(const struct binding *row)
{
    return (struct binding_key){.server = row->server,
                                .client = row->client,
                                .tower_address = row->tower_address,
                                .interface = row->interface,
                                .run = row->run,
                                .sensor = row->sensor,
                                .learned_from = row->learned_from,
                                .protocol_sequence = row->protocol_sequence,
                                .endpoint = row->endpoint,
                                .annotation = row->annotation,
                                .network = row->network,
                                .port = row->port,
                                .major = row->major,
                                .minor = row->minor,
                                .transport = row->transport};
}

static void add_binding(struct binding *sum, const struct binding *row)
{
    if (row->learned_ns < sum->learned_ns) {
        sum->learned_ns = row->learned_ns;
        sum->source = row->source;
        sum->frame = row->frame;
    }
    if (row->last_ns > sum->last_ns)
        sum->last_ns = row->last_ns;
    sum->times += row->times;
}

void observations_learn(struct observations *store, const struct binding *row)
{
    struct binding told = *row;
    if (told.times == 0) {
        told.times = 1;
        told.last_ns = told.learned_ns;
    }
    struct binding_key key = key_of_binding(&told);
    uint64_t hash = hash_bytes(&key, sizeof key, store->seed);
    uint32_t at = index_start(&store->binding_index, hash), number;
    while ((number = index_next(&store->binding_index, hash, &at)) != 0) {
        struct binding_key other = key_of_binding(&store->bindings[number]);
        if (memcmp(&key, &other, sizeof key) == 0) {
            add_binding(&store->bindings[number], &told);
            return;
        }
    }
    if (store->binding_count == store->binding_capacity) {
        store->lost++;
        return;
    }
    number = ++store->binding_count;
    store->bindings[number] = told;
    index_add(&store->binding_index, hash, number);
}

/* What makes two coverages equal, likewise. */
struct coverage_key {
    uint32_t run, sensor, source, filter;
};

static struct coverage_key key_of_coverage(const struct coverage *row)
{
    return (struct coverage_key){row->run, row->sensor, row->source, row->filter};
}

/* What is apart by more is a pause, in which nobody looked. */
#define PAUSE_NS (300 * SECOND_NS)

/* Of what saw no packet there is no time. */
static bool touch(const struct coverage *a, const struct coverage *b)
{
    return a->packets == 0 || b->packets == 0 ||
           (clock_since(a->first_ns, b->last_ns) <= PAUSE_NS && clock_since(b->first_ns, a->last_ns) <= PAUSE_NS);
}

static void add_coverage(struct coverage *sum, const struct coverage *row)
{
    if (row->packets > 0) { /* else it saw no time */
        if (sum->packets == 0 || row->first_ns < sum->first_ns)
            sum->first_ns = row->first_ns;
        if (sum->packets == 0 || row->last_ns > sum->last_ns)
            sum->last_ns = row->last_ns;
    }
    sum->packets += row->packets;
    sum->bytes += row->bytes;
    sum->dropped += row->dropped;
    sum->duplicates += row->duplicates;
    sum->duplicates_routed += row->duplicates_routed;
    sum->undecoded += row->undecoded;
    sum->truncated_frames += row->truncated_frames;
    sum->truncated |= row->truncated;
    sum->fragments_lost += row->fragments_lost;
    sum->missing_bytes += row->missing_bytes;
    sum->evicted_flows += row->evicted_flows;
    sum->evicted_conversations += row->evicted_conversations;
    sum->lost_facts += row->lost_facts;
    sum->unasked_flows += row->unasked_flows;
    sum->spooled_rows += row->spooled_rows;
    sum->lost_rows += row->lost_rows;
}

/* Without room for one more source its counts go to the last one: packets are counted once over all coverage, and
 * none may be missing there. */
void observations_cover(struct observations *store, const struct coverage *row)
{
    struct coverage_key key = key_of_coverage(row);
    uint64_t hash = hash_bytes(&key, sizeof key, store->seed);
    uint32_t at = index_start(&store->coverage_index, hash), number;
    while ((number = index_next(&store->coverage_index, hash, &at)) != 0) {
        struct coverage_key other = key_of_coverage(&store->coverages[number]);
        if (memcmp(&key, &other, sizeof key) == 0 && touch(&store->coverages[number], row)) {
            add_coverage(&store->coverages[number], row);
            return;
        }
    }
    if (store->coverage_count == store->coverage_capacity) {
        add_coverage(&store->coverages[store->coverage_count], row);
        store->evicted++;
        return;
    }
    number = ++store->coverage_count;
    store->coverages[number] = *row;
    index_add(&store->coverage_index, hash, number);
}
