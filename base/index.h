/* index: finds numbers from 1, of things in a dense array elsewhere, by a hash; what flows, names, pairs and bindings
 * are found by. Open addressing over cells of 8 bytes: 32 bits of the hash, called the tag, and the number, so that a
 * walk rarely has to look at the array.
 *
 * It begins small and doubles while it fills, up to what its memory was made for, so that a small capture works in the
 * cache. A tag tells by itself where it belongs, and twice the cells keep the order: growing is one walk over both.
 * It never asks for memory. */
#ifndef BASE_INDEX_H
#define BASE_INDEX_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct index_cell {
    uint32_t tag, number; /* number 0: empty */
};

struct index {
    struct index_cell *cells;    /* one of the rooms */
    struct index_cell *rooms[2]; /* for sizes in turn */
    uint32_t size, most;         /* cells now and in the end */
    unsigned doublings_left;
    uint32_t used;
};

/* Bytes of memory for an index of up to `numbers` numbers, at most 2^30. */
size_t index_bytes(uint32_t numbers);
/* An empty index in `memory`, which holds index_bytes(numbers), aligned to 8. */
void index_init(struct index *index, void *memory, uint32_t numbers);
/* Takes out all numbers; the cells stay as many as they are. */
void index_clear(struct index *index);
/* One more number, which must not be there yet. No more than the index was made for. */
void index_add(struct index *index, uint64_t hash, uint32_t number);
/* Takes out a number that is there. */
void index_remove(struct index *index, uint32_t tag, uint32_t number);

static inline uint32_t index_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* The cell where numbers of this hash begin. */
static inline uint32_t index_start(const struct index *index, uint64_t hash)
{
    return (uint32_t)((uint64_t)index_tag(hash) * index->size >> 32);
}

/* The next number from cell `*at` on that could have this hash, or 0. */
static inline uint32_t index_next(const struct index *index, uint64_t hash, uint32_t *at)
{
    for (;;) {
        const struct index_cell *cell = &index->cells[*at];
        if (cell->number == 0)
            return 0;
        *at = *at + 1 == index->size ? 0 : *at + 1;
        if (cell->tag == index_tag(hash))
            return cell->number;
    }
}

static inline void index_prefetch(const struct index *index, uint64_t hash)
{
    __builtin_prefetch(&index->cells[index_start(index, hash)]);
}

/* The number of this hash when it stands near where it belongs, as most do, else 0: a guess, for what is to be
 * prefetched next. Where two have one tag it may be no number at all: it is to be checked for being in range. */
static inline uint32_t index_guess(const struct index *index, uint64_t hash)
{
    typedef uint32_t cells __attribute__((vector_size(2 * sizeof(struct index_cell))));
    uint32_t start = index_start(index, hash), tag = index_tag(hash);
    const struct index_cell *at = &index->cells[start < index->size - 4 ? start : index->size - 4];
    cells one, other;
    memcpy(&one, at, sizeof one);
    memcpy(&other, at + 2, sizeof other);
    /* A tag's answer is moved to the number behind it; what was asked of numbers is dropped. */
    cells is_one = (cells)(one == tag);
    cells is_other = (cells)(other == tag);
    cells numbers = (one & __builtin_shufflevector(is_one, is_one, 0, 0, 2, 2)) |
                    (other & __builtin_shufflevector(is_other, is_other, 0, 0, 2, 2));
    return numbers[1] | numbers[3];
}

#endif
