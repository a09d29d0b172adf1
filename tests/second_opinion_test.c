/* second_opinion: nDPI's word comes from what was said, and of one flow it does not depend on others; it is asked
 * within a budget. */
#include "base/clock.h"
#include "flows/second_opinion.h"
#include "tests/cmocka_all.h"
#include "tests/talks_tls.h"

#include <stdlib.h>

struct asking {
    struct adviser *adviser;
    struct second_opinion *opinion;
};

static int set_up(void **state)
{
    static struct asking asking;
    struct failure failure = {0};
    if (adviser_version()[0] == '\0')
        return 0;
    asking.adviser = adviser_create(&failure);
    asking.opinion = second_opinion_create(asking.adviser, &failure);
    *state = &asking;
    return failure_any(&failure);
}

static int tear_down(void **state)
{
    struct asking *asking = *state;
    if (asking != NULL) {
        second_opinion_destroy(asking->opinion);
        adviser_destroy(asking->adviser);
    }
    return 0;
}

/* What nDPI calls a service of which this was heard, from a client whose address ends so. */
static const char *opinion_of(struct asking *asking, const uint8_t server[4], uint16_t port, uint8_t protocol,
                              struct bytes said, uint8_t client)
{
    static struct flow flow;
    const uint8_t from[4] = {192, 168, 133, client};
    struct packet packet = {.time_ns = 1700000000 * SECOND_NS,
                            .ends = {.source = address_from_v4(from),
                                     .target = address_from_v4(server),
                                     .source_port = 50000,
                                     .target_port = port,
                                     .protocol = protocol},
                            .tcp_flags = TCP_ACK | TCP_PSH,
                            .payload = said,
                            .payload_sent = (uint32_t)said.left};
    flow = (struct flow){0};
    unsigned side = flow_key_of(&packet.ends, &flow.key);
    flow_begin(&flow, &packet, side);
    flow.client = (uint8_t)side;
    second_opinion_hear(asking->opinion, &flow, &packet);
    second_opinion_forget(asking->opinion, &flow);
    return second_opinion_of(asking->opinion, &flow, false);
}

static const uint8_t a_server[4] = {192, 0, 2, 7};

static void it_knows_a_protocol_by_what_is_said(void **state)
{
    if (*state == NULL)
        skip();
    static const char request[] =
        "REGISTER sip:corp.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
        "From: <sip:a@corp.example>;tag=1\r\nTo: <sip:a@corp.example>\r\nCall-ID: 1\r\n"
        "CSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n";
    struct bytes said = bytes_of(request, sizeof request - 1);
    assert_string_equal(opinion_of(*state, a_server, 40000, IP_UDP, said, 1), "sip");
}

/* 17.0.0.0/8 is on a list of nDPI's. */
static void it_knows_nobody_by_an_address(void **state)
{
    if (*state == NULL)
        skip();
    static const uint8_t listed[4] = {17, 172, 238, 21};
    struct bytes hello = bytes_of(TALK_TLS12_CLIENT, sizeof TALK_TLS12_CLIENT - 1);
    const char *of_listed = opinion_of(*state, listed, 5223, IP_TCP, hello, 2);
    assert_string_equal(of_listed, opinion_of(*state, a_server, 5223, IP_TCP, hello, 3));
    assert_string_not_equal(of_listed, "applepush");
}

/* ---- how often it is asked ---- */

/* What no protocol begins with. */
static const char nonsense[] = "\x93\x17\xfe\x81\x55\x03\xc9\x70\x44\x93\x12\xee";

/* A flow of a client to that port of the server. */
static struct flow flow_to(uint16_t port, uint8_t client, struct packet *packet)
{
    const uint8_t from[4] = {192, 168, 134, client};
    *packet = (struct packet){.time_ns = 1700000000 * SECOND_NS,
                              .ends = {.source = address_from_v4(from),
                                       .target = address_from_v4(a_server),
                                       .source_port = 50000,
                                       .target_port = port,
                                       .protocol = IP_UDP},
                              .payload = bytes_of(nonsense, sizeof nonsense - 1),
                              .payload_sent = sizeof nonsense - 1};
    struct flow flow = {0};
    unsigned side = flow_key_of(&packet->ends, &flow.key);
    flow_begin(&flow, packet, side);
    flow.client = (uint8_t)side;
    return flow;
}

static void a_flow_is_asked_about_with_its_first_four_payloads(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    struct packet packet;
    struct flow flow = flow_to(41000, 1, &packet);
    for (unsigned i = 0; i < 3; i++) {
        second_opinion_hear(asking->opinion, &flow, &packet);
        assert_true(second_opinion_wants(&flow));
    }
    second_opinion_hear(asking->opinion, &flow, &packet);
    assert_false(second_opinion_wants(&flow));
    second_opinion_hear(asking->opinion, &flow, &packet);
    assert_false(second_opinion_wants(&flow));
}

static void turn(struct endpoints *ends)
{
    const struct endpoints before = *ends;
    ends->source = before.target;
    ends->target = before.source;
    ends->source_port = before.target_port;
    ends->target_port = before.source_port;
}

/* So many payloads of a talk over TCP that begins like this, and is answered after so many. */
static unsigned payloads_asked_about(struct asking *asking, struct bytes first, unsigned answer_at, uint16_t port)
{
    struct packet packet;
    struct flow flow = flow_to(port, 1, &packet);
    unsigned count = 0;
    packet.ends.protocol = flow.key.protocol = IP_TCP;
    packet.payload = first;
    do {
        if (count++ == answer_at)
            turn(&packet.ends);
        second_opinion_hear(asking->opinion, &flow, &packet);
    } while (second_opinion_wants(&flow));
    return count;
}

static void of_binary_talk_over_tcp_no_more_is_asked_about_once_both_sides_were_heard(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    static const char greeting[] = "220 ready\r\n", telnet[] = "\xff\xfd\x18\xff\xfd\x20",
                      viewer[] = "\x17\x24\x0a\x20";
    const struct bytes binary = bytes_of(nonsense, sizeof nonsense - 1);
    assert_int_equal(payloads_asked_about(asking, binary, 1, 41001), 2);
    assert_int_equal(payloads_asked_about(asking, binary, 2, 41002), 3);
    assert_int_equal(payloads_asked_about(asking, binary, 9, 41003), 4);
    assert_int_equal(payloads_asked_about(asking, bytes_of(greeting, sizeof greeting - 1), 1, 41004), 4);
    assert_int_equal(payloads_asked_about(asking, bytes_of(telnet, sizeof telnet - 1), 1, 41005), 4);
    assert_int_equal(payloads_asked_about(asking, bytes_of(viewer, sizeof viewer - 1), 1, 41006), 4);
    assert_int_equal(payloads_asked_about(asking, bytes_of(nonsense, 3), 1, 41007), 4); /* three bytes tell nothing */
}

/* It knows this one by the fourth payload. */
static void a_dialogue_of_lines_is_heard_long_enough(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    static const char *const lines[] = {"USER anna\r\n", "331 Password required\r\n", "PASS none\r\n",
                                        "230 Logged in\r\n"};
    struct packet packet;
    struct flow flow = flow_to(41008, 1, &packet);
    packet.ends.protocol = flow.key.protocol = IP_TCP;
    packet.tcp_flags = TCP_ACK | TCP_PSH;
    for (size_t i = 0; i < 4; i++) {
        packet.sequence = (uint32_t)(1000 + 100 * i);
        packet.payload = bytes_of(lines[i], strlen(lines[i]));
        packet.payload_sent = (uint32_t)packet.payload.left;
        second_opinion_hear(asking->opinion, &flow, &packet);
        turn(&packet.ends);
    }
    assert_string_equal(second_opinion_of(asking->opinion, &flow, false), "ftp_control");
}

static void of_a_service_three_flows_are_asked_about(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    for (unsigned i = 0; i < 5; i++) {
        struct packet packet;
        struct flow flow = flow_to(42000, 1, &packet);
        second_opinion_hear(asking->opinion, &flow, &packet);
        assert_int_equal(second_opinion_wants(&flow), i < 3);
        second_opinion_forget(asking->opinion, &flow);
    }
    assert_int_equal(second_opinion_unasked(asking->opinion), 0); /* nobody asked for more */
}

static void of_a_service_that_we_named_one_flow_is_asked_about(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    for (unsigned i = 0; i < 3; i++) {
        struct packet packet;
        struct flow flow = flow_to(43000, 1, &packet);
        second_opinion_named(asking->opinion, &flow, packet.time_ns);
        assert_int_equal(second_opinion_wants(&flow), i == 0);
        second_opinion_forget(asking->opinion, &flow);
    }
}

/* Between two hosts, so that it is one part's share: 500 at once. */
static void flows_beyond_the_budget_are_counted(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    unsigned asked = 0;
    for (uint16_t i = 0; i < 600; i++) {
        struct packet packet;
        struct flow flow = flow_to((uint16_t)(1000 + i), 2, &packet);
        second_opinion_hear(asking->opinion, &flow, &packet);
        asked += second_opinion_wants(&flow);
        second_opinion_forget(asking->opinion, &flow);
    }
    assert_in_range(asked, 300, 500); /* of some, too many services stand in one place */
    assert_int_equal(second_opinion_unasked(asking->opinion), 600 - asked);
}

/* An answer that it was not shown, for want of budget, is none. */
static void a_side_counts_as_heard_when_it_was_shown(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    struct packet packet, other;
    struct flow flow = flow_to(41009, 4, &packet);
    packet.ends.protocol = flow.key.protocol = IP_TCP;
    second_opinion_hear(asking->opinion, &flow, &packet);
    for (uint16_t port = 1000; port < 1600; port++) {
        struct flow another = flow_to(port, 4, &other);
        second_opinion_hear(asking->opinion, &another, &other);
        second_opinion_hear(asking->opinion, &another, &other);
        second_opinion_forget(asking->opinion, &another);
    }
    turn(&packet.ends);
    second_opinion_hear(asking->opinion, &flow, &packet);
    turn(&packet.ends);
    packet.time_ns += SECOND_NS;
    second_opinion_hear(asking->opinion, &flow, &packet);
    assert_true(second_opinion_wants(&flow));
    turn(&packet.ends);
    second_opinion_hear(asking->opinion, &flow, &packet);
    assert_false(second_opinion_wants(&flow));
}

/* How many of 500 flows to other ports of the server than before are asked about, at this time. */
static unsigned asked_of_500(struct asking *asking, uint16_t first_port, int64_t time_ns)
{
    unsigned asked = 0;
    for (uint16_t i = 0; i < 500; i++) {
        struct packet packet;
        struct flow flow = flow_to((uint16_t)(first_port + i), 3, &packet);
        packet.time_ns = time_ns;
        second_opinion_hear(asking->opinion, &flow, &packet);
        asked += second_opinion_wants(&flow);
        second_opinion_forget(asking->opinion, &flow);
    }
    return asked;
}

/* A run may last for weeks. */
static void services_of_long_ago_make_room_for_new_ones(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    const int64_t then_ns = 1700000000 * SECOND_NS;
    unsigned first = asked_of_500(asking, 1000, then_ns);
    asked_of_500(asking, 2000, then_ns + 60 * SECOND_NS);
    assert_in_range(asked_of_500(asking, 3000, then_ns + 120 * SECOND_NS), 0, 50); /* no room is left */
    assert_in_range(asked_of_500(asking, 4000, then_ns + 1100 * SECOND_NS), first * 3 / 4, 500);
}

/* ---- when it is asked ---- */

static const char greeting[] = "SSH-2.0-OpenSSH_9.2\r\n";

static struct flow greeting_from(uint8_t client, uint16_t port, struct packet *packet)
{
    struct flow flow = flow_to(port, client, packet);
    packet->payload = bytes_of(greeting, sizeof greeting - 1);
    packet->payload_sent = sizeof greeting - 1;
    packet->ends.protocol = flow.key.protocol = IP_TCP;
    return flow;
}

static struct flow greeting_to(uint16_t port, struct packet *packet)
{
    return greeting_from(4, port, packet);
}

/* A long connection that began when there was no room, and a short one to the same service when there was. */
static void a_flow_without_a_place_shares_what_is_known_when_it_ends(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    const int64_t then_ns = 1700000000 * SECOND_NS;
    asked_of_500(asking, 1000, then_ns);
    asked_of_500(asking, 2000, then_ns + 60 * SECOND_NS);
    struct packet packet;
    struct flow flow = greeting_from(3, 3000, &packet);
    packet.time_ns = then_ns + 120 * SECOND_NS;
    second_opinion_hear(asking->opinion, &flow, &packet);
    assert_false(second_opinion_wants(&flow));
    assert_string_equal(second_opinion_of(asking->opinion, &flow, false), "");
    struct flow later = greeting_from(3, 3000, &packet);
    packet.time_ns = then_ns + 1100 * SECOND_NS;
    second_opinion_hear(asking->opinion, &later, &packet);
    second_opinion_forget(asking->opinion, &later);
    assert_string_equal(second_opinion_of(asking->opinion, &later, false), "ssh");
    assert_string_equal(second_opinion_of(asking->opinion, &flow, false), "ssh");
}

/* It is this thread itself that has taken nDPI: whoever waited for it would wait forever. */
static void payloads_wait_while_another_asks_until_their_answer_is_needed(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    enum { FLOWS = 5, PAYLOADS = 3 };
    struct flow flows[FLOWS];
    assert_true(adviser_take(asking->adviser, true));
    assert_false(adviser_take(asking->adviser, false));
    for (uint16_t i = 0; i < FLOWS; i++) {
        struct packet packet;
        flows[i] = greeting_to((uint16_t)(44000 + i), &packet);
        for (unsigned k = 0; k < PAYLOADS; k++)
            second_opinion_hear(asking->opinion, &flows[i], &packet);
        assert_true(second_opinion_wants(&flows[i]));
    }
    adviser_release(asking->adviser);
    for (unsigned i = 0; i < FLOWS; i++) {
        assert_string_equal(second_opinion_of(asking->opinion, &flows[i], false), "ssh");
        second_opinion_forget(asking->opinion, &flows[i]);
    }
}

static void what_it_said_before_we_named_a_flow_is_asked_again(void **state)
{
    struct asking *asking = *state;
    if (asking == NULL)
        skip();
    struct packet packet;
    struct flow flow = greeting_to(44100, &packet);
    second_opinion_hear(asking->opinion, &flow, &packet);
    assert_string_equal(second_opinion_of(asking->opinion, &flow, false), "ssh");
    second_opinion_named(asking->opinion, &flow, packet.time_ns);
    assert_string_equal(second_opinion_of(asking->opinion, &flow, true), "");
    assert_true(second_opinion_wants(&flow));
    second_opinion_hear(asking->opinion, &flow, &packet);
    assert_string_equal(second_opinion_of(asking->opinion, &flow, true), "ssh");
    second_opinion_forget(asking->opinion, &flow);
}

/* What is said of a flow whose client and server changed places when we named it. */
static const char *opinion_of_turned(struct asking *asking, uint16_t port, bool busy)
{
    struct packet packet;
    struct flow flow = greeting_to(port, &packet);
    if (busy)
        assert_true(adviser_take(asking->adviser, true));
    second_opinion_hear(asking->opinion, &flow, &packet);
    if (busy)
        adviser_release(asking->adviser);
    flow.client = (uint8_t)(1 - flow.client);
    second_opinion_named(asking->opinion, &flow, packet.time_ns);
    second_opinion_hear(asking->opinion, &flow, &packet);
    const char *said = second_opinion_of(asking->opinion, &flow, true);
    second_opinion_forget(asking->opinion, &flow);
    return said;
}

static void a_flow_that_is_turned_when_we_name_it_is_asked_anew(void **state)
{
    if (*state == NULL)
        skip();
    assert_string_equal(opinion_of_turned(*state, 45000, false), "ssh");
}

static void so_it_is_when_its_first_payload_waited(void **state)
{
    if (*state == NULL)
        skip();
    assert_string_equal(opinion_of_turned(*state, 45000, true), "ssh");
}

/* Fills all places of a part; the first two flows are of two captures, so time and frame are the same. Then one more
 * comes, and the first two were silent for long. */
static void fill_places(struct asking *asking, uint16_t port, bool busy, struct flow flows[33])
{
    struct packet packet;
    struct flow before = greeting_to(port, &packet);
    packet.time_ns -= 10 * SECOND_NS;
    if (busy)
        assert_true(adviser_take(asking->adviser, true));
    second_opinion_hear(asking->opinion, &before, &packet);
    second_opinion_forget(asking->opinion, &before); /* its place is free, though its payload may wait */
    for (uint16_t i = 0; i < 33; i++) {
        flows[i] = greeting_to((uint16_t)(port + 1 + i), &packet);
        flows[i].frame = i < 2 ? 5 : 10u + i;
        packet.time_ns += i < 2 ? 0 : i < 32 ? SECOND_NS / 10 : SECOND_NS * 6 / 10;
        if (busy && i == 0) /* the first finds a payload waiting in the first place, the second none */
            adviser_release(asking->adviser);
        second_opinion_hear(asking->opinion, &flows[i], &packet);
    }
}

static void the_question_that_makes_room(struct asking *asking, bool busy)
{
    struct flow flows[33];
    fill_places(asking, 46000, busy, flows);
    assert_false(second_opinion_wants(&flows[0]));
    assert_true(second_opinion_wants(&flows[1]));
    for (unsigned i = 0; i < 33; i++)
        second_opinion_forget(asking->opinion, &flows[i]);
}

static void of_two_questions_that_were_silent_as_long_the_first_makes_room(void **state)
{
    if (*state == NULL)
        skip();
    the_question_that_makes_room(*state, false);
}

static void so_it_does_when_a_payload_waited(void **state)
{
    if (*state == NULL)
        skip();
    the_question_that_makes_room(*state, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_knows_a_protocol_by_what_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_knows_nobody_by_an_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flow_is_asked_about_with_its_first_four_payloads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_binary_talk_over_tcp_no_more_is_asked_about_once_both_sides_were_heard,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dialogue_of_lines_is_heard_long_enough, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_a_service_three_flows_are_asked_about, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_a_service_that_we_named_one_flow_is_asked_about, set_up, tear_down),
        cmocka_unit_test_setup_teardown(flows_beyond_the_budget_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_side_counts_as_heard_when_it_was_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(services_of_long_ago_make_room_for_new_ones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flow_without_a_place_shares_what_is_known_when_it_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(payloads_wait_while_another_asks_until_their_answer_is_needed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_it_said_before_we_named_a_flow_is_asked_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flow_that_is_turned_when_we_name_it_is_asked_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(so_it_is_when_its_first_payload_waited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_two_questions_that_were_silent_as_long_the_first_makes_room, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(so_it_does_when_a_payload_waited, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
