/* uuid: 16 octets in the order they are printed (RFC 4122), and how they stand on the wire in either byte order. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/bytes.h"

#define UUID_TEXT 37

struct uuid {
    uint8_t octets[16];
};

static inline bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->octets, b->octets, 16) == 0;
}

bool uuid_is_zero(const struct uuid *u);
/* Takes 16 bytes; the first three members are little-endian when `little`. Zero when short. */
struct uuid uuid_take(struct bytes *in, bool little);
/* Lower-case text with hyphens, into `out`, which is returned. */
const char *uuid_text(const struct uuid *u, char out[UUID_TEXT]);
/* False and `out` untouched unless `text` is exactly 36 characters of a UUID. Case is ignored. */
bool uuid_parse(const char *text, struct uuid *out);

#endif
