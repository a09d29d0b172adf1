/* interim: reports while reading goes on: every so often, or when SIGUSR1 asks for one.
 *
 * A report is written by a child of this process. fork() gives it all that was observed so far, as it stands, and it
 * concludes that as if the run had ended there, while the parent reads on: what it takes from the parent is only the
 * time to copy the tables of pages, and of pages those that change meanwhile. So a report in between can neither change
 * nor delay what comes after it. One is written at a time. */
#ifndef APP_INTERIM_H
#define APP_INTERIM_H

#include "app/crew.h"
#include "app/keep.h"
#include "app/sending.h"
#include "watch/board.h"

#include <sys/types.h>

/* Writes a report of what this crew, which is finished, observed. False with a failure. */
typedef bool interim_write(void *context, struct crew *crew, struct failure *failure);

struct interim {
    interim_write *write; /* NULL: this command writes only at its end */
    void *context;
    const char *out_file;    /* where it is written; NULL: nowhere that anything could be left behind */
    uint64_t every_s;        /* 0: only when asked */
    struct keep *keep;       /* -w: is told by each report what to keep of the packets to come; NULL without */
    struct board *board;     /* watch: what is told between reports; NULL without */
    struct sending *sending; /* -O: takes what was observed in parts; NULL without */
    /* its own */
    bool wanted;
    int64_t next_ns;
    pid_t child; /* 0: none */
    bool forked; /* there was one */
};

/* From now on the clock runs. */
void interim_begin(struct interim *interim);
/* Is it time, and the report before it written? Cheap. */
bool interim_due(struct interim *interim);
/* Begins a child, when no other thread is at work on a crew. True in the child: it has the crews for itself, without
 * their threads, is to finish them and to call interim_exit. False in the parent, which goes on. */
bool interim_fork(struct interim *interim);
/* In the child: writes the report and ends the process. */
_Noreturn void interim_exit(const struct interim *interim, struct crew *crew);
/* Waits for what is still being written. */
void interim_end(struct interim *interim);

#endif
