/* weakest: which servers are weak, in what, and which most. Counted is a weakness of a port of a server (passwords in
 * clear on 110/tcp), however many clients meet it; what makes one is what findings say of conversations and
 * certificates, and what the site excepts makes none. */
#ifndef AUDIT_WEAKEST_H
#define AUDIT_WEAKEST_H

#include "audit/work.h"

/* Fills audit->weak_servers, the weakest first: by grave weaknesses, then by those less grave, then by conversations
 * that have them. False when memory ran out. Needs findings_fill. */
bool weakest_fill(struct work *work);

#endif
