/* duplicates: packets seen lately stand in small sets, each one cache line, newest first. A set is chosen, and a packet
 * known, by a hash of what nobody changes on the way. Of every packet that is no copy this costs the hash, four
 * comparisons and moving a line; all thinking is done for those few that are equal to one before.
 *
 * Rules: RFC 791 and 6864 (IPv4 identification; 0 on packets that must not be fragmented says nothing), RFC 8200 (IPv6
 * has none), RFC 9293 (sequence numbers), RFC 3550 section 5.1 (RTP numbers its packets). */
#include "capture/duplicates.h"

#include "base/hash.h"
#include "capture/link.h"

#include <stdlib.h>

#define SETS_BITS   11 /* with WAYS: the last 8,192 packets, or nearly */
#define WAYS        4u
#define PROOFS_BITS 8

/* A capture is mirrored twice as a whole while every fourth packet or more is a sure copy: each adds, each packet takes
 * away one, and what was gained is kept for some time. */
#define RUN_COPY   4u
#define RUN_PROVES 16u
#define RUN_MOST   64u
/* So many copies in turn of different packets with one identification: their sender does not number its packets. */
#define CONSTANT_PROVES 2

#define UDP_HEADER 8u
#define NO_ID      0x10000u

#define HOT static inline __attribute__((always_inline))

#define SPREAD UINT64_C(0x9e3779b97f4a7c15) /* odd, with bits all over */

/* How a packet was seen, in one word, so that it is written at once: from above its time in ticks modulo 2^32 (an
 * hour), a hash of the frame it came in (16 bits), its TTL (8 bits), and how many were seen of it, the first included
 * (8 bits; 0: nothing is here). */
#define TICK_SHIFT  10 /* a tick is 2^10 nanoseconds */
#define MOST_TICKS  (DUPLICATES_WINDOW_NS >> TICK_SHIFT)
#define CLOSE_TICKS (DUPLICATES_CLOSE_NS >> TICK_SHIFT)
#define TICKS(how)  ((uint32_t)((how) >> 32))
#define LINK(how)   ((uint16_t)((how) >> 16))
#define TTL(how)    ((uint8_t)((how) >> 8))
#define COPIES(how) ((uint8_t)(how))

/* Newest first. */
struct set {
    uint64_t identity[WAYS];
    uint64_t how[WAYS];
};
_Static_assert(sizeof(struct set) == 64, "a set is a cache line");

/* What copies between two hosts have shown. */
struct proof {
    uint64_t pair, identity; /* of the last sure copy */
    uint16_t id;
    uint16_t ticks;    /* by which the last of the copies of one packet came after the first */
    uint8_t copies;    /* of one packet, the first included, in the same frames; 0 and 1: none known */
    uint8_t same_ids;  /* different packets in turn, with the same identification */
    bool ids_constant; /* so identifications tell nothing here */
};
_Static_assert(MOST_TICKS <= UINT16_MAX, "fits a proof");

struct duplicates {
    _Alignas(64) struct set sets[1u << SETS_BITS];
    struct proof proofs[1u << PROOFS_BITS];
    uint64_t seed;
    uint64_t taken;        /* packets, copies included */
    uint64_t run_until;    /* `taken` at the last sure copy */
    unsigned run;          /* then */
    uint8_t copies_lately; /* of one packet, in that run */
    uint16_t ticks_lately; /* as in a proof, of the last sure copies */
};

/* ---- what a packet is ------------------------------------------------------------------------------------------- */

static inline uint64_t word_of(const void *start)
{
    uint64_t word;
    memcpy(&word, start, sizeof word);
    return word;
}

static inline uint64_t address_word(const struct address *address)
{
    return word_of(address->octets + 8) + word_of(address->octets) * SPREAD;
}

/* Field by field: what was just written in smaller parts cannot be read at once before it is in the cache, and the
 * cache line may still have to come from an observer. */
static inline uint64_t ports_word(const struct endpoints *ends)
{
    return (uint64_t)ends->source_port << 16 | ends->target_port | (uint64_t)ends->protocol << 32 |
           (uint64_t)ends->apart << 48;
}

/* The beginning of its payload, but not of TCP: what has one sequence number is one payload, and of a copy that was cut
 * off behind the headers nothing of it may be left. What is too short to fill a word is told apart by its number or
 * checksum alone; of ICMP, which no card makes checksums for, the checksum stands for all it says. */
static inline uint64_t payload_word(uint8_t protocol, struct bytes payload, uint16_t checksum)
{
    if (protocol == IP_TCP)
        return 0;
    struct bytes word = bytes_take(&payload, 8);
    if (word.left == 8)
        return word_of(word.at) * SPREAD;
    return protocol == IP_ICMP || protocol == IP_ICMPV6 ? checksum * SPREAD : 0;
}

/* ---- the checksum of a datagram that has none yet ---------------------------------------------------------------- */

/* Words in the order of bytes of the processor, which a sum of this kind survives; carries are added (RFC 1071). */
static inline uint64_t sum_add(uint64_t sum, uint64_t word)
{
    sum += word;
    return sum + (sum < word);
}

/* What a datagram's checksum covers before the datagram (RFC 768; RFC 8200 section 8.1). The mapped form of an IPv4
 * address adds 0xffff, which is nothing. */
static inline uint64_t sum_pseudo(const struct endpoints *ends, uint32_t length)
{
    uint64_t sum = sum_add(word_of(ends->source.octets), word_of(ends->source.octets + 8));
    sum = sum_add(sum_add(sum, word_of(ends->target.octets)), word_of(ends->target.octets + 8));
    return sum_add(sum, (uint64_t)htobe32(length) + htobe16(IP_UDP));
}

/* As a card makes it; never 0, which says that there is none. Without carries there is one number for each 16 bits, but
 * 0 and 0xffff, so what is left of a division by the latter is the sum folded. */
HOT uint16_t checksum_make(const struct endpoints *ends, struct bytes payload, uint32_t length)
{
    uint64_t sum = sum_pseudo(ends, length), last = 0;
    sum = sum_add(sum, (uint64_t)htobe16(ends->source_port) + htobe16(ends->target_port) + htobe32(length));
    while (payload.left >= sizeof last)
        sum = sum_add(sum, word_of(bytes_take(&payload, sizeof last).at));
    memcpy(&last, payload.at, payload.left);
    return be16toh((uint16_t) ~(sum_add(sum, last) % UINT16_MAX));
}

/* Its identification. Where it has none the checksum, which covers all that was sent, stands in for it; but not of TCP,
 * which has numbers of its own. A sender leaves checksums to its card: what is captured before the card has the sum of
 * the pseudo-header in their place, or 0 as where none is sent at all. There it is made, unless what it covers was
 * cut. */
HOT uint32_t tag_of(const struct endpoints *ends, uint16_t ip_id, struct bytes payload, uint32_t payload_sent,
                    uint16_t checksum)
{
    if (ip_id != 0)
        return ip_id;
    if (ends->protocol == IP_TCP)
        return NO_ID;
    if (ends->protocol != IP_UDP || payload.left < payload_sent)
        return NO_ID | checksum;
    uint32_t length = payload_sent + UDP_HEADER;
    bool made = checksum != 0 && sum_add(sum_pseudo(ends, length), (uint16_t)~htobe16(checksum)) % UINT16_MAX != 0;
    return NO_ID | (__builtin_expect(made, true) ? checksum : checksum_make(ends, payload, length));
}

/* What the frame was like around the packet, where `how` has it. Only of Ethernet is known that nothing there changes
 * by itself. */
static inline uint64_t link_of(const struct frame *frame, uint8_t tunnel)
{
    struct bytes in = bytes_of(frame->start, frame->captured), head = bytes_take(&in, 16);
    uint64_t link = tunnel;
    if (head.left == 16 && link_is_ethernet(frame->link_type))
        link += word_of(head.at) * SPREAD ^ word_of(head.at + 8);
    return link * SPREAD >> 32 & UINT64_C(0xffff0000);
}

/* ---- is it a copy? ---------------------------------------------------------------------------------------------- */

static struct proof *proof_of(struct duplicates *d, const struct endpoints *ends)
{
    uint64_t hosts = address_word(&ends->source) + address_word(&ends->target) + ends->apart;
    uint64_t pair = hash_mix(hosts, d->seed | 1);
    struct proof *proof = &d->proofs[hosts * SPREAD >> (64 - PROOFS_BITS)];
    if (proof->pair != pair)
        *proof = (struct proof){.pair = pair};
    return proof;
}

static unsigned run_now(const struct duplicates *d)
{
    uint64_t since = d->taken - d->run_until;
    return since < d->run ? d->run - (unsigned)since : 0;
}

static void run_on(struct duplicates *d, uint8_t copies)
{
    unsigned run = run_now(d);
    if (run == 0)
        d->copies_lately = 0, d->ticks_lately = 0;
    if (copies > d->copies_lately)
        d->copies_lately = copies;
    d->run = run + RUN_COPY < RUN_MOST ? run + RUN_COPY : RUN_MOST;
    d->run_until = d->taken;
}

/* A sender that numbers its packets never gives two the number in so short a time; one that gives all of them the same
 * number is found out when different packets of it are repeated in turn. */
static bool id_tells(struct proof *proof, const struct packet *packet, uint64_t identity)
{
    if (packet->ip_id == 0 || proof->ids_constant)
        return false;
    if (proof->identity != identity) {
        proof->same_ids = packet->ip_id == proof->id ? proof->same_ids + 1 : 0;
        proof->id = packet->ip_id;
        proof->identity = identity;
    }
    if (proof->same_ids < CONSTANT_PROVES)
        return true;
    proof->ids_constant = true;
    proof->copies = 0;
    proof->ticks = 0;
    return false;
}

/* RTP by its looks: version 2, none of RTCP's types, a source. Its number is among what was compared, and it sends
 * nothing twice. Below 1024 no media are sent, and a number of DNS may look so, too. */
static bool rtp_tells(const struct packet *packet)
{
    struct bytes head = packet->payload;
    uint16_t first = bytes_be16(&head);
    bytes_skip(&head, 6); /* number, time */
    uint32_t source = bytes_be32(&head);
    return packet->ends.protocol == IP_UDP && packet->ends.source_port >= 1024 && packet->ends.target_port >= 1024 &&
           bytes_ok(&head) && first >> 14 == 2 && (first & 0x60) != 0x40 && source != 0;
}

/* In the same kind of frame, with the same TTL: a copy, or the same thing sent again? `copies` with this one. What
 * nothing of its own tells is a copy in the company of sure ones: no more of a packet than there were of theirs, and
 * not much later than their last came. */
static bool same_is_copy(struct duplicates *d, const struct packet *packet, uint64_t identity, uint32_t ticks,
                         uint8_t copies)
{
    struct proof *proof = proof_of(d, &packet->ends);
    bool tells = (packet->tcp_flags & TCP_SYN) != 0 || id_tells(proof, packet, identity) || rtp_tells(packet);
    bool run = run_now(d) >= RUN_PROVES;
    uint8_t known = run && d->copies_lately > proof->copies ? d->copies_lately : proof->copies;
    uint16_t late = run && d->ticks_lately > proof->ticks ? d->ticks_lately : proof->ticks;
    if (!tells && (copies > known || ticks > late + CLOSE_TICKS))
        return false;
    run_on(d, copies);
    if (tells && copies >= proof->copies) {
        proof->copies = copies;
        proof->ticks = (uint16_t)ticks;
    }
    if (tells && copies >= d->copies_lately)
        d->ticks_lately = (uint16_t)ticks;
    return true;
}

static uint32_t ticks_between(uint32_t a, uint32_t b)
{
    uint32_t forth = b - a, back = a - b;
    return forth < back ? forth : back;
}

static enum duplicate compare(struct duplicates *d, uint64_t *seen, uint64_t how, uint64_t identity,
                              const struct packet *packet)
{
    uint32_t ticks = ticks_between(TICKS(*seen), TICKS(how));
    if (COPIES(*seen) == 0 || ticks > MOST_TICKS)
        return DUPLICATE_NO;
    if (TTL(*seen) != TTL(how))
        return DUPLICATE_ROUTED;
    if (LINK(*seen) != LINK(how))
        return DUPLICATE_COPY;
    uint8_t copies = COPIES(*seen) < UINT8_MAX ? (uint8_t)(COPIES(*seen) + 1) : UINT8_MAX;
    if (!same_is_copy(d, packet, identity, ticks, copies))
        return DUPLICATE_NO;
    *seen += copies - COPIES(*seen);
    return DUPLICATE_COPY;
}

/* One by one: of a loop gcc makes two calls. */
static inline void keep(struct set *set, uint64_t identity, uint64_t how)
{
    _Static_assert(WAYS == 4, "each is named here");
    set->identity[3] = set->identity[2];
    set->identity[2] = set->identity[1];
    set->identity[1] = set->identity[0];
    set->identity[0] = identity;
    set->how[3] = set->how[2];
    set->how[2] = set->how[1];
    set->how[1] = set->how[0];
    set->how[0] = how;
}

static inline uint64_t how_of(int64_t time_ns, uint64_t link, uint8_t ttl)
{
    return (uint64_t)time_ns >> TICK_SHIFT << 32 | link | (uint64_t)ttl << 8 | 1;
}

/* Nobody can write packets that are taken for those of other hosts, since the seed is unknown. */
static inline uint64_t between_word(const struct duplicates *d, const struct endpoints *ends, uint64_t ports)
{
    return hash_mix(address_word(&ends->source) ^ d->seed, address_word(&ends->target) + ports);
}

/* What a packet is known by, before it is made into hashes. */
struct marks {
    uint64_t between; /* between_word() */
    uint64_t ports;   /* ports_word() */
    uint64_t how;     /* how_of() */
    uint64_t numbers; /* the sequence number above, what is acknowledged below */
    uint64_t payload; /* payload_word() */
    uint32_t tag;     /* tag_of() */
    uint32_t ip_bytes;
    uint8_t tcp_flags;
};

/* The place does without the seed, because it decides which packets are forgotten when a set is full, and that must be
 * the same in every run. */
static inline struct sighting sight(const struct duplicates *d, const struct marks *marks)
{
    uint64_t said = ((uint64_t)marks->tag << 41 | (uint64_t)marks->ip_bytes << 8 | marks->tcp_flags) + marks->payload;
    uint64_t place = ((said << 32 | said >> 32) + marks->ports + marks->numbers) * SPREAD >> (64 - SETS_BITS);
    __builtin_prefetch(&d->sets[place], 1);
    return (struct sighting){.identity = hash_mix(marks->between ^ marks->numbers, said ^ SPREAD),
                             .how = marks->how,
                             .place = (uint32_t)place};
}

struct sighting duplicates_sight(const struct duplicates *d, const struct frame *frame, const struct packet *packet)
{
    const struct endpoints *ends = &packet->ends;
    uint64_t ports = ports_word(ends);
    const struct marks marks = {
        .between = between_word(d, ends, ports),
        .ports = ports,
        .how = how_of(packet->time_ns, link_of(frame, ends->tunnel), packet->ttl),
        .numbers = (uint64_t)packet->sequence << 32 | packet->acknowledged,
        .payload = payload_word(ends->protocol, packet->payload, packet->checksum),
        .tag = tag_of(ends, packet->ip_id, packet->payload, packet->payload_sent, packet->checksum),
        .ip_bytes = packet->ip_bytes,
        .tcp_flags = packet->tcp_flags,
    };
    return sight(d, &marks);
}

/* Of a plain datagram without identification. */
static __attribute__((noinline)) uint32_t tag_of_datagram(const struct parcel *parcel, const struct plain *plain)
{
    struct endpoints ends;
    parcel_ends(parcel, &ends);
    return tag_of(&ends, 0, bytes_of(parcel->at, parcel->payload_left), parcel->payload_sent, plain->checksum);
}

struct sighting duplicates_sight_plain(const struct duplicates *d, const struct frame *frame,
                                       const struct parcel *parcel, const struct plain *plain)
{
    struct bytes payload = bytes_of(parcel->at, parcel->payload_left);
    struct endpoints ends;
    parcel_ends(parcel, &ends);
    uint64_t ports = parcel->ports | (uint64_t)parcel->protocol << 32;
    const struct marks marks = {
        .between = between_word(d, &ends, ports),
        .ports = ports,
        .how = how_of(parcel->time_ns, link_of(frame, 0), parcel->ttl),
        .numbers = parcel->numbers,
        .payload = payload_word(parcel->protocol, payload, plain->checksum),
        .tag = plain->ip_id != 0            ? plain->ip_id
               : parcel->protocol == IP_TCP ? NO_ID
                                            : tag_of_datagram(parcel, plain),
        .ip_bytes = parcel->ip_bytes,
        .tcp_flags = parcel->tcp_flags,
    };
    return sight(d, &marks);
}

bool duplicates_is_new(struct duplicates *d, const struct sighting *sighting)
{
    struct set *set = &d->sets[sighting->place];
    uint64_t identity = sighting->identity;
    d->taken++;
    if (__builtin_expect(set->identity[0] == identity || set->identity[1] == identity || set->identity[2] == identity ||
                             set->identity[3] == identity,
                         false))
        return false;
    keep(set, identity, sighting->how);
    return true;
}

/* At least one in the set is equal. */
enum duplicate duplicates_judge(struct duplicates *d, const struct sighting *sighting, const struct packet *packet)
{
    struct set *set = &d->sets[sighting->place];
    enum duplicate said = DUPLICATE_NO;
    for (unsigned way = 0; way < WAYS && said == DUPLICATE_NO; way++)
        if (set->identity[way] == sighting->identity)
            said = compare(d, &set->how[way], sighting->how, sighting->identity, packet);
    if (said == DUPLICATE_NO)
        keep(set, sighting->identity, sighting->how);
    return said;
}

/* ---- beginning and end ------------------------------------------------------------------------------------------ */

struct duplicates *duplicates_create(uint64_t seed, struct failure *failure)
{
    struct duplicates *d = aligned_alloc(_Alignof(struct duplicates), sizeof *d);
    if (d == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    memset(d, 0, sizeof *d);
    d->seed = seed;
    return d;
}

void duplicates_destroy(struct duplicates *d)
{
    free(d);
}
