/* permits: eligible conversations sorted by server, port and client; each run of the same server and port is a permit.
 */
#include "reports/permits.h"

#include "audit/settings.h"
#include "audit/tell.h"

#include <stdlib.h>
#include <string.h>

static bool path_permits(const struct judged_path *path)
{
    return path->required != REQUIRED_NEVER && path->verdict != PATH_FORBIDDEN_SEEN;
}

static bool is_permitted(const struct audit *audit, const struct judged_conversation *c)
{
    bool by_row = c->match == MATCH_ROW || c->match == MATCH_DYNAMIC || c->match == MATCH_AMBIGUOUS;
    bool wanted = false;
    for (size_t i = 0; i < c->owner_count; i++)
        wanted = wanted || (c->owners[i].path < audit->path_count && path_permits(&audit->paths[c->owners[i].path]));
    bool expected = c->verdict != VERDICT_UNEXPECTED && c->verdict != VERDICT_UNEXPECTED_ATTEMPT &&
                    c->verdict != VERDICT_UNCLASSIFIED && c->verdict != VERDICT_OUT_OF_SCOPE;
    return by_row && wanted && expected && c->grade != 'D';
}

static bool is_of_host(const struct audit *audit, const struct judged_conversation *c, const char *host)
{
    char address[ADDRESS_TEXT];
    return host == NULL || strcmp(address_text(&c->server, address), host) == 0 ||
           (c->server_host < audit->host_count && strcmp(audit->hosts[c->server_host].name, host) == 0);
}

static bool host_is_known(const struct audit *audit, const char *host)
{
    struct address address;
    bool is_address = address_parse(host, &address);
    for (size_t i = 0; i < audit->host_count; i++) {
        if (strcmp(audit->hosts[i].name, host) == 0)
            return true;
        for (size_t k = 0; is_address && k < audit->hosts[i].address_count; k++)
            if (address_equal(&audit->hosts[i].addresses[k], &address))
                return true;
    }
    return false;
}

static int place_order(const struct judged_conversation *x, const struct judged_conversation *y)
{
    int order = memcmp(&x->server, &y->server, sizeof x->server);
    if (order == 0)
        order = (x->transport > y->transport) - (x->transport < y->transport);
    if (order == 0)
        order = (x->port > y->port) - (x->port < y->port);
    return order != 0 ? order : strcmp(x->tunnel, y->tunnel);
}

static int talk_order(const void *a, const void *b)
{
    const struct judged_conversation *x = *(const struct judged_conversation *const *)a;
    const struct judged_conversation *y = *(const struct judged_conversation *const *)b;
    int order = place_order(x, y);
    return order != 0 ? order : memcmp(&x->client, &y->client, sizeof x->client);
}

static void add_path(struct permit *permit, size_t path)
{
    for (size_t i = 0; i < permit->path_count; i++)
        if (permit->paths[i] == path)
            return;
    permit->paths[permit->path_count++] = path;
}

static void add_talk(struct arena *arena, const struct audit *audit, struct permit *permit,
                     const struct judged_conversation *c)
{
    addresses_add(arena, &permit->clients, &permit->client_count, &c->client);
    for (size_t i = 0; i < c->owner_count && permit->paths != NULL; i++)
        if (path_permits(&audit->paths[c->owners[i].path]))
            add_path(permit, c->owners[i].path);
    for (size_t i = 0; i < c->services.count && c->grade != 0; i++)
        texts_add(arena, &permit->services, c->services.items[i]);
    bool is_static = c->transport == 6 && settings_is_static(audit->site, c->server_host, c->port);
    permit->dynamic = permit->dynamic || (c->grade != 0 && !is_static);
    permit->ambiguous = permit->ambiguous || c->match == MATCH_AMBIGUOUS;
    permit->flows += c->flows;
    permit->conversations++;
    permit->blocked += c->verdict == VERDICT_BLOCKED || c->verdict == VERDICT_REFUSED;
    permit->deviating += c->verdict == VERDICT_DEVIATING;
    if (permit->first_ns == 0 || c->first_ns < permit->first_ns) {
        permit->first_ns = c->first_ns;
        if (c->session_count > 0)
            permit->evidence = c->sessions[0].evidence;
    }
    if (c->last_ns > permit->last_ns)
        permit->last_ns = c->last_ns;
}

/* The prefixes of a role; its ranges and names are no sets that a firewall knows. */
static struct prefix *prefixes_of(struct arena *arena, const struct site_role *role, size_t *count)
{
    struct prefix *prefixes = arena_take_many(arena, role->member_count, sizeof *prefixes);
    *count = 0;
    for (size_t i = 0; i < role->member_count && prefixes != NULL; i++)
        if (role->members[i].kind == MEMBER_PREFIX)
            prefixes[(*count)++] = role->members[i].prefix;
    return prefixes;
}

static bool covers(const struct prefix *prefixes, size_t count, const struct permit *permit)
{
    for (size_t i = 0; i < permit->client_count; i++) {
        bool inside = false;
        for (size_t k = 0; k < count && !inside; k++)
            inside = prefix_has(&prefixes[k], &permit->clients[i]);
        if (!inside)
            return false;
    }
    return true;
}

/* Is the role one that the rows expect on the client's side? */
static bool is_from(const struct audit *audit, const struct permit *permit, const char *role)
{
    for (size_t i = 0; i < permit->path_count; i++) {
        const struct path *path = audit->paths[permit->paths[i]].path;
        for (size_t k = 0; k < path->from.count; k++)
            if (role_fulfils(role, path->from.items[k]))
                return true;
    }
    return false;
}

/* Many clients are written as the prefixes that the site has for their role. */
static void take_role(struct arena *arena, const struct audit *audit, struct permit *permit)
{
    permit->role = "";
    for (size_t i = 0; audit->site != NULL && i < audit->site->role_count; i++) {
        const struct site_role *role = &audit->site->roles[i];
        size_t count;
        if (permit->client_count <= PERMIT_CLIENTS_MOST || !is_from(audit, permit, role->role))
            continue;
        struct prefix *prefixes = prefixes_of(arena, role, &count);
        if (!covers(prefixes, count, permit))
            continue;
        permit->role = role->role;
        permit->prefixes = prefixes;
        permit->prefix_count = count;
        return;
    }
}

static void put_together(struct arena *arena, const struct audit *audit, struct permits *permits,
                         const struct judged_conversation **talks, size_t count)
{
    qsort(talks, count, sizeof(struct judged_conversation *), talk_order);
    permits->items = arena_take_many(arena, count, sizeof *permits->items);
    for (size_t i = 0; i < count && permits->items != NULL; i++) {
        if (i == 0 || place_order(talks[i], talks[i - 1]) != 0) {
            permits->items[permits->count++] =
                (struct permit){.server = talks[i]->server,
                                .server_host = talks[i]->server_host,
                                .transport = talks[i]->transport,
                                .port = talks[i]->port,
                                .tunnel = talks[i]->tunnel,
                                .network = talks[i]->network,
                                .paths = arena_take_many(arena, audit->path_count, sizeof(size_t))};
        }
        add_talk(arena, audit, &permits->items[permits->count - 1], talks[i]);
    }
    for (size_t i = 0; i < permits->count; i++)
        take_role(arena, audit, &permits->items[i]);
}

bool permits_gather(struct permits *permits, const struct audit *audit, const char *host, struct failure *failure)
{
    *permits = (struct permits){0};
    if (host != NULL && !host_is_known(audit, host))
        return failure_add(failure, "--for %s: no host of this name or address in the site or in what was seen", host);
    struct arena *arena = arena_create();
    const struct judged_conversation **talks =
        arena != NULL ? arena_take_many(arena, audit->conversation_count, sizeof(struct judged_conversation *)) : NULL;
    size_t count = 0;
    for (size_t i = 0; i < audit->conversation_count && talks != NULL; i++) {
        const struct judged_conversation *c = &audit->conversations[i];
        if (!is_of_host(audit, c, host))
            continue;
        if (is_permitted(audit, c))
            talks[count++] = c;
        else
            permits->left_out++;
    }
    if (talks != NULL)
        put_together(arena, audit, permits, talks, count);
    permits->memory = arena;
    if (arena != NULL && !arena_ran_out(arena))
        return true;
    permits_fini(permits);
    return failure_add(failure, "out of memory");
}

void permits_fini(struct permits *permits)
{
    arena_destroy(permits->memory);
    *permits = (struct permits){0};
}
