/* rpc_contexts: presentation contexts, C706 12.6.3.1 and 12.6.4.3 to 12.6.4.5, MS-RPCE 2.2.2.4. */
#include "dissectors/rpc_contexts.h"

#include "dissectors/wording.h"

enum rpc_answer { ANSWER_NONE, ANSWER_ACCEPTED, ANSWER_REJECTED };

/* p_cont_def_result_t. 3, negotiate_ack, answers the feature negotiation and is neither. */
enum { RESULT_ACCEPTANCE = 0, RESULT_USER_REJECTION = 1, RESULT_PROVIDER_REJECTION = 2 };

#define SYNTAX_BYTES 20

void rpc_interface_say(const struct rpc_interface *interface, enum fact_key key, struct facts *out)
{
    char uuid[UUID_TEXT];
    struct wording wording;
    wording_begin(&wording);
    wording_add_text(&wording, uuid_text(&interface->uuid, uuid));
    wording_add_text(&wording, "/");
    wording_add_number(&wording, interface->major);
    wording_add_text(&wording, ".");
    wording_add_number(&wording, interface->minor);
    wording_say(&wording, key, out);
}

/* p_syntax_id_t: the minor version is the upper half of one integer. */
static struct rpc_interface take_syntax(struct bytes *in, bool little)
{
    struct rpc_interface syntax = {.uuid = uuid_take(in, little)};
    uint32_t version = ndr_u32(in, little);
    syntax.major = (uint16_t)(version & 0xffff);
    syntax.minor = (uint16_t)(version >> 16);
    return syntax;
}

static enum ndr_syntax syntax_of(const struct rpc_interface *transfer)
{
    static const struct uuid ndr = {
        {0x8a, 0x88, 0x5d, 0x04, 0x1c, 0xeb, 0x11, 0xc9, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60}};
    static const struct uuid ndr64 = {
        {0x71, 0x71, 0x05, 0x33, 0xbe, 0xba, 0x49, 0x37, 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36}};
    if (uuid_equal(&transfer->uuid, &ndr))
        return NDR_32;
    return uuid_equal(&transfer->uuid, &ndr64) ? NDR_64 : NDR_UNKNOWN;
}

/* The entry for a context that is offered: its own from before, a free one, or the oldest. */
static struct rpc_context *entry_for(struct rpc_contexts *contexts, uint16_t id)
{
    for (size_t i = 0; i < contexts->count; i++)
        if (contexts->list[i].id == id)
            return &contexts->list[i];
    if (contexts->count < RPC_CONTEXTS_MOST)
        return &contexts->list[contexts->count++];
    struct rpc_context *entry = &contexts->list[contexts->oldest];
    contexts->oldest = (uint8_t)((contexts->oldest + 1) % RPC_CONTEXTS_MOST);
    return entry;
}

static void offer_one(struct rpc_contexts *contexts, uint16_t id, uint8_t place, const struct rpc_interface *interface)
{
    if (place > RPC_CONTEXTS_MOST)
        return; /* would only push out others of the same offer */
    struct rpc_context *entry = entry_for(contexts, id);
    if (entry->id != id || entry->answer != ANSWER_ACCEPTED || !rpc_interface_equal(&entry->interface, interface))
        *entry = (struct rpc_context){.interface = *interface, .id = id};
    entry->place = place;
}

void rpc_contexts_offer(struct rpc_contexts *contexts, const struct rpc_pdu *pdu, struct facts *out)
{
    struct bytes in = pdu->body;
    bool little = pdu->header.little;
    struct rpc_interface before = {0};
    for (size_t i = 0; i < contexts->count; i++)
        contexts->list[i].place = 0;
    contexts->offer_call_id = pdu->header.call_id;
    bytes_skip(&in, 8); /* fragment sizes, association group */
    uint8_t count = bytes_u8(&in);
    bytes_skip(&in, 3);
    for (unsigned place = 1; place <= count; place++) {
        uint16_t id = ndr_u16(&in, little);
        uint8_t transfers = bytes_u8(&in);
        bytes_skip(&in, 1);
        struct rpc_interface interface = take_syntax(&in, little);
        bytes_skip(&in, (size_t)transfers * SYNTAX_BYTES);
        if (!bytes_ok(&in))
            return;
        if (place == 1 || !rpc_interface_equal(&interface, &before))
            rpc_interface_say(&interface, FACT_RPC_BINDS, out);
        before = interface;
        offer_one(contexts, id, (uint8_t)place, &interface);
    }
}

/* The secondary address as a port: decimal digits and a NUL. 0 when it is anything else, such as a pipe. */
static uint16_t port_of(struct bytes address)
{
    uint32_t port = 0;
    while (address.left > 0) {
        uint8_t c = bytes_u8(&address);
        if (c == 0)
            break;
        if (c < '0' || c > '9')
            return 0;
        port = port * 10 + (uint32_t)(c - '0');
        if (port > 65535)
            return 0;
    }
    return (uint16_t)port;
}

static void accept_one(struct rpc_context *context, enum ndr_syntax syntax, uint16_t secondary, const char *sequence,
                       struct facts *out)
{
    bool known = context->answer == ANSWER_ACCEPTED;
    context->answer = ANSWER_ACCEPTED;
    context->syntax = (uint8_t)syntax;
    if (known)
        return;
    struct learned learned = {
        .from = LEARNED_BIND,
        .interface = context->interface.uuid,
        .major = context->interface.major,
        .minor = context->interface.minor,
        .protocol_sequence = sequence,
    };
    rpc_interface_say(&context->interface, FACT_RPC_ACCEPTED, out);
    facts_learn(out, &learned);
    if (secondary != 0) {
        learned.from = LEARNED_SECONDARY_ADDRESS;
        learned.port = secondary;
        facts_learn(out, &learned);
    }
}

static bool accepted_in_offer(const struct rpc_contexts *contexts, const struct rpc_interface *interface)
{
    for (size_t i = 0; i < contexts->count; i++)
        if (contexts->list[i].place != 0 && contexts->list[i].answer == ANSWER_ACCEPTED &&
            rpc_interface_equal(&contexts->list[i].interface, interface))
            return true;
    return false;
}

/* An interface is refused when it was rejected in each of its contexts: of NDR and NDR64 only one can be accepted. */
static enum rpc_verdict verdict_of_offer(struct rpc_contexts *contexts)
{
    enum rpc_verdict verdict = RPC_NO_VERDICT;
    for (size_t i = 0; i < contexts->count; i++) {
        const struct rpc_context *context = &contexts->list[i];
        if (context->place == 0 || context->answer == ANSWER_NONE)
            continue;
        if (context->answer == ANSWER_REJECTED && !accepted_in_offer(contexts, &context->interface))
            verdict = RPC_REFUSED;
        else if (verdict == RPC_NO_VERDICT)
            verdict = RPC_ACCEPTED;
    }
    for (size_t i = 0; i < contexts->count; i++)
        contexts->list[i].place = 0;
    return verdict;
}

enum rpc_verdict rpc_contexts_answer(struct rpc_contexts *contexts, const struct rpc_pdu *pdu, const char *sequence,
                                     struct facts *out)
{
    struct bytes in = pdu->body;
    const uint8_t *start = in.at;
    bool little = pdu->header.little;
    if (pdu->header.call_id != contexts->offer_call_id)
        return RPC_NO_VERDICT; /* the offer was not seen */
    bytes_skip(&in, 8);
    uint16_t address_length = ndr_u16(&in, little);
    struct bytes address = bytes_take(&in, address_length);
    uint16_t port = pdu->header.type == RPC_BIND_ACK ? port_of(address) : 0;
    bytes_align(&in, start, 4);
    uint8_t count = bytes_u8(&in);
    bytes_skip(&in, 3);
    for (unsigned place = 1; place <= count; place++) {
        uint16_t result = ndr_u16(&in, little);
        bytes_skip(&in, 2); /* reason */
        struct rpc_interface transfer = take_syntax(&in, little);
        for (size_t i = 0; i < contexts->count && bytes_ok(&in); i++) {
            struct rpc_context *context = &contexts->list[i];
            if (context->place != place)
                continue;
            if (result == RESULT_ACCEPTANCE)
                accept_one(context, syntax_of(&transfer), port, sequence, out);
            else if (result == RESULT_USER_REJECTION || result == RESULT_PROVIDER_REJECTION)
                context->answer = ANSWER_REJECTED;
        }
    }
    return verdict_of_offer(contexts);
}

const struct rpc_context *rpc_contexts_find(const struct rpc_contexts *contexts, uint16_t id)
{
    for (size_t i = 0; i < contexts->count; i++)
        if (contexts->list[i].id == id && contexts->list[i].answer == ANSWER_ACCEPTED)
            return &contexts->list[i];
    return NULL;
}
