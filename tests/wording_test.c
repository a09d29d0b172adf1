/* wording: words and numbers put together to a value. */
#include "dissectors/wording.h"
#include "tests/cmocka_all.h"

static void assert_reads(const struct wording *wording, const char *text)
{
    assert_int_equal(wording->length, strlen(text));
    assert_memory_equal(wording->text, text, strlen(text));
}

static void words_and_numbers_stand_one_behind_the_other(void **state)
{
    (void)state;
    struct wording wording;
    wording_begin(&wording);
    wording_add_text(&wording, "rpc/");
    wording_add_number(&wording, 65535);
    wording_add(&wording, bytes_of(" of", 3));
    wording_add(&wording, bytes_of("", 0));
    wording_add_upper(&wording, bytes_of(" dc1-x", 6));
    assert_reads(&wording, "rpc/65535 of DC1-X");
}

static void numbers_are_written_from_the_least_to_the_most(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *text;
    } cases[] = {{0, "0"},
                 {9, "9"},
                 {10, "10"},
                 {-133, "-133"},
                 {UINT32_MAX, "4294967295"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wording wording;
        wording_begin(&wording);
        wording_add_number(&wording, cases[i].number);
        assert_reads(&wording, cases[i].text);
    }
}

static void hexadecimal_numbers_have_all_their_digits(void **state)
{
    (void)state;
    struct wording wording;
    wording_begin(&wording);
    wording_add_hex(&wording, 0xc02f, 4);
    wording_add_text(&wording, " ");
    wording_add_hex(&wording, 0x0a, 2);
    wording_add_text(&wording, " ");
    wording_add_hex(&wording, 0x89abcdef, 8);
    assert_reads(&wording, "c02f 0a 89abcdef");
}

static void what_is_too_long_is_cut(void **state)
{
    (void)state;
    struct wording wording;
    char expected[WORDING_MOST + 1] = {0};
    wording_begin(&wording);
    for (size_t i = 0; i < WORDING_MOST / 4 + 4; i++)
        wording_add_text(&wording, "abcd");
    wording_add_number(&wording, 7);
    for (size_t i = 0; i < WORDING_MOST; i++)
        expected[i] = "abcd"[i % 4];
    assert_reads(&wording, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_numbers_stand_one_behind_the_other),
        cmocka_unit_test(numbers_are_written_from_the_least_to_the_most),
        cmocka_unit_test(hexadecimal_numbers_have_all_their_digits),
        cmocka_unit_test(what_is_too_long_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
