/* sdp: which addresses and ports a session description promises for media.
 *
 * Hides that an address may stand before or inside a media section, and that what makes it secret or names its RTCP
 * port comes after it. Rules: RFC 4566 (SDP), RFC 3264 5.1 (port 0 is no media), RFC 3605 (a=rtcp), RFC 4568 (a=crypto:
 * its keys are never said), RFC 4145 (TCP), T.38 annex D (udptl). */
#ifndef DISSECTORS_SDP_H
#define DISSECTORS_SDP_H

#include "dissectors/dissector.h"

#define SDP_PROTOCOL_MOST 32

struct sdp_target {
    bool known;
    struct address address;
};

/* What was read so far; zero to begin with. Part of a dissector's state. */
struct sdp {
    struct sdp_target session, media, rtcp; /* c= before the first m=, c= of the medium, address in its a=rtcp */
    uint16_t port, rtcp_port;               /* 0: no medium is open, no a=rtcp */
    bool inside;                            /* after v=0 */
    bool section;                           /* after the first m= */
    bool crypto;
    uint8_t protocol_length;
    uint8_t protocol[SDP_PROTOCOL_MOST]; /* of the m= line, as written */
};

/* Reads the next line. Lines before a v=0, and after one that is none of SDP, mean nothing: so the parts of a multipart
 * body can be read in one go. A medium is said and learned as soon as its section ends. */
void sdp_line(struct sdp *sdp, struct bytes line, struct facts *out);

/* No more lines. Afterwards it is as new. */
void sdp_end(struct sdp *sdp, struct facts *out);

/* All lines of a body; the last may lack its end. */
void sdp_body(struct bytes body, struct facts *out);

#endif
