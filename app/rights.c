/* rights: what the options need, told to privileges and sandbox. */
#include "app/rights.h"

#include "app/privileges.h"
#include "app/sandbox.h"

#include <stdio.h>

bool rights_give_up(const struct options *options, struct failure *failure)
{
    struct places places;
    bool refused = false;
    if (!places_of(options, &places, failure))
        return false;
    struct sandbox_needs needs = {.places = &places,
                                  .receives = options->devices.count > 0,
                                  .forks = options->devices.count > 0 || options->follow};
    bool ok = privileges_drop(options->user, &places, failure) &&
              (options->no_sandbox || sandbox_enter(&needs, &refused, failure));
    places_fini(&places);
    if (ok && refused && !options->quiet)
        fputs("pathaudit: warning: this system offers no filter of system calls (seccomp); going on without a "
              "sandbox\n",
              stderr);
    return ok;
}
