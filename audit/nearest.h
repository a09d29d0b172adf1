/* nearest: what somebody probably meant who wrote a word that is not in a list: the known word fewest changes away. */
#ifndef AUDIT_NEAREST_H
#define AUDIT_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

#define NEAREST_HINT  900
#define NEAREST_MEANT 96

/* Is `word` in `known` (ended by NULL)? */
bool nearest_is_known(const char *word, const char *const *known);
/* The known word fewest changes away from `word` (a letter added, lost, replaced, or two neighbours swapped), when they
 * are few enough that it was probably meant; else NULL. The first of several. */
const char *nearest_word(const char *word, const char *const *known);
/* The same as words for the middle of a message: ` did you mean hub?`, or nothing. Into `out`, which is returned. */
const char *nearest_meant(const char *word, const char *const *known, char out[NEAREST_MEANT]);
/* `; known are: hub, edge`, as many as fit. Into `out`, which is returned. */
const char *nearest_list(const char *const *known, char out[NEAREST_HINT]);
/* How a message about an unknown word ends: `; did you mean "hub"?`, or the list.
 * Into `out`, which is returned. */
const char *nearest_hint(const char *word, const char *const *known, char out[NEAREST_HINT]);

#endif
