/* ber: elements of ASN.1 in BER or DER, as SPNEGO, Kerberos and LDAP use them.
 *
 * Hides the length forms. Tags above 30 and the indefinite length are refused: none of these protocols allows them
 * (RFC 4511 5.1, X.690 10.1). Rules from X.690, sections 8.1.2 and 8.1.3. */
#ifndef DISSECTORS_BER_H
#define DISSECTORS_BER_H

#include "base/bytes.h"

enum ber_answer {
    BER_WHOLE,
    BER_SHORT, /* so far it could become one: wait, or inside another element, stop */
    BER_WRONG, /* no more bytes can make it one */
};

struct ber {
    uint8_t tag; /* the whole first octet: class, constructed bit and number */
    struct bytes body;
};

/* Takes tag and length, not the body; nothing unless BER_WHOLE. */
enum ber_answer ber_head(struct bytes *in, uint8_t *tag, size_t *length);
/* Takes one element with its body; nothing unless BER_WHOLE. */
enum ber_answer ber_take(struct bytes *in, struct ber *out);
/* Takes the next element if it is whole and has this tag. */
bool ber_take_tagged(struct bytes *in, uint8_t tag, struct bytes *body);

#endif
