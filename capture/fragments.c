/* fragments: each slot is in one of four lists, oldest first: free; waiting for more fragments; lent (made whole, its
 * data borrowed until the release); done (remembered to know late copies, or killed, and first to be used again).
 * Slots with a datagram are found through a hash chain. The pool is address space touched as it is used, so a slot
 * costs the pages its datagram needs and not 64 KiB.
 *
 * Rules: RFC 791 section 3.2, RFC 8200 section 4.5 (the key of IPv6 has no protocol; the first fragment says what
 * follows), RFC 5722 (overlaps). */
#include "capture/fragments.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"

#include <assert.h>

#define LONGEST      65535u /* bytes of a datagram */
#define UNIT         8u     /* offsets count in these */
#define UNITS        ((LONGEST + UNIT) / UNIT)
#define TIMEOUT_NS   (30 * SECOND_NS)
#define COPY_NS      SECOND_NS /* a late copy comes within this time */
#define NONE         UINT32_MAX
#define MOST_SLOTS   (1u << 20)
#define UNKNOWN_SIZE UINT32_MAX

enum list_name { LIST_FREE, LIST_WAITING, LIST_LENT, LIST_DONE, LISTS };

struct key {
    struct address source, target;
    uint32_t id;
    uint8_t protocol, tunnel;
    uint8_t unused[2]; /* zero: keys are compared as bytes */
};

struct slot {
    struct key key;
    enum list_name list;
    uint32_t older, newer; /* in its list */
    uint32_t chain;        /* next slot of the same hash */
    uint32_t pieces;       /* fragments taken */
    uint32_t units;        /* of the datagram that are here */
    uint32_t size;         /* bytes of the datagram, once the last fragment is here */
    uint32_t end;          /* of the farthest fragment */
    uint32_t known;        /* no byte before it is missing for a snaplen */
    uint32_t header_bytes;
    uint8_t protocol; /* by the first fragment */
    bool killed;
    int64_t time_ns; /* of the first fragment seen; once whole, of the last */
    uint64_t here[UNITS / 64];
};

struct list {
    uint32_t oldest, newest;
};

struct fragments {
    size_t bytes; /* of the whole pool */
    uint32_t slots;
    uint32_t chain_mask;
    struct list lists[LISTS];
    uint64_t lost, waiting, copies;
    struct slot *slot;
    uint32_t *chains;
    uint8_t *data; /* UNITS * UNIT bytes a slot */
};

/* Times come from the wire and may be anything, so no difference is taken that could overflow. */
static bool time_is_past(int64_t now_ns, int64_t then_ns, int64_t limit_ns)
{
    return now_ns > then_ns && (uint64_t)now_ns - (uint64_t)then_ns > (uint64_t)limit_ns;
}

static uint8_t *slot_data(const struct fragments *f, uint32_t index)
{
    return f->data + (size_t)index * UNITS * UNIT;
}

static void list_remove(struct fragments *f, uint32_t index)
{
    struct slot *s = &f->slot[index];
    struct list *list = &f->lists[s->list];
    if (s->older == NONE)
        list->oldest = s->newer;
    else
        f->slot[s->older].newer = s->newer;
    if (s->newer == NONE)
        list->newest = s->older;
    else
        f->slot[s->newer].older = s->older;
}

static void list_append(struct fragments *f, uint32_t index, enum list_name name)
{
    struct slot *s = &f->slot[index];
    struct list *list = &f->lists[name];
    s->list = name;
    s->older = list->newest;
    s->newer = NONE;
    if (list->newest == NONE)
        list->oldest = index;
    else
        f->slot[list->newest].newer = index;
    list->newest = index;
}

static void list_move(struct fragments *f, uint32_t index, enum list_name name)
{
    list_remove(f, index);
    list_append(f, index, name);
}

static uint32_t *chain_of(const struct fragments *f, const struct key *key)
{
    return &f->chains[hash_bytes(key, sizeof *key, 0) & f->chain_mask];
}

/* The newest slot of this key. */
static uint32_t slot_find(const struct fragments *f, const struct key *key)
{
    uint32_t index = *chain_of(f, key);
    while (index != NONE && memcmp(&f->slot[index].key, key, sizeof *key) != 0)
        index = f->slot[index].chain;
    return index;
}

/* Out of the hash and into the free list. */
static void slot_clear(struct fragments *f, uint32_t index)
{
    struct slot *s = &f->slot[index];
    uint32_t *link = chain_of(f, &s->key);
    while (*link != index)
        link = &f->slot[*link].chain;
    *link = s->chain;
    list_move(f, index, LIST_FREE);
}

static void slot_give_up(struct fragments *f, uint32_t index)
{
    if (f->slot[index].list == LIST_WAITING) {
        f->lost += f->slot[index].pieces;
        f->waiting -= f->slot[index].pieces;
    }
    slot_clear(f, index);
}

static void slots_expire(struct fragments *f, int64_t now_ns)
{
    uint32_t index;
    while ((index = f->lists[LIST_WAITING].oldest) != NONE && time_is_past(now_ns, f->slot[index].time_ns, TIMEOUT_NS))
        slot_give_up(f, index);
}

/* A slot for a new datagram; NONE when all are lent. */
static uint32_t slot_begin(struct fragments *f, const struct key *key, int64_t time_ns)
{
    if (f->lists[LIST_FREE].oldest == NONE) {
        uint32_t victim = f->lists[LIST_DONE].oldest;
        if (victim == NONE)
            victim = f->lists[LIST_WAITING].oldest;
        if (victim == NONE)
            return NONE;
        slot_give_up(f, victim);
    }
    uint32_t index = f->lists[LIST_FREE].oldest;
    list_move(f, index, LIST_WAITING);
    uint32_t *chain = chain_of(f, key);
    struct slot *s = &f->slot[index];
    s->key = *key;
    s->chain = *chain;
    *chain = index;
    s->pieces = s->units = s->end = s->header_bytes = 0;
    s->size = UNKNOWN_SIZE;
    s->known = LONGEST;
    s->protocol = key->protocol;
    s->killed = false;
    s->time_ns = time_ns;
    memset(s->here, 0, sizeof s->here);
    return index;
}

static void slot_kill(struct fragments *f, uint32_t index)
{
    struct slot *s = &f->slot[index];
    f->lost += s->pieces;
    f->waiting -= s->pieces;
    s->killed = true;
    list_move(f, index, LIST_DONE);
}

static bool unit_is_here(const struct slot *s, uint32_t unit)
{
    return (s->here[unit / 64] >> unit % 64 & 1) != 0;
}

/* Do bytes of this fragment differ from bytes already here? Only bytes that were captured both times can. */
static bool fragment_disagrees(const struct slot *s, const uint8_t *data, const struct fragment *fragment)
{
    uint32_t end = fragment->offset + (uint32_t)fragment->data.left;
    if (end > s->known)
        end = s->known;
    for (uint32_t at = fragment->offset; at < end; at += UNIT) {
        uint32_t length = end - at < UNIT ? end - at : UNIT;
        if (unit_is_here(s, at / UNIT) && memcmp(data + at, fragment->data.at + (at - fragment->offset), length) != 0)
            return true;
    }
    return false;
}

/* Is all of it here already? */
static bool fragment_is_here(const struct slot *s, const struct fragment *fragment)
{
    for (uint32_t at = fragment->offset; at < fragment->offset + fragment->sent; at += UNIT)
        if (!unit_is_here(s, at / UNIT))
            return false;
    return true;
}

/* Does this fragment fit to the ends known so far? Only the last may end off a unit, so ends decide overlaps there. */
static bool fragment_fits(const struct slot *s, const struct fragment *fragment)
{
    uint32_t end = fragment->offset + fragment->sent;
    if (s->size != UNKNOWN_SIZE)
        return fragment->more ? end <= s->size : end == s->size;
    return fragment->more || end >= s->end;
}

/* `copy`: all of it is here already. One that was cut off takes nothing away from what is here. */
static void fragment_store(struct slot *s, uint8_t *data, const struct fragment *fragment, bool copy)
{
    uint32_t end = fragment->offset + fragment->sent;
    if (fragment->data.left > 0)
        memcpy(data + fragment->offset, fragment->data.at, fragment->data.left);
    if (!copy && fragment->data.left < fragment->sent && fragment->offset + fragment->data.left < s->known)
        s->known = fragment->offset + (uint32_t)fragment->data.left;
    for (uint32_t unit = fragment->offset / UNIT; unit < (end + UNIT - 1) / UNIT; unit++) {
        s->units += !unit_is_here(s, unit);
        s->here[unit / 64] |= UINT64_C(1) << unit % 64;
    }
    if (end > s->end)
        s->end = end;
    if (!fragment->more)
        s->size = end;
    if (fragment->offset == 0) {
        s->protocol = fragment->protocol;
        s->header_bytes = fragment->header_bytes;
    }
}

static struct key fragment_key(const struct fragment *fragment)
{
    bool v4 = address_is_v4(&fragment->source);
    return (struct key){.source = fragment->source,
                        .target = fragment->target,
                        .id = fragment->id,
                        .protocol = v4 ? fragment->protocol : 0,
                        .tunnel = fragment->tunnel};
}

/* Is this a late fragment of a datagram that was killed, or a copy of one of a datagram that is whole? */
static bool fragment_is_late(const struct slot *s, const uint8_t *data, const struct fragment *fragment)
{
    if (s->killed)
        return !time_is_past(fragment->time_ns, s->time_ns, TIMEOUT_NS);
    return !time_is_past(fragment->time_ns, s->time_ns, COPY_NS) && fragment_fits(s, fragment) &&
           !fragment_disagrees(s, data, fragment);
}

static bool slot_is_whole(const struct slot *s)
{
    return s->size != UNKNOWN_SIZE && s->units == (s->size + UNIT - 1) / UNIT;
}

/* The slot this fragment belongs to; NONE when there is none, or the fragment is not to be taken. */
static uint32_t slot_for(struct fragments *f, const struct fragment *fragment)
{
    struct key key = fragment_key(fragment);
    uint32_t index = slot_find(f, &key);
    if (index != NONE && f->slot[index].list == LIST_WAITING)
        return index;
    if (index != NONE) {
        const struct slot *s = &f->slot[index];
        if (fragment_is_late(s, slot_data(f, index), fragment)) {
            f->lost += s->killed;
            f->copies += !s->killed;
            return NONE;
        }
        if (s->list == LIST_DONE)
            slot_clear(f, index);
    }
    index = slot_begin(f, &key, fragment->time_ns);
    f->lost += index == NONE;
    return index;
}

bool fragments_add(struct fragments *f, const struct fragment *fragment, struct datagram *whole)
{
    assert(fragment->data.left <= fragment->sent);
    slots_expire(f, fragment->time_ns);
    if (fragment->sent == 0 || fragment->sent > LONGEST || fragment->offset > LONGEST - fragment->sent ||
        fragment->offset % UNIT != 0 || (fragment->more && fragment->sent % UNIT != 0)) {
        f->lost++;
        return false;
    }
    uint32_t index = slot_for(f, fragment);
    if (index == NONE)
        return false;
    struct slot *s = &f->slot[index];
    uint8_t *data = slot_data(f, index);
    bool copy = fragment_is_here(s, fragment);
    s->pieces++;
    f->waiting++;
    if (!fragment_fits(s, fragment) || fragment_disagrees(s, data, fragment)) {
        slot_kill(f, index);
        return false;
    }
    fragment_store(s, data, fragment, copy);
    if (copy) {
        s->pieces--;
        f->waiting--;
        f->copies++;
    }
    if (!slot_is_whole(s))
        return false;
    f->waiting -= s->pieces;
    s->time_ns = fragment->time_ns;
    list_move(f, index, LIST_LENT);
    whole->protocol = s->protocol;
    whole->header_bytes = s->header_bytes;
    whole->sent = s->size;
    whole->data = bytes_of(data, s->size < s->known ? s->size : s->known);
    return true;
}

void fragments_release(struct fragments *f)
{
    uint32_t index;
    while ((index = f->lists[LIST_LENT].oldest) != NONE)
        list_move(f, index, LIST_DONE);
}

uint64_t fragments_lost(const struct fragments *f)
{
    return f->lost;
}

uint64_t fragments_waiting(const struct fragments *f)
{
    return f->waiting;
}

uint64_t fragments_copies(const struct fragments *f)
{
    return f->copies;
}

struct fragments *fragments_create(size_t bytes, struct failure *failure)
{
    const size_t each = sizeof(struct slot) + 2 * sizeof(uint32_t) + (size_t)UNITS * UNIT;
    size_t slots = bytes / each;
    if (slots < 1)
        slots = 1;
    if (slots > MOST_SLOTS)
        slots = MOST_SLOTS;
    size_t chains = 1;
    while (chains < slots)
        chains *= 2;
    bytes = sizeof(struct fragments) + slots * (sizeof(struct slot) + (size_t)UNITS * UNIT) + chains * sizeof(uint32_t);
    struct fragments *f = memory_reserve(bytes, "IP fragments", failure);
    if (f == NULL)
        return NULL;
    f->bytes = bytes;
    f->slots = (uint32_t)slots;
    f->chain_mask = (uint32_t)chains - 1;
    f->slot = (struct slot *)(f + 1);
    f->chains = (uint32_t *)(f->slot + slots);
    f->data = (uint8_t *)(f->chains + chains);
    for (int list = 0; list < LISTS; list++)
        f->lists[list] = (struct list){NONE, NONE};
    memset(f->chains, 0xff, chains * sizeof(uint32_t));
    for (uint32_t index = 0; index < f->slots; index++)
        list_append(f, index, LIST_FREE);
    return f;
}

void fragments_destroy(struct fragments *f)
{
    if (f != NULL)
        memory_release(f, f->bytes);
}
