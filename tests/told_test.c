/* told: every finding is told once, as long as it stands; room is bounded. */
#include "watch/told.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

static struct told *begin(void)
{
    struct told *told = calloc(1, sizeof *told);
    assert_non_null(told);
    return told;
}

/* As hashes are: spread over all bits. */
static const char *id_of(uint64_t n, char out[17])
{
    snprintf(out, 17, "%016llx", (unsigned long long)((n + 1) * UINT64_C(0x9e3779b97f4a7c15)));
    return out;
}

static void what_was_told_is_known(void **state)
{
    (void)state;
    struct told *told = begin();
    assert_false(told_has(told, "b8d930e59f0aab5f"));
    told_add(told, "b8d930e59f0aab5f");
    told_add(told, "b8d930e59f0aab5f");
    assert_true(told_has(told, "b8d930e59f0aab5f"));
    assert_false(told_has(told, "b8d930e59f0aab5e"));
    assert_false(told_has(told, "0000000000000000"));
    told_add(told, "0000000000000000");
    assert_true(told_has(told, "0000000000000000"));
    assert_int_equal(told->count, 2);
    free(told);
}

static void what_stands_is_kept_and_what_is_gone_is_forgotten(void **state)
{
    (void)state;
    struct told *told = begin();
    char id[17], standing[17], gone[17];
    id_of(1u << 30, standing);
    id_of(2u << 30, gone);
    told_add(told, standing);
    told_add(told, gone);
    for (uint64_t i = 0; i < 3 * TOLD_MOST; i++) {
        told_add(told, id_of(i, id));
        if (i % 1000 == 0)
            assert_true(told_has(told, standing)); /* as each audit asks */
    }
    assert_true(told_has(told, standing));
    assert_false(told_has(told, gone));
    free(told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_told_is_known),
        cmocka_unit_test(what_stands_is_kept_and_what_is_gone_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
