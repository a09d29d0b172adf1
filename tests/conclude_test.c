/* What a flow showed decides its disposition: a case for each line of "Disposition of one flow" in docs/verdicts.md. */
#include "tests/cmocka_all.h"

#include "app/observing.h"

#define CLIENT 0
#define SERVER 1
#define NOW_NS (100 * SECOND_NS)

/* A flow whose client is side 0, begun long ago. */
static struct flow flow_with(uint8_t protocol, uint16_t server_port, uint8_t client, uint8_t server)
{
    struct flow flow = {.client = CLIENT, .decided_by = FLOW_BY_HANDSHAKE};
    assert_true(address_parse("10.0.0.9", &flow.key.address[CLIENT]));
    assert_true(address_parse("10.0.0.2", &flow.key.address[SERVER]));
    flow.key.port[CLIENT] = 50000;
    flow.key.port[SERVER] = server_port;
    flow.key.protocol = protocol;
    flow.side[CLIENT].seen = client;
    flow.side[SERVER].seen = server;
    flow.first_ns = flow.last_ns = 10 * SECOND_NS;
    flow.syns = (client & SIDE_SYN) != 0;
    return flow;
}

static enum disposition of(const struct flow *flow)
{
    return conclude_disposition(flow, NOW_NS, false);
}

#define ALIVE (SIDE_SPOKE | SIDE_ACK)

static void a_handshake_and_data_both_ways_is_ok(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_TCP, 25, ALIVE | SIDE_SYN | SIDE_DATA, ALIVE | SIDE_SYN_ACK | SIDE_DATA);
    assert_int_equal(of(&flow), DISPOSITION_OK);
    flow = flow_with(IP_TCP, 25, ALIVE | SIDE_DATA, ALIVE | SIDE_DATA); /* picked up in the middle */
    assert_int_equal(of(&flow), DISPOSITION_OK);
}

static void an_application_that_says_no_last_is_app_denied(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_TCP, 25, ALIVE | SIDE_SYN | SIDE_DATA, ALIVE | SIDE_SYN_ACK | SIDE_DATA);
    flow.outcome = OUTCOME_DENIED;
    assert_int_equal(of(&flow), DISPOSITION_APP_DENIED);
    flow.outcome = OUTCOME_ACCEPTED;
    assert_int_equal(of(&flow), DISPOSITION_OK);
    flow = flow_with(IP_TCP, 25, ALIVE | SIDE_SYN, ALIVE | SIDE_SYN_ACK | SIDE_DATA); /* before the client spoke */
    flow.outcome = OUTCOME_DENIED;
    assert_int_equal(of(&flow), DISPOSITION_APP_DENIED);
}

static void a_gap_where_bytes_were_needed_is_damaged(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_TCP, 25, ALIVE | SIDE_SYN | SIDE_DATA, ALIVE | SIDE_SYN_ACK | SIDE_DATA);
    flow.flags = FLOW_DAMAGED;
    assert_int_equal(of(&flow), DISPOSITION_DAMAGED);
}

static void a_handshake_without_payload_is_open_no_data(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_TCP, 25, ALIVE | SIDE_SYN, SIDE_SPOKE | SIDE_SYN_ACK);
    assert_int_equal(of(&flow), DISPOSITION_OPEN_NO_DATA);
    flow.last_ns = NOW_NS - SECOND_NS; /* the window ended first */
    assert_int_equal(of(&flow), DISPOSITION_PENDING);
    flow.side[CLIENT].seen |= SIDE_RST; /* closed: nothing more to come */
    assert_int_equal(of(&flow), DISPOSITION_OPEN_NO_DATA);
}

/* TCP Fast Open: what a SYN carries is no sign that it was answered. */
static void a_syn_with_data_fails_as_one_without(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_TCP, 25, SIDE_SPOKE | SIDE_SYN | SIDE_DATA, 0);
    assert_int_equal(of(&flow), DISPOSITION_UNANSWERED);
    flow.flags = FLOW_PROHIBITED;
    assert_int_equal(of(&flow), DISPOSITION_PROHIBITED);
    flow = flow_with(IP_TCP, 25, SIDE_SPOKE | SIDE_SYN | SIDE_DATA, ALIVE | SIDE_RST);
    assert_int_equal(of(&flow), DISPOSITION_REFUSED);
    flow = flow_with(IP_TCP, 25, SIDE_SPOKE | SIDE_SYN | SIDE_DATA, ALIVE | SIDE_SYN_ACK | SIDE_DATA);
    assert_int_equal(of(&flow), DISPOSITION_OK);
}

static void a_reset_to_a_syn_or_port_unreachable_is_refused(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_TCP, 25, SIDE_SPOKE | SIDE_SYN, ALIVE | SIDE_RST);
    assert_int_equal(of(&flow), DISPOSITION_REFUSED);
    flow = flow_with(IP_UDP, 53, SIDE_SPOKE | SIDE_DATA, 0);
    flow.flags = FLOW_REFUSED;
    assert_int_equal(of(&flow), DISPOSITION_REFUSED);
}

static void a_reset_after_the_handshake_is_not_refused(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_TCP, 25, ALIVE | SIDE_SYN, ALIVE | SIDE_SYN_ACK | SIDE_RST);
    assert_int_equal(of(&flow), DISPOSITION_OPEN_NO_DATA);
}

static void icmp_tells_prohibited_from_unreachable(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_TCP, 25, SIDE_SPOKE | SIDE_SYN, 0);
    flow.flags = FLOW_PROHIBITED;
    assert_int_equal(of(&flow), DISPOSITION_PROHIBITED);
    flow.flags = FLOW_UNREACHABLE;
    assert_int_equal(of(&flow), DISPOSITION_UNREACHABLE);
}

static void a_syn_repeated_or_long_without_an_answer_is_unanswered(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_TCP, 25, SIDE_SPOKE | SIDE_SYN, 0);
    assert_int_equal(of(&flow), DISPOSITION_UNANSWERED);
    flow.first_ns = NOW_NS - SECOND_NS;
    assert_int_equal(of(&flow), DISPOSITION_PENDING);
    flow.syns = 2;
    assert_int_equal(of(&flow), DISPOSITION_UNANSWERED);
}

static void a_flow_that_goes_on_although_no_answer_is_seen_is_one_way(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_TCP, 25, ALIVE | SIDE_SYN | SIDE_DATA, 0);
    assert_int_equal(of(&flow), DISPOSITION_ONE_WAY);
    flow = flow_with(IP_TCP, 25, ALIVE | SIDE_DATA, 0);
    assert_int_equal(of(&flow), DISPOSITION_ONE_WAY);
    flow = flow_with(IP_TCP, 25, 0, SIDE_SPOKE | SIDE_SYN_ACK | SIDE_DATA);
    assert_int_equal(of(&flow), DISPOSITION_ONE_WAY);
}

static void a_datagram_request_with_a_reply_is_ok(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_UDP, 53, SIDE_SPOKE | SIDE_DATA, SIDE_SPOKE | SIDE_DATA);
    assert_int_equal(of(&flow), DISPOSITION_OK);
}

static void a_request_to_a_service_that_answers_is_unanswered_without_a_reply(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_UDP, 53, SIDE_SPOKE | SIDE_DATA, 0);
    assert_int_equal(of(&flow), DISPOSITION_UNANSWERED);
    flow.key.port[SERVER] = 40000;
    assert_int_equal(of(&flow), DISPOSITION_ONE_WAY); /* nobody knows whether it answers */
    assert_int_equal(conclude_disposition(&flow, NOW_NS, true), DISPOSITION_UNANSWERED);
}

static void one_way_datagrams_and_groups_are_ok_when_seen(void **state)
{
    (void)state;
    struct flow flow = flow_with(IP_UDP, 138, SIDE_SPOKE | SIDE_DATA, 0);
    assert_int_equal(of(&flow), DISPOSITION_OK);
    flow = flow_with(IP_UDP, 9999, SIDE_SPOKE | SIDE_DATA, 0);
    assert_true(address_parse("239.1.2.3", &flow.key.address[SERVER]));
    assert_int_equal(of(&flow), DISPOSITION_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handshake_and_data_both_ways_is_ok),
        cmocka_unit_test(an_application_that_says_no_last_is_app_denied),
        cmocka_unit_test(a_gap_where_bytes_were_needed_is_damaged),
        cmocka_unit_test(a_handshake_without_payload_is_open_no_data),
        cmocka_unit_test(a_syn_with_data_fails_as_one_without),
        cmocka_unit_test(a_reset_to_a_syn_or_port_unreachable_is_refused),
        cmocka_unit_test(a_reset_after_the_handshake_is_not_refused),
        cmocka_unit_test(icmp_tells_prohibited_from_unreachable),
        cmocka_unit_test(a_syn_repeated_or_long_without_an_answer_is_unanswered),
        cmocka_unit_test(a_flow_that_goes_on_although_no_answer_is_seen_is_one_way),
        cmocka_unit_test(a_datagram_request_with_a_reply_is_ok),
        cmocka_unit_test(a_request_to_a_service_that_answers_is_unanswered_without_a_reply),
        cmocka_unit_test(one_way_datagrams_and_groups_are_ok_when_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
