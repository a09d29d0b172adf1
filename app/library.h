/* library: the data files that come with pathaudit: expected tables and names of RPC interfaces. They are looked for in
 * $PATHAUDIT_TABLES, beside the installed program (../share/pathaudit/tables), then where the program was built. */
#ifndef APP_LIBRARY_H
#define APP_LIBRARY_H

#include "audit/interfaces.h"
#include "audit/table.h"

/* The folder of the tables, into `out`; false with a failure when there is none. */
bool library_folder(char *out, size_t size, struct failure *failure);
/* Names (without .yaml) in alphabetical order, in memory the caller frees with library_free_names. */
bool library_names(const char *folder, char ***names, size_t *count, struct failure *failure);
void library_free_names(char **names, size_t count);
/* A table by its name in the library, a fragment of one (`exchange-5.5/x400-connector`), or else a file (a name with
 * '/' or ending in .yaml or .yml). */
struct path_table *library_table(const char *folder, const char *name, struct failure *failure);
struct interfaces *library_interfaces(const char *folder, struct failure *failure);

#endif
