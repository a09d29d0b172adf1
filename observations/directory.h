/* directory: observations as files, `dir:PATH`. One run is a folder below PATH named after the time of its first
 * packet, with one TSV file a table; it is written beside and then renamed, so that a reader never sees half a run. */
#ifndef OBSERVATIONS_DIRECTORY_H
#define OBSERVATIONS_DIRECTORY_H

#include "observations/window.h"

/* Adds the rows of all stores to PATH as one new run; PATH is made when missing. False with a failure. */
bool directory_write(struct observations *const stores[], size_t count, const char *path, struct failure *failure);
/* Adds what the window holds of all runs below PATH to the store, in order of their names. A file that does not fit its
 * table is a failure that names file and line. */
bool directory_read(struct observations *store, const char *path, const struct window *window, struct failure *failure);

#endif
