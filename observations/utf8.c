/* utf8: validation by the table of well-formed sequences, RFC 3629, 4: no overlong forms, no surrogates, nothing
 * above U+10FFFF. */
#include "observations/utf8.h"

#include <stdint.h>
#include <string.h>

/* Length of the well-formed sequence that `text` begins with, 0 when it begins with none. */
static size_t sequence(const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    uint8_t low = 0x80, high = 0xbf; /* of the second byte */
    size_t length;
    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xc2 && at[0] <= 0xdf) {
        length = 2;
    } else if (at[0] >= 0xe0 && at[0] <= 0xef) {
        length = 3;
        low = at[0] == 0xe0 ? 0xa0 : 0x80;
        high = at[0] == 0xed ? 0x9f : 0xbf;
    } else if (at[0] >= 0xf0 && at[0] <= 0xf4) {
        length = 4;
        low = at[0] == 0xf0 ? 0x90 : 0x80;
        high = at[0] == 0xf4 ? 0x8f : 0xbf;
    } else {
        return 0;
    }
    if (at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++) /* a NUL fails here, so nothing past the end is read */
        if (at[i] < 0x80 || at[i] > 0xbf)
            return 0;
    return length;
}

const char *utf8_clean(const char *text, char out[], size_t size)
{
    static const char replacement[] = "\xef\xbf\xbd";
    const char *at = text;
    size_t length = 1;
    while (*at != '\0' && (length = sequence(at)) > 0)
        at += length;
    if (*at == '\0')
        return text;
    size_t used = 0;
    for (at = text; *at != '\0'; at += length > 0 ? length : 1) {
        length = sequence(at);
        const char *from = length > 0 ? at : replacement;
        size_t wanted = length > 0 ? length : sizeof replacement - 1;
        if (used + wanted >= size)
            break;
        memcpy(out + used, from, wanted);
        used += wanted;
    }
    out[used] = '\0';
    return out;
}
