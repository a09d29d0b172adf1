/* small: the worst case for a flow table: every packet belongs to a flow picked at random, and is so short that its
 * bytes cost nothing. 56 % of the flows are UDP, a quarter of these DNS with sound messages; all other payload is
 * random. TCP flows are seen from their middle on, with sequence numbers that fit. */
#include "bench/frame.h"
#include "bench/kinds.h"

#include <stdlib.h>

enum { FLOWS = 1000000, PACKETS = 10000000, LEAST_BYTES = 64, MORE_BYTES = 37, DNS_HEADER = 12 };
enum { DNS_LEAST_BYTES = DNS_HEADER + 2 + 13 }; /* a label of one letter, and the tail below */

struct flow {
    uint32_t sequence[2]; /* of the client, of the server */
};

/* Question or answer (NXDOMAIN) of exactly `length` bytes for one name of one label below `.example` (RFC 1035). */
static void make_dns(uint8_t *out, size_t length, uint16_t id, bool answer)
{
    static const uint8_t tail[] = {7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 1, 0, 1};
    size_t label = length - DNS_HEADER - 1 - sizeof tail;
    memset(out, 0, DNS_HEADER);
    out[0] = (uint8_t)(id >> 8);
    out[1] = (uint8_t)id;
    out[2] = answer ? 0x81 : 1;
    out[3] = answer ? 0x83 : 0;
    out[5] = 1;
    out[DNS_HEADER] = (uint8_t)label;
    memset(&out[DNS_HEADER + 1], 'a' + id % 26, label);
    memcpy(&out[DNS_HEADER + 1 + label], tail, sizeof tail);
}

/* Everything about a flow follows from its number, so that only its sequence numbers must be kept. */
static void make_packet(struct frame *frame, struct flow *flow, uint32_t number, struct dice *dice)
{
    uint64_t nature = dice_at(~dice->seed, number);
    bool udp = nature % 100 < 56, dns = udp && (nature >> 8) % 4 == 0;
    uint64_t luck = dice_throw(dice);
    bool answer = (luck & 1) != 0;
    /* the shorter of two throws: 76 bytes on average */
    uint32_t a = (uint32_t)(luck >> 8 & 0xffff) % MORE_BYTES, b = (uint32_t)(luck >> 24 & 0xffff) % MORE_BYTES;
    uint32_t bytes = LEAST_BYTES + (a < b ? a : b);
    if (dns && bytes < FRAME_UDP_HEADERS + DNS_LEAST_BYTES)
        bytes = FRAME_UDP_HEADERS + DNS_LEAST_BYTES;
    uint8_t payload[LEAST_BYTES + MORE_BYTES];
    size_t length = bytes - (udp ? FRAME_UDP_HEADERS : FRAME_TCP_HEADERS);
    if (dns)
        make_dns(payload, length, (uint16_t)(number * 7), answer);
    else
        dice_fill(dice, payload, length);
    uint32_t client = UINT32_C(0x0a000000) + number, server = UINT32_C(0xac100000) + (uint32_t)(nature >> 16 & 0xfffff);
    uint16_t client_port = (uint16_t)(32768 + (nature >> 36 & 0x3fff));
    uint16_t server_port = dns ? 53 : (uint16_t)(1024 + (nature >> 50 & 0x1fff));
    struct segment segment = {.source = answer ? server : client,
                              .target = answer ? client : server,
                              .source_port = answer ? server_port : client_port,
                              .target_port = answer ? client_port : server_port,
                              .flags = TCP_PSH | TCP_ACK,
                              .sequence = flow->sequence[answer],
                              .acknowledgment = flow->sequence[!answer],
                              .payload = payload,
                              .length = length};
    flow->sequence[answer] += (uint32_t)length;
    if (udp)
        frame_udp(frame, &segment);
    else
        frame_tcp(frame, &segment);
}

bool kind_small(struct output *output, const struct order *order, struct failure *failure)
{
    struct flow *flows = calloc(FLOWS, sizeof *flows);
    if (flows == NULL)
        return failure_add(failure, "no memory for the flows");
    struct dice dice = {.seed = order->seed};
    uint32_t packets = PACKETS / 100 * order->percent, in_use = FLOWS / 100 * order->percent;
    for (uint32_t i = 0; i < packets; i++) {
        uint32_t number = dice_below(&dice, in_use);
        struct frame frame;
        make_packet(&frame, &flows[number], number, &dice);
        output_frame(output, KINDS_START_US + i, frame.bytes, frame.length, frame.length);
    }
    free(flows);
    return true;
}
