/* output: a pcap file written through one large buffer, fast enough that the disk is what one waits for. The file
 * appears under its own name only when it is whole. Format: draft-ietf-opsawg-pcap (microseconds, Ethernet). */
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H

#include "base/failure.h"

#include <stdint.h>

struct output;

/* NULL with a failure when `path` cannot be written. */
struct output *output_open(const char *path, struct failure *failure);
/* Adds one frame of which `captured` bytes are here and `length` were sent. What comes back is the copy in the buffer:
 * it may still be changed until the next call. Trouble with the disk is told by output_close. */
uint8_t *output_frame(struct output *output, int64_t time_us, const uint8_t *bytes, uint32_t captured, uint32_t length);
uint64_t output_packets(const struct output *output);
/* Bytes of the file so far. */
uint64_t output_bytes(const struct output *output);
/* Gives the file its name when `keep`, removes it otherwise or when writing failed: then false with a failure. */
bool output_close(struct output *output, bool keep, struct failure *failure);

#endif
