/* diff_ports: where RPC interfaces live, before and after. After a restart a server hands out other ports for the same
 * interfaces; all that moved together is one line. Ports of media are new in every call and are left out. */
#include "audit/tell.h"
#include "reports/diff_parts.h"

#include <stdlib.h>
#include <string.h>

struct home {
    const char *server, *transport, *interface; /* "samr 1.0" */
    const char *key;
    int64_t port;
};

struct change_of_home {
    const char *server, *transport, *interface;
    const char *old_ports, *new_ports;
};

struct homes {
    struct home *items;
    size_t count;
};

static int home_order(const void *a, const void *b)
{
    const struct home *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : (x->port > y->port) - (x->port < y->port);
}

/* "10.0.0.1", and when networks were kept apart "10.0.0.1%vlan:10". */
static const char *place_of(struct arena *arena, const json_t *endpoint)
{
    const char *network = diff_word(endpoint, "network");
    return network[0] == '\0' ? diff_word(endpoint, "server")
                              : tell(arena, "%s%%%s", diff_word(endpoint, "server"), network);
}

/* The name of the host at this place, else the place. */
static const char *name_of(const json_t *hosts, const char *place)
{
    size_t length = strcspn(place, "%");
    for (size_t i = 0; i < json_array_size(hosts); i++) {
        const json_t *host = json_array_get(hosts, i), *addresses = json_object_get(host, "addresses");
        const char *network = diff_word(host, "network");
        if (network[0] != '\0' && (place[length] == '\0' || strcmp(network, place + length + 1) != 0))
            continue;
        for (size_t k = 0; k < json_array_size(addresses); k++) {
            const char *address = json_string_value(json_array_get(addresses, k));
            if (strlen(address) == length && memcmp(address, place, length) == 0)
                return diff_word(host, "name");
        }
    }
    return place;
}

static struct homes homes_of(struct arena *arena, const json_t *audit)
{
    const json_t *endpoints = json_object_get(audit, "endpoints");
    struct homes homes = {arena_take_many(arena, json_array_size(endpoints), sizeof(struct home)), 0};
    for (size_t i = 0; i < json_array_size(endpoints) && homes.items != NULL; i++) {
        const json_t *e = json_array_get(endpoints, i);
        const char *uuid = diff_word(e, "interface"), *name = diff_word(e, "name");
        if (uuid[0] == '\0' || diff_number(e, "port") == 0)
            continue;
        struct home *home = &homes.items[homes.count++];
        *home = (struct home){.server = place_of(arena, e),
                              .transport = diff_word(e, "transport"),
                              .interface = tell(arena, "%s %s", name[0] != '\0' ? name : uuid, diff_word(e, "version")),
                              .port = diff_number(e, "port")};
        home->key = tell(arena, "%s|%s|%s|%s", home->server, home->transport, uuid, diff_word(e, "version"));
    }
    if (homes.items != NULL)
        qsort(homes.items, homes.count, sizeof *homes.items, home_order);
    return homes;
}

/* The ports of all homes with the key of the first, each once; `at` moves behind them. */
static const char *ports_from(struct arena *arena, const struct homes *homes, size_t *at)
{
    const char *ports = "", *key = homes->items[*at].key;
    int64_t last = 0;
    for (; *at < homes->count && strcmp(homes->items[*at].key, key) == 0; ++*at) {
        if (homes->items[*at].port != last)
            ports = tell(arena, "%s%s%lld", ports, ports[0] != '\0' ? ", " : "", (long long)homes->items[*at].port);
        last = homes->items[*at].port;
    }
    return ports;
}

static int group_order(const void *a, const void *b)
{
    const struct change_of_home *x = a, *y = b;
    int order = strcmp(x->server, y->server);
    order = order != 0 ? order : strcmp(x->transport, y->transport);
    order = order != 0 ? order : strcmp(x->old_ports, y->old_ports);
    order = order != 0 ? order : strcmp(x->new_ports, y->new_ports);
    return order != 0 ? order : strcmp(x->interface, y->interface);
}

static bool same_group(const struct change_of_home *x, const struct moved_ports *y)
{
    return strcmp(x->server, y->server) == 0 && strcmp(x->transport, y->transport) == 0 &&
           strcmp(x->old_ports, y->old_ports) == 0 && strcmp(x->new_ports, y->new_ports) == 0;
}

static void group(struct arena *arena, struct diff *diff, struct change_of_home *changes, size_t count)
{
    const json_t *hosts = json_object_get(diff->new, "hosts");
    qsort(changes, count, sizeof *changes, group_order);
    diff->ports = arena_take_many(arena, count, sizeof *diff->ports);
    for (size_t i = 0; i < count && diff->ports != NULL; i++) {
        if (diff->port_count == 0 || !same_group(&changes[i], &diff->ports[diff->port_count - 1]))
            diff->ports[diff->port_count++] = (struct moved_ports){.server = changes[i].server,
                                                                   .name = name_of(hosts, changes[i].server),
                                                                   .transport = changes[i].transport,
                                                                   .old_ports = changes[i].old_ports,
                                                                   .new_ports = changes[i].new_ports};
        texts_add(arena, &diff->ports[diff->port_count - 1].interfaces, changes[i].interface);
    }
}

void diff_fill_ports(struct arena *arena, struct diff *diff)
{
    struct homes old = homes_of(arena, diff->old);
    struct homes new = homes_of(arena, diff->new);
    struct change_of_home *changes = arena_take_many(arena, old.count + new.count, sizeof *changes);
    size_t count = 0;
    if (old.items == NULL || new.items == NULL || changes == NULL)
        return;
    for (size_t i = 0, k = 0; i < old.count || k < new.count;) {
        int order = i == old.count ? 1 : k == new.count ? -1 : strcmp(old.items[i].key, new.items[k].key);
        const struct home *home = order <= 0 ? &old.items[i] : &new.items[k];
        const char *before = order <= 0 ? ports_from(arena, &old, &i) : "";
        const char *after = order >= 0 ? ports_from(arena, &new, &k) : "";
        if (strcmp(before, after) != 0)
            changes[count++] = (struct change_of_home){home->server, home->transport, home->interface, before, after};
    }
    group(arena, diff, changes, count);
}
