/* tellings: see audit/tellings.h. Lists of pointers, sorted once and then looked up by halving. */
#include "audit/tellings.h"

#include <stdlib.h>
#include <string.h>

static int port_order(const struct telling *x, const struct telling *y)
{
    if (x->host != y->host)
        return x->host < y->host ? -1 : 1;
    if (x->transport != y->transport)
        return x->transport - y->transport;
    if (x->port != y->port)
        return x->port - y->port;
    return 0;
}

int telling_order(const void *a, const void *b)
{
    const struct telling *x = a, *y = b;
    int order = port_order(x, y);
    if (order != 0)
        return order;
    if (x->told.time_ns != y->told.time_ns)
        return x->told.time_ns < y->told.time_ns ? -1 : 1;
    return (x->told.endpoint > y->told.endpoint) - (x->told.endpoint < y->told.endpoint);
}

static int place_order(const struct telling *x, const struct telling *y)
{
    return (x > y) - (x < y); /* in one array */
}

/* Do both say the same thing in the same way, to whomever? What the site file says is said once. */
static int thing_order(const struct telling *x, const struct telling *y)
{
    int order = port_order(x, y);
    if (order != 0)
        return order;
    if (x->told.endpoint != y->told.endpoint)
        return x->told.endpoint < y->told.endpoint ? -1 : 1;
    if (x->told.endpoint == SIZE_MAX)
        return place_order(x, y);
    if (x->how != y->how)
        return x->how < y->how ? -1 : 1;
    return strcmp(x->told.learned_from, y->told.learned_from);
}

static int first_order(const void *a, const void *b)
{
    const struct telling *const *x = a, *const *y = b;
    int order = thing_order(*x, *y);
    return order != 0 ? order : place_order(*x, *y);
}

static int pointer_order(const void *a, const void *b)
{
    const struct telling *const *x = a, *const *y = b;
    return place_order(*x, *y);
}

static int client_order(const struct telling *x, const struct telling *y)
{
    int order = port_order(x, y);
    return order != 0 ? order : (x->client_host > y->client_host) - (x->client_host < y->client_host);
}

static int own_order(const void *a, const void *b)
{
    const struct telling *const *x = a, *const *y = b;
    int order = client_order(*x, *y);
    return order != 0 ? order : place_order(*x, *y);
}

bool tellings_index(struct arena *arena, const struct telling *tellings, size_t count, struct tellings *index)
{
    *index = (struct tellings){.firsts = arena_take_many(arena, count, sizeof *index->firsts),
                               .owns = arena_take_many(arena, count, sizeof *index->owns)};
    if (index->firsts == NULL || index->owns == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        index->firsts[i] = &tellings[i];
        if (tellings[i].how == HOW_TOLD)
            index->owns[index->own_count++] = &tellings[i];
    }
    qsort(index->owns, index->own_count, sizeof *index->owns, own_order);
    qsort(index->firsts, count, sizeof *index->firsts, first_order);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || thing_order(index->firsts[index->first_count - 1], index->firsts[i]) != 0)
            index->firsts[index->first_count++] = index->firsts[i];
    qsort(index->firsts, index->first_count, sizeof *index->firsts, pointer_order);
    return true;
}

/* Those like `wanted`, which stand together: the first, and how many. */
static const struct telling *const *range_of(const struct telling *const *items, size_t all,
                                             int (*order)(const struct telling *, const struct telling *),
                                             const struct telling *wanted, size_t *count)
{
    size_t low = 0, high = all, end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order(items[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < all && order(items[end], wanted) == 0;)
        end++;
    *count = end - low;
    return &items[low];
}

static struct telling wanted_of(const struct judged_conversation *conversation)
{
    return (struct telling){.host = conversation->server_host,
                            .transport = conversation->transport,
                            .port = conversation->port,
                            .client_host = conversation->client_host};
}

const struct telling *const *tellings_first(const struct tellings *index,
                                            const struct judged_conversation *conversation, size_t *count)
{
    struct telling wanted = wanted_of(conversation);
    return range_of(index->firsts, index->first_count, port_order, &wanted, count);
}

const struct telling *const *tellings_own(const struct tellings *index, const struct judged_conversation *conversation,
                                          size_t *count)
{
    struct telling wanted = wanted_of(conversation);
    return range_of(index->owns, index->own_count, client_order, &wanted, count);
}
