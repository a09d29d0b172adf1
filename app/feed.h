/* feed: the frames of all inputs as one sequence in order of time. Captures that cover the same time are read side by
 * side and interleaved; others are opened when their time comes, so that few files are open at once. Hides that, and
 * following files and rings that are still being written.
 *
 * The same inputs give the same frames in the same order each time they are gone through (pipes, and what is being
 * written, can be gone through once only). */
#ifndef APP_FEED_H
#define APP_FEED_H

#include "app/inputs.h"
#include "capture/source.h"

struct feed;

/* What a feed tells on its way; each may be NULL. `number` is what the frames of an input bear as `source` from
 * `opened` to `ended`: the lowest that is free. `cut` is NULL, or says where a capture that is cut off ends; `dropped`
 * are packets that did not get into it, where it tells. */
struct feed_listener {
    void *context;
    void (*opened)(void *context, uint8_t number, const char *name);
    void (*ended)(void *context, uint8_t number, const char *name, const char *cut, uint64_t dropped);
    void (*note)(void *context, const char *name, const char *what); /* for people: "was removed ..." */
};

enum feed_state {
    FEED_MORE, /* there may be more */
    FEED_IDLE, /* nothing at the moment, of what is being written: ask again after a while */
    FEED_END,
    FEED_FAILED, /* a capture could not be opened; the failure tells */
};

/* `inputs`, which grow while they are followed, and `filter` (or NULL) are borrowed. NULL with a failure. */
struct feed *feed_open(struct inputs *inputs, const char *filter, const struct feed_listener *listener,
                       struct failure *failure);
/* What is still open is told as ended. */
void feed_close(struct feed *feed);

/* Up to `most` frames into `out`, as source_read does; with FEED_MORE perhaps none. */
enum feed_state feed_read(struct feed *feed, uint8_t *block, struct frame out[], size_t most, size_t *count,
                          struct failure *failure);

/* While one capture alone is open, `ahead` reads it ahead from now on (capture/ahead.h); NULL: nobody does. */
void feed_read_ahead(struct feed *feed, struct ahead *ahead);

struct feed_progress {
    const char *name;             /* of the input opened last; "" before */
    uint64_t bytes, bytes_in_all; /* of files as they lie on disk; in all 0 when not known */
    size_t opened, in_all;        /* inputs */
};
struct feed_progress feed_progress(const struct feed *feed);

#endif
