/* checks: see audit/checks.h. Which word of a table an observed method satisfies stands in one list. */
#include "audit/checks.h"

#include <string.h>

/* An observed method and a word of the tables that it satisfies: fully, or only as far as the wire can show it. */
static const struct {
    const char *observed, *word;
    enum { SATISFIES, CONSISTENT_WITH, MAY_BE } how;
} methods[] = {
    {"kerberos", "kerberos", SATISFIES},
    {"kerberos", "negotiate", SATISFIES},
    /* The secure channel of a machine account, set up with what Kerberos or NTLM would use (MS-NRPC 3.1). */
    {"netlogon", "kerberos", SATISFIES},
    {"netlogon", "ntlm", SATISFIES},
    {"netlogon", "negotiate", SATISFIES},
    {"ntlmv2", "ntlmv2", SATISFIES},
    {"ntlmv2", "ntlm", SATISFIES},
    {"ntlmv2", "negotiate", SATISFIES},
    {"ntlmv1", "ntlmv1", SATISFIES},
    {"ntlmv1", "ntlm", SATISFIES},
    {"ntlmv1", "negotiate", SATISFIES},
    {"ntlm", "ntlm", SATISFIES},
    {"ntlm", "negotiate", SATISFIES},
    {"ntlm", "ntlmv1", MAY_BE},
    {"ntlm", "ntlmv2", MAY_BE},
    {"negotiate", "negotiate", SATISFIES},
    {"negotiate", "kerberos", MAY_BE},
    {"negotiate", "ntlm", MAY_BE},
    {"negotiate", "ntlmv1", MAY_BE},
    {"negotiate", "ntlmv2", MAY_BE},
    {"basic", "basic", SATISFIES},
    {"basic", "password", SATISFIES},
    {"simple", "simple", SATISFIES},
    {"simple", "basic", SATISFIES}, /* the references call an LDAP simple bind basic authentication */
    {"simple", "password", SATISFIES},
    {"digest", "digest", SATISFIES},
    {"digest", "password", SATISFIES},
    {"forms", "forms", SATISFIES},
    {"bearer", "bearer", SATISFIES},
    {"certificate", "certificate", SATISFIES},
    {"certificate", "mtls", SATISFIES},
    {"certificate", "direct-trust", CONSISTENT_WITH}, /* whom it trusts stands in the directory, not on the wire */
    {"schannel", "certificate", SATISFIES},
    {"schannel", "mtls", SATISFIES},
    {"schannel", "direct-trust", CONSISTENT_WITH},
    {"anonymous", "anonymous", SATISFIES},
    {"anonymous", "by-ip-address", CONSISTENT_WITH}, /* the list of addresses is configuration */
    {"", "by-ip-address", CONSISTENT_WITH},
};

bool is_clear_by_design(const struct judged_conversation *conversation)
{
    static const char *const protocols[] = {"dns",   "mdns",     "llmnr", "cldap", "nbns",
                                            "nbdgm", "kerberos", "ntp",   "isakmp"};
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++)
        if (strcmp(conversation->protocol, protocols[i]) == 0)
            return true;
    return conversation->port == 135 || conversation->port == 593;
}

bool encryption_is_clear(const char *encryption)
{
    return strcmp(encryption, "none") == 0 || strcmp(encryption, "rpc-integrity") == 0 ||
           strcmp(encryption, "ldap-sign") == 0;
}

bool password_is_clear(const struct judged_session *session)
{
    return strcmp(session->encryption, "none") == 0 &&
           (strcmp(session->authentication, "basic") == 0 || strcmp(session->authentication, "simple") == 0);
}

const struct judged_session *clear_password(const struct judged_conversation *conversation)
{
    const struct judged_session *first = NULL;
    for (size_t i = 0; i < conversation->session_count; i++) {
        const struct judged_session *session = &conversation->sessions[i];
        if (session->disposition == DISPOSITION_OK && password_is_clear(session) &&
            (first == NULL || session->first_ns < first->first_ns))
            first = session;
    }
    return first;
}

enum encryption_check check_encryption(const struct expectation *expectation, const char *encryption)
{
    bool supported = expectation->encryption_supported.count > 0;
    if (!expectation->checked || (expectation->encryption_default == ANSWER_UNSAID && !supported))
        return ENCRYPTION_NOT_CHECKED;
    if (encryption[0] == '\0')
        return ENCRYPTION_NOT_OBSERVABLE;
    bool clear = encryption_is_clear(encryption);
    if (expectation->encryption_default == ANSWER_YES)
        return clear ? ENCRYPTION_WEAKER : ENCRYPTION_AS_EXPECTED;
    if (clear)
        return supported ? ENCRYPTION_OPTIONAL_UNUSED : ENCRYPTION_AS_EXPECTED;
    return expectation->encryption_default == ANSWER_NO ? ENCRYPTION_STRONGER : ENCRYPTION_AS_EXPECTED;
}

bool encryption_deviates(enum encryption_check check)
{
    return check == ENCRYPTION_WEAKER;
}

/* Is the method satisfied by one of `words` in this way? */
static bool is_among(const struct texts *words, const char *observed, int how)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if ((int)methods[i].how == how && strcmp(methods[i].observed, observed) == 0 &&
            texts_have(words, methods[i].word))
            return true;
    return false;
}

static bool is_listed(const struct expectation *expectation, const char *observed, int how)
{
    return is_among(&expectation->authentication_default, observed, how) ||
           is_among(&expectation->authentication_supported, observed, how);
}

static bool all_are(const struct texts *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->items[i], word) != 0)
            return false;
    return true;
}

static bool lists_kerberos_alone(const struct expectation *expectation)
{
    return all_are(&expectation->authentication_default, "kerberos") &&
           all_are(&expectation->authentication_supported, "kerberos");
}

/* NTLM where the client offered Kerberos: worth a word wherever the row speaks of either. */
static bool is_fallback(const struct expectation *expectation, const char *observed)
{
    return strncmp(observed, "ntlm", 4) == 0 &&
           (lists_kerberos_alone(expectation) || is_listed(expectation, observed, SATISFIES));
}

enum authentication_check check_authentication(const struct expectation *expectation, const char *authentication,
                                               bool kerberos_offered)
{
    if (!expectation->checked ||
        expectation->authentication_default.count + expectation->authentication_supported.count == 0)
        return AUTHENTICATION_NOT_CHECKED;
    if (kerberos_offered && is_fallback(expectation, authentication))
        return AUTHENTICATION_FALLBACK;
    if (is_among(&expectation->authentication_default, authentication, SATISFIES))
        return AUTHENTICATION_DEFAULT;
    if (is_among(&expectation->authentication_supported, authentication, SATISFIES))
        return AUTHENTICATION_SUPPORTED;
    if (is_listed(expectation, authentication, CONSISTENT_WITH))
        return AUTHENTICATION_CONSISTENT;
    if (authentication[0] == '\0' || is_listed(expectation, authentication, MAY_BE))
        return AUTHENTICATION_NOT_OBSERVABLE;
    return strcmp(authentication, "anonymous") == 0 ? AUTHENTICATION_IS_ANONYMOUS : AUTHENTICATION_UNSUPPORTED;
}

bool authentication_deviates(enum authentication_check check, const struct expectation *expectation)
{
    if (check == AUTHENTICATION_FALLBACK)
        return lists_kerberos_alone(expectation);
    return check == AUTHENTICATION_UNSUPPORTED;
}
