/* output: a temporary file in the target's folder, so that the rename is atomic. */
#include "app/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A pipe, a device, or a link of the system's own such as /dev/stdout: a rename would put a file in its place. */
static bool is_no_file(const char *path)
{
    struct stat about;
    bool of_system = strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
    return (stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)) ||
           (of_system && lstat(path, &about) == 0 && S_ISLNK(about.st_mode));
}

/* No more than what is replaced had: who took rights away from a report or ledger meant the next one, too. */
static mode_t mode_like(const char *path, mode_t mode)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) ? mode & about.st_mode : mode;
}

static bool name_temporary(char name[TEMPORARY_BYTES], const char *path, pid_t writer)
{
    int n = snprintf(name, TEMPORARY_BYTES, "%s.%ld.part", path, (long)writer);
    return n >= 0 && n < TEMPORARY_BYTES;
}

void output_clear(const char *path, pid_t writer)
{
    char name[TEMPORARY_BYTES];
    if (path != NULL && name_temporary(name, path, writer))
        unlink(name);
}

/* The temporary file. Nobody else's file is written through a link that stands under its name. */
static int open_beside(struct output *output, const char *path, mode_t mode)
{
    if (!name_temporary(output->temporary, path, getpid())) {
        errno = ENAMETOOLONG;
        return -1;
    }
    unlink(output->temporary); /* of an earlier process of the same number that was killed */
    return open(output->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode_like(path, mode));
}

static bool open_with(struct output *output, const char *path, mode_t mode, struct failure *failure)
{
    *output = (struct output){.stream = stdout, .path = path};
    if (path == NULL)
        return true;
    int file = is_no_file(path) ? open(path, O_WRONLY | O_CLOEXEC) : open_beside(output, path, mode);
    output->stream = file >= 0 ? fdopen(file, "w") : NULL;
    if (output->stream != NULL)
        return true;
    if (file >= 0)
        close(file);
    return failure_add(failure, "%s: cannot write: %s", path, strerror(errno));
}

bool output_open(struct output *output, const char *path, struct failure *failure)
{
    return open_with(output, path, 0666, failure);
}

bool output_open_private(struct output *output, const char *path, struct failure *failure)
{
    return open_with(output, path, 0600, failure);
}

void output_abandon(struct output *output)
{
    if (output->path == NULL || output->stream == NULL)
        return;
    fclose(output->stream);
    if (output->temporary[0] != '\0')
        unlink(output->temporary);
    output->stream = NULL;
}

bool output_close_whole(struct output *output, bool lost, struct failure *failure)
{
    if (!lost || ferror(output->stream)) /* a full disk stops writers, too */
        return output_close(output, failure);
    output_abandon(output);
    return failure_add(failure, "%s: not written whole: out of memory",
                       output->path != NULL ? output->path : "standard output");
}

/* `error` is of something else since, perhaps, when a write before the last one failed. */
static const char *why_not(int error)
{
    bool of_writing = error == ENOSPC || error == EDQUOT || error == EFBIG || error == EIO || error == EPIPE;
    return of_writing || error == EBADF ? strerror(error) : "something before the end was lost; is the disk full?";
}

bool output_close(struct output *output, struct failure *failure)
{
    const char *name = output->path != NULL ? output->path : "standard output";
    bool ok = fflush(output->stream) == 0 && !ferror(output->stream);
    int error = errno;
    const char *why = why_not(error);
    if (output->path == NULL) {
        if (!ok && error == EPIPE)
            return true; /* the reader has seen enough */
        return ok || failure_add(failure, "%s: cannot write: %s", name, why);
    }
    if (fclose(output->stream) != 0 && ok) {
        ok = false;
        why = strerror(errno);
    }
    bool renames = output->temporary[0] != '\0';
    if (ok && renames && rename(output->temporary, output->path) != 0) {
        ok = false;
        why = strerror(errno);
    }
    output->stream = NULL;
    if (!ok) {
        if (renames)
            unlink(output->temporary);
        failure_add(failure, "%s: cannot write: %s", name, why);
    }
    return ok;
}
