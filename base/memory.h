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

#endif
