/* Blocks are lent in three sizes and given back; a size that runs out is served by the next larger one. */
#include "tests/cmocka_all.h"

#include "flows/pool.h"

#include <string.h>

static void a_block_that_was_given_back_is_lent_again(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct pool *pool = pool_create(1, &failure);
    enum pool_class lent, again;
    uint8_t *block = pool_lend(pool, 100, &lent);
    assert_non_null(block);
    assert_int_equal(lent, POOL_SMALL);
    memset(block, 1, pool_class_bytes(lent));
    pool_return(pool, block, lent);
    assert_ptr_equal(pool_lend(pool, 2048, &again), block);
    assert_int_equal(again, POOL_SMALL);
    pool_destroy(pool);
}

static void when_a_size_runs_out_a_larger_one_serves_and_then_none(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct pool *pool = pool_create(1, &failure); /* four of each */
    enum pool_class lent;
    for (int i = 0; i < 4 * POOL_CLASSES; i++) {
        assert_non_null(pool_lend(pool, 10, &lent));
        assert_int_equal(lent, i / 4);
    }
    assert_null(pool_lend(pool, 10, &lent));
    pool_destroy(pool);
}

static void more_than_the_largest_block_is_not_to_be_had(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct pool *pool = pool_create(1, &failure);
    enum pool_class lent;
    assert_non_null(pool_lend(pool, POOL_LARGE_BYTES, &lent));
    assert_null(pool_lend(pool, POOL_LARGE_BYTES + 1, &lent));
    pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_that_was_given_back_is_lent_again),
        cmocka_unit_test(when_a_size_runs_out_a_larger_one_serves_and_then_none),
        cmocka_unit_test(more_than_the_largest_block_is_not_to_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
