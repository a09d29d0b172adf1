/* flow: what is known of one flow between two ends: at most 128 bytes, so that a scan of a million is a hundred MiB.
 *
 * Ends are kept in a canonical order and called side 0 and side 1; which of them is the client is decided by the
 * handshake, then by content, then by port, and kept with how it was decided. Fields below the line "belongs to the
 * pipeline" are only carried here: nothing in flows/ reads them. */
#ifndef FLOWS_FLOW_H
#define FLOWS_FLOW_H

#include "base/hash.h"
#include "capture/packet.h"

/* What one side of a flow has shown. */
#define SIDE_SPOKE   0x01 /* a packet */
#define SIDE_SYN     0x02 /* SYN without ACK */
#define SIDE_SYN_ACK 0x04
#define SIDE_DATA    0x08 /* payload */
#define SIDE_FIN     0x10
#define SIDE_RST     0x20
#define SIDE_ACK     0x40 /* an ACK that is no SYN */
#define SIDE_TRACKED 0x80 /* `next` is set */

#define FLOW_ENDED       0x01 /* counted in its conversation; what follows is only traffic */
#define FLOW_SETTLED     0x02 /* no dissector is called any more */
#define FLOW_MIDDLE      0x04 /* picked up without its handshake */
#define FLOW_DAMAGED     0x08 /* bytes that were needed are missing */
#define FLOW_REFUSED     0x10 /* ICMP port unreachable */
#define FLOW_PROHIBITED  0x20 /* ICMP administratively prohibited */
#define FLOW_UNREACHABLE 0x40 /* any other ICMP unreachable */
#define FLOW_ASKED       0x80 /* the second opinion has decided whether to be asked about it */

#define FLOW_MADE_ROOM  0x01 /* counted among those that memory was too short for, to be read or to be kept */
#define FLOW_FOLLOWED_0 0x02 /* `next` of side 0 is where it stands (flows/gaps.h) */
#define FLOW_FOLLOWED_1 0x04
#define FLOW_PRESUMED_0 0x08 /* what is missing of side 0 may still come, as its first payload */
#define FLOW_PRESUMED_1 0x10
#define FLOW_FAR_0      0x20 /* the last packet of side 0 was not believed, as its number was too far ahead */
#define FLOW_FAR_1      0x40

#define FLOW_NO_SLOT 0

enum flow_decided_by { FLOW_BY_PORT, FLOW_BY_CONTENT, FLOW_BY_HANDSHAKE };

struct flow_key {
    struct address address[2]; /* side 0 is the first of the two in a fixed order */
    uint16_t port[2];
    uint8_t protocol; /* IP protocol number */
    uint8_t apart;    /* number of its network, when networks are kept apart. Tunnels are no part of the key: labels,
                       * mirror sessions and VLANs differ by direction, and one direction may be in no tunnel */
};

struct flow_side {
    uint32_t next; /* TCP: where the stream begins; from the first payload on, the number after the farthest byte */
    uint32_t packets, bytes; /* since the last time they were handed on; bytes of whole IP packets */
    uint8_t seen;            /* SIDE_ bits */
    uint8_t tries;           /* payloads on which no dissector could be found */
    uint16_t ask; /* the second opinion's number, side 0: of the question for this flow; side 1: of its service */
};

struct flow {
    struct flow_key key;
    uint8_t tunnel; /* number of what its first packet was wrapped in */
    uint8_t marks;  /* FLOW_MADE_ROOM, FLOW_FOLLOWED_, FLOW_PRESUMED_ and FLOW_FAR_ */
    struct flow_side side[2];
    int64_t first_ns, last_ns;
    uint64_t frame;        /* of the first packet */
    uint32_t syn_sequence; /* of the SYN that began it */
    uint8_t client;        /* side 0 or 1 */
    uint8_t decided_by;    /* enum flow_decided_by */
    uint8_t flags;         /* FLOW_ bits */
    uint8_t syns;          /* SYNs without ACK seen, up to 255 */
    /* belongs to the pipeline */
    uint32_t slot;          /* FLOW_NO_SLOT, or of its dissecting state */
    uint32_t pair;          /* number in the store, 0 when not asked for yet */
    uint32_t source;        /* name of file or interface of the first packet */
    uint32_t slice;         /* minute in which the counts above arose */
    uint8_t dissector;      /* 0 none, else 1 + place in the registry */
    uint8_t authentication; /* enum authentication */
    uint8_t encryption;     /* enum encryption */
    uint8_t outcome;        /* enum outcome */
    uint32_t protection;    /* name: TLS version */
};

/* Which side of its flow sent this packet. */
static inline unsigned flow_from(const struct endpoints *ends)
{
    /* Any order will do as long as it is one. IPv4 and hosts of one IPv6 network mostly differ in the second words. */
    uint64_t source = hash_word_at(ends->source.octets + 8), target = hash_word_at(ends->target.octets + 8);
    if (source == target) {
        source = hash_word_at(ends->source.octets);
        target = hash_word_at(ends->target.octets);
    }
    return source < target || (source == target && ends->source_port <= ends->target_port) ? 0 : 1;
}
/* The same, and the key of its flow. Other than TCP and UDP have no ports. */
unsigned flow_key_of(const struct endpoints *ends, struct flow_key *key);
/* One hash for both directions of a flow. */
static inline uint64_t flow_hash(const struct endpoints *ends, uint64_t seed)
{
    uint64_t both = hash_octets16(ends->source.octets, ends->source_port, seed) +
                    hash_octets16(ends->target.octets, ends->target_port, seed);
    return hash_mix(both ^ ((uint64_t)ends->protocol << 8 | ends->apart), seed ^ UINT64_C(0xe7037ed1a0b428db));
}
/* One hash for all that two hosts say to each other. */
static inline uint64_t flow_pair_hash(const struct endpoints *ends, uint64_t seed)
{
    return hash_octets16(ends->source.octets, 0, seed) + hash_octets16(ends->target.octets, 0, seed);
}
/* One of so many places for all of that, the same in every run, since it decides what is forgotten where room is short.
 * Places that are a multiple of fewer ones are parts of these. */
static inline uint32_t flow_pair_place(const struct endpoints *ends, uint32_t places)
{
    /* Without a secret seed, sums of neighbouring addresses still lie near each other. */
    uint64_t hash = hash_mix(flow_pair_hash(ends, 0), UINT64_C(0x9e3779b97f4a7c15));
    return (uint32_t)((hash >> 32) * places >> 32);
}
/* Is it the key of what this side sent? */
static inline bool flow_key_is(const struct flow_key *key, const struct endpoints *ends, unsigned from)
{
    /* Without branches between most of them: nearly always all are equal. */
    int differs = (key->port[from] ^ ends->source_port) | (key->port[1 - from] ^ ends->target_port) |
                  (key->protocol ^ ends->protocol) | (key->apart ^ ends->apart);
    return differs == 0 && address_equal(&key->address[from], &ends->source) &&
           address_equal(&key->address[1 - from], &ends->target);
}

/* A new flow's first packet: guesses the client (SYN, SYN-ACK, a reply of ICMP, else the side with the higher port,
 * else the sender). */
void flow_begin(struct flow *flow, const struct packet *packet, unsigned from);

/* Would this packet begin another flow between the same ends: a SYN of a new sequence number? */
bool flow_is_anew(const struct flow *flow, const struct packet *packet, unsigned from);

/* Counts a packet and notes its TCP flags. True when the flow is over with it: closed by both sides, or reset before
 * any data; not for what comes after that, unless it closes or resets once more. A reset after data is over only when
 * silence follows: resets are forged, and some stacks talk on after one.
 */
bool flow_count(struct flow *flow, const struct packet *packet, unsigned from);
bool flow_is_reset(const struct flow *flow);

/* Content says that `side` is the client; a handshake is not contradicted. */
void flow_client_by_content(struct flow *flow, unsigned side);

#endif
