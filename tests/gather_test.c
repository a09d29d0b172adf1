/* Gathering: one conversation a pair, its classes and facts summed, and the word that only the whole can tell. */
#include "observations/gather.h"
#include "tests/observing.h"

#include <stdio.h>

#define ROOM (4u << 20)

static struct gathering gathering_of(const struct observations *store)
{
    struct gathering gathering;
    struct failure failure = {.count = 0};
    assert_true(gather_init(&gathering, store, &failure));
    return gathering;
}

static void an_empty_store_gathers_to_nothing(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.count, 0);
    gather_fini(&gathering);
    observations_destroy(store);
}

static void slices_runs_and_sensors_become_one_conversation(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    struct conversation row = {.flows = 1,
                               .packets_to_server = 2,
                               .packets_to_client = 3,
                               .bytes_to_server = 4,
                               .bytes_to_client = 5,
                               .missing_bytes = 6,
                               .disposition = DISPOSITION_OK,
                               .frame = 9};
    observe(store, pair, NOON_NS + MINUTE_NS, row);
    row.run = observations_name_of(store, "second run");
    row.frame = 4;
    observe(store, pair, NOON_NS, row);
    row.sensor = observations_name_of(store, "second sensor");
    row.frame = 20;
    row.decided_by = DECIDED_BY_CONTENT;
    observe(store, pair, NOON_NS + 9 * MINUTE_NS, row);
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.count, 1);
    const struct gathered *item = &gathering.items[0];
    assert_memory_equal(&item->pair, &pair, sizeof pair);
    assert_int_equal(item->flows, 3);
    assert_int_equal(item->packets_to_server, 6);
    assert_int_equal(item->packets_to_client, 9);
    assert_int_equal(item->bytes_to_server, 12);
    assert_int_equal(item->bytes_to_client, 15);
    assert_int_equal(item->missing_bytes, 18);
    assert_int_equal(item->first_ns, NOON_NS);
    assert_int_equal(item->last_ns, NOON_NS + 9 * MINUTE_NS);
    assert_int_equal(item->decided_by, DECIDED_BY_CONTENT);
    assert_int_equal(item->session_count, 1);
    assert_int_equal(item->sessions[0].flows, 3);
    assert_int_equal(item->sessions[0].frame, 4);
    assert_int_equal(item->sessions[0].first_ns, NOON_NS);
    assert_int_equal(item->sessions[0].last_ns, NOON_NS + 9 * MINUTE_NS);
    gather_fini(&gathering);
    observations_destroy(store);
}

static void classes_stay_apart_in_order_of_time(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    uint32_t login = observations_name_of(store, "basic"), tls = observations_name_of(store, "starttls");
    uint32_t modern = observations_name_of(store, "TLS 1.2");
    const struct conversation ok = {.flows = 1, .disposition = DISPOSITION_OK};
    struct conversation basic = ok, encrypted = ok, protected = ok, denied = ok;
    basic.authentication = login;
    encrypted.encryption = tls;
    protected.encryption = tls;
    protected.protection = modern;
    denied.disposition = DISPOSITION_APP_DENIED;
    observe(store, pair, NOON_NS + 4, denied);
    observe(store, pair, NOON_NS + 3, protected);
    observe(store, pair, NOON_NS + 2, encrypted);
    observe(store, pair, NOON_NS + 1, basic);
    observe(store, pair, NOON_NS + 5 * MINUTE_NS, basic);
    struct gathering gathering = gathering_of(store);
    const struct gathered *item = &gathering.items[0];
    assert_int_equal(item->session_count, 4);
    assert_int_equal(item->sessions[0].authentication, login);
    assert_int_equal(item->sessions[0].flows, 2);
    assert_int_equal(item->sessions[1].encryption, tls);
    assert_int_equal(item->sessions[1].protection, 0);
    assert_int_equal(item->sessions[2].protection, modern);
    assert_int_equal(item->sessions[3].disposition, DISPOSITION_APP_DENIED);
    gather_fini(&gathering);
    observations_destroy(store);
}

static void open_flows_give_traffic_and_no_session(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    observe(store, pair, NOON_NS, (struct conversation){.packets_to_server = 5, .disposition = DISPOSITION_OPEN});
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.count, 1);
    assert_int_equal(gathering.items[0].session_count, 0);
    assert_int_equal(gathering.items[0].flows, 0);
    assert_int_equal(gathering.items[0].packets_to_server, 5);
    gather_fini(&gathering);
    observations_destroy(store);
}

static enum disposition settled(const struct observations *store, uint16_t port)
{
    struct gathering gathering = gathering_of(store);
    enum disposition disposition = DISPOSITION_COUNT;
    for (size_t i = 0; i < gathering.count; i++)
        if (gathering.items[i].pair.port == port)
            disposition = gathering.items[i].sessions[0].disposition;
    gather_fini(&gathering);
    return disposition;
}

static void silence_is_one_way_when_the_server_is_never_heard(void **state)
{
    (void)state;
    const struct conversation unanswered = {.flows = 1, .packets_to_server = 3, .disposition = DISPOSITION_UNANSWERED};
    const struct conversation answered = {
        .flows = 1, .packets_to_server = 3, .packets_to_client = 3, .disposition = DISPOSITION_OK};
    struct pair silent = pair_of("10.0.0.1", "10.0.0.2", 25);

    struct observations *store = store_of(ROOM);
    observe(store, silent, NOON_NS, unanswered);
    observe(store, pair_of("10.0.0.1", "10.0.0.3", 80), NOON_NS, answered);
    assert_int_equal(settled(store, 25), DISPOSITION_ONE_WAY);
    /* It answers somebody else. */
    observe(store, pair_of("10.0.0.9", "10.0.0.2", 443), NOON_NS, answered);
    assert_int_equal(settled(store, 25), DISPOSITION_UNANSWERED);
    observations_destroy(store);

    store = store_of(ROOM); /* it answers here, at another time */
    observe(store, silent, NOON_NS, unanswered);
    observe(store, silent, NOON_NS + MINUTE_NS, answered);
    assert_int_equal(settled(store, 25), DISPOSITION_UNANSWERED);
    observations_destroy(store);

    store = store_of(ROOM); /* it speaks as a client */
    observe(store, silent, NOON_NS, unanswered);
    observe(store, pair_of("10.0.0.2", "10.0.0.3", 53), NOON_NS, unanswered);
    assert_int_equal(settled(store, 25), DISPOSITION_UNANSWERED);
    assert_int_equal(settled(store, 53), DISPOSITION_ONE_WAY);
    observations_destroy(store);
}

static void settled_silence_joins_the_one_way_class(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    observe(store, pair, NOON_NS, (struct conversation){.flows = 2, .disposition = DISPOSITION_ONE_WAY});
    observe(store, pair, NOON_NS, (struct conversation){.flows = 3, .disposition = DISPOSITION_UNANSWERED});
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.items[0].session_count, 1);
    assert_int_equal(gathering.items[0].sessions[0].flows, 5);
    gather_fini(&gathering);
    observations_destroy(store);
}

static void the_protocol_of_most_flows_wins_and_any_name_beats_none(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    uint32_t smtp = observations_name_of(store, "smtp"), tls = observations_name_of(store, "tls");
    observe(store, pair, NOON_NS, (struct conversation){.flows = 9, .disposition = DISPOSITION_OK});
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.items[0].protocol, 0);
    gather_fini(&gathering);
    observe(store, pair, NOON_NS, (struct conversation){.flows = 2, .protocol = tls, .disposition = DISPOSITION_OK});
    observe(store, pair, NOON_NS, (struct conversation){.flows = 3, .protocol = smtp, .disposition = DISPOSITION_OK});
    gathering = gathering_of(store);
    assert_int_equal(gathering.items[0].protocol, smtp);
    gather_fini(&gathering);
    observe(store, pair, NOON_NS + MINUTE_NS, (struct conversation){.flows = 2, .protocol = tls, .disposition = 1});
    gathering = gathering_of(store);
    assert_int_equal(gathering.items[0].protocol, tls);
    gather_fini(&gathering);
    observations_destroy(store);
}

static void a_protocol_is_named_though_most_flows_have_none(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25);
    uint32_t tls = observations_name_of(store, "tls");
    observe(store, pair, NOON_NS, (struct conversation){.flows = 2, .protocol = tls, .disposition = DISPOSITION_OK});
    observe(store, pair, NOON_NS, (struct conversation){.flows = 9, .disposition = DISPOSITION_OK});
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.items[0].protocol, tls);
    gather_fini(&gathering);
    observations_destroy(store);
}

static void facts_add_up_ordered_by_key_then_time(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct pair pair = pair_of("10.0.0.1", "10.0.0.2", 25), other = pair_of("10.0.0.1", "10.0.0.2", 26);
    observe(store, other, NOON_NS + 1, (struct conversation){.flows = 1, .disposition = DISPOSITION_OK});
    observe(store, pair, NOON_NS, (struct conversation){.flows = 1, .disposition = DISPOSITION_OK});
    say(store, pair, NOON_NS + 7, "z", "late", 1);
    say(store, pair, NOON_NS + 3, "z", "early", 2);
    say(store, pair, NOON_NS + 2 * MINUTE_NS, "a", "again", 8);
    say(store, other, NOON_NS + 3, "a", "of the other", 3);
    say(store, pair, NOON_NS + 9, "a", "again", 5);
    struct gathering gathering = gathering_of(store);
    const struct gathered_fact *facts = gathering.items[0].facts;
    static const char *const expected[][2] = {{"a", "again"}, {"z", "early"}, {"z", "late"}};
    assert_int_equal(gathering.items[0].fact_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(observations_text(store, facts[i].key), expected[i][0]);
        assert_string_equal(observations_text(store, facts[i].value), expected[i][1]);
    }
    assert_int_equal(facts[0].flows, 2);
    assert_int_equal(facts[0].frame, 5);
    assert_int_equal(facts[0].first_ns, NOON_NS + 9);
    assert_int_equal(gathering.items[1].fact_count, 1);
    assert_string_equal(observations_text(store, gathering.items[1].facts[0].value), "of the other");
    gather_fini(&gathering);
    observations_destroy(store);
}

static void conversations_stand_in_order_of_time_then_pair(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    const struct conversation row = {.flows = 1, .disposition = DISPOSITION_OK};
    observe(store, pair_of("10.0.0.5", "10.0.0.2", 5), NOON_NS + 5, row);
    observe(store, pair_of("10.0.0.9", "10.0.0.2", 4), NOON_NS, row);
    observe(store, pair_of("10.0.0.1", "10.0.0.7", 3), NOON_NS, row);
    observe(store, pair_of("10.0.0.1", "10.0.0.2", 2), NOON_NS, row);
    observe(store, pair_of("10.0.0.1", "10.0.0.2", 1), NOON_NS, row);
    observe(store, pair_of("10.0.0.9", "10.0.0.2", 0), -5, row);
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(gathering.items[i].pair.port, i);
    gather_fini(&gathering);
    observations_destroy(store);
}

static void many_pairs_and_slices_lose_no_flow(void **state)
{
    (void)state;
    struct observations *store = store_of(64u << 20);
    uint64_t flows = 0, sessions = 0, facts = 0;
    for (unsigned i = 0; i < 60000; i++) {
        struct pair pair = pair_of("10.0.0.1", "10.0.0.2", (uint16_t)(i * 7919 % 1000));
        int64_t time_ns = NOON_NS + (int64_t)(i % 50) * MINUTE_NS;
        observe(store, pair, time_ns,
                (struct conversation){.flows = 1,
                                      .disposition = (uint8_t)(1 + i % 9),
                                      .protocol = observations_name_of(store, "dcerpc")});
        say(store, pair, time_ns, "key", i % 2 ? "a" : "b", i + 1);
    }
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.count, 1000);
    for (size_t i = 0; i < gathering.count; i++) {
        flows += gathering.items[i].flows;
        for (size_t k = 0; k < gathering.items[i].session_count; k++)
            sessions += gathering.items[i].sessions[k].flows;
        for (size_t k = 0; k < gathering.items[i].fact_count; k++)
            facts += gathering.items[i].facts[k].flows;
    }
    assert_int_equal(flows, 60000);
    assert_int_equal(sessions, 60000);
    assert_int_equal(facts, 60000);
    gather_fini(&gathering);
    observations_destroy(store);
}

/* Attempts in vain of one client at `places` places, from port 1 on, half of them refused. */
static void try_in_vain(struct observations *store, unsigned places)
{
    for (unsigned i = 0; i < places; i++) {
        struct conversation row = {.flows = 1,
                                   .disposition = i % 2 == 0 ? DISPOSITION_REFUSED : DISPOSITION_UNANSWERED,
                                   .packets_to_server = 1,
                                   .packets_to_client = i % 2 == 0,
                                   .frame = i + 1};
        observe(store, pair_of("10.0.0.1", i % 3 == 0 ? "10.0.0.2" : "10.0.0.3", (uint16_t)(1 + i)), NOON_NS + i, row);
    }
}

static void one_attempt_less_than_a_scan_stays_as_many_conversations(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    try_in_vain(store, SCAN_LEAST - 1);
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.count, SCAN_LEAST - 1);
    assert_int_equal(gathering.scans.count, 0);
    gather_fini(&gathering);
    observations_destroy(store);
}

static void a_scan_is_one_thing_and_what_was_answered_is_not_part_of_it(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    struct conversation answered = {.flows = 1,
                                    .disposition = DISPOSITION_OK,
                                    .packets_to_server = 5,
                                    .packets_to_client = 4,
                                    .protocol = observations_name_of(store, "smtp")};
    try_in_vain(store, SCAN_LEAST);
    observe(store, pair_of("10.0.0.1", "10.0.0.2", 25), NOON_NS, answered);
    observe(store, pair_of("10.0.0.4", "10.0.0.2", 9), NOON_NS, (struct conversation){.flows = 1, .disposition = 3});
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.count, 2);
    assert_int_equal(gathering.items[0].pair.port, 25);
    assert_int_equal(gathering.items[0].flows, 1);
    assert_int_equal(gathering.items[1].pair.port, 9);
    assert_int_equal(gathering.scans.count, 1);
    const struct gathered_scan *scan = &gathering.scans.items[0];
    assert_true(address_equal(&scan->client, &gathering.items[0].pair.client));
    assert_int_equal(scan->hosts, 2);
    assert_false(scan->more_hosts);
    assert_int_equal(scan->ports, SCAN_LEAST);
    assert_int_equal(scan->named_count, SCAN_PORTS_NAMED);
    assert_int_equal(scan->named[1], 2);
    assert_int_equal(scan->flows[DISPOSITION_REFUSED], SCAN_LEAST / 2);
    assert_int_equal(scan->flows[DISPOSITION_UNANSWERED], SCAN_LEAST / 2);
    assert_int_equal(scan->evidence[DISPOSITION_REFUSED].frame, 1);
    assert_int_equal(scan->evidence[DISPOSITION_UNANSWERED].frame, 2);
    assert_int_equal(scan->packets_to_server, SCAN_LEAST);
    assert_int_equal(scan->packets_to_client, SCAN_LEAST / 2);
    gather_fini(&gathering);
    observations_destroy(store);
}

static void silence_of_tcp_in_one_direction_is_no_attempt_in_vain(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    for (unsigned i = 0; i < SCAN_LEAST; i++)
        observe(store, pair_of("10.0.0.1", "10.0.0.2", (uint16_t)(1 + i)), NOON_NS,
                (struct conversation){.flows = 1, .disposition = DISPOSITION_ONE_WAY});
    struct gathering gathering = gathering_of(store);
    assert_int_equal(gathering.count, SCAN_LEAST);
    assert_int_equal(gathering.scans.count, 0);
    gather_fini(&gathering);
    observations_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_store_gathers_to_nothing),
        cmocka_unit_test(slices_runs_and_sensors_become_one_conversation),
        cmocka_unit_test(classes_stay_apart_in_order_of_time),
        cmocka_unit_test(open_flows_give_traffic_and_no_session),
        cmocka_unit_test(silence_is_one_way_when_the_server_is_never_heard),
        cmocka_unit_test(settled_silence_joins_the_one_way_class),
        cmocka_unit_test(the_protocol_of_most_flows_wins_and_any_name_beats_none),
        cmocka_unit_test(a_protocol_is_named_though_most_flows_have_none),
        cmocka_unit_test(facts_add_up_ordered_by_key_then_time),
        cmocka_unit_test(conversations_stand_in_order_of_time_then_pair),
        cmocka_unit_test(many_pairs_and_slices_lose_no_flow),
        cmocka_unit_test(one_attempt_less_than_a_scan_stays_as_many_conversations),
        cmocka_unit_test(a_scan_is_one_thing_and_what_was_answered_is_not_part_of_it),
        cmocka_unit_test(silence_of_tcp_in_one_direction_is_no_attempt_in_vain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
