/* tunnel: what is inside of an IP packet that carries another packet: GRE with and without Ethernet or ERSPAN, PPTP,
 * IP in IP, VXLAN, VXLAN-GPE, Geneve, GTP-U, Teredo.
 *
 * A UDP port alone proves nothing: each header is held to all its rules, and what is inside must look like IP whose
 * length fits. What fails is no tunnel, and the packet stays what it is. */
#ifndef CAPTURE_TUNNEL_H
#define CAPTURE_TUNNEL_H

#include "capture/packet.h"
#include "capture/wrapping.h"

enum tunnel_inside {
    TUNNEL_CLOSED, /* no tunnel, or one that cannot be seen into */
    TUNNEL_IP,     /* `in` was moved to the IP header inside */
    TUNNEL_NO_IP,  /* a proper frame that holds no IP */
};

/* Could a tunnel be in UDP between these ports? Of every datagram. */
static inline bool tunnel_may_be_at(uint16_t source_port, uint16_t target_port)
{
    switch (target_port) {
    case 2152: /* GTP-U */
    case 3544: /* Teredo */
    case 4789: /* VXLAN */
    case 4790: /* VXLAN-GPE */
    case 6081: /* Geneve */
    case 8472: /* VXLAN, as Linux had it first */
        return true;
    default:
        return source_port == 3544;
    }
}

/* And in an IP packet of these ends? */
static inline bool tunnel_may_be_in(const struct endpoints *ends)
{
    return ends->protocol == 4 || ends->protocol == 41 || ends->protocol == 47 ||
           (ends->protocol == IP_UDP && tunnel_may_be_at(ends->source_port, ends->target_port));
}

/* `in` holds what follows the IP headers, or for UDP its payload. Any protocol may be asked about, UDP where
 * tunnel_may_be_at says so. */
enum tunnel_inside tunnel_open(const struct endpoints *ends, struct bytes *in, struct wrapping *wrapping);

#endif
