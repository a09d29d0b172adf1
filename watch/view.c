/* view: see watch/view.h. What a terminal is told is what every one of the last decades knows (ECMA-48, and xterm's
 * other screen): home, erase to the end of the line, erase below. */
#include "watch/view.h"

#include "base/clock.h"
#include "reports/phrase.h"
#include "reports/screen.h"

#include <stdlib.h>
#include <string.h>

#define INDENT 14

static void label(struct screen *screen, const char *text)
{
    screen_end(screen);
    screen_put(screen, ACCENT_QUIET, text);
    screen_to(screen, INDENT);
}

/* The rest of this line, and no more of it. */
static void put_rest(struct screen *screen, enum accent accent, const char *text)
{
    unsigned column = screen->column + screen->pending;
    if (column < screen->width)
        screen_put_cut(screen, accent, text, screen->width - column);
}

static void write_head(struct screen *screen, const struct view_now *now)
{
    char time[CLOCK_TEXT];
    struct phrase read = {0};
    screen_put(screen, ACCENT_STRONG, "pathaudit watch");
    screen_to(screen, screen->column + 2);
    struct phrase where = {0};
    phrase_add(&where, "%s   %s UTC", now->sources, clock_of_day(now->now_ns, time));
    if (now->page[0] != '\0')
        phrase_add(&where, "   %s", now->page);
    put_rest(screen, ACCENT_PLAIN, where.text);
    label(screen, "packets");
    phrase_count(&read, now->packets, "packet", "packets");
    phrase_add(&read, ", %llu a second", (unsigned long long)now->packets_per_s);
    put_rest(screen, ACCENT_PLAIN, read.text);
    if (now->dropped > 0) {
        struct phrase lost = {0};
        phrase_add(&lost, ", %llu dropped", (unsigned long long)now->dropped);
        put_rest(screen, ACCENT_WEAK, lost.text);
    }
}

static enum accent accent_of(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_DEVIATING:
    case VERDICT_BLOCKED:
    case VERDICT_REFUSED:
    case VERDICT_UNEXPECTED:
        return ACCENT_BAD;
    case VERDICT_UNEXPECTED_ATTEMPT:
        return ACCENT_WEAK;
    case VERDICT_CONFORMING:
        return ACCENT_GOOD;
    default:
        return ACCENT_PLAIN;
    }
}

/* "3 deviating  12 conforming", of those there are; as many as fit. */
static void write_counts(struct screen *screen, const char *name, const uint64_t counts[], size_t count,
                         const char *(*word)(unsigned i), bool verdicts)
{
    bool any = false;
    label(screen, name);
    for (unsigned i = 0; i < count; i++) {
        struct phrase one = {0};
        if (counts[i] == 0)
            continue;
        phrase_add(&one, "%llu %s", (unsigned long long)counts[i], word(i));
        if (any)
            screen_to(screen, screen->column + 3);
        put_rest(screen, verdicts ? accent_of((enum verdict)i) : ACCENT_PLAIN, one.text);
        any = true;
    }
    if (!any)
        put_rest(screen, ACCENT_QUIET, "none");
}

static const char *verdict_word(unsigned i)
{
    return verdict_name((enum verdict)i);
}

static const char *path_word(unsigned i)
{
    return path_verdict_name((enum path_verdict)i);
}

static const char *severity_word(unsigned i)
{
    return severity_name((enum severity)i);
}

static void write_audit(struct screen *screen, const struct view_now *now)
{
    static const struct {
        const char *text;
        enum accent accent;
    } conclusions[] = {[CONCLUSION_CONFORMS] = {"CONFORMS", ACCENT_GOOD},
                       [CONCLUSION_FINDINGS] = {"FINDINGS", ACCENT_BAD},
                       [CONCLUSION_UNDETERMINED] = {"UNDETERMINED", ACCENT_DOUBT}};
    const struct bulletin *bulletin = now->bulletin;
    label(screen, "last audit");
    if (bulletin->number == 0) {
        put_rest(screen, ACCENT_QUIET, "none yet");
        return;
    }
    struct phrase about = {0};
    int64_t ago_ns = clock_since(now->now_ns, bulletin->made_ns);
    put_rest(screen, conclusions[bulletin->conclusion].accent, conclusions[bulletin->conclusion].text);
    phrase_add(&about, "   %lld s ago, in %.2f s, by %s", (long long)(ago_ns > 0 ? ago_ns / SECOND_NS : 0),
               (double)bulletin->took_ns / (double)SECOND_NS,
               bulletin->tables[0] != '\0' ? bulletin->tables : "no table");
    put_rest(screen, ACCENT_PLAIN, about.text);
    write_counts(screen, "conversations", bulletin->conversations, VERDICT_COUNT, verdict_word, true);
    write_counts(screen, "paths", bulletin->paths, PATH_VERDICT_COUNT, path_word, false);
    write_counts(screen, "findings", bulletin->findings, SEVERITY_COUNT, severity_word, false);
}

static void write_findings(struct screen *screen, const struct view_now *now)
{
    static const enum accent accents[SEVERITY_COUNT] = {[SEVERITY_HIGH] = ACCENT_BAD, [SEVERITY_MEDIUM] = ACCENT_WEAK};
    screen_blank(screen);
    screen_put(screen, ACCENT_STRONG, "Newest findings");
    screen_end(screen);
    if (now->finding_count == 0)
        put_rest(screen, ACCENT_QUIET, "none");
    for (size_t i = 0; i < now->finding_count; i++) {
        const struct bulletin_finding *finding = &now->findings[i];
        char time[CLOCK_TEXT];
        screen_end(screen);
        put_rest(screen, ACCENT_QUIET, clock_of_day(finding->told_ns, time));
        screen_to(screen, 10);
        put_rest(screen, accents[finding->severity], severity_name(finding->severity));
        screen_to(screen, 18);
        put_rest(screen, ACCENT_PLAIN, finding->subject);
    }
}

/* All of it, however many lines. */
static void write_all(struct screen *screen, const struct view_now *now)
{
    write_head(screen, now);
    write_audit(screen, now);
    for (size_t i = 0; i < now->note_count; i++) {
        label(screen, i == 0 ? "warnings" : "");
        put_rest(screen, ACCENT_WEAK, now->notes[i]);
    }
    write_findings(screen, now);
    screen_end(screen);
}

/* The lines of the view, at most `height`, each ended with a line end. */
static void view_lines(const struct view_now *now, const struct view_screen *how, FILE *out)
{
    char *text = NULL;
    size_t length = 0;
    FILE *all = open_memstream(&text, &length);
    if (all == NULL)
        return;
    struct screen screen = screen_of(all, how->width, how->colour, how->ascii);
    write_all(&screen, now);
    const char *line = fclose(all) == 0 ? text : "";
    for (unsigned i = 0; i < how->height && *line != '\0'; i++) {
        size_t bytes = strcspn(line, "\n");
        fprintf(out, "%.*s\n", (int)bytes, line);
        line += bytes + (line[bytes] == '\n');
    }
    free(text);
}

void view_begin(FILE *terminal)
{
    fputs("\033[?1049h\033[?25l\033[H\033[2J", terminal);
    fflush(terminal);
}

void view_draw(const struct view_now *now, const struct view_screen *screen, FILE *terminal)
{
    char *text = NULL;
    size_t length = 0;
    FILE *lines = open_memstream(&text, &length);
    if (lines == NULL)
        return;
    struct view_screen room = *screen;
    room.height -= room.height > 1; /* for the last line */
    view_lines(now, &room, lines);
    if (fclose(lines) == 0) {
        fputs("\033[H", terminal);
        for (const char *line = text; *line != '\0';) {
            size_t bytes = strcspn(line, "\n");
            fprintf(terminal, "%.*s\033[K\n", (int)bytes, line);
            line += bytes + (line[bytes] == '\n');
        }
        fputs("\033[J", terminal);
        fprintf(terminal, "\033[%u;1H%.*s\033[K", screen->height, (int)screen->width, "Ctrl-C ends with the report");
        fflush(terminal);
    }
    free(text);
}

void view_end(FILE *terminal)
{
    fputs("\033[?25h\033[?1049l", terminal);
    fflush(terminal);
}
