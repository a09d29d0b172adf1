/* dtls: TLS over datagrams: what the hellos say, whether a client certificate crossed, whether the handshake came to
 * its end.
 *
 * Walks the records of a datagram and stitches a message that was cut into fragments, as far as there is room: of a
 * very long hello the last extensions are not read, and a very long certificate not at all. Rules: RFC 6347 4 (DTLS 1.0
 * and 1.2), RFC 9147 4 (DTLS 1.3, whose sealed records have a header of their own). */
#include "dissectors/tls_hello.h"

#include <assert.h>

enum { RECORD_CHANGE_CIPHER = 20, RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23, RECORD_HEARTBEAT = 24 };
enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, HELLO_VERIFY_REQUEST = 3, CERTIFICATE = 11, CERTIFICATE_REQUEST = 13 };
enum { ALERT_FATAL = 2 };

#define RECORD_MOST  (16384 + 2048)
#define MESSAGE_MOST 0x2ffffu /* longer than any certificate chain */
#define KEPT_MOST    960      /* of a message in fragments */

struct dtls_side {
    bool finished; /* sealed handshake or data */
    bool sealed;   /* a record of DTLS 1.3: only such follow */
};

struct dtls {
    struct dtls_side sides[2];
    struct tls_choice choice; /* of the last server hello */
    bool client_hello, server_hello, certificate_sent;
    /* the message in fragments */
    bool keeping;
    uint8_t kept_type;
    uint16_t kept_number, kept;
    uint32_t kept_length;
    uint8_t bytes[KEPT_MOST];
};

static_assert(sizeof(struct dtls) <= DISSECTOR_STATE_MOST, "the state fits the flow's slot");

struct record {
    uint8_t type;
    uint16_t version, epoch;
    struct bytes body;
};

/* A handshake message, or a part of one. */
struct fragment {
    uint8_t type;
    uint32_t length, offset; /* of the message; of this part in it */
    uint16_t number;
    struct bytes part;
};

/* RFC 9147 4: three bits that no type of the older records begins with. */
static bool begins_sealed(uint8_t first)
{
    return (first & 0xe0) == 0x20;
}

/* Takes a record when it is whole. */
static enum likeness take_record(struct bytes *in, struct record *record)
{
    struct bytes ahead = *in;
    record->type = bytes_u8(&ahead);
    if (record->type < RECORD_CHANGE_CIPHER || record->type > RECORD_HEARTBEAT)
        return LIKE_NOT;
    if (ahead.left > 0 && ahead.at[0] != 0xfe)
        return LIKE_NOT;
    record->version = bytes_be16(&ahead);
    if (bytes_ok(&ahead) && record->version != DTLS_VERSION_1_0 && record->version != DTLS_VERSION_1_2)
        return LIKE_NOT;
    record->epoch = bytes_be16(&ahead);
    bytes_skip(&ahead, 6); /* number */
    size_t length = bytes_be16(&ahead);
    if (!bytes_ok(&ahead))
        return LIKE_MAYBE;
    if (length == 0 || length > RECORD_MOST)
        return LIKE_NOT;
    record->body = bytes_take(&ahead, length);
    if (!bytes_ok(&ahead))
        return LIKE_MAYBE;
    *in = ahead;
    return LIKE_YES;
}

static bool take_fragment(struct bytes *in, struct fragment *fragment)
{
    fragment->type = bytes_u8(in);
    fragment->length = bytes_be24(in);
    fragment->number = bytes_be16(in);
    fragment->offset = bytes_be24(in);
    uint32_t length = bytes_be24(in);
    fragment->part = bytes_take(in, length);
    return bytes_ok(in) && fragment->length <= MESSAGE_MOST && fragment->offset + length <= fragment->length;
}

/* Keeps what continues the message; true when there is all that is to be read. */
static bool keep(struct dtls *dtls, const struct fragment *fragment)
{
    struct bytes part = fragment->part;
    if (fragment->offset == 0) {
        dtls->keeping = true;
        dtls->kept_type = fragment->type;
        dtls->kept_number = fragment->number;
        dtls->kept_length = fragment->length;
        dtls->kept = 0;
    }
    if (!dtls->keeping || fragment->type != dtls->kept_type || fragment->number != dtls->kept_number ||
        fragment->length != dtls->kept_length || fragment->offset > dtls->kept ||
        fragment->offset + part.left <= dtls->kept)
        return false; /* another's, or out of order: it will be sent again */
    bytes_skip(&part, dtls->kept - fragment->offset);
    part = tls_take_most(&part, (size_t)(KEPT_MOST - dtls->kept));
    if (part.left > 0)
        memcpy(dtls->bytes + dtls->kept, part.at, part.left);
    dtls->kept = (uint16_t)(dtls->kept + part.left);
    if (dtls->kept < dtls->kept_length && dtls->kept < KEPT_MOST)
        return false;
    dtls->keeping = false;
    return true;
}

/* False when the hello lies, or comes from the wrong side. */
static bool hear_hello(struct dtls *dtls, enum direction from, uint8_t type, struct bytes hello, struct facts *out)
{
    if ((type == CLIENT_HELLO) != (from == FROM_CLIENT))
        return false;
    if (type == CLIENT_HELLO) {
        dtls->client_hello = tls_hear_client_hello(hello, TLS_DATAGRAMS, out);
        return dtls->client_hello;
    }
    if (!tls_hear_server_hello(hello, TLS_DATAGRAMS, &dtls->choice, out))
        return false;
    dtls->server_hello = !dtls->choice.retry;
    return true;
}

static bool hear_fragment(struct dtls *dtls, enum direction from, const struct fragment *fragment, struct facts *out)
{
    bool whole = fragment->part.left == fragment->length;
    struct bytes part = fragment->part;
    switch (fragment->type) {
    case CLIENT_HELLO:
    case SERVER_HELLO:
        if (whole)
            return hear_hello(dtls, from, fragment->type, part, out);
        return !keep(dtls, fragment) || hear_hello(dtls, from, fragment->type, bytes_of(dtls->bytes, dtls->kept), out);
    case HELLO_VERIFY_REQUEST: /* its version is no choice (RFC 6347 4.2.1) */
        return from == FROM_SERVER;
    case CERTIFICATE_REQUEST:
        if (from == FROM_SERVER)
            facts_say_text(out, FACT_TLS_CLIENT_CERTIFICATE, "requested");
        return true;
    case CERTIFICATE:
        if (from == FROM_SERVER && whole) {
            tls_hear_certificates(part, out);
        } else if (from == FROM_SERVER && keep(dtls, fragment)) {
            tls_hear_certificates(bytes_of(dtls->bytes, dtls->kept), out);
        } else if (from == FROM_CLIENT && fragment->offset == 0 && bytes_be24(&part) > 0) {
            dtls->certificate_sent = true;
            facts_say_text(out, FACT_TLS_CLIENT_CERTIFICATE, "sent");
        }
        return true;
    default:
        return true;
    }
}

static struct dissected lost(const struct dtls *dtls)
{
    return DISSECTED(dtls->client_hello || dtls->server_hello ? DISSECT_DONE : DISSECT_NOT_MINE);
}

/* A side has shown that it has the keys. */
static struct dissected hear_sealed(struct dtls *dtls, enum direction from, const struct record *record,
                                    struct facts *out)
{
    if (!dtls->server_hello) {
        facts_encryption(out, ENCRYPTION_TLS);
        tls_say_version(out, FACT_TLS_VERSIONS, record->version);
        return DISSECTED(DISSECT_DONE);
    }
    if (record->type == RECORD_HANDSHAKE || record->type == RECORD_DATA)
        dtls->sides[from].finished = true;
    if (!dtls->sides[FROM_CLIENT].finished || !dtls->sides[FROM_SERVER].finished)
        return DISSECTED(DISSECT_MORE);
    if (dtls->certificate_sent)
        facts_authentication(out, AUTHENTICATION_CERTIFICATE);
    facts_outcome(out, OUTCOME_ACCEPTED);
    return DISSECTED(DISSECT_DONE);
}

static struct dissected hear_record(struct dtls *dtls, enum direction from, struct record *record, struct facts *out)
{
    if (record->epoch > 0)
        return hear_sealed(dtls, from, record, out);
    if (record->type == RECORD_ALERT && record->body.left == 2 && bytes_u8(&record->body) == ALERT_FATAL) {
        facts_outcome(out, OUTCOME_DENIED);
        return DISSECTED(DISSECT_DONE);
    }
    while (record->type == RECORD_HANDSHAKE && record->body.left > 0) {
        struct fragment fragment;
        if (!take_fragment(&record->body, &fragment) || !hear_fragment(dtls, from, &fragment, out))
            return lost(dtls);
    }
    return DISSECTED(DISSECT_MORE);
}

/* All behind the first sealed record of DTLS 1.3 is sealed; whether it is an alert cannot be seen. */
static struct dissected pass_sealed(struct dtls *dtls, enum direction from, struct bytes *in)
{
    bytes_skip(in, in->left);
    dtls->sides[from].sealed = true;
    return DISSECTED(dtls->sides[1 - from].sealed ? DISSECT_DONE : DISSECT_MORE);
}

static struct dissected dtls_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct dtls *dtls = state;
    struct dissected answer = DISSECTED(DISSECT_MORE);
    while (in->left > 0 && answer.answer == DISSECT_MORE) {
        struct record record;
        bool hello = dtls->client_hello || dtls->server_hello;
        if (dtls->sides[from].sealed || (hello && begins_sealed(in->at[0])))
            return pass_sealed(dtls, from, in);
        enum likeness like = take_record(in, &record);
        if (like != LIKE_YES)
            return like == LIKE_MAYBE ? answer : lost(dtls);
        answer = hear_record(dtls, from, &record, out);
    }
    return answer;
}

/* Does clear handshake begin as `from` may begin it? */
static bool handshake_fits(struct bytes body, enum direction from)
{
    struct fragment fragment;
    if (!take_fragment(&body, &fragment))
        return false;
    if (fragment.type == CLIENT_HELLO)
        return from == FROM_CLIENT;
    return from == FROM_SERVER || (fragment.type != SERVER_HELLO && fragment.type != HELLO_VERIFY_REQUEST);
}

/* Records fill a datagram to its last byte. */
static enum likeness dtls_probe(struct bytes head, enum direction from)
{
    bool first = true;
    while (head.left > 0) {
        struct record record;
        if (!first && begins_sealed(head.at[0]))
            return LIKE_YES;
        enum likeness like = take_record(&head, &record);
        if (like != LIKE_YES)
            return like;
        if (first && record.epoch == 0 && record.type == RECORD_HANDSHAKE && !handshake_fits(record.body, from))
            return LIKE_NOT;
        first = false;
    }
    return LIKE_YES;
}

const struct dissector dissector_dtls = {
    .name = "dtls",
    .summary = "DTLS: versions, suite, server name, ALPN, certificates",
    .transports = TRANSPORT_UDP,
    .ports = {443, 3391, 4433, 5061, 5684},
    .state_size = sizeof(struct dtls),
    .longest_message = RECORD_MOST + 13,
    .resumes = true,
    .answers = true,
    .probe = dtls_probe,
    .feed = dtls_feed,
};
