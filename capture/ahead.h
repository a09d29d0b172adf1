/* ahead: the next pieces of a file, which a thread beside the reading one fetches from the kernel while that looks at
 * the one before. Where the thread is late, who needs a piece fetches one, too, instead of waiting.
 *
 * Hides who fetched what. It never knows better than the file: what is no whole piece (the file ends, it cannot be
 * read) is left to the reader's own way. One reader, one file at a time. */
#ifndef CAPTURE_AHEAD_H
#define CAPTURE_AHEAD_H

#include "base/failure.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* In a block, there is room in front of the piece for what was left of the one before: the longest frame that
 * offloading makes fits. Blocks are many, so that what the thread fetched has left its own cache for the common one by
 * the time the reader looks at it. */
#define AHEAD_FRONT  ((size_t)68 << 10)
#define AHEAD_PIECE  ((size_t)192 << 10)
#define AHEAD_BLOCKS 15

struct ahead;

/* NULL with a failure. Nothing is fetched by others before a thread runs ahead_work. */
struct ahead *ahead_create(struct failure *failure);
/* Nobody works for it any more. */
void ahead_destroy(struct ahead *ahead);
/* Where pieces lie from now on, each block of AHEAD_FRONT + AHEAD_PIECE bytes; the memory is the caller's. At rest
 * only. */
void ahead_use(struct ahead *ahead, uint8_t *const blocks[AHEAD_BLOCKS]);

/* The AHEAD_PIECE bytes of the file from `at` on, and AHEAD_FRONT bytes before them that are free. They stay until the
 * next but one is taken. NULL when there are not as many to be had. What follows is fetched meanwhile: until
 * ahead_rest the file must stay open. */
uint8_t *ahead_take(struct ahead *ahead, int file, off_t at);
/* Nothing is fetched any more, and what was is forgotten; the piece taken last stays where it is. */
void ahead_rest(struct ahead *ahead);

/* What the thread does, until ahead_end; `context` is the ahead. */
void *ahead_work(void *context);
void ahead_end(struct ahead *ahead);

#endif
