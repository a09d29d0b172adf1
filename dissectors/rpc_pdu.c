/* rpc_pdu: header and trailer of a PDU. The checks together are the signature by which RPC is told from everything
 * else, so they are strict: C706 12.6.3.1, data representation C706 14.1, trailer MS-RPCE 2.2.2.11. */
#include "dissectors/rpc_pdu.h"

#include <stdio.h>

#define TRAILER_BYTES 8
#define START_BYTES   8 /* of the header: the same in all PDUs */

#define BIT(type) (1u << (type))
static const unsigned types_of_client = BIT(RPC_REQUEST) | BIT(RPC_BIND) | BIT(RPC_ALTER_CONTEXT) | BIT(RPC_AUTH3) |
                                        BIT(RPC_CO_CANCEL) | BIT(RPC_ORPHANED) | BIT(RPC_RTS);
static const unsigned types_of_server = BIT(RPC_RESPONSE) | BIT(RPC_FAULT) | BIT(RPC_BIND_ACK) | BIT(RPC_BIND_NAK) |
                                        BIT(RPC_ALTER_CONTEXT_RESPONSE) | BIT(RPC_SHUTDOWN) | BIT(RPC_RTS);

/* Versions, type and data representation: integers little or big-endian, characters ASCII, floating point IEEE, then
 * two that must be zero. What is not here yet is taken to fit. */
static bool start_fits(struct bytes in, enum direction from)
{
    uint8_t start[START_BYTES] = {5, 0, from == FROM_CLIENT ? RPC_REQUEST : RPC_RESPONSE, 0, 0x10};
    if (in.left > 0)
        memcpy(start, in.at, in.left < START_BYTES ? in.left : START_BYTES);
    return start[0] == 5 && start[1] <= 1 && start[2] <= RPC_RTS &&
           ((from == FROM_CLIENT ? types_of_client : types_of_server) & BIT(start[2])) != 0 &&
           (start[4] == 0x10 || start[4] == 0) && (start[5] | start[6] | start[7]) == 0;
}

/* The least length a PDU of this type can have without verifier. */
static uint16_t least_length(uint8_t type)
{
    switch (type) {
    case RPC_REQUEST:
    case RPC_RESPONSE:
        return 24;
    case RPC_FAULT:
    case RPC_BIND:
    case RPC_ALTER_CONTEXT:
        return 28;
    case RPC_BIND_ACK:
    case RPC_ALTER_CONTEXT_RESPONSE:
        return 26;
    case RPC_BIND_NAK:
        return 18;
    case RPC_AUTH3:
    case RPC_RTS:
        return 20;
    default:
        return RPC_HEADER_BYTES;
    }
}

enum likeness rpc_header_read(struct bytes in, enum direction from, struct rpc_header *out)
{
    if (!start_fits(in, from))
        return LIKE_NOT;
    bytes_skip(&in, 2);
    struct rpc_header header = {.type = bytes_u8(&in), .flags = bytes_u8(&in)};
    header.little = bytes_u8(&in) != 0;
    bytes_skip(&in, 3);
    header.length = header.little ? bytes_le16(&in) : bytes_be16(&in);
    header.auth_length = header.little ? bytes_le16(&in) : bytes_be16(&in);
    header.call_id = header.little ? bytes_le32(&in) : bytes_be32(&in);
    if (!bytes_ok(&in))
        return LIKE_MAYBE;
    uint32_t trailer = header.auth_length == 0 ? 0 : (uint32_t)header.auth_length + TRAILER_BYTES;
    if (header.length < least_length(header.type) || trailer > (uint32_t)header.length - RPC_HEADER_BYTES)
        return LIKE_NOT;
    *out = header;
    return LIKE_YES;
}

struct rpc_pdu rpc_pdu_open(struct bytes whole, const struct rpc_header *header)
{
    struct rpc_pdu pdu = {.header = *header};
    size_t body_length = header->length - RPC_HEADER_BYTES;
    bytes_skip(&whole, RPC_HEADER_BYTES);
    if (header->auth_length == 0) {
        pdu.body = bytes_take(&whole, body_length);
        return pdu;
    }
    body_length -= header->auth_length + TRAILER_BYTES;
    pdu.body = bytes_take(&whole, body_length);
    pdu.verifier.present = true;
    pdu.verifier.type = bytes_u8(&whole);
    pdu.verifier.level = bytes_u8(&whole);
    uint8_t padding = bytes_u8(&whole);
    bytes_skip(&whole, 1);
    pdu.verifier.context_id = header->little ? bytes_le32(&whole) : bytes_be32(&whole);
    pdu.verifier.value = bytes_take(&whole, header->auth_length);
    pdu.body.left = padding <= body_length ? body_length - padding : 0;
    return pdu;
}

struct bytes rpc_pdu_stub(const struct rpc_pdu *pdu)
{
    struct bytes stub = pdu->body;
    bytes_skip(&stub, 8);
    if (pdu->header.type == RPC_REQUEST && (pdu->header.flags & RPC_OBJECT) != 0)
        bytes_skip(&stub, 16);
    return stub;
}

void rpc_fault_say(uint32_t status, struct facts *out)
{
    static const struct {
        uint32_t status;
        const char *name;
    } known[] = {
        {0x00000005, "access denied"},
        {0x000006d8, "endpoint mapper cannot perform the operation"},
        {0x000006f7, "bad stub data"},
        {0x00000721, "security package error"},
        {0x1c010002, "unknown operation"},
        {0x1c010003, "unknown interface"},
        {0x1c010014, "server too busy"},
        {0x1c00001a, "context mismatch"},
        {0x1c00001c, "invalid presentation context"},
        {0x1c00001d, "unsupported authentication level"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].status == status) {
            facts_say_text(out, FACT_RPC_FAULTS, known[i].name);
            return;
        }
    }
    char text[sizeof "0x00000000"];
    (void)snprintf(text, sizeof text, "0x%08x", status);
    facts_say_text(out, FACT_RPC_FAULTS, text);
}
