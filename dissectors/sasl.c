/* sasl: mechanisms and what they prove. Sources: the SASL mechanism registry of IANA, RFC 4616 (PLAIN), RFC 5802
 * (SCRAM), RFC 4752 (GSSAPI), MS-SPNG and MS-NLMP for GSS-SPNEGO and NTLM. */
#include "dissectors/sasl.h"

#include "base/base64.h"
#include "dissectors/words.h"

const struct sasl_mechanism *sasl_mechanism_of(struct bytes name)
{
    static const struct sasl_mechanism scram = {"SCRAM", AUTHENTICATION_DIGEST, false}, unknown = {.name = ""};
    static const struct sasl_mechanism known[] = {
        {"LOGIN", AUTHENTICATION_BASIC, false},
        {"PLAIN", AUTHENTICATION_BASIC, false},
        {"CRAM-MD5", AUTHENTICATION_DIGEST, false},
        {"DIGEST-MD5", AUTHENTICATION_DIGEST, false},
        {"NTLM", AUTHENTICATION_NTLM, true},
        {"GSSAPI", AUTHENTICATION_KERBEROS, true},
        {"GS2-KRB5", AUTHENTICATION_KERBEROS, false},
        {"GSS-SPNEGO", AUTHENTICATION_NEGOTIATE, true},
        {"EXTERNAL", AUTHENTICATION_CERTIFICATE, false},
        {"ANONYMOUS", AUTHENTICATION_ANONYMOUS, false},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (bytes_are(name, known[i].name))
            return &known[i];
    return bytes_starts(name, "SCRAM-") ? &scram : &unknown;
}

bool sasl_is_name(struct bytes word)
{
    enum { NAME_MOST = 20 }; /* RFC 4422 3.1 */
    return words_is_keyword(word, NAME_MOST) || (word.left > 0 && bytes_are(word, sasl_mechanism_of(word)->name));
}

static void hear_token(struct sasl *sasl, enum direction from, struct bytes text, struct facts *out)
{
    uint8_t token[SASL_TOKEN_MOST / 4 * 3];
    if (sasl->mechanism.tokens)
        negotiate_token(&sasl->negotiation, from, bytes_of(token, base64_decode(text, token, sizeof token)), out);
}

void sasl_begin(struct sasl *sasl, enum fact_key used, struct bytes name, struct bytes initial, struct facts *out)
{
    *sasl = (struct sasl){.mechanism = *sasl_mechanism_of(name), .open = true};
    facts_encryption(out, ENCRYPTION_NONE);
    if (sasl_is_name(name))
        facts_say_upper(out, used, name);
    if (initial.left > 0)
        hear_token(sasl, FROM_CLIENT, initial, out);
}

void sasl_challenge(struct sasl *sasl, struct bytes text, struct facts *out)
{
    sasl->challenged = true;
    hear_token(sasl, FROM_SERVER, text, out);
}

bool sasl_answer(struct sasl *sasl, struct bytes line, struct facts *out)
{
    bool cancel = bytes_are(line, "*");
    if (!sasl->open || !(sasl->challenged || cancel || base64_like(line)))
        return false;
    sasl->challenged = false;
    sasl->cancelled |= cancel;
    hear_token(sasl, FROM_CLIENT, line, out);
    return true;
}

void sasl_accept(struct sasl *sasl, struct facts *out)
{
    enum authentication read = negotiation_result(&sasl->negotiation);
    bool told = sasl->mechanism.tokens && read != AUTHENTICATION_UNKNOWN;
    facts_authentication(out, told ? read : sasl->mechanism.proves);
    facts_outcome(out, OUTCOME_ACCEPTED);
    sasl->open = sasl->challenged = false;
}

void sasl_refuse(struct sasl *sasl, struct facts *out)
{
    if (!sasl->cancelled)
        facts_outcome(out, OUTCOME_DENIED);
    sasl->open = sasl->challenged = false;
}
