/* smb2: one message of SMB 2 or 3, which may be several commands chained. MS-SMB2 2.2. */
#ifndef DISSECTORS_SMB2_H
#define DISSECTORS_SMB2_H

#include "dissectors/smb_session.h"

#define SMB2_HEADER_BYTES 64

/* Do the first bytes of a message hold all that is of interest? `look` is the message or its first SMB_LOOK_BYTES. */
bool smb2_look_suffices(const struct smb *smb, enum direction from, struct bytes look);

void smb2_read(struct smb *smb, enum direction from, struct bytes message, struct facts *out);

#endif
