/* frames: Ethernet frames for tests, written byte by byte: IPv4 with TCP, UDP or ICMP. */
#ifndef TESTS_FRAMES_H
#define TESTS_FRAMES_H

#include "capture/decode.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define FRAME_MOST 2048

struct made_frame {
    uint8_t bytes[FRAME_MOST];
    size_t length;
};

static inline void put(struct made_frame *frame, const void *bytes, size_t length)
{
    if (frame->length + length > FRAME_MOST)
        abort();
    memcpy(frame->bytes + frame->length, bytes, length);
    frame->length += length;
}

static inline void put_be16(struct made_frame *frame, uint32_t value)
{
    uint8_t b[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    put(frame, b, 2);
}

static inline void put_be32(struct made_frame *frame, uint32_t value)
{
    put_be16(frame, value >> 16);
    put_be16(frame, value);
}

static inline void put_ip(struct made_frame *frame, const char *source, const char *target, uint8_t protocol,
                          size_t body)
{
    uint8_t address[4];
    static const uint8_t flags_and_ttl[4] = {0x40, 0, 64, 0};
    uint8_t rest[4];
    memcpy(rest, flags_and_ttl, 4);
    rest[3] = protocol;
    put_be16(frame, 0x4500);
    put_be16(frame, (uint32_t)(20 + body));
    put_be16(frame, 1);
    put(frame, rest, 4);
    put_be16(frame, 0);
    inet_pton(AF_INET, source, address);
    put(frame, address, 4);
    inet_pton(AF_INET, target, address);
    put(frame, address, 4);
}

static inline void put_ethernet(struct made_frame *frame)
{
    static const uint8_t header[14] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
    put(frame, header, sizeof header);
}

static inline void put_tcp(struct made_frame *frame, const char *source, uint16_t source_port, const char *target,
                           uint16_t target_port, uint8_t flags, uint32_t sequence, uint32_t acknowledged,
                           const void *payload, size_t length)
{
    put_ip(frame, source, target, 6, 20 + length);
    put_be16(frame, source_port);
    put_be16(frame, target_port);
    put_be32(frame, sequence);
    put_be32(frame, acknowledged);
    put_be16(frame, 0x5000u | flags);
    put_be16(frame, 65535);
    put_be32(frame, 0);
    put(frame, payload, length);
}

static inline void put_udp(struct made_frame *frame, const char *source, uint16_t source_port, const char *target,
                           uint16_t target_port, const void *payload, size_t length)
{
    put_ip(frame, source, target, 17, 8 + length);
    put_be16(frame, source_port);
    put_be16(frame, target_port);
    put_be16(frame, (uint32_t)(8 + length));
    put_be16(frame, 0);
    put(frame, payload, length);
}

#endif
