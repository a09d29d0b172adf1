/* store: observations in memory, of fixed capacity: what the observing half fills and the auditing half reads.
 *
 * Rows with equal keys add up as they come in, whether from the packet path, from files of an earlier run or from a
 * database. A pair (client, server, transport, port) is looked up once and then counted by its number, which keeps
 * the packet path short. Slices are kept to at most 256: when one more would be needed, or when there is no room for
 * more rows, their width doubles and rows are added together. What finds no room is counted, never dropped in
 * silence. */
#ifndef OBSERVATIONS_STORE_H
#define OBSERVATIONS_STORE_H

#include "base/failure.h"
#include "observations/observation.h"

#define STORE_SLICES_MOST  256
#define STORE_CLASSES_MOST 32 /* session classes of a pair and slice, of one run and sensor */
#define STORE_FACTS_MOST   64 /* values of one key of a pair and slice, of one run and sensor */

struct observations;

/* A store that uses at most about `budget_bytes` of memory, touched as it is filled. Owned by the caller. */
struct observations *observations_create(size_t budget_bytes, struct failure *failure);
void observations_destroy(struct observations *store);

/* The number of this text, new or old; text beyond 255 bytes is cut; 0 for the empty string, and when no room is
 * left (counted in the store's lost facts). */
uint32_t observations_name(struct observations *store, const void *text, size_t length);
uint32_t observations_name_of(struct observations *store, const char *text);
/* The same as observations_name_of, and faster when the number is `last`, which may be any. */
uint32_t observations_name_again(struct observations *store, const char *text, uint32_t last);
/* The same as observations_name for one of a row of texts, `*last` being the one before it: where such a row came
 * before, it is found faster. Any number may stand there; it becomes this one, unless that is 0. */
uint32_t observations_name_after(struct observations *store, const void *text, size_t length, uint32_t *last);
/* The number of this text, or UINT32_MAX when it is not there. */
uint32_t observations_find_name(const struct observations *store, const char *text);
/* The number here of a name of another store. */
uint32_t observations_move_name(struct observations *store, const struct observations *from, uint32_t name);
/* The text of a name, NUL-ended, valid as long as the store. May hold any byte but NUL: NUL is stored as '.'. */
const char *observations_text(const struct observations *store, uint32_t name);
/* Holds it no tab, newline, carriage return or backslash? */
bool observations_text_is_plain(const struct observations *store, uint32_t name);
/* strlen() of it. */
size_t observations_text_length(const struct observations *store, uint32_t name);

/* Ask into the cache, for soon: where a pair is looked up, what is kept of one, and its latest row. */
void observations_prefetch_pair(const struct observations *store, const struct pair *pair);
void observations_prefetch(const struct observations *store, uint32_t pair);
void observations_prefetch_rows(const struct observations *store, uint32_t pair);

/* From 1; 0 when no room is left for a new pair: its traffic then counts as evicted_conversations. */
uint32_t observations_pair(struct observations *store, const struct pair *pair);
/* The same for a pair of which nothing but attempts in vain is known so far. They get at most half of the room, so that
 * however many there are, conversations find some. */
uint32_t observations_pair_in_vain(struct observations *store, const struct pair *pair);

/* Adds counts to the row with the same (run, sensor, slice, pair, protocol, disposition, authentication, encryption,
 * protection), or a new row. `row->pair` and `row->slice_ns` are not read: `pair` is the pair's number and
 * `time_ns` any time in the slice. second_opinion: the first non-empty stays. */
void observations_count(struct observations *store, uint32_t pair, int64_t time_ns, const struct conversation *row);
/* One more flow, or `row->flows` of them, said key = value. Same reading of pair and time. */
void observations_say(struct observations *store, uint32_t pair, int64_t time_ns, const struct fact *row);
/* Equal bindings (all but times, frame and source) are kept once, with the frame and source of the first. */
void observations_learn(struct observations *store, const struct binding *row);
/* Rows of one (run, sensor, source, filter) whose times touch add up. */
void observations_cover(struct observations *store, const struct coverage *row);

/* Adds rows that carry their pair and slice themselves (from a file or a database). */
void observations_add_conversation(struct observations *store, const struct conversation *row);
void observations_add_fact(struct observations *store, const struct fact *row);

/* All rows go, of which nobody needs to know any more here, and slices begin anew, 60 s wide. Names, pairs and their
 * numbers stay, and so do the counts of what found no room. */
void observations_forget(struct observations *store);
/* Is half of the room for names or pairs taken? */
bool observations_is_crowded(const struct observations *store);

/* Reading back, in the order in which rows first came. */
size_t observations_conversation_count(const struct observations *store);
void observations_conversation(const struct observations *store, size_t i, struct conversation *out);
int64_t observations_conversation_first_ns(const struct observations *store, size_t i);
size_t observations_fact_count(const struct observations *store);
void observations_fact(const struct observations *store, size_t i, struct fact *out);
size_t observations_binding_count(const struct observations *store);
void observations_binding(const struct observations *store, size_t i, struct binding *out);
size_t observations_coverage_count(const struct observations *store);
const struct coverage *observations_coverage(const struct observations *store, size_t i);

/* Numbers of pairs go from 1 to this count; the pair of row i, so that rows can be put together without looking up. */
uint32_t observations_pair_count(const struct observations *store);
uint32_t observations_conversation_pair(const struct observations *store, size_t i);
uint32_t observations_fact_pair(const struct observations *store, size_t i);

/* Slices reach as far as this time, whether or not a row is there: so that stores of one run have slices alike. */
void observations_span(struct observations *store, int64_t time_ns);
/* Slices are at least this wide, a width of 60 s doubled some times: for rows that come in such slices. */
void observations_widen(struct observations *store, int64_t width_ns);
/* Width of a slice now: 60 s, doubled as often as was needed. */
int64_t observations_slice_width_ns(const struct observations *store);
/* What found no room so far: rows added elsewhere, and facts or names lost. */
uint64_t observations_evicted(const struct observations *store);
uint64_t observations_lost_facts(const struct observations *store);

#endif
