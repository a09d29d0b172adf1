/* tls: what the hellos and the server's certificate say, whether a client certificate crossed, whether the handshake
 * succeeded.
 *
 * Walks records and handshake messages, stitches a hello that is spread over records, and skips all else by counting.
 * Once there is nothing more to learn it says so, so that the bulk of a flow costs nothing. Between calls only
 * counters are kept. Rules: RFC 8446 (TLS 1.3), RFC 5246 (1.2), RFC 2246 (1.0), RFC 6101 (SSL 3.0). */
#include "dissectors/tls_hello.h"

enum { RECORD_CHANGE_CIPHER = 20, RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23 };
enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, CERTIFICATE = 11, CERTIFICATE_REQUEST = 13 };
enum { ALERT_FATAL = 2 };

#define RECORD_MOST        (16384 + 2048)
#define HELLO_MOST         16384    /* of a longer hello only this much is read, a longer certificate not at all */
#define HELLO_SHORTEST     38       /* SSL 3.0 server hello with an empty session id */
#define MESSAGE_MOST       0x2ffffu /* longer than any certificate chain; see stale_record() */
#define WINDOW             24576    /* a hello and the headers of the records it is spread over */
#define SEALED_TLS13_ALERT 19       /* 2 bytes of alert, 1 of content type, 16 of tag (RFC 8446 5.2) */
#define CCM_8              0x1305   /* the one TLS 1.3 suite with a shorter tag */

struct tls_side {
    uint32_t message_left; /* bytes of the current handshake message that are of no interest */
    uint16_t record_left;  /* bytes of the current handshake record not yet consumed */
    uint8_t unexplained;   /* data records seen without a server hello */
    bool begun, ciphered, data;
};

struct tls {
    struct tls_side sides[2];
    struct tls_choice choice; /* of the last server hello */
    bool client_hello, server_hello, certificate_sent;
};

/* The beginning of a handshake message, without the record headers inside it. */
struct message {
    size_t have;
    uint8_t bytes[HELLO_MOST];
};

enum gathered { GATHERED, GATHER_WAITS, GATHER_BROKEN };

static bool record_begins(uint8_t type, uint8_t major, uint8_t minor)
{
    return type >= RECORD_CHANGE_CIPHER && type <= RECORD_DATA && major == 3 && minor <= 4;
}

static bool record_plausible(uint8_t type, uint16_t version, size_t length)
{
    return record_begins(type, (uint8_t)(version >> 8), (uint8_t)version) && length <= RECORD_MOST &&
           (length > 0 || type == RECORD_DATA) && (type != RECORD_CHANGE_CIPHER || length == 1);
}

/* Not this protocol, or, once a hello was read, no longer readable: what was learned stays. */
static struct dissected lost(const struct tls *tls)
{
    return DISSECTED(tls->client_hello || tls->server_hello ? DISSECT_DONE : DISSECT_NOT_MINE);
}

/* Leaves the next `length` bytes unread, whether they are here yet or not. */
static struct dissected pass(struct bytes *in, size_t length)
{
    size_t here = length < in->left ? length : in->left;
    bytes_skip(in, here);
    return length > here ? DISSECTED_SKIP(length - here) : DISSECTED(DISSECT_MORE);
}

/* Copies the next `want` bytes of handshake, stepping over the record headers between them. `in` begins inside a
 * handshake record of which `record_left` bytes are left. */
static enum gathered gather(struct bytes in, size_t record_left, size_t want, struct message *message)
{
    message->have = 0;
    for (;;) {
        size_t most = want - message->have < record_left ? want - message->have : record_left;
        struct bytes piece = tls_take_most(&in, most);
        if (piece.left > 0)
            memcpy(message->bytes + message->have, piece.at, piece.left);
        message->have += piece.left;
        if (message->have == want)
            return GATHERED;
        if (piece.left < most)
            return GATHER_WAITS;
        uint8_t type = bytes_u8(&in);
        uint16_t version = bytes_be16(&in);
        record_left = bytes_be16(&in);
        if (!bytes_ok(&in))
            return GATHER_WAITS;
        if (type != RECORD_HANDSHAKE || !record_plausible(type, version, record_left))
            return GATHER_BROKEN;
    }
}

/* How much of a message must be read, as far as its `start` tells. */
static size_t message_interest(enum direction from, struct bytes start)
{
    uint8_t type = bytes_u8(&start);
    size_t length = bytes_be24(&start);
    if (type == CLIENT_HELLO || type == SERVER_HELLO)
        return 4 + length < HELLO_MOST ? 4 + length : HELLO_MOST;
    if (type != CERTIFICATE || length < 3)
        return 4;
    if (from == FROM_CLIENT)
        return 4 + 3; /* the length of the list: an empty one is no certificate (RFC 5246 7.4.6) */
    if (length < 6 || start.left == 0)
        return length < 6 ? 4 : 4 + 6; /* of the first certificate */
    bytes_skip(&start, 3);
    size_t first = bytes_be24(&start);
    return first <= length - 6 && first <= HELLO_MOST - 10 ? 10 + first : 10;
}

static bool message_plausible(uint8_t type, size_t length)
{
    static const uint8_t known[] = {0, 1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 25};
    return memchr(known, type, sizeof known) != NULL && length <= MESSAGE_MOST;
}

/* Returns false when the message lies, or comes from the wrong side. */
static bool hear_message(struct tls *tls, enum direction from, struct bytes message, struct facts *out)
{
    uint8_t type = bytes_u8(&message);
    bytes_skip(&message, 3);
    switch (type) {
    case CLIENT_HELLO:
        if (from != FROM_CLIENT || !tls_hear_client_hello(message, TLS_STREAM, out))
            return false;
        tls->client_hello = true;
        return true;
    case SERVER_HELLO:
        if (from != FROM_SERVER || !tls_hear_server_hello(message, TLS_STREAM, &tls->choice, out))
            return false;
        tls->server_hello = !tls->choice.retry;
        return true;
    case CERTIFICATE_REQUEST:
        if (from == FROM_SERVER)
            facts_say_text(out, FACT_TLS_CLIENT_CERTIFICATE, "requested");
        return true;
    case CERTIFICATE:
        if (from == FROM_SERVER) {
            tls_hear_certificates(message, out);
        } else if (bytes_be24(&message) > 0) {
            tls->certificate_sent = true;
            facts_say_text(out, FACT_TLS_CLIENT_CERTIFICATE, "sent");
        }
        return true;
    default:
        return true;
    }
}

/* TLS 1.3 peers send this too, for the eyes of old middleboxes; around a HelloRetryRequest it comes before a hello
 * that must still be read (RFC 8446 D.4). */
static void hear_change_cipher(struct tls *tls, struct tls_side *side, struct facts *out)
{
    if (tls->choice.retry)
        return;
    side->ciphered = true;
    side->message_left = 0;
    if (tls->sides[FROM_CLIENT].ciphered && tls->sides[FROM_SERVER].ciphered && tls->certificate_sent &&
        tls->server_hello)
        facts_authentication(out, AUTHENTICATION_CERTIFICATE);
}

/* True when nothing more is to be learned. */
static bool hear_data(struct tls *tls, enum direction from, uint16_t record_version, size_t length, struct facts *out)
{
    struct tls_side *side = &tls->sides[from];
    if (!tls->server_hello) {
        /* Picked up in the middle, the server unseen, or early data (RFC 8446 2.3): one record proves nothing. */
        if (++side->unexplained < 2)
            return false;
        side->unexplained = 2;
        facts_encryption(out, ENCRYPTION_TLS);
        if (tls->client_hello && from == FROM_CLIENT)
            return false;
        if (record_version < TLS_VERSION_1_2) /* 1.3 writes 1.2 here, older versions their own */
            tls_say_version(out, FACT_TLS_VERSIONS, record_version);
        return true;
    }
    /* The client's first sealed record is its part of the handshake; no handshake message is as short as an alert. */
    if (tls->choice.version == TLS_VERSION_1_3 && tls->choice.cipher != CCM_8 && from == FROM_CLIENT && !side->data &&
        side->unexplained == 0 && length == SEALED_TLS13_ALERT) {
        facts_outcome(out, OUTCOME_DENIED);
        return true;
    }
    side->data = true;
    if (!tls->sides[FROM_CLIENT].data || !tls->sides[FROM_SERVER].data)
        return false;
    facts_outcome(out, OUTCOME_ACCEPTED);
    return true;
}

static struct dissected read_record(struct tls *tls, enum direction from, struct bytes *in, struct facts *out)
{
    struct tls_side *side = &tls->sides[from];
    struct bytes ahead = *in;
    uint8_t type = bytes_u8(&ahead);
    uint16_t version = bytes_be16(&ahead);
    uint16_t length = bytes_be16(&ahead);
    if (!bytes_ok(&ahead))
        return DISSECTED(DISSECT_MORE);
    if (!record_plausible(type, version, length))
        return lost(tls);
    if (type == RECORD_ALERT && length == 2) { /* sealed it would be longer */
        uint8_t level = bytes_u8(&ahead);
        bytes_skip(&ahead, 1); /* description */
        if (!bytes_ok(&ahead))
            return DISSECTED(DISSECT_MORE);
        *in = ahead;
        if (level != ALERT_FATAL)
            return DISSECTED(DISSECT_MORE);
        facts_outcome(out, OUTCOME_DENIED);
        return DISSECTED(DISSECT_DONE);
    }
    *in = ahead;
    if (type == RECORD_HANDSHAKE && !side->ciphered) {
        side->record_left = length;
        return DISSECTED(DISSECT_MORE);
    }
    if (type == RECORD_CHANGE_CIPHER)
        hear_change_cipher(tls, side, out);
    if (type == RECORD_DATA && hear_data(tls, from, version, length, out))
        return DISSECTED(DISSECT_DONE);
    return pass(in, length);
}

static struct dissected pass_message(struct tls_side *side, struct bytes *in)
{
    uint32_t length = side->message_left < side->record_left ? side->message_left : side->record_left;
    side->message_left -= length;
    side->record_left = (uint16_t)(side->record_left - length);
    return pass(in, length);
}

/* After a gap the flow goes on at the beginning of a record while the middle of one was expected. No handshake message
 * begins like a record: its length would be beyond MESSAGE_MOST. */
static bool stale_record(struct bytes in)
{
    uint8_t type = bytes_u8(&in), major = bytes_u8(&in), minor = bytes_u8(&in);
    return bytes_ok(&in) && record_begins(type, major, minor);
}

static struct dissected read_handshake(struct tls *tls, enum direction from, struct bytes *in, struct facts *out)
{
    struct tls_side *side = &tls->sides[from];
    if (side->message_left > 0)
        return pass_message(side, in);
    if (stale_record(*in)) {
        side->record_left = 0;
        return read_record(tls, from, in, out);
    }
    struct message message;
    struct bytes view = *in;
    view = tls_take_most(&view, WINDOW);
    enum gathered gathered = gather(view, side->record_left, 4, &message);
    if (gathered != GATHERED)
        return gathered == GATHER_WAITS ? DISSECTED(DISSECT_MORE) : lost(tls);
    struct bytes header = bytes_of(message.bytes, message.have);
    uint8_t type = bytes_u8(&header);
    uint32_t length = bytes_be24(&header);
    if (!message_plausible(type, length)) {
        if (tls->client_hello || tls->server_hello)
            return lost(tls);
        side->message_left = side->record_left; /* picked up in the middle: sealed, a data record will tell */
        return pass_message(side, in);
    }
    size_t want;
    while (gathered == GATHERED &&
           (want = message_interest(from, bytes_of(message.bytes, message.have))) > message.have)
        gathered = gather(view, side->record_left, want, &message);
    if (gathered == GATHER_WAITS && view.left < WINDOW)
        return DISSECTED(DISSECT_MORE);
    if (gathered == GATHER_BROKEN || !hear_message(tls, from, bytes_of(message.bytes, message.have), out))
        return lost(tls);
    side->message_left = 4 + length;
    return pass_message(side, in);
}

static struct dissected read_ssl2(struct tls *tls, enum direction from, struct bytes *in, struct facts *out)
{
    uint16_t version;
    enum likeness like = tls_ssl2_hello(*in, from, &version);
    if (like != LIKE_YES)
        return like == LIKE_MAYBE ? DISSECTED(DISSECT_MORE) : lost(tls);
    if (from == FROM_SERVER) {
        tls_say_version(out, FACT_TLS_VERSIONS, version);
        facts_encryption(out, ENCRYPTION_TLS);
        return DISSECTED(DISSECT_DONE);
    }
    tls->client_hello = true;
    tls->sides[from].begun = true;
    tls_say_version(out, FACT_TLS_OFFERED_VERSIONS, version);
    return pass(in, bytes_be16(in) & 0x7fff);
}

static struct dissected tls_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct tls *tls = state;
    struct tls_side *side = &tls->sides[from];
    while (in->left > 0) {
        size_t before = in->left;
        struct dissected answer;
        if (!side->begun && (in->at[0] & 0x80) != 0) {
            answer = read_ssl2(tls, from, in, out);
        } else {
            side->begun = true;
            answer = side->record_left > 0 ? read_handshake(tls, from, in, out) : read_record(tls, from, in, out);
        }
        if (answer.answer != DISSECT_MORE || in->left == before)
            return answer;
    }
    return DISSECTED(DISSECT_MORE);
}

/* The first handshake message of a head, from its first byte: a hello of the right side, of the wrong side, or maybe
 * something else. */
static enum likeness probe_hello(struct bytes message, enum direction from)
{
    uint8_t type = bytes_u8(&message);
    uint32_t length = bytes_be24(&message);
    uint16_t version = bytes_be16(&message);
    if (!bytes_ok(&message) || length < HELLO_SHORTEST || length > MESSAGE_MOST || version < 0x0300 ||
        version > TLS_VERSION_1_3)
        return LIKE_MAYBE;
    if (type != CLIENT_HELLO && type != SERVER_HELLO)
        return LIKE_MAYBE;
    return (type == CLIENT_HELLO) == (from == FROM_CLIENT) ? LIKE_YES : LIKE_NOT;
}

static enum likeness tls_probe(struct bytes head, enum direction from)
{
    uint16_t ssl2_version;
    if ((head.at[0] & 0x80) != 0)
        return tls_ssl2_hello(head, from, &ssl2_version);
    struct bytes in = head;
    uint8_t type = bytes_u8(&in);
    uint8_t major = in.left > 0 ? bytes_u8(&in) : 3;
    uint8_t minor = in.left > 0 ? bytes_u8(&in) : 1;
    if (!record_begins(type, major, minor))
        return LIKE_NOT;
    uint16_t length = bytes_be16(&in);
    uint16_t version = (uint16_t)(major << 8 | minor);
    if (!bytes_ok(&in))
        return LIKE_MAYBE;
    if (!record_plausible(type, version, length))
        return LIKE_NOT;
    if (type == RECORD_HANDSHAKE && length >= 6) {
        enum likeness like = probe_hello(in, from);
        if (like != LIKE_MAYBE)
            return like;
    }
    bytes_skip(&in, length);
    uint8_t next_type = bytes_u8(&in);
    uint16_t next_version = bytes_be16(&in);
    uint16_t next_length = bytes_be16(&in);
    if (!bytes_ok(&in))
        return LIKE_MAYBE; /* alone, a record header is five bytes that anybody may say */
    return next_version == version && record_plausible(next_type, next_version, next_length) ? LIKE_YES : LIKE_NOT;
}

const struct dissector dissector_tls = {
    .name = "tls",
    .summary = "TLS and SSL: versions, suite, server name, ALPN, certificates",
    .transports = TRANSPORT_TCP,
    .ports = {443, 636, 3269, 465, 993, 995, 5061, 563},
    .state_size = sizeof(struct tls),
    .longest_message = WINDOW,
    .resumes = true,
    .beginnings = {{UINT64_C(0x8000000000000000), 0},                             /* a record */
                   {UINT64_C(0x8000ff0000000000), UINT64_C(0x8000010000000000)},  /* SSL 2.0: a client's hello */
                   {UINT64_C(0x8000ff0000000000), UINT64_C(0x8000040000000000)}}, /* a server's */
    .probe = tls_probe,
    .feed = tls_feed,
};
