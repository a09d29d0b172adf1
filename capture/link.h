/* link: what lies between the start of a frame and the IP header: Ethernet with VLAN tags and LLC/SNAP, Linux cooked
 * captures, NFLOG, BSD loopback, PPP, 802.11, raw IP; and what carriers put there: MPLS with or without Ethernet inside
 * of it, PPPoE, 802.1ah. Nothing else of the house knows a link type by its number. MACsec (Ethernet type 0x88e5) hides
 * what it carries and leads nowhere. */
#ifndef CAPTURE_LINK_H
#define CAPTURE_LINK_H

#include "base/bytes.h"
#include "capture/wrapping.h"

#include <pcap/dlt.h>

/* Does a frame of this link type begin with two Ethernet addresses? */
static inline bool link_is_ethernet(int link_type)
{
    return link_type == DLT_EN10MB;
}

#define LINK_TYPE_IPV4 0x0800
#define LINK_TYPE_IPV6 0x86dd

/* As link_take, when it is not as simple. */
bool link_take_other(int link_type, struct bytes *in);

/* Moves `in` from the start of a frame to its IP header (padding may follow the packet). False when none is here, or
 * `link_type` (a DLT_ value of libpcap) is one we do not read. Straight on: not into anything that wraps. */
static inline bool link_take(int link_type, struct bytes *in)
{
    struct bytes ip = *in, header = bytes_take(&ip, 14);
    bytes_skip(&header, 12);
    uint16_t type = bytes_be16(&header);
    if (link_is_ethernet(link_type) && (type == LINK_TYPE_IPV4 || type == LINK_TYPE_IPV6)) {
        *in = ip;
        return true;
    }
    struct bytes other = *in; /* whose address is known elsewhere; `in` may stay in registers */
    bool ok = link_take_other(link_type, &other);
    *in = other;
    return ok;
}

/* The same through MPLS, PPPoE and 802.1ah too, which are added to `wrapping`, as are VLAN tags when it wants them. */
bool link_open(int link_type, struct bytes *in, struct wrapping *wrapping);
/* From the start of an Ethernet or PPP frame inside of something, or behind the Ethernet type that was read there. */
bool link_open_ethernet(struct bytes *in, struct wrapping *wrapping);
bool link_open_ppp(struct bytes *in, struct wrapping *wrapping);
bool link_open_type(struct bytes *in, uint16_t type, struct wrapping *wrapping);

/* Takes a window of the next `length` bytes as sent, of which the last may not be captured. False for more than was
 * sent. */
bool link_window(struct bytes *in, uint32_t length, struct wrapping *wrapping);
/* Does `in` begin with an IP header, whose length fits into what was sent? Where nothing announces IP but a guess. A
 * mirror that cuts what it sends leaves a length that does not fit: then the checksum of IPv4 must be right. */
bool link_is_ip(struct bytes in, const struct wrapping *wrapping);

#endif
