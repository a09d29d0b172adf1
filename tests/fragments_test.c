/* fragments: datagrams put together in any order, and every way to give one up. The datagram of the tests has bytes
 * that tell their place, so that a piece in the wrong place is seen. */
#include "capture/fragments.h"

#include "base/clock.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>

#define ROOM (4u << 20)
#define SLOT ((size_t)68000) /* a little more than a slot needs */

static uint8_t pattern[70000];

static int fill_pattern(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(i * 7 + i / 251);
    return 0;
}

static struct fragments *pool(size_t bytes)
{
    struct failure failure = {0};
    struct fragments *f = fragments_create(bytes, &failure);
    assert_non_null(f);
    return f;
}

static struct fragment piece(uint32_t id, uint32_t offset, uint32_t length, bool more)
{
    return (struct fragment){.source = address_from_v4((const uint8_t[4]){10, 0, 0, 1}),
                             .target = address_from_v4((const uint8_t[4]){10, 0, 0, 2}),
                             .id = id,
                             .protocol = 17,
                             .more = more,
                             .offset = offset,
                             .header_bytes = 20,
                             .data = bytes_of(pattern + offset, length),
                             .sent = length};
}

static bool add(struct fragments *f, struct fragment fragment)
{
    struct datagram whole;
    return fragments_add(f, &fragment, &whole);
}

static bool add_at(struct fragments *f, int64_t time_ns, struct fragment fragment)
{
    fragment.time_ns = time_ns;
    return add(f, fragment);
}

static void pieces_in_any_order_make_the_datagram(void **state)
{
    static const uint32_t orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
    static const struct {
        uint32_t offset, length;
    } pieces[] = {{0, 1480}, {1480, 8}, {1488, 1480}, {2968, 33}};
    (void)state;
    struct fragments *f = pool(ROOM);
    for (uint32_t order = 0; order < 4; order++)
        for (uint32_t i = 0; i < 4; i++) {
            uint32_t at = orders[order][i];
            struct fragment p = piece(order, pieces[at].offset, pieces[at].length, at != 3);
            p.header_bytes = at == 0 ? 24 : 20;
            struct datagram whole;
            assert_int_equal(fragments_add(f, &p, &whole), i == 3);
            if (i < 3)
                continue;
            assert_int_equal(whole.sent, 3001);
            assert_int_equal(whole.data.left, 3001);
            assert_memory_equal(whole.data.at, pattern, 3001);
            assert_int_equal(whole.protocol, 17);
            assert_int_equal(whole.header_bytes, 24); /* of the first, not the last to come */
        }
    assert_int_equal(fragments_lost(f), 0);
    assert_int_equal(fragments_waiting(f), 0);
    fragments_destroy(f);
}

static void the_longest_datagram_fits_and_a_longer_one_is_lost(void **state)
{
    (void)state;
    struct fragments *f = pool(1); /* at least one slot */
    assert_false(add(f, piece(1, 0, 65528, true)));
    assert_false(add(f, piece(1, 65528, 8, false)));
    assert_int_equal(fragments_lost(f), 1);
    assert_true(add(f, piece(1, 65528, 7, false)));
    assert_false(add(f, piece(2, 65536, 8, false)));
    struct fragment absurd = piece(3, 8, 8, true);
    absurd.sent = UINT32_MAX - 3;
    assert_false(add(f, absurd));
    assert_int_equal(fragments_lost(f), 3);
    fragments_destroy(f);
}

static void pieces_that_are_no_pieces_are_lost(void **state)
{
    (void)state;
    struct fragments *f = pool(ROOM);
    assert_false(add(f, piece(1, 0, 0, true)));
    assert_false(add(f, piece(1, 0, 1479, true)));
    assert_false(add(f, piece(1, 12, 8, true)));
    assert_int_equal(fragments_lost(f), 3);
    assert_int_equal(fragments_waiting(f), 0);
    fragments_destroy(f);
}

static void overlaps_that_agree_are_fine(void **state)
{
    (void)state;
    struct fragments *f = pool(ROOM);
    assert_false(add(f, piece(1, 0, 800, true)));
    assert_false(add(f, piece(1, 0, 800, true)));
    assert_false(add(f, piece(1, 400, 800, true)));
    assert_false(add(f, piece(1, 1600, 100, false)));
    assert_false(add(f, piece(1, 1600, 100, false)));
    struct fragment last = piece(1, 800, 800, true);
    struct datagram whole;
    assert_true(fragments_add(f, &last, &whole));
    assert_int_equal(whole.data.left, 1700);
    assert_memory_equal(whole.data.at, pattern, 1700);
    assert_int_equal(fragments_lost(f), 0);
    fragments_destroy(f);
}

static void an_overlap_that_disagrees_kills_the_datagram(void **state)
{
    static uint8_t other[800];
    (void)state;
    memcpy(other, pattern, sizeof other);
    other[407] ^= 1;
    struct fragments *f = pool(ROOM);
    assert_false(add(f, piece(1, 0, 800, true)));
    assert_false(add(f, piece(1, 800, 800, true)));
    struct fragment liar = piece(1, 0, 800, true);
    liar.data = bytes_of(other, 800);
    assert_false(add(f, liar));
    assert_int_equal(fragments_lost(f), 3);
    assert_false(add(f, piece(1, 1600, 8, false))); /* would have completed it */
    assert_int_equal(fragments_lost(f), 4);
    assert_int_equal(fragments_waiting(f), 0);
    assert_false(add_at(f, 31 * SECOND_NS, piece(1, 0, 8, true))); /* long after, the number is free again */
    assert_true(add_at(f, 31 * SECOND_NS, piece(1, 8, 8, false)));
    fragments_destroy(f);
}

static void ends_that_disagree_kill_the_datagram(void **state)
{
    static const struct {
        uint32_t offset, length;
        bool more;
    } second[] = {{24, 8, false}, {8, 8, false}, {16, 8, true}, {16, 7, false}};
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        struct fragments *f = pool(ROOM);
        assert_false(add(f, piece(1, 8, 13, false)));
        assert_false(add(f, piece(1, second[i].offset, second[i].length, second[i].more)));
        assert_int_equal(fragments_lost(f), 2);
        fragments_destroy(f);
    }
    struct fragments *f = pool(ROOM);
    assert_false(add(f, piece(1, 16, 16, true)));
    assert_false(add(f, piece(1, 8, 13, false))); /* ends before what is already here */
    assert_int_equal(fragments_lost(f), 2);
    fragments_destroy(f);
}

static void a_datagram_waits_thirty_seconds(void **state)
{
    (void)state;
    struct fragments *f = pool(ROOM);
    assert_false(add_at(f, 5 * SECOND_NS, piece(1, 0, 8, true)));
    assert_false(add_at(f, 6 * SECOND_NS, piece(2, 0, 8, true)));
    assert_int_equal(fragments_waiting(f), 2);
    assert_true(add_at(f, 35 * SECOND_NS, piece(1, 8, 8, false)));
    assert_false(add_at(f, 36 * SECOND_NS + 1, piece(2, 8, 8, false)));
    assert_int_equal(fragments_lost(f), 1);
    assert_int_equal(fragments_waiting(f), 1); /* the late piece begins a datagram of its own */
    assert_false(add_at(f, INT64_MIN, piece(3, 0, 8, true)));
    assert_false(add_at(f, INT64_MAX, piece(3, 8, 8, false))); /* times from a broken file; both pieces expire */
    assert_int_equal(fragments_lost(f), 3);
    fragments_destroy(f);
}

static void the_oldest_goes_when_the_pool_is_full(void **state)
{
    (void)state;
    struct fragments *f = pool(3 * SLOT);
    for (uint32_t id = 1; id <= 4; id++)
        assert_false(add(f, piece(id, 0, 8, true)));
    assert_int_equal(fragments_lost(f), 1);
    assert_true(add(f, piece(2, 8, 8, false)));
    assert_true(add(f, piece(3, 8, 8, false)));
    assert_true(add(f, piece(4, 8, 8, false)));
    assert_int_equal(fragments_lost(f), 1);
    fragments_destroy(f);
}

static void what_was_handed_out_stays_until_the_release(void **state)
{
    (void)state;
    struct fragments *f = pool(2 * SLOT);
    struct datagram whole[2];
    for (uint32_t id = 0; id < 2; id++) {
        struct fragment first = piece(id, 0, 8 + 8 * id, true), last = piece(id, 8 + 8 * id, 5, false);
        assert_false(fragments_add(f, &first, &whole[id]));
        assert_true(fragments_add(f, &last, &whole[id]));
    }
    assert_false(add(f, piece(3, 0, 2000, true))); /* no room: both slots are lent */
    assert_int_equal(fragments_lost(f), 1);
    for (uint32_t id = 0; id < 2; id++) {
        assert_int_equal(whole[id].data.left, 13 + 8 * id);
        assert_memory_equal(whole[id].data.at, pattern, 13 + 8 * id);
    }
    fragments_release(f);
    assert_false(add(f, piece(4, 0, 8, true)));
    assert_true(add(f, piece(4, 8, 8, false)));
    assert_int_equal(fragments_lost(f), 1);
    fragments_destroy(f);
}

static void late_copies_are_dropped_and_new_datagrams_are_not(void **state)
{
    (void)state;
    struct fragments *f = pool(ROOM);
    assert_false(add(f, piece(1, 0, 8, true)));
    assert_true(add(f, piece(1, 8, 8, false)));
    for (int round = 0; round < 2; round++) { /* before the release and after it */
        assert_false(add(f, piece(1, 8, 8, false)));
        assert_false(add(f, piece(1, 0, 8, true)));
        assert_int_equal(fragments_waiting(f), 0);
        fragments_release(f);
    }
    struct fragment first = piece(1, 0, 8, true), last = piece(1, 8, 8, false);
    first.data = bytes_of("another ", 8); /* the number is used again */
    last.data = bytes_of("datagram", 8);
    struct datagram whole;
    assert_false(fragments_add(f, &first, &whole));
    assert_true(fragments_add(f, &last, &whole));
    assert_memory_equal(whole.data.at, "another datagram", 16);
    fragments_release(f);
    assert_false(add_at(f, 2 * SECOND_NS, first)); /* too late for a copy */
    assert_true(add_at(f, 2 * SECOND_NS, last));
    assert_int_equal(fragments_lost(f), 0);
    fragments_destroy(f);
}

static void only_pieces_of_one_key_belong_together(void **state)
{
    (void)state;
    struct fragments *f = pool(ROOM);
    assert_false(add(f, piece(1, 0, 8, true)));
    struct fragment p = piece(1, 8, 8, false);
    p.protocol = 6;
    assert_false(add(f, p));
    p = piece(1, 8, 8, false);
    p.tunnel = 1;
    assert_false(add(f, p));
    p = piece(1, 8, 8, false);
    p.target.octets[15] = 3;
    assert_false(add(f, p));
    p = piece(2, 8, 8, false);
    assert_false(add(f, p));
    assert_int_equal(fragments_waiting(f), 5);
    assert_true(add(f, piece(1, 8, 8, false)));
    assert_int_equal(fragments_waiting(f), 4);
    fragments_destroy(f);
}

static void the_first_piece_of_ipv6_says_what_follows(void **state)
{
    (void)state;
    struct fragments *f = pool(ROOM);
    struct fragment first = piece(1, 0, 8, true), last = piece(1, 8, 8, false);
    first.source.octets[0] = last.source.octets[0] = 0x20;
    first.target.octets[0] = last.target.octets[0] = 0x20;
    first.protocol = 58;
    last.protocol = 99;
    struct datagram whole;
    assert_false(fragments_add(f, &first, &whole));
    assert_true(fragments_add(f, &last, &whole));
    assert_int_equal(whole.protocol, 58);
    fragments_destroy(f);
}

static void a_copy_that_was_cut_takes_nothing_away(void **state)
{
    (void)state;
    struct fragments *f = pool(ROOM);
    struct fragment first = piece(1, 0, 1480, true), cut = first, second = piece(1, 1480, 520, false);
    struct datagram whole;
    cut.data.left = 48;
    assert_false(add(f, first));
    assert_false(add(f, cut));
    assert_true(fragments_add(f, &second, &whole));
    assert_int_equal(whole.sent, 2000);
    assert_int_equal(whole.data.left, 2000);
    fragments_release(f);
    fragments_destroy(f);
}

static void pieces_cut_by_the_snaplen_give_what_was_captured(void **state)
{
    (void)state;
    struct fragments *f = pool(ROOM);
    struct fragment first = piece(1, 0, 1480, true), second = piece(1, 1480, 1480, true),
                    last = piece(1, 2960, 40, false);
    second.data.left = 100;
    struct datagram whole;
    assert_false(fragments_add(f, &first, &whole));
    assert_false(fragments_add(f, &second, &whole));
    second.data.left = 96; /* a copy, cut elsewhere: what both have agrees, and the first counts */
    assert_false(fragments_add(f, &second, &whole));
    second.data.left = 1480; /* and one whole, which nothing that was captured contradicts */
    assert_false(fragments_add(f, &second, &whole));
    assert_true(fragments_add(f, &last, &whole));
    assert_int_equal(whole.sent, 3000);
    assert_int_equal(whole.data.left, 1480 + 100);
    assert_memory_equal(whole.data.at, pattern, 1480 + 100);
    fragments_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_in_any_order_make_the_datagram),
        cmocka_unit_test(the_longest_datagram_fits_and_a_longer_one_is_lost),
        cmocka_unit_test(pieces_that_are_no_pieces_are_lost),
        cmocka_unit_test(overlaps_that_agree_are_fine),
        cmocka_unit_test(an_overlap_that_disagrees_kills_the_datagram),
        cmocka_unit_test(ends_that_disagree_kill_the_datagram),
        cmocka_unit_test(a_datagram_waits_thirty_seconds),
        cmocka_unit_test(the_oldest_goes_when_the_pool_is_full),
        cmocka_unit_test(what_was_handed_out_stays_until_the_release),
        cmocka_unit_test(late_copies_are_dropped_and_new_datagrams_are_not),
        cmocka_unit_test(only_pieces_of_one_key_belong_together),
        cmocka_unit_test(the_first_piece_of_ipv6_says_what_follows),
        cmocka_unit_test(pieces_cut_by_the_snaplen_give_what_was_captured),
        cmocka_unit_test(a_copy_that_was_cut_takes_nothing_away),
    };
    return cmocka_run_group_tests(tests, fill_pattern, NULL);
}
