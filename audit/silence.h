/* silence: findings about rows that are required and that nobody tried, or of which nobody can say whether. */
#ifndef AUDIT_SILENCE_H
#define AUDIT_SILENCE_H

#include "audit/work.h"

#define SILENCE_FINDINGS 2 /* of one row, at most */

/* Is the row required and yet not to be judged? That keeps the run from ending in "conforms". */
bool silence_matters(const struct judged_path *path);
void silence_find(struct work *work, size_t index, struct finding *(*begin)(struct audit *audit, const char *verdict));

#endif
