/* ldap_bind: one authentication after another: how the client binds, what the server says to it, and what that proves.
 *
 * Hides the choices of a bind, and that one bind may take several requests. Names, passwords and tokens are secrets;
 * tokens are read for their mechanism only. Rules: RFC 4511 4.2, RFC 4513 5 (anonymous, unauthenticated, simple, SASL),
 * MS-ADTS 5.1.1.1.3 (Sicily). */
#ifndef DISSECTORS_LDAP_BIND_H
#define DISSECTORS_LDAP_BIND_H

#include "dissectors/sasl.h"

enum ldap_choice {
    LDAP_BIND_UNSEEN,
    LDAP_BIND_ANONYMOUS,
    LDAP_BIND_SIMPLE,
    LDAP_BIND_SASL,
    LDAP_BIND_SICILY_STEP, /* asks for packages, or begins: an answer of 0 is no acceptance yet */
    LDAP_BIND_SICILY,
    LDAP_BIND_KERBEROS4,
};

/* Zero to begin with. Part of a dissector's state. */
struct ldap_bind {
    struct negotiation negotiation;
    struct sasl_mechanism mechanism;
    enum ldap_choice choice; /* of the last request */
    bool open;               /* asked, and not answered yet */
    bool goes_on;            /* the last answer wants another request of the same bind */
    bool done;               /* the last bind was accepted */
};

/* The elements of a bind request or of the answer to it. */
void ldap_bind_ask(struct ldap_bind *bind, struct bytes elements, struct facts *out);
void ldap_bind_answer(struct ldap_bind *bind, struct bytes elements, struct facts *out);

/* The client goes on as if accepted, and no answer can be seen. */
void ldap_bind_presume(struct ldap_bind *bind, struct facts *out);

#endif
