/* tellings: who was told which port, for the ledger. All clients of a large network may be told of one port, so a
 * conversation asks for what its own client was told, and for the first time that each thing was told at all. */
#ifndef AUDIT_TELLINGS_H
#define AUDIT_TELLINGS_H

#include "audit/ledger.h"
#include "audit/moves.h"

enum how { HOW_TOLD, HOW_LISTED, HOW_BOUND }; /* to one client; to whoever looks; by a bind, or in the site file */

/* One host, one port, one service, one client that learned of it. */
struct telling {
    size_t host;
    const char *network; /* NULL: in all, as the site file says */
    uint8_t transport;
    uint16_t port;
    enum how how;
    size_t client_host;
    struct service service;
    struct told told;
    struct stay stay; /* from when to when it holds */
};

/* Two ways to those tellings that matter to one conversation. */
struct tellings {
    const struct telling **firsts; /* by port: of what is said again and again the first; in order of time */
    size_t first_count;
    const struct telling **owns; /* those to one client, by port and client; in order of time */
    size_t own_count;
};

/* By host, transport, port and time. */
int telling_order(const void *a, const void *b);
/* Of tellings in that order, which stay where they are. False when memory ran out. */
bool tellings_index(struct arena *arena, const struct telling *tellings, size_t count, struct tellings *index);
/* At the conversation's port: of each endpoint, of each way to learn of it, the first telling; how many. */
const struct telling *const *tellings_first(const struct tellings *index,
                                            const struct judged_conversation *conversation, size_t *count);
/* What the conversation's own client was told of its port. */
const struct telling *const *tellings_own(const struct tellings *index, const struct judged_conversation *conversation,
                                          size_t *count);

#endif
