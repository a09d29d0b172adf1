/* diff_parts: what the files of the comparison share and nobody else sees. */
#ifndef REPORTS_DIFF_PARTS_H
#define REPORTS_DIFF_PARTS_H

#include "audit/arena.h"
#include "reports/diff.h"

/* One thing in the old audit, the new one, or both. */
struct pairing {
    const json_t *old, *new;
};

struct pairings {
    struct pairing *items; /* those of the new audit in its order, then those only in the old one in its order */
    size_t count;
};

/* The key of a thing, in the arena; NULL: it is never paired. */
typedef const char *key_of(struct arena *arena, const json_t *item);
/* May two things of the same key stand for each other? */
typedef bool may_pair(const json_t *old, const json_t *new);

/* Pairs the items of two lists by their keys, equal ones one by one in their order. `may` may be NULL. */
struct pairings diff_pair(struct arena *arena, const json_t *old, const json_t *new, key_of *key, may_pair *may);
/* Pairs in the same way those that have found no partner yet. */
void diff_pair_rest(struct arena *arena, struct pairings *pairings, key_of *key);

/* The texts of a list with commas between, "" when empty. */
const char *diff_words(struct arena *arena, const json_t *list);
bool diff_has_word(const json_t *list, const char *word);
int64_t diff_number(const json_t *object, const char *key);

/* diff_index.c: numbers by keys. Made for at most so many entries, filled, sorted, then asked: the first entry of a key
 * is at diff_index_find, the others follow as long as diff_index_has says so. */
struct index_entry {
    const char *key;
    size_t number;
};

struct diff_index {
    struct index_entry *entries;
    size_t count;
};

struct diff_index diff_index_make(struct arena *arena, size_t most);
void diff_index_add(struct diff_index *index, const char *key, size_t number);
void diff_index_sort(struct diff_index *index);
size_t diff_index_find(const struct diff_index *index, const char *key);
bool diff_index_has(const struct diff_index *index, size_t at, const char *key);

/* diff_rank.c: how bad a verdict is, from 0; -1 for words that this version does not know. Of a conversation of this
 * audit: one of rows that must not happen alone ranks as what nobody expects. */
int diff_rank_of(const json_t *audit, const json_t *conversation);
int diff_rank_path(const char *verdict);
/* Was the path tried at all in an audit with this verdict? */
bool diff_path_was_tried(const char *verdict);
/* Nothing can be said; ranks from here on count as wrong. */
#define DIFF_RANK_UNSAID 1
#define DIFF_RANK_WRONG  2
/* From one rank to another; -1 is a word that nobody can order. What can no longer be judged did not get better. */
enum direction diff_direction(int was, int is);
/* Is this verdict of some flows among others? Then fewer flows may merely have left these out. */
bool diff_is_in_part(const char *verdict);
/* Was less than half seen of a conversation or path? */
bool diff_less_was_seen(const json_t *old, const json_t *new);

/* diff_ports.c, diff_limits.c: fill their part of the diff. */
void diff_fill_ports(struct arena *arena, struct diff *diff);
void diff_fill_limits(struct arena *arena, struct diff *diff);

#endif
