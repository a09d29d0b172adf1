/* diff_limits: why two audits may differ although the network does not: another table or site, other roles, less seen.
 */
#include "audit/tell.h"
#include "reports/diff_parts.h"

#include <string.h>

struct seen {
    uint64_t packets, dropped, missing_bytes, one_way, evicted;
    bool truncated, filtered;
};

static struct seen seen_of(const json_t *audit)
{
    struct seen seen = {0};
    const json_t *coverage = json_object_get(audit, "coverage");
    for (size_t i = 0; i < json_array_size(coverage); i++) {
        const json_t *c = json_array_get(coverage, i);
        seen.packets += (uint64_t)diff_number(c, "packets");
        seen.dropped += (uint64_t)diff_number(c, "dropped");
        seen.missing_bytes += (uint64_t)diff_number(c, "missing_bytes");
        seen.one_way += (uint64_t)diff_number(c, "one_way_conversations");
        seen.evicted += (uint64_t)diff_number(c, "evicted_flows");
        seen.truncated = seen.truncated || json_is_true(json_object_get(c, "truncated"));
        seen.filtered = seen.filtered || diff_word(c, "filter")[0] != '\0';
    }
    return seen;
}

static void limit(struct arena *arena, struct diff *diff, const char *text)
{
    texts_add(arena, &diff->limits, text);
}

static void limit_words(struct arena *arena, struct diff *diff, const char *what, const char *old, const char *new)
{
    if (strcmp(old, new) != 0)
        limit(
            arena, diff,
            tell(arena, "%s: %s before, %s now.", what, old[0] != '\0' ? old : "none", new[0] != '\0' ? new : "none"));
}

/* One number that limits what an audit can say, where it grew. */
static void limit_count(struct arena *arena, struct diff *diff, const char *what, uint64_t old, uint64_t new)
{
    if (new > old)
        limit(arena, diff, tell(arena, "%s: %s before, %s now.", what, tell_count(arena, old), tell_count(arena, new)));
}

static const char *roles_of(struct arena *arena, const json_t *host)
{
    const json_t *roles = json_object_get(host, "roles");
    const char *words = "";
    for (size_t i = 0; i < json_array_size(roles); i++)
        words = tell(arena, "%s%s%s", words, i > 0 ? ", " : "", diff_word(json_array_get(roles, i), "role"));
    return words[0] != '\0' ? words : "no role";
}

static const char *key_of_host(struct arena *arena, const json_t *host)
{
    return tell(arena, "%s", diff_word(host, "name"));
}

#define ROLES_MOST 5

static void limit_roles(struct arena *arena, struct diff *diff)
{
    struct pairings hosts =
        diff_pair(arena, json_object_get(diff->old, "hosts"), json_object_get(diff->new, "hosts"), key_of_host, NULL);
    size_t differ = 0;
    for (size_t i = 0; i < hosts.count; i++) {
        const struct pairing *host = &hosts.items[i];
        if (host->old == NULL || host->new == NULL)
            continue;
        const char *was = roles_of(arena, host->old), *is = roles_of(arena, host->new);
        if (strcmp(was, is) != 0 && differ++ < ROLES_MOST)
            limit(arena, diff,
                  tell(arena, "Roles of %s: %s before, %s now; verdicts follow roles.", diff_word(host->new, "name"),
                       was, is));
    }
    if (differ > ROLES_MOST)
        limit(arena, diff, tell(arena, "Roles of %zu more hosts differ.", differ - ROLES_MOST));
}

void diff_fill_limits(struct arena *arena, struct diff *diff)
{
    struct seen old = seen_of(diff->old), new = seen_of(diff->new);
    limit_words(arena, diff, "The tables are not the same", diff_words(arena, json_object_get(diff->old, "tables")),
                diff_words(arena, json_object_get(diff->new, "tables")));
    limit_words(arena, diff, "The site is not the same", diff_word(diff->old, "site"), diff_word(diff->new, "site"));
    limit_words(arena, diff, "The audits were made by different versions of pathaudit", diff_word(diff->old, "version"),
                diff_word(diff->new, "version"));
    limit_roles(arena, diff);
    if (new.packets * 2 < old.packets)
        limit(arena, diff,
              tell(arena, "Much less was seen: %s before, %s now; what is gone may only not have happened.",
                   tell_many(arena, old.packets, "packet"), tell_many(arena, new.packets, "packet")));
    if (old.packets * 2 < new.packets)
        limit(arena, diff,
              tell(arena, "Much more was seen: %s before, %s now; what is new may only not have happened before.",
                   tell_many(arena, old.packets, "packet"), tell_many(arena, new.packets, "packet")));
    if (old.filtered || new.filtered)
        limit(arena, diff, "A capture filter chose what was seen.");
    if (new.truncated && !old.truncated)
        limit(arena, diff, "The new capture is cut off in the middle.");
    if (old.truncated)
        limit(arena, diff, "The old capture is cut off in the middle.");
    limit_count(arena, diff, "Packets dropped while capturing", old.dropped, new.dropped);
    limit_count(arena, diff, "Conversations of which only one direction was seen", old.one_way, new.one_way);
    limit_count(arena, diff, "Bytes missing in streams", old.missing_bytes, new.missing_bytes);
    limit_count(arena, diff, "Flows forgotten for want of memory", old.evicted, new.evicted);
}
