/* checks: what was read of encryption and authentication in a session that went well, against what one part of a row
 * expects. Nothing is ever wrong that was not read. */
#ifndef AUDIT_CHECKS_H
#define AUDIT_CHECKS_H

#include "audit/audit.h"

/* Clear by design whatever the row says: name services, the directory's locator, the KDC, the endpoint mapper. */
bool is_clear_by_design(const struct judged_conversation *conversation);

/* Was something encrypted, as observed: "none" and what is only signed is not; "" was not read. */
bool encryption_is_clear(const char *encryption);
/* Can whoever sees the packets read the password of these sessions? */
bool password_is_clear(const struct judged_session *session);
/* The earliest of the conversation's classes that went well with a readable password, whatever row it fits; NULL. */
const struct judged_session *clear_password(const struct judged_conversation *conversation);

enum encryption_check check_encryption(const struct expectation *expectation, const char *encryption);
/* `kerberos_offered`: the client offered Kerberos under Negotiate. */
enum authentication_check check_authentication(const struct expectation *expectation, const char *authentication,
                                               bool kerberos_offered);

/* Does the check make a session deviate? */
bool encryption_deviates(enum encryption_check check);
bool authentication_deviates(enum authentication_check check, const struct expectation *expectation);

#endif
