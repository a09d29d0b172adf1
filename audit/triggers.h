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

/* The first moment at which the row's trigger was pulled between the two; false when it never was. */
bool trigger_pulled(const struct work *work, const struct judged_path *path, size_t client_host, size_t server_host,
                    int64_t *when_ns);

#endif
