/* tds: SQL Server: whether a client and a server agree on TLS, and its hellos, which here travel in packets of their
 * own.
 *
 * Recognised by the first packet of either side, which lists options, never by the port. Of what follows the hellos
 * nothing is read. When the server wants no more than the login encrypted, the rest of the flow is clear. Rules: MS-TDS
 * 2.2.3.1 (packets), 2.2.6.5 (PRELOGIN), 3.2.5.3 (TLS in it). */
#include "dissectors/tls_hello.h"

#define HEADER_BYTES  8
#define PACKET_MOST   32767 /* 2.2.3.1.3 */
#define VERSION_BYTES 6
#define OPTION_BYTES  5 /* token, offset, length */

enum { PACKET_ANSWER = 0x04, PACKET_PRELOGIN = 0x12 };
enum { OPTION_VERSION = 0, OPTION_ENCRYPTION = 1, OPTION_END = 0xff };
enum { ENCRYPT_LOGIN_ONLY = 0, ENCRYPT_NOT = 2, ENCRYPT_MASK = 0x7f };

struct tds {
    bool begun[2];
};

static uint8_t first_type(enum direction from)
{
    return from == FROM_CLIENT ? PACKET_PRELOGIN : PACKET_ANSWER;
}

/* Takes a whole packet. */
static enum likeness take_packet(struct bytes *in, uint8_t *type, struct bytes *body)
{
    struct bytes ahead = *in;
    *type = bytes_u8(&ahead);
    bytes_skip(&ahead, 1); /* status */
    uint16_t length = bytes_be16(&ahead);
    if (!bytes_ok(&ahead))
        return LIKE_MAYBE;
    if (length < HEADER_BYTES || length > PACKET_MOST)
        return LIKE_NOT;
    struct bytes packet = bytes_take(in, length);
    if (!bytes_ok(&packet))
        return LIKE_MAYBE;
    bytes_skip(&packet, HEADER_BYTES);
    *body = packet;
    return LIKE_YES;
}

/* The first option is the version, whose place tells how long the list is. */
static enum likeness tds_probe(struct bytes head, enum direction from)
{
    enum { LAST_PACKET = 1 };
    if (head.at[0] != first_type(from) || (head.left > 1 && head.at[1] != LAST_PACKET))
        return LIKE_NOT;
    bytes_skip(&head, 2);
    uint16_t length = bytes_be16(&head);
    bytes_skip(&head, 3); /* process, number of the packet */
    uint8_t window = bytes_u8(&head);
    uint8_t token = bytes_u8(&head);
    uint16_t offset = bytes_be16(&head);
    uint16_t version = bytes_be16(&head);
    if (!bytes_ok(&head))
        return LIKE_MAYBE;
    bool fits = length <= PACKET_MOST && length >= HEADER_BYTES + offset + VERSION_BYTES;
    return fits && window == 0 && token == OPTION_VERSION && version == VERSION_BYTES && offset > OPTION_BYTES &&
                   offset % OPTION_BYTES == 1
               ? LIKE_YES
               : LIKE_NOT;
}

/* What the server says about encryption; ENCRYPT_NOT when it says nothing. */
static uint8_t encryption_of(struct bytes body)
{
    struct bytes options = body;
    while (options.left >= OPTION_BYTES && options.at[0] != OPTION_END) {
        uint8_t token = bytes_u8(&options);
        uint16_t offset = bytes_be16(&options);
        uint16_t length = bytes_be16(&options);
        struct bytes value = body;
        bytes_skip(&value, offset);
        if (token == OPTION_ENCRYPTION && length > 0 && value.left > 0)
            return bytes_u8(&value) & ENCRYPT_MASK;
    }
    return ENCRYPT_NOT;
}

static struct dissected hear_first(enum direction from, struct bytes body, struct facts *out)
{
    if (from == FROM_CLIENT)
        return DISSECTED(DISSECT_MORE);
    uint8_t encryption = encryption_of(body);
    if (encryption == ENCRYPT_NOT || encryption == ENCRYPT_LOGIN_ONLY)
        facts_encryption(out, ENCRYPTION_NONE);
    return DISSECTED(encryption == ENCRYPT_NOT ? DISSECT_DONE : DISSECT_MORE);
}

/* One record of a handshake with one hello. The server's is the last thing that is of interest. */
static struct dissected hear_handshake(enum direction from, struct bytes body, struct facts *out)
{
    enum { HANDSHAKE = 22, CLIENT_HELLO = 1, SERVER_HELLO = 2 };
    struct tls_choice choice;
    uint8_t record = bytes_u8(&body), major = bytes_u8(&body);
    bytes_skip(&body, 1 + 2); /* minor version, length of the record */
    uint8_t type = bytes_u8(&body);
    uint32_t length = bytes_be24(&body);
    if (!bytes_ok(&body) || record != HANDSHAKE || major != 3 ||
        type != (from == FROM_CLIENT ? CLIENT_HELLO : SERVER_HELLO))
        return DISSECTED(DISSECT_DONE);
    struct bytes hello = tls_take_most(&body, length);
    if (from == FROM_CLIENT)
        return DISSECTED(tls_hear_client_hello(hello, TLS_STREAM, out) ? DISSECT_MORE : DISSECT_DONE);
    (void)tls_hear_server_hello(hello, TLS_STREAM, &choice, out);
    return DISSECTED(DISSECT_DONE);
}

static struct dissected tds_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct tds *tds = state;
    struct dissected answer = DISSECTED(DISSECT_MORE);
    while (in->left > 0 && answer.answer == DISSECT_MORE) {
        uint8_t type = 0;
        struct bytes body = {0}, ahead = *in;
        bool first = !tds->begun[from];
        enum likeness like = first ? tds_probe(*in, from) : LIKE_YES;
        if (like == LIKE_YES)
            like = take_packet(&ahead, &type, &body);
        if (like == LIKE_MAYBE)
            break;
        if (like == LIKE_NOT || (!first && type != PACKET_PRELOGIN))
            return DISSECTED(first ? DISSECT_NOT_MINE : DISSECT_DONE);
        *in = ahead;
        tds->begun[from] = true;
        answer = first ? hear_first(from, body, out) : hear_handshake(from, body, out);
    }
    return answer;
}

const struct dissector dissector_tds = {
    .name = "tds",
    .summary = "SQL Server: whether TLS is agreed on, and its hellos",
    .transports = TRANSPORT_TCP,
    .ports = {1433},
    .state_size = sizeof(struct tds),
    .longest_message = PACKET_MOST,
    .probe = tds_probe,
    .feed = tds_feed,
};
