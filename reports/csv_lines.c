/* csv_lines: see reports/csv_lines.h. */
#include "reports/csv_lines.h"

#include "reports/clean.h"

#include <string.h>

#define FACTS "facts."

/* Would a spreadsheet calculate this? Wide forms of the signs count, and blanks before them do not help. */
static bool is_formula(const char *clean)
{
    static const char *const signs[] = {"=",           "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                        "\xef\xbc\xa0"};
    clean += strspn(clean, " ");
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(clean, signs[i], strlen(signs[i])) == 0)
            return true;
    return false;
}

/* Every text stands in quotes, and a quote in it is doubled. */
static void put_piece(const struct csv *csv, const char *text)
{
    struct bytes in = bytes_of(text, strlen(text));
    for (uint32_t c = clean_take(&in); c != 0; c = clean_take(&in)) {
        char encoded[5];
        clean_encode(c, encoded);
        fputs(c == '"' && !csv->tabs ? "\"\"" : encoded, csv->out);
    }
}

static void put_opening(const struct csv *csv, const char *text)
{
    if (!csv->tabs)
        fputs(is_formula(text) ? "\"'" : "\"", csv->out);
}

static void put_closing(const struct csv *csv)
{
    if (!csv->tabs)
        fputc('"', csv->out);
}

static void put_text(const struct csv *csv, const char *text)
{
    put_opening(csv, text);
    put_piece(csv, text);
    put_closing(csv);
}

/* Texts, or places, one after the other. */
static void put_list(const struct csv *csv, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *text = json_string_value(json_is_object(item) ? json_object_get(item, "source") : item);
        if (i == 0)
            put_opening(csv, text);
        else
            fputs("; ", csv->out);
        put_piece(csv, text);
        if (json_is_object(item))
            fprintf(csv->out, " frame %" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(item, "frame")));
    }
    if (json_array_size(list) == 0)
        put_opening(csv, "");
    put_closing(csv);
}

static void put_cell(const struct csv *csv, const json_t *value)
{
    if (json_is_integer(value))
        fprintf(csv->out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "yes" : "no", csv->out);
    else if (json_is_array(value))
        put_list(csv, value);
    else
        put_text(csv, json_is_string(value) ? json_string_value(value) : "");
}

static void end_line(const struct csv *csv)
{
    fputs(csv->tabs ? "\n" : "\r\n", csv->out);
}

static void put_separator(const struct csv *csv)
{
    fputc(csv->tabs ? '\t' : ',', csv->out);
}

struct csv csv_begin(FILE *out, const char *const *columns, bool tabs)
{
    struct csv csv = {.document = {.out = out}, .out = out, .columns = columns, .tabs = tabs};
    for (size_t i = 0; columns[i] != NULL; i++) {
        if (i > 0)
            put_separator(&csv);
        for (const char *c = columns[i] + (strncmp(columns[i], FACTS, strlen(FACTS)) == 0 ? strlen(FACTS) : 0);
             *c != '\0'; c++)
            fputc(*c == '.' ? '_' : *c, out);
    }
    end_line(&csv);
    return csv;
}

void csv_line(struct csv *csv, json_t *object)
{
    for (size_t i = 0; csv->columns[i] != NULL && !csv->document.failed && object != NULL; i++) {
        const char *dot = strchr(csv->columns[i], '.');
        const json_t *from = object;
        char outer[32];
        if (dot != NULL) {
            snprintf(outer, sizeof outer, "%.*s", (int)(dot - csv->columns[i]), csv->columns[i]);
            from = json_object_get(object, outer);
        }
        if (i > 0)
            put_separator(csv);
        put_cell(csv, json_object_get(from, dot != NULL ? dot + 1 : csv->columns[i]));
    }
    if (!csv->document.failed && object != NULL)
        end_line(csv);
    json_decref(object);
}
