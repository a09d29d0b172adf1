/* chains: see audit/chains.h. Conversations that were blocked or refused are sorted by server and port, so that all
 * clients that fail at one place stand together. */
#include "audit/chains.h"

#include "audit/exceptions.h"
#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/ledger.h"
#include "audit/paths.h"
#include "audit/sight.h"
#include "audit/tell.h"

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

/* Clients that fail at one place, each once: those that end as the first does, and the others. */
struct failing {
    struct texts alike, otherwise, all;
    bool blocked; /* the first is */
};

static struct failing failing_gather(struct work *work, const struct broken *broken, size_t count)
{
    const struct audit *audit = work->audit;
    enum verdict first = audit->conversations[broken->conversation].verdict;
    struct failing failing = {.blocked = first == VERDICT_BLOCKED};
    for (size_t i = 0; i < count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[broken[i].conversation];
        const char *name = audit->hosts[conversation->client_host].name;
        texts_add(work->arena, &failing.all, name);
        if (conversation->verdict != first)
            texts_add(work->arena, &failing.otherwise, name);
        else if (conversation->client_host != audit->conversations[broken->conversation].client_host)
            texts_add(work->arena, &failing.alike, name);
    }
    return failing;
}

/* "a, b, c, d and 3 more". */
static const char *clients_tell(struct work *work, const struct texts *all)
{
    struct texts named = *all;
    if (all->count <= CLIENTS_NAMED)
        return tell_list(work->arena, all, "and");
    named.count = CLIENTS_NAMED;
    return tell(work->arena, "%s and %zu more", tell_list(work->arena, &named, ""), all->count - named.count);
}

static const char *others_tell(struct work *work, const struct failing *failing)
{
    const char *alike = failing->alike.count == 0
                            ? ""
                            : tell(work->arena, " The same happens to: %s.", clients_tell(work, &failing->alike));
    return failing->otherwise.count == 0
               ? alike
               : tell(work->arena, "%s %s: %s.", alike, failing->blocked ? "Refused instead" : "Blocked instead",
                      clients_tell(work, &failing->otherwise));
}

static bool is_cause(const struct broken *broken, size_t count, size_t conversation)
{
    for (size_t i = 0; i < count; i++)
        if (broken[i].conversation == conversation)
            return true;
    return false;
}

/* Rows that were never used because of this. */
static const char *dependants_tell(struct work *work, const struct broken *broken, size_t count)
{
    const struct audit *audit = work->audit;
    struct texts rows = {NULL, 0};
    size_t dependants = 0;
    for (size_t i = 0; i < audit->path_count; i++) {
        bool depends = false;
        for (size_t k = 0; k < audit->paths[i].pair_count && !depends; k++)
            depends =
                audit->paths[i].pairs[k].cause != SIZE_MAX && is_cause(broken, count, audit->paths[i].pairs[k].cause);
        if (depends && dependants++ < ROWS_NAMED)
            texts_add(work->arena, &rows, explain_row(work, &audit->paths[i]));
    }
    if (dependants == 0)
        return "";
    return tell(work->arena, " Never used for the same cause: %s%s.", tell_list(work->arena, &rows, "and"),
                dependants > rows.count ? tell(work->arena, " and %zu more", dependants - rows.count) : "");
}

/* Findings that a failing KDC explains: NTLM where Kerberos was offered. How many. */
static size_t fallbacks_explain(struct work *work, const struct broken *broken, size_t count, bool *explained)
{
    const struct audit *audit = work->audit;
    size_t found = 0;
    for (size_t i = 0; broken->port == 88 && i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        bool alike = conversation->verdict == VERDICT_DEVIATING, by_client = false;
        for (size_t k = 0; alike && k < conversation->session_count; k++)
            alike = conversation->sessions[k].verdict != VERDICT_DEVIATING ||
                    (conversation->sessions[k].authentication_check == AUTHENTICATION_FALLBACK &&
                     conversation->sessions[k].encryption_check != ENCRYPTION_WEAKER);
        for (size_t k = 0; alike && k < count; k++)
            by_client =
                by_client || audit->conversations[broken[k].conversation].client_host == conversation->client_host;
        if (!by_client || explained[i])
            continue;
        explained[i] = true;
        found++;
    }
    return found;
}

/* All clients that fail at one place are one finding: the first in full, the others by name. */
static bool chain_tell(struct work *work, const struct broken *broken, size_t count, struct chains *chains)
{
    const struct audit *audit = work->audit;
    const struct judged_conversation *first = &audit->conversations[broken->conversation];
    const char *server = audit->hosts[broken->server_host].name;
    const char *port = tell_port(work->arena, broken->transport, broken->port);
    struct finding *finding = chains_add(
        work, chains, tell(work->arena, "%s|%s", tell_place(work->arena, &first->server, first->network), port));
    if (finding == NULL)
        return false;
    explain_conversation(work, first, finding);
    finding->conversation = broken->conversation;
    finding->together = count;
    finding->path = first->owner_count > 0 ? first->owners[0].path : SIZE_MAX;
    finding->severity = SEVERITY_HIGH;
    finding->excepted = exception_of(work, first, finding->id);
    struct failing failing = failing_gather(work, broken, count);
    for (size_t i = 0; i < count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[broken[i].conversation];
        chains->explained[broken[i].conversation] = true;
        if (exception_of(work, conversation, finding->id)[0] == '\0')
            finding->excepted = ""; /* excepted when all of them are */
        for (size_t k = 0; i > 0 && k < conversation->session_count; k++)
            if (session_failed(&conversation->sessions[k]))
                finding_add_evidence(work, finding, &conversation->sessions[k].evidence);
    }
    if (failing.all.count > 1) {
        const char *services = tell_list(work->arena, &first->services, "and");
        finding->subject =
            tell(work->arena, "%s cannot reach %s%s%s: %s %s", tell_many(work->arena, failing.all.count, "client"),
                 services, services[0] != '\0' ? " on " : "", server, port,
                 failing.otherwise.count > 0 ? "is blocked for some and refuses others"
                 : failing.blocked           ? "is blocked"
                                             : "refuses them");
        finding->advice = failing.blocked && failing.otherwise.count == 0
                              ? tell(work->arena, "allow %s towards %s from these clients", port, server)
                              : finding->advice;
    }
    size_t fallbacks = fallbacks_explain(work, broken, count, chains->explained);
    finding->explain = tell(
        work->arena, "%s%s%s%s%s", broken->lead, finding->explain, others_tell(work, &failing),
        dependants_tell(work, broken, count),
        fallbacks > 0 ? tell(work->arena, " %s fell back to NTLM.", tell_many(work->arena, fallbacks, "conversation"))
                      : "");
    return true;
}

/* Of one server: how many conversations with it were blocked, and whether it answered anybody at all. */
struct silent_server {
    size_t blocked;
    bool answered;
};

#define PORTS_SILENT 3 /* that must be silent before the server is */

/* All that was tried with a server that answered nobody, on several ports: one cause, whichever it is. */
static bool server_tell(struct work *work, size_t server, struct chains *chains)
{
    const struct audit *audit = work->audit;
    struct texts ports = {NULL, 0}, clients = {NULL, 0};
    struct finding *finding = NULL;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        if (conversation->server_host != server || conversation->verdict != VERDICT_BLOCKED)
            continue;
        texts_add(work->arena, &ports, tell_port(work->arena, conversation->transport, conversation->port));
        texts_add(work->arena, &clients, audit->hosts[conversation->client_host].name);
    }
    if (ports.count < PORTS_SILENT)
        return true;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        if (conversation->server_host != server || conversation->verdict != VERDICT_BLOCKED)
            continue;
        if (finding == NULL) {
            finding = chains_add(
                work, chains,
                tell(work->arena, "%s|silent", tell_place(work->arena, &conversation->server, conversation->network)));
            if (finding == NULL)
                return false;
            finding->conversation = i;
            finding->excepted = exception_of(work, conversation, finding->id);
        }
        if (exception_of(work, conversation, finding->id)[0] == '\0')
            finding->excepted = "";
        chains->explained[i] = true;
        for (size_t k = 0; k < conversation->session_count; k++)
            if (session_failed(&conversation->sessions[k]))
                finding_add_evidence(work, finding, &conversation->sessions[k].evidence);
    }
    const char *name = audit->hosts[server].name, *who = tell_list(work->arena, &clients, "and");
    if (clients.count > CLIENTS_NAMED)
        who = tell_many(work->arena, clients.count, "client");
    finding->severity = SEVERITY_HIGH;
    finding->subject = tell(work->arena, "%s answers nobody: %s, %s", name, tell_many(work->arena, ports.count, "port"),
                            tell_many(work->arena, clients.count, "client"));
    int64_t first_ns, last_ns;
    bool lives = sight_life(work->sight, server, &first_ns, &last_ns);
    finding->explain = tell(work->arena, "On %s it gave no answer to %s, and none to anybody else that was seen.%s",
                            tell_list(work->arena, &ports, "and"), who,
                            lives ? tell(work->arena, " It was up: it sent packets of its own between %s and %s.",
                                         tell_when(work->arena, work->audit, first_ns, NULL),
                                         tell_when(work->arena, work->audit, last_ns, NULL))
                                  : "");
    finding->advice = lives
                          ? tell(work->arena, "see what on %s, or between, keeps connections to it out", name)
                          : tell(work->arena, "see whether %s is up and on the network, then what lies between", name);
    return true;
}

static bool servers_find(struct work *work, struct chains *chains)
{
    const struct audit *audit = work->audit;
    struct silent_server *servers = arena_take_many(work->arena, audit->host_count, sizeof *servers);
    if (servers == NULL)
        return false;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        servers[conversation->server_host].blocked += conversation->verdict == VERDICT_BLOCKED;
        servers[conversation->server_host].answered |= conversation->packets_to_client > 0;
    }
    for (size_t i = 0; i < audit->host_count; i++)
        if (servers[i].blocked >= PORTS_SILENT && !servers[i].answered && !server_tell(work, i, chains))
            return false;
    return true;
}

bool chains_find(struct work *work, const struct hints *hints, struct chains *chains)
{
    const struct audit *audit = work->audit;
    size_t most = 0, count = 0;
    for (size_t i = 0; i < audit->conversation_count; i++)
        most += failed(&audit->conversations[i]);
    struct broken *broken = arena_take_many(work->arena, most, sizeof *broken);
    *chains = (struct chains){.explained =
                                  arena_take_many(work->arena, audit->conversation_count, sizeof *chains->explained)};
    if (broken == NULL || chains->explained == NULL || !servers_find(work, chains))
        return false;
    for (size_t i = 0; i < audit->conversation_count; i++)
        count += !chains->explained[i] && broken_of(work, hints, i, &broken[count]);
    qsort(broken, count, sizeof *broken, broken_order);
    for (size_t from = 0, end; from < count; from = end) {
        for (end = from + 1; end < count && same_place(&broken[from], &broken[end]);)
            end++;
        if (!chain_tell(work, &broken[from], end - from, chains))
            return false;
    }
    return true;
}
