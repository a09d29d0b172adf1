/* parcel: a packet on its way from the thread that reads to the one that observes it.
 *
 * What one thread writes and another reads must travel from one processor's cache to the other's, and each cache line
 * of it costs more than decoding a packet does. So what nearly all packets are (TCP or UDP in IPv4 without options,
 * whole, and not out of a tunnel: "plain") is read straight from the frame into one line; any other packet is told by
 * where it lies. The observer unpacks it into its own memory.
 *
 * For a plain frame decode_frame (capture/decode.h) says the same, in more steps. Rules: RFC 791, 9293, 768. */
#ifndef CAPTURE_PARCEL_H
#define CAPTURE_PARCEL_H

#include "capture/decode.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A packet, and the latest time of any packet so far, this one and those of other observers included. */
struct timed_packet {
    int64_t now_ns;
    struct packet packet;
};

struct parcel {
    _Alignas(64) int64_t now_ns; /* set by who sends it */
    int64_t time_ns;
    uint64_t frame;
    const void *at;     /* the payload; where packed is false, a struct packet */
    uint32_t octets[2]; /* of source and target, as they stand in the header */
    uint64_t numbers;   /* the sequence number above, what is acknowledged below */
    uint32_t ports;     /* the source's above, the target's below */
    uint16_t ip_bytes, payload_sent, payload_left;
    uint8_t protocol, ttl, tcp_flags, source;
    bool packed;
};
_Static_assert(sizeof(struct parcel) == 64 && offsetof(struct parcel, time_ns) == 8, "a parcel is a cache line");

/* What stays behind: only duplicates are known by it, and those are found before. */
struct plain {
    uint16_t ip_id;    /* as in struct packet */
    uint16_t checksum; /* the same, but 0 of TCP, which has numbers of its own */
};

/* Reads a plain frame. False for any other, and one that is cut within its headers or lies: that one is for
 * decode_frame, and *parcel is anything then. */
bool parcel_take(const struct frame *frame, struct parcel *parcel, struct plain *plain);
/* Any packet, which must stay until the parcel was opened. */
void parcel_wrap(const struct packet *packet, struct parcel *parcel);

/* Puts a parcel where another thread will read it, past the caches: they still hold what stood there before, for the
 * other thread has read it, and to take such a line back from another processor takes longer than all else that is done
 * with a packet. Who has sent all parcels of a batch calls parcels_sent() before it tells anybody. */
static inline void parcel_send(const struct parcel *parcel, int64_t now_ns, struct parcel *to)
{
#ifdef __SSE2__
    const __m128i *from = (const __m128i *)parcel;
    __m128i *line = (__m128i *)to;
    _mm_stream_si128(line, _mm_set_epi64x(parcel->time_ns, now_ns));
    _mm_stream_si128(line + 1, _mm_load_si128(from + 1));
    _mm_stream_si128(line + 2, _mm_load_si128(from + 2));
    _mm_stream_si128(line + 3, _mm_load_si128(from + 3));
#else
    *to = *parcel;
    to->now_ns = now_ns;
#endif
}

static inline void parcels_sent(void)
{
#ifdef __SSE2__
    _mm_sfence();
#endif
}

/* Its payload lies where it lay. Identification and checksum of one that was packed are 0. */
void parcel_open(const struct parcel *parcel, struct timed_packet *out);

/* Where from and where to, of one that is packed. */
static inline void parcel_ends(const struct parcel *parcel, struct endpoints *ends)
{
    address_set_v4_octets(&ends->source, parcel->octets[0]);
    address_set_v4_octets(&ends->target, parcel->octets[1]);
    ends->source_port = (uint16_t)(parcel->ports >> 16);
    ends->target_port = (uint16_t)parcel->ports;
    ends->protocol = parcel->protocol;
    ends->tunnel = ends->apart = 0;
}

#endif
