/* base64: RFC 4648, section 4. Hides the alphabet. */
#include "dissectors/base64.h"

/* The six bits a character stands for, or -1. */
static int six_bits(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

size_t base64_decode(struct bytes text, uint8_t *out, size_t size)
{
    uint32_t bits = 0;
    unsigned held = 0; /* how many low bits of `bits` are not yet written */
    size_t used = 0;
    while (text.left > 0 && used < size) {
        int six = six_bits(bytes_u8(&text));
        if (six < 0)
            break;
        bits = (bits << 6 | (uint32_t)six) & 0xffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[used++] = (uint8_t)(bits >> held);
        }
    }
    return used;
}

bool base64_like(struct bytes text)
{
    bool padded = false;
    while (text.left > 0) {
        uint8_t c = bytes_u8(&text);
        if (c == '=')
            padded = true;
        else if (padded || six_bits(c) < 0)
            return false;
    }
    return true;
}
