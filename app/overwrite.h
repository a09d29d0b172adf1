/* overwrite: a report must not replace what it is made of. */
#ifndef APP_OVERWRITE_H
#define APP_OVERWRITE_H

#include "app/options.h"

/* Is no file that would be written one that is read, another output, or a capture? Else false, and which is told. Looks
 * at files that are there; opens those that -o and --propose-exceptions would replace. */
bool overwrite_check(const struct options *options, struct failure *failure);

#endif
