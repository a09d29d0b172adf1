/* interfaces: names of RPC interfaces, read from data files people edit (tables/rpc-interfaces.tsv; a user file adds).
 *
 * One interface is a UUID and a major version: f5cc59b4-... is FRS at 1.1 and Exchange 5.5 directory replication at
 * 21.0. A name is never guessed: what is not in the files has none. */
#ifndef AUDIT_INTERFACES_H
#define AUDIT_INTERFACES_H

#include "base/failure.h"
#include "base/uuid.h"

struct interface {
    struct uuid uuid;
    uint16_t major, minor;
    const char *name;    /* short: emsmdb, nspi, drsuapi */
    const char *service; /* who serves it */
};

struct interfaces;

/* An empty list; NULL with a failure when memory runs out. */
struct interfaces *interfaces_create(struct failure *failure);
void interfaces_destroy(struct interfaces *interfaces);
/* Adds a file's lines; a later line of the same UUID and major version replaces an earlier one. False with a failure
 * that names file, line and what is wrong. */
bool interfaces_load(struct interfaces *interfaces, const char *file, struct failure *failure);

/* The interface, by UUID and major version; else by UUID alone when that UUID is listed under one major version only;
 * else NULL. */
const struct interface *interfaces_find(const struct interfaces *interfaces, const struct uuid *uuid, uint16_t major);
/* Does this interface answer to `word` (its short name, without regard to case, or its UUID)? */
bool interface_is(const struct interfaces *interfaces, const struct uuid *uuid, uint16_t major, const char *word);
/* Is there any interface with this short name? */
bool interfaces_know(const struct interfaces *interfaces, const char *name);

#endif
