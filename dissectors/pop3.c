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

/* What a verb alone tells about the protocol. */
enum { SHARED, OURS }; /* others say it as well; nobody else says it */

struct pop3 {
    struct dialogue dialogue;
    struct sasl sasl;
    bool greeted;
    bool user;    /* USER was said before that was certain */
    bool listing; /* the server's lines are capabilities, up to a lone dot */
};

static const struct dialogue_verb verb_table[] = {
    {"USER", POP3_USER, SHARED},  {"PASS", POP3_PASS, SHARED},  {"APOP", POP3_APOP, OURS},
    {"AUTH", POP3_AUTH, SHARED},  {"CAPA", POP3_CAPA, OURS},    {"STLS", POP3_STLS, OURS},
    {"QUIT", POP3_QUIT, SHARED},  {"NOOP", POP3_EARLY, SHARED}, {"LANG", POP3_EARLY, SHARED},
    {"UTF8", POP3_EARLY, SHARED}, {"STAT", POP3_OTHER, SHARED}, {"LIST", POP3_LIST, SHARED},
    {"UIDL", POP3_LIST, OURS},    {"RETR", POP3_TEXT, SHARED},  {"TOP", POP3_TEXT, SHARED},
    {"DELE", POP3_OTHER, SHARED}, {"RSET", POP3_OTHER, SHARED}, {"LAST", POP3_OTHER, SHARED},
};
static const struct dialogue_verbs verbs = DIALOGUE_VERBS(verb_table);

static void become_certain(struct pop3 *pop3, struct facts *out)
{
    pop3->dialogue.certain = true;
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
    if (command == POP3_USER && !pop3->dialogue.certain)
        pop3->user = true;
    if (!pop3->dialogue.certain)
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
static bool hear_client_line(void *state, struct bytes line, struct facts *out)
{
    struct pop3 *pop3 = state;
    struct bytes arguments = line;
    const struct dialogue_verb *verb = dialogue_verb_of(verbs, dialogue_word(&arguments));
    /* A verb looks like base64 as well, and is an answer only to a question. */
    if ((verb == NULL || pop3->sasl.challenged) && sasl_answer(&pop3->sasl, line, out))
        return true;
    if (verb == NULL && !pop3->dialogue.certain)
        return false;
    if (verb != NULL && verb->tells == OURS && !pop3->dialogue.certain)
        become_certain(pop3, out);
    enum pop3_command command =
        verb != NULL ? hear_verb(pop3, (enum pop3_command)verb->command, arguments, out) : POP3_OTHER;
    pop3->dialogue.tls_asked = command == POP3_STLS;
    dialogue_ask(&pop3->dialogue, (uint8_t)command);
    return true;
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
        return dialogue_starttls(&pop3->dialogue, FACT_POP3_STLS, yes, out);
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

static struct dissected hear_server_line(void *state, struct bytes line, struct facts *out)
{
    struct pop3 *pop3 = state;
    struct bytes rest = line, status = dialogue_word(&rest);
    bool yes = bytes_are(status, "+OK"), no = bytes_are(status, "-ERR");
    if (pop3->listing) {
        pop3->listing = !bytes_are(line, ".");
        if (bytes_are(status, "STLS"))
            facts_say_text(out, FACT_POP3_STLS, "offered");
        return DISSECTED(DISSECT_MORE);
    }
    if (!yes && !no) {
        if (!pop3->dialogue.certain)
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

static struct dissected pop3_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    static const struct dialogue_ears ears = {FACT_POP3_STLS, hear_client_line, hear_server_line};
    return dialogue_feed(state, &ears, from, in, out);
}

/* FTP says USER, PASS and more as well, and SMTP says AUTH, so that the lines after them are asked, too. */
static enum likeness probe_client(struct bytes head)
{
    struct bytes line;
    if (bytes_upper(head.at[0]) < 'A' || bytes_upper(head.at[0]) > 'Z' || dialogue_begins_otherwise(verbs, head))
        return LIKE_NOT;
    while (head.left > 0) {
        bool whole = dialogue_first_line(&head, &line);
        struct bytes word = dialogue_word(&line);
        const struct dialogue_verb *verb = dialogue_verb_of(verbs, word);
        if (verb == NULL)
            return !whole && line.left == 0 && dialogue_begins_verb(verbs, word) ? LIKE_MAYBE : LIKE_NOT;
        if (whole && verb->tells == OURS)
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
    .beginnings = {{BEGINNING_TEXT, 0}},
    .probe = pop3_probe,
    .feed = pop3_feed,
};
