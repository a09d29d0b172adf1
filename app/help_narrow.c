/* help_narrow: help for a terminal that is narrower than its text. What is too long goes on below where its text began;
 * examples stay whole, since they are copied. What a line is follows from how help looks: prose from the first column,
 * options and words in a column of their own with the text behind a gap. */
#include "app/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYNOPSIS_INDENT 4

struct narrow {
    FILE *out;
    size_t width;
    size_t at;     /* the column that comes next; 0: a line begins */
    size_t indent; /* of the text that goes on */
    bool open;     /* a line of the same text may follow */
};

static void end_line(struct narrow *narrow)
{
    if (narrow->at > 0)
        fputc('\n', narrow->out);
    narrow->at = 0;
    narrow->open = false;
}

static void write_words(struct narrow *narrow, const char *text, const char *end)
{
    while (text < end) {
        size_t gap = strspn(text, " "), word = strcspn(text + gap, " \n");
        if (gap == 0 && narrow->open && narrow->at > narrow->indent)
            gap = 1; /* between a line and the one that goes on with it */
        if (narrow->at > narrow->indent && narrow->at + gap + word > narrow->width) {
            fprintf(narrow->out, "\n%*s", (int)narrow->indent, "");
            narrow->at = narrow->indent;
            gap = 0;
        }
        text += strspn(text, " ");
        fprintf(narrow->out, "%*s%.*s", (int)gap, "", (int)word, text);
        narrow->at += gap + word;
        narrow->open = true;
        text += word;
    }
}

static bool is_option(const char *line)
{
    return strncmp(line, "  -", 3) == 0 || strncmp(line, "      --", 8) == 0;
}

/* Where the text of a line begins: behind the gap, if there is one, else at its first sign. */
static size_t text_column(const char *line, size_t length)
{
    if (is_option(line))
        return length > HELP_TEXT_COLUMN ? HELP_TEXT_COLUMN : length;
    for (size_t i = strspn(line, " "); i + 2 < length; i++)
        if (line[i] == ' ' && line[i + 1] == ' ')
            return i + strspn(line + i, " ");
    return strspn(line, " ");
}

static void write_line(struct narrow *narrow, const char *line, size_t length)
{
    size_t column = text_column(line, length);
    bool whole = length == 0 || strncmp(line, "  pathaudit ", 12) == 0 || column == length;
    if (!whole && narrow->open && column == narrow->indent && column == strspn(line, " ")) {
        write_words(narrow, line + column, line + length);
        return;
    }
    end_line(narrow);
    fprintf(narrow->out, "%.*s%s", (int)(whole ? length : column), line, whole ? "\n" : "");
    if (whole)
        return;
    narrow->at = column;
    narrow->indent = column == 0 && strncmp(line, "pathaudit ", 10) == 0 ? SYNOPSIS_INDENT : column;
    write_words(narrow, line + column, line + length);
}

void options_help_narrow(enum command command, bool all, unsigned width, FILE *out)
{
    char *text = NULL;
    size_t length = 0;
    FILE *wide = open_memstream(&text, &length);
    struct narrow narrow = {.out = out, .width = width};
    if (wide == NULL)
        return;
    options_help(command, all, wide);
    if (fclose(wide) == 0)
        for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
            write_line(&narrow, line, strcspn(line, "\n"));
    end_line(&narrow);
    free(text);
}
