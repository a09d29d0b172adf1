/* crowd: see audit/crowd.h. Whom a host can meet are two lists in order, those in all networks and those in its own,
 * which are gone through side by side. */
#include "audit/crowd.h"

#include "audit/hosts.h"

#include <stdlib.h>
#include <string.h>

static const char *network_of(const struct crowd *crowd, size_t host)
{
    return crowd->work->audit->hosts[host].network;
}

static int within_order(const void *a, const void *b, void *of)
{
    const size_t *x = a, *y = b;
    int order = strcmp(network_of(of, *x), network_of(of, *y));
    return order != 0 ? order : (*x > *y) - (*x < *y);
}

bool crowd_gather(struct work *work, struct arena *arena, const struct texts *roles, struct crowd *crowd)
{
    size_t most = work->audit->host_count;
    *crowd = (struct crowd){.work = work, .has = arena_take_many(arena, most, sizeof *crowd->has)};
    for (size_t i = 0; crowd->has != NULL && i < most; i++) {
        crowd->has[i] = host_fit(work, &work->audit->hosts[i], roles) > 1;
        crowd->count += crowd->has[i];
        crowd->within_count += crowd->has[i] && network_of(crowd, i)[0] != '\0';
    }
    crowd->hosts = arena_take_many(arena, crowd->count, sizeof *crowd->hosts);
    crowd->within = arena_take_many(arena, crowd->within_count, sizeof *crowd->within);
    crowd->everywhere = arena_take_many(arena, crowd->count - crowd->within_count, sizeof *crowd->everywhere);
    if (crowd->has == NULL || arena_ran_out(arena))
        return false;
    for (size_t i = 0, all = 0, within = 0; i < most; i++) {
        if (!crowd->has[i])
            continue;
        crowd->hosts[all++] = i;
        if (network_of(crowd, i)[0] != '\0')
            crowd->within[within++] = i;
        else
            crowd->everywhere[crowd->everywhere_count++] = i;
    }
    qsort_r(crowd->within, crowd->within_count, sizeof *crowd->within, within_order, crowd);
    return true;
}

bool crowd_has(const struct crowd *crowd, size_t self, size_t host)
{
    return crowd->has[host] && host != self && hosts_may_meet(crowd->work, self, host);
}

/* Where, among those within one, this network begins, or (`after`) ends. */
static size_t network_edge(const struct crowd *crowd, const char *network, bool after)
{
    size_t low = 0, high = crowd->within_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(network_of(crowd, crowd->within[middle]), network);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct crowd_walk crowd_walk(const struct crowd *crowd, size_t self)
{
    const char *network = network_of(crowd, self);
    if (network[0] == '\0')
        return (struct crowd_walk){.one = crowd->hosts, .one_left = crowd->count, .self = self};
    size_t begin = network_edge(crowd, network, false);
    return (struct crowd_walk){.one = crowd->everywhere,
                               .one_left = crowd->everywhere_count,
                               .other = &crowd->within[begin],
                               .other_left = network_edge(crowd, network, true) - begin,
                               .self = self};
}

size_t crowd_size(const struct crowd *crowd, size_t self)
{
    struct crowd_walk walk = crowd_walk(crowd, self);
    return walk.one_left + walk.other_left - (crowd->has[self] ? 1 : 0);
}

size_t crowd_next(struct crowd_walk *walk)
{
    size_t next = walk->self;
    while (next == walk->self && walk->one_left + walk->other_left > 0) {
        bool other = walk->one_left == 0 || (walk->other_left > 0 && *walk->other < *walk->one);
        next = other ? *walk->other++ : *walk->one++;
        walk->other_left -= other;
        walk->one_left -= !other;
    }
    return next == walk->self ? SIZE_MAX : next;
}
