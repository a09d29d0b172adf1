/* sip: who calls whom, where a server sends callers on, which ports media are promised, and how a client is let in.
 *
 * Hides how messages are cut. The transport is not seen here, and need not be: a message ends by its Content-Length;
 * one without (allowed over UDP only, RFC 3261 18.3) at its head, and lines after it that begin no message are its body
 * or nothing. Bodies other than session descriptions are skipped by count. Rules: RFC 3261 7, 18.3, 20, 22; MS-SIPAE
 * (NTLM and Kerberos); sdp.h for bodies. */
#include "base/base64.h"
#include "base/hash.h"
#include "dissectors/negotiate.h"
#include "dissectors/sdp.h"
#include "dissectors/sip_head.h"
#include "dissectors/words.h"

#define HEAD_MOST      16384 /* a start line with its headers */
#define BODY_MOST      16384 /* of a session description; a longer one is skipped */
#define BEGINNING_MOST 256
#define PRESENTED_MOST 8

/* How a client proves who it is, by the scheme of its credentials. */
static const struct scheme {
    const char *name;
    enum authentication proves;
    bool tokens;
} schemes[] = {
    {"Digest", AUTHENTICATION_DIGEST, false},
    {"Basic", AUTHENTICATION_BASIC, false}, /* RFC 2543 */
    {"NTLM", AUTHENTICATION_NTLM, true},
    {"Kerberos", AUTHENTICATION_KERBEROS, true},
};

/* A request with credentials, whose answer is awaited. */
struct presented {
    uint64_t transaction; /* hash of Call-ID and CSeq; 0 for none */
    uint8_t scheme;
};

/* A message whose head was heard and whose body is not whole. */
struct waiting {
    uint64_t beginning; /* hash of its first `hashed` bytes */
    uint32_t needed;    /* bytes of the whole message; 0 for none */
    uint16_t hashed;
};

struct sip {
    struct negotiation negotiation;
    struct presented presented[PRESENTED_MOST];
    struct waiting waiting[2];
    struct sdp bodies[2]; /* after a message without Content-Length */
    uint8_t next;         /* place in `presented` */
    bool loose[2];        /* lines that begin no message are such a body */
    bool certain;         /* one whole head was heard */
};

/* What of a head is needed once all of it was read. */
struct message {
    uint64_t length, transaction;
    uint8_t scheme; /* 1 and up; 0 without credentials */
    bool counted;   /* Content-Length */
    bool session;   /* the body is, or holds, a session description */
};

static uint8_t scheme_of(struct bytes name)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (bytes_are(name, schemes[i].name))
            return (uint8_t)(i + 1);
    return 0;
}

/* Credentials or a challenge. Returns the scheme. */
static uint8_t hear_security(struct sip *sip, enum direction from, struct bytes value, struct facts *out)
{
    uint8_t token[HEAD_MOST / 4 * 3];
    uint8_t scheme = scheme_of(words_next(&value));
    if (scheme == 0 || !schemes[scheme - 1].tokens)
        return scheme;
    struct bytes data = sip_gssapi_data(value);
    if (data.left > 0)
        negotiate_token(&sip->negotiation, from, bytes_of(token, base64_decode(data, token, sizeof token)), out);
    return scheme;
}

static void hear_contacts(enum direction from, struct bytes value, struct facts *out)
{
    struct sip_contact contact;
    while (sip_contact(&value, &contact)) {
        char text[WORDS_ENDPOINT_MOST];
        facts_say(out, FACT_SIP_CONTACTS, bytes_of(text, words_endpoint(contact.host, contact.port, text)));
        if (from == FROM_SERVER)
            facts_learn(out, &(struct learned){
                                 .from = LEARNED_SIP_CONTACT,
                                 .protocol_sequence = "sip",
                                 .port = contact.port,
                                 .udp = contact.udp,
                                 .endpoint = contact.has_address ? (struct bytes){0} : contact.host,
                                 .has_address = contact.has_address,
                                 .tower_address = contact.address,
                             });
    }
}

/* SDP alone, or as a part: a caller that speaks old and new ICE sends both (MS-SDPEXT). */
static bool holds_session(struct bytes type)
{
    struct bytes name = words_trim(words_until(&type, ';'));
    return bytes_are(name, "application/sdp") || bytes_starts(name, "multipart/");
}

static struct message read_head(struct sip *sip, enum direction from, const struct sip_start *start, struct bytes head,
                                struct facts *out)
{
    struct message message = {0};
    struct bytes value, call = {0}, sequence = {0};
    enum sip_header kind;
    while (sip_header(&head, &kind, &value)) {
        if (kind == SIP_CALL_ID)
            call = value;
        else if (kind == SIP_CSEQ)
            sequence = value;
        else if (kind == SIP_CONTENT_LENGTH)
            message.counted |= words_number(value, UINT32_MAX, &message.length);
        else if (kind == SIP_CONTENT_TYPE)
            message.session = holds_session(value);
        else if (kind == SIP_CONTACT && start->status >= 300 && start->status < 400)
            hear_contacts(from, value, out);
        else if (kind == SIP_CREDENTIALS && start->method != NULL && from == FROM_CLIENT)
            message.scheme = hear_security(sip, from, value, out);
        else if (kind == SIP_CHALLENGE && start->method == NULL && from == FROM_SERVER)
            hear_security(sip, from, value, out);
    }
    message.transaction = hash_bytes(call.at, call.left, hash_bytes(sequence.at, sequence.left, 0));
    return message;
}

static struct presented *presented_in(struct sip *sip, uint64_t transaction)
{
    for (size_t i = 0; i < PRESENTED_MOST; i++)
        if (sip->presented[i].scheme != 0 && sip->presented[i].transaction == transaction)
            return &sip->presented[i];
    return NULL;
}

/* What a final reply of the server means. */
static void hear_final(struct sip *sip, uint16_t status, uint64_t transaction, struct facts *out)
{
    const struct presented *presented = presented_in(sip, transaction);
    if (status < 300 && presented != NULL) {
        const struct scheme *scheme = &schemes[presented->scheme - 1];
        enum authentication read = negotiation_result(&sip->negotiation);
        facts_authentication(out, scheme->tokens && read != AUTHENTICATION_UNKNOWN ? read : scheme->proves);
    }
    /* 401 and 407 ask for credentials, 487 is what the caller wanted who gave up: none of them is a no. */
    if (status < 400)
        facts_outcome(out, OUTCOME_ACCEPTED);
    else if (status != 401 && status != 407 && status != 487)
        facts_outcome(out, OUTCOME_DENIED);
}

/* Says what the head of a message tells. May be heard again while its body is on its way. */
static struct message hear_head(struct sip *sip, enum direction from, const struct sip_start *start, struct bytes head,
                                struct facts *out)
{
    for (int side = FROM_CLIENT; side <= FROM_SERVER; side++) /* no message is open any more */
        sdp_end(&sip->bodies[side], out);
    sip->loose[from] = false;
    sip->certain = true;
    facts_encryption(out, ENCRYPTION_NONE); /* inside TLS nobody could read this */
    struct message message = read_head(sip, from, start, head, out);
    if (start->method == NULL) {
        const char status[] = {(char)('0' + start->status / 100), (char)('0' + start->status / 10 % 10),
                               (char)('0' + start->status % 10)};
        facts_say(out, FACT_SIP_STATUSES, bytes_of(status, sizeof status));
        if (from == FROM_SERVER && start->status >= 200)
            hear_final(sip, start->status, message.transaction, out);
        return message;
    }
    if (start->method[0] != '\0')
        facts_say_text(out, FACT_SIP_METHODS, start->method);
    if (message.scheme != 0 && presented_in(sip, message.transaction) == NULL) {
        sip->presented[sip->next] = (struct presented){message.transaction, message.scheme};
        sip->next = (uint8_t)((sip->next + 1) % PRESENTED_MOST);
    }
    return message;
}

/* Takes the headers and the empty line after them. */
static bool take_head(struct bytes *in, struct bytes *head)
{
    struct bytes view = *in, line;
    while (bytes_line(&view, &line))
        if (line.left == 0) {
            *head = bytes_take(in, in->left - view.left);
            return true;
        }
    return false;
}

/* Is this the beginning of the message that waits for its body, still too short? Then nothing is read again: a body
 * that comes byte by byte must not cost its head each time. Another datagram begins with other bytes. */
static bool still_waits(const struct waiting *waiting, struct bytes in)
{
    return in.left < waiting->needed && in.left >= waiting->hashed &&
           hash_bytes(in.at, waiting->hashed, 0) == waiting->beginning;
}

static struct waiting wait_for(struct bytes in, size_t head, uint64_t body)
{
    uint16_t hashed = (uint16_t)(head < BEGINNING_MOST ? head : BEGINNING_MOST);
    return (struct waiting){hash_bytes(in.at, hashed, 0), (uint32_t)(head + body), hashed};
}

/* Takes one message, or one line that begins none. False when *in waits for more, or *answer ends the flow. */
static bool take_message(struct sip *sip, enum direction from, struct bytes *in, struct dissected *answer,
                         struct facts *out)
{
    struct bytes view = *in, line, head;
    struct sip_start start;
    view = bytes_take(&view, view.left < HEAD_MOST ? view.left : HEAD_MOST);
    size_t seen = view.left;
    bool whole = bytes_line(&view, &line), begins = whole && sip_start_line(line, &start);
    if (whole && !begins && sip->certain) {
        if (sip->loose[from])
            sdp_line(&sip->bodies[from], line, out);
        bytes_skip(in, seen - view.left);
        return true;
    }
    if (!whole || !begins || !take_head(&view, &head)) {
        if ((whole && !begins) || seen == HEAD_MOST)
            *answer = DISSECTED(sip->certain ? DISSECT_DONE : DISSECT_NOT_MINE);
        return false;
    }
    struct message message = hear_head(sip, from, &start, head, out);
    size_t length = seen - view.left;
    bool read = message.session && message.counted && message.length <= BODY_MOST;
    if (read && message.length > in->left - length) {
        sip->waiting[from] = wait_for(*in, length, message.length);
        return false;
    }
    bytes_skip(in, length);
    sip->loose[from] = message.session && !message.counted;
    struct bytes body = bytes_take(in, message.length < in->left ? (size_t)message.length : in->left);
    if (read)
        sdp_body(body, out);
    if (message.length > body.left)
        *answer = DISSECTED_SKIP(message.length - body.left);
    return message.length == body.left;
}

static struct dissected sip_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct sip *sip = state;
    struct dissected answer = DISSECTED(DISSECT_MORE);
    if (still_waits(&sip->waiting[from], *in))
        return answer;
    sip->waiting[from] = (struct waiting){0};
    do
        while (in->left > 0 && (in->at[0] == '\r' || in->at[0] == '\n')) /* keep-alives (RFC 5626 3.5.1) */
            bytes_skip(in, 1);
    while (take_message(sip, from, in, &answer, out));
    return answer;
}

const struct dissector dissector_sip = {
    .name = "sip",
    .summary = "SIP: methods, replies, redirections, media promised in SDP, how a client is let in",
    .transports = TRANSPORT_TCP | TRANSPORT_UDP,
    .ports = {5060, 5065, 5067, 5062},
    .state_size = sizeof(struct sip),
    .longest_message = HEAD_MOST + BODY_MOST,
    .resumes = true,
    .answers = true,
    .beginnings = {{BEGINNING_TEXT, 0}},
    .probe = sip_probe,
    .feed = sip_feed,
};
