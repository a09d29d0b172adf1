/* unseen: see audit/unseen.h. The row is asked of each client host: of any of its servers, or of each, as the row
 * needs. A site may give both roles to whole networks, so no client looks at all servers: at those only that it met,
 * and at the first that it did not. */
#include "audit/unseen.h"
#include "base/clock.h"

#include "audit/crowd.h"
#include "audit/scans.h"
#include "audit/tell.h"
#include "audit/triggers.h"

#include <stdlib.h>
#include <string.h>

#define HOSTS_NAMED    4
#define STRANGERS_MOST 10000 /* pairs of a row that never met and are told one by one; of more, one a client */

/* One client and those of whom one would have been enough: one server, or (SIZE_MAX) any of all that it can meet. */
struct unit {
    size_t client, server;
};

struct judging {
    struct work *work;
    const struct sight *sight;
    struct judged_path *path;
    struct arena *room;             /* for as long as the row is judged */
    struct arena *words;            /* for as long as one unit is */
    struct crowd clients, servers;  /* hosts with the row's roles */
    struct pulls pulls;             /* of a row that waits for its trigger */
    int64_t window_ns;              /* for how long anything was captured: pauses between captures do not count */
    const char *how_often;          /* " every 5 min", or nothing where nobody says how often */
    const char *gap;                /* what keeps the whole capture from proving anything, "" */
    const struct judged_pair *seen; /* those that stand on conversations, in order */
    size_t seen_pairs;
    struct listing *listing;
    size_t strangers;                /* pairs that never met and were told one by one */
    size_t missing, unproven, quiet; /* units: missing; not provable; whose client was never seen */
    const char *missing_reason, *unproven_reason, *idle_reason; /* of the first of each */
};

static const char *host_name(const struct judging *judging, size_t host)
{
    return judging->work->audit->hosts[host].name;
}

/* The servers of a unit, in order. */
static struct crowd_walk unit_walk(const struct judging *judging, const struct unit *unit)
{
    if (unit->server == SIZE_MAX)
        return crowd_walk(&judging->servers, unit->client);
    return (struct crowd_walk){.one = &unit->server, .one_left = 1, .self = unit->client};
}

static size_t unit_next(const struct judging *judging, struct crowd_walk *walk)
{
    judging->work->looks++;
    return crowd_next(walk);
}

static size_t unit_size(const struct judging *judging, const struct unit *unit)
{
    return unit->server == SIZE_MAX ? crowd_size(&judging->servers, unit->client) : 1;
}

static bool unit_has(const struct judging *judging, const struct unit *unit, size_t server)
{
    judging->work->looks++;
    return unit->server == SIZE_MAX ? crowd_has(&judging->servers, unit->client, server) : server == unit->server;
}

static bool is_both_ways(const struct path *path)
{
    for (size_t i = 0; i < path->part_count; i++)
        if (path->parts[i].both_directions)
            return true;
    return false;
}

static int pair_order(const void *a, const void *b)
{
    const struct judged_pair *x = a, *y = b;
    if (x->client_host != y->client_host)
        return x->client_host < y->client_host ? -1 : 1;
    return (x->server_host > y->server_host) - (x->server_host < y->server_host);
}

/* Who asked the endpoint mapper and no more has not tried yet. */
static bool pair_tried(const struct judging *judging, size_t client, size_t server)
{
    struct judged_pair wanted = {.client_host = client, .server_host = server};
    const struct judged_pair *pair =
        bsearch(&wanted, judging->seen, judging->seen_pairs, sizeof wanted, pair_order); /* as paths.c sorts */
    return pair != NULL && pair->verdict != PATH_NOT_EXERCISED;
}

static bool was_tried(const struct judging *judging, size_t client, size_t server)
{
    return pair_tried(judging, client, server) ||
           (is_both_ways(judging->path->path) && pair_tried(judging, server, client));
}

static int64_t cadence_of(const struct judging *judging)
{
    return judging->path->cadence_ns > 0 ? (int64_t)judging->path->cadence_ns : CADENCE_UNSAID_NS;
}

static const char *server_list(const struct judging *judging, const struct unit *unit)
{
    struct texts names = {NULL, 0};
    struct crowd_walk walk = unit_walk(judging, unit);
    size_t count = unit_size(judging, unit);
    for (size_t i = 0; i < count && i < HOSTS_NAMED; i++)
        texts_add(judging->words, &names, host_name(judging, unit_next(judging, &walk)));
    if (count > HOSTS_NAMED)
        return tell(judging->words, "%s or %zu more", tell_list(judging->words, &names, ""), count - HOSTS_NAMED);
    return tell_list(judging->words, &names, "or");
}

/* Was there a reason, and time, to use the row? Else `reason` says what there was not. `since_ns`: from when on. */
static bool is_due(const struct judging *judging, const struct unit *unit, int64_t *since_ns, const char **reason)
{
    struct arena *arena = judging->words;
    const struct audit *audit = judging->work->audit;
    const struct judged_path *path = judging->path;
    bool pulled = false;
    size_t count;
    *since_ns = audit->first_ns;
    if (path->required == REQUIRED_YES) {
        if (judging->window_ns >= cadence_of(judging))
            return true;
        *reason = tell(arena, "required%s and never attempted; the capture covers only %s, and %s would be needed",
                       judging->how_often, tell_span(arena, judging->window_ns), tell_span(arena, cadence_of(judging)));
        return false;
    }
    const struct pull *pulls = pulls_of(&judging->pulls, unit->client, &count);
    for (size_t i = 0; i < count; i++) {
        if (pulls[i].server_host != SIZE_MAX && !unit_has(judging, unit, pulls[i].server_host))
            continue;
        *since_ns = !pulled || pulls[i].when_ns < *since_ns ? pulls[i].when_ns : *since_ns;
        pulled = true;
    }
    if (!pulled)
        *reason = tell(arena, "never attempted; what would call for it (%s) was not seen", path->trigger);
    else if (sight_covers(judging->sight, 0, 0, *since_ns, audit->last_ns) < TRIGGER_GRACE_NS)
        *reason = tell(arena, "never attempted; what calls for it (%s) was seen, and only %s captured after it",
                       path->trigger, tell_span(arena, sight_covers(judging->sight, 0, 0, *since_ns, audit->last_ns)));
    else
        return true;
    return false;
}

/* Alive for as long as the proof takes: still a minute after the trigger, or over a whole cadence. "" when it was. */
static const char *life_gap(const struct judging *judging, size_t host, int64_t since_ns)
{
    struct arena *arena = judging->words;
    int64_t first_ns, last_ns;
    if (!sight_life(judging->sight, host, &first_ns, &last_ns))
        return tell(arena, "nothing that %s sent was seen", host_name(judging, host));
    bool triggered = judging->path->required != REQUIRED_YES;
    int64_t seen_ns = sight_covers(judging->sight, host, host, first_ns, last_ns);
    if (triggered ? clock_since(last_ns, since_ns) >= TRIGGER_GRACE_NS : seen_ns >= cadence_of(judging))
        return "";
    return tell(arena, "%s was seen %s only", host_name(judging, host),
                triggered ? tell(arena, "until %s", tell_when(arena, judging->work->audit, last_ns, NULL))
                          : tell(arena, "for %s", tell_span(arena, seen_ns)));
}

static const char *link_gap(const struct judging *judging, size_t client, size_t server, int64_t since_ns)
{
    struct arena *arena = judging->words;
    const char *one = host_name(judging, client), *other = host_name(judging, server);
    switch (sight_link(judging->sight, client, server)) {
    case VIEW_NOTHING:
        return tell(arena, "nothing at all was seen between %s and %s: their link may not pass here", one, other);
    case VIEW_ONE_WAY:
        return tell(arena, "between %s and %s one direction alone was seen", one, other);
    case VIEW_BOTH_WAYS:
        break;
    }
    if (sight_is_sealed(judging->sight, client, server))
        return tell(arena, "IPsec hides what %s and %s say to each other", one, other);
    int64_t needed_ns = judging->path->required == REQUIRED_YES ? cadence_of(judging) : TRIGGER_GRACE_NS;
    int64_t seen_ns = sight_covers(judging->sight, client, server, since_ns, judging->work->audit->last_ns);
    if (seen_ns < needed_ns)
        return tell(arena, "where %s and %s meet was captured for %s only", one, other, tell_span(arena, seen_ns));
    uint64_t missing, bytes;
    if (sight_is_lossy(judging->sight, client, server, &missing, &bytes))
        return tell(arena, "between %s and %s, %s beside %s that passed here were sent and not seen", one, other,
                    tell_bytes(arena, missing), tell_bytes(arena, bytes));
    return "";
}

/* What keeps silence from proving anything; "" when nothing does. The first server that the client never met ends it.
 */
static const char *gap_of(const struct judging *judging, const struct unit *unit, int64_t since_ns)
{
    const char *gap = judging->gap;
    struct crowd_walk walk = unit_walk(judging, unit);
    if (gap[0] == '\0')
        gap = life_gap(judging, unit->client, since_ns);
    if (gap[0] == '\0' && scans_may_hide(judging->work, unit->client, judging->path->path))
        gap = tell(judging->words, "%s tried so much in vain that it is added up, and it may be among that",
                   host_name(judging, unit->client));
    for (size_t server; gap[0] == '\0' && (server = unit_next(judging, &walk)) != SIZE_MAX;) {
        gap = life_gap(judging, server, since_ns);
        if (gap[0] == '\0')
            gap = link_gap(judging, unit->client, server, since_ns);
    }
    return gap;
}

static bool wants_rpc(const struct path *path)
{
    for (size_t i = 0; i < path->part_count; i++)
        for (size_t k = 0; k < path->parts[i].port_count; k++)
            if (path->parts[i].ports[k].kind == PORT_DYNAMIC_RPC)
                return true;
    return false;
}

/* Only whom the client met can have failed it. */
static size_t failed_before(const struct judging *judging, const struct unit *unit)
{
    size_t count, failed = sight_prerequisite(judging->sight, unit->client);
    const size_t *met = sight_met(judging->sight, unit->client, &count);
    if (!wants_rpc(judging->path->path))
        return failed;
    for (size_t i = 0; unit->server == SIZE_MAX && i < count && failed == SIZE_MAX; i++)
        if (unit_has(judging, unit, met[i]))
            failed = sight_mapper(judging->sight, unit->client, met[i]);
    if (unit->server != SIZE_MAX && failed == SIZE_MAX)
        failed = sight_mapper(judging->sight, unit->client, unit->server);
    return failed;
}

/* What comes before the row and failed, as a clause and as the index of its conversation; "" when nothing did. */
static const char *cause_of(const struct judging *judging, const struct unit *unit, size_t *cause)
{
    const struct audit *audit = judging->work->audit;
    size_t failed = failed_before(judging, unit);
    if (failed == SIZE_MAX)
        return "";
    const struct judged_conversation *conversation = &audit->conversations[failed];
    *cause = failed;
    return tell(judging->words, "%s fails first: %s -> %s:%s",
                conversation->port == 53   ? "the name service"
                : conversation->port == 88 ? "Kerberos"
                                           : "the endpoint mapper",
                host_name(judging, conversation->client_host), host_name(judging, conversation->server_host),
                tell_port(judging->words, conversation->transport, conversation->port));
}

static const char *proof_of(const struct judging *judging, const struct unit *unit, int64_t since_ns)
{
    struct arena *arena = judging->words;
    const char *servers = server_list(judging, unit), *proof = "";
    if (judging->path->required != REQUIRED_YES)
        proof = tell(arena, "never attempted towards %s, though what calls for it (%s) was seen at %s", servers,
                     judging->path->trigger, tell_when(arena, judging->work->audit, since_ns, NULL));
    else
        proof = tell(arena, "required%s and never attempted towards %s in %s", judging->how_often, servers,
                     tell_span(arena, judging->window_ns));
    return tell(arena, "%s; all of them were alive, the %s between them visible both ways and without IPsec", proof,
                unit_size(judging, unit) == 1 ? "link" : "links");
}

static enum path_verdict unit_judge(const struct judging *judging, const struct unit *unit, const char **reason,
                                    size_t *cause)
{
    struct arena *arena = judging->words;
    int64_t since_ns;
    if (!is_due(judging, unit, &since_ns, reason))
        return PATH_NOT_EXERCISED;
    const char *before = cause_of(judging, unit, cause), *gap = gap_of(judging, unit, since_ns);
    if (before[0] != '\0') {
        *reason = tell(arena, "never attempted; %s", before);
        return PATH_NOT_EXERCISED;
    }
    if (gap[0] != '\0') {
        *reason = tell(arena, "required%s and never attempted as far as can be seen; %s", judging->how_often, gap);
        return PATH_UNOBSERVABLE;
    }
    *reason = proof_of(judging, unit, since_ns);
    return PATH_MISSING;
}

static void first_kept(const struct judging *judging, const char **kept, const char *reason)
{
    if (*kept == NULL)
        *kept = listing_keep(judging->listing->all, reason);
}

static enum path_verdict unit_add(struct judging *judging, const struct unit *unit)
{
    int64_t first_ns, last_ns;
    const char *reason = "";
    size_t cause = SIZE_MAX;
    struct crowd_walk walk = unit_walk(judging, unit);
    enum path_verdict verdict = unit_judge(judging, unit, &reason, &cause);
    struct judged_pair pair = {unit->client, unit_next(judging, &walk), verdict, reason, cause};
    listing_add(judging->listing, &pair);
    if (verdict == PATH_MISSING) {
        if (judging->missing++ == 0)
            judging->missing_reason = tell(judging->work->arena, "%s: %s", host_name(judging, unit->client), reason);
    } else if (verdict == PATH_UNOBSERVABLE) {
        if (sight_life(judging->sight, unit->client, &first_ns, &last_ns))
            judging->unproven++;
        else
            judging->quiet++;
        first_kept(judging, &judging->unproven_reason, reason);
    } else {
        first_kept(judging, &judging->idle_reason, reason);
    }
    arena_clear(judging->words);
    return verdict;
}

/* Pairs of one client that never met, like one of them that is told: they are counted. */
static void strangers_leave_out(struct judging *judging, size_t client, enum path_verdict verdict, size_t count)
{
    int64_t first_ns, last_ns;
    judging->path->left_out[verdict] += count;
    if (verdict != PATH_UNOBSERVABLE)
        return;
    if (sight_life(judging->sight, client, &first_ns, &last_ns))
        judging->unproven += count;
    else
        judging->quiet += count;
}

/* A row that is asked of each pair: each server that the client met, and, while there is room, each that it did not.
 * That two never met is all that can be said of them, so what is said of one server of the client is so of all of
 * these. */
static void client_judge_each(struct judging *judging, size_t client)
{
    struct crowd_walk walk = crowd_walk(&judging->servers, client);
    size_t server, met_count, left = crowd_size(&judging->servers, client), last = SIZE_MAX;
    enum path_verdict verdict = PATH_VERDICT_COUNT; /* of those that never met */
    while ((verdict == PATH_VERDICT_COUNT || judging->strangers < STRANGERS_MOST) &&
           (server = crowd_next(&walk)) != SIZE_MAX) {
        judging->work->looks++;
        left--;
        last = server;
        if (!sight_have_met(judging->sight, client, server)) {
            verdict = unit_add(judging, &(struct unit){client, server});
            judging->strangers++;
        } else if (!was_tried(judging, client, server)) {
            unit_add(judging, &(struct unit){client, server});
        }
    }
    const size_t *met = sight_met(judging->sight, client, &met_count);
    for (size_t i = 0; i < met_count && left > 0; i++) {
        judging->work->looks++;
        if (met[i] <= last || !crowd_has(&judging->servers, client, met[i]))
            continue;
        left--;
        if (!was_tried(judging, client, met[i]))
            unit_add(judging, &(struct unit){client, met[i]});
    }
    if (left > 0)
        strangers_leave_out(judging, client, verdict, left);
}

/* Which clients tried it with any of their servers. */
static bool *tried_mark(const struct judging *judging)
{
    bool both = is_both_ways(judging->path->path);
    bool *tried = arena_take_many(judging->room, judging->work->audit->host_count, sizeof *tried);
    for (size_t i = 0; tried != NULL && i < judging->seen_pairs; i++) {
        const struct judged_pair *pair = &judging->seen[i];
        if (pair->verdict == PATH_NOT_EXERCISED) /* who asked the endpoint mapper and no more has not tried yet */
            continue;
        judging->work->looks++;
        tried[pair->client_host] |= crowd_has(&judging->servers, pair->client_host, pair->server_host);
        tried[pair->server_host] |= both && crowd_has(&judging->servers, pair->server_host, pair->client_host);
    }
    return tried;
}

static bool units_judge(struct judging *judging)
{
    const bool *tried = tried_mark(judging);
    if (tried == NULL)
        return false;
    for (size_t i = 0; i < judging->clients.count; i++) {
        size_t client = judging->clients.hosts[i];
        if (judging->path->needs == NEEDS_EACH_PAIR)
            client_judge_each(judging, client);
        else if (!tried[client] && crowd_size(&judging->servers, client) > 0)
            unit_add(judging, &(struct unit){client, SIZE_MAX});
    }
    return !arena_ran_out(judging->words);
}

/* What the silent ones mean for the row as a whole. */
static void row_settle(struct judging *judging)
{
    struct judged_path *path = judging->path;
    struct arena *arena = judging->work->arena;
    bool unused = path->verdict == PATH_NOT_EXERCISED;
    size_t silent = judging->missing + judging->unproven + judging->quiet;
    if (judging->missing > 0 && path->verdict > PATH_MISSING) {
        path->verdict = PATH_MISSING;
        path->reason = judging->missing == 1
                           ? judging->missing_reason
                           : tell(arena, "%s never attempted it; %s", tell_many(arena, judging->missing, "client host"),
                                  judging->missing_reason);
    } else if (judging->unproven + (unused && judging->idle_reason == NULL ? judging->quiet : 0) > 0 &&
               path->verdict > PATH_UNOBSERVABLE) {
        path->verdict = PATH_UNOBSERVABLE;
        path->reason = judging->unproven_reason;
    } else if (unused && judging->idle_reason != NULL) {
        path->reason = judging->idle_reason;
    } else if (silent > 0) {
        path->reason =
            tell(arena, "%s; of %s more nothing can be said", path->reason, tell_many(arena, silent, "client host"));
    }
}

static bool row_judge(struct judging *judging)
{
    struct work *work = judging->work;
    struct judged_path *path = judging->path;
    if (!crowd_gather(work, judging->room, &path->path->from, &judging->clients) ||
        !crowd_gather(work, judging->room, &path->path->to, &judging->servers))
        return false;
    if (judging->clients.count == 0 || judging->servers.count == 0) {
        if (path->verdict == PATH_NOT_EXERCISED && path->required == REQUIRED_YES) {
            path->verdict = PATH_UNOBSERVABLE;
            path->reason = "required and never attempted; who should have cannot be told, since any host may";
        }
        return true;
    }
    if (path->required == REQUIRED_WHEN_TRIGGERED && !pulls_gather(work, judging->room, path, &judging->pulls))
        return false;
    judging->window_ns = sight_covers(judging->sight, 0, 0, work->audit->first_ns, work->audit->last_ns);
    judging->how_often =
        path->cadence_ns == 0 ? "" : tell(judging->room, " every %s", tell_span(judging->room, cadence_of(judging)));
    judging->gap = sight_gap(work);
    if (!units_judge(judging))
        return false;
    if (path->needs == NEEDS_ANY && judging->unproven + judging->quiet > 0)
        judging->missing = 0; /* one of those out of sight would have been enough */
    row_settle(judging);
    return true;
}

bool unseen_may_add(const struct judged_path *path)
{
    return path->required == REQUIRED_YES || path->required == REQUIRED_WHEN_TRIGGERED;
}

bool unseen_judge(struct work *work, const struct sight *sight, struct judged_path *path,
                  const struct judged_pair *seen, size_t seen_count, struct listing *listing)
{
    if (!unseen_may_add(path) || path->verdict == PATH_NOT_APPLICABLE ||
        (path->needs == NEEDS_ANY && path->verdict != PATH_NOT_EXERCISED))
        return true;
    struct judging judging = {.work = work,
                              .sight = sight,
                              .path = path,
                              .room = arena_create(),
                              .words = arena_create(),
                              .seen = seen,
                              .seen_pairs = seen_count,
                              .listing = listing};
    bool good = judging.room != NULL && judging.words != NULL && row_judge(&judging);
    arena_destroy(judging.room);
    arena_destroy(judging.words);
    return good;
}
