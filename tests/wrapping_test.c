/* wrapping: tunnels in tunnels and fragments of either, the numbers and texts they get, and networks kept apart. */
#include "tests/tunnel.h"

#include <stdio.h>

static void tunnels_in_tunnels_are_opened_up_to_eight(void **state)
{
    struct fixture *f = *state;
    struct build b = segment();
    for (int i = 0; i < 8; i++)
        b = in_ip4(4, &b);
    assert_opens_ethernet(f, 0x0800, &b, "ip-in-ip/ip-in-ip/ip-in-ip/ip-in-ip/ip-in-ip/ip-in-ip/ip-in-ip/ip-in-ip");
    for (int i = 0; i < 60; i++) {
        b = in_ip4(4, &b);
        struct build frame = in_ethernet(0x0800, &b);
        assert_int_equal(decode_cut(f, DLT_EN10MB, &frame, frame.length), DECODED_PACKET);
        assert_ends(&f->packet.ends, "10.0.0.1", 0, "10.0.0.2", 0, 4);
    }
}

static void different_tunnels_may_be_nested(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), b = behind("000b 0800", &inner);
    b = in_ethernet(0x8100, &b);
    b = behind("08000000 000001 00", &b);
    b = in_udp(50000, 4789, &b);
    b = behind("0000 0800", &b);
    b = in_ip6(47, &b);
    b = in_ip4(41, &b);
    b = behind("00010140", &b);
    assert_opens_ethernet(f, 0x8847, &b, "mpls:16/ipv6-in-ip/gre/vxlan:1/vlan:11");
}

static void fragments_inside_and_outside_of_tunnels_become_one_packet(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), vxlan = in_ethernet(0x0800, &inner), udp = {0}, parts[2] = {0};
    vxlan = behind("08000000 001388 00", &vxlan);
    put_hex(&udp, "c350 12b5");
    put_u16(&udp, 8 + (unsigned)vxlan.length);
    put_u16(&udp, 0);
    put(&udp, vxlan.bytes, vxlan.length);
    for (int i = 0; i < 2; i++) {
        put_ip4_part(&parts[i], IP_UDP, 20 + (i == 0 ? 40 : (unsigned)udp.length - 40), 7, i == 0 ? 0x2000 : 5);
        put(&parts[i], udp.bytes + (i == 0 ? 0 : 40), i == 0 ? 40 : udp.length - 40);
        parts[i] = behind("0000 0800", &parts[i]);
        parts[i] = in_ip4(47, &parts[i]);
        parts[i] = in_ethernet(0x0800, &parts[i]);
    }
    assert_int_equal(decode_cut(f, DLT_EN10MB, &parts[0], parts[0].length), DECODED_FRAGMENT);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &parts[1], parts[1].length), DECODED_PACKET);
    assert_is_segment(f, "gre/vxlan:5000");
    assert_memory_equal(f->packet.payload.at, "inside", 6);
}

static void fragments_of_different_tunnels_do_not_meet(void **state)
{
    struct fixture *f = *state;
    struct build parts[2] = {0};
    for (int i = 0; i < 2; i++) {
        put_ip4_part(&parts[i], IP_UDP, 20 + 16, 7, i == 0 ? 0x2000 : 2);
        put_udp(&parts[i], 8 + 24);
        put_zeros(&parts[i], 8);
        parts[i] = in_ethernet(0x0800, &parts[i]);
        parts[i] = behind(i == 0 ? "08000000 000001 00" : "08000000 000002 00", &parts[i]);
        parts[i] = in_udp(50000, 4789, &parts[i]);
        parts[i] = in_ethernet(0x0800, &parts[i]);
        assert_int_equal(decode_cut(f, DLT_EN10MB, &parts[i], parts[i].length), DECODED_FRAGMENT);
    }
    assert_int_equal(decoder_counters(f->decoder).fragments_waiting, 2);
}

static void an_error_inside_a_tunnel_quotes_what_is_inside_it(void **state)
{
    struct fixture *f = *state;
    struct build quoted = segment(), b = behind("03 03 0000 00000000", &quoted);
    b = in_ip4(IP_ICMP, &b);
    b = behind("0000 0800", &b);
    b = in_ip4(47, &b);
    b = in_ethernet(0x0800, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_PACKET);
    assert_int_equal(f->packet.icmp_says, ICMP_SAYS_REFUSED);
    assert_ends(&f->packet.quoted, "192.168.1.1", 40000, "192.168.1.2", 135, IP_TCP);
    assert_string_equal(decoder_tunnel(f->decoder, f->packet.quoted.tunnel), "gre");
}

/* ---- numbers ---------------------------------------------------------------------------------------------------- */

static uint8_t number_of_network(struct fixture *f, unsigned network)
{
    struct build inner = segment(), b = {0}, frame = in_ethernet(0x0800, &inner);
    put_hex(&b, "08000000");
    put_u32(&b, network << 8);
    put(&b, frame.bytes, frame.length);
    b = in_udp(50000, 4789, &b);
    b = in_ethernet(0x0800, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_PACKET);
    return f->packet.ends.tunnel;
}

static void after_254_wrappings_all_new_ones_are_other_and_none_changes(void **state)
{
    struct fixture *f = *state;
    const char *texts[255];
    for (unsigned i = 1; i < 255; i++) {
        assert_int_equal(number_of_network(f, i * 7), i);
        texts[i] = decoder_tunnel(f->decoder, (uint8_t)i);
    }
    for (unsigned i = 255; i < 600; i++) {
        assert_int_equal(number_of_network(f, i * 7), 255);
        assert_string_equal(decoder_tunnel(f->decoder, 255), "other");
    }
    for (unsigned i = 1; i < 255; i++) {
        char text[32];
        snprintf(text, sizeof text, "vxlan:%u", i * 7);
        assert_int_equal(number_of_network(f, i * 7), i);
        assert_ptr_equal(decoder_tunnel(f->decoder, (uint8_t)i), texts[i]);
        assert_string_equal(texts[i], text);
    }
}

static void it_is_known_when_networks_that_were_to_be_kept_apart_are_not(void **state)
{
    struct fixture *f = *state;
    for (unsigned i = 1; i < 300; i++)
        number_of_network(f, i);
    assert_false(decoder_mixes_networks(f->decoder)); /* nobody asked for it */
    decoder_keep_apart(f->decoder);
    assert_true(decoder_mixes_networks(f->decoder));
}

static void as_many_networks_as_have_numbers_are_kept_apart(void **state)
{
    struct fixture *f = *state;
    decoder_keep_apart(f->decoder);
    for (unsigned i = 1; i < 255; i++)
        number_of_network(f, i);
    assert_false(decoder_mixes_networks(f->decoder));
}

static void a_frame_with_only_tags_is_wrapped_in_nothing(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), b = behind("0064 8100 00c8 0800", &inner);
    assert_opens_ethernet(f, 0x88a8, &b, "");
}

static void networks_are_kept_apart_on_request(void **state)
{
    struct fixture *f = *state;
    decoder_keep_apart(f->decoder);
    struct build inner = segment(), plain = in_ethernet(0x0800, &inner), one, two, mirrored;
    one = behind("6064 8100 00c8 0800", &inner);
    one = in_ethernet(0x88a8, &one);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &plain, plain.length), DECODED_PACKET);
    assert_int_equal(f->packet.ends.apart, 0);
    assert_int_equal(f->packet.ends.tunnel, 0);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &one, one.length), DECODED_PACKET);
    uint8_t apart = f->packet.ends.apart;
    assert_string_equal(decoder_tunnel(f->decoder, apart), "vlan:100/vlan:200");
    assert_int_equal(f->packet.ends.tunnel, apart);
    two = behind("0065 0800", &inner);
    two = in_ethernet(0x8100, &two);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &two, two.length), DECODED_PACKET);
    assert_string_equal(decoder_tunnel(f->decoder, f->packet.ends.apart), "vlan:101");
    mirrored = behind("1000 88be 00000009 1064 0005 00000001", &one); /* what carries them keeps nothing apart */
    mirrored = in_ip4(47, &mirrored);
    mirrored = in_ethernet(0x0800, &mirrored);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &mirrored, mirrored.length), DECODED_PACKET);
    assert_int_equal(f->packet.ends.apart, apart);
    assert_string_equal(decoder_tunnel(f->decoder, f->packet.ends.tunnel), "gre/erspan:5/vlan:100/vlan:200");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tunnels_in_tunnels_are_opened_up_to_eight),
        TEST(different_tunnels_may_be_nested),
        TEST(fragments_inside_and_outside_of_tunnels_become_one_packet),
        TEST(fragments_of_different_tunnels_do_not_meet),
        TEST(an_error_inside_a_tunnel_quotes_what_is_inside_it),
        TEST(after_254_wrappings_all_new_ones_are_other_and_none_changes),
        TEST(it_is_known_when_networks_that_were_to_be_kept_apart_are_not),
        TEST(as_many_networks_as_have_numbers_are_kept_apart),
        TEST(a_frame_with_only_tags_is_wrapped_in_nothing),
        TEST(networks_are_kept_apart_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
