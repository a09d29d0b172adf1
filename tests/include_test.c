/* Tables that include files of one's own, beside them: each once, however it is named, and never in a circle. */
#include "audit/table.h"

#include "tests/cmocka_all.h"
#include "tests/user_file.h"

#include <sys/stat.h>

#define ROW(id) "paths: [{id: " id ", name: N, from: hub, to: hub, ports: [25/tcp]}]\n"

/* The text of the table gives just these problems, one a line, and no table. */
static void assert_problems(const char *text, const char *problems)
{
    struct failure failure = {.count = 0};
    user_file("t.yaml", text);
    assert_null(table_load("t.yaml", ".", &failure));
    assert_string_equal(failure.text, problems);
}

static void a_table_of_ones_own_is_included_by_its_file(void **state)
{
    (void)state;
    struct failure failure = {.count = 0};
    assert_int_equal(mkdir("sub", 0700), 0);
    user_file("ours.yaml", "table: ours\nsource: us\ninclude: [sub/deep.yaml, named]\n" ROW("ours"));
    user_file("sub/deep.yaml", "table: deep\ninclude: ../last.yml\n" ROW("deep"));
    user_file("last.yml", "table: last\n" ROW("last"));
    user_file("named.yaml", "table: named\n" ROW("named"));
    /* the same file by another way, and by its name as a table, is there once */
    user_file("t.yaml", "table: t\ninclude: [ours.yaml, sub/../ours.yaml, ours]\n" ROW("own"));
    struct path_table *table = table_load("t.yaml", ".", &failure);
    assert_non_null(table);
    assert_int_equal(table->path_count, 5);
    assert_string_equal(table->paths[0].id, "own");
    assert_string_equal(table->paths[1].id, "ours");
    assert_string_equal(table->paths[1].source, "us");
    assert_true(table->paths[1].borrowed);
    assert_string_equal(table->include.items[0], "ours.yaml");
    table_destroy(table);
    unlink("sub/deep.yaml");
    assert_int_equal(rmdir("sub"), 0);
}

static void files_that_include_each_other_or_are_not_there_are_told(void **state)
{
    (void)state;
    assert_problems("table: t\ninclude: [./t.yaml]\n",
                    "t.yaml:2:11: include: \"./t.yaml\" includes itself, by way of \"t\"");
    user_file("circle.yaml", "table: circle\ninclude:\n  - t.yaml\n");
    assert_problems("table: t\ninclude: circle.yaml\n",
                    "circle.yaml:3:5: include: \"t.yaml\" includes itself, by way of \"circle\"");
    assert_problems("table: t\ninclude: away.yaml\n", "away.yaml: cannot be read: No such file or directory\n"
                                                      "t.yaml:2:10: include: \"away.yaml\" cannot be included");
    user_file("ours.yaml", "table: t\n");
    assert_problems("table: t\ninclude: ours.yaml\n", "ours.yaml: table: calls itself \"t\", as t.yaml does");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_ones_own_is_included_by_its_file),
        cmocka_unit_test(files_that_include_each_other_or_are_not_there_are_told),
    };
    return cmocka_run_group_tests(tests, user_files_begin, user_files_end);
}
