/* text_sections: the parts of the text report, each a small file; text.c puts them in order. A section writes its
 * heading, its lines and one free line after them, or nothing when it has nothing to say. */
#ifndef REPORTS_TEXT_SECTIONS_H
#define REPORTS_TEXT_SECTIONS_H

#include "reports/report.h"
#include "reports/screen.h"

struct text_report {
    const struct audit *audit;
    const struct report_options *options;
    struct screen *screen;
};

/* text_head.c: what was looked at, and the verdict in one line. */
void text_head(const struct text_report *report);
void text_verdict(const struct text_report *report);
/* text_findings.c */
void text_findings(const struct text_report *report);
/* The finding with this number on the screen, the first of those that stand together there; NULL when there is none. */
const struct finding *text_findings_numbered(const struct text_report *report, unsigned long number);
/* text_explain.c: everything behind one finding. */
void text_explain(const struct text_report *report, const char *id);
/* text_paths.c */
struct grid;
void text_paths(const struct text_report *report);
/* How many pairs of hosts of the row were too many to list, as a note; nothing when there are none. */
void text_note_left_out(struct grid *grid, const struct judged_path *path);
/* text_ports.c: dynamic ports handed out, who told and who came. */
void text_ports(const struct text_report *report);
/* text_conversations.c: those that fit no path; all of them. */
void text_unexpected(const struct text_report *report);
void text_conversations(const struct text_report *report);
/* text_limits.c */
void text_limits(const struct text_report *report);

/* Sums that several sections quote. */
struct text_totals {
    uint64_t packets, bytes, dropped, duplicates, duplicates_routed, undecoded, truncated_frames, truncated,
        fragments_lost, missing_bytes;
    uint64_t evicted_flows, evicted_conversations, lost_facts, unasked_flows, lost_rows;
};
struct text_totals text_totals_of(const struct audit *audit);
/* Is there anything to judge by? Was there anything to be seen? */
bool text_is_judged(const struct audit *audit);
bool text_has_seen(const struct audit *audit);

/* What each verdict looks like. */
enum accent text_verdict_accent(enum verdict verdict);
enum accent text_path_accent(enum path_verdict verdict);
enum accent text_severity_accent(enum severity severity);
/* "HIGH", ... in capitals. */
const char *text_severity_word(enum severity severity);

#endif
