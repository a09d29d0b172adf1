/* wording: words and numbers one behind the other. */
#include "dissectors/wording.h"

void wording_add(struct wording *wording, struct bytes words)
{
    size_t room = WORDING_MOST - wording->length, length = words.left < room ? words.left : room;
    if (length > 0)
        memcpy(wording->text + wording->length, words.at, length);
    wording->length += length;
}

void wording_add_text(struct wording *wording, const char *words)
{
    wording_add(wording, bytes_of(words, strlen(words)));
}

void wording_add_upper(struct wording *wording, struct bytes words)
{
    size_t from = wording->length;
    wording_add(wording, words);
    for (size_t i = from; i < wording->length; i++)
        wording->text[i] = (char)bytes_upper((uint8_t)wording->text[i]);
}

void wording_add_number(struct wording *wording, int64_t number)
{
    char digits[sizeof "-9223372036854775808"];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        digits[--at] = '-';
    wording_add(wording, bytes_of(digits + at, sizeof digits - at));
}

void wording_add_hex(struct wording *wording, uint32_t number, unsigned digits)
{
    char text[8];
    for (unsigned i = 0; i < sizeof text; i++)
        text[i] = "0123456789abcdef"[number >> (28 - 4 * i) & 15];
    wording_add(wording, bytes_of(text + sizeof text - digits, digits));
}

void wording_say_number(int64_t number, const char *name, enum fact_key key, struct facts *out)
{
    struct wording wording;
    wording_begin(&wording);
    wording_add_number(&wording, number);
    if (name != NULL) {
        wording_add_text(&wording, " ");
        wording_add_text(&wording, name);
    }
    wording_say(&wording, key, out);
}
