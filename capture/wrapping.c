/* wrapping: the list is a fixed array behind a table of places with open addressing, twice as many as there are
 * numbers, so that a search always ends. */
#include "capture/wrapping.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

#define OTHER       255
#define PLACES      512u
#define LONGEST     sizeof "vxlan-gpe:16777215/"
#define TEXT_LENGTH (WRAPS_MOST * LONGEST)

static const struct {
    const char *word;
    bool network;
} wraps[] = {
    [WRAP_VLAN] = {"vlan", true},      [WRAP_PBB] = {"pbb", true},        [WRAP_MPLS] = {"mpls", false},
    [WRAP_PPPOE] = {"pppoe", false},   [WRAP_GRE] = {"gre", false},       [WRAP_PPTP] = {"pptp", false},
    [WRAP_ERSPAN] = {"erspan", false}, [WRAP_VXLAN] = {"vxlan", true},    [WRAP_VXLAN_GPE] = {"vxlan-gpe", true},
    [WRAP_GENEVE] = {"geneve", true},  [WRAP_IP4] = {"ip-in-ip", false},  [WRAP_IP6] = {"ipv6-in-ip", false},
    [WRAP_GTP_U] = {"gtp-u", false},   [WRAP_TEREDO] = {"teredo", false},
};

struct wrappings {
    unsigned count;
    bool full;             /* somebody was told "other" */
    uint8_t place[PLACES]; /* number of an entry, 0 free */
    struct {
        struct wrapping wrapping;
        char text[TEXT_LENGTH];
    } entry[OTHER + 1]; /* by number; 0 is not used */
};

struct wrapping wrapping_begin(bool tags, uint32_t cut)
{
    return (struct wrapping){.cut = cut, .tags = tags};
}

bool wrapping_add(struct wrapping *w, enum wrap wrap, uint32_t number)
{
    if (w->count == WRAPS_MOST)
        return false;
    w->wrap[w->count] = (uint8_t)wrap;
    w->number[w->count++] = number;
    w->tags = true;
    return true;
}

struct wrapping wrapping_networks(const struct wrapping *w)
{
    struct wrapping networks = {0};
    for (unsigned i = 0; i < w->count; i++)
        if (wraps[w->wrap[i]].network)
            (void)wrapping_add(&networks, (enum wrap)w->wrap[i], w->number[i]);
    return networks;
}

static bool is_same(const struct wrapping *a, const struct wrapping *b)
{
    return a->count == b->count && memcmp(a->wrap, b->wrap, a->count) == 0 &&
           memcmp(a->number, b->number, a->count * sizeof a->number[0]) == 0;
}

static void text_write(const struct wrapping *w, char text[TEXT_LENGTH])
{
    size_t length = 0;
    for (unsigned i = 0; i < w->count; i++) {
        length +=
            (size_t)snprintf(text + length, TEXT_LENGTH - length, "%s%s", i > 0 ? "/" : "", wraps[w->wrap[i]].word);
        if (w->number[i] != WRAP_NO_NUMBER)
            length += (size_t)snprintf(text + length, TEXT_LENGTH - length, ":%u", (unsigned)w->number[i]);
    }
}

uint8_t wrappings_number(struct wrappings *list, const struct wrapping *w)
{
    if (w->count == 0)
        return 0;
    uint64_t hash = hash_bytes(w->number, w->count * sizeof w->number[0], hash_bytes(w->wrap, w->count, 0));
    uint8_t *place = &list->place[hash % PLACES];
    for (; *place != 0; place = &list->place[++hash % PLACES])
        if (is_same(&list->entry[*place].wrapping, w))
            return *place;
    if (list->count == OTHER - 1) {
        list->full = true;
        return OTHER;
    }
    unsigned number = ++list->count;
    list->entry[number].wrapping = *w;
    text_write(w, list->entry[number].text);
    *place = (uint8_t)number;
    return (uint8_t)number;
}

bool wrappings_full(const struct wrappings *list)
{
    return list->full;
}

const char *wrappings_text(const struct wrappings *list, uint8_t number)
{
    return number == 0 ? "" : number == OTHER ? "other" : list->entry[number].text;
}

struct wrappings *wrappings_create(void)
{
    return calloc(1, sizeof(struct wrappings));
}

void wrappings_destroy(struct wrappings *list)
{
    free(list);
}
