/* rows: records as lines of tab-separated text, by their column tables; the form of `dir:` files and of what is sent
 * to a database. Times are nanoseconds since 1970 UTC as decimal numbers. Tab, newline, carriage return and backslash
 * inside a value are escaped as \t \n \r \\. */
#ifndef OBSERVATIONS_ROWS_H
#define OBSERVATIONS_ROWS_H

#include "observations/store.h"

#include <stdio.h>

/* Bytes of the longest row, its newline included. */
#define ROWS_LONGEST 16384
/* Each puts a line at `to`, where ROWS_LONGEST bytes have room, and returns its end. */
char *rows_write_header(const struct table *table, char *to);
char *rows_write(const struct table *table, const void *record, const struct observations *names, char *to);

#define ROWS_COLUMNS_MOST 32
#define ROWS_PARTS_MOST   4 /* columns that are the same together */
/* A line that was written, for the next: rows that follow each other are mostly the same in some columns. */
struct rows_line {
    const char *text; /* where it stands; NULL before the first */
    const void *record;
    uint16_t ends[ROWS_PARTS_MOST]; /* of its parts, in `text` */
    uint64_t second;                /* that was written last, 0 before the first; */
    char digits[24];                /* and how */
    uint8_t digit_count;
};
/* As rows_write, but parts that are the same as in the line `before`, which must still stand there like its record, are
 * copied. Then `before` is this line. Both are of the same table and names. */
char *rows_write_after(const struct table *table, const void *record, const struct observations *names,
                       struct rows_line *before, char *to);
/* Reads one line without its newline (which it cuts up) into `record`; text becomes names of `names`. False when the
 * line does not fit the table: too few or too many columns, a number that is none or too large, an unknown word. */
bool rows_read(const struct table *table, char *line, void *record, struct observations *names);
/* The same of a line with the first `count` columns; the others become 0. */
bool rows_read_columns(const struct table *table, size_t count, char *line, void *record, struct observations *names);
/* How many of the table's columns this header line, without its newline, names, in order from the first; 0 when it
 * names anything else. */
size_t rows_header_columns(const struct table *table, const char *line);
/* The CREATE TABLE column list of a database: name and type, separated by commas. */
void rows_write_sql(const struct table *table, FILE *out);
const char *rows_sql_type(enum column_type type);
/* The table as Markdown, for docs/observations.md. */
void rows_write_markdown(const struct table *table, FILE *out);

#endif
