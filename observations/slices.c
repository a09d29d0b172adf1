/* slices: rows and values in the chains of their pair, by slice of packet time, newest first. Time may go backwards and
 * may jump anywhere: a row of an older slice finds its place further down its chain, and when more than 256 slices
 * would be needed all of them get wider at once. */
#include "observations/inside.h"

#include <assert.h>

static int64_t floor_shift(int64_t slice, unsigned doublings)
{
    return slice >= 0 ? slice >> doublings : ~(~slice >> doublings);
}

static bool can_widen(const struct observations *store)
{
    return store->oldest != store->newest && store->width_ns <= INT64_MAX / 2;
}

/* -- keeping rows ------------------------------------------------------------------------------------------------ */

static bool same_class(const struct row *a, const struct conversation *b)
{
    return a->protocol == b->protocol && a->disposition == b->disposition && a->authentication == b->authentication &&
           a->encryption == b->encryption && a->protection == b->protection;
}

/* Rows of one slice that may be added together when there are too many. Traffic of open flows stays apart: a row of
 * it never counts flows. */
static bool comparable(const struct row *a, const struct conversation *b)
{
    return a->run == b->run && a->sensor == b->sensor &&
           (a->disposition == DISPOSITION_OPEN) == (b->disposition == DISPOSITION_OPEN);
}

/* The evidence is the earliest, and of one moment the first frame: it does not matter which row comes first. */
static bool is_better_evidence(uint64_t frame, int64_t first_ns, uint64_t than_frame, int64_t than_ns)
{
    if (frame == 0 || than_frame == 0)
        return frame != 0;
    return first_ns < than_ns || (first_ns == than_ns && frame < than_frame);
}

static void add_row(struct row *sum, const struct conversation *row)
{
    if (is_better_evidence(row->frame, row->first_ns, sum->frame, sum->first_ns)) {
        sum->frame = row->frame;
        sum->source = row->source;
    }
    if (sum->second_opinion == 0)
        sum->second_opinion = row->second_opinion;
    if (row->decided_by > sum->decided_by)
        sum->decided_by = row->decided_by;
    if (row->first_ns < sum->first_ns)
        sum->first_ns = row->first_ns;
    if (row->last_ns > sum->last_ns)
        sum->last_ns = row->last_ns;
    sum->flows += row->flows;
    sum->packets_to_server += row->packets_to_server;
    sum->packets_to_client += row->packets_to_client;
    sum->bytes_to_server += row->bytes_to_server;
    sum->bytes_to_client += row->bytes_to_client;
    sum->missing_bytes += row->missing_bytes;
}

/* What came in was mostly written a moment ago, field by field: so it is read, and nowhere copied in between. */
static struct row new_row(uint32_t next, uint32_t pair, int32_t slice, const struct conversation *row)
{
    return (struct row){.next = next,
                        .pair = pair,
                        .slice = slice,
                        .run = row->run,
                        .sensor = row->sensor,
                        .protocol = row->protocol,
                        .second_opinion = row->second_opinion,
                        .authentication = row->authentication,
                        .encryption = row->encryption,
                        .protection = row->protection,
                        .source = row->source,
                        .disposition = row->disposition,
                        .decided_by = row->decided_by,
                        .frame = row->frame,
                        .flows = row->flows,
                        .packets_to_server = row->packets_to_server,
                        .packets_to_client = row->packets_to_client,
                        .bytes_to_server = row->bytes_to_server,
                        .bytes_to_client = row->bytes_to_client,
                        .missing_bytes = row->missing_bytes,
                        .first_ns = row->first_ns,
                        .last_ns = row->last_ns};
}

/* With too many classes a row goes to the most similar one of its slice: one of the same disposition if there is one.
 * False when there is no room and wider slices may make some. */
static bool keep_row(struct observations *store, uint32_t pair, int32_t slice, const struct conversation *row)
{
    struct row *rows = store->rows, *similar = NULL;
    unsigned classes = 0;
    uint32_t *link = &store->pairs[pair].row;
    while (*link != 0 && rows[*link].slice > slice)
        link = &rows[*link].next;
    for (uint32_t at = *link; at != 0 && rows[at].slice == slice; at = rows[at].next) {
        if (!comparable(&rows[at], row))
            continue;
        if (same_class(&rows[at], row)) {
            add_row(&rows[at], row);
            return true;
        }
        classes++;
        if (similar == NULL || (similar->disposition != row->disposition && rows[at].disposition == row->disposition))
            similar = &rows[at];
    }
    bool full = store->row_count == store->row_capacity, many = classes == STORE_CLASSES_MOST;
    if (full && !many && can_widen(store))
        return false;
    if (full || many) {
        store->evicted++;
        if (similar != NULL)
            add_row(similar, row);
        return true;
    }
    uint32_t number = ++store->row_count;
    memory_fill(&store->rows_filling, (number + (size_t)1) * sizeof *rows);
    rows[number] = new_row(*link, pair, slice, row);
    *link = number;
    return true;
}

static bool same_group(const struct value *a, const struct fact *b)
{
    return a->key == b->key && a->run == b->run && a->sensor == b->sensor;
}

static inline void add_value(struct value *sum, const struct fact *value)
{
    if (is_better_evidence(value->frame, value->first_ns, sum->frame, sum->first_ns)) {
        sum->frame = value->frame;
        sum->source = value->source;
    }
    if (value->first_ns < sum->first_ns)
        sum->first_ns = value->first_ns;
    sum->flows += value->flows;
}

static struct value new_value(uint32_t next, uint32_t next_group, uint32_t pair, int32_t slice, const struct fact *row)
{
    return (struct value){.next = next,
                          .next_group = next_group,
                          .count = 1,
                          .pair = pair,
                          .slice = slice,
                          .run = row->run,
                          .sensor = row->sensor,
                          .key = row->key,
                          .name = row->value,
                          .source = row->source,
                          .frame = row->frame,
                          .flows = row->flows,
                          .first_ns = row->first_ns};
}

static bool is_value(const struct value *value, uint32_t pair, int32_t slice, const struct fact *row)
{
    return value->pair == pair && value->name == row->value && value->slice == slice && same_group(value, row);
}

/* The second flow of a pair mostly says what the first one said, in the same order: then the value is the one behind
 * the value before, and nothing is to be walked through. */
static inline bool keep_next(struct observations *store, uint32_t pair, int32_t slice, const struct fact *row)
{
    struct value *next = &store->values[store->next_value];
    if (store->next_value > store->value_count || !is_value(next, pair, slice, row))
        return false;
    add_value(next, row);
    store->next_value++;
    return true;
}

/* False when there is no room and wider slices may make some. */
static bool keep_value(struct observations *store, uint32_t pair, int32_t slice, const struct fact *row)
{
    struct value *values = store->values;
    uint32_t *link = &store->pairs[pair].group;
    while (*link != 0 && values[*link].slice > slice)
        link = &values[*link].next_group;
    uint32_t group = *link;
    while (group != 0 && values[group].slice == slice && !same_group(&values[group], row))
        group = values[group].next_group;
    if (group != 0 && values[group].slice != slice)
        group = 0;
    for (uint32_t at = group; at != 0; at = values[at].next) {
        if (values[at].name == row->value) {
            add_value(&values[at], row);
            store->next_value = at + 1;
            return true;
        }
    }
    bool full = store->value_count == store->value_capacity;
    bool many = group != 0 && values[group].count == STORE_FACTS_MOST;
    if (full && !many && can_widen(store))
        return false;
    if (full || many) {
        store->lost++;
        return true;
    }
    uint32_t number = ++store->value_count;
    memory_fill(&store->values_filling, (number + (size_t)1) * sizeof *values);
    store->next_value = number + 1;
    if (group != 0) {
        values[number] = new_value(values[group].next, 0, pair, slice, row);
        values[group].next = number;
        values[group].count++;
    } else {
        values[number] = new_value(0, *link, pair, slice, row);
        *link = number;
    }
    return true;
}

/* -- reading back ------------------------------------------------------------------------------------------------ */

static int64_t start_of(const struct observations *store, int32_t slice)
{
    int64_t start_ns;
    return __builtin_mul_overflow(slice, store->width_ns, &start_ns) ? INT64_MIN : start_ns;
}

void slices_row(const struct observations *store, uint32_t number, struct conversation *out)
{
    const struct row *row = &store->rows[number];
    out->run = row->run;
    out->sensor = row->sensor;
    out->slice_ns = start_of(store, row->slice);
    out->pair = store->pairs[row->pair].pair;
    out->protocol = row->protocol;
    out->second_opinion = row->second_opinion;
    out->authentication = row->authentication;
    out->encryption = row->encryption;
    out->protection = row->protection;
    out->source = row->source;
    out->frame = row->frame;
    out->disposition = row->disposition;
    out->decided_by = row->decided_by;
    out->flows = row->flows;
    out->packets_to_server = row->packets_to_server;
    out->packets_to_client = row->packets_to_client;
    out->bytes_to_server = row->bytes_to_server;
    out->bytes_to_client = row->bytes_to_client;
    out->missing_bytes = row->missing_bytes;
    out->first_ns = row->first_ns;
    out->last_ns = row->last_ns;
}

void slices_value(const struct observations *store, uint32_t number, struct fact *out)
{
    const struct value *value = &store->values[number];
    out->run = value->run;
    out->sensor = value->sensor;
    out->slice_ns = start_of(store, value->slice);
    out->pair = store->pairs[value->pair].pair;
    out->key = value->key;
    out->value = value->name;
    out->source = value->source;
    out->frame = value->frame;
    out->flows = value->flows;
    out->first_ns = value->first_ns;
}

/* -- slices ------------------------------------------------------------------------------------------------------ */

/* Keeps everything once more, in slices 2^doublings times as wide. There is no more of it than before and nothing moves
 * up, so it can be done in place and always finds room. */
static void widen(struct observations *store, unsigned doublings)
{
    uint32_t rows = store->row_count, values = store->value_count;
    store->width_ns <<= doublings;
    store->last.width_ns = 0;
    store->oldest = floor_shift(store->oldest, doublings);
    store->newest = floor_shift(store->newest, doublings);
    store->row_count = store->value_count = 0;
    for (uint32_t i = 1; i <= store->pair_count; i++)
        store->pairs[i].row = store->pairs[i].group = 0;
    for (uint32_t i = 1; i <= rows; i++) {
        struct conversation row;
        uint32_t pair = store->rows[i].pair;
        int32_t slice = (int32_t)floor_shift(store->rows[i].slice, doublings);
        if (pair == 0)
            continue;
        slices_row(store, i, &row);
        keep_row(store, pair, slice, &row);
    }
    for (uint32_t i = 1; i <= values; i++) {
        struct fact fact;
        uint32_t pair = store->values[i].pair;
        int32_t slice = (int32_t)floor_shift(store->values[i].slice, doublings);
        if (pair == 0)
            continue;
        slices_value(store, i, &fact);
        keep_value(store, pair, slice, &fact);
    }
}

void slices_compact(struct observations *store)
{
    widen(store, 0);
}

void slices_forget(struct observations *store)
{
    for (uint32_t i = 1; i <= store->pair_count; i++)
        store->pairs[i].row = store->pairs[i].group = 0;
    store->row_count = store->value_count = 0;
    store->has_slices = false;
    store->last.width_ns = 0;
    store->width_ns = SLICES_FIRST_WIDTH_NS;
}

/* One whose start is before all times is not noted. */
static int32_t note_last(struct observations *store, int64_t slice)
{
    int64_t start_ns;
    bool fits = !__builtin_mul_overflow(slice, store->width_ns, &start_ns);
    store->last = (struct slice){fits ? start_ns : 0, fits ? (uint64_t)store->width_ns : 0, (int32_t)slice};
    return (int32_t)slice;
}

/* There are at most 2^64 ns / 60 s slices: a number fits 32 bits, and 21 doublings are enough for any two times. */
static int32_t find_slice(struct observations *store, int64_t time_ns)
{
    int64_t slice = time_ns / store->width_ns - (time_ns % store->width_ns < 0);
    if (!store->has_slices) {
        store->has_slices = true;
        store->oldest = store->newest = slice;
    }
    if (slice >= store->oldest && slice <= store->newest)
        return note_last(store, slice);
    int64_t oldest = slice < store->oldest ? slice : store->oldest;
    int64_t newest = slice > store->newest ? slice : store->newest;
    unsigned doublings = 0;
    while (floor_shift(newest, doublings) - floor_shift(oldest, doublings) >= STORE_SLICES_MOST)
        doublings++;
    store->oldest = oldest;
    store->newest = newest;
    if (doublings > 0)
        widen(store, doublings);
    return note_last(store, floor_shift(slice, doublings));
}

/* Most times lie in the slice of the one before; a division takes longer than the rest of writing a row down. */
static inline int32_t slice_at(struct observations *store, int64_t time_ns)
{
    const struct slice *last = &store->last;
    if (time_ns >= last->start_ns && (uint64_t)time_ns - (uint64_t)last->start_ns < last->width_ns)
        return last->number;
    return find_slice(store, time_ns);
}

void observations_span(struct observations *store, int64_t time_ns)
{
    (void)slice_at(store, time_ns);
}

void observations_widen(struct observations *store, int64_t width_ns)
{
    unsigned doublings = 0;
    while (width_ns >> doublings > store->width_ns)
        doublings++;
    if (doublings > 0)
        widen(store, doublings);
}

/* -- writing down ------------------------------------------------------------------------------------------------ */

/* Rather than lose a row, all slices get wider: what is lost is only when it was. */
void observations_count(struct observations *store, uint32_t pair, int64_t time_ns, const struct conversation *row)
{
    if (pair == 0) {
        store->evicted++;
        return;
    }
    assert(pair <= store->pair_count);
    int32_t slice = slice_at(store, time_ns);
    while (!keep_row(store, pair, slice, row)) {
        widen(store, 1);
        slice = (int32_t)floor_shift(slice, 1);
    }
}

static inline void keep_value_for_certain(struct observations *store, uint32_t pair, int32_t slice,
                                          const struct fact *row)
{
    while (!keep_next(store, pair, slice, row) && !keep_value(store, pair, slice, row)) {
        widen(store, 1);
        slice = (int32_t)floor_shift(slice, 1);
    }
}

void slices_keep_value(struct observations *store, uint32_t pair, int32_t slice, const struct fact *row)
{
    keep_value_for_certain(store, pair, slice, row);
}

void observations_say(struct observations *store, uint32_t pair, int64_t time_ns, const struct fact *row)
{
    if (pair == 0) {
        store->lost++;
        return;
    }
    assert(pair <= store->pair_count);
    keep_value_for_certain(store, pair, slice_at(store, time_ns), row);
}
