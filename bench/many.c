/* many: a port scan. Every probe is a flow of its own; half are refused a moment later, the others never answered. A
 * tool that keeps an entry for every flow until a time-out shows here what an entry costs. */
#include "bench/frame.h"
#include "bench/kinds.h"

enum { PROBES = 5000000, ANSWER_AFTER_PROBES = 64, PROBE_EVERY_US = 10 };

/* The places to probe, 65,536 hosts with 128 ports each, are visited in an order without pattern, none twice: an odd
 * factor is one to one modulo a power of two. */
enum { PLACES = 1 << 23, PORTS_BITS = 7 };

static struct segment probe(const struct order *order, uint32_t number)
{
    uint32_t place = (uint32_t)(number * (UINT64_C(0x5851f42d) + 2 * order->seed)) % PLACES;
    uint32_t luck = (uint32_t)dice_at(order->seed, number);
    return (struct segment){.source = UINT32_C(0x0a420001),
                            .target = UINT32_C(0xac100000) + (place >> PORTS_BITS),
                            .source_port = (uint16_t)(32768 + (luck & 0x7fff)),
                            .target_port = (uint16_t)(1 + place % (1 << PORTS_BITS)),
                            .flags = TCP_SYN,
                            .sequence = luck};
}

static bool is_refused(const struct order *order, uint32_t number)
{
    return dice_at(order->seed, number) >> 63;
}

static struct segment refusal(const struct segment *asked)
{
    return (struct segment){.source = asked->target,
                            .target = asked->source,
                            .source_port = asked->target_port,
                            .target_port = asked->source_port,
                            .flags = TCP_RST | TCP_ACK,
                            .acknowledgment = asked->sequence + 1};
}

bool kind_many(struct output *output, const struct order *order, struct failure *failure)
{
    (void)failure;
    uint32_t probes = PROBES / 100 * order->percent;
    for (uint32_t i = 0; i < probes + ANSWER_AFTER_PROBES; i++) {
        struct frame frame;
        int64_t now_us = KINDS_START_US + (int64_t)i * PROBE_EVERY_US;
        if (i < probes) {
            struct segment segment = probe(order, i);
            frame_tcp(&frame, &segment);
            output_frame(output, now_us, frame.bytes, frame.length, frame.length);
        }
        if (i >= ANSWER_AFTER_PROBES && is_refused(order, i - ANSWER_AFTER_PROBES)) {
            struct segment asked = probe(order, i - ANSWER_AFTER_PROBES), answer = refusal(&asked);
            frame_tcp(&frame, &answer);
            output_frame(output, now_us + 1, frame.bytes, frame.length, frame.length);
        }
    }
    return true;
}
