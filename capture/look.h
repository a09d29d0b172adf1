/* look: what a path is, before it is read: a capture, and from when, or why it is none. Reads no more than the first
 * frame. */
#ifndef CAPTURE_LOOK_H
#define CAPTURE_LOOK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum looks_like {
    LOOKS_LIKE_CAPTURE,
    LOOKS_LIKE_NO_FRAMES, /* a capture that has no whole frame (yet) */
    LOOKS_LIKE_EMPTY,     /* a file without a byte */
    LOOKS_LIKE_PIPE,      /* a pipe, terminal or device: it is read once, so nobody may look before */
    LOOKS_LIKE_FOLDER,
    LOOKS_LIKE_OTHER,      /* no capture, or of a format that is not read */
    LOOKS_LIKE_UNREADABLE, /* there is nothing, or it may not be read */
};

struct look {
    enum looks_like like;
    bool packed;
    int64_t first_ns;  /* time of the first frame of a capture */
    uint64_t bytes;    /* of the file */
    int64_t change_ns; /* when the file was last written to, by the clock of its file system */
    dev_t device;      /* with the next: which file it is, whatever its name */
    ino_t number;
};

/* `path` may be "-" for standard input. */
struct look look_at(const char *path);
/* The same without looking into a file, which is LOOKS_LIKE_OTHER then. */
struct look look_outside(const char *path);

#endif
