/* conclude: what a flow showed becomes one count in a session class of its pair (docs/verdicts.md, "Disposition of one
 * flow"). Packets and bytes belong to the slice they arrive in; the flow itself is counted once, where it ends. */
#include "app/observing.h"

#include <stdio.h>

/* A SYN or request without an answer for this long is unanswered rather than pending. */
#define PATIENCE_NS (3 * SECOND_NS)

/* Services over UDP that reply to what they are asked, for which no dissector speaks yet. */
static bool port_answers(uint16_t port)
{
    static const uint16_t ports[] = {53, 88, 123, 137, 389, 464, 500, 4500, 5060};
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (ports[i] == port)
            return true;
    return false;
}

/* Datagrams that want no reply: NetBIOS datagrams, syslog, cluster heartbeats, SSDP, mDNS, LLMNR. */
static bool port_only_tells(uint16_t port)
{
    return port == 138 || port == 514 || port == 3343 || port == 1900 || port == 5353 || port == 5355;
}

static enum disposition by_icmp(const struct flow *flow)
{
    return (flow->flags & FLOW_REFUSED) != 0      ? DISPOSITION_REFUSED
           : (flow->flags & FLOW_PROHIBITED) != 0 ? DISPOSITION_PROHIBITED
                                                  : DISPOSITION_UNREACHABLE;
}

static enum disposition no_answer_yet(const struct flow *flow, int64_t now_ns)
{
    return flow->syns > 1 || clock_since(now_ns, flow->first_ns) >= PATIENCE_NS ? DISPOSITION_UNANSWERED
                                                                                : DISPOSITION_PENDING;
}

static enum disposition of_tcp(const struct flow *flow, int64_t now_ns)
{
    uint8_t client = flow->side[flow->client].seen, server = flow->side[1 - flow->client].seen;
    bool closed = ((client | server) & SIDE_RST) != 0 || (client & server & SIDE_FIN) != 0;
    if ((client & SIDE_DATA) != 0 && (server & SIDE_DATA) != 0) {
        if (flow->outcome == OUTCOME_DENIED)
            return DISPOSITION_APP_DENIED;
        return (flow->flags & FLOW_DAMAGED) != 0 ? DISPOSITION_DAMAGED : DISPOSITION_OK;
    }
    if ((client & SIDE_SYN) != 0 && (server & SIDE_SPOKE) == 0) {
        if ((client & SIDE_ACK) != 0)
            return DISPOSITION_ONE_WAY; /* it goes on as if answered: we do not see the answers */
        if ((flow->flags & (FLOW_REFUSED | FLOW_PROHIBITED | FLOW_UNREACHABLE)) != 0)
            return by_icmp(flow);
        return no_answer_yet(flow, now_ns);
    }
    bool went_on = (client & SIDE_DATA) != 0 && (client & SIDE_ACK) != 0; /* not with a SYN alone (RFC 7413) */
    if ((client & SIDE_SYN) != 0 && (server & SIDE_RST) != 0 && (server & SIDE_SYN_ACK) == 0 && !went_on)
        return DISPOSITION_REFUSED;
    if ((client & SIDE_SPOKE) == 0 || (server & SIDE_SPOKE) == 0)
        return DISPOSITION_ONE_WAY;
    if (flow->outcome == OUTCOME_DENIED) /* before the client said anything */
        return DISPOSITION_APP_DENIED;
    if (!closed && clock_since(now_ns, flow->last_ns) < PATIENCE_NS)
        return DISPOSITION_PENDING;
    return DISPOSITION_OPEN_NO_DATA; /* nobody spoke, or only one side did */
}

static enum disposition of_datagrams(const struct flow *flow, int64_t now_ns, bool answers)
{
    uint8_t client = flow->side[flow->client].seen, server = flow->side[1 - flow->client].seen;
    uint16_t port = flow->key.port[1 - flow->client];
    bool udp = flow->key.protocol == IP_UDP;
    if ((client & SIDE_SPOKE) != 0 && (server & SIDE_SPOKE) != 0)
        return flow->outcome == OUTCOME_DENIED ? DISPOSITION_APP_DENIED : DISPOSITION_OK;
    if ((flow->flags & (FLOW_REFUSED | FLOW_PROHIBITED | FLOW_UNREACHABLE)) != 0)
        return by_icmp(flow);
    if (address_is_group(&flow->key.address[1 - flow->client]) || (udp && port_only_tells(port)))
        return DISPOSITION_OK;
    if ((client & SIDE_SPOKE) != 0 && (answers || (udp && port_answers(port))))
        return no_answer_yet(flow, now_ns);
    return DISPOSITION_ONE_WAY;
}

enum disposition conclude_disposition(const struct flow *flow, int64_t now_ns, bool answers)
{
    return flow->key.protocol == IP_TCP ? of_tcp(flow, now_ns) : of_datagrams(flow, now_ns, answers);
}

static struct pair pair_of(const struct observer *observer, const struct flow *flow)
{
    unsigned client = flow->client, server = 1u - client;
    return (struct pair){
        .client = flow->key.address[client],
        .server = flow->key.address[server],
        .tunnel = observations_name_of(observer->store, decoder_tunnel(observer->decoder, flow->tunnel)),
        .network = observations_name_of(observer->store, decoder_tunnel(observer->decoder, flow->key.apart)),
        .port = flow->key.port[server],
        .transport = flow->key.protocol,
    };
}

uint32_t conclude_pair(struct observer *observer, struct flow *flow)
{
    if (flow->pair != 0)
        return flow->pair;
    struct pair pair = pair_of(observer, flow);
    uint8_t server = flow->side[1 - flow->client].seen;
    bool answered = (server & (flow->key.protocol == IP_TCP ? SIDE_SYN_ACK | SIDE_DATA : SIDE_SPOKE)) != 0;
    flow->pair =
        answered ? observations_pair(observer->store, &pair) : observations_pair_in_vain(observer->store, &pair);
    return flow->pair;
}

/* Would this flow be an attempt in vain if it ended so? */
static bool is_in_vain(const struct flow *flow, enum disposition disposition)
{
    return flow->dissector == 0 && scan_takes(flow->key.protocol, disposition);
}

/* An attempt in vain counts under its pair, or with many others of its client. Like a row's, the members of a fact are
 * set one by one: to clear all of it first takes longer. */
static void conclude_in_vain(struct observer *observer, struct flow *flow)
{
    struct pair pair = pair_of(observer, flow);
    if (flow->pair != 0) { /* something was said of it */
        scanning_know(observer->scanning, &pair);
        return;
    }
    struct fact evidence;
    evidence.run = observer->run;
    evidence.sensor = observer->sensor;
    evidence.source = flow->source;
    evidence.frame = flow->frame;
    evidence.flows = 1;
    evidence.first_ns = flow->first_ns;
    flow->pair = scanning_pair(observer->scanning, observer->store, &pair, &evidence);
}

/* A clock may stand before 1970: the number of the minute is one with a sign, and names its end then. */
static int64_t slice_begin_ns(const struct flow *flow)
{
    return (int32_t)flow->slice * (int64_t)OBSERVING_SLICE_NS;
}

/* What any row of the flow begins with: traffic without packets. Its pair and slice are not read. */
static void begin_row(const struct observer *observer, const struct flow *flow, struct conversation *row)
{
    row->run = observer->run;
    row->sensor = observer->sensor;
    row->protocol = observer->protocol_names[flow->dissector];
    row->second_opinion = 0;
    row->authentication = 0;
    row->encryption = 0;
    row->protection = 0;
    row->source = flow->source;
    row->frame = flow->frame;
    row->disposition = DISPOSITION_OPEN;
    row->decided_by = flow->decided_by;
    row->flows = 0;
    row->packets_to_server = 0;
    row->packets_to_client = 0;
    row->bytes_to_server = 0;
    row->bytes_to_client = 0;
    row->missing_bytes = 0;
    row->first_ns = flow->first_ns;
    row->last_ns = flow->last_ns;
}

/* Counts since the last hand-on, in this row; they are then the store's. */
static void hand_on(struct observer *observer, struct flow *flow, uint32_t pair, struct conversation *row)
{
    struct flow_side *client = &flow->side[flow->client], *server = &flow->side[1 - flow->client];
    row->packets_to_server = client->packets;
    row->packets_to_client = server->packets;
    row->bytes_to_server = client->bytes;
    row->bytes_to_client = server->bytes;
    client->packets = server->packets = 0;
    client->bytes = server->bytes = 0;
    observations_count(observer->store, pair, slice_begin_ns(flow), row);
}

/* Traffic of a flow that goes on, if there was any. */
static void hand_on_traffic(struct observer *observer, struct flow *flow)
{
    if (flow->side[0].packets + flow->side[1].packets == 0)
        return;
    int64_t slice_ns = slice_begin_ns(flow);
    int64_t first_ns = flow->first_ns > slice_ns ? flow->first_ns : slice_ns;
    struct conversation row;
    begin_row(observer, flow, &row);
    row.first_ns = first_ns < flow->last_ns ? first_ns : flow->last_ns;
    hand_on(observer, flow, conclude_pair(observer, flow), &row);
}

/* What nobody answered so far stays in one piece, and in the minute in which it began. */
static bool stays_in_one_piece(const struct observer *observer, const struct flow *flow)
{
    return flow->pair == 0 && is_in_vain(flow, conclude_disposition(flow, observer->now_ns, false));
}

void conclude_slice(struct observer *observer, struct flow *flow, int64_t time_ns)
{
    uint32_t slice = (uint32_t)(time_ns / OBSERVING_SLICE_NS);
    bool nearly_full = ((flow->side[0].bytes | flow->side[1].bytes) & UINT32_C(0x80000000)) != 0;
    if (slice == flow->slice && !nearly_full)
        return;
    if (!nearly_full && stays_in_one_piece(observer, flow))
        return;
    hand_on_traffic(observer, flow);
    flow->slice = slice;
}

void conclude_so_far(struct observer *observer, struct flow *flow)
{
    if ((flow->flags & FLOW_ENDED) != 0 || !stays_in_one_piece(observer, flow))
        hand_on_traffic(observer, flow);
    else if (clock_since(observer->now_ns, flow->last_ns) > OBSERVING_SILENCE_NS)
        conclude_flow(observer, flow);
}

void conclude_flow(struct observer *observer, struct flow *flow)
{
    converse_end(observer, flow);
    converse_settle(observer, flow);
    const struct dissector *dissector = flow->dissector != 0 ? dissectors[flow->dissector - 1] : NULL;
    enum disposition disposition =
        conclude_disposition(flow, observer->now_ns, dissector != NULL && dissector->answers);
    if (disposition == DISPOSITION_ONE_WAY && dissector != NULL && dissector->tells)
        disposition = DISPOSITION_OK;
    struct conversation row;
    begin_row(observer, flow, &row);
    row.disposition = (uint8_t)disposition;
    row.authentication = observer->authentication_names[flow->authentication];
    row.encryption = observer->encryption_names[flow->encryption];
    row.protection = flow->protection;
    row.flows = 1;
    if (observer->second_opinion != NULL) {
        bool named = flow->dissector != 0;
        row.second_opinion =
            observations_name_of(observer->store, second_opinion_of(observer->second_opinion, flow, named));
        second_opinion_forget(observer->second_opinion, flow);
    }
    if (is_in_vain(flow, disposition))
        conclude_in_vain(observer, flow);
    else
        conclude_pair(observer, flow);
    hand_on(observer, flow, flow->pair, &row);
    flow->flags |= FLOW_ENDED;
}

void conclude_tell(struct observer *observer, struct flow *flow, const struct packet *packet, enum fact_key key,
                   const char *value)
{
    struct pair pair = pair_of(observer, flow);
    if (flow->pair == 0 && scanning_is_scan(observer->scanning, &pair))
        return;
    struct fact row = {
        .run = observer->run,
        .sensor = observer->sensor,
        .key = observer->keys[key].name,
        .value = observations_name_of(observer->store, value),
        .source = observer->sources[packet->source],
        .frame = packet->frame,
        .flows = 1,
        .first_ns = packet->time_ns,
    };
    observations_say(observer->store, conclude_pair(observer, flow), packet->time_ns, &row);
}

void conclude_missing(struct observer *observer, struct flow *flow, uint64_t bytes)
{
    if (bytes == 0)
        return;
    struct conversation row;
    begin_row(observer, flow, &row);
    row.missing_bytes = bytes;
    observer->losses.missing_bytes += bytes;
    observations_count(observer->store, conclude_pair(observer, flow), flow->last_ns, &row);
}

void conclude_leaving(struct observer *observer, struct flow *flow)
{
    struct gaps *gaps = flow_table_gaps(observer->flows, flow);
    if ((flow->flags & FLOW_ENDED) == 0) {
        conclude_flow(observer, flow);
    } else if (flow->side[0].packets + flow->side[1].packets > 0) {
        struct conversation row;
        begin_row(observer, flow, &row);
        row.first_ns = flow->last_ns;
        hand_on(observer, flow, conclude_pair(observer, flow), &row);
    }
    if (observer->second_opinion != NULL) /* it may have been asked after the end */
        second_opinion_forget(observer->second_opinion, flow);
    conclude_missing(observer, flow, (uint64_t)gaps->unseen[0] + gaps->unseen[1]);
    if (gaps->unseen[0] != 0 || gaps->unseen[1] != 0) /* most stay as they are, and so untouched */
        *gaps = (struct gaps){{0}};
}

/* What is known of a pair lies anywhere. */
void conclude_soon(const struct observer *observer, const struct flow *flow)
{
    if (flow->pair != 0) {
        observations_prefetch(observer->store, flow->pair);
        return;
    }
    struct pair pair = pair_of(observer, flow);
    observations_prefetch_pair(observer->store, &pair);
    scanning_prefetch(observer->scanning, &pair);
}

void conclude_all_leaving(void *context, struct flow *const flows[], size_t count)
{
    struct observer *observer = context;
    for (size_t i = 0; i < count; i++) {
        __builtin_prefetch(flow_table_gaps(observer->flows, flows[i]));
        conclude_soon(observer, flows[i]);
    }
    for (size_t i = 0; i < count; i++)
        observations_prefetch_rows(observer->store, flows[i]->pair);
    for (size_t i = 0; i < count; i++)
        conclude_leaving(observer, flows[i]);
}

void conclude_nearer(struct observer *observer, struct flow *flow, const struct packet *reset, unsigned hops)
{
    char value[32];
    snprintf(value, sizeof value, "%u %s nearer", hops, hops == 1 ? "hop" : "hops");
    conclude_tell(observer, flow, reset, FACT_TCP_RESETS, value);
}
