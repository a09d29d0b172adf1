/* site_disguise: a site file in disguise (observations/disguise.h): the same hosts, roles, scope and exceptions, under
 * the addresses and names that observations in the same disguise have. */
#ifndef AUDIT_SITE_DISGUISE_H
#define AUDIT_SITE_DISGUISE_H

#include "audit/site.h"
#include "observations/disguise.h"

/* NULL with a failure when memory runs out, or where something cannot be disguised and still mean the same. The caller
 * destroys it; the site given is borrowed as long. */
struct site *site_disguise(const struct site *site, struct disguise *disguise, struct failure *failure);

#endif
