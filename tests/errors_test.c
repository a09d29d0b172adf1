/* ICMP errors through the observing half: whose they are, also when they come early, late or in a tunnel. */
#include "tests/cmocka_all.h"

#include "app/crew.h"
#include "base/clock.h"
#include "observations/gather.h"
#include "tests/frames.h"

#define C       "10.0.0.9"
#define S       "10.0.0.2"
#define ROUTER  "10.0.0.254"
#define C6      "2001:db8::9"
#define S6      "2001:db8::2"
#define SYN     0x02
#define SYN_ACK 0x12
#define ACK     0x10
#define PSH     0x18
#define MILLI   (SECOND_NS / 1000)

/* Type and code: what is said. */
#define PROHIBITED    0x030d
#define PORT_CLOSED   0x0303
#define PROHIBITED_V6 0x0101

struct wire {
    struct crew *crew;
    struct gathering gathering;
    int64_t now_ns;
    uint64_t number;
    uint8_t source;
};

static void begin(struct wire *wire)
{
    struct failure failure = {0};
    struct crew_options options = {.sensor = "test"};
    *wire = (struct wire){.now_ns = 1700000040 * SECOND_NS};
    wire->crew = crew_create(&options, &failure);
    assert_non_null(wire->crew);
    wire->source = crew_source(wire->crew, "made.pcap", "");
}

static void send_frame(struct wire *wire, const struct made_frame *made)
{
    struct frame frame = {.time_ns = wire->now_ns,
                          .number = ++wire->number,
                          .start = made->bytes,
                          .captured = (uint32_t)made->length,
                          .sent = (uint32_t)made->length,
                          .source = wire->source,
                          .link_type = 1};
    crew_take(wire->crew, &frame, 1);
    wire->now_ns += MILLI;
}

static void tcp(struct wire *wire, bool from_client, uint8_t flags, const char *text)
{
    struct made_frame made = {.length = 0};
    put_ethernet(&made);
    if (from_client)
        put_tcp(&made, C, 50000, S, 6004, flags, flags == SYN ? 99 : 100, 0, text, strlen(text));
    else
        put_tcp(&made, S, 6004, C, 50000, flags, flags == SYN_ACK ? 499 : 500, 0, text, strlen(text));
    send_frame(wire, &made);
}

static void udp(struct wire *wire, bool from_client)
{
    struct made_frame made = {.length = 0};
    put_ethernet(&made);
    if (from_client)
        put_udp(&made, C, 50000, S, 53, "?", 1);
    else
        put_udp(&made, S, 53, C, 50000, "!", 1);
    send_frame(wire, &made);
}

/* The beginning of a SYN, as much as an error must quote. */
static void put_syn(struct made_frame *made, uint16_t port)
{
    put_be16(made, 50000);
    put_be16(made, port);
    put_be32(made, 99);
}

/* From the router to the client, about what the client sent from `source` to the server. */
static void put_error(struct made_frame *made, uint32_t says, const char *source, uint8_t protocol, uint16_t port)
{
    put_ip(made, ROUTER, C, 1, 8 + 28);
    put_be16(made, says);
    put_be16(made, port); /* in the place of a checksum: without one these would be copies of each other */
    put_be32(made, 0);
    put_ip(made, source, S, protocol, 20);
    put_syn(made, port);
}

static void error(struct wire *wire, uint32_t says, const char *source, uint8_t protocol, uint16_t port)
{
    struct made_frame made = {.length = 0};
    put_ethernet(&made);
    put_error(&made, says, source, protocol, port);
    send_frame(wire, &made);
}

static const struct gathered *end(struct wire *wire, size_t expected)
{
    struct failure failure = {0};
    crew_source_ended(wire->crew, wire->source, false, 0);
    crew_finish(wire->crew);
    assert_true(gather_init(&wire->gathering, crew_store(wire->crew), &failure));
    assert_int_equal(wire->gathering.count, expected);
    return wire->gathering.items;
}

static void done(struct wire *wire)
{
    gather_fini(&wire->gathering);
    crew_destroy(wire->crew);
}

static bool has(const struct wire *wire, const struct gathered *conversation, const char *key, const char *value)
{
    const struct observations *store = crew_store(wire->crew);
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(observations_text(store, conversation->facts[i].key), key) == 0 &&
            strcmp(observations_text(store, conversation->facts[i].value), value) == 0)
            return true;
    return false;
}

static void an_error_that_precedes_the_packet_it_quotes_is_of_its_flow(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    error(&wire, PROHIBITED, C, 6, 6004);
    tcp(&wire, true, SYN, "");
    const struct gathered *c = end(&wire, 1);
    assert_int_equal(c->pair.port, 6004);
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_PROHIBITED);
    done(&wire);
}

static void an_error_does_not_wait_longer_than_a_second(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    error(&wire, PROHIBITED, C, 6, 6004);
    wire.now_ns += 2 * SECOND_NS;
    for (unsigned i = 0; i < 4; i++) {
        tcp(&wire, true, SYN, "");
        wire.now_ns += SECOND_NS;
    }
    const struct gathered *c = end(&wire, 2);
    assert_int_equal(c[0].pair.transport, 1);
    assert_int_equal(c[1].pair.port, 6004);
    assert_int_not_equal(c[1].sessions[0].disposition, DISPOSITION_PROHIBITED);
    done(&wire);
}

static void what_is_quoted_and_never_seen_makes_no_flow_and_is_told(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    error(&wire, PROHIBITED, C, 6, 6004);
    error(&wire, PORT_CLOSED, C, 17, 53);
    const struct gathered *c = end(&wire, 1);
    assert_int_equal(c->pair.transport, 1);
    assert_int_equal(c->packets_to_server + c->packets_to_client, 2);
    assert_true(has(&wire, c, "icmp.errors", "prohibited 10.0.0.2:6004/tcp"));
    assert_true(has(&wire, c, "icmp.errors", "refused 10.0.0.2:53/udp"));
    done(&wire);
}

/* Said to the tunnel's end by a router on its way: that one asked for nothing, the packet inside was the client's. */
static void error_of_tunnel(struct wire *wire, uint32_t says, uint16_t port)
{
    struct made_frame made = {.length = 0};
    put_ethernet(&made);
    put_ip(&made, "192.0.2.9", "192.0.2.1", 1, 8 + 20 + 4 + 28);
    put_be16(&made, says);
    put_be16(&made, port);
    put_be32(&made, 0);
    put_ip(&made, "192.0.2.1", "192.0.2.2", 47, 4 + 40);
    put_be32(&made, 0x0800);
    put_ip(&made, C, S, 6, 20);
    put_syn(&made, port);
    send_frame(wire, &made);
}

static void an_error_about_a_tunnels_packet_is_about_the_one_inside(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    tcp(&wire, true, SYN, "");
    error_of_tunnel(&wire, PROHIBITED, 6004);
    const struct gathered *c = end(&wire, 1);
    assert_int_equal(c->pair.port, 6004);
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_PROHIBITED);
    assert_true(has(&wire, c, "tunnel.errors", "gre"));
    done(&wire);
}

static void what_was_said_of_a_tunnels_packet_names_the_tunnel(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    error_of_tunnel(&wire, PORT_CLOSED, 6004);
    const struct gathered *c = end(&wire, 1);
    assert_int_equal(c->pair.transport, 1);
    assert_true(has(&wire, c, "icmp.errors", "unreachable 10.0.0.2:6004/tcp in gre"));
    done(&wire);
}

static void more_errors_than_can_wait_are_all_counted(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    for (uint16_t i = 0; i < 40; i++)
        error(&wire, PROHIBITED, C, 6, (uint16_t)(6000 + i));
    const struct gathered *c = end(&wire, 1);
    assert_int_equal(c->packets_to_server + c->packets_to_client, 40);
    assert_int_equal(c->fact_count, 40);
    done(&wire);
}

static void ends_that_were_translated_are_not_matched(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    tcp(&wire, true, SYN, "");
    tcp(&wire, true, SYN, "");
    error(&wire, PROHIBITED, "192.0.2.1", 6, 6004);
    const struct gathered *c = end(&wire, 2);
    assert_int_equal(c[0].pair.port, 6004);
    assert_int_not_equal(c[0].sessions[0].disposition, DISPOSITION_PROHIBITED);
    done(&wire);
}

static void an_error_after_success_is_no_failure(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    tcp(&wire, true, SYN, "");
    tcp(&wire, false, SYN_ACK, "");
    tcp(&wire, true, PSH, "\x01\x02\x03");
    tcp(&wire, false, PSH, "\x04\x05\x06");
    error(&wire, PROHIBITED, C, 6, 6004);
    udp(&wire, true);
    udp(&wire, false);
    error(&wire, PORT_CLOSED, C, 17, 53);
    const struct gathered *c = end(&wire, 2);
    assert_int_equal(c[0].sessions[0].disposition, DISPOSITION_OK);
    assert_int_equal(c[1].sessions[0].disposition, DISPOSITION_OK);
    done(&wire);
}

/* The server's direction does not pass here; the client goes on, so it was answered. */
static void an_error_after_success_out_of_sight_is_no_failure(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    tcp(&wire, true, SYN, "");
    tcp(&wire, true, ACK, "");
    tcp(&wire, true, PSH, "\x01\x02\x03");
    error(&wire, PROHIBITED, C, 6, 6004);
    const struct gathered *c = end(&wire, 1);
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_ONE_WAY);
    done(&wire);
}

static void errors_inside_a_tunnel_are_of_the_flow_inside(void **state)
{
    (void)state;
    struct wire wire;
    struct made_frame inner = {.length = 0}, made = {.length = 0};
    begin(&wire);
    tcp(&wire, true, SYN, "");
    put_error(&inner, PROHIBITED, C, 6, 6004);
    put_ethernet(&made);
    put_ip(&made, "192.0.2.1", "192.0.2.2", 47, (uint16_t)(4 + inner.length));
    put_be16(&made, 0); /* GRE, RFC 2784, without options */
    put_be16(&made, 0x0800);
    put(&made, inner.bytes, inner.length);
    send_frame(&wire, &made);
    const struct gathered *c = end(&wire, 1);
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_PROHIBITED);
    done(&wire);
}

static void put_ip6(struct made_frame *made, const char *source, const char *target, uint8_t next, uint32_t body)
{
    uint8_t octets[16], rest[2] = {next, 64};
    put_be32(made, 0x60000000);
    put_be16(made, body);
    put(made, rest, sizeof rest);
    inet_pton(AF_INET6, source, octets);
    put(made, octets, sizeof octets);
    inet_pton(AF_INET6, target, octets);
    put(made, octets, sizeof octets);
}

static void errors_of_icmpv6_are_attributed_alike(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    for (unsigned early = 0; early < 2; early++) {
        for (unsigned step = 0; step < 2; step++) {
            struct made_frame made = {.length = 0};
            uint16_t port = (uint16_t)(6004 + early);
            put_ethernet(&made);
            made.bytes[12] = 0x86;
            made.bytes[13] = 0xdd;
            if (step == early) {
                put_ip6(&made, C6, S6, 6, 20);
                put_syn(&made, port);
                put_be32(&made, 0);
                put_be32(&made, 0x50000000u | SYN << 16);
                put_be32(&made, 0);
            } else {
                put_ip6(&made, "2001:db8::fe", C6, 58, 8 + 40 + 8);
                put_be32(&made, PROHIBITED_V6 << 16);
                put_be32(&made, 0);
                put_ip6(&made, C6, S6, 6, 20);
                put_syn(&made, port);
            }
            send_frame(&wire, &made);
        }
    }
    const struct gathered *c = end(&wire, 2);
    assert_int_equal(c[0].sessions[0].disposition, DISPOSITION_PROHIBITED);
    assert_int_equal(c[1].sessions[0].disposition, DISPOSITION_PROHIBITED);
    done(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_that_precedes_the_packet_it_quotes_is_of_its_flow),
        cmocka_unit_test(an_error_does_not_wait_longer_than_a_second),
        cmocka_unit_test(what_is_quoted_and_never_seen_makes_no_flow_and_is_told),
        cmocka_unit_test(an_error_about_a_tunnels_packet_is_about_the_one_inside),
        cmocka_unit_test(what_was_said_of_a_tunnels_packet_names_the_tunnel),
        cmocka_unit_test(more_errors_than_can_wait_are_all_counted),
        cmocka_unit_test(ends_that_were_translated_are_not_matched),
        cmocka_unit_test(an_error_after_success_is_no_failure),
        cmocka_unit_test(an_error_after_success_out_of_sight_is_no_failure),
        cmocka_unit_test(errors_inside_a_tunnel_are_of_the_flow_inside),
        cmocka_unit_test(errors_of_icmpv6_are_attributed_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
