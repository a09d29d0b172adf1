/* clean: a strict UTF-8 reader (RFC 3629, 3 and 4) that answers with U+FFFD instead of failing. */
#include "reports/clean.h"

#include <stdlib.h>

#define REPLACEMENT UINT32_C(0xfffd)

struct range {
    uint32_t low, high;
};

/* Code points that print nothing and change how others are printed (Unicode general categories Cc, Cf, Zl, Zp, and
 * noncharacters), as far as a report could be falsified with them. */
static const struct range unsafe[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e},   {0x200b, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb},   {0xfffe, 0xffff},
    {0xfdd0, 0xfdef}, {0x115f, 0x1160}, {0x3164, 0x3164}, {0xffa0, 0xffa0}, {0xe0000, 0xe0fff},
};

static bool is_unsafe(uint32_t code_point)
{
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
        if (code_point >= unsafe[i].low && code_point <= unsafe[i].high)
            return true;
    return false;
}

/* How many bytes follow a lead byte; -1 for a byte that leads nothing. `least`: below it the form is overlong. */
static int following(uint8_t lead, uint32_t *value, uint32_t *least)
{
    if (lead < 0x80) {
        *value = lead;
        *least = 0;
        return 0;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        *value = lead & 0x1f;
        *least = 0x80;
        return 1;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        *value = lead & 0x0f;
        *least = 0x800;
        return 2;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *value = lead & 0x07;
        *least = 0x10000;
        return 3;
    }
    return -1;
}

/* One code point as it stands; U+FFFD for what is no UTF-8, of which only the lead byte is consumed. */
static uint32_t take_utf8(struct bytes *in)
{
    uint32_t value = 0, least = 0;
    int left = following(bytes_u8(in), &value, &least);
    if (left < 0)
        return REPLACEMENT;
    struct bytes rest = *in;
    for (; left > 0; left--) {
        uint8_t next = bytes_u8(&rest);
        if ((next & 0xc0) != 0x80)
            return REPLACEMENT;
        value = value << 6 | (next & 0x3f);
    }
    if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return REPLACEMENT;
    *in = rest;
    return value;
}

uint32_t clean_take(struct bytes *in)
{
    if (in->left == 0)
        return 0;
    uint32_t value = take_utf8(in);
    if (value == '\t' || value == '\n' || value == '\r')
        return ' ';
    return is_unsafe(value) ? REPLACEMENT : value;
}

size_t clean_encode(uint32_t code_point, char out[5])
{
    size_t n = 0;
    if (code_point < 0x80) {
        out[n++] = (char)code_point;
    } else if (code_point < 0x800) {
        out[n++] = (char)(0xc0 | code_point >> 6);
        out[n++] = (char)(0x80 | (code_point & 0x3f));
    } else if (code_point < 0x10000) {
        out[n++] = (char)(0xe0 | code_point >> 12);
        out[n++] = (char)(0x80 | (code_point >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (code_point & 0x3f));
    } else {
        out[n++] = (char)(0xf0 | code_point >> 18);
        out[n++] = (char)(0x80 | (code_point >> 12 & 0x3f));
        out[n++] = (char)(0x80 | (code_point >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (code_point & 0x3f));
    }
    out[n] = '\0';
    return n;
}

size_t clean_copy(const char *text, char *out, size_t size)
{
    struct bytes in = bytes_of(text, strlen(text));
    size_t length = 0;
    for (uint32_t c = clean_take(&in); c != 0; c = clean_take(&in)) {
        char encoded[5];
        size_t n = clean_encode(c, encoded);
        if (length + n >= size)
            break;
        memcpy(out + length, encoded, n);
        length += n;
    }
    if (size > 0)
        out[length] = '\0';
    return length;
}

char *clean_create(const char *text)
{
    size_t size = strlen(text) * 3 + 1; /* one bad byte becomes the three of U+FFFD */
    char *copy = malloc(size);
    if (copy != NULL)
        clean_copy(text, copy, size);
    return copy;
}

unsigned clean_columns(const char *text)
{
    struct bytes in = bytes_of(text, strlen(text));
    unsigned columns = 0;
    while (clean_take(&in) != 0)
        columns++;
    return columns;
}
