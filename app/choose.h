/* choose: which of the tables that come with pathaudit an audit is made with when nobody names one. */
#ifndef APP_CHOOSE_H
#define APP_CHOOSE_H

#include "audit/audit.h"

#define CHOOSE_REASON 200

/* The table of which most conversations belong to rows: rows of its own, between hosts of named roles, since a row for
 * any host fits everywhere, and a table that is included is not chosen for its parent's sake. Of equals the one with
 * more rows, then the first by name. `inputs` are those of the audit without tables; why it was chosen is written to
 * `reason`. The caller destroys the table; NULL with a failure when there is none. */
struct path_table *choose_table(const struct audit_inputs *inputs, const char *folder, char reason[CHOOSE_REASON],
                                struct failure *failure);

#endif
