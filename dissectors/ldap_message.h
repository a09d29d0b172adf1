/* ldap_message: where an LDAP message ends and what it is; what it says is read by ldap.c and those it asks.
 *
 * Hides the ASN.1 of the envelope and how strictly bytes must look before they count as LDAP: the operation has to fit
 * the envelope, the side that sends it, and the elements it begins with. Rules: RFC 4511 4 and 5.1 (BER, any form of
 * length), MS-ADTS 5.1.1.1 (Sicily). */
#ifndef DISSECTORS_LDAP_MESSAGE_H
#define DISSECTORS_LDAP_MESSAGE_H

#include "dissectors/ber.h"
#include "dissectors/dissector.h"

/* Tags of protocolOp. */
enum ldap_operation {
    LDAP_UNBIND = 0x42,
    LDAP_DELETE = 0x4a,
    LDAP_ABANDON = 0x50,
    LDAP_BIND = 0x60,
    LDAP_BIND_RESPONSE = 0x61,
    LDAP_SEARCH = 0x63,
    LDAP_ENTRY = 0x64,
    LDAP_SEARCH_DONE = 0x65,
    LDAP_MODIFY = 0x66,
    LDAP_MODIFY_RESPONSE = 0x67,
    LDAP_ADD = 0x68,
    LDAP_ADD_RESPONSE = 0x69,
    LDAP_DELETE_RESPONSE = 0x6b,
    LDAP_RENAME = 0x6c,
    LDAP_RENAME_RESPONSE = 0x6d,
    LDAP_COMPARE = 0x6e,
    LDAP_COMPARE_RESPONSE = 0x6f,
    LDAP_REFERENCE = 0x73,
    LDAP_EXTENDED = 0x77,
    LDAP_EXTENDED_RESPONSE = 0x78,
    LDAP_INTERMEDIATE = 0x79,
};

enum {
    LDAP_TAG_ENUMERATED = 0x0a,
    LDAP_TAG_INTEGER = 0x02,
    LDAP_TAG_OCTETS = 0x04,
    LDAP_TAG_SEQUENCE = 0x30,
    LDAP_TAG_SET = 0x31,
};

struct ldap_head {
    enum ldap_operation operation;
    uint32_t id;
    bool named;      /* the operation begins with a name that is not empty: not about the root entry */
    size_t before;   /* bytes before the operation's elements */
    size_t elements; /* bytes of these */
    size_t length;   /* of the whole message */
};

/* Reads the envelope; *head is set when BER_WHOLE, however much of the rest is here. */
enum ber_answer ldap_head_read(struct bytes in, enum direction from, struct ldap_head *head);

/* Do these bytes begin a message? */
enum likeness ldap_message_like(struct bytes in, enum direction from);

/* Takes a message that is whole in `in`; returns the elements of its operation. */
struct bytes ldap_message_take(struct bytes *in, const struct ldap_head *head);

/* The name of a result, NULL when it has none here (RFC 4511 4.1.9, appendix A). */
const char *ldap_result_name(uint32_t code);

#endif
