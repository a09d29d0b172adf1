/* weakness: what was read of an encrypted session that makes it weaker than encryption alone says: a version of TLS
 * below the floor of table or site, a Kerberos ticket of DES or RC4 where the row encrypts by default. Nothing that was
 * not read is weak. */
#ifndef AUDIT_WEAKNESS_H
#define AUDIT_WEAKNESS_H

#include "audit/work.h"

/* Fills session->weakness, a clause after "is" or "was", and session->wanted, what would do. Gives NONE, TLS or TICKET.
 */
enum weakness weakness_find(struct work *work, const struct judged_conversation *conversation,
                            const struct expectation *expectation, struct judged_session *session);

#endif
