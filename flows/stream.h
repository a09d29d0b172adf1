/* stream: the bytes of one direction of a TCP flow, in order, as a contiguous window (RFC 9293, 3.4 and 3.10.7.4).
 *
 * Segments in order are handed through without a copy; what a reader leaves, and what comes before its turn, is kept
 * in a block lent from a pool. Of bytes that come twice the first ones count. A hole that is not filled in time is
 * given up and told as a gap. A reader that skips bytes does so by number alone: they may never come. */
#ifndef FLOWS_STREAM_H
#define FLOWS_STREAM_H

#include "base/bytes.h"
#include "flows/pool.h"

/* Pieces, and bytes, that wait behind a hole; more and the hole is given up. */
#define STREAM_PIECES_MOST  6
#define STREAM_WAITING_MOST 32768u

struct stream_piece {
    uint32_t from, to; /* offsets from `next` of the first byte after the window */
};

struct stream {
    uint32_t next;   /* sequence number of the first byte after the window */
    uint32_t window; /* bytes in order at the start of `block` */
    uint64_t skip;   /* bytes after the window that are of no interest */
    uint8_t *block;
    uint8_t lent; /* enum pool_class of block */
    uint8_t pieces;
    bool started;                                      /* next is set */
    struct bytes passing;                              /* a segment in order that is not in the block */
    struct stream_piece piece[STREAM_PIECES_MOST + 1]; /* one more for bytes in order that join no other */
};

enum stream_event {
    STREAM_NOTHING, /* nothing new in order */
    STREAM_BYTES,   /* *window is filled; give back what is left with stream_keep */
    STREAM_HOLE,    /* the segment cannot wait any more behind the hole: stream_jump, then the segment again */
    STREAM_FULL,    /* the pool has no block, or a reader wants more than there is: the stream is lost */
};

/* Makes it one that has not started. Places of pieces stay as they are, since none of them is taken. */
static inline void stream_clear(struct stream *stream)
{
    memset(stream, 0, offsetof(struct stream, piece));
}
/* A window of the pool's largest class is the most that is kept. */
void stream_start(struct stream *stream, uint32_t next);
/* Gives back its block; what else it holds is of no use any more. */
void stream_stop(struct stream *stream, struct pool *pool);

/* A segment: its bytes as far as captured. On STREAM_BYTES the window holds all bytes in order that were not consumed.
 */
enum stream_event stream_segment(struct stream *stream, struct pool *pool, uint32_t sequence, struct bytes payload,
                                 struct bytes *window);
/* After STREAM_BYTES, before anything else: the reader left `rest` (the tail of the window) and skips `skip` bytes
 * after the ones it consumed. Gives STREAM_BYTES again when more came into order by it. */
enum stream_event stream_keep(struct stream *stream, struct pool *pool, struct bytes rest, uint64_t skip,
                              struct bytes *window);
/* Bytes wait behind a hole. */
bool stream_waits(const struct stream *stream);
/* Bytes wait, and so did the receiver not: it acknowledged, up to `acknowledged`, what is missing before them. */
bool stream_hole_is_acknowledged(const struct stream *stream, uint32_t acknowledged);
/* Gives up what is missing up to the first byte that waits, or, when none waits, up to `sequence`; the window is
 * dropped. Gives STREAM_BYTES when that brought bytes into order. */
enum stream_event stream_jump(struct stream *stream, struct pool *pool, uint32_t sequence, struct bytes *window);

#endif
