/* tls_hello: what one hello says, taken alone; records, order and outcome are tls.c.
 *
 * Hides the layout of the hellos and their extensions, GREASE, the names of versions, which suites do not encrypt, and
 * the older hello of SSL 2.0. Rules: RFC 8446 4.1, 4.2 (TLS 1.3), RFC 5246 7.4.1 and E.2, RFC 6066 3 (server name), RFC
 * 7301 (ALPN), RFC 8701 (GREASE), RFC 6347 4.2 and RFC 9147 5 (DTLS). */
#ifndef DISSECTORS_TLS_HELLO_H
#define DISSECTORS_TLS_HELLO_H

#include "dissectors/dissector.h"

enum { TLS_VERSION_SSL_2 = 0x0002, TLS_VERSION_1_2 = 0x0303, TLS_VERSION_1_3 = 0x0304 };
enum { DTLS_VERSION_1_0 = 0xfeff, DTLS_VERSION_1_2 = 0xfefd, DTLS_VERSION_1_3 = 0xfefc };

/* What carries the hellos: TLS over a stream, or DTLS, of which versions are counted backwards and a client hello has a
 * cookie (RFC 6347 4.2.1). */
enum tls_carrier { TLS_STREAM, TLS_DATAGRAMS };

/* What a server chose; `retry` when it only asks for another client hello (RFC 8446 4.1.4). */
struct tls_choice {
    uint16_t version, cipher;
    bool retry;
};

/* Both read a message from behind its four bytes of header, say what it tells, and return false when it lies. Of a
 * message that was cut off the extensions are read as far as they are there. */
bool tls_hear_client_hello(struct bytes body, enum tls_carrier carrier, struct facts *out);
bool tls_hear_server_hello(struct bytes body, enum tls_carrier carrier, struct tls_choice *choice, struct facts *out);

/* A certificate message of a server, from behind its header: says what the first certificate in it tells. */
void tls_hear_certificates(struct bytes body, struct facts *out);

/* Says nothing for GREASE and whatever else is no version. */
void tls_say_version(struct facts *out, enum fact_key key, uint16_t version);

/* Is this a hello of SSL 2.0? (The client's was also used to begin with newer versions.) The lengths in it must add up
 * to its own. */
enum likeness tls_ssl2_hello(struct bytes in, enum direction from, uint16_t *version);

/* The next bytes, at most `length` of them. */
static inline struct bytes tls_take_most(struct bytes *in, size_t length)
{
    return bytes_take(in, length < in->left ? length : in->left);
}

#endif
