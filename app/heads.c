/* heads: the tables of app/heads.h. */
#include "app/heads.h"

#include <assert.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void note_firsts(struct heads_of_transport *of, size_t i)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        for (enum direction from = FROM_CLIENT; from <= FROM_SERVER; from++) {
            uint8_t first = (uint8_t)byte;
            if (dissectors[i]->probe(bytes_of(&first, 1), from) != LIKE_NOT)
                of->firsts[from][byte] |= UINT32_C(1) << i;
        }
    }
}

/* What several declare is one way of theirs. */
static void note_beginning(struct heads_ways ways[], size_t count, const struct beginning *is, size_t i)
{
    const uint32_t mask[2] = {(uint32_t)(is->mask >> 32), (uint32_t)is->mask};
    const uint32_t value[2] = {(uint32_t)(is->value >> 32), (uint32_t)is->value};
    for (size_t k = 0;; k++) {
        assert(k < HEADS_LANES * count);
        struct heads_ways *some = &ways[k / HEADS_LANES];
        unsigned n = k % HEADS_LANES;
        bool same = some->mask[0][n] == mask[0] && some->mask[1][n] == mask[1] && some->value[0][n] == value[0] &&
                    some->value[1][n] == value[1];
        if (some->whose[n] != 0 && !same)
            continue;
        for (int half = 0; half < 2; half++) {
            some->mask[half][n] = mask[half];
            some->value[half][n] = value[half];
        }
        some->whose[n] |= UINT32_C(1) << i;
        return;
    }
}

static void note_beginnings(struct heads_of_transport *of, size_t i)
{
    const struct dissector *by = dissectors[i];
    if (by->beginnings[0].mask == 0)
        of->open |= UINT32_C(1) << i;
    if (by->later[0].mask != 0)
        of->later |= UINT32_C(1) << i;
    for (size_t k = 0; k < BEGINNINGS_MOST && by->beginnings[k].mask != 0; k++)
        note_beginning(of->begin, COUNT(of->begin), &by->beginnings[k], i);
    for (size_t k = 0; k < BEGINNINGS_LATER_MOST && by->later[k].mask != 0; k++)
        note_beginning(of->go_on, COUNT(of->go_on), &by->later[k], i);
}

void heads_init(struct heads *heads)
{
    *heads = (struct heads){0};
    for (size_t i = 0; dissectors[i] != NULL; i++) {
        if ((dissectors[i]->transports & TRANSPORT_TCP) != 0) {
            note_firsts(&heads->tcp, i);
            note_beginnings(&heads->tcp, i);
        }
        if ((dissectors[i]->transports & TRANSPORT_UDP) != 0) {
            note_firsts(&heads->udp, i);
            note_beginnings(&heads->udp, i);
        }
    }
}

/* Which one fits cannot be foreseen, nor how many there are of a transport: so without a branch. */
static inline uint32_t whose_word(const struct heads_ways ways[], size_t count, uint64_t word)
{
    const heads_lanes none = {0}, upper = none + (uint32_t)(word >> 32), lower = none + (uint32_t)word;
    heads_lanes whose = none;
    for (size_t i = 0; i < count; i++) {
        heads_lanes differ =
            ((upper & ways[i].mask[0]) ^ ways[i].value[0]) | ((lower & ways[i].mask[1]) ^ ways[i].value[1]);
        whose |= ways[i].whose & (heads_lanes)(differ == none);
    }
    return whose[0] | whose[1] | whose[2] | whose[3];
}

static uint32_t who_begins(const struct heads_of_transport *of, struct bytes head)
{
    if (head.left < BEGINNING_LEAST)
        return UINT32_MAX;
    struct bytes later = head;
    bytes_skip(&later, BEGINNING_LATER);
    uint32_t who = of->open | whose_word(of->begin, COUNT(of->begin), bytes_be64(&head));
    return who | (later.left >= 8 ? whose_word(of->go_on, COUNT(of->go_on), bytes_be64(&later)) : of->later);
}

void heads_look(const struct heads *heads, enum transport transport, struct bytes head, uint32_t could[2])
{
    const struct heads_of_transport *of = transport == TRANSPORT_TCP ? &heads->tcp : &heads->udp;
    uint32_t who = who_begins(of, head);
    uint8_t first = bytes_u8(&head);
    could[FROM_CLIENT] = who & of->firsts[FROM_CLIENT][first];
    could[FROM_SERVER] = who & of->firsts[FROM_SERVER][first];
}
