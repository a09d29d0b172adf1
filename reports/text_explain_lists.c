/* text_explain_lists: what a finding sums up, told in full behind --explain: the conversations it speaks of at once,
 * the rows that have the port and why each does not fit, what hosts do beside their roles. */
#include "reports/grid.h"
#include "reports/names.h"
#include "reports/text_explain.h"

#include <stdlib.h>

#define LIST_MOST 40 /* lines of one list */

/* Does the finding speak of this conversation as well? */
static bool is_meant(const struct audit *audit, const struct finding *f, const struct judged_conversation *c)
{
    if (strcmp(f->verdict, verdict_name(VERDICT_UNDETERMINED)) == 0)
        return c->verdict == VERDICT_UNDETERMINED;
    if (strcmp(f->verdict, verdict_name(VERDICT_UNCLASSIFIED)) == 0)
        return c->verdict == VERDICT_UNCLASSIFIED;
    if (f->together < 2 || f->conversation >= audit->conversation_count)
        return false;
    const struct judged_conversation *first = &audit->conversations[f->conversation];
    bool failed = c->verdict == VERDICT_BLOCKED || c->verdict == VERDICT_REFUSED;
    if (strcmp(f->verdict, "broken-chain") == 0)
        return failed && c->server_host == first->server_host && c->transport == first->transport &&
               c->port == first->port;
    return c->verdict == first->verdict && address_equal(&c->client, &first->client);
}

/* What happened, of the first class that the conversation's verdict is of. */
static const struct judged_session *telling_session(const struct judged_conversation *c)
{
    for (size_t i = 0; i < c->session_count; i++)
        if (c->sessions[i].verdict == c->verdict)
            return &c->sessions[i];
    return c->session_count > 0 ? &c->sessions[0] : NULL;
}

static void list_conversation(struct grid *grid, const struct audit *audit, const struct judged_conversation *c)
{
    const struct judged_session *session = telling_session(c);
    struct phrase ends = {0}, port = {0}, what = {0}, frame = {0};
    char number[AMOUNT_TEXT], client[ADDRESS_TEXT], server[ADDRESS_TEXT];
    phrase_add(&ends, "%s -> %s", names_host(audit, c->client_host, &c->client, client),
               names_host(audit, c->server_host, &c->server, server));
    if (c->port != 0)
        phrase_add(&port, "%u/", c->port);
    phrase_add(&port, "%s", c->transport_text);
    phrase_add(&what, "%s", session != NULL ? session->why : "had not ended");
    if (c->nearest_why[0] != '\0')
        phrase_add(&what, "; nearest row: %s%s%s", c->nearest_path, c->nearest_path[0] != '\0' ? " " : "",
                   c->nearest_why);
    if (session != NULL && session->evidence.frame != 0)
        phrase_add(&frame, "%s", amount_text(session->evidence.frame, number));
    grid_cell(grid, ACCENT_PLAIN, ends.text);
    grid_cell(grid, ACCENT_PLAIN, port.text);
    grid_cell(grid, ACCENT_PLAIN, amount_text(c->flows, number));
    grid_cell(grid, ACCENT_PLAIN, frame.text);
    grid_cell(grid, ACCENT_PLAIN, what.text);
}

void explain_together(const struct text_report *report, const struct finding *f)
{
    static const struct grid_column columns[] = {{"The conversations", GRID_WRAP, 2},
                                                 {"", GRID_KEEP, 1},
                                                 {"flows", GRID_RIGHT, 1},
                                                 {"frame", GRID_RIGHT, 1},
                                                 {"what happened", GRID_WRAP, 3}};
    const struct audit *audit = report->audit;
    size_t count = 0;
    for (size_t i = 0; i < audit->conversation_count; i++)
        count += is_meant(audit, f, &audit->conversations[i]);
    if (count == 0)
        return;
    screen_blank(report->screen);
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 2);
    size_t listed = 0;
    for (size_t i = 0; i < audit->conversation_count && listed < LIST_MOST; i++)
        if (is_meant(audit, f, &audit->conversations[i])) {
            list_conversation(grid, audit, &audit->conversations[i]);
            listed++;
        }
    grid_show(grid, report->screen);
    if (count > listed) {
        struct phrase more = {0};
        phrase_add(&more, "%zu more: --only conversations --all lists them.", count - listed);
        explain_line(report, "", more.text);
    }
}

void explain_near_rows(const struct text_report *report, size_t conversation)
{
    static const struct grid_column columns[] = {{"Other rows with this port", GRID_CUT, 1},
                                                 {"from -> to", GRID_WRAP, 1},
                                                 {"why it is not this one", GRID_WRAP, 2}};
    const struct audit *audit = report->audit;
    struct near_row *rows;
    size_t count = audit_near_rows(audit, conversation, &rows);
    if (count == 0)
        return;
    screen_blank(report->screen);
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 2);
    for (size_t i = 0; i < count && i < LIST_MOST; i++) {
        const struct path *path = audit->paths[rows[i].path].path;
        struct phrase roles = {0};
        names_roles_of_path(&roles, path, SIZE_MAX);
        grid_cell(grid, ACCENT_PLAIN, path->id);
        grid_cell(grid, ACCENT_PLAIN, roles.text);
        grid_cell(grid, ACCENT_PLAIN, rows[i].why);
    }
    grid_show(grid, report->screen);
}

void explain_conflicts(const struct text_report *report, const struct finding *f)
{
    const struct audit *audit = report->audit;
    if (strcmp(f->verdict, "role-conflict") != 0)
        return;
    explain_title(report, "What hosts do beside their roles");
    for (size_t i = 0; i < audit->host_count; i++)
        for (size_t k = 0; k < audit->hosts[i].conflicts.count; k++)
            explain_line(report, k == 0 ? audit->hosts[i].name : "", audit->hosts[i].conflicts.items[k]);
}
