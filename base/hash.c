/* hash: the seed of the process, without a system call. */
#include "base/hash.h"

#include <sys/auxv.h>

uint64_t hash_seed_of_process(void)
{
    uint64_t seed = 0;
    const void *bytes = (const void *)getauxval(AT_RANDOM); /* NOLINT(performance-no-int-to-ptr) */
    if (bytes != NULL)
        memcpy(&seed, bytes, sizeof seed);
    return seed;
}
