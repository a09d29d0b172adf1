/* records: a faster way through a plain pcap file than libpcap's: the file is read in large pieces and frames are
 * handed out where they lie, without a copy and without two calls of the C library a frame.
 *
 * libpcap stays the one that opens a file and says what is in it; records only walks what follows the header, and
 * only where that is simple: a seekable file of version 2.4 whose frames are not longer than libpcap would allow.
 * The layout is that of pcap-savefile(5). */
#ifndef CAPTURE_RECORDS_H
#define CAPTURE_RECORDS_H

#include "base/failure.h"
#include "capture/ahead.h"
#include "capture/decode.h"

#include <sys/types.h>

struct records;

enum records_state {
    RECORDS_MORE,       /* there may be more */
    RECORDS_END,        /* the file ended where a record ends */
    RECORDS_CUT,        /* it ended in the middle of a record */
    RECORDS_WRONG,      /* a record says a length that cannot be */
    RECORDS_UNREADABLE, /* the system does not give what comes next; errno says why */
};

/* NULL when this file is not for us (nothing is wrong then) or memory runs out. `start` is where the header is;
 * `snapshot` is libpcap's word on the longest frame. The file stays the caller's. */
struct records *records_create(int file, off_t start, int snapshot, int link_type);
void records_destroy(struct records *records);

#define RECORDS_BLOCK ((size_t)512 << 10)

/* Reads up to `most` frames into `block`, of RECORDS_BLOCK bytes, where they lie until it is given once more. What was
 * read of the file and is no whole frame yet moves on to the next block. */
enum records_state records_read(struct records *records, uint8_t *block, struct frame out[], size_t most,
                                size_t *count);
/* From now on pieces of the file are taken from `ahead`, while it has any; NULL: no more. Frames and what is left over
 * then lie in its blocks instead, as long as they would in `block`. */
void records_read_ahead(struct records *records, struct ahead *ahead);
/* It ended before, and may have grown since: the next read looks again. */
void records_again(struct records *records);
/* What was read ahead is kept in `block` from now on, so that the one before may be given to others. */
void records_move(struct records *records, uint8_t *block);
/* Bytes of the file passed so far, its header included. */
uint64_t records_bytes_done(const struct records *records);

#endif
