/* decode: what ICMP and ICMPv6 errors say, and of whom: the quoted packet is often cut, and never whole. */
#include "capture/decode.h"
#include "tests/build.h"
#include "tests/cmocka_all.h"

#include <pcap/dlt.h>
#include <stdlib.h>

static int set_up(void **state)
{
    struct failure failure = {0};
    *state = decoder_create(1 << 20, &failure);
    return *state == NULL;
}

static int tear_down(void **state)
{
    decoder_destroy(*state);
    return 0;
}

static struct packet decode(void **state, const struct build *b)
{
    uint8_t *copy = malloc(b->length);
    memcpy(copy, b->bytes, b->length);
    struct frame frame = {
        .number = 1, .start = copy, .captured = (uint32_t)b->length, .sent = (uint32_t)b->length, .link_type = DLT_RAW};
    struct packet packet;
    memset(&packet, 0xa5, sizeof packet);
    assert_int_equal(decode_frame(*state, &frame, &packet), DECODED_PACKET);
    free(copy); /* ICMP has no payload that points into it */
    return packet;
}

/* An IPv4 error that quotes a TCP packet from 10.0.0.1:40000 to 10.0.0.2:135, its first `quoted` bytes. */
static struct packet error4(void **state, unsigned type, unsigned code, size_t quoted)
{
    struct build b = {0}, inner = {0};
    put_ip4(&inner, IP_TCP, 20 + 20 + 1000);
    put_tcp(&inner, 5);
    put_ip4(&b, IP_ICMP, 20 + 8 + (unsigned)quoted);
    put_u8(&b, type);
    put_u8(&b, code);
    put_zeros(&b, 6);
    put(&b, inner.bytes, quoted);
    return decode(state, &b);
}

static struct packet error6(void **state, unsigned type, unsigned code, const struct build *quoted)
{
    struct build b = {0};
    put_ip6(&b, IP_ICMPV6, 8 + (unsigned)quoted->length);
    put_u8(&b, type);
    put_u8(&b, code);
    put_zeros(&b, 6);
    put(&b, quoted->bytes, quoted->length);
    return decode(state, &b);
}

static void assert_quoted(const struct packet *p, unsigned source_port, unsigned target_port)
{
    char text[ADDRESS_TEXT];
    assert_string_equal(address_text(&p->quoted.source, text), "10.0.0.1");
    assert_string_equal(address_text(&p->quoted.target, text), "10.0.0.2");
    assert_int_equal(p->quoted.protocol, IP_TCP);
    assert_int_equal(p->quoted.source_port, source_port);
    assert_int_equal(p->quoted.target_port, target_port);
}

static void a_destination_unreachable_says_why_and_of_whom(void **state)
{
    for (unsigned code = 0; code < 16; code++) {
        struct packet p = error4(state, 3, code, 28);
        assert_true(p.icmp_is_error);
        assert_int_equal(p.icmp_type, 3);
        assert_int_equal(p.ends.protocol, IP_ICMP);
        assert_int_equal(p.ends.source_port, 0);
        assert_int_equal(p.payload.left, 0);
        assert_int_equal(p.payload_sent, 0);
        assert_quoted(&p, 40000, 135);
        assert_int_equal(p.icmp_says, code == 3                               ? ICMP_SAYS_REFUSED
                                      : code == 4                             ? ICMP_SAYS_NOTHING
                                      : code == 9 || code == 10 || code == 13 ? ICMP_SAYS_PROHIBITED
                                                                              : ICMP_SAYS_UNREACHABLE);
    }
}

static void only_errors_are_errors(void **state)
{
    for (unsigned type = 0; type < 256; type++) {
        struct packet p = error4(state, type, 0, 28);
        assert_int_equal(p.icmp_is_error, type == 3 || type == 4 || type == 5 || type == 11 || type == 12);
        assert_int_equal(p.icmp_says, type == 3 ? ICMP_SAYS_UNREACHABLE : ICMP_SAYS_NOTHING);
        if (p.icmp_is_error)
            assert_quoted(&p, 40000, 135);
        else
            assert_int_equal(p.quoted.protocol, 0);
    }
}

static void a_quote_without_ports_still_names_the_ends(void **state)
{
    for (size_t quoted = 20; quoted < 24; quoted++) {
        struct packet p = error4(state, 3, 1, quoted);
        assert_int_equal(p.icmp_says, ICMP_SAYS_UNREACHABLE);
        assert_int_equal(p.quoted.source_port, quoted >= 22 ? 40000 : 0);
        assert_int_equal(p.quoted.target_port, 0);
    }
}

static void a_quote_cut_in_the_ip_header_says_nothing(void **state)
{
    for (size_t quoted = 0; quoted < 20; quoted++) {
        struct packet p = error4(state, 3, 3, quoted);
        assert_true(p.icmp_is_error);
        assert_int_equal(p.icmp_says, ICMP_SAYS_NOTHING);
        assert_int_equal(p.quoted.protocol, 0);
    }
}

static void a_quoted_later_fragment_has_no_ports(void **state)
{
    struct build b = {0};
    put_ip4(&b, IP_ICMP, 20 + 8 + 28);
    put_u16(&b, 0x0301);
    put_zeros(&b, 6);
    put_ip4_part(&b, IP_TCP, 20 + 500, 77, 100);
    put(&b, "notports", 8);
    struct packet p = decode(state, &b);
    assert_int_equal(p.icmp_says, ICMP_SAYS_UNREACHABLE);
    assert_quoted(&p, 0, 0);
}

/* What a router says of a tunnel's packet, of which it quotes that many bytes: IPv4, `before` of what leads to the
 * packet inside (of which `sent` were sent), and that one. */
static struct packet error_of_tunnel(void **state, unsigned code, unsigned protocol, const struct build *before,
                                     const struct build *inside, unsigned sent, size_t quoted)
{
    struct build outer = {0}, b = {0};
    put_ip4(&outer, protocol, 20 + (unsigned)before->length + sent);
    put(&outer, before->bytes, before->length);
    put(&outer, inside->bytes, inside->length);
    assert_true(quoted <= outer.length);
    put_ip4(&b, IP_ICMP, 20 + 8 + (unsigned)quoted);
    put_u8(&b, 3);
    put_u8(&b, code);
    put_zeros(&b, 6);
    put(&b, outer.bytes, quoted);
    return decode(state, &b);
}

static struct build an_ip6_packet(void)
{
    struct build inside = {0};
    put_ip6(&inside, IP_TCP, 20 + 100);
    put_tcp(&inside, 5);
    return inside;
}

static void assert_inside(void **state, const struct packet *p, const char *tunnel, enum icmp_says says)
{
    char text[ADDRESS_TEXT];
    assert_int_equal(p->icmp_says, says);
    assert_string_equal(address_text(&p->quoted.source, text), "2001:db8::1");
    assert_string_equal(address_text(&p->quoted.target, text), "2001:db8::2");
    assert_int_equal(p->quoted.protocol, IP_TCP);
    assert_int_equal(p->quoted.source_port, 40000);
    assert_int_equal(p->quoted.target_port, 135);
    assert_string_equal(decoder_tunnel(*state, p->quoted.tunnel), tunnel);
    assert_int_equal(p->ends.tunnel, 0);
}

/* The service inside has refused nothing: its host was not reached. */
static void a_quoted_tunnel_packet_stands_for_the_packet_inside(void **state)
{
    const struct build inside = an_ip6_packet();
    struct build nothing = {0}, gre = {0}, vxlan = {0};
    struct packet p = error_of_tunnel(state, 13, 41, &nothing, &inside, 160, 20 + 60);
    assert_inside(state, &p, "ipv6-in-ip", ICMP_SAYS_PROHIBITED);
    put_u32(&gre, 0x86dd);
    p = error_of_tunnel(state, 2, 47, &gre, &inside, 160, 20 + 4 + 60);
    assert_inside(state, &p, "gre", ICMP_SAYS_UNREACHABLE);
    put_u32(&vxlan, 50000u << 16 | 4789);
    put_u32(&vxlan, (8u + 8 + 14 + 160) << 16);
    put_u32(&vxlan, 0x08000000);
    put_u32(&vxlan, 77 << 8);
    put_ethernet(&vxlan, 0x86dd);
    p = error_of_tunnel(state, 3, IP_UDP, &vxlan, &inside, 160, 20 + vxlan.length + 60);
    assert_inside(state, &p, "vxlan:77", ICMP_SAYS_UNREACHABLE);
}

static void a_quote_that_ends_in_the_tunnel_is_of_the_tunnel(void **state)
{
    const struct build inside = an_ip6_packet();
    struct build gre = {0};
    put_u32(&gre, 0x86dd);
    for (size_t quoted = 20; quoted < 20 + 4 + 60; quoted++) {
        struct packet p = error_of_tunnel(state, 3, 47, &gre, &inside, 160, quoted);
        if (quoted >= 20 + 4 + 40 + 4) { /* the ports are there */
            assert_inside(state, &p, "gre", ICMP_SAYS_UNREACHABLE);
            continue;
        }
        assert_int_equal(p.icmp_says, ICMP_SAYS_REFUSED);
        assert_int_equal(p.quoted.protocol, 47);
        assert_int_equal(p.quoted.tunnel, 0);
    }
}

/* Nothing of what is quoted waits for more of it, and no quote is looked for in a quote. */
static void a_quoted_tunnel_packet_is_read_and_nothing_more(void **state)
{
    struct build nothing = {0}, part = {0}, error = {0};
    put_ip4_part(&part, IP_UDP, 20 + 100, 7, 0x2000);
    put_udp(&part, 200);
    struct packet p = error_of_tunnel(state, 1, 4, &nothing, &part, 120, 20 + 28);
    assert_int_equal(p.quoted.protocol, 4);
    assert_int_equal(decoder_counters(*state).fragments_waiting, 0);
    put_ip4(&error, IP_ICMP, 20 + 8 + 28);
    put_u16(&error, 0x0301);
    put_zeros(&error, 6);
    put_ip4(&error, IP_TCP, 40);
    put_u32(&error, 135);
    put_u32(&error, 0);
    p = error_of_tunnel(state, 1, 4, &nothing, &error, 56, 20 + 56);
    assert_int_equal(p.quoted.protocol, IP_ICMP);
    assert_int_equal(p.icmp_says, ICMP_SAYS_UNREACHABLE);
}

static void icmpv6_says_the_same_in_its_own_numbers(void **state)
{
    struct build quoted = {0};
    put_ip6(&quoted, 0, 8 + 200);
    put(&quoted, "\x11\x00\x01\x04\0\0\0\0", 8);
    put_udp(&quoted, 200);
    for (unsigned code = 0; code < 8; code++) {
        struct packet p = error6(state, 1, code, &quoted);
        assert_true(p.icmp_is_error);
        assert_int_equal(p.icmp_says, code == 4   ? ICMP_SAYS_REFUSED
                                      : code == 1 ? ICMP_SAYS_PROHIBITED
                                                  : ICMP_SAYS_UNREACHABLE);
        assert_int_equal(p.quoted.protocol, IP_UDP);
        assert_int_equal(p.quoted.source_port, 53000);
        assert_int_equal(p.quoted.target_port, 88);
    }
    for (unsigned type = 0; type < 256; type++) {
        struct packet p = error6(state, type, 4, &quoted);
        assert_int_equal(p.icmp_is_error, type < 128);
        assert_int_equal(p.icmp_says, type == 1 ? ICMP_SAYS_REFUSED : ICMP_SAYS_NOTHING);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_destination_unreachable_says_why_and_of_whom),
        TEST(only_errors_are_errors),
        TEST(a_quote_without_ports_still_names_the_ends),
        TEST(a_quote_cut_in_the_ip_header_says_nothing),
        TEST(a_quoted_later_fragment_has_no_ports),
        TEST(icmpv6_says_the_same_in_its_own_numbers),
        TEST(a_quoted_tunnel_packet_stands_for_the_packet_inside),
        TEST(a_quote_that_ends_in_the_tunnel_is_of_the_tunnel),
        TEST(a_quoted_tunnel_packet_is_read_and_nothing_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
