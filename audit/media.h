/* media: what protects media. RTP and SRTP look alike on the wire; the session description that told the port says
 * which it is (RFC 4568, RFC 5124). */
#ifndef AUDIT_MEDIA_H
#define AUDIT_MEDIA_H

#include "audit/work.h"

/* Fills in the encryption of media sessions, where all descriptions of their port agree: "srtp" by the profile, "none"
 * when the profile is a clear one and RTP was recognised. After ledger_fill. */
void media_protect(struct work *work);

#endif
