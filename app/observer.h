/* observer: frames in, observations out: the observing half as one object. All its state hangs from here, so that
 * several can run side by side and their observations be added up. */
#ifndef APP_OBSERVER_H
#define APP_OBSERVER_H

#include "capture/source.h"
#include "observations/store.h"

/* Frames taken at once. */
#define OBSERVER_BATCH 32

struct observer;

struct observer_options {
    size_t memory_bytes; /* for everything; 0: the default of 512 MiB */
    const char *sensor;  /* name of this sensor, "" for none */
    bool second_opinion; /* ask nDPI, where it was built in */
};

#define OBSERVER_MEMORY_DEFAULT ((size_t)512 << 20)

struct observer *observer_create(const struct observer_options *options, struct failure *failure);
void observer_destroy(struct observer *observer);

/* Frames that follow come from this file or interface, through this filter ("" for none). */
void observer_source(struct observer *observer, const char *name, const char *filter);
/* At most OBSERVER_BATCH frames, in order. */
void observer_take(struct observer *observer, const struct frame frames[], size_t count);
/* The source ended; `cut`: in the middle of a record; `dropped`: frames that never reached us. Writes its row of
 * coverage. */
void observer_source_ended(struct observer *observer, bool cut, uint64_t dropped);
/* No more frames: what is open is counted as what it showed so far. */
void observer_finish(struct observer *observer);

/* What was observed; belongs to the observer. */
struct observations *observer_store(struct observer *observer);
/* Frames and bytes taken so far, for progress. */
uint64_t observer_packets(const struct observer *observer);

#endif
