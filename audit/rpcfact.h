/* rpcfact: interfaces as facts carry them, `uuid/major.minor`. */
#ifndef AUDIT_RPCFACT_H
#define AUDIT_RPCFACT_H

#include "base/uuid.h"

/* False when `text` is none. */
bool rpcfact_parse(const char *text, struct uuid *interface, uint16_t *major, uint16_t *minor);

#endif
