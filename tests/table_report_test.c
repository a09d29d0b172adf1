/* A table shown as people know it, and as pathaudit.table/1. */
#include "reports/clean.h"
#include "reports/report.h"
#include "tests/report_written.h"

#include <jansson.h>
#include <stdlib.h>

/* Not inlined: gcc 12 would otherwise take the stream's buffer for the pointer to it and warn of a dangling one. */
__attribute__((noinline)) static char *text_of(const struct path_table *table, unsigned width)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    table_text(table, &(struct report_options){.width = width}, out);
    fclose(out);
    return text;
}

static json_t *json_of(const struct path_table *table)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    table_json(table, out);
    fclose(out);
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    free(text);
    return document;
}

static void title_source_and_headings_come_first(void **state)
{
    (void)state;
    char *text = text_of(&fixture_table, 140);
    assert_has(text, "exchange-2010-sp3: Exchange Server 2010 SP2 and SP3\n"
                     "Source: Exchange Network Port Reference, 2012-09-25\n\nData path ");
    assert_has(text, " ports ");
    assert_has(text, " default auth ");
    assert_has(text, " supported auth ");
    assert_has(text, " encryption ");
    assert_has(text, " by default\n");
    free(text);
}

static void sections_stand_once_over_their_rows(void **state)
{
    (void)state;
    char *text = text_of(&fixture_table, 140);
    const char *section = strstr(text, "\nMailbox server data paths\nActive Directory access ");
    assert_non_null(section);
    assert_null(strstr(section + 1, "\nMailbox server data paths\n"));
    free(text);
}

static void cells_are_shown_word_by_word(void **state)
{
    (void)state;
    char *text = text_of(&fixture_table, 300);
    assert_has(text, "Client Access server to Exchange 2010 Mailbox server  RPC. See Notes on Client Access Servers. ");
    assert_has(text,
               "  NTLM. If the Hub Transport and the Mailbox server roles are on the same server, Kerberos is used.  "
               "NTLM/Kerberos");
    assert_has(text, "  Yes, using RPC encryption ");
    free(text);
}

static void our_own_reading_is_marked(void **state)
{
    (void)state;
    char *text = text_of(&fixture_table, 140);
    assert_has(text, "\n  cas-to-mailbox: client-access? -> mailbox\n");
    assert_has(text, "; required; ports? 389/tcp, 389/udp,");
    assert_has(text, "\n  hub-to-edge: hub -> edge; required when triggered: subscription\n");
    assert_has(text, "\n  um-media: unified-messaging -> pbx; must not be seen\n");
    assert_has(text, "\n? marks what the source does not say and we read from it.\n");
    free(text);
}

static void notes_rules_and_facts_are_shown(void **state)
{
    (void)state;
    char *text = text_of(&fixture_table, 140);
    assert_has(text, "\n  Note: Mutual TLS; the certificates stand in Active Directory and AD LDS.\n");
    assert_has(text, "MSExchangeIS - RPC (TCP-In)  mailbox  dynamic-rpc  Bin\\Store.exe\n");
    assert_has(text, "\n  50389/TCP is used locally only, without SSL. Traffic is held to it by edgesync.\n");
    const char *fact = strstr(text, "AD LDS on the Edge");
    assert_non_null(fact);
    assert_memory_equal(strchr(fact, '\n') - 2, "No", 2); /* the last cell: encrypted by default */
    free(text);
}

static void a_row_without_cells_is_told_from_its_expectations(void **state)
{
    (void)state;
    struct path path = fixture_paths[PATH_MAILBOX];
    path.cells.ports = path.cells.default_authentication = path.cells.supported_authentication = path.cells.encryption =
        path.cells.encrypted_by_default = "";
    struct path_table table = fixture_table;
    table.paths = &path;
    table.path_count = 1;
    char *text = text_of(&table, 200);
    assert_has(text, "  135/tcp, dynamic-rpc  kerberos      kerberos, ntlm  rpc-privacy  Yes\n");
    free(text);
}

static void the_columns_fit_the_screen(void **state)
{
    (void)state;
    static const unsigned widths[] = {80, 100, 140};
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        char *text = text_of(&fixture_table, widths[i]), *rest = text;
        for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
            if (clean_columns(line) > widths[i])
                fail_msg("wider than %u: %s", widths[i], line);
        free(text);
    }
}

static void an_empty_table_shows_its_name(void **state)
{
    (void)state;
    struct path_table table = {.name = "empty", .title = "", .source = "", .file = ""};
    char *text = text_of(&table, 100);
    assert_string_equal(text, "empty\n\n");
    free(text);
}

static void names_from_a_hostile_file_are_harmless(void **state)
{
    (void)state;
    struct path path = fixture_paths[PATH_SMTP];
    path.name = path.note = path.section = path.cells.ports = HOSTILE;
    struct path_table table = fixture_table;
    table.title = HOSTILE;
    table.paths = &path;
    table.path_count = 1;
    char *text = text_of(&table, 100);
    for (const char *c = text; *c != '\0'; c++)
        assert_true((unsigned char)*c >= ' ' || *c == '\n');
    assert_null(strstr(text, "\xc2\x9b"));
    assert_null(strstr(text, "\xe2\x80\xae"));
    free(text);
    json_t *document = json_of(&table);
    assert_null(strchr(json_string_value(json_object_get(document, "title")), '\033'));
    json_decref(document);
}

static json_t *item(json_t *object, const char *key, size_t i)
{
    json_t *value = json_array_get(json_object_get(object, key), i);
    if (value == NULL)
        fail_msg("%s has no item %zu", key, i);
    return value;
}

static void assert_text(json_t *object, const char *key, const char *wanted)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_string(value))
        fail_msg("%s is no text", key);
    assert_string_equal(json_string_value(value), wanted);
}

static void every_entry_has_id_name_and_ports(void **state)
{
    (void)state;
    static const char *const lists[] = {"paths", "rules", "facts"};
    json_t *d = json_of(&fixture_table);
    assert_text(d, "schema", "pathaudit.table/1");
    assert_text(d, "name", "exchange-2010-sp3");
    assert_text(d, "source", "Exchange Network Port Reference, 2012-09-25");
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        json_t *list = json_object_get(d, lists[i]);
        assert_true(json_array_size(list) > 0);
        for (size_t k = 0; k < json_array_size(list); k++) {
            json_t *entry = json_array_get(list, k);
            assert_true(json_is_string(json_object_get(entry, "id")));
            assert_true(json_is_string(json_object_get(entry, "name")));
            assert_true(json_is_array(json_object_get(entry, "ports")));
        }
    }
    json_decref(d);
}

static void a_path_carries_cells_parts_and_expectations(void **state)
{
    (void)state;
    json_t *d = json_of(&fixture_table), *path = item(d, "paths", PATH_MAILBOX);
    json_t *part = item(path, "parts", 1), *supported = json_object_get(path, "authentication");
    assert_text(path, "from", "client-access");
    assert_text(path, "required", "no");
    assert_string_equal(json_string_value(item(path, "inferred", 0)), "from");
    assert_string_equal(json_string_value(item(path, "ports", 1)), "dynamic-rpc");
    assert_text(json_object_get(path, "cells"), "supported_authentication", "NTLM/Kerberos");
    assert_string_equal(json_string_value(item(supported, "supported", 1)), "ntlm");
    assert_text(json_object_get(path, "encryption"), "default", "yes");
    assert_text(part, "protocol", "dcerpc");
    assert_string_equal(json_string_value(item(part, "services", 1)), "nspi");
    assert_true(json_is_true(json_object_get(part, "checked")));
    assert_text(json_object_get(item(path, "parts", 0), "encryption"), "default", "");
    assert_text(item(d, "paths", PATH_SMTP), "trigger", "subscription");
    assert_text(item(d, "rules", 0), "program", "Bin\\Store.exe");
    assert_text(item(d, "facts", 0), "text", "50389/TCP is used locally only, without SSL.");
    json_decref(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(title_source_and_headings_come_first),
        cmocka_unit_test(sections_stand_once_over_their_rows),
        cmocka_unit_test(cells_are_shown_word_by_word),
        cmocka_unit_test(our_own_reading_is_marked),
        cmocka_unit_test(notes_rules_and_facts_are_shown),
        cmocka_unit_test(a_row_without_cells_is_told_from_its_expectations),
        cmocka_unit_test(the_columns_fit_the_screen),
        cmocka_unit_test(an_empty_table_shows_its_name),
        cmocka_unit_test(names_from_a_hostile_file_are_harmless),
        cmocka_unit_test(every_entry_has_id_name_and_ports),
        cmocka_unit_test(a_path_carries_cells_parts_and_expectations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
