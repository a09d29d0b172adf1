/* output: records gathered in 4 MiB and written with write(2) to PATH.part, which is renamed at the end. A frame is
 * never larger than a quarter of the buffer, so one flush always makes room for it. */
#include "bench/output.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 4 << 20, RECORD_HEADER_BYTES = 16, SNAPLEN = 262144 };

struct output {
    char *path, *part;
    int fd, error; /* errno of the first write that failed, 0 */
    uint8_t *buffer;
    size_t used;
    uint64_t packets, bytes;
};

static void append(struct output *output, const void *bytes, size_t length)
{
    memcpy(output->buffer + output->used, bytes, length);
    output->used += length;
    output->bytes += length;
}

static void flush(struct output *output)
{
    size_t done = 0;
    while (done < output->used && output->error == 0) {
        ssize_t written = write(output->fd, output->buffer + done, output->used - done);
        if (written >= 0)
            done += (size_t)written;
        else if (errno != EINTR)
            output->error = errno;
    }
    output->used = 0;
}

static void destroy(struct output *output)
{
    if (output->fd >= 0)
        close(output->fd);
    free(output->buffer);
    free(output->part);
    free(output->path);
    free(output);
}

struct output *output_open(const char *path, struct failure *failure)
{
    struct stat there;
    if (lstat(path, &there) == 0 && !S_ISREG(there.st_mode)) { /* renaming would replace a device or a link */
        failure_add(failure, "%s: exists and is no ordinary file", path);
        return NULL;
    }
    struct output *output = calloc(1, sizeof *output);
    if (output == NULL) {
        failure_add(failure, "no memory for the output");
        return NULL;
    }
    output->fd = -1;
    output->path = strdup(path);
    output->buffer = malloc(BUFFER_BYTES);
    if (output->path == NULL || output->buffer == NULL || asprintf(&output->part, "%s.part", path) < 0) {
        output->part = NULL;
        failure_add(failure, "no memory for the output");
        destroy(output);
        return NULL;
    }
    output->fd = open(output->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (output->fd < 0) {
        failure_add(failure, "%s: cannot be written: %s", output->part, strerror(errno));
        destroy(output);
        return NULL;
    }
    const uint32_t magic = UINT32_C(0xa1b2c3d4), tail[4] = {0, 0, SNAPLEN, 1 /* Ethernet */};
    const uint16_t version[2] = {2, 4};
    append(output, &magic, sizeof magic);
    append(output, version, sizeof version);
    append(output, tail, sizeof tail);
    return output;
}

uint8_t *output_frame(struct output *output, int64_t time_us, const uint8_t *bytes, uint32_t captured, uint32_t length)
{
    assert(captured <= SNAPLEN && captured <= length);
    if (output->used + RECORD_HEADER_BYTES + captured > BUFFER_BYTES)
        flush(output);
    const uint32_t header[4] = {(uint32_t)(time_us / 1000000), (uint32_t)(time_us % 1000000), captured, length};
    append(output, header, sizeof header);
    append(output, bytes, captured);
    output->packets++;
    return output->buffer + output->used - captured;
}

uint64_t output_packets(const struct output *output)
{
    return output->packets;
}

uint64_t output_bytes(const struct output *output)
{
    return output->bytes;
}

bool output_close(struct output *output, bool keep, struct failure *failure)
{
    if (keep)
        flush(output);
    int fd = output->fd;
    output->fd = -1;
    if (close(fd) != 0 && output->error == 0)
        output->error = errno;
    if (keep && output->error == 0 && rename(output->part, output->path) != 0)
        output->error = errno;
    bool good = output->error == 0;
    if (!good)
        failure_add(failure, "%s: cannot be written: %s", output->path, strerror(output->error));
    if (!keep || !good)
        unlink(output->part);
    destroy(output);
    return good;
}
