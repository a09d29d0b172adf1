/* lines: cache lines that one thread writes, another reads, and the first writes again.
 *
 * Where two processors share no cache, to write a line that the other one has read takes several times as long as to
 * read it did: it must be taken back first, and one after the other. A line that the reader lets go is taken back from
 * nobody. */
#ifndef BASE_LINES_H
#define BASE_LINES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define CACHE_LINE 64

/* This thread has read what is there and will not again, until it is written anew. What is there does not change, and
 * no line without any of it is touched. */
static inline void lines_let_go(const void *start, size_t bytes)
{
#ifdef __SSE2__
    uintptr_t end = (uintptr_t)start + bytes, first = (uintptr_t)start / CACHE_LINE * CACHE_LINE;
    for (uintptr_t line = bytes > 0 ? first : end; line < end; line += CACHE_LINE)
        _mm_clflush((const void *)line);
#else
    (void)start;
    (void)bytes;
#endif
}

#endif
