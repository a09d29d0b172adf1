/* pool: blocks of a few fixed sizes, lent and given back, from memory reserved at the start. Nothing else in the
 * observing half asks for memory while packets pass. */
#ifndef FLOWS_POOL_H
#define FLOWS_POOL_H

#include "base/failure.h"

#include <stdint.h>

/* Sizes of stream windows. The largest is the most a dissector may want to see at once. */
enum pool_class { POOL_SMALL, POOL_MIDDLE, POOL_LARGE, POOL_CLASSES };
#define POOL_SMALL_BYTES  ((size_t)2 << 10)
#define POOL_MIDDLE_BYTES ((size_t)16 << 10)
#define POOL_LARGE_BYTES  ((size_t)192 << 10)

struct pool;

/* Memory for windows of about `budget_bytes` in all. */
struct pool *pool_create(size_t budget_bytes, struct failure *failure);
void pool_destroy(struct pool *pool);

/* A block of at least `bytes`, whose class is written to *lent; NULL when none is left or `bytes` is too much. */
uint8_t *pool_lend(struct pool *pool, size_t bytes, enum pool_class *lent);
void pool_return(struct pool *pool, uint8_t *block, enum pool_class lent);
size_t pool_class_bytes(enum pool_class lent);

#endif
