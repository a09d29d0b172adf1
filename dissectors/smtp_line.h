/* smtp_line: what one line of SMTP says, taken alone; the dialogue (whose answer, in which state) is smtp.c.
 *
 * Hides the vocabulary: verbs, EHLO keywords, greetings. Rules: RFC 5321 4.1, 4.2 (commands,
 * replies), RFC 1869 (EHLO), RFC 4954 (AUTH). */
#ifndef DISSECTORS_SMTP_LINE_H
#define DISSECTORS_SMTP_LINE_H

#include "dissectors/dialogue.h"

#define SMTP_VERB_MOST 24

/* Commands by what their replies mean to us. */
enum smtp_command {
    SMTP_NOBODY, /* no command is known that this reply answers */
    SMTP_OTHER,
    SMTP_EHLO,
    SMTP_HELO,
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

/* What a verb tells alone; bits. */
enum {
    SMTP_PLAIN = 1, /* too common to be a fact */
    SMTP_OURS = 2,  /* with a word after it, no other protocol says it */
};

extern const struct dialogue_verbs smtp_verbs;

/* MAIL FROM:< and RCPT TO:<, which no other protocol says. */
bool smtp_is_envelope(const struct dialogue_verb *verb, struct bytes arguments);

/* Does this line begin with a verb, or with what could be a private one? */
bool smtp_may_be_command(struct bytes line);

/* Digits at the beginning of a word as a number; bounded, 0 without any. */
uint64_t smtp_number(struct bytes word);

/* Takes the code and its separator off a line. 0 when it has none. */
uint16_t smtp_reply_code(struct bytes *line, bool *last);

/* The host name at the beginning of a greeting, empty when it does not look like one. */
struct bytes smtp_greeting_host(struct bytes text);

/* Does a greeting name the protocol? FTP greets with 220 too, on hosts called smtp as well. */
bool smtp_greeting_tells(struct bytes text);
/* Is this a refusal instead of a greeting that only SMTP writes so, with a status code of the same class (RFC 3463)
 * before its words: "421 4.3.2 Service not available"? */
bool smtp_turns_away(uint16_t code, struct bytes text);

/* Says what one line of the EHLO reply offers. */
void smtp_hear_keyword(struct bytes line, struct facts *out);

/* The probe of the dissector. */
enum likeness smtp_probe(struct bytes head, enum direction from);

#endif
