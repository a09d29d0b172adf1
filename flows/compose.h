/* compose: the packet that nDPI is shown. It is made of the payload and plain headers, so that nDPI sees the innermost
 * packet of any tunnel, nothing of the capture itself, and no address of anybody. */
#ifndef FLOWS_COMPOSE_H
#define FLOWS_COMPOSE_H

#include "capture/packet.h"

#define COMPOSED_HEADERS_MOST 60 /* IPv6 and TCP */
#define COMPOSED_PAYLOAD_MOST 1400
#define COMPOSED_MOST         (COMPOSED_HEADERS_MOST + COMPOSED_PAYLOAD_MOST)

/* A plain IPv4 or IPv6 packet with a TCP or UDP header and what fits of the payload. Returns its length. */
uint16_t packet_compose(const struct packet *packet, uint8_t out[COMPOSED_MOST]);

#endif
