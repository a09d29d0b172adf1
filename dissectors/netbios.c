/* netbios: the names that hosts and workgroups go by before DNS: name service (nbns) and datagram service (nbdgm).
 *
 * Hides questions, registrations, status replies with their lists of names, and the heads of datagrams; what a datagram
 * carries stays unread. Rules: RFC 1002 4.2 (name service) and 4.4 (datagram service). */
#include "dissectors/netbios_name.h"

#define NAME_HEADER_BYTES     12
#define DATAGRAM_HEADER_BYTES 14
#define STATUS_NAME_BYTES     18 /* a name of a status reply with its flags */
#define RECORDS_MOST          4u /* of one message; RFC 1002 has none with more than two */
#define NBNS_MOST             4096
#define NBDGM_MOST            65535

enum { TYPE_NB = 0x20, TYPE_NBSTAT = 0x21, TYPE_NULL = 0x0a, CLASS_IN = 1 };
enum { DIRECT_UNIQUE = 0x10, DIRECT_GROUP = 0x11, BROADCAST = 0x12 };

struct name_header {
    bool response;
    uint16_t questions, records;
};

/* RFC 1002 4.2.1.1. False for what no name service sends, as far as the header is here. */
static bool name_header_read(struct bytes *in, struct name_header *header)
{
    enum { QUERY = 0, REGISTRATION = 5, RELEASE, WAIT, REFRESH, REFRESH_TOO, MULTIHOMED = 15 };
    bytes_skip(in, 2);
    uint16_t flags = bytes_be16(in);
    header->questions = bytes_be16(in);
    uint16_t answers = bytes_be16(in), authorities = bytes_be16(in), additional = bytes_be16(in);
    unsigned operation = flags >> 11 & 0x0f;
    header->response = (flags & 0x8000) != 0;
    header->records = (uint16_t)(answers + authorities + additional);
    bool known =
        operation == QUERY || operation == MULTIHOMED || (operation >= REGISTRATION && operation <= REFRESH_TOO);
    bool few = header->questions <= 1 && answers <= RECORDS_MOST && authorities <= RECORDS_MOST &&
               additional <= RECORDS_MOST && header->records <= RECORDS_MOST;
    return known && few && (!bytes_ok(in) || header->questions + header->records > 0);
}

static enum likeness nbns_probe(struct bytes head, enum direction from)
{
    struct name_header header;
    struct bytes start = head;
    bytes_skip(&start, 2);
    uint8_t flags = bytes_u8(&start);
    if (bytes_ok(&start) && (flags & 0x80) != (from == FROM_SERVER ? 0x80 : 0))
        return LIKE_NOT;
    if (!name_header_read(&head, &header))
        return LIKE_NOT;
    if (!bytes_ok(&head))
        return LIKE_MAYBE;
    enum likeness like = netbios_name_like(head);
    if (like != LIKE_YES)
        return like;
    struct bytes letters;
    if (!netbios_name_take(&head, &letters))
        return LIKE_MAYBE;
    uint16_t type = bytes_be16(&head), class = bytes_be16(&head);
    if (!bytes_ok(&head))
        return LIKE_MAYBE;
    bool fits = type == TYPE_NB || type == TYPE_NBSTAT || (header.questions == 0 && type == TYPE_NULL);
    return fits && class == CLASS_IN ? LIKE_YES : LIKE_NOT;
}

/* RFC 1002 4.2.18: what all names of a host are. */
static void read_status(struct bytes data, struct facts *out)
{
    uint8_t count = bytes_u8(&data);
    for (unsigned i = 0; i < count; i++) {
        struct bytes entry = bytes_take(&data, STATUS_NAME_BYTES);
        netbios_name_say_plain(bytes_take(&entry, 16), out);
    }
}

/* One resource record: 4.2.1.3. */
static void read_record(struct bytes *in, struct facts *out)
{
    struct bytes name;
    if (!netbios_name_take(in, &name))
        return;
    uint16_t type = bytes_be16(in);
    bytes_skip(in, 6); /* class, time to live */
    struct bytes data = bytes_take(in, bytes_be16(in));
    if (!bytes_ok(in))
        return;
    netbios_name_say(name, out);
    if (type == TYPE_NBSTAT)
        read_status(data, out);
}

static struct dissected nbns_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    (void)state;
    (void)from;
    while (in->left >= NAME_HEADER_BYTES) {
        struct bytes rest = *in, name;
        struct name_header header;
        if (!name_header_read(&rest, &header))
            return DISSECTED(DISSECT_IDLE); /* a datagram of something else; the next begins anew */
        if (header.questions > 0 && netbios_name_take(&rest, &name)) {
            uint16_t type = bytes_be16(&rest);
            bytes_skip(&rest, 2);
            if (bytes_ok(&rest) && (type == TYPE_NB || type == TYPE_NBSTAT))
                netbios_name_say(name, out);
        }
        for (unsigned i = 0; i < header.records && bytes_ok(&rest); i++)
            read_record(&rest, out);
        if (!bytes_ok(&rest))
            return DISSECTED(DISSECT_IDLE);
        *in = rest;
    }
    return DISSECTED(DISSECT_IDLE);
}

/* RFC 1002 4.4.1 and 4.4.2: a datagram that carries something, whole or its first fragment. */
static enum likeness nbdgm_probe(struct bytes in, enum direction from)
{
    struct bytes start = in;
    uint8_t type = bytes_u8(&in), flags = bytes_u8(&in);
    if (from != FROM_CLIENT || type < DIRECT_UNIQUE || type > BROADCAST)
        return LIKE_NOT;
    if (bytes_ok(&in) && flags >> 4 != 0)
        return LIKE_NOT;
    bytes_skip(&in, 8); /* identifier, address and port of the sender */
    size_t length = DATAGRAM_HEADER_BYTES + (size_t)bytes_be16(&in);
    bytes_skip(&in, 2);
    if (!bytes_ok(&in))
        return LIKE_MAYBE;
    if (length < DATAGRAM_HEADER_BYTES + 2 * NETBIOS_NAME_BYTES || start.left > length)
        return LIKE_NOT;
    return netbios_name_like(in);
}

static struct dissected nbdgm_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    (void)state;
    (void)from;
    while (in->left > 0) {
        struct bytes rest = *in, source, destination;
        uint8_t type = bytes_u8(&rest);
        if (type < DIRECT_UNIQUE || type > BROADCAST)
            return DISSECTED(DISSECT_IDLE); /* errors and queries, which name nobody new */
        bytes_skip(&rest, 9);
        size_t length = DATAGRAM_HEADER_BYTES + (size_t)bytes_be16(&rest);
        bytes_skip(&rest, 2);
        rest =
            bytes_take(&rest, rest.left < length - DATAGRAM_HEADER_BYTES ? rest.left : length - DATAGRAM_HEADER_BYTES);
        if (netbios_name_take(&rest, &source) && netbios_name_take(&rest, &destination)) {
            netbios_name_say(source, out);
            netbios_name_say(destination, out);
        }
        if (in->left < length)
            return DISSECTED(DISSECT_IDLE);
        bytes_skip(in, length);
    }
    return DISSECTED(DISSECT_IDLE);
}

const struct dissector dissector_nbns = {
    .name = "nbns",
    .summary = "NetBIOS name service: names asked for, registered and listed",
    .transports = TRANSPORT_UDP,
    .ports = {137},
    .longest_message = NBNS_MOST,
    .answers = true,
    .beginnings = {{UINT64_C(0x00000000fffefff8), 0}}, /* a question or none, few answers */
    .probe = nbns_probe,
    .feed = nbns_feed,
};

const struct dissector dissector_nbdgm = {
    .name = "nbdgm",
    .summary = "NetBIOS datagram service: names of sender and receiver",
    .transports = TRANSPORT_UDP,
    .ports = {138},
    .longest_message = NBDGM_MOST,
    .probe = nbdgm_probe,
    .feed = nbdgm_feed,
};
