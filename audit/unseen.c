/* unseen: see audit/unseen.h. The row is asked of each client host: of any of its servers, or of each, as the row
 * needs. */
#include "audit/unseen.h"
#include "base/clock.h"

#include "audit/hosts.h"
#include "audit/scans.h"
#include "audit/tell.h"
#include "audit/triggers.h"

#include <stdlib.h>
#include <string.h>

#define HOSTS_NAMED 4

/* One client and those of whom one would have been enough. */
struct unit {
    size_t client;
    const size_t *servers;
    size_t server_count;
};

struct judging {
    struct work *work;
    const struct sight *sight;
    struct judged_path *path;
    size_t *clients, *servers; /* hosts with the row's roles */
    size_t client_count, server_count;
    size_t seen_pairs;               /* of path->pairs: those that stand on conversations */
    size_t missing, unproven, quiet; /* units: missing; not provable; whose client was never seen */
    const char *missing_reason, *unproven_reason, *idle_reason; /* of the first of each */
};

static const char *host_name(const struct judging *judging, size_t host)
{
    return judging->work->audit->hosts[host].name;
}

/* Hosts that hold one of the roles themselves. Who has a role merely by being somewhere cannot be counted up. */
static size_t *holders_gather(struct work *work, const struct texts *roles, size_t *count)
{
    size_t *holders = arena_take_many(work->arena, work->audit->host_count, sizeof *holders);
    *count = 0;
    for (size_t i = 0; holders != NULL && i < work->audit->host_count; i++)
        if (host_fit(work, &work->audit->hosts[i], roles) > 1)
            holders[(*count)++] = i;
    return holders;
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
        bsearch(&wanted, judging->path->pairs, judging->seen_pairs, sizeof wanted, pair_order); /* as paths.c sorts */
    return pair != NULL && pair->verdict != PATH_NOT_EXERCISED;
}

static bool was_tried(const struct judging *judging, size_t client, size_t server)
{
    return pair_tried(judging, client, server) ||
           (is_both_ways(judging->path->path) && pair_tried(judging, server, client));
}

/* For how long anything was captured: pauses between captures do not count. */
static int64_t window_ns(const struct judging *judging)
{
    return sight_covers(judging->sight, 0, 0, judging->work->audit->first_ns, judging->work->audit->last_ns);
}

static int64_t cadence_of(const struct judging *judging)
{
    return judging->path->cadence_ns > 0 ? (int64_t)judging->path->cadence_ns : CADENCE_UNSAID_NS;
}

/* "every 5 min", or nothing where nobody says how often. */
static const char *how_often(const struct judging *judging)
{
    if (judging->path->cadence_ns == 0)
        return "";
    return tell(judging->work->arena, " every %s", tell_span(judging->work->arena, cadence_of(judging)));
}

static const char *server_list(const struct judging *judging, const struct unit *unit)
{
    struct texts names = {NULL, 0};
    for (size_t i = 0; i < unit->server_count && i < HOSTS_NAMED; i++)
        texts_add(judging->work->arena, &names, host_name(judging, unit->servers[i]));
    if (unit->server_count > HOSTS_NAMED)
        return tell(judging->work->arena, "%s or %zu more", tell_list(judging->work->arena, &names, ""),
                    unit->server_count - HOSTS_NAMED);
    return tell_list(judging->work->arena, &names, "or");
}

/* Was there a reason, and time, to use the row? Else `reason` says what there was not. `since_ns`: from when on. */
static bool is_due(const struct judging *judging, const struct unit *unit, int64_t *since_ns, const char **reason)
{
    struct arena *arena = judging->work->arena;
    const struct audit *audit = judging->work->audit;
    const struct judged_path *path = judging->path;
    bool pulled = false;
    *since_ns = audit->first_ns;
    if (judging->path->required == REQUIRED_YES) {
        if (window_ns(judging) >= cadence_of(judging))
            return true;
        *reason = tell(arena, "required%s and never attempted; the capture covers only %s, and %s would be needed",
                       how_often(judging), tell_span(arena, window_ns(judging)), tell_span(arena, cadence_of(judging)));
        return false;
    }
    for (size_t i = 0; i < unit->server_count; i++) {
        int64_t when_ns;
        if (!trigger_pulled(judging->work, path, unit->client, unit->servers[i], &when_ns))
            continue;
        *since_ns = !pulled || when_ns < *since_ns ? when_ns : *since_ns;
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
    struct arena *arena = judging->work->arena;
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
    struct arena *arena = judging->work->arena;
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

/* What keeps silence from proving anything; "" when nothing does. */
static const char *gap_of(const struct judging *judging, const struct unit *unit, int64_t since_ns)
{
    const char *gap = sight_gap(judging->work);
    if (gap[0] == '\0')
        gap = life_gap(judging, unit->client, since_ns);
    if (gap[0] == '\0' && scans_may_hide(judging->work, unit->client, judging->path->path))
        gap = tell(judging->work->arena, "%s tried so much in vain that it is added up, and it may be among that",
                   host_name(judging, unit->client));
    for (size_t i = 0; i < unit->server_count && gap[0] == '\0'; i++) {
        gap = life_gap(judging, unit->servers[i], since_ns);
        if (gap[0] == '\0')
            gap = link_gap(judging, unit->client, unit->servers[i], since_ns);
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

/* What comes before the row and failed, as a clause and as the index of its conversation; "" when nothing did. */
static const char *cause_of(const struct judging *judging, const struct unit *unit, size_t *cause)
{
    struct arena *arena = judging->work->arena;
    const struct audit *audit = judging->work->audit;
    for (size_t i = 0; i < unit->server_count; i++) {
        size_t failed =
            sight_prerequisite(judging->sight, unit->client, unit->servers[i], wants_rpc(judging->path->path));
        if (failed == SIZE_MAX)
            continue;
        const struct judged_conversation *conversation = &audit->conversations[failed];
        *cause = failed;
        return tell(arena, "%s fails first: %s -> %s:%s",
                    conversation->port == 53   ? "the name service"
                    : conversation->port == 88 ? "Kerberos"
                                               : "the endpoint mapper",
                    host_name(judging, conversation->client_host), host_name(judging, conversation->server_host),
                    tell_port(arena, conversation->transport, conversation->port));
    }
    return "";
}

static const char *proof_of(const struct judging *judging, const struct unit *unit, int64_t since_ns)
{
    struct arena *arena = judging->work->arena;
    const char *servers = server_list(judging, unit), *proof = "";
    if (judging->path->required != REQUIRED_YES)
        proof = tell(arena, "never attempted towards %s, though what calls for it (%s) was seen at %s", servers,
                     judging->path->trigger, tell_when(arena, judging->work->audit, since_ns, NULL));
    else
        proof = tell(arena, "required%s and never attempted towards %s in %s", how_often(judging), servers,
                     tell_span(arena, window_ns(judging)));
    return tell(arena, "%s; all of them were alive, the %s between them visible both ways and without IPsec", proof,
                unit->server_count == 1 ? "link" : "links");
}

static enum path_verdict unit_judge(const struct judging *judging, const struct unit *unit, const char **reason,
                                    size_t *cause)
{
    struct arena *arena = judging->work->arena;
    int64_t since_ns;
    if (!is_due(judging, unit, &since_ns, reason))
        return PATH_NOT_EXERCISED;
    const char *before = cause_of(judging, unit, cause), *gap = gap_of(judging, unit, since_ns);
    if (before[0] != '\0') {
        *reason = tell(arena, "never attempted; %s", before);
        return PATH_NOT_EXERCISED;
    }
    if (gap[0] != '\0') {
        *reason = tell(arena, "required%s and never attempted as far as can be seen; %s", how_often(judging), gap);
        return PATH_UNOBSERVABLE;
    }
    *reason = proof_of(judging, unit, since_ns);
    return PATH_MISSING;
}

static void first_kept(const char **kept, const char *reason)
{
    if (*kept == NULL)
        *kept = reason;
}

static void unit_add(struct judging *judging, const struct unit *unit)
{
    int64_t first_ns, last_ns;
    const char *reason = "";
    size_t cause = SIZE_MAX;
    enum path_verdict verdict = unit_judge(judging, unit, &reason, &cause);
    judging->path->pairs[judging->path->pair_count++] =
        (struct judged_pair){unit->client, unit->servers[0], verdict, reason, cause};
    if (verdict == PATH_MISSING) {
        judging->missing++;
        first_kept(&judging->missing_reason,
                   tell(judging->work->arena, "%s: %s", host_name(judging, unit->client), reason));
    } else if (verdict == PATH_UNOBSERVABLE) {
        if (sight_life(judging->sight, unit->client, &first_ns, &last_ns))
            judging->unproven++;
        else
            judging->quiet++;
        first_kept(&judging->unproven_reason, reason);
    } else {
        first_kept(&judging->idle_reason, reason);
    }
}

/* The client's servers without itself; into room for all of them. */
static size_t servers_of(const struct judging *judging, size_t client, size_t *servers, bool *tried)
{
    size_t count = 0;
    *tried = false;
    for (size_t i = 0; i < judging->server_count; i++) {
        if (judging->servers[i] == client || !hosts_may_meet(judging->work, client, judging->servers[i]))
            continue;
        servers[count++] = judging->servers[i];
        *tried = *tried || was_tried(judging, client, judging->servers[i]);
    }
    return count;
}

/* Room for what stands there and a line for each that may be missing. */
static bool pairs_widen(struct judging *judging)
{
    struct judged_path *path = judging->path;
    size_t each = path->needs == NEEDS_EACH_PAIR ? judging->server_count : 1;
    size_t room = path->pair_count + judging->client_count * each;
    struct judged_pair *pairs = arena_take_many(judging->work->arena, room, sizeof *pairs);
    if (pairs == NULL)
        return false;
    if (path->pair_count > 0)
        memcpy(pairs, path->pairs, path->pair_count * sizeof *pairs);
    path->pairs = pairs;
    return true;
}

static void units_judge(struct judging *judging)
{
    enum needs needs = judging->path->needs;
    size_t *servers = arena_take_many(judging->work->arena, judging->server_count, sizeof *servers);
    bool tried;
    if (servers == NULL || !pairs_widen(judging))
        return;
    for (size_t i = 0; i < judging->client_count; i++) {
        size_t client = judging->clients[i], count = servers_of(judging, client, servers, &tried);
        if (needs == NEEDS_EACH_PAIR) {
            for (size_t k = 0; k < count; k++)
                if (!was_tried(judging, client, servers[k]))
                    unit_add(judging, &(struct unit){client, &servers[k], 1});
        } else if (count > 0 && !tried) {
            unit_add(judging, &(struct unit){client, servers, count});
        }
    }
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

void unseen_judge(struct work *work, const struct sight *sight, struct judged_path *path)
{
    struct judging judging = {.work = work, .sight = sight, .path = path, .seen_pairs = path->pair_count};
    bool required = path->required == REQUIRED_YES || path->required == REQUIRED_WHEN_TRIGGERED;
    if (!required || path->verdict == PATH_NOT_APPLICABLE ||
        (path->needs == NEEDS_ANY && path->verdict != PATH_NOT_EXERCISED))
        return;
    judging.clients = holders_gather(work, &path->path->from, &judging.client_count);
    judging.servers = holders_gather(work, &path->path->to, &judging.server_count);
    if (judging.clients == NULL || judging.servers == NULL)
        return;
    if (judging.client_count == 0 || judging.server_count == 0) {
        if (path->verdict == PATH_NOT_EXERCISED && path->required == REQUIRED_YES) {
            path->verdict = PATH_UNOBSERVABLE;
            path->reason = "required and never attempted; who should have cannot be told, since any host may";
        }
        return;
    }
    units_judge(&judging);
    if (path->needs == NEEDS_ANY && judging.unproven + judging.quiet > 0)
        judging.missing = 0; /* one of those out of sight would have been enough */
    row_settle(&judging);
}
