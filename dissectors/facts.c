/* facts: the names of what dissectors say, as they stand in every output. */
#include "dissectors/facts.h"

#include <assert.h>

const char *fact_key_name(enum fact_key key)
{
    static const char *const names[] = {
#define FACT_NAME(key, name, meaning) name,
        FACT_KEYS(FACT_NAME)
#undef FACT_NAME
    };
    assert(key < FACT_KEY_COUNT);
    return names[key];
}

const char *authentication_name(enum authentication authentication)
{
    static const char *const names[AUTHENTICATION_COUNT] = {
        "",     "anonymous", "basic",     "simple",   "forms",    "digest",   "ntlmv1",
        "ntlm", "ntlmv2",    "negotiate", "netlogon", "schannel", "kerberos", "certificate",
    };
    assert(authentication < AUTHENTICATION_COUNT);
    return names[authentication];
}

const char *encryption_name(enum encryption encryption)
{
    static const char *const names[ENCRYPTION_COUNT] = {
        "",     "none", "rpc-integrity", "ldap-sign", "rpc-privacy",  "ldap-seal",
        "smb3", "srtp", "ipsec",         "starttls",  "anonymoustls", "tls",
    };
    assert(encryption < ENCRYPTION_COUNT);
    return names[encryption];
}

const char *learned_from_name(enum learned_from from)
{
    static const char *const names[LEARNED_COUNT] = {
        "ept_map", "ept_lookup",        "resolve_oxid", "remote_create_instance",
        "bind",    "secondary_address", "sdp",          "sip_contact",
    };
    assert(from < LEARNED_COUNT);
    return names[from];
}

void facts_say_upper(struct facts *to, enum fact_key key, struct bytes value)
{
    uint8_t upper[255];
    size_t length = value.left < sizeof upper ? value.left : sizeof upper;
    for (size_t i = 0; i < length; i++)
        upper[i] = bytes_upper(value.at[i]);
    to->say(to, key, bytes_of(upper, length));
}
