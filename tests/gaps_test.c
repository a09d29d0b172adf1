/* Bytes of a TCP flow that nobody captured, counted from numbers alone: most flows are not dissected for long. */
#include "tests/cmocka_all.h"

#include "flows/gaps.h"

#define LENGTH 1000u
#define CLIENT 0
#define SERVER 1

struct talk {
    struct flow flow;
    struct gaps gaps;
    uint32_t sent[2]; /* numbers of what comes next */
};

/* One packet as flow_count and observe.c would have it by then. */
static void packet(struct talk *talk, unsigned from, uint8_t flags, uint32_t sequence, uint32_t acknowledged,
                   uint32_t length)
{
    struct flow_side *side = &talk->flow.side[from];
    const struct packet packet = {
        .tcp_flags = flags, .sequence = sequence, .acknowledged = acknowledged, .payload_sent = length};
    if ((flags & TCP_SYN) != 0 && (side->seen & SIDE_TRACKED) == 0) {
        side->next = sequence + 1;
        side->seen |= SIDE_TRACKED;
    }
    side->seen |= (uint8_t)((length > 0 ? SIDE_DATA : 0) | ((flags & TCP_FIN) != 0 ? SIDE_FIN : 0));
    if (!gaps_go_on(&talk->flow, &packet, from))
        gaps_note(&talk->flow, &talk->gaps, &packet, from);
}

static void send(struct talk *talk, unsigned from, bool captured)
{
    if (captured)
        packet(talk, from, TCP_ACK, talk->sent[from], talk->sent[1 - from], LENGTH);
    talk->sent[from] += LENGTH;
}

static void acknowledge(struct talk *talk, unsigned from)
{
    packet(talk, from, TCP_ACK, talk->sent[from], talk->sent[1 - from], 0);
}

static struct talk handshake(void)
{
    struct talk talk = {.sent = {100, UINT32_MAX - 500}}; /* the server's numbers go round */
    packet(&talk, CLIENT, TCP_SYN, 99, 0, 0);
    packet(&talk, SERVER, TCP_SYN | TCP_ACK, UINT32_MAX - 501, 100, 0);
    acknowledge(&talk, CLIENT);
    send(&talk, CLIENT, true);
    return talk;
}

static void what_is_passed_over_is_missing(void **state)
{
    (void)state;
    struct talk talk = handshake();
    for (unsigned i = 0; i < 10; i++)
        send(&talk, SERVER, i < 3 || i > 6);
    assert_int_equal(talk.gaps.unseen[SERVER], 4 * LENGTH);
    assert_int_equal(talk.gaps.unseen[CLIENT], 0);
}

static void what_is_acknowledged_and_never_came_is_missing(void **state)
{
    (void)state;
    struct talk talk = handshake();
    for (unsigned i = 0; i < 5; i++)
        send(&talk, SERVER, i < 3);
    for (unsigned i = 0; i < 3; i++)
        acknowledge(&talk, CLIENT);
    assert_int_equal(talk.gaps.unseen[SERVER], 2 * LENGTH);
}

static void what_comes_late_or_again_is_not_missing(void **state)
{
    (void)state;
    struct talk talk = handshake();
    send(&talk, SERVER, true);
    uint32_t late = talk.sent[SERVER];
    send(&talk, SERVER, false);
    send(&talk, SERVER, true);
    acknowledge(&talk, CLIENT);
    packet(&talk, SERVER, TCP_ACK, late, talk.sent[CLIENT], LENGTH);
    packet(&talk, SERVER, TCP_ACK, late, talk.sent[CLIENT], LENGTH);
    send(&talk, SERVER, false); /* its acknowledgement first */
    acknowledge(&talk, CLIENT);
    packet(&talk, SERVER, TCP_ACK, talk.sent[SERVER] - LENGTH, talk.sent[CLIENT], LENGTH);
    assert_int_equal(talk.gaps.unseen[SERVER], 0);
}

static void a_flow_seen_from_its_middle_on_lacks_nothing_before(void **state)
{
    (void)state;
    struct talk talk = {.sent = {5000000, 7000000}};
    send(&talk, SERVER, true);
    acknowledge(&talk, CLIENT);
    assert_int_equal(talk.gaps.unseen[SERVER] + talk.gaps.unseen[CLIENT], 0);
    send(&talk, SERVER, false);
    send(&talk, SERVER, true);
    assert_int_equal(talk.gaps.unseen[SERVER], LENGTH);
}

static void a_direction_that_is_never_seen_lacks_nothing(void **state)
{
    (void)state;
    struct talk talk = handshake();
    talk.flow = (struct flow){.side[CLIENT] = talk.flow.side[CLIENT]};
    for (unsigned i = 0; i < 5; i++) {
        send(&talk, SERVER, false);
        acknowledge(&talk, CLIENT);
    }
    assert_int_equal(talk.gaps.unseen[SERVER], 0);
}

static void the_end_of_a_connection_and_numbers_far_off_are_no_gaps(void **state)
{
    (void)state;
    struct talk talk = handshake();
    send(&talk, SERVER, true);
    packet(&talk, CLIENT, TCP_RST, talk.sent[CLIENT] + 70000, 0, 0);
    assert_int_equal(GAPS_MOST, 16 << 20); /* as the manual says */
    packet(&talk, SERVER, TCP_ACK, talk.sent[SERVER] + GAPS_MOST + LENGTH, talk.sent[CLIENT], LENGTH);
    packet(&talk, SERVER, TCP_ACK, talk.sent[SERVER], talk.sent[CLIENT], LENGTH);
    packet(&talk, CLIENT, TCP_ACK, talk.sent[CLIENT] - 1, talk.sent[SERVER], 1); /* is anybody there? */
    packet(&talk, CLIENT, TCP_FIN | TCP_ACK, talk.sent[CLIENT], talk.sent[SERVER], 0);
    packet(&talk, SERVER, TCP_ACK, talk.sent[SERVER], talk.sent[CLIENT] + 1, 0);
    assert_int_equal(talk.gaps.unseen[SERVER] + talk.gaps.unseen[CLIENT], 0);
}

static void before_its_first_payload_a_stream_begins_where_its_syn_said(void **state)
{
    (void)state;
    struct talk talk = handshake();
    uint32_t begins = talk.sent[SERVER];
    talk.sent[SERVER] += LENGTH;
    acknowledge(&talk, CLIENT); /* the answer comes after what acknowledges it */
    assert_int_equal(talk.flow.side[SERVER].next, begins);
    packet(&talk, SERVER, TCP_ACK, begins, talk.sent[CLIENT], LENGTH);
    assert_int_equal(talk.gaps.unseen[SERVER], 0);
}

static void the_only_payload_of_a_side_is_missed_once_it_is_acknowledged(void **state)
{
    (void)state;
    struct talk talk = handshake();
    send(&talk, SERVER, false);
    for (unsigned i = 0; i < 3; i++)
        acknowledge(&talk, CLIENT);
    assert_int_equal(talk.gaps.unseen[SERVER], LENGTH);
    packet(&talk, SERVER, TCP_FIN | TCP_ACK, talk.sent[SERVER], talk.sent[CLIENT], 0);
    packet(&talk, CLIENT, TCP_ACK, talk.sent[CLIENT], talk.sent[SERVER] + 1, 0);
    assert_int_equal(talk.gaps.unseen[SERVER], LENGTH);
    assert_int_equal(talk.gaps.unseen[CLIENT], 0);
}

static void what_is_missing_before_a_first_payload_counts_once(void **state)
{
    (void)state;
    struct talk talk = handshake();
    send(&talk, SERVER, false);
    acknowledge(&talk, CLIENT);
    send(&talk, SERVER, true);
    acknowledge(&talk, CLIENT);
    assert_int_equal(talk.gaps.unseen[SERVER], LENGTH);
}

static void one_number_far_ahead_is_not_believed_and_what_is_missing_after_it_counts(void **state)
{
    (void)state;
    struct talk talk = handshake();
    send(&talk, SERVER, true);
    packet(&talk, SERVER, TCP_ACK, talk.sent[SERVER] + 2000000000, talk.sent[CLIENT] + 5 * LENGTH, LENGTH);
    assert_int_equal(talk.flow.side[SERVER].next, talk.sent[SERVER]);
    send(&talk, SERVER, true);
    packet(&talk, SERVER, TCP_ACK, talk.sent[SERVER] + 2000000000, talk.sent[CLIENT], LENGTH); /* and another time */
    send(&talk, SERVER, false);
    send(&talk, SERVER, true);
    assert_int_equal(talk.flow.side[SERVER].next, talk.sent[SERVER]);
    assert_int_equal(talk.gaps.unseen[SERVER], LENGTH);
    assert_int_equal(talk.gaps.unseen[CLIENT], 0);
}

static void two_numbers_far_ahead_in_turn_are_where_the_stream_is_by_now(void **state)
{
    (void)state;
    struct talk talk = handshake();
    send(&talk, SERVER, true);
    talk.sent[SERVER] += GAPS_MOST + 1;
    send(&talk, SERVER, true);
    send(&talk, CLIENT, true); /* the other side is none of it */
    send(&talk, SERVER, true);
    assert_int_equal(talk.flow.side[SERVER].next, talk.sent[SERVER]);
    send(&talk, SERVER, false);
    send(&talk, SERVER, true);
    assert_int_equal(talk.gaps.unseen[SERVER], LENGTH);
}

/* The sanitizers are who would object here. */
static void a_number_half_the_circle_away_is_no_gap(void **state)
{
    (void)state;
    struct talk talk = handshake();
    packet(&talk, SERVER, TCP_FIN | TCP_ACK, talk.sent[SERVER] + 0x80000000u, talk.sent[CLIENT], 0);
    packet(&talk, CLIENT, TCP_ACK, talk.sent[CLIENT], talk.sent[SERVER] + 0x80000000u, 0);
    packet(&talk, SERVER, TCP_ACK, talk.sent[SERVER] + 0x80000000u, talk.sent[CLIENT] + 0x80000000u, LENGTH);
    assert_int_equal(talk.gaps.unseen[SERVER] + talk.gaps.unseen[CLIENT], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_passed_over_is_missing),
        cmocka_unit_test(what_is_acknowledged_and_never_came_is_missing),
        cmocka_unit_test(what_comes_late_or_again_is_not_missing),
        cmocka_unit_test(a_flow_seen_from_its_middle_on_lacks_nothing_before),
        cmocka_unit_test(a_direction_that_is_never_seen_lacks_nothing),
        cmocka_unit_test(the_end_of_a_connection_and_numbers_far_off_are_no_gaps),
        cmocka_unit_test(the_only_payload_of_a_side_is_missed_once_it_is_acknowledged),
        cmocka_unit_test(what_is_missing_before_a_first_payload_counts_once),
        cmocka_unit_test(before_its_first_payload_a_stream_begins_where_its_syn_said),
        cmocka_unit_test(one_number_far_ahead_is_not_believed_and_what_is_missing_after_it_counts),
        cmocka_unit_test(two_numbers_far_ahead_in_turn_are_where_the_stream_is_by_now),
        cmocka_unit_test(a_number_half_the_circle_away_is_no_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
