/* told: two hash sets with linear probing. An id is a hash already. */
#include "watch/told.h"

#include <stdlib.h>
#include <string.h>

static uint64_t key_of(const char *id)
{
    uint64_t key = strtoull(id, NULL, 16);
    return key != 0 ? key : 1; /* 0 is a free slot */
}

static uint64_t *slot_of(uint64_t half[TOLD_SLOTS], uint64_t key)
{
    uint64_t at = key & (TOLD_SLOTS - 1);
    while (half[at] != 0 && half[at] != key)
        at = (at + 1) & (TOLD_SLOTS - 1);
    return &half[at];
}

static void put(struct told *told, uint64_t key)
{
    if (told->count == TOLD_MOST) {
        told->young = 1 - told->young;
        memset(told->slots[told->young], 0, sizeof told->slots[0]);
        told->count = 0;
    }
    *slot_of(told->slots[told->young], key) = key;
    told->count++;
}

bool told_has(struct told *told, const char *id)
{
    uint64_t key = key_of(id);
    if (*slot_of(told->slots[told->young], key) == key)
        return true;
    if (*slot_of(told->slots[1 - told->young], key) != key)
        return false;
    put(told, key);
    return true;
}

void told_add(struct told *told, const char *id)
{
    if (!told_has(told, id))
        put(told, key_of(id));
}
