/* crewing: the insides of a crew, shared by the files that make it up: crew.c (batches, sources, coverage),
 * crew_threads.c (who works on them) and crew_parts.c (a run in parts). Nobody else includes this. */
#ifndef APP_CREWING_H
#define APP_CREWING_H

#include "app/crew.h"
#include "app/observer.h"
#include "app/pace.h"
#include "base/lines.h"
#include "capture/ahead.h"
#include "capture/duplicates.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

/* Batches under way at once: enough that nobody waits for a slow one, few enough to stay in the cache. */
#define RING 16
_Static_assert(AHEAD_BLOCKS < RING && AHEAD_FRONT + AHEAD_PIECE <= SOURCE_BLOCK,
               "pieces read ahead lie in free blocks");
/* Room beside a block for packets that were made whole from fragments. */
#define ASIDE_BYTES ((size_t)256 << 10)
/* Frames asked into the cache before they are read. */
#define SOON 6

struct batch {
    uint8_t block[SOURCE_BLOCK];
    uint8_t aside[ASIDE_BYTES];
    size_t aside_used;
    struct parcel parcels[SOURCE_FRAMES_MOST];
    size_t count;
    struct packet unpacked[SOURCE_FRAMES_MOST]; /* those that are not plain */
    size_t unpacked_count;
    struct share {
        _Alignas(CACHE_LINE) size_t count;
        uint16_t which[SOURCE_FRAMES_MOST];
    } shares[CREW_OBSERVERS_MOST];
};

/* Packets decoded one after another, so that what the next step needs of each is on its way from memory meanwhile.
 * This is what is known of each beside its parcel. */
#define GROUP 16
struct decoded_packet {
    struct plain plain; /* when it is packed */
    struct sighting sighting;
};

struct member {
    struct crew *crew;
    struct observer_options options;
    struct observer *observer; /* the first is made by the reading thread, each other one by its own */
    struct failure failure;    /* why there is none */
    unsigned number;
    pthread_t thread;
    _Alignas(CACHE_LINE) atomic_uint_fast64_t done; /* batches */
    atomic_int_fast64_t worked_ns;                  /* on them */
    atomic_bool asleep;                             /* for want of one, */
    sem_t woken;                                    /* on this */
};

struct crew {
    struct decoder *decoder;
    struct duplicates *duplicates; /* by all that are read at once */
    struct adviser *adviser;       /* NULL: nobody is asked */
    struct batch *ring;
    struct parcel parcels[GROUP]; /* in cache lines of their own: the observers read the ones before */
    struct decoded_packet group[GROUP];
    struct member members[CREW_OBSERVERS_MOST];
    unsigned observers; /* at least one */
    unsigned threads;   /* running; 0 when the caller's thread does all */
    bool finished, merged;
    bool others_mix; /* networks, of those that were added */
    bool keep_apart;
    struct pace pace;
    int64_t rested_ns;   /* when the last batch was dealt with */
    struct ahead *ahead; /* its blocks are those of batches, which are free while the reading thread does all */
    pthread_t fetcher;   /* works for it, once it was needed */
    bool fetches;
    bool has_room_ahead; /* its blocks are free batches: from when it begins until a batch is handed over */

    struct coverage coverage[SOURCES_AT_ONCE]; /* of the sources being read */
    bool reading[SOURCES_AT_ONCE];
    struct coverage counted;             /* counters of the whole run as far as rows of coverage tell of them */
    uint64_t dropped[SOURCES_AT_ONCE];   /* of that source, as far as rows of coverage tell */
    int64_t watched_ns[SOURCES_AT_ONCE]; /* up to here they tell of it; INT64_MAX before the first */
    struct observations *kept;           /* parts of the run that were forgotten elsewhere, NULL unless they are kept */
    uint64_t kept_evicted, kept_lost;    /* of it, as far as rows of coverage tell */
    struct coverage rest; /* what the sources leave over goes into a row like that of the last that ended */
    uint64_t packets;
    uint64_t fragments_waiting; /* at the end of the run: of packets that never became whole */
    int64_t first_ns, now_ns;   /* earliest and latest packet time seen */

    _Alignas(CACHE_LINE) atomic_uint_fast64_t filled; /* batches */
    atomic_bool no_more;
    atomic_bool lets_go;          /* observers let the lines go that they read, as the pace tells */
    atomic_uint ready;            /* threads whose observer stands, or never will */
    atomic_uint_fast64_t awaited; /* number of batches that the reading thread waits for, 0: none */
    sem_t room;                   /* who reads sleeps on it, until that many are done */
};

/* crew.c: adds to this row of coverage what arose since the last one. Observers are at rest. */
void crew_cover(struct crew *crew, struct coverage *row);

/* crew_parts.c: parts of a run leave no pause between them: this one begins where the last ended. */
void crew_join_parts(struct crew *crew, uint8_t number);
/* All that was observed, in the store that keeps the parts. */
struct observations *crew_kept_store(struct crew *crew);

/* Do others observe what the reading thread reads? */
static inline bool crew_passes_on(const struct crew *crew)
{
    return crew->threads > 0 && crew->pace.hands_over;
}
/* Nothing is read ahead any more; its thread ends. */
void crew_threads_stop_ahead(struct crew *crew);
/* Starts this many threads, which make the observers that are not there yet. False with a failure. */
bool crew_threads_start(struct crew *crew, unsigned wanted, struct failure *failure);
/* Ends them, when they have done all that was handed over and concluded their flows. */
void crew_threads_stop(struct crew *crew);
/* Nothing more comes just now: whoever sleeps shall look whether there is something to do. */
void crew_threads_wake(struct crew *crew);
/* Until all that was handed over is done. */
void crew_threads_rest(struct crew *crew);
/* Sees to it that the batch, which is full, is observed, here or by the threads, and that the next may be filled. */
void crew_threads_take(struct crew *crew, const struct batch *batch);

#endif
