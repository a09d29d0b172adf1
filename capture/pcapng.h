/* pcapng: a block reader of our own, since libpcap refuses interfaces of different link types or snaplens and passes
 * over statistics. Hides blocks, options, byte orders and time units. */
#ifndef CAPTURE_PCAPNG_H
#define CAPTURE_PCAPNG_H

#include "capture/decode.h"

#include <stdio.h>

struct pcapng;

enum pcapng_state {
    PCAPNG_FRAME, /* *out is filled; its bytes live until the next call */
    PCAPNG_WAIT,  /* of a file that grows: the next block is not there, or not whole */
    PCAPNG_END,   /* the file ended where a block ends */
    PCAPNG_CUT,   /* it ended inside a block, or a block lies: pcapng_cut_text */
};

/* `stream` stands at the start of a section and is borrowed until pcapng_destroy. Reads up to the first interface.
 * NULL with a failure (that does not name the file) when this is no pcapng. */
struct pcapng *pcapng_create(FILE *stream, struct failure *failure);
void pcapng_destroy(struct pcapng *pcapng);

/* Link type (DLT_) of the first interface; -1 when the file has none. */
int pcapng_link_type(const struct pcapng *pcapng);

/* The file is still being written, or no more: where it ends, also in the middle of a block, there may be more later.
 */
void pcapng_grows(struct pcapng *pcapng, bool grows);
/* The next frame, numbered from 1. */
enum pcapng_state pcapng_next(struct pcapng *pcapng, struct frame *out);
const char *pcapng_cut_text(const struct pcapng *pcapng);
/* Packets that did not get into the file, as far as was read that whoever wrote it says so. */
uint64_t pcapng_dropped(const struct pcapng *pcapng);
uint64_t pcapng_bytes_done(const struct pcapng *pcapng);

#endif
