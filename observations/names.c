/* names: the interner of observations/names.h. */
#include "observations/names.h"
#include "base/hash.h"

#include <string.h>

/* What is kept of a text: at most NAME_LONGEST bytes. */
struct cut {
    const char *text;
    size_t length;
};

/* A NUL in it becomes a dot, in `room`; false when there is none. */
static bool make_text(struct cut *cut, char room[NAME_LONGEST])
{
    if (memchr(cut->text, '\0', cut->length) == NULL)
        return false;
    for (size_t i = 0; i < cut->length; i++)
        room[i] = cut->text[i] != '\0' ? cut->text[i] : '.';
    cut->text = room;
    return true;
}

/* The last words of both overlap the ones before: there is no rest to walk through. */
static inline bool same_bytes(const char *one, const char *other, size_t length)
{
    uint64_t differ = 0;
    if (length < 8)
        return hash_rest((const uint8_t *)one, length, length) == hash_rest((const uint8_t *)other, length, length);
    for (size_t i = 0; i < length - 8; i += 8)
        differ |= hash_word_at(one + i) ^ hash_word_at(other + i);
    return (differ | (hash_word_at(one + length - 8) ^ hash_word_at(other + length - 8))) == 0;
}

static inline bool is_text(const struct names *names, uint32_t name, const struct cut *cut)
{
    return names_length(names, name) == cut->length && same_bytes(names_text(names, name), cut->text, cut->length);
}

/* The number of the text, or 0. */
static inline uint32_t look_up(const struct names *names, const struct cut *cut, uint64_t hash)
{
    uint32_t at = index_start(&names->index, hash);
    for (uint32_t name; (name = index_next(&names->index, hash, &at)) != 0;)
        if (is_text(names, name, cut))
            return name;
    return 0;
}

/* A new one, or UINT32_MAX. */
static uint32_t keep(struct names *names, const struct cut *cut, uint64_t hash)
{
    size_t start = names->named[names->count].start;
    if (names->count >= names->capacity || names->size - start < cut->length + 1)
        return UINT32_MAX;
    char *kept = names->arena + start;
    memcpy(kept, cut->text, cut->length);
    kept[cut->length] = '\0';
    uint32_t name = names->count++;
    names->named[name].is_plain = strpbrk(kept, "\t\n\r\\") == NULL;
    names->named[name + 1].start = (uint32_t)(start + cut->length + 1);
    index_add(&names->index, hash, name);
    return name;
}

/* Most texts are there as they are, and those that are hold no NUL: only for others is it looked for. */
static uint32_t find_or_keep(struct names *names, struct cut cut)
{
    char room[NAME_LONGEST];
    uint64_t hash = hash_bytes(cut.text, cut.length, names->seed);
    uint32_t name = look_up(names, &cut, hash);
    if (name != 0)
        return name;
    if (!make_text(&cut, room))
        return keep(names, &cut, hash);
    hash = hash_bytes(cut.text, cut.length, names->seed);
    name = look_up(names, &cut, hash);
    return name != 0 ? name : keep(names, &cut, hash);
}

uint32_t names_add_after(struct names *names, const void *text, size_t length, uint32_t *last)
{
    if (length == 0)
        return 0;
    struct cut cut = {text, length < NAME_LONGEST ? length : NAME_LONGEST};
    struct named *before = &names->named[*last < names->count ? *last : 0];
    uint32_t name = before->after;
    if (!is_text(names, name, &cut)) {
        name = find_or_keep(names, cut);
        if (name == UINT32_MAX)
            return name;
        before->after = name & INT32_MAX;
    }
    *last = name;
    return name;
}

uint32_t names_find(const struct names *names, const void *text, size_t length)
{
    char room[NAME_LONGEST];
    if (length == 0)
        return 0;
    struct cut cut = {text, length < NAME_LONGEST ? length : NAME_LONGEST};
    (void)make_text(&cut, room);
    uint32_t name = look_up(names, &cut, hash_bytes(cut.text, cut.length, names->seed));
    return name != 0 ? name : UINT32_MAX;
}
