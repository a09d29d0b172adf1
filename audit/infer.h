/* infer: roles from what hosts were seen to serve, for hosts the site file says nothing of. Careful rather than
 * complete: a role is given only for service that was really rendered, and always with the evidence in words. */
#ifndef AUDIT_INFER_H
#define AUDIT_INFER_H

#include "audit/work.h"

/* Adds inferred roles to hosts in scope that have none declared; of those that have, what they do beyond their roles
 * goes to `conflicts`. False when memory ran out. */
bool roles_infer(struct work *work);

#endif
