/* text_limits: what could not be seen, so that silence is not taken for a good sign. One sentence a limit, with what
 * it means for the verdicts. */
#include "audit/opinion.h"

#include "base/clock.h"
#include "reports/names.h"
#include "reports/text_sections.h"

#include <stdlib.h>

#define EXAMPLES_MOST 3
#define REQUIRED_MOST 5 /* paths named */

static void say(const struct text_report *report, const struct phrase *sentence)
{
    screen_to(report->screen, 2);
    screen_flow(report->screen, ACCENT_PLAIN, 2, sentence->text);
    screen_end(report->screen);
}

static size_t window(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase s = {0};
    char length[AMOUNT_TEXT], all[AMOUNT_TEXT];
    int64_t window_ns = clock_since(audit->last_ns, audit->first_ns), watched_ns = audit_watched_ns(audit);
    phrase_add(&s, "The capture covers %s", amount_time(watched_ns, length));
    if (watched_ns < window_ns / 100 * 99) /* captures follow each other without a pause worth a word */
        phrase_add(&s, " of the %s between its first and last packet: nothing was captured in the pauses",
                   amount_time(window_ns, all));
    if (audit->path_counts[PATH_NOT_EXERCISED] > 0) {
        phrase_add(&s, "; ");
        phrase_count(&s, audit->path_counts[PATH_NOT_EXERCISED], "path was", "paths were");
        phrase_add(&s, " not exercised in that time");
    }
    phrase_add(&s, ".");
    say(report, &s);
    return 0; /* always said, and no limit by itself */
}

/* What must be there and was never tried: not wrong by that, but nothing is known of it. */
static size_t never_attempted(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase s = {0}, names = {0};
    size_t count = 0, named = 0;
    for (size_t i = 0; i < audit->path_count; i++) {
        const struct judged_path *path = &audit->paths[i];
        struct phrase name = {0};
        if (path->required != REQUIRED_YES || path->verdict != PATH_NOT_EXERCISED)
            continue;
        count++;
        if (path->path->from.count == 0 || named == REQUIRED_MOST)
            continue;
        phrase_add(&name, "%s (from %s)", path->path->name, path->path->from.items[0]);
        names_add_word(&names, name.text);
        named++;
    }
    if (count == 0)
        return 0;
    phrase_count(&s, count, "required path was", "required paths were");
    phrase_add(&s, " never attempted: ");
    names_join(&s, &names, ", ");
    if (count > named)
        phrase_add(&s, " and %zu more", count - named);
    phrase_add(&s, ". Nothing is known of %s; a longer capture may show %s.", count == 1 ? "it" : "them",
               count == 1 ? "it" : "them");
    say(report, &s);
    return 1;
}

static bool has_one_way_flow(const struct judged_conversation *c)
{
    for (size_t i = 0; i < c->session_count; i++)
        if (c->sessions[i].disposition == DISPOSITION_ONE_WAY)
            return true;
    return false;
}

/* Was anything else between the two seen both ways? */
static bool is_exception(const struct audit *audit, const struct judged_conversation *one)
{
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *c = &audit->conversations[i];
        bool same = (c->client_host == one->client_host && c->server_host == one->server_host) ||
                    (c->client_host == one->server_host && c->server_host == one->client_host);
        if (same && c->packets_to_server > 0 && c->packets_to_client > 0)
            return true;
    }
    return false;
}

static size_t one_way(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase s = {0}, examples = {0};
    if (audit->one_way_conversations == 0)
        return 0;
    size_t named = 0;
    bool exceptions = true;
    for (size_t i = 0; i < audit->conversation_count && named < EXAMPLES_MOST; i++) {
        const struct judged_conversation *c = &audit->conversations[i];
        char client[ADDRESS_TEXT], server[ADDRESS_TEXT];
        struct phrase pair = {0};
        if (!has_one_way_flow(c))
            continue;
        phrase_add(&pair, "%s -> %s", names_host(audit, c->client_host, &c->client, client),
                   names_host(audit, c->server_host, &c->server, server));
        size_t before = examples.length;
        names_add_word(&examples, pair.text);
        named += examples.length > before;
        exceptions = exceptions && is_exception(audit, c);
    }
    phrase_count(&s, audit->one_way_conversations, "conversation was", "conversations were");
    phrase_add(&s, " seen in one direction only");
    if (examples.length > 0) {
        phrase_add(&s, " (");
        names_join(&s, &examples, ", ");
        phrase_add(&s, "%s)", audit->one_way_conversations > named ? " ..." : "");
    }
    phrase_add(&s, ": whether it worked cannot be told. %s",
               exceptions && named > 0
                   ? "Other traffic of these hosts was seen both ways: packets were lost, or took another way."
                   : "Does the capture point see both directions?");
    say(report, &s);
    return 1;
}

static size_t losses(const struct text_report *report)
{
    struct text_totals t = text_totals_of(report->audit);
    char share[AMOUNT_TEXT], amount[AMOUNT_TEXT];
    struct phrase dropped = {0}, missing = {0}, fragments = {0};
    if (t.dropped > 0) {
        phrase_count(&dropped, t.dropped, "packet was", "packets were");
        phrase_add(&dropped, " dropped while capturing (%s of all): what was in them is not in this report.",
                   amount_share(t.dropped, t.dropped + t.packets, share));
        say(report, &dropped);
    }
    if (t.missing_bytes > 0) {
        phrase_add(&missing, "%s of data was sent and not captured: connections have gaps, or packets were cut.",
                   amount_bytes(t.missing_bytes, amount));
        say(report, &missing);
    }
    if (t.fragments_lost > 0) {
        phrase_count(&fragments, t.fragments_lost, "IP fragment", "IP fragments");
        phrase_add(&fragments, " stayed without the rest of the packet and could not be read.");
        say(report, &fragments);
    }
    return (t.dropped > 0) + (t.missing_bytes > 0) + (t.fragments_lost > 0);
}

/* Sources that gave nothing while others did: nobody would miss them by the totals. */
static size_t silent_sources(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    size_t said = 0;
    for (size_t i = 0; i < audit->coverage_count; i++) {
        const struct coverage *row = &audit->coverages[i];
        struct phrase silent = {0};
        uint64_t packets = 0;
        for (size_t k = 0; k < audit->coverage_count; k++)
            if (audit->coverages[k].source == row->source)
                packets += audit->coverages[k].packets;
        if (packets > 0 || row->source == 0)
            continue;
        phrase_add(
            &silent,
            "Not one packet came from %s: is it the right one, does the filter fit? Of an interface: is it up, and "
            "does the mirror port or tap send to it?",
            observations_text(audit->store, row->source));
        say(report, &silent);
        said++;
    }
    return said;
}

static size_t cut_captures(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct text_totals t = text_totals_of(audit);
    struct phrase frames = {0}, undecoded = {0};
    size_t said = 0;
    for (size_t i = 0; i < audit->coverage_count; i++) {
        struct phrase cut = {0};
        if (audit->coverages[i].truncated == 0)
            continue;
        phrase_add(&cut, "%s ends in the middle of a packet: it was read up to there.",
                   observations_text(audit->store, audit->coverages[i].source));
        say(report, &cut);
        said++;
    }
    if (t.truncated_frames > 0) {
        phrase_count(&frames, t.truncated_frames, "packet was", "packets were");
        phrase_add(&frames, " captured shorter than sent; content beyond the cut is unknown (snap length?).");
        say(report, &frames);
    }
    if (t.undecoded > 0) {
        phrase_count(&undecoded, t.undecoded, "frame was", "frames were");
        phrase_add(&undecoded, " not IP (ARP and the like), or damaged.");
        say(report, &undecoded);
    }
    return said + (t.truncated_frames > 0) + (t.undecoded > 0);
}

/* No limit, but whoever knows nDPI's word for it should see that it was weighed. */
static size_t opinions(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase s = {0}, examples = {0};
    size_t count = 0;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *c = &audit->conversations[i];
        struct phrase pair = {0};
        if (!opinion_differs(c->protocol, c->second_opinion))
            continue;
        phrase_add(&pair, "%s for %s", c->second_opinion, c->protocol);
        if (count++ < EXAMPLES_MOST)
            names_add_word(&examples, pair.text);
    }
    if (count == 0)
        return 0;
    phrase_add(&s, "nDPI has another name for ");
    phrase_count(&s, count, "conversation", "conversations");
    phrase_add(&s, " (");
    names_join(&s, &examples, ", ");
    phrase_add(&s, "): what was read decides.");
    say(report, &s);
    return 1;
}

/* The ports of it at which a row expects the client. True when there may be more: not all are known, or not who it is.
 */
static bool add_expected_ports(struct phrase *ports, const struct audit *audit, const struct judged_scan *scan)
{
    struct phrase port = {0};
    for (size_t i = 0; i < scan->known_count; i++) {
        port.length = 0;
        phrase_add(&port, "%u/%s", scan->known[i].port, scan->transport_text);
        if (scan->known[i].paths.count > 0)
            names_add_word(ports, port.text);
    }
    return scan->more_ports || audit->hosts[scan->client_host].role_count == 0;
}

/* What is added up can no longer be compared with rows, but for its ports. */
static size_t scans(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase s = {0}, ports = {0};
    uint64_t flows = 0;
    bool more = false;
    for (size_t i = 0; i < audit->scan_count; i++) {
        flows += audit->scans[i].flows;
        more = add_expected_ports(&ports, audit, &audit->scans[i]) || more;
    }
    if (flows == 0)
        return 0;
    phrase_count(&s, audit->scan_count, "client tried", "clients tried");
    phrase_add(&s, " %u places or more in vain: these ", SCAN_LEAST);
    phrase_count(&s, flows, "attempt is", "attempts are");
    phrase_add(&s, " added up and compared with no path");
    if (ports.length > 0) {
        phrase_add(&s, "; paths expect some of them, at ");
        names_join(&s, &ports, ", ");
        phrase_add(&s, ", and what is blocked of that does not show.");
    } else if (more || audit->table_count == 0) {
        phrase_add(&s, ", so one that a path expects would not show.");
    } else {
        phrase_add(&s, "; none is at a fixed port of a path that expects them.");
    }
    say(report, &s);
    return 1;
}

/* Pairs of hosts that are in the verdicts of their rows and in no list. */
static size_t unlisted(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase pairs = {0};
    uint64_t count = 0;
    for (size_t i = 0; i < audit->path_count; i++)
        count += audit->paths[i].without_room;
    if (count == 0)
        return 0;
    phrase_count(&pairs, count, "pair of hosts", "pairs of hosts");
    phrase_add(&pairs, " found no room in the lists below the rows; the rows' verdicts count %s. --memory gives more.",
               count == 1 ? "it" : "them");
    say(report, &pairs);
    return 1;
}

/* A sentence for each kind of thing that memory was too short for: what happened, and what it costs. */
static size_t room(const struct text_report *report)
{
    struct text_totals t = text_totals_of(report->audit);
    struct phrase flows = {0}, rows = {0}, facts = {0}, unasked = {0}, lost = {0};
    if (t.evicted_flows > 0) {
        phrase_count(&flows, t.evicted_flows, "flow", "flows");
        phrase_add(&flows,
                   " had to make room before the end: each counts as what it showed until then, and what it said "
                   "later was not read. --memory gives more.");
        say(report, &flows);
    }
    if (t.evicted_conversations > 0) {
        phrase_add(&rows, "Memory was full ");
        phrase_count(&rows, t.evicted_conversations, "time", "times");
        phrase_add(&rows, " when a flow was to be counted: these flows are in no conversation of this report, or count "
                          "with similar ones. --memory gives more.");
        say(report, &rows);
    }
    if (t.lost_facts > 0) {
        phrase_count(&facts, t.lost_facts, "detail", "details");
        phrase_add(&facts, " (a name, a method, a port that was handed out) found no room and %s left out.",
                   t.lost_facts == 1 ? "is" : "are");
        say(report, &facts);
    }
    if (t.unasked_flows > 0) {
        phrase_count(&unasked, t.unasked_flows, "flow", "flows");
        phrase_add(&unasked, " stayed without a name: nDPI was not asked about them, to keep up.");
        say(report, &unasked);
    }
    if (t.lost_rows > 0) {
        phrase_count(&lost, t.lost_rows, "row", "rows");
        phrase_add(&lost,
                   " of observations found no room at a sensor while the database was away, and are lost. What they "
                   "told is in no conversation of this report.");
        say(report, &lost);
    }
    return unlisted(report) + (flows.length > 0) + (rows.length > 0) + (facts.length > 0) + (unasked.length > 0) +
           (lost.length > 0);
}

/* Marks a host without a role as the reason why a conversation has no verdict. */
static void mark(const struct audit *audit, bool *marked, size_t host)
{
    if (host < audit->host_count && audit->hosts[host].role_count == 0)
        marked[host] = true;
}

static void add_marked(const struct audit *audit, const bool *marked, struct phrase *to)
{
    struct phrase hosts = {0};
    size_t count = 0;
    for (size_t i = 0; i < audit->host_count; i++)
        if (marked[i] && count++ < EXAMPLES_MOST)
            phrase_item(&hosts, audit->hosts[i].name);
    if (count == 0)
        return;
    phrase_add(to, " (");
    names_join(to, &hosts, ", ");
    if (count > EXAMPLES_MOST) {
        phrase_add(to, " and ");
        phrase_count(to, count - EXAMPLES_MOST, "more host", "more hosts");
    }
    phrase_add(to, ")");
}

static size_t unclassified(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase s = {0};
    if (audit->conversation_counts[VERDICT_UNCLASSIFIED] == 0)
        return 0;
    phrase_count(&s, audit->conversation_counts[VERDICT_UNCLASSIFIED], "conversation has", "conversations have");
    phrase_add(&s, " an end without a role");
    bool *marked = calloc(audit->host_count + 1, sizeof *marked);
    if (marked != NULL) {
        for (size_t i = 0; i < audit->conversation_count; i++) {
            if (audit->conversations[i].verdict != VERDICT_UNCLASSIFIED)
                continue;
            mark(audit, marked, audit->conversations[i].client_host);
            mark(audit, marked, audit->conversations[i].server_host);
        }
        add_marked(audit, marked, &s);
    }
    free(marked);
    phrase_add(&s, " and cannot be judged: give these hosts a role in the site file.");
    say(report, &s);
    return 1;
}

static size_t unread_names(const struct text_report *report)
{
    const struct texts *unread = &report->audit->unread_names;
    struct phrase s = {0}, names = {0};
    if (unread->count == 0)
        return 0;
    for (size_t i = 0; i < unread->count && i < EXAMPLES_MOST; i++)
        names_add_word(&names, unread->items[i]);
    phrase_count(&s, unread->count, "name", "names");
    phrase_add(&s, " under roles of the site file gave nobody a role, since no host was seen with %s: ",
               unread->count == 1 ? "it" : "them");
    names_join(&s, &names, ", ");
    if (unread->count > EXAMPLES_MOST)
        phrase_add(&s, " and %zu more", unread->count - EXAMPLES_MOST);
    phrase_add(&s, ".");
    say(report, &s);
    return 1;
}

static size_t undetermined(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct phrase paths = {0};
    if (audit->path_counts[PATH_UNOBSERVABLE] == 0)
        return 0;
    phrase_count(&paths, audit->path_counts[PATH_UNOBSERVABLE], "path", "paths");
    phrase_add(&paths, " could not be observed well enough for a verdict; the reasons stand under Paths.");
    say(report, &paths);
    return 1;
}

/* Checks that no capture can make, or that this one missed the start for. */
static size_t unobservable_checks(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    uint64_t authentication = 0, encryption = 0;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *c = &audit->conversations[i];
        bool no_authentication = false, no_encryption = false;
        for (size_t k = 0; k < c->session_count; k++) {
            no_authentication |= c->sessions[k].authentication_check == AUTHENTICATION_NOT_OBSERVABLE;
            no_encryption |= c->sessions[k].encryption_check == ENCRYPTION_NOT_OBSERVABLE;
        }
        authentication += no_authentication;
        encryption += no_encryption;
    }
    struct phrase a = {0}, e = {0};
    if (authentication > 0) {
        phrase_add(&a, "How clients authenticate is not visible in ");
        phrase_count(&a, authentication, "conversation", "conversations");
        phrase_add(&a, " (inside TLS, the start was missed, or the protocol is not one that pathaudit reads).");
        say(report, &a);
    }
    if (encryption > 0) {
        phrase_add(&e, "Whether data is encrypted is not visible in ");
        phrase_count(&e, encryption, "conversation", "conversations");
        phrase_add(&e, " (the start was missed, IPsec hides it, or the protocol is not one that pathaudit reads).");
        say(report, &e);
    }
    return (authentication > 0) + (encryption > 0);
}

void text_limits(const struct text_report *report)
{
    static size_t (*const limits[])(const struct text_report *) = {
        window, never_attempted, one_way,      losses,       silent_sources,      cut_captures, scans,
        room,   unclassified,    unread_names, undetermined, unobservable_checks, opinions,
    };
    struct phrase none = {0};
    screen_put(report->screen, ACCENT_STRONG, "What limits this picture");
    screen_end(report->screen);
    size_t said = 0;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        said += limits[i](report);
    if (said == 0) {
        phrase_add(&none, "Nothing else known: no losses, and both directions of all conversations were in sight.");
        say(report, &none);
    }
}
