/* text_explain: the pieces of --explain that stand in files of their own. Each writes nothing when it has nothing to
 * say.
 */
#ifndef REPORTS_TEXT_EXPLAIN_H
#define REPORTS_TEXT_EXPLAIN_H

#include "reports/text_sections.h"

/* A heading with a free line before it; "  label   text", nothing without text. */
void explain_title(const struct text_report *report, const char *text);
void explain_line(const struct text_report *report, const char *label, const char *text);

/* All conversations that the finding speaks of at once. */
void explain_together(const struct text_report *report, const struct finding *f);
/* The rows that have the conversation's port and do not own it, with what keeps each from it. */
void explain_near_rows(const struct text_report *report, size_t conversation);
/* Of a finding about roles: all that hosts were seen to do beside theirs. */
void explain_conflicts(const struct text_report *report, const struct finding *f);

#endif
