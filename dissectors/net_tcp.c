/* net_tcp: .NET message framing (Exchange's mailbox replication and others): how its connection is secured.
 *
 * A preamble in records says where to, and may ask for TLS or for a security stream, whose tokens tell who comes in and
 * whose first sealed buffer tells, with Kerberos, what protects the data; NTLM's does not show it. Rules: MS-NMF 2.2.3,
 * MS-NNS 2.2, RFC 4121 4.2.6.2. */
#include "dissectors/negotiate.h"

enum record {
    RECORD_VERSION = 0x00,
    RECORD_MODE = 0x01,
    RECORD_VIA = 0x02,
    RECORD_KNOWN_ENCODING = 0x03,
    RECORD_ENCODING = 0x04,
    RECORD_FAULT = 0x08,
    RECORD_UPGRADE_REQUEST = 0x09,
    RECORD_UPGRADE_RESPONSE = 0x0a,
    RECORD_PREAMBLE_ACK = 0x0b,
    RECORD_PREAMBLE_END = 0x0c,
};

enum { FRAME_DONE = 0x14, FRAME_ERROR = 0x15, FRAME_GOES_ON = 0x16 };

#define PREAMBLE_BYTES 5 /* version and mode, always first and of this length */
#define TEXT_MOST      4096
#define FRAME_MOST     (5 + UINT16_MAX)

enum stage { PREAMBLE, PLAIN, SECURE_STREAM, TLS_ASKED };

struct net_tcp {
    struct negotiation negotiation;
    enum stage stage;
    bool greeted;   /* version and mode were read */
    bool responded; /* the server agreed to the upgrade */
};

/* A text after its length in groups of seven bits (MS-NMF 2.2.2): at most two groups, which TEXT_MOST needs. */
static enum likeness take_text(struct bytes *in, struct bytes *text)
{
    struct bytes ahead = *in;
    uint8_t low = bytes_u8(&ahead), high = (low & 0x80) != 0 ? bytes_u8(&ahead) : 0;
    size_t length = (size_t)(low & 0x7f) | (size_t)high << 7;
    if (bytes_ok(&ahead) && (high > 0x7f || length > TEXT_MOST))
        return LIKE_NOT;
    *text = bytes_take(&ahead, length);
    if (!bytes_ok(text))
        return LIKE_MAYBE;
    *in = ahead;
    return LIKE_YES;
}

/* Version 1.0, a mode, and the beginning of where to: net.tcp: */
static enum likeness preamble_like(struct bytes in)
{
    static const uint8_t begins[] = {RECORD_VERSION, 1, 0, RECORD_MODE};
    for (size_t i = 0; i < sizeof begins; i++) {
        uint8_t c = bytes_u8(&in);
        if (!bytes_ok(&in))
            return LIKE_MAYBE;
        if (c != begins[i])
            return LIKE_NOT;
    }
    uint8_t mode = bytes_u8(&in), via = bytes_u8(&in);
    if (!bytes_ok(&in))
        return LIKE_MAYBE;
    if (mode < 1 || mode > 4 || via != RECORD_VIA)
        return LIKE_NOT;
    struct bytes text;
    enum likeness like = take_text(&in, &text);
    return like == LIKE_YES && !bytes_starts(text, "net.tcp://") ? LIKE_NOT : like;
}

static enum likeness net_tcp_probe(struct bytes head, enum direction from)
{
    return from == FROM_CLIENT ? preamble_like(head) : LIKE_NOT;
}

/* One record of the client's preamble, after version and mode. */
static enum likeness take_record(struct net_tcp *net_tcp, struct bytes *in, struct facts *out)
{
    struct bytes ahead = *in, text;
    enum likeness like = LIKE_YES;
    switch (bytes_u8(&ahead)) {
    case RECORD_KNOWN_ENCODING:
        bytes_skip(&ahead, 1);
        if (!bytes_ok(&ahead))
            return LIKE_MAYBE;
        break;
    case RECORD_VIA:
    case RECORD_ENCODING:
        like = take_text(&ahead, &text);
        break;
    case RECORD_UPGRADE_REQUEST:
        like = take_text(&ahead, &text);
        if (like != LIKE_YES)
            return like;
        if (bytes_are(text, "application/ssl-tls"))
            net_tcp->stage = TLS_ASKED;
        else if (bytes_are(text, "application/negotiate"))
            net_tcp->stage = SECURE_STREAM;
        else
            return LIKE_NOT;
        break;
    case RECORD_PREAMBLE_END:
        net_tcp->stage = PLAIN;
        facts_encryption(out, ENCRYPTION_NONE);
        break;
    default:
        return LIKE_NOT;
    }
    if (like == LIKE_YES)
        *in = ahead;
    return like;
}

/* What protects the first buffer after the tokens: a length, then a wrapped message. Of Kerberos its flags say whether
 * it is sealed. */
static struct dissected hear_data(struct bytes *in, struct facts *out)
{
    enum { WRAP = 0x0504, SEALED = 2 };
    struct bytes ahead = *in;
    bytes_skip(&ahead, 4);
    uint16_t token = bytes_be16(&ahead);
    uint8_t flags = bytes_u8(&ahead);
    if (!bytes_ok(&ahead))
        return DISSECTED(DISSECT_MORE);
    if (token == WRAP)
        facts_encryption(out, (flags & SEALED) != 0 ? ENCRYPTION_RPC_PRIVACY : ENCRYPTION_RPC_INTEGRITY);
    return DISSECTED(DISSECT_DONE);
}

/* Frames of the security stream (MS-NNS 2.2.1), then data of one's own. */
static struct dissected hear_stream(struct net_tcp *net_tcp, enum direction from, struct bytes *in, struct facts *out)
{
    while (in->left > 0) {
        struct bytes ahead = *in;
        uint8_t kind = bytes_u8(&ahead);
        uint16_t version = bytes_be16(&ahead);
        size_t length = bytes_be16(&ahead);
        struct bytes token = bytes_take(&ahead, length);
        if (in->left < 3)
            break;
        if (kind < FRAME_DONE || kind > FRAME_GOES_ON || version != 0x0100)
            return hear_data(in, out);
        if (!bytes_ok(&token))
            break;
        *in = ahead;
        if (kind == FRAME_ERROR) {
            facts_outcome(out, OUTCOME_DENIED);
            return DISSECTED(DISSECT_DONE);
        }
        negotiate_token(&net_tcp->negotiation, from, token, out);
        if (kind == FRAME_DONE && from == FROM_SERVER) {
            facts_outcome(out, OUTCOME_ACCEPTED);
            facts_authentication(out, negotiation_result(&net_tcp->negotiation));
        }
    }
    return DISSECTED(DISSECT_MORE);
}

static struct dissected hear_client(struct net_tcp *net_tcp, struct bytes *in, struct facts *out)
{
    enum likeness like = LIKE_YES;
    if (!net_tcp->greeted) {
        like = preamble_like(*in);
        if (like != LIKE_YES)
            return DISSECTED(like == LIKE_MAYBE ? DISSECT_MORE : DISSECT_NOT_MINE);
        bytes_skip(in, PREAMBLE_BYTES);
        net_tcp->greeted = true;
    }
    while (net_tcp->stage == PREAMBLE && in->left > 0 && like == LIKE_YES)
        like = take_record(net_tcp, in, out);
    if (like == LIKE_NOT)
        return DISSECTED(DISSECT_DONE);
    if (net_tcp->stage == SECURE_STREAM)
        return hear_stream(net_tcp, FROM_CLIENT, in, out);
    if (net_tcp->stage == PLAIN)
        bytes_skip(in, in->left);
    return DISSECTED(DISSECT_MORE);
}

static struct dissected hear_server(struct net_tcp *net_tcp, struct bytes *in, struct facts *out)
{
    if (!net_tcp->greeted || in->left == 0)
        return DISSECTED(DISSECT_MORE);
    if (net_tcp->responded)
        return hear_stream(net_tcp, FROM_SERVER, in, out);
    switch (bytes_u8(in)) {
    case RECORD_UPGRADE_RESPONSE:
        if (net_tcp->stage == TLS_ASKED)
            return DISSECTED_UPGRADE(ENCRYPTION_TLS);
        if (net_tcp->stage != SECURE_STREAM)
            break;
        net_tcp->responded = true;
        return hear_stream(net_tcp, FROM_SERVER, in, out);
    case RECORD_PREAMBLE_ACK:
        facts_outcome(out, OUTCOME_ACCEPTED);
        break;
    case RECORD_FAULT:
        facts_outcome(out, OUTCOME_DENIED);
        break;
    }
    return DISSECTED(DISSECT_DONE);
}

static struct dissected net_tcp_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    return from == FROM_CLIENT ? hear_client(state, in, out) : hear_server(state, in, out);
}

const struct dissector dissector_net_tcp = {
    .name = "net-tcp",
    .summary = ".NET message framing (MS-NMF): TLS or a security stream, who comes in, what protects the data",
    .transports = TRANSPORT_TCP,
    .ports = {808, 890, 9389},
    .state_size = sizeof(struct net_tcp),
    .longest_message = FRAME_MOST,
    .probe = net_tcp_probe,
    .feed = net_tcp_feed,
};
