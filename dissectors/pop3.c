/* pop3: how a client of a mailbox proves who it is, and whether STLS was offered, used or refused.
 *
 * Hides pipelining (replies are matched to commands by a queue) and messages and lists (never read as replies). Once
 * the client is let in nothing more is to be learned: STLS and AUTH are over then (RFC 2595 4, RFC 5034 4). Rules: RFC
 * 1939 (POP3), RFC 2449 (CAPA, pipelining), RFC 2595 (STLS), RFC 5034 (AUTH). */
#include "dissectors/dialogue.h"
#include "dissectors/sasl.h"

#define GREETING_MOST 2048 /* RFC 1939 3 says 512 */

/* Commands by what their replies mean to us. */
enum pop3_command {
    POP3_NOBODY, /* no command is known that this reply answers */
    POP3_EARLY,  /* may come before any STLS and shows nothing */
    POP3_CAPA,
    POP3_STLS,
    POP3_USER,
    POP3_PASS,
    POP3_APOP,
    POP3_AUTH,
    POP3_MECHANISMS, /* AUTH alone: which are there? */
    POP3_LIST,       /* a text follows only when no message is named */
    POP3_TEXT,       /* a text follows */
    POP3_QUIT,
    POP3_OTHER,
};

struct pop3_verb {
    const char *word;
    enum pop3_command command;
    bool ours; /* no other protocol says it */
};

struct pop3 {
    struct dialogue dialogue;
    struct sasl sasl;
    uint8_t last_command; /* enum pop3_command */
    bool certain;         /* nothing but POP3 could have said what was said */
    bool greeted, client_heard;
    bool user;    /* USER was said before that was certain */
    bool listing; /* the server's lines are capabilities, up to a lone dot */
};

static const struct pop3_verb verbs[] = {
    {"USER", POP3_USER, false},  {"PASS", POP3_PASS, false},  {"APOP", POP3_APOP, true},   {"AUTH", POP3_AUTH, false},
    {"CAPA", POP3_CAPA, true},   {"STLS", POP3_STLS, true},   {"QUIT", POP3_QUIT, false},  {"NOOP", POP3_EARLY, false},
    {"LANG", POP3_EARLY, false}, {"UTF8", POP3_EARLY, false}, {"STAT", POP3_OTHER, false}, {"LIST", POP3_LIST, false},
    {"UIDL", POP3_LIST, true},   {"RETR", POP3_TEXT, false},  {"TOP", POP3_TEXT, false},   {"DELE", POP3_OTHER, false},
    {"RSET", POP3_OTHER, false}, {"LAST", POP3_OTHER, false},
};

static const struct pop3_verb *verb_of(struct bytes word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (bytes_are(word, verbs[i].word))
            return &verbs[i];
    return NULL;
}

static void become_certain(struct pop3 *pop3, struct facts *out)
{
    pop3->certain = true;
    if (pop3->user)
        facts_say_text(out, FACT_POP3_AUTH_USED, "USER");
    pop3->user = false;
}

/* Acts on a command line and says which kind its reply will be. */
static enum pop3_command hear_verb(struct pop3 *pop3, enum pop3_command command, struct bytes arguments,
                                   struct facts *out)
{
    struct bytes first = dialogue_word(&arguments), second = dialogue_word(&arguments);
    if (command == POP3_LIST && first.left > 0)
        return POP3_OTHER;
    if (command == POP3_AUTH && first.left == 0)
        return POP3_MECHANISMS;
    if (command == POP3_USER && !pop3->certain)
        pop3->user = true;
    if (!pop3->certain)
        return command;
    if (command == POP3_USER)
        facts_say_text(out, FACT_POP3_AUTH_USED, "USER");
    if (command == POP3_APOP)
        facts_say_text(out, FACT_POP3_AUTH_USED, "APOP");
    if (command == POP3_PASS || command == POP3_APOP)
        facts_encryption(out, ENCRYPTION_NONE);
    if (command == POP3_AUTH)
        sasl_begin(&pop3->sasl, FACT_POP3_AUTH_USED, first, second, out);
    return command;
}

/* False when no talk of POP3 goes like this. */
static bool hear_client_line(struct pop3 *pop3, struct bytes line, struct facts *out)
{
    struct bytes arguments = line;
    const struct pop3_verb *verb = verb_of(dialogue_word(&arguments));
    pop3->client_heard = true;
    /* A verb looks like base64 as well, and is an answer only to a question. */
    if ((verb == NULL || pop3->sasl.challenged) && sasl_answer(&pop3->sasl, line, out))
        return true;
    if (verb == NULL && !pop3->certain)
        return false;
    if (verb != NULL && verb->ours && !pop3->certain)
        become_certain(pop3, out);
    enum pop3_command command = verb != NULL ? hear_verb(pop3, verb->command, arguments, out) : POP3_OTHER;
    pop3->last_command = (uint8_t)command;
    dialogue_ask(&pop3->dialogue, (uint8_t)command);
    return true;
}

static struct dissected say_stls(struct facts *out)
{
    facts_say_text(out, FACT_POP3_STLS, "used");
    return DISSECTED_UPGRADE(ENCRYPTION_STARTTLS);
}

/* USER and PASS, APOP: what their replies amount to. */
static struct dissected hear_login_reply(enum pop3_command asked, bool yes, struct facts *out)
{
    facts_encryption(out, ENCRYPTION_NONE);
    if (!yes)
        facts_outcome(out, OUTCOME_DENIED);
    if (!yes || asked == POP3_USER)
        return DISSECTED(DISSECT_MORE);
    facts_authentication(out, asked == POP3_APOP ? AUTHENTICATION_DIGEST : AUTHENTICATION_BASIC);
    facts_outcome(out, OUTCOME_ACCEPTED);
    return DISSECTED(DISSECT_DONE);
}

static struct dissected hear_reply(struct pop3 *pop3, enum pop3_command asked, bool yes, struct facts *out)
{
    switch (asked) {
    case POP3_CAPA:
        pop3->listing = yes;
        break;
    case POP3_STLS:
        if (yes)
            return say_stls(out);
        facts_say_text(out, FACT_POP3_STLS, "refused");
        facts_outcome(out, OUTCOME_DENIED);
        pop3->last_command = POP3_OTHER;
        break;
    case POP3_USER:
    case POP3_PASS:
    case POP3_APOP:
        return hear_login_reply(asked, yes, out);
    case POP3_AUTH:
        (yes ? sasl_accept : sasl_refuse)(&pop3->sasl, out);
        return DISSECTED(yes ? DISSECT_DONE : DISSECT_MORE);
    case POP3_MECHANISMS:
    case POP3_LIST:
    case POP3_TEXT:
        if (yes)
            dialogue_begin_text(&pop3->dialogue, FROM_SERVER);
        if (asked != POP3_MECHANISMS)
            facts_encryption(out, ENCRYPTION_NONE);
        break;
    case POP3_QUIT:
        return DISSECTED(DISSECT_DONE);
    case POP3_OTHER:
        facts_encryption(out, ENCRYPTION_NONE);
        break;
    case POP3_NOBODY:
    case POP3_EARLY:
        break;
    }
    return DISSECTED(DISSECT_MORE);
}

static struct dissected hear_server_line(struct pop3 *pop3, struct bytes line, struct facts *out)
{
    struct bytes rest = line, status = dialogue_word(&rest);
    bool yes = bytes_are(status, "+OK"), no = bytes_are(status, "-ERR");
    if (pop3->listing) {
        pop3->listing = !bytes_are(line, ".");
        if (bytes_are(status, "STLS"))
            facts_say_text(out, FACT_POP3_STLS, "offered");
        return DISSECTED(DISSECT_MORE);
    }
    if (!yes && !no) {
        if (!pop3->certain)
            return DISSECTED(DISSECT_NOT_MINE);
        if (bytes_are(status, "+") && pop3->sasl.open)
            sasl_challenge(&pop3->sasl, dialogue_word(&rest), out);
        return DISSECTED(DISSECT_MORE);
    }
    become_certain(pop3, out);
    enum pop3_command asked = (enum pop3_command)dialogue_asked(&pop3->dialogue);
    bool greeting = !pop3->greeted && asked == POP3_NOBODY;
    pop3->greeted = true;
    if (greeting) {
        if (no)
            facts_outcome(out, OUTCOME_DENIED);
        return DISSECTED(DISSECT_MORE);
    }
    dialogue_answer(&pop3->dialogue);
    return hear_reply(pop3, asked, yes, out);
}

/* TLS where a line should be: the reply to STLS was not seen by us, or the client is not seen at all. */
static struct dissected hear_tls(const struct pop3 *pop3, enum direction from, struct facts *out)
{
    if (!pop3->certain)
        return DISSECTED(DISSECT_NOT_MINE);
    if (pop3->last_command == POP3_STLS || (from == FROM_SERVER && !pop3->client_heard))
        return say_stls(out);
    return DISSECTED(DISSECT_DONE);
}

static struct dissected pop3_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct pop3 *pop3 = state;
    struct bytes line;
    while (in->left > 0) {
        if (dialogue_is_tls(&pop3->dialogue, from, in))
            return hear_tls(pop3, from, out);
        if (!dialogue_line(&pop3->dialogue, from, in, &line))
            break;
        if (from == FROM_CLIENT) {
            if (!hear_client_line(pop3, line, out))
                return DISSECTED(DISSECT_NOT_MINE);
            continue;
        }
        struct dissected answer = hear_server_line(pop3, line, out);
        if (answer.answer != DISSECT_MORE)
            return answer;
    }
    return DISSECTED(DISSECT_MORE);
}

static bool begins_a_verb(struct bytes word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (dialogue_begins(word, verbs[i].word))
            return true;
    return false;
}

/* FTP says USER, PASS and more as well, and SMTP says AUTH, so that the lines after them are asked, too. */
static enum likeness probe_client(struct bytes head)
{
    struct bytes line;
    if (bytes_upper(head.at[0]) < 'A' || bytes_upper(head.at[0]) > 'Z')
        return LIKE_NOT;
    while (head.left > 0) {
        bool whole = dialogue_first_line(&head, &line);
        struct bytes word = dialogue_word(&line);
        const struct pop3_verb *verb = verb_of(word);
        if (verb == NULL)
            return !whole && line.left == 0 && begins_a_verb(word) ? LIKE_MAYBE : LIKE_NOT;
        if (whole && verb->ours)
            return LIKE_YES;
        if (verb->command == POP3_AUTH) /* what follows may be a token */
            return LIKE_MAYBE;
    }
    return LIKE_MAYBE;
}

/* Nobody else greets with "+OK" and a text; "+OK" alone and "-ERR" are said by others, too. */
static enum likeness probe_server(struct bytes head)
{
    struct bytes line;
    if (head.at[0] != '+' && head.at[0] != '-')
        return LIKE_NOT;
    bool whole = dialogue_first_line(&head, &line);
    if (!dialogue_is_text(line) || line.left > GREETING_MOST)
        return LIKE_NOT;
    struct bytes status = dialogue_word(&line);
    if (!whole && line.left == 0)
        return dialogue_begins(status, "+OK") || dialogue_begins(status, "-ERR") ? LIKE_MAYBE : LIKE_NOT;
    if (bytes_are(status, "+OK"))
        return whole && dialogue_word(&line).left > 0 ? LIKE_YES : LIKE_MAYBE;
    return bytes_are(status, "-ERR") ? LIKE_MAYBE : LIKE_NOT;
}

static enum likeness pop3_probe(struct bytes head, enum direction from)
{
    return from == FROM_CLIENT ? probe_client(head) : probe_server(head);
}

const struct dissector dissector_pop3 = {
    .name = "pop3",
    .summary = "POP3: STLS, USER, APOP and AUTH",
    .transports = TRANSPORT_TCP,
    .ports = {110},
    .state_size = sizeof(struct pop3),
    .longest_message = DIALOGUE_LINE_MOST,
    .probe = pop3_probe,
    .feed = pop3_feed,
};
