/* link: what lies between the start of a frame and the IP header: Ethernet with VLAN tags and LLC/SNAP, Linux cooked
 * captures, NFLOG, BSD loopback, raw IP. Nothing else of the house knows a link type by its number. */
#ifndef CAPTURE_LINK_H
#define CAPTURE_LINK_H

#include "base/bytes.h"

/* Moves `in` from the start of a frame to its IP header (padding may follow the packet). False when none is here, or
 * `link_type` (a DLT_ value of libpcap) is one we do not read. */
bool link_take(int link_type, struct bytes *in);

#endif
