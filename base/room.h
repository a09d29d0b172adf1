/* room: arrays on the heap that grow as they are filled, for what is rare: names of files, lines of a table, what a
 * capture says of itself. No packet makes one grow (base/memory.h). */
#ifndef BASE_ROOM_H
#define BASE_ROOM_H

#include <stddef.h>
#include <stdlib.h>

/* The array, of `count` items of so many bytes and with room for `*room`, with room for one more: it may have moved.
 * `least`: items that the first room is for. NULL when there is no memory, and the array stays as it is. */
static inline void *room_for_one(void *items, size_t count, size_t *room, size_t item_bytes, size_t least)
{
    if (count < *room)
        return items;
    size_t wanted = *room > 0 ? *room * 2 : least;
    void *more = realloc(items, wanted * item_bytes);
    if (more != NULL)
        *room = wanted;
    return more;
}

#endif
