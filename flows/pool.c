/* pool: one reserved region and one free list a size; a block that was never lent has never been touched. */
#include "flows/pool.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct shelf {
    uint8_t *start;
    size_t block_bytes, blocks, used;
    uint8_t *free_head; /* its first bytes hold the next */
};

struct pool {
    struct shelf shelves[POOL_CLASSES];
};

static const size_t class_bytes[POOL_CLASSES] = {POOL_SMALL_BYTES, POOL_MIDDLE_BYTES, POOL_LARGE_BYTES};

struct pool *pool_create(size_t budget_bytes, struct failure *failure)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL) {
        failure_add(failure, "out of memory for stream windows");
        return NULL;
    }
    for (size_t i = 0; i < POOL_CLASSES; i++) {
        struct shelf *shelf = &pool->shelves[i];
        shelf->block_bytes = class_bytes[i];
        shelf->blocks = budget_bytes / POOL_CLASSES / class_bytes[i];
        if (shelf->blocks < 4)
            shelf->blocks = 4;
        shelf->start = memory_reserve(shelf->blocks * shelf->block_bytes, "stream windows", failure);
        if (shelf->start == NULL) {
            pool_destroy(pool);
            return NULL;
        }
    }
    return pool;
}

void pool_destroy(struct pool *pool)
{
    if (pool == NULL)
        return;
    for (size_t i = 0; i < POOL_CLASSES; i++)
        memory_release(pool->shelves[i].start, pool->shelves[i].blocks * pool->shelves[i].block_bytes);
    free(pool);
}

uint8_t *pool_lend(struct pool *pool, size_t bytes, enum pool_class *lent)
{
    for (size_t i = 0; i < POOL_CLASSES; i++) {
        struct shelf *shelf = &pool->shelves[i];
        if (bytes > shelf->block_bytes)
            continue;
        uint8_t *block = shelf->free_head;
        if (block != NULL)
            memcpy(&shelf->free_head, block, sizeof shelf->free_head);
        else if (shelf->used < shelf->blocks)
            block = shelf->start + shelf->block_bytes * shelf->used++;
        else
            continue; /* a larger one will do */
        *lent = (enum pool_class)i;
        return block;
    }
    return NULL;
}

void pool_return(struct pool *pool, uint8_t *block, enum pool_class lent)
{
    struct shelf *shelf = &pool->shelves[lent];
    memcpy(block, &shelf->free_head, sizeof shelf->free_head);
    shelf->free_head = block;
}

size_t pool_class_bytes(enum pool_class lent)
{
    return class_bytes[lent];
}
