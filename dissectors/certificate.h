/* certificate: what a server's X.509 certificate says of itself.
 *
 * Hides the layout of certificates (RFC 5280 4.1), where names may stand in them, and the two forms of time. Nothing
 * is verified: a certificate is believed to the letter. */
#ifndef DISSECTORS_CERTIFICATE_H
#define DISSECTORS_CERTIFICATE_H

#include "dissectors/facts.h"

/* `der` is one whole certificate. Says its names (alternative names, or else the common name), that it is self-signed,
 * and when it expires; nothing when it does not hold together. */
void certificate_hear(struct bytes der, struct facts *out);

#endif
