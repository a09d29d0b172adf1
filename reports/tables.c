/* tables: an expected table as people know it from the reference, cell by cell in its own words. What is our reading
 * and not the reference's word is marked with '?'. Rows of tables without cells are told from their expectations. */
#include "reports/grid.h"
#include "reports/names.h"
#include "reports/report.h"
#include "reports/screen.h"

static bool has_cells(const struct path *path)
{
    return path->cell_ports[0] != '\0' || path->cell_default_authentication[0] != '\0' ||
           path->cell_supported_authentication[0] != '\0' || path->cell_encryption[0] != '\0' ||
           path->cell_encrypted_by_default[0] != '\0';
}

/* Which words an expectation has for one column of the table. */
enum told { TOLD_DEFAULT, TOLD_SUPPORTED, TOLD_ENCRYPTION };

static void add_told(struct grid *grid, const struct path *path, enum told what)
{
    struct phrase list = {0}, text = {0};
    for (size_t i = 0; i < path->part_count; i++) {
        const struct expectation *e = &path->parts[i].expectation;
        names_add_texts(&list, what == TOLD_DEFAULT     ? &e->authentication_default
                               : what == TOLD_SUPPORTED ? &e->authentication_supported
                                                        : &e->encryption_supported);
    }
    names_join(&text, &list, ", ");
    grid_cell(grid, ACCENT_PLAIN, text.length > 0 ? text.text : "-");
}

static void add_told_default(struct grid *grid, const struct path *path)
{
    bool yes = false, no = false;
    for (size_t i = 0; i < path->part_count; i++) {
        yes = yes || path->parts[i].expectation.encryption_default == ANSWER_YES;
        no = no || path->parts[i].expectation.encryption_default == ANSWER_NO;
    }
    grid_cell(grid, ACCENT_PLAIN, yes && no ? "in parts" : yes ? "Yes" : no ? "No" : "-");
}

static void add_ports(struct grid *grid, const struct path *path)
{
    struct phrase list = {0}, text = {0};
    if (path->cell_ports[0] != '\0') {
        phrase_add(&text, "%s", path->cell_ports);
    } else {
        names_add_path_ports(&list, path);
        names_join(&text, &list, ", ");
    }
    grid_cell(grid, ACCENT_PLAIN, text.text);
}

/* When the row must be seen, as people say it. */
static void add_requirement(struct phrase *to, const struct path *path)
{
    switch (path->required) {
    case REQUIRED_YES:
        phrase_add(to, "; required");
        break;
    case REQUIRED_WHEN_TRIGGERED:
        phrase_add(to, "; required when triggered%s%s", path->trigger[0] != '\0' ? ": " : "", path->trigger);
        break;
    case REQUIRED_NEVER:
        phrase_add(to, "; must not be seen");
        break;
    case REQUIRED_NO:
        break;
    }
}

static void add_path(struct grid *grid, const struct path *path)
{
    struct phrase who = {0}, note = {0};
    const char *cells[] = {path->cell_default_authentication, path->cell_supported_authentication,
                           path->cell_encryption, path->cell_encrypted_by_default};
    grid_cell(grid, ACCENT_PLAIN, path->name);
    add_ports(grid, path);
    if (has_cells(path)) {
        for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
            grid_cell(grid, ACCENT_PLAIN, cells[i][0] != '\0' ? cells[i] : "-");
    } else {
        add_told(grid, path, TOLD_DEFAULT);
        add_told(grid, path, TOLD_SUPPORTED);
        add_told(grid, path, TOLD_ENCRYPTION);
        add_told_default(grid, path);
    }
    phrase_add(&who, "%s: ", path->id);
    names_roles_of_path(&who, path, SIZE_MAX);
    add_requirement(&who, path);
    if (texts_have(&path->inferred, "ports")) {
        struct phrase ports = {0};
        names_add_path_ports(&ports, path);
        phrase_add(&who, "; ports? ");
        names_join(&who, &ports, ", ");
    }
    grid_note(grid, ACCENT_QUIET, 0, who.text);
    if (path->note[0] != '\0') {
        phrase_add(&note, "Note: %s", path->note);
        grid_note(grid, ACCENT_PLAIN, 0, note.text);
    }
}

static void show_paths(const struct path_table *table, struct screen *screen)
{
    static const struct grid_column columns[] = {
        {"Data path", GRID_WRAP, 3},      {"ports", GRID_WRAP, 2},      {"default auth", GRID_WRAP, 2},
        {"supported auth", GRID_WRAP, 2}, {"encryption", GRID_WRAP, 2}, {"by default", GRID_WRAP, 1},
    };
    bool inferred = false;
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 0);
    for (size_t i = 0; i < table->path_count; i++) {
        const struct path *path = &table->paths[i];
        grid_gap(grid);
        if (path->section[0] != '\0' && (i == 0 || strcmp(path->section, path[-1].section) != 0))
            grid_heading(grid, path->section);
        add_path(grid, path);
        inferred = inferred || path->inferred.count > 0;
    }
    grid_show(grid, screen);
    if (inferred) {
        screen_blank(screen);
        screen_flow(screen, ACCENT_QUIET, 0, "? marks what the source does not say and we read from it.");
    }
    screen_blank(screen);
}

static void show_rules(const struct path_table *table, struct screen *screen)
{
    static const struct grid_column columns[] = {
        {"Firewall rules", GRID_WRAP, 1}, {"roles", GRID_LIST, 1}, {"ports", GRID_LIST, 1}, {"program", GRID_WRAP, 1}};
    if (table->rule_count == 0)
        return;
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 0);
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        struct phrase roles = {0}, ports = {0};
        names_add_texts(&roles, &rule->roles);
        names_add_ports(&ports, rule->ports, rule->port_count);
        grid_cell(grid, ACCENT_PLAIN, rule->name);
        grid_list(grid, ACCENT_PLAIN, &roles);
        grid_list(grid, ACCENT_PLAIN, &ports);
        grid_cell(grid, ACCENT_PLAIN, rule->program);
        grid_note(grid, ACCENT_QUIET, 0, rule->note);
    }
    grid_show(grid, screen);
    screen_blank(screen);
}

static void show_facts(const struct path_table *table, struct screen *screen)
{
    if (table->fact_count == 0)
        return;
    screen_put(screen, ACCENT_STRONG, "What else the source says");
    screen_end(screen);
    for (size_t i = 0; i < table->fact_count; i++) {
        const struct table_fact *fact = &table->facts[i];
        struct phrase ports = {0}, head = {0};
        names_add_ports(&ports, fact->ports, fact->port_count);
        phrase_add(&head, "%s", fact->name);
        phrase_add(&head, "%s", ports.length > 0 ? ": " : "");
        names_join(&head, &ports, ", ");
        screen_to(screen, 2);
        screen_flow(screen, ACCENT_PLAIN, 4, head.text);
        screen_end(screen);
        screen_to(screen, 4);
        screen_flow(screen, ACCENT_QUIET, 4, fact->text);
        screen_end(screen);
    }
}

void table_text(const struct path_table *table, const struct report_options *options, FILE *out)
{
    struct screen screen = screen_of(out, options->width, options->colour);
    struct phrase source = {0}, head = {0};
    phrase_add(&head, "%s%s%s", table->name, table->title[0] != '\0' ? ": " : "", table->title);
    screen_flow(&screen, ACCENT_STRONG, 0, head.text);
    screen_end(&screen);
    if (table->source[0] != '\0') {
        phrase_add(&source, "Source: %s", table->source);
        screen_flow(&screen, ACCENT_PLAIN, 0, source.text);
        screen_end(&screen);
    }
    screen_blank(&screen);
    if (table->path_count > 0)
        show_paths(table, &screen);
    show_rules(table, &screen);
    show_facts(table, &screen);
    screen_end(&screen);
    fflush(out);
}
