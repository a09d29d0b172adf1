/* tunnel: wrappings written byte by byte around one and the same TCP segment, for the tests of what the decoder opens.
 * Every frame is handed over in memory of exactly its size, so that the sanitizer sees any read past its end. */
#ifndef TESTS_TUNNEL_H
#define TESTS_TUNNEL_H

#include "capture/decode.h"
#include "tests/build.h"
#include "tests/cmocka_all.h"

#include <pcap/dlt.h>
#include <stdlib.h>

struct fixture {
    struct decoder *decoder;
    struct packet packet;
    uint8_t *copy; /* the frame of `packet` */
    uint64_t frames;
};

static inline int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct failure failure = {0};
    f->decoder = decoder_create(1 << 20, &failure);
    *state = f;
    return f->decoder == NULL;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    free(f->copy);
    decoder_destroy(f->decoder);
    free(f);
    return 0;
}

static inline enum decoded decode_cut(struct fixture *f, int link_type, const struct build *b, size_t captured)
{
    free(f->copy);
    f->copy = malloc(captured > 0 ? captured : 1);
    memcpy(f->copy, b->bytes, captured);
    struct frame frame = {.time_ns = 1000 * (int64_t)++f->frames,
                          .number = f->frames,
                          .start = f->copy,
                          .captured = (uint32_t)captured,
                          .sent = (uint32_t)b->length,
                          .link_type = link_type};
    memset(&f->packet, 0xa5, sizeof f->packet);
    return decode_frame(f->decoder, &frame, &f->packet);
}

/* Bytes written in hexadecimal; blanks are skipped. */
static inline void put_hex(struct build *b, const char *hex)
{
    unsigned byte = 1;
    for (; *hex != '\0'; hex++) {
        if (*hex == ' ')
            continue;
        byte = byte << 4 | (unsigned)(*hex <= '9' ? *hex - '0' : *hex - 'a' + 10);
        if (byte >= 0x100) {
            put_u8(b, byte & 0xff);
            byte = 1;
        }
    }
}

/* ---- outside in: `inside` is put around by what comes before it ------------------------------------------------- */

/* 192.168.1.1:40000 to 192.168.1.2:135, "inside". */
static inline struct build segment(void)
{
    struct build b = {0};
    put_u16(&b, 0x4500);
    put_u16(&b, 20 + 20 + 6);
    put_hex(&b, "0001 4000 3d06 0000 c0a80101 c0a80102");
    put_tcp(&b, 5);
    put(&b, "inside", 6);
    return b;
}

/* 2001:db8::1 to 2001:db8::2, port 53000 to 88, "six". */
static inline struct build datagram6(void)
{
    struct build b = {0};
    put_ip6(&b, IP_UDP, 8 + 3);
    put_udp(&b, 8 + 3);
    put(&b, "six", 3);
    return b;
}

static inline struct build behind(const char *hex, const struct build *inside)
{
    struct build b = {0};
    put_hex(&b, hex);
    put(&b, inside->bytes, inside->length);
    return b;
}

static inline struct build in_ethernet(unsigned type, const struct build *inside)
{
    struct build b = {0};
    put_ethernet(&b, type);
    put(&b, inside->bytes, inside->length);
    return b;
}

static inline struct build in_ip4(unsigned protocol, const struct build *inside)
{
    struct build b = {0};
    put_ip4(&b, protocol, 20 + (unsigned)inside->length);
    put(&b, inside->bytes, inside->length);
    return b;
}

static inline struct build in_ip6(unsigned next, const struct build *inside)
{
    struct build b = {0};
    put_ip6(&b, next, (unsigned)inside->length);
    put(&b, inside->bytes, inside->length);
    return b;
}

static inline struct build in_udp(unsigned source, unsigned target, const struct build *inside)
{
    struct build b = {0};
    put_u16(&b, source);
    put_u16(&b, target);
    put_u16(&b, 8 + (unsigned)inside->length);
    put_u16(&b, 0);
    put(&b, inside->bytes, inside->length);
    return in_ip4(IP_UDP, &b);
}

static inline void assert_ends(const struct endpoints *ends, const char *source, unsigned source_port,
                               const char *target, unsigned target_port, unsigned protocol)
{
    char text[ADDRESS_TEXT];
    assert_string_equal(address_text(&ends->source, text), source);
    assert_string_equal(address_text(&ends->target, text), target);
    assert_int_equal(ends->source_port, source_port);
    assert_int_equal(ends->target_port, target_port);
    assert_int_equal(ends->protocol, protocol);
}

static inline void assert_is_segment(const struct fixture *f, const char *wrapping)
{
    assert_ends(&f->packet.ends, "192.168.1.1", 40000, "192.168.1.2", 135, IP_TCP);
    assert_string_equal(decoder_tunnel(f->decoder, f->packet.ends.tunnel), wrapping);
    assert_int_equal(f->packet.ends.apart, 0);
    assert_int_equal(f->packet.payload_sent, 6);
    assert_int_equal(f->packet.ip_bytes, 46);
    assert_int_equal(f->packet.ttl, 0x3d);
    assert_int_equal(f->packet.sequence, 0x01020304);
}

/* These bytes lead to the segment; cut anywhere they lead to it, to what is around it, or nowhere. */
static inline void assert_opens(struct fixture *f, int link_type, const struct build *b, const char *wrapping)
{
    assert_int_equal(decode_cut(f, link_type, b, b->length), DECODED_PACKET);
    assert_is_segment(f, wrapping);
    assert_int_equal(f->packet.payload.left, 6);
    assert_memory_equal(f->packet.payload.at, "inside", 6);
    for (size_t captured = 0; captured < b->length; captured++) {
        enum decoded decoded = decode_cut(f, link_type, b, captured);
        assert_int_not_equal(decoded, DECODED_FRAGMENT);
        if (captured + 6 >= b->length) {
            assert_int_equal(decoded, DECODED_PACKET);
            assert_is_segment(f, wrapping);
            assert_int_equal(f->packet.payload.left, captured + 6 - b->length);
        } else if (decoded == DECODED_PACKET && f->packet.ends.source_port == 40000) {
            assert_true(captured + 6 + 16 >= b->length); /* its ports are there */
        }
    }
}

static inline void assert_opens_ethernet(struct fixture *f, unsigned type, const struct build *inside,
                                         const char *wrapping)
{
    struct build frame = in_ethernet(type, inside);
    assert_opens(f, DLT_EN10MB, &frame, wrapping);
}

/* This IP packet is the packet: nothing in it is opened. */
static inline void assert_stays(struct fixture *f, const struct build *ip, unsigned protocol)
{
    struct build frame = in_ethernet(0x0800, ip);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &frame, frame.length), DECODED_PACKET);
    assert_int_equal(f->packet.ends.protocol, protocol);
    assert_int_equal(f->packet.ends.tunnel, 0);
    assert_int_equal(f->packet.ip_bytes, ip->length);
    assert_int_equal(f->packet.payload_sent, protocol == IP_UDP ? ip->length - 28 : 0);
    assert_int_equal(f->packet.tcp_flags, 0);
}

/* It is opened, and has no IP inside. */
static inline void assert_holds_no_ip(struct fixture *f, const struct build *ip)
{
    struct build frame = in_ethernet(0x0800, ip);
    assert_int_equal(decode_cut(f, DLT_EN10MB, &frame, frame.length), DECODED_NOTHING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
