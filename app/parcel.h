/* parcel: a packet on its way from the thread that reads to the one that observes it.
 *
 * What one thread writes and another reads must travel from one processor's cache to the other's, and each cache line
 * of it costs more than decoding a packet does. So what most packets are (TCP or UDP in IPv4, not out of a tunnel) is
 * packed into one line; any other packet is told by where it lies. The observer unpacks it into its own memory.
 * Identification and checksum do not come along: only duplicates are known by them, and those are found before. */
#ifndef APP_PARCEL_H
#define APP_PARCEL_H

#include "capture/packet.h"

/* A packet, and the latest time of any packet so far, this one and those of other observers included. */
struct timed_packet {
    int64_t now_ns;
    struct packet packet;
};

struct parcel {
    _Alignas(64) int64_t now_ns;
    int64_t time_ns;
    uint64_t frame;
    const void *at; /* the payload; where packed is false, a struct packet */
    uint32_t source_octets, target_octets;
    uint32_t sequence, acknowledged;
    uint16_t source_port, target_port;
    uint16_t ip_bytes, payload_sent, payload_left;
    uint8_t protocol, ttl, tcp_flags, source;
    bool packed;
};
_Static_assert(sizeof(struct parcel) == 64, "a parcel is a cache line");

/* Packs it. When it does not fit, it is copied to `aside`, which must stay until the parcel was opened, and the answer
 * is true. */
bool parcel_pack(struct parcel *parcel, const struct packet *packet, int64_t now_ns, struct packet *aside);
/* Its payload lies where it lay. */
void parcel_open(const struct parcel *parcel, struct timed_packet *out);
#endif
