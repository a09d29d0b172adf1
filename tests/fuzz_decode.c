/* fuzz target of decode: two bytes choose the link type, then frames follow, each behind two bytes of length and one
 * that says how much of it was cut off, through one decoder in batches of four. What a packet claims must be true. */
#include "capture/decode.h"
#include "tests/parcel_same.h"

#include <assert.h>
#include <pcap/dlt.h>
#include <stdlib.h>

#define BATCH 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct kept {
    uint8_t *frame; /* of exactly the captured size */
    struct packet packet;
    uint32_t sum; /* of its payload, when it was decoded */
};

static uint32_t sum_of(struct bytes in)
{
    uint32_t sum = 0;
    while (in.left > 0)
        sum = sum * 31 + bytes_u8(&in);
    return sum;
}

static void check_packet(const struct decoder *decoder, const struct packet *p, const struct frame *frame)
{
    bool ports = p->ends.protocol == IP_TCP || p->ends.protocol == IP_UDP;
    bool icmp = p->ends.protocol == IP_ICMP || p->ends.protocol == IP_ICMPV6;
    assert(p->frame == frame->number && p->time_ns == frame->time_ns);
    assert(bytes_ok(&p->payload));
    assert(p->payload.left <= p->payload_sent);
    assert(p->payload_sent <= p->ip_bytes && p->ip_bytes >= 20);
    assert(ports || (p->payload_sent == 0 && p->ends.source_port == 0 && p->ends.target_port == 0));
    assert(p->ends.protocol == IP_TCP || (p->tcp_flags == 0 && p->sequence == 0 && p->acknowledged == 0));
    assert(icmp || (!p->icmp_is_error && p->icmp_type == 0));
    assert(p->icmp_is_error || p->icmp_says == ICMP_SAYS_NOTHING);
    assert((strlen(decoder_tunnel(decoder, p->ends.tunnel)) > 0) == (p->ends.tunnel != 0));
    assert(p->ends.apart == 0 || strlen(decoder_tunnel(decoder, p->ends.apart)) > 0);
    /* Unless it lies in the decoder, the payload lies in the frame. */
    uintptr_t start = (uintptr_t)frame->start, at = (uintptr_t)p->payload.at;
    if (at >= start && at <= start + frame->captured)
        assert(at + p->payload.left <= start + frame->captured);
}

static void release_batch(struct decoder *decoder, struct kept kept[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert(sum_of(kept[i].packet.payload) == kept[i].sum); /* nobody wrote over it before the release */
        free(kept[i].frame);
    }
    decoder_release(decoder);
}

static bool keep_frame(struct decoder *decoder, bool apart, int link_type, uint64_t number, struct bytes bytes,
                       uint8_t cut, struct kept *kept)
{
    struct frame frame = {.time_ns = (int64_t)number * 700000000,
                          .number = number,
                          .captured = (uint32_t)bytes.left,
                          .sent = (uint32_t)bytes.left + cut,
                          .link_type = link_type};
    kept->frame = malloc(bytes.left > 0 ? bytes.left : 1);
    assert(kept->frame != NULL);
    if (bytes.left > 0)
        memcpy(kept->frame, bytes.at, bytes.left);
    frame.start = kept->frame;
    if (!apart)
        (void)parcel_is_same(decoder, &frame);
    if (decode_frame(decoder, &frame, &kept->packet) != DECODED_PACKET) {
        free(kept->frame);
        return false;
    }
    check_packet(decoder, &kept->packet, &frame);
    kept->sum = sum_of(kept->packet.payload);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int link_types[] = {DLT_EN10MB,
                                     DLT_RAW,
                                     DLT_LINUX_SLL,
                                     DLT_LINUX_SLL2,
                                     DLT_NFLOG,
                                     DLT_NULL,
                                     DLT_LOOP,
                                     DLT_IPV4,
                                     DLT_IPV6,
                                     101,
                                     14,
                                     DLT_EN10MB,
                                     DLT_PPP,
                                     DLT_PPP_SERIAL,
                                     DLT_PPP_ETHER,
                                     DLT_PPP_PPPD,
                                     DLT_C_HDLC,
                                     DLT_PPP_WITH_DIR,
                                     DLT_MPLS,
                                     DLT_IEEE802_11,
                                     DLT_IEEE802_11_RADIO};
    struct bytes in = bytes_of(data, size);
    uint16_t choice = bytes_be16(&in);
    int link_type = link_types[choice % (sizeof link_types / sizeof link_types[0])];
    struct failure failure = {0};
    struct decoder *decoder = decoder_create((size_t)3 * 68000, &failure);
    assert(decoder != NULL);
    bool apart = choice >= 0x8000;
    if (apart)
        decoder_keep_apart(decoder);
    struct kept batch[BATCH];
    size_t count = 0, frames = 0;
    uint64_t lost = 0;
    while (in.left > 3) {
        uint16_t length = bytes_be16(&in);
        uint8_t cut = bytes_u8(&in);
        struct bytes frame = bytes_take(&in, length < in.left ? length : in.left);
        count += keep_frame(decoder, apart, link_type, ++frames, frame, cut, &batch[count]);
        struct decode_counters counters = decoder_counters(decoder);
        assert(counters.fragments_lost >= lost && counters.fragments_lost + counters.fragments_waiting <= frames);
        lost = counters.fragments_lost;
        if (count == BATCH) {
            release_batch(decoder, batch, count);
            count = 0;
        }
    }
    release_batch(decoder, batch, count);
    decoder_destroy(decoder);
    return 0;
}
