/* merge: adds all rows of one store to another, as if they had come in there. */
#ifndef OBSERVATIONS_MERGE_H
#define OBSERVATIONS_MERGE_H

#include "observations/store.h"

/* What finds no room in `into` is counted there. `from` stays as it is. */
void observations_merge(struct observations *into, const struct observations *from);

#endif
