/* base64: RFC 4648, section 4. Hides the alphabet. */
#include "base/base64.h"

/* The six bits a character stands for, or -1. */
static int six_bits(uint8_t c)
{
    static const int8_t values[256] = {
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1, -1, 63, 52, 53, 54, 55,
        56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1, -1, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
        13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, -1, -1, 26, 27, 28, 29, 30, 31, 32,
        33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    };
    return values[c];
}

size_t base64_decode(struct bytes text, uint8_t *out, size_t size)
{
    uint32_t bits = 0;
    unsigned held = 0; /* how many low bits of `bits` are not yet written */
    size_t used = 0;
    while (text.left >= 4 && size - used >= 3) { /* as long as whole groups of four come */
        struct bytes four = text;
        int a = six_bits(bytes_u8(&four)), b = six_bits(bytes_u8(&four));
        int c = six_bits(bytes_u8(&four)), d = six_bits(bytes_u8(&four));
        if ((a | b | c | d) < 0)
            break;
        out[used++] = (uint8_t)(a << 2 | b >> 4);
        out[used++] = (uint8_t)(b << 4 | c >> 2);
        out[used++] = (uint8_t)(c << 6 | d);
        text = four;
    }
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
