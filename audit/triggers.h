/* triggers: what in the traffic says that a row should have been used (`required: when-triggered`).
 *
 *   subscription    hub and edge trust each other directly: X-ANONYMOUSTLS between them, or EdgeSync (50636/tcp)
 *   mapper-answer   the server's endpoint mapper was asked for an interface of this row, and answered
 *   ID of a row     that row was used between the same hosts, or by the same client */
#ifndef AUDIT_TRIGGERS_H
#define AUDIT_TRIGGERS_H

#include "audit/work.h"

/* The words above, ended by NULL; every id of a row is a trigger as well. */
extern const char *const trigger_words[];

/* The row's trigger was pulled for this client. */
struct pull {
    size_t client_host, server_host; /* SIZE_MAX: towards whomever */
    int64_t when_ns;
};

struct pulls {
    struct pull *items; /* ordered by client */
    size_t count;
};

/* Every time the row's trigger was pulled, of memory of the arena. False when that ran out. */
bool pulls_gather(const struct work *work, struct arena *arena, const struct judged_path *path, struct pulls *pulls);
/* Those of one client: the first, and how many. */
const struct pull *pulls_of(const struct pulls *pulls, size_t client_host, size_t *count);

#endif
