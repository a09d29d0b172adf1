/* Text that is not UTF-8 becomes text that is, and nothing else changes. */
#include "observations/utf8.h"
#include "tests/cmocka_all.h"

#include <string.h>

#define BAD "\xef\xbf\xbd"

static void valid_text_is_given_back_itself(void **state)
{
    (void)state;
    static const char *const valid[] = {
        "",
        "plain",
        "\t\x01\x7f",
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
        "gr\xc3\xbcn \xe2\x82\xac",
    };
    char out[UTF8_TEXT];
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++)
        assert_ptr_equal(utf8_clean(valid[i], out, sizeof out), valid[i]);
}

static void each_invalid_byte_is_replaced(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a\xff"
         "b",
         "a" BAD "b"},
        {"\x80", BAD},
        {"\xc3", BAD}, /* cut */
        {"\xc3(", BAD "("},
        {"\xe2\x82", BAD BAD}, /* cut */
        {"\xe2\x82x\xe2\x82\xac", BAD BAD "x\xe2\x82\xac"},
        {"\xc0\xaf", BAD BAD}, /* overlong / */
        {"\xc1\xbf", BAD BAD},
        {"\xe0\x9f\xbf", BAD BAD BAD},         /* overlong */
        {"\xed\xa0\x80", BAD BAD BAD},         /* surrogate */
        {"\xf0\x8f\xbf\xbf", BAD BAD BAD BAD}, /* overlong */
        {"\xf4\x90\x80\x80", BAD BAD BAD BAD}, /* above U+10FFFF */
        {"\xf5\x80\x80\x80", BAD BAD BAD BAD},
        {"\xf0\x90\x80", BAD BAD BAD}, /* cut */
    };
    char out[UTF8_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(utf8_clean(cases[i][0], out, sizeof out), cases[i][1]);
}

static void the_longest_name_fits(void **state)
{
    (void)state;
    char text[256], out[UTF8_TEXT];
    memset(text, 0xff, 255);
    text[255] = '\0';
    assert_int_equal(strlen(utf8_clean(text, out, sizeof out)), 3 * 255);
}

static void what_does_not_fit_is_cut_between_characters(void **state)
{
    (void)state;
    char out[8];
    assert_string_equal(utf8_clean("abcd\xff\xe2\x82\xac", out, sizeof out), "abcd" BAD);
    assert_string_equal(utf8_clean("abcde\xff", out, sizeof out), "abcde");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_text_is_given_back_itself),
        cmocka_unit_test(each_invalid_byte_is_replaced),
        cmocka_unit_test(the_longest_name_fits),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
