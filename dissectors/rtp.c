/* rtp: media and the reports on it, RTP and RTCP (RFC 3550), by the checks of its sections A.1 and A.2. One datagram
 * proves no RTP: a flow is media once one side sent two that follow each other. RTCP is told by lengths that add up;
 * SRTCP is nobody's. SRTP leaves its headers clear (RFC 3711 3.1) and cannot be told from RTP here: the session
 * description can. Payload types: RFC 3551 6, and RFC 5761 4, which keeps those of RTCP apart. */
#include "dissectors/dissector.h"

enum { VERSION = 2, SENDER_REPORT = 200, RECEIVER_REPORT = 201 };

/* Packets of one source that follow each other may have been lost in between, but not many. */
#define STEP_MOST 64

struct media {
    struct side {
        bool heard;
        uint16_t sequence;
        uint32_t source;
    } sides[2];
};

static bool payload_type_assigned(uint8_t type)
{
    return type <= 34 || type >= 96;
}

static enum likeness rtp_probe(struct bytes head, enum direction from)
{
    (void)from;
    uint8_t first = bytes_u8(&head), type = bytes_u8(&head) & 0x7f;
    if (first >> 6 != VERSION)
        return LIKE_NOT;
    return !bytes_ok(&head) || payload_type_assigned(type) ? LIKE_MAYBE : LIKE_NOT;
}

/* Does the last byte, which counts the padding and itself, fit the payload? */
static bool padding_fits(struct bytes payload)
{
    size_t length = payload.left;
    if (length == 0)
        return false;
    bytes_skip(&payload, length - 1);
    uint8_t padding = bytes_u8(&payload);
    return padding > 0 && padding <= length;
}

/* False when the datagram has no header of RTP, or one that does not fit it. */
static bool read_header(struct bytes datagram, struct side *out)
{
    uint8_t first = bytes_u8(&datagram), type = bytes_u8(&datagram) & 0x7f;
    out->heard = true;
    out->sequence = bytes_be16(&datagram);
    bytes_skip(&datagram, 4); /* time */
    out->source = bytes_be32(&datagram);
    bytes_skip(&datagram, (size_t)(first & 0x0f) * 4); /* contributing sources */
    if ((first & 0x10) != 0) {                         /* extension, 5.3.1 */
        bytes_skip(&datagram, 2);
        size_t words = bytes_be16(&datagram);
        bytes_skip(&datagram, words * 4);
    }
    return bytes_ok(&datagram) && first >> 6 == VERSION && payload_type_assigned(type) && out->source != 0 &&
           ((first & 0x20) == 0 || padding_fits(datagram));
}

static struct dissected rtp_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    (void)out;
    struct media *media = state;
    struct side now, *before = &media->sides[from];
    bool like = read_header(*in, &now);
    bytes_skip(in, in->left);
    if (!like || (before->heard && now.source != before->source))
        return DISSECTED(DISSECT_NOT_MINE);
    uint16_t step = (uint16_t)(now.sequence - before->sequence);
    if (before->heard && step > 0 && step <= STEP_MOST)
        return DISSECTED(DISSECT_DONE);
    *before = now;
    return DISSECTED(DISSECT_UNSURE);
}

static enum likeness rtcp_probe(struct bytes head, enum direction from)
{
    (void)from;
    uint8_t first = bytes_u8(&head), type = bytes_u8(&head);
    if (first >> 6 != VERSION || (first & 0x20) != 0) /* only the last of a compound is padded */
        return LIKE_NOT;
    return !bytes_ok(&head) || type == SENDER_REPORT || type == RECEIVER_REPORT ? LIKE_MAYBE : LIKE_NOT;
}

/* A compound begins with a report, and its lengths add up to the datagram. */
static struct dissected rtcp_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    (void)state, (void)out;
    struct bytes rest = *in;
    bool like = rtcp_probe(rest, from) != LIKE_NOT;
    while (like && rest.left > 0) {
        uint8_t flags = bytes_u8(&rest);
        bytes_skip(&rest, 1);
        size_t words = bytes_be16(&rest);
        bytes_skip(&rest, words * 4);
        like = bytes_ok(&rest) && flags >> 6 == VERSION;
    }
    bytes_skip(in, in->left);
    return DISSECTED(like ? DISSECT_DONE : DISSECT_NOT_MINE);
}

const struct dissector dissector_rtp = {
    .name = "rtp",
    .summary = "media: two datagrams of one source that follow each other",
    .transports = TRANSPORT_UDP,
    .state_size = sizeof(struct media),
    .longest_message = 65535,
    .guesses = true,
    .tells = true,
    .probe = rtp_probe,
    .feed = rtp_feed,
};

const struct dissector dissector_rtcp = {
    .name = "rtcp",
    .summary = "reports on media: a compound whose lengths add up",
    .transports = TRANSPORT_UDP,
    .longest_message = 65535,
    .guesses = true,
    .tells = true,
    .probe = rtcp_probe,
    .feed = rtcp_feed,
};
