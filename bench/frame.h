/* frame: Ethernet frames with IPv4 and TCP or UDP in them, made from nothing, and frames of a capture given new
 * addresses. Checksums are right in both, so that no reader has a reason to drop one. RFC 791, 793, 768, 1071, 1624. */
#ifndef BENCH_FRAME_H
#define BENCH_FRAME_H

#include "base/hash.h"

#include <stddef.h>
#include <stdint.h>

enum { FRAME_MOST_BYTES = 1514, FRAME_TCP_HEADERS = 54, FRAME_UDP_HEADERS = 42 };
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

struct frame {
    uint8_t bytes[FRAME_MOST_BYTES];
    uint32_t length;
};

/* One end and the other, from the packet's point of view. Addresses are IPv4 as numbers. */
struct segment {
    uint32_t source, target;
    uint16_t source_port, target_port;
    uint8_t flags;                     /* TCP only */
    uint32_t sequence, acknowledgment; /* TCP only */
    const uint8_t *payload;
    size_t length;
};

/* Short frames are padded to the 60 bytes of Ethernet's minimum. The payload must fit FRAME_MOST_BYTES. */
void frame_tcp(struct frame *frame, const struct segment *segment);
void frame_udp(struct frame *frame, const struct segment *segment);

/* Moves every IPv4 host of a captured frame (IP, quoted in ICMP, ARP) to network `site`: the second and third octet of
 * the address are changed by its number, one to one, so that all packets of a capture stay together and no two sites
 * meet. Site 0 leaves all as it was. Addresses inside of payload (DNS answers, SDP) stay as they are. */
void frame_readdress(uint8_t *bytes, size_t length, uint16_t site);

/* Numbers that look random and are the same in every run with the same seed. */
struct dice {
    uint64_t seed, thrown;
};

/* The throw of this number; for what must be the same whenever it is asked. */
static inline uint64_t dice_at(uint64_t seed, uint64_t number)
{
    const uint64_t words[2] = {seed, number};
    return hash_bytes(words, sizeof words, 0);
}

static inline uint64_t dice_throw(struct dice *dice)
{
    return dice_at(dice->seed, ++dice->thrown);
}

/* 0 to below - 1. */
static inline uint32_t dice_below(struct dice *dice, uint32_t below)
{
    return (uint32_t)((dice_throw(dice) >> 32) * below >> 32);
}

static inline void dice_fill(struct dice *dice, uint8_t *out, size_t length)
{
    size_t done = 0;
    while (done < length) {
        uint64_t word = dice_throw(dice);
        size_t part = length - done < sizeof word ? length - done : sizeof word;
        memcpy(&out[done], &word, part);
        done += part;
    }
}

#endif
