/* converse: carries a flow's bytes to the dissector they belong to.
 *
 * At first a flow is undecided: what both sides said is held, and every candidate is asked whether it could be its own,
 * until one is sure or none is left. Then the bytes, in the order in which they came, are its. A flow that is settled
 * (no candidate left, or nothing more to learn) costs nothing any more. */
#include "app/observing.h"

#include "base/lines.h"

#include <assert.h>

/* Held of one side before giving up on a decision. */
#define UNDECIDED_MOST 8192
/* After a gap a payload shorter than this may be the beginning of a message, which is then waited for: some send a
 * length or a header by itself. */
#define BEGINNING_MOST 64
/* Payloads of a side that are tried before giving up: of a flow picked up in its middle, after a gap, or where TLS may
 * follow something unknown. */
#define TRIES_MOST 8
/* The same of datagrams, each of which is a whole message: what is not known by three is not known. */
#define DATAGRAM_TRIES_MOST 3
/* Of a payload, what is mostly read of it. */
#define READ_MOSTLY ((size_t)512)

/* There was no room to read it: a flow counts once, however often that happens. */
static void lose_stream(struct observer *observer, struct flow *flow)
{
    observer->lost_streams += (flow->marks & FLOW_MADE_ROOM) == 0;
    flow->marks |= FLOW_MADE_ROOM;
}

static struct slot *lend_slot(struct observer *observer, struct flow *flow, unsigned from)
{
    uint32_t place = observer->free_slot;
    assert(observer->slots != NULL);
    if (place != 0)
        observer->free_slot = observer->slots[place].next_free;
    else if (observer->slots_used < observer->slot_count)
        place = (uint32_t)observer->slots_used++;
    else
        return NULL;
    struct slot *slot = &observer->slots[place];
    memset(slot, 0, offsetof(struct slot, said_values));
    stream_clear(&slot->stream[0]);
    stream_clear(&slot->stream[1]);
    slot->candidates = UINT32_MAX;
    slot->spoke_first = (uint8_t)from;
    flow->slot = place;
    return slot;
}

static void return_slot(struct observer *observer, struct flow *flow)
{
    struct slot *slot = slot_of(observer, flow);
    if (slot == NULL)
        return;
    stream_stop(&slot->stream[0], observer->pool);
    stream_stop(&slot->stream[1], observer->pool);
    slot->next_free = observer->free_slot;
    observer->free_slot = flow->slot;
    flow->slot = FLOW_NO_SLOT;
}

void converse_settle(struct observer *observer, struct flow *flow)
{
    return_slot(observer, flow);
    flow->flags |= FLOW_SETTLED;
}

/* Bytes that were needed are lost: the flow cannot be read any further. */
void converse_give_up(struct observer *observer, struct flow *flow)
{
    struct slot *slot = slot_of(observer, flow);
    if (slot != NULL && slot->dissector != NULL)
        flow->flags |= FLOW_DAMAGED;
    converse_settle(observer, flow);
}

static bool port_is_of(const struct dissector *dissector, uint16_t port)
{
    for (size_t i = 0; i < sizeof dissector->ports / sizeof *dissector->ports && dissector->ports[i] != 0; i++)
        if (dissector->ports[i] == port)
            return true;
    return false;
}

/* The dissector that is sure of this head, spoken by `from`; of several the one whose port it is, then the first. NULL
 * when none is sure; *candidates then lacks those that it cannot be. */
static const struct dissector *ask_all(uint32_t *candidates, struct bytes head, enum direction from,
                                       uint16_t server_port)
{
    const struct dissector *sure = NULL;
    for (uint32_t left = *candidates; left != 0; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);
        enum likeness like = dissectors[i]->probe(head, from);
        if (like == LIKE_NOT)
            *candidates &= ~(UINT32_C(1) << i);
        else if (like == LIKE_YES && (sure == NULL || port_is_of(dissectors[i], server_port)))
            sure = dissectors[i];
    }
    return sure;
}

static enum direction direction_of(const struct flow *flow, unsigned side)
{
    return side == flow->client ? FROM_CLIENT : FROM_SERVER;
}

/* What a head was taken for. */
struct decision {
    const struct dissector *sure; /* NULL: nobody is */
    uint32_t candidates;          /* who may still be, either way */
    bool turned;                  /* the sure one wants client and server exchanged */
};

/* As ask_all, also the other way round when no handshake tells who is client. */
static struct decision decide(const struct observer *observer, const struct flow *flow, uint32_t candidates,
                              struct bytes head, unsigned from)
{
    enum direction direction = direction_of(flow, from), other = direction == FROM_CLIENT ? FROM_SERVER : FROM_CLIENT;
    uint32_t could[2];
    heads_look(&observer->heads, flow->key.protocol == IP_TCP ? TRANSPORT_TCP : TRANSPORT_UDP, head, could);
    uint32_t here = candidates & could[direction], there = candidates & could[other];
    if ((here | there) == 0)
        return (struct decision){.sure = NULL};
    struct decision decision = {.sure = ask_all(&here, head, direction, flow->key.port[1 - flow->client])};
    if (decision.sure == NULL && flow->decided_by != FLOW_BY_HANDSHAKE) {
        decision.sure = ask_all(&there, head, other, flow->key.port[flow->client]);
        decision.turned = decision.sure != NULL;
        here |= there;
    }
    decision.candidates = here;
    return decision;
}

static void give_to(struct slot *slot, const struct dissector *dissector)
{
    slot->dissector = dissector;
    memset(slot->state, 0, dissector->state_size);
}

/* From here on the flow bears the name of its dissector. */
static void name_flow(struct observer *observer, struct flow *flow, const struct dissector *dissector)
{
    uint8_t place = 0;
    while (dissectors[place] != dissector)
        place++;
    flow->dissector = (uint8_t)(place + 1);
    if (observer->second_opinion != NULL)
        second_opinion_named(observer->second_opinion, flow, observer->listener.time_ns);
}

static void claim(struct observer *observer, struct flow *flow, struct slot *slot, const struct dissector *dissector,
                  bool turned)
{
    unsigned client = turned ? 1u - flow->client : flow->client;
    if (turned)
        flow->pair = 0; /* the pair is another one now */
    flow_client_by_content(flow, client);
    give_to(slot, dissector);
    name_flow(observer, flow, dissector);
}

static const struct dissector *tls_dissector(void)
{
    for (size_t i = 0; dissectors[i] != NULL; i++)
        if (strcmp(dissectors[i]->name, "tls") == 0)
            return dissectors[i];
    return NULL;
}

/* The flow is another dissector's from here on. NULL when it stays with its own. */
static const struct dissector *handed_on_to(struct slot *slot, const struct dissected *said)
{
    if (said->answer == DISSECT_BECOMES)
        return said->next;
    if (said->answer != DISSECT_UPGRADE)
        return NULL;
    slot->upgrade = said->upgrade;
    return tls_dissector();
}

/* One call of the dissector, and of the one it hands the flow on to. What that leaves is in *window. */
static struct dissected feed(struct observer *observer, struct flow *flow, struct slot *slot, unsigned side,
                             struct bytes *window)
{
    struct listener *listener = &observer->listener;
    listener->flow = flow;
    listener->slot = slot;
    struct dissected said = slot->dissector->feed(slot->state, direction_of(flow, side), window, &listener->facts);
    const struct dissector *next = handed_on_to(slot, &said);
    if (next != NULL) {
        slot->dissector = next;
        slot->handed_on = true;
        memset(slot->state, 0, next->state_size);
        said = DISSECTED(DISSECT_MORE);
        if (window->left > 0)
            said = next->feed(slot->state, direction_of(flow, side), window, &listener->facts);
    }
    return said;
}

/* All that is in order of one side, to the flow's dissector. False when the flow is settled. */
bool converse_drain(struct observer *observer, struct flow *flow, struct slot *slot, unsigned side, struct bytes window)
{
    enum stream_event event = STREAM_BYTES;
    while (event == STREAM_BYTES) {
        if (slot->lost_step[side]) {
            enum likeness like = slot->dissector->probe(window, direction_of(flow, side));
            if (like == LIKE_MAYBE && window.left < BEGINNING_MOST) {
                event = stream_keep(&slot->stream[side], observer->pool, window, 0, &window);
                continue;
            }
            if (like != LIKE_YES) {
                if (++flow->side[side].tries > TRIES_MOST) {
                    converse_give_up(observer, flow);
                    return false;
                }
                window = bytes_of(window.at + window.left, 0);
                event = stream_keep(&slot->stream[side], observer->pool, window, 0, &window);
                continue;
            }
            slot->lost_step[side] = false;
        }
        const struct dissector *reader = slot->dissector;
        size_t before = window.left;
        struct dissected said = feed(observer, flow, slot, side, &window);
        if (said.answer == DISSECT_DONE || said.answer == DISSECT_NOT_MINE) {
            if (said.answer == DISSECT_NOT_MINE && !slot->handed_on)
                flow->dissector = 0;
            converse_settle(observer, flow);
            return false;
        }
        if (window.left == before && reader == slot->dissector && window.left >= reader->longest_message) {
            converse_give_up(observer, flow);
            return false;
        }
        uint64_t skip = said.answer == DISSECT_SKIP ? said.skip : 0;
        event = stream_keep(&slot->stream[side], observer->pool, window, skip, &window);
    }
    if (event == STREAM_FULL) {
        lose_stream(observer, flow);
        converse_give_up(observer, flow);
        return false;
    }
    return true;
}

/* A flow that nobody claims. It gets a few tries more, at the start of later payloads; see candidates_of(). */
static void nobody(struct observer *observer, struct flow *flow, unsigned from)
{
    if (++flow->side[from].tries >= TRIES_MOST) {
        converse_settle(observer, flow);
        return;
    }
    return_slot(observer, flow);
    flow->side[0].seen &= (uint8_t)~SIDE_TRACKED; /* whatever comes next is tried */
    flow->side[1].seen &= (uint8_t)~SIDE_TRACKED;
}

/* An undecided flow's bytes of one side, taken for this: decided now, held, or nobody's. */
static void follow(struct observer *observer, struct flow *flow, struct slot *slot, unsigned from, struct bytes window,
                   const struct decision *decision)
{
    slot->candidates = decision->candidates;
    if (decision->sure == NULL) {
        if (slot->candidates == 0 || window.left > UNDECIDED_MOST) {
            nobody(observer, flow, from);
            return;
        }
        if (stream_keep(&slot->stream[from], observer->pool, window, 0, &window) == STREAM_FULL) {
            lose_stream(observer, flow);
            converse_give_up(observer, flow);
        }
        return;
    }
    claim(observer, flow, slot, decision->sure, decision->turned);
    /* What both sides said is handed over in the order in which they began to speak. */
    for (unsigned turn = 0; turn < 2 && slot_of(observer, flow) == slot; turn++) {
        unsigned side = turn == 0 ? slot->spoke_first : 1u - slot->spoke_first;
        struct stream *held = &slot->stream[side];
        if (side == from)
            converse_drain(observer, flow, slot, from, window);
        else if (held->window > 0)
            converse_drain(observer, flow, slot, side, bytes_of(held->block, held->window));
    }
}

void converse_weigh(struct observer *observer, struct flow *flow, struct slot *slot, unsigned from, struct bytes window)
{
    const struct decision decision = decide(observer, flow, slot->candidates, window, from);
    follow(observer, flow, slot, from, window, &decision);
}

/* `made`: what the payload was taken for, NULL when that is not known. */
static void take_segment(struct observer *observer, struct flow *flow, struct slot *slot, const struct packet *packet,
                         unsigned from, const struct decision *made)
{
    struct stream *stream = &slot->stream[from];
    struct flow_side *side = &flow->side[from];
    if (gaps_disbelieve(flow, packet, from))
        return;
    if (!stream->started)
        stream_start(stream, (side->seen & SIDE_TRACKED) != 0 ? side->next : packet->sequence);
    struct bytes window;
    enum stream_event event;
    while ((event = stream_segment(stream, observer->pool, packet->sequence, packet->payload, &window)) == STREAM_HOLE)
        if (!converse_step_over(observer, flow, slot, from, packet->sequence))
            return;
    if (event == STREAM_FULL) {
        lose_stream(observer, flow);
        converse_give_up(observer, flow);
        return;
    }
    if (event == STREAM_BYTES) {
        if (slot->dissector != NULL)
            converse_drain(observer, flow, slot, from, window);
        else if (made != NULL && window.at == packet->payload.at && window.left == packet->payload.left)
            follow(observer, flow, slot, from, window, made);
        else
            converse_weigh(observer, flow, slot, from, window);
    }
    /* The frame was cut: what it held beyond is missing, unless it was to be skipped anyhow. */
    uint32_t end = packet->sequence + packet->payload_sent;
    if (packet->payload_sent > packet->payload.left && slot_of(observer, flow) == slot && !stream_waits(stream) &&
        (int32_t)(end - stream->next) > 0) {
        conclude_missing(observer, flow, end - stream->next);
        converse_step_over(observer, flow, slot, from, end);
    }
}

static bool begins_tls_handshake(struct bytes payload)
{
    return bytes_u8(&payload) == 0x16 && bytes_u8(&payload) == 0x03;
}

/* Who may claim a flow at this payload. Databases, directories and file servers of all kinds say a few words and go on
 * in TLS: of a flow that began with something unknown nothing else is looked for. */
static uint32_t candidates_of(const struct flow *flow, struct bytes payload)
{
    if ((flow->flags & FLOW_MIDDLE) != 0 || (flow->side[0].tries == 0 && flow->side[1].tries == 0))
        return UINT32_MAX;
    for (size_t i = 0; begins_tls_handshake(payload) && dissectors[i] != NULL; i++)
        if (dissectors[i] == tls_dissector())
            return UINT32_C(1) << i;
    return 0;
}

/* TLS begins, while what was said before is held by some that were not sure: it was nobody's. What only waits behind a
 * hole was not said before: this may be what it waits for. */
static bool tls_begins_behind(const struct flow *flow, const struct slot *slot, struct bytes payload, unsigned from)
{
    return slot != NULL && slot->dissector == NULL && (slot->stream[0].window > 0 || slot->stream[1].window > 0) &&
           begins_tls_handshake(payload) && tls_dissector()->probe(payload, direction_of(flow, from)) == LIKE_YES;
}

/* A slot for a flow without one, when this payload may be somebody's; else NULL. What the payload was taken for is
 * *made; where it comes out of order that is not known yet. */
static struct slot *try_payload(struct observer *observer, struct flow *flow, const struct packet *packet,
                                unsigned from, bool in_order, struct decision *made)
{
    *made = (struct decision){.candidates = candidates_of(flow, packet->payload)};
    if ((flow->flags & FLOW_SETTLED) != 0 || made->candidates == 0 || packet->payload.left == 0)
        return NULL;
    if (in_order)
        *made = decide(observer, flow, made->candidates, packet->payload, from);
    if (made->sure == NULL && made->candidates == 0)
        return NULL;
    struct slot *slot = lend_slot(observer, flow, from);
    if (slot == NULL)
        lose_stream(observer, flow);
    else
        slot->candidates = made->candidates;
    return slot;
}

static void take_payload(struct observer *observer, struct flow *flow, const struct packet *packet, unsigned from)
{
    const struct flow_side *side = &flow->side[from];
    struct decision made;
    if (tls_begins_behind(flow, slot_of(observer, flow), packet->payload, from))
        nobody(observer, flow, from);
    bool first = slot_of(observer, flow) == NULL;
    bool in_order = (side->seen & SIDE_TRACKED) == 0 || side->next == packet->sequence;
    struct slot *slot = first ? try_payload(observer, flow, packet, from, in_order, &made) : slot_of(observer, flow);
    if (slot != NULL)
        take_segment(observer, flow, slot, packet, from, first && in_order ? &made : NULL);
    else
        nobody(observer, flow, from);
}

static const struct dissector *guess_among(uint32_t candidates)
{
    for (size_t i = 0; candidates != 0 && dissectors[i] != NULL; i++)
        if ((candidates >> i & 1) != 0 && dissectors[i]->guesses)
            return dissectors[i];
    return NULL;
}

/* Finds who is to be fed the datagrams of this flow, for sure or as a guess; who was before goes on. NULL when there is
 * nobody, or no room. */
static struct slot *find_reader(struct observer *observer, struct flow *flow, struct bytes datagram, unsigned from)
{
    if (flow->dissector != 0) {
        struct slot *again = lend_slot(observer, flow, from);
        if (again != NULL)
            give_to(again, dissectors[flow->dissector - 1]);
        else
            lose_stream(observer, flow);
        return again;
    }
    const struct decision decision = decide(observer, flow, UINT32_MAX, datagram, from);
    const struct dissector *guess = decision.sure == NULL ? guess_among(decision.candidates) : NULL;
    if (decision.sure == NULL && guess == NULL)
        return NULL;
    struct slot *slot = lend_slot(observer, flow, from);
    if (slot == NULL)
        lose_stream(observer, flow);
    else if (decision.sure != NULL)
        claim(observer, flow, slot, decision.sure, decision.turned);
    else
        give_to(slot, guess);
    return slot;
}

/* Nothing was made of this datagram; later ones get a few tries. */
static void nobodys_datagram(struct observer *observer, struct flow *flow, unsigned from)
{
    return_slot(observer, flow);
    if (++flow->side[from].tries >= DATAGRAM_TRIES_MOST)
        converse_settle(observer, flow);
}

static void take_datagram(struct observer *observer, struct flow *flow, const struct packet *packet, unsigned from)
{
    struct slot *slot = slot_of(observer, flow);
    struct bytes window = packet->payload;
    if (slot == NULL && (slot = find_reader(observer, flow, window, from)) == NULL) {
        nobodys_datagram(observer, flow, from);
        return;
    }
    struct dissected said = feed(observer, flow, slot, from, &window);
    if (flow->dissector == 0) { /* a guess until now */
        if (said.answer == DISSECT_NOT_MINE)
            nobodys_datagram(observer, flow, from);
        if (said.answer == DISSECT_NOT_MINE || said.answer == DISSECT_UNSURE)
            return;
        name_flow(observer, flow, slot->dissector);
    }
    if (said.answer == DISSECT_NOT_MINE || said.answer == DISSECT_DONE)
        converse_settle(observer, flow);
    else if (said.answer == DISSECT_IDLE)
        return_slot(observer, flow);
}

/* nDPI hears what nobody claims, and a little of what somebody did. */
static void hear_second_opinion(struct observer *observer, struct flow *flow, const struct packet *packet)
{
    bool unclaimed = flow->dissector == 0 && flow->slot == FLOW_NO_SLOT && (flow->flags & FLOW_ASKED) == 0;
    if (observer->second_opinion != NULL && (unclaimed || second_opinion_wants(flow)))
        second_opinion_hear(observer->second_opinion, flow, packet);
}

/* A function of its own, so that most packets, which do not come here, do not pay for all that it needs. */
__attribute__((noinline)) void converse(struct observer *observer, struct flow *flow, const struct packet *packet,
                                        unsigned from)
{
    bool settled = (flow->flags & FLOW_SETTLED) != 0;
    if (!settled && flow->key.protocol == IP_TCP) {
        listen_to(observer, packet);
        take_payload(observer, flow, packet, from);
    } else if (packet->payload.left == 0) {
        return;
    } else if (!settled && flow->key.protocol == IP_UDP) {
        listen_to(observer, packet);
        take_datagram(observer, flow, packet, from);
    }
    hear_second_opinion(observer, flow, packet);
    if (observer->lent)
        lines_let_go(packet->payload.at, packet->payload.left < READ_MOSTLY ? packet->payload.left : READ_MOSTLY);
}
