/* dns_message: walks a DNS message record by record, and tells whether bytes are one.
 *
 * Hides compressed names, the length before a message over TCP, and who else speaks the same format: NetBIOS names,
 * mDNS and LLMNR. Sources: RFC 1035 4 (format, names, TCP), RFC 2136 (update), RFC 6762 18 (mDNS), RFC 4795 2.1
 * (LLMNR), RFC 1002 4.2 (NetBIOS). */
#ifndef DISSECTORS_DNS_MESSAGE_H
#define DISSECTORS_DNS_MESSAGE_H

#include "dissectors/dissector.h"

#define DNS_NAME_MOST    253 /* RFC 1035 2.3.4, as text without the last dot */
#define DNS_PREFIX_BYTES 2   /* the length before a message over TCP */

enum dns_type {
    DNS_A = 1,
    DNS_CNAME = 5,
    DNS_NULL = 10,
    DNS_PTR = 12,
    DNS_MX = 15,
    DNS_AAAA = 28,
    DNS_NIMLOC = 32,
    DNS_SRV = 33,
    DNS_OPT = 41,
    DNS_TKEY = 249,
    DNS_ANY = 255,
};
enum { DNS_IN = 1 };
enum dns_opcode { DNS_QUERY = 0, DNS_NOTIFY = 4, DNS_UPDATE = 5 };
enum { DNS_NO_ERROR = 0, DNS_REFUSED = 5 };
enum dns_section { DNS_QUESTION, DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_SECTIONS };

/* Who speaks the format here. */
enum dns_kind { DNS_PLAIN, DNS_MULTICAST, DNS_LINK_LOCAL };

/* What a name is made of. */
struct dns_shape {
    uint8_t length, labels;
    bool host;    /* nothing but letters, digits, - and _: fit to be said */
    bool text;    /* no control characters */
    bool netbios; /* the first label is an encoded NetBIOS name */
};

/* A name in lower case. */
struct dns_name {
    struct dns_shape is;
    char as_text[DNS_NAME_MOST];
};

struct dns_record {
    size_t owner_offset; /* of its name, which was checked and not read: dns_owner() */
    enum dns_section section;
    uint16_t type, class;
    struct bytes data; /* empty for a question */
    size_t data_offset;
};

struct dns_walk {
    struct bytes message, rest;
    uint16_t id, flags;
    uint16_t counts[DNS_SECTIONS];
    enum dns_section section;
    uint16_t taken;         /* of this section */
    struct dns_shape first; /* of the first name, where shapes are asked for */
};

enum dns_step { DNS_RECORD, DNS_END, DNS_SHORT, DNS_BROKEN };

/* False when the header is not all here. */
bool dns_walk_begin(struct dns_walk *walk, struct bytes message);

/* The next question or record; DNS_END after the last: walk->rest is then what follows the message. */
enum dns_step dns_walk_next(struct dns_walk *walk, struct dns_record *record);

/* Whose record it is, or what a question asks for. */
void dns_owner(const struct dns_walk *walk, const struct dns_record *record, struct dns_name *name);

/* The name that stands in a record's data after `skip` bytes. False, and *name is what it was, when there is none. */
bool dns_data_name(const struct dns_walk *walk, const struct dns_record *record, size_t skip, struct dns_name *name);

bool dns_name_equal(const struct dns_name *a, const struct dns_name *b);

static inline bool dns_is_response(const struct dns_walk *walk)
{
    return (walk->flags & 0x8000) != 0;
}

static inline enum dns_opcode dns_opcode_of(const struct dns_walk *walk)
{
    return (enum dns_opcode)(walk->flags >> 11 & 15);
}

static inline uint8_t dns_result_of(const struct dns_walk *walk)
{
    return walk->flags & 15;
}

struct dns_look {
    enum dns_kind kind;
    bool framed; /* a length stands before each message */
    bool response;
    size_t following; /* bytes after a message without such a length: in a datagram there are none */
};

/* Could bytes with this head be a message of that kind in a datagram, by its identifier and its flags? */
bool dns_may_be(struct bytes head, enum dns_kind kind);

/* Do these bytes begin with a message, as over TCP or as over UDP? *look is filled in when they do. */
enum likeness dns_like(struct bytes in, struct dns_look *look);

#endif
