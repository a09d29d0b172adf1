/* dialogue: lines, texts that end with a lone dot, and the queue of commands that wait for a reply. Sources: RFC 1939
 * 3, RFC 3977 3.1.1 (the end of a text is CR LF . CR LF, and the CR LF of the line before the text counts). */
#include "dissectors/dialogue.h"

#include "dissectors/lines.h"

static bool is_letter(uint8_t c)
{
    return bytes_upper(c) >= 'A' && bytes_upper(c) <= 'Z';
}

enum text { TEXT_NONE, TEXT_LINE_START, TEXT_DOT, TEXT_DOT_CR, TEXT_INSIDE, TEXT_CR };

/* Where a text is after one more byte. */
static enum text text_step(enum text at, uint8_t c)
{
    switch (c) {
    case '\n':
        return at == TEXT_DOT_CR ? TEXT_NONE : at == TEXT_CR ? TEXT_LINE_START : TEXT_INSIDE;
    case '\r':
        return at == TEXT_DOT ? TEXT_DOT_CR : TEXT_CR;
    case '.':
        return at == TEXT_LINE_START ? TEXT_DOT : TEXT_INSIDE;
    default:
        return TEXT_INSIDE;
    }
}

/* Drops what belongs to a text. The bulk goes line by line, what could be the end byte by byte. */
static void drop_text(struct dialogue *dialogue, enum direction from, struct bytes *in)
{
    while (in->left > 0 && dialogue->text[from] != TEXT_NONE) {
        size_t before = in->left;
        struct bytes line;
        if (dialogue->text[from] != TEXT_INSIDE) {
            dialogue->text[from] = (uint8_t)text_step((enum text)dialogue->text[from], bytes_u8(in));
        } else if (bytes_line(in, &line)) {
            bool with_cr = before - in->left == line.left + 2;
            dialogue->text[from] = with_cr ? TEXT_LINE_START : TEXT_INSIDE;
        } else {
            bytes_skip(in, in->left - 1);
            dialogue->text[from] = (uint8_t)text_step(TEXT_INSIDE, bytes_u8(in));
        }
    }
}

/* Drops what is of no interest before the next line: a text, or the rest of a line that was too long. */
static void drop(struct dialogue *dialogue, enum direction from, struct bytes *in)
{
    lines_drop_rest(&dialogue->cut[from], in);
    if (dialogue->text[from] != TEXT_NONE)
        drop_text(dialogue, from, in);
}

bool dialogue_line(struct dialogue *dialogue, enum direction from, struct bytes *in, struct bytes *line)
{
    drop(dialogue, from, in);
    return lines_take(&dialogue->cut[from], in, DIALOGUE_LINE_MOST, line);
}

void dialogue_begin_text(struct dialogue *dialogue, enum direction from)
{
    dialogue->text[from] = TEXT_LINE_START;
}

void dialogue_end_text(struct dialogue *dialogue, enum direction from)
{
    dialogue->text[from] = TEXT_NONE;
}

bool dialogue_is_tls(struct dialogue *dialogue, enum direction from, struct bytes *in)
{
    enum { HANDSHAKE = 0x16 };
    drop(dialogue, from, in);
    return in->left > 0 && in->at[0] == HANDSHAKE;
}

struct dissected dialogue_starttls(struct dialogue *dialogue, enum fact_key starttls, bool yes, struct facts *out)
{
    facts_say_text(out, starttls, yes ? "used" : "refused");
    if (yes)
        return DISSECTED_UPGRADE(ENCRYPTION_STARTTLS);
    facts_outcome(out, OUTCOME_DENIED);
    dialogue->tls_asked = false;
    return DISSECTED(DISSECT_MORE);
}

struct dissected dialogue_hear_tls(const struct dialogue *dialogue, enum fact_key starttls, enum direction from,
                                   struct facts *out)
{
    if (!dialogue->certain)
        return DISSECTED(DISSECT_NOT_MINE);
    if (!dialogue->tls_asked && (from == FROM_CLIENT || dialogue->client_heard))
        return DISSECTED(DISSECT_DONE);
    facts_say_text(out, starttls, "used");
    return DISSECTED_UPGRADE(ENCRYPTION_STARTTLS);
}

struct dissected dialogue_feed(void *state, const struct dialogue_ears *ears, enum direction from, struct bytes *in,
                               struct facts *out)
{
    struct dialogue *dialogue = state;
    struct bytes line;
    while (in->left > 0) {
        if (dialogue_is_tls(dialogue, from, in))
            return dialogue_hear_tls(dialogue, ears->starttls, from, out);
        if (!dialogue_line(dialogue, from, in, &line))
            break;
        if (from == FROM_CLIENT) {
            dialogue->client_heard = true;
            if (!ears->hear_client(state, line, out))
                return DISSECTED(DISSECT_NOT_MINE);
            continue;
        }
        struct dissected answer = ears->hear_server(state, line, out);
        if (answer.answer != DISSECT_MORE)
            return answer;
    }
    return DISSECTED(DISSECT_MORE);
}

void dialogue_ask(struct dialogue *dialogue, uint8_t command)
{
    if (dialogue->queued == DIALOGUE_QUEUE_MOST || dialogue->unremembered > 0)
        dialogue->unremembered++; /* a client whose server is not seen comes here */
    else
        dialogue->queue[(dialogue->first + dialogue->queued++) % DIALOGUE_QUEUE_MOST] = command;
}

uint8_t dialogue_asked(const struct dialogue *dialogue)
{
    return dialogue->queued > 0 ? dialogue->queue[dialogue->first] : 0;
}

void dialogue_answer(struct dialogue *dialogue)
{
    if (dialogue->queued > 0) {
        dialogue->first = (uint8_t)((dialogue->first + 1) % DIALOGUE_QUEUE_MOST);
        dialogue->queued--;
    } else if (dialogue->unremembered > 0) {
        dialogue->unremembered--;
    }
}

void dialogue_go_on(struct dialogue *dialogue, uint8_t command)
{
    if (dialogue->queued > 0)
        dialogue->queue[dialogue->first] = command;
}

static bool is_blank(uint8_t c)
{
    return c <= ' ' && (c == ' ' || c == '\t'); /* one question for nearly all */
}

struct bytes dialogue_word_until(struct bytes *line, uint8_t end)
{
    struct bytes rest = *line;
    size_t length = 0;
    while (rest.left > 0 && is_blank(rest.at[0]))
        bytes_skip(&rest, 1);
    while (length < rest.left && !is_blank(rest.at[length]) && rest.at[length] != end)
        length++;
    struct bytes word = bytes_take(&rest, length);
    *line = rest;
    return word;
}

struct bytes dialogue_word(struct bytes *line)
{
    return dialogue_word_until(line, ' ');
}

const struct dialogue_verb *dialogue_verb_of(struct dialogue_verbs verbs, struct bytes word)
{
    uint8_t first = word.left > 0 ? bytes_upper(word.at[0]) : 0;
    for (size_t i = 0; i < verbs.count; i++)
        if ((uint8_t)verbs.verbs[i].word[0] == first && bytes_are(word, verbs.verbs[i].word))
            return &verbs.verbs[i];
    return NULL;
}

bool dialogue_begins_otherwise(struct dialogue_verbs verbs, struct bytes line)
{
    if (line.left < 2 || !is_letter(line.at[0]) || line.at[1] <= ' ')
        return false;
    if (!is_letter(line.at[1]) && line.at[1] != '-') /* no verb goes on so: most of what is random ends here */
        return true;
    uint8_t first = bytes_upper(line.at[0]), second = bytes_upper(line.at[1]);
    for (size_t i = 0; i < verbs.count; i++)
        if ((uint8_t)verbs.verbs[i].word[0] == first && (uint8_t)verbs.verbs[i].word[1] == second)
            return false;
    return true;
}

bool dialogue_begins_verb(struct dialogue_verbs verbs, struct bytes cut)
{
    for (size_t i = 0; i < verbs.count; i++)
        if (dialogue_begins(cut, verbs.verbs[i].word))
            return true;
    return false;
}

bool dialogue_first_line(struct bytes *head, struct bytes *line)
{
    if (bytes_line(head, line))
        return true;
    *line = bytes_take(head, head->left);
    if (line->left > 0 && line->at[line->left - 1] == '\r')
        line->left--;
    return false;
}

bool dialogue_begins(struct bytes cut, const char *word)
{
    size_t same = 0;
    while (same < cut.left && word[same] != '\0' && bytes_upper(cut.at[same]) == bytes_upper((uint8_t)word[same]))
        same++;
    return same == cut.left;
}

bool dialogue_is_text(struct bytes line)
{
    for (size_t i = 0; i < line.left; i++)
        if ((line.at[i] < ' ' && line.at[i] != '\t') || line.at[i] == 0x7f)
            return false;
    return true;
}
