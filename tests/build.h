/* build: frames and files written byte by byte, for the tests of capture. Bytes are appended in network order unless
 * the name says otherwise; lengths inside headers are arguments, so that a test can lie. */
#ifndef TESTS_BUILD_H
#define TESTS_BUILD_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct build {
    uint8_t bytes[4096];
    size_t length;
};

static inline void put(struct build *b, const void *bytes, size_t length)
{
    assert(b->length + length <= sizeof b->bytes);
    memcpy(b->bytes + b->length, bytes, length);
    b->length += length;
}

static inline void put_u8(struct build *b, unsigned value)
{
    put(b, &(uint8_t){(uint8_t)value}, 1);
}

static inline void put_u16(struct build *b, unsigned value)
{
    put_u8(b, value >> 8);
    put_u8(b, value & 0xff);
}

static inline void put_u32(struct build *b, uint32_t value)
{
    put_u16(b, value >> 16);
    put_u16(b, value & 0xffff);
}

static inline void put_zeros(struct build *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_u8(b, 0);
}

/* In the byte order of a file. */
static inline void put_file16(struct build *b, int big, unsigned value)
{
    put_u8(b, big ? value >> 8 : value & 0xff);
    put_u8(b, big ? value & 0xff : value >> 8);
}

static inline void put_file32(struct build *b, int big, uint32_t value)
{
    put_file16(b, big, big ? value >> 16 : value & 0xffff);
    put_file16(b, big, big ? value & 0xffff : value >> 16);
}

static inline void put_ethernet(struct build *b, unsigned type)
{
    put(b, "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02", 12);
    put_u16(b, type);
}

/* 10.0.0.1 to 10.0.0.2, without options. `fragment` holds flags and offset as on the wire. */
static inline void put_ip4_part(struct build *b, unsigned protocol, unsigned total, unsigned id, unsigned fragment)
{
    put_u16(b, 0x4500);
    put_u16(b, total);
    put_u16(b, id);
    put_u16(b, fragment);
    put_u8(b, 64);
    put_u8(b, protocol);
    put_u16(b, 0);
    put(b, "\x0a\x00\x00\x01\x0a\x00\x00\x02", 8);
}

static inline void put_ip4(struct build *b, unsigned protocol, unsigned total)
{
    put_ip4_part(b, protocol, total, 0x1234, 0x4000);
}

/* 2001:db8::1 to 2001:db8::2. */
static inline void put_ip6(struct build *b, unsigned next, unsigned payload)
{
    put_u32(b, 0x60000000);
    put_u16(b, payload);
    put_u8(b, next);
    put_u8(b, 63);
    put(b, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
    put(b, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02", 16);
}

/* 40000 to 135, sequence 0x01020304, acknowledged 0x05060708, PSH and ACK; `words` is the header length it tells. */
static inline void put_tcp(struct build *b, unsigned words)
{
    put_u16(b, 40000);
    put_u16(b, 135);
    put_u32(b, 0x01020304);
    put_u32(b, 0x05060708);
    put_u8(b, words << 4);
    put_u8(b, 0x18);
    put_u16(b, 0xffff);
    put_u32(b, 0);
}

/* 53000 to 88. */
static inline void put_udp(struct build *b, unsigned length)
{
    put_u16(b, 53000);
    put_u16(b, 88);
    put_u16(b, length);
    put_u16(b, 0);
}

#endif
