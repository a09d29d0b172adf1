/* arena: memory that lives and dies together. What is made of one file, or of one audit, is taken from one arena and
 * given back in one call, so that nobody frees single things and nothing is forgotten.
 *
 * Nothing here aborts: when memory runs out a take gives NULL, and every later take gives NULL as well, so that a
 * builder may take a whole structure and ask arena_ran_out() once, as with the cursor. */
#ifndef AUDIT_ARENA_H
#define AUDIT_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* NULL when there is no memory. */
struct arena *arena_create(void);
/* Frees the arena and all that was taken from it; NULL is fine. */
void arena_destroy(struct arena *arena);
/* Gives back all that was taken, and keeps some room for what comes next. */
void arena_clear(struct arena *arena);
/* `bytes` of zeroed memory, aligned for any type; never NULL for want of bytes (0 gives a valid pointer). NULL when
 * memory ran out. */
void *arena_take(struct arena *arena, size_t bytes);
/* As arena_take, for `count` things of `size` bytes; NULL as well when the product does not fit a size_t. */
void *arena_take_many(struct arena *arena, size_t count, size_t size);
/* A copy of `text`; NULL when memory ran out. */
const char *arena_text(struct arena *arena, const char *text);
/* A copy of the first `length` bytes of `text`, ended by NUL. */
const char *arena_text_of(struct arena *arena, const char *text, size_t length);
const char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* How much was taken of it, the ends of blocks that nothing fitted into not counted. */
size_t arena_bytes(const struct arena *arena);
/* Did any take give NULL? */
bool arena_ran_out(const struct arena *arena);

#endif
