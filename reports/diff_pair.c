/* diff_pair: finds what stands for the same thing in two lists, by sorted keys. */
#include "reports/diff_parts.h"

#include <stdlib.h>
#include <string.h>

struct keyed {
    const char *key;
    const json_t *item;
    size_t at; /* where it stands in its list */
};

static int keyed_order(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

/* Those with a key, in order of it. `wanted` tells which to take. */
static struct keyed *keys_of(struct arena *arena, const json_t *const *items, size_t count, key_of *key, size_t *kept)
{
    struct keyed *keys = arena_take_many(arena, count, sizeof *keys);
    *kept = 0;
    for (size_t i = 0; i < count && keys != NULL; i++) {
        const char *name = items[i] != NULL ? key(arena, items[i]) : NULL;
        if (name != NULL)
            keys[(*kept)++] = (struct keyed){name, items[i], i};
    }
    if (keys != NULL)
        qsort(keys, *kept, sizeof *keys, keyed_order);
    return keys;
}

/* partner[i]: index of the old item that new item i stands for, SIZE_MAX for none. */
static void join(struct arena *arena, const json_t *const *old, size_t old_count, const json_t *const *new,
                 size_t new_count, key_of *key, may_pair *may, size_t *partner)
{
    size_t olds, news;
    struct keyed *before = keys_of(arena, old, old_count, key, &olds);
    struct keyed *after = keys_of(arena, new, new_count, key, &news);
    for (size_t i = 0; i < new_count; i++)
        partner[i] = SIZE_MAX;
    if (before == NULL || after == NULL)
        return;
    for (size_t i = 0, k = 0; i < olds && k < news;) {
        int order = strcmp(before[i].key, after[k].key);
        if (order == 0 && (may == NULL || may(before[i].item, after[k].item)))
            partner[after[k].at] = before[i].at;
        i += order <= 0;
        k += order >= 0;
    }
}

static const json_t **items_of(struct arena *arena, const json_t *list)
{
    const json_t **items = arena_take_many(arena, json_array_size(list), sizeof(json_t *));
    for (size_t i = 0; i < json_array_size(list) && items != NULL; i++)
        items[i] = json_array_get(list, i);
    return items;
}

/* Pairs, then what of the old is left. */
static struct pairings put_together(struct arena *arena, const json_t **old, size_t old_count, const json_t **new,
                                    size_t new_count, const size_t *partner)
{
    struct pairings pairings = {arena_take_many(arena, old_count + new_count, sizeof(struct pairing)), 0};
    for (size_t i = 0; i < new_count && pairings.items != NULL; i++) {
        struct pairing *pairing = &pairings.items[pairings.count++];
        *pairing = (struct pairing){partner[i] != SIZE_MAX ? old[partner[i]] : NULL, new[i]};
        if (partner[i] != SIZE_MAX)
            old[partner[i]] = NULL;
    }
    for (size_t i = 0; i < old_count && pairings.items != NULL; i++)
        if (old[i] != NULL)
            pairings.items[pairings.count++] = (struct pairing){old[i], NULL};
    return pairings;
}

struct pairings diff_pair(struct arena *arena, const json_t *old, const json_t *new, key_of *key, may_pair *may)
{
    size_t olds = json_array_size(old), news = json_array_size(new);
    const json_t **before = items_of(arena, old), **after = items_of(arena, new);
    size_t *partner = arena_take_many(arena, news, sizeof *partner);
    if (before == NULL || after == NULL || partner == NULL)
        return (struct pairings){NULL, 0};
    join(arena, before, olds, after, news, key, may, partner);
    return put_together(arena, before, olds, after, news, partner);
}

void diff_pair_rest(struct arena *arena, struct pairings *pairings, key_of *key)
{
    size_t count = pairings->count, news = 0;
    const json_t **before = arena_take_many(arena, count, sizeof(json_t *));
    const json_t **after = arena_take_many(arena, count, sizeof(json_t *));
    size_t *partner = arena_take_many(arena, count, sizeof *partner);
    if (before == NULL || after == NULL || partner == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct pairing *pairing = &pairings->items[i];
        before[i] = pairing->new == NULL ? pairing->old : NULL;
        after[i] = pairing->old == NULL ? pairing->new : NULL;
    }
    join(arena, before, count, after, count, key, NULL, partner);
    for (size_t i = 0; i < count; i++) {
        if (partner[i] == SIZE_MAX)
            continue;
        pairings->items[i].old = before[partner[i]];
        pairings->items[partner[i]] = (struct pairing){NULL, NULL};
    }
    for (size_t i = 0; i < count; i++)
        if (pairings->items[i].old != NULL || pairings->items[i].new != NULL)
            pairings->items[news++] = pairings->items[i];
    pairings->count = news;
}

const char *diff_word(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

int64_t diff_number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

const char *diff_words(struct arena *arena, const json_t *list)
{
    const char *words = "";
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *longer =
            arena_printf(arena, "%s%s%s", words, i > 0 ? ", " : "", json_string_value(json_array_get(list, i)));
        words = longer != NULL ? longer : "";
    }
    return words;
}

bool diff_has_word(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), word) == 0)
            return true;
    return false;
}

void diff_name_conversation(const json_t *conversation, char *out, size_t size)
{
    const char *client = diff_word(conversation, "client_name"), *server = diff_word(conversation, "server_name");
    int64_t port = diff_number(conversation, "port");
    char number[24] = "";
    if (port > 0)
        snprintf(number, sizeof number, "%lld/", (long long)port);
    snprintf(out, size, "%s -> %s %s%s", client[0] != '\0' ? client : diff_word(conversation, "client"),
             server[0] != '\0' ? server : diff_word(conversation, "server"), number,
             diff_word(conversation, "transport"));
}
