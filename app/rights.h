/* rights: the one call by which a run gives up what it does not need any more: user, capabilities (privileges.h) and
 * system calls (sandbox.h). It stands where devices have been opened and neither threads have been made nor a byte of a
 * capture has been read. */
#ifndef APP_RIGHTS_H
#define APP_RIGHTS_H

#include "app/options.h"

/* False with a failure that says what to do: --user who may not use the files named, no memory. Where the system offers
 * no sandbox, a line on standard error says so, unless --quiet or --no-sandbox. */
bool rights_give_up(const struct options *options, struct failure *failure);
/* The same for the process of `watch` that speaks: it reads no file and writes none, and with --listen takes
 * connections from a socket that is open already. */
bool rights_give_up_speaking(const struct options *options, struct failure *failure);

#endif
