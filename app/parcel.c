/* parcel: see parcel.h. */
#include "app/parcel.h"

#include <string.h>

static uint32_t octets_of_v4(const struct address *address)
{
    uint32_t octets;
    memcpy(&octets, address->octets + 12, sizeof octets);
    return octets;
}

static struct address v4_of_octets(uint32_t octets)
{
    uint8_t four[4];
    memcpy(four, &octets, sizeof four);
    return address_from_v4(four);
}

/* Told from all others by one comparison a word. */
static bool is_v4(const struct address *address)
{
    static const uint8_t lead[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(address->octets, lead, sizeof lead) == 0;
}

static bool fits(const struct packet *packet)
{
    const struct endpoints *ends = &packet->ends;
    bool has_ports = ends->protocol == IP_TCP || ends->protocol == IP_UDP;
    return has_ports && (ends->tunnel | ends->apart) == 0 && packet->ip_bytes <= UINT16_MAX &&
           packet->payload_sent <= UINT16_MAX && packet->payload.left <= UINT16_MAX && is_v4(&ends->source) &&
           is_v4(&ends->target);
}

bool parcel_pack(struct parcel *parcel, const struct packet *packet, int64_t now_ns, struct packet *aside)
{
    parcel->now_ns = now_ns;
    parcel->packed = fits(packet);
    if (!parcel->packed) {
        *aside = *packet;
        parcel->at = aside;
        return true;
    }
    parcel->time_ns = packet->time_ns;
    parcel->frame = packet->frame;
    parcel->at = packet->payload.at;
    parcel->source_octets = octets_of_v4(&packet->ends.source);
    parcel->target_octets = octets_of_v4(&packet->ends.target);
    parcel->sequence = packet->sequence;
    parcel->acknowledged = packet->acknowledged;
    parcel->source_port = packet->ends.source_port;
    parcel->target_port = packet->ends.target_port;
    parcel->ip_bytes = (uint16_t)packet->ip_bytes;
    parcel->payload_sent = (uint16_t)packet->payload_sent;
    parcel->payload_left = (uint16_t)packet->payload.left;
    parcel->protocol = packet->ends.protocol;
    parcel->ttl = packet->ttl;
    parcel->tcp_flags = packet->tcp_flags;
    parcel->source = packet->source;
    return false;
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
    packet->ends = (struct endpoints){.source = v4_of_octets(parcel->source_octets),
                                      .target = v4_of_octets(parcel->target_octets),
                                      .source_port = parcel->source_port,
                                      .target_port = parcel->target_port,
                                      .protocol = parcel->protocol};
    packet->ip_bytes = parcel->ip_bytes;
    packet->ttl = parcel->ttl;
    packet->tcp_flags = parcel->tcp_flags;
    packet->icmp_is_error = false;
    packet->icmp_type = 0;
    packet->icmp_says = ICMP_SAYS_NOTHING;
    packet->sequence = parcel->sequence;
    packet->acknowledged = parcel->acknowledged;
    packet->payload_sent = parcel->payload_sent;
    packet->payload = bytes_of(parcel->at, parcel->payload_left);
    packet->source = parcel->source;
    packet->ip_id = packet->checksum = 0;
}
