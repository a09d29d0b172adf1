/* text_head: the first lines. Which capture, when, how much of it was seen, by which table and site; then the verdict
 * with its counts. */
#include "audit/paths.h"
#include "base/clock.h"
#include "reports/names.h"
#include "reports/text_sections.h"

#include <inttypes.h>
#include <string.h>

#define INDENT        11 /* under "pathaudit  " */
#define GAP           3
#define SOURCES_MOST  3
#define BLOCKED_NAMED 3

static bool source_came_before(const struct audit *audit, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (audit->coverages[k].source == audit->coverages[i].source)
            return true;
    return false;
}

static void head_sources(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase names = {0};
    size_t sources = 0;
    for (size_t i = 0; i < audit->coverage_count; i++) {
        const char *name = observations_text(audit->store, audit->coverages[i].source);
        if (name[0] == '\0' || source_came_before(audit, i))
            continue;
        if (sources++ < SOURCES_MOST)
            phrase_add(&names, "%s%s", names.length > 0 ? ", " : "", name);
    }
    if (sources > SOURCES_MOST)
        phrase_add(&names, " and %zu more", sources - SOURCES_MOST);
    if (sources == 0)
        phrase_add(&names, "no source");
    screen_put(report->screen, ACCENT_STRONG, "pathaudit");
    screen_to(report->screen, INDENT);
    screen_flow(report->screen, ACCENT_PLAIN, INDENT, names.text);
}

static void item(const struct text_report *report, const char *text)
{
    screen_item(report->screen, ACCENT_PLAIN, GAP, INDENT, text);
}

static void head_window(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    char first[CLOCK_TEXT], last[CLOCK_TEXT], length[AMOUNT_TEXT];
    if (audit->first_ns == 0)
        return;
    clock_day_and_time(audit->first_ns, first);
    clock_day_and_time(audit->last_ns, last);
    bool same_day = strncmp(first, last, 10) == 0;
    struct phrase window = {0}, lasted = {0};
    phrase_add(&window, "%s - %s UTC", first, same_day ? clock_of_day(audit->last_ns, last) : last);
    phrase_add(&lasted, "%s", amount_time(clock_since(audit->last_ns, audit->first_ns), length));
    item(report, window.text);
    item(report, lasted.text);
}

static void head_packets(const struct text_report *report)
{
    struct text_totals totals = text_totals_of(report->audit);
    char number[AMOUNT_TEXT];
    struct phrase packets = {0}, dropped = {0}, duplicates = {0}, routed = {0};
    if (totals.packets == 0) {
        item(report, "no packets");
        return;
    }
    phrase_count(&packets, totals.packets, "packet", "packets");
    phrase_add(&dropped, "%s dropped", amount_text(totals.dropped, number));
    item(report, packets.text);
    item(report, dropped.text);
    if (totals.duplicates > 0) {
        phrase_add(&duplicates, "%s duplicates removed", amount_share(totals.duplicates, totals.packets, number));
        item(report, duplicates.text);
    }
    if (totals.duplicates_routed > 0) {
        phrase_add(&routed, "%s of them seen on both sides of a router", amount_text(totals.duplicates_routed, number));
        item(report, routed.text);
    }
}

static void head_anonymized(const struct text_report *report)
{
    const char *key = report->options->anonymized;
    if (key != NULL && key[0] != '\0')
        item(report, "addresses and names are replaced (--anonymize)");
}

static void head_tables(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase tables = {0};
    if (audit->table_count == 0) {
        item(report, "no table");
        return;
    }
    phrase_add(&tables, audit->table_count == 1 ? "table " : "tables ");
    for (size_t i = 0; i < audit->table_count; i++)
        phrase_add(&tables, "%s%s", i > 0 ? ", " : "", audit->tables[i]->name);
    item(report, tables.text);
    if (audit->table_reason[0] != '\0') {
        struct phrase reason = {0};
        phrase_add(&reason, "(chosen: it %s; -t names another)", audit->table_reason);
        item(report, reason.text);
    }
}

/* How many hosts have an inferred role, and how many different roles were declared. */
static void count_roles(const struct audit *audit, size_t *inferring_hosts, struct phrase *declared)
{
    for (size_t i = 0; i < audit->host_count; i++) {
        bool inferred = false;
        for (size_t k = 0; k < audit->hosts[i].role_count; k++) {
            const struct host_role *role = &audit->hosts[i].roles[k];
            inferred = inferred || role->inferred;
            if (!role->inferred)
                names_add_word(declared, role->role);
        }
        *inferring_hosts += inferred;
    }
}

static size_t items_in(const struct phrase *list)
{
    size_t n = list->omitted + (list->length > 0);
    for (const char *c = list->text; *c != '\0'; c++)
        n += *c == PHRASE_BREAK;
    return n;
}

static void head_site(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase declared = {0}, site = {0};
    size_t inferring_hosts = 0;
    count_roles(audit, &inferring_hosts, &declared);
    if (audit->site == NULL) {
        phrase_add(&site, "no site file");
    } else {
        phrase_add(&site, "site %s (", audit->site->name[0] != '\0' ? audit->site->name : audit->site->file);
        phrase_count(&site, audit->site->host_count, "host", "hosts");
        phrase_add(&site, " and ");
        phrase_count(&site, items_in(&declared), "role", "roles");
        phrase_add(&site, " declared)");
    }
    if (inferring_hosts > 0) {
        phrase_add(&site, ", roles inferred for ");
        phrase_count(&site, inferring_hosts, "host", "hosts");
    }
    item(report, site.text);
}

void text_head(const struct text_report *report)
{
    head_sources(report);
    head_packets(report);
    screen_end(report->screen);
    head_window(report);
    screen_end(report->screen);
    head_tables(report);
    head_site(report);
    head_anonymized(report);
    screen_blank(report->screen);
}

/* "12 blocked" of a list that goes on with a comma when there is more. */
static void count_item(const struct text_report *report, unsigned indent, enum accent accent, uint64_t n,
                       const char *word, bool more)
{
    struct phrase one = {0};
    char number[AMOUNT_TEXT];
    phrase_add(&one, "%s %s%s", amount_text(n, number), word, more ? "," : "");
    screen_item(report->screen, accent, 1, indent, one.text);
}

/* "214 conversations:" and every verdict that occurs, worst first. */
static void verdict_conversations(const struct text_report *report, unsigned indent)
{
    const struct audit *audit = report->audit;
    struct phrase head = {0};
    size_t left = 0;
    if (audit->conversation_count == 0)
        phrase_add(&head, "no conversations");
    else
        phrase_count(&head, audit->conversation_count, "conversation", "conversations");
    if (audit->scan_count > 0) {
        phrase_add(&head, " and ");
        phrase_count(&head, audit->scan_count, "scan", "scans");
    }
    if (audit->conversation_count > 0)
        phrase_add(&head, ":");
    screen_to(report->screen, indent);
    screen_put(report->screen, ACCENT_PLAIN, head.text);
    for (size_t v = 0; v < VERDICT_COUNT; v++)
        left += audit->conversation_counts[v] > 0;
    for (size_t v = 0; v < VERDICT_COUNT; v++)
        if (audit->conversation_counts[v] > 0)
            count_item(report, indent, text_verdict_accent((enum verdict)v), audit->conversation_counts[v],
                       verdict_name((enum verdict)v), --left > 0);
    screen_end(report->screen);
}

/* What neither a row nor a conversation shows: promises of ports that nobody kept, failures with one cause. */
static size_t broken_chains(const struct audit *audit)
{
    size_t count = 0;
    for (size_t i = 0; i < audit->finding_count; i++)
        count += strcmp(audit->findings[i].verdict, "broken-chain") == 0 && audit->findings[i].excepted[0] == '\0' &&
                 audit->findings[i].severity != SEVERITY_INFO;
    return count;
}

/* "38 of 55 paths seen, 31 as expected;" and every verdict that is worse. */
static void verdict_paths(const struct text_report *report, unsigned indent)
{
    const struct audit *audit = report->audit;
    size_t seen = 0, good = 0, probable = 0, unseen = 0, left = 0;
    for (size_t i = 0; i < audit->path_count; i++) {
        const struct judged_path *path = &audit->paths[i];
        bool verified = path->verdict == PATH_SATISFIED && path->verified;
        seen += path->conversations > 0;
        good += verified;
        probable += verified && path->probable;
        unseen += path->verdict == PATH_NOT_EXERCISED && path->required == REQUIRED_YES;
    }
    size_t unverified = audit->path_counts[PATH_SATISFIED] - good;
    size_t chains = broken_chains(audit);
    for (size_t v = 0; v < PATH_SATISFIED; v++)
        left += audit->path_counts[v] > 0;
    left += chains > 0;
    struct phrase head = {0};
    phrase_add(&head, "%zu of %zu paths seen, %zu as expected", seen, audit->path_count, good);
    if (probable > 0)
        phrase_add(&head, " (%zu only probably)", probable);
    if (unverified > 0)
        phrase_add(&head, ", %zu not verified", unverified);
    phrase_add(&head, "%s", left > 0 ? ";" : "");
    screen_flow(report->screen, ACCENT_PLAIN, indent, head.text);
    for (size_t v = 0; v < PATH_SATISFIED; v++)
        if (audit->path_counts[v] > 0)
            count_item(report, indent, text_path_accent((enum path_verdict)v), audit->path_counts[v],
                       path_verdict_name((enum path_verdict)v), --left > 0);
    if (chains > 0)
        count_item(report, indent, ACCENT_BAD, chains, chains == 1 ? "broken chain" : "broken chains", false);
    screen_end(report->screen);
    if (unseen > 0) {
        struct phrase never = {0};
        phrase_count(&never, unseen, "required path was", "required paths were");
        phrase_add(&never, " never attempted: nothing is known of %s", unseen == 1 ? "it" : "them");
        screen_to(report->screen, indent);
        screen_flow(report->screen, ACCENT_DOUBT, indent, never.text);
        screen_end(report->screen);
    }
}

static void no_verdict(const struct text_report *report, const char *word, const char *why)
{
    const unsigned indent = 2 + (unsigned)strlen(word) + GAP;
    screen_put(report->screen, ACCENT_DOUBT, word);
    screen_to(report->screen, indent);
    screen_flow(report->screen, ACCENT_PLAIN, indent, why);
    screen_blank(report->screen);
}

/* Without it, numbers of what deviates would stand beside CONFORMS and nobody say why. */
static void verdict_exceptions(const struct text_report *report, unsigned indent)
{
    size_t excepted = 0;
    for (size_t i = 0; i < report->audit->finding_count; i++)
        excepted += report->audit->findings[i].excepted[0] != '\0';
    if (excepted == 0)
        return;
    struct phrase exceptions = {0};
    phrase_count(&exceptions, excepted, "finding is", "findings are");
    phrase_add(&exceptions, " excepted by the site file and %s not count", excepted == 1 ? "does" : "do");
    screen_to(report->screen, indent);
    screen_flow(report->screen, ACCENT_DOUBT, indent, exceptions.text);
    screen_end(report->screen);
}

/* "blocked: cas -> dc:49154/tcp (samr)": what findings say of it, the first few of them. */
static void verdict_blocked(const struct text_report *report, unsigned indent)
{
    const struct audit *audit = report->audit;
    struct phrase blocked = {0};
    size_t count = 0;
    for (size_t i = 0; i < audit->finding_count; i++) {
        const struct finding *finding = &audit->findings[i];
        if (finding->conversation >= audit->conversation_count || finding->excepted[0] != '\0')
            continue;
        const struct judged_conversation *c = &audit->conversations[finding->conversation];
        char client[ADDRESS_TEXT], server[ADDRESS_TEXT];
        if (c->verdict != VERDICT_BLOCKED || path_forbids(audit, c) || count++ >= BLOCKED_NAMED)
            continue; /* what must not happen is well blocked */
        phrase_add(&blocked, "%s%s -> %s:%u/%s",
                   count > 1 ? ", " : "blocked: ", names_host(audit, c->client_host, &c->client, client),
                   names_host(audit, c->server_host, &c->server, server), c->port, c->transport_text);
        if (c->services.count > 0)
            phrase_add(&blocked, " (%s)", c->services.items[0]);
    }
    if (count > BLOCKED_NAMED)
        phrase_add(&blocked, " and %zu more", count - BLOCKED_NAMED);
    if (count == 0)
        return;
    screen_to(report->screen, indent);
    screen_flow(report->screen, ACCENT_BAD, indent, blocked.text);
    screen_end(report->screen);
}

/* "weakest server: cas, 2 high, 1 medium: passwords in clear on 80/tcp; ..." */
static void verdict_weakest(const struct text_report *report, unsigned indent)
{
    const struct weak_server *server = report->audit->weak_servers;
    struct phrase weakest = {0};
    if (report->audit->weak_server_count == 0 || server->weak_conversations == 0)
        return;
    phrase_add(&weakest, "weakest server: %s (", report->audit->hosts[server->host].name);
    for (size_t s = 0, told = 0; s < SEVERITY_INFO; s++)
        if (server->severities[s] > 0)
            phrase_add(&weakest, "%s%" PRIu64 " %s", told++ > 0 ? ", " : "", server->severities[s],
                       severity_name((enum severity)s));
    phrase_add(&weakest, "): %s", server->reasons);
    screen_to(report->screen, indent);
    screen_flow(report->screen, ACCENT_WEAK, indent, weakest.text);
    screen_end(report->screen);
}

void text_verdict(const struct text_report *report)
{
    static const struct {
        const char *word;
        enum accent accent;
    } conclusions[] = {
        [CONCLUSION_CONFORMS] = {"CONFORMS", ACCENT_GOOD},
        [CONCLUSION_FINDINGS] = {"NOT CONFORMING", ACCENT_BAD},
        [CONCLUSION_UNDETERMINED] = {"UNDETERMINED", ACCENT_DOUBT},
    };
    const struct audit *audit = report->audit;
    screen_to(report->screen, 2);
    if (!text_has_seen(audit)) {
        no_verdict(report, "NOTHING SEEN",
                   "not one packet came. Is it the right file, interface, sensor or time, does the filter fit? Is the "
                   "interface up, and does the mirror port (SPAN) or tap send to it?");
        return;
    }
    if (!text_is_judged(audit)) {
        no_verdict(report, "NOT JUDGED",
                   "no table says which paths are expected: name one with -t (pathaudit tables list)");
        return;
    }
    if (audit->conversation_counts[VERDICT_OUT_OF_SCOPE] == audit->conversation_count && audit->scan_count == 0) {
        struct phrase why = {0};
        if (audit->conversation_count == 0)
            phrase_add(&why, "packets were read, and no IP conversation among them");
        else
            phrase_count(&why, audit->conversation_count, "conversation seen, none", "conversations seen, none");
        if (audit->conversation_count > 0)
            phrase_add(&why, " with an end in the scope of the site file");
        no_verdict(report, "NOTHING IN SCOPE", why.text);
        return;
    }
    const char *word = conclusions[audit->conclusion].word;
    const unsigned indent = 2 + (unsigned)strlen(word) + GAP;
    screen_put(report->screen, conclusions[audit->conclusion].accent, word);
    screen_to(report->screen, indent);
    verdict_paths(report, indent);
    verdict_conversations(report, indent);
    verdict_blocked(report, indent);
    verdict_weakest(report, indent);
    /* Nothing that the rows ask for, and yet nobody may read it as a word on all that was seen. */
    if (audit->conclusion == CONCLUSION_CONFORMS && audit->conversation_counts[VERDICT_UNDETERMINED] > 0) {
        screen_to(report->screen, indent);
        screen_flow(report->screen, ACCENT_DOUBT, indent,
                    "this holds for what could be judged: of the undetermined ones nothing is known");
        screen_end(report->screen);
    }
    verdict_exceptions(report, indent);
    screen_blank(report->screen);
}
