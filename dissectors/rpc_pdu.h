/* rpc_pdu: one PDU of connection-oriented MS-RPC: its header, and where its body and verifier lie.
 *
 * Hides the layout of the header and the security trailer. C706 12.6.3 and 12.6.4, MS-RPCE 2.2.2. */
#ifndef DISSECTORS_RPC_PDU_H
#define DISSECTORS_RPC_PDU_H

#include "dissectors/dissector.h"

#define RPC_HEADER_BYTES 16

enum rpc_type {
    RPC_REQUEST = 0,
    RPC_RESPONSE = 2,
    RPC_FAULT = 3,
    RPC_BIND = 11,
    RPC_BIND_ACK = 12,
    RPC_BIND_NAK = 13,
    RPC_ALTER_CONTEXT = 14,
    RPC_ALTER_CONTEXT_RESPONSE = 15,
    RPC_AUTH3 = 16,
    RPC_SHUTDOWN = 17,
    RPC_CO_CANCEL = 18,
    RPC_ORPHANED = 19,
    RPC_RTS = 20, /* RPC over HTTP, MS-RPCH 2.2.3.6 */
};

/* Bits of `flags`. */
enum { RPC_FIRST = 0x01, RPC_LAST = 0x02, RPC_OBJECT = 0x80 };

/* Types of security providers and levels of protection, MS-RPCE 2.2.1.1.7 and 2.2.1.1.8. */
enum { RPC_SPNEGO = 9, RPC_NTLM = 10, RPC_SCHANNEL = 14, RPC_KERBEROS = 16, RPC_NETLOGON = 68 };
enum { RPC_INTEGRITY = 5, RPC_PRIVACY = 6 };

struct rpc_header {
    uint8_t type, flags;
    bool little; /* each PDU declares its own byte order */
    uint16_t length, auth_length;
    uint32_t call_id;
};

struct rpc_verifier {
    bool present;
    uint8_t type, level;
    uint32_t context_id;
    struct bytes value;
};

struct rpc_pdu {
    struct rpc_header header;
    struct bytes body; /* behind the header, without auth padding and trailer */
    struct rpc_verifier verifier;
};

/* Do these bytes begin a PDU that `from` may send? LIKE_MAYBE while fewer than 16 bytes fit so far; `out` is filled
 * at LIKE_YES. */
enum likeness rpc_header_read(struct bytes in, enum direction from, struct rpc_header *out);

/* `whole` holds exactly the PDU of this header. A trailer that claims more padding than there is leaves an empty
 * body. */
struct rpc_pdu rpc_pdu_open(struct bytes whole, const struct rpc_header *header);

/* The stub of a request or response, from the body. */
struct bytes rpc_pdu_stub(const struct rpc_pdu *pdu);

/* Says why a call failed: the status of a fault by name, or as a number. */
void rpc_fault_say(uint32_t status, struct facts *out);

#endif
