/* decode: IP, its extension headers and transports, on frames written here byte by byte. Every frame is handed over in
 * memory of exactly its size, so that the sanitizer sees any read past its end. */
#include "capture/decode.h"
#include "tests/build.h"
#include "tests/cmocka_all.h"

#include <pcap/dlt.h>
#include <stdlib.h>

struct fixture {
    struct decoder *decoder;
    uint8_t *copies[128]; /* of frames, borrowed by packets until the test ends */
    size_t count;
    struct packet packet;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct failure failure = {0};
    f->decoder = decoder_create(1 << 20, &failure);
    *state = f;
    return f->decoder == NULL;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < f->count; i++)
        free(f->copies[i]);
    decoder_destroy(f->decoder);
    free(f);
    return 0;
}

/* Decodes the first `captured` bytes of a frame. */
static enum decoded decode_cut(struct fixture *f, int link_type, const struct build *b, size_t captured)
{
    assert_true(f->count < sizeof f->copies / sizeof f->copies[0]);
    uint8_t *copy = malloc(captured > 0 ? captured : 1);
    memcpy(copy, b->bytes, captured);
    f->copies[f->count++] = copy;
    struct frame frame = {.time_ns = 1000 * (int64_t)f->count,
                          .number = f->count,
                          .start = copy,
                          .captured = (uint32_t)captured,
                          .sent = (uint32_t)b->length,
                          .link_type = link_type};
    memset(&f->packet, 0xa5, sizeof f->packet);
    return decode_frame(f->decoder, &frame, &f->packet);
}

static enum decoded decode(struct fixture *f, const struct build *b)
{
    return decode_cut(f, DLT_EN10MB, b, b->length);
}

static void assert_payload(const struct packet *p, const char *text)
{
    assert_int_equal(p->payload.left, strlen(text));
    assert_memory_equal(p->payload.at, text, strlen(text));
    assert_true(bytes_ok(&p->payload));
}

static void assert_ends(const struct endpoints *ends, const char *source, unsigned source_port, const char *target,
                        unsigned target_port, unsigned protocol)
{
    char text[ADDRESS_TEXT];
    assert_string_equal(address_text(&ends->source, text), source);
    assert_string_equal(address_text(&ends->target, text), target);
    assert_int_equal(ends->source_port, source_port);
    assert_int_equal(ends->target_port, target_port);
    assert_int_equal(ends->protocol, protocol);
    assert_int_equal(ends->tunnel, 0);
}

static void a_tcp_segment_gives_its_ends_numbers_and_payload(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, IP_TCP, 20 + 20 + 5);
    put_tcp(&b, 5);
    put(&b, "hello", 5);
    assert_int_equal(decode(f, &b), DECODED_PACKET);
    assert_ends(&f->packet.ends, "10.0.0.1", 40000, "10.0.0.2", 135, IP_TCP);
    assert_int_equal(f->packet.time_ns, 1000);
    assert_int_equal(f->packet.frame, 1);
    assert_int_equal(f->packet.ip_bytes, 45);
    assert_int_equal(f->packet.ttl, 64);
    assert_int_equal(f->packet.tcp_flags, TCP_PSH | TCP_ACK);
    assert_int_equal(f->packet.sequence, 0x01020304);
    assert_int_equal(f->packet.acknowledged, 0x05060708);
    assert_int_equal(f->packet.payload_sent, 5);
    assert_payload(&f->packet, "hello");
    assert_false(f->packet.icmp_is_error);
    assert_int_equal(f->packet.icmp_says, ICMP_SAYS_NOTHING);
    assert_string_equal(decoder_tunnel(f->decoder, 0), "");
}

static void ethernet_padding_is_never_payload(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, IP_TCP, 20 + 20);
    put_tcp(&b, 5);
    put_zeros(&b, 6);
    assert_int_equal(decode(f, &b), DECODED_PACKET);
    assert_int_equal(f->packet.payload.left, 0);
    assert_int_equal(f->packet.payload_sent, 0);

    struct build u = {0};
    put_ethernet(&u, 0x86dd);
    put_ip6(&u, IP_UDP, 8 + 2);
    put_udp(&u, 8 + 2);
    put(&u, "hiPADDING", 9);
    assert_int_equal(decode(f, &u), DECODED_PACKET);
    assert_payload(&f->packet, "hi");
    assert_int_equal(f->packet.payload_sent, 2);
}

static void ip_and_tcp_options_are_no_payload(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, IP_TCP, 28 + 24 + 2);
    b.bytes[14] = 0x47;
    put_zeros(&b, 8);
    put_tcp(&b, 6);
    put(&b, "\x02\x04\x05\xb4ok", 6);
    assert_int_equal(decode(f, &b), DECODED_PACKET);
    assert_payload(&f->packet, "ok");
    assert_int_equal(f->packet.payload_sent, 2);
}

static void a_frame_cut_by_the_snaplen_tells_what_was_sent(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, IP_TCP, 20 + 20 + 100);
    put_tcp(&b, 5);
    put(&b, "abc", 3);
    put_zeros(&b, 97);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, 14 + 40 + 3), DECODED_PACKET);
    assert_payload(&f->packet, "abc");
    assert_int_equal(f->packet.payload_sent, 100);
    assert_int_equal(f->packet.ip_bytes, 140);
}

static void a_frame_cut_in_the_tcp_header_is_read_as_far_as_it_goes(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, IP_TCP, 20 + 32 + 10);
    put_tcp(&b, 8);
    put_zeros(&b, 12 + 10);
    for (size_t captured = 4; captured < 32; captured++) {
        assert_int_equal(decode_cut(f, DLT_EN10MB, &b, 34 + captured), DECODED_PACKET);
        assert_ends(&f->packet.ends, "10.0.0.1", 40000, "10.0.0.2", 135, IP_TCP);
        assert_int_equal(f->packet.sequence, captured >= 8 ? 0x01020304 : 0);
        assert_int_equal(f->packet.acknowledged, captured >= 12 ? 0x05060708 : 0);
        assert_int_equal(f->packet.tcp_flags, captured >= 14 ? 0x18 : 0);
        assert_int_equal(f->packet.payload.left, 0);
        assert_int_equal(f->packet.payload_sent, captured >= 13 ? 10 : 22);
    }
    for (size_t captured = 0; captured < 34 + 4; captured++)
        assert_int_equal(decode_cut(f, DLT_EN10MB, &b, captured), DECODED_NOTHING);
}

static void a_tcp_header_that_lies_is_nothing(void **state)
{
    struct fixture *f = *state;
    for (unsigned words = 0; words < 16; words++) {
        struct build b = {0};
        put_ethernet(&b, 0x0800);
        put_ip4(&b, IP_TCP, 20 + 24);
        put_tcp(&b, words);
        put_zeros(&b, 60); /* in the frame, but not in the packet */
        assert_int_equal(decode(f, &b), words == 5 || words == 6 ? DECODED_PACKET : DECODED_NOTHING);
    }
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, IP_TCP, 20 + 12);
    put_tcp(&b, 5);
    assert_int_equal(decode(f, &b), DECODED_NOTHING);
}

static void an_ip_header_that_lies_is_nothing(void **state)
{
    struct fixture *f = *state;
    struct build good = {0};
    put_ethernet(&good, 0x0800);
    put_ip4(&good, IP_UDP, 20 + 8);
    put_udp(&good, 8);
    assert_int_equal(decode(f, &good), DECODED_PACKET);

    struct build b = good;
    b.bytes[14] = 0x44; /* header of 16 bytes */
    assert_int_equal(decode(f, &b), DECODED_NOTHING);
    b.bytes[14] = 0x4f; /* header longer than the packet */
    assert_int_equal(decode(f, &b), DECODED_NOTHING);
    b.bytes[14] = 0x55; /* version 5 */
    assert_int_equal(decode(f, &b), DECODED_NOTHING);
    b = good;
    b.bytes[17] = 19; /* the packet shorter than its header */
    assert_int_equal(decode(f, &b), DECODED_NOTHING);
}

static void a_total_length_of_zero_is_as_long_as_the_frame(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, IP_TCP, 0);
    put_tcp(&b, 5);
    put(&b, "segmented later", 15);
    assert_int_equal(decode(f, &b), DECODED_PACKET);
    assert_payload(&f->packet, "segmented later");
    assert_int_equal(f->packet.ip_bytes, 55);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length - 6), DECODED_PACKET);
    assert_payload(&f->packet, "segmented");
    assert_int_equal(f->packet.payload_sent, 15);

    struct build six = {0};
    put_ethernet(&six, 0x86dd);
    put_ip6(&six, IP_TCP, 0);
    put_tcp(&six, 5);
    put(&six, "too", 3);
    assert_int_equal(decode(f, &six), DECODED_PACKET);
    assert_payload(&f->packet, "too");
    assert_int_equal(f->packet.ip_bytes, 63);
}

static void the_length_of_udp_bounds_its_payload(void **state)
{
    static const struct {
        unsigned length;
        enum decoded decoded;
        unsigned payload;
    } cases[] = {{8 + 6, DECODED_PACKET, 6},   {8 + 4, DECODED_PACKET, 4}, {8, DECODED_PACKET, 0},
                 {0, DECODED_PACKET, 6},       {7, DECODED_NOTHING, 0},    {1, DECODED_NOTHING, 0},
                 {8 + 200, DECODED_PACKET, 6}, {65535, DECODED_PACKET, 6}};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct build b = {0};
        put_ethernet(&b, 0x0800);
        put_ip4(&b, IP_UDP, 20 + 8 + 6);
        put_udp(&b, cases[i].length);
        put(&b, "abcdefPAD", 9);
        assert_int_equal(decode(f, &b), cases[i].decoded);
        if (cases[i].decoded != DECODED_PACKET)
            continue;
        assert_ends(&f->packet.ends, "10.0.0.1", 53000, "10.0.0.2", 88, IP_UDP);
        assert_int_equal(f->packet.payload_sent, cases[i].payload);
        assert_int_equal(f->packet.payload.left, cases[i].payload);
    }
}

static void a_frame_cut_in_the_udp_header_still_has_its_ports(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, IP_UDP, 20 + 8 + 6);
    put_udp(&b, 8 + 6);
    put(&b, "abcdef", 6);
    for (size_t captured = 4; captured <= 8; captured++) {
        assert_int_equal(decode_cut(f, DLT_EN10MB, &b, 34 + captured), DECODED_PACKET);
        assert_int_equal(f->packet.ends.target_port, 88);
        assert_int_equal(f->packet.payload.left, 0);
        assert_int_equal(f->packet.payload_sent, 6);
    }
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, 34 + 3), DECODED_NOTHING);
}

static void extension_headers_of_ipv6_are_stepped_over(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x86dd);
    put_ip6(&b, 0, 8 + 24 + 16 + 8 + 8 + 8 + 8 + 12 + 20 + 2);
    put(&b, "\x2b\x00\x01\x04\0\0\0\0", 8);                  /* hop by hop, then routing */
    put(&b, "\x3c\x02\x00\x00\0\0\0\0\0\0\0\0\0\0\0\0", 16); /* 24 bytes, then destination options */
    put_zeros(&b, 8);
    put(&b, "\x87\x01\x01\x0c\0\0\0\0\0\0\0\0\0\0\0\0", 16); /* then mobility */
    put(&b, "\x8b\x00\0\0\0\0\0\0", 8);                      /* then HIP */
    put(&b, "\x8c\x00\0\0\0\0\0\0", 8);                      /* then shim6 */
    put(&b, "\x2c\x00\0\0\0\0\0\0", 8);                      /* then a fragment header ... */
    put(&b, "\x33\x00\x00\x00\0\0\0\x07", 8);                /* ... of a packet in one piece, then AH */
    put(&b, "\x06\x01\0\0\0\0\0\x01\0\0\0\x02", 12);
    put_tcp(&b, 5);
    put(&b, "v6", 2);
    assert_int_equal(decode(f, &b), DECODED_PACKET);
    assert_ends(&f->packet.ends, "2001:db8::1", 40000, "2001:db8::2", 135, IP_TCP);
    assert_payload(&f->packet, "v6");
    assert_int_equal(f->packet.payload_sent, 2);
    assert_int_equal(f->packet.ttl, 63);
    assert_int_equal(f->packet.ip_bytes, b.length - 14);
    for (size_t captured = 14 + 40; captured < b.length - 2 - 20; captured += 7)
        assert_int_equal(decode_cut(f, DLT_EN10MB, &b, captured), DECODED_NOTHING);
}

static void extension_headers_end_somewhere(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x86dd);
    put_ip6(&b, 60, 8 * 100 + 20);
    for (int i = 0; i < 100; i++)
        put(&b, "\x3c\x00\x01\x04\0\0\0\0", 8);
    put_tcp(&b, 5);
    assert_int_equal(decode(f, &b), DECODED_NOTHING);

    struct build longer = {0}; /* than the packet, though not than the frame */
    put_ethernet(&longer, 0x86dd);
    put_ip6(&longer, 60, 8);
    put(&longer, "\x06\x01\x01\x04\0\0\0\0", 8);
    put_zeros(&longer, 8);
    put_tcp(&longer, 5);
    assert_int_equal(decode(f, &longer), DECODED_NOTHING);
}

static void ah_shows_what_it_protects_and_esp_does_not(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, 51, 20 + 24 + 8 + 2);
    put(&b, "\x11\x04\0\0\0\0\0\x01\0\0\0\x02", 12);
    put_zeros(&b, 12);
    put_udp(&b, 8 + 2);
    put(&b, "ah", 2);
    assert_int_equal(decode(f, &b), DECODED_PACKET);
    assert_ends(&f->packet.ends, "10.0.0.1", 53000, "10.0.0.2", 88, IP_UDP);
    assert_payload(&f->packet, "ah");

    struct build esp = {0};
    put_ethernet(&esp, 0x0800);
    put_ip4(&esp, 50, 20 + 32);
    put_zeros(&esp, 32);
    assert_int_equal(decode(f, &esp), DECODED_PACKET);
    assert_ends(&f->packet.ends, "10.0.0.1", 0, "10.0.0.2", 0, 50);
    assert_int_equal(f->packet.payload.left, 0);
    assert_int_equal(f->packet.ip_bytes, 52);
}

/* A UDP datagram of 8 + 24 bytes in two IPv4 fragments of 16 bytes each. */
static void put_half(struct build *b, bool second, unsigned id, char letter)
{
    put_ethernet(b, 0x0800);
    put_ip4_part(b, IP_UDP, 20 + 16, id, second ? 2 : 0x2000);
    if (!second)
        put_udp(b, 8 + 24);
    for (int i = 0; i < (second ? 16 : 8); i++)
        put_u8(b, (unsigned)(unsigned char)letter);
    put_zeros(b, 10);
}

static void fragments_become_one_packet_with_the_last_of_them(void **state)
{
    struct fixture *f = *state;
    struct build first = {0}, second = {0}, other_first = {0}, other_second = {0};
    put_half(&first, false, 7, 'a');
    put_half(&second, true, 7, 'a');
    put_half(&other_first, false, 8, 'b');
    put_half(&other_second, true, 8, 'b');
    assert_int_equal(decode(f, &first), DECODED_FRAGMENT);
    assert_int_equal(decode(f, &other_second), DECODED_FRAGMENT);
    assert_int_equal(decoder_counters(f->decoder).fragments_waiting, 2);
    assert_int_equal(decode(f, &second), DECODED_PACKET);
    struct packet a = f->packet;
    assert_int_equal(decode(f, &other_first), DECODED_PACKET);
    assert_payload(&f->packet, "bbbbbbbbbbbbbbbbbbbbbbbb");
    assert_payload(&a, "aaaaaaaaaaaaaaaaaaaaaaaa"); /* still here: nothing was released */
    assert_ends(&a.ends, "10.0.0.1", 53000, "10.0.0.2", 88, IP_UDP);
    assert_int_equal(a.frame, 3);
    assert_int_equal(a.time_ns, 3000);
    assert_int_equal(a.ip_bytes, 20 + 32);
    assert_int_equal(a.payload_sent, 24);
    decoder_release(f->decoder);
    assert_int_equal(decoder_counters(f->decoder).fragments_lost, 0);
    assert_int_equal(decoder_counters(f->decoder).fragments_waiting, 0);
}

static void fragments_cut_by_the_snaplen_still_make_a_packet(void **state)
{
    struct fixture *f = *state;
    struct build first = {0}, second = {0};
    put_half(&first, false, 9, 'c');
    put_half(&second, true, 9, 'c');
    assert_int_equal(decode_cut(f, DLT_EN10MB, &first, 34 + 12), DECODED_FRAGMENT);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &second, 34 + 12), DECODED_PACKET);
    assert_payload(&f->packet, "cccc");
    assert_int_equal(f->packet.payload_sent, 24);
}

static void fragments_of_ipv6_may_hold_extension_headers(void **state)
{
    struct fixture *f = *state;
    struct build first = {0}, second = {0};
    put_ethernet(&first, 0x86dd);
    put_ip6(&first, 0, 8 + 8 + 16);
    put(&first, "\x2c\x00\x01\x04\0\0\0\0", 8);   /* hop by hop */
    put(&first, "\x3c\x00\x00\x01\0\0\0\x63", 8); /* fragment: destination options first, more to come */
    put(&first, "\x11\x00\x01\x04\0\0\0\0", 8);
    put_udp(&first, 8 + 3);
    put_ethernet(&second, 0x86dd);
    put_ip6(&second, 0, 8 + 8 + 3);
    put(&second, "\x2c\x00\x01\x04\0\0\0\0", 8);
    put(&second, "\x06\x00\x00\x10\0\0\0\x63", 8); /* what follows is told by the first fragment only */
    put(&second, "six", 3);
    assert_int_equal(decode(f, &second), DECODED_FRAGMENT);
    assert_int_equal(decode(f, &first), DECODED_PACKET);
    assert_ends(&f->packet.ends, "2001:db8::1", 53000, "2001:db8::2", 88, IP_UDP);
    assert_payload(&f->packet, "six");
    assert_int_equal(f->packet.ip_bytes, 40 + 8 + 8 + 8 + 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_tcp_segment_gives_its_ends_numbers_and_payload),
        TEST(ethernet_padding_is_never_payload),
        TEST(ip_and_tcp_options_are_no_payload),
        TEST(a_frame_cut_by_the_snaplen_tells_what_was_sent),
        TEST(a_frame_cut_in_the_tcp_header_is_read_as_far_as_it_goes),
        TEST(a_tcp_header_that_lies_is_nothing),
        TEST(an_ip_header_that_lies_is_nothing),
        TEST(a_total_length_of_zero_is_as_long_as_the_frame),
        TEST(the_length_of_udp_bounds_its_payload),
        TEST(a_frame_cut_in_the_udp_header_still_has_its_ports),
        TEST(extension_headers_of_ipv6_are_stepped_over),
        TEST(extension_headers_end_somewhere),
        TEST(ah_shows_what_it_protects_and_esp_does_not),
        TEST(fragments_become_one_packet_with_the_last_of_them),
        TEST(fragments_cut_by_the_snaplen_still_make_a_packet),
        TEST(fragments_of_ipv6_may_hold_extension_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
