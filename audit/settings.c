/* settings: see audit/settings.h. Applied before anything is judged, so that all who read a table see one port. */
#include "audit/settings.h"

#include "audit/nearest.h"

#include <string.h>

#define NAMES_MOST 64 /* that a message may choose the nearest from */

static bool has_all_tables(const struct site *site, struct path_table *const *tables, size_t count)
{
    for (size_t i = 0; i < site->tables.count; i++) {
        bool here = false;
        for (size_t k = 0; k < count; k++)
            here = here || strcmp(tables[k]->name, site->tables.items[i]) == 0;
        if (!here)
            return false;
    }
    return site->tables.count > 0;
}

static void names_of(const struct path_table *table, const char *names[NAMES_MOST + 1], size_t *used)
{
    for (size_t i = 0; i < table->path_count; i++)
        for (size_t k = 0; k < table->paths[i].part_count && *used < NAMES_MOST; k++) {
            const char *name = table->paths[i].parts[k].port_setting;
            if (name[0] != '\0' && !nearest_is_known(name, names))
                names[(*used)++] = name;
        }
}

static bool has_setting(const struct path_table *table, const char *setting)
{
    for (size_t i = 0; i < table->path_count; i++)
        for (size_t k = 0; k < table->paths[i].part_count; k++)
            if (strcmp(table->paths[i].parts[k].port_setting, setting) == 0)
                return true;
    return false;
}

/* Tells of each setting that no table has. */
static void ports_check(const struct site *site, const struct site_port *ports, size_t port_count,
                        struct path_table *const *tables, size_t count, struct failure *failure)
{
    const char *names[NAMES_MOST + 1] = {NULL};
    size_t used = 0;
    for (size_t k = 0; k < count; k++)
        names_of(tables[k], names, &used);
    for (size_t i = 0; i < port_count; i++) {
        bool found = false;
        for (size_t k = 0; k < count; k++)
            found = found || has_setting(tables[k], ports[i].setting);
        char hint[NEAREST_HINT];
        if (!found)
            failure_add(failure, "%s:%zu:%zu: ports: no table of this site has a port \"%.60s\"%s", site->file,
                        ports[i].line, ports[i].column, ports[i].setting, nearest_hint(ports[i].setting, names, hint));
    }
}

bool settings_apply(const struct site *site, struct path_table *const *tables, size_t count, struct failure *failure)
{
    unsigned before = failure->count;
    for (size_t i = 0; i < site->port_count; i++)
        for (size_t k = 0; k < count; k++)
            table_set_port(tables[k], site->ports[i].setting, site->ports[i].port);
    if (!has_all_tables(site, tables, count))
        return true;
    for (size_t i = 0; i < site->host_count; i++)
        ports_check(site, site->hosts[i].ports, site->hosts[i].port_count, tables, count, failure);
    ports_check(site, site->ports, site->port_count, tables, count, failure);
    return failure->count == before;
}

bool settings_is_static(const struct site *site, size_t host, uint16_t port)
{
    if (site == NULL || host >= site->host_count)
        return false;
    for (size_t i = 0; i < site->hosts[host].static_port_count; i++)
        if (site->hosts[host].static_ports[i].port == port)
            return true;
    return false;
}
