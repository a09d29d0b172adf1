/* gaps: bytes of a TCP flow that were sent and are not in the capture, told by the sequence numbers on either side of
 * them and by what the receiver acknowledges; also where nothing is dissected, as in the bulk of TLS.
 *
 * What comes late is taken off again, so that neither another order nor what is sent again counts; where both happen
 * and bytes are missing as well, too few are told rather than too many (RFC 9293, 3.4). */
#ifndef FLOWS_GAPS_H
#define FLOWS_GAPS_H

#include "flows/flow.h"

/* More than this, no window allows to be under way: a number so far off is not of this stream. */
#define GAPS_MOST (1 << 24)

/* Bytes not seen so far, of each side. */
struct gaps {
    uint32_t unseen[2];
};

/* Is its number too far ahead to be believed? It is believed when the next of its side is as far ahead: so much was
 * lost. One alone was forged, or is of another connection whose SYN was lost. To be asked before the packet is noted.
 */
static inline bool gaps_disbelieve(const struct flow *flow, const struct packet *packet, unsigned from)
{
    unsigned followed = (unsigned)FLOW_FOLLOWED_0 << from, far = (unsigned)FLOW_FAR_0 << from;
    return (int32_t)(packet->sequence - flow->side[from].next) > GAPS_MOST &&
           (flow->marks & (followed | far)) == followed && (packet->tcp_flags & (TCP_SYN | TCP_RST)) == 0;
}

/* Both are for when all else that looks at `next` has seen the packet. True when it goes on where its side was, and
 * acknowledges nothing that was not seen, as nearly all do; else gaps_note notes where it stands. */
static inline bool gaps_go_on(struct flow *flow, const struct packet *packet, unsigned from)
{
    struct flow_side *side = &flow->side[from];
    unsigned marks = (unsigned)flow->marks >> from;
    bool goes_on = (marks & (FLOW_FOLLOWED_0 | FLOW_PRESUMED_0 | FLOW_FAR_0)) == FLOW_FOLLOWED_0 &&
                   packet->sequence == side->next && (packet->tcp_flags & (TCP_SYN | TCP_RST)) == 0 &&
                   (int32_t)(packet->acknowledged - flow->side[1 - from].next) <= 0;
    if (goes_on)
        side->next += packet->payload_sent + ((packet->tcp_flags & TCP_FIN) != 0);
    return goes_on;
}

void gaps_note(struct flow *flow, struct gaps *gaps, const struct packet *packet, unsigned from);

#endif
