/* kind: what a file is by its first bytes: a capture we read, a capture of another format, or none at all. */
#ifndef CAPTURE_KIND_H
#define CAPTURE_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIND_BYTES 4 /* that tell a kind */

enum kind {
    KIND_PCAP,
    KIND_PCAPNG,
    KIND_GZIP,  /* packed: what is in it tells more */
    KIND_ZSTD,  /* likewise */
    KIND_EMPTY, /* no byte at all */
    KIND_OTHER, /* nothing we read */
};

/* By the first `length` bytes, at most KIND_BYTES of which are looked at. Of KIND_EMPTY and KIND_OTHER *why is how a
 * sentence goes on after the file's name: "is a zip archive; unpack it first". */
enum kind kind_of(const uint8_t *head, size_t length, const char **why);

#endif
