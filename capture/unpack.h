/* unpack: a file as a stream of what is in it, packed or not: gzip (RFC 1952) and zstd (RFC 8878), also several members
 * or frames one behind the other. It is unpacked as it is read; nothing is written anywhere. Pipes are read as files
 * are. */
#ifndef CAPTURE_UNPACK_H
#define CAPTURE_UNPACK_H

#include "capture/kind.h"

#include <stdio.h>

/* Reads `file`, from where it stands, through `buffer`, and closes it with the stream. *packing is KIND_GZIP,
 * KIND_ZSTD, or KIND_OTHER for what is not packed. NULL with errno set when it cannot be read or memory runs out; then
 * the file stays open. Reading fails with EBADMSG where packed data are damaged, and ends early where they are cut. */
FILE *unpack_open(int file, char *buffer, size_t buffer_bytes, enum kind *packing);

#endif
