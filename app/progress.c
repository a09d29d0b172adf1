/* progress: one line, redrawn in place and no longer than the terminal is wide, so that it can be wiped. */
#include "app/progress.h"

#include "app/terminal.h"
#include "base/clock.h"
#include "base/now.h"
#include "reports/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_NS     (SECOND_NS / 2)
#define WIDTH_DEFAULT 80
#define LINE_BYTES    512
#define NAME_MOST     32

void progress_begin(struct progress *progress, bool quiet)
{
    struct winsize size;
    *progress = (struct progress){.wanted = !quiet && terminal_is_able(STDERR_FILENO), .width = WIDTH_DEFAULT};
    if (!progress->wanted)
        return;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        progress->width = size.ws_col;
    progress->began_ns = progress->last_ns = monotonic_ns();
}

struct line {
    char *out;
    size_t size, length;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line->out + line->length, line->size - line->length, format, arguments);
    va_end(arguments);
    if (n > 0)
        line->length += (size_t)n < line->size - line->length ? (size_t)n : line->size - line->length - 1;
}

/* 1234567 as "1.2 M", so that a line keeps its length. */
static void add_amount(struct line *line, double amount, const char *of)
{
    if (amount >= 1e9)
        add(line, "  %.1f G %s", amount / 1e9, of);
    else if (amount >= 1e6)
        add(line, "  %.1f M %s", amount / 1e6, of);
    else if (amount >= 1e4)
        add(line, "  %.0f k %s", amount / 1e3, of);
    else
        add(line, "  %.0f %s", amount, of);
}

static void add_time(struct line *line, double seconds, const char *what)
{
    unsigned long whole = (unsigned long)seconds;
    if (whole >= 3600)
        add(line, "  %lu:%02lu h%s", whole / 3600, whole / 60 % 60, what);
    else if (whole >= 60)
        add(line, "  %lu:%02lu min%s", whole / 60, whole % 60, what);
    else
        add(line, "  %lu s%s", whole, what);
}

void progress_line(char *out, size_t size, const struct progress *progress, const struct progress_now *now,
                   int64_t since_ns)
{
    const double mib = 1048576;
    struct line line = {.out = out, .size = size};
    int64_t over_ns = now->endless ? since_ns - (progress->last_ns - progress->began_ns) : since_ns;
    double seconds = over_ns > 0 ? (double)over_ns / (double)SECOND_NS : 1;
    double bytes = (double)(now->bytes - (now->endless ? progress->last_bytes : 0)) / seconds;
    double packets = (double)(now->packets - (now->endless ? progress->last_packets : 0)) / seconds;
    size_t name = strlen(now->name);
    out[0] = '\0';
    if (now->files > 1)
        add(&line, "%zu of %zu: ", now->file, now->files);
    add(&line, "%s%s", name > NAME_MOST ? "..." : "", now->name + (name > NAME_MOST ? name - NAME_MOST + 3 : 0));
    if (now->endless)
        add_time(&line, (double)since_ns / (double)SECOND_NS, "");
    else if (now->bytes_in_all > 0)
        add(&line, "  %.0f of %.0f MiB (%.0f%%)", (double)now->bytes / mib, (double)now->bytes_in_all / mib,
            100.0 * (double)now->bytes / (double)now->bytes_in_all);
    else
        add(&line, "  %.0f MiB", (double)now->bytes / mib);
    if (!now->endless && now->bytes_in_all > now->bytes && bytes > 0)
        add_time(&line, (double)(now->bytes_in_all - now->bytes) / bytes, " left");
    add(&line, "  %.1f MiB/s", bytes / mib);
    add_amount(&line, (double)now->packets, "packets");
    add_amount(&line, packets, "packets/s");
    if (now->dropped > 0)
        add_amount(&line, (double)now->dropped, "dropped");
}

void progress_show(struct progress *progress, const struct progress_now *now)
{
    char line[LINE_BYTES], clean[LINE_BYTES];
    if (!progress->wanted)
        return;
    int64_t now_ns = monotonic_ns();
    if (now_ns - progress->last_ns < REDRAW_NS)
        return;
    progress_line(line, sizeof line, progress, now, now_ns - progress->began_ns);
    progress->last_ns = now_ns;
    progress->last_bytes = now->bytes;
    progress->last_packets = now->packets;
    progress->shown = true;
    clean_copy(line, clean, sizeof clean);
    fprintf(stderr, "\r\033[K%.*s", (int)progress->width - 1, clean);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
