/* screen: cursor arithmetic of reports/screen.h. Blanks are held back until something follows them. */
#include "reports/screen.h"

#include "reports/clean.h"

#include <stdlib.h>
#include <string.h>

#define SCREEN_LEAST 40
#define ELLIPSIS     UINT32_C(0x2026)

/* 256-colour orange (208) and blue (33) read on dark and on light ground. */
static const char *const codes[] = {
    [ACCENT_PLAIN] = "",
    [ACCENT_STRONG] = "\033[1m",
    [ACCENT_QUIET] = "\033[2m",
    [ACCENT_GOOD] = "\033[38;5;33m",
    [ACCENT_DOUBT] = "\033[1;4m",
    [ACCENT_WEAK] = "\033[38;5;208m",
    [ACCENT_BAD] = "\033[1;38;5;208m",
};

struct screen screen_of(FILE *out, unsigned width, bool colour, bool ascii)
{
    if (width == 0)
        width = SCREEN_WIDTH;
    return (struct screen){
        .out = out, .width = width < SCREEN_LEAST ? SCREEN_LEAST : width, .colour = colour, .ascii = ascii};
}

static void write_blanks(struct screen *screen)
{
    for (; screen->pending > 0; screen->pending--)
        fputc(' ', screen->out);
}

static void write_point(struct screen *screen, uint32_t code_point)
{
    char encoded[5];
    if (screen->ascii && code_point >= 0x80)
        code_point = code_point == ELLIPSIS ? '~' : '?';
    fwrite(encoded, 1, clean_encode(code_point, encoded), screen->out);
    screen->column++;
}

/* Writes the first `bytes` bytes of text, of which at most `most` columns. */
static void write_text(struct screen *screen, enum accent accent, const char *text, size_t bytes, unsigned most)
{
    struct bytes in = bytes_of(text, bytes);
    if (bytes == 0 || most == 0)
        return;
    write_blanks(screen);
    bool coloured = screen->colour && accent != ACCENT_PLAIN;
    if (coloured)
        fputs(codes[accent], screen->out);
    for (unsigned done = 0; in.left > 0; done++) {
        uint32_t c = clean_take(&in);
        if (done + 1 == most && in.left > 0) {
            write_point(screen, ELLIPSIS);
            break;
        }
        write_point(screen, c);
    }
    if (coloured)
        fputs("\033[0m", screen->out);
}

void screen_put(struct screen *screen, enum accent accent, const char *text)
{
    write_text(screen, accent, text, strlen(text), UINT32_MAX);
}

void screen_put_cut(struct screen *screen, enum accent accent, const char *text, unsigned most)
{
    write_text(screen, accent, text, strlen(text), most);
}

void screen_to(struct screen *screen, unsigned column)
{
    if (column > screen->column) {
        screen->pending += column - screen->column;
        screen->column = column;
    }
}

static void new_line(struct screen *screen)
{
    fputc('\n', screen->out);
    screen->column = 0;
    screen->pending = 0;
}

void screen_end(struct screen *screen)
{
    if (screen->column > 0)
        new_line(screen);
}

void screen_blank(struct screen *screen)
{
    screen_end(screen);
    new_line(screen);
}

static bool is_blank(uint32_t code_point)
{
    return code_point == ' ';
}

size_t screen_break(const char *text, unsigned room, size_t *next)
{
    struct bytes in = bytes_of(text, strlen(text));
    size_t whole = in.left, end = 0, word_end = 0;
    unsigned columns = 0;
    bool after_blank = true, full = false;
    while (in.left > 0 && !full) {
        size_t before = whole - in.left;
        uint32_t c = clean_take(&in);
        if (is_blank(c) && !after_blank)
            word_end = before;
        after_blank = is_blank(c);
        full = columns == room;
        /* A word longer than the line is broken where the line ends. */
        if (full)
            end = is_blank(c) || word_end > 0 ? word_end : before;
        else
            columns++;
    }
    if (!full)
        end = after_blank ? word_end : whole;
    struct bytes rest = bytes_of(text, whole);
    bytes_skip(&rest, end);
    *next = whole;
    while (rest.left > 0) {
        size_t before = whole - rest.left;
        if (!is_blank(clean_take(&rest))) {
            *next = before;
            break;
        }
    }
    return end;
}

/* Columns of the first word. */
static unsigned first_word(const char *text)
{
    struct bytes in = bytes_of(text, strlen(text));
    unsigned columns = 0;
    while (in.left > 0 && !is_blank(clean_take(&in)))
        columns++;
    return columns;
}

void screen_flow(struct screen *screen, enum accent accent, unsigned indent, const char *text)
{
    if (indent + 10 > screen->width)
        indent = 0;
    while (*text != '\0') {
        screen_to(screen, indent);
        unsigned room = screen->column < screen->width ? screen->width - screen->column : 0;
        bool at_start = screen->column <= indent;
        if (!at_start && first_word(text) > room) {
            new_line(screen);
            continue;
        }
        size_t next;
        size_t taken = screen_break(text, room, &next);
        write_text(screen, accent, text, taken, UINT32_MAX);
        text += next;
        if (*text != '\0')
            new_line(screen);
    }
}

void screen_item(struct screen *screen, enum accent accent, unsigned gap, unsigned indent, const char *text)
{
    if (screen->column > indent && screen->column + gap + clean_columns(text) > screen->width)
        new_line(screen);
    screen_to(screen, screen->column > indent ? screen->column + gap : indent);
    if (clean_columns(text) > screen->width - indent)
        screen_flow(screen, accent, indent, text);
    else
        screen_put(screen, accent, text);
}
