/* Names of the store: one number for each text, found again whatever its length, and what becomes of other bytes. */
#include "tests/observing.h"

#include <stdio.h>

#define ROOM (4u << 20)

static void equal_texts_have_one_number(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    uint32_t smtp = observations_name_of(store, "smtp");
    assert_int_not_equal(smtp, 0);
    assert_int_equal(observations_name(store, "smtp and more", 4), smtp);
    assert_int_not_equal(observations_name_of(store, "SMTP"), smtp);
    assert_int_equal(observations_find_name(store, "smtp"), smtp);
    assert_int_equal(observations_find_name(store, "ldap"), UINT32_MAX);
    assert_string_equal(observations_text(store, smtp), "smtp");
    observations_destroy(store);
}

static void the_empty_text_is_zero(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    assert_int_equal(observations_name(store, NULL, 0), 0);
    assert_int_equal(observations_name_of(store, ""), 0);
    assert_int_equal(observations_find_name(store, ""), 0);
    assert_string_equal(observations_text(store, 0), "");
    assert_int_equal(observations_lost_facts(store), 0);
    observations_destroy(store);
}

static void a_nul_in_a_name_becomes_a_dot(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    uint32_t name = observations_name(store, "a\0b", 3);
    assert_string_equal(observations_text(store, name), "a.b");
    assert_int_equal(observations_find_name(store, "a.b"), name);
    observations_destroy(store);
}

static void a_long_name_is_cut_at_255_bytes(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    char text[400];
    memset(text, 'x', sizeof text);
    uint32_t name = observations_name(store, text, sizeof text);
    assert_int_equal(strlen(observations_text(store, name)), 255);
    assert_int_equal(observations_name(store, text, 256), name);
    assert_int_not_equal(observations_name(store, text, 254), name);
    observations_destroy(store);
}

static void texts_that_differ_in_one_byte_are_apart_at_any_length(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    char text[41];
    memset(text, 'a', sizeof text);
    for (size_t length = 1; length < sizeof text; length++) {
        uint32_t name = observations_name(store, text, length);
        for (size_t i = 0; i < length; i++) {
            text[i] = 'b';
            uint32_t other = observations_name(store, text, length);
            assert_int_not_equal(other, name);
            assert_int_equal(observations_name(store, text, length), other);
            text[i] = 'a';
        }
        assert_int_equal(observations_name(store, text, length), name);
        assert_int_equal(observations_text_length(store, name), length);
    }
    observations_destroy(store);
}

static void a_text_has_its_number_in_whatever_order_texts_come(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    static const char *const texts[] = {"one", "two", "twofold", "tw", "three"};
    static const uint8_t orders[][5] = {
        {0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}, {0, 2, 1, 3, 4}, {0, 3, 2, 1, 4}, {0, 0, 1, 1, 4}};
    uint32_t names[5];
    for (size_t i = 0; i < 5; i++)
        names[i] = observations_name_of(store, texts[i]);
    for (size_t order = 0; order < 5; order++)
        for (size_t i = 0; i < 5; i++)
            assert_int_equal(observations_name_of(store, texts[orders[order][i]]), names[orders[order][i]]);
    assert_int_equal(observations_name(store, "three", 5), names[4]);
    assert_int_equal(observations_name_of(store, "four"), names[4] + 1);
    observations_destroy(store);
}

static void a_name_is_the_same_whatever_was_thought_to_be_its_number(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    uint32_t smtp = observations_name_again(store, "smtp", UINT32_MAX), ldap = observations_name_of(store, "ldap");
    assert_string_equal(observations_text(store, smtp), "smtp");
    assert_int_equal(observations_name_again(store, "smtp", smtp), smtp);
    assert_int_equal(observations_name_again(store, "smtp", ldap), smtp);
    assert_int_equal(observations_name_again(store, "smtp", 0), smtp);
    assert_int_equal(observations_name_again(store, "", smtp), 0);
    observations_destroy(store);
}

static void a_row_of_texts_has_the_same_names_whatever_is_said_to_be_its_last(void **state)
{
    (void)state;
    struct observations *store = store_of(ROOM);
    static const char *const texts[] = {"one", "two", "one", "three", "two", "one"};
    uint32_t names[6], last = 0;
    for (size_t i = 0; i < 6; i++)
        names[i] = observations_name_of(store, texts[i]);
    const uint32_t lasts[] = {0, names[0], names[1], names[3], names[3] + 1, UINT32_MAX};
    for (size_t i = 0; i < 6; i++) {
        for (size_t k = 0; k < 6; k++) {
            last = lasts[k];
            assert_int_equal(observations_name_after(store, texts[i], strlen(texts[i]), &last), names[i]);
            assert_int_equal(last, names[i]);
        }
    }
    assert_int_equal(observations_name_after(store, "", 0, &last), 0);
    assert_int_equal(last, names[5]);
    observations_destroy(store);
}

static void names_without_room_are_counted(void **state)
{
    (void)state;
    struct observations *store = store_of(1);
    uint32_t given = 0;
    char text[32];
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "name %u", i);
        given += observations_name_of(store, text) != 0;
    }
    assert_in_range(given, 500, 4999);
    assert_int_equal(observations_lost_facts(store), 5000 - given);
    assert_string_equal(observations_text(store, observations_find_name(store, "name 17")), "name 17");
    observations_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_have_one_number),
        cmocka_unit_test(the_empty_text_is_zero),
        cmocka_unit_test(a_nul_in_a_name_becomes_a_dot),
        cmocka_unit_test(a_long_name_is_cut_at_255_bytes),
        cmocka_unit_test(texts_that_differ_in_one_byte_are_apart_at_any_length),
        cmocka_unit_test(a_text_has_its_number_in_whatever_order_texts_come),
        cmocka_unit_test(a_name_is_the_same_whatever_was_thought_to_be_its_number),
        cmocka_unit_test(a_row_of_texts_has_the_same_names_whatever_is_said_to_be_its_last),
        cmocka_unit_test(names_without_room_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
