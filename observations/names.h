/* names: text as numbers. Each different text is kept once, in one arena of fixed size; 0 is the empty string. It
 * hides hashing and the arena; its memory is lent by the store. */
#ifndef OBSERVATIONS_NAMES_H
#define OBSERVATIONS_NAMES_H

#include "base/index.h"

#include <assert.h>

#define NAME_LONGEST 255 /* bytes; what is longer is cut */

struct names {
    char *arena; /* texts one after another, each with its NUL; the first is "" */
    size_t size;
    uint32_t *starts; /* by number, where in the arena; behind the last, where the next one goes */
    uint32_t count;   /* numbers given, 0 among them */
    uint32_t capacity;
    uint32_t next; /* number behind the one that was asked for last */
    struct index index;
    uint64_t seed;
};

/* UINT32_MAX when it is new and no room is left. NUL is kept as '.'. */
uint32_t names_add(struct names *names, const void *text, size_t length);
/* UINT32_MAX when it is not there. */
uint32_t names_find(const struct names *names, const void *text, size_t length);

static inline const char *names_text(const struct names *names, uint32_t name)
{
    assert(name < names->count);
    return names->arena + names->starts[name];
}

/* strlen() of it. */
static inline size_t names_length(const struct names *names, uint32_t name)
{
    assert(name < names->count);
    return names->starts[name + 1] - names->starts[name] - 1;
}

#endif
