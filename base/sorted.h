/* sorted: where in an array that was put in order those begin that are equal to a key, by halving. Where any of them
 * will do, bsearch does. */
#ifndef BASE_SORTED_H
#define BASE_SORTED_H

#include <stddef.h>

/* As SORTED_FIRST; `item_bytes`: the size of one item. */
static inline size_t sorted_first(const void *key, const void *items, size_t count, size_t item_bytes,
                                  int (*order)(const void *item, const void *key))
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order((const char *)items + middle * item_bytes, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The number of the first of `count` items that does not come before `*key`; `count` where all do. `order` compares as
 * for qsort; the array is in this order, or in a finer one: what is equal to `order` stands together then. Key and
 * items are of one type, which the compiler sees to. */
#define SORTED_FIRST(key, items, count, order)                                                                         \
    sorted_first((key), (items), (count), sizeof *(1 ? (key) : (items)), (order))

#endif
