/* observe: the way of a packet through an observer, on one page. Each step looks forward only:
 * flow -> count -> converse (dissectors) -> conclude (flow end) -> store.
 *
 * Packets are taken in batches, so that the cache lines of their flows can be asked for before they are needed. */
#include "app/observing.h"

#include "base/hash.h"
#include "base/lines.h"
#include "base/memory.h"

#include <stdlib.h>

/* A TCP flow that was reset after data is over after this much silence. */
#define RESET_SILENCE_NS SECOND_NS
/* For these one place of the flow table is looked at for so many packets. */
#define SWEEP_EACH 8
/* A mirror of two ports, or an interface of several queues, may give packets of a flow in another order than they were
 * sent in, an answer before what it answers: this many packets on it is still found. */
#define LATE_MOST 4
/* What comes later than this was sent again: RFC 6298 waits a second for that, and systems a fifth of one. */
#define LATE_NS (SECOND_NS / 10)
/* Sequence numbers farther apart are not of packets that close: none is longer than 64 KiB. */
#define LATE_BYTES_MOST (LATE_MOST << 16)

struct ready {
    const struct timed_packet *timed; /* NULL when it was taken */
    uint64_t hash;
    struct flow *guess; /* its flow most likely */
    unsigned from;
};

/* What tells of nearly all packets that none of the next ones came late, with a few words of each and no branch. */
struct lately {
    uint32_t tags[OBSERVER_BATCH + LATE_MOST]; /* bits of the flow's hash, and in the lowest place the side */
    uint32_t sequences[OBSERVER_BATCH + LATE_MOST];
};

/* After long silence what comes is another flow, though its ends are the same; a TCP flow goes on whatever the pause,
 * but after a reset it is over. */
static bool is_over(struct observer *observer, struct flow *flow, int64_t now_ns)
{
    if (flow->key.protocol != IP_TCP)
        return clock_since(now_ns, flow->last_ns) > OBSERVING_SILENCE_NS;
    if (flow_is_reset(flow) && (flow->flags & FLOW_ENDED) == 0 && clock_since(now_ns, flow->last_ns) > RESET_SILENCE_NS)
        conclude_flow(observer, flow);
    return false;
}

/* The sweep's question. TCP flows keep their place until it is needed, so that late packets find them. */
static bool may_go(void *context, struct flow *flow)
{
    struct observer *observer = context;
    return is_over(observer, flow, observer->now_ns);
}

/* The packet's ends begin a flow: where they had one before, that place is used again. */
static __attribute__((noinline)) struct flow *begin(struct observer *observer, const struct ready *ready,
                                                    struct flow *flow)
{
    const struct packet *packet = &ready->timed->packet;
    if (flow != NULL) {
        conclude_leaving(observer, flow);
        memset(flow, 0, sizeof *flow);
        flow_key_of(&packet->ends, &flow->key);
    } else {
        flow = flow_table_add(observer->flows, &packet->ends, ready->hash, observer->now_ns);
    }
    flow_begin(flow, packet, ready->from);
    flow->source = observer->sources[packet->source];
    flow->slice = (uint32_t)(packet->time_ns / OBSERVING_SLICE_NS);
    if (observer->errors.count > 0)
        errors_meet(observer, flow);
    return flow;
}

static struct flow *flow_of(struct observer *observer, const struct ready *ready)
{
    const struct packet *packet = &ready->timed->packet;
    struct flow *flow = ready->guess != NULL ? ready->guess : flow_table_recent(observer->flows, ready->hash);
    if (!flow_table_guessed(flow, &packet->ends, ready->from))
        flow = flow_table_find(observer->flows, &packet->ends, ready->from, ready->hash);
    bool goes_on =
        flow != NULL && !is_over(observer, flow, packet->time_ns) && !flow_is_anew(flow, packet, ready->from);
    return goes_on ? flow : begin(observer, ready, flow);
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

/* Resets of something between the two are told by how far they came, compared with the server's answers. */
static __attribute__((noinline)) void compare_ways(struct observer *observer, struct flow *flow,
                                                   const struct packet *packet, unsigned from)
{
    if ((packet->tcp_flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK))
        resets_note(observer->resets, packet);
    unsigned hops = 0;
    if ((packet->tcp_flags & TCP_RST) != 0 && from != flow->client)
        hops = resets_nearer(observer->resets, packet);
    if (hops > 0)
        conclude_nearer(observer, flow, packet, hops);
}

static struct flow *count_packet(struct observer *observer, const struct ready *ready)
{
    const struct packet *packet = &ready->timed->packet;
    struct flow *flow = flow_of(observer, ready);
    conclude_slice(observer, flow, packet->time_ns);
    bool over = flow_count(flow, packet, ready->from);
    if ((packet->tcp_flags & (TCP_SYN | TCP_RST)) != 0) {
        track(flow, packet, ready->from);
        compare_ways(observer, flow, packet, ready->from);
    }
    if (packet->payload_sent > 0 && !converse_is_over(flow))
        converse(observer, flow, packet, ready->from);
    if (flow->slot != FLOW_NO_SLOT && (packet->tcp_flags & TCP_ACK) != 0)
        converse_acknowledged(observer, flow, packet, ready->from);
    if (packet->ends.protocol == IP_TCP && !gaps_go_on(flow, packet, ready->from))
        gaps_note(flow, flow_table_gaps(observer->flows, flow), packet, ready->from);
    if (over && (flow->flags & FLOW_ENDED) == 0)
        conclude_flow(observer, flow);
    return flow;
}

static void get_ready(struct ready *ready, uint64_t seed)
{
    ready->from = flow_from(&ready->timed->packet.ends);
    ready->hash = flow_hash(&ready->timed->packet.ends, seed);
}

struct flow *observe_packet(struct observer *observer, const struct timed_packet *timed)
{
    struct ready ready = {.timed = timed};
    get_ready(&ready, flow_table_seed(observer->flows));
    return count_packet(observer, &ready);
}

static void take_packet(struct observer *observer, const struct ready *ready)
{
    observer->now_ns = ready->timed->now_ns;
    if (ready->timed->packet.icmp_says != ICMP_SAYS_NOTHING)
        errors_take(observer, ready->timed);
    else
        count_packet(observer, ready);
}

/* What a packet acknowledges was sent before it, and so was what precedes it in its own stream. */
static inline bool was_sent_before(const struct ready *late, const struct ready *ready)
{
    const struct packet *earlier = &late->timed->packet, *later = &ready->timed->packet;
    uint32_t until = late->from == ready->from ? later->sequence : later->acknowledged;
    uint32_t ahead = until - earlier->sequence;
    if (ahead - 1 >= LATE_BYTES_MOST) /* of nearly all that are in order */
        return false;
    uint32_t length = earlier->payload_sent + ((earlier->tcp_flags & (TCP_SYN | TCP_FIN)) != 0);
    bool tells = late->from == ready->from || (later->tcp_flags & TCP_ACK) != 0;
    return tells && length > 0 && ahead >= length && clock_since(earlier->time_ns, later->time_ns) <= LATE_NS;
}

/* `late` overtakes none of its own side, unless it was sent before that one too: the first it would, else itself. */
static struct ready *first_of_side(struct ready ready[], struct ready *late)
{
    for (struct ready *one = ready; one != late; one++)
        if (one->timed != NULL && one->hash == late->hash && one->from == late->from && !was_sent_before(late, one))
            return one;
    return late;
}

/* The one of these packets to be taken now: the first, or one that came late. `which` are their places among the
 * packets of all observers. */
static __attribute__((noinline)) struct ready *next_of(struct ready ready[], const uint16_t which[])
{
    struct ready *next = ready;
    for (size_t i = 1; i <= LATE_MOST; i++)
        if (ready[i].timed != NULL && ready[i].hash == ready->hash && which[i] - which[0] <= LATE_MOST &&
            was_sent_before(&ready[i], next))
            next = first_of_side(ready, &ready[i]);
    return next;
}

/* Could one of the packets after this one have been sent before it? When the tags differ in the side at most, and by
 * what this packet sends or acknowledges another is less than LATE_BYTES_MOST behind. All are asked at once, in one
 * vector. Without TCP all numbers are 0, and none could. */
static inline bool may_be_overtaken(const struct lately *lately, size_t i, uint32_t acknowledged)
{
    _Static_assert(LATE_MOST == 4 && LATE_BYTES_MOST == 1u << 18, "a vector holds all, a shift tells");
    typedef uint32_t words __attribute__((vector_size(4 * LATE_MOST)));
    words tags, sequences;
    memcpy(&tags, &lately->tags[i + 1], sizeof tags);
    memcpy(&sequences, &lately->sequences[i + 1], sizeof sequences);
    words apart = tags ^ lately->tags[i];
    words until = lately->sequences[i] + ((acknowledged - lately->sequences[i]) & -(apart & 1));
    words could = (words)(((apart >> 1) | (until - sequences - 1) >> 18) == 0);
    uint64_t any[2];
    memcpy(any, &could, sizeof any);
    return (any[0] | any[1]) != 0;
}

/* Takes the first of these packets, but before it those that came late. */
static __attribute__((noinline)) void take_late_ones_and(struct observer *observer, struct ready ready[],
                                                         const uint16_t which[])
{
    while (ready->timed != NULL) {
        struct ready *next = next_of(ready, which);
        take_packet(observer, next);
        next->timed = NULL;
    }
}

static inline void take_in_turn(struct observer *observer, struct ready ready[], const uint16_t which[],
                                const struct lately *lately, size_t i)
{
    if (ready[i].timed == NULL)
        return; /* it was taken before its turn */
    if (may_be_overtaken(lately, i, ready[i].timed->packet.acknowledged))
        take_late_ones_and(observer, &ready[i], &which[i]);
    else
        take_packet(observer, &ready[i]);
}

static inline void note_lately(struct lately *lately, size_t i, const struct ready *ready)
{
    lately->tags[i] = ((uint32_t)(ready->hash >> 32) & ~UINT32_C(1)) | ready->from;
    lately->sequences[i] = ready->timed->packet.sequence;
}

/* Behind the last packet come places without one. */
static void get_some_ready(const struct observer *observer, struct ready ready[], struct lately *lately, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ready[i].guess = flow_table_guess(observer->flows, ready[i].hash);
    for (size_t i = count; i < count + LATE_MOST; i++) {
        ready[i].timed = NULL;
        lately->tags[i] = lately->sequences[i] = 0;
    }
}

/* Some packets that are taken together, of a batch. */
struct some {
    const struct parcel *parcels;
    const uint16_t *which;
    size_t count;
};

/* What ends a flow has it written down, mostly; and ways are noted and compared (compare_ways). */
static inline void ask_for_more(const struct observer *observer, const struct ready *ready)
{
    const unsigned flags = ready->timed != NULL ? ready->timed->packet.tcp_flags : 0;
    if ((flags & (TCP_FIN | TCP_RST)) != 0 && ready->guess != NULL && (ready->guess->flags & FLOW_ENDED) == 0)
        conclude_soon(observer, ready->guess);
    if ((flags & TCP_RST) != 0 || (flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK))
        resets_prefetch(observer->resets, &ready->timed->packet);
}

/* Payloads are asked for only where somebody will look at them: the reading thread wrote them and will write there
 * again, and takes back what others have. Most short ones are looked at, and lie in one line with headers. */
static inline void ask_for_short(const struct bytes *payload)
{
    bool asked = payload->left > 0 && payload->left < CACHE_LINE;
    __builtin_prefetch(asked ? (const void *)payload->at : payload);
}

/* Of a longer one the flow tells, once it is here. */
static inline void ask_for_long(const struct ready *ready)
{
    if (ready->timed == NULL)
        return;
    const struct bytes *payload = &ready->timed->packet.payload;
    bool asked = payload->left >= CACHE_LINE && (ready->guess == NULL || !converse_is_over(ready->guess));
    __builtin_prefetch(asked ? (const void *)payload->at : payload);
}

/* Parcels were written by another thread, so they are asked for long before they are opened: the next ones one by one,
 * since a processor can wait for two dozen lines and no more. */
static void take_some(struct observer *observer, const struct some *some, const struct some *next)
{
    struct timed_packet opened[OBSERVER_BATCH];
    struct ready ready[OBSERVER_BATCH + LATE_MOST];
    struct lately lately;
    const uint64_t seed = flow_table_seed(observer->flows);
    for (size_t i = 0; i < some->count; i++) {
        parcel_open(&some->parcels[some->which[i]], &opened[i]);
        ready[i].timed = &opened[i];
        ask_for_short(&opened[i].packet.payload);
        get_ready(&ready[i], seed);
        note_lately(&lately, i, &ready[i]);
        flow_table_prefetch_cell(observer->flows, ready[i].hash);
    }
    get_some_ready(observer, ready, &lately, some->count);
    for (size_t i = 0; i < LATE_MOST; i++)
        ask_for_long(&ready[i]);
    for (size_t i = 0; i < some->count; i++) {
        if (i < next->count)
            __builtin_prefetch(&next->parcels[next->which[i]]);
        ask_for_long(&ready[i + LATE_MOST]);
        ask_for_more(observer, &ready[i + LATE_MOST]);
        take_in_turn(observer, ready, some->which, &lately, i);
    }
    for (size_t i = some->count; i < next->count; i++)
        __builtin_prefetch(&next->parcels[next->which[i]]);
    flow_table_sweep(observer->flows, (some->count + SWEEP_EACH - 1) / SWEEP_EACH, may_go, observer);
    errors_expire(observer);
}

/* How many of these are taken together; by that late ones are found, so it does not depend on what
 * other observers take: the same capture gives the same observations with any number of them. */
static size_t some_of(const uint16_t which[], size_t count)
{
    enum { STRIDE = 8 };
    size_t some = 0, end = count > 0 ? (which[0] / OBSERVER_BATCH + 1u) * OBSERVER_BATCH : 0;
    while (some + STRIDE <= count && which[some + STRIDE - 1] < end) /* they ascend */
        some += STRIDE;
    while (some < count && which[some] < end)
        some++;
    return some;
}

void observer_take(struct observer *observer, const struct parcel parcels[], const uint16_t which[], size_t count,
                   bool lent)
{
    observer->lent = lent;
    struct some some = {parcels, which, some_of(which, count)};
    for (size_t done = 0; done < count;) {
        done += some.count;
        const struct some next = {parcels, which + done, some_of(which + done, count - done)};
        take_some(observer, &some, &next);
        some = next;
    }
}

void observer_source(struct observer *observer, uint8_t number, const char *name)
{
    observer->sources[number] = observations_name_of(observer->store, name);
}

/* Gives back all but the store; what was lost until then is kept in mind. */
static void release_flows(struct observer *observer)
{
    if (observer->store != NULL)
        observer->losses = observer_losses(observer);
    flow_table_destroy(observer->flows);
    second_opinion_destroy(observer->second_opinion);
    pool_destroy(observer->pool);
    memory_release(observer->slots, observer->slot_count * sizeof(struct slot));
    observer->flows = NULL;
    scanning_destroy(observer->scanning);
    resets_destroy(observer->resets);
    observer->second_opinion = NULL;
    observer->scanning = NULL;
    observer->resets = NULL;
    observer->pool = NULL;
    observer->slots = NULL;
}

static bool hand_on_or_go(void *context, struct flow *flow)
{
    if (may_go(context, flow))
        return true;
    conclude_so_far(context, flow);
    return false;
}

void observer_hand_on(struct observer *observer, int64_t now_ns)
{
    observer->now_ns = now_ns;
    flow_table_sweep(observer->flows, SIZE_MAX, hand_on_or_go, observer);
}

void observer_finish(struct observer *observer, int64_t first_ns, int64_t now_ns)
{
    observer->now_ns = now_ns;
    if (now_ns >= first_ns) {
        observations_span(observer->store, first_ns);
        observations_span(observer->store, now_ns);
    }
    errors_release(observer, INT64_MAX);
    flow_table_finish(observer->flows);
    release_flows(observer);
}

void observe_names(struct observer *observer, const char *sensor)
{
    struct observations *store = observer->store;
    observer->sensor = observations_name_of(store, sensor != NULL ? sensor : "");
    for (int i = 0; i < FACT_KEY_COUNT; i++)
        observer->keys[i].name = observations_name_of(store, fact_key_name((enum fact_key)i));
    for (size_t i = 0; dissectors[i] != NULL; i++)
        observer->protocol_names[i + 1] = observations_name_of(store, dissectors[i]->name);
    for (int i = 0; i < AUTHENTICATION_COUNT; i++)
        observer->authentication_names[i] = observations_name_of(store, authentication_name((enum authentication)i));
    for (int i = 0; i < ENCRYPTION_COUNT; i++)
        observer->encryption_names[i] = observations_name_of(store, encryption_name((enum encryption)i));
    for (int i = 0; i < LEARNED_COUNT; i++)
        observer->learned_names[i] = observations_name_of(store, learned_from_name((enum learned_from)i));
}

/* The budget's shares: what the store does not take is mostly for flows, the rest for what is being dissected. */
static bool reserve(struct observer *observer, const struct observer_options *options, struct failure *failure)
{
    size_t memory_bytes = options->memory_bytes - options->store_bytes;
    uint64_t seed = hash_seed_of_process();
    observer->slot_count = memory_bytes / 5 / sizeof(struct slot) + 2;
    observer->slots = memory_reserve(observer->slot_count * sizeof(struct slot), "dissecting", failure);
    observer->slots_used = 1;
    observer->store = observations_create(options->store_bytes, failure);
    observer->flows = flow_table_create(memory_bytes / 5 * 3, seed, conclude_all_leaving, observer, failure);
    observer->pool = pool_create(memory_bytes / 10, failure);
    observer->scanning = scanning_create(memory_bytes / 40, failure);
    observer->resets = resets_create(failure);
    return observer->slots != NULL && observer->scanning != NULL && observer->resets != NULL &&
           observer->store != NULL && observer->flows != NULL && observer->pool != NULL;
}

struct observer *observer_create(const struct observer_options *options, struct failure *failure)
{
    struct observer *observer = calloc(1, sizeof *observer);
    if (observer == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    observer->decoder = options->decoder;
    bool ok = reserve(observer, options, failure);
    if (ok && options->adviser != NULL) {
        observer->second_opinion = second_opinion_create(options->adviser, failure);
        ok = observer->second_opinion != NULL;
    }
    if (!ok) {
        observer_destroy(observer);
        return NULL;
    }
    observe_names(observer, options->sensor);
    listen_init(observer);
    heads_init(&observer->heads);
    return observer;
}

void observer_destroy(struct observer *observer)
{
    if (observer == NULL)
        return;
    release_flows(observer);
    observations_destroy(observer->store);
    free(observer);
}

struct observations *observer_store(struct observer *observer)
{
    return observer->store;
}

struct observer_losses observer_losses(const struct observer *observer)
{
    struct observer_losses losses = observer->losses;
    losses.evicted_conversations = observer->gone_evicted + observations_evicted(observer->store);
    losses.lost_facts = observer->gone_lost + observations_lost_facts(observer->store);
    if (observer->flows != NULL)
        losses.evicted_flows = flow_table_evicted(observer->flows) + observer->lost_streams;
    if (observer->second_opinion != NULL)
        losses.unasked_flows = second_opinion_unasked(observer->second_opinion);
    return losses;
}
