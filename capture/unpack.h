/* unpack: a compressed file as a stream of what is in it: gzip (RFC 1952) and zstd (RFC 8878), also several members or
 * frames one behind the other. It is unpacked as it is read; nothing is written anywhere. */
#ifndef CAPTURE_UNPACK_H
#define CAPTURE_UNPACK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

/* By the first bytes of a file. */
enum packing packing_of(const uint8_t head[4]);

/* Reads `file`, from where it stands, and closes it with the stream. NULL with errno set when memory runs out; then
 * the file stays open. Reading fails with EBADMSG where the data are damaged, and ends early where they are cut. */
FILE *unpack_open(int file, enum packing packing);

#endif
