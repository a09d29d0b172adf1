/* hash: one 64-bit hash for every table in the house. Tables that a capture can fill are keyed by a seed of the
 * process, so that no capture can be written to make its keys collide; the seed moves places in a table and never a
 * result. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_word_at(const void *start)
{
    uint64_t word;
    memcpy(&word, start, 8);
    return word;
}

/* Of 16 octets and a small number beside them, for keys of a fixed form under a secret seed: two of these cost little
 * more than one, and may be added where their order is not to count. */
static inline uint64_t hash_octets16(const uint8_t octets[16], uint64_t beside, uint64_t seed)
{
    return hash_mix(hash_word_at(octets) ^ seed ^ UINT64_C(0xd6e8feb86659fd93),
                    (hash_word_at(octets + 8) + beside * (seed | 1)) ^ ~seed);
}

/* The 1 to 7 octets at the end of `length` as a number, the first the lowest, without a loop over them. */
static inline uint64_t hash_rest(const uint8_t *start, size_t length, size_t rest)
{
    uint32_t first, last;
    const uint8_t *end = start + length;
    if (length >= 8)
        return le64toh(hash_word_at(end - 8)) >> (64 - 8 * rest);
    if (rest < 4)
        return start[0] | (uint64_t)start[rest / 2] << (rest / 2 * 8) | (uint64_t)end[-1] << (rest * 8 - 8);
    memcpy(&first, start, 4);
    memcpy(&last, end - 4, 4);
    return le32toh(first) | (uint64_t)le32toh(last) << (rest * 8 - 32);
}

static inline uint64_t hash_bytes(const void *start, size_t length, uint64_t seed)
{
    const uint8_t *at = start;
    uint64_t key = seed ^ UINT64_C(0xd6e8feb86659fd93);
    uint64_t h = hash_mix(key, length ^ UINT64_C(0x9e3779b97f4a7c15));
    size_t rest = length;
    for (; rest >= 8; at += 8, rest -= 8)
        h = hash_mix(h ^ le64toh(hash_word_at(at)), key) + h; /* a product of 0 loses nothing that came before */
    if (rest > 0)
        h = hash_mix(h ^ hash_rest(start, length, rest), key) + h;
    return hash_mix(h ^ UINT64_C(0xa0761d6478bd642f), UINT64_C(0xe7037ed1a0b428db));
}

/* A number that differs from process to process, from what the kernel gives every program at its start. */
uint64_t hash_seed_of_process(void);

#endif
