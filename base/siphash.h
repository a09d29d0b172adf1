/* siphash: SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): 64 bits of a text that nobody
 * without the key can tell from random ones, or turn back. For what must not be guessed; hash.h is for tables. */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
    uint64_t low, high; /* of 16 bytes, the least significant first */
};

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t length);

#endif
