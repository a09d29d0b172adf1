/* capture_file: pcap and pcapng files written byte by byte, for the tests of source. */
#ifndef TESTS_CAPTURE_FILE_H
#define TESTS_CAPTURE_FILE_H

#include "tests/build.h"

#include <stdio.h>

struct file {
    FILE *stream;
    int big; /* byte order of what is written */
    char path[64];
};

static inline void file_put(struct file *f, const void *bytes, size_t length)
{
    assert(fwrite(bytes, 1, length, f->stream) == length);
}

static inline void file_u16(struct file *f, unsigned value)
{
    struct build b = {0};
    put_file16(&b, f->big, value);
    file_put(f, b.bytes, b.length);
}

static inline void file_u32(struct file *f, uint32_t value)
{
    struct build b = {0};
    put_file32(&b, f->big, value);
    file_put(f, b.bytes, b.length);
}

static inline void file_pcap_head(struct file *f, uint32_t magic, uint32_t link_type)
{
    file_u32(f, magic);
    file_u16(f, 2);
    file_u16(f, 4);
    file_u32(f, 0);
    file_u32(f, 0);
    file_u32(f, 1u << 20);
    file_u32(f, link_type);
}

static inline void file_pcap_record(struct file *f, uint32_t second, uint32_t fraction, const void *frame,
                                    uint32_t captured, uint32_t sent)
{
    file_u32(f, second);
    file_u32(f, fraction);
    file_u32(f, captured);
    file_u32(f, sent);
    file_put(f, frame, captured);
}

static inline void file_block(struct file *f, uint32_t type, const void *body, uint32_t length)
{
    uint32_t padding = (4 - length % 4) % 4;
    file_u32(f, type);
    file_u32(f, 12 + length + padding);
    file_put(f, body, length);
    file_put(f, "\0\0\0", padding);
    file_u32(f, 12 + length + padding);
}

static inline void file_section(struct file *f)
{
    struct build b = {0};
    put_file32(&b, f->big, 0x1a2b3c4d);
    put_file16(&b, f->big, 1);
    put_file16(&b, f->big, 0);
    put_u32(&b, 0xffffffff);
    put_u32(&b, 0xffffffff);
    file_block(f, 0x0a0d0d0a, b.bytes, (uint32_t)b.length);
}

/* `unit` is if_tsresol, 0 for none; `offset` if_tsoffset in seconds, 0 for none. */
static inline void file_interface(struct file *f, unsigned link_type, uint32_t snaplen, unsigned unit, uint32_t offset)
{
    struct build b = {0};
    put_file16(&b, f->big, link_type);
    put_file16(&b, f->big, 0);
    put_file32(&b, f->big, snaplen);
    if (unit > 0) {
        put_file16(&b, f->big, 9);
        put_file16(&b, f->big, 1);
        put_u8(&b, unit);
        put_zeros(&b, 3);
    }
    if (offset > 0) {
        put_file16(&b, f->big, 14);
        put_file16(&b, f->big, 8);
        put_file32(&b, f->big, f->big ? 0 : offset);
        put_file32(&b, f->big, f->big ? offset : 0);
    }
    put_zeros(&b, 4);
    file_block(f, 1, b.bytes, (uint32_t)b.length);
}

static inline void file_enhanced(struct file *f, uint32_t interface, uint64_t time, const void *frame,
                                 uint32_t captured, uint32_t sent)
{
    struct build b = {0};
    put_file32(&b, f->big, interface);
    put_file32(&b, f->big, (uint32_t)(time >> 32));
    put_file32(&b, f->big, (uint32_t)time);
    put_file32(&b, f->big, captured);
    put_file32(&b, f->big, sent);
    put(&b, frame, captured);
    file_block(f, 6, b.bytes, (uint32_t)b.length);
}

#endif
