/* lint: what is odd about a table without being wrong: rows that the wire cannot tell apart, rows that nothing can ever
 * belong to, roles that no host has, words that no list knows, rows without a source. */
#ifndef AUDIT_LINT_H
#define AUDIT_LINT_H

#include "audit/interfaces.h"
#include "audit/site.h"

/* Is given one warning: where it is (a file and a line of it, from 1), and what. The texts live only for the call. */
typedef void lint_tell(void *context, const char *file, size_t line, const char *warning);

/* Tells what is odd about the table, row by row. `site` says which roles have hosts; NULL asks nothing of it.
 * `interfaces` are the known ones, NULL for none. How many were told. */
size_t lint_table(const struct path_table *table, const struct site *site, const struct interfaces *interfaces,
                  lint_tell *tell, void *context);

#endif
