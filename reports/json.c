/* json: pathaudit.audit/1, the whole judged set for programs. Every key is always there; names are only ever added.
 * With --only the lists that were not asked for are empty. */
#include "base/clock.h"
#include "reports/json_expected.h"
#include "reports/json_parts.h"
#include "reports/names.h"
#include "reports/report.h"
#include "reports/timeline.h"

static bool wants(const struct report_options *options, enum report_only what)
{
    return options->only == REPORT_EVERYTHING || options->only == what;
}

/* The source of the conversation's first one-way flow; NULL when it has none. */
static const char *one_way_source(const struct judged_conversation *c)
{
    for (size_t i = 0; i < c->session_count; i++)
        if (c->sessions[i].disposition == DISPOSITION_ONE_WAY)
            return c->sessions[i].evidence.source;
    return NULL;
}

/* Each one-way conversation counts once, at the first coverage of its source. */
static uint64_t one_way_of(const struct audit *audit, size_t coverage)
{
    uint32_t name = audit->coverages[coverage].source;
    const char *source = observations_text(audit->store, name);
    uint64_t n = 0;
    for (size_t i = 0; i < coverage; i++)
        if (audit->coverages[i].source == name)
            return 0;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const char *from = one_way_source(&audit->conversations[i]);
        n += from != NULL && strcmp(from, source) == 0;
    }
    return n;
}

static json_t *coverage_object(struct document *d, const struct audit *audit, size_t coverage)
{
    const struct coverage *c = &audit->coverages[coverage];
    json_t *o = json_object();
    document_put(d, o, "sensor", document_text(observations_text(audit->store, c->sensor)));
    document_put(d, o, "source", document_text(observations_text(audit->store, c->source)));
    document_put(d, o, "filter", document_text(observations_text(audit->store, c->filter)));
    document_put(d, o, "first", document_time(c->first_ns));
    document_put(d, o, "last", document_time(c->last_ns));
    document_put(d, o, "packets", document_count(c->packets));
    document_put(d, o, "bytes", document_count(c->bytes));
    document_put(d, o, "dropped", document_count(c->dropped));
    document_put(d, o, "duplicates", document_count(c->duplicates));
    document_put(d, o, "duplicates_routed", document_count(c->duplicates_routed));
    document_put(d, o, "undecoded", document_count(c->undecoded));
    document_put(d, o, "truncated", json_boolean(c->truncated != 0));
    document_put(d, o, "truncated_frames", document_count(c->truncated_frames));
    document_put(d, o, "fragments_lost", document_count(c->fragments_lost));
    document_put(d, o, "missing_bytes", document_count(c->missing_bytes));
    document_put(d, o, "one_way_conversations", document_count(one_way_of(audit, coverage)));
    document_put(d, o, "evicted_flows", document_count(c->evicted_flows));
    document_put(d, o, "evicted_conversations", document_count(c->evicted_conversations));
    document_put(d, o, "lost_facts", document_count(c->lost_facts));
    document_put(d, o, "unasked_flows", document_count(c->unasked_flows));
    document_put(d, o, "spooled_rows", document_count(c->spooled_rows));
    document_put(d, o, "lost_rows", document_count(c->lost_rows));
    return o;
}

static json_t *pair_object(struct document *d, const struct audit *audit, const struct judged_pair *pair)
{
    json_t *o = json_object();
    document_put(d, o, "client", document_text(names_of_host(audit, pair->client_host)));
    document_put(d, o, "server", document_text(names_of_host(audit, pair->server_host)));
    document_put(d, o, "verdict", document_text(path_verdict_name(pair->verdict)));
    document_put(d, o, "reason", document_text(pair->reason));
    return o;
}

static json_t *expected_object(struct document *d, const struct path *path)
{
    json_t *o = json_object();
    json_put_expectations(d, o, path->parts, path->part_count);
    return o;
}

static void put_before_pairs(struct document *d, json_t *o, const struct judged_path *judged)
{
    document_put(d, o, "table", document_text(judged->table->name));
    document_put(d, o, "id", document_text(judged->path->id));
    document_put(d, o, "name", document_text(judged->path->name));
    document_put(d, o, "section", document_text(judged->path->section));
    document_put(d, o, "from", document_roles(&judged->path->from));
    document_put(d, o, "to", document_roles(&judged->path->to));
    document_put(d, o, "ports", document_path_ports(d, judged->path));
    document_put(d, o, "required", document_text(names_requirement(judged->required)));
    document_put(d, o, "verdict", document_text(path_verdict_name(judged->verdict)));
    document_put(d, o, "probable", json_boolean(judged->probable));
    document_put(d, o, "verified", json_boolean(judged->verified));
    document_put(d, o, "reason", document_text(judged->reason));
    document_put(d, o, "conversations", document_count(judged->conversations));
    document_put(d, o, "bytes", document_count(judged->bytes));
    document_put(d, o, "authentication", document_texts(d, &judged->authentication));
    document_put(d, o, "encryption", document_texts(d, &judged->encryption));
    document_put(d, o, "ports_seen", document_texts(d, &judged->ports_seen));
}

static void put_behind_pairs(struct document *d, json_t *o, const struct judged_path *judged)
{
    if (path_left_out(judged) > 0)
        document_put(d, o, "pairs_left_out", document_count(path_left_out(judged)));
    if (judged->without_room > 0)
        document_put(d, o, "pairs_without_room", document_count(judged->without_room));
    document_put(d, o, "source", document_text(judged->path->source));
    document_put(d, o, "expected", expected_object(d, judged->path));
    document_put(d, o, "cells", json_cells(d, &judged->path->cells));
    document_put(d, o, "note", document_text(judged->path->note));
}

json_t *json_path(struct document *d, const struct audit *audit, const struct judged_path *judged)
{
    json_t *o = json_object(), *pairs = json_array();
    put_before_pairs(d, o, judged);
    for (size_t i = 0; i < judged->pair_count; i++)
        document_push(d, pairs, pair_object(d, audit, &judged->pairs[i]));
    document_put(d, o, "pairs", pairs);
    put_behind_pairs(d, o, judged);
    return o;
}

/* The same pair by pair: a row that all clients of a large network use has very many. */
static void write_path(struct document *d, const struct audit *audit, const struct judged_path *judged)
{
    json_t *before = json_object(), *behind = json_object();
    put_before_pairs(d, before, judged);
    put_behind_pairs(d, behind, judged);
    document_item_begin(d, before, "pairs");
    for (size_t i = 0; i < judged->pair_count; i++)
        document_item_member(d, pair_object(d, audit, &judged->pairs[i]));
    document_item_end(d, behind);
}

static json_t *rule_object(struct document *d, const struct judged_rule *judged)
{
    json_t *o = json_object();
    document_put(d, o, "table", document_text(judged->table->name));
    document_put(d, o, "id", document_text(judged->rule->id));
    document_put(d, o, "name", document_text(judged->rule->name));
    document_put(d, o, "verdict", document_text(judged->verdict));
    document_put(d, o, "probable", json_boolean(judged->probable));
    document_put(d, o, "conversations", document_count(judged->conversations));
    return o;
}

/* The first conversation that the finding is about. */
static void put_conversation(struct document *d, json_t *o, const struct audit *audit, const struct finding *finding)
{
    const struct judged_conversation *c =
        finding->conversation < audit->conversation_count ? &audit->conversations[finding->conversation] : NULL;
    document_put(d, o, "client", c != NULL ? document_address(&c->client) : document_text(""));
    document_put(d, o, "server", c != NULL ? document_address(&c->server) : document_text(""));
    document_put(d, o, "network", document_text(c != NULL ? c->network : ""));
    document_put(d, o, "transport", document_text(c != NULL ? c->transport_text : ""));
    document_put(d, o, "port", document_count(c != NULL ? c->port : 0));
}

json_t *json_finding(struct document *d, const struct audit *audit, const struct finding *finding)
{
    json_t *o = json_object(), *evidence = json_array();
    const char *path = finding->path < audit->path_count ? audit->paths[finding->path].path->id : "";
    for (size_t i = 0; i < finding->evidence_count; i++)
        document_push(d, evidence, document_evidence(d, &finding->evidence[i]));
    document_put(d, o, "id", document_text(finding->id));
    document_put(d, o, "verdict", document_text(finding->verdict));
    document_put(d, o, "severity", document_text(severity_name(finding->severity)));
    document_put(d, o, "subject", document_text(finding->subject));
    document_put(d, o, "explain", document_text(finding->explain));
    document_put(d, o, "advice", document_text(finding->advice));
    document_put(d, o, "path", document_text(path));
    put_conversation(d, o, audit, finding);
    document_put(d, o, "excepted", document_text(finding->excepted));
    document_put(d, o, "evidence", evidence);
    return o;
}

static json_t *server_object(struct document *d, const struct audit *audit, const struct weak_server *server)
{
    json_t *o = json_object(), *weaknesses = json_array();
    for (size_t i = 0; i < server->weakness_count; i++) {
        const struct server_weakness *weakness = &server->weaknesses[i];
        json_t *one = json_object();
        document_put(d, one, "kind", document_text(weakness_name(weakness->kind)));
        document_put(d, one, "severity", document_text(severity_name(weakness->severity)));
        document_put(d, one, "transport", document_text(weakness->transport_text));
        document_put(d, one, "port", document_count(weakness->port));
        document_put(d, one, "what", document_text(weakness->what));
        document_put(d, one, "conversations", document_count(weakness->conversations));
        document_put(d, one, "flows", document_count(weakness->flows));
        document_put(d, one, "first", document_time(weakness->first_ns));
        document_put(d, one, "evidence", document_evidence(d, &weakness->evidence));
        document_push(d, weaknesses, one);
    }
    document_put(d, o, "name", document_text(audit->hosts[server->host].name));
    for (size_t s = 0; s < SEVERITY_COUNT; s++)
        document_put(d, o, severity_name((enum severity)s), document_count(server->severities[s]));
    document_put(d, o, "conversations", document_count(server->conversations));
    document_put(d, o, "weak_conversations", document_count(server->weak_conversations));
    document_put(d, o, "reasons", document_text(server->reasons));
    document_put(d, o, "weaknesses", weaknesses);
    return o;
}

static json_t *summary_object(struct document *d, const struct audit *audit)
{
    json_t *o = json_object(), *conversations = json_object(), *paths = json_object();
    for (size_t v = 0; v < VERDICT_COUNT; v++)
        document_put(d, conversations, verdict_name((enum verdict)v), document_count(audit->conversation_counts[v]));
    for (size_t v = 0; v < PATH_VERDICT_COUNT; v++)
        document_put(d, paths, path_verdict_name((enum path_verdict)v), document_count(audit->path_counts[v]));
    document_put(d, o, "conclusion", document_text(conclusion_name(audit->conclusion)));
    document_put(d, o, "conversations", conversations);
    document_put(d, o, "paths", paths);
    return o;
}

static void write_head(struct document *d, const struct audit *audit, const struct report_options *options)
{
    json_t *window = json_object(), *tables = json_array();
    document_put(d, window, "first", document_time(audit->first_ns));
    document_put(d, window, "last", document_time(audit->last_ns));
    document_member(d, "schema", document_text("pathaudit.audit/1"));
    document_member(d, "version", document_text(options->version != NULL ? options->version : ""));
    document_member(d, "anonymized", document_text(options->anonymized != NULL ? options->anonymized : ""));
    document_member(d, "window", window);
    document_list_begin(d, "coverage");
    for (size_t i = 0; i < audit->coverage_count; i++)
        document_list_item(d, coverage_object(d, audit, i));
    document_list_end(d);
    for (size_t i = 0; i < audit->table_count; i++)
        document_push(d, tables, document_text(audit->tables[i]->name));
    document_member(d, "tables", tables);
    document_member(d, "table_chosen", json_boolean(audit->table_reason[0] != '\0'));
    document_member(d, "table_reason", document_text(audit->table_reason));
    document_member(d, "site", document_text(audit->site != NULL ? audit->site->name : ""));
}

/* [slice, packets, bytes, flows, failed flows] of each slice in which the conversation was not quiet; `*at` is moved
 * behind them. */
static json_t *cell_lists(struct document *d, const struct timeline *timeline, size_t conversation, size_t *at)
{
    json_t *list = json_array();
    for (; *at < timeline->count && timeline->cells[*at].conversation == conversation; ++*at) {
        const struct timeline_cell *cell = &timeline->cells[*at];
        json_t *one = json_array();
        document_push(d, one, document_count(cell->slice));
        document_push(d, one, document_count(cell->packets));
        document_push(d, one, document_count(cell->bytes));
        document_push(d, one, document_count(cell->flows));
        document_push(d, one, document_count(cell->failed_flows));
        document_push(d, list, one);
    }
    return list;
}

/* Where they are not wanted the list is empty, and the timeline is said all the same. */
static void write_conversations(struct document *d, const struct audit *audit, bool wanted)
{
    struct timeline timeline;
    json_t *about = json_object();
    size_t at = 0;
    d->failed = !timeline_init(&timeline, audit) || d->failed;
    document_put(d, about, "first", document_time(timeline.first_ns));
    document_put(d, about, "slice_seconds", document_count((uint64_t)(timeline.width_ns / SECOND_NS)));
    document_put(d, about, "slices", document_count(timeline.slices));
    document_member(d, "timeline", about);
    document_list_begin(d, "conversations");
    for (size_t i = 0; wanted && i < audit->conversation_count; i++) {
        json_t *conversation = json_conversation(d, audit, &audit->conversations[i]);
        document_put(d, conversation, "timeline", cell_lists(d, &timeline, i, &at));
        document_list_item(d, conversation);
    }
    document_list_end(d);
    timeline_fini(&timeline);
}

static void write_lists(struct document *d, const struct audit *audit, const struct report_options *options)
{
    document_list_begin(d, "hosts");
    for (size_t i = 0; i < audit->host_count; i++)
        document_list_item(d, json_host(d, &audit->hosts[i]));
    document_list_end(d);
    document_list_begin(d, "paths");
    for (size_t i = 0; wants(options, REPORT_PATHS) && i < audit->path_count; i++)
        write_path(d, audit, &audit->paths[i]);
    document_list_end(d);
    document_list_begin(d, "rules");
    for (size_t i = 0; wants(options, REPORT_PATHS) && i < audit->rule_count; i++)
        document_list_item(d, rule_object(d, &audit->rules[i]));
    document_list_end(d);
    write_conversations(d, audit, wants(options, REPORT_CONVERSATIONS));
    document_list_begin(d, "scans");
    for (size_t i = 0; wants(options, REPORT_CONVERSATIONS) && i < audit->scan_count; i++)
        document_list_item(d, json_scan(d, audit, &audit->scans[i]));
    document_list_end(d);
    document_list_begin(d, "endpoints");
    for (size_t i = 0; wants(options, REPORT_ENDPOINTS) && i < audit->endpoint_count; i++)
        document_list_item(d, json_endpoint(d, &audit->endpoints[i]));
    document_list_end(d);
    document_list_begin(d, "findings");
    for (size_t i = 0; wants(options, REPORT_FINDINGS) && i < audit->finding_count; i++)
        document_list_item(d, json_finding(d, audit, &audit->findings[i]));
    document_list_end(d);
    document_list_begin(d, "weak_servers");
    for (size_t i = 0; wants(options, REPORT_FINDINGS) && i < audit->weak_server_count; i++)
        document_list_item(d, server_object(d, audit, &audit->weak_servers[i]));
    document_list_end(d);
}

void report_json(const struct audit *audit, const struct report_options *options, FILE *out)
{
    struct document document;
    document_begin(&document, out);
    write_head(&document, audit, options);
    write_lists(&document, audit, options);
    document_member(&document, "summary", summary_object(&document, audit));
    document_end(&document);
    document_tell_lost(&document, options->lost);
}
