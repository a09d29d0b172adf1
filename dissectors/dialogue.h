/* dialogue: what protocols have in common in which a client says one line and a server answers it: POP3, IMAP, NNTP,
 * SMTP.
 *
 * Hides lines that are too long, text that ends with a lone dot (never read as lines, never gathered), which command a
 * reply answers when several wait, and what TLS behind a STARTTLS means. Rules: RFC 1939 3, RFC 3977 3.1.1 and RFC 5321
 * 4.1.1.4 (text that ends with a dot). */
#ifndef DISSECTORS_DIALOGUE_H
#define DISSECTORS_DIALOGUE_H

#include "dissectors/dissector.h"

#define DIALOGUE_LINE_MOST  16384 /* a Kerberos token in base64 fits; of a longer line only this is read */
#define DIALOGUE_QUEUE_MOST 64

/* Zero to begin with. Part of a dissector's state. */
struct dialogue {
    uint32_t unremembered; /* commands behind a full queue */
    uint8_t queue[DIALOGUE_QUEUE_MOST], first, queued;
    uint8_t text[2]; /* where in a text each direction is */
    bool cut[2];     /* inside a line longer than DIALOGUE_LINE_MOST */
    bool certain;    /* nothing but this protocol could have said what was said */
    bool client_heard;
    bool tls_asked; /* the last command asked for TLS, and was not told no */
};

/* Takes a line, after dropping what belongs to a text. Of a line that is too long its beginning is taken, and the rest
 * dropped as it comes. False when no line is here yet: what is left then waits for more. */
bool dialogue_line(struct dialogue *dialogue, enum direction from, struct bytes *in, struct bytes *line);

/* What this direction says next is a text, up to a lone dot; or is none after all. */
void dialogue_begin_text(struct dialogue *dialogue, enum direction from);
void dialogue_end_text(struct dialogue *dialogue, enum direction from);

/* Does the next line, after dropping as above, begin with a byte that begins a TLS record and no line of text? */
bool dialogue_is_tls(struct dialogue *dialogue, enum direction from, struct bytes *in);

/* The server said yes or no to STARTTLS, which is told under this key. */
struct dissected dialogue_starttls(struct dialogue *dialogue, enum fact_key starttls, bool yes, struct facts *out);

/* TLS is where a line should be: the reply to STARTTLS was not seen by us, or the client is not seen at all. */
struct dissected dialogue_hear_tls(const struct dialogue *dialogue, enum fact_key starttls, enum direction from,
                                   struct facts *out);

/* What one protocol does with its lines. */
struct dialogue_ears {
    enum fact_key starttls;
    bool (*hear_client)(void *state, struct bytes line, struct facts *out); /* false when it is not this protocol */
    struct dissected (*hear_server)(void *state, struct bytes line, struct facts *out);
};

/* The feed of a dissector whose state begins with its dialogue: every line goes to one of these ears. */
struct dissected dialogue_feed(void *state, const struct dialogue_ears *ears, enum direction from, struct bytes *in,
                               struct facts *out);

/* The client said a command, by a number of the dissector's own, which is not 0. The oldest one that waits for its
 * reply, 0 when none is known. It got its last reply. */
void dialogue_ask(struct dialogue *dialogue, uint8_t command);
uint8_t dialogue_asked(const struct dialogue *dialogue);
void dialogue_answer(struct dialogue *dialogue);

/* The oldest waiting command gets another reply, as this one. */
void dialogue_go_on(struct dialogue *dialogue, uint8_t command);

/* Takes the next word of a line, up to white space; empty at the end. */
struct bytes dialogue_word(struct bytes *line);

/* The same, but up to `end` where that comes first. */
struct bytes dialogue_word_until(struct bytes *line, uint8_t end);

/* A verb of a protocol, in upper case, of two letters at least; what it means, and what it tells alone, is the
 * dissector's own. */
struct dialogue_verb {
    const char *word;
    uint8_t command;
    uint8_t tells;
};

/* A table of them. */
struct dialogue_verbs {
    const struct dialogue_verb *verbs;
    size_t count;
};
#define DIALOGUE_VERBS(table)                                                                                          \
    {                                                                                                                  \
        (table), sizeof(table) / sizeof(table)[0]                                                                      \
    }

/* NULL when it is none of these. */
const struct dialogue_verb *dialogue_verb_of(struct dialogue_verbs verbs, struct bytes word);

/* Is this line, by its first two letters, none that begins with one of them? Most of what is asked about is out by it;
 * a line that begins with no letter is not. */
bool dialogue_begins_otherwise(struct dialogue_verbs verbs, struct bytes line);

/* Could this word, cut short, become one of them? */
bool dialogue_begins_verb(struct dialogue_verbs verbs, struct bytes cut);

/* The first line of a head, also when only its beginning is here (then without a CR that may end it). */
bool dialogue_first_line(struct bytes *head, struct bytes *line);

/* Could this word, cut short, become that one? */
bool dialogue_begins(struct bytes cut, const char *word);

/* Is this text as servers say it: no control characters? */
bool dialogue_is_text(struct bytes line);

#endif
