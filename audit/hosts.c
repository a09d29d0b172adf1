/* hosts: see audit/hosts.h. Addresses are sorted once and then looked up by halving. */
#include "audit/hosts.h"

#include "audit/scans.h"
#include "audit/tell.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* By address, and those in all networks before those in one. */
static int address_order(const void *a, const void *b)
{
    const struct host_place *x = a, *y = b;
    int order = memcmp(x->address.octets, y->address.octets, sizeof x->address.octets);
    return order != 0 ? order : strcmp(x->network, y->network);
}

static int place_order(const void *a, const void *b)
{
    const struct host_place *x = a, *y = b;
    int order = address_order(x, y);
    return order != 0 ? order : (x->host > y->host) - (x->host < y->host);
}

/* The host that has this address in exactly this network. */
static size_t host_within(const struct work *work, const struct address *address, const char *network)
{
    const struct host_place wanted = {.address = *address, .network = network};
    const struct host_place *place = bsearch(&wanted, work->places, work->place_count, sizeof wanted, address_order);
    return place != NULL ? place->host : SIZE_MAX;
}

size_t hosts_find(const struct work *work, const struct address *address, const char *network)
{
    size_t host = host_within(work, address, network);
    return host == SIZE_MAX && network[0] != '\0' ? host_within(work, address, "") : host;
}

bool hosts_may_meet(const struct work *work, size_t one, size_t other)
{
    const char *a = work->audit->hosts[one].network, *b = work->audit->hosts[other].network;
    return a[0] == '\0' || b[0] == '\0' || strcmp(a, b) == 0;
}

static const struct site *site_of(const struct work *work)
{
    return work->inputs->site;
}

/* All addresses with a claim on them: a host of the site file claims its own, SIZE_MAX stands for nobody yet. */
static bool places_gather(struct work *work)
{
    const struct site *site = site_of(work);
    const struct observations *store = work->inputs->store;
    size_t bindings = observations_binding_count(store), declared = 0;
    for (size_t i = 0; site != NULL && i < site->host_count; i++)
        declared += site->hosts[i].address_count;
    work->places = arena_take_many(
        work->arena, declared + work->audit->scan_count + 2 * (work->audit->conversation_count + bindings),
        sizeof *work->places);
    if (work->places == NULL)
        return false;
    size_t n = 0;
    for (size_t i = 0; site != NULL && i < site->host_count; i++)
        for (size_t k = 0; k < site->hosts[i].address_count; k++)
            work->places[n++] = (struct host_place){site->hosts[i].addresses[k], site->hosts[i].network, i};
    for (size_t i = 0; i < work->audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &work->audit->conversations[i];
        work->places[n++] = (struct host_place){conversation->client, conversation->network, SIZE_MAX};
        work->places[n++] = (struct host_place){conversation->server, conversation->network, SIZE_MAX};
    }
    for (size_t i = 0; i < work->audit->scan_count; i++)
        work->places[n++] = (struct host_place){work->audit->scans[i].client, work->audit->scans[i].network, SIZE_MAX};
    for (size_t i = 0; i < bindings; i++) {
        struct binding binding;
        observations_binding(store, i, &binding);
        const char *network = observations_text(store, binding.network);
        work->places[n++] = (struct host_place){binding.server, network, SIZE_MAX};
        work->places[n++] = (struct host_place){binding.client, network, SIZE_MAX};
    }
    work->place_count = n;
    return true;
}

/* Leaves each address of a network once, with the site's claim where there is one: what it claims in all networks, it
 * claims in each, but where another host of it claims more exactly. */
static void places_settle(struct work *work)
{
    size_t kept = 0, everywhere = SIZE_MAX; /* the place, among those kept, that has this address in all networks */
    qsort(work->places, work->place_count, sizeof *work->places, place_order);
    for (size_t i = 0; i < work->place_count; i++) {
        struct host_place place = work->places[i];
        const struct host_place *before = kept > 0 ? &work->places[kept - 1] : NULL;
        bool same = before != NULL && address_equal(&before->address, &place.address);
        if (same && strcmp(before->network, place.network) == 0)
            continue;
        if (!same)
            everywhere = SIZE_MAX;
        if (place.host != SIZE_MAX && place.network[0] == '\0')
            everywhere = place.host;
        if (place.host == SIZE_MAX)
            place.host = everywhere;
        work->places[kept++] = place;
    }
    work->place_count = kept;
}

void host_add_role(struct work *work, struct host *host, const char *role, bool inferred, const char *evidence)
{
    for (size_t i = 0; i < host->role_count; i++)
        if (strcmp(host->roles[i].role, role) == 0) {
            if (evidence[0] != '\0' && host->roles[i].inferred)
                texts_add(work->arena, &host->roles[i].evidence, evidence);
            return;
        }
    struct host_role *roles = arena_take_many(work->arena, host->role_count + 1, sizeof *roles);
    if (roles == NULL)
        return;
    if (host->role_count > 0)
        memcpy(roles, host->roles, host->role_count * sizeof *roles);
    host->roles = roles;
    struct host_role *added = &roles[host->role_count++];
    *added = (struct host_role){.role = role, .inferred = inferred};
    if (evidence[0] != '\0')
        texts_add(work->arena, &added->evidence, evidence);
}

static void host_declare(struct work *work, struct host *host, const struct site_host *site_host)
{
    *host = (struct host){.name = site_host->name,
                          .addresses = site_host->addresses,
                          .address_count = site_host->address_count,
                          .via = site_host->via,
                          .network = site_host->network,
                          .ports = site_host->ports,
                          .port_count = site_host->port_count,
                          .declared = true};
    for (size_t i = 0; i < site_host->roles.count; i++)
        host_add_role(work, host, site_host->roles.items[i], false, "");
    if (site_host->via[0] != '\0')
        host_add_role(work, host, site_host->via, false, "");
}

/* "*.corp.example" is any name below it; a name without a dot is the first label of a longer one. */
static bool name_fits(const char *pattern, const char *name)
{
    size_t length = strlen(name), wanted = strlen(pattern);
    if (pattern[0] == '*')
        return length >= wanted && strcasecmp(name + length - (wanted - 1), pattern + 1) == 0;
    return strcasecmp(pattern, name) == 0 ||
           (strchr(pattern, '.') == NULL && strncasecmp(pattern, name, wanted) == 0 && name[wanted] == '.');
}

/* The name by which the host is a member; "" when by its address, NULL when it is none. */
static const char *membership(const struct host *host, const struct site_member *member)
{
    if (member->kind == MEMBER_NAME && name_fits(member->name, host->name))
        return host->name;
    for (size_t i = 0; member->kind == MEMBER_NAME && i < host->names.count; i++)
        if (name_fits(member->name, host->names.items[i]))
            return host->names.items[i];
    for (size_t i = 0; member->kind != MEMBER_NAME && i < host->address_count; i++) {
        const uint8_t *octets = host->addresses[i].octets;
        if (member->kind == MEMBER_PREFIX ? prefix_has(&member->prefix, &host->addresses[i])
                                          : memcmp(octets, member->low.octets, sizeof member->low.octets) >= 0 &&
                                                memcmp(octets, member->high.octets, sizeof member->high.octets) <= 0)
            return "";
    }
    return NULL;
}

static bool host_holds(const struct host_role *roles, size_t count, const char *role)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(roles[i].role, role) == 0)
            return true;
    return false;
}

/* By address alone, so that nothing stands beside the roles that is the host's own. */
static bool roles_same(const struct host *like, const struct host_role *roles, size_t count)
{
    bool same = like != NULL && like->role_count == count;
    for (size_t i = 0; same && i < count; i++)
        same = strcmp(like->roles[i].role, roles[i].role) == 0 && like->roles[i].evidence.count == 0 &&
               roles[i].evidence.count == 0;
    return same;
}

/* Roles that the site file gives to prefixes, ranges and names. All of a network may have the same ones: then they have
 * one list of them, which nobody adds to in place (host_add_role). `like`: the host before. */
static void host_declare_by_membership(struct work *work, struct arena *room, struct host *host,
                                       const struct host *like)
{
    const struct site *site = site_of(work);
    size_t count = host->role_count;
    struct host_role *roles = arena_take_many(room, count + site->role_count, sizeof *roles);
    if (roles == NULL)
        return;
    if (count > 0)
        memcpy(roles, host->roles, count * sizeof *roles);
    for (size_t i = 0; i < site->role_count; i++)
        for (size_t k = 0; k < site->roles[i].member_count; k++) {
            const char *name = membership(host, &site->roles[i].members[k]);
            if (name == NULL || host_holds(roles, count, site->roles[i].role))
                continue;
            roles[count] = (struct host_role){.role = site->roles[i].role};
            if (name[0] != '\0')
                texts_add(work->arena, &roles[count].evidence, tell(work->arena, "is named %s", name));
            count++;
        }
    if (count == host->role_count)
        return;
    bool same = roles_same(like, roles, count);
    host->roles = same ? like->roles : arena_take_many(work->arena, count, sizeof *roles);
    if (!same && host->roles != NULL)
        memcpy(host->roles, roles, count * sizeof *roles);
    host->role_count = host->roles != NULL ? count : 0;
}

static bool declare_by_membership(struct work *work)
{
    struct audit *audit = work->audit;
    struct arena *room = arena_create();
    if (room == NULL)
        return false;
    for (size_t i = 0; site_of(work) != NULL && i < audit->host_count; i++) {
        host_declare_by_membership(work, room, &audit->hosts[i], i > 0 ? &audit->hosts[i - 1] : NULL);
        arena_clear(room);
    }
    bool good = !arena_ran_out(room);
    arena_destroy(room);
    return good;
}

/* A host of many names is one of a content network, of which a few are enough. */
#define NAMES_MOST 8

static void host_add_name(struct work *work, size_t host, const char *name)
{
    if (host != SIZE_MAX && work->audit->hosts[host].names.count < NAMES_MOST)
        texts_add(work->arena, &work->audit->hosts[host].names, name);
}

/* An answer of DNS, "mbx1.corp.example 10.0.0.4": the host of this address, whoever asked. Other answers end in a port.
 */
static void host_name_by_answer(struct work *work, const char *answer, const char *network)
{
    struct address address;
    const char *space = strrchr(answer, ' ');
    if (space != NULL && address_parse(space + 1, &address))
        host_add_name(work, hosts_find(work, &address, network),
                      tell(work->arena, "%.*s", (int)(space - answer), answer));
}

/* What a conversation says of its two ends besides roles, and DNS of any. */
static void hosts_see(struct work *work, struct judged_conversation *conversation)
{
    conversation->client_host = hosts_find(work, &conversation->client, conversation->network);
    conversation->server_host = hosts_find(work, &conversation->server, conversation->network);
    work->audit->hosts[conversation->client_host].seen = true;
    work->audit->hosts[conversation->server_host].seen = true;
    for (size_t i = 0; i < conversation->fact_count; i++) {
        const struct judged_fact *fact = &conversation->facts[i];
        if (strcmp(fact->key, "smtp.banner_host") == 0 || strcmp(fact->key, "tls.server_names") == 0)
            host_add_name(work, conversation->server_host, fact->value);
        else if (strcmp(fact->key, "dns.answers") == 0)
            host_name_by_answer(work, fact->value, conversation->network);
    }
}

/* A misspelt name gives nobody a role, and nothing else would tell. */
static void unread_names_gather(struct work *work)
{
    const struct site *site = site_of(work);
    struct audit *audit = work->audit;
    for (size_t i = 0; site != NULL && i < site->role_count; i++)
        for (size_t k = 0; k < site->roles[i].member_count; k++) {
            const struct site_member *member = &site->roles[i].members[k];
            bool met = member->kind != MEMBER_NAME;
            for (size_t h = 0; h < audit->host_count && !met; h++)
                met = membership(&audit->hosts[h], member) != NULL;
            if (!met)
                texts_add(work->arena, &audit->unread_names,
                          tell(work->arena, "%s (%s)", member->name, site->roles[i].role));
        }
}

bool hosts_build(struct work *work)
{
    const struct site *site = site_of(work);
    if (!places_gather(work))
        return false;
    places_settle(work);
    struct audit *audit = work->audit;
    size_t declared = site != NULL ? site->host_count : 0;
    audit->hosts = arena_take_many(work->arena, declared + work->place_count, sizeof *audit->hosts);
    if (audit->hosts == NULL)
        return false;
    for (; audit->host_count < declared; audit->host_count++)
        host_declare(work, &audit->hosts[audit->host_count], &site->hosts[audit->host_count]);
    for (size_t i = 0; i < work->place_count; i++) {
        if (work->places[i].host != SIZE_MAX)
            continue;
        work->places[i].host = audit->host_count;
        const struct host_place *place = &work->places[i];
        audit->hosts[audit->host_count++] =
            (struct host){.name = tell_place(work->arena, &place->address, place->network),
                          .network = place->network,
                          .addresses = &work->places[i].address,
                          .address_count = 1,
                          .via = ""};
    }
    for (size_t i = 0; i < audit->conversation_count; i++)
        hosts_see(work, &audit->conversations[i]);
    if (!declare_by_membership(work))
        return false;
    unread_names_gather(work);
    scans_meet_hosts(work);
    return !arena_ran_out(work->arena);
}

bool host_in_scope(const struct work *work, const struct host *host)
{
    const struct site *site = site_of(work);
    if (site == NULL || site->scope_count == 0 || host->declared)
        return true;
    for (size_t i = 0; i < site->scope_count; i++)
        for (size_t a = 0; a < host->address_count; a++)
            if (prefix_has(&site->scope[i], &host->addresses[a]))
                return true;
    return false;
}

bool host_has_role(const struct work *work, const struct host *host)
{
    return host->role_count > 0 || !host_in_scope(work, host);
}

/* The roles that are places: only a declared scope tells inside from outside. */
static bool host_is_there(const struct work *work, const struct host *host, const char *wanted)
{
    bool scoped = site_of(work) != NULL && site_of(work)->scope_count > 0;
    if (strcmp(wanted, "internal-network") == 0)
        return scoped && host_in_scope(work, host);
    if (strcmp(wanted, "external-host") == 0)
        return scoped && !host_in_scope(work, host);
    return strcmp(wanted, "any") == 0;
}

bool host_relays_to(const struct host *host, const struct texts *wanted)
{
    for (size_t i = 0; host->via[0] != '\0' && i < wanted->count; i++)
        if (strcmp(wanted->items[i], "any") != 0 && role_fulfils(host->via, wanted->items[i]))
            return true;
    return false;
}

unsigned host_fit(const struct work *work, const struct host *host, const struct texts *wanted)
{
    unsigned best = 0;
    for (size_t i = 0; i < wanted->count && best < 3; i++) {
        unsigned fit = host_is_there(work, host, wanted->items[i]) ? 1 : 0;
        for (size_t k = 0; k < host->role_count && fit < 3; k++) {
            if (strcmp(host->roles[k].role, wanted->items[i]) == 0)
                fit = 3;
            else if (fit < 2 && role_fulfils(host->roles[k].role, wanted->items[i]))
                fit = strcmp(wanted->items[i], "any") == 0 ? 1 : 2;
        }
        if (fit > best)
            best = fit;
    }
    return best;
}
