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

bool packed_each(const void *packed, size_t length, bool (*take)(void *context, const char *bytes, size_t length),
                 void *context)
{
    char piece[65536];
    z_stream stream = {.next_in = (unsigned char *)(size_t)packed, .avail_in = (uInt)length};
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        return false;
    int state = Z_OK;
    bool ok = true;
    while (ok && state == Z_OK) {
        stream.next_out = (unsigned char *)piece;
        stream.avail_out = sizeof piece;
        state = inflate(&stream, Z_NO_FLUSH);
        ok = (state == Z_OK || state == Z_STREAM_END) && take(context, piece, sizeof piece - stream.avail_out);
    }
    inflateEnd(&stream);
    return ok && state == Z_STREAM_END;
}
