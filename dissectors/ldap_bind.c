/* ldap_bind: choices, answers, and what they prove. */
#include "dissectors/ldap_bind.h"

#include "dissectors/ldap_message.h"
#include "dissectors/wording.h"

/* --- requests --- */

/* Two legs of one bind name the same mechanism; the first of another one forgets what was read before. */
static void ask_sasl(struct ldap_bind *bind, struct bytes body, struct facts *out)
{
    struct bytes name, token;
    if (!ber_take_tagged(&body, LDAP_TAG_OCTETS, &name))
        return;
    const struct sasl_mechanism *mechanism = sasl_mechanism_of(name);
    bool same =
        (bind->open || bind->goes_on) && bind->choice == LDAP_BIND_SASL && bind->mechanism.name == mechanism->name;
    if (!same)
        bind->negotiation = (struct negotiation){0};
    bind->choice = LDAP_BIND_SASL;
    bind->mechanism = *mechanism;
    if (!same && sasl_is_name(name)) { /* an empty name ends an attempt (RFC 4513 5.2.1.2) */
        struct wording bound;
        wording_begin(&bound);
        wording_add_text(&bound, "sasl:");
        wording_add_upper(&bound, name);
        wording_say(&bound, FACT_LDAP_BINDS, out);
    }
    if (mechanism->proves == AUTHENTICATION_BASIC)
        facts_encryption(out, ENCRYPTION_NONE);
    if (mechanism->tokens && ber_take_tagged(&body, LDAP_TAG_OCTETS, &token))
        negotiate_token(&bind->negotiation, FROM_CLIENT, token, out);
}

/* With a name or without: who gives no password is nobody (RFC 4513 5.1.1, 5.1.2). A password could be read. */
static void ask_simple(struct ldap_bind *bind, struct bytes password, struct facts *out)
{
    bind->choice = password.left == 0 ? LDAP_BIND_ANONYMOUS : LDAP_BIND_SIMPLE;
    facts_say_text(out, FACT_LDAP_BINDS, password.left == 0 ? "anonymous" : "simple");
    if (password.left > 0)
        facts_encryption(out, ENCRYPTION_NONE);
}

static void ask_sicily(struct ldap_bind *bind, enum ldap_choice choice, struct bytes token, struct facts *out)
{
    if (bind->choice != LDAP_BIND_SICILY_STEP)
        bind->negotiation = (struct negotiation){0};
    bind->choice = choice;
    facts_say_text(out, FACT_LDAP_BINDS, "sicily");
    negotiate_token(&bind->negotiation, FROM_CLIENT, token, out);
}

void ldap_bind_ask(struct ldap_bind *bind, struct bytes elements, struct facts *out)
{
    enum { SIMPLE = 0x80, KERBEROS_LDAP, KERBEROS_DSA, PACKAGES = 0x89, NEGOTIATE, RESPONSE, SASL = 0xa3 };
    struct bytes version, name;
    struct ber choice;
    if (!ber_take_tagged(&elements, LDAP_TAG_INTEGER, &version) ||
        !ber_take_tagged(&elements, LDAP_TAG_OCTETS, &name) || ber_take(&elements, &choice) != BER_WHOLE)
        return;
    switch (choice.tag) {
    case SIMPLE:
        ask_simple(bind, choice.body, out);
        break;
    case KERBEROS_LDAP:
    case KERBEROS_DSA:
        bind->choice = LDAP_BIND_KERBEROS4;
        facts_say_text(out, FACT_LDAP_BINDS, "kerberos4");
        break;
    case SASL:
        ask_sasl(bind, choice.body, out);
        break;
    case PACKAGES:
    case NEGOTIATE:
        ask_sicily(bind, LDAP_BIND_SICILY_STEP, choice.body, out);
        break;
    case RESPONSE:
        ask_sicily(bind, LDAP_BIND_SICILY, choice.body, out);
        break;
    default:
        return;
    }
    bind->open = true;
    bind->goes_on = false;
}

/* --- answers --- */

static enum authentication proven(const struct ldap_bind *bind)
{
    enum authentication read = negotiation_result(&bind->negotiation);
    switch (bind->choice) {
    case LDAP_BIND_ANONYMOUS:
        return AUTHENTICATION_ANONYMOUS;
    case LDAP_BIND_SIMPLE:
        return AUTHENTICATION_SIMPLE;
    case LDAP_BIND_SASL:
        return bind->mechanism.tokens && read != AUTHENTICATION_UNKNOWN ? read : bind->mechanism.proves;
    case LDAP_BIND_SICILY:
        return read != AUTHENTICATION_UNKNOWN ? read : AUTHENTICATION_NTLM;
    case LDAP_BIND_KERBEROS4:
        return AUTHENTICATION_KERBEROS;
    case LDAP_BIND_UNSEEN:
    case LDAP_BIND_SICILY_STEP:
        break;
    }
    return AUTHENTICATION_UNKNOWN;
}

static void say_result(uint32_t code, struct facts *out)
{
    wording_say_number(code, ldap_result_name(code), FACT_LDAP_RESULTS, out);
}

/* The server's token: of SASL after the texts, of Sicily in the place of the name. */
static void hear_token(struct ldap_bind *bind, struct bytes name, struct bytes rest, struct facts *out)
{
    enum { SERVER_CREDENTIALS = 0x87 };
    struct ber element;
    if (bind->choice == LDAP_BIND_SICILY_STEP || bind->choice == LDAP_BIND_SICILY)
        negotiate_token(&bind->negotiation, FROM_SERVER, name, out);
    while (ber_take(&rest, &element) == BER_WHOLE)
        if (element.tag == SERVER_CREDENTIALS)
            negotiate_token(&bind->negotiation, FROM_SERVER, element.body, out);
}

void ldap_bind_answer(struct ldap_bind *bind, struct bytes elements, struct facts *out)
{
    enum { SUCCESS = 0, IN_PROGRESS = 14 };
    struct bytes result, name;
    if (!ber_take_tagged(&elements, LDAP_TAG_ENUMERATED, &result) || result.left < 1 || result.left > 2 ||
        !ber_take_tagged(&elements, LDAP_TAG_OCTETS, &name))
        return;
    uint32_t code = result.left == 1 ? bytes_u8(&result) : bytes_be16(&result);
    say_result(code, out);
    hear_token(bind, name, elements, out);
    bind->open = false;
    bind->goes_on = code == IN_PROGRESS || (code == SUCCESS && bind->choice == LDAP_BIND_SICILY_STEP);
    bind->done = code == SUCCESS && !bind->goes_on;
    if (bind->done) {
        facts_authentication(out, proven(bind));
        facts_outcome(out, OUTCOME_ACCEPTED);
    } else if (!bind->goes_on) {
        facts_outcome(out, OUTCOME_DENIED);
    }
}

void ldap_bind_presume(struct ldap_bind *bind, struct facts *out)
{
    bind->open = bind->goes_on = false;
    bind->done = true;
    facts_authentication(out, proven(bind));
}
