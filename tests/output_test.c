/* Where reports and kept packets go: what happens when there is no room for them. */
#include "tests/cmocka_all.h"

#include "app/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Of what is written in pieces, as kept packets are, the last piece may find room when one before did not. */
static void what_was_lost_before_the_end_is_no_error_of_something_else(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct output output;
    char piece[64] = {0};
    assert_true(output_open(&output, "/dev/full", &failure));
    setvbuf(output.stream, NULL, _IONBF, 0);
    assert_int_equal(fwrite(piece, 1, sizeof piece, output.stream), 0);
    errno = ENOTTY;
    assert_false(output_close(&output, &failure));
    assert_string_equal(failure.text, "/dev/full: cannot write: something before the end was lost; is the disk full?");
}

static void a_full_disk_is_named_when_the_end_finds_it_full(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct output output;
    assert_true(output_open(&output, "/dev/full", &failure));
    fputs("a report", output.stream);
    assert_false(output_close(&output, &failure));
    assert_string_equal(failure.text, "/dev/full: cannot write: No space left on device");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_lost_before_the_end_is_no_error_of_something_else),
        cmocka_unit_test(a_full_disk_is_named_when_the_end_finds_it_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
