/* window: which of the observations that are kept somewhere are read: --since, --until, --sensor.
 *
 * Traffic and facts belong to the slice they are in, and a slice to the window that it begins in; so windows side by
 * side have every row once. What was told of a port is known from then on: bindings are read however old they are.
 * Coverage is read where it overlaps. */
#ifndef OBSERVATIONS_WINDOW_H
#define OBSERVATIONS_WINDOW_H

#include "observations/kinds.h"

struct window {
    int64_t since_ns, until_ns; /* from the first up to, and without, the second; INT64_MIN and INT64_MAX: open */
    const char *sensor;         /* NULL: all */
};

/* All that there is. */
#define WINDOW_ALL ((struct window){INT64_MIN, INT64_MAX, NULL})

/* Is this record, of table `kind` and with names of `store`, in the window? */
bool window_holds(const struct window *window, int kind, const union record *record, const struct observations *store);

#endif
