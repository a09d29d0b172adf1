/* resets: a table of (server, client) and the time to live of the server's answers. A pair finds its place among a few
 * neighbours; when all are taken the oldest gives way, and then less is known. So that it is the same that is forgotten
 * in every run, with any number of observers, the neighbours of a pair are such that fall to the same observer. */
#include "app/resets.h"

#include "base/memory.h"
#include "flows/flow.h"

#include <string.h>

#define SETS       10080 /* a multiple of the numbers of observers up to 16 but 11 and 13 */
#define NEIGHBOURS 4

struct way {
    struct address server, client;
    uint8_t apart; /* the network, when these are kept apart */
    uint8_t ttl;
    bool varies;
};

struct resets {
    uint8_t noted[SETS]; /* ways; from 2 * NEIGHBOURS on counted from NEIGHBOURS again */
    struct way ways[SETS][NEIGHBOURS];
};

struct resets *resets_create(struct failure *failure)
{
    return memory_reserve(sizeof(struct resets), "ways of servers", failure);
}

void resets_destroy(struct resets *resets)
{
    memory_release(resets, sizeof *resets);
}

static bool is_way(const struct way *way, const struct packet *packet)
{
    return way->apart == packet->ends.apart && address_equal(&way->server, &packet->ends.source) &&
           address_equal(&way->client, &packet->ends.target);
}

/* Memory that nothing was written to is not looked at: the system would lay a page there twice, one to be read and one
 * to be written. */
static size_t ways_of(const struct resets *resets, size_t set)
{
    return resets->noted[set] < NEIGHBOURS ? resets->noted[set] : NEIGHBOURS;
}

void resets_note(struct resets *resets, const struct packet *answer)
{
    size_t set = flow_pair_place(&answer->ends, SETS), ways = ways_of(resets, set);
    uint8_t *noted = &resets->noted[set];
    if (answer->ttl == 0)
        return;
    for (size_t i = 0; i < ways; i++) {
        struct way *way = &resets->ways[set][i];
        if (!is_way(way, answer))
            continue;
        way->varies = way->varies || way->ttl != answer->ttl;
        return;
    }
    resets->ways[set][*noted % NEIGHBOURS] =
        (struct way){answer->ends.source, answer->ends.target, answer->ends.apart, answer->ttl, false};
    *noted = *noted + 1 < 2 * NEIGHBOURS ? (uint8_t)(*noted + 1) : NEIGHBOURS;
}

void resets_prefetch(const struct resets *resets, const struct packet *packet)
{
    __builtin_prefetch(resets->ways[flow_pair_place(&packet->ends, SETS)]);
}

/* Systems begin with 64, 128 or 255, some old ones with 32. */
static unsigned hops_of(uint8_t ttl)
{
    return ttl <= 32 ? 32u - ttl : ttl <= 64 ? 64u - ttl : ttl <= 128 ? 128u - ttl : 255u - ttl;
}

unsigned resets_nearer(const struct resets *resets, const struct packet *reset)
{
    size_t set = flow_pair_place(&reset->ends, SETS), count = ways_of(resets, set);
    const struct way *ways = resets->ways[set];
    for (size_t i = 0; i < count; i++) {
        if (!is_way(&ways[i], reset) || ways[i].varies || reset->ttl == 0)
            continue;
        unsigned server = hops_of(ways[i].ttl), here = hops_of(reset->ttl);
        return here < server ? server - here : 0;
    }
    return 0;
}
