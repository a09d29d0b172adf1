/* mute: see audit/mute.h. What was blocked is sorted by server, in order of time, so that each server looks at its own.
 */
#include "audit/mute.h"

#include "audit/exceptions.h"
#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/sight.h"
#include "audit/tell.h"

#include <stdlib.h>
#include <string.h>

#define PORTS_SILENT  3 /* that must be silent before the server is */
#define CLIENTS_NAMED 4

/* Of one server: how many conversations with it were blocked, and whether it answered anybody at all. */
struct server {
    size_t blocked;
    bool answered;
};

/* A conversation that was blocked. */
struct attempt {
    size_t server_host, conversation, client_host;
    uint8_t transport;
    uint16_t port;
};

static int attempt_order(const void *a, const void *b)
{
    const struct attempt *x = a, *y = b;
    if (x->server_host != y->server_host)
        return x->server_host < y->server_host ? -1 : 1;
    return (x->conversation > y->conversation) - (x->conversation < y->conversation);
}

static int same_port(const struct attempt *x, const struct attempt *y)
{
    return x->transport != y->transport ? x->transport - y->transport : x->port - y->port;
}

static int port_order(const void *a, const void *b)
{
    const struct attempt *x = a, *y = b;
    int order = same_port(x, y);
    return order != 0 ? order : attempt_order(x, y);
}

static int client_order(const void *a, const void *b)
{
    const struct attempt *x = a, *y = b;
    if (x->client_host != y->client_host)
        return x->client_host < y->client_host ? -1 : 1;
    return attempt_order(x, y);
}

/* Leaves the first in time of each port, in order of time. */
static size_t ports_of(struct attempt *tries, size_t count)
{
    size_t kept = 0;
    qsort(tries, count, sizeof *tries, port_order);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || same_port(&tries[kept - 1], &tries[i]) != 0)
            tries[kept++] = tries[i];
    qsort(tries, kept, sizeof *tries, attempt_order);
    return kept;
}

/* The same of each client. */
static size_t clients_of(struct attempt *tries, size_t count)
{
    size_t kept = 0;
    qsort(tries, count, sizeof *tries, client_order);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || tries[kept - 1].client_host != tries[i].client_host)
            tries[kept++] = tries[i];
    qsort(tries, kept, sizeof *tries, attempt_order);
    return kept;
}

/* Whom the server did not answer: few by name. */
static const char *clients_tell(struct work *work, const struct attempt *clients, size_t count)
{
    struct texts names = {NULL, 0};
    if (count > CLIENTS_NAMED)
        return tell_many(work->arena, count, "client");
    for (size_t i = 0; i < count; i++)
        texts_push(work->arena, &names, work->audit->hosts[clients[i].client_host].name);
    return tell_list(work->arena, &names, "and");
}

/* In order of time; all that is explained by it is marked and cited. */
static struct finding *finding_make(struct work *work, const struct attempt *tries, size_t count, struct chains *chains)
{
    const struct judged_conversation *first = &work->audit->conversations[tries->conversation];
    struct finding *finding = chains_add(
        work, chains, tell(work->arena, "%s|silent", tell_place(work->arena, &first->server, first->network)));
    if (finding == NULL)
        return NULL;
    finding->conversation = tries->conversation;
    finding->excepted = exception_of(work, first, finding->id);
    for (size_t i = 0; i < count; i++) {
        const struct judged_conversation *conversation = &work->audit->conversations[tries[i].conversation];
        if (exception_of(work, conversation, finding->id)[0] == '\0')
            finding->excepted = "";
        chains->explained[tries[i].conversation] = true;
        for (size_t k = 0; k < conversation->session_count; k++)
            if (session_failed(&conversation->sessions[k]))
                finding_add_evidence(work, finding, &conversation->sessions[k].evidence);
    }
    finding->severity = SEVERITY_HIGH;
    return finding;
}

/* All that was tried with a server that answered nobody, when it was several ports. `spare`: room for as many. */
static bool server_tell(struct work *work, const struct attempt *tries, size_t count, struct attempt *spare,
                        struct chains *chains)
{
    struct texts ports = {NULL, 0};
    size_t server = tries->server_host;
    const char *name = work->audit->hosts[server].name;
    memcpy(spare, tries, count * sizeof *spare);
    size_t port_count = ports_of(spare, count);
    if (port_count < PORTS_SILENT)
        return true;
    for (size_t i = 0; i < port_count; i++)
        texts_push(work->arena, &ports, tell_port(work->arena, spare[i].transport, spare[i].port));
    memcpy(spare, tries, count * sizeof *spare);
    size_t client_count = clients_of(spare, count);
    struct finding *finding = finding_make(work, tries, count, chains);
    if (finding == NULL)
        return false;
    finding->subject = tell(work->arena, "%s answers nobody: %s, %s", name, tell_many(work->arena, port_count, "port"),
                            tell_many(work->arena, client_count, "client"));
    int64_t first_ns, last_ns;
    bool lives = sight_life(work->sight, server, &first_ns, &last_ns);
    finding->explain = tell(work->arena, "On %s it gave no answer to %s, and none to anybody else that was seen.%s",
                            tell_list(work->arena, &ports, "and"), clients_tell(work, spare, client_count),
                            lives ? tell(work->arena, " It was up: it sent packets of its own between %s and %s.",
                                         tell_when(work->arena, work->audit, first_ns, NULL),
                                         tell_when(work->arena, work->audit, last_ns, NULL))
                                  : "");
    finding->advice = lives
                          ? tell(work->arena, "see what on %s, or between, keeps connections to it out", name)
                          : tell(work->arena, "see whether %s is up and on the network, then what lies between", name);
    return true;
}

/* What was tried with servers that may be mute, server by server. */
static struct attempt *tries_gather(struct work *work, const struct server *servers, size_t *count)
{
    const struct audit *audit = work->audit;
    size_t most = 0;
    *count = 0;
    for (size_t i = 0; i < audit->host_count; i++)
        most += servers[i].answered ? 0 : servers[i].blocked;
    struct attempt *tries = arena_take_many(work->arena, most, sizeof *tries);
    for (size_t i = 0; i < audit->conversation_count && tries != NULL; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        if (conversation->verdict == VERDICT_BLOCKED && !servers[conversation->server_host].answered)
            tries[(*count)++] = (struct attempt){conversation->server_host, i, conversation->client_host,
                                                 conversation->transport, conversation->port};
    }
    if (tries != NULL)
        qsort(tries, *count, sizeof *tries, attempt_order);
    return tries;
}

bool mute_find(struct work *work, struct chains *chains)
{
    const struct audit *audit = work->audit;
    size_t count;
    struct server *servers = arena_take_many(work->arena, audit->host_count, sizeof *servers);
    if (servers == NULL)
        return false;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        servers[conversation->server_host].blocked += conversation->verdict == VERDICT_BLOCKED;
        servers[conversation->server_host].answered |= conversation->packets_to_client > 0;
    }
    struct attempt *tries = tries_gather(work, servers, &count);
    struct attempt *spare = arena_take_many(work->arena, count, sizeof *spare);
    if (tries == NULL || spare == NULL)
        return false;
    for (size_t from = 0, end; from < count; from = end) {
        for (end = from + 1; end < count && tries[end].server_host == tries[from].server_host;)
            end++;
        if (!server_tell(work, &tries[from], end - from, spare, chains))
            return false;
    }
    return true;
}
