/* tls_hello: see the header. The suites that authenticate and do not encrypt are those of the IANA registry. */
#include "dissectors/tls_hello.h"

#include "dissectors/certificate.h"
#include "dissectors/wording.h"

enum { EXTENSION_SERVER_NAME = 0, EXTENSION_ALPN = 16, EXTENSION_VERSIONS = 43 };
enum { DRAFT_1_3 = 0x7f }; /* first byte of the versions of the drafts of RFC 8446 */

static const char *version_name(uint16_t version)
{
    static const char *const names[] = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};
    if (version == TLS_VERSION_SSL_2)
        return "SSL 2.0";
    if (version >> 8 == DRAFT_1_3)
        return "TLS 1.3";
    if (version == DTLS_VERSION_1_0)
        return "DTLS 1.0";
    if (version == DTLS_VERSION_1_2)
        return "DTLS 1.2";
    if (version == DTLS_VERSION_1_3)
        return "DTLS 1.3";
    return version >= 0x0300 && version <= TLS_VERSION_1_3 ? names[version - 0x0300] : NULL;
}

void tls_say_version(struct facts *out, enum fact_key key, uint16_t version)
{
    const char *name = version_name(version);
    if (name != NULL)
        facts_say_text(out, key, name);
}

static bool cipher_is_clear(uint16_t cipher)
{
    static const uint16_t clear[] = {0x0000, 0x0001, 0x0002, 0x002c, 0x002d, 0x002e, 0x003b, 0x00b0,
                                     0x00b1, 0x00b4, 0x00b5, 0x00b8, 0x00b9, 0xc001, 0xc006, 0xc00b,
                                     0xc010, 0xc015, 0xc039, 0xc03a, 0xc03b, 0xc0b4, 0xc0b5};
    for (size_t i = 0; i < sizeof clear / sizeof clear[0]; i++)
        if (clear[i] == cipher)
            return true;
    return false;
}

static void hear_server_name(struct bytes value, struct facts *out)
{
    struct bytes list = tls_take_most(&value, bytes_be16(&value));
    uint8_t type = bytes_u8(&list);
    struct bytes name = bytes_take(&list, bytes_be16(&list));
    uint8_t lower[255];
    size_t length = 0;
    if (type != 0 || !bytes_ok(&list) || name.left == 0 || name.left > sizeof lower)
        return;
    while (name.left > 0) {
        uint8_t c = bytes_u8(&name);
        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c + 32);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c != '\0' && strchr(".-_:*", c) != NULL)))
            return; /* no host name */
        lower[length++] = c;
    }
    facts_say(out, FACT_TLS_SERVER_NAMES, bytes_of(lower, length));
}

static void hear_alpn(struct bytes value, struct facts *out)
{
    struct bytes list = tls_take_most(&value, bytes_be16(&value));
    while (list.left > 0) {
        struct bytes name = bytes_take(&list, bytes_u8(&list));
        bool grease = name.left == 2 && name.at[0] == name.at[1] && (name.at[0] & 0x0f) == 0x0a;
        if (name.left > 0 && !grease)
            facts_say(out, FACT_TLS_ALPN, name);
    }
}

/* The list of extensions; a hello older than extensions has none. */
static struct bytes take_extensions(struct bytes *body)
{
    return body->left >= 2 ? tls_take_most(body, bytes_be16(body)) : *body;
}

static bool version_is_of(uint16_t version, enum tls_carrier carrier)
{
    return version >> 8 == (carrier == TLS_STREAM ? 0x03 : 0xfe);
}

bool tls_hear_client_hello(struct bytes body, enum tls_carrier carrier, struct facts *out)
{
    uint16_t version = bytes_be16(&body);
    bytes_skip(&body, 32); /* random */
    bytes_skip(&body, bytes_u8(&body));
    if (carrier == TLS_DATAGRAMS)
        bytes_skip(&body, bytes_u8(&body));
    bytes_skip(&body, bytes_be16(&body)); /* suites */
    bytes_skip(&body, bytes_u8(&body));   /* compression */
    if (!bytes_ok(&body) || !version_is_of(version, carrier))
        return false;
    bool versions_listed = false;
    struct bytes extensions = take_extensions(&body);
    while (extensions.left >= 4) {
        uint16_t id = bytes_be16(&extensions);
        struct bytes value = bytes_take(&extensions, bytes_be16(&extensions));
        if (id == EXTENSION_SERVER_NAME)
            hear_server_name(value, out);
        if (id == EXTENSION_ALPN)
            hear_alpn(value, out);
        if (id != EXTENSION_VERSIONS || value.left == 0)
            continue;
        versions_listed = true;
        for (struct bytes list = tls_take_most(&value, bytes_u8(&value)); list.left >= 2;)
            tls_say_version(out, FACT_TLS_OFFERED_VERSIONS, bytes_be16(&list));
    }
    if (!versions_listed)
        tls_say_version(out, FACT_TLS_OFFERED_VERSIONS, version);
    return true;
}

/* RFC 8446 4.1.3: a server hello with this random asks for another client hello; the choice comes later. */
static bool hello_is_retry(struct bytes random)
{
    static const uint8_t retry[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                      0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                      0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
    return memcmp(random.at, retry, sizeof retry) == 0;
}

bool tls_hear_server_hello(struct bytes body, enum tls_carrier carrier, struct tls_choice *choice, struct facts *out)
{
    uint16_t version = bytes_be16(&body);
    struct bytes random = bytes_take(&body, 32);
    bytes_skip(&body, bytes_u8(&body)); /* session id */
    uint16_t cipher = bytes_be16(&body);
    bytes_skip(&body, 1); /* compression */
    if (!bytes_ok(&body) || (!version_is_of(version, carrier) && version >> 8 != DRAFT_1_3))
        return false;
    *choice = (struct tls_choice){.retry = hello_is_retry(random), .cipher = cipher};
    if (choice->retry)
        return true;
    struct bytes extensions = take_extensions(&body);
    while (extensions.left >= 4) {
        uint16_t id = bytes_be16(&extensions);
        struct bytes value = bytes_take(&extensions, bytes_be16(&extensions));
        if (id == EXTENSION_ALPN)
            hear_alpn(value, out);
        if (id == EXTENSION_VERSIONS && value.left == 2)
            version = bytes_be16(&value);
    }
    choice->version = version >> 8 == DRAFT_1_3 ? TLS_VERSION_1_3 : version;
    tls_say_version(out, FACT_TLS_VERSIONS, version);
    struct wording chosen;
    wording_begin(&chosen);
    wording_add_text(&chosen, "0x");
    wording_add_hex(&chosen, cipher, 4);
    wording_say(&chosen, FACT_TLS_CIPHERS, out);
    facts_encryption(out, cipher_is_clear(cipher) ? ENCRYPTION_NONE : ENCRYPTION_TLS);
    return true;
}

void tls_hear_certificates(struct bytes body, struct facts *out)
{
    struct bytes list = tls_take_most(&body, bytes_be24(&body));
    struct bytes first = bytes_take(&list, bytes_be24(&list));
    if (bytes_ok(&list))
        certificate_hear(first, out);
}

enum likeness tls_ssl2_hello(struct bytes in, enum direction from, uint16_t *version)
{
    enum { CLIENT_HELLO = 1, SERVER_HELLO = 4 };
    uint16_t length = bytes_be16(&in) & 0x7fff;
    uint8_t type = bytes_u8(&in);
    if (bytes_ok(&in) && type != (from == FROM_SERVER ? SERVER_HELLO : CLIENT_HELLO))
        return LIKE_NOT;
    if (from == FROM_SERVER)
        bytes_skip(&in, 2); /* session id hit, certificate type */
    *version = bytes_be16(&in);
    unsigned lengths = bytes_be16(&in);
    lengths += bytes_be16(&in);
    lengths += bytes_be16(&in);
    if (!bytes_ok(&in))
        return LIKE_MAYBE;
    if (from == FROM_SERVER)
        return *version == TLS_VERSION_SSL_2 && length == 11 + lengths ? LIKE_YES : LIKE_NOT;
    return *version >> 8 <= 3 && version_name(*version) != NULL && length == 9 + lengths ? LIKE_YES : LIKE_NOT;
}
