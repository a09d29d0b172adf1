/* parcel_same: the two ways from a frame to a packet must not differ; for the unit test and the fuzz target. */
#ifndef TESTS_PARCEL_SAME_H
#define TESTS_PARCEL_SAME_H

#include "capture/parcel.h"

#include <assert.h>

/* Is this frame plain? If so, decode_frame makes the same packet of it. */
static inline bool parcel_is_same(struct decoder *decoder, const struct frame *frame)
{
    struct parcel parcel = {.now_ns = 42};
    struct plain plain;
    struct timed_packet out;
    struct packet packet;
    if (!parcel_take(frame, &parcel, &plain))
        return false;
    assert(decode_frame(decoder, frame, &packet) == DECODED_PACKET);
    parcel_open(&parcel, &out);
    assert(out.now_ns == 42);
    assert(out.packet.time_ns == packet.time_ns && out.packet.frame == packet.frame);
    assert(address_equal(&out.packet.ends.source, &packet.ends.source));
    assert(address_equal(&out.packet.ends.target, &packet.ends.target));
    assert(out.packet.ends.source_port == packet.ends.source_port);
    assert(out.packet.ends.target_port == packet.ends.target_port);
    assert(out.packet.ends.protocol == packet.ends.protocol);
    assert(out.packet.ends.tunnel == packet.ends.tunnel && out.packet.ends.apart == packet.ends.apart);
    assert(out.packet.ip_bytes == packet.ip_bytes && out.packet.ttl == packet.ttl);
    assert(out.packet.tcp_flags == packet.tcp_flags);
    assert(out.packet.icmp_is_error == packet.icmp_is_error && out.packet.icmp_type == packet.icmp_type);
    assert(out.packet.icmp_says == packet.icmp_says);
    assert(out.packet.sequence == packet.sequence && out.packet.acknowledged == packet.acknowledged);
    assert(out.packet.payload_sent == packet.payload_sent);
    assert(out.packet.payload.at == packet.payload.at && out.packet.payload.left == packet.payload.left);
    assert(bytes_ok(&out.packet.payload) && out.packet.source == packet.source);
    assert(plain.ip_id == packet.ip_id);
    assert(plain.checksum == (packet.ends.protocol == IP_TCP ? 0 : packet.checksum));
    return true;
}

#endif
