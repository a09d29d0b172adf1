/* site_disguise: copies a site, entry by entry. A range of addresses is no range afterwards, and becomes the prefixes
 * that it consists of. */
#include "audit/site_disguise.h"

#include "audit/arena.h"

#include <string.h>

#define PREFIXES_OF_RANGE_MOST 256

struct copying {
    struct arena *arena;
    struct disguise *disguise;
    const struct site *from;
    struct failure *failure;
};

static const char *name_in(struct copying *c, const char *name)
{
    char out[DISGUISE_TEXT];
    return arena_text(c->arena, disguise_name(c->disguise, name, out));
}

static struct prefix prefix_in(struct copying *c, const struct prefix *prefix)
{
    struct prefix out = *prefix;
    char text[ADDRESS_TEXT];
    if (!disguise_prefix(c->disguise, prefix, &out))
        failure_add(c->failure,
                    "%s: the prefix of %s is too wide to be replaced: it joins private and public addresses",
                    c->from->file, address_text(&prefix->base, text));
    return out;
}

static struct address *addresses_in(struct copying *c, const struct address *addresses, size_t count)
{
    struct address *out = arena_take_many(c->arena, count, sizeof *out);
    for (size_t i = 0; i < count && out != NULL; i++)
        out[i] = disguise_address(c->disguise, &addresses[i]);
    return out;
}

/* -- ranges ------------------------------------------------------------------------------------------------------ */

static void set_rest(struct address *a, unsigned bits)
{
    for (unsigned bit = bits; bit < 128; bit++)
        a->octets[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
}

static bool rest_is_zero(const struct address *a, unsigned bits)
{
    for (unsigned bit = bits; bit < 128; bit++)
        if (a->octets[bit / 8] & (0x80 >> bit % 8))
            return false;
    return true;
}

/* The address after; false behind the last. */
static bool step(struct address *a)
{
    for (size_t i = sizeof a->octets; i-- > 0;)
        if (++a->octets[i] != 0)
            return true;
    return false;
}

/* The widest prefix that begins at `from` and does not reach beyond `high`, of at least `least` bits; its last address.
 */
static struct prefix widest(const struct address *from, const struct address *high, unsigned least,
                            struct address *last)
{
    struct prefix prefix = {*from, 128};
    *last = *from;
    while (prefix.bits > least && rest_is_zero(from, prefix.bits - 1u)) {
        struct address end = *from;
        set_rest(&end, prefix.bits - 1u);
        if (memcmp(end.octets, high->octets, sizeof end.octets) > 0)
            break;
        prefix.bits--;
        *last = end;
    }
    return prefix;
}

static size_t prefixes_of(struct copying *c, const struct site_member *range, struct prefix out[PREFIXES_OF_RANGE_MOST])
{
    struct address at = range->low, last;
    unsigned least = address_is_v4(&range->low) ? 96 + 8 : 8;
    size_t count = 0;
    bool more = true;
    while (more && memcmp(at.octets, range->high.octets, sizeof at.octets) <= 0) {
        if (count == PREFIXES_OF_RANGE_MOST) {
            failure_add(c->failure, "%s: a range is too wide to be replaced; write prefixes", c->from->file);
            return count;
        }
        out[count++] = widest(&at, &range->high, least, &last);
        at = last;
        more = step(&at);
    }
    return count;
}

/* -- entries ----------------------------------------------------------------------------------------------------- */

static void add_member(struct copying *c, struct site_role *role, const struct site_member *member)
{
    struct prefix prefixes[PREFIXES_OF_RANGE_MOST];
    size_t count = member->kind == MEMBER_RANGE ? prefixes_of(c, member, prefixes) : 1;
    struct site_member *members = arena_take_many(c->arena, role->member_count + count, sizeof *members);
    if (members == NULL)
        return;
    if (role->member_count > 0)
        memcpy(members, role->members, role->member_count * sizeof *members);
    role->members = members;
    for (size_t i = 0; i < count; i++) {
        struct site_member *out = &members[role->member_count++];
        *out = *member;
        if (member->kind == MEMBER_NAME) {
            out->name = name_in(c, member->name);
            continue;
        }
        out->kind = MEMBER_PREFIX;
        out->prefix = prefix_in(c, member->kind == MEMBER_RANGE ? &prefixes[i] : &member->prefix);
    }
}

static void copy_roles(struct copying *c, struct site *site)
{
    const struct site *from = c->from;
    site->roles = arena_take_many(c->arena, from->role_count, sizeof *site->roles);
    for (size_t i = 0; i < from->role_count && site->roles != NULL; i++) {
        site->roles[i] = (struct site_role){.role = from->roles[i].role};
        for (size_t k = 0; k < from->roles[i].member_count; k++)
            add_member(c, &site->roles[i], &from->roles[i].members[k]);
    }
}

/* Of a host, an address, a prefix, or a role; a word that is both a role and a host stays and is replaced as well. */
static void add_end(struct copying *c, struct texts *out, const char *word)
{
    struct prefix prefix;
    char text[ADDRESS_TEXT];
    if (prefix_parse(word, &prefix)) {
        unsigned bits = prefix.bits - (address_is_v4(&prefix.base) ? 96u : 0u);
        bool whole = prefix.bits == 128;
        prefix = prefix_in(c, &prefix);
        address_text(&prefix.base, text);
        out->items[out->count++] = whole ? arena_text(c->arena, text) : arena_printf(c->arena, "%s/%u", text, bits);
        return;
    }
    if (role_is_known(word))
        out->items[out->count++] = word;
    out->items[out->count++] = name_in(c, word);
}

static struct texts ends_in(struct copying *c, const struct texts *ends)
{
    struct texts out = {arena_take_many(c->arena, 2 * ends->count, sizeof(char *)), 0};
    for (size_t i = 0; i < ends->count && out.items != NULL; i++)
        add_end(c, &out, ends->items[i]);
    return out;
}

static void copy_exceptions(struct copying *c, struct site *site)
{
    const struct site *from = c->from;
    char reason[DISGUISE_TEXT];
    site->exceptions = arena_take_many(c->arena, from->exception_count, sizeof *site->exceptions);
    for (size_t i = 0; i < from->exception_count && site->exceptions != NULL; i++) {
        struct site_exception *exception = &site->exceptions[i];
        *exception = from->exceptions[i];
        if (exception->finding[0] != '\0')
            failure_add(c->failure,
                        "%s:%zu: exceptions: finding %s: ids are others once addresses are replaced, so this exception "
                        "would not apply; name from, to and ports instead",
                        from->file, exception->line, exception->finding);
        exception->from = ends_in(c, &exception->from);
        exception->to = ends_in(c, &exception->to);
        exception->reason = arena_text(c->arena, disguise_whole(c->disguise, "reason", exception->reason, reason));
    }
}

static void copy_hosts(struct copying *c, struct site *site)
{
    const struct site *from = c->from;
    site->hosts = arena_take_many(c->arena, from->host_count, sizeof *site->hosts);
    for (size_t i = 0; i < from->host_count && site->hosts != NULL; i++) {
        site->hosts[i] = from->hosts[i];
        site->hosts[i].name = name_in(c, from->hosts[i].name);
        site->hosts[i].addresses = addresses_in(c, from->hosts[i].addresses, from->hosts[i].address_count);
    }
}

struct site *site_disguise(const struct site *from, struct disguise *disguise, struct failure *failure)
{
    struct copying c = {arena_create(), disguise, from, failure};
    struct site *site = c.arena != NULL ? arena_take(c.arena, sizeof *site) : NULL;
    char name[DISGUISE_TEXT];
    if (site != NULL) {
        *site = *from;
        site->memory = c.arena;
        site->name = arena_text(c.arena, disguise_whole(disguise, "site", from->name, name));
        site->file = "site file";
        site->scope = arena_take_many(c.arena, from->scope_count, sizeof *site->scope);
        for (size_t i = 0; i < from->scope_count && site->scope != NULL; i++)
            site->scope[i] = prefix_in(&c, &from->scope[i]);
        copy_hosts(&c, site);
        copy_roles(&c, site);
        copy_exceptions(&c, site);
    }
    bool ran_out = site == NULL || arena_ran_out(c.arena);
    if (ran_out)
        failure_add(failure, "out of memory");
    if (ran_out || failure_any(failure)) {
        arena_destroy(c.arena);
        return NULL;
    }
    return site;
}
