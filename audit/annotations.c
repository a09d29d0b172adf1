/* annotations: an array in the order of interface, version and text. */
#include "audit/annotations.h"

#include <stdlib.h>

struct annotation {
    struct uuid interface;
    uint16_t major;
    const char *text;
};

struct annotations {
    struct annotation *items;
    size_t count;
};

static int interface_order(const struct annotation *a, const struct annotation *b)
{
    int order = memcmp(&a->interface, &b->interface, sizeof a->interface);
    return order != 0 ? order : a->major - b->major;
}

static int annotation_order(const void *a, const void *b)
{
    const struct annotation *x = a, *y = b;
    int order = interface_order(x, y);
    return order != 0 ? order : strcmp(x->text, y->text);
}

bool annotations_fill(struct work *work)
{
    const struct audit *audit = work->audit;
    struct annotations *annotations = arena_take(work->arena, sizeof *annotations);
    if (annotations == NULL)
        return false;
    annotations->items = arena_take_many(work->arena, audit->endpoint_count, sizeof *annotations->items);
    if (annotations->items == NULL)
        return false;
    for (size_t i = 0; i < audit->endpoint_count; i++) {
        const struct endpoint *endpoint = &audit->endpoints[i];
        if (endpoint->annotation[0] != '\0' && !uuid_is_zero(&endpoint->interface))
            annotations->items[annotations->count++] =
                (struct annotation){endpoint->interface, endpoint->major, endpoint->annotation};
    }
    qsort(annotations->items, annotations->count, sizeof *annotations->items, annotation_order);
    work->annotations = annotations;
    return true;
}

const char *annotation_of(const struct work *work, const struct uuid *interface, uint16_t major)
{
    const struct annotations *annotations = work->annotations;
    struct annotation wanted = {*interface, major, ""};
    size_t low = 0, high = annotations->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (interface_order(&annotations->items[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < annotations->count && interface_order(&annotations->items[low], &wanted) == 0;
    return found ? annotations->items[low].text : "";
}
