/* html: see reports/html.h. Inside a script element everything up to "</script" is its text, and "<!--" changes what
 * comes after (HTML Living Standard, 13.2.5.15 to 13.2.5.20). In JSON "<", ">" and "&" stand in strings only, where
 * they may as well be written as escapes (RFC 8259, 7); so may U+2028 and U+2029, which older engines take for line
 * ends. */
#include "reports/html.h"

#include <stdlib.h>

/* Bytes of a possible U+2028 or U+2029 (E2 80 A8, E2 80 A9) that are held back: 0 to 2. */
struct inside {
    FILE *out;
    size_t held;
};

static const char separator[2] = {'\xe2', '\x80'};

static const char *escape_of(char c)
{
    return c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : c == '&' ? "\\u0026" : NULL;
}

static void put(struct inside *inside, char c)
{
    if (inside->held == 2 && (c == '\xa8' || c == '\xa9')) {
        fputs(c == '\xa8' ? "\\u2028" : "\\u2029", inside->out);
        inside->held = 0;
        return;
    }
    if (inside->held < 2 && c == separator[inside->held]) {
        inside->held++;
        return;
    }
    fwrite(separator, 1, inside->held, inside->out);
    inside->held = c == separator[0];
    if (inside->held > 0)
        return;
    const char *escape = escape_of(c);
    if (escape != NULL)
        fputs(escape, inside->out);
    else
        putc(c, inside->out);
}

/* How many bytes stand before the first that may have to be written otherwise. */
static size_t plain_bytes(const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && escape_of(text[n]) == NULL && text[n] != separator[0])
        n++;
    return n;
}

static ssize_t write_inside(void *cookie, const char *text, size_t length)
{
    struct inside *inside = cookie;
    for (size_t i = 0; i < length; i++) {
        size_t plain = inside->held == 0 ? plain_bytes(text + i, length - i) : 0;
        fwrite(text + i, 1, plain, inside->out);
        i += plain;
        if (i < length)
            put(inside, text[i]);
    }
    return ferror(inside->out) ? 0 : (ssize_t)length;
}

static int close_inside(void *cookie)
{
    struct inside *inside = cookie;
    fwrite(separator, 1, inside->held, inside->out);
    bool failed = ferror(inside->out) != 0;
    free(inside);
    return failed ? EOF : 0;
}

FILE *html_inside_script(FILE *out)
{
    struct inside *inside = calloc(1, sizeof *inside);
    if (inside == NULL)
        return NULL;
    inside->out = out;
    FILE *stream = fopencookie(inside, "w", (cookie_io_functions_t){.write = write_inside, .close = close_inside});
    if (stream == NULL)
        free(inside);
    return stream;
}

void report_html(const struct audit *audit, const struct report_options *options, FILE *out)
{
    fwrite(page_head, 1, page_head_bytes, out);
    FILE *inside = html_inside_script(out);
    if (inside != NULL) {
        report_json(audit, options, inside);
        fclose(inside);
    } else if (options->lost != NULL) {
        *options->lost = true;
    }
    fwrite(page_tail, 1, page_tail_bytes, out);
    fflush(out);
}
