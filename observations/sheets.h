/* sheets: the rows of stores as files of lines, one file a table, written by several threads. Rows are put into text in
 * chunks, side by side, and each file gets its chunks in order, so that the files do not depend on the threads. */
#ifndef OBSERVATIONS_SHEETS_H
#define OBSERVATIONS_SHEETS_H

#include "observations/kinds.h"

#include <limits.h>

struct sheet {
    const struct kind *kind;
    char path[PATH_MAX]; /* of a file that is not there yet */
};

/* Writes the header and all rows of all stores to each sheet's file, with at most `threads` threads, this one among
 * them. False with a failure for each file that cannot be written; it may be there in part. */
bool sheets_write(const struct sheet sheets[], size_t sheet_count, struct observations *const stores[],
                  size_t store_count, unsigned threads, struct failure *failure);

#endif
