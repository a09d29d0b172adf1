/* link: each link layer leads to the same IP packet, and what is no IP leads nowhere. */
#include "capture/link.h"
#include "tests/build.h"
#include "tests/cmocka_all.h"

#include <pcap/dlt.h>
#include <stdlib.h>

/* Does the link layer of these bytes lead to "E...ip"? In memory of exactly their size. */
static bool leads_to_ip(int link_type, const struct build *b, size_t length)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    memcpy(copy, b->bytes, length);
    struct bytes in = bytes_of(copy, length);
    bool led = link_take(link_type, &in) && in.left >= 4 && memcmp(in.at, "E.ip", 4) == 0;
    free(copy);
    return led;
}

static void assert_leads(int link_type, struct build b)
{
    size_t head = b.length;
    put(&b, "E.ip", 4);
    assert_true(leads_to_ip(link_type, &b, b.length));
    for (size_t cut = 0; cut < head; cut++)
        assert_false(leads_to_ip(link_type, &b, cut));
}

static void assert_leads_nowhere(int link_type, struct build b)
{
    put(&b, "E.ip", 4);
    struct bytes in = bytes_of(b.bytes, b.length);
    assert_false(link_take(link_type, &in));
}

static void ethernet_leads_to_ip_through_any_vlan_tags(void **state)
{
    static const unsigned tags[] = {0x8100, 0x88a8, 0x9100, 0x9200, 0x9300};
    (void)state;
    struct build plain = {0}, many = {0};
    put_ethernet(&plain, 0x0800);
    assert_leads(DLT_EN10MB, plain);
    plain.length = 0;
    put_ethernet(&plain, 0x86dd);
    assert_leads(DLT_EN10MB, plain);
    put_ethernet(&many, tags[0]);
    for (size_t i = 0; i < 5; i++) {
        struct build one = {0};
        put_ethernet(&one, tags[i]);
        put_u16(&one, 0x2064);
        put_u16(&one, 0x0800);
        assert_leads(DLT_EN10MB, one);
        put_u16(&many, 0x2064);
        put_u16(&many, i < 4 ? tags[i + 1] : 0x86dd);
    }
    assert_leads(DLT_EN10MB, many);
}

static void a_length_field_leads_to_ip_through_llc(void **state)
{
    (void)state;
    static const struct {
        const char *llc;
        size_t length;
        bool leads;
    } cases[] = {{"\xaa\xaa\x03\x00\x00\x00\x08\x00", 8, true},
                 {"\xaa\xaa\x03\x00\x00\x00\x86\xdd", 8, true},
                 {"\xaa\xaa\x03\x00\x00\xf8\x08\x00", 8, true},
                 {"\xaa\xaa\x03\x00\x00\x00\x81\x00\x00\x01\x08\x00", 12, true},
                 {"\x06\x06\x03", 3, true},
                 {"\xaa\xaa\x03\x00\x00\x0c\x20\x00", 8, false},
                 {"\xaa\xaa\x07\x00\x00\x00\x08\x00", 8, false},
                 {"\xaa\xaa\x03\x00\x00\x00\x08\x06", 8, false},
                 {"\x42\x42\x03", 3, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct build b = {0};
        put_ethernet(&b, 64);
        put(&b, cases[i].llc, cases[i].length);
        if (cases[i].leads)
            assert_leads(DLT_EN10MB, b);
        else
            assert_leads_nowhere(DLT_EN10MB, b);
    }
}

static void other_types_lead_nowhere(void **state)
{
    static const unsigned types[] = {0x0806, 0x88cc, 0x8847, 0x8863, 0x0600, 0xffff};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct build b = {0};
        put_ethernet(&b, types[i]);
        put_zeros(&b, 40);
        assert_leads_nowhere(DLT_EN10MB, b);
    }
    struct build deep = {0};
    put_ethernet(&deep, 0x8100);
    for (int i = 0; i < 200; i++)
        put_u32(&deep, 0x00018100);
    put_u32(&deep, 0x00010800);
    assert_leads_nowhere(DLT_EN10MB, deep);
}

static void cooked_captures_lead_to_ip(void **state)
{
    (void)state;
    struct build v1 = {0}, v2 = {0}, tagged = {0}, arp = {0};
    put_zeros(&v1, 14);
    put_u16(&v1, 0x86dd);
    assert_leads(DLT_LINUX_SLL, v1);
    put_u16(&v2, 0x0800);
    put_zeros(&v2, 18);
    assert_leads(DLT_LINUX_SLL2, v2);
    put_zeros(&tagged, 14);
    put_u16(&tagged, 0x8100);
    put_u32(&tagged, 0x00050800);
    assert_leads(DLT_LINUX_SLL, tagged);
    put_zeros(&arp, 14);
    put_u16(&arp, 0x0806);
    assert_leads_nowhere(DLT_LINUX_SLL, arp);
}

static void raw_ip_is_where_it_begins(void **state)
{
    static const int types[] = {DLT_RAW, 12, 14, 101, DLT_IPV4, DLT_IPV6};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_leads(types[i], (struct build){0});
}

static void loopback_leads_to_ip_in_both_byte_orders(void **state)
{
    static const unsigned families[] = {2, 10, 23, 24, 28, 30};
    (void)state;
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        for (int big = 0; big < 2; big++) {
            struct build b = {0};
            put_file32(&b, big, families[i]);
            assert_leads(DLT_NULL, b);
            assert_leads(DLT_LOOP, b);
        }
    struct build other = {0};
    put_u32(&other, 7);
    assert_leads_nowhere(DLT_NULL, other);
}

static void nflog_leads_to_the_packet_among_its_fields(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct build b = {0};
        put_u32(&b, 0x02000001);
        put_file16(&b, big, 5); /* one byte and three of padding */
        put_file16(&b, big, 10);
        put_zeros(&b, 4);
        put_file16(&b, big, 12);
        put_file16(&b, big, 1);
        put_zeros(&b, 8);
        struct build lies = b;
        put_file16(&b, big, 4 + 4);
        put_file16(&b, big, 9);
        assert_leads(DLT_NFLOG, b);
        put_file16(&lies, big, 3);
        put_file16(&lies, big, 9);
        assert_leads_nowhere(DLT_NFLOG, lies);
    }
}

static void a_packet_of_nflog_cut_by_the_snaplen_is_there_as_far_as_captured(void **state)
{
    (void)state;
    struct build b = {0};
    put(&b, "\x02\x00\x00\x01\x40\x00\x09\x00", 8);
    put(&b, "E.ip and no more", 16);
    struct bytes in = bytes_of(b.bytes, b.length);
    assert_true(link_take(DLT_NFLOG, &in));
    assert_int_equal(in.left, 16);
}

static void an_unknown_link_type_leads_nowhere(void **state)
{
    (void)state;
    struct build b = {0};
    put_zeros(&b, 64);
    assert_leads_nowhere(DLT_IEEE802_11, b);
    assert_leads_nowhere(-1, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ethernet_leads_to_ip_through_any_vlan_tags),
        cmocka_unit_test(a_length_field_leads_to_ip_through_llc),
        cmocka_unit_test(other_types_lead_nowhere),
        cmocka_unit_test(cooked_captures_lead_to_ip),
        cmocka_unit_test(raw_ip_is_where_it_begins),
        cmocka_unit_test(loopback_leads_to_ip_in_both_byte_orders),
        cmocka_unit_test(nflog_leads_to_the_packet_among_its_fields),
        cmocka_unit_test(a_packet_of_nflog_cut_by_the_snaplen_is_there_as_far_as_captured),
        cmocka_unit_test(an_unknown_link_type_leads_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
