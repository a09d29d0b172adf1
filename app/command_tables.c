/* command_tables: list, show and check expected tables. */
#include "app/commands.h"
#include "app/library.h"
#include "app/output.h"

#include <jansson.h>
#include <string.h>

static bool print_list(const char *folder, char *const *names, size_t count, const struct options *options, FILE *out,
                       struct failure *failure)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        struct path_table *table = library_table(folder, names[i], failure);
        if (table == NULL)
            continue;
        if (options->form == FORM_JSON)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", table->name, "title", table->title,
                                                  "source", table->source));
        else
            fprintf(out, "%-28s %4zu paths  %s\n", table->name, table->path_count, table->title);
        table_destroy(table);
    }
    if (options->form == FORM_JSON) {
        json_t *root = json_pack("{s:O}", "tables", list);
        json_dumpf(root, out, JSON_INDENT(2));
        fputc('\n', out);
        json_decref(root);
    }
    json_decref(list);
    return !failure_any(failure);
}

static bool list(const struct options *options, const char *folder, struct failure *failure)
{
    char **names;
    size_t count;
    struct output output;
    if (!library_names(folder, &names, &count, failure))
        return false;
    bool ok = output_open(&output, options->out_file, failure);
    if (ok) {
        ok = print_list(folder, names, count, options, output.stream, failure);
        ok = output_close(&output, failure) && ok;
    }
    library_free_names(names, count);
    return ok;
}

static bool show(const struct options *options, const char *folder, const char *name, struct failure *failure)
{
    struct output output;
    struct path_table *table = library_table(folder, name, failure);
    if (table == NULL)
        return false;
    bool ok = output_open(&output, options->out_file, failure);
    if (ok) {
        struct report_options how = command_report_options(options);
        if (options->form == FORM_JSON)
            table_json(table, output.stream);
        else
            table_text(table, &how, output.stream);
        ok = output_close(&output, failure);
    }
    table_destroy(table);
    return ok;
}

static bool check(const struct words *files, const char *folder, struct failure *failure)
{
    for (size_t i = 1; i < files->count; i++) {
        unsigned before = failure->count;
        struct path_table *table = table_load(files->items[i], folder, failure);
        if (table != NULL && failure->count == before)
            printf("%s: no problem found: table %s, %zu paths, %zu rules\n", files->items[i], table->name,
                   table->path_count, table->rule_count);
        table_destroy(table);
    }
    return !failure_any(failure);
}

int command_tables(const struct options *options, struct failure *failure)
{
    char folder[4096];
    const struct words *words = &options->operands;
    const char *what = words->count > 0 ? words->items[0] : "";
    bool ok = library_folder(folder, sizeof folder, failure);
    if (ok && strcmp(what, "list") == 0 && words->count == 1)
        ok = list(options, folder, failure);
    else if (ok && strcmp(what, "show") == 0 && words->count == 2)
        ok = show(options, folder, words->items[1], failure);
    else if (ok && strcmp(what, "check") == 0 && words->count > 1)
        ok = check(words, folder, failure);
    else if (ok)
        ok = failure_add(failure, "tables: list, show NAME, or check FILE...; see 'pathaudit tables --help'");
    return ok ? 0 : EXIT_TROUBLE;
}
