/* memory: anonymous mappings without a reservation of swap; pages come, zeroed, at the first touch. */
#include "base/memory.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

void *memory_reserve(size_t bytes, const char *what, struct failure *failure)
{
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) {
        failure_add(failure, "cannot reserve %zu MiB for %s: %s", bytes >> 20, what, strerror(errno));
        return NULL;
    }
    return start;
}

void memory_release(void *start, size_t bytes)
{
    if (start != NULL)
        munmap(start, bytes);
}

#define PAGE       ((uintptr_t)4096)
#define LARGE_PAGE ((uintptr_t)2 << 20)
/* What is used from its start on gets large pages behind so many bytes. The kernel of a virtual machine may have to ask
 * its host for a large page, which takes over ten times as long as where it has it; small ones it mostly has. */
#define MANY_BYTES ((size_t)16 << 20)

/* Where the kernel has none, or gives none to those who ask, all is as before. */
void memory_in_large_pages(void *start, size_t bytes)
{
    uintptr_t first = ((uintptr_t)start + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    uintptr_t end = ((uintptr_t)start + bytes) / LARGE_PAGE * LARGE_PAGE;
    if (first < end)
        (void)madvise((char *)start + (first - (uintptr_t)start), end - first, MADV_HUGEPAGE);
}

void memory_in_large_pages_later(void *start, size_t bytes)
{
    if (bytes > MANY_BYTES)
        memory_in_large_pages((char *)start + MANY_BYTES, bytes - MANY_BYTES);
}

#define LAID_BYTES ((size_t)64 << 10)

struct filling memory_filling(void *start, size_t bytes)
{
    return (struct filling){.start = start, .bytes = bytes};
}

void memory_give_back(struct filling *filling, size_t done_bytes)
{
    uintptr_t start = (uintptr_t)filling->start, end = (start + done_bytes) / LARGE_PAGE * LARGE_PAGE;
    uintptr_t from = (start + filling->given + PAGE - 1) / PAGE * PAGE;
    if (end <= from)
        return; /* a large page goes as a whole */
    (void)madvise((void *)from, end - from, MADV_DONTNEED);
    filling->given = end - start;
}

/* A kernel older than 5.14 does not know this: then pages come one by one. */
void memory_lay(struct filling *filling, size_t used_bytes)
{
    uintptr_t from = ((uintptr_t)filling->start + filling->laid) / PAGE * PAGE;
    size_t until = used_bytes + LAID_BYTES < filling->bytes ? used_bytes + LAID_BYTES : filling->bytes;
    uintptr_t end = ((uintptr_t)filling->start + until + PAGE - 1) / PAGE * PAGE;
    (void)madvise((void *)from, end - from, MADV_POPULATE_WRITE);
    filling->laid = end - (uintptr_t)filling->start;
}
