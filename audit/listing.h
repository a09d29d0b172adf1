/* listing: the pairs of hosts that a row names. A site may give roles to whole networks, so that of one conversation
 * comes a pair of each of many rows: what the audit has no memory for is counted, by verdict, and weighs as much. */
#ifndef AUDIT_LISTING_H
#define AUDIT_LISTING_H

#include "audit/work.h"

#define REASONS_KEPT 64

/* Of all rows. */
struct listings {
    struct work *work;
    size_t bytes;                      /* for pairs and their reasons; SIZE_MAX: no bound */
    size_t rows;                       /* that are still to come and may have pairs */
    const char *reasons[REASONS_KEPT]; /* told lately: many are the same */
};

struct listing_block;

/* Of one row, while it is judged. */
struct listing {
    struct listings *all;
    struct judged_path *path;
    struct arena *room; /* until listing_end */
    struct listing_block *first, *last;
    size_t count, bytes, bytes_left;
};

/* `rows`: how many may have pairs. What the audit holds already, `room` included, and what findings will need, is taken
 * off. */
void listings_begin(struct listings *all, struct work *work, size_t rows, const struct arena *room);
/* A row's share of what is left. Its pairs are put together in `room`. */
void listing_begin(struct listing *listing, struct listings *all, struct judged_path *path, struct arena *room);
/* The reason is copied. What finds no room is counted; what is good leaves half of the room to what is not. */
void listing_add(struct listing *listing, const struct judged_pair *pair);
/* The row has its pairs. */
void listing_end(struct listing *listing);
/* A text for as long as the audit lives. */
const char *listing_keep(struct listings *all, const char *reason);

#endif
