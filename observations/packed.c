/* packed: level 1, since rows are much alike and a sensor has other things to do. */
#include "observations/packed.h"

#include <stdlib.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16)
#define LEVEL       1

unsigned char *packed_from(const void *bytes, size_t length, size_t *out_length)
{
    z_stream stream = {.next_in = (unsigned char *)(size_t)bytes, .avail_in = (uInt)length};
    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    size_t most = deflateBound(&stream, (uLong)length);
    unsigned char *out = malloc(most);
    stream.next_out = out;
    stream.avail_out = (uInt)most;
    bool ok = out != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    *out_length = stream.total_out;
    deflateEnd(&stream);
    if (ok)
        return out;
    free(out);
    return NULL;
}

struct unpacking {
    z_stream stream;
    bool whole;
};

struct unpacking *unpacking_create(void)
{
    struct unpacking *unpacking = calloc(1, sizeof *unpacking);
    if (unpacking != NULL && inflateInit2(&unpacking->stream, GZIP_WINDOW) == Z_OK)
        return unpacking;
    free(unpacking);
    return NULL;
}

void unpacking_destroy(struct unpacking *unpacking)
{
    if (unpacking != NULL)
        inflateEnd(&unpacking->stream);
    free(unpacking);
}

/* What comes behind the end is damage, too. */
bool unpacking_more(struct unpacking *unpacking, const void *packed, size_t length, packed_take *take, void *context)
{
    char piece[65536];
    z_stream *stream = &unpacking->stream;
    stream->next_in = (unsigned char *)(size_t)packed;
    stream->avail_in = (uInt)length;
    stream->avail_out = 0;
    while (stream->avail_in > 0 || (stream->avail_out == 0 && !unpacking->whole)) {
        if (unpacking->whole)
            return false;
        stream->next_out = (unsigned char *)piece;
        stream->avail_out = sizeof piece;
        int state = inflate(stream, Z_NO_FLUSH);
        unpacking->whole = state == Z_STREAM_END;
        if (state == Z_BUF_ERROR && stream->avail_in == 0) /* nothing was left to say */
            break;
        if ((state != Z_OK && state != Z_STREAM_END) || !take(context, piece, sizeof piece - stream->avail_out))
            return false;
    }
    return true;
}

bool unpacking_is_whole(const struct unpacking *unpacking)
{
    return unpacking->whole;
}

bool packed_each(const void *packed, size_t length, packed_take *take, void *context)
{
    struct unpacking *unpacking = unpacking_create();
    bool ok =
        unpacking != NULL && unpacking_more(unpacking, packed, length, take, context) && unpacking_is_whole(unpacking);
    unpacking_destroy(unpacking);
    return ok;
}
