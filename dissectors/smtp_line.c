/* smtp_line: verbs, mechanisms, keywords, greetings. Sources: RFC 5321, RFC 3030 (BDAT), RFC 1985 (ETRN), RFC 3207
 * (STARTTLS); the X- verbs and keywords are those of Exchange. */
#include "dissectors/smtp_line.h"

#include "dissectors/sasl.h"
#include "dissectors/words.h"

#define VERB_LEAST    4    /* RFC 5321 and its extensions have none shorter */
#define GREETING_MOST 2048 /* RFC 5321 4.5.3.1.5 says 512 */

static const struct dialogue_verb verb_table[] = {
    {"EHLO", SMTP_EHLO, SMTP_PLAIN | SMTP_OURS},
    {"HELO", SMTP_HELO, SMTP_PLAIN | SMTP_OURS},
    {"MAIL", SMTP_MAIL, SMTP_PLAIN},
    {"RCPT", SMTP_OTHER, SMTP_PLAIN},
    {"DATA", SMTP_DATA, SMTP_PLAIN},
    {"BDAT", SMTP_BDAT, SMTP_PLAIN},
    {"RSET", SMTP_OTHER, SMTP_PLAIN},
    {"NOOP", SMTP_OTHER, SMTP_PLAIN},
    {"QUIT", SMTP_QUIT, SMTP_PLAIN},
    {"HELP", SMTP_OTHER, SMTP_PLAIN},
    {"VRFY", SMTP_OTHER, SMTP_PLAIN},
    {"EXPN", SMTP_OTHER, SMTP_PLAIN},
    {"AUTH", SMTP_AUTH, SMTP_PLAIN},
    {"STARTTLS", SMTP_STARTTLS, SMTP_PLAIN},
    {"ETRN", SMTP_OTHER, SMTP_PLAIN},
    {"TURN", SMTP_OTHER, SMTP_PLAIN},
    {"X-ANONYMOUSTLS", SMTP_ANONYMOUSTLS, 0},
    {"X-EXPS", SMTP_EXPS, 0},
    {"X-LINK2STATE", SMTP_OTHER, 0},
    {"X-LSA-2", SMTP_OTHER, 0},
    {"XEXCH50", SMTP_XEXCH50, 0},
};
const struct dialogue_verbs smtp_verbs = DIALOGUE_VERBS(verb_table);

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return bytes_upper(c) >= 'A' && bytes_upper(c) <= 'Z';
}

bool smtp_is_envelope(const struct dialogue_verb *verb, struct bytes arguments)
{
    struct bytes first = dialogue_word(&arguments);
    return verb->command == SMTP_MAIL ? bytes_starts(first, "FROM:<")
                                      : strcmp(verb->word, "RCPT") == 0 && bytes_starts(first, "TO:<");
}

bool smtp_may_be_command(struct bytes line)
{
    struct bytes word = dialogue_word_until(&line, ':');
    return dialogue_verb_of(smtp_verbs, word) != NULL || bytes_starts(word, "X");
}

uint64_t smtp_number(struct bytes word)
{
    uint64_t number = 0;
    while (word.left > 0 && is_digit(word.at[0]) && number < UINT32_MAX)
        number = number * 10 + (uint64_t)(bytes_u8(&word) - '0');
    return number;
}

uint16_t smtp_reply_code(struct bytes *line, bool *last)
{
    struct bytes digits = bytes_take(line, 3);
    uint8_t separator = line->left > 0 ? bytes_u8(line) : ' ';
    *last = separator != '-';
    if (digits.left != 3 || digits.at[0] < '2' || digits.at[0] > '5' || !is_digit(digits.at[1]) ||
        !is_digit(digits.at[2]) || (separator != ' ' && separator != '-'))
        return 0;
    return (uint16_t)((digits.at[0] - '0') * 100 + (digits.at[1] - '0') * 10 + (digits.at[2] - '0'));
}

struct bytes smtp_greeting_host(struct bytes text)
{
    const struct bytes none = {0};
    struct bytes host = dialogue_word(&text), next = dialogue_word(&text);
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
    return letter && host.left <= 255 && (dot || (named && !words_contain(host, "SMTP"))) ? host : none;
}

bool smtp_greeting_tells(struct bytes text)
{
    while (text.left > 0) {
        struct bytes word = dialogue_word(&text);
        if (words_contain(word, "SMTP") && !words_contain(word, "."))
            return true;
    }
    return false;
}

bool smtp_turns_away(uint16_t code, struct bytes text)
{
    if ((code != 421 && code != 554) || text.left < 2 || text.at[0] != '0' + code / 100 || text.at[1] != '.')
        return false;
    bytes_skip(&text, 2);
    size_t digits[2] = {0, 0};
    for (int part = 0; part < 2; part++) {
        for (; text.left > 0 && is_digit(text.at[0]); digits[part]++)
            bytes_skip(&text, 1);
        if (digits[part] < 1 || digits[part] > 3 || text.left == 0 || bytes_u8(&text) != (part == 0 ? '.' : ' '))
            return false;
    }
    return true;
}

static void say_mechanisms(struct bytes names, enum fact_key key, struct facts *out)
{
    while (names.left > 0) {
        struct bytes name = dialogue_word(&names);
        if (sasl_is_name(name))
            facts_say_upper(out, key, name);
    }
}

void smtp_hear_keyword(struct bytes line, struct facts *out)
{
    struct bytes keyword = dialogue_word_until(&line, '=');
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

static enum likeness probe_client(struct bytes head)
{
    struct bytes line;
    if (dialogue_begins_otherwise(smtp_verbs, head) && bytes_upper(head.at[0]) != 'X')
        return LIKE_NOT;
    bool whole = dialogue_first_line(&head, &line);
    struct bytes word = dialogue_word_until(&line, ':');
    const struct dialogue_verb *verb = dialogue_verb_of(smtp_verbs, word);
    if (verb != NULL && smtp_is_envelope(verb, line))
        return LIKE_YES;
    if (verb != NULL)
        return (verb->tells & SMTP_OURS) != 0 && line.left > 0 && line.at[0] == ' ' ? LIKE_YES : LIKE_MAYBE;
    bool cut = !whole && line.left == 0;
    if (bytes_starts(word, "X") && (cut || word.left >= VERB_LEAST) && words_is_keyword(word, SMTP_VERB_MOST))
        return LIKE_MAYBE;
    return cut && dialogue_begins_verb(smtp_verbs, word) ? LIKE_MAYBE : LIKE_NOT;
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
    if (smtp_turns_away(code, line))
        return LIKE_YES;
    return (code == 220 || code == 421 || code == 554) && smtp_greeting_tells(line) ? LIKE_YES : LIKE_MAYBE;
}

enum likeness smtp_probe(struct bytes head, enum direction from)
{
    return from == FROM_CLIENT ? probe_client(head) : probe_server(head);
}
