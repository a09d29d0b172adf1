/* Libraries that are loaded when they are needed: what is called is found, and what is missing is told by name. */
#include "base/late.h"
#include "tests/cmocka_all.h"

#include <string.h>

struct calls {
    double (*floor)(double);
    double (*ceil)(double);
};

static const struct late_call known[] = {{"floor", offsetof(struct calls, floor)},
                                         {"ceil", offsetof(struct calls, ceil)}};

static void functions_of_a_library_can_be_called(void **state)
{
    struct failure failure = {.count = 0};
    struct calls call;
    (void)state;
    assert_true(late_load("libm.so.6", known, 2, &call, &failure));
    assert_true(call.floor(1.5) == 1);
    assert_true(call.ceil(1.5) == 2);
}

static void a_library_that_is_not_there_is_named(void **state)
{
    struct failure failure = {.count = 0};
    struct calls call;
    (void)state;
    assert_false(late_load("libnobody.so.7", known, 2, &call, &failure));
    assert_non_null(strstr(failure.text, "cannot load a library: libnobody.so.7"));
}

static void a_function_that_is_not_there_is_named(void **state)
{
    const struct late_call unknown[] = {{"floor_of_nobody", 0}};
    struct failure failure = {.count = 0};
    struct calls call;
    (void)state;
    assert_false(late_load("libm.so.6", unknown, 1, &call, &failure));
    assert_non_null(strstr(failure.text, "cannot use libm.so.6"));
    assert_non_null(strstr(failure.text, "floor_of_nobody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_of_a_library_can_be_called),
        cmocka_unit_test(a_library_that_is_not_there_is_named),
        cmocka_unit_test(a_function_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
