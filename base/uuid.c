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
    struct uuid u = {{0}};
    struct bytes w = bytes_take(in, 16);
    if (w.left < 16)
        return u;
    memcpy(u.octets, w.at, 16);
    for (size_t i = 0; little && i < 8; i++) /* four octets, two and two, each the other way round */
        u.octets[i] = w.at[i < 4 ? 3 - i : i ^ 1];
    return u;
}

const char *uuid_text(const struct uuid *u, char out[UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    const unsigned hyphens = 1U << 4 | 1U << 6 | 1U << 8 | 1U << 10; /* before these octets */
    char *to = out;
    for (size_t i = 0; i < 16; i++) {
        if ((hyphens >> i & 1) != 0)
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
