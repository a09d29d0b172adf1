/* rpc_security: how the calls of a connection are authenticated and protected.
 *
 * Hides the security trailer's meaning: providers, levels, several security contexts on one connection (MS-RPCE
 * 3.3.1.5.4), and what was said before. Protection is judged by requests and responses, never by what a bind
 * announced: a connection bound at privacy may still carry clear calls. */
#ifndef DISSECTORS_RPC_SECURITY_H
#define DISSECTORS_RPC_SECURITY_H

#include "dissectors/negotiate.h"
#include "dissectors/rpc_pdu.h"

#define RPC_SECURITY_CONTEXTS_MOST 4
#define RPC_PROTECTIONS_MOST       8

struct rpc_security {
    struct rpc_security_context {
        uint32_t id;
        uint8_t type;
        struct negotiation negotiation;
    } contexts[RPC_SECURITY_CONTEXTS_MOST];
    uint8_t count, oldest, latest;
    bool any; /* some PDU had a verifier */
    struct {
        uint8_t type, level, keys;
    } said[RPC_PROTECTIONS_MOST]; /* so that text is made once */
    uint8_t said_count;
    uint16_t authentications, encryptions; /* bits of what was said */
    struct rpc_steady {
        uint16_t auth_length;
        uint8_t type, level, run;
    } steady[2]; /* by direction: how many alike in a row */
};

/* A bind, alter_context, auth3 or an answer to them: says its protection and reads its token. */
void rpc_security_negotiate(struct rpc_security *security, enum direction from, const struct rpc_pdu *pdu,
                            struct facts *out);

/* A request or response: says its protection and what that amounts to. `whole`: the connection is known from its bind
 * on, so that no authentication seen means none. */
void rpc_security_data(struct rpc_security *security, enum direction from, const struct rpc_pdu *pdu, bool whole,
                       struct facts *out);

/* Any other PDU: says its protection when it has a verifier. */
void rpc_security_other(struct rpc_security *security, const struct rpc_pdu *pdu, struct facts *out);

/* Nothing new is to be expected of the verifier of this request or response: it follows many with the same verifier
 * in this direction. `level` is then their level. */
bool rpc_security_is_steady(const struct rpc_security *security, enum direction from, const struct rpc_header *header,
                            uint8_t *level);

#endif
