/* The ground floor: the cursor never sees past its end, text of addresses, UUIDs and times is what everybody writes. */
#include "tests/cmocka_all.h"

#include "base/address.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/uuid.h"

#include <stdio.h>

static void a_cursor_reads_both_byte_orders(void **state)
{
    (void)state;
    static const uint8_t wire[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    struct bytes in = bytes_of(wire, sizeof wire);
    assert_int_equal(bytes_u8(&in), 1);
    assert_int_equal(bytes_be16(&in), 0x0203);
    assert_int_equal(bytes_le16(&in), 0x0504);
    assert_int_equal(bytes_be24(&in), 0x060708);
    assert_int_equal(bytes_le32(&in), 0x0c0b0a09);
    assert_true(bytes_ok(&in));
    assert_int_equal(in.left, 0);
}

static void a_read_past_the_end_gives_zero_and_empties_the_cursor(void **state)
{
    (void)state;
    static const uint8_t wire[] = {0xff, 0xff, 0xff};
    struct bytes in = bytes_of(wire, sizeof wire);
    assert_int_equal(bytes_be32(&in), 0);
    assert_false(bytes_ok(&in));
    assert_int_equal(bytes_u8(&in), 0); /* also where a byte would have been */
    assert_int_equal(in.left, 0);
}

static void a_taken_window_cannot_see_past_its_own_end(void **state)
{
    (void)state;
    static const uint8_t wire[] = {1, 2, 3, 4};
    struct bytes in = bytes_of(wire, sizeof wire), inner = bytes_take(&in, 2);
    assert_int_equal(bytes_be32(&inner), 0);
    assert_false(bytes_ok(&inner));
    assert_true(bytes_ok(&in));
    assert_int_equal(bytes_be16(&in), 0x0304);
}

static void aligning_counts_from_the_start_given(void **state)
{
    (void)state;
    static const uint8_t wire[16] = {0};
    struct bytes in = bytes_of(wire, sizeof wire);
    bytes_skip(&in, 5);
    bytes_align(&in, wire, 4);
    assert_ptr_equal(in.at, wire + 8);
    bytes_align(&in, wire, 4);
    assert_ptr_equal(in.at, wire + 8);
}

static void a_line_is_taken_only_when_it_is_whole(void **state)
{
    (void)state;
    struct bytes in = bytes_of("one\r\ntwo\n\nthr", 13), line;
    assert_true(bytes_line(&in, &line));
    assert_true(bytes_are(line, "ONE"));
    assert_true(bytes_line(&in, &line));
    assert_true(bytes_are(line, "two"));
    assert_true(bytes_line(&in, &line));
    assert_int_equal(line.left, 0);
    assert_false(bytes_line(&in, &line));
    assert_int_equal(in.left, 3);
    assert_true(bytes_starts(in, "TH"));
    assert_false(bytes_starts(in, "three"));
}

static void addresses_come_back_as_they_went(void **state)
{
    (void)state;
    static const char *const texts[] = {"10.0.0.9", "255.255.255.255", "2001:db8::1", "::", "fe80::1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct address a;
        char text[ADDRESS_TEXT];
        assert_true(address_parse(texts[i], &a));
        assert_string_equal(address_text(&a, text), texts[i]);
    }
    struct address untouched = {{1}};
    assert_false(address_parse("10.0.0", &untouched));
    assert_false(address_parse("10.0.0.256", &untouched));
    assert_int_equal(untouched.octets[0], 1);
}

static void groups_and_zero_are_recognised_in_both_families(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool group, zero;
    } cases[] = {{"224.0.0.1", true, false},  {"239.255.255.255", true, false}, {"255.255.255.255", true, false},
                 {"240.0.0.1", false, false}, {"0.0.0.0", false, true},         {"::", false, true},
                 {"ff02::1", true, false},    {"fe80::1", false, false},        {"10.0.0.255", false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address a;
        assert_true(address_parse(cases[i].text, &a));
        assert_int_equal(address_is_group(&a), cases[i].group);
        assert_int_equal(address_is_zero(&a), cases[i].zero);
    }
}

static void a_prefix_has_the_addresses_below_it_and_no_others(void **state)
{
    (void)state;
    static const struct {
        const char *prefix, *address;
        bool has;
    } cases[] = {
        {"10.1.0.0/16", "10.1.255.255", true},    {"10.1.0.0/16", "10.2.0.0", false},
        {"10.1.64.0/18", "10.1.127.1", true},     {"10.1.64.0/18", "10.1.128.1", false},
        {"10.1.1.1", "10.1.1.1", true},           {"10.1.1.1", "10.1.1.2", false},
        {"2001:db8::/32", "2001:db8:5::1", true}, {"2001:db8::/32", "2001:db9::1", false},
        {"0.0.0.0/0", "1.2.3.4", true},           {"0.0.0.0/0", "2001:db8::1", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prefix prefix;
        struct address a;
        assert_true(prefix_parse(cases[i].prefix, &prefix));
        assert_true(address_parse(cases[i].address, &a));
        assert_int_equal(prefix_has(&prefix, &a), cases[i].has);
    }
    struct prefix p;
    assert_false(prefix_parse("10.0.0.0/33", &p));
    assert_false(prefix_parse("10.0.0.0/", &p));
    assert_false(prefix_parse("10.0.0.0/-1", &p));
    assert_false(prefix_parse("10.0.0.0/8x", &p));
    assert_false(prefix_parse("host/8", &p));
}

static void a_uuid_reads_in_both_byte_orders(void **state)
{
    (void)state;
    static const uint8_t little[] = {0xda, 0x62, 0xf1, 0xa4, 0x47, 0xca, 0x67, 0x10,
                                     0xb3, 0x1f, 0,    0xdd, 1,    6,    0x62, 0xda};
    struct bytes in = bytes_of(little, sizeof little);
    struct uuid u = uuid_take(&in, true), parsed;
    char text[UUID_TEXT];
    assert_string_equal(uuid_text(&u, text), "a4f162da-ca47-1067-b31f-00dd010662da");
    assert_true(uuid_parse("A4F162DA-CA47-1067-B31F-00DD010662DA", &parsed));
    assert_true(uuid_equal(&u, &parsed));
    in = bytes_of(little, sizeof little);
    u = uuid_take(&in, false);
    assert_string_equal(uuid_text(&u, text), "da62f1a4-47ca-6710-b31f-00dd010662da");
    assert_false(uuid_parse("a4f162da-ca47-1067-b31f-00dd010662d", &parsed));
    assert_false(uuid_parse("a4f162da-ca47-1067-b31f-00dd010662dag", &parsed));
    assert_false(uuid_parse("a4f162daxca47-1067-b31f-00dd010662da", &parsed));
}

static void times_are_printed_in_utc(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    int64_t t = INT64_C(1700000000123456789);
    assert_string_equal(clock_text(t, text), "2023-11-14T22:13:20.123456Z");
    assert_string_equal(clock_of_day(t, text), "22:13:20");
    assert_string_equal(clock_day_and_time(t, text), "2023-11-14 22:13:20");
    assert_string_equal(clock_text(0, text), "");
    int64_t day_ns = 86400 * SECOND_NS;
    assert_string_equal(clock_within(t, t, t + 3600 * SECOND_NS, text), "22:13:20");
    assert_string_equal(clock_within(t, t, t + 7200 * SECOND_NS, text), "2023-11-14 22:13:20"); /* past midnight */
    assert_string_equal(clock_within(t, t + day_ns, t + day_ns, text), "2023-11-14 22:13:20");  /* an earlier run's */
    static const struct {
        const char *text;
        int64_t time_ns;
    } read[] = {
        {"2023-11-14T22:13:20.123456Z", INT64_C(1700000000123456000)},
        {"2023-11-14 22:13:20", INT64_C(1700000000000000000)},
        {"2023-11-14", INT64_C(1699920000000000000)},
        {"1969-12-31T23:59:59.5Z", -500000000},
    };
    static const char *const wrong[] = {"",
                                        "2023-11",
                                        "2023-02-30",
                                        "2023-13-01",
                                        "2023-1-1",
                                        "20231114",
                                        "2023-11-14x",
                                        "2023-11-14T24:00:00",
                                        "2023-11-14T12:00",
                                        "9999-11-14",
                                        "2023-11-14T12:00:00+01:00"};
    int64_t time_ns;
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        assert_true(clock_parse(read[i].text, &time_ns));
        assert_int_equal(time_ns, read[i].time_ns);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(clock_parse(wrong[i], &time_ns));
    assert_string_equal(clock_text(-1, text), "1969-12-31T23:59:59.999999Z");
}

static void a_failure_keeps_every_problem_as_a_line_and_counts_what_does_not_fit(void **state)
{
    (void)state;
    struct failure failure = {0};
    assert_false(failure_any(&failure));
    assert_false(failure_add(&failure, "%s: first", "a"));
    failure_add(&failure, "second");
    assert_string_equal(failure.text, "a: first\nsecond");
    for (int i = 0; i < 10000; i++)
        failure_add(&failure, "one more problem");
    assert_int_equal(failure.count, 10002);
    assert_true(failure.omitted > 0);
    assert_true(strlen(failure.text) < sizeof failure.text);
}

static void the_hash_depends_on_every_byte_and_on_the_seed(void **state)
{
    (void)state;
    uint8_t key[40] = {0};
    uint64_t plain = hash_bytes(key, sizeof key, 1);
    assert_true(plain != hash_bytes(key, sizeof key, 2));
    assert_true(plain != hash_bytes(key, sizeof key - 1, 1));
    for (size_t i = 0; i < sizeof key; i++) {
        key[i] = 1;
        assert_true(plain != hash_bytes(key, sizeof key, 1));
        key[i] = 0;
    }
    /* No word, whatever it is, may make what comes before it count for nothing. */
    static const uint64_t words[] = {0, UINT64_MAX, UINT64_C(0xd6e8feb86659fd93), UINT64_C(0x9e3779b97f4a7c15),
                                     UINT64_C(0xa0761d6478bd642f)};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        uint64_t a[2] = {1, words[i]}, b[2] = {2, words[i]};
        assert_true(hash_bytes(a, sizeof a, 1) != hash_bytes(b, sizeof b, 1));
    }
}

/* Word for word as the hash is defined: marks that outlive a process, such as those of findings, are made with it. */
static void the_hash_of_any_length_is_that_of_its_words_filled_up_with_zeros(void **state)
{
    (void)state;
    uint8_t text[40], words[40];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(0x80 + 7 * i);
    for (size_t length = 0; length <= sizeof text; length++) {
        uint64_t key = 5 ^ UINT64_C(0xd6e8feb86659fd93), word;
        uint64_t hash = hash_mix(key, length ^ UINT64_C(0x9e3779b97f4a7c15));
        memset(words, 0, sizeof words);
        memcpy(words, text, length);
        for (size_t i = 0; i < length; i += 8) {
            memcpy(&word, words + i, sizeof word);
            hash = hash_mix(hash ^ le64toh(word), key) + hash;
        }
        hash = hash_mix(hash ^ UINT64_C(0xa0761d6478bd642f), UINT64_C(0xe7037ed1a0b428db));
        assert_true(hash_bytes(text, length, 5) == hash);
    }
}

static void reserved_memory_is_zero_and_what_cannot_be_had_is_a_failure(void **state)
{
    (void)state;
    struct failure failure = {0};
    uint8_t *start = memory_reserve(1u << 20, "a test", &failure);
    assert_non_null(start);
    assert_int_equal(start[0] + start[(1u << 20) - 1], 0);
    memory_release(start, 1u << 20);
    assert_null(memory_reserve(SIZE_MAX / 2, "too much", &failure));
    assert_non_null(strstr(failure.text, "too much"));
}

static void asking_for_large_pages_changes_nothing_that_stands_in_memory(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    const size_t bytes = (size_t)9 << 20;
    uint8_t *memory = memory_reserve(bytes, "a test", &failure);
    assert_non_null(memory);
    for (size_t i = 0; i < bytes; i += 4096)
        memory[i] = (uint8_t)(i >> 12 | 1);
    memory_in_large_pages(memory + 8, bytes - 16);
    memory_in_large_pages(memory, 1); /* no whole one */
    memory_in_large_pages(memory, 0);
    for (size_t i = 0; i < bytes; i += 4096)
        assert_true(memory[i] == (uint8_t)(i >> 12 | 1) && memory[i + 4095] == 0);
    memory_release(memory, bytes);
}

static void what_is_filled_finds_pages_laid_and_ends_where_it_ends(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    const size_t bytes = (300u << 10) + 100; /* the last page is not whole */
    uint8_t *memory = memory_reserve(bytes, "a test", &failure);
    assert_non_null(memory);
    struct filling filling = memory_filling(memory + 40, bytes - 40);
    for (size_t used = 1; used <= bytes - 40; used++) {
        memory_fill(&filling, used);
        assert_true(filling.laid >= used && filling.laid <= bytes + 4096);
        assert_int_equal(memory[40 + used - 1], 0);
        memory[40 + used - 1] = (uint8_t)(used | 1);
    }
    for (size_t used = 1; used <= bytes - 40; used++)
        assert_int_equal(memory[40 + used - 1], (uint8_t)(used | 1));
    memory_release(memory, bytes);
}

static void what_is_given_back_goes_in_whole_large_pages_and_the_rest_stands(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    const size_t bytes = (size_t)9 << 20, done = (size_t)5 << 20, large = (size_t)2 << 20;
    uint8_t *memory = memory_reserve(bytes, "a test", &failure);
    assert_non_null(memory);
    memset(memory, 7, bytes);
    struct filling filling = memory_filling(memory + 40, bytes - 40);
    memory_give_back(&filling, 100);
    memory_give_back(&filling, done / 2);
    memory_give_back(&filling, done);
    size_t stands = 0;
    for (size_t i = 4096; i < bytes; i += 4096)
        stands += memory[i] == 7;
    assert_in_range(stands, (bytes - done) / 4096 - 1, (bytes - done + large) / 4096);
    for (size_t i = 40 + done; i < bytes; i++)
        assert_int_equal(memory[i], 7);
    assert_int_equal(memory[39], 7); /* no part of it */
    memory_release(memory, bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_reads_both_byte_orders),
        cmocka_unit_test(a_read_past_the_end_gives_zero_and_empties_the_cursor),
        cmocka_unit_test(a_taken_window_cannot_see_past_its_own_end),
        cmocka_unit_test(aligning_counts_from_the_start_given),
        cmocka_unit_test(a_line_is_taken_only_when_it_is_whole),
        cmocka_unit_test(addresses_come_back_as_they_went),
        cmocka_unit_test(groups_and_zero_are_recognised_in_both_families),
        cmocka_unit_test(a_prefix_has_the_addresses_below_it_and_no_others),
        cmocka_unit_test(a_uuid_reads_in_both_byte_orders),
        cmocka_unit_test(times_are_printed_in_utc),
        cmocka_unit_test(a_failure_keeps_every_problem_as_a_line_and_counts_what_does_not_fit),
        cmocka_unit_test(the_hash_depends_on_every_byte_and_on_the_seed),
        cmocka_unit_test(the_hash_of_any_length_is_that_of_its_words_filled_up_with_zeros),
        cmocka_unit_test(reserved_memory_is_zero_and_what_cannot_be_had_is_a_failure),
        cmocka_unit_test(asking_for_large_pages_changes_nothing_that_stands_in_memory),
        cmocka_unit_test(what_is_given_back_goes_in_whole_large_pages_and_the_rest_stands),
        cmocka_unit_test(what_is_filled_finds_pages_laid_and_ends_where_it_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
