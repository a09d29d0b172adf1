/* Rows: what is written is read back equal, and what does not fit its table is not read. */
#include "observations/rows.h"
#include "tests/observing.h"

#include <inttypes.h>

#define ROOM (1u << 20)

static const struct table *const tables[] = {&conversation_table, &fact_table, &binding_table, &coverage_table};

static size_t size_of(enum column_type type)
{
    switch (type) {
    case COLUMN_U8:
    case COLUMN_WORD:
        return 1;
    case COLUMN_U16:
        return 2;
    case COLUMN_U32:
    case COLUMN_NAME:
        return 4;
    case COLUMN_ADDRESS:
    case COLUMN_UUID:
        return 16;
    default:
        return 8;
    }
}

/* The row as text without its newline. */
static char *written(const struct table *table, const void *record, const struct observations *names)
{
    char *text = malloc(ROWS_LONGEST);
    assert_non_null(text);
    size_t size = (size_t)(rows_write(table, record, names, text) - text);
    assert_true(size > 0 && text[size - 1] == '\n');
    assert_null(memchr(text, '\n', size - 1));
    text[size - 1] = '\0';
    return text;
}

/* Every byte of every column different from its neighbours, names and words as they are allowed. */
static void fill(const struct table *table, void *record, struct observations *names)
{
    memset(record, 0, table->record_size);
    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        uint8_t *at = (uint8_t *)record + column->offset;
        for (size_t byte = 0; byte < size_of(column->type); byte++)
            at[byte] = (uint8_t)(31 * i + 7 * byte + 129);
        if (column->type == COLUMN_WORD)
            *at = (uint8_t)(column->word_count - 1);
        if (column->type == COLUMN_NAME) {
            char text[] = "tab\t newline\n return\r back\\slash \xff x";
            text[sizeof text - 2] = (char)('A' + i);
            *(uint32_t *)(void *)at = observations_name_of(names, text);
        }
    }
}

static void every_row_is_read_back_equal(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    for (size_t i = 0; i < 4; i++) {
        union record record, back;
        fill(tables[i], &record, names);
        char *line = written(tables[i], &record, names);
        assert_true(rows_read(tables[i], line, &back, names));
        assert_memory_equal(&record, &back, tables[i]->record_size);
        free(line);
    }
    observations_destroy(names);
}

static void a_row_reads_the_same_whatever_was_written_before_it(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    char *lines = malloc(2 * ROWS_LONGEST);
    assert_non_null(lines);
    for (size_t i = 0; i < 4; i++) {
        union record one, other;
        fill(tables[i], &one, names);
        for (size_t column = 0; column <= tables[i]->count; column++) {
            struct rows_line before = {.text = NULL};
            other = one;
            if (column < tables[i]->count) /* differs from this column on; with the last all are the same */
                memset((char *)&other + tables[i]->columns[column].offset, 0, size_of(tables[i]->columns[column].type));
            char *second = rows_write_after(tables[i], &one, names, &before, lines);
            char *end = rows_write_after(tables[i], &other, names, &before, second);
            char *alone = written(tables[i], &other, names);
            assert_int_equal(end - second - 1, strlen(alone));
            assert_memory_equal(second, alone, strlen(alone));
            free(alone);
        }
    }
    free(lines);
    observations_destroy(names);
}

static void a_byte_that_must_be_escaped_is_so_alone_and_wherever_it_stands(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    const char bytes[] = "\t\n\r\\";
    for (size_t length = 1; length <= 20; length++) {
        for (size_t i = 0; i < 4 * length; i++) {
            char text[21];
            struct fact row = {.flows = 1}, back;
            memset(text, 'x', length);
            text[i / 4] = bytes[i % 4];
            row.value = observations_name(names, text, length);
            char *line = written(&fact_table, &row, names);
            assert_true(rows_read(&fact_table, line, &back, names));
            assert_int_equal(back.value, row.value);
            free(line);
        }
    }
    observations_destroy(names);
}

static void extreme_numbers_are_read_back_equal(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    const int64_t second = INT64_C(1000000000), noon = 1767268800 * second;
    const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1,       0,    1,        second - 1,
                             second,    second + 1,    noon - 1, noon, noon + 1, INT64_MAX};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct coverage row = {.first_ns = times[i], .last_ns = -1, .packets = i % 2 ? UINT64_MAX : 0}, back;
        char *line = written(&coverage_table, &row, names);
        assert_true(rows_read(&coverage_table, line, &back, names));
        assert_memory_equal(&row, &back, sizeof row);
        free(line);
    }
    observations_destroy(names);
}

static void a_number_of_any_length_has_its_digits_and_no_more(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    struct coverage row = {.packets = 1}, back;
    char expected[32];
    uint64_t power = 1;
    for (size_t digits = 1; digits <= 20; digits++, power *= 10) {
        const uint64_t numbers[] = {power - 1, power, power + 1, power / 7 * 6, power / 3, power + power / 81};
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
            row.packets = numbers[i];
            char *line = written(&coverage_table, &row, names), *at = line;
            for (size_t column = 0; column < 6; column++)
                at = strchr(at, '\t') + 1;
            int length = snprintf(expected, sizeof expected, "%" PRIu64 "\t", numbers[i]);
            assert_memory_equal(at, expected, (size_t)length);
            assert_true(rows_read(&coverage_table, line, &back, names));
            assert_true(back.packets == numbers[i]);
            free(line);
        }
    }
    observations_destroy(names);
}

static void every_octet_of_an_address_is_written_as_it_is(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    for (unsigned octet = 0; octet < 256; octet++) {
        const uint8_t octets[4] = {(uint8_t)octet, (uint8_t)(255 - octet), 1, (uint8_t)octet};
        struct fact row = {.pair.client = address_from_v4(octets)};
        char expected[32];
        int length = snprintf(expected, sizeof expected, "\t\t0\t%u.%u.1.%u\t::\t", octet, 255 - octet, octet);
        char *line = written(&fact_table, &row, names);
        assert_memory_equal(line, expected, (size_t)length);
        free(line);
    }
    observations_destroy(names);
}

/* A byte to be escaped at every place of texts of every length, and the highest bytes, which are not. */
static void a_text_of_any_length_is_escaped_at_any_place(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    for (size_t length = 1; length < 30; length++) {
        for (size_t i = 0; i < length; i++) {
            char text[32], expected[40];
            memset(text, length % 2 ? '\xff' : '\x01', length);
            memcpy(expected, text, i);
            text[i] = "\t\n\r\\"[i % 4];
            expected[i] = '\\';
            expected[i + 1] = "tnr\\"[i % 4];
            memcpy(expected + i + 2, text + i + 1, length - i - 1);
            expected[length + 1] = '\t';
            struct fact row = {.run = observations_name(names, text, length)};
            char *line = written(&fact_table, &row, names);
            assert_memory_equal(line, expected, length + 2);
            free(line);
        }
    }
    observations_destroy(names);
}

static void columns_lie_inside_the_record_and_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        uint8_t used[sizeof(union record)] = {0};
        for (size_t c = 0; c < tables[i]->count; c++) {
            const struct column *column = &tables[i]->columns[c];
            assert_true(column->offset + size_of(column->type) <= tables[i]->record_size);
            for (size_t byte = 0; byte < size_of(column->type); byte++)
                assert_int_equal(used[column->offset + byte]++, 0);
            assert_true(strlen(column->meaning) > 0);
        }
    }
}

/* A line of the fact table with one column replaced. */
static bool fact_reads(struct observations *names, size_t which, const char *text, struct fact *out)
{
    static const char *const good[] = {"r",   "s", "60", "10.0.0.1", "10.0.0.2", "6", "25",     "",
                                       "key", "v", "1",  "61",       "a.pcap",   "7", "vlan:10"};
    assert_int_equal(fact_table.count, sizeof good / sizeof good[0]);
    char line[1024];
    size_t length = 0;
    for (size_t i = 0; i < fact_table.count; i++)
        length += (size_t)snprintf(line + length, sizeof line - length, "%s%s", i > 0 ? "\t" : "",
                                   i == which ? text : good[i]);
    return rows_read(&fact_table, line, out, names);
}

static void a_value_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    struct fact row;
    enum { SLICE = 2, CLIENT = 3, TRANSPORT = 5, PORT = 6, VALUE = 9, FLOWS = 10 };
    assert_true(fact_reads(names, SIZE_MAX, "", &row));
    assert_int_equal(row.slice_ns, 60);
    assert_int_equal(row.pair.port, 25);
    assert_int_equal(row.frame, 7);
    static const struct {
        size_t column;
        const char *text;
        bool good;
    } cases[] = {
        {TRANSPORT, "255", true},
        {TRANSPORT, "256", false},
        {PORT, "65535", true},
        {PORT, "65536", false},
        {PORT, "", false},
        {PORT, "-1", false},
        {PORT, "+1", false},
        {PORT, " 1", false},
        {PORT, "1x", false},
        {PORT, "0x1", false},
        {FLOWS, "18446744073709551615", true},
        {FLOWS, "18446744073709551616", false},
        {FLOWS, "99999999999999999999999", false},
        {SLICE, "-9223372036854775808", true},
        {SLICE, "-9223372036854775809", false},
        {SLICE, "9223372036854775807", true},
        {SLICE, "9223372036854775808", false},
        {SLICE, "-", false},
        {SLICE, "--1", false},
        {CLIENT, "2001:db8::1", true},
        {CLIENT, "10.0.0", false},
        {CLIENT, "", false},
        {VALUE, "", true},
        {VALUE, "ends in \\", false},
        {VALUE, "unknown \\x", false},
        {VALUE, "two\tcolumns", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (fact_reads(names, cases[i].column, cases[i].text, &row) != cases[i].good)
            fail_msg("column %zu: \"%s\"", cases[i].column, cases[i].text);
    observations_destroy(names);
}

static void escapes_of_a_database_are_understood(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    struct fact row;
    assert_true(fact_reads(names, 9, "\\t\\n\\r\\\\\\b\\f\\'\\0", &row));
    assert_string_equal(observations_text(names, row.value), "\t\n\r\\\b\f'.");
    observations_destroy(names);
}

static void too_few_and_too_many_columns_are_refused(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    for (size_t i = 0; i < 4; i++) {
        union record record, back;
        char line[8192];
        fill(tables[i], &record, names);
        char *good = written(tables[i], &record, names);
        snprintf(line, sizeof line, "%s\t", good);
        assert_false(rows_read(tables[i], line, &back, names));
        snprintf(line, sizeof line, "%s", good);
        *strrchr(line, '\t') = '\0';
        assert_false(rows_read(tables[i], line, &back, names));
        line[0] = '\0';
        assert_false(rows_read(tables[i], line, &back, names));
        free(good);
    }
    observations_destroy(names);
}

static void only_words_of_the_column_are_read(void **state)
{
    (void)state;
    struct observations *names = store_of(ROOM);
    struct conversation row = {.disposition = DISPOSITION_APP_DENIED, .decided_by = DECIDED_BY_CONTENT}, back;
    char *line = written(&conversation_table, &row, names), copy[4096];
    char *word = strstr(line, "app-denied");
    assert_non_null(word);
    assert_non_null(strstr(line, "\tcontent"));
    snprintf(copy, sizeof copy, "%s", line);
    assert_true(rows_read(&conversation_table, copy, &back, names));
    assert_int_equal(back.disposition, DISPOSITION_APP_DENIED);
    *word = 'A';
    assert_false(rows_read(&conversation_table, line, &back, names));
    free(line);
    observations_destroy(names);
}

static void a_header_names_all_columns_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        char text[ROWS_LONGEST];
        size_t size = (size_t)(rows_write_header(tables[i], text) - text);
        assert_int_equal(text[size - 1], '\n');
        assert_int_equal(rows_header_columns(tables[i], text), 0);
        text[size - 1] = '\0';
        assert_int_equal(rows_header_columns(tables[i], text), tables[i]->count);
        assert_int_equal(rows_header_columns(tables[(i + 1) % 4], text), 0);
        text[size - 2]++;
        assert_int_equal(rows_header_columns(tables[i], text), 0);
        text[size - 2] = '\0';
        assert_int_equal(rows_header_columns(tables[i], text), 0);
        *strrchr(text, '\t') = '\0';
        assert_int_equal(rows_header_columns(tables[i], text), tables[i]->count - 1);
        assert_int_equal(rows_header_columns(tables[i], ""), 0);
    }
}

static void sql_and_markdown_name_every_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        char *sql = NULL, *markdown = NULL, name[64];
        size_t size = 0;
        FILE *out = open_memstream(&sql, &size);
        rows_write_sql(tables[i], out);
        fclose(out);
        out = open_memstream(&markdown, &size);
        rows_write_markdown(tables[i], out);
        fclose(out);
        for (size_t c = 0; c < tables[i]->count; c++) {
            snprintf(name, sizeof name, "`%s` ", tables[i]->columns[c].name);
            assert_non_null(strstr(sql, name));
            assert_non_null(strstr(markdown, name));
        }
        free(sql);
        free(markdown);
    }
}

static void types_of_a_database_fit_the_columns(void **state)
{
    (void)state;
    char *sql = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&sql, &size);
    rows_write_sql(&conversation_table, out);
    fclose(out);
    assert_memory_equal(sql,
                        "`run` String, `sensor` String, `slice` Int64, `client` String, `server` String, "
                        "`transport` UInt8, `port` UInt16, `tunnel` String",
                        123);
    assert_non_null(strstr(sql, "`disposition` String, "));
    free(sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_read_back_equal),
        cmocka_unit_test(a_row_reads_the_same_whatever_was_written_before_it),
        cmocka_unit_test(a_byte_that_must_be_escaped_is_so_alone_and_wherever_it_stands),
        cmocka_unit_test(extreme_numbers_are_read_back_equal),
        cmocka_unit_test(a_number_of_any_length_has_its_digits_and_no_more),
        cmocka_unit_test(every_octet_of_an_address_is_written_as_it_is),
        cmocka_unit_test(a_text_of_any_length_is_escaped_at_any_place),
        cmocka_unit_test(columns_lie_inside_the_record_and_apart),
        cmocka_unit_test(a_value_that_does_not_fit_is_refused),
        cmocka_unit_test(escapes_of_a_database_are_understood),
        cmocka_unit_test(too_few_and_too_many_columns_are_refused),
        cmocka_unit_test(only_words_of_the_column_are_read),
        cmocka_unit_test(a_header_names_all_columns_in_order),
        cmocka_unit_test(sql_and_markdown_name_every_column),
        cmocka_unit_test(types_of_a_database_fit_the_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
