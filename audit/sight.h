/* sight: what could have been seen. Absence proves nothing by itself: only where hosts were alive, their link passed
 * here both ways and in the clear, and the capture lost little, may a row be called missing (docs/verdicts.md). */
#ifndef AUDIT_SIGHT_H
#define AUDIT_SIGHT_H

#include "audit/work.h"

struct sight;

enum view { VIEW_NOTHING, VIEW_ONE_WAY, VIEW_BOTH_WAYS };

/* Taken from the audit's arena; NULL when memory ran out. Needs hosts_build. */
struct sight *sight_create(struct work *work);

/* The host's first and last sign of life: conversations in which it sent something. False when there is none. */
bool sight_life(const struct sight *sight, size_t host, int64_t *first_ns, int64_t *last_ns);
/* Those with whom the host has any conversation, in the order of hosts, and how many; without itself. */
const size_t *sight_met(const struct sight *sight, size_t host, size_t *count);
bool sight_have_met(const struct sight *sight, size_t one, size_t other);
/* In which directions packets between two hosts were seen, whoever began. */
enum view sight_link(const struct sight *sight, size_t one, size_t other);
/* For how long, of this time, did any sensor listen that saw something between the two (or, for one == other, any
 * sensor at all)? Captures with a pause between them do not cover it. */
int64_t sight_covers(const struct sight *sight, size_t one, size_t other, int64_t from_ns, int64_t until_ns);
/* Did IPsec hide what two hosts say to each other? */
bool sight_is_sealed(const struct sight *sight, size_t one, size_t other);
/* Of what two hosts sent each other more than a hundredth is missing: bytes that were needed, and those seen. False
 * when it is less. */
bool sight_is_lossy(const struct sight *sight, size_t one, size_t other, uint64_t *missing_bytes, uint64_t *bytes);
/* What keeps the whole capture from proving an absence, as a clause: "" when nothing does. */
const char *sight_gap(struct work *work);

/* What the client needs before it can use anything: name service and KDC; and of the server, for RPC, its endpoint
 * mapper. The index of a conversation with one of them that failed and never went well; SIZE_MAX when there is none. */
size_t sight_prerequisite(const struct sight *sight, size_t client);
size_t sight_mapper(const struct sight *sight, size_t client, size_t server);
/* Was the client ever answered by a name server, by a KDC, by the endpoint mapper of this server? */
bool sight_has_names(const struct sight *sight, size_t client);
bool sight_has_tickets(const struct sight *sight, size_t client);
bool sight_has_mapper(const struct sight *sight, size_t client, size_t server);

#endif
