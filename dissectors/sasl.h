/* sasl: one authentication inside a text protocol: a mechanism by name, then tokens in base64, then yes or no.
 *
 * Hides which mechanism proves what, and the tokens, which are secrets: they are read for the mechanism they speak and
 * for nothing else. What says "yes", "no" or "go on" is the protocol's own. Rules: RFC 4422 (SASL), RFC 4954 4 (the
 * dialogue, which RFC 5034, RFC 3501 6.2.2 and RFC 4643 2.4 share), RFC 4648 4 (base64). */
#ifndef DISSECTORS_SASL_H
#define DISSECTORS_SASL_H

#include "dissectors/negotiate.h"

#define SASL_TOKEN_MOST 16384 /* in base64; of a longer token only this is read */

/* What a mechanism proves once it succeeded, and whether its tokens tell more. */
struct sasl_mechanism {
    const char *name;
    enum authentication proves;
    bool tokens;
};

/* Never NULL; of an unknown mechanism nothing is known. */
const struct sasl_mechanism *sasl_mechanism_of(struct bytes name);

/* Could this be the name of a mechanism (RFC 4422 3.1)? All letters of one case, unless it is one we know: so are they
 * written, and so is a secret in the wrong place next to never. */
bool sasl_is_name(struct bytes word);

/* One attempt after another; zero to begin with. Part of a dissector's state. */
struct sasl {
    struct negotiation negotiation;
    struct sasl_mechanism mechanism;
    bool open;       /* begun, and neither accepted nor refused yet */
    bool challenged; /* the next line of the client is an answer, whatever it looks like */
    bool cancelled;  /* the client gave up */
};

/* The client asked for a mechanism, perhaps with its first token. Says `used`, and that nothing is encrypted: inside
 * TLS nobody could read this. */
void sasl_begin(struct sasl *sasl, enum fact_key used, struct bytes name, struct bytes initial, struct facts *out);

/* The server asks for an answer; `text` is its token, or anything. */
void sasl_challenge(struct sasl *sasl, struct bytes text, struct facts *out);

/* A line of the client: true when it is an answer and was read as one, false when it is a command. */
bool sasl_answer(struct sasl *sasl, struct bytes line, struct facts *out);

/* The server's last word. A client that gave up was not denied. */
void sasl_accept(struct sasl *sasl, struct facts *out);
void sasl_refuse(struct sasl *sasl, struct facts *out);

#endif
