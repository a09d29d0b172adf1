/* arena: blocks in a list; each take moves a mark within the newest block, and a new block, twice as large as the one
 * before, is made when it does not fit. Blocks are never moved, so that pointers stay good until the end. */
#include "audit/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK_BYTES   ((size_t)16 << 10)
#define LARGEST_BLOCK_BYTES ((size_t)4 << 20)

struct block {
    struct block *before;
    size_t size, used;
    alignas(max_align_t) unsigned char room[];
};

struct arena {
    struct block *newest;
    size_t next_size;
    bool ran_out;
};

struct arena *arena_create(void)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena != NULL)
        arena->next_size = FIRST_BLOCK_BYTES;
    return arena;
}

static void blocks_free(struct block *block)
{
    for (struct block *before; block != NULL; block = before) {
        before = block->before;
        free(block);
    }
}

void arena_destroy(struct arena *arena)
{
    if (arena == NULL)
        return;
    blocks_free(arena->newest);
    free(arena);
}

void arena_clear(struct arena *arena)
{
    struct block *newest = arena->newest;
    if (newest == NULL)
        return;
    blocks_free(newest->before);
    newest->before = NULL;
    memset(newest->room, 0, newest->used);
    newest->used = 0;
}

/* A new block with room for at least `bytes`; the rest of the one before is given up. */
static struct block *block_add(struct arena *arena, size_t bytes)
{
    size_t size = bytes > arena->next_size ? bytes : arena->next_size;
    struct block *block = size > SIZE_MAX - sizeof *block ? NULL : calloc(1, sizeof *block + size);
    if (block == NULL) {
        arena->ran_out = true;
        return NULL;
    }
    block->before = arena->newest;
    block->size = size;
    arena->newest = block;
    if (arena->next_size < LARGEST_BLOCK_BYTES)
        arena->next_size *= 2;
    return block;
}

void *arena_take(struct arena *arena, size_t bytes)
{
    size_t unit = alignof(max_align_t);
    if (bytes > SIZE_MAX - unit)
        arena->ran_out = true;
    if (arena->ran_out)
        return NULL;
    size_t whole = bytes == 0 ? unit : (bytes + unit - 1) / unit * unit;
    struct block *block = arena->newest;
    if (block == NULL || block->size - block->used < whole)
        block = block_add(arena, whole);
    if (block == NULL)
        return NULL;
    void *taken = block->room + block->used;
    block->used += whole;
    return taken;
}

void *arena_take_many(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        arena->ran_out = true;
        return NULL;
    }
    return arena_take(arena, count * size);
}

const char *arena_text_of(struct arena *arena, const char *text, size_t length)
{
    char *copy = length == SIZE_MAX ? NULL : arena_take(arena, length + 1);
    if (copy != NULL)
        memcpy(copy, text, length); /* the take is zeroed: the NUL is there */
    return copy;
}

const char *arena_text(struct arena *arena, const char *text)
{
    return arena_text_of(arena, text, strlen(text));
}

const char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : arena_take(arena, (size_t)length + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

size_t arena_bytes(const struct arena *arena)
{
    size_t sum = 0;
    for (const struct block *block = arena->newest; block != NULL; block = block->before)
        sum += block->used;
    return sum;
}

bool arena_ran_out(const struct arena *arena)
{
    return arena->ran_out;
}
