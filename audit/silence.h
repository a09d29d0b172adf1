/* silence: findings about rows that are required and that nobody tried, or of which nobody can say whether. */
#ifndef AUDIT_SILENCE_H
#define AUDIT_SILENCE_H

#include "audit/work.h"

#define SILENCE_FINDINGS 2 /* of one row, at most */

/* Is the row required and yet not to be judged? That keeps the run from ending in "conforms". */
bool silence_matters(const struct judged_path *path);
void silence_find(struct work *work, size_t index, struct finding *(*begin)(struct audit *audit, const char *verdict));
/* Of such a pair no more will be known than that it is missing, and whether the site puts up with that. */
void silence_leave_out(const struct work *work, struct judged_path *path, const struct judged_pair *pair);

#endif
