/* index: growing and taking out. */
#include "base/index.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

/* Cells to begin with: one page. */
#define FIRST_SIZE 512

static uint32_t cells_for(uint32_t numbers)
{
    return numbers < FIRST_SIZE / 2 ? FIRST_SIZE : 2 * numbers;
}

size_t index_bytes(uint32_t numbers)
{
    size_t most = cells_for(numbers);
    return (most + most / 2) * sizeof(struct index_cell);
}

/* The last size stands in the first room, the one before in the second, and so on in turn. */
static void begin_size(struct index *index)
{
    index->size = index->most >> index->doublings_left;
    index->cells = index->rooms[index->doublings_left & 1];
    memory_in_large_pages(index->cells, index->size * sizeof *index->cells);
    memset(index->cells, 0, index->size * sizeof *index->cells);
}

void index_init(struct index *index, void *memory, uint32_t numbers)
{
    *index = (struct index){.most = cells_for(numbers)};
    index->rooms[0] = memory;
    index->rooms[1] = index->rooms[0] + index->most;
    while (index->most >> (index->doublings_left + 1) >= FIRST_SIZE)
        index->doublings_left++;
    begin_size(index);
}

void index_clear(struct index *index)
{
    memset(index->cells, 0, index->size * sizeof *index->cells);
    index->used = 0;
}

static void put(struct index *index, struct index_cell cell)
{
    uint32_t at = (uint32_t)((uint64_t)cell.tag * index->size >> 32);
    while (index->cells[at].number != 0)
        at = at + 1 == index->size ? 0 : at + 1;
    index->cells[at] = cell;
}

static void grow(struct index *index)
{
    const struct index_cell *from = index->cells, *end = from + index->size;
    index->doublings_left--;
    begin_size(index);
    for (; from < end; from++)
        if (from->number != 0)
            put(index, *from);
}

void index_add(struct index *index, uint64_t hash, uint32_t number)
{
    if (index->used >= index->size / 2 && index->doublings_left > 0)
        grow(index);
    assert(index->used < index->size - 1); /* an empty cell ends a walk */
    put(index, (struct index_cell){index_tag(hash), number});
    index->used++;
}

/* Closes the hole by moving back what was displaced over it (Knuth 6.4, algorithm R). */
void index_remove(struct index *index, uint32_t tag, uint32_t number)
{
    uint32_t size = index->size, hole = (uint32_t)((uint64_t)tag * size >> 32);
    while (index->cells[hole].number != number)
        hole = hole + 1 == size ? 0 : hole + 1;
    for (uint32_t i = hole + 1 == size ? 0 : hole + 1; index->cells[i].number != 0; i = i + 1 == size ? 0 : i + 1) {
        uint32_t home = (uint32_t)((uint64_t)index->cells[i].tag * size >> 32);
        uint32_t displaced = i >= home ? i - home : i + size - home, behind = i >= hole ? i - hole : i + size - hole;
        if (displaced >= behind) {
            index->cells[hole] = index->cells[i];
            hole = i;
        }
    }
    index->cells[hole] = (struct index_cell){0, 0};
    index->used--;
}
