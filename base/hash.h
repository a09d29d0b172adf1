/* hash: one 64-bit hash for every table in the house. Keyed by a seed, so that a capture cannot be written to
 * make all its flows collide; the seed never changes a result, only places in a table. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(a ^ UINT64_C(0x9e3779b97f4a7c15)) * (b ^ UINT64_C(0xd6e8feb86659fd93));
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_bytes(const void *start, size_t length, uint64_t seed)
{
    const uint8_t *at = start;
    uint64_t h = hash_mix(seed, length);
    for (; length >= 8; at += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        h = hash_mix(h, word);
    }
    if (length > 0) {
        uint64_t word = 0;
        memcpy(&word, at, length);
        h = hash_mix(h, word);
    }
    return hash_mix(h, UINT64_C(0xa0761d6478bd642f));
}

#endif
