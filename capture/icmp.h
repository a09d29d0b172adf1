/* icmp: what the type and code of an ICMP or ICMPv6 message say. */
#ifndef CAPTURE_ICMP_H
#define CAPTURE_ICMP_H

#include "capture/packet.h"

/* Does such a message report an error, and so quote the packet that it is about? */
bool icmp_is_error(bool v6, uint8_t type);
/* What an error says of the packet it quotes. */
enum icmp_says icmp_error_says(bool v6, uint8_t type, uint8_t code);

#endif
