/* source: where frames come from: a pcap or pcapng file, a pipe, standard input or a network interface. pcap is
 * opened by libpcap, pcapng by our own block reader (pcapng.h). Frames come in order, in batches, and lie in memory
 * that the caller gives, so that several batches can be worked on at once. */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include "capture/decode.h"
#include "capture/device.h"

struct ahead;
struct source;

enum source_state {
    SOURCE_MORE, /* there may be more */
    SOURCE_END,  /* the file ended where a record ends */
    SOURCE_CUT,  /* the file ended in the middle of a record: all before it was read; source_cut_text says where */
};

/* `path` is a file, or "-" for standard input. `filter` is a BPF expression or NULL. NULL with a failure that names the
 * file (and for a filter what is wrong in it). An empty file and a file that is no capture are failures. */
struct source *source_open(const char *path, const char *filter, struct failure *failure);
/* A network interface (capture/device.h). It has no end; a read without frames is one for which none is there yet, and
 * never waits. SOURCE_CUT is when it can be read no more. */
struct source *source_open_device(const char *name, const struct device_options *options, const char *filter,
                                  struct failure *failure);
/* What libpcap reads the interface with, for capture/devices.c alone. */
pcap_t *source_device(struct source *source);
/* A file that is still being written. It has no end before source_grown: a read that meets it, also in the middle of a
 * record, gives SOURCE_MORE and what frames there are, perhaps none; a later one goes on there. The path is borrowed.
 */
struct source *source_open_growing(const char *path, const char *filter, struct failure *failure);
/* It grows no more: where it ends now is its end. */
void source_grown(struct source *source);
/* What became of a file that grows, when nothing more will come of it: "was removed", "was begun anew"; else NULL. What
 * another file has in its place is never given. */
const char *source_fate(const struct source *source);
void source_close(struct source *source);

/* The memory of one batch, and the most frames of one. */
#define SOURCE_BLOCK       ((size_t)512 << 10)
#define SOURCE_FRAMES_MOST 1024

/* Reads up to `most` frames (at least one, while there is one) into `out` and sets `*count`. They lie in `block`, of
 * SOURCE_BLOCK bytes, until it is given once more. Frames that the filter rejects are passed over; they count in
 * `number`, so that numbers are those of Wireshark. The frames of the last batch come together with SOURCE_END or
 * SOURCE_CUT, or before it with SOURCE_MORE. */
enum source_state source_read(struct source *source, uint8_t *block, struct frame out[], size_t most, size_t *count);
/* A plain file that does not grow is read through `ahead` from now on (capture/ahead.h); NULL: no more. */
void source_read_ahead(struct source *source, struct ahead *ahead);
/* What was read ahead of the frames handed out is kept in `block` from now on, until the next read. */
void source_move(struct source *source, uint8_t *block);
/* After SOURCE_CUT: one line for a warning, such as "cut off in the middle of frame 18". */
const char *source_cut_text(const struct source *source);
/* Packets that did not get into a file, where it tells (pcapng); of an interface devices.h knows. */
uint64_t source_dropped(const struct source *source);

/* Bytes of the file read so far, for progress. */
uint64_t source_bytes_done(const struct source *source);

#endif
