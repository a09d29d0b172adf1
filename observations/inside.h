/* inside: what the files of the store share and nobody else sees: how the tables lie in memory.
 *
 * Pairs are a dense array with an index over it. The rows of a pair hang from it as a chain, newest slice first, so
 * that the packet path looks at one or two rows; its facts likewise, as a chain of groups (one a key and slice), each
 * with a chain of values. Rows are kept without what their pair says, and expanded when read back. */
#ifndef OBSERVATIONS_INSIDE_H
#define OBSERVATIONS_INSIDE_H

#include "base/memory.h"
#include "observations/names.h"
#include "observations/store.h"

struct known_pair {
    struct pair pair;
    uint32_t row, group; /* newest of its rows and groups of facts, 0 when none */
};

struct row {
    uint32_t next; /* of the pair, of the same or an older slice */
    uint32_t pair;
    int32_t slice;
    uint32_t run, sensor;
    uint32_t protocol, second_opinion, authentication, encryption, protection, source;
    uint8_t disposition, decided_by;
    uint64_t frame, flows;
    uint64_t packets_to_server, packets_to_client, bytes_to_server, bytes_to_client, missing_bytes;
    int64_t first_ns, last_ns;
};

/* One value. The first of its group (pair, slice, run, sensor, key) stands for the group. */
struct value {
    uint32_t next;       /* value of the group */
    uint32_t next_group; /* of the pair, of the same or an older slice; of the first value only */
    uint32_t count;      /* values of the group; of the first value only */
    uint32_t pair;
    int32_t slice;
    uint32_t run, sensor, key, name, source;
    uint64_t frame, flows;
    int64_t first_ns;
};

/* The slice that was asked for last. */
struct slice {
    int64_t start_ns;
    uint64_t width_ns; /* 0: none */
    int32_t number;
};

/* Numbers of pairs, rows, values, bindings and coverages go from 1; 0 is none. */
struct observations {
    size_t block_bytes;
    uint64_t seed;
    struct names names;
    struct known_pair *pairs;
    struct row *rows;
    struct filling rows_filling, values_filling, pairs_filling;
    struct value *values;
    struct binding *bindings;
    struct coverage *coverages;
    struct index pair_index, binding_index, coverage_index;
    uint32_t pair_count, row_count, value_count, binding_count, coverage_count;
    uint32_t vain_count; /* pairs that came by attempts in vain */
    uint32_t pair_capacity, row_capacity, value_capacity, binding_capacity, coverage_capacity;
    int64_t width_ns;
    bool has_slices;
    int64_t oldest, newest; /* slices */
    struct slice last;
    uint32_t next_value; /* behind the one that was kept last */
    uint64_t evicted, lost;
};

#define SLICES_FIRST_WIDTH_NS INT64_C(60000000000)

/* slices.c */
/* Adds the value to its equal, or puts it into its pair's chain; when there is no room, into wider slices. */
void slices_keep_value(struct observations *store, uint32_t pair, int32_t slice, const struct fact *row);
/* Reading one back, with its pair and the start of its slice. */
void slices_row(const struct observations *store, uint32_t number, struct conversation *out);
void slices_value(const struct observations *store, uint32_t number, struct fact *out);
/* Takes out all rows and values. */
void slices_forget(struct observations *store);
/* Takes out the rows and values whose pair was set to 0. */
void slices_compact(struct observations *store);

#endif
