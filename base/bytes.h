/* bytes: a borrowed window over bytes from the wire; the only way to read them.
 *
 * A cursor is a small value: where it is, how much is left, whether it overran. Reads go straight forward;
 * the first read past the end empties the cursor, gives 0, and every later read gives 0 too, so a parser
 * reads a whole header and asks bytes_ok() once. A taken window cannot see past its own end: short in the
 * outer window means "wait for more", short in an inner window means "the message lies, stop".
 * A cursor owns nothing and allocates nothing. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *at;
    size_t left;
    size_t overran; /* 0 or 1: a whole word, as it is copied: a byte would wait until it has left the store buffer */
};

static inline struct bytes bytes_of(const void *start, size_t length)
{
    return (struct bytes){start, length, false};
}

static inline bool bytes_ok(const struct bytes *in)
{
    return !in->overran;
}

/* Takes the next `length` bytes as a window of their own. A failed take empties both: so nothing is left in a cursor
 * that overran, and one question is enough. */
static inline struct bytes bytes_take(struct bytes *in, size_t length)
{
    if (length > in->left) {
        in->overran = true;
        in->left = 0;
        return (struct bytes){in->at, 0, true};
    }
    struct bytes taken = {in->at, length, in->overran};
    if (length > 0) {
        in->at += length;
        in->left -= length;
    }
    return taken;
}

static inline void bytes_skip(struct bytes *in, size_t length)
{
    (void)bytes_take(in, length);
}

static inline uint8_t bytes_u8(struct bytes *in)
{
    struct bytes w = bytes_take(in, 1);
    return w.left == 1 ? w.at[0] : 0;
}

static inline uint16_t bytes_be16(struct bytes *in)
{
    struct bytes w = bytes_take(in, 2);
    return w.left == 2 ? (uint16_t)((unsigned)w.at[0] << 8 | w.at[1]) : 0;
}

static inline uint32_t bytes_be24(struct bytes *in)
{
    struct bytes w = bytes_take(in, 3);
    return w.left == 3 ? (uint32_t)w.at[0] << 16 | (uint32_t)w.at[1] << 8 | w.at[2] : 0;
}

static inline uint32_t bytes_be32(struct bytes *in)
{
    struct bytes w = bytes_take(in, 4);
    return w.left == 4 ? (uint32_t)w.at[0] << 24 | (uint32_t)w.at[1] << 16 | (uint32_t)w.at[2] << 8 | w.at[3] : 0;
}

static inline uint64_t bytes_be64(struct bytes *in)
{
    struct bytes w = bytes_take(in, 8);
    uint64_t number = 0;
    if (w.left == 8)
        memcpy(&number, w.at, 8);
    return be64toh(number);
}

static inline uint16_t bytes_le16(struct bytes *in)
{
    struct bytes w = bytes_take(in, 2);
    return w.left == 2 ? (uint16_t)((unsigned)w.at[1] << 8 | w.at[0]) : 0;
}

static inline uint32_t bytes_le32(struct bytes *in)
{
    struct bytes w = bytes_take(in, 4);
    return w.left == 4 ? (uint32_t)w.at[3] << 24 | (uint32_t)w.at[2] << 16 | (uint32_t)w.at[1] << 8 | w.at[0] : 0;
}

static inline uint64_t bytes_le64(struct bytes *in)
{
    uint64_t low = bytes_le32(in);
    return (uint64_t)bytes_le32(in) << 32 | low;
}

/* Moves on so that the distance from `start` is a multiple of `unit` (a power of two). */
static inline void bytes_align(struct bytes *in, const uint8_t *start, size_t unit)
{
    size_t done = (size_t)(in->at - start);
    bytes_skip(in, (unit - done % unit) % unit);
}

/* Takes one line that ends in LF, without its LF or CR LF. False, and nothing taken, when no LF is here yet. */
static inline bool bytes_line(struct bytes *in, struct bytes *line)
{
    if (in->left == 0)
        return false;
    const uint8_t *end = memchr(in->at, '\n', in->left);
    if (end == NULL)
        return false;
    *line = bytes_take(in, (size_t)(end - in->at) + 1);
    line->left--;
    if (line->left > 0 && line->at[line->left - 1] == '\r')
        line->left--;
    return true;
}

/* ASCII only, whatever the locale. */
static inline uint8_t bytes_upper(uint8_t c)
{
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c;
}

/* Do these bytes begin with `word` (ASCII, without regard to case; `word` in any case)? */
static inline bool bytes_starts(struct bytes in, const char *word)
{
    size_t i = 0;
    for (; word[i] != '\0'; i++)
        if (i >= in.left || bytes_upper(in.at[i]) != bytes_upper((uint8_t)word[i]))
            return false;
    return true;
}

/* Are these bytes `word` and nothing else (ASCII, without regard to case)? */
static inline bool bytes_are(struct bytes in, const char *word)
{
    return in.left == strlen(word) && bytes_starts(in, word);
}

#endif
