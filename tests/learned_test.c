/* What a store keeps besides its rows: bindings that were learned, each once, and the coverage of every source. */
#include "tests/observing.h"

#define ROOM (4u << 20)

static struct binding binding_of(struct observations *store, int64_t time_ns, uint64_t frame)
{
    struct binding row = {.learned_ns = time_ns, .frame = frame, .transport = 6, .port = 49155, .minor = 81};
    row.server = address_of("10.0.0.2");
    row.client = address_of("10.0.0.9");
    row.learned_from = observations_name_of(store, "ept_map");
    return row;
}

static void equal_bindings_are_kept_once(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct binding row = binding_of(store, 200, 20), kept;
    observations_learn(store, &row);
    row = binding_of(store, 100, 10);
    observations_learn(store, &row);
    row = binding_of(store, 150, 15);
    row.times = 7; /* as read from a file */
    row.last_ns = 900;
    observations_learn(store, &row);
    assert_int_equal(observations_binding_count(store), 1);
    observations_binding(store, 0, &kept);
    assert_int_equal(kept.learned_ns, 100);
    assert_int_equal(kept.frame, 10);
    assert_int_equal(kept.last_ns, 900);
    assert_int_equal(kept.times, 9);
    assert_int_equal(kept.port, 49155);
    observations_destroy(store);
}

static void bindings_that_differ_are_kept_apart(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct binding rows[14];
    for (size_t i = 0; i < 14; i++)
        rows[i] = binding_of(store, 100, 1);
    uint32_t name = observations_name_of(store, "x");
    rows[1].run = name;
    rows[2].sensor = name;
    rows[3].server.octets[15]++;
    rows[4].client.octets[15]++;
    rows[5].tower_address.octets[15]++;
    rows[6].transport = 17;
    rows[7].port++;
    rows[8].interface.octets[0]++;
    rows[9].major++;
    rows[10].learned_from = name;
    rows[11].protocol_sequence = name;
    rows[12].endpoint = name;
    rows[13].annotation = name;
    for (size_t i = 0; i < 14; i++)
        observations_learn(store, &rows[i]);
    assert_int_equal(observations_binding_count(store), 14);
    observations_destroy(store);
}

static void bindings_without_room_are_counted(void **state)
{
    (void)state;
    struct observations *store = store_of(1);
    for (unsigned i = 0; i < 1000; i++) {
        struct binding row = binding_of(store, 100, 1);
        row.port = (uint16_t)i;
        observations_learn(store, &row);
    }
    assert_in_range(observations_binding_count(store), 16, 999);
    assert_int_equal(observations_lost_facts(store), 1000 - observations_binding_count(store));
    observations_destroy(store);
}

static void coverage_of_one_source_adds_up(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    uint32_t file = observations_name_of(store, "a.pcap"), other = observations_name_of(store, "b.pcap");
    observations_cover(store, &(struct coverage){.source = file, .lost_facts = 1}); /* no packet, so no time */
    observations_cover(store, &(struct coverage){.source = file, .packets = 5, .first_ns = 50, .last_ns = 60});
    observations_cover(store, &(struct coverage){.source = other, .packets = 1, .first_ns = 1, .last_ns = 1});
    observations_cover(store,
                       &(struct coverage){.source = file, .packets = 2, .first_ns = 40, .last_ns = 55, .truncated = 1});
    observations_cover(store, &(struct coverage){.source = file});
    assert_int_equal(observations_coverage_count(store), 2);
    const struct coverage *sum = observations_coverage(store, 0);
    assert_int_equal(sum->packets, 7);
    assert_int_equal(sum->first_ns, 40);
    assert_int_equal(sum->last_ns, 60);
    assert_int_equal(sum->truncated, 1);
    assert_int_equal(sum->lost_facts, 1);
    assert_int_equal(observations_coverage(store, 1)->source, other);
    observations_destroy(store);
}

static void no_packet_is_missing_when_there_are_too_many_sources(void **state)
{
    (void)state;
    struct observations *store = store_of(1);
    uint64_t packets = 0;
    for (uint32_t i = 0; i < 100; i++)
        observations_cover(store, &(struct coverage){.source = i, .packets = 1});
    for (size_t i = 0; i < observations_coverage_count(store); i++)
        packets += observations_coverage(store, i)->packets;
    assert_int_equal(packets, 100);
    assert_int_equal(observations_evicted(store), 100 - observations_coverage_count(store));
    observations_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_bindings_are_kept_once),
        cmocka_unit_test(bindings_that_differ_are_kept_apart),
        cmocka_unit_test(bindings_without_room_are_counted),
        cmocka_unit_test(coverage_of_one_source_adds_up),
        cmocka_unit_test(no_packet_is_missing_when_there_are_too_many_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
