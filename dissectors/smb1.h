/* smb1: one message of SMB 1, whose commands may be chained. MS-CIFS 2.2, MS-SMB 2.2. */
#ifndef DISSECTORS_SMB1_H
#define DISSECTORS_SMB1_H

#include "dissectors/smb_session.h"

#define SMB1_HEADER_BYTES 32

/* Do the first bytes of a message hold all that is of interest? `look` is the message or its first SMB_LOOK_BYTES. */
bool smb1_look_suffices(const struct smb *smb, enum direction from, struct bytes look);

void smb1_read(struct smb *smb, enum direction from, struct bytes message, struct facts *out);

#endif
