/* listing: see audit/listing.h. */
#include "audit/listing.h"

#include "audit/findings.h"
#include "audit/silence.h"
#include "base/hash.h"

#include <string.h>

#define BLOCK_PAIRS 256
/* What one finding takes of the audit's memory, as a rule: its words, its evidence, and what it is sorted by. */
#define FINDING_BYTES 1024

struct listing_block {
    struct listing_block *next;
    struct judged_pair pairs[BLOCK_PAIRS];
};

static size_t bytes_for(const struct work *work, const struct arena *room)
{
    const struct audit *audit = work->audit;
    size_t all = work->inputs->memory_bytes, used = arena_bytes(work->arena) + arena_bytes(room);
    if (all == 0)
        return SIZE_MAX;
    for (size_t i = 0; i < audit->conversation_count; i++)
        used += finding_is_due(&audit->conversations[i]) ? FINDING_BYTES : 0;
    return all > used ? all - used : 0;
}

void listings_begin(struct listings *all, struct work *work, size_t rows, const struct arena *room)
{
    *all = (struct listings){.work = work, .bytes = bytes_for(work, room), .rows = rows};
}

/* One share more than there are rows: while a row is judged its pairs are there twice. */
void listing_begin(struct listing *listing, struct listings *all, struct judged_path *path, struct arena *room)
{
    size_t bytes = all->bytes == SIZE_MAX ? SIZE_MAX : all->bytes / (all->rows + 1);
    if (all->rows > 1)
        all->rows--;
    *listing = (struct listing){.all = all, .path = path, .room = room, .bytes = bytes, .bytes_left = bytes};
}

static const char **reason_place(struct listings *all, const char *reason)
{
    return &all->reasons[hash_bytes(reason, strlen(reason), 0) % REASONS_KEPT];
}

static bool is_kept(const char *const *place, const char *reason)
{
    return *place != NULL && strcmp(*place, reason) == 0;
}

const char *listing_keep(struct listings *all, const char *reason)
{
    const char **place = reason_place(all, reason);
    if (!is_kept(place, reason))
        *place = arena_text(all->work->arena, reason);
    return *place != NULL ? *place : "";
}

static size_t cost_of(struct listings *all, const struct judged_pair *pair)
{
    bool kept = is_kept((const char *const *)reason_place(all, pair->reason), pair->reason);
    return sizeof *pair + (kept ? 0 : strlen(pair->reason) + 16);
}

static struct judged_pair *place_of_next(struct listing *listing)
{
    size_t at = listing->count % BLOCK_PAIRS;
    if (at == 0) {
        struct listing_block *block = arena_take(listing->room, sizeof *block);
        if (block == NULL)
            return NULL;
        *(listing->last != NULL ? &listing->last->next : &listing->first) = block;
        listing->last = block;
    }
    return &listing->last->pairs[at];
}

static bool is_good(enum path_verdict verdict)
{
    return verdict == PATH_SATISFIED || verdict == PATH_NOT_EXERCISED;
}

void listing_add(struct listing *listing, const struct judged_pair *pair)
{
    size_t cost = cost_of(listing->all, pair), spared = is_good(pair->verdict) ? listing->bytes / 2 : 0;
    if (listing->bytes_left < cost || listing->bytes_left - cost < spared) {
        listing->path->left_out[pair->verdict]++;
        listing->path->without_room++;
        if (pair->verdict == PATH_MISSING)
            silence_leave_out(listing->all->work, listing->path, pair);
        return;
    }
    struct judged_pair *place = place_of_next(listing);
    if (place == NULL)
        return;
    *place = *pair;
    place->reason = listing_keep(listing->all, pair->reason);
    listing->bytes_left -= listing->bytes == SIZE_MAX ? 0 : cost;
    listing->count++;
}

void listing_end(struct listing *listing)
{
    struct judged_path *path = listing->path;
    size_t done = 0;
    path->pairs = arena_take_many(listing->all->work->arena, listing->count, sizeof *path->pairs);
    for (const struct listing_block *block = listing->first; block != NULL && path->pairs != NULL;
         block = block->next) {
        size_t count = listing->count - done < BLOCK_PAIRS ? listing->count - done : BLOCK_PAIRS;
        memcpy(path->pairs + done, block->pairs, count * sizeof *path->pairs);
        done += count;
    }
    path->pair_count = done;
    if (listing->all->bytes != SIZE_MAX)
        listing->all->bytes -= listing->bytes - listing->bytes_left;
}
