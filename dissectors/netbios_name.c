/* netbios_name: first-level encoding is RFC 1001 14.1, second-level RFC 1002 4.1. */
#include "dissectors/netbios_name.h"

#include "dissectors/wording.h"

#define LETTERS   32
#define NAME_MOST 15

/* Names that a logged-on user registers: the messenger service and what it forwards (MS-BRWS 2.1.1). */
enum { SUFFIX_MESSENGER = 0x03, SUFFIX_FORWARDED = 0x05 };

enum likeness netbios_name_like(struct bytes in)
{
    if (in.left > 0 && bytes_u8(&in) != LETTERS)
        return LIKE_NOT;
    for (size_t i = 0; i < LETTERS && i < in.left; i++)
        if (in.at[i] < 'A' || in.at[i] > 'P')
            return LIKE_NOT;
    return in.left < LETTERS ? LIKE_MAYBE : LIKE_YES;
}

static bool fail(struct bytes *in)
{
    bytes_skip(in, in->left + 1);
    return false;
}

bool netbios_name_take(struct bytes *in, struct bytes *letters)
{
    *letters = bytes_of("", 0);
    if (in->left > 0 && in->at[0] >= 0xc0) {
        bytes_skip(in, 2);
        return bytes_ok(in);
    }
    if (netbios_name_like(*in) != LIKE_YES)
        return fail(in);
    bytes_skip(in, 1);
    *letters = bytes_take(in, LETTERS);
    for (;;) {
        uint8_t length = bytes_u8(in);
        if (length == 0)
            return bytes_ok(in);
        if (length >= 0xc0) {
            bytes_skip(in, 1);
            return bytes_ok(in);
        }
        if (length > 63)
            return fail(in);
        bytes_skip(in, length);
    }
}

void netbios_name_say_plain(struct bytes sixteen, struct facts *out)
{
    struct wording wording;
    size_t length = NAME_MOST;
    if (sixteen.left != NAME_MOST + 1 || sixteen.at[0] == '*')
        return;
    uint8_t suffix = sixteen.at[NAME_MOST];
    if (suffix == SUFFIX_MESSENGER || suffix == SUFFIX_FORWARDED)
        return;
    while (length > 0 && (sixteen.at[length - 1] == ' ' || sixteen.at[length - 1] == 0))
        length--;
    for (size_t i = 0; i < length; i++) {
        if (sixteen.at[i] < ' ' || sixteen.at[i] >= 0x7f)
            return;
    }
    if (length == 0)
        return;
    wording_begin(&wording);
    wording_add(&wording, bytes_of(sixteen.at, length));
    wording_add_text(&wording, "<");
    wording_add_hex(&wording, suffix, 2);
    wording_add_text(&wording, ">");
    wording_say(&wording, FACT_NETBIOS_NAMES, out);
}

void netbios_name_say(struct bytes letters, struct facts *out)
{
    uint8_t plain[NAME_MOST + 1];
    if (letters.left != LETTERS)
        return;
    for (size_t i = 0; i < sizeof plain; i++) {
        unsigned high = bytes_u8(&letters) - (unsigned)'A';
        plain[i] = (uint8_t)(high << 4 | (bytes_u8(&letters) - (unsigned)'A'));
    }
    netbios_name_say_plain(bytes_of(plain, sizeof plain), out);
}
