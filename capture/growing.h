/* growing: a file that is still being written, and whether it goes on. Hides how it is told that its name belongs to
 * another file by now, or that the same file was emptied and written from its beginning. */
#ifndef CAPTURE_GROWING_H
#define CAPTURE_GROWING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Of what was read, so much is kept to be compared: in pcap the first frames with their times, in pcapng the interfaces
 * before them, too. */
#define GROWING_BYTES 2048

struct growing {
    const char *path; /* "-" has no name to be looked at */
    int file;
    off_t start; /* where in the file the capture begins */
    bool anew;   /* it was begun anew: what is in it now is something else */
    size_t known;
    uint8_t head[GROWING_BYTES];
};

/* The path is borrowed, the file stays the caller's. */
void growing_init(struct growing *growing, const char *path, int file, off_t start);
/* To be asked after each read; `done` bytes of the capture were read whole so far, this time included. False when what
 * was read this time is not what went on before, now and from then on. */
bool growing_goes_on(struct growing *growing, uint64_t done);
/* What became of it, when nothing more will come: "was removed", "was replaced"; else NULL. */
const char *growing_fate(const struct growing *growing, uint64_t done);

#endif
