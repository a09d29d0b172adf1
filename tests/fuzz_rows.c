/* Any bytes as lines of each of the four tables, and as one column of a good line, as whole lines are seldom hit by
 * chance: what is read as a row is written and read back equal. */
#include "observations/rows.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A row of this table as text, without its newline. */
static char *written(const struct table *table, const union record *record, const struct observations *names)
{
    char *line = malloc(ROWS_LONGEST);
    if (line == NULL)
        abort();
    size_t length = (size_t)(rows_write(table, record, names, line) - line);
    if (memchr(line, '\n', length) != line + length - 1)
        abort();
    line[length - 1] = '\0';
    return line;
}

static void check(const struct table *table, char *line, struct observations *names)
{
    union record record, back;
    if (!rows_read(table, line, &record, names) || observations_lost_facts(names) > 0)
        return;
    char *again = written(table, &record, names);
    if (!rows_read(table, again, &back, names) || memcmp(&record, &back, table->record_size) != 0)
        abort();
    free(again);
}

/* A good line whose column number data[0] is the rest of the data. */
static void check_column(const struct table *table, const uint8_t *data, size_t size, struct observations *names)
{
    const union record zero = {0};
    char *good = written(table, &zero, names), *line = malloc(strlen(good) + size + 1);
    if (line == NULL)
        abort();
    size_t length = 0, wanted = data[0] % table->count, column = 0;
    for (char *rest = good, *text; (text = strsep(&rest, "\t")) != NULL; column++) {
        const void *from = column == wanted ? (const void *)(data + 1) : text;
        size_t more = column == wanted ? size - 1 : strlen(text);
        memcpy(line + length, from, more);
        length += more;
        line[length++] = rest != NULL ? '\t' : '\0';
    }
    check(table, line, names);
    free(line);
    free(good);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct table *const tables[] = {&conversation_table, &fact_table, &binding_table, &coverage_table};
    struct failure failure = {.count = 0};
    struct observations *names = observations_create(1, &failure);
    char *text = malloc(size + 1);
    if (names == NULL || text == NULL)
        abort();
    for (size_t i = 0; i < 4 && size > 0; i++) {
        memcpy(text, data, size);
        text[size] = '\0';
        for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;) {
            rows_header_columns(tables[i], line);
            check(tables[i], line, names);
        }
        check_column(tables[i], data, size, names);
    }
    free(text);
    observations_destroy(names);
    return 0;
}
