/* uuid: conversions of base/uuid.h. */
#include "base/uuid.h"

#include <stdio.h>

bool uuid_is_zero(const struct uuid *u)
{
    static const struct uuid zero;
    return uuid_equal(u, &zero);
}

struct uuid uuid_take(struct bytes *in, bool little)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    struct uuid u = {{0}};
    struct bytes w = bytes_take(in, 16);
    for (size_t i = 0; i < w.left; i++)
        u.octets[i] = w.at[little ? order[i] : i];
    return u;
}

const char *uuid_text(const struct uuid *u, char out[UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    char *to = out;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        *to++ = digits[u->octets[i] >> 4];
        *to++ = digits[u->octets[i] & 15];
    }
    *to = '\0';
    return out;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool uuid_parse(const char *text, struct uuid *out)
{
    struct uuid u = {{0}};
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-')
            return false;
        int high = digit(text[at]);
        int low = high < 0 ? -1 : digit(text[at + 1]);
        if (low < 0)
            return false;
        u.octets[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    if (text[at] != '\0')
        return false;
    *out = u;
    return true;
}
