/* flow: who is client, and what TCP flags say (RFC 9293, 3.5 and 3.6). Time comes from packets only. */
#include "flows/flow.h"

unsigned flow_key_of(const struct endpoints *ends, struct flow_key *key)
{
    unsigned from = flow_from(ends);
    address_copy(&key->address[from], &ends->source);
    address_copy(&key->address[1 - from], &ends->target);
    key->port[from] = ends->source_port;
    key->port[1 - from] = ends->target_port;
    key->protocol = ends->protocol;
    key->apart = ends->apart;
    return from;
}

/* The side that is more likely to serve: the lower port, and below 1024 before all others. Equal ports say nothing:
 * then who spoke first asked; a packet to a group of hosts has no server but the group. */
static unsigned client_by_port(const struct flow *flow, unsigned from)
{
    uint16_t mine = flow->key.port[from], other = flow->key.port[1 - from];
    if (address_is_group(&flow->key.address[1 - from]) || mine == other)
        return from;
    return mine > other ? from : 1 - from;
}

/* Replies of ICMP to what was asked by its other types: echo, timestamp, information, address mask (RFC 792, 950,
 * 4443).
 */
static bool is_icmp_reply(const struct packet *packet)
{
    uint8_t type = packet->icmp_type;
    if (packet->ends.protocol == IP_ICMPV6)
        return type == 129;
    return packet->ends.protocol == IP_ICMP && (type == 0 || type == 14 || type == 16 || type == 18);
}

void flow_begin(struct flow *flow, const struct packet *packet, unsigned from)
{
    flow->first_ns = packet->time_ns;
    flow->last_ns = packet->time_ns;
    flow->frame = packet->frame;
    flow->tunnel = packet->ends.tunnel;
    flow->client = (uint8_t)from;
    if (flow->key.protocol != IP_TCP) {
        flow->client = (uint8_t)(is_icmp_reply(packet) ? 1 - from : client_by_port(flow, from));
        return;
    }
    if ((packet->tcp_flags & TCP_SYN) != 0) {
        bool answer = (packet->tcp_flags & TCP_ACK) != 0;
        flow->client = (uint8_t)(answer ? 1 - from : from);
        flow->decided_by = FLOW_BY_HANDSHAKE;
        flow->syn_sequence = answer ? packet->acknowledged - 1 : packet->sequence;
        return;
    }
    flow->client = (uint8_t)client_by_port(flow, from);
    flow->flags |= FLOW_MIDDLE;
}

bool flow_is_anew(const struct flow *flow, const struct packet *packet, unsigned from)
{
    if (flow->key.protocol != IP_TCP || (packet->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
        return false;
    if (flow->decided_by != FLOW_BY_HANDSHAKE)
        return true;
    return from != flow->client || packet->sequence != flow->syn_sequence;
}

/* A SYN, a FIN or a reset. */
static bool note_begin_or_end(struct flow *flow, struct flow_side *side, uint8_t flags)
{
    if ((flags & TCP_SYN) != 0) {
        bool answer = (flags & TCP_ACK) != 0;
        side->seen |= answer ? SIDE_SYN_ACK : SIDE_SYN;
        if (!answer && flow->syns < UINT8_MAX)
            flow->syns++;
    }
    if ((flags & TCP_FIN) != 0)
        side->seen |= SIDE_FIN;
    if ((flags & TCP_RST) != 0)
        side->seen |= SIDE_RST;
    uint8_t both = flow->side[0].seen & flow->side[1].seen, any = flow->side[0].seen | flow->side[1].seen;
    return (both & SIDE_FIN) != 0 || ((any & SIDE_RST) != 0 && (any & SIDE_DATA) == 0);
}

bool flow_count(struct flow *flow, const struct packet *packet, unsigned from)
{
    struct flow_side *side = &flow->side[from];
    side->packets++;
    side->bytes += packet->ip_bytes;
    unsigned seen = side->seen | SIDE_SPOKE;
    if (packet->payload_sent > 0)
        seen |= SIDE_DATA;
    if (packet->time_ns > flow->last_ns)
        flow->last_ns = packet->time_ns;
    if ((packet->tcp_flags & TCP_ACK) != 0 && (packet->tcp_flags & TCP_SYN) == 0)
        seen |= SIDE_ACK;
    side->seen = (uint8_t)seen;
    /* Nearly all end here; what is not TCP has no flags. */
    return (packet->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)) != 0 && note_begin_or_end(flow, side, packet->tcp_flags);
}

bool flow_is_reset(const struct flow *flow)
{
    return ((flow->side[0].seen | flow->side[1].seen) & SIDE_RST) != 0;
}

void flow_client_by_content(struct flow *flow, unsigned side)
{
    if (flow->decided_by == FLOW_BY_HANDSHAKE)
        return;
    flow->client = (uint8_t)side;
    flow->decided_by = FLOW_BY_CONTENT;
}
