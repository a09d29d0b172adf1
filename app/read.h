/* read: all inputs of a command line through one crew, with progress, warnings and a clean Ctrl-C. */
#ifndef APP_READ_H
#define APP_READ_H

#include "app/interim.h"
#include "app/options.h"

/* Reads every -r and --from of the options. NULL with a failure. A capture that is cut off is read up to the cut, with
 * a warning on standard error; SIGINT and SIGTERM end the reading early, and what was read is concluded. Reports
 * in between go where `interim` says. The caller destroys the crew. */
struct crew *read_all(const struct options *options, struct interim *interim, struct failure *failure);

#endif
