/* memory: anonymous mappings without a reservation of swap; pages come, zeroed, at the first touch. */
#include "base/memory.h"

#include <errno.h>
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
