/* The shipped table of Exchange 2010 SP2/SP3 against the reference, line by line: tests/expected/exchange-2010-sp3.tsv
 * has a line for each group of ports of each of its 55 rows, made from the reference and not from the table. */
#include "audit/interfaces.h"
#include "audit/table.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 9
enum { SECTION, NAME, PORTS, FROM, TO, DEFAULT_AUTH, SUPPORTED_AUTH, ENCRYPTION, BY_DEFAULT };

static int table_begin(void **state)
{
    static struct failure failure;
    struct path_table *table = table_load("tables/exchange-2010-sp3.yaml", "tables", &failure);
    if (table == NULL)
        print_error("%s\n", failure.text);
    *state = table;
    return table == NULL;
}

static int table_end(void **state)
{
    table_destroy(*state);
    return 0;
}

static const struct path *path_of(const struct path_table *table, const char *section, const char *name)
{
    const struct path *found = NULL;
    for (size_t i = 0; i < table->path_count; i++) {
        if (strcmp(table->paths[i].section, section) != 0 || strcmp(table->paths[i].name, name) != 0)
            continue;
        assert_null(found);
        found = &table->paths[i];
    }
    return found;
}

static const struct path *path_with_id(const struct path_table *table, const char *id)
{
    for (size_t i = 0; i < table->path_count; i++)
        if (strcmp(table->paths[i].id, id) == 0)
            return &table->paths[i];
    fail_msg("no path %s", id);
    return NULL;
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
    char copy[256], *words[8] = {NULL};
    snprintf(copy, sizeof copy, "%s", joined);
    size_t count = split(copy, "+", words, 8);
    bool same = count == roles->count;
    for (size_t i = 0; i < count; i++)
        same = same && texts_have(roles, words[i]);
    return same;
}

/* The part of a path with this port between these roles; its own roles may be fewer than the path's. */
static const struct part *part_with(const struct path *path, const char *port, const char *from, const char *to)
{
    for (size_t i = 0; i < path->part_count; i++) {
        const struct part *part = &path->parts[i];
        for (size_t j = 0; j < part->port_count; j++)
            if (strcmp(part->ports[j].text, port) == 0 && roles_are(&part->from, from) && roles_are(&part->to, to))
                return part;
    }
    return NULL;
}

static void assert_cell(char *const *columns, const char *expected, const char *cell)
{
    if (strcmp(expected, cell) != 0)
        fail_msg("%s / %s: cell \"%s\", reference \"%s\"", columns[SECTION], columns[NAME], cell, expected);
}

static void assert_line_is_kept(const struct path_table *table, char *const *columns)
{
    const struct path *path = path_of(table, columns[SECTION], columns[NAME]);
    if (path == NULL) {
        fail_msg("%s / %s: no such path", columns[SECTION], columns[NAME]);
        return;
    }
    char ports[256], *words[16] = {NULL};
    snprintf(ports, sizeof ports, "%s", columns[PORTS]);
    size_t count = split(ports, "+", words, 16);
    for (size_t i = 0; i < count; i++) {
        const struct part *part = part_with(path, words[i], columns[FROM], columns[TO]);
        if (part == NULL)
            fail_msg("%s / %s: no part %s from %s to %s", columns[SECTION], columns[NAME], words[i], columns[FROM],
                     columns[TO]);
        else if (strcmp(columns[ENCRYPTION], "-") == 0)
            assert_false(part->expectation.checked);
    }
    if (strcmp(columns[ENCRYPTION], "-") == 0)
        return; /* a line of its own for DNS, of which the row's cells do not speak */
    assert_cell(columns, columns[DEFAULT_AUTH], path->cell_default_authentication);
    assert_cell(columns, columns[SUPPORTED_AUTH], path->cell_supported_authentication);
    assert_cell(columns, columns[ENCRYPTION], path->cell_encryption);
    assert_cell(columns, columns[BY_DEFAULT], path->cell_encrypted_by_default);
}

static void every_line_of_the_reference_is_in_the_table(void **state)
{
    FILE *in = fopen("tests/expected/exchange-2010-sp3.tsv", "r");
    assert_non_null(in);
    char line[2048], *columns[COLUMNS] = {NULL};
    size_t lines = 0;
    while (fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#')
            continue;
        assert_int_equal(split(line, "\t", columns, COLUMNS), COLUMNS);
        assert_line_is_kept(*state, columns);
        lines++;
    }
    fclose(in);
    assert_int_equal(lines, 80);
}

static void the_table_has_as_many_rows_as_the_reference(void **state)
{
    static const struct {
        const char *section;
        size_t rows;
    } sections[] = {{"Transport server data paths", 11},
                    {"Mailbox server data paths", 18},
                    {"Client Access server data paths", 19},
                    {"Unified Messaging server data paths", 7}};
    const struct path_table *table = *state;
    assert_int_equal(table->path_count, 55);
    for (size_t i = 0; i < 4; i++) {
        size_t rows = 0;
        for (size_t j = 0; j < table->path_count; j++)
            rows += strcmp(table->paths[j].section, sections[i].section) == 0;
        assert_int_equal(rows, sections[i].rows);
    }
    assert_int_equal(table->rule_count, 54);
}

static bool has_port(const struct part *part, const char *port)
{
    for (size_t i = 0; i < part->port_count; i++)
        if (strcmp(part->ports[i].text, port) == 0)
            return true;
    return false;
}

static void the_endpoint_mapper_and_the_dynamic_port_come_together(void **state)
{
    const struct path_table *table = *state;
    size_t mapped = 0;
    for (size_t i = 0; i < table->path_count; i++) {
        const struct part *mapper = NULL, *dynamic = NULL;
        for (size_t j = 0; j < table->paths[i].part_count; j++) {
            const struct part *part = &table->paths[i].parts[j];
            mapper = has_port(part, "135/tcp") ? part : mapper;
            dynamic = has_port(part, "dynamic-rpc") ? part : dynamic;
        }
        assert_int_equal(mapper != NULL, dynamic != NULL);
        if (mapper == NULL || dynamic == NULL)
            continue;
        mapped++;
        assert_false(mapper->expectation.checked);
        assert_true(texts_have(&mapper->services, "epmapper"));
        assert_true(dynamic->expectation.checked);
        assert_string_equal(dynamic->protocol, "dcerpc");
    }
    assert_int_equal(mapped, 6 + 14 + 2); /* Active Directory rows; cells of 135/TCP; cells of dynamic RPC */
}

static void only_what_servers_cannot_do_without_is_required(void **state)
{
    static const char *const required[] = {"hub-to-ad", "mailbox-to-ad", "cas-to-ad", "um-to-ad"};
    const struct path_table *table = *state;
    size_t count = 0;
    for (size_t i = 0; i < table->path_count; i++)
        count += table->paths[i].required == REQUIRED_YES;
    assert_int_equal(count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(path_with_id(table, required[i])->required, REQUIRED_YES);
    const struct path *edgesync = path_with_id(table, "edgesync");
    assert_int_equal(edgesync->required, REQUIRED_WHEN_TRIGGERED);
    assert_string_equal(edgesync->trigger, "subscription");
}

static void clear_and_secured_ports_of_one_row_have_their_own_expectations(void **state)
{
    const struct path *phone = path_with_id(*state, "um-phone");
    assert_int_equal(phone->part_count, 4);
    assert_int_equal(phone->parts[0].expectation.encryption_default, ANSWER_NO);
    assert_int_equal(phone->parts[1].expectation.encryption_default, ANSWER_YES);
    assert_true(texts_have(&phone->parts[1].expectation.authentication_supported, "mtls"));
    assert_true(texts_have(&phone->parts[3].expectation.encryption_supported, "srtp"));
    assert_int_equal(phone->parts[2].ports[0].low, 16000);
    assert_int_equal(phone->parts[2].ports[0].high, 17000);
    for (size_t i = 0; i < phone->part_count; i++)
        assert_true(phone->parts[i].both_directions);
}

static void columns_the_reference_leaves_open_are_marked(void **state)
{
    static const struct {
        const char *id, *column;
    } open[] = {{"admin-remote-registry", "from"},
                {"admin-smb", "from"},
                {"content-indexing", "from"},
                {"vss-backup", "from"},
                {"vss-backup", "ports"},
                {"mailbox-assistants", "from"},
                {"mapi-access", "from"},
                {"ad-topology", "from"},
                {"system-attendant-listen", "from"},
                {"system-attendant-mapi", "to"},
                {"recipient-update-rpc", "to"},
                {"mailbox-replication", "from"},
                {"um-web-service", "from"},
                {"um-web-service", "to"}};
    const struct path_table *table = *state;
    size_t marked = 0, expected = sizeof open / sizeof open[0];
    for (size_t i = 0; i < table->path_count; i++)
        marked += table->paths[i].inferred.count;
    assert_int_equal(marked, expected);
    for (size_t i = 0; i < expected; i++)
        assert_true(texts_have(&path_with_id(table, open[i].id)->inferred, open[i].column));
}

static void every_interface_named_is_a_known_one(void **state)
{
    const struct path_table *table = *state;
    struct failure failure = {.count = 0};
    struct interfaces *interfaces = interfaces_create(&failure);
    assert_true(interfaces_load(interfaces, "tables/rpc-interfaces.tsv", &failure));
    for (size_t i = 0; i < table->path_count; i++)
        for (size_t j = 0; j < table->paths[i].part_count; j++) {
            const struct part *part = &table->paths[i].parts[j];
            for (size_t k = 0; k < part->services.count; k++)
                if (part->services.items[k][0] != '/' && !interfaces_know(interfaces, part->services.items[k]))
                    fail_msg("%s: unknown interface %s", table->paths[i].id, part->services.items[k]);
        }
    interfaces_destroy(interfaces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_of_the_reference_is_in_the_table),
        cmocka_unit_test(the_table_has_as_many_rows_as_the_reference),
        cmocka_unit_test(the_endpoint_mapper_and_the_dynamic_port_come_together),
        cmocka_unit_test(only_what_servers_cannot_do_without_is_required),
        cmocka_unit_test(clear_and_secured_ports_of_one_row_have_their_own_expectations),
        cmocka_unit_test(columns_the_reference_leaves_open_are_marked),
        cmocka_unit_test(every_interface_named_is_a_known_one),
    };
    return cmocka_run_group_tests(tests, table_begin, table_end);
}
