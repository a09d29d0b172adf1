/* heads: a look at the first bytes leaves out nobody who would want them, and most who would not. */
#include "app/heads.h"
#include "tests/cmocka_all.h"
#include "tests/talks_all.h"

static void assert_nobody_is_left_out(const struct heads *heads, enum transport transport, struct bytes head,
                                      const char *name)
{
    uint32_t could[2];
    heads_look(heads, transport, head, could);
    for (size_t i = 0; dissectors[i] != NULL; i++) {
        bool asked = (dissectors[i]->transports & transport) != 0;
        for (enum direction from = FROM_CLIENT; from <= FROM_SERVER; from++) {
            bool could_be = (could[from] >> i & 1) != 0;
            if (could_be && !asked)
                fail_msg("%s is never carried so", dissectors[i]->name);
            if (!could_be && asked && dissectors[i]->probe(head, from) != LIKE_NOT)
                fail_msg("%s could be of %s, first %zu bytes", name, dissectors[i]->name, head.left);
        }
    }
}

static void who_could_have_said_a_head_is_among_those_left(void **state)
{
    (void)state;
    struct heads heads;
    heads_init(&heads);
    for (size_t book = 0; book < BOOK_COUNT; book++) {
        for (size_t t = 0; t < books[book].count; t++) {
            const struct talk *talk = &books[book].talks[t];
            for (size_t i = 0; i < talk->count; i++) {
                size_t length = talk->said[i].length < 256 ? talk->said[i].length : 256;
                for (size_t part = 1; part <= length; part++) {
                    struct bytes head = bytes_of(talk->said[i].bytes, part);
                    assert_nobody_is_left_out(&heads, TRANSPORT_TCP, head, talk->name);
                    assert_nobody_is_left_out(&heads, TRANSPORT_UDP, head, talk->name);
                }
            }
        }
    }
}

static void of_bytes_that_are_nobodys_few_are_left(void **state)
{
    (void)state;
    struct heads heads;
    heads_init(&heads);
    static const uint8_t noise[] = {0xdd, 0x30, 0x7f, 0x1b, 0x95, 0x7d, 0x45, 0xae, 0xd4, 0x7a,
                                    0xc1, 0xe3, 0x26, 0x92, 0xa1, 0x60, 0x3b, 0x9f, 0x58, 0xe7};
    uint32_t could[2];
    heads_look(&heads, TRANSPORT_TCP, bytes_of(noise, sizeof noise), could);
    assert_int_equal(could[FROM_CLIENT] | could[FROM_SERVER], 0);
    heads_look(&heads, TRANSPORT_TCP, bytes_of(noise, BEGINNING_LEAST - 1), could);
    assert_int_not_equal(could[FROM_CLIENT], 0);
}

static void who_speaks_in_lines_is_not_asked_about_a_letter_and_noise(void **state)
{
    (void)state;
    struct heads heads;
    heads_init(&heads);
    static const uint8_t noise[] = {'E', 0x9c, 0x7f, 0x1b, 0x95, 0x7d, 0x45, 0xae};
    uint32_t could[2];
    heads_look(&heads, TRANSPORT_TCP, bytes_of(noise, sizeof noise), could);
    assert_int_equal(could[FROM_CLIENT] | could[FROM_SERVER], 0);
    heads_look(&heads, TRANSPORT_TCP, bytes_of((const uint8_t *)"EHLO a.b", 8), could);
    assert_int_not_equal(could[FROM_CLIENT], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_could_have_said_a_head_is_among_those_left),
        cmocka_unit_test(of_bytes_that_are_nobodys_few_are_left),
        cmocka_unit_test(who_speaks_in_lines_is_not_asked_about_a_letter_and_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
