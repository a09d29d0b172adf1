/* memory: large fixed-size tables as address space reserved at start and touched as it is used, so that a budget
 * is known beforehand and small captures stay small. Nothing on the packet path asks for memory. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "base/failure.h"

#include <stddef.h>

/* `bytes` of zeroed memory, or NULL with a failure that names `what`. What is read before anything was written near it
 * costs twice: the system lays a page there to be read, and takes it from all processors when it is written to. */
void *memory_reserve(size_t bytes, const char *what, struct failure *failure);
void memory_release(void *start, size_t bytes);
/* All of these bytes will be used, and in no order: where whole large pages lie in them, the kernel is asked for those.
 * What stands there stays. */
void memory_in_large_pages(void *start, size_t bytes);
/* The same for what is used from its start on: there it stays as it is, for most captures need no more. */
void memory_in_large_pages_later(void *start, size_t bytes);

/* Memory that is filled from its start on: pages for what comes next are asked for sixteen at once, not one by one when
 * they are met. */
struct filling {
    char *start;
    size_t bytes, laid, given; /* in all, those that pages were laid for, and those given back */
};
struct filling memory_filling(void *start, size_t bytes);
/* For memory_fill: pages behind the first `used_bytes`, too. */
void memory_lay(struct filling *filling, size_t used_bytes);
/* Before something is put behind the first `used_bytes`, those included that it takes. */
static inline void memory_fill(struct filling *filling, size_t used_bytes)
{
    if (used_bytes > filling->laid)
        memory_lay(filling, used_bytes);
}
/* Nothing in the first `done_bytes` is needed any more: the system may have the pages for what is filled next. */
void memory_give_back(struct filling *filling, size_t done_bytes);

#endif
