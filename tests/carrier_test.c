/* link: what carriers put between the link layer and IP (MPLS, PPPoE, PPP, 802.1ah), and frames of the air. */
#include "tests/tunnel.h"

static void labels_lead_to_ip_and_to_ethernet_with_and_without_a_control_word(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), frame = in_ethernet(0x0800, &inner), b;
    b = behind("00010140", &inner);
    assert_opens_ethernet(f, 0x8847, &b, "mpls:16");
    assert_opens_ethernet(f, 0x8848, &b, "mpls:16");
    assert_opens(f, DLT_MPLS, &b, "mpls:16");
    b = behind("00011040 fffff140", &inner); /* the last label names the network */
    assert_opens_ethernet(f, 0x8847, &b, "mpls:1048575");
    b = behind("00010140 00000000", &frame);
    assert_opens_ethernet(f, 0x8847, &b, "mpls:16");
    b = behind("00010140 00001234", &frame);
    assert_opens_ethernet(f, 0x8847, &b, "mpls:16");
    b = behind("00010140", &frame);
    assert_opens_ethernet(f, 0x8847, &b, "mpls:16");
    frame.bytes[0] = 0x46; /* an address that looks like IP */
    b = behind("00010140", &frame);
    b.bytes[4 + 2] = 0xff;
    assert_opens_ethernet(f, 0x8847, &b, "mpls:16");
    b = behind("2064 8847 00010140", &inner);
    assert_opens_ethernet(f, 0x8100, &b, "mpls:16");
    b = behind("0000 8847 00010140", &inner);
    b = in_ip4(47, &b);
    assert_opens_ethernet(f, 0x0800, &b, "gre/mpls:16");
}

static void labels_without_end_lead_nowhere(void **state)
{
    struct fixture *f = *state;
    struct build b = {0};
    put_ethernet(&b, 0x8847);
    for (int i = 0; i < 100; i++)
        put_u32(&b, 0x00010040);
    put_u32(&b, 0x00010140);
    struct build inner = segment();
    put(&b, inner.bytes, inner.length);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_NOTHING);
    b = behind("00010140 1000 0021 0102", &(struct build){0}); /* an associated channel */
    b = in_ethernet(0x8847, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_NOTHING);
}

static void pppoe_leads_to_ip_and_ends_where_it_says(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), b = behind("11 00 0001 0030 0021", &inner);
    assert_opens_ethernet(f, 0x8864, &b, "pppoe");
    assert_opens(f, DLT_PPP_ETHER, &b, "pppoe");
    struct build padded = in_ethernet(0x8864, &b);
    put_zeros(&padded, 4);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &padded, padded.length), DECODED_PACKET);
    assert_is_segment(f, "pppoe");
    b = behind("0064 8864 11 00 0001 0030 0021", &inner);
    assert_opens_ethernet(f, 0x88a8, &b, "pppoe");
    static const char *const closed[] = {"12 00 0001 0030 0021", "11 09 0001 0030 0021", "11 00 0001 0030 0023",
                                         "11 00 0001 0000 0021"};
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        b = behind(closed[i], &inner);
        b = in_ethernet(0x8864, &b);
        assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_NOTHING);
    }
    inner.length -= 4; /* a mirror cut it, and did not say so */
    b = behind("11 00 0001 0030 0021", &inner);
    b = in_ethernet(0x8864, &b);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &b, b.length), DECODED_PACKET);
    assert_is_segment(f, "pppoe");
    assert_int_equal(f->packet.payload.left, 2);
}

static void ppp_and_hdlc_lead_to_ip(void **state)
{
    static const struct {
        int link_type;
        const char *header, *wrapping;
    } cases[] = {
        {DLT_PPP, "ff03 0021", ""},
        {DLT_PPP, "0021", ""},
        {DLT_PPP, "21", ""},
        {DLT_PPP_SERIAL, "ff03 0021", ""},
        {DLT_PPP_SERIAL, "0f00 0800", ""},
        {DLT_PPP_SERIAL, "8f00 0800", ""},
        {DLT_C_HDLC, "0f00 0800", ""},
        {DLT_PPP_PPPD, "0003 0021", ""},
        {DLT_PPP_PPPD, "0103 0021", ""},
        {DLT_PPP_WITH_DIR, "00 ff03 0021", ""},
        {DLT_PPP, "ff03 0281 00010140", "mpls:16"},
        {DLT_C_HDLC, "0f00 8847 00010140", "mpls:16"},
    };
    struct fixture *f = *state;
    struct build inner = segment();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct build b = behind(cases[i].header, &inner);
        assert_opens(f, cases[i].link_type, &b, cases[i].wrapping);
    }
    struct build b = behind("ff03 c021", &inner);
    assert_int_equal(decode_cut(f, DLT_PPP, &b, b.length), DECODED_NOTHING);
    b = behind("0f00 8035", &inner);
    assert_int_equal(decode_cut(f, DLT_C_HDLC, &b, b.length), DECODED_NOTHING);
}

static void a_provider_backbone_leads_to_the_frame_of_its_customer(void **state)
{
    struct fixture *f = *state;
    struct build inner = segment(), tagged = behind("0007 0800", &inner), frame = in_ethernet(0x8100, &tagged);
    struct build b = behind("00 001388", &frame);
    assert_opens_ethernet(f, 0x88e7, &b, "pbb:5000/vlan:7");
    b = behind("0064 88e7 00 001388", &frame);
    assert_opens_ethernet(f, 0x88a8, &b, "pbb:5000/vlan:7");
}

static void data_frames_of_the_air_lead_to_ip(void **state)
{
#define ADDRESSES "020000000001 020000000002 020000000003"
#define LLC       "aaaa03 000000 0800"
    static const struct {
        const char *header;
        bool leads;
    } cases[] = {
        {"0801 0000 " ADDRESSES " 1000 " LLC, true},
        {"0802 0000 " ADDRESSES " 1000 " LLC, true},
        {"0803 0000 " ADDRESSES " 1000 020000000004 " LLC, true},
        {"8801 0000 " ADDRESSES " 1000 0000 " LLC, true},
        {"8881 0000 " ADDRESSES " 1000 0000 00000000 " LLC, true},
        {"8801 0000 " ADDRESSES " 1000 8000 " LLC, false}, /* an aggregate, encrypted, parts, no data, no data frames */
        {"0841 0000 " ADDRESSES " 1000 " LLC, false},
        {"0805 0000 " ADDRESSES " 1000 " LLC, false},
        {"0801 0000 " ADDRESSES " 1100 " LLC, false},
        {"4801 0000 " ADDRESSES " 1000 " LLC, false},
        {"0001 0000 " ADDRESSES " 1000 " LLC, false},
        {"0401 0000 " ADDRESSES " 1000 " LLC, false},
        {"0901 0000 " ADDRESSES " 1000 " LLC, false},
    };
    struct fixture *f = *state;
    struct build inner = segment();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct build b = behind(cases[i].header, &inner);
        if (cases[i].leads)
            assert_opens(f, DLT_IEEE802_11, &b, "");
        else
            assert_int_equal(decode_cut(f, DLT_IEEE802_11, &b, b.length), DECODED_NOTHING);
    }
}

static void radiotap_headers_are_stepped_over(void **state)
{
    static const struct {
        const char *header;
        bool leads;
    } cases[] = {
        {"0000 0800 00000000", true},
        {"0000 0900 02000000 10", true},
        {"0000 0900 02000000 20", false}, /* flags: the frame's header is padded, as it is not */
        {"0000 1100 03000000 0102030405060708 10", true},
        {"0000 1900 03000080 00000000 00000000 0102030405060720 10", true}, /* the time is at a multiple of 8 */
        {"0000 1900 03000080 00000000 00000000 0102030405060710 20", false},
        {"0000 1500 03000080 00000080 00000000 0102030405060708 10 000000", false}, /* shorter than its fields */
        {"0100 0800 00000000", false},
        {"0000 0700 000000", false},
    };
    struct fixture *f = *state;
    struct build inner = segment(), air = behind("8801 0000 " ADDRESSES " 1000 0000 " LLC, &inner), b;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        b = behind(cases[i].header, &air);
        if (cases[i].leads)
            assert_opens(f, DLT_IEEE802_11_RADIO, &b, "");
        else
            assert_int_equal(decode_cut(f, DLT_IEEE802_11_RADIO, &b, b.length), DECODED_NOTHING);
    }
    b = behind("8801 0000 " ADDRESSES " 1000 0000 0000 " LLC, &inner);
    b = behind("0000 0900 02000000 20", &b);
    assert_opens(f, DLT_IEEE802_11_RADIO, &b, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(labels_lead_to_ip_and_to_ethernet_with_and_without_a_control_word),
        TEST(labels_without_end_lead_nowhere),
        TEST(pppoe_leads_to_ip_and_ends_where_it_says),
        TEST(ppp_and_hdlc_lead_to_ip),
        TEST(a_provider_backbone_leads_to_the_frame_of_its_customer),
        TEST(data_frames_of_the_air_lead_to_ip),
        TEST(radiotap_headers_are_stepped_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
