/* agree: do the site file, the tables and the list of interfaces speak of the same things? A path that is required and
 * that no table has would never be missed; a row that names an interface nobody knows would never be seen. */
#ifndef AUDIT_AGREE_H
#define AUDIT_AGREE_H

#include "audit/work.h"

#define AGREE_SUMMARIES 5 /* findings at most */

/* Every required path that is in no table is told as file:line:column, when the site names its tables and all of them
 * are here. True when there is none. */
bool agree_check(struct work *work, struct failure *failure);
/* What agree_check could not be sure of, and interfaces that tables name and no list has, as findings that inform. */
void agree_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict));

#endif
