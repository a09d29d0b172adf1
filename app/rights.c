/* rights: what the options need, told to privileges and sandbox. */
#include "app/rights.h"

#include "app/privileges.h"
#include "app/sandbox.h"
#include "watch/outlets.h"

#include <stdio.h>

/* Findings told by syslog go out by a socket. */
static bool tells_syslog(const struct options *options)
{
    for (size_t i = 0; i < options->findings.count; i++) {
        enum outlet_kind kind = outlet_kind_of(options->findings.items[i]);
        if (kind == OUTLET_MACHINE || kind == OUTLET_SERVER)
            return true;
    }
    return false;
}

static bool give_up(const struct options *options, const struct sandbox_needs *needs, struct failure *failure)
{
    bool refused = false;
    if (!privileges_drop(options->user, needs->places, failure) ||
        !(options->no_sandbox || sandbox_enter(needs, &refused, failure)))
        return false;
    if (refused && !options->quiet)
        fputs("pathaudit: warning: this system offers no filter of system calls (seccomp); going on without a "
              "sandbox\n",
              stderr);
    return true;
}

bool rights_give_up(const struct options *options, struct failure *failure)
{
    struct places places;
    if (!places_of(options, &places, failure))
        return false;
    const struct sandbox_needs needs = {.places = &places,
                                        .receives = options->devices.count > 0,
                                        .sends = tells_syslog(options),
                                        .forks = options->devices.count > 0 || options->follow,
                                        .connects = options_connect(options)};
    bool ok = give_up(options, &needs, failure);
    places_fini(&places);
    return ok;
}

bool rights_give_up_speaking(const struct options *options, struct failure *failure)
{
    const struct places none = {0};
    const struct sandbox_needs needs = {.places = &none, .serves = options->listen != NULL};
    return give_up(options, &needs, failure);
}
