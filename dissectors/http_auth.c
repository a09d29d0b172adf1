/* http_auth: schemes, challenges, tokens. Sources: the registry of authentication schemes of IANA, RFC 9110 11.2 and
 * 11.6.1 (in a list of challenges a comma ends a parameter or a challenge), RFC 7616 3.3 (stale). */
#include "dissectors/http_auth.h"

#include "base/base64.h"
#include "dissectors/dialogue.h"
#include "dissectors/words.h"

#define SCHEME_MOST 24

static const struct scheme {
    const char *name;
    enum authentication proves;
    bool tokens; /* one leg or several, told by what is in them */
    bool single; /* one request is all of it */
} schemes[] = {
    {"basic", AUTHENTICATION_BASIC, false, true},
    {"digest", AUTHENTICATION_DIGEST, false, true},
    {"ntlm", AUTHENTICATION_NTLM, true, false},
    {"negotiate", AUTHENTICATION_NEGOTIATE, true, false},
    {"kerberos", AUTHENTICATION_KERBEROS, true, false},
    {"bearer", AUTHENTICATION_UNKNOWN, false, true},
    {"oauth", AUTHENTICATION_UNKNOWN, false, true},
    {"dpop", AUTHENTICATION_UNKNOWN, false, true},
    {"passport1.4", AUTHENTICATION_UNKNOWN, false, true},
    {"wlid1.0", AUTHENTICATION_UNKNOWN, false, true},
    {"wlid1.1", AUTHENTICATION_UNKNOWN, false, true},
    {"msauth1.0", AUTHENTICATION_UNKNOWN, false, true},
    {"googlelogin", AUTHENTICATION_UNKNOWN, false, true},
    {"token", AUTHENTICATION_UNKNOWN, false, true},
    {"apikey", AUTHENTICATION_UNKNOWN, false, true},
    {"aws", AUTHENTICATION_UNKNOWN, false, true},
    {"aws4-hmac-sha256", AUTHENTICATION_UNKNOWN, false, true},
    {"sharedkey", AUTHENTICATION_UNKNOWN, false, true},
    {"sharedkeylite", AUTHENTICATION_UNKNOWN, false, true},
    {"wsse", AUTHENTICATION_UNKNOWN, false, true},
    {"hawk", AUTHENTICATION_UNKNOWN, false, true},
    {"vapid", AUTHENTICATION_UNKNOWN, false, true},
    {"privatetoken", AUTHENTICATION_UNKNOWN, false, true},
    {"gnap", AUTHENTICATION_UNKNOWN, false, true},
    {"hoba", AUTHENTICATION_UNKNOWN, false, true},
    {"mutual", AUTHENTICATION_UNKNOWN, false, false},
    {"credssp", AUTHENTICATION_UNKNOWN, false, false},
    {"scram-sha-1", AUTHENTICATION_DIGEST, false, false},
    {"scram-sha-256", AUTHENTICATION_DIGEST, false, false},
};

/* 1 and up; 0 when it is none we know. */
static uint8_t scheme_of(struct bytes name)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (bytes_are(name, schemes[i].name))
            return (uint8_t)(i + 1);
    return 0;
}

static bool has_tokens(uint8_t scheme)
{
    return scheme != 0 && schemes[scheme - 1].tokens;
}

static void read_token(struct http_realm *realm, enum direction from, struct bytes text, struct facts *out)
{
    uint8_t token[HTTP_TOKEN_MOST / 4 * 3];
    negotiate_token(&realm->negotiation, from, bytes_of(token, base64_decode(text, token, sizeof token)), out);
}

static bool is_name(struct bytes text)
{
    if (text.left == 0 || text.left > SCHEME_MOST)
        return false;
    for (size_t i = 0; i < text.left; i++) {
        uint8_t c = bytes_upper(text.at[i]);
        bool letter = c >= 'A' && c <= 'Z', inner = (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (!letter && (i == 0 || !inner))
            return false;
    }
    return true;
}

static void say_offered(struct bytes name, struct once *once, struct facts *out)
{
    uint8_t lower[SCHEME_MOST];
    for (size_t i = 0; i < name.left; i++)
        lower[i] = name.at[i] >= 'A' && name.at[i] <= 'Z' ? (uint8_t)(name.at[i] + 32) : name.at[i];
    once_say(once, FACT_HTTP_AUTH_OFFERED, bytes_of(lower, name.left), out);
}

/* Takes up to the next comma that is not in quotes, and drops it. */
static struct bytes take_element(struct bytes *list)
{
    bool quoted = false;
    size_t length = 0;
    while (length < list->left && (quoted || list->at[length] != ',')) {
        if (list->at[length] == '"')
            quoted = !quoted;
        else if (quoted && list->at[length] == '\\' && length + 1 < list->left)
            length++;
        length++;
    }
    struct bytes element = bytes_take(list, length);
    if (list->left > 0)
        bytes_skip(list, 1);
    return words_trim(element);
}

/* One element of a list of challenges: a parameter, or a scheme with a token or its first parameter. */
static void hear_element(struct http_realm *realm, struct bytes element, struct once *once, struct facts *out)
{
    size_t length = 0;
    realm->goes_on |= bytes_starts(element, "stale=true") || bytes_starts(element, "stale=\"true\"");
    while (length < element.left && !words_space(element.at[length]) && element.at[length] != '=')
        length++;
    struct bytes name = bytes_take(&element, length);
    element = words_trim(element);
    if (!is_name(name) || (element.left > 0 && element.at[0] == '='))
        return;
    say_offered(name, once, out);
    if (element.left > 0 && has_tokens(scheme_of(name))) {
        read_token(realm, FROM_SERVER, element, out);
        realm->goes_on |= !realm->negotiation.rejected;
    } else {
        realm->goes_on |= bytes_starts(element, "stale=true");
    }
}

void http_challenge(struct http_realm *realm, struct bytes value, struct once *once, struct facts *out)
{
    while (value.left > 0)
        hear_element(realm, take_element(&value), once, out);
}

struct http_credentials http_credentials(struct http_realm *realm, struct bytes value, struct once *once,
                                         struct facts *out)
{
    /* Of a scheme that nobody knows nobody can say that it is no secret. */
    struct http_credentials credentials = {.scheme = scheme_of(words_next(&value))};
    if (credentials.scheme == 0)
        return credentials;
    const struct scheme *scheme = &schemes[credentials.scheme - 1];
    once_say(once, FACT_HTTP_AUTH_USED, bytes_of(scheme->name, strlen(scheme->name)), out);
    credentials.last = scheme->single;
    value = words_trim(value);
    if (scheme->tokens && value.left > 0) {
        read_token(realm, FROM_CLIENT, value, out);
        const struct negotiation *read = &realm->negotiation;
        credentials.last = read->ntlm_message == 3 || (read->sent_kerberos && !read->chose_ntlm);
    }
    return credentials;
}

enum authentication http_proved(const struct http_realm *realm, struct http_credentials credentials)
{
    if (credentials.scheme == 0)
        return AUTHENTICATION_UNKNOWN;
    const struct scheme *scheme = &schemes[credentials.scheme - 1];
    enum authentication read = negotiation_result(&realm->negotiation);
    return scheme->tokens && read != AUTHENTICATION_UNKNOWN ? read : scheme->proves;
}
