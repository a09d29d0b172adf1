/* sight: see audit/sight.h. Conversations are put down as links between two hosts, the lower index first, sorted and
 * added up; beside them each host has its life. */
#include "audit/sight.h"

#include "audit/ledger.h"
#include "audit/tell.h"
#include "audit/verdicts.h"

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
    bool lived, scans;
    int64_t first_ns, last_ns;
    struct attempts names, tickets; /* DNS and Kerberos, towards whomever */
};

struct link {
    size_t low, high; /* hosts */
    bool from_low, from_high, sealed;
    uint64_t bytes, missing_bytes;
    struct attempts mapper[2]; /* asked by `low`, by `high` */
};

struct sight {
    struct life *lives; /* by host */
    struct link *links; /* ordered */
    size_t link_count;
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

static void conversation_add(struct sight *sight, const struct judged_conversation *conversation, size_t index)
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
        sum->bytes += link->bytes;
        sum->missing_bytes += link->missing_bytes;
        attempts_add(&sum->mapper[0], &link->mapper[0]);
        attempts_add(&sum->mapper[1], &link->mapper[1]);
    }
    sight->link_count = kept;
}

struct sight *sight_create(struct work *work)
{
    const struct audit *audit = work->audit;
    struct sight *sight = arena_take(work->arena, sizeof *sight);
    if (sight == NULL)
        return NULL;
    sight->lives = arena_take_many(work->arena, audit->host_count, sizeof *sight->lives);
    sight->links = arena_take_many(work->arena, audit->conversation_count, sizeof *sight->links);
    if (sight->lives == NULL || sight->links == NULL)
        return NULL;
    for (size_t i = 0; i < audit->host_count; i++)
        sight->lives[i].names.failed = sight->lives[i].tickets.failed = ATTEMPT_NONE;
    for (size_t i = 0; i < audit->conversation_count; i++)
        conversation_add(sight, &audit->conversations[i], i);
    for (size_t i = 0; i < audit->scan_count; i++)
        sight->lives[audit->scans[i].client_host].scans = true;
    links_settle(sight);
    return sight;
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

enum view sight_link(const struct sight *sight, size_t one, size_t other)
{
    const struct link *link = link_find(sight, one, other);
    if (link == NULL || (!link->from_low && !link->from_high))
        return VIEW_NOTHING;
    return link->from_low && link->from_high ? VIEW_BOTH_WAYS : VIEW_ONE_WAY;
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

bool sight_scans(const struct sight *sight, size_t host)
{
    return sight->lives[host].scans;
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

size_t sight_prerequisite(const struct sight *sight, size_t client, size_t server, bool rpc)
{
    const struct link *link = link_find(sight, client, server);
    size_t failed = never_well(&sight->lives[client].names);
    if (failed == ATTEMPT_NONE)
        failed = never_well(&sight->lives[client].tickets);
    if (failed == ATTEMPT_NONE && rpc && link != NULL)
        failed = never_well(&link->mapper[client < server ? 0 : 1]);
    return failed;
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
