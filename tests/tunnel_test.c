/* tunnel: each tunnel leads to the segment inside and has the text it should; cut anywhere it is safe; a header that
 * breaks a rule is no tunnel, and the packet stays what it is. */
#include "tests/tunnel.h"

/* ---- IP in IP --------------------------------------------------------------------------------------------------- */

static void ip_in_ip_leads_to_the_inner_packet(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), b = in_ip4(4, &inner);
    assert_opens_ethernet(f, 0x0800, &b, "ip-in-ip");
    b = in_ip6(4, &inner);
    assert_opens_ethernet(f, 0x86dd, &b, "ip-in-ip");

    struct build six = datagram6();
    b = in_ip4(41, &six);
    b = in_ethernet(0x0800, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_PACKET);
    assert_ends(&f->packet.ends, "2001:db8::1", 53000, "2001:db8::2", 88, IP_UDP);
    assert_string_equal(decoder_tunnel(f->decoder, f->packet.ends.tunnel), "ipv6-in-ip");
    b = in_ip6(41, &six);
    b = in_ethernet(0x86dd, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_PACKET);
    assert_int_equal(f->packet.ends.protocol, IP_UDP);
}

static void ip_in_ip_of_the_other_version_or_longer_than_what_holds_it_stays(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), six = datagram6();
    struct build b = in_ip4(41, &inner);
    assert_stays(f, &b, 41);
    b = in_ip4(4, &six);
    assert_stays(f, &b, 4);
    inner.bytes[3]++;
    b = in_ip4(4, &inner);
    assert_stays(f, &b, 4);
    b = in_ip4(4, &(struct build){0});
    assert_stays(f, &b, 4);
}

static void an_inner_packet_whose_transport_lies_leaves_the_outer_one(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment();
    inner.bytes[20 + 12] = 0xf0; /* a header of 60 bytes */
    struct build b = in_ip4(4, &inner);
    assert_stays(f, &b, 4);
    b = in_ip4(4, &b);
    b = in_ethernet(0x0800, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_PACKET);
    assert_int_equal(f->packet.ends.protocol, 4);
    assert_string_equal(decoder_tunnel(f->decoder, f->packet.ends.tunnel), "ip-in-ip");
}

/* ---- GRE -------------------------------------------------------------------------------------------------------- */

static void gre_leads_to_ip_whatever_fields_it_has(void **state)
{
    static const char *const headers[] = {
        "0000 0800",
        "8000 0800 1234 0000",
        "2000 0800 00000007",
        "1000 0800 00000001",
        "b000 0800 1234 0000 00000007 00000001",
    };
    struct fixture *f = *state;
    struct build inner = segment();
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct build b = behind(headers[i], &inner);
        b = in_ip4(47, &b);
        assert_opens_ethernet(f, 0x0800, &b, "gre");
    }
}

static void gre_that_cannot_be_read_stays(void **state)
{
    static const char *const headers[] = {
        "4000 0800 0000 0000", /* routing */
        "0002 0800",           /* version 2 */
        "0000 0000",           /* keepalive */
        "0000 86de",           /* anything */
        "2001 0800 00 2e 0001" /* version 1 without PPP */
    };
    struct fixture *f = *state;
    struct build inner = segment();
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct build b = behind(headers[i], &inner);
        b = in_ip4(47, &b);
        assert_stays(f, &b, 47);
    }
}

static void gre_carries_ethernet_and_its_tags(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), b = in_ethernet(0x0800, &inner);
    b = behind("0000 6558", &b);
    b = in_ip4(47, &b);
    assert_opens_ethernet(f, 0x0800, &b, "gre");
    b = behind("a064 0800", &inner);
    b = in_ethernet(0x8100, &b);
    b = behind("2000 6558 00138800", &b);
    b = in_ip6(47, &b);
    assert_opens_ethernet(f, 0x86dd, &b, "gre/vlan:100");
    b = behind("0006 04 00 01 c0a80101", &(struct build){0});
    b = in_ethernet(0x0806, &b);
    b = behind("0000 6558", &b);
    b = in_ip4(47, &b);
    assert_holds_no_ip(f, &b);
    b = in_ip4(4, &b);
    assert_holds_no_ip(f, &b);
}

static void erspan_of_all_three_types_leads_to_the_mirrored_frame(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), tagged = behind("0064 0800", &inner), frame = in_ethernet(0x8100, &tagged), b;
    b = behind("0000 88be", &frame);
    b = in_ip4(47, &b);
    assert_opens_ethernet(f, 0x0800, &b, "gre/erspan/vlan:100");
    b = behind("1000 88be 00000009 1064 0005 00000001", &frame);
    b = in_ip4(47, &b);
    assert_opens_ethernet(f, 0x0800, &b, "gre/erspan:5/vlan:100");
    b = behind("1000 22eb 00000009 2064 03ff 01020304 0000 8000", &frame);
    b = in_ip4(47, &b);
    assert_opens_ethernet(f, 0x0800, &b, "gre/erspan:1023/vlan:100");
    b = behind("1000 22eb 00000009 2064 0006 01020304 0000 8001 0000000000000000", &frame);
    b = in_ip4(47, &b);
    assert_opens_ethernet(f, 0x0800, &b, "gre/erspan:6/vlan:100");
    b = behind("1000 22eb 00000009 2064 0006 01020304 0000 0800", &inner);
    b = in_ip4(47, &b);
    assert_opens_ethernet(f, 0x0800, &b, "gre/erspan:6");
    b = behind("1000 88be 00000009 3064 0005 00000001", &frame); /* another version */
    b = in_ip4(47, &b);
    assert_stays(f, &b, 47);
    b = behind("1000 22eb 00000009 2064 0006 01020304 0000 0400", &frame); /* another kind of frame */
    b = in_ip4(47, &b);
    assert_stays(f, &b, 47);
}

/* Without a word in any header: the packet inside says that there was more of it, and only the right checksum, or an
 * Ethernet type that announces IPv6, makes that believed. */
static void what_a_mirror_cut_before_it_sent_it_on_is_opened_as_far_as_it_goes(void **state)
{
    static const char *const headers[] = {"0000 88be", "1000 88be 00000009 1064 0405 00000001",
                                          "1000 22eb 00000009 2064 03ff 01020304 0000 8000"};
    struct fixture *f = *state;
    struct build inner = segment(), b;
    inner.length -= 4;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        memcpy(inner.bytes + 10, "\xba\x75", 2);
        struct build frame = in_ethernet(0x0800, &inner);
        b = behind(headers[i], &frame);
        b = in_ip4(47, &b);
        b = in_ethernet(0x0800, &b);
        assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_PACKET);
        assert_int_equal(f->packet.ends.source_port, 40000);
        assert_int_equal(f->packet.payload.left, 2);
        assert_int_equal(f->packet.payload_sent, 6);
        inner.bytes[11]++;
        frame = in_ethernet(0x0800, &inner);
        b = behind(headers[i], &frame);
        b = in_ip4(47, &b);
        assert_stays(f, &b, 47);
    }
    inner = datagram6();
    inner.length -= 2;
    struct build frame = in_ethernet(0x86dd, &inner);
    b = behind(headers[1], &frame);
    b = in_ip4(47, &b);
    b = in_ethernet(0x0800, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_PACKET);
    assert_int_equal(f->packet.payload.left, 1);
    assert_int_equal(f->packet.payload_sent, 3);
    b = in_ip4(41, &inner);
    assert_stays(f, &b, 41);
}

static void pptp_leads_to_ip_through_ppp(void **state)
{
    static const char *const headers[] = {
        "3001 880b 0032 0001 00000001 ff03 0021",
        "3081 880b 0032 0001 00000001 00000001 ff03 0021",
        "2001 880b 0030 0001 0021",
        "2001 880b 002f 0001 21",
        "2081 880b 0031 0001 00000007 ff03 21",
    };
    struct fixture *f = *state;
    struct build inner = segment();
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct build b = behind(headers[i], &inner);
        b = in_ip4(47, &b);
        assert_opens_ethernet(f, 0x0800, &b, "pptp");
    }
    struct build b = behind("2081 880b 0000 0001 00000007", &(struct build){0}); /* only acknowledges */
    b = in_ip4(47, &b);
    assert_holds_no_ip(f, &b);
    b = behind("3001 880b 0004 0001 00000001 c021 0101", &(struct build){0}); /* LCP */
    b = in_ip4(47, &b);
    assert_holds_no_ip(f, &b);
    b = behind("3001 880b 0031 0001 00000001 00fd 01", &inner); /* compressed or encrypted */
    b = in_ip4(47, &b);
    assert_stays(f, &b, 47);
    b = behind("3001 880b 0033 0001 00000001 ff03 0021", &inner); /* longer than it is */
    b = in_ip4(47, &b);
    assert_stays(f, &b, 47);
    b = behind("3001 880b 0031 0001 00000001 ff03 0021", &inner); /* too short, which a cut frame shows as well */
    b = in_ip4(47, &b);
    b = in_ethernet(0x0800, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length - 4), DECODED_PACKET);
    assert_int_equal(f->packet.ends.protocol, 47);
}

/* ---- over UDP --------------------------------------------------------------------------------------------------- */

static void vxlan_leads_to_the_frame_inside(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), frame = in_ethernet(0x0800, &inner), b;
    b = behind("08000000 001388 00", &frame);
    struct build v = in_udp(50000, 4789, &b);
    assert_opens_ethernet(f, 0x0800, &v, "vxlan:5000");
    v = in_udp(50000, 8472, &b);
    assert_opens_ethernet(f, 0x0800, &v, "vxlan:5000");
    b = behind("88481234 ffffff 00", &frame); /* with a group policy */
    v = in_udp(50000, 4789, &b);
    assert_opens_ethernet(f, 0x0800, &v, "vxlan:16777215");
}

static void what_only_has_the_port_of_a_tunnel_stays(void **state)
{
    static const struct {
        unsigned port;
        const char *header;
        bool ethernet;
    } cases[] = {
        {4789, "00000000 001388 00", true}, /* VXLAN without its flag, with reserved bits */
        {4789, "08000001 001388 00", true},
        {4789, "08000000 001388 01", true},
        {4789, "18000000 001388 00", true},
        {4789, "88800000 001388 00", true},
        {4788, "08000000 001388 00", true}, /* another port */
        {4790, "08000003 001388 00", true}, /* GPE without next protocol, of another version, OAM, unknown inside */
        {4790, "1c000003 001388 00", true},
        {4790, "0d000003 001388 00", true},
        {4790, "0c000100 001388 00", false},
        {4790, "0c000002 001388 00", false},
        {4790, "0c000007 001388 00", false},
        {6081, "40006558 001388 00", true}, /* Geneve of another version, OAM, reserved, type */
        {6081, "00806558 001388 00", true},
        {6081, "00016558 001388 00", true},
        {6081, "00006558 001388 01", true},
        {6081, "00006559 001388 00", true},
        {6081, "01006558 001388 00 0101 80 01", true}, /* options longer than their room */
        {2152, "30ff 0030 00000001 0000", false},      /* GTP-U: two bytes too many inside */
        {2152, "30ff 002d 00000001", false},           /* lengths that are not its own */
        {2152, "30ff 002f 00000001", false},
        {2152, "3001 002e 00000001", false}, /* an echo, other versions, GTP', a spare bit */
        {2152, "50ff 002e 00000001", false},
        {2152, "20ff 002e 00000001", false},
        {2152, "38ff 002e 00000001", false},
        {2152, "34ff 0036 00000001 0000 00 85 00 000000", false}, /* an extension header of no length */
        {3544, "", false},                                        /* Teredo without IPv6 */
        {3544, "0000 0000 00000000", false},
    };
    struct fixture *f = *state;
    struct build inner = segment(), frame = in_ethernet(0x0800, &inner);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct build b = behind(cases[i].header, cases[i].ethernet ? &frame : &inner);
        b = in_udp(50000, cases[i].port, &b);
        assert_stays(f, &b, IP_UDP);
        assert_int_equal(f->packet.ends.target_port, cases[i].port);
    }
    frame.bytes[17]++; /* the inner packet longer than what holds it */
    struct build b = behind("08000000 001388 00", &frame);
    b = in_udp(50000, 4789, &b);
    assert_stays(f, &b, IP_UDP);
}

static void arp_in_vxlan_is_no_packet(void **state)
{
    struct fixture *f = *state;
    struct build arp = behind("0001 0800 0604 0001", &(struct build){0}), b = in_ethernet(0x0806, &arp);
    b = behind("08000000 001388 00", &b);
    b = in_udp(50000, 4789, &b);
    assert_holds_no_ip(f, &b);
}

static void vxlan_gpe_leads_to_each_kind_of_packet(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), frame = in_ethernet(0x0800, &inner), b;
    b = behind("0c000001 000007 00", &inner);
    b = in_udp(50000, 4790, &b);
    assert_opens_ethernet(f, 0x0800, &b, "vxlan-gpe:7");
    b = behind("0c000003 000007 00", &frame);
    b = in_udp(50000, 4790, &b);
    assert_opens_ethernet(f, 0x0800, &b, "vxlan-gpe:7");
    b = behind("0c000005 000007 00 00010140", &inner);
    b = in_udp(50000, 4790, &b);
    assert_opens_ethernet(f, 0x0800, &b, "vxlan-gpe:7/mpls:16");
    struct build six = datagram6();
    b = behind("0c000002 000007 00", &six);
    b = in_udp(50000, 4790, &b);
    b = in_ethernet(0x0800, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_PACKET);
    assert_ends(&f->packet.ends, "2001:db8::1", 53000, "2001:db8::2", 88, IP_UDP);
}

static void geneve_leads_behind_its_options(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), frame = in_ethernet(0x0800, &inner), b;
    b = behind("00006558 001092 00", &frame);
    b = in_udp(50000, 6081, &b);
    assert_opens_ethernet(f, 0x0800, &b, "geneve:4242");
    b = behind("04400800 001092 00 0101 80 01 01020304 0101 01 01 05060708", &inner);
    b = in_udp(50000, 6081, &b);
    assert_opens_ethernet(f, 0x0800, &b, "geneve:4242");
}

static void gtp_u_leads_behind_its_extension_headers(void **state)
{
    static const char *const headers[] = {
        "30ff 002e 00000001",
        "32ff 0032 00000001 0007 00 00",
        "36ff 003a 00000001 0007 00 85 01 1009 c0 01 abcd 00", /* two extension headers */
        "34ff 003a 00000001 0000 00 85 02 100901020304 00",
    };
    struct fixture *f = *state;
    struct build inner = segment();
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct build b = behind(headers[i], &inner);
        b = in_udp(2152, 2152, &b);
        assert_opens_ethernet(f, 0x0800, &b, "gtp-u");
    }
}

static void teredo_leads_to_ipv6_behind_authentication_and_origin(void **state)
{
    static const char *const headers[] = {
        "",
        "0000 1234 f5fffffe",
        "0001 00 00 0102030405060708 00",
        "0001 02 01 6964 61 0102030405060708 00 0000 1234 f5fffffe",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        for (int to_client = 0; to_client < 2; to_client++) {
            struct build six = datagram6(), b;
            memcpy(six.bytes + (to_client ? 24 : 8), "\x20\x01\0\0", 4);
            b = behind(headers[i], &six);
            b = to_client ? in_udp(3544, 50000, &b) : in_udp(50000, 3544, &b);
            struct build frame = in_ethernet(0x0800, &b);
            assert_int_equal(decode_cut(f, DLT_EN10MB, &frame, frame.length), DECODED_PACKET);
            assert_int_equal(f->packet.ends.target_port, 88);
            assert_string_equal(decoder_tunnel(f->decoder, f->packet.ends.tunnel), "teredo");
            for (size_t captured = 0; captured < frame.length; captured++)
                (void)decode_cut(f, DLT_EN10MB, &frame, captured);
            six.bytes[5]--; /* shorter than what holds it: only exactly is proof */
            b = behind(headers[i], &six);
            b = in_udp(50000, 3544, &b);
            assert_stays(f, &b, IP_UDP);
        }
    struct build other = datagram6(), b = in_udp(50000, 3544, &other);
    assert_stays(f, &b, IP_UDP);
    memcpy(other.bytes + 8, "\xfe\x80\0\0", 4);
    struct build bubble = {0};
    put(&bubble, other.bytes, 40);
    memcpy(bubble.bytes + 4, "\0\0\x3b", 3);
    b = in_udp(50000, 3544, &bubble);
    assert_stays(f, &b, IP_UDP);
    b = in_udp(50000, 3544, &other);
    b = in_ethernet(0x0800, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_PACKET);
    assert_int_equal(f->packet.ends.target_port, 88);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ip_in_ip_leads_to_the_inner_packet),
        TEST(ip_in_ip_of_the_other_version_or_longer_than_what_holds_it_stays),
        TEST(an_inner_packet_whose_transport_lies_leaves_the_outer_one),
        TEST(gre_leads_to_ip_whatever_fields_it_has),
        TEST(gre_that_cannot_be_read_stays),
        TEST(gre_carries_ethernet_and_its_tags),
        TEST(erspan_of_all_three_types_leads_to_the_mirrored_frame),
        TEST(what_a_mirror_cut_before_it_sent_it_on_is_opened_as_far_as_it_goes),
        TEST(pptp_leads_to_ip_through_ppp),
        TEST(vxlan_leads_to_the_frame_inside),
        TEST(what_only_has_the_port_of_a_tunnel_stays),
        TEST(arp_in_vxlan_is_no_packet),
        TEST(vxlan_gpe_leads_to_each_kind_of_packet),
        TEST(geneve_leads_behind_its_options),
        TEST(gtp_u_leads_behind_its_extension_headers),
        TEST(teredo_leads_to_ipv6_behind_authentication_and_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
