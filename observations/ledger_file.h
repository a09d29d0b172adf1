/* ledger_file: what servers said of their ports, kept from one run to the next (`--ledger FILE`). A text file: a line
 * with the version, a header, and one binding a line (rows.h). It holds at most LEDGER_FILE_MOST of them, those that
 * were heard last. Writing what was just read gives the same bytes. */
#ifndef OBSERVATIONS_LEDGER_FILE_H
#define OBSERVATIONS_LEDGER_FILE_H

#include "observations/store.h"

#include <stdio.h>

#define LEDGER_FILE_MOST 8192
/* The name of the run of bindings that come from the file: what they say was not said in this run. */
#define LEDGER_FILE_RUN "ledger"

/* Adds the file's bindings to the store; where there is no file, none. False with a failure that names file and line:
 * of another format, or of a newer one. */
bool ledger_file_read(struct observations *store, const char *path, struct failure *failure);
/* Adds all bindings of one store to another. */
void ledger_file_copy(const struct observations *from, struct observations *to);
/* Writes the store's bindings, equal ones of several runs as one. False with a failure when memory runs out. */
bool ledger_file_write(struct observations *store, FILE *out, struct failure *failure);

#endif
