/* The whole observing half: frames in, observations out. Each test plays a little traffic and reads what was written
 * down. */
#include "tests/cmocka_all.h"

#include "app/crew.h"
#include "base/clock.h"
#include "observations/gather.h"
#include "tests/frames.h"
#include "tests/talks_tls.h"

#include <stdio.h>

#define C       "10.0.0.9"
#define S       "10.0.0.2"
#define SYN     0x02
#define SYN_ACK 0x12
#define ACK     0x10
#define PSH     0x18
#define FIN     0x11
#define RST     0x14

struct play {
    struct crew *crew;
    struct gathering gathering;
    int64_t now_ns;
    uint64_t frame;
    uint8_t source;
};

static void begin_with(struct play *play, size_t memory_bytes)
{
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = memory_bytes, .sensor = "test"};
    *play = (struct play){.now_ns = 1700000040 * SECOND_NS};
    play->crew = crew_create(&options, &failure);
    assert_non_null(play->crew);
    crew_source(play->crew, "made.pcap", "");
}

static void begin(struct play *play)
{
    begin_with(play, 0);
}

static void frame_now(struct play *play, const struct made_frame *made)
{
    struct frame frame = {.time_ns = play->now_ns,
                          .number = ++play->frame,
                          .start = made->bytes,
                          .captured = (uint32_t)made->length,
                          .sent = (uint32_t)made->length,
                          .link_type = 1,
                          .source = play->source};
    crew_take(play->crew, &frame, 1);
    play->now_ns += SECOND_NS / 100;
}

static void tcp(struct play *play, bool from_client, uint16_t port, uint8_t flags, uint32_t sequence,
                const void *payload, size_t length)
{
    struct made_frame made = {.length = 0};
    put_ethernet(&made);
    if (from_client)
        put_tcp(&made, C, 50000, S, port, flags, sequence, 0, payload, length);
    else
        put_tcp(&made, S, port, C, 50000, flags, sequence, 0, payload, length);
    frame_now(play, &made);
}

static void say(struct play *play, bool from_client, uint16_t port, uint32_t *sequence, const char *text)
{
    tcp(play, from_client, port, PSH, *sequence, text, strlen(text));
    *sequence += (uint32_t)strlen(text);
}

static void handshake(struct play *play, uint16_t port)
{
    tcp(play, true, port, SYN, 99, "", 0);
    tcp(play, false, port, SYN_ACK, 499, "", 0);
    tcp(play, true, port, ACK, 100, "", 0);
}

static const struct gathered *end(struct play *play, size_t expected)
{
    struct failure failure = {0};
    crew_source_ended(play->crew, 0, false, 0);
    crew_finish(play->crew);
    assert_true(gather_init(&play->gathering, crew_store(play->crew), &failure));
    assert_int_equal(play->gathering.count, expected);
    return play->gathering.items;
}

static void done(struct play *play)
{
    gather_fini(&play->gathering);
    crew_destroy(play->crew);
}

static const char *text(const struct play *play, uint32_t name)
{
    return observations_text(crew_store(play->crew), name);
}

static bool has(const struct play *play, const struct gathered *conversation, const char *key, const char *value)
{
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(text(play, conversation->facts[i].key), key) == 0 &&
            strcmp(text(play, conversation->facts[i].value), value) == 0)
            return true;
    return false;
}

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

/* A bind request for the endpoint mapper, C706 12.6.4.3, and nothing else. */
static const uint8_t rpc_bind[72] = {
    5,    0,    11,   3,    0x10, 0,    0,    0,    72,   0,    0,    0,    1,    0,    0,    0,    0xb8, 0x10,
    0xb8, 0x10, 0,    0,    0,    0,    1,    0,    0,    0,    0,    0,    1,    0,    0x08, 0x83, 0xaf, 0xe1,
    0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa, 3,    0,    0,    0,    0x04, 0x5d,
    0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2,    0,    0,    0};

static void content_tells_client_and_server_apart_where_no_handshake_was_seen(void **state)
{
    (void)state;
    struct play play;
    struct made_frame made = {.length = 0};
    begin(&play);
    put_ethernet(&made);
    /* The ports would say the other way round. */
    put_tcp(&made, C, 1026, S, 49155, PSH, 1000, 0, rpc_bind, sizeof rpc_bind);
    frame_now(&play, &made);
    const struct gathered *c = end(&play, 1);
    assert_string_equal(text(&play, c->protocol), "dcerpc");
    assert_int_equal(c->pair.port, 49155);
    assert_int_equal(c->decided_by, DECIDED_BY_CONTENT);
    assert_true(has(&play, c, "rpc.binds", "e1af8308-5d1f-11c9-91a4-08002b14a0fa/3.0"));
    done(&play);
}

static void a_message_over_two_segments_is_read_as_one(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    handshake(&play, 135);
    tcp(&play, true, 135, PSH, 100, rpc_bind, 30);
    tcp(&play, true, 135, PSH, 130, rpc_bind + 30, sizeof rpc_bind - 30);
    const struct gathered *c = end(&play, 1);
    assert_true(has(&play, c, "rpc.binds", "e1af8308-5d1f-11c9-91a4-08002b14a0fa/3.0"));
    done(&play);
}

static void a_reset_in_the_middle_ends_nothing_when_both_talk_on(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    handshake(&play, 135);
    tcp(&play, true, 135, PSH, 100, rpc_bind, 30);
    tcp(&play, false, 135, RST, 500, "", 0); /* forged, or a proxy's */
    tcp(&play, true, 135, PSH, 130, rpc_bind + 30, sizeof rpc_bind - 30);
    const struct gathered *c = end(&play, 1);
    assert_int_equal(c->flows, 1);
    assert_true(has(&play, c, "rpc.binds", "e1af8308-5d1f-11c9-91a4-08002b14a0fa/3.0"));
    done(&play);
}

static void rpc_goes_on_after_a_gap_and_the_gap_is_counted(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    handshake(&play, 135);
    tcp(&play, true, 135, PSH, 100, rpc_bind, sizeof rpc_bind);
    for (uint32_t i = 0; i < 12; i++) /* behind a hole of 1000 bytes, each apart from the next */
        tcp(&play, true, 135, PSH, 1172 + i * 200, rpc_bind, sizeof rpc_bind);
    const struct gathered *c = end(&play, 1);
    assert_string_equal(text(&play, c->protocol), "dcerpc");
    assert_true(c->missing_bytes >= 1000);
    assert_int_equal(c->flows, 1);
    const struct coverage *coverage = observations_coverage(crew_store(play.crew), 0);
    assert_true(coverage->missing_bytes >= 1000);
    done(&play);
}

/* Somebody's file, of which the beginning was not seen, and behind it a request that one knows. */
static void a_flow_picked_up_in_its_middle_is_recognised_at_a_later_payload(void **state)
{
    (void)state;
    struct play play;
    uint32_t client = 100;
    begin(&play);
    say(&play, true, 80, &client, "\xf1\xf2\xf3 of a file");
    say(&play, true, 80, &client, "\xf4\xf5 and its end");
    say(&play, true, 80, &client, "GET /owa/ HTTP/1.1\r\nHost: cas.corp.example\r\n\r\n");
    const struct gathered *c = end(&play, 1);
    assert_string_equal(text(&play, c->protocol), "http");
    assert_true(has(&play, c, "http.paths", "/owa"));
    done(&play);
}

static void say_bytes(struct play *play, bool from_client, uint32_t *sequence, const void *bytes, size_t length)
{
    tcp(play, from_client, 3306, PSH, *sequence, bytes, length);
    *sequence += (uint32_t)length;
}

/* A database greets, the client asks for TLS, and its hello comes in two segments; `words` payloads come before. */
static void say_hello_behind(struct play *play, unsigned words)
{
    static const char greeting[] = "\x2a\0\0\0\x0a"
                                   "9.9.9-made\0 and a salt, and so on, the end";
    static const char request[] = "\x20\0\0\x01\x85\xae\x7f\0\0\0\0\x01\x21"
                                  "nothing but padding here";
    uint32_t client = 100, server = 500;
    begin(play);
    handshake(play, 3306);
    for (unsigned i = 0; i < words; i++) {
        say_bytes(play, false, &server, greeting, sizeof greeting);
        say_bytes(play, true, &client, request, sizeof request);
    }
    say_bytes(play, true, &client, TALK_TLS12_CLIENT, 40);
    say_bytes(play, true, &client, &TALK_TLS12_CLIENT[40], sizeof TALK_TLS12_CLIENT - 1 - 40);
    say_bytes(play, false, &server, TALK_TLS12_MUTUAL, sizeof TALK_TLS12_MUTUAL - 1);
}

static void tls_that_follows_something_unknown_is_read(void **state)
{
    (void)state;
    struct play play;
    say_hello_behind(&play, 1);
    const struct gathered *c = end(&play, 1);
    assert_string_equal(text(&play, c->protocol), "tls");
    assert_true(has(&play, c, "tls.server_names", "hub1.corp.example"));
    assert_true(has(&play, c, "tls.versions", "TLS 1.2"));
    done(&play);
}

static void of_what_stays_unknown_for_long_nothing_is_looked_for(void **state)
{
    (void)state;
    struct play play;
    say_hello_behind(&play, 500);
    const struct gathered *c = end(&play, 1);
    assert_string_equal(text(&play, c->protocol), "");
    assert_int_equal(c->fact_count, 0);
    done(&play);
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
        cmocka_unit_test(content_tells_client_and_server_apart_where_no_handshake_was_seen),
        cmocka_unit_test(a_message_over_two_segments_is_read_as_one),
        cmocka_unit_test(a_reset_in_the_middle_ends_nothing_when_both_talk_on),
        cmocka_unit_test(rpc_goes_on_after_a_gap_and_the_gap_is_counted),
        cmocka_unit_test(a_flow_picked_up_in_its_middle_is_recognised_at_a_later_payload),
        cmocka_unit_test(tls_that_follows_something_unknown_is_read),
        cmocka_unit_test(of_what_stays_unknown_for_long_nothing_is_looked_for),
        cmocka_unit_test(datagrams_of_many_flows_are_all_read_and_a_value_counts_once_a_flow),
        cmocka_unit_test(media_that_one_side_alone_sends_is_ok),
        cmocka_unit_test(fragments_without_an_end_are_counted_as_lost),
        cmocka_unit_test(a_flow_that_two_captures_share_is_one_and_each_fact_names_where_it_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
