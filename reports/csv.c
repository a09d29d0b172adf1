/* csv: conversations, paths, endpoints or findings as a table (RFC 4180), one line each, for spreadsheets.
 */
#include "reports/csv_lines.h"
#include "reports/json_parts.h"
#include "reports/report.h"

/* Ended by NULL (reports/csv_lines.h). */
static const char *const conversation_columns[] = {"client",
                                                   "client_name",
                                                   "server",
                                                   "server_name",
                                                   "transport",
                                                   "port",
                                                   "tunnel",
                                                   "protocol",
                                                   "services",
                                                   "second_opinion",
                                                   "recognised_by",
                                                   "match",
                                                   "grade",
                                                   "probable",
                                                   "verdict",
                                                   "paths",
                                                   "allowed_by",
                                                   "nearest.path",
                                                   "nearest.why",
                                                   "facts.authentication",
                                                   "facts.encryption",
                                                   "flows",
                                                   "packets_to_server",
                                                   "packets_to_client",
                                                   "bytes_to_server",
                                                   "bytes_to_client",
                                                   "missing_bytes",
                                                   "client_decided_by",
                                                   "first",
                                                   "last",
                                                   "network",
                                                   NULL};
static const char *const path_columns[] = {
    "table",         "id",       "name",           "section",    "from",       "to",
    "ports",         "required", "verdict",        "probable",   "verified",   "reason",
    "conversations", "bytes",    "authentication", "encryption", "ports_seen", NULL};
static const char *const endpoint_columns[] = {
    "server",        "transport", "port",       "endpoint",        "protocol_sequence", "tower_address", "interface",
    "version",       "name",      "annotation", "learned_from",    "clients",           "flows",         "failed_flows",
    "outside_range", "first",     "last",       "evidence.source", "evidence.frame",    "network",       NULL};
static const char *const finding_columns[] = {"id",     "verdict",  "severity", "subject", "explain",
                                              "advice", "path",     "client",   "server",  "transport",
                                              "port",   "excepted", "evidence", "network", NULL};

void endpoints_csv(const struct audit *audit, const struct report_options *options, FILE *out)
{
    struct csv csv = csv_begin(out, endpoint_columns, false);
    for (size_t i = 0; i < audit->endpoint_count; i++)
        csv_line(&csv, json_endpoint(&csv.document, &audit->endpoints[i]));
    document_tell_lost(&csv.document, options->lost);
    fflush(out);
}

static void conversations_csv(const struct audit *audit, const struct report_options *options, FILE *out)
{
    struct csv csv = csv_begin(out, conversation_columns, false);
    for (size_t i = 0; i < audit->conversation_count; i++)
        csv_line(&csv, json_conversation(&csv.document, audit, &audit->conversations[i]));
    document_tell_lost(&csv.document, options->lost);
}

static void paths_csv(const struct audit *audit, const struct report_options *options, FILE *out)
{
    struct csv csv = csv_begin(out, path_columns, false);
    for (size_t i = 0; i < audit->path_count; i++)
        csv_line(&csv, json_path(&csv.document, audit, &audit->paths[i]));
    document_tell_lost(&csv.document, options->lost);
}

static void findings_csv(const struct audit *audit, const struct report_options *options, FILE *out)
{
    struct csv csv = csv_begin(out, finding_columns, false);
    for (size_t i = 0; i < audit->finding_count; i++)
        csv_line(&csv, json_finding(&csv.document, audit, &audit->findings[i]));
    document_tell_lost(&csv.document, options->lost);
}

void report_csv(const struct audit *audit, const struct report_options *options, FILE *out)
{
    switch (options->only) {
    case REPORT_PATHS:
        paths_csv(audit, options, out);
        break;
    case REPORT_ENDPOINTS:
        endpoints_csv(audit, options, out);
        break;
    case REPORT_FINDINGS:
        findings_csv(audit, options, out);
        break;
    default:
        conversations_csv(audit, options, out);
    }
    fflush(out);
}
