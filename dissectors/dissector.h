/* dissector: the interface of one protocol, and the list of all.
 *
 * A dissector turns bytes of one conversation into facts. It knows no packet, no flow and no other dissector but the
 * helpers it includes; it never allocates, never logs, keeps no pointer, and reads only through the cursor. The laws
 * that tests hold it to: any segmentation of the same bytes gives the same facts; any prefix is safe; another
 * protocol's talk says nothing. */
#ifndef DISSECTORS_DISSECTOR_H
#define DISSECTORS_DISSECTOR_H

#include "dissectors/facts.h"

enum direction { FROM_CLIENT, FROM_SERVER };

enum transport { TRANSPORT_TCP = 1, TRANSPORT_UDP = 2 };

/* Could these first bytes of one direction be this protocol? */
enum likeness {
    LIKE_NOT,   /* no more bytes can make them so */
    LIKE_MAYBE, /* more bytes, or the other side's, are needed; another protocol begins alike */
    LIKE_YES,   /* no other protocol could have said them */
};

enum dissect_answer {
    DISSECT_MORE,     /* all whole messages are consumed; what is left in the window waits for more */
    DISSECT_IDLE,     /* as MORE, and nothing is kept for what comes next: over UDP the state may be given back */
    DISSECT_SKIP,     /* as MORE, and the next `skip` bytes of this direction (beyond what was consumed) are of no
                         interest: the pipeline drops them without a call, and a gap inside them is harmless */
    DISSECT_UPGRADE,  /* from here on this flow is TLS, both ways; `upgrade` names what is then the encryption */
    DISSECT_BECOMES,  /* from here on this flow is what `next` reads, both ways: RPC after an HTTP request */
    DISSECT_DONE,     /* nothing more is to be learned from this flow */
    DISSECT_NOT_MINE, /* not this protocol after all: what was consumed so far counts for nothing more */
    DISSECT_UNSURE,   /* of one that guesses: so far it fits, and nothing was said yet */
};

struct dissector;

/* Small enough to be given back in registers. */
struct dissected {
    enum dissect_answer answer;
    union { /* by the answer */
        uint64_t skip;
        enum encryption upgrade;
        const struct dissector *next;
    };
};
_Static_assert(sizeof(struct dissected) == 16, "two registers");

#define DISSECTED(a)         ((struct dissected){.answer = (a)})
#define DISSECTED_SKIP(n)    ((struct dissected){.answer = DISSECT_SKIP, .skip = (n)})
#define DISSECTED_UPGRADE(e) ((struct dissected){.answer = DISSECT_UPGRADE, .upgrade = (e)})
#define DISSECTED_BECOMES(d) ((struct dissected){.answer = DISSECT_BECOMES, .next = (d)})

/* The most state a dissector may ask for. */
#define DISSECTOR_STATE_MOST 1024
/* The most a dissector may want to see at once. */
#define DISSECTOR_WINDOW_MOST ((size_t)192 * 1024)

/* Eight bytes as a number in network order: under the mask they are the value. */
struct beginning {
    uint64_t mask, value;
};
#define BEGINNINGS_MOST       4
#define BEGINNINGS_LATER_MOST 2
#define BEGINNING_TEXT        UINT64_C(0x8080808000000000) /* mask of four bytes of ASCII: what speaks in lines */
#define BEGINNING_LATER       12
#define BEGINNING_LEAST       8 /* shorter heads are shown to everybody */
#define BEGINNING_LATER_LEAST (BEGINNING_LATER + 8)

struct dissector {
    const char *name;       /* the value of the protocol column */
    const char *summary;    /* one line for `--list` and the docs */
    unsigned transports;    /* TRANSPORT_TCP | TRANSPORT_UDP */
    uint16_t ports[8];      /* break ties and guess the server's side, never prove; 0 ends */
    size_t state_size;      /* bytes the flow lends, zeroed; at most DISSECTOR_STATE_MOST */
    size_t longest_message; /* most bytes that must be in the window at once; when a window of that size makes no
                               progress the flow is given up as damaged */
    bool resumes; /* after a gap, or picked up in the middle, the flow may go on at any later segment that probe
                     says LIKE_YES to */
    bool answers; /* UDP: a request wants a reply (its absence is "unanswered") */
    bool tells;   /* UDP: one side may speak alone, and that is all there is to it: media */
    bool guesses; /* UDP: one datagram proves nothing, so LIKE_MAYBE is enough to be fed, and the flow bears the name
                     once another answer than DISSECT_UNSURE comes */
    /* Spares calls of `probe`, of those who would be asked about nearly everything: each head of BEGINNING_LEAST bytes,
     * or BEGINNING_LATER_LEAST where there is something in `later`, that it does not say LIKE_NOT to begins in one of
     * these ways, or goes on so BEGINNING_LATER bytes behind its start. Nothing in `beginnings`: in any. A mask of 0
     * ends. */
    struct beginning beginnings[BEGINNINGS_MOST], later[BEGINNINGS_LATER_MOST];
    /* Pure. `head` is the first bytes so far of the direction `from`, at least one. */
    enum likeness (*probe)(struct bytes head, enum direction from);
    /* Consumes whole messages from `in`, says facts, leaves what is incomplete. Over UDP `in` is one datagram. */
    struct dissected (*feed)(void *state, enum direction from, struct bytes *in, struct facts *out);
};

/* All dissectors, in order of priority, ended by NULL. The n-th one's bit in a set of candidates is 1 << n. */
extern const struct dissector *const dissectors[];
#define DISSECTOR_COUNT_MOST 32

#endif
