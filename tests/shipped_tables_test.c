/* Every table that comes with pathaudit against its reference, line by line: tests/expected/TABLE.tsv has a line for
 * each group of ports of each row, rule and fact, made from the references and not from the tables. */
#include "audit/table.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTION, NAME, PORTS, FROM, TO, DEFAULT_AUTH, SUPPORTED_AUTH, ENCRYPTION, BY_DEFAULT, COLUMNS };
#define PROGRAM BY_DEFAULT /* of a firewall rule */

static const struct {
    const char *name;
    size_t lines, paths, rules, facts;
} shipped[] = {
    {"mobile-information-server", 23, 23, 0, 0},
    {"exchange-2003", 21, 22, 0, 0},
    {"exchange-5.5", 24, 24, 0, 1},
    {"exchange-2010-sp1", 170, 59, 54, 37},
    {"exchange-2010-sp3", 170, 60, 54, 36},
    {"exchange-2013", 20, 32, 0, 1},
    {"exchange-2016", 31, 48, 0, 0},
    {"exchange-hybrid", 4, 4, 0, 0},
    {"active-directory", 13, 13, 0, 0},
    {"active-directory-2003", 10, 10, 0, 0},
    {"windows-services", 31, 31, 0, 0},
    {"skype-for-business", 13, 13, 0, 0},
};
#define SHIPPED (sizeof shipped / sizeof shipped[0])

static struct path_table *loaded(const char *name)
{
    char file[128];
    struct failure failure = {.count = 0};
    snprintf(file, sizeof file, "tables/%s.yaml", name);
    struct path_table *table = table_load(file, "tables", &failure);
    if (table == NULL)
        fail_msg("%s", failure.text);
    return table;
}

/* Splits `line` at each `separator`, in place. */
static size_t split(char *line, const char *separator, char **columns, size_t most)
{
    size_t count = 0;
    for (char *at = line; at != NULL && count < most; count++)
        columns[count] = strsep(&at, separator);
    return count;
}

/* Are these roles the ones joined by + in `joined`, in any order? */
static bool roles_are(const struct texts *roles, const char *joined)
{
    char copy[256], *words[12] = {NULL};
    snprintf(copy, sizeof copy, "%s", strncmp(joined, "NOT ", 4) == 0 ? joined + 4 : joined);
    size_t count = split(copy, "+", words, 12);
    bool same = count == roles->count;
    for (size_t i = 0; i < count; i++)
        same = same && texts_have(roles, words[i]);
    return same;
}

static bool ports_have(const struct port *ports, size_t count, const char *port)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ports[i].text, port) == 0)
            return true;
    return false;
}

static bool ports_are(const struct port *ports, size_t count, const char *joined)
{
    char copy[256], *words[16] = {NULL};
    snprintf(copy, sizeof copy, "%s", joined);
    size_t wanted = split(copy, "+", words, 16);
    bool same = wanted == count;
    for (size_t i = 0; i < wanted; i++)
        same = same && ports_have(ports, count, words[i]);
    return same;
}

static bool is_nothing(const char *cell)
{
    return cell[0] == '\0' || strcmp(cell, "-") == 0 || strcmp(cell, "?") == 0;
}

static void assert_cell(char *const *columns, size_t column, const char *cell)
{
    if (strcmp(columns[column], "-") == 0 ? !is_nothing(cell) : strcmp(columns[column], cell) != 0)
        fail_msg("%s / %s: cell \"%s\", reference \"%s\"", columns[SECTION], columns[NAME], cell, columns[column]);
}

static void assert_cells(char *const *columns, const struct cells *cells)
{
    assert_cell(columns, DEFAULT_AUTH, cells->default_authentication);
    assert_cell(columns, SUPPORTED_AUTH, cells->supported_authentication);
    assert_cell(columns, ENCRYPTION, cells->encryption);
    assert_cell(columns, BY_DEFAULT, cells->encrypted_by_default);
}

/* The part of a path with this port between these roles; its own roles may be fewer than the path's. */
static const struct part *part_with(const struct path *path, char *const *columns, const char *port)
{
    for (size_t i = 0; i < path->part_count; i++) {
        const struct part *part = &path->parts[i];
        if (ports_have(part->ports, part->port_count, port) && roles_are(&part->from, columns[FROM]) &&
            roles_are(&part->to, columns[TO]))
            return part;
    }
    return NULL;
}

static bool says_nothing_of_methods(char *const *columns)
{
    for (size_t i = DEFAULT_AUTH; i < COLUMNS; i++)
        if (strcmp(columns[i], "-") != 0)
            return false;
    return true;
}

static void assert_path(const struct path *path, char *const *columns)
{
    char ports[256], *words[16] = {NULL};
    snprintf(ports, sizeof ports, "%s", columns[PORTS]);
    size_t count = split(ports, "+", words, 16);
    /* A line of its own for DNS, of which the cells of the whole row do not speak. */
    bool apart = says_nothing_of_methods(columns) && !is_nothing(path->cells.encryption);
    for (size_t i = 0; i < count; i++) {
        const struct part *part = part_with(path, columns, words[i]);
        if (part == NULL)
            fail_msg("%s / %s: no part %s from %s to %s", columns[SECTION], columns[NAME], words[i], columns[FROM],
                     columns[TO]);
        else if (apart && part->expectation.checked)
            fail_msg("%s / %s: %s is checked, of which the reference says nothing", columns[SECTION], columns[NAME],
                     words[i]);
    }
    if (!apart)
        assert_cells(columns, &path->cells);
    assert_int_equal(path->required == REQUIRED_NEVER, strncmp(columns[TO], "NOT ", 4) == 0);
    assert_string_not_equal(path->source, "");
}

static void assert_rule(const struct rule *rule, char *const *columns)
{
    if (!roles_are(&rule->roles, columns[TO]) || !ports_are(rule->ports, rule->port_count, columns[PORTS]))
        fail_msg("%s: other roles or ports than %s, %s", columns[NAME], columns[TO], columns[PORTS]);
    assert_string_equal(rule->program, columns[PROGRAM]);
    assert_string_not_equal(rule->source, "");
}

static void assert_fact(const struct table_fact *fact, char *const *columns)
{
    if (!roles_are(&fact->from, columns[FROM]) || !roles_are(&fact->to, columns[TO]) ||
        !ports_are(fact->ports, fact->port_count, columns[PORTS]))
        fail_msg("%s: other roles or ports than %s to %s, %s", columns[NAME], columns[FROM], columns[TO],
                 columns[PORTS]);
    assert_cells(columns, &fact->cells);
    assert_string_not_equal(fact->source, "");
    assert_string_not_equal(fact->text, "");
}

/* A fact may also have a path, of the same name, that holds traffic to it: then the fact is what the line speaks of. */
static size_t line_find(const struct path_table *table, char *const *columns)
{
    size_t found = 0;
    for (size_t i = 0; i < table->fact_count; i++)
        if (strcmp(table->facts[i].name, columns[NAME]) == 0 &&
            strcmp(table->facts[i].section, columns[SECTION]) == 0) {
            assert_fact(&table->facts[i], columns);
            found++;
        }
    for (size_t i = 0; found == 0 && i < table->rule_count && strcmp(columns[SECTION], "Windows Firewall rules") == 0;
         i++)
        if (strcmp(table->rules[i].name, columns[NAME]) == 0) {
            assert_rule(&table->rules[i], columns);
            return 1;
        }
    for (size_t i = 0; found == 0 && i < table->path_count; i++)
        if (strcmp(table->paths[i].name, columns[NAME]) == 0 &&
            strcmp(table->paths[i].section, columns[SECTION]) == 0) {
            assert_path(&table->paths[i], columns);
            return 1;
        }
    return found;
}

static void every_line_of_every_reference_is_in_its_table(void **state)
{
    size_t all = 0;
    (void)state;
    for (size_t t = 0; t < SHIPPED; t++) {
        char file[128], line[2048], *columns[COLUMNS] = {NULL};
        struct path_table *table = loaded(shipped[t].name);
        snprintf(file, sizeof file, "tests/expected/%s.tsv", shipped[t].name);
        FILE *in = fopen(file, "r");
        assert_non_null(in);
        size_t lines = 0;
        while (fgets(line, sizeof line, in) != NULL) {
            line[strcspn(line, "\n")] = '\0';
            if (line[0] == '#')
                continue;
            assert_int_equal(split(line, "\t", columns, COLUMNS), COLUMNS);
            if (line_find(table, columns) != 1)
                fail_msg("%s: %s / %s: is not there once", shipped[t].name, columns[SECTION], columns[NAME]);
            lines++;
        }
        fclose(in);
        assert_int_equal(lines, shipped[t].lines);
        all += lines;
        table_destroy(table);
    }
    assert_int_equal(all, 408 + 122);
}

static void tables_say_no_more_than_is_counted_here(void **state)
{
    (void)state;
    for (size_t t = 0; t < SHIPPED; t++) {
        struct path_table *table = loaded(shipped[t].name);
        assert_string_equal(table->name, shipped[t].name);
        assert_int_equal(table->path_count, shipped[t].paths);
        assert_int_equal(table->rule_count, shipped[t].rules);
        assert_int_equal(table->fact_count, shipped[t].facts);
        table_destroy(table);
    }
}

static void what_no_source_says_is_marked(void **state)
{
    (void)state;
    static const char *const unverified[] = {"exchange-back-end-web-site-clear", "ad-topology-service",
                                             "mailbox-replication-service"};
    struct path_table *table = loaded("exchange-2016");
    size_t marked = 0;
    for (size_t i = 0; i < table->path_count; i++) {
        marked += table->paths[i].certainty == CERTAINTY_UNVERIFIED;
        for (size_t k = 0; k < 3; k++)
            if (strcmp(table->paths[i].id, unverified[k]) == 0)
                assert_int_equal(table->paths[i].certainty, CERTAINTY_UNVERIFIED);
    }
    assert_int_equal(marked, 3);
    table_destroy(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_of_every_reference_is_in_its_table),
        cmocka_unit_test(tables_say_no_more_than_is_counted_here),
        cmocka_unit_test(what_no_source_says_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
