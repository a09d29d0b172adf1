/* stream: a window and up to a few pieces behind holes in one block: bytes 0..window are in order, piece p lies at
 * window + p.from. Sequence arithmetic is modulo 2^32, and compared by signed difference (RFC 9293, 3.4). */
#include "flows/stream.h"

#include <assert.h>

/* The farthest that a skip moves `next` at once, so that signed differences keep their meaning. */
#define SKIP_STEP (1u << 29)

void stream_start(struct stream *stream, uint32_t next)
{
    stream_clear(stream);
    stream->next = next;
    stream->started = true;
}

static void release_block(struct stream *stream, struct pool *pool)
{
    if (stream->block != NULL)
        pool_return(pool, stream->block, (enum pool_class)stream->lent);
    stream->block = NULL;
}

void stream_stop(struct stream *stream, struct pool *pool)
{
    release_block(stream, pool);
}

bool stream_waits(const struct stream *stream)
{
    return stream->pieces > 0;
}

bool stream_hole_is_acknowledged(const struct stream *stream, uint32_t acknowledged)
{
    return stream->pieces > 0 && (int32_t)(acknowledged - (stream->next + stream->piece[0].from)) >= 0;
}

static uint32_t waiting_end(const struct stream *stream)
{
    return stream->pieces > 0 ? stream->piece[stream->pieces - 1].to : 0;
}

static bool ensure_block(struct stream *stream, struct pool *pool, size_t bytes)
{
    if (stream->block != NULL && bytes <= pool_class_bytes((enum pool_class)stream->lent))
        return true;
    enum pool_class lent;
    uint8_t *block = pool_lend(pool, bytes, &lent);
    if (block == NULL)
        return false;
    if (stream->block != NULL) {
        memcpy(block, stream->block, (size_t)stream->window + waiting_end(stream));
        release_block(stream, pool);
    }
    stream->block = block;
    stream->lent = (uint8_t)lent;
    return true;
}

/* Copies bytes for offsets from..to, but not over pieces that are there already, and joins them to the pieces. */
static void insert_piece(struct stream *stream, uint32_t from, uint32_t to, struct bytes payload)
{
    struct stream_piece *piece = stream->piece;
    uint8_t *base = stream->block + stream->window;
    uint32_t at = from;
    for (unsigned i = 0; i < stream->pieces && at < to; i++) {
        uint32_t stop = piece[i].from < to ? piece[i].from : to;
        if (at < stop)
            memcpy(base + at, payload.at + (at - from), stop - at);
        if (piece[i].to > at)
            at = piece[i].to;
    }
    if (at < to)
        memcpy(base + at, payload.at + (at - from), to - at);
    unsigned first = 0;
    while (first < stream->pieces && piece[first].to < from)
        first++;
    unsigned last = first; /* pieces first..last-1 touch the new one */
    while (last < stream->pieces && piece[last].from <= to) {
        from = piece[last].from < from ? piece[last].from : from;
        to = piece[last].to > to ? piece[last].to : to;
        last++;
    }
    assert(stream->pieces - (last - first) <= STREAM_PIECES_MOST);
    memmove(&piece[first + 1], &piece[last], (stream->pieces - last) * sizeof *piece);
    piece[first] = (struct stream_piece){from, to};
    stream->pieces = (uint8_t)(stream->pieces - (last - first) + 1);
}

static void drop_first_piece(struct stream *stream, uint32_t by)
{
    stream->pieces--;
    memmove(&stream->piece[0], &stream->piece[1], stream->pieces * sizeof stream->piece[0]);
    for (unsigned i = 0; i < stream->pieces; i++) {
        stream->piece[i].from -= by;
        stream->piece[i].to -= by;
    }
}

/* The first piece joins the window when nothing is missing before it. */
static bool join_first_piece(struct stream *stream)
{
    if (stream->pieces == 0 || stream->piece[0].from != 0)
        return false;
    uint32_t length = stream->piece[0].to;
    stream->window += length;
    stream->next += length;
    drop_first_piece(stream, length);
    return true;
}

/* Room for one more piece at from..to? Pieces that it touches do not count. */
static bool piece_fits(const struct stream *stream, uint32_t from, uint32_t to)
{
    unsigned apart = 0;
    for (unsigned i = 0; i < stream->pieces; i++)
        if (stream->piece[i].to < from || stream->piece[i].from > to)
            apart++;
    return apart < STREAM_PIECES_MOST;
}

static void advance_skip(struct stream *stream)
{
    uint32_t step = stream->skip < SKIP_STEP ? (uint32_t)stream->skip : SKIP_STEP;
    stream->next += step;
    stream->skip -= step;
}

enum stream_event stream_segment(struct stream *stream, struct pool *pool, uint32_t sequence, struct bytes payload,
                                 struct bytes *window)
{
    if (payload.left == 0)
        return STREAM_NOTHING;
    int32_t at = (int32_t)(sequence - stream->next);
    while (stream->skip > 0 && at > -(int32_t)(SKIP_STEP / 2)) {
        advance_skip(stream);
        at = (int32_t)(sequence - stream->next);
    }
    if (at < 0) {
        if (payload.left <= (size_t)(-(int64_t)at))
            return STREAM_NOTHING; /* seen before, or skipped */
        bytes_skip(&payload, (size_t)(-(int64_t)at));
        at = 0;
    }
    if (at == 0 && stream->window == 0 && stream->pieces == 0) {
        stream->passing = payload;
        stream->next += (uint32_t)payload.left;
        *window = payload;
        return STREAM_BYTES;
    }
    uint64_t to = (uint64_t)(uint32_t)at + payload.left;
    if (at > 0 && (to > STREAM_WAITING_MOST || !piece_fits(stream, (uint32_t)at, (uint32_t)to)))
        return STREAM_HOLE;
    uint64_t end = to > waiting_end(stream) ? to : waiting_end(stream);
    if (stream->window + end > POOL_LARGE_BYTES || !ensure_block(stream, pool, (size_t)(stream->window + end)))
        return STREAM_FULL;
    insert_piece(stream, (uint32_t)at, (uint32_t)to, payload);
    if (!join_first_piece(stream))
        return STREAM_NOTHING;
    *window = bytes_of(stream->block, stream->window);
    return STREAM_BYTES;
}

/* What is left of a segment that was handed through: kept in a block, or handed on again after a skip. */
static __attribute__((noinline)) enum stream_event keep_passing(struct stream *stream, struct pool *pool,
                                                                struct bytes rest, uint64_t skip, struct bytes *window)
{
    if (skip > rest.left) {
        stream->skip = skip - rest.left;
        advance_skip(stream);
        return STREAM_NOTHING;
    }
    bytes_skip(&rest, (size_t)skip);
    if (rest.left == 0)
        return STREAM_NOTHING;
    if (skip > 0) {
        stream->passing = rest;
        *window = rest;
        return STREAM_BYTES;
    }
    if (rest.left > POOL_LARGE_BYTES || !ensure_block(stream, pool, rest.left))
        return STREAM_FULL;
    memcpy(stream->block, rest.at, rest.left);
    stream->window = (uint32_t)rest.left;
    return STREAM_NOTHING;
}

/* Moves the start of the window `by` bytes on; of the waiting pieces what comes to lie before it is lost. */
static void shift(struct stream *stream, uint64_t by)
{
    if (by <= stream->window) {
        size_t length = stream->window - (size_t)by + waiting_end(stream);
        memmove(stream->block, stream->block + by, length);
        stream->window -= (uint32_t)by;
        return;
    }
    uint64_t beyond = by - stream->window;
    while (stream->pieces > 0 && stream->piece[0].to <= beyond)
        drop_first_piece(stream, 0);
    if (stream->pieces > 0) {
        memmove(stream->block, stream->block + by, (size_t)(waiting_end(stream) - beyond));
        for (unsigned i = 0; i < stream->pieces; i++) {
            struct stream_piece *piece = &stream->piece[i];
            piece->from = piece->from > beyond ? piece->from - (uint32_t)beyond : 0;
            piece->to -= (uint32_t)beyond;
        }
    }
    stream->window = 0;
    stream->skip = beyond;
    advance_skip(stream);
}

static __attribute__((noinline)) enum stream_event keep_window(struct stream *stream, struct pool *pool,
                                                               struct bytes rest, uint64_t skip, struct bytes *window)
{
    uint32_t consumed = stream->window - (uint32_t)rest.left;
    bool again = skip > 0;
    if (consumed > 0 || skip > 0)
        shift(stream, consumed + skip);
    if (join_first_piece(stream))
        again = true;
    if (stream->window == 0 && stream->pieces == 0)
        release_block(stream, pool);
    if (!again || stream->window == 0)
        return STREAM_NOTHING;
    *window = bytes_of(stream->block, stream->window);
    return STREAM_BYTES;
}

enum stream_event stream_keep(struct stream *stream, struct pool *pool, struct bytes rest, uint64_t skip,
                              struct bytes *window)
{
    if (stream->passing.left == 0)
        return keep_window(stream, pool, rest, skip, window);
    stream->passing = bytes_of(NULL, 0);
    if (rest.left == 0 && skip == 0) /* as of most segments */
        return STREAM_NOTHING;
    return keep_passing(stream, pool, rest, skip, window);
}

enum stream_event stream_jump(struct stream *stream, struct pool *pool, uint32_t sequence, struct bytes *window)
{
    stream->skip = 0;
    if (stream->pieces == 0) {
        stream->window = 0;
        stream->next = sequence;
        release_block(stream, pool);
        return STREAM_NOTHING;
    }
    uint32_t hole = stream->piece[0].from;
    memmove(stream->block, stream->block + stream->window + hole, waiting_end(stream) - hole);
    for (unsigned i = 0; i < stream->pieces; i++) {
        stream->piece[i].from -= hole;
        stream->piece[i].to -= hole;
    }
    stream->next += hole;
    stream->window = 0;
    join_first_piece(stream);
    *window = bytes_of(stream->block, stream->window);
    return STREAM_BYTES;
}
