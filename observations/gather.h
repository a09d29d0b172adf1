/* gather: rows of a store put together as people think of them: one conversation a pair, with its session classes and
 * its facts, summed over slices, runs and sensors.
 *
 * Here, too, the one thing is settled that only the whole can tell: a flow that got no answer is "unanswered" only if
 * the server's direction is visible at all (this pair, or the server towards anybody); otherwise it is "one-way"
 * (verdicts, "Disposition of one flow"). */
#ifndef OBSERVATIONS_GATHER_H
#define OBSERVATIONS_GATHER_H

#include "observations/scans.h"

struct session {
    enum disposition disposition;
    uint32_t authentication, encryption, protection; /* names */
    uint64_t flows;
    int64_t first_ns, last_ns;
    uint32_t source; /* evidence: the first flow of the class */
    uint64_t frame;
};

struct gathered_fact {
    uint32_t key, value; /* names */
    uint64_t flows;
    int64_t first_ns;
    uint32_t source;
    uint64_t frame;
};

struct gathered {
    struct pair pair;
    uint32_t pair_number; /* in the store */
    uint32_t protocol;    /* of most flows, the non-empty before the empty */
    uint32_t second_opinion;
    enum decided_by decided_by; /* the strongest seen */
    uint64_t flows;
    uint64_t packets_to_server, packets_to_client, bytes_to_server, bytes_to_client, missing_bytes;
    int64_t first_ns, last_ns;
    const struct session *sessions; /* in order of first_ns */
    size_t session_count;
    const struct gathered_fact *facts; /* ordered by key, then first_ns */
    size_t fact_count;
};

struct gathering {
    struct gathered *items; /* ordered by first_ns, then by pair */
    size_t count;
    void *memory;       /* what sessions and facts point into */
    struct scans scans; /* of clients that tried very many places in vain: these attempts are in no item */
};

/* False with a failure when memory runs out. Borrow of the store's names; the gathering is released by gather_fini. */
bool gather_init(struct gathering *gathering, const struct observations *store, struct failure *failure);
void gather_fini(struct gathering *gathering);

#endif
