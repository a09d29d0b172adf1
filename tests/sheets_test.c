/* Files of rows: whatever their length and whoever writes them, they are the header and all rows in their order. */
#include "observations/rows.h"
#include "observations/sheets.h"
#include "tests/observing.h"

#include <stdio.h>
#include <unistd.h>

#define ROOM  ((size_t)64 << 20)
#define FACTS 20000u
/* So many of each store, from one byte to the longest, that rows end anywhere in what is written at once. */
#define VALUE_MOST 255u

struct text {
    char *start;
    size_t length;
};

/* Values of tabs become twice as long, and then a chunk of rows is longer than a buffer. */
static struct observations *store_of_facts(unsigned seed)
{
    struct observations *store = store_of(ROOM);
    char value[VALUE_MOST + 1], client[16];
    for (unsigned i = 0; i < FACTS; i++) {
        size_t length = (i * 7919u + seed) % VALUE_MOST + 1;
        memset(value, i % 3 == 0 ? 'x' : '\t', length);
        value[length] = '\0';
        snprintf(client, sizeof client, "10.%u.%u.%u", seed, i >> 8 & 0xff, i & 0xff);
        say(store, pair_of(client, "10.0.0.2", 25), MINUTE_NS, "smtp.keywords", value, i + 1);
    }
    assert_int_equal(observations_fact_count(store), FACTS);
    return store;
}

static struct text expected_text(struct observations *const stores[], size_t count)
{
    const struct kind *kind = &kinds[KIND_FACTS];
    struct text text = {.start = malloc((count * FACTS + 2) * 1024)};
    assert_non_null(text.start);
    char *to = rows_write_header(kind->table, text.start);
    for (size_t s = 0; s < count; s++)
        for (size_t i = 0; i < kind->count(stores[s]); i++) {
            union record record;
            kind->get(stores[s], i, &record);
            to = rows_write(kind->table, &record, stores[s], to);
        }
    text.length = (size_t)(to - text.start);
    return text;
}

static void assert_file_is(const char *path, const struct text *expected)
{
    FILE *file = fopen(path, "rb");
    char *found = malloc(expected->length + 1);
    assert_non_null(file);
    assert_non_null(found);
    assert_int_equal(fread(found, 1, expected->length + 1, file), expected->length);
    assert_memory_equal(found, expected->start, expected->length);
    free(found);
    fclose(file);
}

static void files_are_all_rows_in_their_order_with_any_number_of_threads(void **state)
{
    (void)state;
    char folder[] = "/tmp/sheets_test.XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct sheet sheet = {.kind = &kinds[KIND_FACTS]};
    snprintf(sheet.path, sizeof sheet.path, "%s/facts.tsv", folder);
    struct observations *stores[] = {store_of_facts(1), store_of(ROOM), store_of_facts(2)};
    struct text expected = expected_text(stores, 3);
    for (unsigned threads = 1; threads <= 4; threads++) {
        struct failure failure = {.count = 0};
        assert_true(sheets_write(&sheet, 1, stores, 3, threads, &failure));
        assert_file_is(sheet.path, &expected);
        unlink(sheet.path);
    }
    rmdir(folder);
    free(expected.start);
    for (size_t s = 0; s < 3; s++)
        observations_destroy(stores[s]);
}

static void a_file_without_rows_is_its_header(void **state)
{
    (void)state;
    char folder[] = "/tmp/sheets_test.XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct failure failure = {.count = 0};
    struct sheet sheet = {.kind = &kinds[KIND_FACTS]};
    snprintf(sheet.path, sizeof sheet.path, "%s/facts.tsv", folder);
    struct observations *store = store_of(ROOM);
    struct text expected = expected_text(&store, 1);
    assert_true(sheets_write(&sheet, 1, &store, 1, 2, &failure));
    assert_file_is(sheet.path, &expected);
    unlink(sheet.path);
    rmdir(folder);
    free(expected.start);
    observations_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_all_rows_in_their_order_with_any_number_of_threads),
        cmocka_unit_test(a_file_without_rows_is_its_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
