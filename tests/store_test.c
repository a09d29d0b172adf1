/* The store: pairs, rows that add up, slices that widen, and what happens when there is no room. */
#include "tests/observing.h"

#include <stdio.h>

#define ROOM (4u << 20)

static void a_pair_has_one_number_from_1(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    const struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    struct pair others[] = {pair, pair, pair, pair, pair, pair};
    others[0].tunnel = observations_name_of(store, "gre");
    others[1].transport = 17;
    others[2].network = others[0].tunnel;
    others[3].port = 26;
    others[4].client.octets[15]++;
    others[5].server.octets[15]++;
    assert_int_equal(observations_pair(store, &pair), 1);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(observations_pair(store, &others[i]), 2 + i);
    assert_int_equal(observations_pair(store, &pair), 1);
    assert_int_equal(observations_pair_count(store), 7);
    observations_destroy(store);
}

static void a_pair_without_room_is_0_and_its_rows_are_counted(void **state)
{
    (void)state;
    struct observations *store = store_of(1);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 0);
    for (pair.port = 0; observations_pair(store, &pair) != 0; pair.port++)
        assert_in_range(pair.port, 0, 1000);
    assert_true(pair.port >= 16);
    observe(store, pair, NOON_NS, (struct conversation){.flows = 1});
    say(store, pair, NOON_NS, "key", "value", 1);
    assert_int_equal(observations_evicted(store), 1);
    assert_int_equal(observations_lost_facts(store), 1);
    assert_int_equal(observations_conversation_count(store) + observations_fact_count(store), 0);
    pair.port = 0;
    assert_int_equal(observations_pair(store, &pair), 1);
    observations_destroy(store);
}

static void rows_of_one_class_and_slice_add_up(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    struct conversation row = {.disposition = DISPOSITION_OK,
                               .flows = 2,
                               .packets_to_server = 3,
                               .packets_to_client = 4,
                               .bytes_to_server = 5,
                               .bytes_to_client = 6,
                               .missing_bytes = 7,
                               .frame = 90};
    observe(store, pair, NOON_NS + 50, row);
    row.frame = 80; /* comes later, was earlier */
    row.second_opinion = observations_name_of(store, "smtp");
    row.decided_by = DECIDED_BY_HANDSHAKE;
    observe(store, pair, NOON_NS + 20, row);
    row.frame = 99;
    row.second_opinion = observations_name_of(store, "other");
    row.decided_by = DECIDED_BY_PORT;
    observe(store, pair, NOON_NS + MINUTE_NS - 1, row);
    assert_int_equal(observations_conversation_count(store), 1);
    struct conversation sum = conversation_at(store, 0);
    assert_memory_equal(&sum.pair, &pair, sizeof pair);
    assert_int_equal(sum.slice_ns, NOON_NS);
    assert_int_equal(sum.flows, 6);
    assert_int_equal(sum.packets_to_server, 9);
    assert_int_equal(sum.packets_to_client, 12);
    assert_int_equal(sum.bytes_to_server, 15);
    assert_int_equal(sum.bytes_to_client, 18);
    assert_int_equal(sum.missing_bytes, 21);
    assert_int_equal(sum.frame, 80);
    assert_int_equal(sum.first_ns, NOON_NS + 20);
    assert_int_equal(sum.last_ns, NOON_NS + MINUTE_NS - 1);
    assert_int_equal(sum.decided_by, DECIDED_BY_HANDSHAKE);
    assert_string_equal(observations_text(store, sum.second_opinion), "smtp");
    observations_destroy(store);
}

static void each_part_of_the_class_makes_its_own_row(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    uint32_t name = observations_name_of(store, "x");
    const struct conversation rows[] = {
        {.flows = 1},
        {.flows = 1, .run = name},
        {.flows = 1, .sensor = name},
        {.flows = 1, .protocol = name},
        {.flows = 1, .authentication = name},
        {.flows = 1, .encryption = name},
        {.flows = 1, .protection = name},
        {.flows = 1, .disposition = DISPOSITION_REFUSED},
    };
    for (unsigned round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            observe(store, pair, NOON_NS, rows[i]);
    assert_int_equal(observations_conversation_count(store), sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(conversation_at(store, i).flows, 2);
    observations_destroy(store);
}

static void a_row_of_an_older_slice_finds_its_place(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    static const int minutes[] = {5, 2, 9, 2, 5, 7, 9, 0, 7, 0};
    for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
        observe(store, pair, NOON_NS + minutes[i] * MINUTE_NS, (struct conversation){.flows = 1});
        say(store, pair, NOON_NS + minutes[i] * MINUTE_NS, "key", "value", 1);
    }
    assert_int_equal(observations_conversation_count(store), 5);
    assert_int_equal(observations_fact_count(store), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(conversation_at(store, i).flows, 2);
        assert_int_equal(fact_at(store, i).flows, 2);
    }
    assert_int_equal(conversation_at(store, 0).slice_ns, NOON_NS + 5 * MINUTE_NS);
    assert_int_equal(conversation_at(store, 4).slice_ns, NOON_NS);
    observations_destroy(store);
}

static void one_class_too_many_goes_to_its_own_disposition(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    char text[32];
    for (unsigned i = 0; i < STORE_CLASSES_MOST; i++) {
        snprintf(text, sizeof text, "protection %u", i);
        observe(store, pair, NOON_NS,
                (struct conversation){.flows = 1,
                                      .protection = observations_name_of(store, text),
                                      .disposition = i == 7 ? DISPOSITION_REFUSED : DISPOSITION_OK});
    }
    observe(store, pair, NOON_NS, (struct conversation){.flows = 10, .disposition = DISPOSITION_REFUSED});
    observe(store, pair, NOON_NS, (struct conversation){.flows = 0, .packets_to_server = 5});
    assert_int_equal(observations_conversation_count(store), STORE_CLASSES_MOST + 1);
    assert_int_equal(conversation_at(store, 7).flows, 11);
    assert_int_equal(observations_evicted(store), 1);
    struct conversation open = conversation_at(store, STORE_CLASSES_MOST); /* open flows' traffic stays apart */
    assert_int_equal(open.disposition, DISPOSITION_OPEN);
    assert_int_equal(open.flows, 0);
    observe(store, pair, NOON_NS, (struct conversation){.flows = 1, .disposition = DISPOSITION_DAMAGED});
    assert_int_equal(conversation_at(store, STORE_CLASSES_MOST).flows, 0);
    assert_int_equal(observations_evicted(store), 2);
    observations_destroy(store);
}

static void one_value_too_many_is_counted(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    char text[32];
    for (unsigned i = 0; i < STORE_FACTS_MOST + 3; i++) {
        snprintf(text, sizeof text, "value %u", i);
        say(store, pair, NOON_NS, "key", text, i + 1);
    }
    assert_int_equal(observations_fact_count(store), STORE_FACTS_MOST);
    assert_int_equal(observations_lost_facts(store), 3);
    say(store, pair, NOON_NS, "other key", "value 66", 1); /* the limit is each key's own, and each slice's */
    say(store, pair, NOON_NS + MINUTE_NS, "key", "value 66", 1);
    say(store, pair, NOON_NS, "key", "value 0", 1);
    assert_int_equal(observations_fact_count(store), STORE_FACTS_MOST + 2);
    assert_int_equal(observations_lost_facts(store), 3);
    assert_int_equal(fact_at(store, 0).flows, 2);
    observations_destroy(store);
}

static void a_fact_keeps_its_earliest_evidence(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    say(store, pair, NOON_NS + 7, "key", "value", 70);
    say(store, pair, NOON_NS + 3, "key", "value", 30);
    say(store, pair, NOON_NS + 9, "key", "value", 90);
    struct fact fact = fact_at(store, 0);
    assert_int_equal(observations_fact_count(store), 1);
    assert_int_equal(fact.flows, 3);
    assert_int_equal(fact.frame, 30);
    assert_int_equal(fact.first_ns, NOON_NS + 3);
    assert_int_equal(fact.slice_ns, NOON_NS);
    assert_memory_equal(&fact.pair, &pair, sizeof pair);
    observations_destroy(store);
}

static void values_add_up_in_whatever_order_they_are_said(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    static const char *const said[][2] = {{"a", "1"}, {"a", "2"}, {"b", "1"}, {"b", "2"}};
    static const uint8_t orders[][4] = {{0, 1, 2, 3}, {0, 1, 2, 3}, {3, 2, 1, 0}, {0, 0, 1, 1}, {2, 3, 3, 2}};
    struct pair one = pair_of("10.0.0.1", "10.0.0.2", 25), other = pair_of("10.0.0.3", "10.0.0.2", 25);
    for (size_t order = 0; order < 5; order++) {
        for (size_t i = 0; i < 4; i++) {
            const char *const *fact = said[orders[order][i]];
            say(store, one, NOON_NS, fact[0], fact[1], 1);
            say(store, order % 2 ? other : one, NOON_NS + MINUTE_NS, fact[0], fact[1], 1);
        }
    }
    uint64_t flows[3] = {0};
    assert_int_equal(observations_fact_count(store), 12);
    for (size_t i = 0; i < 12; i++) {
        struct fact fact = fact_at(store, i);
        size_t which = fact.slice_ns == NOON_NS ? 0 : address_equal(&fact.pair.client, &one.client) ? 1 : 2;
        flows[which] += fact.flows;
        assert_true(which != 0 || fact.flows == 5);
    }
    assert_true(flows[0] == 20 && flows[1] == 12 && flows[2] == 8);
    observations_forget(store);
    say(store, one, NOON_NS, "a", "1", 1);
    say(store, one, NOON_NS + MINUTE_NS, "a", "1", 1); /* what still stands in memory is no value any more */
    assert_int_equal(observations_fact_count(store), 2);
    assert_int_equal(fact_at(store, 1).flows, 1);
    observations_destroy(store);
}

static void the_last_nanosecond_of_a_slice_is_in_it_and_the_next_is_not(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    static const int64_t starts[] = {NOON_NS, -2 * MINUTE_NS};
    for (size_t i = 0; i < 2; i++) {
        for (size_t again = 0; again < 2; again++) {
            observe(store, pair, starts[i], (struct conversation){.flows = 1});
            observe(store, pair, starts[i] + MINUTE_NS - 1, (struct conversation){.flows = 1});
            observe(store, pair, starts[i] + MINUTE_NS, (struct conversation){.flows = 10});
            observe(store, pair, starts[i] - 1, (struct conversation){.flows = 100});
        }
        assert_int_equal(observations_conversation_count(store), 3);
        for (size_t row = 0; row < 3; row++) {
            static const int64_t after_ns[] = {0, MINUTE_NS, -MINUTE_NS};
            static const uint64_t flows[] = {4, 20, 200};
            assert_int_equal(conversation_at(store, row).slice_ns, starts[i] + after_ns[row]);
            assert_int_equal(conversation_at(store, row).flows, flows[row]);
        }
        observations_forget(store);
    }
    observations_destroy(store);
}

static void slices_double_when_there_are_more_than_256(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    int64_t start_ns = NOON_NS / (2 * MINUTE_NS) * (2 * MINUTE_NS);
    for (int minute = 0; minute < 256; minute++) {
        observe(store, pair, start_ns + minute * MINUTE_NS, (struct conversation){.flows = 1, .frame = 1});
        say(store, pair, start_ns + minute * MINUTE_NS, "key", "value", 1);
    }
    assert_int_equal(observations_slice_width_ns(store), MINUTE_NS);
    assert_int_equal(observations_conversation_count(store), 256);
    observe(store, pair, start_ns + 256 * MINUTE_NS, (struct conversation){.flows = 1, .frame = 1});
    assert_int_equal(observations_slice_width_ns(store), 2 * MINUTE_NS);
    assert_int_equal(observations_conversation_count(store), 129);
    assert_int_equal(observations_fact_count(store), 128);
    for (size_t i = 0; i < 128; i++) {
        assert_int_equal(conversation_at(store, i).flows, 2);
        assert_int_equal(conversation_at(store, i).slice_ns, start_ns + (int64_t)i * 2 * MINUTE_NS);
        assert_int_equal(fact_at(store, i).flows, 2);
    }
    observe(store, pair, start_ns + MINUTE_NS, (struct conversation){.flows = 5}); /* chains are whole again */
    assert_int_equal(conversation_at(store, 0).flows, 7);
    assert_int_equal(observations_evicted(store), 0);
    observations_destroy(store);
}

static void a_jump_from_1970_to_2100_takes_no_time(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    const int64_t times[] = {NOON_NS, 0, INT64_C(4102444800) * SECOND_NS, -SECOND_NS, INT64_MAX, INT64_MIN, 1};
    const size_t count = sizeof times / sizeof times[0];
    uint64_t flows = 0;
    for (size_t i = 0; i < count; i++)
        observe(store, pair, times[i], (struct conversation){.flows = 1});
    for (size_t i = 0; i < observations_conversation_count(store); i++) {
        struct conversation row = conversation_at(store, i);
        flows += row.flows;
        assert_true(row.slice_ns <= row.first_ns);
        /* what is read back belongs to the slice it came from */
        observe(store, pair, row.slice_ns, (struct conversation){.flows = 0});
    }
    assert_int_equal(flows, count);
    assert_in_range(observations_conversation_count(store), 2, count);
    assert_true(observations_slice_width_ns(store) > INT64_MAX / 256);
    observations_destroy(store);
}

static void slices_widen_rather_than_lose_rows(void **state)
{
    (void)state;
    struct observations *store = store_of(1); /* room for few rows */
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    uint64_t flows = 0, said = 0;
    for (int minute = 0; minute < 200; minute++) {
        observe(store, pair, NOON_NS + minute * MINUTE_NS, (struct conversation){.flows = 1});
        say(store, pair, NOON_NS + minute * MINUTE_NS, "key", minute % 2 ? "odd" : "even", 1);
    }
    for (size_t i = 0; i < observations_conversation_count(store); i++)
        flows += conversation_at(store, i).flows;
    for (size_t i = 0; i < observations_fact_count(store); i++)
        said += fact_at(store, i).flows;
    assert_int_equal(flows, 200);
    assert_int_equal(said, 200);
    assert_true(observations_slice_width_ns(store) > MINUTE_NS);
    assert_int_equal(observations_evicted(store) + observations_lost_facts(store), 0);
    observations_destroy(store);
}

static void a_full_store_of_all_times_still_ends(void **state)
{
    (void)state;
    struct observations *store = store_of(1);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    char text[32];
    uint64_t flows = 0;
    for (unsigned i = 0; i < STORE_CLASSES_MOST; i++) {
        snprintf(text, sizeof text, "%u", i / 2);
        observe(store, pair, i % 2 ? INT64_MIN : INT64_MAX,
                (struct conversation){.flows = 1, .protocol = observations_name_of(store, text)});
    }
    for (size_t i = 0; i < observations_conversation_count(store); i++)
        flows += conversation_at(store, i).flows;
    assert_int_equal(flows, STORE_CLASSES_MOST); /* added to what is there, and counted */
    assert_true(observations_slice_width_ns(store) > INT64_MAX / 2);
    assert_int_equal(observations_evicted(store), STORE_CLASSES_MOST - observations_conversation_count(store));
    observations_destroy(store);
}

static void a_full_store_adds_rows_to_what_is_there_and_counts(void **state)
{
    (void)state;
    struct observations *store = store_of(1);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    char text[32];
    size_t room = 0;
    for (unsigned i = 0; i < 500; i++) {
        pair.port = (uint16_t)(i / STORE_CLASSES_MOST);
        snprintf(text, sizeof text, "%u", i % STORE_CLASSES_MOST);
        observe(store, pair, NOON_NS, (struct conversation){.flows = 1, .protocol = observations_name_of(store, text)});
        say(store, pair, NOON_NS, "key", text, 1);
        if (observations_evicted(store) == 0)
            room = observations_conversation_count(store);
    }
    assert_int_equal(observations_conversation_count(store), room);
    assert_int_equal(observations_evicted(store), 500 - room);
    assert_int_equal(observations_lost_facts(store), 500 - observations_fact_count(store));
    observations_destroy(store);
}

/* Random rows at random times, against sums made by hand. */
static void sums_stay_right_whatever_the_times(void **state)
{
    (void)state;
    struct observations *store = store_of(16u << 20);
    uint64_t random = 1, flows[8] = {0}, said[8] = {0};
    for (unsigned i = 0; i < 50000; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        unsigned which = random >> 61;
        int64_t spread = i < 20000 ? 3600 : i < 40000 ? 86400 : 864000;
        int64_t time_ns = NOON_NS + (int64_t)(random >> 16 & 0xffffffff) % spread * SECOND_NS;
        struct pair pair = pair_of("10.0.0.1", "10.0.0.2", (uint16_t)which);
        observe(store, pair, time_ns, (struct conversation){.flows = i % 7, .disposition = (uint8_t)(1 + i % 3)});
        say(store, pair, time_ns, i % 2 ? "one" : "other", i % 3 ? "a" : "b", 1);
        flows[which] += i % 7;
        said[which]++;
    }
    int64_t width_ns = observations_slice_width_ns(store);
    assert_int_equal(width_ns, 64 * MINUTE_NS); /* 864000 s in at most 256 slices */
    for (size_t i = 0; i < observations_conversation_count(store); i++) {
        struct conversation row = conversation_at(store, i);
        assert_int_equal(row.slice_ns % width_ns, 0);
        assert_true(row.slice_ns <= row.first_ns && row.last_ns - row.slice_ns < width_ns);
        flows[row.pair.port] -= row.flows;
    }
    for (size_t i = 0; i < observations_fact_count(store); i++)
        said[fact_at(store, i).pair.port] -= fact_at(store, i).flows;
    for (unsigned which = 0; which < 8; which++) {
        assert_int_equal(flows[which], 0);
        assert_int_equal(said[which], 0);
    }
    assert_int_equal(observations_evicted(store) + observations_lost_facts(store), 0);
    observations_destroy(store);
}

#define MINUTE INT64_C(60000000000)

static void coverage_with_a_pause_stays_apart(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    uint32_t eth = observations_name_of(store, "eth0");
    observations_cover(store, &(struct coverage){.source = eth, .packets = 5, .first_ns = 0, .last_ns = 60 * MINUTE});
    observations_cover(
        store, &(struct coverage){.source = eth, .packets = 4, .first_ns = 66 * MINUTE, .last_ns = 70 * MINUTE});
    observations_cover(
        store, &(struct coverage){.source = eth, .packets = 3, .first_ns = 74 * MINUTE, .last_ns = 80 * MINUTE});
    assert_int_equal(observations_coverage_count(store), 2);
    assert_int_equal(observations_coverage(store, 0)->last_ns, 60 * MINUTE);
    assert_int_equal(observations_coverage(store, 1)->packets, 7);
    assert_int_equal(observations_coverage(store, 1)->last_ns, 80 * MINUTE);
    observations_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_has_one_number_from_1),
        cmocka_unit_test(a_pair_without_room_is_0_and_its_rows_are_counted),
        cmocka_unit_test(rows_of_one_class_and_slice_add_up),
        cmocka_unit_test(each_part_of_the_class_makes_its_own_row),
        cmocka_unit_test(a_row_of_an_older_slice_finds_its_place),
        cmocka_unit_test(one_class_too_many_goes_to_its_own_disposition),
        cmocka_unit_test(one_value_too_many_is_counted),
        cmocka_unit_test(a_fact_keeps_its_earliest_evidence),
        cmocka_unit_test(values_add_up_in_whatever_order_they_are_said),
        cmocka_unit_test(the_last_nanosecond_of_a_slice_is_in_it_and_the_next_is_not),
        cmocka_unit_test(slices_double_when_there_are_more_than_256),
        cmocka_unit_test(a_jump_from_1970_to_2100_takes_no_time),
        cmocka_unit_test(slices_widen_rather_than_lose_rows),
        cmocka_unit_test(a_full_store_of_all_times_still_ends),
        cmocka_unit_test(a_full_store_adds_rows_to_what_is_there_and_counts),
        cmocka_unit_test(sums_stay_right_whatever_the_times),
        cmocka_unit_test(coverage_with_a_pause_stays_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
