/* duplicates: what is a copy that a mirror made, and what was sent again. */
#include "capture/duplicates.h"

#include "tests/cmocka_all.h"

#include <pcap/dlt.h>

#define MS_NS (SECOND_NS / 1000)

#define PAYLOAD 22

static struct duplicates *given;

static int begin(void **state)
{
    (void)state;
    struct failure failure = {0};
    given = duplicates_create(1, &failure);
    return given == NULL;
}

static int end(void **state)
{
    (void)state;
    duplicates_destroy(given);
    return 0;
}

/* A packet in a frame of Ethernet, as a test wants it. */
struct shot {
    struct packet packet;
    uint8_t frame[64];
    size_t cut; /* bytes that were not captured */
};

static struct shot shot_of(uint8_t protocol, uint16_t ip_id, uint16_t checksum)
{
    static const uint8_t client[4] = {10, 0, 0, 1}, server[4] = {10, 0, 0, 2};
    struct shot s = {
        .packet = {.ip_bytes = 60, .payload_sent = PAYLOAD, .ttl = 64, .ip_id = ip_id, .checksum = checksum}};
    s.packet.ends = (struct endpoints){.source = address_from_v4(client),
                                       .target = address_from_v4(server),
                                       .source_port = 40000,
                                       .target_port = 514,
                                       .protocol = protocol};
    memset(s.frame, 7, sizeof s.frame);
    return s;
}

static enum duplicate take_at(struct shot s, int64_t time_ns)
{
    s.packet.time_ns = 1700000000 * SECOND_NS + time_ns;
    s.packet.payload = bytes_of(s.frame + 42, PAYLOAD - s.cut);
    uint32_t captured = (uint32_t)(sizeof s.frame - s.cut);
    struct frame frame = {.start = s.frame, .captured = captured, .sent = 64, .link_type = DLT_EN10MB};
    struct sighting sighting = duplicates_sight(given, &frame, &s.packet);
    return duplicates_is_new(given, &sighting) ? DUPLICATE_NO : duplicates_judge(given, &sighting, &s.packet);
}

static struct shot moved_to_other_host(struct shot s, uint8_t last)
{
    s.packet.ends.source.octets[15] = last;
    return s;
}

static void the_same_number_says_that_it_is_the_same_packet(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_UDP, 77, 0xabcd);
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    assert_int_equal(take_at(s, 5000), DUPLICATE_COPY);
    s.packet.checksum = 0x1234; /* made by a card on the way */
    assert_int_equal(take_at(s, 19 * MS_NS), DUPLICATE_COPY);
    assert_int_equal(take_at(s, 21 * MS_NS), DUPLICATE_NO);
}

static void a_copy_may_come_in_another_frame_and_before_what_it_copies(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_TCP, 77, 0xabcd);
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    s.frame[3]++;
    assert_int_equal(take_at(s, -3 * MS_NS), DUPLICATE_COPY);
    s.packet.ends.tunnel = 1;
    assert_int_equal(take_at(s, 0), DUPLICATE_COPY);
}

static void another_ttl_says_that_it_went_through_a_router(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_UDP, 0, 0xabcd);
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    s.packet.ttl--;
    assert_int_equal(take_at(s, 10 * MS_NS), DUPLICATE_ROUTED);
    s.packet.ttl += 2;
    assert_int_equal(take_at(s, 10 * MS_NS), DUPLICATE_ROUTED);
}

static void what_differs_in_anything_that_nobody_changes_is_another_packet(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_TCP, 77, 0xabcd), other;
    s.packet.sequence = 5;
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    assert_int_equal(take_at(moved_to_other_host(s, 9), 0), DUPLICATE_NO); /* an address was translated */
    other = s;
    other.packet.ends.target_port++;
    assert_int_equal(take_at(other, 0), DUPLICATE_NO);
    other = s;
    other.packet.ends.protocol = IP_UDP;
    assert_int_equal(take_at(other, 0), DUPLICATE_NO);
    other = s;
    other.packet.ends.apart = 1; /* networks kept apart */
    assert_int_equal(take_at(other, 0), DUPLICATE_NO);
    other = s;
    other.packet.sequence++;
    assert_int_equal(take_at(other, 0), DUPLICATE_NO);
    other = s;
    other.packet.acknowledged++;
    assert_int_equal(take_at(other, 0), DUPLICATE_NO);
    other = s;
    other.packet.tcp_flags = TCP_ACK;
    assert_int_equal(take_at(other, 0), DUPLICATE_NO);
    other = s;
    other.packet.ip_bytes++;
    assert_int_equal(take_at(other, 0), DUPLICATE_NO);
    other = s;
    other.packet.ip_id++; /* sent again */
    assert_int_equal(take_at(other, 0), DUPLICATE_NO);
    assert_int_equal(take_at(s, 0), DUPLICATE_COPY);
}

static void datagrams_that_say_something_else_are_others_also_with_one_number(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_UDP, 77, 0xabcd), other = s;
    other.frame[42]++;
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    assert_int_equal(take_at(other, 0), DUPLICATE_NO);
}

static void a_copy_that_is_cut_off_behind_its_headers_is_one(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_TCP, 77, 0xabcd);
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    s.cut = 20;
    assert_int_equal(take_at(s, 5000), DUPLICATE_COPY);
}

static void without_a_number_the_same_thing_again_was_sent_again(void **state)
{
    (void)state;
    struct shot udp = shot_of(IP_UDP, 0, 0xabcd), ack = shot_of(IP_TCP, 0, 0xabcd);
    ack.packet.tcp_flags = TCP_ACK;
    for (int i = 0; i < 100; i++) { /* syslog that repeats itself; duplicate ACKs, keep-alives, resets */
        assert_int_equal(take_at(udp, i), DUPLICATE_NO);
        assert_int_equal(take_at(ack, i), DUPLICATE_NO);
    }
    udp.packet.checksum++; /* another datagram that begins alike */
    udp.packet.ttl--;
    assert_int_equal(take_at(udp, 100), DUPLICATE_NO);
}

static void without_a_number_another_frame_says_that_it_is_a_copy(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_UDP, 0, 0xabcd), behind = s;
    behind.frame[0]++;
    for (int i = 0; i < 10; i++) { /* sent ten times, and each seen at two places */
        assert_int_equal(take_at(s, 2 * i), DUPLICATE_NO);
        assert_int_equal(take_at(behind, 2 * i + 1), DUPLICATE_COPY);
    }
}

static void without_a_number_tcp_has_its_own_whatever_checksum_a_card_made(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_TCP, 0, 0x1234), mirrored = s;
    s.packet.sequence = 5;
    mirrored.packet.sequence = 5;
    mirrored.packet.checksum = 0xabcd;
    mirrored.frame[0]++;
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    assert_int_equal(take_at(mirrored, 1), DUPLICATE_COPY);
    mirrored.packet.checksum = 0x5678;
    mirrored.packet.sequence++;
    assert_int_equal(take_at(mirrored, 2), DUPLICATE_NO);
}

/* The same datagram before its sender's card, which has the sum of the pseudo-header, and where none was made, and
 * behind the card. Checksums are by another program. */
static void check_that_the_card_made(struct shot s, uint16_t begun, uint16_t made)
{
    struct shot behind = s, none = s;
    s.packet.checksum = begun;
    behind.packet.checksum = made;
    none.packet.checksum = 0;
    behind.frame[0]++;
    none.packet.ttl--;
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    assert_int_equal(take_at(behind, 1), DUPLICATE_COPY);
    assert_int_equal(take_at(none, 2), DUPLICATE_ROUTED);
    behind.packet.checksum++;
    assert_int_equal(take_at(behind, 3), DUPLICATE_NO);
}

static void without_a_number_a_checksum_is_made_where_a_card_will_make_it(void **state)
{
    (void)state;
    static const uint8_t source[16] = {0x20, 1, 0x0d, 0xb8, [15] = 1};
    static const uint8_t target[16] = {0x20, 1,    0x0d, 0xb8, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe};
    struct shot v4 = shot_of(IP_UDP, 0, 0), v6 = v4;
    v6.packet.ends.source = address_from_v6(source);
    v6.packet.ends.target = address_from_v6(target);
    check_that_the_card_made(v4, 0x1432, 0x0020);
    check_that_the_card_made(v6, 0x5ba1, 0xb8b0);
    v4.packet.payload_sent = v6.packet.payload_sent = PAYLOAD - 1; /* an odd number of bytes */
    v4.cut = v6.cut = 1;
    check_that_the_card_made(v4, 0x1431, 0x0029);
    check_that_the_card_made(v6, 0x5ba0, 0xb8b9);
}

static void what_was_cut_cannot_be_added_up(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_UDP, 0, 0x1432), behind = shot_of(IP_UDP, 0, 0x0020);
    s.cut = 1;
    behind.frame[0]++;
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    assert_int_equal(take_at(behind, 1), DUPLICATE_NO);
}

static void datagrams_without_checksums_that_begin_alike_are_others(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_UDP, 0, 0), other = s;
    other.frame[42 + 8]++;
    other.frame[0]++;
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    assert_int_equal(take_at(other, 1), DUPLICATE_NO);
}

static struct shot rtp_of(uint8_t version, uint8_t type, uint16_t number)
{
    struct shot s = shot_of(IP_UDP, 0, (uint16_t)(0xabcd + number));
    s.packet.ends.target_port = 30000;
    uint8_t *payload = s.frame + 42;
    payload[0] = (uint8_t)(version << 6);
    payload[1] = type;
    payload[3] = (uint8_t)number;
    return s;
}

static void rtp_numbers_its_packets_and_sends_none_twice(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < 20; i++) {
        assert_int_equal(take_at(rtp_of(2, 8, i), 20 * i * MS_NS), DUPLICATE_NO);
        assert_int_equal(take_at(rtp_of(2, 8, i), (20 * i + 15) * MS_NS), DUPLICATE_COPY);
    }
}

static void what_only_resembles_rtp_may_be_sent_twice(void **state)
{
    (void)state;
    struct shot dns = rtp_of(2, 8, 1), cut = rtp_of(2, 8, 2);
    dns.packet.ends.target_port = 53;
    cut.cut = PAYLOAD - 11;
    const struct shot others[] = {rtp_of(1, 8, 3), rtp_of(2, 72, 4), dns, cut}; /* the second is RTCP */
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(take_at(others[i], 0), DUPLICATE_NO);
        assert_int_equal(take_at(others[i], 10), DUPLICATE_NO);
    }
}

static void a_syn_is_not_sent_again_so_soon_and_proves_copies_for_its_hosts(void **state)
{
    (void)state;
    struct shot syn = shot_of(IP_TCP, 0, 1), data = shot_of(IP_TCP, 0, 2), answer = data;
    answer.packet.ends.source = data.packet.ends.target;
    answer.packet.ends.target = data.packet.ends.source;
    syn.packet.tcp_flags = TCP_SYN;
    assert_int_equal(take_at(syn, 0), DUPLICATE_NO);
    assert_int_equal(take_at(syn, 10), DUPLICATE_COPY);
    assert_int_equal(take_at(data, 20), DUPLICATE_NO);
    assert_int_equal(take_at(data, 30), DUPLICATE_COPY);
    assert_int_equal(take_at(answer, 40), DUPLICATE_NO);
    assert_int_equal(take_at(answer, 50), DUPLICATE_COPY);
    assert_int_equal(take_at(moved_to_other_host(data, 9), 60), DUPLICATE_NO);
    assert_int_equal(take_at(moved_to_other_host(data, 9), 70), DUPLICATE_NO); /* of these nothing is known */
}

static void proven_copies_are_as_many_as_were_proven_and_close(void **state)
{
    (void)state;
    struct shot sure = shot_of(IP_UDP, 7, 1), s = shot_of(IP_UDP, 0, 2);
    assert_int_equal(take_at(sure, 0), DUPLICATE_NO);
    assert_int_equal(take_at(sure, 0), DUPLICATE_COPY);
    for (int i = 0; i < 5; i++) { /* sent five times, each seen twice */
        assert_int_equal(take_at(s, 2 * i), DUPLICATE_NO);
        assert_int_equal(take_at(s, 2 * i + 1), DUPLICATE_COPY);
    }
    s.packet.checksum++;
    assert_int_equal(take_at(s, 0), DUPLICATE_NO);
    assert_int_equal(take_at(s, 3 * MS_NS), DUPLICATE_NO);
}

static void copies_come_as_late_as_the_last_that_were_proven(void **state)
{
    (void)state;
    struct shot syn = shot_of(IP_TCP, 0, 1), data = shot_of(IP_TCP, 0, 2);
    syn.packet.tcp_flags = TCP_SYN;
    assert_int_equal(take_at(syn, 0), DUPLICATE_NO);
    assert_int_equal(take_at(syn, 8 * MS_NS), DUPLICATE_COPY);
    assert_int_equal(take_at(data, 9 * MS_NS), DUPLICATE_NO);
    assert_int_equal(take_at(data, 18 * MS_NS), DUPLICATE_COPY);
    assert_int_equal(take_at(data, 18 * MS_NS), DUPLICATE_NO); /* sent again, with a copy as late again */
    assert_int_equal(take_at(data, 27 * MS_NS), DUPLICATE_COPY);
    data.packet.sequence++;
    assert_int_equal(take_at(data, 30 * MS_NS), DUPLICATE_NO);
    assert_int_equal(take_at(data, 41 * MS_NS), DUPLICATE_NO);
    syn.packet.sequence++; /* now they come at once */
    assert_int_equal(take_at(syn, 50 * MS_NS), DUPLICATE_NO);
    assert_int_equal(take_at(syn, 50 * MS_NS), DUPLICATE_COPY);
    data.packet.sequence++;
    assert_int_equal(take_at(data, 60 * MS_NS), DUPLICATE_NO);
    assert_int_equal(take_at(data, 69 * MS_NS), DUPLICATE_NO);
}

static void of_several_copies_the_last_tells_how_late_they_come(void **state)
{
    (void)state;
    struct shot syn = shot_of(IP_TCP, 0, 1), data = shot_of(IP_TCP, 0, 2);
    syn.packet.tcp_flags = TCP_SYN;
    for (uint32_t round = 0; round < 2; round++) { /* one switch at once, and another 8 ms later */
        int64_t at_ns = round * SECOND_NS;
        syn.packet.sequence = data.packet.sequence = round;
        assert_int_equal(take_at(syn, at_ns), DUPLICATE_NO);
        assert_int_equal(take_at(syn, at_ns), DUPLICATE_COPY);
        if (round == 0)
            assert_int_equal(take_at(syn, at_ns + 8 * MS_NS), DUPLICATE_COPY);
        assert_int_equal(take_at(data, at_ns + 9 * MS_NS), DUPLICATE_NO);
        assert_int_equal(take_at(data, at_ns + 9 * MS_NS), DUPLICATE_COPY);
        assert_int_equal(take_at(data, at_ns + 17 * MS_NS), DUPLICATE_COPY);
        assert_int_equal(take_at(data, at_ns + 17 * MS_NS), DUPLICATE_NO);
    }
}

static void where_nearly_all_is_copied_late_the_rest_is_as_late(void **state)
{
    (void)state;
    struct shot sure = shot_of(IP_UDP, 0, 0), s = moved_to_other_host(shot_of(IP_TCP, 0, 2), 9);
    for (uint16_t i = 1; i <= 20; i++) {
        sure.packet.ip_id = i;
        assert_int_equal(take_at(sure, i * 20 * MS_NS), DUPLICATE_NO);
        assert_int_equal(take_at(sure, (i * 20 + 12) * MS_NS), DUPLICATE_COPY);
    }
    assert_int_equal(take_at(s, 420 * MS_NS), DUPLICATE_NO);
    assert_int_equal(take_at(s, 433 * MS_NS), DUPLICATE_COPY);
    s.packet.sequence++;
    assert_int_equal(take_at(s, 440 * MS_NS), DUPLICATE_NO);
    assert_int_equal(take_at(s, 455 * MS_NS), DUPLICATE_NO);
}

static void copies_of_other_hosts_prove_nothing_unless_nearly_all_is_copied(void **state)
{
    (void)state;
    struct shot sure = shot_of(IP_UDP, 0, 0), s = moved_to_other_host(shot_of(IP_UDP, 0, 2), 9);
    for (uint16_t i = 1; i <= 20; i++) {
        sure.packet.ip_id = i;
        assert_int_equal(take_at(sure, i), DUPLICATE_NO);
        assert_int_equal(take_at(s, i), DUPLICATE_NO); /* not yet, and later not: the two before are the same */
        assert_int_equal(take_at(sure, i), DUPLICATE_COPY);
        s.packet.checksum++;
    }
    assert_int_equal(take_at(s, 30), DUPLICATE_NO);
    assert_int_equal(take_at(s, 30), DUPLICATE_COPY);
    for (uint16_t i = 0; i < 100; i++) { /* much that is there once */
        sure.packet.ip_id = (uint16_t)(1000 + i);
        assert_int_equal(take_at(sure, 40 + i), DUPLICATE_NO);
    }
    s.packet.checksum++;
    assert_int_equal(take_at(s, 200), DUPLICATE_NO);
    assert_int_equal(take_at(s, 200), DUPLICATE_NO);
}

static void a_sender_that_numbers_nothing_is_found_out(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_UDP, 4321, 0);
    int dropped = 0;
    for (int i = 0; i < 50; i++) { /* each is sent twice */
        s.packet.ends.source_port++;
        assert_int_equal(take_at(s, 2 * i), DUPLICATE_NO);
        dropped += take_at(s, 2 * i + 1) != DUPLICATE_NO;
    }
    assert_in_range(dropped, 1, 2);
}

static void a_copy_is_known_among_thousands(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_UDP, 0, 0);
    for (uint16_t i = 1; i <= 1000; i++) {
        s.packet.ip_id = i;
        assert_int_equal(take_at(s, i), DUPLICATE_NO);
    }
    int known = 0;
    for (uint16_t i = 1; i <= 1000; i++) {
        s.packet.ip_id = i;
        known += take_at(s, 1000 + i) == DUPLICATE_COPY;
    }
    assert_in_range(known, 995, 1000);
}

/* How many of `count` packets are known when all of them come again, and in `bits` which. */
static int known_of(uint64_t seed, uint16_t count, bool bits[])
{
    struct failure failure = {0};
    duplicates_destroy(given);
    given = duplicates_create(seed, &failure);
    assert_non_null(given);
    struct shot s = shot_of(IP_UDP, 0, 0);
    int known = 0;
    for (int round = 0; round < 2; round++) {
        for (uint16_t i = 1; i <= count; i++) {
            s.packet.ip_id = (uint16_t)(i * 257);
            bits[i] = take_at(s, i + 100 * round) == DUPLICATE_COPY;
            known += round == 1 && bits[i];
        }
    }
    return known;
}

static void which_packets_are_forgotten_does_not_depend_on_the_process(void **state)
{
    (void)state;
    static bool first[6001], other[6001];
    int known = known_of(1, 6000, first);
    assert_in_range(known, 3000, 5999);
    assert_int_equal(known_of(0x123456789abcdef, 6000, other), known);
    assert_memory_equal(first, other, sizeof first);
}

static void no_time_is_too_strange(void **state)
{
    (void)state;
    struct shot s = shot_of(IP_UDP, 7, 0);
    const int64_t origin_ns = -1700000000 * SECOND_NS;
    assert_int_equal(take_at(s, INT64_MAX + origin_ns), DUPLICATE_NO);
    assert_int_equal(take_at(s, INT64_MAX + origin_ns), DUPLICATE_COPY);
    assert_int_equal(take_at(s, origin_ns - SECOND_NS), DUPLICATE_NO);
    assert_int_equal(take_at(s, origin_ns - SECOND_NS), DUPLICATE_COPY);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(the_same_number_says_that_it_is_the_same_packet),
        TEST(a_copy_may_come_in_another_frame_and_before_what_it_copies),
        TEST(another_ttl_says_that_it_went_through_a_router),
        TEST(what_differs_in_anything_that_nobody_changes_is_another_packet),
        TEST(datagrams_that_say_something_else_are_others_also_with_one_number),
        TEST(a_copy_that_is_cut_off_behind_its_headers_is_one),
        TEST(without_a_number_the_same_thing_again_was_sent_again),
        TEST(without_a_number_another_frame_says_that_it_is_a_copy),
        TEST(without_a_number_tcp_has_its_own_whatever_checksum_a_card_made),
        TEST(without_a_number_a_checksum_is_made_where_a_card_will_make_it),
        TEST(what_was_cut_cannot_be_added_up),
        TEST(datagrams_without_checksums_that_begin_alike_are_others),
        TEST(rtp_numbers_its_packets_and_sends_none_twice),
        TEST(what_only_resembles_rtp_may_be_sent_twice),
        TEST(a_syn_is_not_sent_again_so_soon_and_proves_copies_for_its_hosts),
        TEST(proven_copies_are_as_many_as_were_proven_and_close),
        TEST(copies_come_as_late_as_the_last_that_were_proven),
        TEST(of_several_copies_the_last_tells_how_late_they_come),
        TEST(where_nearly_all_is_copied_late_the_rest_is_as_late),
        TEST(copies_of_other_hosts_prove_nothing_unless_nearly_all_is_copied),
        TEST(a_sender_that_numbers_nothing_is_found_out),
        TEST(a_copy_is_known_among_thousands),
        TEST(which_packets_are_forgotten_does_not_depend_on_the_process),
        TEST(no_time_is_too_strange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
