/* heads: the tables of app/heads.h. */
#include "app/heads.h"

#include <assert.h>
#include <string.h>

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

static void note_beginning(struct heads_words *words, const struct beginning *is, size_t i)
{
    unsigned way = 0;
    while (way < words->count && memcmp(&words->ways[way].is, is, sizeof *is) != 0)
        way++;
    assert(way < sizeof words->ways / sizeof words->ways[0]);
    words->ways[way].is = *is;
    words->ways[way].whose |= UINT64_C(1) << i;
    words->count += way == words->count;
}

static void note_beginnings(struct heads_of_transport *of, size_t i)
{
    const struct dissector *by = dissectors[i];
    if (by->beginnings[0].mask == 0)
        of->open |= UINT32_C(1) << i;
    if (by->later[0].mask != 0)
        of->later |= UINT32_C(1) << i;
    for (size_t k = 0; k < BEGINNINGS_MOST && by->beginnings[k].mask != 0; k++)
        note_beginning(&of->words[0], &by->beginnings[k], i);
    for (size_t k = 0; k < BEGINNINGS_LATER_MOST && by->later[k].mask != 0; k++)
        note_beginning(&of->words[1], &by->later[k], i);
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

/* Which one fits cannot be foreseen: so without a branch. */
static inline uint64_t whose_word(const struct heads_words *words, uint64_t word)
{
    uint64_t whose = 0;
    for (unsigned i = 0; i < words->count; i++) {
        uint64_t fits = (word & words->ways[i].is.mask) == words->ways[i].is.value;
        whose |= words->ways[i].whose & (0 - fits);
    }
    return whose;
}

static uint32_t who_begins(const struct heads_of_transport *of, struct bytes head)
{
    if (head.left < BEGINNING_LEAST)
        return UINT32_MAX;
    struct bytes later = head;
    bytes_skip(&later, BEGINNING_LATER);
    uint64_t who = of->open | whose_word(&of->words[0], bytes_be64(&head));
    who |= later.left >= 8 ? whose_word(&of->words[1], bytes_be64(&later)) : of->later;
    return (uint32_t)who;
}

void heads_look(const struct heads *heads, enum transport transport, struct bytes head, uint32_t could[2])
{
    const struct heads_of_transport *of = transport == TRANSPORT_TCP ? &heads->tcp : &heads->udp;
    uint32_t who = who_begins(of, head);
    uint8_t first = bytes_u8(&head);
    could[FROM_CLIENT] = who & of->firsts[FROM_CLIENT][first];
    could[FROM_SERVER] = who & of->firsts[FROM_SERVER][first];
}
