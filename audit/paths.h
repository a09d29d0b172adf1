/* paths: the verdict of each row for each pair of hosts, and rolled up for the row (docs/verdicts.md, "Verdict of a
 * row"). Traffic with the endpoint mapper alone never satisfies a row: it only says that somebody asked. */
#ifndef AUDIT_PATHS_H
#define AUDIT_PATHS_H

#include "audit/work.h"

/* What was seen of a row, in flows. */
struct tally {
    uint64_t conforming, deviating, failed, undetermined;
    uint64_t verified, unreadable; /* of the conforming: something read agrees; the row asks, nothing could be read */
    uint64_t lookups;              /* answers of the endpoint mapper, which satisfy nothing yet */
    bool certain;                  /* some of it belongs to this row without doubt */
};

/* The verdict of what was seen; PATH_NOT_EXERCISED when nothing was, or lookups alone. */
enum path_verdict verdict_of_tally(const struct tally *tally, enum requirement required);

/* Fills audit->paths with all rows of all tables, in order; the site's requirements are applied. */
bool paths_begin(struct work *work);
/* Their verdicts. False when memory ran out. Needs verdicts_judge. */
bool paths_judge(struct work *work);

/* Is it a path that table or site forbid, and no other? Then an attempt that fails is kept out as it should be. */
bool path_forbids(const struct audit *audit, const struct judged_conversation *conversation);

#endif
