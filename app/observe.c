/* observe: the way of a packet, from frames to observations, on one page. Each step looks forward only:
 * decode -> flow -> count -> converse (dissectors) -> conclude (flow end) -> store.
 *
 * Frames are taken in batches, so that the cache lines of their flows can be asked for before they are needed. */
#include "app/observing.h"

#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>

/* UDP flows and others without an end are over after this much silence. */
#define SILENCE_NS (180 * SECOND_NS)
/* A TCP flow that was reset after data is over after this much silence. */
#define RESET_SILENCE_NS SECOND_NS
/* Places of the flow table looked at per batch for these. */
#define SWEEP_MOST 8

struct ready {
    struct packet packet;
    struct flow_key key;
    uint64_t hash;
    unsigned from;
};

/* An ICMP error tells of the packet it quotes, which the quoting host's peer sent. True when its flow is known. */
static bool attribute_error(struct observer *observer, const struct packet *packet)
{
    struct flow_key key;
    unsigned from = flow_key_of(&packet->quoted, &key);
    struct flow *flow = flow_table_find(observer->flows, &key, flow_table_hash(observer->flows, &key));
    if (flow == NULL)
        return false;
    /* Said of a packet to the client it would be a word about the client, not about the service. */
    if (from == flow->client) {
        flow->flags |= packet->icmp_says == ICMP_SAYS_REFUSED      ? FLOW_REFUSED
                       : packet->icmp_says == ICMP_SAYS_PROHIBITED ? FLOW_PROHIBITED
                                                                   : FLOW_UNREACHABLE;
    }
    return true;
}

static struct flow *flow_of(struct observer *observer, const struct ready *ready)
{
    const struct packet *packet = &ready->packet;
    struct flow *flow = flow_table_find(observer->flows, &ready->key, ready->hash);
    if (flow != NULL && !flow_is_anew(flow, packet, ready->from))
        return flow;
    if (flow != NULL) { /* the ends begin another flow: the place is used again */
        conclude_leaving(observer, flow);
        memset(flow, 0, sizeof *flow);
        flow->key = ready->key;
    } else {
        flow = flow_table_add(observer->flows, &ready->key, ready->hash, observer->now_ns);
    }
    flow_begin(flow, packet, ready->from);
    flow->source = observer->source;
    flow->slice = (uint32_t)(packet->time_ns / OBSERVING_SLICE_NS);
    return flow;
}

/* Where the stream of this side goes on, as long as no window is kept for it. */
static void track(struct flow *flow, const struct packet *packet, unsigned from)
{
    struct flow_side *side = &flow->side[from];
    if ((packet->tcp_flags & TCP_SYN) == 0 || (side->seen & SIDE_TRACKED) != 0)
        return;
    side->next = packet->sequence + 1;
    side->seen |= SIDE_TRACKED;
}

static void take_packet(struct observer *observer, struct ready *ready)
{
    const struct packet *packet = &ready->packet;
    if (packet->time_ns > observer->now_ns)
        observer->now_ns = packet->time_ns;
    if (packet->icmp_says != ICMP_SAYS_NOTHING && attribute_error(observer, packet))
        return;
    struct flow *flow = flow_of(observer, ready);
    conclude_slice(observer, flow, packet->time_ns);
    bool over = flow_count(flow, packet, ready->from);
    if (packet->ends.protocol == IP_TCP)
        track(flow, packet, ready->from);
    if (packet->payload_sent > 0)
        converse(observer, flow, packet, ready->from);
    if (over && (flow->flags & FLOW_ENDED) == 0)
        conclude_flow(observer, flow);
}

/* The sweep's question. TCP flows keep their place until it is needed, so that late packets find them. */
static bool is_over(void *context, struct flow *flow)
{
    struct observer *observer = context;
    int64_t silent_ns = observer->now_ns - flow->last_ns;
    if (flow->key.protocol != IP_TCP)
        return silent_ns > SILENCE_NS;
    if (flow_is_reset(flow) && (flow->flags & FLOW_ENDED) == 0 && silent_ns > RESET_SILENCE_NS)
        conclude_flow(observer, flow);
    return false;
}

/* A frame decoded; false when there is no packet in it (yet). */
static bool prepare(struct observer *observer, const struct frame *frame, struct ready *ready)
{
    struct coverage *coverage = &observer->coverage;
    if (coverage->packets++ == 0 || frame->time_ns < coverage->first_ns)
        coverage->first_ns = frame->time_ns;
    if (frame->time_ns > coverage->last_ns || coverage->packets == 1)
        coverage->last_ns = frame->time_ns;
    coverage->bytes += frame->sent;
    coverage->truncated_frames += frame->captured < frame->sent;
    enum decoded decoded = decode_frame(observer->decoder, frame, &ready->packet);
    coverage->undecoded += decoded == DECODED_NOTHING;
    if (decoded != DECODED_PACKET)
        return false;
    ready->from = flow_key_of(&ready->packet.ends, &ready->key);
    ready->hash = flow_table_hash(observer->flows, &ready->key);
    flow_table_prefetch_cell(observer->flows, ready->hash);
    return true;
}

void observer_take(struct observer *observer, const struct frame frames[], size_t count)
{
    struct ready ready[OBSERVER_BATCH];
    size_t packets = 0;
    for (size_t i = 0; i < count; i++)
        packets += prepare(observer, &frames[i], &ready[packets]);
    for (size_t i = 0; i < packets; i++)
        flow_table_prefetch_flow(observer->flows, ready[i].hash);
    for (size_t i = 0; i < packets; i++)
        take_packet(observer, &ready[i]);
    decoder_release(observer->decoder);
    flow_table_sweep(observer->flows, SWEEP_MOST, is_over, observer);
    observer->packets += count;
}

/* The counters of the run as a whole, of which a source's coverage gets its share. */
static struct coverage run_counters(const struct observer *observer)
{
    return (struct coverage){
        .fragments_lost = decoder_counters(observer->decoder).fragments_lost + observer->fragments_waiting,
        .missing_bytes = observer->missing_bytes,
        .evicted_flows = flow_table_evicted(observer->flows) + observer->lost_streams,
        .evicted_conversations = observations_evicted(observer->store),
        .lost_facts = observations_lost_facts(observer->store),
        .unasked_flows = observer->second_opinion != NULL ? second_opinion_unasked(observer->second_opinion) : 0,
    };
}

void observer_source(struct observer *observer, const char *name, const char *filter)
{
    observer->source = observations_name_of(observer->store, name);
    observer->coverage = (struct coverage){
        .run = observer->run,
        .sensor = observer->sensor,
        .source = observer->source,
        .filter = observations_name_of(observer->store, filter),
    };
    observer->before = run_counters(observer);
}

/* Writes what arose since observer_source; what the end of the run adds comes as a row of its own that counts no
 * packets twice. */
static void cover(struct observer *observer)
{
    struct coverage now = run_counters(observer), *row = &observer->coverage;
    row->fragments_lost = now.fragments_lost - observer->before.fragments_lost;
    row->missing_bytes = now.missing_bytes - observer->before.missing_bytes;
    row->evicted_flows = now.evicted_flows - observer->before.evicted_flows;
    row->evicted_conversations = now.evicted_conversations - observer->before.evicted_conversations;
    row->lost_facts = now.lost_facts - observer->before.lost_facts;
    row->unasked_flows = now.unasked_flows - observer->before.unasked_flows;
    observer->before = now;
}

void observer_source_ended(struct observer *observer, bool cut, uint64_t dropped)
{
    observer->coverage.dropped = dropped;
    observer->coverage.truncated = cut;
    cover(observer);
    observations_cover(observer->store, &observer->coverage);
}

void observer_finish(struct observer *observer)
{
    flow_table_empty(observer->flows);
    observer->fragments_waiting = decoder_counters(observer->decoder).fragments_waiting;
    struct coverage rest = {
        .run = observer->run,
        .sensor = observer->sensor,
        .source = observer->source,
        .filter = observer->coverage.filter,
        .first_ns = observer->coverage.first_ns,
        .last_ns = observer->coverage.last_ns,
    };
    observer->coverage = rest;
    cover(observer);
    rest = observer->coverage;
    if (rest.missing_bytes + rest.evicted_flows + rest.evicted_conversations + rest.lost_facts + rest.fragments_lost +
            rest.unasked_flows >
        0)
        observations_cover(observer->store, &rest);
}

static void name_words(struct observer *observer)
{
    struct observations *store = observer->store;
    for (int i = 0; i < FACT_KEY_COUNT; i++)
        observer->key_names[i] = observations_name_of(store, fact_key_name((enum fact_key)i));
    for (size_t i = 0; dissectors[i] != NULL; i++)
        observer->protocol_names[i + 1] = observations_name_of(store, dissectors[i]->name);
    for (int i = 0; i < AUTHENTICATION_COUNT; i++)
        observer->authentication_names[i] = observations_name_of(store, authentication_name((enum authentication)i));
    for (int i = 0; i < ENCRYPTION_COUNT; i++)
        observer->encryption_names[i] = observations_name_of(store, encryption_name((enum encryption)i));
    for (int i = 0; i < LEARNED_COUNT; i++)
        observer->learned_names[i] = observations_name_of(store, learned_from_name((enum learned_from)i));
}

/* The budget's shares: three eighths each for the store and for flows, the rest for what is being dissected. */
static bool reserve(struct observer *observer, size_t memory_bytes, struct failure *failure)
{
    uint64_t seed = hash_seed_of_process();
    observer->slot_count = memory_bytes / 8 / sizeof(struct slot) + 2;
    observer->slots = memory_reserve(observer->slot_count * sizeof(struct slot), "dissecting", failure);
    observer->slots_used = 1;
    observer->store = observations_create(memory_bytes / 8 * 3, failure);
    observer->decoder = decoder_create(memory_bytes / 64, failure);
    observer->flows = flow_table_create(memory_bytes / 8 * 3, seed, conclude_leaving, observer, failure);
    observer->pool = pool_create(memory_bytes / 16, failure);
    return observer->slots != NULL && observer->store != NULL && observer->decoder != NULL && observer->flows != NULL &&
           observer->pool != NULL;
}

struct observer *observer_create(const struct observer_options *options, struct failure *failure)
{
    struct observer *observer = calloc(1, sizeof *observer);
    if (observer == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    size_t memory_bytes = options->memory_bytes != 0 ? options->memory_bytes : OBSERVER_MEMORY_DEFAULT;
    bool ok = reserve(observer, memory_bytes, failure);
    if (ok && options->second_opinion && second_opinion_version()[0] != '\0') {
        observer->second_opinion = second_opinion_create(failure);
        ok = observer->second_opinion != NULL;
    }
    if (!ok) {
        observer_destroy(observer);
        return NULL;
    }
    observer->sensor = observations_name_of(observer->store, options->sensor != NULL ? options->sensor : "");
    name_words(observer);
    listen_init(observer);
    return observer;
}

void observer_destroy(struct observer *observer)
{
    if (observer == NULL)
        return;
    flow_table_destroy(observer->flows);
    second_opinion_destroy(observer->second_opinion);
    pool_destroy(observer->pool);
    decoder_destroy(observer->decoder);
    observations_destroy(observer->store);
    memory_release(observer->slots, observer->slot_count * sizeof(struct slot));
    free(observer);
}

struct observations *observer_store(struct observer *observer)
{
    return observer->store;
}

uint64_t observer_packets(const struct observer *observer)
{
    return observer->packets;
}
