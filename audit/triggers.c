/* triggers: see audit/triggers.h. */
#include "audit/triggers.h"

#include "audit/ledger.h"

#include <string.h>

#define EDGESYNC_PORT 50636

const char *const trigger_words[] = {"subscription", "mapper-answer", NULL};

static bool went_well(const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->session_count; i++)
        if (conversation->sessions[i].disposition == DISPOSITION_OK)
            return true;
    return false;
}

static bool is_between(const struct judged_conversation *conversation, size_t client, size_t server)
{
    return conversation->client_host == client && conversation->server_host == server;
}

/* Either end may open the connection: mail runs both ways over one subscription. */
static bool shows_subscription(const struct judged_conversation *conversation, size_t client, size_t server)
{
    if (!is_between(conversation, client, server) && !is_between(conversation, server, client))
        return false;
    if (conversation->port == EDGESYNC_PORT)
        return true;
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(conversation->facts[i].key, "smtp.anonymoustls") == 0 &&
            strcmp(conversation->facts[i].value, "used") == 0)
            return true;
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
                  const struct judged_conversation *conversation, size_t client, size_t server)
{
    if (strcmp(path->trigger, "subscription") == 0)
        return shows_subscription(conversation, client, server);
    if (strcmp(path->trigger, "mapper-answer") == 0)
        return is_between(conversation, client, server) &&
               port_is_mapper(conversation->transport, conversation->port) &&
               belongs_to(work, conversation, path->path->id);
    return conversation->client_host == client && belongs_to(work, conversation, path->trigger);
}

bool trigger_pulled(const struct work *work, const struct judged_path *path, size_t client_host, size_t server_host,
                    int64_t *when_ns)
{
    for (size_t i = 0; i < work->audit->conversation_count; i++) { /* in order of first_ns */
        const struct judged_conversation *conversation = &work->audit->conversations[i];
        if (!went_well(conversation) || !pulls(work, path, conversation, client_host, server_host))
            continue;
        *when_ns = conversation->first_ns;
        return true;
    }
    return false;
}
