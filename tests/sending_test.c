/* sending: parts of a run that cannot be written. */
#include "app/sending.h"

#include "observations/store.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Begins a part that holds one row of coverage, and waits until it is written or lost. */
static void put_part(struct sending *sending, struct observations *store)
{
    assert_true(sending_put(sending, &store, 1));
    while (sending->writer != 0) {
        usleep(1000);
        (void)sending_due(sending);
    }
}

/* The place is under a file, so that root can write nothing there either. */
static void what_was_lost_is_told_by_the_first_part_that_is_written_however_many_were_lost_before(void **state)
{
    (void)state;
    char place[] = "/tmp/sending_test.XXXXXX", folder[64], text[96];
    struct failure failure = {0};
    assert_non_null(mkdtemp(place));
    snprintf(folder, sizeof folder, "%s/folder", place);
    snprintf(text, sizeof text, "dir:%s/rows", folder);
    struct where *where = where_open(text, &(struct where_needs){.heard_once = true}, &failure);
    assert_non_null(where);
    struct observations *store = observations_create((size_t)1 << 20, &failure);
    assert_non_null(store);
    observations_cover(store, &(struct coverage){.packets = 1});
    struct sending sending = {.where = where, .every_s = 3600, .bell = {-1, -1}};
    FILE *file = fopen(folder, "w");
    assert_non_null(file);
    fclose(file);
    for (uint64_t parts = 0; parts < 3; parts++) {
        assert_int_equal(sending_lost(&sending), parts);
        put_part(&sending, store);
    }
    assert_int_equal(remove(folder), 0);
    assert_int_equal(sending_lost(&sending), 3);
    put_part(&sending, store); /* it is written, and tells */
    assert_int_equal(sending_lost(&sending), 0);
    assert_false(sending_all_well(&sending, &failure));
    observations_destroy(store);
    where_close(where);
    snprintf(text, sizeof text, "rm -r %s", place);
    assert_int_equal(system(text), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_lost_is_told_by_the_first_part_that_is_written_however_many_were_lost_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
