/* smb_pipe: see smb_pipe.h. Well-known pipes: the endpoints named in MS-RPRN, MS-SAMR, MS-LSAT, MS-NRPC, MS-SRVS,
 * MS-WKST, MS-RRP, MS-SCMR, MS-TSCH, MS-EVEN, MS-BKRP, MS-EFSR, MS-DFSNM, MS-DNSP, MS-FSRVP and their like, 2.1. */
#include "dissectors/smb_pipe.h"

#include "dissectors/epm.h"

#include <stdio.h>

#define NAME_MOST        64
#define CALL_START_BYTES 8 /* of the body of a request or response: hint, context, operation */

static const char *const pipes[] = {
    NULL,          "lsarpc",    "lsass",        "samr",    "netlogon", "epmapper", "winreg",  "svcctl",
    "srvsvc",      "wkssvc",    "atsvc",        "spoolss", "eventlog", "browser",  "netdfs",  "protected_storage",
    "fssagentrpc", "dnsserver", "initshutdown", "ntsvcs",  "plugplay", "efsrpc",   "w32time", "trkwks",
    "trksvr",      "llsrpc",    "keysvc",       "msgsvc",  "router",   "tapsrv",   "cert",    "mdssvc",
    "winspipe",    "nsplookup", "locator",      "lanman",
};

/* Passes on what RPC says, with the pipe as endpoint of what is learned. What it amounts to ends here. */
struct relay {
    struct facts facts; /* first, so that a listener finds the rest */
    struct facts *to;
    const char *pipe;
};

static void relay_say(struct facts *facts, enum fact_key key, struct bytes value)
{
    facts_say(((struct relay *)facts)->to, key, value);
}

static void relay_learn(struct facts *facts, const struct learned *learned)
{
    const struct relay *relay = (const struct relay *)facts;
    if (relay->pipe == NULL)
        return;
    char text[NAME_MOST];
    struct learned in_pipe = *learned;
    (void)snprintf(text, sizeof text, "\\pipe\\%s", relay->pipe);
    in_pipe.endpoint = bytes_of(text, strlen(text));
    facts_learn(relay->to, &in_pipe);
}

static void relay_amount(struct facts *facts, enum authentication authentication, enum encryption encryption,
                         enum outcome outcome)
{
    (void)facts;
    (void)authentication;
    (void)encryption;
    (void)outcome;
}

static bool is_call(const struct rpc_header *header)
{
    return header->type == RPC_REQUEST || header->type == RPC_RESPONSE;
}

/* What the endpoint mapper answers in its pipe: where services live, so neither pipe nor port of this flow. Of answers
 * in fragments nothing is learned. */
static void hear_mapping(const struct smb_pipe *pipe, uint32_t file, const struct rpc_pdu *pdu, struct facts *to)
{
    struct bytes in = pdu->body;
    bool little = pdu->header.little, single = (pdu->header.flags & (RPC_FIRST | RPC_LAST)) == (RPC_FIRST | RPC_LAST);
    bytes_skip(&in, 4); /* hint */
    const struct rpc_context *context = rpc_contexts_find(&pipe->contexts, ndr_u16(&in, little));
    if (single && pipe->file == file && context != NULL && epm_is_mapper(&context->interface) &&
        !(pdu->verifier.present && pdu->verifier.level == RPC_PRIVACY))
        (void)epm_recognise_response(rpc_pdu_stub(pdu), little, to);
}

static void hear_pdu(struct smb_pipe *pipe, enum direction from, uint32_t file, const struct rpc_pdu *pdu,
                     struct relay *relay)
{
    struct facts *out = &relay->facts;
    switch (pdu->header.type) {
    case RPC_BIND:
        pipe->contexts = (struct rpc_contexts){0};
        pipe->file = file;
        rpc_contexts_offer(&pipe->contexts, pdu, out);
        rpc_security_negotiate(&pipe->security, from, pdu, out);
        break;
    case RPC_ALTER_CONTEXT:
        if (pipe->file == file)
            rpc_contexts_offer(&pipe->contexts, pdu, out);
        rpc_security_negotiate(&pipe->security, from, pdu, out);
        break;
    case RPC_BIND_ACK:
    case RPC_ALTER_CONTEXT_RESPONSE:
        if (pipe->file == file)
            (void)rpc_contexts_answer(&pipe->contexts, pdu, "ncacn_np", out);
        rpc_security_negotiate(&pipe->security, from, pdu, out);
        break;
    case RPC_AUTH3:
        rpc_security_negotiate(&pipe->security, from, pdu, out);
        break;
    case RPC_RESPONSE:
        hear_mapping(pipe, file, pdu, relay->to);
        rpc_security_data(&pipe->security, from, pdu, false, out);
        break;
    case RPC_REQUEST:
        rpc_security_data(&pipe->security, from, pdu, false, out);
        break;
    default:
        rpc_security_other(&pipe->security, pdu, out);
        break;
    }
}

/* The rest of a PDU that is cut comes with another read and does not look like a PDU: it is passed over there. Of a
 * call that is cut the header tells all there is to know, unless a verifier stands at its end. */
void smb_pipe_hear(struct smb_pipe *pipe, enum direction from, uint32_t file, uint8_t place, struct bytes data,
                   struct facts *out)
{
    struct relay relay = {.facts = {.say = relay_say, .learn = relay_learn, .amount = relay_amount},
                          .to = out,
                          .pipe = place < sizeof pipes / sizeof pipes[0] ? pipes[place] : NULL};
    struct rpc_header header;
    while (rpc_header_read(data, from, &header) == LIKE_YES) {
        struct rpc_pdu pdu = {.header = header};
        struct bytes whole = bytes_take(&(struct bytes){data.at, data.left, false}, header.length);
        if (bytes_ok(&whole)) {
            pdu = rpc_pdu_open(whole, &header);
        } else {
            bytes_skip(&data, RPC_HEADER_BYTES);
            pdu.body = bytes_take(&data, CALL_START_BYTES);
            if (!is_call(&header) || header.auth_length > 0 || !bytes_ok(&pdu.body))
                return;
        }
        hear_pdu(pipe, from, file, &pdu, &relay);
        bytes_skip(&data, header.length);
    }
}

/* The name in lower case, without the folder of pipes. 0 when it is not readable. */
static size_t plain_name(struct bytes name, bool wide, char text[NAME_MOST + 1])
{
    static const char folder[] = "pipe\\";
    size_t length = 0;
    while (name.left > 0) {
        uint16_t c = wide ? bytes_le16(&name) : bytes_u8(&name);
        if (c == 0 && bytes_ok(&name))
            break;
        if (!bytes_ok(&name) || c < ' ' || c >= 0x7f || length == NAME_MOST)
            return 0;
        if (length > 0 || c != '\\')
            text[length++] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    size_t before = sizeof folder - 1;
    if (length >= before && memcmp(text, folder, before) == 0) {
        length -= before;
        memmove(text, text + before, length);
    }
    text[length] = '\0';
    return length;
}

uint8_t smb_pipe_open(struct bytes name, bool wide, bool any, struct facts *out)
{
    char text[NAME_MOST + 1];
    uint8_t place = 0;
    if (plain_name(name, wide, text) == 0)
        return 0;
    for (size_t i = 1; i < sizeof pipes / sizeof pipes[0]; i++)
        if (strcmp(text, pipes[i]) == 0)
            place = (uint8_t)i;
    if (place != 0 || any)
        facts_say_text(out, FACT_SMB_PIPES, text);
    return place;
}
