/* smtp_line: verbs, mechanisms, keywords, greetings. Sources: RFC 5321, RFC 3030 (BDAT), RFC 1985 (ETRN), RFC 3207
 * (STARTTLS), the SASL mechanism registry of IANA; the X- verbs and keywords are those of Exchange. */
#include "dissectors/smtp_line.h"

#define GREETING_MOST 2048 /* RFC 5321 4.5.3.1.5 says 512 */

static const struct smtp_verb verbs[] = {
    {"EHLO", SMTP_EHLO, true, true},
    {"HELO", SMTP_OTHER, true, true},
    {"MAIL", SMTP_MAIL, true, false},
    {"RCPT", SMTP_OTHER, true, false},
    {"DATA", SMTP_DATA, true, false},
    {"BDAT", SMTP_BDAT, true, false},
    {"RSET", SMTP_OTHER, true, false},
    {"NOOP", SMTP_OTHER, true, false},
    {"QUIT", SMTP_QUIT, true, false},
    {"HELP", SMTP_OTHER, true, false},
    {"VRFY", SMTP_OTHER, true, false},
    {"EXPN", SMTP_OTHER, true, false},
    {"AUTH", SMTP_AUTH, true, false},
    {"STARTTLS", SMTP_STARTTLS, true, false},
    {"ETRN", SMTP_OTHER, true, false},
    {"TURN", SMTP_OTHER, true, false},
    {"X-ANONYMOUSTLS", SMTP_ANONYMOUSTLS, false, false},
    {"X-EXPS", SMTP_EXPS, false, false},
    {"X-LINK2STATE", SMTP_OTHER, false, false},
    {"X-LSA-2", SMTP_OTHER, false, false},
    {"XEXCH50", SMTP_XEXCH50, false, false},
};

static const struct smtp_mechanism mechanisms[] = {
    {"LOGIN", AUTHENTICATION_BASIC, false},
    {"PLAIN", AUTHENTICATION_BASIC, false},
    {"CRAM-MD5", AUTHENTICATION_DIGEST, false},
    {"DIGEST-MD5", AUTHENTICATION_DIGEST, false},
    {"NTLM", AUTHENTICATION_NTLM, true},
    {"GSSAPI", AUTHENTICATION_KERBEROS, true},
    {"GS2-KRB5", AUTHENTICATION_KERBEROS, false},
    {"GSS-SPNEGO", AUTHENTICATION_NEGOTIATE, true},
    {"EXTERNAL", AUTHENTICATION_CERTIFICATE, false},
    {"ANONYMOUS", AUTHENTICATION_ANONYMOUS, false},
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return bytes_upper(c) >= 'A' && bytes_upper(c) <= 'Z';
}

static bool contains(struct bytes in, const char *word)
{
    for (; in.left > 0; bytes_skip(&in, 1))
        if (bytes_starts(in, word))
            return true;
    return false;
}

const struct smtp_verb *smtp_verb_of(struct bytes word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (bytes_are(word, verbs[i].word))
            return &verbs[i];
    return NULL;
}

bool smtp_is_envelope(const struct smtp_verb *verb, struct bytes arguments)
{
    struct bytes first = smtp_word(&arguments, 0);
    return verb->command == SMTP_MAIL ? bytes_starts(first, "FROM:<")
                                      : strcmp(verb->word, "RCPT") == 0 && bytes_starts(first, "TO:<");
}

const struct smtp_mechanism *smtp_mechanism_of(struct bytes name)
{
    static const struct smtp_mechanism scram = {"SCRAM", AUTHENTICATION_DIGEST, false}, unknown = {.name = ""};
    for (size_t i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++)
        if (bytes_are(name, mechanisms[i].name))
            return &mechanisms[i];
    return bytes_starts(name, "SCRAM-") ? &scram : &unknown;
}

struct bytes smtp_word(struct bytes *line, uint8_t end)
{
    size_t length = 0;
    while (line->left > 0 && (line->at[0] == ' ' || line->at[0] == '\t'))
        bytes_skip(line, 1);
    while (length < line->left && line->at[length] != ' ' && line->at[length] != '\t' &&
           (end == 0 || line->at[length] != end))
        length++;
    return bytes_take(line, length);
}

uint64_t smtp_number(struct bytes word)
{
    uint64_t number = 0;
    while (word.left > 0 && is_digit(word.at[0]) && number < UINT32_MAX)
        number = number * 10 + (uint64_t)(bytes_u8(&word) - '0');
    return number;
}

bool smtp_is_name(struct bytes word, size_t most)
{
    bool upper = false, lower = false;
    if (word.left == 0 || word.left > most || !is_letter(word.at[0]))
        return false;
    while (word.left > 0) {
        uint8_t c = bytes_u8(&word);
        if (!is_letter(c) && !is_digit(c) && c != '-' && c != '_')
            return false;
        upper |= c >= 'A' && c <= 'Z';
        lower |= c >= 'a' && c <= 'z';
    }
    return !(upper && lower);
}

bool smtp_is_mechanism(struct bytes word)
{
    return smtp_is_name(word, SMTP_MECHANISM_MOST) || (word.left > 0 && bytes_are(word, smtp_mechanism_of(word)->name));
}

uint16_t smtp_reply_code(struct bytes *line, bool *last)
{
    struct bytes digits = bytes_take(line, 3);
    uint8_t separator = line->left > 0 ? bytes_u8(line) : ' ';
    *last = separator != '-';
    if (digits.left != 3 || digits.at[0] < '2' || digits.at[0] > '5' || !is_digit(digits.at[1]) ||
        !is_digit(digits.at[2]) || (separator != ' ' && separator != '-'))
        return 0;
    return (uint16_t)smtp_number(digits);
}

struct bytes smtp_greeting_host(struct bytes text)
{
    const struct bytes none = {0};
    struct bytes host = smtp_word(&text, 0), next = smtp_word(&text, 0);
    bool letter = false, dot = false;
    for (size_t i = 0; i < host.left; i++) {
        uint8_t c = host.at[i];
        letter |= is_letter(c);
        dot |= c == '.' && i > 0 && i + 1 < host.left;
        if (!is_letter(c) && !is_digit(c) && c != '-' && c != '_' && c != '.')
            return none;
    }
    /* A name without a dot is told from any other word by what mail servers put after their name. */
    bool named = bytes_are(next, "ESMTP") || bytes_are(next, "SMTP") || bytes_are(next, "Microsoft");
    return letter && host.left <= 255 && (dot || (named && !contains(host, "SMTP"))) ? host : none;
}

bool smtp_greeting_tells(struct bytes text)
{
    while (text.left > 0) {
        struct bytes word = smtp_word(&text, 0);
        if (contains(word, "SMTP") && !contains(word, "."))
            return true;
    }
    return false;
}

static void say_mechanisms(struct bytes names, enum fact_key key, struct facts *out)
{
    while (names.left > 0) {
        struct bytes name = smtp_word(&names, 0);
        if (smtp_is_mechanism(name))
            facts_say_upper(out, key, name);
    }
}

void smtp_hear_keyword(struct bytes line, struct facts *out)
{
    struct bytes keyword = smtp_word(&line, '=');
    if (line.left > 0 && line.at[0] == '=') /* AUTH=LOGIN: how it was written before RFC 2554 */
        bytes_skip(&line, 1);
    for (size_t i = 0; i < keyword.left; i++)
        if (!is_letter(keyword.at[i]) && !is_digit(keyword.at[i]) && (i == 0 || keyword.at[i] != '-'))
            return;
    if (keyword.left == 0 || bytes_are(keyword, "OK")) /* how Exchange 2003 ends the list */
        return;
    facts_say_upper(out, FACT_SMTP_KEYWORDS, keyword);
    if (bytes_are(keyword, "STARTTLS"))
        facts_say_text(out, FACT_SMTP_STARTTLS, "offered");
    if (bytes_are(keyword, "X-ANONYMOUSTLS"))
        facts_say_text(out, FACT_SMTP_ANONYMOUSTLS, "offered");
    if (bytes_are(keyword, "AUTH"))
        say_mechanisms(line, FACT_SMTP_AUTH_OFFERED, out);
    if (bytes_are(keyword, "X-EXPS"))
        say_mechanisms(line, FACT_SMTP_EXPS_OFFERED, out);
}

/* Could this word, cut short, become a verb? */
static bool begins_a_verb(struct bytes word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        size_t same = 0;
        while (same < word.left && verbs[i].word[same] != '\0' &&
               bytes_upper(word.at[same]) == (uint8_t)verbs[i].word[same])
            same++;
        if (same == word.left)
            return true;
    }
    return false;
}

static enum likeness probe_client(struct bytes head)
{
    struct bytes line, rest = head;
    bool whole = bytes_line(&rest, &line);
    if (!whole)
        line = bytes_take(&head, head.at[head.left - 1] == '\r' ? head.left - 1 : head.left);
    struct bytes word = smtp_word(&line, ':');
    const struct smtp_verb *verb = smtp_verb_of(word);
    if (verb != NULL && smtp_is_envelope(verb, line))
        return LIKE_YES;
    if (verb != NULL)
        return verb->ours && line.left > 0 && line.at[0] == ' ' ? LIKE_YES : LIKE_MAYBE;
    if (bytes_starts(word, "X") && smtp_is_name(word, SMTP_VERB_MOST))
        return LIKE_MAYBE;
    return !whole && line.left == 0 && begins_a_verb(word) ? LIKE_MAYBE : LIKE_NOT;
}

static enum likeness probe_server(struct bytes head)
{
    struct bytes line, rest = head;
    bool last, whole = bytes_line(&rest, &line);
    if (!whole)
        line = head;
    for (size_t i = 0; i < line.left && i < GREETING_MOST; i++)
        if (line.at[i] < ' ' && line.at[i] != '\t' && line.at[i] != '\r')
            return LIKE_NOT;
    if (!whole && line.left < 4) { /* digits are all that can be asked for */
        for (size_t i = 0; i < line.left && i < 3; i++)
            if (!is_digit(line.at[i]))
                return LIKE_NOT;
        return LIKE_MAYBE;
    }
    uint16_t code = smtp_reply_code(&line, &last);
    if (code == 0 || line.left > GREETING_MOST)
        return LIKE_NOT;
    while (!whole && line.left > 0 && line.at[line.left - 1] != ' ')
        line.left--; /* "smtp" may yet become a host name */
    return (code == 220 || code == 421 || code == 554) && smtp_greeting_tells(line) ? LIKE_YES : LIKE_MAYBE;
}

enum likeness smtp_probe(struct bytes head, enum direction from)
{
    return from == FROM_CLIENT ? probe_client(head) : probe_server(head);
}
