/* rtp: the checks of RFC 3550 A.1 and A.2 that one datagram allows. Payload types: RFC 3551 6, and RFC 5761 4, which
 * keeps those of RTCP apart. */
#include "dissectors/rtp.h"

enum { VERSION = 2, SENDER_REPORT = 200, RECEIVER_REPORT = 201 };

static bool payload_type_assigned(uint8_t type)
{
    return type <= 34 || type >= 96;
}

bool rtp_is_like(struct bytes datagram)
{
    uint8_t first = bytes_u8(&datagram), type = bytes_u8(&datagram) & 0x7f;
    bytes_skip(&datagram, 2 + 4); /* sequence, time */
    uint32_t source = bytes_be32(&datagram);
    bytes_skip(&datagram, (size_t)(first & 0x0f) * 4); /* contributing sources */
    if ((first & 0x10) != 0) {                         /* extension, 5.3.1 */
        bytes_skip(&datagram, 2);
        size_t words = bytes_be16(&datagram);
        bytes_skip(&datagram, words * 4);
    }
    if (!bytes_ok(&datagram) || first >> 6 != VERSION || !payload_type_assigned(type) || source == 0)
        return false;
    if ((first & 0x20) == 0)
        return true;
    size_t payload = datagram.left; /* its last byte counts the padding, itself included */
    if (payload == 0)
        return false;
    bytes_skip(&datagram, payload - 1);
    uint8_t padding = bytes_u8(&datagram);
    return padding > 0 && padding <= payload;
}

/* A compound begins with a report without padding, and its lengths add up to the datagram. */
bool rtcp_is_like(struct bytes datagram)
{
    bool first = true;
    if (datagram.left == 0)
        return false;
    while (datagram.left > 0) {
        uint8_t flags = bytes_u8(&datagram), type = bytes_u8(&datagram);
        size_t words = bytes_be16(&datagram);
        bytes_skip(&datagram, words * 4);
        if (!bytes_ok(&datagram) || flags >> 6 != VERSION)
            return false;
        if (first && ((flags & 0x20) != 0 || (type != SENDER_REPORT && type != RECEIVER_REPORT)))
            return false;
        first = false;
    }
    return true;
}
