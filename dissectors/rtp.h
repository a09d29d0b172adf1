/* rtp: could a datagram be media, or the reports on it? Shape only: the caller knows the port from a session
 * description, for no first bytes prove RTP. SRTP leaves its headers clear (RFC 3711 3.1) and is like RTP; SRTCP is not
 * like RTCP. */
#ifndef DISSECTORS_RTP_H
#define DISSECTORS_RTP_H

#include "base/bytes.h"

bool rtp_is_like(struct bytes datagram);
bool rtcp_is_like(struct bytes datagram);

#endif
