/* address: text and prefix arithmetic of base/address.h; text conversion is the C library's. */
#include "base/address.h"

#include <arpa/inet.h>
#include <stdlib.h>

static const uint8_t v4_lead[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool address_is_v4(const struct address *a)
{
    return memcmp(a->octets, v4_lead, sizeof v4_lead) == 0;
}

bool address_is_zero(const struct address *a)
{
    static const uint8_t zero[16];
    size_t from = address_is_v4(a) ? 12 : 0;
    return memcmp(a->octets + from, zero, 16 - from) == 0;
}

bool address_is_group(const struct address *a)
{
    static const uint8_t broadcast[4] = {255, 255, 255, 255};
    if (!address_is_v4(a))
        return a->octets[0] == 0xff;
    return (a->octets[12] & 0xf0) == 0xe0 || memcmp(a->octets + 12, broadcast, 4) == 0;
}

/* Dotted text without the C library, which takes ten times as long: a run writes millions of addresses. */
static void text_of_v4(const uint8_t octets[4], char *out)
{
    for (int i = 0; i < 4; i++) {
        uint8_t octet = octets[i];
        if (octet >= 100)
            *out++ = (char)('0' + octet / 100);
        if (octet >= 10)
            *out++ = (char)('0' + octet / 10 % 10);
        *out++ = (char)('0' + octet % 10);
        *out++ = i < 3 ? '.' : '\0';
    }
}

const char *address_text(const struct address *a, char out[ADDRESS_TEXT])
{
    if (address_is_v4(a))
        text_of_v4(a->octets + 12, out);
    else if (inet_ntop(AF_INET6, a->octets, out, ADDRESS_TEXT) == NULL)
        out[0] = '\0';
    return out;
}

bool address_parse(const char *text, struct address *out)
{
    uint8_t octets[16];
    if (inet_pton(AF_INET, text, octets) == 1)
        *out = address_from_v4(octets);
    else if (inet_pton(AF_INET6, text, octets) == 1)
        *out = address_from_v6(octets);
    else
        return false;
    return true;
}

bool prefix_parse(const char *text, struct prefix *out)
{
    char head[ADDRESS_TEXT];
    const char *slash = strchr(text, '/');
    size_t length = slash != NULL ? (size_t)(slash - text) : strlen(text);
    if (length >= sizeof head)
        return false;
    memcpy(head, text, length);
    head[length] = '\0';
    struct prefix p;
    if (!address_parse(head, &p.base))
        return false;
    unsigned long most = address_is_v4(&p.base) && strchr(head, '.') != NULL ? 32 : 128;
    unsigned long bits = most;
    if (slash != NULL) {
        char *end;
        if (slash[1] < '0' || slash[1] > '9')
            return false;
        bits = strtoul(slash + 1, &end, 10);
        if (*end != '\0' || bits > most)
            return false;
    }
    p.bits = (uint8_t)(bits + 128 - most);
    *out = p;
    return true;
}

bool prefix_has(const struct prefix *prefix, const struct address *a)
{
    size_t whole = prefix->bits / 8, rest = prefix->bits % 8;
    if (memcmp(prefix->base.octets, a->octets, whole) != 0)
        return false;
    if (rest == 0)
        return true;
    uint8_t mask = (uint8_t)(0xff00u >> rest);
    return ((prefix->base.octets[whole] ^ a->octets[whole]) & mask) == 0;
}
