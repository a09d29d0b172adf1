/* Resets in a server's name that something between sent: told by how far they came, and only with proof. */
#include "tests/cmocka_all.h"

#include "app/crew.h"
#include "app/resets.h"
#include "base/clock.h"
#include "flows/flow.h"
#include "observations/gather.h"
#include "tests/frames.h"

#define C       "10.0.0.9"
#define S       "10.0.0.2"
#define SYN     0x02
#define SYN_ACK 0x12
#define PSH     0x18
#define RST     0x14
#define TTL_AT  22 /* in a frame of Ethernet and IPv4 */

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

static void tcp(struct wire *wire, bool from_client, const char *client, uint16_t port, uint8_t flags, uint8_t ttl,
                const char *text)
{
    struct made_frame made = {.length = 0};
    put_ethernet(&made);
    if (from_client)
        put_tcp(&made, client, 50000, S, port, flags, flags == SYN ? 99 : 100, 0, text, strlen(text));
    else
        put_tcp(&made, S, port, client, 50000, flags, flags == SYN_ACK ? 499 : 500, 100, text, strlen(text));
    made.bytes[TTL_AT] = ttl;
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

/* The server answers on 25: this is how far it is. */
static void answer(struct wire *wire, const char *client, uint8_t ttl)
{
    tcp(wire, true, client, 25, SYN, 64, "");
    tcp(wire, false, client, 25, SYN_ACK, ttl, "");
}

/* What is said of the conversation with `port`; "" when nothing is. The wire is done with then. */
static void assert_resets(struct wire *wire, uint16_t port, const char *expected)
{
    struct failure failure = {0};
    const char *said = "";
    crew_source_ended(wire->crew, wire->source, false, 0);
    crew_finish(wire->crew);
    const struct observations *store = crew_store(wire->crew);
    assert_true(gather_init(&wire->gathering, store, &failure));
    for (size_t i = 0; i < wire->gathering.count; i++) {
        const struct gathered *c = &wire->gathering.items[i];
        for (size_t k = 0; k < c->fact_count && c->pair.port == port; k++)
            if (strcmp(observations_text(store, c->facts[k].key), "tcp.resets") == 0)
                said = observations_text(store, c->facts[k].value);
        if (c->pair.port == 6004)
            assert_int_equal(c->sessions[0].disposition, DISPOSITION_REFUSED);
    }
    assert_string_equal(said, expected);
    gather_fini(&wire->gathering);
    crew_destroy(wire->crew);
}

static void refuse_after_answer(struct wire *wire, uint8_t answer_ttl, uint8_t reset_ttl)
{
    begin(wire);
    answer(wire, C, answer_ttl);
    tcp(wire, true, C, 6004, SYN, 64, "");
    tcp(wire, false, C, 6004, RST, reset_ttl, "");
}

static void a_refusal_from_nearer_than_the_server_is_told(void **state)
{
    (void)state;
    static const struct {
        uint8_t answer, reset;
        const char *said;
    } cases[] = {
        {57, 62, "5 hops nearer"},
        {63, 64, "1 hop nearer"},
        {121, 62, "5 hops nearer"},
        {57, 254, "6 hops nearer"},
        {57, 57, ""},  /* the server's own */
        {57, 50, ""},  /* from farther: nothing that we could explain */
        {57, 121, ""}, /* as far, though of another kind */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire wire;
        refuse_after_answer(&wire, cases[i].answer, cases[i].reset);
        assert_resets(&wire, 6004, cases[i].said);
    }
}

static void without_the_servers_own_answer_nothing_is_told(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    answer(&wire, "10.0.0.8", 57); /* to another client, perhaps another way */
    tcp(&wire, true, C, 6004, SYN, 64, "");
    tcp(&wire, false, C, 6004, RST, 62, "");
    assert_resets(&wire, 6004, "");
}

static void a_server_whose_way_varies_proves_nothing(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    answer(&wire, C, 57);
    tcp(&wire, true, C, 80, SYN, 64, "");
    tcp(&wire, false, C, 80, SYN_ACK, 56, "");
    tcp(&wire, true, C, 6004, SYN, 64, "");
    tcp(&wire, false, C, 6004, RST, 62, "");
    assert_resets(&wire, 6004, "");
}

static void a_connection_that_is_cut_by_something_nearer_is_told_alike(void **state)
{
    (void)state;
    struct wire wire;
    begin(&wire);
    answer(&wire, C, 57);
    tcp(&wire, true, C, 25, PSH, 64, "\x01\x02");
    tcp(&wire, false, C, 25, PSH, 57, "\x03\x04");
    tcp(&wire, true, C, 25, RST, 60, ""); /* the client's own resets tell nothing of the server */
    tcp(&wire, false, C, 25, RST, 63, "");
    assert_resets(&wire, 25, "6 hops nearer");
}

/* What the server of pair `i` sends. */
static struct packet packet_of_pair(unsigned i, uint8_t ttl)
{
    const uint8_t server[4] = {10, 1, (uint8_t)(i >> 8), (uint8_t)i}, client[4] = {10, 2, (uint8_t)(i >> 16), 1};
    return (struct packet){.ttl = ttl, .ends = {.source = address_from_v4(server), .target = address_from_v4(client)}};
}

static void what_is_forgotten_does_not_depend_on_how_many_observe(void **state)
{
    (void)state;
    enum { PAIRS = 100000, ALONE = 0, OBSERVERS = 3 };
    struct failure failure = {0};
    struct resets *tables[1 + OBSERVERS];
    unsigned known = 0;
    for (unsigned i = 0; i < 1 + OBSERVERS; i++)
        assert_non_null(tables[i] = resets_create(&failure));
    for (unsigned i = 0; i < PAIRS; i++) {
        struct packet answer = packet_of_pair(i, 57);
        resets_note(tables[ALONE], &answer);
        resets_note(tables[1 + flow_pair_place(&answer.ends, OBSERVERS)], &answer);
    }
    for (unsigned i = 0; i < PAIRS; i++) {
        struct packet reset = packet_of_pair(i, 60);
        unsigned hops = resets_nearer(tables[ALONE], &reset);
        assert_int_equal(resets_nearer(tables[1 + flow_pair_place(&reset.ends, OBSERVERS)], &reset), hops);
        known += hops == 3;
    }
    assert_in_range(known, PAIRS / 4, PAIRS - 1);
    for (unsigned i = 0; i < 1 + OBSERVERS; i++)
        resets_destroy(tables[i]);
}

static void networks_that_are_kept_apart_have_ways_of_their_own(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct resets *resets = resets_create(&failure);
    struct packet near = packet_of_pair(1, 63), far = packet_of_pair(1, 57), reset = packet_of_pair(1, 60);
    assert_non_null(resets);
    far.ends.apart = reset.ends.apart = 2;
    resets_note(resets, &near);
    resets_note(resets, &far);
    assert_int_equal(resets_nearer(resets, &reset), 3);
    resets_destroy(resets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_from_nearer_than_the_server_is_told),
        cmocka_unit_test(without_the_servers_own_answer_nothing_is_told),
        cmocka_unit_test(a_server_whose_way_varies_proves_nothing),
        cmocka_unit_test(a_connection_that_is_cut_by_something_nearer_is_told_alike),
        cmocka_unit_test(what_is_forgotten_does_not_depend_on_how_many_observe),
        cmocka_unit_test(networks_that_are_kept_apart_have_ways_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
