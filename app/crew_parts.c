/* crew_parts: a run that is written while it goes on. Whatever is in the stores at a moment is a part, since rows add
 * up; flows stay with their observers, and go on where they are. */
#include "app/crewing.h"

#include "observations/merge.h"

#include <string.h>

static struct observations *store_of(const struct crew *crew, unsigned member)
{
    return observer_store(crew->members[member].observer);
}

void crew_hand_on(struct crew *crew)
{
    for (unsigned i = 0; i < crew->observers; i++)
        observer_hand_on(crew->members[i].observer, crew->now_ns);
    crew->first_ns = INT64_MAX; /* of the next part */
}

void crew_join_parts(struct crew *crew, uint8_t number)
{
    struct coverage *row = &crew->coverage[number];
    if (row->packets == 0)
        return;
    if (row->first_ns > crew->watched_ns[number])
        row->first_ns = crew->watched_ns[number];
    crew->watched_ns[number] = row->last_ns;
}

/* A part in which nothing came is told of only at the end. */
void crew_hand_on_source(struct crew *crew, uint8_t number, uint64_t dropped)
{
    struct coverage *row = &crew->coverage[number];
    struct coverage empty = {.sensor = row->sensor, .source = row->source, .filter = row->filter};
    row->dropped = dropped - crew->dropped[number];
    crew->dropped[number] = dropped;
    crew_cover(crew, row);
    crew_join_parts(crew, number);
    if (memcmp(row, &empty, sizeof empty) != 0)
        observations_cover(store_of(crew, 0), row);
    *row = empty;
}

void crew_lost_rows(struct crew *crew, uint64_t rows)
{
    struct coverage row = crew->coverage[0];
    row = (struct coverage){.sensor = row.sensor, .source = row.source, .filter = row.filter, .lost_rows = rows};
    observations_cover(store_of(crew, 0), &row);
}

/* Names of the first store, by which rows of coverage know their sources. */
static void move_coverage(struct coverage *row, struct observations *to, const struct observations *from)
{
    row->sensor = observations_move_name(to, from, row->sensor);
    row->source = observations_move_name(to, from, row->source);
    row->filter = observations_move_name(to, from, row->filter);
}

/* A run for weeks meets more hosts than there is room for at once. */
static void renew(struct crew *crew, unsigned number)
{
    struct member *member = &crew->members[number];
    struct observations *old = observer_renew(member->observer, &member->options);
    if (old == NULL)
        return;
    for (unsigned i = 0; i < SOURCES_AT_ONCE && number == 0; i++)
        move_coverage(&crew->coverage[i], store_of(crew, 0), old);
    if (number == 0)
        move_coverage(&crew->rest, store_of(crew, 0), old);
    observations_destroy(old);
}

void crew_forget(struct crew *crew, struct crew *keeper)
{
    for (unsigned i = 0; i < crew->observers; i++) {
        struct observations *store = store_of(crew, i);
        if (keeper->kept != NULL)
            observations_merge(keeper->kept, store);
        observations_forget(store);
        if (observations_is_crowded(store))
            renew(crew, i);
    }
}

/* What found no room there is no loss of the run as it was written, only of what is judged here. */
static void cover_kept(struct crew *crew)
{
    struct observations *kept = crew->kept, *first = store_of(crew, 0);
    uint64_t evicted = observations_evicted(kept), lost = observations_lost_facts(kept);
    if (evicted == crew->kept_evicted && lost == crew->kept_lost)
        return;
    const struct coverage *rest = &crew->rest;
    observations_cover(kept,
                       &(struct coverage){.sensor = observations_name_of(kept, observations_text(first, rest->sensor)),
                                          .source = observations_name_of(kept, observations_text(first, rest->source)),
                                          .filter = observations_name_of(kept, observations_text(first, rest->filter)),
                                          .evicted_conversations = evicted - crew->kept_evicted,
                                          .lost_facts = lost - crew->kept_lost});
    crew->kept_evicted = evicted;
    crew->kept_lost = lost;
}

struct observations *crew_kept_store(struct crew *crew)
{
    for (unsigned i = 0; i < crew->observers && !crew->merged; i++)
        observations_merge(crew->kept, store_of(crew, i));
    if (!crew->merged && crew->finished) {
        crew->merged = true;
        cover_kept(crew);
    }
    return crew->kept;
}
