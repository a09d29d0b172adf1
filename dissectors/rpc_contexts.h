/* rpc_contexts: which interfaces a connection speaks: what bind and alter_context offered, what the server took.
 *
 * Hides the pairing of answers with offers, which is by position (C706 12.6.3.1, MS-RPCE 2.2.2.4), the doubled
 * offers of clients that speak NDR64, and the feature negotiation that hides among them (MS-RPCE 3.3.1.5.3). */
#ifndef DISSECTORS_RPC_CONTEXTS_H
#define DISSECTORS_RPC_CONTEXTS_H

#include "dissectors/ndr.h"
#include "dissectors/rpc_pdu.h"

#define RPC_CONTEXTS_MOST 20

struct rpc_context {
    struct rpc_interface interface;
    uint16_t id;
    uint8_t place;  /* in the offer that waits for its answer, from 1; 0 when it does not */
    uint8_t answer; /* enum rpc_answer */
    uint8_t syntax; /* enum ndr_syntax, once accepted */
};

struct rpc_contexts {
    struct rpc_context list[RPC_CONTEXTS_MOST];
    uint8_t count, oldest;
    uint32_t offer_call_id; /* of the bind or alter_context that waits for its answer */
};

enum rpc_verdict { RPC_NO_VERDICT, RPC_ACCEPTED, RPC_REFUSED };

/* A bind or alter_context: says every interface it offers. */
void rpc_contexts_offer(struct rpc_contexts *contexts, const struct rpc_pdu *pdu, struct facts *out);

/* Its answer: says and learns every interface newly accepted; `sequence` is the protocol sequence of this connection.
 * Refused when some interface was accepted in none of its contexts. */
enum rpc_verdict rpc_contexts_answer(struct rpc_contexts *contexts, const struct rpc_pdu *pdu, const char *sequence,
                                     struct facts *out);

/* NULL when no accepted context has this id. */
const struct rpc_context *rpc_contexts_find(const struct rpc_contexts *contexts, uint16_t id);

/* Says an interface as uuid/major.minor. */
void rpc_interface_say(const struct rpc_interface *interface, enum fact_key key, struct facts *out);

#endif
