/* duplicates: the same packet captured more than once, as a mirror of several ports, VLANs or directions gives it. A
 * copy may differ from what came first in what taps, switches and routers change: MAC addresses, VLAN tag, mirror or
 * tunnel header, TTL or hop limit, and checksums where the sender numbers its packets (IPv4 identification, TCP) or
 * its card had not made them yet.
 *
 * Hides how a copy is told from a packet that was sent again; docs/decisions.md, "A copy is told from a packet sent
 * again", has the reasons. Bounded memory, no allocation, time from packets only. */
#ifndef CAPTURE_DUPLICATES_H
#define CAPTURE_DUPLICATES_H

#include "base/clock.h"
#include "capture/parcel.h"

/* A copy comes within this time of the first: a router, a firewall or the way to a remote mirror takes less, and no TCP
 * waits so short before it sends again (RFC 6298: a second; systems: 200 ms). */
#define DUPLICATES_WINDOW_NS (20 * (SECOND_NS / 1000))
/* By how much a copy may come later than sure ones did, where nothing changed on the way and nothing but its company
 * tells that it is one. */
#define DUPLICATES_CLOSE_NS (2 * (SECOND_NS / 1000))

enum duplicate {
    DUPLICATE_NO,
    DUPLICATE_COPY,
    DUPLICATE_ROUTED, /* a copy with another TTL: seen on both sides of a router */
};

struct duplicates;

/* NULL with a failure when there is no memory. `seed` is for hashes and moves no result. */
struct duplicates *duplicates_create(uint64_t seed, struct failure *failure);
void duplicates_destroy(struct duplicates *duplicates);

/* What a packet is known by. */
struct sighting {
    uint64_t identity, how;
    uint32_t place;
};

/* Of a packet decoded from `frame`. Its like are asked into the cache, so that it is cheaper to ask a little later
 * whether it is new. */
struct sighting duplicates_sight(const struct duplicates *duplicates, const struct frame *frame,
                                 const struct packet *packet);
/* The same of a plain one. */
struct sighting duplicates_sight_plain(const struct duplicates *duplicates, const struct frame *frame,
                                       const struct parcel *parcel, const struct plain *plain);
/* Was nothing like this packet given before, as of nearly all? It is kept in mind then. Packets come in the order read,
 * those of several sources that are read at once too. */
bool duplicates_is_new(struct duplicates *duplicates, const struct sighting *sighting);
/* Of one that was not new: is it a copy? If not, it is kept in mind. */
enum duplicate duplicates_judge(struct duplicates *duplicates, const struct sighting *sighting,
                                const struct packet *packet);

#endif
