/* scans: pairs with attempts in vain are sorted by client, so that those of one client stand together; each group that
 * is large enough, or of which the observing half began to add up, is a scan. */
#include "observations/scans.h"

#include <stdlib.h>
#include <string.h>

#define TRANSPORT_ICMP  1
#define TRANSPORT_TCP   6
#define TRANSPORT_UDP   17
#define TRANSPORT_ICMP6 58

/* Refused or rejected, or silence. Of TCP one direction is no silence: it goes on as if it was answered. */
bool scan_takes(uint8_t transport, enum disposition disposition)
{
    if (transport != TRANSPORT_TCP && transport != TRANSPORT_UDP && transport != TRANSPORT_ICMP &&
        transport != TRANSPORT_ICMP6)
        return false;
    return disposition == DISPOSITION_REFUSED || disposition == DISPOSITION_PROHIBITED ||
           disposition == DISPOSITION_UNREACHABLE || disposition == DISPOSITION_UNANSWERED ||
           disposition == DISPOSITION_PENDING || (disposition == DISPOSITION_ONE_WAY && transport != TRANSPORT_TCP);
}

struct pair scan_pair(const struct pair *of)
{
    return (struct pair){.client = of->client,
                         .tunnel = of->tunnel,
                         .network = of->network,
                         .port = of->port,
                         .transport = of->transport};
}

static bool has_ports(uint8_t transport)
{
    return transport == TRANSPORT_TCP || transport == TRANSPORT_UDP;
}

static bool scan_pair_is(const struct pair *pair)
{
    return address_is_zero(&pair->server);
}

bool scan_takes_row(const struct conversation *row)
{
    return row->protocol == 0 && scan_takes(row->pair.transport, (enum disposition)row->disposition);
}

uint32_t scans_of(const struct scans *scans, uint32_t pair, const struct conversation *row)
{
    return scans->of_pair != NULL && (scans->whole[pair] || scan_takes_row(row)) ? scans->of_pair[pair] : 0;
}

/* -- which pairs ------------------------------------------------------------------------------------------------- */

struct tried {
    struct pair pair;
    uint32_t number;
};

static int client_order(const struct pair *a, const struct pair *b)
{
    int order = memcmp(&a->client, &b->client, sizeof a->client);
    if (order == 0)
        order = a->transport - b->transport;
    if (order == 0)
        order = (a->tunnel > b->tunnel) - (a->tunnel < b->tunnel);
    return order != 0 ? order : (a->network > b->network) - (a->network < b->network);
}

static int tried_order(const void *left, const void *right)
{
    const struct tried *a = left, *b = right;
    int order = client_order(&a->pair, &b->pair);
    if (order == 0)
        order = memcmp(&a->pair.server, &b->pair.server, sizeof a->pair.server);
    return order != 0 ? order : a->pair.port - b->pair.port;
}

/* All pairs with attempts in vain, in order; of_pair marks them meanwhile. NULL when memory runs out. */
static struct tried *gather_tried(struct scans *scans, const struct observations *store, size_t *count)
{
    size_t rows = observations_conversation_count(store), many = 0;
    struct conversation row;
    for (size_t i = 0; i < rows; i++) {
        observations_conversation(store, i, &row);
        uint32_t pair = observations_conversation_pair(store, i);
        if (scan_takes_row(&row)) {
            many += scans->of_pair[pair] == 0;
            scans->of_pair[pair] = 1;
        } else if (row.disposition != DISPOSITION_OPEN) {
            scans->whole[pair] = false;
        }
    }
    struct tried *tried = malloc((many + 1) * sizeof *tried);
    *count = 0;
    for (size_t i = 0; tried != NULL && i < rows; i++) {
        uint32_t pair = observations_conversation_pair(store, i);
        if (scans->of_pair[pair] == 0)
            continue;
        observations_conversation(store, i, &row);
        tried[(*count)++] = (struct tried){row.pair, pair};
        scans->of_pair[pair] = 0;
    }
    if (tried != NULL)
        qsort(tried, *count, sizeof *tried, tried_order);
    return tried;
}

/* Hosts and ports of one group; those of pairs that are added up already are in their facts. */
static void count_places(struct gathered_scan *scan, const struct tried *tried, size_t count)
{
    uint64_t ports[(UINT16_MAX + 1) / 64] = {0};
    for (size_t i = 0; i < count; i++) {
        const struct pair *pair = &tried[i].pair;
        if (scan_pair_is(pair) && pair->port == 0 && has_ports(pair->transport)) {
            scan->more_ports = true; /* the observing half had no room for a pair a port */
            continue;
        }
        ports[pair->port / 64] |= UINT64_C(1) << pair->port % 64;
        if (!scan_pair_is(pair) && (i == 0 || !address_equal(&pair->server, &tried[i - 1].pair.server)))
            scan->hosts++;
    }
    for (unsigned port = 0; port <= UINT16_MAX; port++) {
        if ((ports[port / 64] >> port % 64 & 1) == 0)
            continue;
        scan->ports++;
        if (scan->named_count < SCAN_PORTS_NAMED)
            scan->named[scan->named_count++] = (uint16_t)port;
    }
}

static bool find_groups(struct scans *scans, const struct tried *tried, size_t count)
{
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && client_order(&tried[from].pair, &tried[to].pair) == 0;)
            to++;
        if (to - from < SCAN_LEAST && !scan_pair_is(&tried[from].pair))
            continue;
        struct gathered_scan *items = realloc(scans->items, (scans->count + 1) * sizeof *items);
        if (items == NULL)
            return false;
        scans->items = items;
        items[scans->count] = (struct gathered_scan){.client = tried[from].pair.client,
                                                     .tunnel = tried[from].pair.tunnel,
                                                     .network = tried[from].pair.network,
                                                     .transport = tried[from].pair.transport,
                                                     .first_ns = INT64_MAX,
                                                     .last_ns = INT64_MIN};
        count_places(&items[scans->count++], &tried[from], to - from);
        for (size_t i = from; i < to; i++)
            scans->of_pair[tried[i].number] = (uint32_t)scans->count;
    }
    return true;
}

/* -- what was tried ---------------------------------------------------------------------------------------------- */

static void add_row(struct gathered_scan *scan, const struct conversation *row)
{
    unsigned d = row->disposition;
    scan->flows[d] += row->flows;
    if (row->flows > 0 && (scan->evidence[d].frame == 0 || row->first_ns < scan->evidence[d].first_ns ||
                           (row->first_ns == scan->evidence[d].first_ns && row->frame < scan->evidence[d].frame))) {
        scan->evidence[d].first_ns = row->first_ns;
        scan->evidence[d].source = row->source;
        scan->evidence[d].frame = row->frame;
    }
    scan->packets_to_server += row->packets_to_server;
    scan->packets_to_client += row->packets_to_client;
    scan->bytes_to_server += row->bytes_to_server;
    scan->bytes_to_client += row->bytes_to_client;
    if (row->first_ns < scan->first_ns)
        scan->first_ns = row->first_ns;
    if (row->last_ns > scan->last_ns)
        scan->last_ns = row->last_ns;
}

static void add_up(struct scans *scans, const struct observations *store)
{
    uint32_t key = observations_find_name(store, SCAN_HOSTS_KEY);
    uint32_t more = observations_find_name(store, SCAN_HOSTS_MORE);
    for (size_t i = 0; i < observations_conversation_count(store); i++) {
        struct conversation row;
        uint32_t pair = observations_conversation_pair(store, i);
        if (scans->of_pair[pair] == 0)
            continue;
        observations_conversation(store, i, &row);
        uint32_t number = scans_of(scans, pair, &row);
        if (number != 0)
            add_row(&scans->items[number - 1], &row);
    }
    for (size_t i = 0; i < observations_fact_count(store); i++) {
        struct fact fact;
        uint32_t pair = observations_fact_pair(store, i);
        if (scans->of_pair[pair] == 0)
            continue;
        observations_fact(store, i, &fact);
        struct gathered_scan *scan = &scans->items[scans->of_pair[pair] - 1];
        if (fact.key != key || !scan_pair_is(&fact.pair))
            continue;
        scan->more_hosts = scan->more_hosts || fact.value == more;
        scan->hosts += fact.value == more ? 0 : fact.flows;
    }
}

static int scan_order(const void *left, const void *right)
{
    const struct gathered_scan *a = left, *b = right;
    if (a->first_ns != b->first_ns)
        return a->first_ns < b->first_ns ? -1 : 1;
    int order = memcmp(&a->client, &b->client, sizeof a->client);
    return order != 0 ? order : a->transport - b->transport;
}

/* Pairs follow the scans they are of to their new places. */
static bool put_in_order(struct scans *scans, size_t pairs)
{
    uint32_t *places = malloc((scans->count + 1) * sizeof *places);
    if (places == NULL)
        return false;
    for (size_t i = 0; i < scans->count; i++)
        scans->items[i].number = (uint32_t)i + 1;
    qsort(scans->items, scans->count, sizeof *scans->items, scan_order);
    places[0] = 0;
    for (size_t i = 0; i < scans->count; i++)
        places[scans->items[i].number] = (uint32_t)i + 1;
    for (size_t i = 0; i <= pairs; i++)
        scans->of_pair[i] = places[scans->of_pair[i]];
    free(places);
    return true;
}

bool scans_init(struct scans *scans, const struct observations *store)
{
    size_t pairs = observations_pair_count(store), count;
    *scans = (struct scans){.of_pair = calloc(pairs + 1, sizeof *scans->of_pair),
                            .whole = malloc((pairs + 1) * sizeof *scans->whole)};
    if (scans->of_pair == NULL || scans->whole == NULL)
        return false;
    memset(scans->whole, true, pairs + 1);
    struct tried *tried = gather_tried(scans, store, &count);
    bool good = tried != NULL && find_groups(scans, tried, count);
    free(tried);
    if (!good)
        return false;
    if (scans->count == 0)
        return true;
    add_up(scans, store);
    return put_in_order(scans, pairs);
}

void scans_fini(struct scans *scans)
{
    free(scans->items);
    free(scans->of_pair);
    free(scans->whole);
    *scans = (struct scans){NULL, 0, NULL, NULL};
}
