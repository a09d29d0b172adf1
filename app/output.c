/* output: a temporary file in the target's folder, so that the rename is atomic. */
#include "app/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nobody else's file is written through a link that stands under the temporary name. */
static bool open_with(struct output *output, const char *path, mode_t mode, struct failure *failure)
{
    *output = (struct output){.stream = stdout, .path = path};
    if (path == NULL)
        return true;
    int n = snprintf(output->temporary, sizeof output->temporary, "%s.%ld.part", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof output->temporary)
        return failure_add(failure, "%s: the name is too long", path);
    unlink(output->temporary); /* of an earlier process of the same number that was killed */
    int file = open(output->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
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
    unlink(output->temporary);
    output->stream = NULL;
}

bool output_close(struct output *output, struct failure *failure)
{
    const char *name = output->path != NULL ? output->path : "standard output";
    bool ok = fflush(output->stream) == 0 && !ferror(output->stream);
    int error = errno;
    if (output->path == NULL) {
        if (!ok && error == EPIPE)
            return true; /* the reader has seen enough */
        return ok || failure_add(failure, "%s: cannot write: %s", name, strerror(error));
    }
    if (fclose(output->stream) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (ok && rename(output->temporary, output->path) != 0) {
        ok = false;
        error = errno;
    }
    output->stream = NULL;
    if (!ok) {
        unlink(output->temporary);
        failure_add(failure, "%s: cannot write: %s", name, strerror(error));
    }
    return ok;
}
