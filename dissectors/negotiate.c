/* negotiate: reads security tokens just far enough to name the mechanism.
 *
 * Shapes known: raw NTLM (MS-NLMP 2.2.1), GSS-framed SPNEGO, Kerberos or NTLM (RFC 2743 3.1, RFC 4121 4.1), bare
 * SPNEGO answers (RFC 4178 4.2), and the bare Kerberos messages of DCE-style RPC (MS-KILE 3.4.5.1). */
#include "dissectors/negotiate.h"

#include "dissectors/ber.h"
#include "dissectors/kerberos_message.h"

enum mechanism { MECHANISM_OTHER, MECHANISM_SPNEGO, MECHANISM_KERBEROS, MECHANISM_NTLM };

enum {
    TAG_OID = 0x06,
    TAG_OCTETS = 0x04,
    TAG_ENUMERATED = 0x0a,
    TAG_SEQUENCE = 0x30,
    TAG_GSS = 0x60,       /* APPLICATION 0, RFC 2743 */
    TAG_AP_REQ = 0x6e,    /* APPLICATION 14, RFC 4120 */
    TAG_AP_REP = 0x6f,    /* APPLICATION 15 */
    TAG_KRB_ERROR = 0x7e, /* APPLICATION 30 */
    TAG_CONTEXT = 0xa0,   /* [0]; [1] is 0xa1 ... */
};

enum { STATE_COMPLETED = 0, STATE_REJECT = 2 };

static enum mechanism mechanism_of(struct bytes oid)
{
    static const struct {
        enum mechanism mechanism;
        uint8_t length;
        uint8_t content[11];
    } known[] = {
        {MECHANISM_SPNEGO, 6, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}},
        {MECHANISM_KERBEROS, 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}},
        /* Microsoft's misprint of the one before, which Windows still offers (MS-SPNG 3.1.5.2) */
        {MECHANISM_KERBEROS, 9, {0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02}},
        {MECHANISM_KERBEROS, 10, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03}}, /* user to user */
        {MECHANISM_NTLM, 10, {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (oid.left == known[i].length && memcmp(oid.at, known[i].content, oid.left) == 0)
            return known[i].mechanism;
    return MECHANISM_OTHER;
}

/* The length of one of the payload fields of a type 3 message; its text stays unread. */
static uint16_t field_length(struct bytes *message)
{
    uint16_t length = bytes_le16(message);
    bytes_skip(message, 6);
    return length;
}

/* MS-NLMP 2.2.1.3: which kind of answer the client gave. */
static enum authentication ntlm_kind(struct bytes message)
{
    uint16_t lm = field_length(&message);
    uint16_t nt = field_length(&message);
    bytes_skip(&message, 8); /* domain */
    uint16_t user = field_length(&message);
    if (!bytes_ok(&message))
        return AUTHENTICATION_NTLM;
    if (user == 0 && nt == 0 && lm <= 1)
        return AUTHENTICATION_ANONYMOUS; /* 3.2.5.1.2 */
    if (nt > 24)
        return AUTHENTICATION_NTLMV2;
    /* Twenty-four bytes are DES however the nonce was made, also with extended session security. */
    if (nt == 24 || (nt == 0 && lm == 24))
        return AUTHENTICATION_NTLMV1;
    return AUTHENTICATION_NTLM;
}

static bool read_ntlm(struct negotiation *state, struct bytes token)
{
    static const uint8_t signature[8] = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0};
    struct bytes start = bytes_take(&token, sizeof signature);
    if (!bytes_ok(&start) || memcmp(start.at, signature, sizeof signature) != 0)
        return false;
    uint32_t type = bytes_le32(&token);
    if (!bytes_ok(&token) || type < 1 || type > 3)
        return false;
    if (type > state->ntlm_message)
        state->ntlm_message = (uint8_t)type;
    if (type == 3)
        state->ntlm = ntlm_kind(token);
    return true;
}

static void read_kerberos_message(struct bytes message, struct facts *out)
{
    struct kerberos_head head;
    if (kerberos_message_like(message, &head) == LIKE_YES && head.length <= message.left)
        (void)kerberos_message_read(message, &head, out);
}

/* What follows the Kerberos OID in its GSS frame: a token identifier, then the message (RFC 4121 4.1). */
static void read_kerberos(struct negotiation *state, enum direction from, struct bytes token, struct facts *out)
{
    enum { AP_REQ = 0x0100, AP_REP = 0x0200, KRB_ERROR = 0x0300 };
    uint16_t identifier = bytes_be16(&token);
    if (identifier != AP_REQ && identifier != AP_REP && identifier != KRB_ERROR)
        return;
    state->sent_kerberos |= from == FROM_CLIENT && identifier != KRB_ERROR;
    read_kerberos_message(token, out);
}

/* The token of one mechanism: bare, or in the frame of RFC 2743. */
static void read_mechanism(struct negotiation *state, enum direction from, struct bytes token, struct facts *out)
{
    struct ber element;
    struct bytes message = token;
    if (read_ntlm(state, token) || ber_take(&token, &element) != BER_WHOLE)
        return;
    if (element.tag == TAG_AP_REQ || element.tag == TAG_AP_REP || element.tag == TAG_KRB_ERROR) {
        state->sent_kerberos |= from == FROM_CLIENT && element.tag != TAG_KRB_ERROR;
        read_kerberos_message(message, out);
        return;
    }
    struct bytes oid;
    if (element.tag != TAG_GSS || !ber_take_tagged(&element.body, TAG_OID, &oid))
        return;
    enum mechanism mechanism = mechanism_of(oid);
    if (mechanism == MECHANISM_KERBEROS)
        read_kerberos(state, from, element.body, out);
    else if (mechanism == MECHANISM_NTLM)
        (void)read_ntlm(state, element.body);
}

static void read_offer(struct negotiation *state, struct bytes list)
{
    struct bytes oids;
    struct bytes oid;
    if (!ber_take_tagged(&list, TAG_SEQUENCE, &oids))
        return;
    while (ber_take_tagged(&oids, TAG_OID, &oid)) {
        enum mechanism mechanism = mechanism_of(oid);
        state->offered_kerberos |= mechanism == MECHANISM_KERBEROS;
        state->offered_ntlm |= mechanism == MECHANISM_NTLM;
    }
}

/* NegTokenInit, RFC 4178 4.2.1; also what a server sends first, MS-SPNG 2.2.1. */
static void read_init(struct negotiation *state, enum direction from, struct bytes body, struct facts *out)
{
    struct bytes fields;
    struct ber field;
    if (!ber_take_tagged(&body, TAG_SEQUENCE, &fields))
        return;
    if (from == FROM_CLIENT)
        *state = (struct negotiation){0}; /* another attempt: what an earlier one showed is over */
    state->spnego = true;
    while (ber_take(&fields, &field) == BER_WHOLE) {
        struct bytes inner;
        if (field.tag == TAG_CONTEXT)
            read_offer(state, field.body);
        else if (field.tag == TAG_CONTEXT + 2 && ber_take_tagged(&field.body, TAG_OCTETS, &inner))
            read_mechanism(state, from, inner, out);
    }
}

/* NegTokenResp, RFC 4178 4.2.2. */
static void read_answer(struct negotiation *state, enum direction from, struct bytes body, struct facts *out)
{
    struct bytes fields;
    struct ber field;
    if (!ber_take_tagged(&body, TAG_SEQUENCE, &fields))
        return;
    state->spnego = true;
    while (ber_take(&fields, &field) == BER_WHOLE) {
        struct bytes inner;
        if (field.tag == TAG_CONTEXT && ber_take_tagged(&field.body, TAG_ENUMERATED, &inner)) {
            uint8_t result = bytes_u8(&inner);
            state->completed |= bytes_ok(&inner) && result == STATE_COMPLETED;
            state->rejected |= result == STATE_REJECT;
        } else if (field.tag == TAG_CONTEXT + 1 && from == FROM_SERVER &&
                   ber_take_tagged(&field.body, TAG_OID, &inner)) {
            enum mechanism mechanism = mechanism_of(inner);
            state->chose_kerberos |= mechanism == MECHANISM_KERBEROS;
            state->chose_ntlm |= mechanism == MECHANISM_NTLM;
        } else if (field.tag == TAG_CONTEXT + 2 && ber_take_tagged(&field.body, TAG_OCTETS, &inner)) {
            read_mechanism(state, from, inner, out);
        }
    }
}

static bool read_spnego(struct negotiation *state, enum direction from, struct bytes token, struct facts *out)
{
    struct ber element;
    if (ber_take(&token, &element) != BER_WHOLE)
        return false;
    struct bytes oid;
    if (element.tag == TAG_GSS) {
        struct bytes inside = element.body;
        if (!ber_take_tagged(&inside, TAG_OID, &oid) || mechanism_of(oid) != MECHANISM_SPNEGO ||
            ber_take(&inside, &element) != BER_WHOLE)
            return false;
    }
    if (element.tag == TAG_CONTEXT)
        read_init(state, from, element.body, out);
    else if (element.tag == TAG_CONTEXT + 1)
        read_answer(state, from, element.body, out);
    else
        return false;
    return true;
}

/* In SPNEGO a mechanism counts as used once both sides settled on it: Kerberos when the server answered an AP-REQ
 * and did not turn to NTLM, NTLM when the last of its messages was sent. */
static bool used_kerberos(const struct negotiation *state)
{
    return state->spnego && state->sent_kerberos && !state->chose_ntlm && (state->chose_kerberos || state->completed);
}

static bool used_ntlm(const struct negotiation *state)
{
    return state->spnego && state->ntlm_message == 3;
}

/* A token outside SPNEGO that belongs to the attempt under way. */
static void go_on_with(struct negotiation *state, const struct negotiation *token)
{
    state->sent_kerberos |= token->sent_kerberos;
    if (token->ntlm_message > state->ntlm_message)
        state->ntlm_message = token->ntlm_message;
    if (token->ntlm_message == 3)
        state->ntlm = token->ntlm;
}

void negotiate_token(struct negotiation *state, enum direction from, struct bytes token, struct facts *out)
{
    struct negotiation before = *state;
    if (!read_spnego(state, from, token, out)) {
        struct negotiation alone = {0};
        read_mechanism(&alone, from, token, out);
        /* A first NTLM message, or Kerberos outside a SPNEGO dialogue, begins a new attempt. */
        if (from == FROM_CLIENT && (alone.ntlm_message == 1 || (alone.sent_kerberos && !before.spnego)))
            *state = alone;
        else
            go_on_with(state, &alone);
    }
    if (state->offered_kerberos && !before.offered_kerberos)
        facts_say_text(out, FACT_NEGOTIATE_OFFERED, "kerberos");
    if (state->offered_ntlm && !before.offered_ntlm)
        facts_say_text(out, FACT_NEGOTIATE_OFFERED, "ntlm");
    if (used_kerberos(state) && !used_kerberos(&before))
        facts_say_text(out, FACT_NEGOTIATE_USED, "kerberos");
    if (used_ntlm(state) && !used_ntlm(&before))
        facts_say_text(out, FACT_NEGOTIATE_USED, "ntlm");
}

enum authentication negotiation_result(const struct negotiation *state)
{
    if (state->ntlm_message == 3)
        return state->ntlm;
    if (state->sent_kerberos && !state->chose_ntlm)
        return AUTHENTICATION_KERBEROS;
    return state->spnego ? AUTHENTICATION_NEGOTIATE : AUTHENTICATION_UNKNOWN;
}
