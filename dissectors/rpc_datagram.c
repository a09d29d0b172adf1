/* rpc_datagram: MS-RPC over UDP: which interfaces are called, and where the endpoint mapper says services live.
 *
 * There is no connection and no bind: each datagram names its interface, and that one is said as if it had been bound.
 * Hides the header of 80 bytes, and answers that are repeated. Of calls in fragments only the header is read. Sources:
 * C706 12.5 (PDUs without a connection), MS-RPCE 2.2.3 (types of verifiers, and where their level stands). */
#include "dissectors/dcom.h"
#include "dissectors/epm.h"
#include "dissectors/rpc_contexts.h"
#include "dissectors/rpc_security.h"

#include <assert.h>

#define HEADER_BYTES        80
#define TRAILER_START_BYTES 2
#define DATAGRAM_MOST       ((size_t)64 * 1024)
#define INTERFACE_MOST      6

enum datagram_type {
    TYPE_REQUEST,
    TYPE_PING,
    TYPE_RESPONSE,
    TYPE_FAULT,
    TYPE_WORKING,
    TYPE_NOCALL,
    TYPE_REJECT,
    TYPE_ACK,
    TYPE_CANCEL,
    TYPE_FACK,
    TYPE_CANCEL_ACK,
};

enum { FLAG_FRAGMENT = 0x04, FLAGS_RESERVED = 0x81, FLAGS2_KNOWN = 0x02 };

#define BIT(type) (1u << (type))
/* A server also asks its client who it is (C706 9.5.4), but never begins with that. */
static const unsigned types_of_client =
    BIT(TYPE_REQUEST) | BIT(TYPE_PING) | BIT(TYPE_ACK) | BIT(TYPE_CANCEL) | BIT(TYPE_FACK);
static const unsigned types_of_server = BIT(TYPE_RESPONSE) | BIT(TYPE_FAULT) | BIT(TYPE_WORKING) | BIT(TYPE_NOCALL) |
                                        BIT(TYPE_REJECT) | BIT(TYPE_FACK) | BIT(TYPE_CANCEL_ACK);

struct header {
    uint8_t type, flags, verifier; /* type of the verifier behind the body; 0 for none */
    bool little;
    struct rpc_interface interface;
    uint32_t sequence;
    uint16_t operation, length; /* of the body */
};

struct spoken {
    struct rpc_interface interface;
    bool asked, answered;
};

struct datagrams {
    struct rpc_security security;
    struct spoken spoken[INTERFACE_MOST];
    struct rpc_interface wanted; /* what the last request to the mapper asks for */
    uint32_t wanted_sequence;
    uint8_t next; /* place in `spoken` */
    uint8_t outcome;
    bool heard; /* a datagram was read */
};

static_assert(sizeof(struct datagrams) <= DISSECTOR_STATE_MOST, "the state fits the flow's slot");

/* --- the header --- */

static bool octet_fits(size_t at, uint8_t octet)
{
    switch (at) {
    case 0: /* rpc_vers */
        return octet == 4;
    case 1: /* ptype */
        return octet <= TYPE_CANCEL_ACK;
    case 2:
        return (octet & FLAGS_RESERVED) == 0;
    case 3:
        return (octet & ~FLAGS2_KNOWN) == 0;
    case 4: /* integers little or big-endian, characters ASCII */
        return octet == 0x10 || octet == 0x00;
    case 5: /* floating point IEEE, then one that must be zero */
    case 6:
        return octet == 0;
    default:
        return true;
    }
}

static enum likeness header_read(struct bytes in, struct header *out)
{
    for (size_t i = 0; i < in.left && i < 8; i++)
        if (!octet_fits(i, in.at[i]))
            return LIKE_NOT;
    bytes_skip(&in, 1);
    struct header header = {.type = bytes_u8(&in), .flags = bytes_u8(&in)};
    bytes_skip(&in, 1);
    header.little = bytes_u8(&in) != 0;
    bytes_skip(&in, 3 + 16); /* representation, half of the serial number; object */
    header.interface.uuid = uuid_take(&in, header.little);
    struct uuid activity = uuid_take(&in, header.little);
    bytes_skip(&in, 4); /* when the server booted */
    uint32_t version = ndr_u32(&in, header.little);
    header.interface.major = (uint16_t)(version & 0xffff);
    header.interface.minor = (uint16_t)(version >> 16);
    header.sequence = ndr_u32(&in, header.little);
    header.operation = ndr_u16(&in, header.little);
    bytes_skip(&in, 4); /* hints */
    header.length = ndr_u16(&in, header.little);
    uint16_t fragment = ndr_u16(&in, header.little);
    header.verifier = bytes_u8(&in);
    bytes_skip(&in, 1);
    if (!bytes_ok(&in))
        return LIKE_MAYBE;
    if (uuid_is_zero(&header.interface.uuid) || uuid_is_zero(&activity) ||
        (fragment > 0 && (header.flags & FLAG_FRAGMENT) == 0))
        return LIKE_NOT;
    *out = header;
    size_t body = header.length + (header.verifier != 0 ? TRAILER_START_BYTES : 0u);
    return in.left < body ? LIKE_MAYBE : LIKE_YES;
}

static enum likeness rpc_datagram_probe(struct bytes head, enum direction from)
{
    struct header header = {.type = TYPE_REQUEST};
    unsigned types = from == FROM_CLIENT ? types_of_client : types_of_server;
    if (head.left > 1 && (head.at[1] > TYPE_CANCEL_ACK || (types & BIT(head.at[1])) == 0))
        return LIKE_NOT;
    return header_read(head, &header);
}

/* --- what is said --- */

static struct spoken *spoken_of(struct datagrams *datagrams, const struct rpc_interface *interface)
{
    for (size_t i = 0; i < INTERFACE_MOST; i++)
        if (rpc_interface_equal(&datagrams->spoken[i].interface, interface))
            return &datagrams->spoken[i];
    struct spoken *spoken = &datagrams->spoken[datagrams->next];
    datagrams->next = (uint8_t)((datagrams->next + 1) % INTERFACE_MOST);
    *spoken = (struct spoken){.interface = *interface};
    return spoken;
}

static void say_asked(struct datagrams *datagrams, const struct rpc_interface *interface, struct facts *out)
{
    struct spoken *spoken = spoken_of(datagrams, interface);
    if (!spoken->asked)
        rpc_interface_say(interface, FACT_RPC_BINDS, out);
    spoken->asked = true;
}

static void say_answered(struct datagrams *datagrams, const struct rpc_interface *interface, struct facts *out)
{
    struct spoken *spoken = spoken_of(datagrams, interface);
    if (spoken->answered)
        return;
    spoken->answered = true;
    rpc_interface_say(interface, FACT_RPC_ACCEPTED, out);
    facts_learn(out, &(struct learned){
                         .from = LEARNED_BIND,
                         .interface = interface->uuid,
                         .major = interface->major,
                         .minor = interface->minor,
                         .protocol_sequence = "ncadg_ip_udp",
                         .udp = true,
                     });
}

static void amount_outcome(struct datagrams *datagrams, enum outcome outcome, struct facts *out)
{
    if (datagrams->outcome != outcome)
        facts_outcome(out, outcome);
    datagrams->outcome = (uint8_t)outcome;
}

/* --- datagrams --- */

/* Who calls and how that is protected. Of a verifier level and number of a key come first. */
static void hear_security(struct datagrams *datagrams, enum direction from, const struct header *header,
                          struct bytes trailer, struct facts *out)
{
    struct rpc_pdu pdu = {.header = {.type = header->type, .little = header->little}};
    if (header->verifier != 0) {
        pdu.verifier = (struct rpc_verifier){.present = true, .type = header->verifier, .level = bytes_u8(&trailer)};
        pdu.verifier.value = trailer;
    }
    rpc_security_data(&datagrams->security, from, &pdu, true, out);
}

static bool stub_is_whole(const struct header *header)
{
    return header->verifier == 0 && (header->flags & FLAG_FRAGMENT) == 0;
}

static void hear_request(struct datagrams *datagrams, const struct header *header, struct bytes stub, struct facts *out)
{
    say_asked(datagrams, &header->interface, out);
    if (!stub_is_whole(header) || !epm_is_mapper(&header->interface) || header->operation != EPM_MAP ||
        !epm_read_map_request(stub, NDR_32, header->little, &datagrams->wanted))
        return;
    datagrams->wanted_sequence = header->sequence;
    rpc_interface_say(&datagrams->wanted, FACT_RPC_ASKED, out);
}

/* What the mapper answers; that a list ends is no denial. */
static enum outcome hear_mapping(const struct datagrams *datagrams, const struct header *header, struct bytes stub,
                                 struct facts *out)
{
    uint32_t status = EPM_OK;
    bool whole = epm_read_response(header->operation, stub, NDR_32, header->little, out, &status);
    if (!whole || status == EPM_OK || header->operation == EPM_LOOKUP)
        return OUTCOME_ACCEPTED;
    bool nothing = status == EPM_NOT_REGISTERED || status == EPM_NOT_REGISTERED_WIN32;
    if (nothing && header->sequence == datagrams->wanted_sequence && !uuid_is_zero(&datagrams->wanted.uuid))
        rpc_interface_say(&datagrams->wanted, FACT_RPC_NOT_REGISTERED, out);
    return OUTCOME_DENIED;
}

static void hear_response(struct datagrams *datagrams, const struct header *header, struct bytes stub,
                          struct facts *out)
{
    enum outcome outcome = OUTCOME_ACCEPTED;
    bool maps = header->operation == EPM_MAP || header->operation == EPM_LOOKUP;
    say_answered(datagrams, &header->interface, out);
    if (stub_is_whole(header) && maps && epm_is_mapper(&header->interface)) {
        outcome = hear_mapping(datagrams, header, stub, out);
    } else if (stub_is_whole(header) && dcom_is_resolver(&header->interface)) {
        enum dcom_answer answer = dcom_answer_of(&header->interface, header->operation);
        if (answer != DCOM_NO_BINDINGS)
            dcom_read_response(answer, stub, NDR_32, header->little, out);
    }
    amount_outcome(datagrams, outcome, out);
}

static void hear_no(struct datagrams *datagrams, const struct header *header, struct bytes body, struct facts *out)
{
    uint32_t status = ndr_u32(&body, header->little);
    if (bytes_ok(&body))
        rpc_fault_say(status, out);
    amount_outcome(datagrams, OUTCOME_DENIED, out);
}

/* True for a call or an answer, which tell how they are protected. */
static bool hear_datagram(struct datagrams *datagrams, enum direction from, const struct header *header,
                          struct bytes body, struct facts *out)
{
    bool server = from == FROM_SERVER;
    if (!server && header->type == TYPE_REQUEST)
        hear_request(datagrams, header, body, out);
    else if (server && header->type == TYPE_RESPONSE)
        hear_response(datagrams, header, body, out);
    else if (server && (header->type == TYPE_FAULT || header->type == TYPE_REJECT))
        hear_no(datagrams, header, body, out);
    else
        return false;
    return header->type == TYPE_REQUEST || header->type == TYPE_RESPONSE;
}

/* A verifier ends with its datagram, which is not seen here: what is behind its start stays in the window. */
static struct dissected rpc_datagram_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct datagrams *datagrams = state;
    struct header header;
    enum likeness like;
    while (in->left > 0 && (like = header_read(*in, &header)) != LIKE_MAYBE) {
        if (like == LIKE_NOT)
            return DISSECTED(datagrams->heard ? DISSECT_MORE : DISSECT_NOT_MINE);
        bytes_skip(in, HEADER_BYTES);
        struct bytes body = bytes_take(in, header.length);
        struct bytes trailer = bytes_take(in, header.verifier != 0 ? TRAILER_START_BYTES : 0);
        datagrams->heard = true;
        if (hear_datagram(datagrams, from, &header, body, out))
            hear_security(datagrams, from, &header, trailer, out);
    }
    return DISSECTED(DISSECT_MORE);
}

const struct dissector dissector_rpc_datagram = {
    .name = "dcerpc",
    .summary = "MS-RPC over UDP: interfaces called, protection of the calls, endpoints the mapper hands out",
    .transports = TRANSPORT_UDP,
    .ports = {135},
    .state_size = sizeof(struct datagrams),
    .longest_message = DATAGRAM_MOST,
    .resumes = true,
    .answers = true,
    .probe = rpc_datagram_probe,
    .feed = rpc_datagram_feed,
};
