/* kinds: the four benchmark files. Each is a function of its seed (and for the mix of the captures) alone. `percent`
 * makes a smaller file of the same kind. Trouble with the disk is told when the output is closed. */
#ifndef BENCH_KINDS_H
#define BENCH_KINDS_H

#include "bench/output.h"

#include <stddef.h>

struct order {
    uint64_t seed;
    unsigned percent;
    const char *const *captures; /* mix only */
    size_t capture_count;
};

/* Real conversations replayed under new addresses, many at a time, and filler: 1 GiB. */
bool kind_mix(struct output *output, const struct order *order, struct failure *failure);
/* 10 million packets of 64 to 100 bytes, each of a flow picked at random among a million. */
bool kind_small(struct output *output, const struct order *order, struct failure *failure);
/* Eight TCP connections in full segments: 1 GiB. */
bool kind_elephants(struct output *output, const struct order *order, struct failure *failure);
/* Five million connection attempts, half of them refused, the others without an answer. */
bool kind_many(struct output *output, const struct order *order, struct failure *failure);

/* Time of the first packet: 2026-01-01 00:00:00 UTC. */
#define KINDS_START_US INT64_C(1767225600000000)
#define KINDS_GIB      (UINT64_C(1) << 30)

#endif
