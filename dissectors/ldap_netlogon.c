/* ldap_netlogon: filters are walked for the domain of a ping, entries for the few attributes that tell of the server.
 * Of the replies for clients before Windows 2000 nothing is told: they have no flags. */
#include "dissectors/ldap_netlogon.h"

#include "dissectors/ldap_message.h"
#include "dissectors/words.h"

#define DEPTH_MOST  8   /* of and, or, not in a filter */
#define LABELS_MOST 128 /* of a name, with its jumps */

/* --- a name --- */

/* In lower case, without the last dot. */
static void say_domain(struct bytes name, struct facts *out)
{
    uint8_t text[WORDS_HOST_MOST];
    if (name.left > 0 && name.at[name.left - 1] == '.')
        name.left--;
    if (name.left > sizeof text || !words_is_name(name))
        return;
    for (size_t i = 0; i < name.left; i++) {
        uint8_t c = name.at[i];
        text[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
    }
    facts_say(out, FACT_LDAP_DOMAINS, bytes_of(text, name.left));
}

/* Takes a name compressed as in DNS (RFC 1035 4.1.4); what it points to is counted from the start of `all`. */
static bool take_name(struct bytes all, struct bytes *in, uint8_t text[WORDS_HOST_MOST + 1], size_t *length)
{
    struct bytes at = *in;
    bool jumped = false;
    *length = 0;
    for (size_t labels = 0; labels < LABELS_MOST; labels++) {
        uint8_t size = bytes_u8(&at);
        if (size >= 0xc0) {
            size_t target = (size_t)(size & 0x3f) << 8 | bytes_u8(&at);
            if (!jumped && bytes_ok(&at))
                *in = at;
            jumped = true;
            at = all;
            bytes_skip(&at, target);
            continue;
        }
        struct bytes label = bytes_take(&at, size);
        if (!bytes_ok(&label) || size > 63 || *length + size > WORDS_HOST_MOST)
            return false;
        if (size == 0) {
            if (!jumped)
                *in = at;
            return true;
        }
        memcpy(text + *length, label.at, size);
        *length += size;
        text[(*length)++] = '.';
    }
    return false;
}

/* --- a reply to a ping --- */

static void say_flags(uint32_t flags, struct facts *out)
{
    static const struct {
        uint8_t bit;
        const char *name;
    } names[] = {
        {0, "pdc"},
        {2, "gc"},
        {3, "ldap"},
        {4, "ds"},
        {5, "kdc"},
        {6, "timeserv"},
        {7, "closest"},
        {8, "writable"},
        {9, "good-timeserv"},
        {10, "ndnc"},
        {11, "select-secret-domain-6"},
        {12, "full-secret-domain-6"},
        {13, "ws"},
        {14, "ds-8"},
        {15, "ds-9"},
        {16, "ds-10"},
        {17, "key-list"},
        {29, "dns-controller"},
        {30, "dns-domain"},
        {31, "dns-forest"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if ((flags >> names[i].bit & 1) != 0)
            facts_say_text(out, FACT_LDAP_NETLOGON, names[i].name);
}

/* NETLOGON_SAM_LOGON_RESPONSE_EX, MS-ADTS 6.3.1.9: the flags, the domain's GUID, the forest, the domain. */
static void read_extended(struct bytes reply, struct bytes in, struct facts *out)
{
    uint8_t text[WORDS_HOST_MOST + 1];
    size_t length;
    bytes_skip(&in, 2);
    uint32_t flags = bytes_le32(&in);
    bytes_skip(&in, 16);
    if (!bytes_ok(&in))
        return;
    say_flags(flags, out);
    if (take_name(reply, &in, text, &length) && take_name(reply, &in, text, &length))
        say_domain(bytes_of(text, length), out);
}

/* NETLOGON_SAM_LOGON_RESPONSE, 6.3.1.8: its flags stand before the version and the two tokens at its end. Without the
 * V5 bit it is the one of 6.3.1.7, which has none. */
static void read_plain(struct bytes reply, struct facts *out)
{
    enum { TAIL = 12, SHORTEST = 56, V5 = 2 };
    if (reply.left < SHORTEST)
        return;
    bytes_skip(&reply, reply.left - TAIL);
    uint32_t flags = bytes_le32(&reply), version = bytes_le32(&reply), tokens = bytes_le32(&reply);
    if ((version & V5) != 0 && tokens == UINT32_MAX)
        say_flags(flags, out);
}

static void read_reply(struct bytes reply, struct facts *out)
{
    enum { RESPONSE = 19, RESPONSE_EX = 23, PAUSE_EX = 24, UNKNOWN_EX = 25, PAUSE = 18, UNKNOWN = 21 };
    struct bytes in = reply;
    switch (bytes_le16(&in)) {
    case RESPONSE_EX:
    case PAUSE_EX:
    case UNKNOWN_EX:
        read_extended(reply, in, out);
        break;
    case RESPONSE:
    case PAUSE:
    case UNKNOWN:
        read_plain(reply, out);
        break;
    default:
        break;
    }
}

/* --- searches and entries --- */

static void read_filter(struct bytes filter, unsigned depth, struct facts *out)
{
    enum { AND = 0xa0, NOT = 0xa2, EQUAL = 0xa3 };
    struct ber part;
    struct bytes attribute, value;
    while (ber_take(&filter, &part) == BER_WHOLE) {
        if (part.tag >= AND && part.tag <= NOT && depth < DEPTH_MOST)
            read_filter(part.body, depth + 1, out);
        else if (part.tag == EQUAL && ber_take_tagged(&part.body, LDAP_TAG_OCTETS, &attribute) &&
                 bytes_are(attribute, "DnsDomain") && ber_take_tagged(&part.body, LDAP_TAG_OCTETS, &value))
            say_domain(value, out);
    }
}

void ldap_root_search(struct bytes elements, struct facts *out)
{
    enum { BEFORE_FILTER = 6 }; /* base, scope, aliases, two limits, types only */
    struct ber skipped;
    for (int i = 0; i < BEFORE_FILTER; i++)
        if (ber_take(&elements, &skipped) != BER_WHOLE)
            return;
    struct ber filter;
    struct bytes before = elements;
    if (ber_take(&elements, &filter) == BER_WHOLE)
        read_filter(bytes_take(&before, before.left - elements.left), 0, out);
}

void ldap_root_entry(struct bytes elements, struct facts *out)
{
    struct bytes name, attributes, attribute, type, values, value;
    if (!ber_take_tagged(&elements, LDAP_TAG_OCTETS, &name) ||
        !ber_take_tagged(&elements, LDAP_TAG_SEQUENCE, &attributes))
        return;
    while (ber_take_tagged(&attributes, LDAP_TAG_SEQUENCE, &attribute)) {
        if (!ber_take_tagged(&attribute, LDAP_TAG_OCTETS, &type) || !ber_take_tagged(&attribute, LDAP_TAG_SET, &values))
            return;
        bool extensions = bytes_are(type, "supportedExtension"), netlogon = bytes_are(type, "Netlogon");
        while ((extensions || netlogon) && ber_take_tagged(&values, LDAP_TAG_OCTETS, &value)) {
            if (netlogon)
                read_reply(value, out);
            else if (bytes_are(value, LDAP_STARTTLS))
                facts_say_text(out, FACT_LDAP_STARTTLS, "offered");
        }
    }
}
