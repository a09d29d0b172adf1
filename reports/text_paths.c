/* text_paths: the rows of each table with their verdicts, worst first; what was not exercised in one line. */
#include "reports/grid.h"
#include "reports/names.h"
#include "reports/text_sections.h"

#include <string.h>

#define PAIRS_MOST   3 /* of a row, in the short form: pairs of hosts under it, */
#define PORTS_MOST   2 /* ports, */
#define METHODS_MOST 2 /* kinds of encryption, and as many of authentication */

static bool is_folded(const struct text_report *report, const struct judged_path *path)
{
    return !report->options->all && (path->verdict == PATH_NOT_EXERCISED || path->verdict == PATH_NOT_APPLICABLE);
}

/* Where nothing is wrong, "seen" alone would look like more than it is. */
static bool is_unverified(const struct judged_path *path)
{
    return path->verdict == PATH_SATISFIED && !path->verified;
}

/* One word a verdict; shorter than in JSON where people have a shorter one. */
static const char *word_of(const struct judged_path *path)
{
    if (is_unverified(path))
        return path->probable ? "probably seen" : "seen";
    if (path->verdict == PATH_SATISFIED)
        return path->probable ? "probably ok" : "ok";
    if (path->verdict == PATH_FORBIDDEN_SEEN)
        return "forbidden";
    return path_verdict_name(path->verdict);
}

static bool is_good(enum path_verdict verdict)
{
    return verdict == PATH_SATISFIED || verdict == PATH_NOT_EXERCISED || verdict == PATH_NOT_APPLICABLE;
}

/* The first `most` items and how many more there are; all when all are asked for. */
static void add_some(const struct text_report *report, struct phrase *to, const struct phrase *list, size_t most)
{
    size_t shown = 0, left = list->omitted;
    for (const char *item = list->text; *item != '\0';) {
        size_t length = strcspn(item, (char[]){PHRASE_BREAK, '\0'});
        if (shown < most || report->options->all)
            phrase_add(to, "%s%.*s", shown++ > 0 ? ", " : "", (int)length, item);
        else
            left++;
        item += length + (item[length] != '\0');
    }
    if (left > 0)
        phrase_add(to, " +%zu", left);
}

/* What stands where neither encryption nor authentication was read. */
static const char *nothing_read(const struct judged_path *path)
{
    if (path->conversations == 0)
        return "never seen";
    if (path->verdict == PATH_FAILING)
        return "no success";
    bool well = path->verdict == PATH_SATISFIED || path->verdict == PATH_DEGRADED;
    return well && !path->unreadable ? "nothing to compare" : "not readable";
}

/* "tls, kerberos" as observed. */
static void add_seen_as(const struct text_report *report, struct grid *grid, const struct judged_path *path)
{
    struct phrase encryption = {0}, authentication = {0}, text = {0};
    names_add_texts(&encryption, &path->encryption);
    names_add_texts(&authentication, &path->authentication);
    add_some(report, &text, &encryption, METHODS_MOST);
    if (encryption.length > 0 && authentication.length > 0)
        phrase_add(&text, ", ");
    add_some(report, &text, &authentication, METHODS_MOST);
    if (text.length == 0)
        phrase_add(&text, "%s", nothing_read(path));
    grid_cell(grid, ACCENT_PLAIN, text.text);
}

/* "80 443/tcp", "389/tcp 389/udp +7": the transport once for ports that share it. The table tells all ports. */
static void add_ports(const struct text_report *report, struct grid *grid, const struct path *path)
{
    struct phrase all = {0}, text = {0};
    names_add_path_ports(&all, path);
    size_t shown = 0, left = all.omitted;
    for (const char *item = all.text; *item != '\0';) {
        size_t length = strcspn(item, (char[]){PHRASE_BREAK, '\0'}), number = strcspn(item, "/");
        const char *next = item + length + (item[length] != '\0');
        size_t next_number = strcspn(next, "/"), next_length = strcspn(next, (char[]){PHRASE_BREAK, '\0'});
        bool shown_next = *next != '\0' && (shown + 1 < PORTS_MOST || report->options->all);
        bool same = shown_next && number < length && next_number < next_length &&
                    length - number == next_length - next_number &&
                    memcmp(item + number, next + next_number, length - number) == 0;
        if (shown < PORTS_MOST || report->options->all)
            phrase_add(&text, "%s%.*s", shown++ > 0 ? " " : "", (int)(same ? number : length), item);
        else
            left++;
        item = next;
    }
    if (left > 0)
        phrase_add(&text, " +%zu", left);
    grid_cell(grid, ACCENT_PLAIN, text.text);
}

void text_note_left_out(struct grid *grid, const struct judged_path *path)
{
    struct phrase more = {0}, most = {0};
    uint64_t strangers = path_left_out(path) - path->without_room;
    if (strangers > 0) {
        phrase_count(&more, strangers, "more pair of hosts", "more pairs of hosts");
        phrase_add(&more, " between which nothing was seen, too many to list");
        grid_note(grid, ACCENT_QUIET, 1, more.text);
    }
    if (path->without_room > 0) {
        phrase_count(&most, path->without_room, "more pair of hosts", "more pairs of hosts");
        phrase_add(&most, " that there was no memory to list");
        grid_note(grid, ACCENT_QUIET, 1, most.text);
    }
}

/* Why a row is not good: the pairs concerned, each with its reason, else the row's own reason. */
static void add_reasons(const struct text_report *report, struct grid *grid, const struct judged_path *path)
{
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < path->pair_count; i++) {
        const struct judged_pair *pair = &path->pairs[i];
        if (is_good(pair->verdict) && !report->options->all)
            continue;
        if (shown == PAIRS_MOST && !report->options->all) {
            left++;
            continue;
        }
        struct phrase line = {0};
        phrase_add(&line, "%s -> %s", names_of_host(report->audit, pair->client_host),
                   names_of_host(report->audit, pair->server_host));
        if (pair->verdict != path->verdict)
            phrase_add(&line, " %s", path_verdict_name(pair->verdict));
        if (pair->reason[0] != '\0')
            phrase_add(&line, ": %s", pair->reason);
        grid_note(grid, ACCENT_PLAIN, 1, line.text);
        shown++;
    }
    if (left > 0) {
        struct phrase more = {0};
        phrase_count(&more, left, "more pair of hosts", "more pairs of hosts");
        phrase_add(&more, ": --all");
        grid_note(grid, ACCENT_QUIET, 1, more.text);
    }
    text_note_left_out(grid, path);
    if (shown == 0 && (!is_good(path->verdict) || is_unverified(path) || report->options->all))
        grid_note(grid, ACCENT_PLAIN, 1, path->reason);
}

static void add_path(const struct text_report *report, struct grid *grid, const struct judged_path *path)
{
    struct phrase roles = {0};
    names_roles_of_path(&roles, path->path, report->options->all ? SIZE_MAX : 1);
    grid_cell(grid, text_path_accent(path->verdict), word_of(path));
    grid_cell(grid, ACCENT_PLAIN, path->path->name);
    grid_cell(grid, ACCENT_PLAIN, roles.text);
    add_ports(report, grid, path->path);
    add_seen_as(report, grid, path);
    add_reasons(report, grid, path);
}

static void show_folded(const struct text_report *report, size_t unexercised, size_t inapplicable)
{
    struct phrase line = {0};
    if (unexercised > 0) {
        phrase_count(&line, unexercised, "path", "paths");
        phrase_add(&line, " not exercised");
    }
    if (inapplicable > 0) {
        phrase_add(&line, "%s", unexercised > 0 ? ", " : "");
        phrase_count(&line, inapplicable, "path", "paths");
        phrase_add(&line, " not applicable to these hosts");
    }
    if (line.length == 0)
        return;
    phrase_add(&line, ": --all lists %s", unexercised + inapplicable == 1 ? "it" : "them");
    screen_to(report->screen, 2);
    screen_put(report->screen, ACCENT_QUIET, "-");
    screen_to(report->screen, 4);
    screen_flow(report->screen, ACCENT_PLAIN, 4, line.text);
    screen_end(report->screen);
}

static void show_table(const struct text_report *report, const struct path_table *table)
{
    const struct audit *audit = report->audit;
    struct phrase title = {0};
    phrase_add(&title, "Paths");
    if (audit->table_count > 1)
        phrase_add(&title, " of %s", table->name);
    const struct grid_column columns[] = {{title.text, GRID_KEEP, 0},
                                          {"", GRID_WRAP, 5},
                                          {"from -> to", GRID_WRAP, 4},
                                          {"ports", GRID_WRAP, 3},
                                          {"seen as", GRID_WRAP, 3}};
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 2);
    size_t unexercised = 0, inapplicable = 0;
    for (size_t v = 0; v < PATH_VERDICT_COUNT; v++) {
        for (size_t i = 0; i < audit->path_count; i++) {
            const struct judged_path *path = &audit->paths[i];
            if (path->table != table || path->verdict != (enum path_verdict)v)
                continue;
            if (!is_folded(report, path))
                add_path(report, grid, path);
            else if (path->verdict == PATH_NOT_EXERCISED)
                unexercised++;
            else
                inapplicable++;
        }
    }
    grid_show(grid, report->screen);
    show_folded(report, unexercised, inapplicable);
    screen_blank(report->screen);
}

void text_paths(const struct text_report *report)
{
    for (size_t i = 0; i < report->audit->table_count; i++)
        show_table(report, report->audit->tables[i]);
}
