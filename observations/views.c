/* views: each pair's rows hang together by slice, so each slice is settled alone. Rows that go are marked by a pair of
 * 0, and taken out at the end at once (slices_compact). */
#include "observations/views.h"

#include "observations/inside.h"

#define SENSORS_MOST 64 /* of one pair and slice; more of them keep their rows, unsettled */
#define BARE_BYTES   60 /* IP and TCP headers with options: a packet without payload */

struct view {
    uint32_t sensor;
    uint64_t packets_to_server, packets_to_client;
};

struct slice_views {
    struct view views[SENSORS_MOST];
    size_t count;
};

static struct view *view_of(struct slice_views *all, uint32_t sensor)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->views[i].sensor == sensor)
            return &all->views[i];
    if (all->count == SENSORS_MOST)
        return NULL;
    all->views[all->count] = (struct view){.sensor = sensor};
    return &all->views[all->count++];
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* By what was seen of both directions, then in all; then by name, so that it does not matter who was read first. */
static bool is_better(const struct observations *store, const struct view *a, const struct view *b)
{
    uint64_t both_a = least(a->packets_to_server, a->packets_to_client);
    uint64_t both_b = least(b->packets_to_server, b->packets_to_client);
    uint64_t all_a = a->packets_to_server + a->packets_to_client, all_b = b->packets_to_server + b->packets_to_client;
    if (both_a != both_b)
        return both_a > both_b;
    if (all_a != all_b)
        return all_a > all_b;
    return strcmp(observations_text(store, a->sensor), observations_text(store, b->sensor)) < 0;
}

/* The best of those that saw only this direction, or NULL. */
static const struct view *best_one_way(const struct observations *store, const struct slice_views *all, bool to_server)
{
    const struct view *best = NULL;
    for (size_t i = 0; i < all->count; i++) {
        const struct view *view = &all->views[i];
        bool fits = to_server ? view->packets_to_client == 0 && view->packets_to_server > 0
                              : view->packets_to_server == 0 && view->packets_to_client > 0;
        if (fits && (best == NULL || is_better(store, view, best)))
            best = view;
    }
    return best;
}

static const struct view *best_of(const struct observations *store, const struct slice_views *all)
{
    const struct view *best = &all->views[0];
    for (size_t i = 1; i < all->count; i++)
        if (is_better(store, &all->views[i], best))
            best = &all->views[i];
    return best;
}

/* -- one slice of one pair --------------------------------------------------------------------------------------- */

/* The rows from `first` up to and without `end`, which hang together. */
struct stretch {
    struct observations *store;
    uint32_t pair, first, end;
};

/* Their sensors become "also seen". */
static void tell_also_seen(const struct stretch *at, const struct slice_views *all, const struct view *kept,
                           const struct view *joined)
{
    const struct row *row = &at->store->rows[at->first];
    if (at->store->value_capacity - at->store->value_count < all->count) {
        at->store->lost++; /* and nothing gets wider while rows are walked through */
        return;
    }
    uint32_t key = observations_name_of(at->store, VIEWS_KEY);
    for (size_t i = 0; i < all->count; i++) {
        uint32_t sensor = all->views[i].sensor;
        if (sensor == kept->sensor && joined == NULL)
            continue;
        const struct fact fact = {.key = key,
                                  .value = sensor,
                                  .source = row->source,
                                  .frame = row->frame,
                                  .flows = 1,
                                  .first_ns = row->first_ns};
        slices_keep_value(at->store, at->pair, row->slice, &fact);
    }
}

static void drop_others(const struct stretch *at, const struct view *kept, const struct view *joined)
{
    struct row *rows = at->store->rows;
    for (uint32_t i = at->first; i != at->end; i = rows[i].next)
        if (rows[i].sensor != kept->sensor && (joined == NULL || rows[i].sensor != joined->sensor))
            rows[i].pair = 0;
}

/* Did payload go this way, as far as sizes and what was read of it tell? */
static bool spoke(const struct row *row, uint64_t bytes, uint64_t packets)
{
    return packets > 0 && (row->protocol != 0 || bytes > packets * BARE_BYTES);
}

static bool is_one_sided(const struct row *row)
{
    return row->disposition == DISPOSITION_ONE_WAY || row->disposition == DISPOSITION_UNANSWERED ||
           row->disposition == DISPOSITION_PENDING || row->disposition == DISPOSITION_OPEN_NO_DATA;
}

/* What two views show together, where each alone knows half. */
static uint8_t joined_disposition(const struct row *to_server, const struct row *to_client, uint8_t transport)
{
    if (!is_one_sided(to_client))
        return to_client->disposition; /* refused, damaged ... was read in the answer */
    if (!is_one_sided(to_server))
        return to_server->disposition;
    bool both = spoke(to_server, to_server->bytes_to_server, to_server->packets_to_server) &&
                spoke(to_client, to_client->bytes_to_client, to_client->packets_to_client);
    return both || transport == 17 ? DISPOSITION_OK : DISPOSITION_OPEN_NO_DATA;
}

/* The row of the sensor with most flows; NULL when it only has traffic of flows that end later. */
static struct row *main_row(const struct stretch *at, uint32_t sensor)
{
    struct row *rows = at->store->rows, *best = NULL;
    for (uint32_t i = at->first; i != at->end; i = rows[i].next)
        if (rows[i].pair != 0 && rows[i].sensor == sensor && rows[i].disposition != DISPOSITION_OPEN &&
            (best == NULL || rows[i].flows > best->flows))
            best = &rows[i];
    return best;
}

/* Traffic stays in its rows; the flows of the answering side go into the row of the asking one. */
static void join(const struct stretch *at, const struct view *to_server, const struct view *to_client)
{
    struct row *rows = at->store->rows;
    struct row *asks = main_row(at, to_server->sensor), *answers = main_row(at, to_client->sensor);
    if (asks == NULL || answers == NULL)
        return;
    uint8_t disposition = joined_disposition(asks, answers, at->store->pairs[at->pair].pair.transport);
    for (uint32_t i = at->first; i != at->end; i = rows[i].next) {
        struct row *row = &rows[i];
        if (row->pair == 0 || row->disposition == DISPOSITION_OPEN)
            continue;
        if (row->sensor == to_client->sensor) {
            row->flows = 0;
            row->disposition = DISPOSITION_OPEN;
        } else if (is_one_sided(row)) {
            row->disposition = disposition;
        }
    }
    if (asks->protocol == 0)
        asks->protocol = answers->protocol;
    if (asks->authentication == 0)
        asks->authentication = answers->authentication;
    if (asks->encryption == 0)
        asks->encryption = answers->encryption;
    if (asks->protection == 0)
        asks->protection = answers->protection;
}

static bool settle_slice(const struct stretch *at)
{
    struct slice_views all = {.count = 0};
    const struct row *rows = at->store->rows;
    for (uint32_t i = at->first; i != at->end; i = rows[i].next) {
        struct view *view = view_of(&all, rows[i].sensor);
        if (view == NULL)
            return false;
        view->packets_to_server += rows[i].packets_to_server;
        view->packets_to_client += rows[i].packets_to_client;
    }
    if (all.count < 2)
        return false;
    const struct view *best = best_of(at->store, &all), *other = NULL;
    if (best->packets_to_server == 0 || best->packets_to_client == 0) {
        const struct view *asks = best_one_way(at->store, &all, true);
        other = best_one_way(at->store, &all, false);
        if (asks != NULL && other != NULL)
            best = asks;
        else
            other = NULL;
    }
    tell_also_seen(at, &all, best, other);
    drop_others(at, best, other);
    if (other != NULL)
        join(at, best, other);
    return true;
}

/* -- facts ------------------------------------------------------------------------------------------------------- */

/* The same value read by several sensors in a slice: the first keeps it, with the largest count. */
static bool settle_facts(struct observations *store, uint32_t pair)
{
    struct value *values = store->values;
    bool any = false;
    for (uint32_t group = store->pairs[pair].group; group != 0; group = values[group].next_group) {
        for (uint32_t other = values[group].next_group; other != 0 && values[other].slice == values[group].slice;
             other = values[other].next_group) {
            if (values[other].key != values[group].key || values[other].sensor == values[group].sensor)
                continue;
            for (uint32_t i = group; i != 0; i = values[i].next) {
                for (uint32_t j = other; j != 0; j = values[j].next) {
                    if (values[i].name != values[j].name || values[j].pair == 0 || values[i].pair == 0)
                        continue;
                    uint64_t more = values[i].flows > values[j].flows ? values[i].flows : values[j].flows;
                    values[i].flows = more;
                    values[j].pair = 0;
                    any = true;
                }
            }
        }
    }
    return any;
}

/* -- all --------------------------------------------------------------------------------------------------------- */

static bool settle_pair(struct observations *store, uint32_t pair)
{
    struct row *rows = store->rows;
    bool any = false;
    for (uint32_t first = store->pairs[pair].row, end; first != 0; first = end) {
        bool several = false;
        for (end = first; end != 0 && rows[end].slice == rows[first].slice; end = rows[end].next)
            several = several || rows[end].sensor != rows[first].sensor;
        if (several)
            any = settle_slice(&(struct stretch){store, pair, first, end}) || any;
    }
    return any;
}

void views_settle(struct observations *store)
{
    bool any = false;
    for (uint32_t pair = 1; pair <= store->pair_count; pair++) {
        if (settle_pair(store, pair)) {
            settle_facts(store, pair);
            any = true;
        }
    }
    if (any)
        slices_compact(store);
}
