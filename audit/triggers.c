/* triggers: see audit/triggers.h. */
#include "audit/triggers.h"

#include "audit/ledger.h"

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

static bool is_between(const struct judged_conversation *conversation, size_t client, size_t server)
{
    return conversation->client_host == client && conversation->server_host == server;
}

/* Either end may open the connection: mail runs both ways over one subscription. */
static bool shows_subscription(const struct judged_conversation *conversation, size_t client, size_t server,
                               int64_t *when_ns)
{
    if (!is_between(conversation, client, server) && !is_between(conversation, server, client))
        return false;
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

static bool pulls(const struct work *work, const struct judged_path *path,
                  const struct judged_conversation *conversation, size_t client, size_t server, int64_t *when_ns)
{
    if (strcmp(path->trigger, "subscription") == 0)
        return shows_subscription(conversation, client, server, when_ns);
    if (strcmp(path->trigger, "mapper-answer") == 0)
        return is_between(conversation, client, server) &&
               port_is_mapper(conversation->transport, conversation->port) &&
               belongs_to(work, conversation, path->path->id);
    return conversation->client_host == client && belongs_to(work, conversation, path->trigger);
}

bool trigger_pulled(const struct work *work, const struct judged_path *path, size_t client_host, size_t server_host,
                    int64_t *when_ns)
{
    bool pulled = false;
    for (size_t i = 0; i < work->audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &work->audit->conversations[i];
        int64_t here_ns;
        if (!went_well(conversation, &here_ns) || !pulls(work, path, conversation, client_host, server_host, &here_ns))
            continue;
        *when_ns = !pulled || here_ns < *when_ns ? here_ns : *when_ns;
        pulled = true;
    }
    return pulled;
}
