/* once: a ring of hashes; the key is part of what is hashed. */
#include "dissectors/once.h"

#include "base/hash.h"

void once_say(struct once *once, enum fact_key key, struct bytes value, struct facts *out)
{
    uint64_t hash = hash_bytes(value.at, value.left, (uint64_t)key + 1);
    for (size_t i = 0; i < ONCE_MOST; i++)
        if (once->values[i] == hash)
            return;
    once->values[once->next] = hash;
    once->next = (uint8_t)((once->next + 1) % ONCE_MOST);
    facts_say(out, key, value);
}
