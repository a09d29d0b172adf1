/* Bytes that the capture lacks: what stands behind them is read, and what is missing is counted. */
#include "tests/cmocka_all.h"

#include "app/crew.h"
#include "base/clock.h"
#include "observations/gather.h"
#include "tests/frames.h"

#define C       "10.0.0.9"
#define S       "10.0.0.2"
#define SYN     0x02
#define SYN_ACK 0x12
#define ACK     0x10
#define PSH     0x18
#define FIN     0x11
#define LOST    50
#define FAR     2000000000u

/* A bind request for the endpoint mapper, C706 12.6.4.3. */
static const uint8_t rpc_bind[72] = {
    5,    0,    11,   3,    0x10, 0,    0,    0,    72,   0,    0,    0,    1,    0,    0,    0,    0xb8, 0x10,
    0xb8, 0x10, 0,    0,    0,    0,    1,    0,    0,    0,    0,    0,    1,    0,    0x08, 0x83, 0xaf, 0xe1,
    0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa, 3,    0,    0,    0,    0x04, 0x5d,
    0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2,    0,    0,    0};

struct wire {
    struct crew *crew;
    struct gathering gathering;
    int64_t now_ns;
    uint64_t number;
    uint8_t source;
};

static void tcp(struct wire *wire, bool from_client, uint8_t flags, uint32_t sequence, uint32_t acknowledged,
                const void *payload, size_t length)
{
    struct made_frame made = {.length = 0};
    put_ethernet(&made);
    if (from_client)
        put_tcp(&made, C, 50000, S, 135, flags, sequence, acknowledged, payload, length);
    else
        put_tcp(&made, S, 135, C, 50000, flags, sequence, acknowledged, payload, length);
    made.bytes[19] = (uint8_t)wire->number; /* IP's number: no packet is a copy of another */
    struct frame frame = {.time_ns = wire->now_ns,
                          .number = ++wire->number,
                          .start = made.bytes,
                          .captured = (uint32_t)made.length,
                          .sent = (uint32_t)made.length,
                          .source = wire->source,
                          .link_type = 1};
    crew_take(wire->crew, &frame, 1);
    wire->now_ns += SECOND_NS / 100;
}

/* A handshake, and a bind behind so many bytes that the capture lacks. */
static void begin(struct wire *wire, uint32_t lost)
{
    struct failure failure = {0};
    struct crew_options options = {.sensor = "test"};
    *wire = (struct wire){.now_ns = 1700000040 * SECOND_NS};
    wire->crew = crew_create(&options, &failure);
    assert_non_null(wire->crew);
    wire->source = crew_source(wire->crew, "made.pcap", "");
    tcp(wire, true, SYN, 99, 0, "", 0);
    tcp(wire, false, SYN_ACK, 499, 100, "", 0);
    tcp(wire, true, ACK, 100, 500, "", 0);
    tcp(wire, true, PSH, 100 + lost, 500, rpc_bind, sizeof rpc_bind);
}

static const struct gathered *end(struct wire *wire)
{
    struct failure failure = {0};
    crew_source_ended(wire->crew, wire->source, false, 0);
    crew_finish(wire->crew);
    assert_true(gather_init(&wire->gathering, crew_store(wire->crew), &failure));
    assert_int_equal(wire->gathering.count, 1);
    return wire->gathering.items;
}

static void done(struct wire *wire)
{
    gather_fini(&wire->gathering);
    crew_destroy(wire->crew);
}

/* The frame that is cited for the bind, 0 when it was not read. */
static uint64_t frame_of_bind(const struct wire *wire, const struct gathered *c)
{
    const struct observations *store = crew_store(wire->crew);
    for (size_t i = 0; i < c->fact_count; i++)
        if (strcmp(observations_text(store, c->facts[i].key), "rpc.binds") == 0)
            return c->facts[i].frame;
    return 0;
}

static void what_waits_behind_a_hole_is_read_when_the_capture_ends(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire, LOST);
    const struct gathered *c = end(&wire);
    assert_string_equal(observations_text(crew_store(wire.crew), c->protocol), "dcerpc");
    assert_int_not_equal(frame_of_bind(&wire, c), 0);
    assert_int_equal(c->missing_bytes, LOST);
    done(&wire);
}

static void what_waits_behind_a_hole_is_read_when_the_flow_ends(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire, LOST);
    tcp(&wire, true, FIN, 100 + LOST + sizeof rpc_bind, 500, "", 0);
    tcp(&wire, false, FIN, 500, 101 + LOST + sizeof rpc_bind, "", 0);
    const struct gathered *c = end(&wire);
    assert_int_not_equal(frame_of_bind(&wire, c), 0);
    assert_int_equal(c->missing_bytes, LOST);
    done(&wire);
}

static void a_hole_that_the_receiver_acknowledges_is_given_up_at_once(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire, LOST);
    for (unsigned i = 0; i < 20; i++)
        tcp(&wire, false, ACK, 500, 100 + LOST + sizeof rpc_bind, "", 0);
    const struct gathered *c = end(&wire);
    uint64_t frame = frame_of_bind(&wire, c);
    assert_in_range(frame, 5, 23);
    assert_int_equal(c->missing_bytes, LOST);
    done(&wire);
}

/* The receiver lacks them, too: they are sent again. */
static void a_hole_that_is_not_acknowledged_is_waited_for(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire, sizeof rpc_bind);
    for (unsigned i = 0; i < 20; i++)
        tcp(&wire, false, ACK, 500, 100, "", 0);
    tcp(&wire, true, PSH, 100, 500, rpc_bind, sizeof rpc_bind);
    const struct gathered *c = end(&wire);
    assert_int_equal(frame_of_bind(&wire, c), wire.number);
    assert_int_equal(c->missing_bytes, 0);
    done(&wire);
}

/* A mail server's banner and a client's greeting, in another flow between the same ends. */
static void begin_mail(struct wire *wire)
{
    static const char banner[] = "220 mx.example ESMTP\r\n", hello[] = "EHLO me\r\n";
    begin(wire, 0);
    tcp(wire, true, SYN, 9999, 0, "", 0);
    tcp(wire, false, SYN_ACK, 499, 10000, "", 0);
    tcp(wire, false, PSH, 500, 10000, banner, sizeof banner - 1);
    tcp(wire, true, PSH, 10000, 522, hello, sizeof hello - 1);
}

static void mail(struct wire *wire, uint32_t lost)
{
    static const char from[] = "MAIL FROM:<a@b>\r\n";
    tcp(wire, true, PSH, 10009 + lost, 522, from, sizeof from - 1);
}

static bool is_damaged(const struct gathered *c)
{
    bool damaged = false;
    for (size_t i = 0; i < c->session_count; i++)
        damaged = damaged || c->sessions[i].disposition == DISPOSITION_DAMAGED;
    return damaged;
}

/* SMTP cannot be picked up behind a gap: nobody knows what a line belongs to. */
static void a_flow_that_cannot_go_on_behind_a_hole_is_damaged(void **state)
{
    (void)state;
    struct wire wire;
    begin_mail(&wire);
    mail(&wire, LOST);
    assert_true(is_damaged(end(&wire)));
    done(&wire);
}

static void a_segment_from_far_off_is_not_believed_and_damages_nothing(void **state)
{
    (void)state;
    struct wire wire;
    begin_mail(&wire);
    mail(&wire, FAR);
    mail(&wire, 0);
    assert_false(is_damaged(end(&wire)));
    done(&wire);
}

static void what_comes_behind_a_segment_from_far_off_is_read(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire, FAR); /* the first bind */
    tcp(&wire, true, PSH, 100, 500, rpc_bind, sizeof rpc_bind);
    const struct gathered *c = end(&wire);
    assert_int_equal(frame_of_bind(&wire, c), wire.number);
    assert_int_equal(c->missing_bytes, 0);
    done(&wire);
}

/* More was lost than a window is large. */
static void two_segments_from_far_off_are_where_the_stream_is_by_now(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire, FAR);
    tcp(&wire, true, PSH, 100 + FAR + sizeof rpc_bind, 500, rpc_bind, sizeof rpc_bind);
    const struct gathered *c = end(&wire);
    assert_int_equal(frame_of_bind(&wire, c), wire.number);
    done(&wire);
    begin_mail(&wire);
    mail(&wire, FAR);
    mail(&wire, FAR + 17);
    assert_true(is_damaged(end(&wire)));
    done(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_behind_a_hole_is_read_when_the_capture_ends),
        cmocka_unit_test(what_waits_behind_a_hole_is_read_when_the_flow_ends),
        cmocka_unit_test(a_hole_that_the_receiver_acknowledges_is_given_up_at_once),
        cmocka_unit_test(a_hole_that_is_not_acknowledged_is_waited_for),
        cmocka_unit_test(a_flow_that_cannot_go_on_behind_a_hole_is_damaged),
        cmocka_unit_test(a_segment_from_far_off_is_not_believed_and_damages_nothing),
        cmocka_unit_test(what_comes_behind_a_segment_from_far_off_is_read),
        cmocka_unit_test(two_segments_from_far_off_are_where_the_stream_is_by_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
