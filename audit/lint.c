/* lint: see audit/lint.h. Two rows cannot be told apart where a part of each has a role of both ends, a port, the
 * protocol and the services in common: what the matching of audit/match.c would leave ambiguous. */
#include "audit/lint.h"

#include "audit/nearest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct lint {
    const struct path_table *table;
    lint_tell *tell;
    void *context;
    size_t told;
};

static void warn(struct lint *lint, const char *file, size_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void warn(struct lint *lint, const char *file, size_t line, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);
    lint->tell(lint->context, file, line, text);
    lint->told++;
}

static bool share_a_word(const struct texts *one, const struct texts *other)
{
    for (size_t i = 0; i < one->count; i++)
        if (texts_have(other, one->items[i]))
            return true;
    return false;
}

static bool share_services(const struct part *one, const struct part *other)
{
    if (one->services.count == 0 || other->services.count == 0)
        return one->services.count == other->services.count;
    return share_a_word(&one->services, &other->services);
}

static bool ports_meet(const struct port *one, const struct port *other)
{
    bool transport = one->transport == other->transport || one->transport == 0 || other->transport == 0;
    return one->kind == other->kind && transport && one->low <= other->high && other->low <= one->high;
}

static bool share_a_port(const struct part *one, const struct part *other)
{
    for (size_t i = 0; i < one->port_count; i++)
        for (size_t k = 0; k < other->port_count; k++)
            if (ports_meet(&one->ports[i], &other->ports[k]))
                return true;
    return false;
}

static bool parts_meet(const struct part *one, const struct part *other)
{
    bool protocol =
        one->protocol[0] == '\0' || other->protocol[0] == '\0' || strcmp(one->protocol, other->protocol) == 0;
    return protocol && share_a_port(one, other) && share_services(one, other) &&
           share_a_word(&one->from, &other->from) && share_a_word(&one->to, &other->to);
}

/* The endpoint mapper and what else is clear by design belongs to many rows by nature. */
static bool paths_meet(const struct path *one, const struct path *other)
{
    for (size_t i = 0; i < one->part_count; i++)
        for (size_t k = 0; k < other->part_count; k++)
            if (one->parts[i].expectation.checked && other->parts[k].expectation.checked &&
                parts_meet(&one->parts[i], &other->parts[k]))
                return true;
    return false;
}

static bool is_negative(const struct path *path)
{
    return path->required == REQUIRED_NEVER;
}

/* Each pair once, at the later of the two. */
static void lint_overlaps(struct lint *lint, size_t at)
{
    const struct path *path = &lint->table->paths[at];
    char others[512];
    size_t length = 0;
    for (size_t i = 0; i < at; i++) {
        const struct path *other = &lint->table->paths[i];
        if (is_negative(path) || is_negative(other) || !paths_meet(path, other) || length + 4 >= sizeof others)
            continue;
        int n = snprintf(others + length, sizeof others - length, "%s%s", length > 0 ? ", " : "", other->id);
        length += n > 0 && (size_t)n < sizeof others - length ? (size_t)n : 0;
    }
    others[length] = '\0';
    if (length > 0)
        warn(lint, path->file, path->line, "%s: the wire cannot tell all of it from %s", path->id, others);
}

/* Is every conversation of a part also one of this row? */
static bool is_covered(const struct part *part, const struct path *by)
{
    for (size_t i = 0; i < by->part_count; i++) {
        const struct part *other = &by->parts[i];
        bool from = true, to = true, ports = part->services.count == other->services.count;
        for (size_t k = 0; k < part->from.count; k++)
            from = from && texts_have(&other->from, part->from.items[k]);
        for (size_t k = 0; k < part->to.count; k++)
            to = to && texts_have(&other->to, part->to.items[k]);
        for (size_t k = 0; k < part->port_count; k++) {
            bool met = false;
            for (size_t n = 0; n < other->port_count; n++)
                met = met || (ports_meet(&part->ports[k], &other->ports[n]) &&
                              part->ports[k].low >= other->ports[n].low && part->ports[k].high <= other->ports[n].high);
            ports = ports && met;
        }
        if (from && to && ports && share_services(part, other))
            return true;
    }
    return false;
}

/* A row of what must not be stands behind one that allows it, so it can be out of reach. */
static void lint_reach(struct lint *lint, const struct path *path)
{
    for (size_t i = 0; is_negative(path) && i < lint->table->path_count; i++) {
        const struct path *other = &lint->table->paths[i];
        size_t covered = 0;
        for (size_t k = 0; k < path->part_count; k++)
            covered += !is_negative(other) && is_covered(&path->parts[k], other);
        if (covered == path->part_count) {
            warn(lint, path->file, path->line, "%s: can never be seen: all that it forbids, %s allows", path->id,
                 other->id);
            return;
        }
    }
}

static void lint_services(struct lint *lint, const struct path *path, const struct interfaces *interfaces)
{
    for (size_t i = 0; i < path->part_count; i++) {
        const struct part *part = &path->parts[i];
        for (size_t k = 0; strcmp(part->protocol, "dcerpc") == 0 && k < part->services.count; k++)
            if (part->services.items[k][0] != '/' && !interfaces_know(interfaces, part->services.items[k]))
                warn(lint, path->file, path->line, "%s: services: no list has an interface \"%s\"", path->id,
                     part->services.items[k]);
    }
}

/* No conversation is ever called so: the part would fit nothing of which the protocol was read. */
static void lint_protocols(struct lint *lint, const struct path *path)
{
    char hint[NEAREST_HINT];
    for (size_t i = 0; i < path->part_count; i++) {
        const char *protocol = path->parts[i].protocol;
        if (protocol[0] != '\0' && !nearest_is_known(protocol, protocol_words))
            warn(lint, path->file, path->line, "%s: protocol: nothing that is read is called \"%s\"%s", path->id,
                 protocol, nearest_hint(protocol, protocol_words, hint));
    }
}

static bool has_path(const struct path_table *table, const char *id)
{
    for (size_t i = 0; i < table->path_count; i++)
        if (strcmp(table->paths[i].id, id) == 0)
            return true;
    return false;
}

static void lint_facts(struct lint *lint)
{
    for (size_t i = 0; i < lint->table->fact_count; i++) {
        const struct table_fact *fact = &lint->table->facts[i];
        for (size_t k = 0; k < fact->checked_by.count; k++)
            if (!has_path(lint->table, fact->checked_by.items[k]))
                warn(lint, fact->file, fact->line, "%s: checked_by: the table has no path \"%s\"", fact->id,
                     fact->checked_by.items[k]);
        if (fact->source[0] == '\0')
            warn(lint, fact->file, fact->line, "%s: has no source, and neither has the table", fact->id);
    }
}

static bool site_has_role(const struct site *site, const char *role)
{
    for (size_t i = 0; i < site->host_count; i++) {
        const struct site_host *host = &site->hosts[i];
        for (size_t k = 0; k < host->roles.count; k++)
            if (role_fulfils(host->roles.items[k], role))
                return true;
        if (host->via[0] != '\0' && role_fulfils(host->via, role))
            return true;
    }
    for (size_t i = 0; i < site->role_count; i++)
        if (role_fulfils(site->roles[i].role, role))
            return true;
    return false;
}

/* Wildcards are held by being somewhere. */
static bool is_held(const struct site *site, const struct texts *roles)
{
    static const char *const somewhere[] = {"any", "internal-network", "external-host", NULL};
    for (size_t i = 0; i < roles->count; i++)
        if (nearest_is_known(roles->items[i], somewhere) || site_has_role(site, roles->items[i]))
            return true;
    return false;
}

/* "hub", "hub or edge" */
static const char *either(const struct texts *roles, char out[256])
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < roles->count && length < 256; i++) {
        int n = snprintf(out + length, 256 - length, "%s%s", i > 0 ? " or " : "", roles->items[i]);
        length += n > 0 ? (size_t)n : 0;
    }
    return out;
}

static void lint_roles(struct lint *lint, const struct path *path, const struct site *site)
{
    char from[256], to[256];
    bool from_held = is_held(site, &path->from), to_held = is_held(site, &path->to);
    if (from_held && to_held)
        return;
    bool both = !from_held && !to_held && strcmp(either(&path->from, from), either(&path->to, to)) != 0;
    warn(lint, path->file, path->line, "%s: no host of site %s is %s%s%s, so nothing can belong to it", path->id,
         site->name, either(from_held ? &path->to : &path->from, from), both ? ", and none is " : "",
         both ? either(&path->to, to) : "");
}

size_t lint_table(const struct path_table *table, const struct site *site, const struct interfaces *interfaces,
                  lint_tell *tell, void *context)
{
    struct lint lint = {.table = table, .tell = tell, .context = context};
    for (size_t i = 0; i < table->path_count; i++) {
        const struct path *path = &table->paths[i];
        lint_overlaps(&lint, i);
        lint_reach(&lint, path);
        lint_protocols(&lint, path);
        if (interfaces != NULL)
            lint_services(&lint, path, interfaces);
        if (path->source[0] == '\0')
            warn(&lint, path->file, path->line, "%s: has no source, and neither has the table", path->id);
        if (site != NULL)
            lint_roles(&lint, path, site);
    }
    lint_facts(&lint);
    return lint.told;
}
