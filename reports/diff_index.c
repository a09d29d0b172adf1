/* diff_index: finds things by a key among very many, by sorting them once. */
#include "reports/diff_parts.h"

#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

static int entry_order(const void *a, const void *b)
{
    const struct index_entry *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

struct diff_index diff_index_make(struct arena *arena, size_t most)
{
    return (struct diff_index){arena_take_many(arena, most, sizeof(struct index_entry)), 0};
}

void diff_index_add(struct diff_index *index, const char *key, size_t number)
{
    if (index->entries != NULL && key != NULL)
        index->entries[index->count++] = (struct index_entry){key, number};
}

void diff_index_sort(struct diff_index *index)
{
    if (index->entries != NULL)
        qsort(index->entries, index->count, sizeof *index->entries, entry_order);
}

size_t diff_index_find(const struct diff_index *index, const char *key)
{
    const struct index_entry wanted = {key, 0};
    return key != NULL ? SORTED_FIRST(&wanted, index->entries, index->count, entry_order) : 0;
}

bool diff_index_has(const struct diff_index *index, size_t at, const char *key)
{
    return key != NULL && at < index->count && strcmp(index->entries[at].key, key) == 0;
}
