/* smtp: what a server offers, what a client asks for, and how mail is let in, with the private verbs of Exchange.
 *
 * Hides pipelining (replies are matched to commands by a queue), multi-line replies, mail bodies (never read as
 * commands, never gathered) and the AUTH dialogue (its lines are secrets: never read as commands either, only the
 * mechanism in a token is named). Rules: RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 4954 (AUTH), RFC 3030 (BDAT), RFC
 * 2920 (pipelining); X-EXPS, X-ANONYMOUSTLS and XEXCH50 as Exchange speaks them. */
#include "base/base64.h"
#include "dissectors/negotiate.h"
#include "dissectors/smtp_line.h"

#define LINE_MOST  16384 /* RFC 4954 4 allows 12288 in an AUTH dialogue; of a longer line only this is read */
#define QUEUE_MOST 64

/* Where in a body its bytes are: the end is CR LF . CR LF, and the CR LF of the DATA line counts (RFC 5321 4.1.1.4). */
enum body { BODY_NONE, BODY_LINE_START, BODY_DOT, BODY_DOT_CR, BODY_INSIDE, BODY_CR };

struct smtp {
    struct negotiation negotiation;
    struct smtp_mechanism mechanism; /* of the last AUTH command */
    uint64_t blob;                   /* argument of the last XEXCH50 */
    uint64_t blob_to_come;           /* binary bytes the client sends next */
    uint32_t unremembered;           /* commands behind a full queue */
    uint16_t code;                   /* of the reply that is being read; 0 between replies */
    uint8_t queue[QUEUE_MOST], first, queued;
    uint8_t last_command, answered; /* enum smtp_command: the client's last; whom the current reply answers */
    uint8_t body;                   /* enum body */
    uint8_t host_length;
    uint8_t host[255]; /* of the greeting, until certain */
    bool certain;      /* nothing but SMTP could have said what was said */
    bool client_heard, greeted, authenticated;
    bool begun;                       /* the beginning was seen: an AUTH cannot have been missed */
    bool turned_away;                 /* 554 instead of a greeting (RFC 5321 3.1) */
    bool auth, challenged, cancelled; /* in an AUTH dialogue; the next client line is an answer; it was "*" */
    bool secrets;                     /* AUTH was tried: a client that ignores the no may still send its answers */
    bool cut[2];                      /* inside a line longer than LINE_MOST */
};

static void queue_push(struct smtp *smtp, enum smtp_command command)
{
    if (smtp->queued == QUEUE_MOST || smtp->unremembered > 0)
        smtp->unremembered++; /* a client whose server is not seen comes here */
    else
        smtp->queue[(smtp->first + smtp->queued++) % QUEUE_MOST] = (uint8_t)command;
}

static enum smtp_command queue_head(const struct smtp *smtp)
{
    return smtp->queued > 0 ? (enum smtp_command)smtp->queue[smtp->first] : SMTP_OTHER;
}

static void queue_pop(struct smtp *smtp)
{
    if (smtp->queued > 0) {
        smtp->first = (uint8_t)((smtp->first + 1) % QUEUE_MOST);
        smtp->queued--;
    } else if (smtp->unremembered > 0) {
        smtp->unremembered--;
    }
}

/* From now on no other protocol could have said this. */
static void become_certain(struct smtp *smtp, struct facts *out)
{
    smtp->certain = true;
    if (smtp->host_length > 0)
        facts_say(out, FACT_SMTP_BANNER_HOST, bytes_of(smtp->host, smtp->host_length));
    smtp->host_length = 0;
    if (smtp->turned_away)
        facts_outcome(out, OUTCOME_DENIED);
}

static void hear_token(struct smtp *smtp, enum direction from, struct bytes text, struct facts *out)
{
    uint8_t token[LINE_MOST / 4 * 3];
    if (smtp->mechanism.tokens)
        negotiate_token(&smtp->negotiation, from, bytes_of(token, base64_decode(text, token, sizeof token)), out);
}

static void begin_auth(struct smtp *smtp, enum fact_key used, struct bytes arguments, struct facts *out)
{
    struct bytes name = smtp_word(&arguments, 0), initial = smtp_word(&arguments, 0);
    smtp->auth = smtp->secrets = true;
    smtp->challenged = smtp->cancelled = false;
    smtp->mechanism = *smtp_mechanism_of(name);
    smtp->negotiation = (struct negotiation){0};
    facts_encryption(out, ENCRYPTION_NONE); /* inside TLS nobody could read this */
    if (smtp_is_mechanism(name))
        facts_say_upper(out, used, name);
    if (initial.left > 0)
        hear_token(smtp, FROM_CLIENT, initial, out);
}

/* Acts on a command line. Returns how many bytes after it belong to it and are of no interest. */
static uint64_t hear_command(struct smtp *smtp, struct bytes line, struct facts *out)
{
    struct bytes word = smtp_word(&line, ':');
    const struct smtp_verb *verb = smtp_verb_of(word);
    enum smtp_command command = verb != NULL ? verb->command : SMTP_OTHER;
    smtp->last_command = (uint8_t)command;
    queue_push(smtp, command);
    smtp->begun |= verb != NULL && verb->ours;
    if (verb != NULL && !smtp->certain && (verb->ours || smtp_is_envelope(verb, line)))
        become_certain(smtp, out);
    bool unknown_worth = verb == NULL && !smtp->secrets && word.left >= 3 && smtp_is_name(word, SMTP_VERB_MOST);
    if (smtp->certain && (unknown_worth || (verb != NULL && !verb->plain)))
        facts_say_upper(out, FACT_SMTP_VERBS, word);
    if (verb != NULL)
        smtp->auth = smtp->secrets = false;
    switch (command) {
    case SMTP_AUTH:
    case SMTP_EXPS:
        if (smtp->certain)
            begin_auth(smtp, command == SMTP_AUTH ? FACT_SMTP_AUTH_USED : FACT_SMTP_EXPS_USED, line, out);
        return 0;
    case SMTP_DATA:
        /* Nothing but the body may follow; that the 354 is not seen yet changes nothing, another reply does. */
        smtp->body = BODY_LINE_START;
        return 0;
    case SMTP_BDAT:
        return smtp_number(smtp_word(&line, 0));
    case SMTP_XEXCH50:
        smtp->blob = smtp_number(smtp_word(&line, 0));
        return smtp->greeted ? 0 : smtp->blob; /* a server that is not seen will not be seen saying 354 */
    default:
        return 0;
    }
}

/* False when no talk of SMTP goes like this. */
static bool hear_client_line(struct smtp *smtp, struct bytes line, uint64_t *skip, struct facts *out)
{
    struct bytes rest = line, word = smtp_word(&rest, ':');
    if (!smtp->certain && smtp_verb_of(word) == NULL && !bytes_starts(word, "X"))
        return false;
    smtp->client_heard = true;
    if (smtp->auth && (smtp->challenged || base64_like(line) || bytes_are(line, "*"))) {
        smtp->challenged = false;
        smtp->cancelled |= bytes_are(line, "*");
        hear_token(smtp, FROM_CLIENT, line, out);
        return true;
    }
    *skip = hear_command(smtp, line, out);
    return true;
}

/* Consumes what belongs to the body. The bulk goes line by line; what could be the end goes byte by byte. */
static void consume_body(struct smtp *smtp, struct bytes *in)
{
    while (in->left > 0 && smtp->body != BODY_NONE) {
        size_t before = in->left;
        struct bytes line;
        if (smtp->body == BODY_INSIDE) {
            if (!bytes_line(in, &line)) {
                bytes_skip(in, in->left - 1);
                smtp->body = bytes_u8(in) == '\r' ? BODY_CR : BODY_INSIDE;
            } else if (before - in->left == line.left + 2) {
                smtp->body = BODY_LINE_START;
            }
            continue;
        }
        uint8_t c = bytes_u8(in);
        if (c == '\n' && smtp->body == BODY_DOT_CR)
            smtp->body = BODY_NONE;
        else if (c == '\n' && smtp->body == BODY_CR)
            smtp->body = BODY_LINE_START;
        else if (c == '\r')
            smtp->body = smtp->body == BODY_DOT ? BODY_DOT_CR : BODY_CR;
        else if (c == '.' && smtp->body == BODY_LINE_START)
            smtp->body = BODY_DOT;
        else
            smtp->body = BODY_INSIDE;
    }
}

/* Takes a line; of one that is too long its beginning, and the rest is dropped as it comes. */
static bool take_line(struct smtp *smtp, enum direction from, struct bytes *in, struct bytes *line)
{
    if (smtp->cut[from]) {
        if (!bytes_line(in, line)) {
            bytes_skip(in, in->left);
            return false;
        }
        smtp->cut[from] = false;
    }
    struct bytes view = *in;
    view = bytes_take(&view, view.left < LINE_MOST ? view.left : LINE_MOST);
    size_t seen = view.left;
    if (bytes_line(&view, line)) {
        bytes_skip(in, seen - view.left);
        return true;
    }
    if (seen < LINE_MOST)
        return false;
    *line = bytes_take(in, LINE_MOST);
    smtp->cut[from] = true;
    return true;
}

/* A TLS record where a command should be: the 220 was not seen by us, but by the client. */
static struct dissected hear_tls(const struct smtp *smtp, struct facts *out)
{
    if (!smtp->certain)
        return DISSECTED(DISSECT_NOT_MINE);
    if (smtp->last_command == SMTP_STARTTLS) {
        facts_say_text(out, FACT_SMTP_STARTTLS, "used");
        return DISSECTED_UPGRADE(ENCRYPTION_STARTTLS);
    }
    if (smtp->last_command == SMTP_ANONYMOUSTLS) {
        facts_say_text(out, FACT_SMTP_ANONYMOUSTLS, "used");
        return DISSECTED_UPGRADE(ENCRYPTION_ANONYMOUSTLS);
    }
    return DISSECTED(DISSECT_DONE);
}

static struct dissected feed_client(struct smtp *smtp, struct bytes *in, struct facts *out)
{
    while (in->left > 0) {
        struct bytes line;
        uint64_t skip = smtp->blob_to_come;
        smtp->blob_to_come = 0;
        if (skip > 0)
            return DISSECTED_SKIP(skip);
        if (smtp->body != BODY_NONE) {
            consume_body(smtp, in);
            continue;
        }
        if (!smtp->cut[FROM_CLIENT] && in->at[0] == 0x16) {
            if (in->left < 2)
                break;
            if (in->at[1] == 0x03)
                return hear_tls(smtp, out);
        }
        if (!take_line(smtp, FROM_CLIENT, in, &line))
            break;
        if (!hear_client_line(smtp, line, &skip, out))
            return DISSECTED(DISSECT_NOT_MINE);
        if (skip > 0)
            return DISSECTED_SKIP(skip);
    }
    return DISSECTED(DISSECT_MORE);
}

static void hear_greeting(struct smtp *smtp, struct bytes text, struct facts *out)
{
    struct bytes host = smtp->code == 220 ? smtp_greeting_host(text) : (struct bytes){0};
    if (host.left > 0)
        memcpy(smtp->host, host.at, host.left);
    smtp->host_length = (uint8_t)host.left;
    smtp->turned_away = smtp->code >= 400;
    smtp->begun |= smtp->code == 220;
    if (smtp->certain || smtp_greeting_tells(text))
        become_certain(smtp, out);
}

static void hear_auth_reply(struct smtp *smtp, struct bytes text, struct facts *out)
{
    if (smtp->code == 334) {
        smtp->challenged = true;
        hear_token(smtp, FROM_SERVER, text, out);
        return;
    }
    queue_pop(smtp);
    if (smtp->code == 235) {
        enum authentication read = negotiation_result(&smtp->negotiation);
        bool told = smtp->mechanism.tokens && read != AUTHENTICATION_UNKNOWN;
        facts_authentication(out, told ? read : smtp->mechanism.proves);
        facts_outcome(out, OUTCOME_ACCEPTED);
        smtp->authenticated = true;
        smtp->secrets = false;
    } else if (smtp->code >= 400 && !smtp->cancelled) {
        facts_outcome(out, OUTCOME_DENIED);
    }
    smtp->auth = smtp->challenged = false;
}

static struct dissected hear_tls_reply(struct smtp *smtp, enum fact_key key, enum encryption upgrade, struct facts *out)
{
    queue_pop(smtp);
    facts_say_text(out, key, smtp->code == 220 ? "used" : "refused");
    if (smtp->code == 220)
        return DISSECTED_UPGRADE(upgrade);
    smtp->last_command = SMTP_OTHER;
    if (smtp->code >= 400)
        facts_outcome(out, OUTCOME_DENIED);
    return DISSECTED(DISSECT_MORE);
}

static void hear_mail_reply(struct smtp *smtp, struct facts *out)
{
    queue_pop(smtp);
    if (smtp->code >= 400)
        facts_outcome(out, OUTCOME_DENIED);
    if (smtp->code >= 300)
        return;
    facts_outcome(out, OUTCOME_ACCEPTED);
    facts_encryption(out, ENCRYPTION_NONE);
    if (smtp->begun && !smtp->authenticated)
        facts_authentication(out, AUTHENTICATION_ANONYMOUS);
}

/* 354 asks for more, and the same command gets a second reply. No to DATA means that what follows is no body, and yes
 * to a body that the server has seen its end, whatever the client wrote as such: unless commands are queued behind it,
 * for then its end was seen here as well, and a body that is open now is another's. */
static void hear_data_reply(struct smtp *smtp, enum smtp_command asked)
{
    if (asked != SMTP_BODY && smtp->code == 354) {
        smtp->queue[smtp->first] = asked == SMTP_DATA ? SMTP_BODY : SMTP_OTHER;
        if (asked == SMTP_XEXCH50)
            smtp->blob_to_come = smtp->blob;
        return;
    }
    queue_pop(smtp);
    if (smtp->queued == 0 && (asked == SMTP_DATA || (asked == SMTP_BODY && smtp->code < 300)))
        smtp->body = BODY_NONE;
}

/* The last line of a reply, its code in `smtp->code`. */
static struct dissected hear_reply(struct smtp *smtp, struct bytes text, struct facts *out)
{
    enum smtp_command asked = smtp->certain ? (enum smtp_command)smtp->answered : SMTP_OTHER;
    switch (asked) {
    case SMTP_GREETING:
        break;
    case SMTP_AUTH:
    case SMTP_EXPS:
        hear_auth_reply(smtp, text, out);
        break;
    case SMTP_STARTTLS:
        return hear_tls_reply(smtp, FACT_SMTP_STARTTLS, ENCRYPTION_STARTTLS, out);
    case SMTP_ANONYMOUSTLS:
        return hear_tls_reply(smtp, FACT_SMTP_ANONYMOUSTLS, ENCRYPTION_ANONYMOUSTLS, out);
    case SMTP_MAIL:
        hear_mail_reply(smtp, out);
        break;
    case SMTP_DATA:
    case SMTP_BODY:
    case SMTP_XEXCH50:
        hear_data_reply(smtp, asked);
        break;
    case SMTP_QUIT:
        return DISSECTED(DISSECT_DONE);
    case SMTP_OTHER:
    case SMTP_EHLO:
    case SMTP_BDAT:
        queue_pop(smtp);
    }
    return DISSECTED(DISSECT_MORE);
}

/* Whom the reply answers that begins with this line. */
static enum smtp_command reply_asked(struct smtp *smtp, bool last)
{
    /* A client may speak first, but only the greeting says these (RFC 5321 4.3.2); otherwise it was not captured. */
    bool greeting =
        !smtp->greeted && (smtp->queued == 0 || smtp->code == 220 || smtp->code == 554 || smtp->code == 421);
    smtp->greeted = true;
    if (greeting)
        return SMTP_GREETING;
    /* The client is not seen: of all replies only that to EHLO has several lines and code 250. */
    if (!smtp->client_heard && smtp->code == 250 && !last)
        return SMTP_EHLO;
    return queue_head(smtp);
}

static struct dissected hear_server_line(struct smtp *smtp, struct bytes line, struct facts *out)
{
    bool last, first = smtp->code == 0;
    uint16_t code = smtp_reply_code(&line, &last);
    if (code == 0) /* a careless server in the middle of its reply, or no SMTP at all */
        return DISSECTED(smtp->certain ? DISSECT_MORE : DISSECT_NOT_MINE);
    smtp->code = code;
    if (first) {
        smtp->answered = (uint8_t)reply_asked(smtp, last);
        if (smtp->answered == SMTP_GREETING)
            hear_greeting(smtp, line, out);
    } else if (smtp->answered == SMTP_EHLO && code == 250 && smtp->certain) {
        smtp_hear_keyword(line, out);
    }
    if (!last)
        return DISSECTED(DISSECT_MORE);
    struct dissected answer = hear_reply(smtp, line, out);
    smtp->code = 0;
    return answer;
}

static struct dissected feed_server(struct smtp *smtp, struct bytes *in, struct facts *out)
{
    struct bytes line;
    while (in->left > 0 && take_line(smtp, FROM_SERVER, in, &line)) {
        struct dissected answer = hear_server_line(smtp, line, out);
        if (answer.answer != DISSECT_MORE)
            return answer;
    }
    return DISSECTED(DISSECT_MORE);
}

static struct dissected smtp_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    return from == FROM_CLIENT ? feed_client(state, in, out) : feed_server(state, in, out);
}

const struct dissector dissector_smtp = {
    .name = "smtp",
    .summary = "SMTP: EHLO keywords, AUTH and X-EXPS, STARTTLS and X-ANONYMOUSTLS, private verbs of Exchange",
    .transports = TRANSPORT_TCP,
    .ports = {25, 587, 2525, 465, 475, 717},
    .state_size = sizeof(struct smtp),
    .longest_message = LINE_MOST,
    .probe = smtp_probe,
    .feed = smtp_feed,
};
