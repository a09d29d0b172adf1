/* nntp: how a client of a news server proves who it is, and whether STARTTLS was offered, used or refused.
 *
 * Hides pipelining (replies are matched to commands by a queue) and articles and lists in both directions (never read
 * as lines of the dialogue). Rules: RFC 3977 (NNTP), RFC 2980 (older commands), RFC 4642 (STARTTLS), RFC 4643
 * (AUTHINFO), RFC 4644 (TAKETHIS), RFC 8054 (COMPRESS); AUTHINFO GENERIC as Windows speaks it (MS-NNTP 2.2). */
#include "dissectors/dialogue.h"
#include "dissectors/sasl.h"
#include "dissectors/words.h"

#define GREETING_MOST 2048 /* RFC 3977 3.1 says 512 */

/* Commands by what their replies mean to us. */
enum nntp_command {
    NNTP_NOBODY, /* no command is known that this reply answers */
    NNTP_EARLY,  /* may come before any STARTTLS and shows nothing */
    NNTP_MODE,
    NNTP_STARTTLS,
    NNTP_AUTHINFO, /* what comes after it says which */
    NNTP_USER,
    NNTP_PASS,
    NNTP_SASL,
    NNTP_GROUP,
    NNTP_POST,    /* an article follows a 3xx */
    NNTP_ARTICLE, /* that got its 3xx; or one that follows at once */
    NNTP_COMPRESS,
    NNTP_QUIT,
    NNTP_OTHER,
};

/* What a verb alone tells about the protocol. */
enum shape {
    SHAPE_SHARED,  /* others say it as well */
    SHAPE_OURS,    /* nobody else says it */
    SHAPE_NUMBER,  /* HTTP says it as well, but with a path */
    SHAPE_NOTHING, /* the same; with us it has no argument */
};

struct nntp {
    struct dialogue dialogue;
    struct sasl sasl;
    bool greeted;
    bool turned_away; /* the greeting was a no */
    bool listing;     /* the server's lines are capabilities, up to a lone dot */
};

static const struct dialogue_verb verb_table[] = {
    {"MODE", NNTP_MODE, SHAPE_SHARED},         {"CAPABILITIES", NNTP_EARLY, SHAPE_OURS},
    {"STARTTLS", NNTP_STARTTLS, SHAPE_SHARED}, {"AUTHINFO", NNTP_AUTHINFO, SHAPE_OURS},
    {"QUIT", NNTP_QUIT, SHAPE_SHARED},         {"HELP", NNTP_EARLY, SHAPE_SHARED},
    {"DATE", NNTP_EARLY, SHAPE_SHARED},        {"SLAVE", NNTP_EARLY, SHAPE_SHARED},
    {"GROUP", NNTP_GROUP, SHAPE_OURS},         {"LISTGROUP", NNTP_OTHER, SHAPE_OURS},
    {"ARTICLE", NNTP_OTHER, SHAPE_OURS},       {"HEAD", NNTP_OTHER, SHAPE_NUMBER},
    {"BODY", NNTP_OTHER, SHAPE_NUMBER},        {"STAT", NNTP_OTHER, SHAPE_NUMBER},
    {"NEXT", NNTP_OTHER, SHAPE_NOTHING},       {"LAST", NNTP_OTHER, SHAPE_NOTHING},
    {"LIST", NNTP_OTHER, SHAPE_SHARED},        {"OVER", NNTP_OTHER, SHAPE_SHARED},
    {"XOVER", NNTP_OTHER, SHAPE_OURS},         {"HDR", NNTP_OTHER, SHAPE_SHARED},
    {"XHDR", NNTP_OTHER, SHAPE_OURS},          {"XPAT", NNTP_OTHER, SHAPE_OURS},
    {"NEWGROUPS", NNTP_OTHER, SHAPE_OURS},     {"NEWNEWS", NNTP_OTHER, SHAPE_OURS},
    {"POST", NNTP_POST, SHAPE_NOTHING},        {"IHAVE", NNTP_POST, SHAPE_OURS},
    {"CHECK", NNTP_OTHER, SHAPE_SHARED},       {"TAKETHIS", NNTP_ARTICLE, SHAPE_OURS},
    {"COMPRESS", NNTP_COMPRESS, SHAPE_SHARED},
};
static const struct dialogue_verbs verbs = DIALOGUE_VERBS(verb_table);

/* What a whole command line tells about the protocol. */
static enum likeness like_command(const struct dialogue_verb *verb, struct bytes arguments)
{
    struct bytes first = dialogue_word(&arguments);
    if (verb == NULL || (verb->tells == SHAPE_NOTHING && first.left > 0))
        return LIKE_NOT;
    if (verb->tells == SHAPE_NUMBER && first.left > 0 && first.at[0] != '<' && (first.at[0] < '0' || first.at[0] > '9'))
        return LIKE_NOT;
    if (verb->command == NNTP_MODE)
        return bytes_are(first, "READER") || bytes_are(first, "STREAM") ? LIKE_YES : LIKE_MAYBE;
    bool bare = first.left == 0 && (verb->command == NNTP_GROUP || verb->command == NNTP_AUTHINFO);
    return verb->tells == SHAPE_OURS && !bare ? LIKE_YES : LIKE_MAYBE;
}

static void become_certain(struct nntp *nntp, struct facts *out)
{
    nntp->dialogue.certain = true;
    if (nntp->turned_away)
        facts_outcome(out, OUTCOME_DENIED);
    nntp->turned_away = false;
}

/* Acts on AUTHINFO and says which it is. */
static enum nntp_command hear_authinfo(struct nntp *nntp, struct bytes arguments, struct facts *out)
{
    struct bytes kind = dialogue_word(&arguments), name = dialogue_word(&arguments);
    if (bytes_are(kind, "USER")) {
        facts_say_text(out, FACT_NNTP_AUTH_USED, "USER");
        return NNTP_USER;
    }
    if (bytes_are(kind, "PASS")) {
        facts_encryption(out, ENCRYPTION_NONE);
        return NNTP_PASS;
    }
    bool generic = bytes_are(kind, "GENERIC");
    if (generic && nntp->sasl.open) /* each token comes with the command before it */
        (void)sasl_answer(&nntp->sasl, name, out);
    else if (generic || bytes_are(kind, "SASL"))
        sasl_begin(&nntp->sasl, FACT_NNTP_AUTH_USED, name, dialogue_word(&arguments), out);
    else
        return NNTP_OTHER;
    return NNTP_SASL;
}

/* False when no talk of NNTP goes like this. */
static bool hear_client_line(void *state, struct bytes line, struct facts *out)
{
    struct nntp *nntp = state;
    struct bytes arguments = line;
    const struct dialogue_verb *verb = dialogue_verb_of(verbs, dialogue_word(&arguments));
    enum likeness like = like_command(verb, arguments);
    /* A verb looks like base64 as well, and is an answer only to a question; AUTHINFO never is. */
    bool answer = verb == NULL || (nntp->sasl.challenged && verb->command != NNTP_AUTHINFO);
    if (answer && sasl_answer(&nntp->sasl, line, out))
        return true;
    if (!nntp->dialogue.certain && like == LIKE_NOT)
        return false;
    if (!nntp->dialogue.certain && like == LIKE_YES)
        become_certain(nntp, out);
    enum nntp_command command = verb != NULL ? (enum nntp_command)verb->command : NNTP_OTHER;
    if (command == NNTP_AUTHINFO)
        command = nntp->dialogue.certain ? hear_authinfo(nntp, arguments, out) : NNTP_OTHER;
    /* Nothing but the article may follow; that the 3xx is not seen yet changes nothing, another reply does. */
    if (command == NNTP_POST || command == NNTP_ARTICLE)
        dialogue_begin_text(&nntp->dialogue, FROM_CLIENT);
    nntp->dialogue.tls_asked = command == NNTP_STARTTLS;
    dialogue_ask(&nntp->dialogue, (uint8_t)command);
    return true;
}

/* RFC 3977 3.2: does a text follow a reply with this code? 211 has one only after LISTGROUP. */
static bool has_text(uint16_t code, enum nntp_command asked)
{
    static const uint16_t codes[] = {100, 215, 220, 221, 222, 224, 225, 230, 231, 282};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (code == codes[i])
            return true;
    return code == 211 && asked == NNTP_OTHER;
}

static struct dissected hear_starttls_reply(struct nntp *nntp, uint16_t code, struct facts *out)
{
    if (code == 382) /* of all protocols only this one has this code */
        become_certain(nntp, out);
    if (nntp->dialogue.certain)
        return dialogue_starttls(&nntp->dialogue, FACT_NNTP_STARTTLS, code == 382, out);
    nntp->dialogue.tls_asked = false;
    return DISSECTED(DISSECT_MORE);
}

/* RFC 4643 2.3, 2.4: 281 and 283 are a yes, 381 and 383 go on, the rest is a no. */
static struct dissected hear_auth_reply(struct nntp *nntp, enum nntp_command asked, uint16_t code, struct bytes text,
                                        struct facts *out)
{
    bool yes = code == 281 || code == 283;
    facts_encryption(out, ENCRYPTION_NONE);
    if (asked == NNTP_SASL) {
        struct bytes token = dialogue_word(&text);
        if (code == 381 || code == 383) {
            sasl_challenge(&nntp->sasl, token, out);
            return DISSECTED(DISSECT_MORE);
        }
        (yes ? sasl_accept : sasl_refuse)(&nntp->sasl, out);
    } else if (code == 381) {
        return DISSECTED(DISSECT_MORE);
    } else {
        facts_outcome(out, yes ? OUTCOME_ACCEPTED : OUTCOME_DENIED);
        if (yes)
            facts_authentication(out, AUTHENTICATION_BASIC);
    }
    /* After a yes neither STARTTLS nor AUTHINFO may come (RFC 4642 2.2.2, RFC 4643 2.2). */
    return DISSECTED(yes ? DISSECT_DONE : DISSECT_MORE);
}

/* What a reply to anything else shows: data in clear, or that a login (480) or encryption (483) is asked for. */
static void hear_service_reply(uint16_t code, struct facts *out)
{
    facts_encryption(out, ENCRYPTION_NONE);
    if (code == 480 || code == 483)
        facts_outcome(out, OUTCOME_DENIED);
    else if (code < 400)
        facts_outcome(out, OUTCOME_ACCEPTED);
}

/* A first 3xx asks for the article, and the same command gets a second reply. Otherwise what follows is none. */
static void hear_post_reply(struct nntp *nntp, enum nntp_command asked, uint16_t code, struct facts *out)
{
    bool go_on = asked == NNTP_POST && code / 100 == 3;
    if (asked == NNTP_POST && !go_on)
        dialogue_end_text(&nntp->dialogue, FROM_CLIENT);
    if (go_on)
        dialogue_go_on(&nntp->dialogue, NNTP_ARTICLE);
    else
        dialogue_answer(&nntp->dialogue);
    hear_service_reply(code, out);
}

static struct dissected hear_reply(struct nntp *nntp, uint16_t code, struct bytes text, struct facts *out)
{
    enum nntp_command asked = (enum nntp_command)dialogue_asked(&nntp->dialogue);
    bool more = nntp->sasl.open && asked == NNTP_SASL && code == 383;
    if (asked != NNTP_POST && asked != NNTP_ARTICLE && !more)
        dialogue_answer(&nntp->dialogue);
    if (asked == NNTP_STARTTLS)
        return hear_starttls_reply(nntp, code, out);
    if (has_text(code, asked))
        dialogue_begin_text(&nntp->dialogue, FROM_SERVER);
    nntp->listing = code == 101;
    if (!nntp->dialogue.certain)
        return DISSECTED(DISSECT_MORE);
    switch (asked) {
    case NNTP_USER:
    case NNTP_PASS:
    case NNTP_SASL:
        return hear_auth_reply(nntp, asked, code, text, out);
    case NNTP_POST:
    case NNTP_ARTICLE:
        hear_post_reply(nntp, asked, code, out);
        break;
    case NNTP_COMPRESS:
        return DISSECTED(code < 300 ? DISSECT_DONE : DISSECT_MORE);
    case NNTP_QUIT:
        return DISSECTED(DISSECT_DONE);
    case NNTP_GROUP:
    case NNTP_OTHER:
        hear_service_reply(code, out);
        break;
    default: /* nothing is learned from the rest */
        break;
    }
    return DISSECTED(DISSECT_MORE);
}

static uint16_t reply_code(struct bytes *line)
{
    unsigned code = 0;
    struct bytes word = dialogue_word(line);
    if (word.left != 3)
        return 0;
    for (size_t i = 0; i < 3; i++) {
        if (word.at[i] < '0' || word.at[i] > (i == 0 ? '5' : '9'))
            return 0;
        code = code * 10 + (word.at[i] - '0');
    }
    return code >= 100 ? (uint16_t)code : 0;
}

static bool greets(uint16_t code)
{
    return code == 200 || code == 201 || code == 400 || code == 502;
}

static bool greeting_tells(struct bytes text)
{
    return words_contain(text, "NNTP") || words_contain(text, "NNRP");
}

static struct dissected hear_server_line(void *state, struct bytes line, struct facts *out)
{
    struct nntp *nntp = state;
    if (nntp->listing) {
        nntp->listing = !bytes_are(line, ".");
        if (nntp->dialogue.certain && bytes_are(dialogue_word(&line), "STARTTLS"))
            facts_say_text(out, FACT_NNTP_STARTTLS, "offered");
        return DISSECTED(DISSECT_MORE);
    }
    uint16_t code = reply_code(&line);
    if (code == 0)
        return DISSECTED(nntp->dialogue.certain ? DISSECT_MORE : DISSECT_NOT_MINE);
    enum nntp_command asked = (enum nntp_command)dialogue_asked(&nntp->dialogue);
    /* A greeting may come to us behind the first command; of all commands only MODE is answered like this. */
    bool greeting = !nntp->greeted && (asked == NNTP_NOBODY || (code / 10 == 20 && asked != NNTP_MODE));
    if (!nntp->greeted && !nntp->dialogue.certain && greeting && !greets(code))
        return DISSECTED(DISSECT_NOT_MINE);
    nntp->greeted = true;
    if (!greeting)
        return hear_reply(nntp, code, line, out);
    nntp->turned_away = code >= 400;
    if (nntp->dialogue.certain || greeting_tells(line))
        become_certain(nntp, out);
    return DISSECTED(DISSECT_MORE);
}

static struct dissected nntp_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    static const struct dialogue_ears ears = {FACT_NNTP_STARTTLS, hear_client_line, hear_server_line};
    return dialogue_feed(state, &ears, from, in, out);
}

/* Verbs that others say as well settle nothing, so that the lines after them are asked, too. */
static enum likeness probe_client(struct bytes head)
{
    struct bytes line;
    if (bytes_upper(head.at[0]) < 'A' || bytes_upper(head.at[0]) > 'Z' || dialogue_begins_otherwise(verbs, head))
        return LIKE_NOT;
    while (head.left > 0) {
        bool whole = dialogue_first_line(&head, &line);
        struct bytes word = dialogue_word(&line);
        const struct dialogue_verb *verb = dialogue_verb_of(verbs, word);
        if (!whole && verb == NULL)
            return line.left == 0 && dialogue_begins_verb(verbs, word) ? LIKE_MAYBE : LIKE_NOT;
        enum likeness like = like_command(verb, line);
        if (like != LIKE_MAYBE)
            return whole || like == LIKE_NOT ? like : LIKE_MAYBE;
        if (verb->command == NNTP_POST) /* what follows may be an article */
            return LIKE_MAYBE;
    }
    return LIKE_MAYBE;
}

/* Others greet with 200, too. */
static enum likeness probe_server(struct bytes head)
{
    struct bytes line;
    if (head.at[0] != '2' && head.at[0] != '4' && head.at[0] != '5')
        return LIKE_NOT;
    bool whole = dialogue_first_line(&head, &line);
    if (line.left > GREETING_MOST)
        return LIKE_NOT;
    if (!whole && line.left < 4)
        return dialogue_begins(line, "200 ") || dialogue_begins(line, "201 ") || dialogue_begins(line, "400 ") ||
                       dialogue_begins(line, "502 ")
                   ? LIKE_MAYBE
                   : LIKE_NOT;
    if (!greets(reply_code(&line)) || !dialogue_is_text(line))
        return LIKE_NOT;
    while (!whole && line.left > 0 && line.at[line.left - 1] != ' ')
        line.left--; /* a word may yet become another */
    if (greeting_tells(line))
        return LIKE_YES;
    return dialogue_first_line(&head, &line) && reply_code(&line) == 382 ? LIKE_YES : LIKE_MAYBE;
}

static enum likeness nntp_probe(struct bytes head, enum direction from)
{
    return from == FROM_CLIENT ? probe_client(head) : probe_server(head);
}

const struct dissector dissector_nntp = {
    .name = "nntp",
    .summary = "NNTP: STARTTLS and AUTHINFO",
    .transports = TRANSPORT_TCP,
    .ports = {119},
    .state_size = sizeof(struct nntp),
    .longest_message = DIALOGUE_LINE_MOST,
    .beginnings = {{BEGINNING_TEXT, 0}},
    .probe = nntp_probe,
    .feed = nntp_feed,
};
