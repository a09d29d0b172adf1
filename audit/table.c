/* table: reads a table file and those it includes into one struct path_table. The schema stands in table_schema.c;
 * here are files: who includes whom, in which order, and that no id stands twice. */
#include "audit/table_schema.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One file of those that make up the table; the first is the table itself. */
struct table_file {
    struct table_file *next;
    const struct table_file *from; /* the one that included it, NULL for the first */
    struct stat place;             /* tells one file from another, however it was named */
    struct table_document document;
};

struct loader {
    struct arena *arena;
    struct failure *failure;
    const char *folder;
    struct table_file *first, *last;
};

static void *out_of_memory(const char *file, struct failure *failure)
{
    failure_add(failure, "%s: not enough memory to read it", file);
    return NULL;
}

static const struct table_file *file_named(const struct loader *loader, const char *name)
{
    for (const struct table_file *file = loader->first; file != NULL; file = file->next)
        if (strcmp(file->document.name, name) == 0)
            return file;
    return NULL;
}

static bool is_same_file(const struct table_file *file, const struct stat *place)
{
    return file->place.st_ino != 0 && file->place.st_ino == place->st_ino && file->place.st_dev == place->st_dev;
}

/* Is `name` (NULL: of no table), or the file at `place`, the file `from`, or one that led to it? */
static bool leads_to(const struct table_file *from, const char *name, const struct stat *place)
{
    for (; from != NULL; from = from->from)
        if ((name != NULL && strcmp(from->document.name, name) == 0) || is_same_file(from, place))
            return true;
    return false;
}

static const struct table_file *file_at(const struct loader *loader, const struct stat *place)
{
    for (const struct table_file *file = loader->first; file != NULL; file = file->next)
        if (is_same_file(file, place))
            return file;
    return NULL;
}

/* Where an included file is: beside the one that includes it, unless its name begins with a slash. */
static const char *path_beside(struct loader *loader, const struct table_file *from, const char *name)
{
    const char *slash = strrchr(from->document.file, '/');
    if (name[0] == '/' || slash == NULL)
        return name;
    return arena_printf(loader->arena, "%.*s/%s", (int)(slash - from->document.file), from->document.file, name);
}

static struct table_file *file_load(struct loader *loader, const char *file, const struct table_file *from)
{
    struct table_file *loaded = arena_take(loader->arena, sizeof *loaded);
    if (loaded == NULL)
        return out_of_memory(file, loader->failure);
    loaded->from = from;
    if (stat(file, &loaded->place) != 0)
        loaded->place = (struct stat){0}; /* why it cannot be read is told below */
    if (!table_document_read(&loaded->document, file, loader->arena, loader->failure))
        return NULL;
    if (loader->last == NULL)
        loader->first = loaded;
    else
        loader->last->next = loaded;
    loader->last = loaded;
    return loaded;
}

static void includes_load(struct loader *loader, const struct table_file *from);

/* A file has a name of its own; two that have one name would be two tables that nobody can tell apart. */
static void file_check_name(const struct loader *loader, const struct table_file *loaded)
{
    for (const struct table_file *file = loader->first; file != NULL; file = file->next)
        if (file != loaded && loaded->document.name[0] != '\0' &&
            strcmp(file->document.name, loaded->document.name) == 0)
            failure_add(loader->failure, "%s: table: calls itself \"%s\", as %s does", loaded->document.file,
                        loaded->document.name, file->document.file);
}

/* Problems are told where the name is written. */
static void include_load(struct loader *loader, const struct table_file *from, const struct included *included)
{
    struct failure *failure = loader->failure;
    const char *file = from->document.file, *name = included->name;
    size_t line = included->line, column = included->column;
    struct stat place = {0};
    const char *path = included->is_file        ? path_beside(loader, from, name)
                       : loader->folder != NULL ? arena_printf(loader->arena, "%s/%s.yaml", loader->folder, name)
                                                : "";
    if (path == NULL) {
        out_of_memory(file, failure);
        return;
    }
    if (path[0] != '\0' && stat(path, &place) != 0)
        place = (struct stat){0};
    if (leads_to(from, included->is_file ? NULL : name, &place)) {
        failure_add(failure, "%s:%zu:%zu: include: \"%s\" includes itself, by way of \"%s\"", file, line, column, name,
                    from->document.name);
        return;
    }
    if (included->is_file ? file_at(loader, &place) != NULL : file_named(loader, name) != NULL)
        return;
    if (path[0] == '\0') {
        failure_add(failure, "%s:%zu:%zu: include: \"%s\" cannot be found: no folder of tables is known", file, line,
                    column, name);
        return;
    }
    struct table_file *loaded = file_load(loader, path, from);
    if (loaded == NULL) {
        failure_add(failure, "%s:%zu:%zu: include: \"%s\" cannot be included", file, line, column, name);
        return;
    }
    if (included->is_file)
        file_check_name(loader, loaded);
    else if (loaded->document.name[0] != '\0' && strcmp(loaded->document.name, name) != 0)
        failure_add(failure, "%s: table: calls itself \"%s\", but its file is named \"%s\"", path,
                    loaded->document.name, name);
    includes_load(loader, loaded);
}

/* Depth first, and each file once, so that a circle comes back to a file that is still being loaded. */
static void includes_load(struct loader *loader, const struct table_file *from)
{
    for (size_t i = 0; i < from->document.include_count; i++)
        if (from->document.include[i].name != NULL)
            include_load(loader, from, &from->document.include[i]);
}

static void tell_id_twice(const void *context, const struct yaml_mark *first, const struct yaml_mark *again)
{
    struct failure *failure = ((const struct loader *)context)->failure;
    bool elsewhere = strcmp(first->file, again->file) != 0;
    failure_add(failure, "%s:%zu:%zu: id: \"%s\" stands here a second time; the first is on line %zu%s%s", again->file,
                again->line, again->column, again->text, first->line, elsewhere ? " of " : "",
                elsewhere ? first->file : "");
}

/* Ids of paths among themselves, of rules among themselves, of facts among themselves. */
static void ids_check(const struct loader *loader)
{
    for (enum id_kind kind = 0; kind < ID_KIND_COUNT; kind++) {
        size_t count = 0;
        for (const struct table_file *file = loader->first; file != NULL; file = file->next)
            count += file->document.id_count[kind];
        struct yaml_mark *marks = arena_take_many(loader->arena, count, sizeof *marks);
        if (marks == NULL)
            return;
        size_t filled = 0;
        for (const struct table_file *file = loader->first; file != NULL; file = file->next)
            for (size_t i = 0; i < file->document.id_count[kind]; i++) {
                marks[filled] = file->document.ids[kind][i];
                marks[filled].order = filled;
                filled++;
            }
        yaml_repeats(marks, filled, tell_id_twice, loader);
    }
}

/* Room for the items of all files one after the other, those of the table itself first. */
static void append(void *all, size_t *count, const void *more, size_t more_count, size_t size)
{
    if (more_count > 0)
        memcpy((unsigned char *)all + *count * size, more, more_count * size);
    *count += more_count;
}

/* The table that a file belongs to: itself, or for a fragment the nearest that includes it and is none. */
static const struct table_file *owner_of(const struct loader *loader, const struct table_file *file)
{
    while (file->document.is_fragment && file->from != NULL)
        file = file->from;
    return file->from == NULL ? loader->first : file;
}

static void append_file(const struct loader *loader, struct path_table *table, const struct table_file *file)
{
    const struct table_document *document = &file->document;
    const struct table_file *owner = owner_of(loader, file);
    struct path *paths = table->paths + table->path_count;
    struct rule *rules = table->rules + table->rule_count;
    struct table_fact *facts = table->facts + table->fact_count;
    append(table->paths, &table->path_count, document->paths, document->path_count, sizeof *paths);
    append(table->rules, &table->rule_count, document->rules, document->rule_count, sizeof *rules);
    append(table->facts, &table->fact_count, document->facts, document->fact_count, sizeof *facts);
    for (size_t i = 0; i < document->path_count; i++) {
        paths[i].borrowed = owner != loader->first;
        if (paths[i].source[0] == '\0')
            paths[i].source = owner->document.source;
    }
    for (size_t i = 0; i < document->rule_count; i++)
        rules[i].source = owner->document.source;
    for (size_t i = 0; i < document->fact_count; i++)
        if (facts[i].source[0] == '\0')
            facts[i].source = owner->document.source;
}

/* Of a table its fragments, then its own. */
static void append_owned(const struct loader *loader, struct path_table *table, const struct table_file *owner)
{
    for (const struct table_file *file = loader->first; file != NULL; file = file->next)
        if (file != owner && owner_of(loader, file) == owner)
            append_file(loader, table, file);
    append_file(loader, table, owner);
}

static struct path_table *table_make(const struct loader *loader)
{
    const struct table_document *own = &loader->first->document;
    size_t paths = 0, rules = 0, facts = 0, includes = own->include_count;
    for (const struct table_file *file = loader->first; file != NULL; file = file->next) {
        paths += file->document.path_count;
        rules += file->document.rule_count;
        facts += file->document.fact_count;
    }
    struct arena *arena = loader->arena;
    struct path_table *table = arena_take(arena, sizeof *table);
    struct path *all_paths = arena_take_many(arena, paths, sizeof *all_paths);
    struct rule *all_rules = arena_take_many(arena, rules, sizeof *all_rules);
    struct table_fact *all_facts = arena_take_many(arena, facts, sizeof *all_facts);
    const char **include = arena_take_many(arena, includes, sizeof *include);
    if (arena_ran_out(arena))
        return out_of_memory(own->file, loader->failure);
    for (size_t i = 0; i < includes; i++)
        include[i] = own->include[i].name;
    *table = (struct path_table){.name = own->name,
                                 .title = own->title,
                                 .source = own->source,
                                 .file = own->file,
                                 .include = {include, includes},
                                 .paths = all_paths,
                                 .rules = all_rules,
                                 .facts = all_facts,
                                 .memory = arena};
    for (const struct table_file *file = loader->first; file != NULL; file = file->next)
        if (owner_of(loader, file) == file)
            append_owned(loader, table, file);
    return table;
}

struct path_table *table_load(const char *file, const char *folder, struct failure *failure)
{
    struct loader loader = {.arena = arena_create(), .failure = failure, .folder = folder};
    if (loader.arena == NULL)
        return out_of_memory(file, failure);
    unsigned before = failure->count;
    const char *name = arena_text(loader.arena, file);
    struct path_table *table = NULL;
    if (name == NULL)
        out_of_memory(file, failure);
    else if (file_load(&loader, name, NULL) != NULL) {
        includes_load(&loader, loader.first);
        ids_check(&loader);
    }
    if (loader.first != NULL && failure->count == before)
        table = table_make(&loader);
    if (table == NULL)
        arena_destroy(loader.arena);
    return table;
}

bool table_set_port(struct path_table *table, const char *setting, uint16_t port)
{
    bool found = false;
    for (size_t i = 0; i < table->path_count; i++)
        for (size_t k = 0; k < table->paths[i].part_count; k++) {
            struct part *part = &table->paths[i].parts[k];
            if (strcmp(part->port_setting, setting) != 0)
                continue;
            found = true;
            for (size_t n = 0; n < part->port_count; n++) {
                struct port *own = &part->ports[n];
                if (own->kind != PORT_FIXED && own->kind != PORT_DYNAMIC_RPC)
                    continue;
                const char *text = arena_printf(table->memory, "%u/%s", port, own->transport == 17 ? "udp" : "tcp");
                *own = (struct port){PORT_FIXED, own->transport, port, port, text != NULL ? text : own->text};
            }
        }
    return found;
}

void table_destroy(struct path_table *table)
{
    if (table != NULL)
        arena_destroy(table->memory);
}
