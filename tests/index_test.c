/* What base/index.h promises: every number is found under its hash, through growing and taking out, in any order. */
#include "base/hash.h"
#include "base/index.h"

#include "tests/cmocka_all.h"

#include <stdbool.h>
#include <stdlib.h>

#define NUMBERS 3000

static uint64_t hash_of(uint32_t number)
{
    return hash_bytes(&number, sizeof number, 99);
}

/* Is this number among those that could have this hash? */
static bool has(const struct index *index, uint64_t hash, uint32_t number)
{
    uint32_t at = index_start(index, hash);
    for (uint32_t found; (found = index_next(index, hash, &at)) != 0;)
        if (found == number)
            return true;
    return false;
}

static int give_memory(void **state)
{
    struct index *index = malloc(sizeof *index + index_bytes(NUMBERS));
    assert_non_null(index);
    memset(index + 1, 0xee, index_bytes(NUMBERS)); /* it needs no zeroes */
    index_init(index, index + 1, NUMBERS);
    *state = index;
    return 0;
}

static int take_memory(void **state)
{
    free(*state);
    return 0;
}

static void it_starts_small_and_holds_all_it_was_made_for(void **state)
{
    struct index *index = *state;
    uint32_t small = index->size;
    for (uint32_t i = 1; i <= NUMBERS; i++) {
        assert_false(has(index, hash_of(i), i));
        index_add(index, hash_of(i), i);
    }
    assert_true(small * 4 < index->size);
    assert_int_equal(index->size, 2 * NUMBERS);
    for (uint32_t i = 1; i <= NUMBERS; i++)
        assert_true(has(index, hash_of(i), i));
    assert_false(has(index, hash_of(NUMBERS + 1), NUMBERS + 1));
}

static void numbers_of_one_tag_are_all_found_also_around_its_end(void **state)
{
    struct index *index = *state;
    uint64_t last = UINT64_MAX; /* belongs into the last cell */
    for (uint32_t i = 1; i <= 5; i++)
        index_add(index, last, i);
    for (uint32_t i = 1; i <= 5; i++)
        assert_true(has(index, last, i));
    index_remove(index, index_tag(last), 1);
    index_remove(index, index_tag(last), 4);
    for (uint32_t i = 1; i <= 5; i++)
        assert_int_equal(has(index, last, i), i != 1 && i != 4);
}

static void what_is_taken_out_is_gone_and_hides_nothing(void **state)
{
    struct index *index = *state;
    for (uint32_t i = 1; i <= NUMBERS; i++)
        index_add(index, hash_of(i), i);
    for (uint32_t i = 1; i <= NUMBERS; i++)
        if (i % 3 != 0)
            index_remove(index, index_tag(hash_of(i)), i);
    for (uint32_t i = 1; i <= NUMBERS; i++)
        assert_int_equal(has(index, hash_of(i), i), i % 3 == 0);
    assert_int_equal(index->used, NUMBERS / 3);
    for (uint32_t i = 1; i <= NUMBERS; i++)
        if (i % 3 != 0)
            index_add(index, hash_of(i), i);
    for (uint32_t i = 1; i <= NUMBERS; i++)
        assert_true(has(index, hash_of(i), i));
}

static void a_guess_is_right_or_nothing(void **state)
{
    struct index *index = *state;
    unsigned right = 0;
    for (uint32_t i = 1; i <= 200; i++)
        index_add(index, hash_of(i), i);
    for (uint32_t i = 1; i <= 200; i++) {
        uint32_t guess = index_guess(index, hash_of(i));
        assert_true(guess == i || guess == 0);
        right += guess == i;
    }
    assert_true(right > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_starts_small_and_holds_all_it_was_made_for, give_memory, take_memory),
        cmocka_unit_test_setup_teardown(numbers_of_one_tag_are_all_found_also_around_its_end, give_memory, take_memory),
        cmocka_unit_test_setup_teardown(what_is_taken_out_is_gone_and_hides_nothing, give_memory, take_memory),
        cmocka_unit_test_setup_teardown(a_guess_is_right_or_nothing, give_memory, take_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
