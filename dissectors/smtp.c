/* smtp: what a server offers, what a client asks for, and how mail is let in, with the private verbs of Exchange.
 *
 * Hides pipelining (replies are matched to commands by a queue), multi-line replies, mail bodies (never read as
 * commands, never gathered) and the AUTH dialogue (its lines are secrets: never read as commands either, only the
 * mechanism in a token is named). Rules: RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 4954 (AUTH), RFC 3030 (BDAT), RFC
 * 2920 (pipelining); X-EXPS, X-ANONYMOUSTLS and XEXCH50 as Exchange speaks them. */
#include "dissectors/sasl.h"
#include "dissectors/smtp_line.h"
#include "dissectors/words.h"

struct smtp {
    struct dialogue dialogue;
    struct sasl sasl;
    uint64_t blob;                  /* argument of the last XEXCH50 */
    uint64_t blob_to_come;          /* binary bytes the client sends next */
    uint16_t code;                  /* of the reply that is being read; 0 between replies */
    uint8_t last_command, answered; /* enum smtp_command: the client's last; whom the current reply answers */
    uint8_t host_length;
    uint8_t host[255]; /* of the greeting, until certain */
    bool greeted, authenticated;
    bool begun;       /* the beginning was seen: an AUTH cannot have been missed */
    bool turned_away; /* 554 instead of a greeting (RFC 5321 3.1), or no to EHLO */
    bool secrets;     /* AUTH was tried: a client that ignores the no may still send its answers */
};

/* From now on no other protocol could have said this. */
static void become_certain(struct smtp *smtp, struct facts *out)
{
    smtp->dialogue.certain = true;
    if (smtp->host_length > 0)
        facts_say(out, FACT_SMTP_BANNER_HOST, bytes_of(smtp->host, smtp->host_length));
    smtp->host_length = 0;
    if (smtp->turned_away)
        facts_outcome(out, OUTCOME_DENIED);
}

static void begin_auth(struct smtp *smtp, enum fact_key used, struct bytes arguments, struct facts *out)
{
    struct bytes name = dialogue_word(&arguments);
    smtp->secrets = true;
    sasl_begin(&smtp->sasl, used, name, words_trim(arguments), out); /* whose first word is decoded */
}

/* Acts on a command line. Returns how many bytes after it belong to it and are of no interest. */
static uint64_t hear_command(struct smtp *smtp, struct bytes line, struct facts *out)
{
    struct bytes word = dialogue_word_until(&line, ':');
    const struct dialogue_verb *verb = dialogue_verb_of(smtp_verbs, word);
    enum smtp_command command = verb != NULL ? (enum smtp_command)verb->command : SMTP_OTHER;
    smtp->last_command = (uint8_t)command;
    dialogue_ask(&smtp->dialogue, (uint8_t)command);
    bool ours = verb != NULL && (verb->tells & SMTP_OURS) != 0;
    smtp->begun |= ours;
    if (verb != NULL && !smtp->dialogue.certain && (ours || smtp_is_envelope(verb, line)))
        become_certain(smtp, out);
    bool unknown_worth = verb == NULL && !smtp->secrets && word.left >= 3 && words_is_keyword(word, SMTP_VERB_MOST);
    if (smtp->dialogue.certain && (unknown_worth || (verb != NULL && (verb->tells & SMTP_PLAIN) == 0)))
        facts_say_upper(out, FACT_SMTP_VERBS, word);
    if (verb != NULL)
        smtp->sasl.open = smtp->secrets = false;
    switch (command) {
    case SMTP_AUTH:
    case SMTP_EXPS:
        if (smtp->dialogue.certain)
            begin_auth(smtp, command == SMTP_AUTH ? FACT_SMTP_AUTH_USED : FACT_SMTP_EXPS_USED, line, out);
        return 0;
    case SMTP_DATA:
        /* Nothing but the body may follow; that the 354 is not seen yet changes nothing, another reply does. */
        dialogue_begin_text(&smtp->dialogue, FROM_CLIENT);
        return 0;
    case SMTP_BDAT:
        return smtp_number(dialogue_word(&line));
    case SMTP_XEXCH50:
        smtp->blob = smtp_number(dialogue_word(&line));
        return smtp->greeted ? 0 : smtp->blob; /* a server that is not seen will not be seen saying 354 */
    default:
        return 0;
    }
}

/* False when no talk of SMTP goes like this. */
static bool hear_client_line(struct smtp *smtp, struct bytes line, uint64_t *skip, struct facts *out)
{
    if (!smtp->dialogue.certain && !smtp_may_be_command(line))
        return false;
    smtp->dialogue.client_heard = true;
    if (sasl_answer(&smtp->sasl, line, out))
        return true;
    *skip = hear_command(smtp, line, out);
    return true;
}

/* A TLS record where a command should be: the 220 was not seen by us, but by the client. */
static struct dissected hear_tls(const struct smtp *smtp, struct facts *out)
{
    if (!smtp->dialogue.certain)
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
        if (dialogue_is_tls(&smtp->dialogue, FROM_CLIENT, in)) {
            if (in->left < 2)
                break;
            if (in->at[1] == 0x03)
                return hear_tls(smtp, out);
        }
        if (!dialogue_line(&smtp->dialogue, FROM_CLIENT, in, &line))
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
    if (smtp->dialogue.certain || smtp_greeting_tells(text) || smtp_turns_away(smtp->code, text))
        become_certain(smtp, out);
}

static void hear_auth_reply(struct smtp *smtp, struct bytes text, struct facts *out)
{
    if (smtp->code == 334) {
        sasl_challenge(&smtp->sasl, text, out);
        return;
    }
    dialogue_answer(&smtp->dialogue);
    if (smtp->code == 235) {
        sasl_accept(&smtp->sasl, out);
        smtp->authenticated = true;
        smtp->secrets = false;
    } else if (smtp->code >= 400) {
        sasl_refuse(&smtp->sasl, out);
    } else {
        smtp->sasl.open = smtp->sasl.challenged = false;
    }
}

static struct dissected hear_tls_reply(struct smtp *smtp, enum fact_key key, enum encryption upgrade, struct facts *out)
{
    dialogue_answer(&smtp->dialogue);
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
    dialogue_answer(&smtp->dialogue);
    if (smtp->code >= 400)
        facts_outcome(out, OUTCOME_DENIED);
    if (smtp->code >= 300)
        return;
    facts_outcome(out, OUTCOME_ACCEPTED);
    facts_encryption(out, ENCRYPTION_NONE);
    if (smtp->begun && !smtp->authenticated)
        facts_authentication(out, AUTHENTICATION_ANONYMOUS);
}

/* No to EHLO may be followed by HELO, to which a server that knows no EHLO says yes (RFC 5321 3.2). */
static void hear_hello_reply(struct smtp *smtp, struct facts *out)
{
    dialogue_answer(&smtp->dialogue);
    if (smtp->code >= 400)
        facts_outcome(out, OUTCOME_DENIED);
    else if (smtp->turned_away)
        facts_outcome(out, OUTCOME_ACCEPTED);
    smtp->turned_away = smtp->code >= 400;
}

/* 354 asks for more, and the same command gets a second reply. No to DATA means that what follows is no body, and yes
 * to a body that the server has seen its end, whatever the client wrote as such: unless commands are queued behind it,
 * for then its end was seen here as well, and a body that is open now is another's. */
static void hear_data_reply(struct smtp *smtp, enum smtp_command asked)
{
    if (asked != SMTP_BODY && smtp->code == 354) {
        dialogue_go_on(&smtp->dialogue, asked == SMTP_DATA ? SMTP_BODY : SMTP_OTHER);
        if (asked == SMTP_XEXCH50)
            smtp->blob_to_come = smtp->blob;
        return;
    }
    dialogue_answer(&smtp->dialogue);
    bool none_waits = dialogue_asked(&smtp->dialogue) == SMTP_NOBODY;
    if (none_waits && (asked == SMTP_DATA || (asked == SMTP_BODY && smtp->code < 300)))
        dialogue_end_text(&smtp->dialogue, FROM_CLIENT);
}

/* The last line of a reply, its code in `smtp->code`. */
static struct dissected hear_reply(struct smtp *smtp, struct bytes text, struct facts *out)
{
    enum smtp_command asked = smtp->dialogue.certain ? (enum smtp_command)smtp->answered : SMTP_OTHER;
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
    case SMTP_EHLO:
    case SMTP_HELO:
        hear_hello_reply(smtp, out);
        break;
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
    case SMTP_NOBODY:
    case SMTP_OTHER:
    case SMTP_BDAT:
        dialogue_answer(&smtp->dialogue);
    }
    return DISSECTED(DISSECT_MORE);
}

/* Whom the reply answers that begins with this line. */
static enum smtp_command reply_asked(struct smtp *smtp, bool last)
{
    /* A client may speak first, but only the greeting says these (RFC 5321 4.3.2); otherwise it was not captured. */
    enum smtp_command asked = (enum smtp_command)dialogue_asked(&smtp->dialogue);
    bool greeting =
        !smtp->greeted && (asked == SMTP_NOBODY || smtp->code == 220 || smtp->code == 554 || smtp->code == 421);
    smtp->greeted = true;
    if (greeting)
        return SMTP_GREETING;
    /* The client is not seen: of all replies only that to EHLO has several lines and code 250. */
    if (!smtp->dialogue.client_heard && smtp->code == 250 && !last)
        return SMTP_EHLO;
    return asked;
}

static struct dissected hear_server_line(struct smtp *smtp, struct bytes line, struct facts *out)
{
    bool last, first = smtp->code == 0;
    uint16_t code = smtp_reply_code(&line, &last);
    if (code == 0) /* a careless server in the middle of its reply, or no SMTP at all */
        return DISSECTED(smtp->dialogue.certain ? DISSECT_MORE : DISSECT_NOT_MINE);
    smtp->code = code;
    if (first) {
        smtp->answered = (uint8_t)reply_asked(smtp, last);
        if (smtp->answered == SMTP_GREETING)
            hear_greeting(smtp, line, out);
    } else if (smtp->answered == SMTP_EHLO && code == 250 && smtp->dialogue.certain) {
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
    while (in->left > 0 && dialogue_line(&smtp->dialogue, FROM_SERVER, in, &line)) {
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
    .longest_message = DIALOGUE_LINE_MOST,
    .beginnings = {{BEGINNING_TEXT, 0}},
    .probe = smtp_probe,
    .feed = smtp_feed,
};
