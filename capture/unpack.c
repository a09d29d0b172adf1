/* unpack: zlib and libzstd behind the functions of a stream (fopencookie). */
#include "capture/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define PACKED_BYTES ((size_t)128 << 10)

struct unpack {
    int file;
    enum kind packing;
    bool ended; /* of the file */
    z_stream gzip;
    bool between_members; /* of gzip: all bytes so far belong to whole members */
    ZSTD_DStream *zstd;
    size_t filled, used; /* of `packed` */
    uint8_t packed[PACKED_BYTES];
};

/* More packed bytes, when all were used. False when the file cannot be read. */
static bool refill(struct unpack *unpack)
{
    if (unpack->used < unpack->filled || unpack->ended)
        return true;
    ssize_t got;
    do
        got = read(unpack->file, unpack->packed, PACKED_BYTES);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return false;
    unpack->used = 0;
    unpack->filled = (size_t)got;
    unpack->ended = got == 0;
    return true;
}

static bool damaged(void)
{
    errno = EBADMSG;
    return false;
}

/* Tapes and disks fill up with zeros behind the last member; gzip passes over them, too. */
static void pass_zeros(struct unpack *unpack)
{
    while (unpack->used < unpack->filled && unpack->packed[unpack->used] == 0)
        unpack->used++;
}

/* Each unpacks what it can into `out` and moves *done. False when the data are damaged. */
static bool gzip_step(struct unpack *unpack, char *out, size_t size, size_t *done)
{
    z_stream *gzip = &unpack->gzip;
    if (unpack->between_members) {
        pass_zeros(unpack);
        if (unpack->used == unpack->filled)
            return true;
        if (inflateReset(gzip) != Z_OK)
            return damaged();
    }
    unpack->between_members = false;
    gzip->next_in = unpack->packed + unpack->used;
    gzip->avail_in = (unsigned)(unpack->filled - unpack->used);
    gzip->next_out = (uint8_t *)out + *done;
    gzip->avail_out = (unsigned)(size - *done);
    int result = inflate(gzip, Z_NO_FLUSH);
    unpack->used = unpack->filled - gzip->avail_in;
    *done = size - gzip->avail_out;
    unpack->between_members = result == Z_STREAM_END;
    return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR ? true : damaged();
}

static bool zstd_step(struct unpack *unpack, char *out, size_t size, size_t *done)
{
    ZSTD_inBuffer in = {unpack->packed, unpack->filled, unpack->used};
    ZSTD_outBuffer to = {out, size, *done};
    size_t result = ZSTD_decompressStream(unpack->zstd, &to, &in);
    unpack->used = in.pos;
    *done = to.pos;
    return ZSTD_isError(result) == 0 ? true : damaged();
}

static ssize_t unpack_read(void *cookie, char *out, size_t size)
{
    struct unpack *unpack = cookie;
    size_t done = 0;
    while (done == 0 && size > 0) {
        if (!refill(unpack))
            return -1;
        if (unpack->ended)
            return 0;
        bool good =
            unpack->packing == KIND_GZIP ? gzip_step(unpack, out, size, &done) : zstd_step(unpack, out, size, &done);
        if (!good && done == 0)
            return -1;
    }
    return (ssize_t)done;
}

static int unpack_close(void *cookie)
{
    struct unpack *unpack = cookie;
    int result = close(unpack->file);
    if (unpack->packing == KIND_GZIP)
        inflateEnd(&unpack->gzip);
    ZSTD_freeDStream(unpack->zstd);
    free(unpack);
    return result;
}

static bool begin(struct unpack *unpack)
{
    enum { GZIP_HEADER = 16 }; /* added to the size of the window: zlib's way to ask for RFC 1952 */
    if (unpack->packing == KIND_GZIP)
        return inflateInit2(&unpack->gzip, MAX_WBITS + GZIP_HEADER) == Z_OK;
    unpack->zstd = ZSTD_createDStream();
    return unpack->zstd != NULL;
}

/* `head`, of `head_bytes`, was already read from the file. */
static FILE *packed_open(int file, enum kind packing, const uint8_t *head, size_t head_bytes)
{
    static const cookie_io_functions_t functions = {.read = unpack_read, .close = unpack_close};
    struct unpack *unpack = calloc(1, sizeof *unpack);
    if (unpack == NULL)
        return NULL;
    unpack->file = file;
    unpack->packing = packing;
    unpack->filled = head_bytes;
    memcpy(unpack->packed, head, head_bytes);
    FILE *stream = begin(unpack) ? fopencookie(unpack, "rb", functions) : NULL;
    if (stream == NULL) {
        if (packing == KIND_GZIP)
            inflateEnd(&unpack->gzip);
        ZSTD_freeDStream(unpack->zstd);
        free(unpack);
        errno = ENOMEM;
    }
    return stream;
}

/* The first bytes; a pipe gives them only once. */
static bool head_read(int file, uint8_t head[KIND_BYTES], size_t *length)
{
    *length = 0;
    while (*length < KIND_BYTES) {
        ssize_t got = read(file, head + *length, KIND_BYTES - *length);
        if (got < 0)
            return false;
        if (got == 0)
            break;
        *length += (size_t)got;
    }
    return true;
}

FILE *unpack_open(int file, char *buffer, size_t buffer_bytes, enum kind *packing)
{
    uint8_t head[KIND_BYTES];
    size_t length;
    const char *why;
    if (!head_read(file, head, &length))
        return NULL;
    *packing = kind_of(head, length, &why);
    bool packed = *packing == KIND_GZIP || *packing == KIND_ZSTD;
    if (!packed) {
        *packing = KIND_OTHER;
        if (lseek(file, -(off_t)length, SEEK_CUR) >= 0)
            length = 0;
    }
    FILE *stream = packed ? packed_open(file, *packing, head, length) : fdopen(file, "rb");
    if (stream == NULL)
        return NULL;
    setvbuf(stream, buffer, _IOFBF, buffer_bytes);
    for (size_t i = packed ? 0 : length; i > 0; i--) /* of a pipe: back into the stream */
        ungetc(head[i - 1], stream);
    return stream;
}
