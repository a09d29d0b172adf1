/* holes: bytes of a stream that are missing in the capture. Their place is given up when too much waits behind it
 * (flows/stream.h), when the receiver is seen to have them, or at the flow's end; then the dissector goes on behind it,
 * where its protocol allows that. How many bytes are missing,
 * flows/gaps.h tells. */
#include "app/observing.h"

/* Packets that acknowledge what is missing before it is given up: a mirror may give some before what they acknowledge.
 */
#define OVERTAKEN_MOST 8

bool converse_step_over(struct observer *observer, struct flow *flow, struct slot *slot, unsigned from,
                        uint32_t sequence)
{
    struct bytes window;
    enum stream_event event = stream_jump(&slot->stream[from], observer->pool, sequence, &window);
    if (slot->dissector == NULL) {
        flow->flags |= FLOW_MIDDLE; /* its beginning is lost */
        if (event == STREAM_BYTES)
            converse_weigh(observer, flow, slot, from, window);
        return (flow->flags & FLOW_SETTLED) == 0 && flow->slot != FLOW_NO_SLOT;
    }
    if (!slot->dissector->resumes) {
        converse_give_up(observer, flow);
        return false;
    }
    slot->lost_step[from] = true;
    return event != STREAM_BYTES || converse_drain(observer, flow, slot, from, window);
}

void converse_acknowledged(struct observer *observer, struct flow *flow, const struct packet *packet, unsigned from)
{
    struct slot *slot = slot_of(observer, flow);
    unsigned side = 1u - from;
    if (!stream_hole_is_acknowledged(&slot->stream[side], packet->acknowledged)) {
        slot->acknowledged[side] = 0;
        return;
    }
    if (++slot->acknowledged[side] < OVERTAKEN_MOST)
        return;
    slot->acknowledged[side] = 0;
    listen_to(observer, packet);
    converse_step_over(observer, flow, slot, side, slot->stream[side].next);
}

void converse_end(struct observer *observer, struct flow *flow)
{
    struct slot *slot = slot_of(observer, flow);
    if (slot == NULL || flow->key.protocol != IP_TCP)
        return;
    for (unsigned turn = 0; turn < 2; turn++) {
        unsigned side = turn == 0 ? flow->client : 1u - flow->client;
        while (slot_of(observer, flow) == slot && stream_waits(&slot->stream[side])) {
            observer->listener.time_ns = flow->last_ns;
            observer->listener.frame = flow->frame;
            observer->listener.source = flow->source;
            if (!converse_step_over(observer, flow, slot, side, slot->stream[side].next))
                return;
        }
    }
}
