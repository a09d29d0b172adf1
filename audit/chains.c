/* chains: see audit/chains.h. Conversations that were blocked or refused are sorted by server and port, so that all
 * clients that fail at one place stand together. There may be as many chains as hosts, and as many clients in one: what
 * each asks of the whole audit is put in order once. */
#include "audit/chains.h"

#include "audit/exceptions.h"
#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/ledger.h"
#include "audit/mute.h"
#include "audit/paths.h"
#include "audit/sight.h"
#include "audit/tell.h"
#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

#define CLIENTS_NAMED 4
#define ROWS_NAMED    3

/* A conversation that ends a chain. */
struct broken {
    size_t server_host, conversation;
    uint8_t transport;
    uint16_t port;
    const char *lead; /* how the client came to try; "" where the ledger tells */
};

static bool failed(const struct judged_conversation *conversation)
{
    return conversation->verdict == VERDICT_BLOCKED || conversation->verdict == VERDICT_REFUSED;
}

/* What cannot follow where this fails; "" for all but the first steps of everything, and where another server, or
 * another way to this one, gave the client what it asked for. */
static const char *consequence_of(const struct work *work, const struct judged_conversation *conversation)
{
    size_t client = conversation->client_host;
    bool mapper = port_is_mapper(conversation->transport, conversation->port);
    if (conversation->port == 53 && !sight_has_names(work->sight, client))
        return "Whatever is reached by name cannot follow. ";
    if (conversation->port == 88 && !sight_has_tickets(work->sight, client))
        return "Without tickets there is no Kerberos: what follows falls back to NTLM or fails. ";
    if (mapper && !sight_has_mapper(work->sight, client, conversation->server_host))
        return "Without the endpoint mapper no RPC port of this server can be found. ";
    return "";
}

/* Does the conversation end a chain, and which? */
static bool broken_of(struct work *work, const struct hints *hints, size_t index, struct broken *broken)
{
    const struct judged_conversation *conversation = &work->audit->conversations[index];
    if (!failed(conversation) || path_forbids(work->audit, conversation))
        return false;
    *broken = (struct broken){.server_host = conversation->server_host,
                              .conversation = index,
                              .transport = conversation->transport,
                              .port = conversation->port,
                              .lead = consequence_of(work, conversation)};
    if (conversation->grade == 'A' || broken->lead[0] != '\0')
        return true;
    const struct hint *hint = hints_find(hints, HINT_DIRECTORY, conversation);
    if (hint == NULL)
        hint = hints_find(hints, HINT_TICKET, conversation);
    if (hint != NULL)
        broken->lead = tell(work->arena, "%s ", hint_tell(work, hint));
    return hint != NULL;
}

static int broken_order(const void *a, const void *b)
{
    const struct broken *x = a, *y = b;
    if (x->server_host != y->server_host)
        return x->server_host < y->server_host ? -1 : 1;
    if (x->transport != y->transport)
        return x->transport - y->transport;
    if (x->port != y->port)
        return x->port - y->port;
    return (x->conversation > y->conversation) - (x->conversation < y->conversation);
}

static bool same_place(const struct broken *x, const struct broken *y)
{
    return x->server_host == y->server_host && x->transport == y->transport && x->port == y->port;
}

struct finding *chains_add(struct work *work, struct chains *chains, const char *key)
{
    if ((chains->count & (chains->count - 1)) == 0) { /* room is the power of two at or above the count */
        struct finding *items =
            arena_take_many(work->arena, chains->count == 0 ? 1 : chains->count * 2, sizeof *chains->items);
        if (items == NULL)
            return NULL;
        if (chains->count > 0)
            memcpy(items, chains->items, chains->count * sizeof *items);
        chains->items = items;
    }
    struct finding *finding = &chains->items[chains->count++];
    *finding = finding_of("broken-chain", SEVERITY_MEDIUM);
    finding_name(finding, tell(work->arena, "%s|%s", finding->verdict, key));
    finding->excepted = exception_of_id(work, finding->id);
    return finding;
}

/* Hosts, each once: the first few by name. */
struct listing {
    struct texts named;
    size_t count;
};

enum list { LIST_ALL, LIST_ALIKE, LIST_OTHERWISE, LIST_COUNT };

/* Clients that fail at one place, each once: all, those that end as the first does, and the others. */
struct failing {
    struct listing lists[LIST_COUNT];
    bool blocked; /* the first is */
};

/* On which lists of which chain a host stood last. */
struct standing {
    size_t chain; /* from 1 */
    bool on[LIST_COUNT];
};

/* The row was not used because this conversation failed. */
struct dependant {
    size_t cause, path;
};

/* What is asked for again and again while chains are told. */
struct finder {
    struct work *work;
    struct chains *chains;
    struct standing *standings; /* by host */
    size_t chain;               /* how many were begun */
    struct dependant *dependants;
    size_t dependant_count;
    bool *depends; /* by row: of the chain that is told */
    /* Conversations that fell back to NTLM and deviate in nothing else, by client. */
    const struct judged_conversation **fallbacks;
    size_t fallback_count;
};

static void listing_add(struct finder *finder, struct failing *failing, enum list list, size_t host)
{
    struct standing *standing = &finder->standings[host];
    struct listing *listing = &failing->lists[list];
    if (standing->chain != finder->chain)
        *standing = (struct standing){.chain = finder->chain};
    if (standing->on[list])
        return;
    standing->on[list] = true;
    if (listing->count++ < CLIENTS_NAMED)
        texts_push(finder->work->arena, &listing->named, finder->work->audit->hosts[host].name);
}

static struct failing failing_gather(struct finder *finder, const struct broken *broken, size_t count)
{
    const struct audit *audit = finder->work->audit;
    const struct judged_conversation *first = &audit->conversations[broken->conversation];
    struct failing failing = {.blocked = first->verdict == VERDICT_BLOCKED};
    finder->chain++;
    for (size_t i = 0; i < count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[broken[i].conversation];
        listing_add(finder, &failing, LIST_ALL, conversation->client_host);
        if (conversation->verdict != first->verdict)
            listing_add(finder, &failing, LIST_OTHERWISE, conversation->client_host);
        else if (conversation->client_host != first->client_host)
            listing_add(finder, &failing, LIST_ALIKE, conversation->client_host);
    }
    return failing;
}

/* "a, b, c, d and 3 more". */
static const char *clients_tell(struct work *work, const struct listing *listing)
{
    if (listing->count <= CLIENTS_NAMED)
        return tell_list(work->arena, &listing->named, "and");
    return tell(work->arena, "%s and %zu more", tell_list(work->arena, &listing->named, ""),
                listing->count - listing->named.count);
}

static const char *others_tell(struct work *work, const struct failing *failing)
{
    const struct listing *alike = &failing->lists[LIST_ALIKE], *otherwise = &failing->lists[LIST_OTHERWISE];
    const char *same =
        alike->count == 0 ? "" : tell(work->arena, " The same happens to: %s.", clients_tell(work, alike));
    return otherwise->count == 0
               ? same
               : tell(work->arena, "%s %s: %s.", same, failing->blocked ? "Refused instead" : "Blocked instead",
                      clients_tell(work, otherwise));
}

static int dependant_order(const void *a, const void *b)
{
    const struct dependant *x = a, *y = b;
    if (x->cause != y->cause)
        return x->cause < y->cause ? -1 : 1;
    return (x->path > y->path) - (x->path < y->path);
}

/* Each cause once with each row. */
static bool dependants_gather(struct finder *finder)
{
    const struct audit *audit = finder->work->audit;
    size_t most = 0, kept = 0;
    for (size_t i = 0; i < audit->path_count; i++)
        for (size_t k = 0; k < audit->paths[i].pair_count; k++)
            most += audit->paths[i].pairs[k].cause != SIZE_MAX;
    struct dependant *items = arena_take_many(finder->work->arena, most, sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < audit->path_count; i++)
        for (size_t k = 0; k < audit->paths[i].pair_count; k++)
            if (audit->paths[i].pairs[k].cause != SIZE_MAX)
                items[finder->dependant_count++] = (struct dependant){audit->paths[i].pairs[k].cause, i};
    qsort(items, finder->dependant_count, sizeof *items, dependant_order);
    for (size_t i = 0; i < finder->dependant_count; i++)
        if (kept == 0 || dependant_order(&items[kept - 1], &items[i]) != 0)
            items[kept++] = items[i];
    finder->dependants = items;
    finder->dependant_count = kept;
    return true;
}

/* Marks the rows that were not used because of this conversation. */
static void dependants_mark(const struct finder *finder, size_t cause)
{
    const struct dependant wanted = {cause, 0};
    size_t at = SORTED_FIRST(&wanted, finder->dependants, finder->dependant_count, dependant_order);
    for (; at < finder->dependant_count && finder->dependants[at].cause == cause; at++)
        finder->depends[finder->dependants[at].path] = true;
}

/* Rows that were never used because of this. */
static const char *dependants_tell(const struct finder *finder, const struct broken *broken, size_t count)
{
    struct work *work = finder->work;
    struct texts rows = {NULL, 0};
    size_t dependants = 0;
    if (finder->dependant_count == 0)
        return "";
    memset(finder->depends, 0, work->audit->path_count * sizeof *finder->depends);
    for (size_t i = 0; i < count; i++)
        dependants_mark(finder, broken[i].conversation);
    for (size_t i = 0; i < work->audit->path_count; i++)
        if (finder->depends[i] && dependants++ < ROWS_NAMED)
            texts_add(work->arena, &rows, explain_row(work, &work->audit->paths[i]));
    if (dependants == 0)
        return "";
    return tell(work->arena, " Never used for the same cause: %s%s.", tell_list(work->arena, &rows, "and"),
                dependants > rows.count ? tell(work->arena, " and %zu more", dependants - rows.count) : "");
}

/* NTLM where Kerberos was offered, and nothing else that deviates. */
static bool fell_back(const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->session_count; i++) {
        const struct judged_session *session = &conversation->sessions[i];
        if (session->verdict == VERDICT_DEVIATING && (session->authentication_check != AUTHENTICATION_FALLBACK ||
                                                      session->encryption_check == ENCRYPTION_WEAKER))
            return false;
    }
    return conversation->verdict == VERDICT_DEVIATING;
}

static int fallback_order(const void *a, const void *b)
{
    const struct judged_conversation *const *x = a, *const *y = b;
    return ((*x)->client_host > (*y)->client_host) - ((*x)->client_host < (*y)->client_host);
}

static bool fallbacks_gather(struct finder *finder)
{
    const struct audit *audit = finder->work->audit;
    size_t most = 0;
    for (size_t i = 0; i < audit->conversation_count; i++)
        most += fell_back(&audit->conversations[i]);
    finder->fallbacks = arena_take_many(finder->work->arena, most, sizeof *finder->fallbacks);
    for (size_t i = 0; i < audit->conversation_count && finder->fallbacks != NULL; i++)
        if (fell_back(&audit->conversations[i]))
            finder->fallbacks[finder->fallback_count++] = &audit->conversations[i];
    if (finder->fallbacks != NULL)
        qsort(finder->fallbacks, most, sizeof *finder->fallbacks, fallback_order);
    return finder->fallbacks != NULL;
}

/* Findings of the client of this conversation that a failing KDC explains. How many. */
static size_t fallbacks_of(const struct finder *finder, const struct judged_conversation *failing)
{
    size_t at = SORTED_FIRST(&failing, finder->fallbacks, finder->fallback_count, fallback_order), found = 0;
    for (; at < finder->fallback_count && finder->fallbacks[at]->client_host == failing->client_host; at++) {
        bool *explained = &finder->chains->explained[finder->fallbacks[at] - finder->work->audit->conversations];
        found += !*explained;
        *explained = true;
    }
    return found;
}

static size_t fallbacks_explain(const struct finder *finder, const struct broken *broken, size_t count)
{
    const struct audit *audit = finder->work->audit;
    size_t found = 0;
    for (size_t i = 0; broken->port == 88 && finder->fallback_count > 0 && i < count; i++)
        found += fallbacks_of(finder, &audit->conversations[broken[i].conversation]);
    return found;
}

/* All clients that fail at one place are one finding: the first in full, the others by name. */
static bool chain_tell(struct finder *finder, struct work *keeping, const struct broken *broken, size_t count)
{
    struct work *work = finder->work; /* whose words go when this is told; `keeping`: whose stay */
    struct chains *chains = finder->chains;
    const struct audit *audit = work->audit;
    const struct judged_conversation *first = &audit->conversations[broken->conversation];
    const char *server = audit->hosts[broken->server_host].name;
    const char *port = tell_port(work->arena, broken->transport, broken->port);
    struct finding *finding = chains_add(
        keeping, chains, tell(work->arena, "%s|%s", tell_place(work->arena, &first->server, first->network), port));
    if (finding == NULL)
        return false;
    explain_conversation(work, first, finding);
    finding->conversation = broken->conversation;
    finding->together = count;
    finding->path = first->owner_count > 0 ? first->owners[0].path : SIZE_MAX;
    finding->severity = SEVERITY_HIGH;
    finding->excepted = exception_of(work, first, finding->id);
    struct failing failing = failing_gather(finder, broken, count);
    size_t clients = failing.lists[LIST_ALL].count, otherwise = failing.lists[LIST_OTHERWISE].count;
    for (size_t i = 0; i < count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[broken[i].conversation];
        chains->explained[broken[i].conversation] = true;
        if (exception_of(work, conversation, finding->id)[0] == '\0')
            finding->excepted = ""; /* excepted when all of them are */
        for (size_t k = 0; i > 0 && k < conversation->session_count; k++)
            if (session_failed(&conversation->sessions[k]))
                finding_add_evidence(work, finding, &conversation->sessions[k].evidence);
    }
    if (clients > 1) {
        const char *services = tell_list(work->arena, &first->services, "and");
        finding->subject = tell(work->arena, "%s cannot reach %s%s%s: %s %s", tell_many(work->arena, clients, "client"),
                                services, services[0] != '\0' ? " on " : "", server, port,
                                otherwise > 0     ? "is blocked for some and refuses others"
                                : failing.blocked ? "is blocked"
                                                  : "refuses them");
        finding->advice = failing.blocked && otherwise == 0
                              ? tell(work->arena, "allow %s towards %s from these clients", port, server)
                              : finding->advice;
    }
    size_t fallbacks = fallbacks_explain(finder, broken, count);
    finding->explain = tell(
        work->arena, "%s%s%s%s%s", broken->lead, finding->explain, others_tell(work, &failing),
        dependants_tell(finder, broken, count),
        fallbacks > 0 ? tell(work->arena, " %s fell back to NTLM.", tell_many(work->arena, fallbacks, "conversation"))
                      : "");
    finding_keep(keeping, finding);
    return true;
}

static bool finder_begin(struct finder *finder)
{
    const struct audit *audit = finder->work->audit;
    finder->standings = arena_take_many(finder->work->arena, audit->host_count, sizeof *finder->standings);
    finder->depends = arena_take_many(finder->work->arena, audit->path_count, sizeof *finder->depends);
    return finder->standings != NULL && finder->depends != NULL && dependants_gather(finder) &&
           fallbacks_gather(finder);
}

bool chains_find(struct work *work, const struct hints *hints, struct chains *chains)
{
    const struct audit *audit = work->audit;
    struct finder finder = {.work = work, .chains = chains};
    size_t most = 0, count = 0;
    for (size_t i = 0; i < audit->conversation_count; i++)
        most += failed(&audit->conversations[i]);
    struct broken *broken = arena_take_many(work->arena, most, sizeof *broken);
    *chains = (struct chains){.explained =
                                  arena_take_many(work->arena, audit->conversation_count, sizeof *chains->explained)};
    if (broken == NULL || chains->explained == NULL || !mute_find(work, chains) || !finder_begin(&finder))
        return false;
    for (size_t i = 0; i < audit->conversation_count; i++)
        count += !chains->explained[i] && broken_of(work, hints, i, &broken[count]);
    qsort(broken, count, sizeof *broken, broken_order);
    struct arena *room = arena_create();
    struct work draft = *work;
    draft.arena = room;
    finder.work = &draft;
    bool good = room != NULL;
    for (size_t from = 0, end; good && from < count; from = end) {
        for (end = from + 1; end < count && same_place(&broken[from], &broken[end]);)
            end++;
        good = chain_tell(&finder, work, &broken[from], end - from);
        arena_clear(room);
    }
    good = good && !arena_ran_out(room);
    arena_destroy(room);
    return good;
}
