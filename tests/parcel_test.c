/* parcel: what decode_frame makes of a frame comes out of a parcel, whether the frame is plain or not. */
#include "capture/duplicates.h"
#include "capture/parcel.h"
#include "tests/build.h"
#include "tests/cmocka_all.h"
#include "tests/parcel_same.h"

#include <pcap/dlt.h>
#include <stdlib.h>

#define MUTATIONS 200000

/* Only asked what packets are known by. */
static struct duplicates *duplicates;

static struct build tcp_frame(void)
{
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, IP_TCP, 20 + 24 + 5);
    put_tcp(&b, 6);
    put_zeros(&b, 4);
    put(&b, "hello", 5);
    return b;
}

static struct build udp_frame(void)
{
    struct build b = {0};
    put_ethernet(&b, 0x0800);
    put_ip4(&b, IP_UDP, 20 + 8 + 9);
    put_udp(&b, 9);
    put(&b, "datagrams", 9);
    put_zeros(&b, 12); /* padding */
    return b;
}

/* The first `captured` bytes, in memory of just that size. */
static struct frame frame_of(const struct build *b, size_t captured, uint8_t **copy)
{
    *copy = malloc(captured > 0 ? captured : 1);
    memcpy(*copy, b->bytes, captured);
    return (struct frame){.time_ns = 1700000000123456789,
                          .number = UINT64_C(5000000000),
                          .start = *copy,
                          .captured = (uint32_t)captured,
                          .sent = (uint32_t)b->length,
                          .link_type = DLT_EN10MB,
                          .source = 63};
}

/* A copy may come in a tunnel, or be a fragment: then decode_frame reads it. */
static void assert_known_by_the_same(struct decoder *decoder, const struct frame *frame)
{
    struct parcel parcel;
    struct plain plain;
    struct packet packet;
    assert_true(parcel_take(frame, &parcel, &plain));
    assert_int_equal(decode_frame(decoder, frame, &packet), DECODED_PACKET);
    struct sighting one = duplicates_sight_plain(duplicates, frame, &parcel, &plain);
    struct sighting other = duplicates_sight(duplicates, frame, &packet);
    assert_int_equal(one.identity, other.identity);
    assert_int_equal(one.how, other.how);
    assert_int_equal(one.place, other.place);
}

static bool is_plain(const struct build *b, size_t captured)
{
    struct failure failure = {0};
    struct decoder *decoder = decoder_create(1 << 20, &failure);
    uint8_t *copy;
    struct frame frame = frame_of(b, captured, &copy);
    bool plain = parcel_is_same(decoder, &frame);
    if (plain)
        assert_known_by_the_same(decoder, &frame);
    free(copy);
    decoder_destroy(decoder);
    return plain;
}

static void tcp_and_udp_in_ipv4_are_plain(void **state)
{
    (void)state;
    struct build tcp = tcp_frame(), udp = udp_frame();
    assert_true(is_plain(&tcp, tcp.length));
    assert_true(is_plain(&udp, udp.length));
    assert_true(is_plain(&tcp, tcp.length - 5)); /* headers are whole */
    assert_true(is_plain(&udp, 14 + 20 + 8));
}

static void behind_vlan_tags_too(void **state)
{
    (void)state;
    struct build tcp = tcp_frame(), b = {0};
    put(&b, tcp.bytes, 12);
    put(&b, "\x88\xa8\x00\x07\x81\x00\x00\x64", 8);
    put(&b, tcp.bytes + 12, tcp.length - 12);
    assert_true(is_plain(&b, b.length));
}

static void what_is_cut_within_its_headers_is_not(void **state)
{
    (void)state;
    struct build tcp = tcp_frame(), udp = udp_frame();
    for (size_t captured = 0; captured < 14 + 20 + 24; captured++)
        assert_false(is_plain(&tcp, captured));
    for (size_t captured = 0; captured < 14 + 20 + 8; captured++)
        assert_false(is_plain(&udp, captured));
}

/* One byte, or up to three, of every field, with any value. */
static void whatever_is_plain_is_what_decode_makes_of_it_and_known_by_the_same(void **state)
{
    (void)state;
    uint64_t luck = 88172645463325252u;
    unsigned plain = 0;
    for (unsigned i = 0; i < MUTATIONS; i++) {
        struct build b = i % 2 == 0 ? tcp_frame() : udp_frame();
        for (unsigned change = 0; change < 1 + i % 3; change++) {
            luck ^= luck << 13;
            luck ^= luck >> 7;
            luck ^= luck << 17;
            b.bytes[12 + luck % 46] = (uint8_t)(luck >> 32);
        }
        plain += is_plain(&b, i % 5 == 0 ? b.length - luck % 30 : b.length);
    }
    assert_true(plain > MUTATIONS / 3);
    assert_true(plain < MUTATIONS);
}

static void any_other_packet_is_told_by_where_it_lies(void **state)
{
    (void)state;
    struct packet packet = {
        .time_ns = 5, .ends = {.protocol = IP_ICMP, .tunnel = 7}, .icmp_says = ICMP_SAYS_PROHIBITED};
    struct parcel parcel = {.now_ns = 9};
    struct timed_packet out;
    parcel_wrap(&packet, &parcel);
    parcel_open(&parcel, &out);
    assert_int_equal(out.now_ns, 9);
    assert_memory_equal(&out.packet, &packet, sizeof packet);
}

static int create_duplicates(void **state)
{
    (void)state;
    struct failure failure = {0};
    duplicates = duplicates_create(UINT64_C(0x1234567890abcdef), &failure);
    return duplicates == NULL;
}

static int destroy_duplicates(void **state)
{
    (void)state;
    duplicates_destroy(duplicates);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp_and_udp_in_ipv4_are_plain),
        cmocka_unit_test(behind_vlan_tags_too),
        cmocka_unit_test(what_is_cut_within_its_headers_is_not),
        cmocka_unit_test(whatever_is_plain_is_what_decode_makes_of_it_and_known_by_the_same),
        cmocka_unit_test(any_other_packet_is_told_by_where_it_lies),
    };
    return cmocka_run_group_tests(tests, create_duplicates, destroy_duplicates);
}
