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

bool settings_apply(const struct site *site, struct path_table *const *tables, size_t count, struct failure *failure)
{
    unsigned before = failure->count;
    const char *names[NAMES_MOST + 1] = {NULL};
    size_t used = 0;
    for (size_t k = 0; k < count; k++)
        names_of(tables[k], names, &used);
    for (size_t i = 0; i < site->port_count; i++) {
        const struct site_port *port = &site->ports[i];
        bool found = false;
        for (size_t k = 0; k < count; k++)
            found = table_set_port(tables[k], port->setting, port->port) || found;
        char hint[NEAREST_HINT];
        if (!found && has_all_tables(site, tables, count))
            failure_add(failure, "%s:%zu:%zu: ports: no table of this site has a port \"%.60s\"%s", site->file,
                        port->line, port->column, port->setting, nearest_hint(port->setting, names, hint));
    }
    return failure->count == before;
}
