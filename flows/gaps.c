/* gaps: `next` of a side is moved on by what it sends, and by what the other side says to have. */
#include "flows/gaps.h"

#define FIN_MOST 1 /* one number that is missing may be a FIN's, and no byte */

#define COLD static __attribute__((noinline, cold))

/* Until its first payload, the stream of a side begins where its SYN said, whatever is seen before that. */
static bool may_move(const struct flow_side *side)
{
    return (side->seen & (SIDE_TRACKED | SIDE_DATA)) != SIDE_TRACKED;
}

static uint8_t followed(unsigned side)
{
    return (uint8_t)(FLOW_FOLLOWED_0 << side);
}

static uint8_t presumed(unsigned side)
{
    return (uint8_t)(FLOW_PRESUMED_0 << side);
}

/* A side is `ahead` of its first payload, which was not seen; its FIN is a number, too. */
static void presume(struct flow *flow, struct gaps *gaps, unsigned side, int32_t ahead)
{
    if (ahead <= FIN_MOST)
        return;
    ahead -= (flow->side[side].seen & SIDE_FIN) != 0;
    if (ahead <= FIN_MOST || ahead > GAPS_MOST)
        return;
    if ((uint32_t)ahead > gaps->unseen[side])
        gaps->unseen[side] = (uint32_t)ahead;
    flow->marks |= presumed(side);
}

/* Here is the first payload: what was missing before it, if anything, is told by it. */
COLD void find_out(struct flow *flow, struct gaps *gaps, unsigned side)
{
    gaps->unseen[side] = 0;
    flow->marks &= (uint8_t)~presumed(side);
}

COLD void begin(struct flow *flow, const struct packet *packet, unsigned from, uint32_t end)
{
    struct flow_side *side = &flow->side[from];
    if ((packet->tcp_flags & TCP_RST) != 0)
        return;
    if ((packet->tcp_flags & TCP_SYN) != 0) {
        if (packet->payload_sent == 0 && (side->seen & SIDE_TRACKED) != 0 && side->next == packet->sequence + 1)
            flow->marks |= followed(from);
        return;
    }
    if (!may_move(side))
        return;
    side->next = end;
    flow->marks |= followed(from);
}

COLD void jump(struct flow *flow, struct gaps *gaps, const struct packet *packet, unsigned from, uint32_t end)
{
    struct flow_side *side = &flow->side[from];
    int32_t ahead = (int32_t)(packet->sequence - side->next);
    if (!may_move(side)) {
        presume(flow, gaps, from, ahead);
        return;
    }
    if (ahead > 0) {
        gaps->unseen[from] += ahead > FIN_MOST && ahead <= GAPS_MOST ? (uint32_t)ahead : 0;
        side->next = end;
        return;
    }
    uint32_t behind = (uint32_t) - (int64_t)ahead;
    uint32_t late = packet->payload_sent < behind ? packet->payload_sent : behind;
    gaps->unseen[from] -= late < gaps->unseen[from] ? late : gaps->unseen[from];
    if ((int32_t)(end - side->next) > 0)
        side->next = end;
}

COLD void acknowledge(struct flow *flow, struct gaps *gaps, uint32_t acknowledged, unsigned side)
{
    int32_t ahead = (int32_t)(acknowledged - flow->side[side].next);
    if ((flow->marks & followed(side)) == 0 || ahead <= FIN_MOST || ahead > GAPS_MOST)
        return;
    if (!may_move(&flow->side[side])) {
        presume(flow, gaps, side, ahead);
        return;
    }
    gaps->unseen[side] += (uint32_t)ahead;
    flow->side[side].next = acknowledged;
}

__attribute__((noinline)) void gaps_note(struct flow *flow, struct gaps *gaps, const struct packet *packet,
                                         unsigned from)
{
    struct flow_side *side = &flow->side[from];
    uint32_t end = packet->sequence + packet->payload_sent + ((packet->tcp_flags & TCP_FIN) != 0);
    if ((flow->marks & followed(from)) == 0 || (packet->tcp_flags & (TCP_SYN | TCP_RST)) != 0) {
        begin(flow, packet, from, end);
        return;
    }
    if (gaps_disbelieve(flow, packet, from)) {
        flow->marks |= (uint8_t)(FLOW_FAR_0 << from);
        return;
    }
    flow->marks &= (uint8_t) ~(FLOW_FAR_0 << from);
    if ((flow->marks & presumed(from)) != 0 && packet->payload_sent > 0)
        find_out(flow, gaps, from);
    if (packet->sequence == side->next)
        side->next = end;
    else
        jump(flow, gaps, packet, from, end);
    if ((packet->tcp_flags & TCP_ACK) != 0 && (int32_t)(packet->acknowledged - flow->side[1 - from].next) > 0)
        acknowledge(flow, gaps, packet->acknowledged, 1 - from);
}
