/* stun: finding out one's address and checking media paths, by name only. Sources: RFC 5389 6 (header, magic cookie),
 * RFC 5766 13 (TURN methods), RFC 6062 (TURN over TCP). */
#include "dissectors/dissector.h"

#define HEADER_BYTES 20
#define LENGTH_MOST  2048 /* of attributes: datagrams are small, and so is all that is said over TCP */

enum { MAGIC = 0x2112a442 };
enum { CLASS_SUCCESS = 0x0100, CLASS_ERROR = 0x0110, CLASS_MASK = 0x0110 };
enum { HIGHEST_METHOD = 0x00c };
enum { HIGHEST_FIRST = 0x01 }; /* byte of a type with such a method */

static bool type_fits(uint16_t type, enum direction from)
{
    uint16_t method = (uint16_t)((type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2);
    bool answer = (type & CLASS_MASK) == CLASS_SUCCESS || (type & CLASS_MASK) == CLASS_ERROR;
    return (type & 0xc000) == 0 && method >= 1 && method <= HIGHEST_METHOD && (!answer || from == FROM_SERVER);
}

/* Does this begin with a message? LIKE_YES when it is whole. */
static enum likeness stun_probe(struct bytes head, enum direction from)
{
    if (head.left > 0 && head.at[0] > HIGHEST_FIRST)
        return LIKE_NOT;
    uint16_t type = bytes_be16(&head);
    if (bytes_ok(&head) && !type_fits(type, from))
        return LIKE_NOT;
    uint16_t length = bytes_be16(&head);
    if (bytes_ok(&head) && (length % 4 != 0 || length > LENGTH_MOST))
        return LIKE_NOT;
    uint32_t cookie = bytes_be32(&head);
    if (bytes_ok(&head) && cookie != MAGIC)
        return LIKE_NOT;
    bytes_skip(&head, 12); /* transaction */
    if (!bytes_ok(&head))
        return LIKE_MAYBE;
    return head.left < length ? LIKE_MAYBE : LIKE_YES;
}

static struct dissected stun_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    (void)state;
    enum likeness like = stun_probe(*in, from);
    if (like != LIKE_YES)
        return DISSECTED(like == LIKE_MAYBE ? DISSECT_MORE : DISSECT_NOT_MINE);
    facts_encryption(out, ENCRYPTION_NONE);
    return DISSECTED(DISSECT_DONE);
}

const struct dissector dissector_stun = {
    .name = "stun",
    .summary = "STUN and TURN (RFC 5389), by name only",
    .transports = TRANSPORT_TCP | TRANSPORT_UDP,
    .ports = {3478},
    .longest_message = HEADER_BYTES + LENGTH_MOST,
    .resumes = true,
    .answers = true,
    .probe = stun_probe,
    .feed = stun_feed,
};
