/* dcerpc: MS-RPC over TCP: which interfaces are called, how the calls are protected, and where the endpoint mapper says
 * services live.
 *
 * Hides fragments, calls that overtake each other, and picking up in the middle. Sources: C706 chapter 12, MS-RPCE,
 * MS-RPCH 2.1.2.2.2 for the greeting of a server port behind an RPC proxy. What lies behind the header of a call that
 * nothing is to be learned from is skipped, not gathered. */
#include "dissectors/dcom.h"
#include "dissectors/dissector.h"
#include "dissectors/epm.h"
#include "dissectors/rpc_contexts.h"
#include "dissectors/rpc_pdu.h"
#include "dissectors/rpc_security.h"

#include <assert.h>
#include <stdio.h>

#define GREETING "ncacn_http/1.0"
/* The header of a request or response up to operation number or cancel count. */
#define CALL_HEADER_BYTES 24
#define CALLS_MOST        8
/* An answer of the endpoint mapper in fragments: the most of its stub that is gathered (500 entries take less), and
 * over how many bytes of the stream its fragments may be spread. */
#define GATHERED_MOST ((size_t)96 * 1024)
#define SPREAD_MOST   ((size_t)128 * 1024)

static_assert(SPREAD_MOST + RPC_HEADER_BYTES <= DISSECTOR_WINDOW_MOST, "a gathered answer fits the window");

/* A question for endpoints that waits for its answer: to the endpoint mapper, or to what knows DCOM's. */
struct call {
    uint32_t id;
    bool waits;
    uint8_t operation; /* EPM_MAP or EPM_LOOKUP */
    uint8_t syntax;    /* enum ndr_syntax */
    uint8_t dcom;      /* enum dcom_answer; DCOM_NO_BINDINGS when the mapper was asked */
    struct rpc_interface asked;
};

struct rpc {
    struct rpc_contexts contexts;
    struct rpc_security security;
    struct call calls[CALLS_MOST];
    uint8_t oldest_call;
    bool server_spoke; /* the greeting can only come before */
    bool over_http;
    bool proven; /* a PDU was read */
    bool whole;  /* the connection is known from its bind on */
    uint8_t outcome;
};

static_assert(sizeof(struct rpc) <= DISSECTOR_STATE_MOST, "the state fits the flow's slot");

static void amount_outcome(struct rpc *rpc, enum outcome outcome, struct facts *out)
{
    if (rpc->outcome == outcome)
        return;
    rpc->outcome = (uint8_t)outcome;
    facts_outcome(out, outcome);
}

/* --- calls to the endpoint mapper --- */

static struct call *find_call(struct rpc *rpc, uint32_t id)
{
    for (size_t i = 0; i < CALLS_MOST; i++)
        if (rpc->calls[i].waits && rpc->calls[i].id == id)
            return &rpc->calls[i];
    return NULL;
}

static void forget_call(struct rpc *rpc, uint32_t id)
{
    struct call *call = find_call(rpc, id);
    if (call != NULL)
        call->waits = false;
}

static void remember_call(struct rpc *rpc, const struct call *call)
{
    forget_call(rpc, call->id);
    rpc->calls[rpc->oldest_call] = *call;
    rpc->oldest_call = (uint8_t)((rpc->oldest_call + 1) % CALLS_MOST);
}

/* May a call in this context be one that asks for endpoints? Of a context that was not negotiated in sight nobody
 * knows. */
static bool may_tell_endpoints(const struct rpc_context *context)
{
    return context == NULL || epm_is_mapper(&context->interface) || dcom_is_resolver(&context->interface);
}

static enum ndr_syntax syntax_of(const struct rpc_context *context)
{
    return context == NULL ? NDR_UNKNOWN : (enum ndr_syntax)context->syntax;
}

static bool is_sealed(const struct rpc_pdu *pdu)
{
    return pdu->verifier.present && pdu->verifier.level == RPC_PRIVACY;
}

static bool is_single(const struct rpc_header *header)
{
    return (header->flags & (RPC_FIRST | RPC_LAST)) == (RPC_FIRST | RPC_LAST);
}

static const struct rpc_context *context_of(const struct rpc *rpc, const struct rpc_pdu *pdu, uint16_t *operation)
{
    struct bytes in = pdu->body;
    bytes_skip(&in, 4); /* alloc_hint, a hint at best */
    uint16_t id = ndr_u16(&in, pdu->header.little);
    *operation = ndr_u16(&in, pdu->header.little);
    return rpc_contexts_find(&rpc->contexts, id);
}

/* Its first fragment tells all: what is activated is of no interest. */
static void read_dcom_question(struct rpc *rpc, const struct rpc_pdu *pdu, const struct rpc_context *context,
                               uint16_t operation)
{
    struct call call = {.id = pdu->header.call_id, .waits = true, .syntax = context->syntax};
    call.dcom = (uint8_t)dcom_answer_of(&context->interface, operation);
    if (call.dcom != DCOM_NO_BINDINGS && (pdu->header.flags & RPC_FIRST) != 0)
        remember_call(rpc, &call);
}

static void read_question(struct rpc *rpc, const struct rpc_pdu *pdu, struct facts *out)
{
    uint16_t operation;
    bool little = pdu->header.little;
    const struct rpc_context *context = context_of(rpc, pdu, &operation);
    if (context != NULL && dcom_is_resolver(&context->interface)) {
        read_dcom_question(rpc, pdu, context, operation);
        return;
    }
    if (is_sealed(pdu) || !is_single(&pdu->header) || !may_tell_endpoints(context))
        return;
    struct bytes stub = rpc_pdu_stub(pdu);
    struct call call = {.id = pdu->header.call_id,
                        .waits = true,
                        .operation = (uint8_t)operation,
                        .syntax = (uint8_t)syntax_of(context)};
    if (operation == EPM_MAP && epm_read_map_request(stub, syntax_of(context), little, &call.asked)) {
        rpc_interface_say(&call.asked, FACT_RPC_ASKED, out);
        remember_call(rpc, &call);
    } else if (operation == EPM_LOOKUP && epm_is_lookup_request(stub, syntax_of(context), little)) {
        remember_call(rpc, &call);
    }
}

static enum outcome read_mapping(const struct call *call, struct bytes stub, bool little, struct facts *out)
{
    uint32_t status;
    if (call->dcom != DCOM_NO_BINDINGS) {
        dcom_read_response((enum dcom_answer)call->dcom, stub, (enum ndr_syntax)call->syntax, little, out);
        return OUTCOME_ACCEPTED;
    }
    if (!epm_read_response(call->operation, stub, (enum ndr_syntax)call->syntax, little, out, &status) ||
        status == EPM_OK)
        return OUTCOME_ACCEPTED;
    bool nothing = status == EPM_NOT_REGISTERED || status == EPM_NOT_REGISTERED_WIN32;
    if (nothing && call->operation == EPM_LOOKUP)
        return OUTCOME_ACCEPTED; /* the end of the list */
    if (nothing)
        rpc_interface_say(&call->asked, FACT_RPC_NOT_REGISTERED, out);
    return OUTCOME_DENIED;
}

enum gathered { GATHERED, GATHER_MORE, GATHER_LOST };

/* Collects the stubs of all fragments of the answer whose first one begins the window. Other calls' PDUs may lie
 * between. What is decided depends on the stream alone, never on how much of it happens to be here. */
static enum gathered gather(struct bytes window, uint32_t call_id, uint8_t *stub, size_t *length)
{
    size_t spread = 0;
    *length = 0;
    for (;;) {
        struct rpc_header header;
        enum likeness likeness = rpc_header_read(window, FROM_SERVER, &header);
        if (likeness != LIKE_YES)
            return likeness == LIKE_NOT ? GATHER_LOST : GATHER_MORE;
        bool first = spread == 0;
        spread += header.length;
        if (spread > SPREAD_MOST)
            return GATHER_LOST;
        struct bytes whole = bytes_take(&window, header.length);
        if (!bytes_ok(&whole))
            return GATHER_MORE;
        if (header.call_id != call_id)
            continue;
        if (header.type != RPC_RESPONSE || first != ((header.flags & RPC_FIRST) != 0))
            return GATHER_LOST;
        struct rpc_pdu pdu = rpc_pdu_open(whole, &header);
        struct bytes part = rpc_pdu_stub(&pdu);
        if (is_sealed(&pdu) || part.left > GATHERED_MOST - *length)
            return GATHER_LOST;
        if (part.left > 0)
            memcpy(stub + *length, part.at, part.left);
        *length += part.left;
        if ((header.flags & RPC_LAST) != 0)
            return GATHERED;
    }
}

/* --- PDUs --- */

static void read_fault(struct rpc *rpc, const struct rpc_pdu *pdu, struct facts *out)
{
    struct bytes in = pdu->body;
    bytes_skip(&in, 8);
    uint32_t status = ndr_u32(&in, pdu->header.little);
    forget_call(rpc, pdu->header.call_id);
    amount_outcome(rpc, OUTCOME_DENIED, out);
    if (bytes_ok(&in))
        rpc_fault_say(status, out);
}

static void read_bind_nak(struct rpc *rpc, const struct rpc_pdu *pdu, struct facts *out)
{
    static const char *const reasons[] = {
        [0] = "bind refused: no reason given",
        [1] = "bind refused: temporary congestion",
        [2] = "bind refused: local limit exceeded",
        [4] = "bind refused: protocol version not supported",
        [8] = "bind refused: authentication type not recognized",
        [9] = "bind refused: invalid checksum",
    };
    struct bytes in = pdu->body;
    uint16_t reason = ndr_u16(&in, pdu->header.little);
    amount_outcome(rpc, OUTCOME_DENIED, out);
    if (reason < sizeof reasons / sizeof reasons[0] && reasons[reason] != NULL) {
        facts_say_text(out, FACT_RPC_FAULTS, reasons[reason]);
        return;
    }
    char text[sizeof "bind refused: reason 65535"];
    (void)snprintf(text, sizeof text, "bind refused: reason %u", reason);
    facts_say_text(out, FACT_RPC_FAULTS, text);
}

static void read_request(struct rpc *rpc, const struct rpc_pdu *pdu, struct facts *out)
{
    rpc_security_data(&rpc->security, FROM_CLIENT, pdu, rpc->whole, out);
    read_question(rpc, pdu, out);
}

/* False when the answer's other fragments must be waited for. `window` begins with this PDU. */
static bool read_response(struct rpc *rpc, const struct rpc_pdu *pdu, struct bytes window, struct facts *out)
{
    bool little = pdu->header.little;
    enum outcome outcome = OUTCOME_ACCEPTED;
    uint16_t ignored;
    struct call *call = find_call(rpc, pdu->header.call_id);
    if (call != NULL && !is_sealed(pdu) && is_single(&pdu->header)) {
        outcome = read_mapping(call, rpc_pdu_stub(pdu), little, out);
    } else if (call != NULL && !is_sealed(pdu)) {
        uint8_t stub[GATHERED_MOST];
        size_t length;
        enum gathered gathered = gather(window, call->id, stub, &length);
        if (gathered == GATHER_MORE)
            return false;
        if (gathered == GATHERED)
            outcome = read_mapping(call, bytes_of(stub, length), little, out);
    } else if (!is_sealed(pdu) && is_single(&pdu->header) && may_tell_endpoints(context_of(rpc, pdu, &ignored))) {
        if (!epm_recognise_response(rpc_pdu_stub(pdu), little, out))
            dcom_recognise_response(rpc_pdu_stub(pdu), little, out);
    }
    if (call != NULL)
        call->waits = false;
    rpc_security_data(&rpc->security, FROM_SERVER, pdu, rpc->whole, out);
    amount_outcome(rpc, outcome, out);
    return true;
}

static void read_bind(struct rpc *rpc, const struct rpc_pdu *pdu, struct facts *out)
{
    rpc->whole |= pdu->header.type == RPC_BIND;
    rpc_contexts_offer(&rpc->contexts, pdu, out);
    rpc_security_negotiate(&rpc->security, FROM_CLIENT, pdu, out);
}

static void read_bind_answer(struct rpc *rpc, const struct rpc_pdu *pdu, struct facts *out)
{
    const char *sequence = rpc->over_http ? "ncacn_http" : "ncacn_ip_tcp";
    enum rpc_verdict verdict = rpc_contexts_answer(&rpc->contexts, pdu, sequence, out);
    rpc_security_negotiate(&rpc->security, FROM_SERVER, pdu, out);
    if (verdict != RPC_NO_VERDICT)
        amount_outcome(rpc, verdict == RPC_ACCEPTED ? OUTCOME_ACCEPTED : OUTCOME_DENIED, out);
}

/* One whole PDU. False when it must stay in the window. */
static bool read_pdu(struct rpc *rpc, enum direction from, const struct rpc_pdu *pdu, struct bytes window,
                     struct facts *out)
{
    switch (pdu->header.type) {
    case RPC_REQUEST:
        read_request(rpc, pdu, out);
        break;
    case RPC_RESPONSE:
        return read_response(rpc, pdu, window, out);
    case RPC_FAULT:
        rpc_security_other(&rpc->security, pdu, out);
        read_fault(rpc, pdu, out);
        break;
    case RPC_BIND:
    case RPC_ALTER_CONTEXT:
        read_bind(rpc, pdu, out);
        break;
    case RPC_BIND_ACK:
    case RPC_ALTER_CONTEXT_RESPONSE:
        read_bind_answer(rpc, pdu, out);
        break;
    case RPC_BIND_NAK:
        read_bind_nak(rpc, pdu, out);
        break;
    case RPC_AUTH3:
        rpc_security_negotiate(&rpc->security, from, pdu, out);
        break;
    case RPC_RTS: /* only a proxy's two halves say it (MS-RPCH 2.2.3.6), also where the greeting was not seen */
        rpc->over_http = true;
        break;
    default:
        rpc_security_other(&rpc->security, pdu, out);
        break;
    }
    return true;
}

/* --- the stream --- */

/* A call of which the header tells everything: its stub is sealed or tells no endpoint, and its verifier is absent,
 * or like many before it. Both are known from the header, so a clear call among sealed ones is never passed over. */
static bool header_suffices(const struct rpc *rpc, enum direction from, const struct rpc_pdu *pdu)
{
    uint16_t ignored;
    uint8_t level;
    bool other = !may_tell_endpoints(context_of(rpc, pdu, &ignored));
    if (pdu->header.auth_length == 0)
        return other;
    return rpc_security_is_steady(&rpc->security, from, &pdu->header, &level) && (other || level == RPC_PRIVACY);
}

static bool is_call(const struct rpc_header *header)
{
    return header->type == RPC_REQUEST || header->type == RPC_RESPONSE;
}

/* A request or response of which the header is in the window. False, and nothing said, when it must be read as a
 * whole. */
static bool read_call_header(struct rpc *rpc, enum direction from, const struct rpc_header *header, struct bytes window,
                             struct facts *out)
{
    struct bytes start = bytes_take(&window, CALL_HEADER_BYTES);
    bytes_skip(&start, RPC_HEADER_BYTES);
    struct rpc_pdu pdu = {.header = *header, .body = start};
    if (!header_suffices(rpc, from, &pdu))
        return false;
    if (header->auth_length == 0)
        rpc_security_data(&rpc->security, from, &pdu, rpc->whole, out);
    if (from == FROM_SERVER) {
        forget_call(rpc, header->call_id);
        amount_outcome(rpc, OUTCOME_ACCEPTED, out);
    }
    rpc->proven = true;
    return true;
}

/* A server port behind an RPC proxy greets before its first PDU. */
static enum likeness greeting_likeness(struct bytes head)
{
    size_t length = sizeof GREETING - 1;
    struct bytes start = bytes_take(&head, head.left < length ? head.left : length);
    if (memcmp(start.at, GREETING, start.left) != 0)
        return LIKE_NOT;
    return start.left < length ? LIKE_MAYBE : LIKE_YES;
}

/* False while the greeting may still be coming. */
static bool pass_greeting(struct rpc *rpc, enum direction from, struct bytes *in)
{
    if (from != FROM_SERVER || rpc->server_spoke || in->left == 0)
        return true;
    enum likeness likeness = greeting_likeness(*in);
    if (likeness == LIKE_MAYBE)
        return false;
    if (likeness == LIKE_YES) {
        bytes_skip(in, sizeof GREETING - 1);
        rpc->over_http = true;
    }
    rpc->server_spoke = true;
    return true;
}

static struct dissected feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct rpc *rpc = state;
    if (!pass_greeting(rpc, from, in))
        return DISSECTED(DISSECT_MORE);
    while (in->left > 0) {
        struct rpc_header header;
        enum likeness likeness = rpc_header_read(*in, from, &header);
        if (likeness == LIKE_MAYBE)
            return DISSECTED(DISSECT_MORE);
        if (likeness == LIKE_NOT)
            return DISSECTED(rpc->proven ? DISSECT_DONE : DISSECT_NOT_MINE);
        if (is_call(&header)) {
            if (in->left < CALL_HEADER_BYTES)
                return DISSECTED(DISSECT_MORE);
            if (read_call_header(rpc, from, &header, *in, out)) {
                size_t here = header.length < in->left ? header.length : in->left;
                bytes_skip(in, here);
                if (here < header.length)
                    return DISSECTED_SKIP(header.length - here);
                continue;
            }
        }
        struct bytes rest = *in;
        struct bytes whole = bytes_take(&rest, header.length);
        if (!bytes_ok(&whole))
            return DISSECTED(DISSECT_MORE);
        struct rpc_pdu pdu = rpc_pdu_open(whole, &header);
        if (!read_pdu(rpc, from, &pdu, *in, out))
            return DISSECTED(DISSECT_MORE);
        rpc->proven = true;
        *in = rest;
    }
    return DISSECTED(DISSECT_MORE);
}

static enum likeness probe(struct bytes head, enum direction from)
{
    struct rpc_header header;
    enum likeness greeting = from == FROM_SERVER ? greeting_likeness(head) : LIKE_NOT;
    return greeting != LIKE_NOT ? greeting : rpc_header_read(head, from, &header);
}

const struct dissector dissector_dcerpc = {
    .name = "dcerpc",
    .summary = "MS-RPC: interfaces bound and called, protection of the calls, endpoints the mapper hands out",
    .transports = TRANSPORT_TCP,
    .ports = {135, 593, 6001, 6002, 6004},
    .state_size = sizeof(struct rpc),
    .longest_message = DISSECTOR_WINDOW_MOST,
    .resumes = true,
    .probe = probe,
    .feed = feed,
};
