/* disguise_inside: what the files of the disguise share and nobody else sees. */
#ifndef OBSERVATIONS_DISGUISE_INSIDE_H
#define OBSERVATIONS_DISGUISE_INSIDE_H

#include "base/hash.h"
#include "observations/disguise.h"

#define DISGUISE_ADDRESSES 4096 /* that are remembered; others are worked out again */

struct known_address {
    bool used;
    struct address from, to;
};

struct disguise {
    struct siphash_key key;
    const char *const *words;
    size_t word_count;
    struct known_address addresses[DISGUISE_ADDRESSES];
};

#endif
