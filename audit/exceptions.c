/* exceptions: see audit/exceptions.h. All that an exception names must agree; what it leaves out may be anything. */
#include "audit/exceptions.h"

#include "audit/hosts.h"
#include "audit/rules.h"

#include <string.h>

bool exception_is_expired(const struct work *work, const struct site_exception *exception)
{
    return exception->until_ns != 0 && exception->until_ns <= work->audit->last_ns;
}

static bool is_named(const struct work *work, const struct texts *words, size_t host_index,
                     const struct address *address)
{
    const struct host *host = &work->audit->hosts[host_index];
    for (size_t i = 0; i < words->count; i++) {
        struct prefix prefix;
        struct texts role = {&words->items[i], 1};
        if (strcmp(words->items[i], host->name) == 0 ||
            (prefix_parse(words->items[i], &prefix) && prefix_has(&prefix, address)) ||
            (role_is_known(words->items[i]) && host_fit(work, host, &role) > 0))
            return true;
    }
    return words->count == 0;
}

static bool covers(const struct work *work, const struct site_exception *exception,
                   const struct judged_conversation *conversation, const char *id)
{
    if (exception_is_expired(work, exception) ||
        (exception->finding[0] != '\0' && strcmp(exception->finding, id) != 0) ||
        !is_named(work, &exception->from, conversation->client_host, &conversation->client) ||
        !is_named(work, &exception->to, conversation->server_host, &conversation->server))
        return false;
    for (size_t i = 0; i < exception->port_count; i++)
        if (port_covers(&exception->ports[i], conversation))
            return true;
    return exception->port_count == 0;
}

static const char *reason_of(const struct site_exception *exception)
{
    return exception->reason[0] != '\0' ? exception->reason : "excepted by the site file";
}

bool exceptions_begin(struct work *work)
{
    size_t count = work->inputs->site != NULL ? work->inputs->site->exception_count : 0;
    work->excepting = arena_take_many(work->arena, count, sizeof *work->excepting);
    return work->excepting != NULL;
}

/* All that cover it are of use, the first gives the reason. */
static const char *use(const struct work *work, size_t index, const char *reason)
{
    work->excepting[index] = true;
    return reason[0] != '\0' ? reason : reason_of(&work->inputs->site->exceptions[index]);
}

const char *exception_of(const struct work *work, const struct judged_conversation *conversation, const char *id)
{
    const struct site *site = work->inputs->site;
    const char *reason = "";
    for (size_t i = 0; site != NULL && i < site->exception_count; i++)
        if (covers(work, &site->exceptions[i], conversation, id))
            reason = use(work, i, reason);
    return reason;
}

const char *exception_of_client(const struct work *work, size_t host, const struct address *address, const char *id)
{
    const struct site *site = work->inputs->site;
    const char *reason = "";
    for (size_t i = 0; site != NULL && i < site->exception_count; i++) {
        const struct site_exception *exception = &site->exceptions[i];
        bool anywhere = exception->to.count == 0 && exception->port_count == 0;
        bool named = exception->finding[0] != '\0' ? strcmp(exception->finding, id) == 0 : exception->from.count > 0;
        if (anywhere && named && !exception_is_expired(work, exception) &&
            is_named(work, &exception->from, host, address))
            reason = use(work, i, reason);
    }
    return reason;
}

static bool names_port_of(const struct site_exception *exception, const struct path *path)
{
    for (size_t i = 0; i < exception->port_count; i++)
        for (size_t k = 0; k < path->part_count; k++)
            for (size_t n = 0; n < path->parts[k].port_count; n++) {
                const struct port *said = &exception->ports[i], *port = &path->parts[k].ports[n];
                if (said->transport == port->transport && said->low <= port->high && port->low <= said->high)
                    return true;
            }
    return exception->port_count == 0;
}

const char *exception_of_pair(const struct work *work, const struct judged_path *path, size_t client_host,
                              size_t server_host, const char *id)
{
    const struct site *site = work->inputs->site;
    const struct host *client = &work->audit->hosts[client_host], *server = &work->audit->hosts[server_host];
    const char *reason = "";
    for (size_t i = 0; site != NULL && i < site->exception_count; i++) {
        const struct site_exception *exception = &site->exceptions[i];
        bool named = exception->finding[0] != '\0' ? strcmp(exception->finding, id) == 0
                                                   : exception->from.count + exception->to.count > 0;
        if (named && !exception_is_expired(work, exception) && names_port_of(exception, path->path) &&
            is_named(work, &exception->from, client_host, &client->addresses[0]) &&
            is_named(work, &exception->to, server_host, &server->addresses[0]))
            reason = use(work, i, reason);
    }
    return reason;
}

const char *exception_of_id(const struct work *work, const char *id)
{
    const struct site *site = work->inputs->site;
    const char *reason = "";
    for (size_t i = 0; site != NULL && i < site->exception_count; i++)
        if (site->exceptions[i].finding[0] != '\0' && strcmp(site->exceptions[i].finding, id) == 0 &&
            !exception_is_expired(work, &site->exceptions[i]))
            reason = use(work, i, reason);
    return reason;
}
