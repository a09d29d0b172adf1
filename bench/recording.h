/* recording: a small capture held in memory to be played many times: read from a file, or made by the filler. */
#ifndef BENCH_RECORDING_H
#define BENCH_RECORDING_H

#include "base/failure.h"
#include "bench/frame.h"

struct recorded {
    int64_t at_us; /* since the recording's first packet */
    size_t start;  /* of its bytes in `bytes` */
    uint32_t captured, length;
};

struct recording {
    struct recorded *packets;
    size_t count, packets_room;
    uint8_t *bytes;
    size_t used, bytes_room;
};

/* Reads all of an Ethernet capture. False with a failure that names the file; fini is due either way. */
bool recording_read(struct recording *recording, const char *path, struct failure *failure);
/* False when there is no memory. */
bool recording_add(struct recording *recording, int64_t at_us, const uint8_t *bytes, uint32_t captured,
                   uint32_t length);
/* By time; packets of the same time stay as they were added. */
void recording_sort(struct recording *recording);
void recording_fini(struct recording *recording);

/* Conversations that fill up what our own captures lack: connections without payload (nobody answers, refused, opened
 * and closed), and long ones of a protocol that nobody knows. Half a minute of them. False when there is no memory. */
bool filler_make(struct recording *recording, uint64_t seed);

#endif
