/* What is odd about a table without being wrong is told with its place; what is as it should be is not. */
#include "audit/lint.h"

#include "audit/nearest.h"
#include "dissectors/dissector.h"
#include "tests/cmocka_all.h"
#include "tests/user_file.h"

#define HEAD "table: t\nsource: S\npaths:\n"

static void collect(void *context, const char *file, size_t line, const char *warning)
{
    char *all = context;
    size_t length = strlen(all);
    snprintf(all + length, 2048 - length, "%s%s:%zu: %s", length > 0 ? "\n" : "", file, line, warning);
}

static void assert_warnings(const char *text, const struct site *site, const char *expected)
{
    struct failure failure = {.count = 0};
    char all[2048] = "";
    user_file("t.yaml", text);
    struct path_table *table = table_load("t.yaml", ".", &failure);
    assert_string_equal(failure.text, "");
    struct interfaces *interfaces = interfaces_create(&failure);
    size_t told = lint_table(table, site, interfaces, collect, all);
    assert_string_equal(all, expected);
    size_t lines = expected[0] != '\0';
    for (const char *c = expected; *c != '\0'; c++)
        lines += *c == '\n';
    assert_int_equal(told, lines);
    interfaces_destroy(interfaces);
    table_destroy(table);
}

static void rows_that_differ_in_a_role_or_a_port_are_no_overlap(void **state)
{
    (void)state;
    assert_warnings(HEAD
                    "  - {id: a, name: A, from: hub, to: edge, ports: [25/tcp]}\n"
                    "  - {id: b, name: B, from: edge, to: hub, ports: [25/tcp]}\n"
                    "  - {id: c, name: C, from: hub, to: edge, ports: [587/tcp]}\n"
                    "  - {id: d, name: D, from: hub, to: edge, ports: [25/tcp], protocol: smtp, service: X-LSA-2}\n",
                    NULL, "");
}

static void rows_that_the_wire_cannot_tell_apart_are_told_once(void **state)
{
    (void)state;
    assert_warnings(HEAD "  - {id: a, name: A, from: [hub, mailbox], to: edge, ports: [20-30/tcp]}\n"
                         "  - {id: b, name: B, from: hub, to: edge, ports: [25/tcp]}\n",
                    NULL, "t.yaml:5: b: the wire cannot tell all of it from a");
}

static void a_row_of_what_must_not_be_that_another_allows_is_told(void **state)
{
    (void)state;
    assert_warnings(HEAD "  - {id: a, name: A, from: hub, to: edge, ports: [25/tcp], required: never}\n"
                         "  - {id: b, name: B, from: [hub, edge], to: edge, ports: [20-30/tcp]}\n"
                         "  - {id: c, name: C, from: hub, to: edge, ports: [20-40/tcp], required: never}\n",
                    NULL, "t.yaml:4: a: can never be seen: all that it forbids, b allows");
}

static void a_row_without_a_source_is_told(void **state)
{
    (void)state;
    assert_warnings("table: t\npaths:\n  - {id: a, name: A, from: hub, to: edge, ports: [25/tcp]}\n"
                    "  - {id: b, name: B, from: edge, to: hub, ports: [25/tcp], source: the change board}\n",
                    NULL, "t.yaml:3: a: has no source, and neither has the table");
}

static void an_interface_that_no_list_has_is_told(void **state)
{
    (void)state;
    assert_warnings(HEAD "  - {id: a, name: A, from: hub, to: edge, ports: [dynamic-rpc], protocol: dcerpc, "
                         "service: emsdb}\n",
                    NULL, "t.yaml:4: a: services: no list has an interface \"emsdb\"");
}

static void a_protocol_that_nothing_is_called_by_is_told(void **state)
{
    (void)state;
    assert_warnings(HEAD "  - {id: a, name: A, from: hub, to: edge, ports: [137/udp], protocol: nbsn}\n"
                         "  - {id: b, name: B, from: hub, to: edge, ports: [389/tcp], protocol: ldap}\n",
                    NULL, "t.yaml:4: a: protocol: nothing that is read is called \"nbsn\"; did you mean \"nbns\"?");
}

static void every_protocol_that_is_read_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; dissectors[i] != NULL; i++)
        if (!nearest_is_known(dissectors[i]->name, protocol_words))
            fail_msg("%s", dissectors[i]->name);
}

static void a_fact_checked_by_a_row_that_is_not_there_is_told(void **state)
{
    (void)state;
    assert_warnings(HEAD "  - {id: a, name: A, from: hub, to: edge, ports: [25/tcp]}\n"
                         "facts:\n"
                         "  - {id: f, name: F, checked_by: [a, b]}\n",
                    NULL, "t.yaml:6: f: checked_by: the table has no path \"b\"");
}

static void rows_for_which_the_site_has_no_host_are_told(void **state)
{
    const char *edge[] = {"edge"};
    struct site_host hosts[] = {{.name = "e1", .roles = {edge, 1}, .via = "", .network = ""},
                                {.name = "lb", .via = "client-access", .network = ""}};
    struct site_role roles[] = {{.role = "exchange-2010"}};
    struct site site = {.name = "contoso", .hosts = hosts, .host_count = 2};
    static const char text[] =
        HEAD "  - {id: a, name: A, from: hub, to: edge, ports: [25/tcp]}\n"
             "  - {id: b, name: B, from: any, to: [mailbox, edge], ports: [25/tcp]}\n"
             "  - {id: c, name: C, from: edge, to: client-access, ports: [25/tcp], services: X}\n";
    (void)state;
    assert_warnings(text, &site, "t.yaml:4: a: no host of site contoso is hub, so nothing can belong to it");
    site.roles = roles; /* a prefix that holds all of them */
    site.role_count = 1;
    assert_warnings(text, &site, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_that_differ_in_a_role_or_a_port_are_no_overlap),
        cmocka_unit_test(rows_that_the_wire_cannot_tell_apart_are_told_once),
        cmocka_unit_test(a_row_of_what_must_not_be_that_another_allows_is_told),
        cmocka_unit_test(a_row_without_a_source_is_told),
        cmocka_unit_test(an_interface_that_no_list_has_is_told),
        cmocka_unit_test(a_protocol_that_nothing_is_called_by_is_told),
        cmocka_unit_test(every_protocol_that_is_read_is_known),
        cmocka_unit_test(a_fact_checked_by_a_row_that_is_not_there_is_told),
        cmocka_unit_test(rows_for_which_the_site_has_no_host_are_told),
    };
    return cmocka_run_group_tests(tests, user_files_begin, user_files_end);
}
