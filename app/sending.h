/* sending: -O of a run that goes on, which is written in parts: every so often what was observed since is put where it
 * belongs, so that whatever ends the run, no more than the last part is lost.
 *
 * Who captures waits for nothing. A part is written by a child of this process, which has it by fork() and is gone when
 * it is written; and what goes to a database is sent by another process, begun once, so that one that is slow or away
 * keeps no part from being put into the spool. When the run is killed, that process sends what is there, and ends. */
#ifndef APP_SENDING_H
#define APP_SENDING_H

#include "app/options.h"
#include "observations/where.h"

#include <sys/types.h>

#define SENDING_EVERY_S 60 /* between parts, unless --send-every says otherwise */

struct sending {
    struct where *where;
    bool is_far;      /* a place that is sent to */
    uint64_t every_s; /* 0: all is written at the end */
    /* its own */
    int64_t next_ns, spread_ns;
    pid_t writer, sender; /* 0: none */
    uint64_t written;     /* rows that the writer has */
    uint64_t lost;        /* rows that no coverage tells of yet */
    uint64_t told;        /* rows that the coverage of the part that is being written tells of as lost */
    bool failed;          /* rows were lost */
    int bell[2];          /* a byte for the sender when there is something to send */
};

/* What to do of these options with `where`, which is borrowed and may be NULL: then nothing. */
void sending_init(struct sending *sending, const struct options *options, struct where *where);
/* From now on the clock runs. True in the process that sends, which is to close what it does not need and to call
 * sending_serve. */
bool sending_begin(struct sending *sending);
_Noreturn void sending_serve(struct sending *sending);

/* Is it time for a part, and the one before it written? Cheap. */
bool sending_due(struct sending *sending);
/* Rows of earlier parts that were lost, for the coverage of this one; they are then told. */
uint64_t sending_lost(struct sending *sending);
/* Begins to write what these stores hold; from then on they may forget it. False when that did not go, which is told:
 * then it is for the next part. */
bool sending_put(struct sending *sending, struct observations *const stores[], size_t count);
/* Waits for what is still being written, and lets the process that sends come to its end. */
void sending_end(struct sending *sending);
/* False with a failure when rows were lost on the way. */
bool sending_all_well(const struct sending *sending, struct failure *failure);

#endif
