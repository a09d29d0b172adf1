/* writer: frames into a capture file, as they were captured: their bytes, link types and times to the nanosecond.
 *
 * A pcap file has one link type; several go into pcapng. Whoever does not know beforehand begins with pcap, and begins
 * again with pcapng when a frame does not fit. */
#ifndef CAPTURE_WRITER_H
#define CAPTURE_WRITER_H

#include "capture/decode.h"

#include <stdio.h>

#define WRITER_LINK_TYPES 32 /* different ones in a file */

struct writer {
    FILE *out; /* the caller's; errors stay in it (ferror) */
    bool pcapng;
    int link_types[WRITER_LINK_TYPES];
    unsigned link_type_count;
    uint64_t bytes; /* written */
};

/* `out` stands at the beginning of an empty file. A pcap file gets its header with the first frame. */
void writer_begin(struct writer *writer, FILE *out, bool pcapng);
/* False when the file cannot hold a frame of this link type; nothing was written then. */
bool writer_put(struct writer *writer, const struct frame *frame);
/* A file without a frame still is a capture. */
void writer_end(struct writer *writer);

/* What a frame of this length will take at most. */
uint64_t writer_bytes_for(uint32_t captured);

#endif
