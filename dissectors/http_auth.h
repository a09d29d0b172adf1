/* http_auth: what challenges offer, what credentials are, and what both come to.
 *
 * Hides the list syntax of challenges and the legs of NTLM and Negotiate, which prove a connection, not a request.
 * Credentials never leave this file. Rules: RFC 9110 11 (lists, parameters), RFC 7617 (Basic), RFC 7616 (Digest), RFC
 * 4559 (Negotiate), MS-NTHT (NTLM); schemes of the IANA registry. */
#ifndef DISSECTORS_HTTP_AUTH_H
#define DISSECTORS_HTTP_AUTH_H

#include "dissectors/negotiate.h"
#include "dissectors/once.h"

#define HTTP_TOKEN_MOST 65536 /* base64 of a ticket that names hundreds of groups */

/* One who asks for credentials, the origin or the proxy. Zero to begin with; part of a dissector's state. */
struct http_realm {
    struct negotiation negotiation;
    bool goes_on; /* the challenges of the response being heard ask for one more leg, no other password */
};

/* Of one request to one realm. */
struct http_credentials {
    uint8_t scheme; /* 0 for none */
    bool last;      /* they end what is to be proved: of several legs the last */
};

/* A challenge field, or its value's next line. */
void http_challenge(struct http_realm *realm, struct bytes value, struct once *once, struct facts *out);

struct http_credentials http_credentials(struct http_realm *realm, struct bytes value, struct once *once,
                                         struct facts *out);

/* What accepted credentials prove. */
enum authentication http_proved(const struct http_realm *realm, struct http_credentials credentials);

#endif
