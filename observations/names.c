/* names: the interner of observations/names.h. */
#include "observations/names.h"
#include "base/hash.h"

#include <assert.h>

struct cut {
    char text[NAME_LONGEST + 1];
    size_t length;
};

static struct cut cut_text(const void *text, size_t length)
{
    struct cut cut;
    cut.length = length < NAME_LONGEST ? length : NAME_LONGEST;
    if (cut.length > 0)
        memcpy(cut.text, text, cut.length);
    for (size_t i = 0; i < cut.length; i++)
        if (cut.text[i] == '\0')
            cut.text[i] = '.';
    cut.text[cut.length] = '\0';
    return cut;
}

/* The number of the text, or 0, and `*at` is where it would stand. */
static uint32_t look_up(const struct names *names, const struct cut *cut, uint64_t hash, uint32_t *at)
{
    *at = places_start(&names->places, hash);
    for (uint32_t name; (name = places_next(&names->places, hash, at)) != 0;)
        if (strcmp(names->arena + names->starts[name], cut->text) == 0)
            return name;
    return 0;
}

uint32_t names_add(struct names *names, const void *text, size_t length)
{
    if (length == 0)
        return 0;
    struct cut cut = cut_text(text, length);
    uint64_t hash = hash_bytes(cut.text, cut.length, names->seed);
    uint32_t at, name = look_up(names, &cut, hash, &at);
    if (name != 0)
        return name;
    if (names->count >= names->capacity || names->size - names->used < cut.length + 1)
        return UINT32_MAX;
    memcpy(names->arena + names->used, cut.text, cut.length + 1);
    name = names->count++;
    names->starts[name] = (uint32_t)names->used;
    names->used += cut.length + 1;
    places_put(&names->places, hash, at, name);
    return name;
}

uint32_t names_find(const struct names *names, const void *text, size_t length)
{
    if (length == 0)
        return 0;
    struct cut cut = cut_text(text, length);
    uint32_t at, name = look_up(names, &cut, hash_bytes(cut.text, cut.length, names->seed), &at);
    return name != 0 ? name : UINT32_MAX;
}

const char *names_text(const struct names *names, uint32_t name)
{
    assert(name < names->count);
    return names->arena + names->starts[name];
}
