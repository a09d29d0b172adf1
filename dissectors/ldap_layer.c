/* ldap_layer: whose buffer it is, and whether it is sealed; of Kerberos the token tells, of the others what follows the
 * signature: it reads as LDAP or it does not. */
#include "dissectors/ldap_layer.h"

#include "dissectors/ldap_message.h"

enum {
    KERBEROS_HEADER = 16,     /* RFC 4121 4.2.6.2: token, flags, filler, EC, RRC, sequence */
    KERBEROS_OLD_HEADER = 32, /* RFC 4757 7.3: token to confounder */
    NTLM_SIGNATURE = 16,
    DIGEST_TRAILER = 16, /* RFC 2831 2.3: MAC, version, sequence */
    SHORTEST = 16,
    LONGEST = 0xffffff,
};

enum provider { PROVIDER_NONE, PROVIDER_KERBEROS, PROVIDER_NTLM, PROVIDER_DIGEST };

/* EC bytes of checksum follow the text, and the whole is turned right by RRC bytes. */
static enum provider read_kerberos(struct bytes buffer, size_t length, enum direction from, struct ldap_layer *layer)
{
    enum { BY_ACCEPTOR = 1, SEALED = 2, FLAGS = 7 };
    bytes_skip(&buffer, 2);
    uint8_t flags = bytes_u8(&buffer), filler = bytes_u8(&buffer);
    size_t extra = bytes_be16(&buffer), turned = bytes_be16(&buffer);
    bool by_server = (flags & BY_ACCEPTOR) != 0;
    if (filler != 0xff || flags > FLAGS || by_server != (from == FROM_SERVER) || !bytes_ok(&buffer))
        return PROVIDER_NONE;
    layer->sealed = (flags & SEALED) != 0;
    size_t behind = extra > turned ? extra - turned : 0;
    if (!layer->sealed && KERBEROS_HEADER + turned + behind <= length) {
        layer->clear = LDAP_LAYER_PREFIX + KERBEROS_HEADER + turned;
        layer->clear_end = LDAP_LAYER_PREFIX + length - behind;
    }
    return PROVIDER_KERBEROS;
}

static enum provider read_old_kerberos(struct bytes buffer, size_t length, struct ldap_layer *layer)
{
    static const uint8_t begins[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x02, 0x01};
    uint8_t tag;
    size_t inner, all = buffer.left;
    if (ber_head(&buffer, &tag, &inner) != BER_WHOLE)
        return PROVIDER_NONE;
    struct bytes oid = bytes_take(&buffer, sizeof begins);
    if (!bytes_ok(&oid) || memcmp(oid.at, begins, sizeof begins) != 0)
        return PROVIDER_NONE;
    size_t header = all - buffer.left - 2 + KERBEROS_OLD_HEADER; /* the token's identifier counts */
    bytes_skip(&buffer, 2);
    layer->sealed = bytes_be16(&buffer) != 0xffff;
    if (!bytes_ok(&buffer))
        return PROVIDER_NONE;
    if (!layer->sealed && header <= length) {
        layer->clear = LDAP_LAYER_PREFIX + header;
        layer->clear_end = LDAP_LAYER_PREFIX + length;
    }
    return PROVIDER_KERBEROS;
}

static enum provider read_signature(struct bytes buffer, size_t length, enum direction from, struct ldap_layer *layer)
{
    bytes_skip(&buffer, NTLM_SIGNATURE);
    if (!bytes_ok(&buffer) || length == NTLM_SIGNATURE)
        return PROVIDER_NONE;
    layer->sealed = ldap_message_like(buffer, from) == LIKE_NOT;
    if (!layer->sealed) {
        layer->clear = LDAP_LAYER_PREFIX + NTLM_SIGNATURE;
        layer->clear_end = LDAP_LAYER_PREFIX + length;
    }
    return PROVIDER_NTLM;
}

static enum provider read_buffer(struct bytes buffer, size_t length, enum direction from, struct ldap_layer *layer)
{
    struct bytes start = buffer;
    uint32_t first = bytes_be32(&start);
    if (first >> 16 == 0x0504)
        return read_kerberos(buffer, length, from, layer);
    if (first >> 24 == 0x60)
        return read_old_kerberos(buffer, length, layer);
    if (first == 0x01000000)
        return read_signature(buffer, length, from, layer);
    if (ldap_message_like(buffer, from) == LIKE_NOT)
        return PROVIDER_NONE;
    layer->sealed = false;
    layer->clear = LDAP_LAYER_PREFIX;
    layer->clear_end = LDAP_LAYER_PREFIX + length - DIGEST_TRAILER;
    return PROVIDER_DIGEST;
}

/* The packet's length; 0 when no packet has that one. */
static size_t take_length(struct bytes *in)
{
    size_t length = bytes_be32(in);
    return length >= SHORTEST && length <= LONGEST ? length : 0;
}

static bool read_packet(struct bytes in, enum direction from, struct ldap_layer *layer, enum provider *provider)
{
    size_t length = take_length(&in);
    size_t head = LDAP_LAYER_PREFIX + length < LDAP_LAYER_HEAD ? length : LDAP_LAYER_HEAD - LDAP_LAYER_PREFIX;
    struct bytes buffer = bytes_take(&in, head);
    *layer = (struct ldap_layer){.length = LDAP_LAYER_PREFIX + length, .sealed = true};
    *provider = PROVIDER_NONE;
    if (!bytes_ok(&buffer))
        return false;
    if (length > 0)
        *provider = read_buffer(buffer, length, from, layer);
    return true;
}

bool ldap_layer_read(struct bytes in, enum direction from, struct ldap_layer *layer, bool *known)
{
    enum provider provider;
    bool whole = read_packet(in, from, layer, &provider);
    *known = provider != PROVIDER_NONE;
    return whole;
}

static uint32_t sequence_of(struct bytes packet)
{
    bytes_skip(&packet, LDAP_LAYER_PREFIX + 12);
    return bytes_le32(&packet);
}

/* What can be told of the first four bytes of a buffer while it is not all here. */
static bool may_begin(struct bytes buffer)
{
    uint8_t first = bytes_u8(&buffer), second = bytes_u8(&buffer);
    bool had_second = bytes_ok(&buffer);
    uint16_t rest = bytes_be16(&buffer);
    bool had_rest = bytes_ok(&buffer);
    switch (first) {
    case 0x05:
        return !had_second || second == 0x04;
    case 0x01:
        return (!had_second || second == 0) && (!had_rest || rest == 0);
    default:
        return first == 0x60 || first == LDAP_TAG_SEQUENCE;
    }
}

enum likeness ldap_layer_like(struct bytes in, enum direction from)
{
    struct ldap_layer layer, next;
    enum provider provider, follower;
    struct bytes ahead = in;
    if (in.at[0] != 0 || (in.left >= LDAP_LAYER_PREFIX && take_length(&ahead) == 0) ||
        (ahead.left < in.left && ahead.left > 0 && !may_begin(ahead)))
        return LIKE_NOT;
    if (in.left < LDAP_LAYER_PREFIX || !read_packet(in, from, &layer, &provider))
        return LIKE_MAYBE;
    if (provider != PROVIDER_NTLM || !layer.sealed)
        return provider == PROVIDER_NONE ? LIKE_NOT : LIKE_YES;
    ahead = in;
    bytes_skip(&ahead, layer.length);
    if (!bytes_ok(&ahead) || ahead.left < LDAP_LAYER_PREFIX + SHORTEST)
        return LIKE_MAYBE;
    if (!read_packet(ahead, from, &next, &follower))
        return LIKE_MAYBE;
    return follower == PROVIDER_NTLM && sequence_of(ahead) == sequence_of(in) + 1 ? LIKE_YES : LIKE_NOT;
}
