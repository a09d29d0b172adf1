/* parcel: see parcel.h. What is there is looked at once; behind that the compiler knows that each read of the cursor
 * is in bounds. */
#include "capture/parcel.h"

#include "capture/link.h"
#include "capture/tunnel.h"

#define IP4_HEADER     20u
#define IP4_NO_OPTIONS 0x45   /* version, and length in words */
#define IP4_PIECE      0x3fff /* more fragments, and offset */
#define PORTS          8u     /* and what TCP and UDP have beside them in the first 8 bytes */
#define TCP_HEADER     20u
#define UDP_HEADER     8u

#define HOT static inline __attribute__((always_inline))

/* Of what follows the IP header, `sent` bytes were sent, and `here` is there. */
HOT bool tcp_take(const uint8_t *start, uint32_t here, uint32_t sent, struct parcel *parcel, struct plain *plain)
{
    if (here < TCP_HEADER)
        return false;
    struct bytes in = bytes_of(start, TCP_HEADER);
    bytes_skip(&in, 4);
    parcel->numbers = bytes_be64(&in);
    uint32_t header_bytes = (bytes_u8(&in) >> 4) * 4u;
    parcel->tcp_flags = bytes_u8(&in);
    plain->checksum = 0;
    if (header_bytes < TCP_HEADER || header_bytes > here)
        return false;
    parcel->at = start + header_bytes;
    parcel->payload_sent = (uint16_t)(sent - header_bytes);
    parcel->payload_left = (uint16_t)(here - header_bytes);
    return true;
}

HOT bool udp_take(const uint8_t *start, uint32_t here, uint32_t sent, struct parcel *parcel, struct plain *plain)
{
    struct bytes in = bytes_of(start, UDP_HEADER);
    bytes_skip(&in, 4);
    uint32_t length = bytes_be16(&in);
    plain->checksum = bytes_be16(&in);
    uint32_t payload_sent = (length < sent ? length : sent) - UDP_HEADER, left = here - UDP_HEADER;
    parcel->numbers = 0;
    parcel->tcp_flags = 0;
    parcel->at = start + UDP_HEADER;
    parcel->payload_sent = (uint16_t)payload_sent;
    parcel->payload_left = (uint16_t)(left < payload_sent ? left : payload_sent);
    return length >= UDP_HEADER && !tunnel_may_be_at((uint16_t)(parcel->ports >> 16), (uint16_t)parcel->ports);
}

bool parcel_take(const struct frame *frame, struct parcel *parcel, struct plain *plain)
{
    struct bytes in = bytes_of(frame->start, frame->captured);
    if (!link_take(frame->link_type, &in) || in.left < IP4_HEADER + PORTS)
        return false;
    struct bytes head = bytes_of(in.at, IP4_HEADER + PORTS);
    uint8_t begins = bytes_u8(&head);
    bytes_skip(&head, 1);
    uint32_t total = bytes_be16(&head);
    plain->ip_id = bytes_be16(&head);
    uint16_t flags_and_offset = bytes_be16(&head);
    parcel->ttl = bytes_u8(&head);
    uint8_t protocol = bytes_u8(&head);
    bytes_skip(&head, 2);
    memcpy(parcel->octets, bytes_take(&head, sizeof parcel->octets).at, sizeof parcel->octets);
    parcel->ports = bytes_be32(&head);
    if (begins != IP4_NO_OPTIONS || (flags_and_offset & IP4_PIECE) != 0 || total < IP4_HEADER + PORTS)
        return false;
    parcel->time_ns = frame->time_ns;
    parcel->frame = frame->number;
    parcel->source = frame->source;
    parcel->protocol = protocol;
    parcel->packed = true;
    parcel->ip_bytes = (uint16_t)total;
    uint32_t sent = total - IP4_HEADER, captured = (uint32_t)in.left - IP4_HEADER;
    uint32_t here = captured < sent ? captured : sent;
    if (protocol == IP_TCP)
        return tcp_take(in.at + IP4_HEADER, here, sent, parcel, plain);
    return protocol == IP_UDP && udp_take(in.at + IP4_HEADER, here, sent, parcel, plain);
}

void parcel_wrap(const struct packet *packet, struct parcel *parcel)
{
    parcel->time_ns = packet->time_ns;
    parcel->at = packet;
    parcel->packed = false;
}

void parcel_open(const struct parcel *parcel, struct timed_packet *out)
{
    struct packet *packet = &out->packet;
    out->now_ns = parcel->now_ns;
    if (!parcel->packed) {
        *packet = *(const struct packet *)parcel->at;
        return;
    }
    packet->time_ns = parcel->time_ns;
    packet->frame = parcel->frame;
    parcel_ends(parcel, &packet->ends);
    packet->ip_bytes = parcel->ip_bytes;
    packet->ttl = parcel->ttl;
    packet->tcp_flags = parcel->tcp_flags;
    packet->icmp_is_error = false;
    packet->icmp_type = 0;
    packet->icmp_says = ICMP_SAYS_NOTHING;
    packet->sequence = (uint32_t)(parcel->numbers >> 32);
    packet->acknowledged = (uint32_t)parcel->numbers;
    packet->payload_sent = parcel->payload_sent;
    packet->payload = bytes_of(parcel->at, parcel->payload_left);
    packet->source = parcel->source;
    packet->ip_id = packet->checksum = 0;
}
