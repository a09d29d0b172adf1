/* address: IPv4 and IPv6 addresses and prefixes as 16 octets.
 *
 * IPv4 is held as the IPv4-mapped form ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), so that one key, one comparison
 * and one prefix test serve both. Text is dotted for IPv4 and RFC 5952 for IPv6. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ADDRESS_TEXT 46

struct address {
    uint8_t octets[16];
};

/* Addresses from `base` that share its first `bits` bits (of 128, also for IPv4). */
struct prefix {
    struct address base;
    uint8_t bits;
};

static inline struct address address_from_v4(const uint8_t octets[4])
{
    struct address a = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}};
    memcpy(a.octets + 12, octets, 4);
    return a;
}

/* The same of octets that were copied as they are into a number, in the two words of an address. */
static inline void address_set_v4_octets(struct address *a, uint32_t octets)
{
    uint64_t first = 0, second = htole64((uint64_t)le32toh(octets) << 32 | 0xffff0000);
    memcpy(a->octets, &first, sizeof first);
    memcpy(a->octets + 8, &second, sizeof second);
}

/* Word by word. What was just written in parts a processor cannot read as a whole before all of it is in the cache, and
 * waits longer for that than decoding a packet takes; addresses on their way from frame to flow are written so, and
 * read so by hashes and comparisons. */
static inline void address_copy(struct address *to, const struct address *from)
{
    uint64_t first, second;
    memcpy(&first, from->octets, sizeof first);
    memcpy(&second, from->octets + 8, sizeof second);
    memcpy(to->octets, &first, sizeof first);
    memcpy(to->octets + 8, &second, sizeof second);
}

static inline struct address address_from_v6(const uint8_t octets[16])
{
    struct address a;
    memcpy(a.octets, octets, 16);
    return a;
}

static inline bool address_equal(const struct address *a, const struct address *b)
{
    uint64_t a_first, a_second, b_first, b_second; /* for 16 octets gcc calls memcmp, which takes longer than this */
    memcpy(&a_first, a->octets, sizeof a_first);
    memcpy(&a_second, a->octets + 8, sizeof a_second);
    memcpy(&b_first, b->octets, sizeof b_first);
    memcpy(&b_second, b->octets + 8, sizeof b_second);
    return ((a_first ^ b_first) | (a_second ^ b_second)) == 0;
}

bool address_is_v4(const struct address *a);
/* 0.0.0.0, :: or all zero. */
bool address_is_zero(const struct address *a);
/* Multicast of either family, or 255.255.255.255. */
bool address_is_group(const struct address *a);
/* Writes the text into `out` and returns it. */
const char *address_text(const struct address *a, char out[ADDRESS_TEXT]);
/* One address, no prefix, no zone. False and `out` untouched when it is none. */
bool address_parse(const char *text, struct address *out);
/* `10.1.0.0/16`, `2001:db8::/32` or a single address. False when it is none, or bits exceed the family. */
bool prefix_parse(const char *text, struct prefix *out);
bool prefix_has(const struct prefix *prefix, const struct address *a);

#endif
