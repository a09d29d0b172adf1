/* observation: the four plain records that stand between what was seen and what is judged, and their columns.
 *
 * Append-only, without pointers and without verdicts; nothing is updated, so sums are right wherever they are made.
 * Columns are written once (columns.h), as const tables; from them come the TSV header, row out, row in, the SQL of a
 * database and docs/observations.md. Text is held as a name: a number that stands for a string of one store (store.h),
 * 0 for the empty string. */
#ifndef OBSERVATIONS_OBSERVATION_H
#define OBSERVATIONS_OBSERVATION_H

#include "base/address.h"
#include "base/uuid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What happened to a flow. OPEN is only traffic of a flow that ends in a later slice; it never counts flows. */
enum disposition {
    DISPOSITION_OPEN,
    DISPOSITION_OK,
    DISPOSITION_OPEN_NO_DATA,
    DISPOSITION_REFUSED,
    DISPOSITION_PROHIBITED,
    DISPOSITION_UNREACHABLE,
    DISPOSITION_UNANSWERED,
    DISPOSITION_APP_DENIED,
    DISPOSITION_PENDING,
    DISPOSITION_ONE_WAY,
    DISPOSITION_DAMAGED,
    DISPOSITION_COUNT
};
/* "open", "ok", "open-no-data", ... */
const char *disposition_name(enum disposition disposition);

/* How client and server were told apart. */
enum decided_by { DECIDED_BY_PORT, DECIDED_BY_CONTENT, DECIDED_BY_HANDSHAKE, DECIDED_BY_COUNT };
const char *decided_by_name(enum decided_by decided_by);

/* Two ends and a service: what a conversation is of. `transport` is the IP protocol number. */
struct pair {
    struct address client, server;
    uint32_t tunnel;  /* name: tunnel path, such as "gre/vlan:100" */
    uint32_t network; /* name: such as "vlan:100"; 0 unless networks are kept apart */
    uint16_t port;    /* of the server; 0 without ports */
    uint8_t transport;
    uint8_t unused; /* 0, so that pairs can be compared as memory */
};

#define TRANSPORT_TEXT 5
/* "tcp", "udp", "icmp" (of either family), "esp", "ah" or the protocol number, in `out` or constant. */
const char *observation_transport(uint8_t transport, char out[TRANSPORT_TEXT]);

/* One session class of one pair in one slice of time. */
struct conversation {
    uint32_t run, sensor; /* names */
    int64_t slice_ns;     /* start of the slice */
    struct pair pair;
    uint32_t protocol, second_opinion;               /* names */
    uint32_t authentication, encryption, protection; /* names; protection says more: "TLS 1.2", "privacy" */
    uint32_t source;                                 /* name: file or interface of the first flow */
    uint64_t frame;                                  /* of the first flow's first packet, from 1, in that source */
    uint8_t disposition;                             /* enum disposition */
    uint8_t decided_by;                              /* enum decided_by */
    uint64_t flows;
    uint64_t packets_to_server, packets_to_client;
    uint64_t bytes_to_server, bytes_to_client; /* of whole IP packets, as sent */
    uint64_t missing_bytes;                    /* stream bytes that were sent and not seen */
    int64_t first_ns, last_ns;
};

/* How many flows of a pair said this, and where first. */
struct fact {
    uint32_t run, sensor;
    int64_t slice_ns;
    struct pair pair;
    uint32_t key, value; /* names */
    uint32_t source;
    uint64_t frame;
    uint64_t flows;
    int64_t first_ns;
};

/* Messages told that a service lives at a port. */
struct binding {
    uint32_t run, sensor;
    int64_t learned_ns;    /* first time it was told */
    int64_t last_ns;       /* last time; not read when `times` is 0 */
    uint64_t times;        /* messages that told it; 0 reads as one, at learned_ns */
    struct address server; /* the mapper that was asked, or for DCOM the address that answered */
    struct address client; /* who asked */
    uint8_t transport;     /* of the port: 6 or 17 */
    uint16_t port;         /* 0 when the tower has none */
    struct uuid interface;
    uint16_t major, minor;
    uint32_t learned_from;                            /* name: ept_map, ... */
    uint32_t protocol_sequence, endpoint, annotation; /* names */
    struct address tower_address;                     /* all zero when none was given */
    uint32_t source;                                  /* of the first message */
    uint64_t frame;
    uint32_t network; /* name: in which it was told; 0 unless networks are kept apart */
};

/* What one source let us see. */
struct coverage {
    uint32_t run, sensor, source, filter; /* names */
    int64_t first_ns, last_ns;
    uint64_t packets;           /* every frame read, undecoded and duplicate ones too */
    uint64_t bytes;             /* of these frames, on the wire */
    uint64_t dropped;           /* by kernel or interface */
    uint64_t duplicates;        /* packets that were there before, and count nowhere else */
    uint64_t duplicates_routed; /* of them, those with another TTL: seen on both sides of a router */
    uint64_t undecoded;         /* no IP packet in it, or a link layer or header we do not read */
    uint64_t truncated_frames;  /* captured shorter than sent */
    uint64_t truncated;         /* 1 when the capture ends in the middle of a record */
    uint64_t fragments_lost;    /* IP fragments whose packet was never whole */
    uint64_t missing_bytes;     /* of TCP: sent, by the numbers of both ends, and not captured */
    uint64_t evicted_flows;
    uint64_t evicted_conversations; /* rows that found no room and were added to what is there */
    uint64_t lost_facts;            /* facts and names that found no room */
    uint64_t unasked_flows;         /* flows that nothing named and nDPI was not asked about, to keep up */
    uint64_t spooled_rows;          /* of earlier runs, that still waited for the database when this one was written */
    uint64_t lost_rows;             /* of earlier runs, that found no room while they waited */
};

enum column_type {
    COLUMN_U8,
    COLUMN_U16,
    COLUMN_U32,
    COLUMN_U64,
    COLUMN_I64,
    COLUMN_TIME, /* int64_t, nanoseconds since 1970 UTC */
    COLUMN_NAME, /* uint32_t, a name */
    COLUMN_ADDRESS,
    COLUMN_UUID,
    COLUMN_WORD /* uint8_t, one of `words` */
};

struct column {
    const char *name;
    enum column_type type;
    size_t offset;
    const char *const *words; /* COLUMN_WORD: the words, in order of the enum */
    size_t word_count;
    const char *unit;    /* "" when none */
    const char *meaning; /* one line for the docs */
};

struct table {
    const char *name;
    size_t record_size;
    const struct column *columns;
    size_t count;
};

/* A record of any table. */
union record {
    struct conversation conversation;
    struct fact fact;
    struct binding binding;
    struct coverage coverage;
};

extern const struct table conversation_table, fact_table, binding_table, coverage_table;

#endif
