/* output: where a report goes: standard output, or a file that is written beside and renamed when it is whole. What is
 * no plain file (a pipe, /dev/null) is never replaced but written to. */
#ifndef APP_OUTPUT_H
#define APP_OUTPUT_H

#include "base/failure.h"

#include <stdio.h>
#include <sys/types.h>

#define TEMPORARY_BYTES 4096

struct output {
    FILE *stream;
    const char *path;                /* NULL: standard output */
    char temporary[TEMPORARY_BYTES]; /* "" where nothing is renamed */
};

/* As anybody may read it whom the umask lets, and of a file that is replaced, who might read that. */
bool output_open(struct output *output, const char *path, struct failure *failure);
/* A file that only its owner may read. */
bool output_open_private(struct output *output, const char *path, struct failure *failure);
/* Makes the file appear under its name. False, and nothing left behind, when something could not be written. */
bool output_close(struct output *output, struct failure *failure);
/* The same of what may have lost something for want of memory: then it is a failure, and no file appears. */
bool output_close_whole(struct output *output, bool lost, struct failure *failure);
/* Of another process that was ended while it wrote to `path`: nothing is left behind. */
void output_clear(const char *path, pid_t writer);
/* Instead: nothing is left behind of a file. */
void output_abandon(struct output *output);

#endif
