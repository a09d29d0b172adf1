/* report: an audit in a form for people or programs. Each writer gets the judged set and nothing else, and writes to
 * `out`; the caller writes to a temporary file and renames. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "audit/audit.h"

#include <stdio.h>

enum report_only { REPORT_EVERYTHING, REPORT_CONVERSATIONS, REPORT_PATHS, REPORT_ENDPOINTS, REPORT_FINDINGS };

struct report_options {
    bool colour;
    bool ascii;     /* the text form has no other signs: `?` for them */
    bool all;       /* list what the short form leaves out (paths not exercised, ...) */
    unsigned width; /* columns of the text form; 0: 100 */
    enum report_only only;
    const char *version;                 /* of pathaudit */
    const char *explain;                 /* id of one finding whose whole reasoning is wanted, or NULL */
    const char *host;                    /* of firewall rules: for this host alone, or NULL */
    const char *anonymized;              /* what tells the key of --anonymize from others; NULL or "" without it */
    const struct interfaces *interfaces; /* may be NULL */
    bool *lost; /* set when memory ran out, and what was written is not whole; NULL where nobody asks. Text says it */
};

/* The report a person reads first. */
void report_text(const struct audit *audit, const struct report_options *options, FILE *out);
/* pathaudit.audit/1 */
void report_json(const struct audit *audit, const struct report_options *options, FILE *out);
/* One finding as a line: what audit -T json says of it, with the time (RFC 3339) and the sensor that told it
 * (pathaudit.finding/1). */
void report_finding_line(const struct audit *audit, const struct finding *finding, const char *time, const char *sensor,
                         FILE *out);
/* The findings that count, as exceptions for a site file, each under a comment. */
void propose_exceptions(const struct audit *audit, const struct report_options *options, FILE *out);
/* Who is who: a site file ready to edit; pathaudit.roles/1; a list to read. */
void roles_yaml(const struct audit *audit, const struct report_options *options, FILE *out);
void roles_json(const struct audit *audit, const struct report_options *options, FILE *out);
void roles_text(const struct audit *audit, const struct report_options *options, FILE *out);
/* Ports handed out. */
void endpoints_text(const struct audit *audit, const struct report_options *options, FILE *out);
/* pathaudit.endpoints/1 */
void endpoints_json(const struct audit *audit, const struct report_options *options, FILE *out);
/* Findings and conversations, or those that options->only names, as JSON lines of the Elastic Common Schema
 * (docs/ecs.md).
 */
void report_ecs(const struct audit *audit, const struct report_options *options, FILE *out);
/* The part that options->only names, as CSV with a line of column names (docs/formats.md). */
void report_csv(const struct audit *audit, const struct report_options *options, FILE *out);
void endpoints_csv(const struct audit *audit, const struct report_options *options, FILE *out);
/* A table as people know it; pathaudit.table/1. */
void table_text(const struct path_table *table, const struct report_options *options, FILE *out);
void table_json(const struct path_table *table, FILE *out);
/* Its paths, rules and facts, one line each; with tabs instead of commas when asked. */
void table_csv(const struct path_table *table, bool tabs, FILE *out);

#endif
