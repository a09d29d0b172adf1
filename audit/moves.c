/* moves: see audit/moves.h. */
#include "audit/moves.h"

#include "audit/rpcfact.h"
#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

/* The conversations of each server port stand together. */
struct visits {
    const struct judged_conversation **items;
    size_t count;
};

static int visit_order(const void *a, const void *b)
{
    const struct judged_conversation *const *x = a, *const *y = b;
    if ((*x)->server_host != (*y)->server_host)
        return (*x)->server_host < (*y)->server_host ? -1 : 1;
    int order = strcmp((*x)->network, (*y)->network);
    if (order != 0)
        return order;
    if ((*x)->transport != (*y)->transport)
        return (*x)->transport - (*y)->transport;
    return (*x)->port - (*y)->port;
}

static bool visits_gather(struct work *work, struct visits *visits)
{
    const struct audit *audit = work->audit;
    visits->items = arena_take_many(work->arena, audit->conversation_count, sizeof(struct judged_conversation *));
    visits->count = 0;
    for (size_t i = 0; visits->items != NULL && i < audit->conversation_count; i++)
        visits->items[visits->count++] = &audit->conversations[i];
    if (visits->items != NULL)
        qsort(visits->items, visits->count, sizeof *visits->items, visit_order);
    return visits->items != NULL;
}

/* The conversations with this port: the first, and how many. */
static const struct judged_conversation **visits_of(const struct visits *visits, const struct abode *abode,
                                                    size_t *count)
{
    struct judged_conversation wanted = {
        .server_host = abode->host, .network = abode->network, .transport = abode->transport, .port = abode->port};
    const struct judged_conversation *key = &wanted;
    size_t begin = SORTED_FIRST(&key, visits->items, visits->count, visit_order), end = begin;
    while (end < visits->count && visit_order(&visits->items[end], &key) == 0)
        end++;
    *count = end - begin;
    return &visits->items[begin];
}

static bool says_interface(const struct judged_conversation *conversation, const char *key, const struct abode *abode)
{
    struct uuid said;
    uint16_t major, minor;
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(conversation->facts[i].key, key) == 0 &&
            rpcfact_parse(conversation->facts[i].value, &said, &major, &minor) && major == abode->major &&
            uuid_equal(&said, &abode->interface))
            return true;
    return false;
}

/* Does a flow of this class say that the service is not there any more? */
static bool contradicts(const struct judged_conversation *conversation, const struct judged_session *session,
                        const struct abode *abode)
{
    if (session->disposition == DISPOSITION_REFUSED)
        return true;
    if (session->disposition == DISPOSITION_APP_DENIED) /* its bind was rejected there */
        return says_interface(conversation, "rpc.binds", abode) && !says_interface(conversation, "rpc.accepted", abode);
    /* Something else answers; inside TLS and where nothing was read it may still be RPC. */
    const char *protocol = conversation->protocol;
    return session->disposition == DISPOSITION_OK && protocol[0] != '\0' && strcmp(protocol, "dcerpc") != 0 &&
           strcmp(protocol, "tls") != 0;
}

/* The first contradiction after the service was told there; INT64_MAX when there is none, or when it answered again
 * later. `other`: it was another protocol, which needs no later answer. */
static int64_t contradiction_of(const struct visits *visits, const struct abode *abode, bool *other)
{
    size_t count;
    int64_t first_ns = INT64_MAX, well_ns = INT64_MIN;
    const struct judged_conversation **here = visits_of(visits, abode, &count);
    *other = false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < here[i]->session_count; k++) {
            const struct judged_session *session = &here[i]->sessions[k];
            bool against = contradicts(here[i], session, abode);
            if (against && session->first_ns >= abode->first_ns && session->first_ns < first_ns) {
                first_ns = session->first_ns;
                *other = session->disposition == DISPOSITION_OK;
            }
            if (!against && session->disposition == DISPOSITION_OK && session->last_ns > well_ns &&
                says_interface(here[i], "rpc.accepted", abode))
                well_ns = session->last_ns;
        }
    return well_ns > first_ns ? INT64_MAX : first_ns;
}

static int abode_order(const void *a, const void *b)
{
    const struct abode *x = a, *y = b;
    if (x->host != y->host)
        return x->host < y->host ? -1 : 1;
    if (x->transport != y->transport)
        return x->transport - y->transport;
    int order = strcmp(x->network, y->network);
    if (order == 0)
        order = memcmp(&x->interface, &y->interface, sizeof x->interface);
    if (order != 0)
        return order;
    return x->major != y->major ? x->major - y->major : x->port - y->port;
}

static bool same_service(const struct abode *x, const struct abode *y)
{
    return x->host == y->host && strcmp(x->network, y->network) == 0 && x->transport == y->transport &&
           uuid_equal(&x->interface, &y->interface) && x->major == y->major;
}

/* Of the service's other ports the first that was told only after this one had been told for the last time. */
static struct abode *successor_of(struct abode *abodes, size_t count, const struct abode *old)
{
    struct abode *next = NULL;
    for (size_t i = 0; i < count; i++)
        if (abodes[i].port != old->port && abodes[i].first_ns > old->last_ns &&
            (next == NULL || abodes[i].first_ns < next->first_ns))
            next = &abodes[i];
    return next;
}

/* The abodes of one service of one host. */
static void service_settle(const struct visits *visits, struct abode *abodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool other;
        int64_t end_ns = contradiction_of(visits, &abodes[i], &other);
        struct abode *next = successor_of(abodes, count, &abodes[i]);
        if (end_ns == INT64_MAX || (next == NULL && !other))
            continue;
        if (next != NULL && next->first_ns < end_ns)
            end_ns = next->first_ns; /* refused to somebody who had not heard yet */
        abodes[i].stay.until_ns = end_ns;
        if (next == NULL)
            continue;
        abodes[i].stay.moved_to = next->port;
        if (next->stay.since_ns < end_ns)
            next->stay.since_ns = end_ns;
    }
}

/* Who was told of this port only after the other had left it was not there before. */
static void followers_settle(struct abode *abodes, size_t count, const struct abode *left)
{
    for (size_t i = 0; i < count; i++) {
        struct abode *abode = &abodes[i];
        if (abode->host == left->host && abode->transport == left->transport && abode->port == left->port &&
            abode->first_ns >= left->stay.until_ns && abode->stay.since_ns < left->stay.until_ns)
            abode->stay.since_ns = left->stay.until_ns;
    }
}

/* Told several times, by several ways or to several clients: once. How many are left. */
static size_t abodes_join(struct abode *abodes, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct abode *last = kept > 0 ? &abodes[kept - 1] : NULL;
        if (last == NULL || abode_order(last, &abodes[i]) != 0) {
            abodes[kept++] = abodes[i];
            continue;
        }
        last->first_ns = abodes[i].first_ns < last->first_ns ? abodes[i].first_ns : last->first_ns;
        last->last_ns = abodes[i].last_ns > last->last_ns ? abodes[i].last_ns : last->last_ns;
    }
    return kept;
}

bool moves_settle(struct work *work, struct abode *abodes, size_t *count)
{
    struct visits visits;
    if (!visits_gather(work, &visits))
        return false;
    qsort(abodes, *count, sizeof *abodes, abode_order);
    *count = abodes_join(abodes, *count);
    for (size_t i = 0; i < *count; i++)
        abodes[i].stay = (struct stay){INT64_MIN, INT64_MAX, 0};
    for (size_t from = 0, end; from < *count; from = end) {
        for (end = from + 1; end < *count && same_service(&abodes[from], &abodes[end]);)
            end++;
        service_settle(&visits, &abodes[from], end - from);
    }
    for (size_t i = 0; i < *count; i++)
        if (abodes[i].stay.until_ns != INT64_MAX)
            followers_settle(abodes, *count, &abodes[i]);
    return true;
}

const struct abode *moves_find(const struct abode *abodes, size_t count, const struct abode *wanted)
{
    return bsearch(wanted, abodes, count, sizeof *abodes, abode_order);
}
