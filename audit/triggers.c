/* triggers: see audit/triggers.h. */
#include "audit/triggers.h"

#include "audit/ledger.h"
#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

#define EDGESYNC_PORT 50636

const char *const trigger_words[] = {"subscription", "mapper-answer", NULL};

/* Did any flow go well, and when did the first that did begin? */
static bool went_well(const struct judged_conversation *conversation, int64_t *when_ns)
{
    for (size_t i = 0; i < conversation->session_count; i++)
        if (conversation->sessions[i].disposition == DISPOSITION_OK) {
            *when_ns = conversation->sessions[i].first_ns;
            return true;
        }
    return false;
}

static bool shows_subscription(const struct judged_conversation *conversation, int64_t *when_ns)
{
    if (conversation->port == EDGESYNC_PORT)
        return true;
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(conversation->facts[i].key, "smtp.anonymoustls") == 0 &&
            strcmp(conversation->facts[i].value, "used") == 0) {
            *when_ns = conversation->facts[i].first_ns;
            return true;
        }
    return false;
}

static bool belongs_to(const struct work *work, const struct judged_conversation *conversation, const char *id)
{
    for (size_t i = 0; i < conversation->owner_count; i++)
        if (strcmp(work->audit->paths[conversation->owners[i].path].path->id, id) == 0)
            return true;
    return false;
}

static void pull_add(struct pulls *pulls, size_t client, size_t server, int64_t when_ns)
{
    if (pulls->items != NULL)
        pulls->items[pulls->count] = (struct pull){client, server, when_ns};
    pulls->count++;
}

/* What one conversation says of the row. */
static void pulls_add(const struct work *work, const struct judged_path *path,
                      const struct judged_conversation *conversation, struct pulls *pulls)
{
    size_t client = conversation->client_host, server = conversation->server_host;
    int64_t when_ns;
    if (!went_well(conversation, &when_ns))
        return;
    if (strcmp(path->trigger, "subscription") == 0) {
        if (!shows_subscription(conversation, &when_ns))
            return;
        pull_add(pulls, client, server, when_ns); /* mail runs both ways over one subscription */
        pull_add(pulls, server, client, when_ns);
    } else if (strcmp(path->trigger, "mapper-answer") == 0) {
        if (port_is_mapper(conversation->transport, conversation->port) &&
            belongs_to(work, conversation, path->path->id))
            pull_add(pulls, client, server, when_ns);
    } else if (belongs_to(work, conversation, path->trigger)) {
        pull_add(pulls, client, SIZE_MAX, when_ns);
    }
}

static int pull_order(const void *a, const void *b)
{
    const struct pull *x = a, *y = b;
    return (x->client_host > y->client_host) - (x->client_host < y->client_host);
}

bool pulls_gather(const struct work *work, struct arena *arena, const struct judged_path *path, struct pulls *pulls)
{
    const struct audit *audit = work->audit;
    *pulls = (struct pulls){NULL, 0};
    for (size_t i = 0; i < audit->conversation_count; i++)
        pulls_add(work, path, &audit->conversations[i], pulls);
    pulls->items = arena_take_many(arena, pulls->count, sizeof *pulls->items);
    pulls->count = 0;
    for (size_t i = 0; pulls->items != NULL && i < audit->conversation_count; i++)
        pulls_add(work, path, &audit->conversations[i], pulls);
    if (pulls->items != NULL)
        qsort(pulls->items, pulls->count, sizeof *pulls->items, pull_order);
    return pulls->items != NULL;
}

const struct pull *pulls_of(const struct pulls *pulls, size_t client_host, size_t *count)
{
    const struct pull wanted = {.client_host = client_host};
    size_t begin = SORTED_FIRST(&wanted, pulls->items, pulls->count, pull_order), end = begin;
    while (end < pulls->count && pulls->items[end].client_host == client_host)
        end++;
    *count = end - begin;
    return &pulls->items[begin];
}
