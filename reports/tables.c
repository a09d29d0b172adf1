/* tables: an expected table as people know it from the reference, cell by cell in its own words. What is our reading
 * and not the reference's word is marked with '?'. Rows of tables without cells are told from their expectations. */
#include "reports/grid.h"
#include "reports/names.h"
#include "reports/report.h"
#include "reports/screen.h"

#include <string.h>

static bool has_cells(const struct path *path)
{
    return path->cells.ports[0] != '\0' || path->cells.default_authentication[0] != '\0' ||
           path->cells.supported_authentication[0] != '\0' || path->cells.encryption[0] != '\0' ||
           path->cells.encrypted_by_default[0] != '\0';
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
    if (path->cells.ports[0] != '\0') {
        phrase_add(&text, "%s", path->cells.ports);
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

/* What is ours of a row: ends are marked where they stand, ports are told, other columns are named. */
static void add_inferred(struct phrase *to, const struct path *path)
{
    static const char *const others[] = {"services", "authentication", "encryption"};
    const char *between = "; our reading: ";
    if (texts_have(&path->inferred, "ports")) {
        struct phrase ports = {0};
        names_add_path_ports(&ports, path);
        phrase_add(to, "; ports? ");
        names_join(to, &ports, ", ");
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (texts_have(&path->inferred, others[i])) {
            phrase_add(to, "%s%s", between, others[i]);
            between = ", ";
        }
    if (path->certainty != CERTAINTY_STATED)
        phrase_add(to, "; %s", path->certainty == CERTAINTY_PARTLY ? "partly ours" : "no source says so");
}

static void add_cells(struct grid *grid, const struct cells *cells)
{
    const char *texts[] = {cells->default_authentication, cells->supported_authentication, cells->encryption,
                           cells->encrypted_by_default};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        grid_cell(grid, ACCENT_PLAIN, texts[i][0] != '\0' ? texts[i] : "-");
}

static void add_path(struct grid *grid, const struct path *path)
{
    struct phrase who = {0}, note = {0};
    grid_cell(grid, ACCENT_PLAIN, path->name);
    add_ports(grid, path);
    if (has_cells(path)) {
        add_cells(grid, &path->cells);
    } else {
        add_told(grid, path, TOLD_DEFAULT);
        add_told(grid, path, TOLD_SUPPORTED);
        add_told(grid, path, TOLD_ENCRYPTION);
        add_told_default(grid, path);
    }
    phrase_add(&who, "%s: ", path->id);
    names_roles_of_path(&who, path, SIZE_MAX);
    add_requirement(&who, path);
    add_inferred(&who, path);
    grid_note(grid, ACCENT_QUIET, 0, who.text);
    if (path->note[0] != '\0') {
        phrase_add(&note, "Note: %s", path->note);
        grid_note(grid, ACCENT_PLAIN, 0, note.text);
    }
}

static bool section_came_before(const struct path_table *table, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(table->paths[i].section, table->paths[at].section) == 0)
            return true;
    return false;
}

/* All rows of the section of row `first`, wherever they stand: some in a fragment, some in the table itself. */
static void add_section(struct grid *grid, const struct path_table *table, size_t first)
{
    const char *section = table->paths[first].section;
    for (size_t i = first; i < table->path_count; i++) {
        if (strcmp(table->paths[i].section, section) != 0)
            continue;
        grid_gap(grid);
        if (i == first && section[0] != '\0')
            grid_heading(grid, section);
        add_path(grid, &table->paths[i]);
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
        inferred = inferred || table->paths[i].inferred.count > 0;
        if (!section_came_before(table, i))
            add_section(grid, table, i);
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

static void add_fact(struct grid *grid, const struct table_fact *fact)
{
    struct phrase ports = {0}, list = {0}, text = {0};
    names_add_ports(&list, fact->ports, fact->port_count);
    names_join(&ports, &list, ", ");
    grid_cell(grid, ACCENT_PLAIN, fact->name);
    grid_cell(grid, ACCENT_PLAIN, ports.text);
    add_cells(grid, &fact->cells);
    phrase_add(&text, "%s", fact->text);
    if (fact->checked_by.count > 0)
        phrase_add(&text, "%sTraffic is held to it by ", text.length > 0 ? " " : "");
    for (size_t i = 0; i < fact->checked_by.count; i++)
        phrase_add(&text, "%s%s", i > 0 ? ", " : "", fact->checked_by.items[i]);
    phrase_add(&text, "%s", fact->checked_by.count > 0 ? "." : "");
    grid_note(grid, ACCENT_QUIET, 0, text.text);
    grid_gap(grid);
}

static void show_facts(const struct path_table *table, struct screen *screen)
{
    static const struct grid_column columns[] = {
        {"What else the source says", GRID_WRAP, 3},
        {"ports", GRID_WRAP, 2},
        {"default auth", GRID_WRAP, 2},
        {"supported auth", GRID_WRAP, 2},
        {"encryption", GRID_WRAP, 2},
        {"by default", GRID_WRAP, 1},
    };
    if (table->fact_count == 0)
        return;
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 0);
    for (size_t i = 0; i < table->fact_count; i++)
        add_fact(grid, &table->facts[i]);
    grid_show(grid, screen);
}

void table_text(const struct path_table *table, const struct report_options *options, FILE *out)
{
    struct screen screen = screen_of(out, options->width, options->colour, options->ascii);
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
