/* heads: which dissectors could have said the first bytes of a payload. Most traffic is told apart here, before anybody
 * is asked: a call of each probe takes many times as long.
 *
 * Hides two tables: by the first byte, made by asking all probes about it, since what a probe says no to stays no
 * however much comes behind; and by the first eight, or eight a little later, which those declare who would be asked
 * about nearly everything. */
#ifndef APP_HEADS_H
#define APP_HEADS_H

#include "dissectors/dissector.h"

/* Some declared ways, which are asked about at once: the upper and the lower halves of eight bytes, and whose they are.
 */
#define HEADS_LANES 4
typedef uint32_t heads_lanes __attribute__((vector_size(4 * HEADS_LANES)));
struct heads_ways {
    heads_lanes mask[2], value[2], whose;
};

/* Dissectors are bits: the n-th one's is 1 << n. */
struct heads_of_transport {
    uint32_t firsts[2][256];              /* by direction */
    uint32_t open;                        /* these declare nothing */
    uint32_t later;                       /* these something of later bytes */
    struct heads_ways begin[4], go_on[1]; /* what those declare */
};

struct heads {
    struct heads_of_transport tcp, udp;
};

void heads_init(struct heads *heads);

/* Who could have said this head, which is not empty: could[from] as bits, for each direction. */
void heads_look(const struct heads *heads, enum transport transport, struct bytes head, uint32_t could[2]);

#endif
