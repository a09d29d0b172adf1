/* resets: a table of (server, client) and the time to live of the server's answers. A pair finds its place among a few
 * neighbours; when all are taken the oldest gives way, and then less is known. */
#include "app/resets.h"

#include "base/hash.h"
#include "base/memory.h"

#include <string.h>

#define SETS       4096 /* a power of two */
#define NEIGHBOURS 4

struct way {
    struct address server, client;
    uint8_t ttl; /* 0: the place is free */
    bool varies;
};

struct resets {
    uint64_t seed;
    uint8_t oldest[SETS];
    struct way ways[SETS][NEIGHBOURS];
};

struct resets *resets_create(struct failure *failure)
{
    struct resets *resets = memory_reserve(sizeof *resets, "ways of servers", failure);
    if (resets != NULL)
        resets->seed = hash_seed_of_process();
    return resets;
}

void resets_destroy(struct resets *resets)
{
    memory_release(resets, sizeof *resets);
}

static size_t set_of(const struct resets *resets, const struct packet *packet)
{
    const struct address ends[2] = {packet->ends.source, packet->ends.target};
    return (size_t)hash_bytes(ends, sizeof ends, resets->seed) % SETS;
}

static bool is_way(const struct way *way, const struct packet *packet)
{
    return way->ttl != 0 && address_equal(&way->server, &packet->ends.source) &&
           address_equal(&way->client, &packet->ends.target);
}

void resets_note(struct resets *resets, const struct packet *answer)
{
    size_t set = set_of(resets, answer);
    if (answer->ttl == 0)
        return;
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        struct way *way = &resets->ways[set][i];
        if (!is_way(way, answer))
            continue;
        way->varies = way->varies || way->ttl != answer->ttl;
        return;
    }
    resets->ways[set][resets->oldest[set]++ % NEIGHBOURS] =
        (struct way){answer->ends.source, answer->ends.target, answer->ttl, false};
}

/* Systems begin with 64, 128 or 255, some old ones with 32. */
static unsigned hops_of(uint8_t ttl)
{
    return ttl <= 32 ? 32u - ttl : ttl <= 64 ? 64u - ttl : ttl <= 128 ? 128u - ttl : 255u - ttl;
}

unsigned resets_nearer(const struct resets *resets, const struct packet *reset)
{
    const struct way *ways = resets->ways[set_of(resets, reset)];
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        if (!is_way(&ways[i], reset) || ways[i].varies || reset->ttl == 0)
            continue;
        unsigned server = hops_of(ways[i].ttl), here = hops_of(reset->ttl);
        return here < server ? server - here : 0;
    }
    return 0;
}
