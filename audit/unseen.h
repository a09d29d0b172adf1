/* unseen: hosts that should have used a row and never tried. A row is missing only with proof: it was due, everybody
 * concerned was alive, their links passed here both ways and in the clear, little was lost, and nothing that comes
 * before it failed. What the proof lacks is said instead (docs/verdicts.md, "Verdict of a row"). */
#ifndef AUDIT_UNSEEN_H
#define AUDIT_UNSEEN_H

#include "audit/listing.h"
#include "audit/sight.h"

/* A row that says not how often it is used must have had this long to be missing. */
#define CADENCE_UNSAID_NS (INT64_C(15) * 60 * 1000000000)
/* What a trigger calls for must have had this long to come. */
#define TRIGGER_GRACE_NS (INT64_C(60) * 1000000000)

/* May silence mean anything for this row? */
bool unseen_may_add(const struct judged_path *path);
/* Adds to the listing those who never tried though the row is required of them, and lets them weigh in the row's
 * verdict and reason. Rows that are not required stay as they are. `seen`: all pairs that stand on conversations, in
 * order. False when memory ran out. */
bool unseen_judge(struct work *work, const struct sight *sight, struct judged_path *path,
                  const struct judged_pair *seen, size_t seen_count, struct listing *listing);

#endif
