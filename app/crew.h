/* crew: frames in, observations out: the observing half as one object.
 *
 * One thread reads and decodes; observers (observer.h), each a thread with flows, memory and observations of its own,
 * take the packets of the pairs of hosts that fall to them. They share nothing, so there is no lock on a packet's way;
 * what they observed is added up at the end. Which observer a pair falls to changes no result, as long as memory is
 * enough; where it is not, it decides what is forgotten. */
#ifndef APP_CREW_H
#define APP_CREW_H

#include "capture/source.h"
#include "observations/store.h"

#define CREW_OBSERVERS_MOST 16

struct crew;

/* Who observes, where there are observers beside the reading thread. A result never depends on it: all but the first
 * are for tests. */
enum crew_pace {
    CREW_PACE_MEASURED,   /* they, or the reading thread: what takes less time */
    CREW_PACE_ALONE,      /* the reading thread, which is read ahead for */
    CREW_PACE_ALTERNATES, /* by turns */
};

struct crew_options {
    size_t memory_bytes; /* for everything; 0: the default of 512 MiB */
    const char *sensor;  /* name of this sensor, "" for none */
    bool second_opinion; /* ask nDPI, where it was built in */
    bool keep_apart;     /* networks: see decoder_keep_apart */
    unsigned crews;      /* so many side by side share the memory; 0: this one alone */
    bool is_other;       /* of those, not the one to which what the others observed is added */
    bool keeps_parts;    /* what crew_forget takes away is kept for crew_store */
    enum crew_pace pace;
    unsigned threads; /* observers beside the reading thread; 0: none, all is done in the caller's thread */
};

#define CREW_MEMORY_DEFAULT ((size_t)512 << 20)

/* Half as many observers as there are processors that this process may run on, at least two and at most four, as far as
 * memory is enough for them; none where there is one processor. */
unsigned crew_threads_default(size_t memory_bytes);

/* NULL with a failure. */
struct crew *crew_create(const struct crew_options *options, struct failure *failure);
void crew_destroy(struct crew *crew);
/* The same at the end of the process, but that what nDPI loaded goes with the process: to give back its thirty thousand
 * pieces of memory one by one takes as long as many a capture. Only who looks for leaks gets them back. */
void crew_leave(struct crew *crew);

/* Begins a file or interface, read through this filter ("" for none), and gives the number that its frames are to bear
 * until it ends: the lowest that is free. At most SOURCES_AT_ONCE are read at once. */
uint8_t crew_source(struct crew *crew, const char *name, const char *filter);
/* Memory for the next frames, SOURCE_BLOCK bytes; waits until an observer is done with it. */
uint8_t *crew_block(struct crew *crew);
/* Reads the next pieces of a file while this thread is busy with what it read; NULL where that would be no gain.
 * What is read ahead lies in memory of the crew's, until the frames are taken and it is asked for again. */
struct ahead *crew_ahead(struct crew *crew);
/* At most SOURCE_FRAMES_MOST frames, in order; none says that there is nothing more just now. With threads they lie in
 * the block that crew_block gave last. */
void crew_take(struct crew *crew, const struct frame frames[], size_t count);
/* The source ended; `cut`: in the middle of a record; `dropped`: frames that never reached us. Writes its row of
 * coverage. Losses that belong to no frame, as flows without room, are told in the row of the source that ends next. */
void crew_source_ended(struct crew *crew, uint8_t number, bool cut, uint64_t dropped);
/* Waits until all frames taken so far are observed. Then this process may fork: the child has a crew of its own, which
 * is to be told so before all else, since threads are not inherited. */
void crew_rest(struct crew *crew);
void crew_forked(struct crew *crew);
/* A run may be written in parts, whose rows add up to those of the whole. After crew_rest, crew_hand_on brings a part
 * together, and crew_hand_on_source the coverage of each source, of which `dropped` frames never reached us since it
 * began. crew_stores then gives the part, and crew_forget takes it away; `keeper`, this crew or another of the same
 * run, keeps it when it was made so. */
void crew_hand_on(struct crew *crew);
void crew_hand_on_source(struct crew *crew, uint8_t number, uint64_t dropped);
/* Rows of an earlier part were lost: the coverage of this one tells it. */
void crew_lost_rows(struct crew *crew, uint64_t rows);
void crew_forget(struct crew *crew, struct crew *keeper);
/* No more frames: what is open is counted as what it showed so far. */
void crew_finish(struct crew *crew);

/* Both belong to one run: it lasted from the first to the last packet of either. Before they are finished. */
void crew_share_time(struct crew *crew, struct crew *other);
/* Adds what another crew, which is finished, observed. */
void crew_add(struct crew *crew, struct crew *other);

/* What was observed, one store an observer; they belong to the crew. Before crew_finish or crew_hand_on they must not
 * be read. Of a run that was written in parts it is the last one. */
size_t crew_stores(struct crew *crew, struct observations *out[CREW_OBSERVERS_MOST]);
/* All of it in one store; of a run in parts the last one, or all that were kept. */
struct observations *crew_store(struct crew *crew);
/* More networks than can be kept apart were seen, here or by those that were added. */
bool crew_mixes_networks(const struct crew *crew);
/* Frames taken so far, for progress. */
uint64_t crew_packets(const struct crew *crew);

#endif
