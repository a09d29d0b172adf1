/* ecs: findings and conversations as JSON lines in the field names of the Elastic Common Schema 8.11, so that
 * Elasticsearch takes them as they are (docs/ecs.md has every field). What ECS has no name for stands under
 * `pathaudit`. A field of which nothing was read is left out, as ECS asks. */
#include "base/clock.h"
#include "reports/clean.h"
#include "reports/document.h"
#include "reports/names.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

#define ECS_VERSION "8.11.0"

struct lines {
    struct document document; /* whether memory ran out */
    const struct audit *audit;
    const struct report_options *options;
    FILE *out;
};

/* Puts `value`, which is taken, at a place such as "source.ip"; objects on the way are made. */
static void put(struct lines *l, json_t *line, const char *field, json_t *value)
{
    const char *dot;
    while ((dot = strchr(field, '.')) != NULL) {
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)(dot - field), field);
        if (json_object_get(line, name) == NULL)
            document_put(&l->document, line, name, json_object());
        line = json_object_get(line, name);
        field = dot + 1;
    }
    document_put(&l->document, line, field, value);
}

static void put_text(struct lines *l, json_t *line, const char *field, const char *text)
{
    if (text[0] != '\0')
        put(l, line, field, document_text(text));
}

static void put_words(struct lines *l, json_t *line, const char *field, const char *first, const char *second)
{
    json_t *list = json_array();
    document_push(&l->document, list, document_text(first));
    if (second != NULL)
        document_push(&l->document, list, document_text(second));
    put(l, line, field, list);
}

/* ECS wants a time in every line, also where no packet was seen. */
static void put_head(struct lines *l, json_t *line, int64_t time_ns, const char *kind, const char *dataset)
{
    char text[CLOCK_TEXT];
    put(l, line, "@timestamp", document_text(clock_text(time_ns != 0 ? time_ns : 1000, text)));
    put_text(l, line, "ecs.version", ECS_VERSION);
    put_text(l, line, "event.kind", kind);
    put_text(l, line, "event.module", "pathaudit");
    put_text(l, line, "event.dataset", dataset);
    put_words(l, line, "event.category", "network", NULL);
    put_text(l, line, "observer.vendor", "pathaudit");
    put_text(l, line, "observer.product", "pathaudit");
    put_text(l, line, "observer.type", "sensor");
    if (l->options->version != NULL)
        put_text(l, line, "observer.version", l->options->version);
}

/* The sensor that saw this source. */
static void put_sensor(struct lines *l, json_t *line, const struct evidence *evidence)
{
    const struct audit *audit = l->audit;
    for (size_t i = 0; i < audit->coverage_count && evidence->source != NULL; i++)
        if (strcmp(observations_text(audit->store, audit->coverages[i].source), evidence->source) == 0) {
            put_text(l, line, "observer.name", observations_text(audit->store, audit->coverages[i].sensor));
            return;
        }
}

static void put_end(struct lines *l, json_t *line, const char *end, size_t host, const struct address *address)
{
    char field[48], text[ADDRESS_TEXT];
    const char *name = names_host(l->audit, host, address, text);
    struct address same;
    snprintf(field, sizeof field, "%s.ip", end);
    put(l, line, field, document_address(address));
    snprintf(field, sizeof field, "%s.address", end);
    put(l, line, field, document_address(address));
    snprintf(field, sizeof field, "%s.domain", end);
    bool is_place =
        host < l->audit->host_count && l->audit->hosts[host].network[0] != '\0' && !l->audit->hosts[host].declared;
    if (!is_place && !address_parse(name, &same))
        put_text(l, line, field, name);
}

static void put_ends(struct lines *l, json_t *line, const struct judged_conversation *c)
{
    json_t *addresses = json_array();
    put_end(l, line, "source", c->client_host, &c->client);
    put_end(l, line, "destination", c->server_host, &c->server);
    if (c->port != 0)
        put(l, line, "destination.port", document_count(c->port));
    document_push(&l->document, addresses, document_address(&c->client));
    document_push(&l->document, addresses, document_address(&c->server));
    put(l, line, "related.ip", addresses);
}

static void put_network(struct lines *l, json_t *line, uint8_t transport, const char *transport_text,
                        const struct address *end)
{
    char number[8];
    snprintf(number, sizeof number, "%u", transport);
    put_text(l, line, "network.iana_number", number);
    put_text(l, line, "network.transport", transport == 58 ? "ipv6-icmp" : transport_text);
    put_text(l, line, "network.type", address_is_v4(end) ? "ipv4" : "ipv6");
}

struct amounts {
    uint64_t bytes_to_server, bytes_to_client, packets_to_server, packets_to_client;
};

static void put_amounts(struct lines *l, json_t *line, struct amounts amounts)
{
    put(l, line, "source.bytes", document_count(amounts.bytes_to_server));
    put(l, line, "source.packets", document_count(amounts.packets_to_server));
    put(l, line, "destination.bytes", document_count(amounts.bytes_to_client));
    put(l, line, "destination.packets", document_count(amounts.packets_to_client));
    put(l, line, "network.bytes", document_count(amounts.bytes_to_server + amounts.bytes_to_client));
    put(l, line, "network.packets", document_count(amounts.packets_to_server + amounts.packets_to_client));
}

/* All values of a fact, or NULL; one value alone is no list. */
static json_t *fact_of(struct lines *l, const struct judged_conversation *c, const char *key)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->fact_count; i++)
        if (strcmp(c->facts[i].key, key) == 0)
            document_push(&l->document, list, document_text(c->facts[i].value));
    if (json_array_size(list) > 1)
        return list;
    json_t *only = json_array_size(list) == 1 ? json_incref(json_array_get(list, 0)) : NULL;
    json_decref(list);
    return only;
}

static void put_fact(struct lines *l, json_t *line, const char *field, const struct judged_conversation *c,
                     const char *key)
{
    json_t *value = fact_of(l, c, key);
    if (value != NULL)
        put(l, line, field, value);
}

/* "TLS 1.2" is version 1.2 of protocol tls; of several versions the first that was read. */
static void put_tls(struct lines *l, json_t *line, const struct judged_conversation *c)
{
    for (size_t i = 0; i < c->fact_count; i++) {
        char protocol[8];
        const char *value = c->facts[i].value, *space = strchr(value, ' ');
        if (strcmp(c->facts[i].key, "tls.versions") != 0 || space == NULL || space - value > 4)
            continue;
        snprintf(protocol, sizeof protocol, "%s", strncmp(value, "SSL", 3) == 0 ? "ssl" : "tls");
        put_text(l, line, "tls.version_protocol", protocol);
        put_text(l, line, "tls.version", space + 1);
        put(l, line, "tls.established", json_true());
        break;
    }
    put_fact(l, line, "tls.client.server_name", c, "tls.server_names");
    put_fact(l, line, "tls.next_protocol", c, "tls.alpn");
    put_fact(l, line, "tls.server.x509.alternative_names", c, "tls.certificate_names");
}

static void put_paths(struct lines *l, json_t *line, const struct judged_conversation *c)
{
    json_t *ids = json_array(), *names = json_array(), *tables = json_array();
    for (size_t i = 0; i < c->owner_count; i++) {
        const struct judged_path *path = &l->audit->paths[c->owners[i].path];
        if (i > 0 && c->owners[i].path == c->owners[i - 1].path)
            continue;
        document_push(&l->document, ids, document_text(path->path->id));
        document_push(&l->document, names, document_text(path->path->name));
        document_push(&l->document, tables, document_text(path->table->name));
    }
    put(l, line, "rule.id", ids);
    put(l, line, "rule.name", names);
    put(l, line, "rule.ruleset", tables);
}

static bool any_session(const struct judged_conversation *c, enum disposition disposition)
{
    for (size_t i = 0; i < c->session_count; i++)
        if (c->sessions[i].disposition == disposition)
            return true;
    return false;
}

static bool all_failed(const struct judged_conversation *c)
{
    bool failed = c->session_count > 0;
    for (size_t i = 0; i < c->session_count; i++)
        failed = failed && disposition_is_failure(c->sessions[i].disposition);
    return failed;
}

static void put_span(struct lines *l, json_t *line, int64_t first_ns, int64_t last_ns)
{
    char text[CLOCK_TEXT];
    put_text(l, line, "event.start", clock_text(first_ns, text));
    put_text(l, line, "event.end", clock_text(last_ns, text));
    put(l, line, "event.duration", document_count((uint64_t)(last_ns > first_ns ? clock_since(last_ns, first_ns) : 0)));
}

/* Denied is what somebody on the way said so; silence may have other reasons. */
static void put_what_happened(struct lines *l, json_t *line, const struct judged_conversation *c)
{
    bool ok = any_session(c, DISPOSITION_OK), denied = !ok && any_session(c, DISPOSITION_PROHIBITED);
    put_words(l, line, "event.type", "connection", ok ? "allowed" : denied ? "denied" : NULL);
    put_text(l, line, "event.outcome", ok ? "success" : all_failed(c) ? "failure" : "unknown");
    put_text(l, line, "event.action", verdict_name(c->verdict));
    put_span(l, line, c->first_ns, c->last_ns);
}

/* Of all session classes each word once. */
static void put_amount(struct lines *l, json_t *line, const char *field, const struct judged_conversation *c,
                       bool encryption)
{
    struct phrase seen = {0};
    json_t *list = json_array();
    for (size_t i = 0; i < c->session_count; i++) {
        const char *word = encryption ? c->sessions[i].encryption : c->sessions[i].authentication;
        size_t before = seen.length;
        names_add_word(&seen, word);
        if (seen.length > before)
            document_push(&l->document, list, document_text(word));
    }
    put(l, line, field, list);
}

static void put_evidence(struct lines *l, json_t *line, const struct evidence *evidence)
{
    put_sensor(l, line, evidence);
    put_text(l, line, "pathaudit.source", evidence->source != NULL ? evidence->source : "");
    if (evidence->frame != 0)
        put(l, line, "pathaudit.frame", document_count(evidence->frame));
}

/* Takes the line. */
static void finish(struct lines *l, json_t *line)
{
    char *text = l->document.failed ? NULL : json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (text != NULL)
        fprintf(l->out, "%s\n", text);
    else
        l->document.failed = true;
    free(text);
    json_decref(line);
}

static void put_common(struct lines *l, json_t *line, const struct judged_conversation *c)
{
    put_ends(l, line, c);
    put_network(l, line, c->transport, c->transport_text, &c->server);
    put_text(l, line, "network.protocol", c->protocol);
    put_tls(l, line, c);
    if (c->owner_count > 0)
        put_paths(l, line, c);
}

static void write_conversation(struct lines *l, const struct judged_conversation *c)
{
    json_t *line = json_object();
    struct phrase message = {0};
    char client[ADDRESS_TEXT], server[ADDRESS_TEXT], grade[2] = {c->grade, '\0'}, port[16] = "";
    if (c->port != 0)
        snprintf(port, sizeof port, "%u/", c->port);
    phrase_add(&message, "%s -> %s %s%s %s: %s", names_host(l->audit, c->client_host, &c->client, client),
               names_host(l->audit, c->server_host, &c->server, server), port, c->transport_text, c->protocol,
               verdict_name(c->verdict));
    put_head(l, line, c->first_ns, "event", "pathaudit.conversation");
    put_text(l, line, "message", message.text);
    put_what_happened(l, line, c);
    put_common(l, line, c);
    put_amounts(l, line,
                (struct amounts){c->bytes_to_server, c->bytes_to_client, c->packets_to_server, c->packets_to_client});
    put_text(l, line, "pathaudit.verdict", verdict_name(c->verdict));
    put_text(l, line, "pathaudit.match", match_name(c->match));
    put_text(l, line, "pathaudit.grade", grade);
    put(l, line, "pathaudit.probable", json_boolean(c->probable));
    put(l, line, "pathaudit.flows", document_count(c->flows));
    put(l, line, "pathaudit.services", document_texts(&l->document, &c->services));
    put_text(l, line, "pathaudit.tunnel", c->tunnel);
    put_amount(l, line, "pathaudit.authentication", c, false);
    put_amount(l, line, "pathaudit.encryption", c, true);
    if (c->session_count > 0)
        put_evidence(l, line, &c->sessions[0].evidence);
    finish(l, line);
}

/* Where a scan went is not kept place by place: it has a source, numbers, and the lowest ports. */
static void write_scan(struct lines *l, const struct judged_scan *s)
{
    json_t *line = json_object(), *addresses = json_array(), *ports = json_array();
    struct phrase message = {0};
    char client[ADDRESS_TEXT];
    phrase_add(&message, "%s tried %llu hosts on %llu ports in vain (%s): %s",
               names_host(l->audit, s->client_host, &s->client, client), (unsigned long long)s->hosts,
               (unsigned long long)s->ports, s->transport_text, verdict_name(s->verdict));
    put_head(l, line, s->first_ns, "event", "pathaudit.scan");
    put_text(l, line, "message", message.text);
    put_words(l, line, "event.type", "connection", s->dispositions[DISPOSITION_PROHIBITED] > 0 ? "denied" : NULL);
    put_text(l, line, "event.outcome", "failure");
    put_text(l, line, "event.action", verdict_name(s->verdict));
    put_span(l, line, s->first_ns, s->last_ns);
    put_end(l, line, "source", s->client_host, &s->client);
    document_push(&l->document, addresses, document_address(&s->client));
    put(l, line, "related.ip", addresses);
    put_network(l, line, s->transport, s->transport_text, &s->client);
    put_amounts(l, line,
                (struct amounts){s->bytes_to_server, s->bytes_to_client, s->packets_to_server, s->packets_to_client});
    put_text(l, line, "pathaudit.verdict", verdict_name(s->verdict));
    put(l, line, "pathaudit.flows", document_count(s->flows));
    put(l, line, "pathaudit.hosts_tried", document_count(s->hosts));
    put(l, line, "pathaudit.more_hosts_tried", json_boolean(s->more_hosts));
    put(l, line, "pathaudit.ports_tried", document_count(s->ports));
    put(l, line, "pathaudit.more_ports_tried", json_boolean(s->more_ports));
    for (size_t i = 0; i < s->named_count && (s->named_count > 1 || s->named[0] != 0); i++)
        document_push(&l->document, ports, document_count(s->named[i]));
    put(l, line, "pathaudit.lowest_ports", ports);
    put_text(l, line, "pathaudit.tunnel", s->tunnel);
    for (unsigned d = 0; d < DISPOSITION_COUNT; d++)
        if (s->dispositions[d] > 0) {
            put_evidence(l, line, &s->evidence[d]);
            break;
        }
    finish(l, line);
}

/* More is worse, as ECS has it. */
static uint64_t severity_number(enum severity severity)
{
    static const unsigned numbers[SEVERITY_COUNT] = {
        [SEVERITY_HIGH] = 75, [SEVERITY_MEDIUM] = 50, [SEVERITY_LOW] = 25, [SEVERITY_INFO] = 0};
    return numbers[severity];
}

static void write_finding(struct lines *l, const struct finding *finding)
{
    const struct audit *audit = l->audit;
    const struct judged_conversation *c =
        finding->conversation < audit->conversation_count ? &audit->conversations[finding->conversation] : NULL;
    json_t *line = json_object();
    put_head(l, line, c != NULL ? c->first_ns : audit->last_ns, "alert", "pathaudit.finding");
    put_text(l, line, "message", finding->subject);
    put_words(l, line, "event.type", "info", NULL);
    put_text(l, line, "event.action", finding->verdict);
    put_text(l, line, "event.id", finding->id);
    put(l, line, "event.severity", document_count(severity_number(finding->severity)));
    put_text(l, line, "event.reason", finding->explain);
    put_text(l, line, "log.level",
             finding->severity == SEVERITY_HIGH   ? "error"
             : finding->severity == SEVERITY_INFO ? "info"
                                                  : "warning");
    if (c != NULL)
        put_common(l, line, c);
    if ((c == NULL || c->owner_count == 0) && finding->path < audit->path_count) {
        put_text(l, line, "rule.id", audit->paths[finding->path].path->id);
        put_text(l, line, "rule.name", audit->paths[finding->path].path->name);
        put_text(l, line, "rule.ruleset", audit->paths[finding->path].table->name);
    }
    put_text(l, line, "pathaudit.verdict", finding->verdict);
    put_text(l, line, "pathaudit.severity", severity_name(finding->severity));
    put_text(l, line, "pathaudit.advice", finding->advice);
    put_text(l, line, "pathaudit.excepted", finding->excepted);
    if (finding->evidence_count > 0)
        put_evidence(l, line, &finding->evidence[0]);
    finish(l, line);
}

void report_ecs(const struct audit *audit, const struct report_options *options, FILE *out)
{
    struct lines lines = {.document = {.out = out}, .audit = audit, .options = options, .out = out};
    for (size_t i = 0; options->only != REPORT_CONVERSATIONS && i < audit->finding_count; i++)
        write_finding(&lines, &audit->findings[i]);
    for (size_t i = 0; options->only != REPORT_FINDINGS && i < audit->conversation_count; i++)
        write_conversation(&lines, &audit->conversations[i]);
    for (size_t i = 0; options->only != REPORT_FINDINGS && i < audit->scan_count; i++)
        write_scan(&lines, &audit->scans[i]);
    document_tell_lost(&lines.document, options->lost);
    fflush(out);
}
