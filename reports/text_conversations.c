/* text_conversations: conversations that fit no path, with what would have been nearest; and all conversations, for
 * who asks for them. */
#include "audit/opinion.h"
#include "reports/grid.h"
#include "reports/names.h"
#include "reports/text_sections.h"

#include <stdlib.h>

#define SHORT_LIST 10

static bool is_unexpected(const struct judged_conversation *c)
{
    return c->verdict == VERDICT_UNEXPECTED || c->verdict == VERDICT_UNEXPECTED_ATTEMPT;
}

/* Two cells: who to whom, and the port, which is never cut. */
static void add_ends(const struct text_report *report, struct grid *grid, enum accent accent,
                     const struct judged_conversation *c)
{
    char client[ADDRESS_TEXT], server[ADDRESS_TEXT];
    struct phrase ends = {0}, port = {0};
    phrase_add(&ends, "%s -> %s", names_host(report->audit, c->client_host, &c->client, client),
               names_host(report->audit, c->server_host, &c->server, server));
    const char *wrapped_in = conversation_wrapped_in(report->audit, c);
    if (wrapped_in[0] != '\0')
        phrase_add(&ends, " in %s", wrapped_in);
    if (c->port != 0)
        phrase_add(&port, "%u/", c->port);
    phrase_add(&port, "%s", c->transport_text);
    grid_cell(grid, accent, ends.text);
    grid_cell(grid, accent, port.text);
}

/* "smtp", "dcerpc emsmdb", "rdp?" when only nDPI says so, "by port" when only port and roles do; `unknown` when nothing
 * does. */
static void add_protocol(struct phrase *to, const struct judged_conversation *c, const char *unknown)
{
    struct phrase services = {0};
    names_add_texts(&services, &c->services);
    if (c->protocol[0] != '\0')
        phrase_add(to, "%s", c->protocol);
    else if (c->second_opinion[0] != '\0')
        phrase_add(to, "%s?", c->second_opinion);
    else if (services.length == 0)
        phrase_add(to, "%s", c->owner_count > 0 && c->grade == 0 ? "by port" : unknown);
    phrase_add(to, "%s", to->length > 0 && services.length > 0 ? " " : "");
    names_join(to, &services, " ");
    if (opinion_differs(c->protocol, c->second_opinion))
        phrase_add(to, " (nDPI: %s)", c->second_opinion);
}

/* Did no connection come about? One that carried no data did not fail. */
static bool all_failed(const struct judged_conversation *c)
{
    for (size_t i = 0; i < c->session_count; i++)
        if (!disposition_is_failure(c->sessions[i].disposition))
            return false;
    return true;
}

static void add_amount(struct phrase *to, const struct judged_conversation *c)
{
    char number[AMOUNT_TEXT];
    bool attempt = c->verdict == VERDICT_UNEXPECTED_ATTEMPT;
    if (!attempt)
        phrase_count(to, c->flows, "flow", "flows");
    else if (all_failed(c))
        phrase_count(to, c->flows, "failed try", "failed tries");
    else
        phrase_count(to, c->flows, "try without data", "tries, some without data");
    if (!attempt)
        phrase_add(to, ", %s", amount_bytes(c->bytes_to_server + c->bytes_to_client, number));
}

static const char *path_name(const struct audit *audit, const char *id)
{
    for (size_t i = 0; i < audit->path_count; i++)
        if (strcmp(audit->paths[i].path->id, id) == 0)
            return audit->paths[i].path->name;
    return id;
}

static void add_unexpected(const struct text_report *report, struct grid *grid, const struct judged_conversation *c)
{
    struct phrase what = {0}, nearest = {0};
    if (c->verdict == VERDICT_UNEXPECTED) {
        add_protocol(&what, c, "unknown protocol");
        phrase_add(&what, ", ");
    }
    add_amount(&what, c);
    if (c->nearest_path[0] != '\0') {
        phrase_add(&nearest, "\"%s\"", path_name(report->audit, c->nearest_path));
        phrase_add(&nearest, "%s%s", c->nearest_why[0] != '\0' ? ": " : "", c->nearest_why);
    } else {
        phrase_add(&nearest, "%s", c->nearest_why[0] != '\0' ? c->nearest_why : "none");
    }
    add_ends(report, grid, ACCENT_STRONG, c);
    grid_cell(grid, ACCENT_PLAIN, what.text);
    grid_cell(grid, ACCENT_PLAIN, nearest.text);
}

/* "2,500,000 refused, 2,500,000 unanswered". */
static void add_ends_of_scan(struct phrase *to, const struct judged_scan *scan)
{
    char number[AMOUNT_TEXT];
    for (size_t d = 0; d < DISPOSITION_COUNT; d++)
        if (scan->dispositions[d] > 0)
            phrase_add(to, "%s%s %s", to->length > 0 ? ", " : "", amount_text(scan->dispositions[d], number),
                       disposition_name((enum disposition)d));
}

/* A row for all places that one client tried in vain: who, how many ports, and how the attempts ended. */
static void add_scan(const struct text_report *report, struct grid *grid, enum accent accent,
                     const struct judged_scan *scan)
{
    char client[ADDRESS_TEXT], number[AMOUNT_TEXT];
    struct phrase ends = {0}, port = {0};
    phrase_add(&ends, "%s -> %s", names_host(report->audit, scan->client_host, &scan->client, client),
               scan->more_hosts ? "more than " : "");
    phrase_count(&ends, scan->hosts, "host", "hosts");
    if (scan->more_ports)
        phrase_add(&port, "more than %s ports/%s", amount_text(scan->ports, number), scan->transport_text);
    else if (scan->ports == 1 && scan->named[0] != 0)
        phrase_add(&port, "%u/%s", scan->named[0], scan->transport_text);
    else if (scan->ports == 1)
        phrase_add(&port, "%s", scan->transport_text);
    else
        phrase_add(&port, "%s ports/%s", amount_text(scan->ports, number), scan->transport_text);
    grid_cell(grid, accent, ends.text);
    grid_cell(grid, accent, port.text);
}

static void add_unexpected_scan(const struct text_report *report, struct grid *grid, const struct judged_scan *scan)
{
    struct phrase what = {0};
    add_ends_of_scan(&what, scan);
    add_scan(report, grid, ACCENT_STRONG, scan);
    grid_cell(grid, ACCENT_PLAIN, what.text);
    grid_cell(grid, ACCENT_PLAIN, "not asked: attempts at very many places are added up");
}

/* What went through before what was only tried, then by bytes; equal ones stay in order of time. */
static int heavier_first(const void *left, const void *right)
{
    const struct judged_conversation *a = *(const struct judged_conversation *const *)left;
    const struct judged_conversation *b = *(const struct judged_conversation *const *)right;
    uint64_t a_bytes = a->bytes_to_server + a->bytes_to_client, b_bytes = b->bytes_to_server + b->bytes_to_client;
    if (a->verdict != b->verdict)
        return a->verdict < b->verdict ? -1 : 1;
    if (a_bytes != b_bytes)
        return a_bytes > b_bytes ? -1 : 1;
    return a < b ? -1 : a > b;
}

void text_unexpected(const struct text_report *report)
{
    static const struct grid_column columns[] = {
        {"Unexpected", GRID_WRAP, 2}, {"", GRID_KEEP, 1}, {"", GRID_WRAP, 2}, {"nearest path", GRID_WRAP, 3}};
    const struct audit *audit = report->audit;
    uint64_t total = audit->conversation_counts[VERDICT_UNEXPECTED] +
                     audit->conversation_counts[VERDICT_UNEXPECTED_ATTEMPT] + audit->scan_count;
    const struct judged_conversation **found = calloc(audit->conversation_count + 1, sizeof *found);
    size_t count = 0;
    if (found == NULL || total == 0) {
        free(found);
        return;
    }
    for (size_t i = 0; i < audit->conversation_count; i++)
        if (is_unexpected(&audit->conversations[i]))
            found[count++] = &audit->conversations[i];
    qsort(found, count, sizeof *found, heavier_first);
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 2);
    size_t shown = report->options->all || count <= SHORT_LIST ? count : SHORT_LIST;
    for (size_t i = 0; i < shown; i++)
        add_unexpected(report, grid, found[i]);
    for (size_t i = 0; i < audit->scan_count; i++)
        add_unexpected_scan(report, grid, &audit->scans[i]);
    free(found);
    grid_show(grid, report->screen);
    if (count > shown) {
        struct phrase more = {0};
        char number[AMOUNT_TEXT];
        phrase_add(&more, "%s more: --all lists them", amount_text(count - shown, number));
        screen_to(report->screen, 2);
        screen_put(report->screen, ACCENT_QUIET, more.text);
    }
    screen_blank(report->screen);
}

static void add_conversation(const struct text_report *report, struct grid *grid, const struct judged_conversation *c)
{
    const struct audit *audit = report->audit;
    struct phrase protocol = {0}, paths = {0}, seen = {0}, owners = {0}, methods = {0};
    char flows[AMOUNT_TEXT];
    add_protocol(&protocol, c, "-");
    for (size_t i = 0; i < c->owner_count; i++)
        if (c->owners[i].path < audit->path_count)
            names_add_word(&paths, audit->paths[c->owners[i].path].path->id);
    for (size_t i = 0; i < c->session_count; i++) {
        names_add_word(&seen, c->sessions[i].encryption);
        names_add_word(&seen, c->sessions[i].authentication);
    }
    if (paths.length == 0)
        phrase_item(&paths, match_name(c->match));
    names_join(&owners, &paths, ", ");
    names_join(&methods, &seen, ", ");
    grid_cell(grid, text_verdict_accent(c->verdict), verdict_name(c->verdict));
    add_ends(report, grid, ACCENT_PLAIN, c);
    grid_cell(grid, ACCENT_PLAIN, protocol.text);
    grid_cell(grid, ACCENT_PLAIN, owners.text);
    grid_cell(grid, ACCENT_PLAIN, methods.text);
    grid_cell(grid, ACCENT_PLAIN, amount_text(c->flows, flows));
}

static void add_scan_conversation(const struct text_report *report, struct grid *grid, const struct judged_scan *scan)
{
    struct phrase what = {0};
    char flows[AMOUNT_TEXT];
    add_ends_of_scan(&what, scan);
    grid_cell(grid, text_verdict_accent(scan->verdict), verdict_name(scan->verdict));
    add_scan(report, grid, ACCENT_PLAIN, scan);
    grid_cell(grid, ACCENT_PLAIN, "-");
    grid_cell(grid, ACCENT_PLAIN, "not asked");
    grid_cell(grid, ACCENT_PLAIN, what.text);
    grid_cell(grid, ACCENT_PLAIN, amount_text(scan->flows, flows));
}

void text_conversations(const struct text_report *report)
{
    static const struct grid_column columns[] = {
        {"Conversations", GRID_KEEP, 1}, {"", GRID_WRAP, 2},        {"", GRID_KEEP, 1},      {"protocol", GRID_WRAP, 1},
        {"path", GRID_WRAP, 2},          {"seen as", GRID_WRAP, 1}, {"flows", GRID_RIGHT, 1}};
    const struct audit *audit = report->audit;
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 2);
    if (audit->conversation_count + audit->scan_count == 0) {
        grid_destroy(grid);
        return;
    }
    for (size_t i = 0; i < audit->conversation_count; i++)
        add_conversation(report, grid, &audit->conversations[i]);
    for (size_t i = 0; i < audit->scan_count; i++)
        add_scan_conversation(report, grid, &audit->scans[i]);
    grid_show(grid, report->screen);
    screen_blank(report->screen);
}
