/* The whole observing half: frames in, observations out. Each test plays a little traffic and reads what was written
 * down. */
#include "tests/observe_scene.h"

static void a_mail_in_clear_is_one_smtp_conversation_with_its_facts(void **state)
{
    (void)state;
    struct play play;
    uint32_t client = 100, server = 500;
    begin(&play);
    handshake(&play, 2525);
    say(&play, false, 2525, &server, "220 mx.example ESMTP\r\n");
    say(&play, true, 2525, &client, "EHLO me\r\n");
    say(&play, false, 2525, &server, "250-mx.example\r\n250-STARTTLS\r\n250 SIZE 100\r\n");
    say(&play, true, 2525, &client, "MAIL FROM:<a@example>\r\n");
    say(&play, false, 2525, &server, "250 ok\r\n");
    tcp(&play, true, 2525, FIN, client, "", 0);
    tcp(&play, false, 2525, FIN, server, "", 0);
    const struct gathered *c = end(&play, 1);
    assert_string_equal(text(&play, c->protocol), "smtp");
    assert_int_equal(c->flows, 1);
    assert_int_equal(c->decided_by, DECIDED_BY_HANDSHAKE);
    assert_int_equal(c->session_count, 1);
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_OK);
    assert_string_equal(text(&play, c->sessions[0].encryption), "none");
    assert_string_equal(text(&play, c->sessions[0].authentication), "anonymous");
    assert_int_equal(c->sessions[0].frame, 1);
    assert_true(has(&play, c, "smtp.starttls", "offered"));
    assert_false(has(&play, c, "smtp.starttls", "used"));
    assert_int_equal(c->packets_to_server, 5);
    assert_int_equal(c->packets_to_client, 5);
    done(&play);
}

static void segments_out_of_order_and_repeated_give_the_same_facts(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    handshake(&play, 25);
    static const char banner[] = "220 mx.example ESMTP\r\n", hello[] = "EHLO me\r\n";
    static const char reply[] = "250-mx.example\r\n250-X-ANONYMOUSTLS\r\n250 SIZE 100\r\n";
    tcp(&play, false, 25, PSH, 510, banner + 10, sizeof banner - 11); /* its second half first */
    tcp(&play, false, 25, PSH, 500, banner, 14);
    tcp(&play, false, 25, PSH, 500, banner, sizeof banner - 1);
    tcp(&play, true, 25, PSH, 104, hello + 4, sizeof hello - 5);
    tcp(&play, true, 25, PSH, 100, hello, 4);
    uint32_t at = 500 + sizeof banner - 1;
    tcp(&play, false, 25, PSH, at + 20, reply + 20, sizeof reply - 21);
    tcp(&play, false, 25, PSH, at, reply, 20);
    const struct gathered *c = end(&play, 1);
    assert_true(has(&play, c, "smtp.anonymoustls", "offered"));
    assert_true(has(&play, c, "smtp.keywords", "SIZE"));
    assert_int_equal(c->missing_bytes, 0);
    done(&play);
}

static void a_syn_that_is_repeated_without_an_answer_is_unanswered_only_if_the_server_is_seen(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    for (int i = 0; i < 3; i++, play.now_ns += SECOND_NS)
        tcp(&play, true, 6004, SYN, 99, "", 0);
    const struct gathered *c = end(&play, 1);
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_ONE_WAY);
    assert_int_equal(c->flows, 1);
    done(&play);
    begin(&play);
    for (int i = 0; i < 3; i++, play.now_ns += SECOND_NS)
        tcp(&play, true, 6004, SYN, 99, "", 0);
    tcp(&play, false, 25, ACK, 99, "", 0); /* the server lives: another flow shows it */
    c = end(&play, 2);
    assert_int_equal(c->pair.port, 6004);
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_UNANSWERED);
    done(&play);
}

static void a_reset_to_a_syn_is_refused_and_another_syn_is_another_flow(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    for (uint32_t i = 0; i < 3; i++) {
        tcp(&play, true, 6004, SYN, 1000 * i, "", 0);
        tcp(&play, true, 6004, SYN, 1000 * i, "", 0);
        tcp(&play, false, 6004, RST, 0, "", 0);
    }
    const struct gathered *c = end(&play, 1);
    assert_int_equal(c->flows, 3);
    assert_int_equal(c->session_count, 1);
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_REFUSED);
    done(&play);
}

static void an_icmp_error_is_attributed_to_the_flow_it_quotes_and_makes_none(void **state)
{
    (void)state;
    struct play play;
    struct made_frame made = {.length = 0};
    begin(&play);
    tcp(&play, true, 6004, SYN, 99, "", 0);
    put_ethernet(&made);
    put_ip(&made, "10.0.0.254", C, 1, 8 + 28);
    put_be16(&made, 0x030d); /* destination unreachable, communication administratively prohibited */
    put_be16(&made, 0);
    put_be32(&made, 0);
    put_ip(&made, C, S, 6, 20);
    put_be16(&made, 50000);
    put_be16(&made, 6004);
    put_be32(&made, 99);
    frame_now(&play, &made);
    const struct gathered *c = end(&play, 1);
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_PROHIBITED);
    done(&play);
}

#define NOON_NS INT64_C(1795176000000000000) /* 2026-11-20T12:00:00Z, the start of a slice */

static void talk_for_two_minutes(int64_t from_ns, int64_t slice_ns)
{
    struct play play;
    uint32_t client = 100;
    begin(&play);
    play.now_ns = from_ns;
    handshake(&play, 9999);
    say(&play, true, 9999, &client, "\x01\x02\x03");
    play.now_ns += 120 * SECOND_NS;
    say(&play, true, 9999, &client, "\x01\x02\x03");
    const struct gathered *c = end(&play, 1);
    const struct observations *store = crew_store(play.crew);
    assert_int_equal(c->flows, 1);
    assert_int_equal(c->packets_to_server, 4);
    assert_int_equal(observations_conversation_count(store), 2);
    struct conversation early, late;
    observations_conversation(store, 0, &early);
    observations_conversation(store, 1, &late);
    assert_int_equal(early.slice_ns, slice_ns);
    assert_true(early.first_ns >= from_ns && early.first_ns <= early.last_ns);
    assert_int_equal(late.slice_ns - early.slice_ns, 120 * SECOND_NS);
    assert_int_equal(early.flows + late.flows, 1);
    assert_int_equal(early.packets_to_server, 3);
    assert_int_equal(late.packets_to_server, 1);
    done(&play);
}

static void traffic_over_two_minutes_counts_packets_where_they_arrive_and_the_flow_once(void **state)
{
    (void)state;
    talk_for_two_minutes(NOON_NS + SECOND_NS, NOON_NS);
    talk_for_two_minutes(SECOND_NS - NOON_NS, 60 * SECOND_NS - NOON_NS); /* of a clock that is wrong */
}

/* More flows than there is room to dissect at once, none of them over: a question leaves nothing behind. */
static void datagrams_of_many_flows_are_all_read_and_a_value_counts_once_a_flow(void **state)
{
    (void)state;
    static const char question[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\5_ldap\4_tcp\4corp\7example\0\0\x21\0\1";
    struct play play;
    begin_with(&play, 16u << 20);
    for (int again = 0; again < 2; again++) {
        for (uint16_t i = 0; i < 3000; i++) {
            struct made_frame made = {.length = 0};
            put_ethernet(&made);
            put_udp(&made, C, (uint16_t)(10000 + i), S, 53, question, sizeof question - 1);
            frame_now(&play, &made);
        }
    }
    const struct gathered *c = end(&play, 1);
    assert_string_equal(text(&play, c->protocol), "dns");
    assert_int_equal(c->flows, 3000);
    assert_true(has(&play, c, "dns.names", "_ldap._tcp.corp.example"));
    assert_int_equal(c->facts[0].flows, 3000);
    assert_int_equal(observations_coverage(crew_store(play.crew), 0)->evicted_flows, 0);
    done(&play);
}

static void media_that_one_side_alone_sends_is_ok(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    for (char i = 0; i < 4; i++) {
        const char datagram[] = {'\x80', 0, 0, i, 0, 0, 0, i, 0, 0, 0, 9, 'v', 'o', 'i', 'c', 'e'};
        struct made_frame made = {.length = 0};
        put_ethernet(&made);
        put_udp(&made, C, 5004, S, 5006, datagram, sizeof datagram);
        frame_now(&play, &made);
    }
    const struct gathered *c = end(&play, 1);
    assert_string_equal(text(&play, c->protocol), "rtp");
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_OK);
    done(&play);
}

static void fragments_without_an_end_are_counted_as_lost(void **state)
{
    (void)state;
    struct play play;
    struct made_frame made = {.length = 0};
    begin(&play);
    put_ethernet(&made);
    put_udp(&made, C, 50000, S, 53, "0123456789abcdef", 16);
    made.bytes[14 + 6] = 0x20; /* more fragments */
    frame_now(&play, &made);
    end(&play, 0);
    uint64_t lost = 0;
    for (size_t i = 0; i < observations_coverage_count(crew_store(play.crew)); i++)
        lost += observations_coverage(crew_store(play.crew), i)->fragments_lost;
    assert_int_equal(lost, 1);
    done(&play);
}

static void a_flow_that_two_captures_share_is_one_and_each_fact_names_where_it_was_read(void **state)
{
    (void)state;
    struct play play;
    uint32_t client = 100, server = 500;
    begin(&play);
    assert_int_equal(crew_source(play.crew, "other.pcap", ""), 1);
    handshake(&play, 25);
    say(&play, false, 25, &server, "220 mx.example ESMTP\r\n");
    play.source = 1;
    play.frame = 70;
    say(&play, true, 25, &client, "EHLO me\r\n");
    say(&play, false, 25, &server, "250-mx.example\r\n250 STARTTLS\r\n");
    crew_source_ended(play.crew, 1, true, 0);
    const struct gathered *c = end(&play, 1);
    assert_int_equal(c->flows, 1);
    assert_string_equal(text(&play, c->sessions[0].source), "made.pcap");
    assert_int_equal(c->sessions[0].frame, 1);
    bool told = false;
    for (size_t i = 0; i < c->fact_count; i++) {
        if (strcmp(text(&play, c->facts[i].key), "smtp.starttls") != 0)
            continue;
        told = true;
        assert_string_equal(text(&play, c->facts[i].source), "other.pcap");
        assert_int_equal(c->facts[i].frame, 72);
    }
    assert_true(told);
    const struct observations *store = crew_store(play.crew);
    assert_int_equal(observations_coverage_count(store), 2);
    const struct coverage *other = observations_coverage(store, 0), *made = observations_coverage(store, 1);
    assert_int_equal(other->packets, 2);
    assert_true(other->truncated);
    assert_int_equal(made->packets, 4);
    assert_false(made->truncated);
    done(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_in_clear_is_one_smtp_conversation_with_its_facts),
        cmocka_unit_test(segments_out_of_order_and_repeated_give_the_same_facts),
        cmocka_unit_test(a_syn_that_is_repeated_without_an_answer_is_unanswered_only_if_the_server_is_seen),
        cmocka_unit_test(a_reset_to_a_syn_is_refused_and_another_syn_is_another_flow),
        cmocka_unit_test(an_icmp_error_is_attributed_to_the_flow_it_quotes_and_makes_none),
        cmocka_unit_test(traffic_over_two_minutes_counts_packets_where_they_arrive_and_the_flow_once),
        cmocka_unit_test(datagrams_of_many_flows_are_all_read_and_a_value_counts_once_a_flow),
        cmocka_unit_test(media_that_one_side_alone_sends_is_ok),
        cmocka_unit_test(fragments_without_an_end_are_counted_as_lost),
        cmocka_unit_test(a_flow_that_two_captures_share_is_one_and_each_fact_names_where_it_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
