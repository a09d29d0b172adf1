/* ldap_message: the envelope, and the elements each operation begins with (RFC 4511 4.1.1, 4.2 to 4.13). */
#include "dissectors/ldap_message.h"

/* Longer messages are no LDAP; servers refuse far shorter ones. */
#define LENGTH_MOST ((size_t)256 * 1024 * 1024)

/* Of the APPLICATION tag; no two operations have the same. */
#define NUMBER(tag) ((tag)&0x1f)

/* What an operation begins with, one letter an element: v version, i integer, e enumerated, b boolean, s octets,
 * S sequence, f filter, c choice of a bind, o object identifier, x name or value of an intermediate response. */
static const struct operation {
    enum ldap_operation tag;
    enum direction from;
    const char *begins;
} operations[0x20] = {
    [NUMBER(LDAP_UNBIND)] = {LDAP_UNBIND, FROM_CLIENT, ""},
    [NUMBER(LDAP_DELETE)] = {LDAP_DELETE, FROM_CLIENT, ""},
    [NUMBER(LDAP_ABANDON)] = {LDAP_ABANDON, FROM_CLIENT, ""},
    [NUMBER(LDAP_BIND)] = {LDAP_BIND, FROM_CLIENT, "vsc"},
    [NUMBER(LDAP_BIND_RESPONSE)] = {LDAP_BIND_RESPONSE, FROM_SERVER, "ess"},
    [NUMBER(LDAP_SEARCH)] = {LDAP_SEARCH, FROM_CLIENT, "seeiibf"},
    [NUMBER(LDAP_ENTRY)] = {LDAP_ENTRY, FROM_SERVER, "sS"},
    [NUMBER(LDAP_SEARCH_DONE)] = {LDAP_SEARCH_DONE, FROM_SERVER, "ess"},
    [NUMBER(LDAP_MODIFY)] = {LDAP_MODIFY, FROM_CLIENT, "sS"},
    [NUMBER(LDAP_MODIFY_RESPONSE)] = {LDAP_MODIFY_RESPONSE, FROM_SERVER, "ess"},
    [NUMBER(LDAP_ADD)] = {LDAP_ADD, FROM_CLIENT, "sS"},
    [NUMBER(LDAP_ADD_RESPONSE)] = {LDAP_ADD_RESPONSE, FROM_SERVER, "ess"},
    [NUMBER(LDAP_DELETE_RESPONSE)] = {LDAP_DELETE_RESPONSE, FROM_SERVER, "ess"},
    [NUMBER(LDAP_RENAME)] = {LDAP_RENAME, FROM_CLIENT, "ssb"},
    [NUMBER(LDAP_RENAME_RESPONSE)] = {LDAP_RENAME_RESPONSE, FROM_SERVER, "ess"},
    [NUMBER(LDAP_COMPARE)] = {LDAP_COMPARE, FROM_CLIENT, "sS"},
    [NUMBER(LDAP_COMPARE_RESPONSE)] = {LDAP_COMPARE_RESPONSE, FROM_SERVER, "ess"},
    [NUMBER(LDAP_REFERENCE)] = {LDAP_REFERENCE, FROM_SERVER, "s"},
    [NUMBER(LDAP_EXTENDED)] = {LDAP_EXTENDED, FROM_CLIENT, "o"},
    [NUMBER(LDAP_EXTENDED_RESPONSE)] = {LDAP_EXTENDED_RESPONSE, FROM_SERVER, "ess"},
    [NUMBER(LDAP_INTERMEDIATE)] = {LDAP_INTERMEDIATE, FROM_SERVER, "x"},
};

static const struct operation *operation_of(uint8_t tag, enum direction from)
{
    const struct operation *operation = &operations[NUMBER(tag)];
    return operation->tag == tag && operation->from == from ? operation : NULL;
}

/* --- the envelope --- */

/* messageID: not negative, at most 2^31 - 1; some write it longer than it need be. */
static enum ber_answer take_id(struct bytes *in, uint32_t *id)
{
    uint8_t tag;
    size_t length;
    if (in->left > 0 && in->at[0] != LDAP_TAG_INTEGER)
        return BER_WRONG;
    enum ber_answer answer = ber_head(in, &tag, &length);
    if (answer != BER_WHOLE)
        return answer;
    if (length < 1 || length > 4 || (in->left > 0 && (in->at[0] & 0x80) != 0))
        return BER_WRONG;
    if (in->left < length)
        return BER_SHORT;
    for (*id = 0; length > 0; length--)
        *id = *id << 8 | bytes_u8(in);
    return BER_WHOLE;
}

/* Is the first of `length` bytes of elements a name that is not empty? */
static enum ber_answer read_named(struct bytes in, size_t length, bool *named)
{
    enum { HEAD_MOST = 6 };
    uint8_t tag;
    size_t name, head = length < HEAD_MOST ? length : HEAD_MOST;
    *named = false;
    if (in.left < head)
        return BER_SHORT;
    in = bytes_take(&in, head);
    *named = ber_head(&in, &tag, &name) == BER_WHOLE && tag == LDAP_TAG_OCTETS && name > 0;
    return BER_WHOLE;
}

enum ber_answer ldap_head_read(struct bytes in, enum direction from, struct ldap_head *head)
{
    struct bytes ahead = in;
    uint8_t tag;
    size_t length, elements;
    uint32_t id;
    if (in.left > 0 && in.at[0] != LDAP_TAG_SEQUENCE)
        return BER_WRONG;
    enum ber_answer answer = ber_head(&ahead, &tag, &length);
    if (answer != BER_WHOLE)
        return answer;
    if (length > LENGTH_MOST)
        return BER_WRONG;
    size_t rest = ahead.left;
    answer = take_id(&ahead, &id);
    if (answer != BER_WHOLE)
        return rest < length ? answer : BER_WRONG;
    if (ahead.left > 0 && operation_of(ahead.at[0], from) == NULL)
        return BER_WRONG;
    answer = ber_head(&ahead, &tag, &elements);
    if (answer != BER_WHOLE)
        return rest < length ? answer : BER_WRONG;
    size_t used = rest - ahead.left;
    if (used > length || elements > length - used)
        return BER_WRONG;
    bool named;
    answer = read_named(ahead, elements, &named);
    if (answer != BER_WHOLE)
        return answer;
    *head = (struct ldap_head){
        .operation = (enum ldap_operation)tag,
        .id = id,
        .named = named,
        .before = in.left - ahead.left,
        .elements = elements,
        .length = in.left - rest + length,
    };
    return BER_WHOLE;
}

struct bytes ldap_message_take(struct bytes *in, const struct ldap_head *head)
{
    struct bytes message = bytes_take(in, head->length);
    bytes_skip(&message, head->before);
    return bytes_take(&message, head->elements);
}

/* --- the elements --- */

static bool tag_fits(char kind, uint8_t tag)
{
    switch (kind) {
    case 'v':
    case 'i':
        return tag == LDAP_TAG_INTEGER;
    case 'e':
        return tag == LDAP_TAG_ENUMERATED;
    case 'b':
        return tag == 0x01;
    case 's':
        return tag == LDAP_TAG_OCTETS;
    case 'S':
        return tag == LDAP_TAG_SEQUENCE;
    case 'f':
        return (tag & 0xc0) == 0x80 && (tag & 0x1f) <= 9;
    case 'c':
        return (tag >= 0x80 && tag <= 0x82) || tag == 0xa3 || (tag >= 0x89 && tag <= 0x8b);
    case 'o':
        return tag == 0x80;
    default:
        return tag == 0x80 || tag == 0x81;
    }
}

static bool length_fits(char kind, size_t length)
{
    switch (kind) {
    case 'v':
    case 'b':
        return length == 1;
    case 'i':
        return length >= 1 && length <= 5;
    case 'e':
        return length == 1 || length == 2;
    case 'o':
        return length >= 3 && length <= 128;
    default:
        return true;
    }
}

static bool value_fits(char kind, struct bytes value)
{
    for (size_t i = 0; i < value.left; i++) {
        uint8_t c = value.at[i];
        if (kind == 'v' && c != 2 && c != 3)
            return false;
        if (kind == 'o' && (c < '0' || c > '9') && c != '.')
            return false;
    }
    return true;
}

/* `length` bytes of elements, of which `in` has the first. */
static enum likeness elements_like(struct bytes in, size_t length, const char *kinds)
{
    for (size_t rest = length; *kinds != '\0'; kinds++) {
        uint8_t tag;
        size_t value, before = in.left;
        if (in.left > 0 && !tag_fits(*kinds, in.at[0]))
            return LIKE_NOT;
        enum ber_answer answer = ber_head(&in, &tag, &value);
        if (answer == BER_SHORT && before < rest)
            return LIKE_MAYBE;
        size_t head = before - in.left;
        if (answer != BER_WHOLE || value > rest - head || !length_fits(*kinds, value))
            return LIKE_NOT;
        rest -= head + value;
        if (kinds[1] == '\0' && *kinds != 'o')
            break; /* what is in the last one does not matter */
        if (in.left < value)
            return LIKE_MAYBE;
        if (!value_fits(*kinds, bytes_take(&in, value)))
            return LIKE_NOT;
    }
    return LIKE_YES;
}

/* A name in text, as far as it is here: it has a = in it. */
static enum likeness name_like(struct bytes in, size_t length)
{
    for (size_t i = 0; i < in.left; i++) {
        if (in.at[i] < 0x20)
            return LIKE_NOT;
        if (in.at[i] == '=')
            return LIKE_YES;
    }
    return in.left < length ? LIKE_MAYBE : LIKE_NOT;
}

enum likeness ldap_message_like(struct bytes in, enum direction from)
{
    struct ldap_head head;
    switch (ldap_head_read(in, from, &head)) {
    case BER_SHORT:
        return LIKE_MAYBE;
    case BER_WRONG:
        return LIKE_NOT;
    case BER_WHOLE:
        break;
    }
    bytes_skip(&in, head.before);
    in = bytes_take(&in, head.elements < in.left ? head.elements : in.left);
    switch (head.operation) {
    case LDAP_UNBIND:
        return head.elements == 0 ? LIKE_YES : LIKE_NOT;
    case LDAP_ABANDON:
        return head.elements >= 1 && head.elements <= 4 ? LIKE_YES : LIKE_NOT;
    case LDAP_DELETE:
        return name_like(in, head.elements);
    default:
        return elements_like(in, head.elements, operation_of((uint8_t)head.operation, from)->begins);
    }
}

/* --- results --- */

const char *ldap_result_name(uint32_t code)
{
    static const struct {
        uint32_t code;
        const char *name;
    } names[] = {
        {0, "success"},
        {1, "operationsError"},
        {2, "protocolError"},
        {3, "timeLimitExceeded"},
        {4, "sizeLimitExceeded"},
        {7, "authMethodNotSupported"},
        {8, "strongerAuthRequired"},
        {10, "referral"},
        {11, "adminLimitExceeded"},
        {12, "unavailableCriticalExtension"},
        {13, "confidentialityRequired"},
        {14, "saslBindInProgress"},
        {16, "noSuchAttribute"},
        {32, "noSuchObject"},
        {34, "invalidDNSyntax"},
        {48, "inappropriateAuthentication"},
        {49, "invalidCredentials"},
        {50, "insufficientAccessRights"},
        {51, "busy"},
        {52, "unavailable"},
        {53, "unwillingToPerform"},
        {80, "other"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].code == code)
            return names[i].name;
    return NULL;
}
