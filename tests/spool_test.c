/* Spool: a run is there whole or not at all, whoever was killed, and the folder stays within its bound. */
#include "observations/packed.h"
#include "observations/spool.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOM 1000

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/spool_test.XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static struct spool *opened(void)
{
    struct failure failure = {.count = 0};
    struct spool *spool = spool_open(folder, ROOM, &failure);
    assert_non_null(spool);
    return spool;
}

static struct spool_run run_of(const char *name, uint64_t generation, uint64_t rows)
{
    struct spool_run run = {.generation = generation, .rows = rows, .first_ns = -5};
    snprintf(run.run, sizeof run.run, "%s", name);
    snprintf(run.sensor, sizeof run.sensor, "a sensor");
    return run;
}

static void put(struct spool *spool, const char *name, uint64_t generation, uint64_t rows)
{
    struct failure failure = {.count = 0};
    struct spool_run run = run_of(name, generation, rows);
    assert_true(spool_begin(spool, &failure));
    assert_true(spool_put(spool, "facts", "abc", 3, &failure));
    assert_true(spool_put(spool, "bindings", "defg", 4, &failure));
    assert_true(spool_show(spool, &run, &failure));
    spool_end(spool);
}

static unsigned runs_in(const struct spool *spool)
{
    unsigned count = 0;
    char **names = spool_names(spool);
    while (names[count] != NULL)
        count++;
    spool_names_free(names);
    return count;
}

static void a_run_comes_out_as_it_went_in_and_the_oldest_first(void **state)
{
    (void)state;
    struct spool *spool = opened();
    put(spool, "later", 20, 7);
    put(spool, "earlier", 3, 5);
    assert_int_equal(spool_waiting(spool), 12);
    char **names = spool_names(spool);
    struct spool_run run;
    assert_true(spool_about(spool, names[0], &run));
    assert_string_equal(run.run, "earlier");
    assert_string_equal(run.sensor, "a sensor");
    assert_int_equal(run.count, 2);
    assert_int_equal(run.first_ns, -5);
    struct spool_file file;
    assert_true(spool_next(spool, names[0], 2, &file));
    assert_int_equal(file.number, 2);
    assert_string_equal(file.table, "bindings");
    assert_int_equal(file.length, 4);
    assert_memory_equal(file.packed, "defg", 4);
    free(file.packed);
    spool_remove(spool, names[0], 1, "facts");
    assert_true(spool_next(spool, names[0], 1, &file));
    assert_int_equal(file.number, 2);
    free(file.packed);
    assert_false(spool_next(spool, names[0], 3, &file));
    spool_remove_run(spool, names[0]);
    assert_int_equal(runs_in(spool), 1);
    spool_names_free(names);
    spool_close(spool);
}

static void what_a_killed_process_left_unfinished_is_no_run(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct failure failure = {.count = 0};
        struct spool *spool = spool_open(folder, ROOM, &failure);
        _exit(spool == NULL || !spool_begin(spool, &failure) || !spool_put(spool, "facts", "abc", 3, &failure));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    struct spool *spool = opened();
    assert_int_equal(runs_in(spool), 0);
    put(spool, "next", 1, 1);
    assert_int_equal(runs_in(spool), 1);
    spool_close(spool);
}

static void what_a_killed_process_left_of_a_run_it_took_is_removed(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    struct spool *spool = opened();
    char about[256];
    put(spool, "taken", 1, 1);
    put(spool, "waiting", 2, 1);
    char **names = spool_names(spool);
    spool_remove(spool, names[0], 1, "facts");
    spool_remove(spool, names[0], 2, "bindings");
    snprintf(about, sizeof about, "%s/%.60s/about", folder, names[0]);
    assert_int_equal(unlink(about), 0); /* the last of it; it was killed before the folder went */
    assert_int_equal(runs_in(spool), 2);
    assert_true(spool_begin_taking(spool, &failure));
    spool_end_taking(spool);
    assert_int_equal(runs_in(spool), 1);
    struct spool_run run;
    assert_true(spool_about(spool, names[1], &run));
    assert_string_equal(run.run, "waiting");
    spool_names_free(names);
    spool_close(spool);
}

static void what_finds_no_room_is_told_and_takes_none(void **state)
{
    (void)state;
    static const char many[ROOM];
    struct failure failure = {.count = 0};
    struct spool *spool = opened();
    put(spool, "first", 1, 1);
    for (int i = 0; i < 3; i++) { /* given up each time, so its bytes are free again */
        assert_true(spool_begin(spool, &failure));
        assert_true(spool_put(spool, "facts", many, 500, &failure));
        assert_false(spool_put(spool, "facts", many, 500, &failure));
        assert_true(spool_is_full(spool));
        spool_abandon(spool);
    }
    assert_false(failure_any(&failure));
    spool_set_lost(spool, 42);
    spool_close(spool);
    spool = opened();
    assert_int_equal(spool_lost(spool), 42);
    spool_set_lost(spool, 0);
    assert_int_equal(spool_lost(spool), 0);
    assert_int_equal(runs_in(spool), 1);
    spool_close(spool);
}

struct gathered {
    char text[64];
    size_t length;
};

static bool gather(void *context, const char *bytes, size_t length)
{
    struct gathered *gathered = context;
    memcpy(gathered->text + gathered->length, bytes, length);
    gathered->length += length;
    return true;
}

static void packed_bytes_come_back_and_damaged_ones_do_not(void **state)
{
    (void)state;
    size_t length;
    struct gathered gathered = {.length = 0};
    unsigned char *packed = packed_from("rows and rows", 13, &length);
    assert_non_null(packed);
    assert_true(packed_each(packed, length, gather, &gathered));
    assert_int_equal(gathered.length, 13);
    assert_memory_equal(gathered.text, "rows and rows", 13);
    gathered.length = 0;
    assert_false(packed_each(packed, length - 1, gather, &gathered));
    gathered.length = 0;
    packed[length - 5] ^= 1;
    assert_false(packed_each(packed, length, gather, &gathered));
    free(packed);
}

static void a_folder_that_everybody_may_write_to_is_refused(void **state)
{
    struct failure failure = {.count = 0};
    (void)state;
    assert_int_equal(chmod(folder, 01777), 0);
    assert_null(spool_open(folder, ROOM, &failure));
    assert_non_null(strstr(failure.text, "everybody may write to this folder"));
    assert_int_equal(chmod(folder, 0770), 0);
    spool_close(opened());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_comes_out_as_it_went_in_and_the_oldest_first, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_a_killed_process_left_unfinished_is_no_run, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_a_killed_process_left_of_a_run_it_took_is_removed, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(what_finds_no_room_is_told_and_takes_none, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_folder_that_everybody_may_write_to_is_refused, make_folder, remove_folder),
        cmocka_unit_test(packed_bytes_come_back_and_damaged_ones_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
