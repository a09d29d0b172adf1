/* pace: is it worth while to hand batches over to threads, and to have somebody read ahead? Judged by what reading and
 * observing took of the last few batches; whatever is judged, what is observed is the same.
 *
 * Handing over costs something, too: what one thread read lies in its cache. While observing a batch takes less than
 * the time that reading it did, as with bulk data or a quiet line, the reading thread does both. When that was so for
 * long, reading is what all wait for, and another thread may fetch what is read next (capture/ahead.h); it is tried
 * once, and goes on if packets take less time since. Whether they do depends on how the page cache holds the file, and
 * on which processors share a cache.
 *
 * Threads may let the lines go that they read (base/lines.h). Where processors share a cache that costs a little, and
 * where they do not it saves much; which ones do may change within a second where a host moves a virtual machine's
 * processors about. So both ways are tried again and again. */
#ifndef APP_PACE_H
#define APP_PACE_H

#include "app/crew.h"

/* Judgements on end that the reading thread does best alone, until somebody reads ahead for it: a capture of which that
 * is true only now and then is read as before. And as many until it is clear whether that saves a twentieth of the time
 * at least. */
#define PACE_LONG_ALONE 12
/* Batches by which the pace is judged. */
#define PACE_BATCHES 8

/* For so many judgements on end threads keep the lines that they read, for as many they let them go, and for many more
 * they do what took less time, by a thirtieth at least if it is to let them go. */
#define PACE_LINES_TRY  8
#define PACE_LINES_STAY 112

/* What packets take before and since something is done in another way. */
struct trial {
    int64_t before_ns, since_ns;
    uint64_t before_packets, since_packets;
};

struct pace {
    enum crew_pace how;
    bool hands_over;  /* as judged last */
    bool never_ahead; /* nobody reads ahead any more: it saves nothing, or cannot be done */
    unsigned batches;
    unsigned alone;    /* judgements on end by which the reading thread does both */
    int64_t read_ns;   /* for `batches` */
    int64_t worked_ns; /* on `observed` of them: threads may be behind */
    unsigned observed;
    uint64_t done, packets; /* at the last judgement: see below */
    struct trial ahead;
    bool lets_go;         /* threads let the lines go that they read */
    unsigned lines_tried; /* judgements on end since they were last kept for a try */
    struct trial lines;
};

/* Begins with handing over: what observers start with, they start side by side. */
void pace_begin(struct pace *pace, enum crew_pace how);
/* One more batch, and how long reading it took; observed by the same thread, in so long, or (a negative time) handed
 * over. True when it is time to judge. */
bool pace_add(struct pace *pace, int64_t read_ns, int64_t worked_ns);

/* Since the run began, but for the time. */
struct pace_threads {
    unsigned count;
    uint64_t done;     /* batches that all threads are done with */
    int64_t worked_ns; /* of all threads, since the last judgement was asked for */
    uint64_t packets;  /* read by anybody */
};
/* False when nothing can be told yet, as when the threads have only just been woken. */
bool pace_judge(struct pace *pace, const struct pace_threads *threads);

/* Shall somebody read ahead? */
static inline bool pace_reads_ahead(const struct pace *pace)
{
    return pace->alone >= PACE_LONG_ALONE && !pace->never_ahead;
}

#endif
