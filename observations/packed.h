/* packed: bytes as gzip (RFC 1952) and back, in memory, through zlib: how rows lie in the spool and travel. */
#ifndef OBSERVATIONS_PACKED_H
#define OBSERVATIONS_PACKED_H

#include <stdbool.h>
#include <stddef.h>

/* Heap memory of *out_length bytes, NULL when memory runs out. */
unsigned char *packed_from(const void *bytes, size_t length, size_t *out_length);
/* Gives the unpacked bytes to `take`, piece by piece. False when they are damaged or `take` said so. */
bool packed_each(const void *packed, size_t length, bool (*take)(void *context, const char *bytes, size_t length),
                 void *context);

#endif
