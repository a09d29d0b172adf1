/* names: the interner of observations/names.h. */
#include "observations/names.h"
#include "base/hash.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

/* What is kept of a text: at most NAME_LONGEST bytes, and no NUL among them. */
struct cut {
    const char *text;
    size_t length;
};

/* `room` is used where the text cannot stay as it is. */
static struct cut cut_text(const void *text, size_t length, char room[NAME_LONGEST])
{
    size_t kept = length < NAME_LONGEST ? length : NAME_LONGEST;
    if (memchr(text, '\0', kept) == NULL)
        return (struct cut){text, kept};
    memcpy(room, text, kept);
    for (size_t i = 0; i < kept; i++)
        if (room[i] == '\0')
            room[i] = '.';
    return (struct cut){room, kept};
}

static bool is_text(const struct names *names, uint32_t name, const struct cut *cut)
{
    const char *text = names->arena + names->starts[name];
    return strncmp(text, cut->text, cut->length) == 0 && text[cut->length] == '\0';
}

/* The number of the text, or 0. */
static uint32_t look_up(const struct names *names, const struct cut *cut, uint64_t hash)
{
    uint32_t at = index_start(&names->index, hash);
    for (uint32_t name; (name = index_next(&names->index, hash, &at)) != 0;)
        if (is_text(names, name, cut))
            return name;
    return 0;
}

uint32_t names_add(struct names *names, const void *text, size_t length)
{
    char room[NAME_LONGEST];
    if (length == 0)
        return 0;
    struct cut cut = cut_text(text, length, room);
    uint64_t hash = hash_bytes(cut.text, cut.length, names->seed);
    uint32_t name = look_up(names, &cut, hash);
    if (name != 0)
        return name;
    if (names->count >= names->capacity || names->size - names->used < cut.length + 1)
        return UINT32_MAX;
    char *kept = names->arena + names->used;
    memcpy(kept, cut.text, cut.length);
    kept[cut.length] = '\0';
    name = names->count++;
    names->starts[name] = (uint32_t)names->used;
    names->used += cut.length + 1;
    index_add(&names->index, hash, name);
    return name;
}

uint32_t names_find(const struct names *names, const void *text, size_t length)
{
    char room[NAME_LONGEST];
    if (length == 0)
        return 0;
    struct cut cut = cut_text(text, length, room);
    uint32_t name = look_up(names, &cut, hash_bytes(cut.text, cut.length, names->seed));
    return name != 0 ? name : UINT32_MAX;
}

size_t names_length(const struct names *names, uint32_t name)
{
    assert(name < names->count);
    size_t end = name + 1 < names->count ? names->starts[name + 1] : names->used;
    return end - names->starts[name] - 1;
}

const char *names_text(const struct names *names, uint32_t name)
{
    assert(name < names->count);
    return names->arena + names->starts[name];
}
