/* sight: see audit/sight.h. Conversations are put down as links between two hosts, the lower index first, sorted and
 * added up; beside them each host has its life. */
#include "audit/sight.h"

#include "audit/ledger.h"
#include "audit/tell.h"
#include "audit/verdicts.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

#define TRANSPORT_ESP 50
#define PORT_NAT_T    4500 /* ESP in UDP, RFC 3948 */
#define LOSS_PER_CENT 1 /* of all packets, or of a link's bytes: what was lost beyond this could have held anything */
#define ATTEMPT_NONE  SIZE_MAX

/* Attempts at one thing: did any go well, and which conversation failed first. */
struct attempts {
    bool well;
    size_t failed; /* index of a conversation, ATTEMPT_NONE */
};

struct life {
    bool lived;
    int64_t first_ns, last_ns;
    struct attempts names, tickets; /* DNS and Kerberos, towards whomever */
};

struct link {
    size_t low, high; /* hosts */
    bool from_low, from_high, sealed;
    uint64_t sensors; /* bits of those who saw anything of it */
    uint64_t bytes, missing_bytes;
    struct attempts mapper[2]; /* asked by `low`, by `high` */
};

/* When a sensor listened. */
struct span {
    int64_t first_ns, last_ns;
    uint64_t sensor; /* one bit */
};

struct sight {
    struct life *lives; /* by host */
    struct link *links; /* ordered */
    size_t link_count;
    size_t *met, *met_begin; /* whom each host has a link with, host by host; where those of a host begin */
    struct span *spans;      /* ordered by first_ns */
    size_t span_count;
};

static int link_order(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return (x->high > y->high) - (x->high < y->high);
}

static struct attempts attempts_of(const struct judged_conversation *conversation, size_t index)
{
    struct attempts attempts = {false, ATTEMPT_NONE};
    for (size_t i = 0; i < conversation->session_count; i++) {
        attempts.well = attempts.well || conversation->sessions[i].disposition == DISPOSITION_OK;
        if (disposition_is_failure(conversation->sessions[i].disposition))
            attempts.failed = index;
    }
    return attempts;
}

static void attempts_add(struct attempts *sum, const struct attempts *more)
{
    sum->well = sum->well || more->well;
    if (sum->failed == ATTEMPT_NONE)
        sum->failed = more->failed;
}

static void life_add(struct life *life, const struct judged_conversation *conversation)
{
    if (!life->lived || conversation->first_ns < life->first_ns)
        life->first_ns = conversation->first_ns;
    if (!life->lived || conversation->last_ns > life->last_ns)
        life->last_ns = conversation->last_ns;
    life->lived = true;
}

static bool hides_content(const struct judged_conversation *conversation)
{
    return conversation->transport == TRANSPORT_ESP ||
           (conversation->transport == TRANSPORT_UDP_NUMBER && conversation->port == PORT_NAT_T);
}

static void conversation_add(struct sight *sight, const struct judged_conversation *conversation, size_t index,
                             uint64_t sensors)
{
    size_t client = conversation->client_host, server = conversation->server_host;
    bool asked = conversation->packets_to_server > 0, answered = conversation->packets_to_client > 0;
    bool client_is_low = client < server;
    struct attempts none = {false, ATTEMPT_NONE}, attempts = attempts_of(conversation, index);
    if (asked)
        life_add(&sight->lives[client], conversation);
    if (answered)
        life_add(&sight->lives[server], conversation);
    if (conversation->port == 53)
        attempts_add(&sight->lives[client].names, &attempts);
    if (conversation->port == 88)
        attempts_add(&sight->lives[client].tickets, &attempts);
    bool mapper = port_is_mapper(conversation->transport, conversation->port);
    sight->links[sight->link_count++] = (struct link){
        .low = client_is_low ? client : server,
        .high = client_is_low ? server : client,
        .from_low = client_is_low ? asked : answered,
        .from_high = client_is_low ? answered : asked,
        .sealed = hides_content(conversation),
        .sensors = sensors,
        .bytes = conversation->bytes_to_server + conversation->bytes_to_client,
        .missing_bytes = conversation->missing_bytes,
        .mapper = {mapper && client_is_low ? attempts : none, mapper && !client_is_low ? attempts : none}};
}

static void links_settle(struct sight *sight)
{
    size_t kept = 0;
    qsort(sight->links, sight->link_count, sizeof *sight->links, link_order);
    for (size_t i = 0; i < sight->link_count; i++) {
        const struct link *link = &sight->links[i];
        if (kept == 0 || link_order(&sight->links[kept - 1], link) != 0) {
            sight->links[kept++] = *link;
            continue;
        }
        struct link *sum = &sight->links[kept - 1];
        sum->from_low = sum->from_low || link->from_low;
        sum->from_high = sum->from_high || link->from_high;
        sum->sealed = sum->sealed || link->sealed;
        sum->sensors |= link->sensors;
        sum->bytes += link->bytes;
        sum->missing_bytes += link->missing_bytes;
        attempts_add(&sum->mapper[0], &link->mapper[0]);
        attempts_add(&sum->mapper[1], &link->mapper[1]);
    }
    sight->link_count = kept;
}

/* In order without sorting: first, for each host, all lower ones, then all higher ones. */
static bool met_fill(struct work *work, struct sight *sight)
{
    size_t hosts = work->audit->host_count;
    sight->met = arena_take_many(work->arena, 2 * sight->link_count, sizeof *sight->met);
    sight->met_begin = arena_take_many(work->arena, hosts + 2, sizeof *sight->met_begin);
    if (sight->met == NULL || sight->met_begin == NULL)
        return false;
    size_t *end = sight->met_begin + 1; /* of each host, until all are filled: then it is where the next one begins */
    for (size_t i = 0; i < sight->link_count; i++)
        if (sight->links[i].low != sight->links[i].high) {
            end[sight->links[i].low + 1]++;
            end[sight->links[i].high + 1]++;
        }
    for (size_t host = 1; host <= hosts; host++)
        end[host] += end[host - 1];
    for (size_t i = 0; i < sight->link_count; i++)
        if (sight->links[i].low != sight->links[i].high)
            sight->met[end[sight->links[i].high]++] = sight->links[i].low;
    for (size_t i = 0; i < sight->link_count; i++)
        if (sight->links[i].low != sight->links[i].high)
            sight->met[end[sight->links[i].low]++] = sight->links[i].high;
    return true;
}

static int span_order(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
}

#define SENSORS_TOLD_APART 64 /* further ones share the last bit */

struct sensors {
    uint32_t names[SENSORS_TOLD_APART];
    size_t count;
};

static uint64_t sensor_bit(struct sensors *sensors, uint32_t name)
{
    size_t i = 0;
    while (i < sensors->count && sensors->names[i] != name)
        i++;
    if (i == sensors->count && sensors->count < SENSORS_TOLD_APART)
        sensors->names[sensors->count++] = name;
    return UINT64_C(1) << (i < SENSORS_TOLD_APART ? i : SENSORS_TOLD_APART - 1);
}

/* When who listened. What does not say when it was made makes no span. */
static bool spans_gather(struct work *work, struct sight *sight, struct sensors *sensors)
{
    const struct audit *audit = work->audit;
    sight->spans = arena_take_many(work->arena, audit->coverage_count, sizeof *sight->spans);
    for (size_t i = 0; i < audit->coverage_count && sight->spans != NULL; i++) {
        const struct coverage *coverage = &audit->coverages[i];
        uint64_t sensor = sensor_bit(sensors, coverage->sensor);
        if (coverage->first_ns != 0)
            sight->spans[sight->span_count++] = (struct span){coverage->first_ns, coverage->last_ns, sensor};
    }
    if (sight->spans != NULL)
        qsort(sight->spans, sight->span_count, sizeof *sight->spans, span_order);
    return sight->spans != NULL;
}

/* Which sensors saw each pair, by its number. NULL when there is but one, or memory ran out. */
static uint64_t *pair_sensors(struct work *work, struct sensors *sensors)
{
    const struct observations *store = work->inputs->store;
    if (sensors->count < 2)
        return NULL;
    uint64_t *bits = arena_take_many(work->arena, (size_t)observations_pair_count(store) + 1, sizeof *bits);
    for (size_t i = 0; bits != NULL && i < observations_conversation_count(store); i++) {
        struct conversation row;
        observations_conversation(store, i, &row);
        bits[observations_conversation_pair(store, i)] |= sensor_bit(sensors, row.sensor);
    }
    return bits;
}

struct sight *sight_create(struct work *work)
{
    const struct audit *audit = work->audit;
    struct sight *sight = arena_take(work->arena, sizeof *sight);
    if (sight == NULL)
        return NULL;
    sight->lives = arena_take_many(work->arena, audit->host_count, sizeof *sight->lives);
    sight->links = arena_take_many(work->arena, audit->conversation_count, sizeof *sight->links);
    struct sensors sensors = {.count = 0};
    if (sight->lives == NULL || sight->links == NULL || !spans_gather(work, sight, &sensors))
        return NULL;
    const uint64_t *seen_by = pair_sensors(work, &sensors);
    for (size_t i = 0; i < audit->host_count; i++)
        sight->lives[i].names.failed = sight->lives[i].tickets.failed = ATTEMPT_NONE;
    for (size_t i = 0; i < audit->conversation_count; i++)
        conversation_add(sight, &audit->conversations[i], i,
                         seen_by != NULL ? seen_by[audit->conversations[i].pair] : UINT64_MAX);
    links_settle(sight);
    return met_fill(work, sight) ? sight : NULL;
}

bool sight_life(const struct sight *sight, size_t host, int64_t *first_ns, int64_t *last_ns)
{
    *first_ns = sight->lives[host].first_ns;
    *last_ns = sight->lives[host].last_ns;
    return sight->lives[host].lived;
}

static const struct link *link_find(const struct sight *sight, size_t one, size_t other)
{
    struct link wanted = {.low = one < other ? one : other, .high = one < other ? other : one};
    return bsearch(&wanted, sight->links, sight->link_count, sizeof *sight->links, link_order);
}

const size_t *sight_met(const struct sight *sight, size_t host, size_t *count)
{
    *count = sight->met_begin[host + 1] - sight->met_begin[host];
    return &sight->met[sight->met_begin[host]];
}

bool sight_have_met(const struct sight *sight, size_t one, size_t other)
{
    return link_find(sight, one, other) != NULL;
}

enum view sight_link(const struct sight *sight, size_t one, size_t other)
{
    const struct link *link = link_find(sight, one, other);
    if (link == NULL || (!link->from_low && !link->from_high))
        return VIEW_NOTHING;
    return link->from_low && link->from_high ? VIEW_BOTH_WAYS : VIEW_ONE_WAY;
}

int64_t sight_covers(const struct sight *sight, size_t one, size_t other, int64_t from_ns, int64_t until_ns)
{
    const struct link *link = one == other ? NULL : link_find(sight, one, other);
    int64_t covered_ns = 0, end_ns = from_ns;
    if (sight->span_count == 0 || until_ns <= from_ns)
        return until_ns > from_ns ? clock_since(until_ns, from_ns) : 0;
    for (size_t i = 0; i < sight->span_count; i++) {
        const struct span *span = &sight->spans[i];
        int64_t last_ns = span->last_ns < until_ns ? span->last_ns : until_ns;
        int64_t first_ns = span->first_ns > end_ns ? span->first_ns : end_ns;
        if ((link != NULL && (link->sensors & span->sensor) == 0) || last_ns <= first_ns)
            continue;
        int64_t more_ns = clock_since(last_ns, first_ns);
        covered_ns = covered_ns > INT64_MAX - more_ns ? INT64_MAX : covered_ns + more_ns;
        end_ns = last_ns;
    }
    return covered_ns;
}

bool sight_is_sealed(const struct sight *sight, size_t one, size_t other)
{
    const struct link *link = link_find(sight, one, other);
    return link != NULL && link->sealed;
}

bool sight_is_lossy(const struct sight *sight, size_t one, size_t other, uint64_t *missing_bytes, uint64_t *bytes)
{
    const struct link *link = link_find(sight, one, other);
    *missing_bytes = link != NULL ? link->missing_bytes : 0;
    *bytes = link != NULL ? link->bytes : 0;
    return *missing_bytes > (*bytes + *missing_bytes) / 100 * LOSS_PER_CENT;
}

const char *sight_gap(struct work *work)
{
    const struct audit *audit = work->audit;
    uint64_t packets = 0, dropped = 0, evicted = 0;
    const char *filter = "";
    for (size_t i = 0; i < audit->coverage_count; i++) {
        const struct coverage *coverage = &audit->coverages[i];
        packets += coverage->packets;
        dropped += coverage->dropped;
        evicted += coverage->evicted_conversations;
        if (coverage->filter != 0)
            filter = observations_text(audit->store, coverage->filter);
    }
    if (filter[0] != '\0')
        return tell(work->arena, "the filter \"%s\" may have left it out", filter);
    if (dropped > 0 && dropped * 100 > (packets + dropped) * LOSS_PER_CENT)
        return tell(work->arena, "%s of %s were dropped while capturing, and it may be among them",
                    tell_count(work->arena, dropped), tell_many(work->arena, packets + dropped, "packet"));
    if (evicted > 0)
        return tell(work->arena, "%s found no room in memory, and it may be among them",
                    tell_many(work->arena, evicted, "conversation"));
    return "";
}

static size_t never_well(const struct attempts *attempts)
{
    return attempts->well ? ATTEMPT_NONE : attempts->failed;
}

size_t sight_prerequisite(const struct sight *sight, size_t client)
{
    size_t failed = never_well(&sight->lives[client].names);
    return failed == ATTEMPT_NONE ? never_well(&sight->lives[client].tickets) : failed;
}

size_t sight_mapper(const struct sight *sight, size_t client, size_t server)
{
    const struct link *link = link_find(sight, client, server);
    return link == NULL ? ATTEMPT_NONE : never_well(&link->mapper[client < server ? 0 : 1]);
}

bool sight_has_names(const struct sight *sight, size_t client)
{
    return sight->lives[client].names.well;
}

bool sight_has_tickets(const struct sight *sight, size_t client)
{
    return sight->lives[client].tickets.well;
}

bool sight_has_mapper(const struct sight *sight, size_t client, size_t server)
{
    const struct link *link = link_find(sight, client, server);
    return link != NULL && link->mapper[client < server ? 0 : 1].well;
}
