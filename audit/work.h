/* work: what the steps of one audit hand on to each other. Each step reads what the earlier ones wrote into `audit` and
 * adds its own part; besides the audit itself only this is common to them. */
#ifndef AUDIT_WORK_H
#define AUDIT_WORK_H

#include "audit/arena.h"
#include "audit/audit.h"

#define TRANSPORT_TCP_NUMBER 6
#define TRANSPORT_UDP_NUMBER 17

struct ledger;
struct annotations;
struct sight;

/* Whose address this is. */
struct host_place {
    struct address address;
    const char *network; /* "": of a host of the site file, in all networks; of others where none are kept apart */
    size_t host;         /* index into audit->hosts */
};

struct work {
    struct audit *audit; /* being filled */
    const struct audit_inputs *inputs;
    struct arena *arena;       /* of all that the audit keeps */
    struct host_place *places; /* ordered by address and network */
    size_t place_count;
    const struct ledger *ledger; /* NULL until it is filled */
    const struct annotations *annotations;
    const struct sight *sight; /* NULL until rows are judged */
    bool matching_alone;       /* only rows are asked for, and no nearest miss */
    uint64_t looks;            /* at two hosts together, to judge silence: a test holds it to how many there are */
    bool *excepting;           /* by exception of the site: it covered something */
};

#endif
