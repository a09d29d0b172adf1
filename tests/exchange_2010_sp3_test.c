/* What the shipped table of Exchange 2010 SP2/SP3 makes of its reference beyond its words (shipped_tables_test.c). */
#include "audit/interfaces.h"
#include "audit/table.h"

#include "tests/cmocka_all.h"

#include <string.h>

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

static const struct path *path_with_id(const struct path_table *table, const char *id)
{
    for (size_t i = 0; i < table->path_count; i++)
        if (strcmp(table->paths[i].id, id) == 0)
            return &table->paths[i];
    fail_msg("no path %s", id);
    return NULL;
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
    assert_int_equal(mapped, 6 + 14 + 2 + 1); /* Active Directory rows; cells of 135/TCP; of dynamic RPC; Outlook */
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
        marked += strncmp(table->paths[i].section, "Notes", 5) != 0 ? table->paths[i].inferred.count : 0;
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
        cmocka_unit_test(the_table_has_as_many_rows_as_the_reference),
        cmocka_unit_test(the_endpoint_mapper_and_the_dynamic_port_come_together),
        cmocka_unit_test(only_what_servers_cannot_do_without_is_required),
        cmocka_unit_test(clear_and_secured_ports_of_one_row_have_their_own_expectations),
        cmocka_unit_test(columns_the_reference_leaves_open_are_marked),
        cmocka_unit_test(every_interface_named_is_a_known_one),
    };
    return cmocka_run_group_tests(tests, table_begin, table_end);
}
