/* isakmp: key exchange for IPsec, IKEv1, IKEv2 and AuthIP, and whether the other side takes the proposal.
 *
 * On the port of NAT traversal four zero bytes stand before a message; ESP there has a form that nothing tells from any
 * other bytes, so that it is not recognised here. Rules: RFC 2408 3.1, RFC 7296 3.1 and 3.10.1, RFC 3948 2.2, MS-AIPS
 * 2.2.1 (exchange types 243 and up). */
#include "dissectors/dissector.h"

#define HEADER_BYTES 28

enum { VERSION_1 = 0x10, VERSION_2 = 0x20 };
enum { PAYLOAD_SA_1 = 1, PAYLOAD_NOTIFY_1 = 11, PAYLOAD_SA_2 = 33, PAYLOAD_NOTIFY_2 = 41 };
enum { NO_PROPOSAL_CHOSEN = 14 };
enum { FLAG_ENCRYPTED_1 = 1 };

struct message {
    uint8_t payload, version, flags;
    bool first; /* the responder has no cookie yet */
    size_t prefix, length;
};

static bool header_plausible(const struct message *message, uint8_t exchange)
{
    if (message->version == VERSION_1)
        return message->flags <= 7 && ((exchange >= 1 && exchange <= 6) || exchange == 32 || exchange == 33 ||
                                       (exchange >= 243 && exchange <= 247));
    return message->version == VERSION_2 && (message->flags & 0xc7) == 0 &&
           ((exchange >= 34 && exchange <= 39) || exchange == 43 || exchange == 44);
}

/* Does this begin with a message? LIKE_YES from its header on; the rest may still be to come. */
static enum likeness begins(struct bytes in, enum direction from, struct message *message)
{
    struct bytes start = in;
    message->prefix = bytes_be32(&start) == 0 ? 4 : 0;
    bytes_skip(&in, message->prefix);
    struct bytes ahead = in;
    bytes_skip(&in, 17);
    uint8_t version = bytes_u8(&in);
    if (bytes_ok(&in) && version != VERSION_1 && version != VERSION_2) /* decides about most that is asked about */
        return LIKE_NOT;
    if (ahead.left < HEADER_BYTES)
        return LIKE_MAYBE;
    uint64_t initiator = bytes_be64(&ahead), responder = bytes_be64(&ahead);
    message->payload = bytes_u8(&ahead);
    message->version = bytes_u8(&ahead);
    uint8_t exchange = bytes_u8(&ahead);
    message->flags = bytes_u8(&ahead);
    bytes_skip(&ahead, 4); /* identifier */
    message->length = bytes_be32(&ahead);
    message->first = responder == 0;
    if (initiator == 0 || (message->first && from == FROM_SERVER) || !header_plausible(message, exchange) ||
        message->length < HEADER_BYTES || message->length > UINT16_MAX)
        return LIKE_NOT;
    return LIKE_YES;
}

static enum likeness isakmp_probe(struct bytes head, enum direction from)
{
    struct message message;
    enum likeness like = begins(head, from, &message);
    if (like != LIKE_YES || head.left == message.prefix + message.length)
        return like;
    return head.left < message.prefix + message.length ? LIKE_MAYBE : LIKE_NOT;
}

/* A notification in clear: version 1 has a domain of interpretation before protocol, length of SPI and type. */
static uint16_t notification(const struct message *message, struct bytes body)
{
    bytes_skip(&body, message->version == VERSION_1 ? 4 + 4 + 2 : 4 + 2);
    uint16_t type = bytes_be16(&body);
    return bytes_ok(&body) ? type : 0;
}

static void hear_answer(const struct message *message, struct bytes body, struct facts *out)
{
    bool first = message->version == VERSION_1;
    if (first && (message->flags & FLAG_ENCRYPTED_1) != 0)
        return;
    if (message->payload == (first ? PAYLOAD_SA_1 : PAYLOAD_SA_2))
        facts_outcome(out, OUTCOME_ACCEPTED);
    else if (message->payload == (first ? PAYLOAD_NOTIFY_1 : PAYLOAD_NOTIFY_2) &&
             notification(message, body) == NO_PROPOSAL_CHOSEN)
        facts_outcome(out, OUTCOME_DENIED);
}

struct isakmp {
    bool heard;
};

static struct dissected isakmp_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct isakmp *isakmp = state;
    while (in->left > 0) {
        struct message message;
        enum likeness like = begins(*in, from, &message);
        if (like == LIKE_NOT) /* ESP and keep-alives follow on the port of NAT traversal */
            return DISSECTED(isakmp->heard ? DISSECT_DONE : DISSECT_NOT_MINE);
        if (like == LIKE_MAYBE || in->left < message.prefix + message.length)
            break;
        bytes_skip(in, message.prefix);
        struct bytes body = bytes_take(in, message.length);
        bytes_skip(&body, HEADER_BYTES);
        isakmp->heard = true;
        if (from == FROM_SERVER)
            hear_answer(&message, body, out);
    }
    return DISSECTED(DISSECT_MORE);
}

const struct dissector dissector_isakmp = {
    .name = "isakmp",
    .summary = "IPsec key exchange (IKE, AuthIP): whether the proposal is taken",
    .transports = TRANSPORT_UDP,
    .ports = {500, 4500},
    .state_size = sizeof(struct isakmp),
    .longest_message = UINT16_MAX + 4,
    .resumes = true,
    .answers = true,
    .beginnings = {{UINT64_C(0xffffffff00000000), 0}},                       /* the mark of NAT traversal */
    .later = {{UINT64_C(0x0000000000ff0000), UINT64_C(0x0000000000100000)},  /* version 1 */
              {UINT64_C(0x0000000000ff0000), UINT64_C(0x0000000000200000)}}, /* version 2 */
    .probe = isakmp_probe,
    .feed = isakmp_feed,
};
