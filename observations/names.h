/* names: text as numbers. Each different text is kept once, in one arena of fixed size; 0 is the empty string. It
 * hides hashing and the arena; its memory is lent by the store. */
#ifndef OBSERVATIONS_NAMES_H
#define OBSERVATIONS_NAMES_H

#include "base/index.h"

#include <assert.h>
#include <stdbool.h>

#define NAME_LONGEST 255 /* bytes; what is longer is cut */

/* Behind every text so many bytes can be read, so that it may be copied in whole words. */
#define NAMES_BEHIND 8

struct named {
    uint32_t start;        /* of its text, in the arena */
    uint32_t after : 31;   /* the one that came behind it last, 0 when none did */
    uint32_t is_plain : 1; /* none of its bytes is tab, newline, carriage return or backslash */
};

struct names {
    char *arena; /* texts one after another, each with its NUL; the first is "" */
    size_t size;
    struct named *named; /* by number; behind the last, where the next one goes */
    uint32_t count;      /* numbers given, 0 among them */
    uint32_t capacity;
    uint32_t last; /* the one that was asked for last, where no row is known */
    struct index index;
    uint64_t seed;
};

/* The number of a text, which is kept when it is new; UINT32_MAX when no room is left. NUL is kept as '.'. Texts often
 * come in a row in which they came before: then one is found faster by the one before it, `*last`. Any number may stand
 * there; it becomes that of this text, unless that is none or 0. */
uint32_t names_add_after(struct names *names, const void *text, size_t length, uint32_t *last);
/* UINT32_MAX when it is not there. */
uint32_t names_find(const struct names *names, const void *text, size_t length);

static inline const char *names_text(const struct names *names, uint32_t name)
{
    assert(name < names->count);
    return names->arena + names->named[name].start;
}

static inline bool names_is_plain(const struct names *names, uint32_t name)
{
    assert(name < names->count);
    return names->named[name].is_plain;
}

/* strlen() of it. */
static inline size_t names_length(const struct names *names, uint32_t name)
{
    assert(name < names->count);
    return names->named[name + 1].start - names->named[name].start - 1u;
}

#endif
