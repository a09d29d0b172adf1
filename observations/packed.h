/* packed: bytes as gzip (RFC 1952) and back, in memory, through zlib: how rows lie in the spool and travel. */
#ifndef OBSERVATIONS_PACKED_H
#define OBSERVATIONS_PACKED_H

#include <stdbool.h>
#include <stddef.h>

/* Heap memory of *out_length bytes, NULL when memory runs out. */
unsigned char *packed_from(const void *bytes, size_t length, size_t *out_length);
/* Gets unpacked bytes, piece by piece; false ends it. */
typedef bool packed_take(void *context, const char *bytes, size_t length);
/* False when they are damaged or `take` said so. */
bool packed_each(const void *packed, size_t length, packed_take *take, void *context);

/* The same of what comes in pieces itself. NULL when memory runs out. */
struct unpacking;
struct unpacking *unpacking_create(void);
void unpacking_destroy(struct unpacking *unpacking);
bool unpacking_more(struct unpacking *unpacking, const void *packed, size_t length, packed_take *take, void *context);
/* Did it come to its end, with the check sum of what was packed? */
bool unpacking_is_whole(const struct unpacking *unpacking);

#endif
