/* metrics: see watch/metrics.h. Rules: prometheus.io, "Text-based format" and "Metric and label naming". What comes
 * from an audit is as of that audit. */
#include "watch/metrics.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stddef.h>

static void head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP pathaudit_%s %s\n# TYPE pathaudit_%s %s\n", name, help, name, type);
}

static void write_label(FILE *out, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value == '\\' || *value == '"')
            fputc('\\', out);
        if (*value == '\n')
            fputs("\\n", out);
        else
            fputc(*value, out);
    }
}

static void sample(FILE *out, const char *name, const char *label, const char *value, uint64_t n)
{
    fprintf(out, "pathaudit_%s", name);
    if (label != NULL) {
        fprintf(out, "{%s=\"", label);
        write_label(out, value);
        fputs("\"}", out);
    }
    fprintf(out, " %" PRIu64 "\n", n);
}

static void one(FILE *out, const char *name, const char *type, const char *help, uint64_t n)
{
    head(out, name, type, help);
    sample(out, name, NULL, NULL, n);
}

static void seconds(FILE *out, const char *name, const char *help, int64_t time_ns)
{
    head(out, name, "gauge", help);
    fprintf(out, "pathaudit_%s %.3f\n", name, (double)time_ns / (double)SECOND_NS);
}

/* One family for each number that coverage has of a source. */
static void write_sources(const struct bulletin *bulletin, FILE *out)
{
#define OF(member) offsetof(struct bulletin_source, member)
    static const struct {
        const char *name, *help;
        size_t at;
    } families[] = {
        {"packets_total", "Frames read, as of the last audit.", OF(packets)},
        {"bytes_total", "Bytes of these frames on the wire.", OF(bytes)},
        {"dropped_packets_total", "Frames that never reached the program.", OF(dropped)},
        {"duplicate_packets_total", "Copies of packets that were there before, which count nowhere else.",
         OF(duplicates)},
        {"undecoded_packets_total", "Frames without an IP packet, or of a link layer that is not read.", OF(undecoded)},
        {"cut_packets_total", "Frames captured shorter than they were sent.", OF(truncated_frames)},
        {"lost_fragments_total", "IP fragments whose packet was never whole.", OF(fragments_lost)},
        {"missing_bytes_total", "Bytes missing in streams where they were needed.", OF(missing_bytes)},
        {"evicted_flows_total", "Flows that ended early for want of room.", OF(evicted_flows)},
        {"evicted_conversations_total", "Rows that found no room of their own.", OF(evicted_conversations)},
        {"lost_facts_total", "Facts and names that found no room.", OF(lost_facts)},
    };
#undef OF
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        head(out, families[i].name, "counter", families[i].help);
        for (size_t k = 0; k < bulletin->source_count; k++) {
            const struct bulletin_source *source = &bulletin->sources[k];
            const uint64_t *n = (const uint64_t *)(const void *)((const char *)source + families[i].at);
            sample(out, families[i].name, "source", source->name, *n);
        }
    }
}

static void write_audit(const struct bulletin *bulletin, FILE *out)
{
    head(out, "conversations", "gauge", "Conversations of the last audit by verdict.");
    for (unsigned i = 0; i < VERDICT_COUNT; i++)
        sample(out, "conversations", "verdict", verdict_name((enum verdict)i), bulletin->conversations[i]);
    head(out, "paths", "gauge", "Rows of the expected tables by verdict.");
    for (unsigned i = 0; i < PATH_VERDICT_COUNT; i++)
        sample(out, "paths", "verdict", path_verdict_name((enum path_verdict)i), bulletin->paths[i]);
    head(out, "findings", "gauge", "Findings of the last audit by severity, without those that the site excepts.");
    for (unsigned i = 0; i < SEVERITY_COUNT; i++)
        sample(out, "findings", "severity", severity_name((enum severity)i), bulletin->findings[i]);
    one(out, "excepted_findings", "gauge", "Findings that an exception of the site covers.", bulletin->excepted);
    one(out, "findings_told_total", "counter", "Findings told since the start, each once.", bulletin->told);
    one(out, "hosts", "gauge", "Hosts that were seen or are declared.", bulletin->hosts);
    head(out, "conclusion", "gauge", "1 for what the last audit amounts to, 0 for what it does not.");
    for (unsigned i = 0; i <= CONCLUSION_UNDETERMINED; i++)
        sample(out, "conclusion", "conclusion", conclusion_name((enum conclusion)i), bulletin->conclusion == i);
    one(out, "audits_total", "counter", "Audits since the start.", bulletin->number);
    seconds(out, "last_audit_timestamp_seconds", "When the last audit was made, since 1970.", bulletin->made_ns);
    seconds(out, "last_audit_duration_seconds", "How long the last audit took to judge and write.", bulletin->took_ns);
    if (bulletin->last_ns != 0)
        seconds(out, "last_packet_timestamp_seconds", "The time of the last packet of the last audit, since 1970.",
                bulletin->last_ns);
}

static void write_capture(const struct metrics_now *now, FILE *out)
{
    const struct board *board = now->board;
    one(out, "captured_packets_total", "counter", "Frames read from all sources, as of now.",
        atomic_load(&board->packets));
    one(out, "capture_dropped_packets_total", "counter", "Frames dropped by kernel and interfaces, as of now.",
        atomic_load(&board->dropped));
    if (now->interface_count > 0)
        head(out, "interface_up", "gauge", "1 while the interface can be read and is up.");
    for (size_t i = 0; i < now->interface_count; i++)
        sample(out, "interface_up", "interface", now->interfaces[i], (atomic_load(&board->down) >> i & 1) == 0);
    one(out, "resident_memory_bytes", "gauge", "Memory in use by the process that captures.",
        atomic_load(&board->resident_bytes));
    seconds(out, "start_time_seconds", "When the run began, since 1970.", now->started_ns);
}

void metrics_write(const struct metrics_now *now, FILE *out)
{
    head(out, "build_info", "gauge", "The version of pathaudit.");
    sample(out, "build_info", "version", now->version, 1);
    write_capture(now, out);
    write_sources(now->bulletin, out);
    write_audit(now->bulletin, out);
    one(out, "lost_audits_total", "counter", "Audits that did not arrive whole at the server of this page.", now->lost);
    head(out, "http_requests_total", "counter", "Requests answered, by status code.");
    for (size_t i = 0; i < METRICS_CODES && now->served->requests[i].code != 0; i++) {
        char code[12];
        snprintf(code, sizeof code, "%u", now->served->requests[i].code);
        sample(out, "http_requests_total", "code", code, now->served->requests[i].count);
    }
    one(out, "event_streams", "gauge", "Pages that are open and told of each audit.", now->served->streams);
}
