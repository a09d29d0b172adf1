/* observing: the insides of an observer, shared by the files that make it up: observe.c (the way of a packet),
 * converse.c (bytes to dissectors), holes.c (bytes that are missing), listen.c (facts to observations), errors.c (ICMP
 * errors), conclude.c (a flow's end), renew.c (a new store). Nobody else includes this. */
#ifndef APP_OBSERVING_H
#define APP_OBSERVING_H

#include "app/heads.h"
#include "app/observer.h"
#include "app/resets.h"
#include "app/scanning.h"
#include "base/clock.h"
#include "dissectors/dissector.h"
#include "flows/pool.h"
#include "flows/second_opinion.h"
#include "flows/stream.h"
#include "flows/table.h"

/* Counts of a flow are handed on by minutes of packet time, of which the store makes its slices. */
#define OBSERVING_SLICE_NS (60 * SECOND_NS)

/* UDP flows and others without an end are over after this much silence. */
#define OBSERVING_SILENCE_NS (180 * SECOND_NS)

/* Values already said in a flow; more are no longer told apart and not counted again. */
#define SLOT_SAID_MOST 96

/* What a flow is lent while it is being dissected. */
struct slot {
    uint32_t next_free;
    const struct dissector *dissector; /* NULL while undecided */
    uint32_t candidates;               /* bit n: dissectors[n] may still be it */
    enum encryption upgrade;           /* what TLS in this flow is to be called; UNKNOWN before an upgrade */
    uint8_t spoke_first;               /* side */
    bool handed_on;                    /* the dissector is not the one that the flow began with */
    bool lost_step[2];                 /* a gap: wait for bytes that the dissector knows */
    uint8_t acknowledged[2];           /* packets since the receiver has what is missing here, up to 255 */
    uint16_t said;
    uint64_t said_bits; /* of each value one */
    uint64_t said_values[SLOT_SAID_MOST];
    struct stream stream[2];
    _Alignas(16) uint8_t state[DISSECTOR_STATE_MOST];
};

struct listener {
    struct facts facts; /* first: dissectors hold a pointer to it */
    struct observer *observer;
    struct flow *flow;
    struct slot *slot;
    int64_t time_ns;
    uint64_t frame;
    uint32_t source; /* name */
};

/* ICMP errors that quote nothing known yet, the longest waiting first. */
#define ERRORS_MOST 16
struct errors {
    struct timed_packet held[ERRORS_MOST];
    unsigned count;
};

struct observer {
    const struct decoder *decoder;
    struct flow_table *flows;
    struct pool *pool;
    struct slot *slots; /* place 0 is never lent */
    size_t slot_count, slots_used;
    uint32_t free_slot;
    struct second_opinion *second_opinion; /* NULL when not asked for */
    struct observations *store;
    struct scanning *scanning;
    struct resets *resets;
    struct listener listener;
    struct heads heads;
    struct errors errors;

    uint32_t sensor, run;              /* names */
    uint32_t sources[SOURCES_AT_ONCE]; /* names, by the number that packets bear */
    struct {
        uint32_t name, last; /* of the key, and of the value that was said last */
    } keys[FACT_KEY_COUNT];
    uint32_t protocol_names[DISSECTOR_COUNT_MOST + 1]; /* by struct flow.dissector */
    uint32_t authentication_names[AUTHENTICATION_COUNT];
    uint32_t encryption_names[ENCRYPTION_COUNT];
    uint32_t learned_names[LEARNED_COUNT];

    struct observer_losses losses; /* missing bytes; the others once the flows are released */
    uint64_t lost_streams;
    uint64_t gone_evicted, gone_lost; /* of stores it had before */
    bool lent;                        /* payloads are: see observer_take */
    int64_t now_ns;                   /* latest packet time seen by anybody */
};

/* What the flow is lent; NULL when it is nothing. */
static inline struct slot *slot_of(const struct observer *observer, const struct flow *flow)
{
    return flow->slot != FLOW_NO_SLOT ? &observer->slots[flow->slot] : NULL;
}

/* A value that was said has one of 64 bits: where that is not set, nobody need look for it. */
static inline uint64_t slot_said_bit(uint64_t value)
{
    return UINT64_C(1) << (value * UINT64_C(0x9e3779b97f4a7c15) >> 58);
}

/* converse.c */
/* Is nobody interested in the flow any more, neither a dissector nor nDPI? So it is with every other payload. */
static inline bool converse_is_over(const struct flow *flow)
{
    return (flow->flags & FLOW_SETTLED) != 0 && (flow->dissector != 0 || (flow->flags & FLOW_ASKED) != 0) &&
           !second_opinion_wants(flow);
}
/* Hands a packet's payload to its flow's dissector, finding one first. */
void converse(struct observer *observer, struct flow *flow, const struct packet *packet, unsigned from);
/* The flow needs no dissecting any more: what it was lent goes back. */
void converse_settle(struct observer *observer, struct flow *flow);
/* Bytes that were needed are lost: the flow cannot be read any further. */
void converse_give_up(struct observer *observer, struct flow *flow);
/* All that is in order of one side, to the flow's dissector. False when the flow is settled. */
bool converse_drain(struct observer *observer, struct flow *flow, struct slot *slot, unsigned side,
                    struct bytes window);
/* An undecided flow's bytes of one side: decided now, held, or nobody's. */
void converse_weigh(struct observer *observer, struct flow *flow, struct slot *slot, unsigned from,
                    struct bytes window);

/* holes.c */
/* A hole of one side is given up; `sequence` is where its end is when nothing waits behind it. False when the flow is
 * settled by it. */
bool converse_step_over(struct observer *observer, struct flow *flow, struct slot *slot, unsigned from,
                        uint32_t sequence);
/* The side `from` acknowledges what the other one sent: bytes that are missing are known to have been received, and
 * will not come any more. */
void converse_acknowledged(struct observer *observer, struct flow *flow, const struct packet *packet, unsigned from);
/* No more will come: what still waits behind missing bytes is read as far as it can be. */
void converse_end(struct observer *observer, struct flow *flow);

/* observe.c: counts a packet that came before. Its flow is valid until the next packet. */
struct flow *observe_packet(struct observer *observer, const struct timed_packet *timed);

/* observe.c: gives the words of the program, and the sensor's name, numbers in the store. */
void observe_names(struct observer *observer, const char *sensor);

/* errors.c */
/* An ICMP error: it marks the flow that it tells of, or waits for it. */
void errors_take(struct observer *observer, const struct timed_packet *timed);
/* A flow begins: did an error tell of it already? */
void errors_meet(struct observer *observer, struct flow *flow);
/* Errors that came up to this time wait no longer: they are packets of their own, with what they say as a fact. */
void errors_release(struct observer *observer, int64_t until_ns);
/* The same for those that waited long enough. */
void errors_expire(struct observer *observer);

/* listen.c: sets up the listener's functions. */
void listen_init(struct observer *observer);
/* What is said from now on was read in this packet. */
void listen_to(struct observer *observer, const struct packet *packet);

/* conclude.c */
/* The number of the flow's pair in the store. */
uint32_t conclude_pair(struct observer *observer, struct flow *flow);
/* This packet says something of the flow. */
void conclude_tell(struct observer *observer, struct flow *flow, const struct packet *packet, enum fact_key key,
                   const char *value);
/* A reset in the server's name came from so many hops nearer. */
void conclude_nearer(struct observer *observer, struct flow *flow, const struct packet *reset, unsigned hops);
/* Hands on counts that belong to an earlier slice than `time_ns`. */
void conclude_slice(struct observer *observer, struct flow *flow, int64_t time_ns);
/* Hands on counts so far, and leaves the flow in its minute: whenever and however often that is done, the rows add up
 * to the same. Who was asked in vain and goes on being silent counts as unanswered then. */
void conclude_so_far(struct observer *observer, struct flow *flow);
/* The flow is over: it is counted as what it showed. Later packets are only traffic. */
void conclude_flow(struct observer *observer, struct flow *flow);
/* Bytes of the flow's stream were needed and are not in the capture. */
void conclude_missing(struct observer *observer, struct flow *flow, uint64_t bytes);
/* The flow's place is given away. */
void conclude_leaving(struct observer *observer, struct flow *flow);
/* The flow may be concluded soon: what that takes is asked into the cache. */
void conclude_soon(const struct observer *observer, const struct flow *flow);
/* Those of some flows; flows_leaving (flows/table.h). */
void conclude_all_leaving(void *observer, struct flow *const flows[], size_t count);
/* What happened to this flow, as seen at `now_ns`. `answers`: its protocol replies to requests. */
enum disposition conclude_disposition(const struct flow *flow, int64_t now_ns, bool answers);

#endif
