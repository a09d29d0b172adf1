/* Text from the wire made harmless, and amounts as people read them. */
#include "tests/cmocka_all.h"

#include "base/clock.h"
#include "reports/clean.h"
#include "reports/phrase.h"
#include "tests/table_fixture.h"

#include <stdlib.h>

#define BAD "\xef\xbf\xbd" /* U+FFFD */

static void assert_clean(const char *text, const char *wanted)
{
    char *clean = clean_create(text);
    assert_non_null(clean);
    assert_string_equal(clean, wanted);
    free(clean);
}

static void plain_and_foreign_text_stays_as_it_is(void **state)
{
    (void)state;
    assert_clean("", "");
    assert_clean("dc1.contoso.com", "dc1.contoso.com");
    assert_clean("Gr\xc3\xb6\xc3\x9f"
                 "e \xe2\x82\xac \xf0\x9f\x98\x80",
                 "Gr\xc3\xb6\xc3\x9f"
                 "e \xe2\x82\xac \xf0\x9f\x98\x80");
}

static void escape_sequences_lose_their_escape(void **state)
{
    (void)state;
    assert_clean("\033[2Jx", BAD "[2Jx");
    assert_clean("\xc2\x9b"
                 "31m",
                 BAD "31m");
    assert_clean("a\x7f\x08\x07z", "a" BAD BAD BAD "z");
}

static void line_ends_and_tabs_become_blanks(void **state)
{
    (void)state;
    assert_clean("a\tb\nc\rd", "a b c d");
    assert_clean("a\xe2\x80\xa8z", "a" BAD "z");
}

static void direction_marks_and_invisible_characters_are_replaced(void **state)
{
    (void)state;
    assert_clean("exe.\xe2\x80\xaetxt", "exe." BAD "txt");
    assert_clean("\xef\xbb\xbfx\xe2\x80\x8by", BAD "x" BAD "y");
    assert_clean("\xe2\x81\xa6z", BAD "z");
}

static void invalid_utf8_is_replaced_byte_by_byte(void **state)
{
    (void)state;
    assert_clean("\xff\xfe", BAD BAD);
    assert_clean("\xc0\xaf", BAD BAD);                 /* overlong */
    assert_clean("\xe0\x80\xaf", BAD BAD BAD);         /* overlong */
    assert_clean("\xed\xa0\x80", BAD BAD BAD);         /* surrogate */
    assert_clean("\xf4\x90\x80\x80", BAD BAD BAD BAD); /* above U+10FFFF */
    assert_clean("\xe2\x82", BAD BAD);                 /* cut */
    assert_clean("\xc3(", BAD "(");
}

static void every_single_byte_comes_out_as_valid_text(void **state)
{
    (void)state;
    for (unsigned byte = 1; byte < 256; byte++) {
        char text[2] = {(char)byte, '\0'}, out[8];
        size_t length = clean_copy(text, out, sizeof out);
        assert_true(length == 1 || length == 3);
        assert_true(length == 3 ? strcmp(out, BAD) == 0 : out[0] >= ' ' && out[0] < 0x7f);
    }
}

static void a_copy_is_cut_between_code_points(void **state)
{
    (void)state;
    char out[4];
    assert_int_equal(clean_copy("\xc3\xb6\xc3\xb6", out, sizeof out), 2);
    assert_string_equal(out, "\xc3\xb6");
    assert_int_equal(clean_copy("abcdef", out, sizeof out), 3);
    assert_string_equal(out, "abc");
}

static void columns_are_code_points_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(clean_columns("\xc3\xb6\xe2\x82\xac"), 2);
    assert_int_equal(clean_columns("\xff"), 1);
}

static void a_hostile_name_becomes_one_harmless_line(void **state)
{
    (void)state;
    char *clean = clean_create(HOSTILE);
    assert_non_null(clean);
    for (const char *c = clean; *c != '\0'; c++)
        assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
    assert_null(strstr(clean, "\xc2\x9b"));
    assert_null(strstr(clean, "\xe2\x80\xae"));
    assert_non_null(strstr(clean, "NOT CONFORMING"));
    free(clean);
}

static void assert_amount(const char *(*amount)(uint64_t, char *), uint64_t n, const char *wanted)
{
    char out[AMOUNT_TEXT];
    assert_string_equal(amount(n, out), wanted);
}

static void numbers_have_thousands_separators(void **state)
{
    (void)state;
    assert_amount(amount_text, 0, "0");
    assert_amount(amount_text, 999, "999");
    assert_amount(amount_text, 1000, "1,000");
    assert_amount(amount_text, 4127334, "4,127,334");
    assert_amount(amount_text, UINT64_MAX, "18,446,744,073,709,551,615");
}

static void bytes_have_a_unit_that_fits(void **state)
{
    (void)state;
    assert_amount(amount_bytes, 0, "0 bytes");
    assert_amount(amount_bytes, 1, "1 byte");
    assert_amount(amount_bytes, 999, "999 bytes");
    assert_amount(amount_bytes, 1000, "1.0 kB");
    assert_amount(amount_bytes, 999949, "999.9 kB");
    assert_amount(amount_bytes, 999950, "1.0 MB");
    assert_amount(amount_bytes, 1100000, "1.1 MB");
    assert_amount(amount_bytes, 41000000, "41.0 MB");
    assert_amount(amount_bytes, UINT64_C(3000000000000), "3.0 TB");
    assert_amount(amount_bytes, UINT64_MAX, "18.4 EB");
}

static void a_small_share_is_never_said_to_be_none(void **state)
{
    (void)state;
    char out[AMOUNT_TEXT];
    assert_string_equal(amount_share(0, 100, out), "0.0%");
    assert_string_equal(amount_share(1, 1000000, out), "<0.1%");
    assert_string_equal(amount_share(999999, 1000000, out), ">99.9%");
    assert_string_equal(amount_share(1, 500, out), "0.2%");
    assert_string_equal(amount_share(1, 2, out), "50%");
    assert_string_equal(amount_share(0, 0, out), "0.0%");
}

static void time_is_told_in_the_unit_of_its_size(void **state)
{
    (void)state;
    char out[AMOUNT_TEXT];
    assert_string_equal(amount_time(SECOND_NS / 2, out), "less than 1 s");
    assert_string_equal(amount_time(12 * SECOND_NS, out), "12 s");
    assert_string_equal(amount_time(2109 * SECOND_NS, out), "35 min");
    assert_string_equal(amount_time(12000 * SECOND_NS, out), "3 h 20 min");
    assert_string_equal(amount_time(443000 * SECOND_NS, out), "5 days 3 h");
}

static void a_phrase_that_is_too_long_ends_in_an_ellipsis(void **state)
{
    (void)state;
    struct phrase phrase = {0};
    for (size_t i = 0; i < sizeof phrase.text; i++)
        phrase_add(&phrase, "\xc3\xb6");
    assert_int_equal(phrase.length, strlen(phrase.text));
    assert_true(phrase.length < sizeof phrase.text);
    assert_string_equal(phrase.text + phrase.length - 3, "\xe2\x80\xa6");
    assert_null(strstr(phrase.text, "\xc3\xe2"));
}

static void list_items_without_room_are_counted(void **state)
{
    (void)state;
    struct phrase list = {0};
    size_t held = 1;
    for (size_t i = 0; i < 1000; i++)
        phrase_item(&list, "10.1.64.1");
    for (const char *c = list.text; *c != '\0'; c++)
        held += *c == PHRASE_BREAK;
    assert_true(list.omitted > 0);
    assert_int_equal(held + list.omitted, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_and_foreign_text_stays_as_it_is),
        cmocka_unit_test(escape_sequences_lose_their_escape),
        cmocka_unit_test(line_ends_and_tabs_become_blanks),
        cmocka_unit_test(direction_marks_and_invisible_characters_are_replaced),
        cmocka_unit_test(invalid_utf8_is_replaced_byte_by_byte),
        cmocka_unit_test(every_single_byte_comes_out_as_valid_text),
        cmocka_unit_test(a_copy_is_cut_between_code_points),
        cmocka_unit_test(columns_are_code_points_not_bytes),
        cmocka_unit_test(a_hostile_name_becomes_one_harmless_line),
        cmocka_unit_test(numbers_have_thousands_separators),
        cmocka_unit_test(bytes_have_a_unit_that_fits),
        cmocka_unit_test(a_small_share_is_never_said_to_be_none),
        cmocka_unit_test(time_is_told_in_the_unit_of_its_size),
        cmocka_unit_test(a_phrase_that_is_too_long_ends_in_an_ellipsis),
        cmocka_unit_test(list_items_without_room_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
