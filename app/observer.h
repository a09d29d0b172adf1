/* observer: packets of some pairs of hosts in, observations out. All its state hangs from here and none of it is
 * shared, so that several run side by side (crew.h) and their observations are added up. */
#ifndef APP_OBSERVER_H
#define APP_OBSERVER_H

#include "capture/parcel.h"
#include "observations/store.h"

#include <stddef.h>

/* Packets whose flows are asked into the cache together, and that are put in order. */
#define OBSERVER_BATCH 64

struct adviser;
struct observer;

struct observer_options {
    size_t memory_bytes;
    size_t store_bytes;            /* of them for the store */
    const char *sensor;            /* name of this sensor, "" for none */
    struct adviser *adviser;       /* nDPI; NULL: is not asked */
    const struct decoder *decoder; /* knows the names of tunnels */
};

/* What it could not keep or read, so far. */
struct observer_losses {
    uint64_t missing_bytes, evicted_flows, evicted_conversations, lost_facts, unasked_flows;
};

struct observer *observer_create(const struct observer_options *options, struct failure *failure);
void observer_destroy(struct observer *observer);

/* Packets that follow and bear this number come from this file or interface. */
void observer_source(struct observer *observer, uint8_t number, const char *name);
/* Packets, in order: parcels[which[i]] for i below `count`. Their payloads are `lent` when another thread wrote them
 * and will write there again, and the lines that were read had better be let go (base/lines.h, app/pace.h). */
void observer_take(struct observer *observer, const struct parcel parcels[], const uint16_t which[], size_t count,
                   bool lent);
/* The run goes on, and its rows so far will be read: what is known of flows by `now_ns`, and will not change any more,
 * goes into the store. That is traffic, and flows that are over by silence. */
void observer_hand_on(struct observer *observer, int64_t now_ns);
/* All rows were written and forgotten: goes on with a store made anew by the same options, without the names and pairs
 * of what is over. The one before, which is the caller's now; NULL when there is no memory, and all stays as it is. */
struct observations *observer_renew(struct observer *observer, const struct observer_options *options);
/* No more packets: what is open at `now_ns` is counted as what it showed so far, and memory for flows is given back.
 * The packets of all observers began at `first_ns`. */
void observer_finish(struct observer *observer, int64_t first_ns, int64_t now_ns);

struct observations *observer_store(struct observer *observer);
struct observer_losses observer_losses(const struct observer *observer);

#endif
