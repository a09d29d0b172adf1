/* Halving in a sorted array: the first that does not come before the key, wherever that is. */
#include "tests/cmocka_all.h"

#include "base/sorted.h"

#define MOST 33

static int number_order(const void *a, const void *b)
{
    const int *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t first_of(int key, const int *items, size_t count)
{
    return SORTED_FIRST(&key, items, count, number_order);
}

static void an_empty_array_is_not_looked_at(void **state)
{
    (void)state;
    assert_int_equal(first_of(7, NULL, 0), 0);
}

static void one_item_comes_before_the_key_or_does_not(void **state)
{
    (void)state;
    const int item = 7;
    assert_int_equal(first_of(6, &item, 1), 0);
    assert_int_equal(first_of(7, &item, 1), 0);
    assert_int_equal(first_of(8, &item, 1), 1);
}

static void where_all_come_before_the_key_it_is_the_count(void **state)
{
    (void)state;
    static const int items[] = {1, 2, 3, 4, 5};
    assert_int_equal(first_of(6, items, 5), 5);
    assert_int_equal(first_of(6, items, 4), 4);
}

static void where_none_comes_before_the_key_it_is_the_first(void **state)
{
    (void)state;
    static const int items[] = {1, 2, 3, 4, 5};
    assert_int_equal(first_of(0, items, 5), 0);
    assert_int_equal(first_of(1, items, 5), 0);
}

static void of_equal_ones_in_a_row_it_is_the_first(void **state)
{
    (void)state;
    static const int items[] = {1, 4, 4, 4, 4, 4, 4, 9};
    assert_int_equal(first_of(4, items, 8), 1);
    assert_int_equal(first_of(4, items + 1, 6), 0);
    assert_int_equal(first_of(5, items, 8), 7);
}

/* Items in which each number stands twice, so that every key is met, missed or passed at every length. */
static void at_every_length_it_is_what_going_through_finds(void **state)
{
    (void)state;
    int items[MOST];
    for (int i = 0; i < MOST; i++)
        items[i] = 2 * (i / 2);
    for (size_t count = 0; count <= MOST; count++)
        for (int key = -1; key <= MOST + 1; key++) {
            size_t through = 0;
            while (through < count && items[through] < key)
                through++;
            assert_int_equal(first_of(key, items, count), through);
        }
}

struct visit {
    int host;
    const char *name;
};

static int host_order(const void *a, const void *b)
{
    const struct visit *x = a, *y = b;
    return number_order(&x->host, &y->host);
}

static void an_array_in_a_finer_order_is_found_by_the_part_that_is_compared(void **state)
{
    (void)state;
    static const struct visit visits[] = {{1, "a"}, {1, "b"}, {3, "a"}, {3, "b"}, {3, "c"}, {8, "a"}};
    const struct visit wanted = {3, "z"};
    assert_int_equal(SORTED_FIRST(&wanted, visits, sizeof visits / sizeof visits[0], host_order), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_array_is_not_looked_at),
        cmocka_unit_test(one_item_comes_before_the_key_or_does_not),
        cmocka_unit_test(where_all_come_before_the_key_it_is_the_count),
        cmocka_unit_test(where_none_comes_before_the_key_it_is_the_first),
        cmocka_unit_test(of_equal_ones_in_a_row_it_is_the_first),
        cmocka_unit_test(at_every_length_it_is_what_going_through_finds),
        cmocka_unit_test(an_array_in_a_finer_order_is_found_by_the_part_that_is_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
