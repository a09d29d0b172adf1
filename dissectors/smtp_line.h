/* smtp_line: what one line of SMTP says, taken alone; the dialogue (whose answer, in which state) is smtp.c.
 *
 * Hides the vocabulary: verbs, SASL mechanisms, EHLO keywords, greetings. Rules: RFC 5321 4.1, 4.2 (commands,
 * replies), RFC 1869 (EHLO), RFC 4954 and RFC 4422 (AUTH, mechanism names). */
#ifndef DISSECTORS_SMTP_LINE_H
#define DISSECTORS_SMTP_LINE_H

#include "dissectors/dissector.h"

#define SMTP_VERB_MOST      24
#define SMTP_MECHANISM_MOST 20 /* RFC 4422 3.1 */

/* Commands by what their replies mean to us. */
enum smtp_command {
    SMTP_OTHER,
    SMTP_EHLO,
    SMTP_MAIL,
    SMTP_DATA,
    SMTP_BDAT,
    SMTP_AUTH,
    SMTP_EXPS,
    SMTP_STARTTLS,
    SMTP_ANONYMOUSTLS,
    SMTP_XEXCH50,
    SMTP_QUIT,
    SMTP_BODY,     /* no verb: DATA that got its 354 */
    SMTP_GREETING, /* no verb: what the server says first */
};

struct smtp_verb {
    const char *word;
    enum smtp_command command;
    bool plain; /* too common to be a fact */
    bool ours;  /* with a word after it, no other protocol says it */
};

/* NULL when it is none we know. */
const struct smtp_verb *smtp_verb_of(struct bytes word);

/* MAIL FROM:< and RCPT TO:<, which no other protocol says. */
bool smtp_is_envelope(const struct smtp_verb *verb, struct bytes arguments);

/* What a finished AUTH proves, and whether its lines are tokens that tell more. */
struct smtp_mechanism {
    const char *name;
    enum authentication proves;
    bool tokens;
};

/* Never NULL; of an unknown mechanism nothing is known. */
const struct smtp_mechanism *smtp_mechanism_of(struct bytes name);

/* Takes the next word of a line: up to white space, or up to `end` when that is not 0. */
struct bytes smtp_word(struct bytes *line, uint8_t end);

/* Digits at the beginning of a word as a number; bounded, 0 without any. */
uint64_t smtp_number(struct bytes word);

/* Could this be a private verb or a mechanism? Letters, digits, '-' and '_' beginning with a letter, at most `most`,
 * and all letters of one case: so are they written, and so is a base64 secret in the wrong place next to never. */
bool smtp_is_name(struct bytes word, size_t most);

/* Could this be a mechanism? Those we know may be written in any case. */
bool smtp_is_mechanism(struct bytes word);

/* Takes the code and its separator off a line. 0 when it has none. */
uint16_t smtp_reply_code(struct bytes *line, bool *last);

/* The host name at the beginning of a greeting, empty when it does not look like one. */
struct bytes smtp_greeting_host(struct bytes text);

/* Does a greeting name the protocol? FTP greets with 220 too, on hosts called smtp as well. */
bool smtp_greeting_tells(struct bytes text);

/* Says what one line of the EHLO reply offers. */
void smtp_hear_keyword(struct bytes line, struct facts *out);

/* The probe of the dissector. */
enum likeness smtp_probe(struct bytes head, enum direction from);

#endif
