/* command_tables: list, show and check expected tables. */
#include "app/commands.h"
#include "app/library.h"
#include "app/output.h"
#include "audit/lint.h"
#include "audit/nearest.h"
#include "reports/grid.h"

#include <jansson.h>
#include <string.h>

static void add_to_list(struct grid *grid, const struct path_table *table)
{
    struct phrase paths = {0};
    phrase_count(&paths, table->path_count, "path", "paths");
    grid_cell(grid, ACCENT_PLAIN, table->name);
    grid_cell(grid, ACCENT_PLAIN, paths.text);
    grid_cell(grid, ACCENT_PLAIN, table->title);
}

static bool print_list(const char *folder, char *const *names, size_t count, const struct options *options, FILE *out,
                       struct failure *failure)
{
    static const struct grid_column columns[] = {{"", GRID_KEEP, 1}, {"", GRID_RIGHT, 1}, {"", GRID_WRAP, 1}};
    json_t *list = json_array();
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 0);
    for (size_t i = 0; i < count; i++) {
        struct path_table *table = library_table(folder, names[i], failure);
        if (table == NULL)
            continue;
        if (options->form == FORM_JSON)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", table->name, "title", table->title,
                                                  "source", table->source));
        else
            add_to_list(grid, table);
        table_destroy(table);
    }
    if (options->form == FORM_JSON) {
        json_t *root = json_pack("{s:O}", "tables", list);
        json_dumpf(root, out, JSON_INDENT(2));
        fputc('\n', out);
        json_decref(root);
        grid_destroy(grid);
    } else {
        struct report_options how = command_report_options(options);
        struct screen screen = screen_of(out, how.width, how.colour, how.ascii);
        grid_show(grid, &screen);
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
        else if (options->form == FORM_CSV || options->form == FORM_TSV)
            table_csv(table, options->form == FORM_TSV, output.stream);
        else
            table_text(table, &how, output.stream);
        ok = output_close(&output, failure);
    }
    table_destroy(table);
    return ok;
}

static void print_warning(void *context, const char *file, size_t line, const char *warning)
{
    (void)context;
    printf("%s:%zu: warning: %s\n", file, line, warning);
}

static void check_one(const char *file, const char *folder, const struct site *site,
                      const struct interfaces *interfaces, struct failure *failure)
{
    struct path_table *table = library_table(folder, file, failure);
    if (table == NULL)
        return;
    size_t warnings = lint_table(table, site, interfaces, print_warning, NULL);
    struct phrase found = {0};
    phrase_count(&found, table->path_count, "path", "paths");
    phrase_add(&found, ", ");
    phrase_count(&found, table->rule_count, "rule", "rules");
    phrase_add(&found, ", ");
    phrase_count(&found, table->fact_count, "fact", "facts");
    if (warnings > 0) {
        phrase_add(&found, "; ");
        phrase_count(&found, warnings, "warning", "warnings");
    }
    printf("%s: no problem found: table %s, %s\n", file, table->name, found.text);
    table_destroy(table);
}

static bool check(const struct options *options, const char *folder, struct failure *failure)
{
    const struct words *files = &options->operands;
    struct interfaces *interfaces = library_interfaces(folder, failure);
    struct site *site = options->site != NULL ? site_load(options->site, failure) : NULL;
    for (size_t i = 1; i < files->count && interfaces != NULL; i++)
        check_one(files->items[i], folder, site, interfaces, failure);
    site_destroy(site);
    interfaces_destroy(interfaces);
    return !failure_any(failure);
}

static bool tell_usage(const char *what, struct failure *failure)
{
    static const char *const words[] = {"list", "show", "check", NULL};
    char meant[NEAREST_MEANT];
    if (strcmp(what, "list") == 0)
        return failure_add(failure, "tables list: no word comes behind it; one table is shown by 'tables show NAME'");
    if (strcmp(what, "show") == 0)
        return failure_add(failure, "tables show: give the name of one table; 'pathaudit tables list' tells which "
                                    "there are");
    if (strcmp(what, "check") == 0)
        return failure_add(failure, "tables check: give the files to check, or names of tables");
    return failure_add(failure, "tables%s%s:%s list, show NAME, or check FILE...; see 'pathaudit tables --help'",
                       what[0] != '\0' ? " " : "", what, nearest_meant(what, words, meant));
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
        ok = check(options, folder, failure);
    else if (ok)
        ok = tell_usage(what, failure);
    return ok ? 0 : EXIT_TROUBLE;
}
