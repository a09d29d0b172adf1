/* http: HTTP/1.x in clear: which hosts and paths are asked for, how a client proves who it is, and RPC inside.
 *
 * Hides how messages are cut (bodies are skipped by count), which answer belongs to which request, and what a
 * connection turns into: TLS behind CONNECT or Upgrade, RPC behind an RPC proxy's requests, HTTP/2 behind its preface,
 * of which nothing but that is read. Rules: RFC 9112 6, 7, 9.3 (bodies, chunks, pipelining), RFC 9110 7.8, 9.3.6, 11,
 * 15 (Upgrade, CONNECT, authentication, statuses), RFC 9113 3.4, 6.5; MS-RPCH; lines of one head are read one by one.
 */
#include "dissectors/dialogue.h"
#include "dissectors/http_auth.h"
#include "dissectors/http_body.h"
#include "dissectors/http_head.h"
#include "dissectors/lines.h"
#include "dissectors/rpc_http.h"
#include "dissectors/words.h"

#include <assert.h>

#define LINE_MOST      HTTP_TOKEN_MOST /* of a longer line only this is read */
#define REQUESTS_MOST  16              /* pipelined; few clients send more than one before the answer */
#define LEAST_RPC_BODY 20              /* the shortest PDU that begins one */

enum { ORIGIN, PROXY, REALMS };

/* What a direction says next. */
enum part {
    PART_START,    /* a start line */
    PART_HEAD,     /* a field, or the empty line */
    PART_CHUNKS,   /* the size of a chunk, or the end of the one before */
    PART_TRAILER,  /* fields behind the last chunk */
    PART_RPC,      /* a body that is RPC, or not after all */
    PART_ELSEWISE, /* what no longer is HTTP/1: behind CONNECT, or the preface of HTTP/2 */
};

/* A request that waits for its answer. */
struct request {
    struct http_credentials credentials[REALMS];
    bool head, connect; /* by its method: the answer has no body, or is the last of HTTP */
    uint8_t rpc;        /* bodies that carry it */
    bool forms;         /* a filled in logon form */
};

/* The message that a direction is saying. */
struct message {
    struct http_body body;
    uint16_t status;
    uint8_t part, field; /* enum part; enum http_field, the last one that was heard */
    bool form, sealed;   /* its type is that of a form; of messages encrypted by WinRM */
    bool again;          /* Location leads back to the logon page */
    bool tls;            /* what Upgrade names */
};

struct http {
    struct message messages[2];
    struct request said, queue[REQUESTS_MOST]; /* being said; waiting, oldest first */
    struct http_realm realms[REALMS];
    struct once once;
    uint32_t unremembered; /* requests behind a full queue */
    uint8_t first, queued;
    bool started[2], cut[2];         /* a start line was heard; inside a line longer than LINE_MOST */
    bool forms, wsman;               /* the request being said goes to a logon page; to WinRM */
    bool tunnel;                     /* CONNECT was granted */
    bool encryption_said, forbidden; /* the last no was 403 */
    uint8_t outcome;                 /* the last that was said */
    uint32_t authenticated;          /* bits of what was said */
};

static_assert(sizeof(struct http) <= DISSECTOR_STATE_MOST, "the state fits the flow's slot");

/* --- requests that wait --- */

static void remember_request(struct http *http)
{
    if (http->queued == REQUESTS_MOST || http->unremembered > 0)
        http->unremembered++; /* a client whose server is not seen comes here */
    else
        http->queue[(http->first + http->queued++) % REQUESTS_MOST] = http->said;
}

/* The request that a final answer belongs to; one of which nothing is known when it was not seen. */
static struct request take_request(struct http *http)
{
    struct request request = {0};
    if (http->queued > 0) {
        request = http->queue[http->first];
        http->first = (uint8_t)((http->first + 1) % REQUESTS_MOST);
        http->queued--;
    } else if (http->unremembered > 0) {
        http->unremembered--;
    }
    return request;
}

/* --- what it amounts to --- */

static void amount_outcome(struct http *http, enum outcome outcome, struct facts *out)
{
    if (http->outcome != outcome)
        facts_outcome(out, outcome);
    http->outcome = (uint8_t)outcome;
}

static void amount_authentication(struct http *http, enum authentication authentication, struct facts *out)
{
    uint32_t bit = UINT32_C(1) << authentication;
    if (authentication != AUTHENTICATION_UNKNOWN && (http->authenticated & bit) == 0)
        facts_authentication(out, authentication);
    http->authenticated |= bit;
}

/* --- start lines and fields --- */

/* Pages to which the logon form of Outlook Web App is sent; CookieAuth.dll is that of a proxy before it (ISA, TMG). */
static bool is_logon(struct bytes path, struct bytes query)
{
    return bytes_are(path, "/owa/auth.owa") || bytes_are(path, "/owa/auth/owaauth.dll") ||
           bytes_are(path, "/exchweb/bin/auth/owaauth.dll") ||
           (bytes_are(path, "/CookieAuth.dll") && bytes_starts(query, "Logon"));
}

static void say_host(struct http *http, struct bytes authority, struct facts *out)
{
    struct bytes host = http_host(authority);
    if (host.left > 0)
        once_say(&http->once, FACT_HTTP_HOSTS, host, out);
}

static void hear_request_line(struct http *http, const struct http_start *start, struct facts *out)
{
    struct bytes authority, path, query;
    http_target(start->target, &authority, &path, &query);
    struct bytes segment = http_first_segment(path);
    http->said = (struct request){
        .head = bytes_are(start->method, "HEAD"),
        .connect = bytes_are(start->method, "CONNECT"),
        .rpc = (uint8_t)rpc_http_bodies(start->method),
    };
    http->forms = bytes_are(start->method, "POST") && is_logon(path, query);
    http->wsman = bytes_are(segment, "/wsman");
    once_say(&http->once, FACT_HTTP_METHODS, start->method, out);
    once_say(&http->once, FACT_HTTP_VERSIONS, start->version, out);
    if (segment.left > 0)
        once_say(&http->once, FACT_HTTP_PATHS, segment, out);
    say_host(http, authority, out);
    if (http->said.rpc != 0)
        rpc_http_say_server(authority, query, out);
}

static void begin_message(struct http *http, enum direction from, const struct http_start *start, struct facts *out)
{
    http->started[from] = true;
    http->messages[from] = (struct message){.part = PART_HEAD, .status = start->status};
    if (from == FROM_CLIENT)
        hear_request_line(http, start, out);
    for (int realm = 0; realm < REALMS && from == FROM_SERVER; realm++)
        http->realms[realm].goes_on = false;
}

static void hear_challenge(struct http *http, enum direction from, int realm, struct bytes value, struct facts *out)
{
    if (from == FROM_SERVER)
        http_challenge(&http->realms[realm], value, &http->once, out);
}

static void hear_credentials(struct http *http, enum direction from, int realm, struct bytes value, struct facts *out)
{
    if (from == FROM_CLIENT)
        http->said.credentials[realm] = http_credentials(&http->realms[realm], value, &http->once, out);
}

static void hear_type(struct message *message, struct bytes value)
{
    message->form = bytes_starts(value, "application/x-www-form-urlencoded");
    message->sealed = bytes_starts(value, "multipart/encrypted") || bytes_starts(value, "multipart/x-multi-encrypted");
}

static void hear_field(struct http *http, enum direction from, enum http_field field, struct bytes value,
                       struct facts *out)
{
    struct message *message = &http->messages[from];
    bool folded = field == HTTP_FOLDED;
    enum http_field heard = folded ? (enum http_field)message->field : field;
    message->field = (uint8_t)heard;
    if (heard == HTTP_CHALLENGE || heard == HTTP_PROXY_CHALLENGE)
        hear_challenge(http, from, heard == HTTP_CHALLENGE ? ORIGIN : PROXY, value, out);
    else if (folded)
        return; /* more parameters of what was read */
    else if (heard == HTTP_AUTHORIZATION || heard == HTTP_PROXY_AUTHORIZATION)
        hear_credentials(http, from, heard == HTTP_AUTHORIZATION ? ORIGIN : PROXY, value, out);
    else if (heard == HTTP_HOST && from == FROM_CLIENT)
        say_host(http, value, out);
    else if (heard == HTTP_LENGTH)
        http_body_length(&message->body, value);
    else if (heard == HTTP_CODING)
        http_body_coding(&message->body, value);
    else if (heard == HTTP_TYPE)
        hear_type(message, value);
    else if (heard == HTTP_LOCATION)
        message->again = words_contain(value, "reason=");
    else if (heard == HTTP_UPGRADE)
        message->tls = bytes_starts(value, "TLS/");
}

/* --- what a whole head means --- */

/* What the answer to a request says of the credentials of one realm. */
static void judge_credentials(struct http *http, int realm, struct http_credentials credentials, uint16_t status,
                              struct facts *out)
{
    bool asked = status == (realm == ORIGIN ? 401 : 407);
    if (!credentials.last || (realm == ORIGIN && status == 407))
        return;
    if (asked) {
        if (!http->realms[realm].goes_on)
            amount_outcome(http, OUTCOME_DENIED, out);
        return;
    }
    amount_authentication(http, http_proved(&http->realms[realm], credentials), out);
    if (status < 400)
        amount_outcome(http, OUTCOME_ACCEPTED, out);
}

static void judge_form(struct http *http, struct facts *out)
{
    const struct message *message = &http->messages[FROM_SERVER];
    if (message->status >= 400)
        return;
    if (message->again) {
        amount_outcome(http, OUTCOME_DENIED, out);
        return;
    }
    amount_authentication(http, AUTHENTICATION_FORMS, out);
    if (message->status >= 300) /* a page that is sent at once may be the form again */
        amount_outcome(http, OUTCOME_ACCEPTED, out);
}

/* The body of a message of which the head told the length; what it says next is the message after it. */
static struct dissected pass_body(struct message *message)
{
    message->part = PART_START;
    return message->body.length > 0 ? DISSECTED_SKIP(message->body.length) : DISSECTED(DISSECT_MORE);
}

static bool length_is_told(const struct message *message)
{
    return message->body.chunked || message->body.counted;
}

static struct dissected begin_body(struct message *message, bool rpc)
{
    if (rpc && !length_is_told(message)) /* RPC_CONNECT, MS-RPCH 2.1.1 */
        message->body.length = HTTP_BODY_MOST;
    if (message->body.chunked) {
        message->part = PART_CHUNKS;
        return DISSECTED(DISSECT_MORE);
    }
    if (rpc && message->body.length >= LEAST_RPC_BODY) {
        message->part = PART_RPC;
        return DISSECTED(DISSECT_MORE);
    }
    return pass_body(message);
}

/* Inside TLS nobody could read this. WinRM encrypts its messages itself, in clear HTTP: its first request has none. */
static void say_encryption(struct http *http, const struct message *message, struct facts *out)
{
    bool unknown = http->wsman && (message->sealed || (message->body.length == 0 && !message->body.chunked));
    if (http->encryption_said || unknown)
        return;
    http->encryption_said = true;
    facts_encryption(out, ENCRYPTION_NONE);
}

static struct dissected end_request_head(struct http *http, struct facts *out)
{
    struct message *message = &http->messages[FROM_CLIENT];
    http->said.forms = http->forms && message->form;
    remember_request(http);
    say_encryption(http, message, out);
    if (message->body.endless)
        return DISSECTED(DISSECT_DONE);
    if (http->said.connect) {
        message->part = PART_ELSEWISE;
        return DISSECTED(DISSECT_MORE);
    }
    return begin_body(message, (http->said.rpc & RPC_HTTP_REQUEST) != 0);
}

static void answer_connect(struct http *http, bool granted)
{
    struct message *client = &http->messages[FROM_CLIENT];
    http->tunnel = granted;
    if (granted)
        http->messages[FROM_SERVER].part = PART_ELSEWISE;
    else if (client->part == PART_ELSEWISE)
        client->part = PART_START;
}

static struct dissected end_response_head(struct http *http, struct facts *out)
{
    struct message *message = &http->messages[FROM_SERVER];
    if (!http->started[FROM_CLIENT])
        say_encryption(http, message, out);
    message->part = PART_START;
    if (message->status == 101)
        return message->tls ? DISSECTED_UPGRADE(ENCRYPTION_TLS) : DISSECTED(DISSECT_DONE);
    if (message->status < 200)
        return DISSECTED(DISSECT_MORE);
    struct request request = take_request(http);
    bool granted = message->status < 300, forbidden = message->status == 403;
    if (forbidden || (http->forbidden && message->status < 400)) { /* a no to whomever; what is granted later counts */
        amount_outcome(http, forbidden ? OUTCOME_DENIED : OUTCOME_ACCEPTED, out);
        http->forbidden = forbidden;
    }
    for (int realm = 0; realm < REALMS; realm++)
        judge_credentials(http, realm, request.credentials[realm], message->status, out);
    if (request.forms)
        judge_form(http, out);
    if (request.connect)
        answer_connect(http, granted);
    if ((request.connect && granted) || request.head || message->status == 204 || message->status == 304)
        return DISSECTED(DISSECT_MORE);
    bool rpc = granted && (request.rpc & RPC_HTTP_RESPONSE) != 0;
    /* A demand for credentials without a length has mostly no body either: what comes next tells. */
    bool asks = message->status == 401 || message->status == 407;
    if (message->body.endless || (!rpc && !asks && !length_is_told(message)))
        return DISSECTED(DISSECT_DONE);
    return begin_body(message, rpc);
}

/* --- the stream --- */

/* A line that can be no other than the first of a message is that wherever it stands: bytes before it were lost. */
static struct dissected hear_start(struct http *http, enum direction from, struct bytes line, struct facts *out)
{
    struct http_start start;
    if (http_start_line(line, from, &start)) {
        begin_message(http, from, &start, out);
        if (start.preface) {
            say_encryption(http, &http->messages[from], out);
            http->messages[FROM_CLIENT].part = http->messages[FROM_SERVER].part = PART_ELSEWISE;
        }
        return DISSECTED(DISSECT_MORE);
    }
    if (http->started[from])
        return DISSECTED(DISSECT_DONE);
    /* Picked up in the middle of what this side was saying: it goes on to where it begins anew. */
    return DISSECTED(http->started[1 - from] ? DISSECT_MORE : DISSECT_NOT_MINE);
}

static struct dissected hear_chunk(struct http *http, enum direction from, struct bytes line, struct facts *out)
{
    struct message *message = &http->messages[from];
    uint64_t size;
    if (line.left == 0)
        return DISSECTED(DISSECT_MORE);
    if (!http_chunk_size(line, &size))
        return hear_start(http, from, line, out);
    if (size > 0)
        return DISSECTED_SKIP(size);
    message->part = PART_TRAILER;
    return DISSECTED(DISSECT_MORE);
}

static struct dissected hear_head_line(struct http *http, enum direction from, struct bytes line, struct facts *out)
{
    struct bytes value;
    if (line.left == 0)
        return from == FROM_CLIENT ? end_request_head(http, out) : end_response_head(http, out);
    enum http_field field = http_field(line, &value);
    if (field == HTTP_NO_FIELD) {
        struct http_start start;
        return http_start_line(line, from, &start) ? hear_start(http, from, line, out) : DISSECTED(DISSECT_MORE);
    }
    hear_field(http, from, field, value, out);
    return DISSECTED(DISSECT_MORE);
}

static struct dissected hear_line(struct http *http, enum direction from, struct bytes line, struct facts *out)
{
    struct message *message = &http->messages[from];
    struct http_start start;
    switch ((enum part)message->part) {
    case PART_HEAD:
        return hear_head_line(http, from, line, out);
    case PART_CHUNKS:
        return hear_chunk(http, from, line, out);
    case PART_TRAILER:
        if (http_start_line(line, from, &start))
            return hear_start(http, from, line, out);
        if (line.left == 0)
            message->part = PART_START;
        return DISSECTED(DISSECT_MORE);
    default:
        return line.left == 0 ? DISSECTED(DISSECT_MORE) : hear_start(http, from, line, out);
    }
}

/* A body that should be RPC. A client that was refused before it began to send says another request instead. */
static struct dissected hear_rpc(struct http *http, enum direction from, struct bytes in, struct facts *out)
{
    enum likeness like = dissector_dcerpc.probe(in, from);
    if (like == LIKE_YES) {
        /* The proxy answers RPC_IN_DATA only to refuse it. */
        struct http_credentials credentials = http->said.credentials[ORIGIN];
        if (from == FROM_CLIENT && credentials.last)
            amount_authentication(http, http_proved(&http->realms[ORIGIN], credentials), out);
        return DISSECTED_BECOMES(&dissector_dcerpc);
    }
    if (like == LIKE_MAYBE)
        return DISSECTED(DISSECT_MORE);
    like = http_probe(in, from);
    if (like == LIKE_NOT)
        return pass_body(&http->messages[from]);
    if (like == LIKE_YES)
        http->messages[from].part = PART_START;
    return DISSECTED(DISSECT_MORE);
}

/* Behind a CONNECT whose answer is not seen: another request, when it was refused. */
static struct dissected ask_again(struct http *http, struct bytes in)
{
    enum likeness like = http_probe(in, FROM_CLIENT);
    if (like == LIKE_YES)
        http->messages[FROM_CLIENT].part = PART_START;
    return DISSECTED(like == LIKE_NOT ? DISSECT_DONE : DISSECT_MORE);
}

/* The first bytes of what a connection turned into. */
static struct dissected hear_elsewise(struct http *http, enum direction from, struct bytes *in, struct facts *out)
{
    enum { TLS_HANDSHAKE = 0x16, SETTINGS = 4, FRAME_HEAD = 9 };
    if (http->said.connect && from == FROM_CLIENT && in->at[0] == TLS_HANDSHAKE)
        return DISSECTED_UPGRADE(ENCRYPTION_TLS);
    if (http->said.connect && from == FROM_CLIENT && !http->tunnel)
        return ask_again(http, *in);
    if (http->said.connect)
        return DISSECTED(DISSECT_DONE);
    if (from == FROM_CLIENT) { /* HTTP/2 */
        bytes_skip(in, in->left);
        return DISSECTED(DISSECT_MORE);
    }
    if (in->left < FRAME_HEAD)
        return DISSECTED(DISSECT_MORE);
    struct bytes frame = bytes_take(in, FRAME_HEAD);
    uint32_t length = bytes_be24(&frame);
    uint8_t type = bytes_u8(&frame);
    bytes_skip(&frame, 1);
    if (length % 6 == 0 && type == SETTINGS && bytes_be32(&frame) == 0)
        amount_outcome(http, OUTCOME_ACCEPTED, out);
    return DISSECTED(DISSECT_DONE);
}

static struct dissected http_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct http *http = state;
    const struct message *message = &http->messages[from];
    struct dissected answer = DISSECTED(DISSECT_MORE);
    struct bytes line;
    while (in->left > 0 && answer.answer == DISSECT_MORE) {
        enum part part = (enum part)message->part;
        if (part == PART_ELSEWISE || part == PART_RPC) {
            answer = part == PART_RPC ? hear_rpc(http, from, *in, out) : hear_elsewise(http, from, in, out);
            if (message->part == part)
                return answer;
        } else if (lines_take(&http->cut[from], in, LINE_MOST, &line)) {
            answer = hear_line(http, from, line, out);
        } else {
            return answer;
        }
    }
    return answer;
}

const struct dissector dissector_http = {
    .name = "http",
    .summary = "HTTP/1.x: hosts, paths, methods, authentication offered and used, RPC over HTTP",
    .transports = TRANSPORT_TCP,
    .ports = {80, 8080, 5985, 81, 3128, 8530},
    .state_size = sizeof(struct http),
    .longest_message = LINE_MOST,
    .resumes = true,
    .beginnings = {{BEGINNING_TEXT, 0}},
    .probe = http_probe,
    .feed = http_feed,
};
