/* JSON lines: the published keys and values of `observe -T jsonl`. */
#include "observations/jsonl.h"
#include "tests/observing.h"

#include <jansson.h>

#define ROOM (4u << 20)

/* All lines as text, and each parsed into an array. */
struct output {
    char *text;
    json_t *lines;
};

static struct output output_of(const struct observations *store)
{
    struct output output = {NULL, json_array()};
    struct failure failure = {.count = 0};
    size_t size = 0;
    FILE *out = open_memstream(&output.text, &size);
    assert_true(jsonl_write(store, out, &failure));
    fclose(out);
    for (char *at = output.text, *end; *at != '\0'; at = end + 1) {
        end = strchr(at, '\n');
        assert_non_null(end); /* every line has its end */
        json_error_t error;
        json_t *line = json_loadb(at, (size_t)(end - at), JSON_REJECT_DUPLICATES, &error);
        if (line == NULL)
            fail_msg("%s in %s", error.text, at);
        json_array_append_new(output.lines, line);
    }
    return output;
}

static void output_fini(struct output *output)
{
    json_decref(output->lines);
    free(output->text);
}

static void a_conversation_has_its_published_form(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "2001:db8::2", 25);
    struct conversation row = {.source = observations_name_of(store, "a.pcap"),
                               .frame = 5102,
                               .flows = 3,
                               .packets_to_server = 10,
                               .packets_to_client = 11,
                               .bytes_to_server = 12,
                               .bytes_to_client = 13,
                               .missing_bytes = 14,
                               .decided_by = DECIDED_BY_HANDSHAKE,
                               .disposition = DISPOSITION_OK,
                               .protocol = observations_name_of(store, "smtp"),
                               .authentication = observations_name_of(store, "basic")};
    pair.tunnel = observations_name_of(store, "gre");
    observe(store, pair, NOON_NS, row);
    row = (struct conversation){.flows = 1,
                                .frame = 9,
                                .disposition = DISPOSITION_APP_DENIED,
                                .second_opinion = observations_name_of(store, "SMTP"),
                                .encryption = observations_name_of(store, "starttls"),
                                .protection = observations_name_of(store, "TLS 1.2")};
    observe(store, pair, NOON_NS + 1000, row);
    say(store, pair, NOON_NS, "smtp.starttls", "offered", 1);
    say(store, pair, NOON_NS + 5, "smtp.starttls", "used", 1);
    struct output output = output_of(store);
    assert_string_equal(
        output.text,
        "{\"type\":\"conversation\",\"client\":\"10.0.0.1\",\"server\":\"2001:db8::2\",\"transport\":\"tcp\",\"port\":"
        "25,"
        "\"protocol\":\"smtp\",\"second_opinion\":\"SMTP\",\"sessions\":["
        "{\"disposition\":\"ok\",\"authentication\":\"basic\",\"encryption\":\"\",\"protection\":\"\",\"flows\":3,"
        "\"first\":\"2026-11-20T12:00:00.000000Z\",\"last\":\"2026-11-20T12:00:00.000000Z\","
        "\"evidence\":{\"source\":\"a.pcap\",\"frame\":5102}},"
        "{\"disposition\":\"app-denied\",\"authentication\":\"\",\"encryption\":\"starttls\",\"protection\":\"TLS "
        "1.2\","
        "\"flows\":1,\"first\":\"2026-11-20T12:00:00.000001Z\",\"last\":\"2026-11-20T12:00:00.000001Z\","
        "\"evidence\":{\"source\":\"\",\"frame\":9}}],"
        "\"dispositions\":{\"ok\":3,\"app-denied\":1},\"flows\":4,\"packets_to_server\":10,\"packets_to_client\":11,"
        "\"bytes_to_server\":12,\"bytes_to_client\":13,\"missing_bytes\":14,\"client_decided_by\":\"handshake\","
        "\"first\":\"2026-11-20T12:00:00.000000Z\",\"last\":\"2026-11-20T12:00:00.000001Z\",\"tunnel\":\"gre\","
        "\"network\":\"\","
        "\"facts\":{\"smtp.starttls\":[\"offered\",\"used\"],\"authentication\":[\"basic\"],\"encryption\":["
        "\"starttls\"]"
        "}}\n");
    output_fini(&output);
    observations_destroy(store);
}

static void what_sessions_amount_to_is_said_once(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    struct conversation row = {
        .flows = 1, .disposition = DISPOSITION_OK, .authentication = observations_name_of(store, "ntlm")};
    observe(store, pair, NOON_NS, row);
    row.disposition = DISPOSITION_REFUSED;
    observe(store, pair, NOON_NS, row);
    struct output output = output_of(store);
    json_t *facts = json_object_get(json_array_get(output.lines, 0), "facts");
    assert_int_equal(json_array_size(json_object_get(facts, "authentication")), 1);
    assert_null(json_object_get(facts, "encryption"));
    output_fini(&output);
    observations_destroy(store);
}

static void transports_are_named(void **state)
{
    (void)state;
    static const struct {
        uint8_t transport;
        const char *text;
    } cases[] = {{6, "tcp"}, {17, "udp"}, {1, "icmp"}, {58, "icmp"}, {50, "esp"}, {51, "ah"}, {132, "132"}, {0, "0"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct observations *store = store_of(ROOM);
        struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 0);
        pair.transport = cases[i].transport;
        observe(store, pair, NOON_NS, (struct conversation){.flows = 1, .disposition = DISPOSITION_OK});
        struct output output = output_of(store);
        json_t *line = json_array_get(output.lines, 0);
        assert_string_equal(json_string_value(json_object_get(line, "transport")), cases[i].text);
        output_fini(&output);
        observations_destroy(store);
    }
}

static void text_from_the_wire_becomes_utf8(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    observe(store, pair, NOON_NS, (struct conversation){.flows = 1, .disposition = DISPOSITION_OK});
    say(store, pair, NOON_NS, "smtp.banner_host", "\xff\"\\\n\x1b[31m", 1);
    struct output output = output_of(store);
    json_t *facts = json_object_get(json_array_get(output.lines, 0), "facts");
    json_t *value = json_array_get(json_object_get(facts, "smtp.banner_host"), 0);
    assert_string_equal(json_string_value(value), "\xef\xbf\xbd\"\\\n\x1b[31m");
    assert_null(strchr(output.text, '\x1b'));
    output_fini(&output);
    observations_destroy(store);
}

static void a_conversation_with_very_many_facts_is_still_one_line(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    char key[32], value[200];
    memset(value, 'v', sizeof value);
    observe(store, pair, NOON_NS, (struct conversation){.flows = 1, .disposition = DISPOSITION_OK});
    for (unsigned i = 0; i < 600; i++) {
        snprintf(key, sizeof key, "key %u", i % 10);
        snprintf(value, sizeof value, "%0150u", i);
        say(store, pair, NOON_NS + i, key, value, 1);
    }
    struct output output = output_of(store);
    assert_int_equal(json_array_size(output.lines), 1);
    json_t *facts = json_object_get(json_array_get(output.lines, 0), "facts");
    assert_int_equal(json_object_size(facts), 10);
    assert_int_equal(json_array_size(json_object_get(facts, "key 9")), 60);
    output_fini(&output);
    observations_destroy(store);
}

static void a_binding_has_its_published_form(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct binding row = {.learned_ns = NOON_NS, .transport = 6, .port = 49155, .minor = 81, .frame = 400};
    row.server = address_of("10.0.0.2");
    row.client = address_of("10.0.0.9");
    assert_true(uuid_parse("a4f1db00-ca47-1067-b31f-00dd010662da", &row.interface));
    row.learned_from = observations_name_of(store, "ept_map");
    row.protocol_sequence = observations_name_of(store, "ncacn_ip_tcp");
    row.source = observations_name_of(store, "a.pcap");
    row.tower_address = row.server;
    observations_learn(store, &row);
    observations_learn(store, &row);
    struct output output = output_of(store);
    assert_string_equal(
        output.text,
        "{\"type\":\"binding\",\"server\":\"10.0.0.2\",\"transport\":\"tcp\",\"port\":49155,\"endpoint\":\"\","
        "\"protocol_sequence\":\"ncacn_ip_tcp\",\"tower_address\":\"\","
        "\"interface\":\"a4f1db00-ca47-1067-b31f-00dd010662da\",\"version\":\"0.81\",\"annotation\":\"\","
        "\"learned_from\":\"ept_map\",\"client\":\"10.0.0.9\",\"first\":\"2026-11-20T12:00:00.000000Z\","
        "\"last\":\"2026-11-20T12:00:00.000000Z\",\"times\":2,\"network\":\"\",\"evidence\":{\"source\":\"a.pcap\","
        "\"frame\":400}}\n");
    output_fini(&output);
    observations_destroy(store);
}

static const char *tower_address_told(const char *text, char out[64])
{
    struct observations *store = store_of(ROOM);
    struct binding row = {.server = address_of("10.0.0.2"), .tower_address = address_of(text)};
    observations_learn(store, &row);
    struct output output = output_of(store);
    json_t *line = json_array_get(output.lines, 0);
    snprintf(out, 64, "%s", json_string_value(json_object_get(line, "tower_address")));
    assert_string_equal(json_string_value(json_object_get(line, "interface")), "");
    output_fini(&output);
    observations_destroy(store);
    return out;
}

static void only_a_tower_address_that_says_something_is_told(void **state)
{
    (void)state;
    char text[64];
    assert_string_equal(tower_address_told("10.0.0.3", text), "10.0.0.3");
    assert_string_equal(tower_address_told("10.0.0.2", text), "");
    assert_string_equal(tower_address_told("0.0.0.0", text), "");
    assert_string_equal(tower_address_told("::", text), "");
}

static void coverage_has_its_published_form(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct coverage row = {.sensor = observations_name_of(store, "lab"),
                           .source = observations_name_of(store, "a.pcap"),
                           .filter = observations_name_of(store, "tcp"),
                           .first_ns = NOON_NS,
                           .last_ns = NOON_NS,
                           .packets = 1,
                           .bytes = 2,
                           .dropped = 3,
                           .duplicates = 4,
                           .duplicates_routed = 13,
                           .undecoded = 5,
                           .truncated_frames = 6,
                           .truncated = 1,
                           .fragments_lost = 7,
                           .missing_bytes = 8,
                           .evicted_flows = 9,
                           .evicted_conversations = 10,
                           .lost_facts = 11,
                           .unasked_flows = 12};
    observations_cover(store, &row);
    struct output output = output_of(store);
    assert_string_equal(
        output.text,
        "{\"type\":\"coverage\",\"run\":\"\",\"sensor\":\"lab\",\"source\":\"a.pcap\",\"filter\":\"tcp\","
        "\"first\":\"2026-11-20T12:00:00.000000Z\",\"last\":\"2026-11-20T12:00:00.000000Z\",\"packets\":1,\"bytes\":2,"
        "\"dropped\":3,\"duplicates\":4,\"duplicates_routed\":13,\"undecoded\":5,\"truncated_frames\":6,\"truncated\":"
        "true,"
        "\"fragments_lost\":7,"
        "\"missing_bytes\":8,\"one_way_conversations\":0,\"evicted_flows\":9,\"evicted_conversations\":10,"
        "\"lost_facts\":11,\"unasked_flows\":12,\"spooled_rows\":0,\"lost_rows\":0}\n");
    output_fini(&output);
    observations_destroy(store);
}

static void one_way_conversations_count_once_at_their_source(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    uint32_t a = observations_name_of(store, "a.pcap"), b = observations_name_of(store, "b.pcap");
    struct conversation row = {.flows = 1, .disposition = DISPOSITION_ONE_WAY, .source = b, .frame = 1};
    observe(store, pair_of("10.0.0.1", "10.0.0.2", 25), NOON_NS, row);
    observe(store, pair_of("10.0.0.1", "10.0.0.2", 26), NOON_NS, row);
    row.disposition = DISPOSITION_OK;
    observe(store, pair_of("10.0.0.1", "10.0.0.2", 27), NOON_NS, row);
    observations_cover(store, &(struct coverage){.source = a});
    observations_cover(store, &(struct coverage){.source = b});
    observations_cover(store, &(struct coverage){.source = b, .run = a});
    struct output output = output_of(store);
    static const json_int_t expected[] = {0, 2, 0};
    for (size_t i = 0; i < 3; i++) {
        json_t *line = json_array_get(output.lines, 3 + i);
        assert_int_equal(json_integer_value(json_object_get(line, "one_way_conversations")), expected[i]);
    }
    output_fini(&output);
    observations_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversation_has_its_published_form),
        cmocka_unit_test(what_sessions_amount_to_is_said_once),
        cmocka_unit_test(transports_are_named),
        cmocka_unit_test(text_from_the_wire_becomes_utf8),
        cmocka_unit_test(a_conversation_with_very_many_facts_is_still_one_line),
        cmocka_unit_test(a_binding_has_its_published_form),
        cmocka_unit_test(only_a_tower_address_that_says_something_is_told),
        cmocka_unit_test(coverage_has_its_published_form),
        cmocka_unit_test(one_way_conversations_count_once_at_their_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
