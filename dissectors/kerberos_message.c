/* kerberos_message: reads the parts of Kerberos messages that are not encrypted.
 *
 * Rules: RFC 4120 5, for armor RFC 6113 5.4.2. An element that is not what it should be is passed over; one that runs
 * past its message ends the reading, and what was read before it stands. */
#include "dissectors/kerberos_message.h"

#include "dissectors/ber.h"
#include "dissectors/kerberos_names.h"
#include "dissectors/wording.h"

enum {
    TAG_INTEGER = 0x02,
    TAG_OCTETS = 0x04,
    TAG_STRING = 0x1b, /* GeneralString, the only one of KerberosString (RFC 4120 5.2.1) */
    TAG_SEQUENCE = 0x30,
    TAG_APPLICATION = 0x60,
    TAG_TICKET = 0x61,
    TAG_CONTEXT = 0xa0, /* [0]; [1] is 0xa1 ... */
};

#define FIELD(n) (TAG_CONTEXT + (n))

/* --- the beginning --- */

/* Takes tag and length of the element that has to come first. */
static enum likeness take_head(struct bytes *in, uint8_t tag, size_t *length)
{
    uint8_t found;
    if (in->left > 0 && in->at[0] != tag)
        return LIKE_NOT;
    switch (ber_head(in, &found, length)) {
    case BER_WHOLE:
        return LIKE_YES;
    case BER_SHORT:
        return LIKE_MAYBE;
    case BER_WRONG:
        break;
    }
    return LIKE_NOT;
}

/* pvno and msg-type: [0] and [1], in a request to the KDC [1] and [2]. In DER there is one way to write them. */
static enum likeness version_like(struct bytes in, uint8_t type)
{
    bool request = type == KERBEROS_AS_REQ || type == KERBEROS_TGS_REQ;
    uint8_t first = request ? FIELD(1) : FIELD(0);
    const uint8_t expected[] = {first, 3, TAG_INTEGER, 1, 5, (uint8_t)(first + 1), 3, TAG_INTEGER, 1, type};
    size_t here = in.left < sizeof expected ? in.left : sizeof expected;
    for (size_t i = 0; i < here; i++) /* memcmp would wait for the ten bytes that were only just written */
        if (in.at[i] != expected[i])
            return LIKE_NOT;
    return here == sizeof expected ? LIKE_YES : LIKE_MAYBE;
}

enum likeness kerberos_message_like(struct bytes in, struct kerberos_head *out)
{
    if (in.left == 0)
        return LIKE_MAYBE;
    size_t all = in.left, outer = 0, inner = 0;
    uint8_t tag = in.at[0], type = tag & 0x1f;
    if ((tag & 0xe0) != TAG_APPLICATION || kerberos_type_name(type) == NULL)
        return LIKE_NOT;
    enum likeness like = take_head(&in, tag, &outer);
    size_t head = all - in.left, rest = in.left;
    if (like != LIKE_YES)
        return like;
    if (outer > KERBEROS_MESSAGE_MOST - head)
        return LIKE_NOT;
    like = take_head(&in, TAG_SEQUENCE, &inner);
    if (like != LIKE_YES)
        return like;
    if (inner + (rest - in.left) != outer)
        return LIKE_NOT;
    like = version_like(in, type);
    if (like == LIKE_YES)
        *out = (struct kerberos_head){(enum kerberos_type)type, .length = head + outer, .before = all - in.left};
    return like;
}

enum likeness kerberos_packet_like(struct bytes in, size_t *prefix, struct kerberos_head *out)
{
    *prefix = 0;
    if (in.left == 0 || in.at[0] != 0)
        return kerberos_message_like(in, out);
    struct bytes ahead = in;
    uint32_t length = bytes_be32(&ahead);
    if (!bytes_ok(&ahead))
        return LIKE_MAYBE;
    if (length > KERBEROS_MESSAGE_MOST - KERBEROS_PREFIX_BYTES)
        return LIKE_NOT;
    *prefix = KERBEROS_PREFIX_BYTES;
    enum likeness like = kerberos_message_like(ahead, out);
    return like == LIKE_YES && out->length != length ? LIKE_NOT : like;
}

/* --- values --- */

/* Steps into the element that comes next. */
static bool enter(struct bytes *in, uint8_t tag)
{
    struct bytes body;
    if (!ber_take_tagged(in, tag, &body))
        return false;
    *in = body;
    return true;
}

/* An Int32 in its context tag. */
static bool read_integer(struct bytes field, int32_t *value)
{
    struct bytes number;
    if (!ber_take_tagged(&field, TAG_INTEGER, &number) || number.left == 0 || number.left > 4)
        return false;
    uint32_t bits = (number.at[0] & 0x80) != 0 ? UINT32_MAX : 0;
    while (number.left > 0)
        bits = bits << 8 | bytes_u8(&number);
    *value = (int32_t)bits;
    return true;
}

static void say_etype(int32_t etype, enum fact_key key, struct facts *out)
{
    const char *name = kerberos_etype_name(etype);
    struct wording number;
    if (name != NULL) {
        facts_say_text(out, key, name);
        return;
    }
    wording_begin(&number);
    wording_add_number(&number, etype);
    wording_say(&number, key, out);
}

/* These are steps of an exchange that goes on: with pre-authentication, over TCP, in another realm. */
static bool error_denies(int32_t code)
{
    return code != 25 && code != 52 && code != 68 && code != 91;
}

static enum outcome say_error(int32_t code, struct facts *out)
{
    wording_say_number(code, kerberos_error_name(code), FACT_KERBEROS_ERRORS, out);
    return error_denies(code) ? OUTCOME_DENIED : OUTCOME_NONE;
}

static void say_realm(struct bytes field, struct facts *out)
{
    struct bytes realm;
    if (ber_take_tagged(&field, TAG_STRING, &realm) && realm.left > 0)
        facts_say(out, FACT_KERBEROS_REALMS, realm);
}

/* May this name with two components be a person's? By custom alice/admin and alice/root are, while clients that follow
 * MIT's call services NT-PRINCIPAL as well. */
static bool names_person(int32_t name_type, struct bytes class, struct bytes host)
{
    enum { NT_PRINCIPAL = 1, NT_ENTERPRISE = 10 };
    if (name_type == NT_ENTERPRISE)
        return true;
    return name_type == NT_PRINCIPAL && !bytes_are(class, "kadmin") &&
           (bytes_are(host, "admin") || bytes_are(host, "root"));
}

/* PrincipalName, RFC 4120 5.2.2. Of three components (ldap/host/domain) the first two name the service's host. */
static void say_service(struct bytes field, struct facts *out)
{
    uint8_t value[255];
    int32_t name_type;
    struct bytes name, type, strings, class, host;
    if (!ber_take_tagged(&field, TAG_SEQUENCE, &name) || !ber_take_tagged(&name, FIELD(0), &type) ||
        !read_integer(type, &name_type) || !ber_take_tagged(&name, FIELD(1), &strings) ||
        !enter(&strings, TAG_SEQUENCE) || !ber_take_tagged(&strings, TAG_STRING, &class) ||
        !ber_take_tagged(&strings, TAG_STRING, &host))
        return;
    size_t length = class.left + 1 + host.left;
    if (class.left == 0 || host.left == 0 || length > sizeof value || names_person(name_type, class, host))
        return;
    memcpy(value, class.at, class.left);
    value[class.left] = '/';
    memcpy(value + class.left + 1, host.at, host.left);
    facts_say(out, FACT_KERBEROS_SERVICES, bytes_of(value, length));
}

/* --- parts --- */

/* EncryptedData, RFC 4120 5.2.9. */
static void say_encrypted(struct bytes field, enum fact_key key, struct facts *out)
{
    struct bytes data, number;
    int32_t etype;
    if (ber_take_tagged(&field, TAG_SEQUENCE, &data) && ber_take_tagged(&data, FIELD(0), &number) &&
        read_integer(number, &etype))
        say_etype(etype, key, out);
}

/* Takes a ticket, RFC 4120 5.3. False when there is none. */
static bool take_ticket(struct bytes *in, struct facts *out)
{
    struct bytes ticket, fields;
    struct ber field;
    if (!ber_take_tagged(in, TAG_TICKET, &ticket))
        return false;
    if (!ber_take_tagged(&ticket, TAG_SEQUENCE, &fields))
        return true;
    while (ber_take(&fields, &field) == BER_WHOLE) {
        if (field.tag == FIELD(1))
            say_realm(field.body, out);
        else if (field.tag == FIELD(2))
            say_service(field.body, out);
        else if (field.tag == FIELD(3))
            say_encrypted(field.body, FACT_KERBEROS_ETYPES, out);
    }
    return true;
}

static void read_tickets(struct bytes field, struct facts *out)
{
    struct bytes tickets;
    if (!ber_take_tagged(&field, TAG_SEQUENCE, &tickets))
        return;
    while (take_ticket(&tickets, out))
        ;
}

/* The fields of the SEQUENCE in a message's APPLICATION tag; none when the message is not whole. */
static struct bytes fields_of(struct bytes message, const struct kerberos_head *head)
{
    bytes_skip(&message, head->before);
    return bytes_take(&message, head->length - head->before);
}

/* RFC 4120 5.5.1; 5.8.1 has tickets in the place of options. */
static void read_ap_request(struct bytes fields, struct facts *out)
{
    struct ber field;
    while (ber_take(&fields, &field) == BER_WHOLE)
        if (field.tag == FIELD(3))
            (void)take_ticket(&field.body, out);
}

static void read_credentials(struct bytes fields, struct facts *out)
{
    struct ber field;
    while (ber_take(&fields, &field) == BER_WHOLE)
        if (field.tag == FIELD(2))
            read_tickets(field.body, out);
}

/* An AP-REQ inside another message. */
static void read_presented(struct bytes message, struct facts *out)
{
    struct kerberos_head head;
    if (kerberos_message_like(message, &head) != LIKE_YES || head.type != KERBEROS_AP_REQ)
        return;
    facts_say_text(out, FACT_KERBEROS_MESSAGES, kerberos_type_name(KERBEROS_AP_REQ));
    read_ap_request(fields_of(message, &head), out);
}

/* PA-FX-FAST-REQUEST, RFC 6113 5.4.2: the armor is the one part that can be read. */
static void read_armored(struct bytes value, struct facts *out)
{
    struct bytes request, armor, presented;
    if (ber_take_tagged(&value, FIELD(0), &request) && enter(&request, TAG_SEQUENCE) &&
        ber_take_tagged(&request, FIELD(0), &armor) && enter(&armor, TAG_SEQUENCE) &&
        ber_take_tagged(&armor, FIELD(0), &presented) && ber_take_tagged(&armor, FIELD(1), &presented) &&
        enter(&presented, TAG_OCTETS))
        read_presented(presented, out);
}

/* PA-FOR-USER, MS-SFU 2.2.1: a service asks for a ticket to itself in the name of a user, of whom only the realm is
 * said. */
static void read_for_user(struct bytes value, struct facts *out)
{
    struct bytes field;
    if (enter(&value, TAG_SEQUENCE) && ber_take_tagged(&value, FIELD(0), &field) &&
        ber_take_tagged(&value, FIELD(1), &field))
        say_realm(field, out);
}

/* RFC 4120 5.2.7 */
static void read_preauthentication(struct bytes field, struct facts *out)
{
    enum { PA_TGS_REQ = 1, PA_FOR_USER = 129, PA_FX_FAST = 136 };
    struct bytes list, entry, type, value;
    int32_t number;
    if (!ber_take_tagged(&field, TAG_SEQUENCE, &list))
        return;
    while (ber_take_tagged(&list, TAG_SEQUENCE, &entry)) {
        if (!ber_take_tagged(&entry, FIELD(1), &type) || !read_integer(type, &number) ||
            !ber_take_tagged(&entry, FIELD(2), &value) || !enter(&value, TAG_OCTETS))
            continue;
        if (number == PA_TGS_REQ)
            read_presented(value, out);
        else if (number == PA_FOR_USER)
            read_for_user(value, out);
        else if (number == PA_FX_FAST)
            read_armored(value, out);
    }
}

static void say_offered(struct bytes field, struct facts *out)
{
    struct bytes list;
    int32_t etype;
    struct ber skipped;
    if (!ber_take_tagged(&field, TAG_SEQUENCE, &list))
        return;
    while (read_integer(list, &etype) && ber_take(&list, &skipped) == BER_WHOLE)
        say_etype(etype, FACT_KERBEROS_OFFERED_ETYPES, out);
}

/* KDC-REQ-BODY, RFC 4120 5.4.1 */
static void read_request_body(struct bytes field, struct facts *out)
{
    struct bytes fields;
    struct ber part;
    if (!ber_take_tagged(&field, TAG_SEQUENCE, &fields))
        return;
    while (ber_take(&fields, &part) == BER_WHOLE) {
        switch (part.tag) {
        case FIELD(2):
            say_realm(part.body, out);
            break;
        case FIELD(3):
            say_service(part.body, out);
            break;
        case FIELD(8):
            say_offered(part.body, out);
            break;
        case FIELD(11): /* of users in whose name a service asks, or whose key is to be used */
            read_tickets(part.body, out);
            break;
        default:
            break;
        }
    }
}

/* --- messages --- */

static void read_kdc_request(struct bytes fields, struct facts *out)
{
    struct ber field;
    while (ber_take(&fields, &field) == BER_WHOLE) {
        if (field.tag == FIELD(3))
            read_preauthentication(field.body, out);
        else if (field.tag == FIELD(4))
            read_request_body(field.body, out);
    }
}

/* RFC 4120 5.4.2 */
static void read_kdc_reply(struct bytes fields, struct facts *out)
{
    struct ber field;
    while (ber_take(&fields, &field) == BER_WHOLE) {
        if (field.tag == FIELD(5))
            (void)take_ticket(&field.body, out);
        else if (field.tag == FIELD(6))
            say_encrypted(field.body, FACT_KERBEROS_REPLY_ETYPES, out);
    }
}

/* RFC 4120 5.9.1 */
static enum outcome read_error(struct bytes fields, struct facts *out)
{
    enum outcome outcome = OUTCOME_NONE;
    struct ber field;
    int32_t code;
    while (ber_take(&fields, &field) == BER_WHOLE) {
        if (field.tag == FIELD(6) && read_integer(field.body, &code))
            outcome = say_error(code, out);
        else if (field.tag == FIELD(9))
            say_realm(field.body, out);
        else if (field.tag == FIELD(10))
            say_service(field.body, out);
    }
    return outcome;
}

enum outcome kerberos_message_read(struct bytes message, const struct kerberos_head *head, struct facts *out)
{
    struct bytes fields = fields_of(message, head);
    facts_say_text(out, FACT_KERBEROS_MESSAGES, kerberos_type_name(head->type));
    switch (head->type) {
    case KERBEROS_AS_REQ:
    case KERBEROS_TGS_REQ:
        read_kdc_request(fields, out);
        return OUTCOME_NONE;
    case KERBEROS_AS_REP:
    case KERBEROS_TGS_REP:
        read_kdc_reply(fields, out);
        return OUTCOME_ACCEPTED;
    case KERBEROS_AP_REQ:
        read_ap_request(fields, out);
        return OUTCOME_NONE;
    case KERBEROS_AP_REP:
        return OUTCOME_ACCEPTED;
    case KERBEROS_CRED:
        read_credentials(fields, out);
        return OUTCOME_NONE;
    case KERBEROS_ERROR:
        return read_error(fields, out);
    case KERBEROS_SAFE:
    case KERBEROS_PRIV:
        break;
    }
    return OUTCOME_NONE;
}
