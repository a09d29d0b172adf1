/* disguise_address: each bit of an address is turned, or not, by what the key says of all bits before it. So addresses
 * share as many leading bits afterwards as before. Classes are kept apart by keeping their leading bits, or, for the
 * first octets of public IPv4 addresses, by changing the order of octets among their like. */
#include "observations/disguise_inside.h"

#include <string.h>

#define V4_AT 96 /* the first bit of an IPv4 address among 128 */

static bool bit_of(const struct address *a, unsigned bit)
{
    return (a->octets[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

/* Is every address of this first octet public? */
static bool is_public_octet(unsigned octet)
{
    static const uint8_t others[] = {0, 10, 100, 127, 169, 172, 192, 198, 203};
    return octet < 224 && memchr(others, (int)octet, sizeof others) == NULL;
}

/* Documentation, benchmarks and the like (RFC 6890) stay with the public ones of their first octet. */
static bool is_private_start(unsigned first, unsigned second)
{
    return first == 10 || (first == 172 && second >= 16 && second < 32) || (first == 192 && second == 168) ||
           (first == 169 && second == 254) || (first == 100 && second >= 64 && second < 128);
}

/* Another octet of those that are allowed after `first`, in an order that only the key knows; 256 for the first itself.
 */
static uint8_t other_octet(const struct disguise *d, unsigned first, unsigned octet)
{
    uint64_t own = 0, orders[256];
    unsigned rank = 0;
    bool allowed[256];
    for (unsigned i = 0; i < 256; i++) {
        uint16_t place[2] = {(uint16_t)first, (uint16_t)i};
        allowed[i] = first == 256 ? is_public_octet(i) : !is_private_start(first, i);
        orders[i] = siphash(&d->key, place, sizeof place);
        if (i == octet)
            own = orders[i];
    }
    for (unsigned i = 0; i < 256; i++)
        rank += allowed[i] && orders[i] < own;
    for (unsigned i = 0; i < 256; i++)
        if (allowed[i] && rank-- == 0)
            return (uint8_t)i;
    return (uint8_t)octet;
}

/* Leading bits, of 128, that the turning of bits leaves alone; 128: the whole address. */
static unsigned kept_bits(const struct address *a)
{
    const uint8_t *o = a->octets;
    if (!address_is_v4(a)) {
        static const struct address loopback = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
        if (address_is_zero(a) || o[0] == 0xff || address_equal(a, &loopback))
            return 128;
        return (o[0] & 0xfe) == 0xfc ? 8 : o[0] == 0xfe && (o[1] & 0xc0) == 0x80 ? 10 : 3;
    }
    if (o[12] == 0 || o[12] == 127 || o[12] >= 224)
        return 128;
    if (o[12] == 172 && is_private_start(172, o[13]))
        return V4_AT + 12;
    if (o[12] == 100 && is_private_start(100, o[13]))
        return V4_AT + 10;
    return V4_AT + (o[12] == 10 || is_public_octet(o[12]) ? 8 : 16);
}

static struct address turned(const struct disguise *d, const struct address *a, unsigned kept)
{
    struct address out = *a;
    struct {
        uint8_t bits;
        struct address before;
    } start = {0, *a};
    for (unsigned bit = 128; bit-- > kept;) {
        start.before.octets[bit / 8] &= (uint8_t)(0xff00 >> bit % 8);
        start.bits = (uint8_t)bit;
        if (siphash(&d->key, &start, sizeof start) & 1)
            out.octets[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
    }
    return out;
}

static struct address replaced(const struct disguise *d, const struct address *a)
{
    unsigned kept = kept_bits(a);
    if (kept == 128)
        return *a;
    struct address out = turned(d, a, kept);
    if (!address_is_v4(a))
        return out;
    unsigned first = a->octets[12], second = a->octets[13];
    if (is_public_octet(first))
        out.octets[12] = other_octet(d, 256, first);
    else if (!is_private_start(first, second))
        out.octets[13] = other_octet(d, first, second);
    return out;
}

struct address disguise_address(struct disguise *d, const struct address *address)
{
    struct known_address *known =
        &d->addresses[hash_bytes(address->octets, sizeof address->octets, 0) % DISGUISE_ADDRESSES];
    if (!known->used || !address_equal(&known->from, address))
        *known = (struct known_address){true, *address, replaced(d, address)};
    return known->to;
}

bool disguise_prefix(struct disguise *d, const struct prefix *prefix, struct prefix *out)
{
    bool v4 = address_is_v4(&prefix->base);
    unsigned start = v4 ? V4_AT : 0, kept = kept_bits(&prefix->base);
    *out = *prefix;
    if (prefix->bits == start)
        return true; /* all addresses */
    bool whole_octet = v4 && prefix->bits == V4_AT + 8;
    if (kept < 128 && prefix->bits < kept && !whole_octet)
        return false;
    out->base = disguise_address(d, &prefix->base);
    for (unsigned bit = prefix->bits; bit < 128; bit++)
        if (bit_of(&out->base, bit))
            out->base.octets[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
    return true;
}
