/* The port ledger as a table for people and as pathaudit.endpoints/1. */
#include "reports/clean.h"
#include "tests/report_written.h"

#include <jansson.h>

static char *text_written(void **state, struct report_options options)
{
    const struct fixture *fixture = *state;
    return fixture_written(endpoints_text, &fixture->audit, options);
}

static json_t *json_written(void **state)
{
    const struct fixture *fixture = *state;
    char *text = fixture_written(endpoints_json, &fixture->audit, (struct report_options){0});
    assert_true(fixture_is_harmless(text));
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    free(text);
    return document;
}

static void each_server_stands_once_over_its_ports(void **state)
{
    char *text = text_written(state, (struct report_options){0});
    assert_has(text, "\nmbx1 (10.1.0.30)\n  6001/tcp   emsmdb 0.81  ept_map ");
    assert_has(text, "\n\ndc1 (10.1.0.10)\n  49155/tcp  drsuapi 4.0  ept_map ");
    assert_has(text, "\n  49155/tcp  lsarpc 0.0   ept_map, bind  cas1 ");
    size_t times = 0;
    for (const char *at = strstr(text, "mbx1 (10.1.0.30)"); at != NULL; at = strstr(at + 1, "mbx1 (10.1.0.30)"))
        times++;
    assert_int_equal(times, 1);
    free(text);
}

static void flows_that_failed_are_told(void **state)
{
    char *text = text_written(state, (struct report_options){0});
    assert_has(text, " 12 (12 failed) ");
    assert_has(text, " 1,400 (3 failed) ");
    assert_has(text, " 09:01:44\n");
    free(text);
}

static void an_interface_without_a_name_shows_its_uuid_and_what_the_server_calls_it(void **state)
{
    char *text = text_written(state, (struct report_options){.width = 200});
    assert_has(text, "  49160/tcp  no name 1.0  ");
    assert_has(text, "a4f1db00-ca47-1067-b31f-00dd01066205, \"");
    free(text);
}

static void an_endpoint_without_a_port_shows_how_it_is_reached(void **state)
{
    char *text = text_written(state, (struct report_options){.width = 200});
    assert_has(text, "  no port    no name 0.0");
    assert_has(text, "ncacn_np \\pipe\\");
    assert_has(text, ", at 10.1.4.99");
    assert_has(text, "  30000/udp  -            sdp");
    free(text);
}

static void the_text_fits_and_is_harmless(void **state)
{
    static const unsigned widths[] = {80, 100, 140};
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        char *text = text_written(state, (struct report_options){.width = widths[i]}), *rest = text;
        assert_true(fixture_is_harmless(text));
        for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
            if (clean_columns(line) > widths[i])
                fail_msg("wider than %u: %s", widths[i], line);
        free(text);
    }
}

static void no_endpoint_is_a_sentence(void **state)
{
    (void)state;
    struct fixture empty;
    fixture_init_empty(&empty);
    char *text = fixture_written(endpoints_text, &empty.audit, (struct report_options){0});
    assert_has(text, "gave a port in what was seen.\n");
    free(text);
    text = fixture_written(endpoints_json, &empty.audit, (struct report_options){0});
    assert_has(text, "\"endpoints\": []");
    free(text);
    fixture_fini(&empty);
}

static json_t *endpoint(json_t *document, size_t i)
{
    json_t *value = json_array_get(json_object_get(document, "endpoints"), i);
    assert_non_null(value);
    return value;
}

static void assert_text(json_t *object, const char *key, const char *wanted)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_string(value))
        fail_msg("%s is no text", key);
    assert_string_equal(json_string_value(value), wanted);
}

static void an_endpoint_has_every_promised_key(void **state)
{
    static const char *const keys[] = {"server",        "transport", "port",    "endpoint", "protocol_sequence",
                                       "tower_address", "interface", "version", "name",     "annotation",
                                       "learned_from",  "clients",   "first",   "last",     "flows",
                                       "evidence"};
    json_t *d = json_written(state);
    assert_text(d, "schema", "pathaudit.endpoints/1");
    for (size_t i = 0; i < ENDPOINT_FIXTURES; i++)
        for (size_t k = 0; k < COUNT_OF(keys); k++)
            if (json_object_get(endpoint(d, i), keys[k]) == NULL)
                fail_msg("endpoint %zu has no %s", i, keys[k]);
    json_decref(d);
}

static void a_tcp_port_of_a_mapper_reads_as_documented(void **state)
{
    json_t *d = json_written(state), *e = endpoint(d, PORT_STORE);
    assert_text(e, "server", "10.1.0.30");
    assert_text(e, "transport", "tcp");
    assert_int_equal(json_integer_value(json_object_get(e, "port")), 6001);
    assert_text(e, "endpoint", "");
    assert_text(e, "protocol_sequence", "ncacn_ip_tcp");
    assert_text(e, "tower_address", "");
    assert_text(e, "interface", "a4f1db00-ca47-1067-b31f-00dd01066200");
    assert_text(e, "version", "0.81");
    assert_text(e, "name", "emsmdb");
    assert_string_equal(json_string_value(json_array_get(json_object_get(e, "clients"), 0)), "10.1.0.40");
    assert_text(e, "first", "2026-11-20T09:01:43.000123Z");
    assert_int_equal(json_integer_value(json_object_get(e, "flows")), 41);
    assert_text(json_object_get(e, "evidence"), "source", "site.pcap");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(e, "evidence"), "frame")), 18200);
    json_decref(d);
}

static void pipes_media_and_towers_elsewhere_read_as_documented(void **state)
{
    json_t *d = json_written(state), *pipe = endpoint(d, PORT_PIPE), *media = endpoint(d, PORT_MEDIA);
    assert_int_equal(json_integer_value(json_object_get(pipe, "port")), 0);
    assert_text(pipe, "tower_address", "10.1.4.99");
    assert_text(pipe, "protocol_sequence", "ncacn_np");
    assert_int_equal(strncmp(json_string_value(json_object_get(pipe, "endpoint")), "\\pipe\\", 6), 0);
    assert_text(media, "transport", "udp");
    assert_text(media, "interface", "");
    assert_string_equal(json_string_value(json_array_get(json_object_get(media, "learned_from"), 0)), "sdp");
    json_decref(d);
}

int main(void)
{
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(each_server_stands_once_over_its_ports),
        WITH_FIXTURE(flows_that_failed_are_told),
        WITH_FIXTURE(an_interface_without_a_name_shows_its_uuid_and_what_the_server_calls_it),
        WITH_FIXTURE(an_endpoint_without_a_port_shows_how_it_is_reached),
        WITH_FIXTURE(the_text_fits_and_is_harmless),
        WITH_FIXTURE(no_endpoint_is_a_sentence),
        WITH_FIXTURE(an_endpoint_has_every_promised_key),
        WITH_FIXTURE(a_tcp_port_of_a_mapper_reads_as_documented),
        WITH_FIXTURE(pipes_media_and_towers_elsewhere_read_as_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
