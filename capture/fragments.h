/* fragments: puts IP datagrams together from their fragments, in a pool of fixed size that never asks for memory
 * again. Hides the pool, its timeout (30 s of packet time) and who goes when it is full: the oldest.
 *
 * Overlaps that agree are fine; one that disagrees kills the datagram, since nobody can say what the receiver made of
 * it (RFC 5722). A copy of a fragment of a datagram made whole a moment before (a mirror port that shows every packet
 * twice) is dropped without a word. */
#ifndef CAPTURE_FRAGMENTS_H
#define CAPTURE_FRAGMENTS_H

#include "base/address.h"
#include "base/bytes.h"
#include "base/failure.h"

struct fragments;

struct fragment {
    int64_t time_ns;
    struct address source, target;
    uint32_t id;
    uint8_t protocol; /* what follows the IP header, or the IPv6 fragment header */
    uint8_t tunnel;
    bool more;
    uint32_t offset;       /* bytes */
    uint32_t header_bytes; /* of the IP packet before the data, as if it were not fragmented */
    struct bytes data;     /* as far as captured */
    uint32_t sent;         /* its length as sent */
};

/* A datagram made whole; `data` lives until fragments_release. */
struct datagram {
    uint8_t protocol;
    uint32_t header_bytes;
    struct bytes data; /* up to the first byte that was not captured */
    uint32_t sent;
};

/* `bytes` is rounded to whole slots of a little more than 64 KiB, one datagram each, at least one. */
struct fragments *fragments_create(size_t bytes, struct failure *failure);
void fragments_destroy(struct fragments *fragments);

/* True when this fragment made its datagram whole. */
bool fragments_add(struct fragments *fragments, const struct fragment *fragment, struct datagram *whole);
/* Gives back the slots of all datagrams made whole so far. */
void fragments_release(struct fragments *fragments);

/* Fragments given up so far, and fragments of datagrams still waiting for the rest. */
uint64_t fragments_lost(const struct fragments *fragments);
uint64_t fragments_waiting(const struct fragments *fragments);
/* Fragments that were there before, and agreed with what was. */
uint64_t fragments_copies(const struct fragments *fragments);

#endif
