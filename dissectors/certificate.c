/* certificate: see the header. RFC 5280 4.1 (fields), 4.1.2.5 (times), 4.2.1.6 (alternative names), RFC 6125 6.4.4 (the
 * common name counts only where no alternative name does). */
#include "dissectors/certificate.h"

#include "dissectors/ber.h"

#include <stdio.h>

enum {
    INTEGER = 0x02,
    BIT_STRING = 0x03,
    OCTET_STRING = 0x04,
    OBJECT_IDENTIFIER = 0x06,
    UTC_TIME = 0x17,
    GENERALIZED_TIME = 0x18,
    BMP_STRING = 0x1e,
    SEQUENCE = 0x30,
    SET = 0x31,
    VERSION = 0xa0,
    EXTENSIONS = 0xa3,
    DNS_NAME = 0x82,
    IP_ADDRESS = 0x87,
};

#define NAMES_MOST 64 /* more of one key nobody keeps */
#define NAME_MOST  255

struct fields {
    struct bytes issuer, not_after, subject, extensions;
    uint8_t time_tag;
};

static bool read_fields(struct bytes der, struct fields *fields)
{
    struct bytes certificate, body, skipped, validity;
    struct ber time;
    if (!ber_take_tagged(&der, SEQUENCE, &certificate) || der.left > 0 ||
        !ber_take_tagged(&certificate, SEQUENCE, &body) || !ber_take_tagged(&certificate, SEQUENCE, &skipped) ||
        !ber_take_tagged(&certificate, BIT_STRING, &skipped))
        return false;
    (void)ber_take_tagged(&body, VERSION, &skipped); /* absent in version 1 */
    if (!ber_take_tagged(&body, INTEGER, &skipped) || !ber_take_tagged(&body, SEQUENCE, &skipped) ||
        !ber_take_tagged(&body, SEQUENCE, &fields->issuer) || !ber_take_tagged(&body, SEQUENCE, &validity) ||
        !ber_take_tagged(&body, SEQUENCE, &fields->subject) || !ber_take_tagged(&body, SEQUENCE, &skipped))
        return false;
    if (ber_take(&validity, &time) != BER_WHOLE || ber_take(&validity, &time) != BER_WHOLE)
        return false;
    fields->not_after = time.body;
    fields->time_tag = time.tag;
    fields->extensions = bytes_of(body.at, 0);
    struct ber rest;
    while (ber_take(&body, &rest) == BER_WHOLE) /* unique identifiers may come before */
        if (rest.tag == EXTENSIONS && !ber_take_tagged(&rest.body, SEQUENCE, &fields->extensions))
            return false;
    return body.left == 0;
}

/* --- time --- */

/* The next two digits; 100 when they are none. */
static unsigned take_two(struct bytes *in)
{
    uint8_t tens = bytes_u8(in), ones = bytes_u8(in);
    if (tens < '0' || tens > '9' || ones < '0' || ones > '9')
        return 100;
    return (unsigned)(tens - '0') * 10 + (unsigned)(ones - '0');
}

static void say_time(uint8_t tag, struct bytes in, struct facts *out)
{
    if (tag != UTC_TIME && tag != GENERALIZED_TIME)
        return;
    unsigned century = tag == GENERALIZED_TIME ? take_two(&in) : 0;
    unsigned year = take_two(&in), month = take_two(&in), day = take_two(&in);
    unsigned hour = take_two(&in), minute = take_two(&in), second = take_two(&in);
    if (tag == UTC_TIME)
        century = year < 50 ? 20 : 19;
    if (bytes_u8(&in) != 'Z' || in.left > 0 || century > 99 || year > 99 || month < 1 || month > 12 || day < 1 ||
        day > 31 || hour > 23 || minute > 59 || second > 60)
        return;
    char text[sizeof "9999-12-31T23:59:59Z" + 8];
    (void)snprintf(text, sizeof text, "%02u%02u-%02u-%02uT%02u:%02u:%02uZ", century, year, month, day, hour, minute,
                   second);
    facts_say_text(out, FACT_TLS_CERTIFICATE_NOT_AFTER, text);
}

/* --- names --- */

static bool of_host_name(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(".-_*", c) != NULL);
}

/* Host names in lower case, as server names are said; others, such as the common name of an authority, as they are.
 * False when nothing was said. */
static bool say_name(struct bytes name, struct facts *out)
{
    uint8_t text[NAME_MOST];
    size_t length = 0;
    bool is_host = true;
    if (name.left == 0 || name.left > sizeof text)
        return false;
    while (name.left > 0) {
        uint8_t c = bytes_u8(&name);
        if (c < 0x20 || c == 0x7f)
            return false;
        is_host = is_host && of_host_name(c);
        text[length++] = c;
    }
    for (size_t i = 0; is_host && i < length; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (uint8_t)(text[i] + 32);
    facts_say(out, FACT_TLS_CERTIFICATE_NAMES, bytes_of(text, length));
    return true;
}

static bool say_address(struct bytes octets, struct facts *out)
{
    char text[ADDRESS_TEXT];
    if (octets.left != 4 && octets.left != 16)
        return false;
    struct address address = octets.left == 4 ? address_from_v4(octets.at) : address_from_v6(octets.at);
    facts_say_text(out, FACT_TLS_CERTIFICATE_NAMES, address_text(&address, text));
    return true;
}

/* False when there is no name in it that names a host. */
static bool say_alternative_names(struct bytes value, struct facts *out)
{
    struct bytes names;
    struct ber name;
    unsigned said = 0;
    if (!ber_take_tagged(&value, SEQUENCE, &names))
        return false;
    while (said < NAMES_MOST && ber_take(&names, &name) == BER_WHOLE) {
        if (name.tag == DNS_NAME)
            said += say_name(name.body, out);
        else if (name.tag == IP_ADDRESS)
            said += say_address(name.body, out);
    }
    return said > 0;
}

static bool is_identifier(struct bytes object, const char octets[3])
{
    return object.left == 3 && memcmp(object.at, octets, 3) == 0;
}

/* False when there is no such extension. */
static bool find_alternative_names(struct bytes extensions, struct bytes *value)
{
    struct bytes extension, id, critical;
    while (ber_take_tagged(&extensions, SEQUENCE, &extension)) {
        if (!ber_take_tagged(&extension, OBJECT_IDENTIFIER, &id))
            return false;
        (void)ber_take_tagged(&extension, 0x01, &critical);
        if (is_identifier(id, "\x55\x1d\x11"))
            return ber_take_tagged(&extension, OCTET_STRING, value);
    }
    return false;
}

/* What of two-byte characters is ASCII, as one byte each: the form in which old authorities of Windows write names. */
static struct bytes narrow(struct bytes wide, uint8_t text[NAME_MOST])
{
    size_t length = 0;
    while (wide.left >= 2 && length < NAME_MOST) {
        uint16_t c = bytes_be16(&wide);
        text[length++] = c < 0x80 ? (uint8_t)c : '?';
    }
    return bytes_of(text, length);
}

/* The last one is the most specific. */
static void say_common_name(struct bytes subject, struct facts *out)
{
    struct bytes set, pair, type;
    struct ber value, found = {0, {0}};
    while (ber_take_tagged(&subject, SET, &set))
        while (ber_take_tagged(&set, SEQUENCE, &pair))
            if (ber_take_tagged(&pair, OBJECT_IDENTIFIER, &type) && is_identifier(type, "\x55\x04\x03") &&
                ber_take(&pair, &value) == BER_WHOLE)
                found = value;
    uint8_t text[NAME_MOST];
    (void)say_name(found.tag == BMP_STRING ? narrow(found.body, text) : found.body, out);
}

void certificate_hear(struct bytes der, struct facts *out)
{
    struct fields fields;
    struct bytes names;
    if (!read_fields(der, &fields))
        return;
    if (!find_alternative_names(fields.extensions, &names) || !say_alternative_names(names, out))
        say_common_name(fields.subject, out);
    if (fields.issuer.left == fields.subject.left &&
        (fields.issuer.left == 0 || memcmp(fields.issuer.at, fields.subject.at, fields.issuer.left) == 0))
        facts_say_text(out, FACT_TLS_CERTIFICATE_SELF_SIGNED, "yes");
    say_time(fields.time_tag, fields.not_after, out);
}
