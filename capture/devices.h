/* devices: one or several network interfaces read as one: their frames come in order of time, each with the number of
 * its interface, from 0 in the order of the names.
 *
 * The kernel hands packets over in blocks, of each interface when it pleases. What comes from one is therefore held
 * back until every other has something later to say, or until nothing earlier can come any more. What waits stays in
 * the kernel's ring; a frame is copied once. An interface alone is read as it comes. */
#ifndef CAPTURE_DEVICES_H
#define CAPTURE_DEVICES_H

#include "capture/source.h"

struct devices;

/* Opens all of them; `filter` is a BPF expression or NULL. NULL with a failure that names every interface that could
 * not be opened. The names are borrowed as long as the devices live. */
struct devices *devices_open(const char *const names[], size_t count, const struct device_options *options,
                             const char *filter, struct failure *failure);
void devices_close(struct devices *devices);
/* Divides the packets of the interfaces among `count` (2 or more) that were opened alike: each gets those of some pairs
 * of hosts (capture/fanout.h), from now on. False with a failure. */
bool devices_share(struct devices *const all[], size_t count, struct failure *failure);

/* Reads up to `most` frames that are there, into `out` and `block` as source_read does, and sets `*count`; never waits.
 * False when no interface is left to read. */
bool devices_read(struct devices *devices, uint8_t *block, struct frame out[], size_t most, size_t *count);
/* Waits until there may be more to read, a tenth of a second at most. */
void devices_wait(const struct devices *devices);

/* What is known of an interface. */
struct device_state {
    const char *name;
    uint64_t dropped; /* by the kernel, because nobody fetched them in time */
    uint64_t missed;  /* by the interface */
    bool down;
    bool gone;       /* cannot be read any more */
    const char *why; /* it is gone */
};

size_t devices_count(const struct devices *devices);
/* As of the last devices_look. */
const struct device_state *devices_state(const struct devices *devices, size_t i);
/* Asks kernel and interfaces how they are. */
void devices_look(struct devices *devices);

#endif
