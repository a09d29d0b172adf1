/* imap: how a client of a mailbox proves who it is, and whether STARTTLS was offered, used or refused.
 *
 * Hides literals (dropped by count in both directions, never read as commands or replies) and tags, by which replies
 * find their commands in any order. Once the client is let in nothing more is to be learned: STARTTLS and AUTHENTICATE
 * are over then. Rules: RFC 3501 and RFC 9051 (IMAP4), RFC 7888 (literals that do not wait), RFC 4959 (initial
 * response). */
#include "dissectors/dialogue.h"
#include "dissectors/sasl.h"
#include "dissectors/words.h"

#define GREETING_MOST 4096
#define TAG_MOST      31
#define ASKED_MOST    16 /* commands whose replies are waited for; before a login few are sent at once */

/* Commands by what their replies mean to us. */
enum imap_command { IMAP_NOBODY, IMAP_EARLY, IMAP_STARTTLS, IMAP_LOGIN, IMAP_AUTHENTICATE, IMAP_LOGOUT, IMAP_OTHER };

/* What a verb tells: with so many arguments, behind a tag that is no word, no other protocol says it. */
enum { NEVER = UINT8_MAX };

struct asked {
    uint8_t command; /* enum imap_command; IMAP_NOBODY when the place is free */
    uint8_t length;
    uint8_t tag[TAG_MOST];
};

struct imap {
    struct dialogue dialogue;
    struct sasl sasl;
    struct asked asked[ASKED_MOST];
    uint64_t literal; /* bytes of a literal that the client sends next, unless it is told not to */
    uint8_t next;     /* place in `asked` of the next command */
    uint8_t last;     /* and of the last one */
    bool greeted;
    bool continued[2]; /* the next line goes on behind a literal */
};

static const struct dialogue_verb verb_table[] = {
    {"CAPABILITY", IMAP_EARLY, 0},  {"STARTTLS", IMAP_STARTTLS, 0},
    {"LOGIN", IMAP_LOGIN, 2},       {"AUTHENTICATE", IMAP_AUTHENTICATE, 1},
    {"LOGOUT", IMAP_LOGOUT, 0},     {"NAMESPACE", IMAP_OTHER, 0},
    {"NOOP", IMAP_EARLY, 0},        {"ID", IMAP_EARLY, NEVER},
    {"ENABLE", IMAP_EARLY, NEVER},  {"SELECT", IMAP_OTHER, NEVER},
    {"EXAMINE", IMAP_OTHER, NEVER}, {"LIST", IMAP_OTHER, NEVER},
    {"LSUB", IMAP_OTHER, NEVER},    {"STATUS", IMAP_OTHER, NEVER},
    {"APPEND", IMAP_OTHER, NEVER},  {"IDLE", IMAP_OTHER, NEVER},
    {"UID", IMAP_OTHER, NEVER},     {"FETCH", IMAP_OTHER, NEVER},
    {"STORE", IMAP_OTHER, NEVER},   {"SEARCH", IMAP_OTHER, NEVER},
};
static const struct dialogue_verbs verbs = DIALOGUE_VERBS(verb_table);

/* RFC 9051 9: any ASTRING-CHAR but "+". */
static bool is_tag_octet(uint8_t c)
{
    switch (c) {
    case '(':
    case ')':
    case '{':
    case '%':
    case '*':
    case '"':
    case '\\':
    case '+':
        return false;
    default:
        return c > ' ' && c < 0x7f;
    }
}

static bool is_tag(struct bytes word)
{
    for (size_t i = 0; i < word.left; i++)
        if (!is_tag_octet(word.at[i]))
            return false;
    return word.left > 0 && word.left <= TAG_MOST;
}

/* Does a line begin with a tag, up to the first white space in it? */
static bool begins_with_tag(struct bytes line)
{
    size_t length = 0;
    while (length < line.left && is_tag_octet(line.at[length]))
        length++;
    return length > 0 && (length == line.left || line.at[length] <= ' ');
}

/* Could this tag not be the command of another protocol, as in AUTH LOGIN? */
static bool tag_is_no_word(struct bytes tag)
{
    for (size_t i = 0; i < tag.left; i++)
        if (bytes_upper(tag.at[i]) < 'A' || bytes_upper(tag.at[i]) > 'Z')
            return true;
    return tag.left == 1;
}

static enum likeness like_command(struct bytes tag, const struct dialogue_verb *verb, struct bytes arguments)
{
    size_t count = 0;
    if (verb == NULL || !is_tag(tag))
        return LIKE_NOT;
    while (dialogue_word(&arguments).left > 0)
        count++;
    bool fits = verb->tells == 0 ? count == 0 : verb->tells != NEVER && count >= verb->tells;
    return fits && tag_is_no_word(tag) ? LIKE_YES : LIKE_MAYBE;
}

/* The count of the literal that a line ends with (RFC 9051 4.3): {n}, {n+}. False when it ends with none. */
static bool ends_in_literal(struct bytes line, uint64_t *count)
{
    size_t open = line.left;
    while (open > 0 && line.at[open - 1] != '{')
        open--;
    if (open == 0)
        return false;
    bytes_skip(&line, open);
    uint64_t number = 0;
    size_t digits = 0;
    while (line.left > 0 && line.at[0] >= '0' && line.at[0] <= '9' && digits < 18) {
        number = number * 10 + (uint64_t)(bytes_u8(&line) - '0');
        digits++;
    }
    if (digits == 0 || !(bytes_are(line, "}") || bytes_are(line, "+}")))
        return false;
    *count = number;
    return true;
}

static void ask(struct imap *imap, struct bytes tag, enum imap_command command)
{
    imap->last = imap->next;
    imap->next = (uint8_t)((imap->next + 1) % ASKED_MOST);
    struct asked *asked = &imap->asked[imap->last];
    asked->command = (uint8_t)command;
    asked->length = (uint8_t)tag.left;
    memcpy(asked->tag, tag.at, tag.left);
    imap->dialogue.tls_asked = command == IMAP_STARTTLS;
}

/* The place of the command with this tag, the oldest one first, for "." and the like are used again and again; or NULL.
 */
static struct asked *asked_by(struct imap *imap, struct bytes tag)
{
    for (size_t i = 0; i < ASKED_MOST; i++) {
        struct asked *asked = &imap->asked[(imap->next + i) % ASKED_MOST];
        if (asked->command != IMAP_NOBODY && asked->length == tag.left && memcmp(asked->tag, tag.at, tag.left) == 0)
            return asked;
    }
    return NULL;
}

/* False when no talk of IMAP goes like this. */
static bool hear_command(struct imap *imap, struct bytes line, struct facts *out)
{
    struct bytes tag = dialogue_word(&line);
    const struct dialogue_verb *verb = dialogue_verb_of(verbs, dialogue_word(&line));
    enum likeness like = like_command(tag, verb, line);
    imap->dialogue.certain |= like == LIKE_YES;
    if (!imap->dialogue.certain)
        return like != LIKE_NOT;
    if (!is_tag(tag)) /* DONE, which ends IDLE, is taken for a tag and does no harm */
        return true;
    enum imap_command command = verb != NULL ? (enum imap_command)verb->command : IMAP_OTHER;
    ask(imap, tag, command);
    if (command == IMAP_LOGIN) {
        facts_say_text(out, FACT_IMAP_AUTH_USED, "LOGIN");
        facts_encryption(out, ENCRYPTION_NONE);
    }
    if (command == IMAP_AUTHENTICATE) {
        struct bytes name = dialogue_word(&line);
        sasl_begin(&imap->sasl, FACT_IMAP_AUTH_USED, name, dialogue_word(&line), out);
    }
    return true;
}

static bool hear_client_line(struct imap *imap, struct bytes line, struct facts *out)
{
    bool continued = imap->continued[FROM_CLIENT];
    imap->dialogue.client_heard = true;
    if (!continued && sasl_answer(&imap->sasl, line, out))
        return true;
    if (!continued && !hear_command(imap, line, out))
        return false;
    imap->continued[FROM_CLIENT] = imap->dialogue.certain && ends_in_literal(line, &imap->literal);
    return true;
}

/* Capabilities, after their keyword, up to the end of the line or a bracket. */
static void hear_capabilities(struct bytes words, struct facts *out)
{
    bool last = false;
    while (words.left > 0 && !last) {
        struct bytes word = dialogue_word(&words);
        last = word.left > 0 && word.at[word.left - 1] == ']';
        word.left -= last;
        if (bytes_are(word, "STARTTLS"))
            facts_say_text(out, FACT_IMAP_STARTTLS, "offered");
    }
}

static struct dissected hear_completion(struct imap *imap, enum imap_command asked, bool yes, struct facts *out)
{
    switch (asked) {
    case IMAP_STARTTLS:
        return dialogue_starttls(&imap->dialogue, FACT_IMAP_STARTTLS, yes, out);
    case IMAP_LOGIN:
        facts_outcome(out, yes ? OUTCOME_ACCEPTED : OUTCOME_DENIED);
        if (yes)
            facts_authentication(out, AUTHENTICATION_BASIC);
        return DISSECTED(yes ? DISSECT_DONE : DISSECT_MORE);
    case IMAP_AUTHENTICATE:
        (yes ? sasl_accept : sasl_refuse)(&imap->sasl, out);
        return DISSECTED(yes ? DISSECT_DONE : DISSECT_MORE);
    case IMAP_LOGOUT:
        return DISSECTED(DISSECT_DONE);
    case IMAP_OTHER:
        facts_encryption(out, ENCRYPTION_NONE);
        break;
    case IMAP_NOBODY:
    case IMAP_EARLY:
        break;
    }
    return DISSECTED(DISSECT_MORE);
}

static struct dissected hear_greeting(struct imap *imap, struct bytes status, struct facts *out)
{
    bool preauth = bytes_are(status, "PREAUTH"), bye = bytes_are(status, "BYE");
    if (!imap->dialogue.certain && !preauth && !bye && !bytes_are(status, "OK"))
        return DISSECTED(DISSECT_NOT_MINE);
    imap->dialogue.certain = true;
    if (bye)
        facts_outcome(out, OUTCOME_DENIED);
    if (!preauth)
        return DISSECTED(DISSECT_MORE);
    facts_outcome(out, OUTCOME_ACCEPTED); /* known by other means; STARTTLS is over (RFC 9051 7.1.4) */
    facts_encryption(out, ENCRYPTION_NONE);
    return DISSECTED(DISSECT_DONE);
}

/* A reply with the tag of a command, or one that nobody asked for. */
static struct dissected hear_tagged(struct imap *imap, struct bytes tag, struct bytes status, struct facts *out)
{
    struct asked *asked = asked_by(imap, tag);
    if (asked == NULL)
        return DISSECTED(DISSECT_MORE);
    enum imap_command command = (enum imap_command)asked->command;
    asked->command = IMAP_NOBODY;
    if (asked == &imap->asked[imap->last]) { /* the client need not go on (RFC 9051 7.6) */
        imap->literal = 0;
        imap->continued[FROM_CLIENT] = false;
    }
    return hear_completion(imap, command, bytes_are(status, "OK"), out);
}

/* One line of the server; `literal` is what it ends with. */
static struct dissected hear_server_line(struct imap *imap, struct bytes line, uint64_t *literal, struct facts *out)
{
    struct bytes rest = line, tag = dialogue_word(&rest), status = dialogue_word(&rest), code = rest;
    bool untagged = bytes_are(tag, "*"), first = !imap->greeted;
    bool told = bytes_are(status, "OK") || bytes_are(status, "NO") || bytes_are(status, "BAD");
    if (!imap->dialogue.certain && !untagged)
        return DISSECTED(DISSECT_NOT_MINE);
    imap->greeted = true;
    if (bytes_are(tag, "+")) {
        if (imap->sasl.open) {
            bytes_skip(&line, 1);
            sasl_challenge(&imap->sasl, dialogue_word(&line), out);
        }
        return DISSECTED(DISSECT_MORE);
    }
    struct dissected answer = DISSECTED(DISSECT_MORE);
    if (untagged && first)
        answer = hear_greeting(imap, status, out);
    else if (!untagged && told)
        answer = hear_tagged(imap, tag, status, out);
    if (answer.answer == DISSECT_NOT_MINE)
        return answer;
    if (untagged && bytes_are(status, "CAPABILITY"))
        hear_capabilities(rest, out);
    else if ((told || bytes_are(status, "PREAUTH")) && bytes_are(dialogue_word(&code), "[CAPABILITY"))
        hear_capabilities(code, out);
    if (untagged && !told)
        imap->continued[FROM_SERVER] = ends_in_literal(line, literal);
    return answer;
}

static struct dissected feed_server(struct imap *imap, struct bytes *in, struct facts *out)
{
    struct bytes line;
    while (in->left > 0) {
        uint64_t literal = 0;
        if (!imap->continued[FROM_SERVER] && dialogue_is_tls(&imap->dialogue, FROM_SERVER, in))
            return dialogue_hear_tls(&imap->dialogue, FACT_IMAP_STARTTLS, FROM_SERVER, out);
        if (!dialogue_line(&imap->dialogue, FROM_SERVER, in, &line))
            break;
        struct dissected answer = DISSECTED(DISSECT_MORE);
        if (imap->continued[FROM_SERVER])
            imap->continued[FROM_SERVER] = ends_in_literal(line, &literal);
        else
            answer = hear_server_line(imap, line, &literal, out);
        if (answer.answer != DISSECT_MORE)
            return answer;
        if (literal > 0)
            return DISSECTED_SKIP(literal);
    }
    return DISSECTED(DISSECT_MORE);
}

/* A literal is dropped when its first byte comes: until then the server may still say no to it. */
static struct dissected feed_client(struct imap *imap, struct bytes *in, struct facts *out)
{
    struct bytes line;
    while (in->left > 0) {
        uint64_t literal = imap->literal;
        imap->literal = 0;
        if (literal > 0)
            return DISSECTED_SKIP(literal);
        if (!imap->continued[FROM_CLIENT] && dialogue_is_tls(&imap->dialogue, FROM_CLIENT, in))
            return dialogue_hear_tls(&imap->dialogue, FACT_IMAP_STARTTLS, FROM_CLIENT, out);
        if (!dialogue_line(&imap->dialogue, FROM_CLIENT, in, &line))
            break;
        if (!hear_client_line(imap, line, out))
            return DISSECTED(DISSECT_NOT_MINE);
    }
    return DISSECTED(DISSECT_MORE);
}

static struct dissected imap_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    return from == FROM_CLIENT ? feed_client(state, in, out) : feed_server(state, in, out);
}

static enum likeness probe_client(struct bytes head)
{
    struct bytes line;
    if (!begins_with_tag(head))
        return LIKE_NOT;
    bool whole = dialogue_first_line(&head, &line);
    struct bytes tag = dialogue_word(&line);
    bool more = line.left > 0;
    struct bytes word = dialogue_word(&line);
    if (whole)
        return like_command(tag, dialogue_verb_of(verbs, word), line);
    if (!more)
        return is_tag(tag) ? LIKE_MAYBE : LIKE_NOT;
    return is_tag(tag) && (line.left > 0 ? dialogue_verb_of(verbs, word) != NULL : dialogue_begins_verb(verbs, word))
               ? LIKE_MAYBE
               : LIKE_NOT;
}

/* "* OK" may be the greeting of a relative of IMAP; its first lines tell. */
static enum likeness probe_server(struct bytes head)
{
    struct bytes rest = head, line;
    if (head.at[0] != '*')
        return LIKE_NOT;
    bool whole = dialogue_first_line(&rest, &line);
    struct bytes star = dialogue_word(&line);
    bool more = line.left > 0;
    struct bytes status = dialogue_word(&line);
    bool begins = dialogue_begins(status, "OK") || dialogue_begins(status, "PREAUTH") || dialogue_begins(status, "BYE");
    bool is = bytes_are(status, "OK") || bytes_are(status, "PREAUTH") || bytes_are(status, "BYE");
    if (!bytes_are(star, "*") || !dialogue_is_text(line))
        return LIKE_NOT;
    if (!whole && line.left == 0)
        return !more || begins ? LIKE_MAYBE : LIKE_NOT;
    if (!is)
        return LIKE_NOT;
    head = bytes_take(&head, head.left < GREETING_MOST ? head.left : GREETING_MOST);
    return words_contain(head, "IMAP") || words_contain(head, "[CAPABILITY ") ? LIKE_YES : LIKE_MAYBE;
}

static enum likeness imap_probe(struct bytes head, enum direction from)
{
    return from == FROM_CLIENT ? probe_client(head) : probe_server(head);
}

const struct dissector dissector_imap = {
    .name = "imap",
    .summary = "IMAP4: STARTTLS, LOGIN and AUTHENTICATE",
    .transports = TRANSPORT_TCP,
    .ports = {143},
    .state_size = sizeof(struct imap),
    .longest_message = DIALOGUE_LINE_MOST,
    .beginnings = {{BEGINNING_TEXT, 0}},
    .probe = imap_probe,
    .feed = imap_feed,
};
