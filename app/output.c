/* output: a temporary file in the target's folder, so that the rename is atomic. */
#include "app/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool output_open(struct output *output, const char *path, struct failure *failure)
{
    *output = (struct output){.stream = stdout, .path = path};
    if (path == NULL)
        return true;
    int n = snprintf(output->temporary, sizeof output->temporary, "%s.%ld.part", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof output->temporary)
        return failure_add(failure, "%s: the name is too long", path);
    output->stream = fopen(output->temporary, "w");
    if (output->stream == NULL)
        return failure_add(failure, "%s: cannot write: %s", path, strerror(errno));
    return true;
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
    if (!ok) {
        unlink(output->temporary);
        failure_add(failure, "%s: cannot write: %s", name, strerror(error));
    }
    return ok;
}
