/* What a flow is recognised by, wherever it is picked up: by its content, over segments, behind a gap, in its middle.
 */
#include "tests/observe_scene.h"
#include "tests/talks_tls_records.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_tells_client_and_server_apart_where_no_handshake_was_seen),
        cmocka_unit_test(a_message_over_two_segments_is_read_as_one),
        cmocka_unit_test(a_reset_in_the_middle_ends_nothing_when_both_talk_on),
        cmocka_unit_test(rpc_goes_on_after_a_gap_and_the_gap_is_counted),
        cmocka_unit_test(a_flow_picked_up_in_its_middle_is_recognised_at_a_later_payload),
        cmocka_unit_test(tls_that_follows_something_unknown_is_read),
        cmocka_unit_test(of_what_stays_unknown_for_long_nothing_is_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
