/* parcel: what goes in comes out, whether it fits into a cache line or not. */
#include "app/parcel.h"

#include "tests/cmocka_all.h"

#include <string.h>

static const uint8_t payload[3] = "abc";

static struct packet a_packet(uint8_t protocol)
{
    static const uint8_t from[4] = {10, 1, 2, 3}, to[4] = {10, 255, 0, 255};
    return (struct packet){.time_ns = 1700000000123456789,
                           .frame = UINT64_C(5000000000),
                           .ends = {.source = address_from_v4(from),
                                    .target = address_from_v4(to),
                                    .source_port = 65535,
                                    .target_port = 135,
                                    .protocol = protocol},
                           .ip_bytes = 65535,
                           .ttl = 255,
                           .tcp_flags = TCP_ACK | TCP_PSH,
                           .sequence = UINT32_MAX,
                           .acknowledged = 0x80000001,
                           .payload_sent = 65495,
                           .payload = bytes_of(payload, sizeof payload),
                           .source = 63};
}

static void assert_same(const struct packet *a, const struct packet *b)
{
    assert_int_equal(a->time_ns, b->time_ns);
    assert_int_equal(a->frame, b->frame);
    assert_true(address_equal(&a->ends.source, &b->ends.source));
    assert_true(address_equal(&a->ends.target, &b->ends.target));
    assert_int_equal(a->ends.source_port, b->ends.source_port);
    assert_int_equal(a->ends.target_port, b->ends.target_port);
    assert_int_equal(a->ends.protocol, b->ends.protocol);
    assert_int_equal(a->ends.tunnel, b->ends.tunnel);
    assert_int_equal(a->ends.apart, b->ends.apart);
    assert_int_equal(a->ip_bytes, b->ip_bytes);
    assert_int_equal(a->ttl, b->ttl);
    assert_int_equal(a->tcp_flags, b->tcp_flags);
    assert_int_equal(a->icmp_is_error, b->icmp_is_error);
    assert_int_equal(a->icmp_type, b->icmp_type);
    assert_int_equal(a->icmp_says, b->icmp_says);
    assert_int_equal(a->sequence, b->sequence);
    assert_int_equal(a->acknowledged, b->acknowledged);
    assert_int_equal(a->payload_sent, b->payload_sent);
    assert_ptr_equal(a->payload.at, b->payload.at);
    assert_int_equal(a->payload.left, b->payload.left);
    assert_true(bytes_ok(&b->payload));
    assert_int_equal(a->source, b->source);
}

/* Whether it went aside. */
static bool comes_back_whole(const struct packet *packet)
{
    struct parcel parcel;
    struct packet aside;
    struct timed_packet out;
    memset(&parcel, 0xaa, sizeof parcel);
    memset(&out, 0xbb, sizeof out);
    bool went_aside = parcel_pack(&parcel, packet, packet->time_ns + 7, &aside);
    parcel_open(&parcel, &out);
    assert_int_equal(out.now_ns, packet->time_ns + 7);
    assert_same(packet, &out.packet);
    return went_aside;
}

static void tcp_and_udp_in_ipv4_fit(void **state)
{
    (void)state;
    struct packet tcp = a_packet(IP_TCP), udp = a_packet(IP_UDP);
    assert_false(comes_back_whole(&tcp));
    assert_false(comes_back_whole(&udp));
}

static void all_others_go_aside(void **state)
{
    (void)state;
    struct packet packet = a_packet(IP_ICMP);
    packet.icmp_is_error = true;
    packet.icmp_type = 3;
    packet.icmp_says = ICMP_SAYS_PROHIBITED;
    packet.quoted = a_packet(IP_TCP).ends;
    assert_true(comes_back_whole(&packet));
    packet = a_packet(IP_TCP);
    packet.ends.tunnel = 1;
    assert_true(comes_back_whole(&packet));
    packet = a_packet(IP_TCP);
    packet.ends.apart = 254;
    assert_true(comes_back_whole(&packet));
    packet = a_packet(IP_TCP);
    packet.ip_bytes = 65536; /* the sender's card cut it up */
    assert_true(comes_back_whole(&packet));
    packet = a_packet(IP_UDP);
    packet.payload_sent = 65536;
    assert_true(comes_back_whole(&packet));
    packet = a_packet(IP_TCP);
    packet.ends.target.octets[0] = 0xfe;
    assert_true(comes_back_whole(&packet));
    packet = a_packet(IP_TCP);
    packet.ends.source.octets[9] = 1; /* one bit from being IPv4 */
    assert_true(comes_back_whole(&packet));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp_and_udp_in_ipv4_fit),
        cmocka_unit_test(all_others_go_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
