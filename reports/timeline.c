/* timeline: see reports/timeline.h. Every row of the store becomes a cell; cells of one conversation and slice are
 * added up, and while there are too many, slices are put together two by two. */
#include "reports/timeline.h"
#include "base/clock.h"
#include "observations/scans.h"

#include <stdlib.h>
#include <string.h>

/* As many cells as conversations can have on average before slices get wider; a small audit may have more. */
#define CELLS_EACH   8
#define CELLS_ALWAYS 65536

static bool has_session(const struct judged_conversation *c, enum disposition disposition)
{
    for (size_t i = 0; i < c->session_count; i++)
        if (c->sessions[i].disposition == disposition)
            return true;
    return false;
}

/* By number of a pair in the store: the conversation and 1, 0 for none. NULL when memory runs out. */
static uint32_t *conversations_by_pair(const struct audit *audit)
{
    uint32_t pairs = observations_pair_count(audit->store);
    uint32_t *numbers = calloc((size_t)pairs + 1, sizeof *numbers);
    for (size_t i = 0; numbers != NULL && i < audit->conversation_count; i++)
        if (audit->conversations[i].pair <= pairs)
            numbers[audit->conversations[i].pair] = (uint32_t)i + 1;
    return numbers;
}

/* By host: bits of the transports in which it scans. */
static uint8_t transport_bit(uint8_t transport)
{
    return transport == 6 ? 1 : transport == 17 ? 2 : 4;
}

static uint8_t *scans_by_host(const struct audit *audit)
{
    uint8_t *bits = calloc(audit->host_count + 1, sizeof *bits);
    for (size_t i = 0; bits != NULL && i < audit->scan_count; i++)
        bits[audit->scans[i].client_host] |= transport_bit(audit->scans[i].transport);
    return bits;
}

/* Does a scan have this attempt, which is in vain, of a conversation of which more is known? */
static bool scan_has(const struct audit *audit, const uint8_t *scans, const struct judged_conversation *c)
{
    if (audit->scan_count == 0 || (scans[c->client_host] & transport_bit(c->transport)) == 0)
        return false;
    for (size_t i = 0; i < audit->scan_count; i++) {
        const struct judged_scan *scan = &audit->scans[i];
        if (scan->client_host == c->client_host && scan->transport == c->transport &&
            address_equal(&scan->client, &c->client) && strcmp(scan->tunnel, c->tunnel) == 0 &&
            strcmp(scan->network, c->network) == 0)
            return true;
    }
    return false;
}

/* A failed attempt that its conversation does not have was told as one-way, where nobody knows. */
static void add_row(struct timeline *timeline, const struct judged_conversation *c, uint32_t conversation,
                    const struct conversation *row)
{
    enum disposition disposition = (enum disposition)row->disposition;
    bool failed = disposition_is_failure(disposition) && has_session(c, disposition);
    if (disposition_is_failure(disposition) && !failed && !has_session(c, DISPOSITION_ONE_WAY))
        return;
    timeline->cells[timeline->count++] =
        (struct timeline_cell){.conversation = conversation,
                               .slice = (uint32_t)(clock_since(row->slice_ns, timeline->first_ns) / timeline->width_ns),
                               .packets = row->packets_to_server + row->packets_to_client,
                               .bytes = row->bytes_to_server + row->bytes_to_client,
                               .flows = row->flows,
                               .failed_flows = failed ? row->flows : 0};
}

static void find_window(struct timeline *timeline, const struct observations *store)
{
    int64_t last_ns = 0;
    size_t rows = observations_conversation_count(store);
    for (size_t i = 0; i < rows; i++) {
        struct conversation row;
        observations_conversation(store, i, &row);
        if (i == 0 || row.slice_ns < timeline->first_ns)
            timeline->first_ns = row.slice_ns;
        if (i == 0 || row.slice_ns > last_ns)
            last_ns = row.slice_ns;
    }
    timeline->width_ns = observations_slice_width_ns(store);
    if (rows > 0)
        timeline->slices = (uint32_t)(clock_since(last_ns, timeline->first_ns) / timeline->width_ns) + 1;
}

static int by_place(const void *left, const void *right)
{
    const struct timeline_cell *a = left, *b = right;
    if (a->conversation != b->conversation)
        return a->conversation < b->conversation ? -1 : 1;
    return (a->slice > b->slice) - (a->slice < b->slice);
}

/* Cells stand in order; those of one place become one. */
static void add_up(struct timeline *timeline)
{
    size_t kept = 0;
    for (size_t i = 0; i < timeline->count; i++) {
        struct timeline_cell *cell = &timeline->cells[i], *last = kept > 0 ? &timeline->cells[kept - 1] : NULL;
        if (last == NULL || by_place(last, cell) != 0) {
            timeline->cells[kept++] = *cell;
            continue;
        }
        last->packets += cell->packets;
        last->bytes += cell->bytes;
        last->flows += cell->flows;
        last->failed_flows += cell->failed_flows;
    }
    timeline->count = kept;
}

static void widen(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->count; i++)
        timeline->cells[i].slice /= 2;
    timeline->width_ns *= 2;
    timeline->slices = (timeline->slices + 1) / 2;
    add_up(timeline);
}

static bool too_many(const struct timeline *timeline, const struct audit *audit)
{
    return timeline->slices > TIMELINE_SLICES_MOST ||
           (timeline->count > CELLS_ALWAYS && timeline->count > CELLS_EACH * audit->conversation_count &&
            timeline->slices > 1);
}

bool timeline_init(struct timeline *timeline, const struct audit *audit)
{
    *timeline = (struct timeline){0};
    size_t rows = observations_conversation_count(audit->store);
    uint32_t *numbers = conversations_by_pair(audit);
    uint8_t *scans = scans_by_host(audit);
    timeline->cells = malloc((rows + 1) * sizeof *timeline->cells);
    if (numbers == NULL || scans == NULL || timeline->cells == NULL) {
        free(numbers);
        free(scans);
        timeline_fini(timeline);
        return false;
    }
    find_window(timeline, audit->store);
    for (size_t i = 0; i < rows; i++) {
        struct conversation row;
        uint32_t number = numbers[observations_conversation_pair(audit->store, i)];
        observations_conversation(audit->store, i, &row);
        const struct judged_conversation *c = number != 0 ? &audit->conversations[number - 1] : NULL;
        if (c != NULL && !(scan_takes_row(&row) && scan_has(audit, scans, c)))
            add_row(timeline, c, number - 1, &row);
    }
    free(numbers);
    free(scans);
    qsort(timeline->cells, timeline->count, sizeof *timeline->cells, by_place);
    add_up(timeline);
    while (too_many(timeline, audit))
        widen(timeline);
    return true;
}

void timeline_fini(struct timeline *timeline)
{
    free(timeline->cells);
    *timeline = (struct timeline){0};
}
