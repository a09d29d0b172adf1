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

/* Notes where the packet stands in its flow, once all else that looks at `next` has seen it. */
void gaps_follow(struct flow *flow, struct gaps *gaps, const struct packet *packet, unsigned from);

#endif
