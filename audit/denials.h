/* denials: why an application said no, from the errors that were read: their numbers, in how many flows each stood, and
 * what the common ones mean to an administrator.
 *
 * Numbers and names are those of RFC 4120, 7.5.9 (Kerberos) and RFC 4511, 4.1.9 (LDAP). */
#ifndef AUDIT_DENIALS_H
#define AUDIT_DENIALS_H

#include "audit/work.h"

/* "; errors read here: 24 KDC_ERR_PREAUTH_FAILED in 3 flows (wrong password)"; "" when none was read. They are the
 * conversation's: which flow said which is not kept. */
const char *denials_tell(struct work *work, const struct judged_conversation *conversation);
/* Were all errors that were read such as a healthy network shows every day? False when none was read. */
bool denials_are_usual(const struct judged_conversation *conversation);
/* What to do about it; constant text. */
const char *denials_advice(const struct judged_conversation *conversation);
/* Did it get through, and the application alone said no? */
bool denials_are_all(const struct judged_conversation *conversation);

#endif
