/* agree: see audit/agree.h. */
#include "audit/agree.h"

#include "audit/findings.h"
#include "audit/match.h"
#include "audit/nearest.h"
#include "audit/tell.h"
#include "audit/triggers.h"

#include <string.h>

static bool is_table_here(const struct work *work, const char *name)
{
    for (size_t i = 0; i < work->inputs->table_count; i++)
        if (strcmp(work->inputs->tables[i]->name, name) == 0)
            return true;
    return false;
}

/* A site may speak of tables that this run does not use: only with all of them here a path is known to be in none. */
static bool has_all_tables(const struct work *work, const struct site *site)
{
    for (size_t i = 0; i < site->tables.count; i++)
        if (!is_table_here(work, site->tables.items[i]))
            return false;
    return site->tables.count > 0;
}

/* The ids of all paths, ended by NULL. NULL when memory ran out. */
static const char **path_ids(const struct work *work)
{
    size_t count = 0;
    for (size_t i = 0; i < work->inputs->table_count; i++)
        count += work->inputs->tables[i]->path_count;
    const char **ids = arena_take_many(work->arena, count + 1, sizeof *ids);
    for (size_t i = 0, n = 0; ids != NULL && i < work->inputs->table_count; i++)
        for (size_t k = 0; k < work->inputs->tables[i]->path_count; k++)
            ids[n++] = work->inputs->tables[i]->paths[k].id;
    return ids;
}

bool agree_check(struct work *work, struct failure *failure)
{
    const struct site *site = work->inputs->site;
    const char **ids = path_ids(work);
    unsigned before = failure->count;
    if (ids == NULL)
        return false;
    for (size_t i = 0; site != NULL && has_all_tables(work, site) && i < site->requirement_count; i++) {
        const struct site_requirement *requirement = &site->requirements[i];
        char hint[NEAREST_HINT];
        if (!nearest_is_known(requirement->path, ids))
            failure_add(failure, "%s:%zu:%zu: require: no table of this site has a path \"%.60s\"%s", site->file,
                        requirement->line, requirement->column, requirement->path,
                        nearest_hint(requirement->path, ids, hint));
    }
    return failure->count == before;
}

static void requirements_find(struct work *work, struct finding *(*begin)(struct audit *, const char *))
{
    const struct site *site = work->inputs->site;
    const char **ids = path_ids(work);
    struct texts unknown = {NULL, 0};
    for (size_t i = 0; site != NULL && ids != NULL && i < site->requirement_count; i++)
        if (!nearest_is_known(site->requirements[i].path, ids))
            texts_add(work->arena, &unknown, site->requirements[i].path);
    if (unknown.count == 0)
        return;
    struct finding *finding = begin(work->audit, "unknown-path");
    finding_name(finding, finding->verdict);
    finding->subject = tell(work->arena, "The site requires %s that no table used here has",
                            tell_many(work->arena, unknown.count, "path"));
    finding->explain = tell(work->arena, "Not looked for: %s.", tell_list(work->arena, &unknown, "and"));
    finding->advice = "name their table with -t, or correct their ids (pathaudit tables show NAME lists them)";
}

/* The interfaces of one part that neither have a UUID nor stand in the list. */
static void unknown_gather(struct work *work, const struct part *part, struct texts *unknown)
{
    struct uuid uuid;
    for (size_t i = 0; part_names_interfaces(part) && i < part->services.count; i++)
        if (!uuid_parse(part->services.items[i], &uuid) &&
            !interfaces_know(work->inputs->interfaces, part->services.items[i]))
            texts_add(work->arena, unknown, part->services.items[i]);
}

static void interfaces_find_unknown(struct work *work, struct finding *(*begin)(struct audit *, const char *))
{
    struct texts unknown = {NULL, 0}, places = {NULL, 0};
    for (size_t i = 0; work->inputs->interfaces != NULL && i < work->audit->path_count; i++) {
        const struct path *path = work->audit->paths[i].path;
        size_t before = unknown.count;
        for (size_t k = 0; k < path->part_count; k++)
            unknown_gather(work, &path->parts[k], &unknown);
        if (unknown.count > before && path->file != NULL)
            texts_add(work->arena, &places, tell(work->arena, "%s:%zu", path->file, path->line));
    }
    if (unknown.count == 0)
        return;
    struct finding *finding = begin(work->audit, "unknown-interface");
    finding_name(finding, finding->verdict);
    finding->subject = tell(work->arena, "A table names %s that no list knows",
                            tell_many(work->arena, unknown.count, "RPC interface"));
    finding->explain = tell(work->arena, "Traffic can never be recognised as: %s (%s).",
                            tell_list(work->arena, &unknown, "and"), tell_list(work->arena, &places, ""));
    finding->advice = "write the UUID in the table, or correct the name";
}

/* A static port of an interface that nothing is called says nothing about who talks there. */
static void static_ports_find_unknown(struct work *work, struct finding *(*begin)(struct audit *, const char *))
{
    const struct site *site = work->inputs->site;
    struct texts unknown = {NULL, 0};
    for (size_t i = 0; site != NULL && work->inputs->interfaces != NULL && i < site->host_count; i++)
        for (size_t k = 0; k < site->hosts[i].static_port_count; k++) {
            const struct static_port *port = &site->hosts[i].static_ports[k];
            struct uuid uuid;
            if (!uuid_parse(port->service, &uuid) && !interfaces_know(work->inputs->interfaces, port->service))
                texts_add(work->arena, &unknown,
                          tell(work->arena, "%s (%s, port %u)", port->service, site->hosts[i].name, port->port));
        }
    if (unknown.count == 0)
        return;
    struct finding *finding = begin(work->audit, "unknown-interface");
    finding_name(finding, "unknown-interface|static_ports");
    finding->subject = tell(work->arena, "The site has static ports of %s that no list knows",
                            tell_many(work->arena, unknown.count, "RPC interface"));
    finding->explain =
        tell(work->arena, "No row expects traffic there by that name: %s.", tell_list(work->arena, &unknown, "and"));
    finding->advice = "correct the name under static_ports, or write the UUID (--rpc-interfaces FILE adds names)";
}

/* A trigger that nothing pulls makes a row required never. */
static void triggers_find_unknown(struct work *work, struct finding *(*begin)(struct audit *, const char *))
{
    const char **ids = path_ids(work);
    struct texts unknown = {NULL, 0};
    for (size_t i = 0; ids != NULL && i < work->audit->path_count; i++) {
        const struct judged_path *path = &work->audit->paths[i];
        if (path->required == REQUIRED_WHEN_TRIGGERED && !nearest_is_known(path->trigger, trigger_words) &&
            !nearest_is_known(path->trigger, ids))
            texts_add(work->arena, &unknown, tell(work->arena, "%s (of %s)", path->trigger, path->path->id));
    }
    if (unknown.count == 0)
        return;
    struct finding *finding = begin(work->audit, "unknown-trigger");
    finding_name(finding, finding->verdict);
    finding->subject = tell(work->arena, "%s that nothing pulls", tell_many(work->arena, unknown.count, "trigger"));
    finding->explain = tell(work->arena, "These rows are never required: %s. A trigger is %s or the id of a row.",
                            tell_list(work->arena, &unknown, "and"), "subscription, mapper-answer");
    finding->advice = "correct the trigger in the table or under require in the site file";
}

#define CONFLICTS_NAMED 4

/* What a conflict is about, "looks like a hub", ends here; evidence follows. */
static size_t conflict_length(const char *conflict)
{
    return strcspn(conflict, ":");
}

/* The host's conflicts, of the `left` that may be told: evidence of one role behind it. */
static const char *conflicts_tell(struct work *work, const struct host *host, size_t left, const char *list)
{
    const char *before = NULL;
    for (size_t i = 0; i < host->conflicts.count && i < left; i++) {
        const char *conflict = host->conflicts.items[i];
        size_t length = conflict_length(conflict);
        bool same = before != NULL && conflict_length(before) == length && strncmp(before, conflict, length) == 0;
        if (same)
            list = tell(work->arena, "%s;%s", list, conflict + length + (conflict[length] != '\0'));
        else
            list = tell(work->arena, "%s%s %s %s", list, before != NULL ? "." : "", host->name, conflict);
        before = conflict;
    }
    return before != NULL ? tell(work->arena, "%s.", list) : list;
}

/* Hosts that do what their declared roles do not cover. The declared roles stand. */
static void conflicts_find(struct work *work, struct finding *(*begin)(struct audit *, const char *))
{
    const struct audit *audit = work->audit;
    size_t hosts = 0, conflicts = 0;
    const char *list = "";
    for (size_t i = 0; i < audit->host_count; i++) {
        const struct host *host = &audit->hosts[i];
        hosts += host->conflicts.count > 0;
        if (conflicts < CONFLICTS_NAMED)
            list = conflicts_tell(work, host, CONFLICTS_NAMED - conflicts, list);
        conflicts += host->conflicts.count;
    }
    if (hosts == 0)
        return;
    struct finding *finding = begin(work->audit, "role-conflict");
    finding_name(finding, finding->verdict);
    finding->subject =
        tell(work->arena, "%s what the declared roles do not cover",
             hosts == 1 ? "1 host does" : tell(work->arena, "%s do", tell_many(work->arena, hosts, "host")));
    finding->explain =
        tell(work->arena, "The declared roles stand, and nothing was added to them.%s%s", list,
             conflicts > CONFLICTS_NAMED ? tell(work->arena, " And %zu more.", conflicts - CONFLICTS_NAMED) : "");
    finding->advice = "add the role in the site file, or find out why the host does this";
}

void agree_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict))
{
    requirements_find(work, begin);
    interfaces_find_unknown(work, begin);
    static_ports_find_unknown(work, begin);
    triggers_find_unknown(work, begin);
    conflicts_find(work, begin);
}
