/* places: an open-addressing index from a hash to numbers from 1 of a dense array elsewhere; what names, pairs,
 * bindings and coverage are found by. It hides where a number stands and keeps 32 bits of its hash beside it, so that
 * a walk rarely has to look at the array. Nothing is ever taken out; cells are twice the numbers, so a walk ends. */
#ifndef OBSERVATIONS_PLACES_H
#define OBSERVATIONS_PLACES_H

#include <stddef.h>
#include <stdint.h>

struct place {
    uint32_t tag, number;
};

struct places {
    struct place *cells;
    uint32_t count;
};

static inline uint32_t places_start(const struct places *places, uint64_t hash)
{
    return (uint32_t)(((hash >> 32) * places->count) >> 32);
}

/* The next number from `*at` on that could have this hash, and `*at` is the cell after it; or 0, and `*at` is the
 * free cell where a new number belongs. */
static inline uint32_t places_next(const struct places *places, uint64_t hash, uint32_t *at)
{
    for (;;) {
        const struct place *cell = &places->cells[*at];
        if (cell->number == 0)
            return 0;
        *at = *at + 1 == places->count ? 0 : *at + 1;
        if (cell->tag == (uint32_t)hash)
            return cell->number;
    }
}

static inline void places_put(struct places *places, uint64_t hash, uint32_t at, uint32_t number)
{
    places->cells[at] = (struct place){(uint32_t)hash, number};
}

#endif
