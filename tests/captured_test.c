/* What is observed does not depend on how packets happen to be captured: in fragments, in pieces, late. Each test plays
 * the same short talk in another way; frames are given together, as a file or an interface gives them. */
#include "tests/cmocka_all.h"

#include "app/crew.h"
#include "base/clock.h"
#include "observations/gather.h"
#include "tests/frames.h"
#include "tests/talks_tls.h"

#define C           "10.0.0.9"
#define S           "10.0.0.2"
#define SYN         0x02
#define SYN_ACK     0x12
#define ACK         0x10
#define PSH         0x18
#define RST         0x14
#define FRAMES_MOST 640

struct capture {
    struct made_frame made[FRAMES_MOST];
    struct frame frames[FRAMES_MOST];
    size_t count;
};

static struct made_frame *next_frame(struct capture *capture)
{
    assert_true(capture->count < FRAMES_MOST);
    struct made_frame *made = &capture->made[capture->count++];
    made->length = 0;
    put_ethernet(made);
    return made;
}

static void client(struct capture *capture, uint16_t port, uint8_t flags, uint32_t sequence, uint32_t acknowledged,
                   const char *text)
{
    put_tcp(next_frame(capture), C, 50000, S, port, flags, sequence, acknowledged, text, strlen(text));
}

static void server(struct capture *capture, uint16_t port, uint8_t flags, uint32_t sequence, uint32_t acknowledged,
                   const char *text)
{
    put_tcp(next_frame(capture), S, port, C, 50000, flags, sequence, acknowledged, text, strlen(text));
}

struct observed {
    struct crew *crew;
    struct gathering gathering;
};

static const struct gathered *observe(struct observed *observed, struct capture *capture, size_t conversations)
{
    struct failure failure = {0};
    struct crew_options options = {.sensor = "test"};
    observed->crew = crew_create(&options, &failure);
    assert_non_null(observed->crew);
    crew_source(observed->crew, "made.pcap", "");
    for (size_t i = 0; i < capture->count; i++) {
        uint32_t length = (uint32_t)capture->made[i].length;
        capture->frames[i] = (struct frame){.time_ns = 1700000040 * SECOND_NS + (int64_t)i,
                                            .number = i + 1,
                                            .start = capture->made[i].bytes,
                                            .captured = length,
                                            .sent = length,
                                            .link_type = 1};
    }
    crew_take(observed->crew, capture->frames, capture->count);
    crew_source_ended(observed->crew, 0, false, 0);
    crew_finish(observed->crew);
    assert_true(gather_init(&observed->gathering, crew_store(observed->crew), &failure));
    assert_int_equal(observed->gathering.count, conversations);
    return observed->gathering.items;
}

static void forget(struct observed *observed, struct capture *capture)
{
    gather_fini(&observed->gathering);
    crew_destroy(observed->crew);
    free(capture);
}

static const char *text(const struct observed *observed, uint32_t name)
{
    return observations_text(crew_store(observed->crew), name);
}

static bool has(const struct observed *observed, const struct gathered *conversation, const char *key,
                const char *value)
{
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(text(observed, conversation->facts[i].key), key) == 0 &&
            strcmp(text(observed, conversation->facts[i].value), value) == 0)
            return true;
    return false;
}

static struct capture *begin(void)
{
    struct capture *capture = calloc(1, sizeof *capture);
    assert_non_null(capture);
    return capture;
}

static void any_number_of_fragmented_packets_at_once_is_put_together(void **state)
{
    (void)state;
    struct capture *capture = begin();
    struct observed observed;
    for (uint32_t i = 0; i < FRAMES_MOST / 2; i++) {
        struct made_frame whole = {.length = 0}, *first = next_frame(capture), *last = next_frame(capture);
        put_ethernet(&whole);
        put_udp(&whole, C, 50000, S, 7777, "0123456789abcdef", 16);
        for (struct made_frame *piece = first; piece <= last; piece++) {
            size_t from = piece == first ? 34 : 34 + 16;
            piece->length = 0;
            put(piece, whole.bytes, 16);
            put_be16(piece, 20 + (piece == first ? 16u : 8u));
            put_be16(piece, i);
            put_be16(piece, piece == first ? 0x2000u : 2u); /* more fragments; or from the second 8 bytes on */
            put(piece, whole.bytes + 22, 12);
            put(piece, whole.bytes + from, piece == first ? 16 : 8);
        }
    }
    const struct gathered *c = observe(&observed, capture, 1);
    assert_int_equal(c->pair.port, 7777);
    assert_int_equal(c->packets_to_server, FRAMES_MOST / 2);
    assert_int_equal(observations_coverage(crew_store(observed.crew), 0)->fragments_lost, 0);
    forget(&observed, capture);
}

static void a_client_hello_whose_second_half_comes_first_is_read(void **state)
{
    (void)state;
    struct capture *capture = begin();
    struct observed observed;
    uint32_t length = (uint32_t)sizeof TALK_TLS12_CLIENT - 1;
    client(capture, 443, SYN, 99, 0, "");
    server(capture, 443, SYN_ACK, 499, 100, "");
    put_tcp(next_frame(capture), C, 50000, S, 443, PSH, 140, 500, &TALK_TLS12_CLIENT[40], length - 40);
    for (int i = 0; i < 8; i++)
        server(capture, 443, ACK, 500, 100, ""); /* asks for what is missing */
    put_tcp(next_frame(capture), C, 50000, S, 443, PSH, 100, 500, TALK_TLS12_CLIENT, 40);
    put_tcp(next_frame(capture), S, 443, C, 50000, PSH, 500, 100 + length, TALK_TLS12_MUTUAL,
            sizeof TALK_TLS12_MUTUAL - 1);
    const struct gathered *c = observe(&observed, capture, 1);
    assert_string_equal(text(&observed, c->protocol), "tls");
    assert_true(has(&observed, c, "tls.server_names", "hub1.corp.example"));
    assert_true(has(&observed, c, "tls.versions", "TLS 1.2"));
    forget(&observed, capture);
}

/* A bind for the endpoint mapper in pieces of `size`, behind a hole. */
static void bind_behind_a_hole(struct capture *capture, size_t size)
{
    static const uint8_t bind[72] = {
        5,    0,    11,   3,    0x10, 0,    0,    0,    72,   0,    0,    0,    1,    0,    0,    0,    0xb8, 0x10,
        0xb8, 0x10, 0,    0,    0,    0,    1,    0,    0,    0,    0,    0,    1,    0,    0x08, 0x83, 0xaf, 0xe1,
        0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa, 3,    0,    0,    0,    0x04, 0x5d,
        0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2,    0,    0,    0};
    uint8_t other[sizeof bind];
    memcpy(other, bind, sizeof bind);
    other[32] = 0x78; /* of another interface */
    client(capture, 135, SYN, 99, 0, "");
    server(capture, 135, SYN_ACK, 499, 100, "");
    put_tcp(next_frame(capture), C, 50000, S, 135, PSH, 100, 500, other, sizeof other);
    uint32_t sequence = 100 + 50000;
    for (size_t at = 0; at < sizeof bind; at += size) {
        size_t length = sizeof bind - at < size ? sizeof bind - at : size;
        put_tcp(next_frame(capture), C, 50000, S, 135, PSH, sequence, 500, bind + at, length);
        sequence += (uint32_t)length;
    }
}

static void after_a_gap_a_message_in_small_pieces_is_found_again(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 72; size++) {
        struct capture *capture = begin();
        struct observed observed;
        bind_behind_a_hole(capture, size);
        const struct gathered *c = observe(&observed, capture, 1);
        assert_int_equal(c->missing_bytes, 50000 - 72);
        assert_true(has(&observed, c, "rpc.binds", "e1af8378-5d1f-11c9-91a4-08002b14a0fa/3.0"));
        assert_true(has(&observed, c, "rpc.binds", "e1af8308-5d1f-11c9-91a4-08002b14a0fa/3.0"));
        forget(&observed, capture);
    }
}

/* A mail server is asked for TLS: ten frames, in this order. */
static void mail_in_order(struct capture *capture, const char *order)
{
    for (; *order != '\0'; order++) {
        switch (*order) {
        case '0':
            client(capture, 25, SYN, 99, 0, "");
            break;
        case '1':
            server(capture, 25, SYN_ACK, 499, 100, "");
            break;
        case '2':
            client(capture, 25, ACK, 100, 500, "");
            break;
        case '3':
            server(capture, 25, PSH, 500, 100, "220 mx.example ESMTP\r\n");
            break;
        case '4':
            client(capture, 25, PSH, 100, 522, "EHLO me\r\n");
            break;
        case '5':
            server(capture, 25, PSH, 522, 109, "250-mx.example\r\n250 STARTTLS\r\n");
            break;
        case '6':
            client(capture, 25, PSH, 109, 552, "STARTTLS\r\n");
            break;
        case '7':
            server(capture, 25, PSH, 552, 119, "220 go ahead\r\n");
            break;
        case '8':
            put_tcp(next_frame(capture), C, 50000, S, 25, PSH, 119, 566, TALK_TLS12_CLIENT,
                    sizeof TALK_TLS12_CLIENT - 1);
            break;
        default:
            put_tcp(next_frame(capture), S, 25, C, 50000, PSH, 566, 119 + sizeof TALK_TLS12_CLIENT - 1,
                    TALK_TLS12_MUTUAL, sizeof TALK_TLS12_MUTUAL - 1);
        }
    }
}

static void what_answers_is_read_after_what_it_answers_whichever_came_first(void **state)
{
    (void)state;
    static const char *const orders[] = {"0123456789", "1032547698", "0132457689", "0124356879", "2103654987",
                                         "0123465789", "0124537689", "0213654789", "0123457698", "0123475689"};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct capture *capture = begin();
        struct observed observed;
        mail_in_order(capture, orders[i]);
        const struct gathered *c = observe(&observed, capture, 1);
        assert_int_equal(c->flows, 1);
        assert_string_equal(text(&observed, c->protocol), "smtp");
        assert_string_equal(text(&observed, c->sessions[0].encryption), "starttls");
        assert_true(has(&observed, c, "tls.versions", "TLS 1.2"));
        forget(&observed, capture);
    }
}

static void a_refusal_seen_before_the_syn_is_one_refused_flow(void **state)
{
    (void)state;
    struct capture *capture = begin();
    struct observed observed;
    server(capture, 6004, RST, 0, 100, "");
    client(capture, 6004, SYN, 99, 0, "");
    const struct gathered *c = observe(&observed, capture, 1);
    assert_int_equal(c->flows, 1);
    assert_int_equal(c->sessions[0].disposition, DISPOSITION_REFUSED);
    forget(&observed, capture);
}

/* The byte that a keep-alive sends again need not be the right one (RFC 1122, 4.2.3.6). */
static void a_keep_alive_is_not_taken_before_the_byte_it_repeats(void **state)
{
    (void)state;
    struct capture *capture = begin();
    struct observed observed;
    mail_in_order(capture, "0123");
    server(capture, 25, ACK, 521, 109, "?");
    client(capture, 25, PSH, 100, 522, "EHLO me\r\n");
    server(capture, 25, PSH, 522, 109, "250-mx.example\r\n250 STARTTLS\r\n");
    client(capture, 25, ACK, 108, 552, "?");
    client(capture, 25, PSH, 109, 552, "STARTTLS\r\n");
    server(capture, 25, ACK, 551, 119, "?");
    server(capture, 25, PSH, 552, 119, "220 go ahead\r\n");
    const struct gathered *c = observe(&observed, capture, 1);
    assert_true(has(&observed, c, "smtp.starttls", "offered"));
    assert_true(has(&observed, c, "smtp.starttls", "used"));
    forget(&observed, capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_fragmented_packets_at_once_is_put_together),
        cmocka_unit_test(a_client_hello_whose_second_half_comes_first_is_read),
        cmocka_unit_test(after_a_gap_a_message_in_small_pieces_is_found_again),
        cmocka_unit_test(what_answers_is_read_after_what_it_answers_whichever_came_first),
        cmocka_unit_test(a_refusal_seen_before_the_syn_is_one_refused_flow),
        cmocka_unit_test(a_keep_alive_is_not_taken_before_the_byte_it_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
