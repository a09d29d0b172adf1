/* text_explain: everything behind one finding: its words, its evidence, the conversation with its classes and facts,
 * the hosts and why they have their roles, the rows of the table as the reference prints them. */
#include "reports/text_explain.h"
#include "base/clock.h"
#include "reports/grid.h"
#include "reports/names.h"

#include <stdlib.h>

#define PREFIX_LEAST 4 /* characters of an id that may stand for the whole */
#define LABEL        18

void explain_title(const struct text_report *report, const char *text)
{
    screen_blank(report->screen);
    screen_put(report->screen, ACCENT_STRONG, text);
    screen_end(report->screen);
}

/* "  label         text"; nothing when there is no text. */
void explain_line(const struct text_report *report, const char *label, const char *text)
{
    if (text[0] == '\0')
        return;
    screen_to(report->screen, 2);
    screen_put(report->screen, ACCENT_QUIET, label);
    screen_to(report->screen, LABEL);
    screen_flow(report->screen, ACCENT_PLAIN, LABEL, text);
    screen_end(report->screen);
}

static void texts_line(const struct text_report *report, const char *label, const struct texts *texts)
{
    struct phrase list = {0}, joined = {0};
    names_add_texts(&list, texts);
    names_join(&joined, &list, ", ");
    explain_line(report, label, joined.text);
}

static void add_place(struct phrase *to, const struct evidence *evidence)
{
    char number[AMOUNT_TEXT];
    phrase_add(to, "%s", evidence->source);
    if (evidence->frame != 0)
        phrase_add(to, "%sframe %s", to->length > 0 ? " " : "", amount_text(evidence->frame, number));
}

static void explain_host(const struct text_report *report, const char *label, size_t host)
{
    const struct audit *audit = report->audit;
    if (host >= audit->host_count)
        return;
    const struct host *h = &audit->hosts[host];
    struct phrase addresses = {0}, text = {0};
    phrase_add(&text, "%s", h->name);
    for (size_t i = 0; i < h->address_count; i++) {
        char address[ADDRESS_TEXT];
        if (strcmp(address_text(&h->addresses[i], address), h->name) != 0)
            names_add_word(&addresses, address);
    }
    if (addresses.length > 0) {
        phrase_add(&text, " (");
        names_join(&text, &addresses, ", ");
        phrase_add(&text, ")");
    }
    phrase_add(&text, "%s", h->role_count == 0 ? ", no role known" : "");
    explain_line(report, label, text.text);
    for (size_t i = 0; i < h->role_count; i++) {
        struct phrase role = {0}, why = {0}, joined = {0};
        names_add_texts(&why, &h->roles[i].evidence);
        names_join(&joined, &why, "; ");
        phrase_add(&role, "%s, %s", h->roles[i].role, h->roles[i].inferred ? "inferred" : "declared");
        phrase_add(&role, "%s%s", joined.length > 0 ? ": " : "", joined.text);
        explain_line(report, "", role.text);
    }
}

/* A cell of the reference, when it says anything. */
static void cell_line(const struct text_report *report, const char *label, const char *cell)
{
    explain_line(report, label, strcmp(cell, "-") == 0 ? "" : cell);
}

/* The parts of a row that the conversation belongs to; a row of one part needs no word. */
static void explain_parts(const struct text_report *report, size_t judged, const struct judged_conversation *c)
{
    const struct path *path = report->audit->paths[judged].path;
    for (size_t i = 0; c != NULL && i < c->owner_count; i++) {
        struct phrase ports = {0}, text = {0};
        if (c->owners[i].path != judged || c->owners[i].part >= path->part_count || path->part_count == 1)
            continue;
        const struct part *part = &path->parts[c->owners[i].part];
        names_add_ports(&ports, part->ports, part->port_count);
        names_join(&text, &ports, ", ");
        phrase_add(&text, "%s%s", part->protocol[0] != '\0' ? " " : "", part->protocol);
        explain_line(report, "this part", text.text);
    }
}

/* `c`: the conversation in question, or NULL. */
static void explain_row(const struct text_report *report, size_t index, const struct judged_conversation *c)
{
    const struct judged_path *judged = &report->audit->paths[index];
    const struct path *path = judged->path;
    struct phrase head = {0}, roles = {0}, required = {0};
    explain_title(report, "The row of the table");
    phrase_add(&head, "%s (%s)", path->name, path->id);
    explain_line(report, "path", head.text);
    explain_line(report, "table", judged->table->title[0] != '\0' ? judged->table->title : judged->table->name);
    explain_line(report, "", path->section);
    explain_line(report, "source", judged->table->source);
    names_roles_of_path(&roles, path, SIZE_MAX);
    explain_line(report, "from -> to", roles.text);
    cell_line(report, "ports", path->cells.ports);
    cell_line(report, "default auth", path->cells.default_authentication);
    cell_line(report, "supported auth", path->cells.supported_authentication);
    cell_line(report, "encryption", path->cells.encryption);
    cell_line(report, "by default", path->cells.encrypted_by_default);
    explain_parts(report, index, c);
    phrase_add(&required, "%s", names_requirement(judged->required));
    phrase_add(&required, "%s%s", path->trigger[0] != '\0' ? ", trigger: " : "", path->trigger);
    explain_line(report, "required", required.text);
    explain_line(report, "note", path->note);
    explain_line(report, "verdict", path_verdict_name(judged->verdict));
    explain_line(report, "because", judged->reason);
}

static void explain_pairs(const struct text_report *report, const struct judged_path *path)
{
    static const struct grid_column columns[] = {
        {"Pairs of hosts", GRID_KEEP, 1}, {"", GRID_CUT, 1}, {"reason", GRID_WRAP, 1}};
    if (path->pair_count == 0)
        return;
    screen_blank(report->screen);
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 2);
    for (size_t i = 0; i < path->pair_count; i++) {
        struct phrase pair = {0};
        phrase_add(&pair, "%s -> %s", names_of_host(report->audit, path->pairs[i].client_host),
                   names_of_host(report->audit, path->pairs[i].server_host));
        grid_cell(grid, text_path_accent(path->pairs[i].verdict), path_verdict_name(path->pairs[i].verdict));
        grid_cell(grid, ACCENT_PLAIN, pair.text);
        grid_cell(grid, ACCENT_PLAIN, path->pairs[i].reason);
    }
    text_note_left_out(grid, path);
    grid_show(grid, report->screen);
}

static void joined_cell(struct grid *grid, const struct phrase *list)
{
    struct phrase text = {0};
    names_join(&text, list, ", ");
    grid_cell(grid, ACCENT_PLAIN, text.text);
}

static void explain_sessions(const struct text_report *report, const struct judged_conversation *c)
{
    static const struct grid_column columns[] = {
        {"What happened, class by class", GRID_KEEP, 1},
        {"", GRID_KEEP, 1},
        {"flows", GRID_RIGHT, 1},
        {"seen as", GRID_WRAP, 1},
        {"checks", GRID_WRAP, 1},
        {"first", GRID_KEEP, 1},
    };
    screen_blank(report->screen);
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 2);
    for (size_t i = 0; i < c->session_count; i++) {
        const struct judged_session *s = &c->sessions[i];
        struct phrase seen = {0}, checks = {0}, check = {0}, place = {0};
        char number[AMOUNT_TEXT], time[CLOCK_TEXT];
        names_add_word(&seen, s->encryption);
        names_add_word(&seen, s->protection);
        names_add_word(&seen, s->authentication);
        if (s->encryption_check != ENCRYPTION_NOT_CHECKED) {
            phrase_add(&check, "encryption %s", encryption_check_name(s->encryption_check));
            names_add_word(&checks, check.text);
        }
        if (s->authentication_check != AUTHENTICATION_NOT_CHECKED) {
            check = (struct phrase){0};
            phrase_add(&check, "authentication %s", authentication_check_name(s->authentication_check));
            names_add_word(&checks, check.text);
        }
        grid_cell(grid, text_verdict_accent(s->verdict), verdict_name(s->verdict));
        grid_cell(grid, ACCENT_PLAIN, disposition_name(s->disposition));
        grid_cell(grid, ACCENT_PLAIN, amount_text(s->flows, number));
        joined_cell(grid, &seen);
        joined_cell(grid, &checks);
        grid_cell(grid, ACCENT_PLAIN,
                  s->first_ns != 0 ? clock_within(s->first_ns, report->audit->first_ns, report->audit->last_ns, time)
                                   : "");
        add_place(&place, &s->evidence);
        phrase_add(&place, "%s%s", s->why[0] != '\0' ? ": " : "", s->why);
        grid_note(grid, ACCENT_PLAIN, 1, place.text);
    }
    grid_show(grid, report->screen);
}

/* A fact's value; behind "uuid/major.minor" the name of the interface, where it has one. */
static void add_value(const struct text_report *report, struct phrase *to, const char *value)
{
    char text[UUID_TEXT];
    struct uuid uuid;
    const struct interface *found = NULL;
    snprintf(text, sizeof text, "%s", value);
    if (report->options->interfaces != NULL && uuid_parse(text, &uuid) && value[UUID_TEXT - 1] == '/') {
        unsigned long major = strtoul(value + UUID_TEXT, NULL, 10);
        if (major <= UINT16_MAX)
            found = interfaces_find(report->options->interfaces, &uuid, (uint16_t)major);
    }
    phrase_add(to, "%s", value);
    if (found != NULL)
        phrase_add(to, " %s", found->name);
}

static void explain_facts(const struct text_report *report, const struct judged_conversation *c)
{
    static const struct grid_column columns[] = {
        {"What was read", GRID_KEEP, 1}, {"", GRID_WRAP, 1}, {"flows", GRID_RIGHT, 1}, {"first", GRID_CUT, 1}};
    if (c->fact_count == 0)
        return;
    screen_blank(report->screen);
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 2);
    for (size_t i = 0; i < c->fact_count; i++) {
        struct phrase place = {0}, value = {0};
        char number[AMOUNT_TEXT];
        phrase_add(&place, "frame %s", amount_text(c->facts[i].evidence.frame, number));
        phrase_add(&place, " %s", c->facts[i].evidence.source); /* the end may be cut, the number may not */
        add_value(report, &value, c->facts[i].value);
        bool again = i > 0 && strcmp(c->facts[i].key, c->facts[i - 1].key) == 0;
        grid_cell(grid, ACCENT_PLAIN, again ? "" : c->facts[i].key);
        grid_cell(grid, ACCENT_PLAIN, value.text);
        grid_cell(grid, ACCENT_PLAIN, amount_text(c->facts[i].flows, number));
        grid_cell(grid, ACCENT_PLAIN, place.text);
    }
    grid_show(grid, report->screen);
}

/* How a conversation came to its row, in words. */
static void add_match(struct phrase *to, const struct judged_conversation *c)
{
    static const char *const how[MATCH_COUNT] = {
        [MATCH_ROW] = "a fixed port of the row, and the roles agree",
        [MATCH_DYNAMIC] = "a dynamic port",
        [MATCH_AMBIGUOUS] = "several rows could own it, and the wire cannot tell them apart",
        [MATCH_NO_ROW] = "no row fits",
        [MATCH_UNKNOWN_ROLE] = "one end has no role",
        [MATCH_OUT_OF_SCOPE] = "neither end is in the scope of the site",
    };
    static const char *const grades[] = {
        "this server gave this port to this client",
        "this server gave this port to another client, or listed it",
        "the bind on the connection, the server's secondary address or the site file names the interface",
        "only because it lies in the declared dynamic range",
    };
    phrase_add(to, "%s", how[c->match]);
    if (c->grade >= 'A' && c->grade <= 'D')
        phrase_add(to, "; grade %c: %s", c->grade, grades[c->grade - 'A']);
    if (c->probable)
        phrase_add(to, " (only probable)");
}

static void explain_conversation(const struct text_report *report, const struct judged_conversation *c,
                                 const char *heading)
{
    char first[CLOCK_TEXT], last[CLOCK_TEXT], to_server[AMOUNT_TEXT], to_client[AMOUNT_TEXT];
    struct phrase service = {0}, services = {0}, match = {0}, amount = {0}, nearest = {0};
    explain_title(report, heading);
    explain_host(report, "client", c->client_host);
    explain_host(report, "server", c->server_host);
    if (c->port != 0)
        phrase_add(&service, "%u/", c->port);
    phrase_add(&service, "%s%s%s", c->transport_text, c->protocol[0] != '\0' ? " " : "", c->protocol);
    phrase_add(&service, ", client and server told apart by %s", decided_by_name(c->decided_by));
    explain_line(report, "port", service.text);
    explain_line(report, "tunnel", c->tunnel);
    explain_line(report, "nDPI says", c->second_opinion);
    names_add_texts(&services, &c->services);
    struct phrase joined = {0};
    names_join(&joined, &services, ", ");
    explain_line(report, "services", joined.text);
    phrase_count(&amount, c->flows, "flow", "flows");
    phrase_add(&amount, ", %s to the server, %s to the client", amount_bytes(c->bytes_to_server, to_server),
               amount_bytes(c->bytes_to_client, to_client));
    if (c->missing_bytes > 0)
        phrase_add(&amount, ", %s not captured", amount_bytes(c->missing_bytes, to_server));
    explain_line(report, "amount", amount.text);
    if (c->first_ns != 0) {
        struct phrase when = {0};
        phrase_add(&when, "%s - %s UTC", clock_day_and_time(c->first_ns, first), clock_day_and_time(c->last_ns, last));
        explain_line(report, "when", when.text);
    }
    add_match(&match, c);
    explain_line(report, "match", match.text);
    explain_line(report, "verdict", verdict_name(c->verdict));
    phrase_add(&nearest, "%s%s%s", c->nearest_path, c->nearest_path[0] != '\0' && c->nearest_why[0] != '\0' ? ": " : "",
               c->nearest_why);
    explain_line(report, "nearest row", nearest.text);
    texts_line(report, "allowed by", &c->allowed_by);
    explain_sessions(report, c);
    explain_facts(report, c);
}

/* Each row the conversation belongs to, once; not the one of the finding, which comes last. */
static void explain_owners(const struct text_report *report, const struct judged_conversation *c, size_t but)
{
    for (size_t i = 0; i < c->owner_count; i++) {
        size_t path = c->owners[i].path;
        bool again = path == but || path >= report->audit->path_count;
        for (size_t k = 0; k < i; k++)
            again = again || c->owners[k].path == path;
        if (!again)
            explain_row(report, path, c);
    }
}

static void explain_finding(const struct text_report *report, const struct finding *f)
{
    struct screen *screen = report->screen;
    const struct audit *audit = report->audit;
    screen_put(screen, ACCENT_STRONG, "Finding ");
    screen_put(screen, ACCENT_STRONG, f->id);
    screen_end(screen);
    screen_to(screen, 2);
    screen_put(screen, text_severity_accent(f->severity), text_severity_word(f->severity));
    screen_to(screen, LABEL);
    screen_flow(screen, ACCENT_STRONG, LABEL, f->subject);
    screen_end(screen);
    explain_line(report, "verdict", f->verdict);
    explain_line(report, "why", f->explain);
    explain_line(report, "do", f->advice);
    explain_line(report, "excepted", f->excepted);
    for (size_t i = 0; i < f->evidence_count; i++) {
        struct phrase place = {0};
        add_place(&place, &f->evidence[i]);
        explain_line(report, i == 0 ? "evidence" : "", place.text);
    }
    const struct judged_conversation *c = NULL;
    if (f->conversation < audit->conversation_count) {
        c = &audit->conversations[f->conversation];
        explain_together(report, f);
        explain_conversation(report, c, f->together > 1 ? "The first of them" : "The conversation");
        explain_near_rows(report, f->conversation);
        explain_owners(report, c, f->path);
    } else {
        explain_together(report, f);
        explain_conflicts(report, f);
    }
    if (f->path < audit->path_count) {
        explain_row(report, f->path, c);
        explain_pairs(report, &audit->paths[f->path]);
    }
    screen_blank(screen);
    text_limits(report);
}

void text_explain(const struct text_report *report, const char *id)
{
    const struct audit *audit = report->audit;
    const struct finding *found = NULL;
    size_t matches = 0, length = strlen(id);
    for (size_t i = 0; i < audit->finding_count; i++) {
        const struct finding *finding = &audit->findings[i];
        if (strcmp(finding->id, id) == 0 || (length >= PREFIX_LEAST && strncmp(finding->id, id, length) == 0)) {
            found = finding;
            matches++;
        }
    }
    if (length < PREFIX_LEAST && strspn(id, "0123456789") == length) { /* too short for an id: a number on the screen */
        found = text_findings_numbered(report, strtoul(id, NULL, 10));
        matches = found != NULL;
    }
    if (matches == 1) {
        explain_finding(report, found);
    } else {
        struct phrase none = {0};
        phrase_add(&none, "%s finding of this audit has the id %s", matches > 1 ? "More than one" : "No", id);
        phrase_add(&none, "%s; --only findings --all lists them with their ids.", matches > 1 ? "..." : "");
        screen_flow(report->screen, ACCENT_STRONG, 0, none.text);
        screen_end(report->screen);
    }
}
