/* words: white space, numbers, hosts in text. Sources: RFC 3261 25.1 (host, port, LWS), RFC 4566 9 (addresses). */
#include "dissectors/words.h"

#include <stdio.h>

bool words_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bytes words_trim(struct bytes text)
{
    while (text.left > 0 && words_space(text.at[0]))
        bytes_skip(&text, 1);
    while (text.left > 0 && words_space(text.at[text.left - 1]))
        text.left--;
    return text;
}

struct bytes words_until(struct bytes *text, uint8_t end)
{
    const uint8_t *found = text->left > 0 ? memchr(text->at, end, text->left) : NULL;
    struct bytes word = bytes_take(text, found != NULL ? (size_t)(found - text->at) : text->left);
    if (found != NULL)
        bytes_skip(text, 1);
    return word;
}

struct bytes words_next(struct bytes *text)
{
    size_t length = 0;
    while (text->left > 0 && words_space(text->at[0]))
        bytes_skip(text, 1);
    while (length < text->left && !words_space(text->at[length]))
        length++;
    return bytes_take(text, length);
}

bool words_number(struct bytes text, uint64_t most, uint64_t *number)
{
    uint64_t sum = 0;
    if (text.left == 0)
        return false;
    while (text.left > 0) {
        uint8_t c = bytes_u8(&text);
        if (c < '0' || c > '9' || sum > (UINT64_MAX - 9) / 10)
            return false;
        sum = sum * 10 + (uint64_t)(c - '0');
    }
    if (sum > most)
        return false;
    *number = sum;
    return true;
}

bool words_address(struct bytes text, struct address *address)
{
    char copy[ADDRESS_TEXT];
    if (text.left == 0 || text.left >= sizeof copy || memchr(text.at, '\0', text.left) != NULL)
        return false;
    memcpy(copy, text.at, text.left);
    copy[text.left] = '\0';
    return address_parse(copy, address);
}

bool words_contain(struct bytes text, const char *word)
{
    const uint8_t first = (uint8_t)word[0], but_case = 0xdf;
    const size_t length = strlen(word);
    for (size_t i = 0; i + length <= text.left; i++)
        if (((text.at[i] ^ first) & but_case) == 0 && bytes_starts(bytes_of(text.at + i, text.left - i), word))
            return true;
    return false;
}

bool words_is_name(struct bytes text)
{
    if (text.left == 0 || text.left > WORDS_HOST_MOST)
        return false;
    for (size_t i = 0; i < text.left; i++) {
        uint8_t c = bytes_upper(text.at[i]);
        bool inner = c == '-' || c == '_' || c == '.';
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && !(inner && i > 0))
            return false;
    }
    return true;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return bytes_upper(c) >= 'A' && bytes_upper(c) <= 'Z';
}

bool words_is_keyword(struct bytes word, size_t most)
{
    bool upper = false, lower = false;
    if (word.left == 0 || word.left > most || !is_letter(word.at[0]))
        return false;
    while (word.left > 0) {
        uint8_t c = bytes_u8(&word);
        bool capital = c >= 'A' && c <= 'Z', small = c >= 'a' && c <= 'z';
        if (!capital && !small && !is_digit(c) && c != '-' && c != '_')
            return false;
        upper |= capital;
        lower |= small;
    }
    return !(upper && lower);
}

size_t words_endpoint(struct bytes host, uint16_t port, char out[WORDS_ENDPOINT_MOST])
{
    bool colon = host.left > 0 && memchr(host.at, ':', host.left) != NULL;
    int length = snprintf(out, WORDS_ENDPOINT_MOST, colon ? "[%.*s]:%u" : "%.*s:%u", (int)host.left,
                          (const char *)host.at, (unsigned)port);
    return length > 0 ? (size_t)length : 0;
}
