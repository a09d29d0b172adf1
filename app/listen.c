/* listen: what a dissector says of a flow becomes observations of its pair, with time, file and frame. A flow says each
 * value once, however often its dissector does, so that the store counts flows and not repetitions. */
#include "app/observing.h"

#include "base/hash.h"

/* True the first time this flow says it. */
static bool is_new(struct slot *slot, uint32_t key, uint32_t value)
{
    uint64_t both = (uint64_t)key << 32 | value, bit = slot_said_bit(both);
    for (size_t i = 0; (slot->said_bits & bit) != 0 && i < slot->said; i++)
        if (slot->said_values[i] == both)
            return false;
    if (slot->said == SLOT_SAID_MOST)
        return false;
    slot->said_values[slot->said++] = both;
    slot->said_bits |= bit;
    return true;
}

/* A flow of datagrams gives its slot back in between. What it said is then kept as one bit of 96 a value, in fields
 * that only TCP needs: a value that falls on another's bit is said all the same, and only not counted. */
static bool counts(struct flow *flow, enum fact_key key, struct bytes value)
{
    if (flow->key.protocol == IP_TCP)
        return true;
    uint32_t *const words[] = {&flow->syn_sequence, &flow->side[0].next, &flow->side[1].next};
    uint64_t hash = hash_bytes(value.at, value.left, (uint64_t)key); /* the same in every process and observer */
    uint32_t *word = words[(hash >> 5) % 3], bit = UINT32_C(1) << (hash & 31);
    bool first = (*word & bit) == 0;
    *word |= bit;
    return first;
}

/* Like a row's, the members of the fact are set one by one: to clear all of it first takes longer. */
static void say(struct facts *to, enum fact_key key, struct bytes value)
{
    struct listener *listener = (struct listener *)to;
    struct observer *observer = listener->observer;
    uint32_t name = observations_name_after(observer->store, value.at, value.left, &observer->keys[key].last);
    if (name == 0 || !is_new(listener->slot, (uint32_t)key, name))
        return;
    bool counted = counts(listener->flow, key, value);
    if (key == FACT_TLS_VERSIONS)
        listener->flow->protection = name;
    struct fact row;
    row.run = observer->run;
    row.sensor = observer->sensor;
    row.key = observer->keys[key].name;
    row.value = name;
    row.source = listener->source;
    row.frame = listener->frame;
    row.flows = counted;
    row.first_ns = listener->time_ns;
    observations_say(observer->store, conclude_pair(observer, listener->flow), listener->time_ns, &row);
}

static void learn(struct facts *to, const struct learned *learned)
{
    struct listener *listener = (struct listener *)to;
    struct observer *observer = listener->observer;
    const struct flow *flow = listener->flow;
    unsigned server = 1u - flow->client;
    /* What lives in a named pipe has no port of its own: that of the flow is SMB's. */
    bool own_port = learned->from == LEARNED_BIND && learned->endpoint.left == 0;
    struct binding row = {
        .run = observer->run,
        .sensor = observer->sensor,
        .learned_ns = listener->time_ns,
        .server = flow->key.address[server],
        .client = flow->key.address[flow->client],
        .transport = own_port       ? flow->key.protocol
                     : learned->udp ? IP_UDP
                                    : IP_TCP,
        .port = own_port ? flow->key.port[server] : learned->port,
        .interface = learned->interface,
        .major = learned->major,
        .minor = learned->minor,
        .learned_from = observer->learned_names[learned->from],
        .protocol_sequence = observations_name_of(observer->store, learned->protocol_sequence),
        .endpoint = observations_name(observer->store, learned->endpoint.at, learned->endpoint.left),
        .annotation = observations_name(observer->store, learned->annotation.at, learned->annotation.left),
        .source = listener->source,
        .frame = listener->frame,
        .network = observations_name_of(observer->store, decoder_tunnel(observer->decoder, flow->key.apart)),
    };
    if (learned->has_address)
        row.tower_address = learned->tower_address;
    observations_learn(observer->store, &row);
}

static void amount(struct facts *to, enum authentication authentication, enum encryption encryption,
                   enum outcome outcome)
{
    struct listener *listener = (struct listener *)to;
    struct flow *flow = listener->flow;
    if (encryption == ENCRYPTION_TLS && listener->slot->upgrade != ENCRYPTION_UNKNOWN)
        encryption = listener->slot->upgrade;
    if (authentication != AUTHENTICATION_UNKNOWN &&
        (flow->authentication == AUTHENTICATION_UNKNOWN || (uint8_t)authentication < flow->authentication))
        flow->authentication = (uint8_t)authentication;
    if (encryption != ENCRYPTION_UNKNOWN &&
        (flow->encryption == ENCRYPTION_UNKNOWN || (uint8_t)encryption < flow->encryption))
        flow->encryption = (uint8_t)encryption;
    if (outcome != OUTCOME_NONE)
        flow->outcome = (uint8_t)outcome;
}

void listen_init(struct observer *observer)
{
    observer->listener = (struct listener){
        .facts = {.say = say, .learn = learn, .amount = amount},
        .observer = observer,
    };
}

void listen_to(struct observer *observer, const struct packet *packet)
{
    observer->listener.time_ns = packet->time_ns;
    observer->listener.frame = packet->frame;
    observer->listener.source = observer->sources[packet->source];
}
