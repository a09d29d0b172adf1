/* rpc_security: providers and levels of MS-RPCE 2.2.1.1.7 and 2.2.1.1.8; the shapes of signatures that betray the
 * mechanism when its negotiation was not seen: MS-NLMP 2.2.2.9, RFC 4121 4.2.6, RFC 4757 7. */
#include "dissectors/rpc_security.h"

#include "dissectors/wording.h"

/* After so many verifiers of one kind in a row the next are taken to be like them. */
#define STEADY_RUN 16

enum { SAID_ANY = 1, SAID_DATA = 2 };

static const char *type_name(uint8_t type)
{
    switch (type) {
    case 0:
        return "none";
    case RPC_SPNEGO:
        return "spnego";
    case RPC_NTLM:
        return "ntlm";
    case RPC_SCHANNEL:
        return "schannel";
    case RPC_KERBEROS:
        return "kerberos";
    case RPC_NETLOGON:
        return "netlogon";
    default:
        return NULL;
    }
}

static const char *level_name(uint8_t level)
{
    static const char *const names[] = {NULL, "none", "connect", "call", "packet", "integrity", "privacy"};
    return level < sizeof names / sizeof names[0] ? names[level] : NULL;
}

/* `name`, or the number where there is none. */
static void add(struct wording *wording, const char *name, uint8_t number)
{
    if (name != NULL)
        wording_add_text(wording, name);
    else
        wording_add_number(wording, number);
}

static void say_protection(enum fact_key key, uint8_t type, uint8_t level, struct facts *out)
{
    struct wording wording;
    wording_begin(&wording);
    add(&wording, type_name(type), type);
    wording_add_text(&wording, "/");
    add(&wording, level_name(level), level);
    wording_say(&wording, key, out);
}

/* Says type/level under the keys under which it was not said yet. What does not fit the memory is said again. */
static void note_protection(struct rpc_security *security, uint8_t type, uint8_t level, uint8_t keys, struct facts *out)
{
    uint8_t known = 0;
    size_t i = 0;
    while (i < security->said_count && (security->said[i].type != type || security->said[i].level != level))
        i++;
    if (i < security->said_count) {
        known = security->said[i].keys;
        security->said[i].keys |= keys;
    } else if (i < RPC_PROTECTIONS_MOST) {
        security->said[i].type = type;
        security->said[i].level = level;
        security->said[i].keys = keys;
        security->said_count++;
    }
    uint8_t fresh = (uint8_t)(keys & ~known);
    if ((fresh & SAID_ANY) != 0)
        say_protection(FACT_RPC_AUTH, type, level, out);
    if ((fresh & SAID_DATA) != 0)
        say_protection(FACT_RPC_DATA_AUTH, type, level, out);
}

static void amount_authentication(struct rpc_security *security, enum authentication kind, struct facts *out)
{
    uint16_t bit = (uint16_t)(1u << kind);
    if (kind == AUTHENTICATION_UNKNOWN || (security->authentications & bit) != 0)
        return;
    security->authentications |= bit;
    facts_authentication(out, kind);
}

static void amount_encryption(struct rpc_security *security, enum encryption kind, struct facts *out)
{
    uint16_t bit = (uint16_t)(1u << kind);
    if ((security->encryptions & bit) != 0)
        return;
    security->encryptions |= bit;
    facts_encryption(out, kind);
}

static struct rpc_security_context *find_context(struct rpc_security *security, uint32_t id)
{
    for (size_t i = 0; i < security->count; i++)
        if (security->contexts[i].id == id)
            return &security->contexts[i];
    return NULL;
}

static struct rpc_security_context *context_for(struct rpc_security *security, const struct rpc_verifier *verifier)
{
    struct rpc_security_context *context = find_context(security, verifier->context_id);
    if (context != NULL && context->type == verifier->type)
        return context;
    if (context == NULL && security->count < RPC_SECURITY_CONTEXTS_MOST) {
        context = &security->contexts[security->count++];
    } else if (context == NULL) {
        context = &security->contexts[security->oldest];
        security->oldest = (uint8_t)((security->oldest + 1) % RPC_SECURITY_CONTEXTS_MOST);
    }
    *context = (struct rpc_security_context){.id = verifier->context_id, .type = verifier->type};
    return context;
}

void rpc_security_negotiate(struct rpc_security *security, enum direction from, const struct rpc_pdu *pdu,
                            struct facts *out)
{
    const struct rpc_verifier *verifier = &pdu->verifier;
    for (size_t i = 0; i < 2; i++)
        security->steady[i].run = 0;
    rpc_security_other(security, pdu, out);
    if (!verifier->present)
        return;
    struct rpc_security_context *context = context_for(security, verifier);
    security->latest = (uint8_t)(context - security->contexts);
    if (verifier->type == RPC_SPNEGO || verifier->type == RPC_NTLM || verifier->type == RPC_KERBEROS)
        negotiate_token(&context->negotiation, from, verifier->value, out);
}

/* Which mechanism made this signature of a request? */
static enum authentication mechanism_of_signature(struct bytes value)
{
    size_t length = value.left;
    uint16_t start = bytes_be16(&value);
    if (start == 0x0504 || start == 0x0404 || start >> 8 == 0x60)
        return AUTHENTICATION_KERBEROS;
    if (length == 16 && start == 0x0100 && bytes_be16(&value) == 0)
        return AUTHENTICATION_NTLM;
    return AUTHENTICATION_UNKNOWN;
}

/* Who the caller of a request proved to be. `value` is empty for a request without verifier. */
static enum authentication kind_of(uint8_t type, const struct rpc_security_context *context, struct bytes value)
{
    enum authentication read = AUTHENTICATION_UNKNOWN;
    if (context != NULL && context->type == type)
        read = negotiation_result(&context->negotiation);
    switch (type) {
    case RPC_NETLOGON:
        return AUTHENTICATION_NETLOGON;
    case RPC_SCHANNEL:
        return AUTHENTICATION_SCHANNEL;
    case RPC_KERBEROS:
        return value.left > 0 ? AUTHENTICATION_KERBEROS : read;
    case RPC_NTLM:
        return read == AUTHENTICATION_UNKNOWN && value.left > 0 ? AUTHENTICATION_NTLM : read;
    case RPC_SPNEGO:
        if (read == AUTHENTICATION_UNKNOWN || read == AUTHENTICATION_NEGOTIATE) {
            enum authentication signer = mechanism_of_signature(value);
            return signer != AUTHENTICATION_UNKNOWN ? signer : read;
        }
        return read;
    default:
        return AUTHENTICATION_UNKNOWN;
    }
}

static void authenticate_request(struct rpc_security *security, const struct rpc_verifier *verifier, bool whole,
                                 struct facts *out)
{
    enum authentication kind = AUTHENTICATION_UNKNOWN;
    if (verifier->present) {
        kind = kind_of(verifier->type, find_context(security, verifier->context_id), verifier->value);
    } else if (security->count > 0) {
        /* Level connect: the caller proved itself when it bound, its calls carry no verifier. */
        const struct rpc_security_context *context = &security->contexts[security->latest];
        kind = kind_of(context->type, context, bytes_of("", 0));
    } else if (whole && !security->any) {
        kind = AUTHENTICATION_ANONYMOUS;
    }
    amount_authentication(security, kind, out);
}

static void count_alike(struct rpc_steady *steady, uint16_t auth_length, const struct rpc_verifier *verifier)
{
    if (steady->run == 0 || steady->auth_length != auth_length || steady->type != verifier->type ||
        steady->level != verifier->level)
        *steady = (struct rpc_steady){.auth_length = auth_length, .type = verifier->type, .level = verifier->level};
    if (steady->run < STEADY_RUN)
        steady->run++;
}

void rpc_security_data(struct rpc_security *security, enum direction from, const struct rpc_pdu *pdu, bool whole,
                       struct facts *out)
{
    const struct rpc_verifier *verifier = &pdu->verifier;
    enum encryption encryption = ENCRYPTION_NONE;
    if (verifier->present) {
        security->any = true;
        count_alike(&security->steady[from], pdu->header.auth_length, verifier);
        note_protection(security, verifier->type, verifier->level, SAID_ANY | SAID_DATA, out);
        if (verifier->level == RPC_PRIVACY)
            encryption = ENCRYPTION_RPC_PRIVACY;
        else if (verifier->level == RPC_INTEGRITY)
            encryption = ENCRYPTION_RPC_INTEGRITY;
    } else {
        note_protection(security, 0, 1, SAID_DATA, out);
    }
    amount_encryption(security, encryption, out);
    if (pdu->header.type == RPC_REQUEST)
        authenticate_request(security, verifier, whole, out);
}

void rpc_security_other(struct rpc_security *security, const struct rpc_pdu *pdu, struct facts *out)
{
    if (!pdu->verifier.present)
        return;
    security->any = true;
    note_protection(security, pdu->verifier.type, pdu->verifier.level, SAID_ANY, out);
}

bool rpc_security_is_steady(const struct rpc_security *security, enum direction from, const struct rpc_header *header,
                            uint8_t *level)
{
    const struct rpc_steady *steady = &security->steady[from];
    *level = steady->level;
    return steady->run == STEADY_RUN && steady->auth_length == header->auth_length;
}
