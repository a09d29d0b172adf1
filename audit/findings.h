/* findings: what needs attention, most important first, and what the audit concludes (docs/verdicts.md, "Every finding
 * says"). */
#ifndef AUDIT_FINDINGS_H
#define AUDIT_FINDINGS_H

#include "audit/work.h"

/* Many unexpected conversations of one client become one finding from this number on. */
#define FINDINGS_TOGETHER 21

/* Fills audit->findings, conclusion and exit_status. False when memory ran out. Needs paths_judge. */
bool findings_fill(struct work *work);

/* A finding of which nothing more is known yet; its texts are empty, and it is about no conversation and no row. */
struct finding finding_of(const char *verdict, enum severity severity);

/* The stable name of a finding: 16 hexadecimal digits of what it is about, never of how much was seen. */
void finding_name(struct finding *finding, const char *key);
/* Of a finding that is about one conversation. */
void finding_name_conversation(const struct judged_conversation *conversation, struct finding *finding);

/* Cites a place, up to eight of them; one without a frame is none. */
void finding_add_evidence(struct work *work, struct finding *finding, const struct evidence *evidence);

/* What was told of it with another arena is copied into that of `work`. */
void finding_keep(struct work *work, struct finding *finding);
/* May it become a finding? */
bool finding_is_due(const struct judged_conversation *conversation);

#endif
