/* growing: the beginning of what was read is looked at again after each read. Who writes a file from its beginning
 * writes that first: so what is read of the new one, further behind, is known for what it is as soon as it is there,
 * however long the file has become. */
#include "capture/growing.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing before tells one capture from another; but who writes pcapng may put the length of the section there when it
 * ends (draft-ietf-opsawg-pcapng, section 4.1). */
#define SKIPPED 24

void growing_init(struct growing *growing, const char *path, int file, off_t start)
{
    *growing = (struct growing){.path = path, .file = file, .start = start};
}

bool growing_goes_on(struct growing *growing, uint64_t done)
{
    uint8_t now[GROWING_BYTES];
    size_t read = done < SKIPPED ? 0 : done - SKIPPED < sizeof now ? (size_t)done - SKIPPED : sizeof now;
    ssize_t got = pread(growing->file, now, read, growing->start + SKIPPED);
    if (growing->anew || got < 0) /* what cannot be read, whoever reads it tells */
        return !growing->anew;
    growing->anew = (size_t)got < read || memcmp(now, growing->head, growing->known) != 0;
    if (!growing->anew && read > growing->known)
        memcpy(growing->head, now, growing->known = read);
    return !growing->anew;
}

const char *growing_fate(const struct growing *growing, uint64_t done)
{
    struct stat own, named;
    if (fstat(growing->file, &own) != 0 || own.st_nlink == 0)
        return "was removed";
    if (growing->anew || own.st_size < growing->start + (off_t)done)
        return "was begun anew";
    if (strcmp(growing->path, "-") == 0)
        return NULL;
    if (stat(growing->path, &named) != 0)
        return "was renamed";
    return named.st_dev != own.st_dev || named.st_ino != own.st_ino ? "was replaced" : NULL;
}
