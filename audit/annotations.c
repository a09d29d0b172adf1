/* annotations: an array in the order of interface, version and text. */
#include "audit/annotations.h"

#include "base/sorted.h"

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

static int interface_order(const void *a, const void *b)
{
    const struct annotation *x = a, *y = b;
    int order = memcmp(&x->interface, &y->interface, sizeof x->interface);
    return order != 0 ? order : x->major - y->major;
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
    size_t at = SORTED_FIRST(&wanted, annotations->items, annotations->count, interface_order);
    bool found = at < annotations->count && interface_order(&annotations->items[at], &wanted) == 0;
    return found ? annotations->items[at].text : "";
}
