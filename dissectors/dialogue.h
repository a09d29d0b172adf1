/* dialogue: what protocols have in common in which a client says one line and a server answers it: POP3, IMAP, NNTP.
 *
 * Hides lines that are too long, text that ends with a lone dot (never read as lines, never gathered), and which
 * command a reply answers when several wait. Rules: RFC 1939 3 and RFC 3977 3.1.1 (text that ends with a dot). */
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
};

/* Takes a line, after dropping what belongs to a text. Of a line that is too long its beginning is taken, and the rest
 * dropped as it comes. False when no line is here yet: what is left then waits for more. */
bool dialogue_line(struct dialogue *dialogue, enum direction from, struct bytes *in, struct bytes *line);

/* What this direction says next is a text, up to a lone dot; or is none after all. */
void dialogue_begin_text(struct dialogue *dialogue, enum direction from);
void dialogue_end_text(struct dialogue *dialogue, enum direction from);

/* Does the next line, after dropping as above, begin with a byte that begins a TLS record and no line of text? */
bool dialogue_is_tls(struct dialogue *dialogue, enum direction from, struct bytes *in);

/* The client said a command, by a number of the dissector's own, which is not 0. The oldest one that waits for its
 * reply, 0 when none is known. It got its last reply. */
void dialogue_ask(struct dialogue *dialogue, uint8_t command);
uint8_t dialogue_asked(const struct dialogue *dialogue);
void dialogue_answer(struct dialogue *dialogue);

/* The oldest waiting command gets another reply, as this one. */
void dialogue_go_on(struct dialogue *dialogue, uint8_t command);

/* Takes the next word of a line, up to white space; empty at the end. */
struct bytes dialogue_word(struct bytes *line);

bool dialogue_contains(struct bytes in, const char *word);

/* The first line of a head, also when only its beginning is here (then without a CR that may end it). */
bool dialogue_first_line(struct bytes *head, struct bytes *line);

/* Could this word, cut short, become that one? */
bool dialogue_begins(struct bytes cut, const char *word);

/* Is this text as servers say it: no control characters? */
bool dialogue_is_text(struct bytes line);

#endif
