/* board: what the process that captures writes down while it reads, for the process that speaks to read: a page of
 * memory that both have. Nobody waits: each number is written and read by itself. */
#ifndef WATCH_BOARD_H
#define WATCH_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct board {
    _Atomic uint64_t packets, dropped; /* so far */
    _Atomic uint64_t down;             /* bit n: the interface of this number gives nothing */
    _Atomic uint64_t resident_bytes;   /* memory in use */
    _Atomic int64_t alive_ns;          /* of the monotonic clock: when this was written, 0: never */
};

/* What is known now; cheap, and most calls do nothing: twice a second is enough. */
void board_write(struct board *board, uint64_t packets, uint64_t dropped, uint64_t down);

#endif
