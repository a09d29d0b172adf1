/* Docs that repeat what the code says once must not fall behind it: docs/observations.md has every column as the const
 * tables have it. `build/.../docs_test --print` prints what belongs there. */
#include "tests/cmocka_all.h"

#include "observations/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct table *const tables[] = {&conversation_table, &fact_table, &binding_table, &coverage_table};

static char *markdown_of(const struct table *table)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    rows_write_markdown(table, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static char *file_text(const char *path)
{
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, in) > 0);
    fclose(in);
    return text;
}

static void every_column_stands_in_the_manual_as_in_the_code(void **state)
{
    (void)state;
    char *manual = file_text("docs/observations.md");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char *wanted = markdown_of(tables[i]);
        if (strstr(manual, wanted) == NULL)
            fail_msg("docs/observations.md lacks, or has otherwise:\n%s", wanted);
        free(wanted);
    }
    free(manual);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
            rows_write_markdown(tables[i], stdout);
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_column_stands_in_the_manual_as_in_the_code)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
