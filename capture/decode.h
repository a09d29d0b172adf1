/* decode: a frame of a link layer in, a packet out: link layers, VLAN tags, tunnels, IPv4, IPv6 with extension headers,
 * fragments, TCP, UDP, ICMP. Of packets in packets the innermost that can be read is the packet. Everything is read
 * through the cursor; a frame cut inside the TCP header still makes a packet when the ports are there (then flags and
 * sequence are as far as read, payload is empty). */
#ifndef CAPTURE_DECODE_H
#define CAPTURE_DECODE_H

#include "base/failure.h"
#include "capture/packet.h"

struct decoder;

/* A frame as it was captured. */
struct frame {
    int64_t time_ns;
    uint64_t number; /* in its source, from 1 */
    const uint8_t *start;
    uint32_t captured, sent; /* bytes */
    int link_type;           /* DLT_ value of libpcap */
    uint8_t source;          /* which of those read at once, where there are several; else 0 */
};

enum decoded {
    DECODED_PACKET,   /* *out is filled */
    DECODED_FRAGMENT, /* a fragment, kept until its packet is whole */
    DECODED_NOTHING,  /* no IP packet, or a header that is cut or lies: counted as undecoded */
};

struct decode_counters {
    uint64_t fragments_lost;    /* fragments given up: overlap that disagrees, no room, never completed */
    uint64_t fragments_copies;  /* fragments that were there before */
    uint64_t fragments_waiting; /* of packets not whole yet: at the end of a run these are lost too */
};

/* Fragments are gathered in a fixed pool of about `fragment_bytes`. With 0 they stay what they are, and there is
 * nothing to release or to count. */
struct decoder *decoder_create(size_t fragment_bytes, struct failure *failure);
/* Before the first frame: hosts of the same address in different VLANs or virtual networks are different hosts, which
 * endpoints then tell apart. By default they are one, since mirrors and routers show one conversation in several. */
void decoder_keep_apart(struct decoder *decoder);
/* There were more networks than can be kept apart: those beyond the first 254 are one. */
bool decoder_mixes_networks(const struct decoder *decoder);
void decoder_destroy(struct decoder *decoder);

/* Decodes one frame. A packet made of fragments points into the decoder and lives until `decoder_release`, which the
 * caller calls when the batch is done. */
enum decoded decode_frame(struct decoder *decoder, const struct frame *frame, struct packet *out);
void decoder_release(struct decoder *decoder);

/* "" for 0, else what the packet was wrapped in, from outside, such as "gre/erspan:5/vlan:100". VLAN tags of a frame
 * that is in no tunnel are left out, unless networks are kept apart. After 254 different wrappings all others are
 * "other". Other threads may ask for a number that came to them with a packet (capture/wrapping.h). Valid as long as
 * the decoder. */
const char *decoder_tunnel(const struct decoder *decoder, uint8_t tunnel);
struct decode_counters decoder_counters(const struct decoder *decoder);

/* Does its payload lie in this frame? That of a packet made whole from fragments lies in the decoder. */
static inline bool packet_lies_in(const struct packet *packet, const struct frame *frame)
{
    uintptr_t at = (uintptr_t)packet->payload.at, start = (uintptr_t)frame->start;
    return at >= start && at <= start + frame->captured;
}

#endif
