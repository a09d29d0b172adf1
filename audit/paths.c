/* paths: see audit/paths.h. Each conversation says what it adds to each row it belongs to; these shares are sorted by
 * row and pair of hosts and added up. */
#include "audit/paths.h"

#include "audit/hosts.h"
#include "audit/ledger.h"
#include "audit/listing.h"
#include "audit/match.h"
#include "audit/scans.h"
#include "audit/tell.h"
#include "audit/unseen.h"
#include "audit/verdicts.h"

#include <stdlib.h>
#include <string.h>

/* What one conversation adds to one row; or the sum for one pair. */
struct share {
    size_t client_host, server_host;
    struct tally tally;
};

enum path_verdict verdict_of_tally(const struct tally *tally, enum requirement required)
{
    uint64_t went_well = tally->conforming + tally->deviating;
    if (required == REQUIRED_NEVER)
        return went_well > 0 ? PATH_FORBIDDEN_SEEN : PATH_NOT_EXERCISED;
    if (tally->deviating > 0)
        return PATH_DEVIATING;
    if (went_well > 0)
        return tally->failed > 0 ? PATH_DEGRADED : PATH_SATISFIED;
    if (tally->failed > 0)
        return PATH_FAILING;
    return tally->undetermined > 0 ? PATH_UNOBSERVABLE : PATH_NOT_EXERCISED;
}

/* What the table requires, unless the site says otherwise. */
static void require(const struct work *work, struct judged_path *judged)
{
    const struct site *site = work->inputs->site;
    judged->required = judged->path->required;
    judged->cadence_ns = judged->path->cadence_ns;
    judged->trigger = judged->path->trigger;
    judged->needs = judged->path->needs;
    for (size_t i = 0; site != NULL && i < site->requirement_count; i++) {
        const struct site_requirement *requirement = &site->requirements[i];
        if (strcmp(requirement->path, judged->path->id) != 0)
            continue;
        judged->required = requirement->required;
        if (requirement->cadence_ns > 0)
            judged->cadence_ns = requirement->cadence_ns;
        if (requirement->trigger[0] != '\0')
            judged->trigger = requirement->trigger;
        if (requirement->says_needs)
            judged->needs = requirement->needs;
        return;
    }
}

bool paths_begin(struct work *work)
{
    const struct audit_inputs *inputs = work->inputs;
    struct audit *audit = work->audit;
    size_t count = 0;
    for (size_t i = 0; i < inputs->table_count; i++)
        count += inputs->tables[i]->path_count;
    audit->paths = arena_take_many(work->arena, count, sizeof *audit->paths);
    if (audit->paths == NULL)
        return false;
    for (size_t i = 0; i < inputs->table_count; i++)
        for (size_t k = 0; k < inputs->tables[i]->path_count; k++) {
            struct judged_path *judged = &audit->paths[audit->path_count++];
            *judged =
                (struct judged_path){.table = inputs->tables[i], .path = &inputs->tables[i]->paths[k], .reason = ""};
            require(work, judged);
        }
    return true;
}

static bool is_connection_after_lookup(const struct judged_conversation *conversation)
{
    return conversation->grade >= 'A' && conversation->grade <= 'C';
}

/* Between whom such connections went well, ordered. */
struct followed {
    struct link_ends {
        size_t client_host, server_host;
    } * items;
    size_t count;
};

static int ends_order(const void *a, const void *b)
{
    const struct link_ends *x = a, *y = b;
    if (x->client_host != y->client_host)
        return x->client_host < y->client_host ? -1 : 1;
    return (x->server_host > y->server_host) - (x->server_host < y->server_host);
}

static bool followed_gather(const struct work *work, struct arena *room, struct followed *followed)
{
    const struct audit *audit = work->audit;
    *followed = (struct followed){arena_take_many(room, audit->conversation_count, sizeof *followed->items), 0};
    for (size_t i = 0; i < audit->conversation_count && followed->items != NULL; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        if (is_connection_after_lookup(conversation) && conversation_went_well(conversation))
            followed->items[followed->count++] =
                (struct link_ends){conversation->client_host, conversation->server_host};
    }
    if (followed->items != NULL)
        qsort(followed->items, followed->count, sizeof *followed->items, ends_order);
    return followed->items != NULL;
}

/* Did such a connection go well between the two? */
static bool was_followed(const struct followed *followed, const struct judged_conversation *lookup)
{
    struct link_ends ends = {lookup->client_host, lookup->server_host};
    return bsearch(&ends, followed->items, followed->count, sizeof ends, ends_order) != NULL;
}

/* A row that has the mapper and says nothing of what stands behind it. */
static bool is_mapper_row(const struct path *path)
{
    for (size_t i = 0; i < path->part_count; i++)
        if (!part_is_mapper(&path->parts[i]) || part_takes_dynamic_rpc(path, &path->parts[i]))
            return false;
    return true;
}

static void tally_add_good(struct tally *tally, const struct judged_session *session)
{
    tally->conforming += session->flows;
    if (session_is_verified(session))
        tally->verified += session->flows;
    else if (session_is_unreadable(session))
        tally->unreadable += session->flows;
}

/* Weak tickets are counted where they were read; the other flows of such a class are as expected. */
static void tally_add_deviating(struct tally *tally, const struct judged_session *session)
{
    uint64_t deviating = session_deviating_flows(session);
    tally->deviating += deviating;
    tally->conforming += session->flows - deviating;
}

static struct tally tally_of(const struct followed *followed, const struct judged_conversation *conversation,
                             const struct path *path)
{
    struct tally tally = {.certain = !conversation->probable};
    bool lookup = port_is_mapper(conversation->transport, conversation->port) &&
                  path->required != REQUIRED_NEVER && /* the question alone must not be */
                  !(is_mapper_row(path) && was_followed(followed, conversation));
    tally.undetermined = conversation->session_count == 0; /* its one flow had not ended */
    for (size_t i = 0; i < conversation->session_count; i++) {
        const struct judged_session *session = &conversation->sessions[i];
        if (session->verdict == VERDICT_CONFORMING && lookup)
            tally.lookups += session->flows;
        else if (session->verdict == VERDICT_CONFORMING)
            tally_add_good(&tally, session);
        else if (session->verdict == VERDICT_DEVIATING)
            tally_add_deviating(&tally, session);
        else if (session->verdict == VERDICT_BLOCKED || session->verdict == VERDICT_REFUSED)
            tally.failed += session->flows;
        else
            tally.undetermined += session->flows;
    }
    return tally;
}

static void tally_add(struct tally *sum, const struct tally *tally)
{
    sum->conforming += tally->conforming;
    sum->deviating += tally->deviating;
    sum->failed += tally->failed;
    sum->undetermined += tally->undetermined;
    sum->lookups += tally->lookups;
    sum->verified += tally->verified;
    sum->unreadable += tally->unreadable;
    sum->certain = sum->certain || tally->certain;
}

/* Which of the row's several ports went well: 53/udp says little of a row that has the whole directory. */
static void path_note_port(struct work *work, struct judged_path *path, const struct judged_conversation *conversation)
{
    bool dynamic = conversation->grade != 0;
    if (path->path->part_count > 1 && !port_is_mapper(conversation->transport, conversation->port))
        texts_add(work->arena, &path->ports_seen,
                  dynamic ? "dynamic ports" : tell_port(work->arena, conversation->transport, conversation->port));
}

/* What the row itself tells of its conversations, beside its verdict. */
static void path_note(struct work *work, struct judged_path *path, const struct judged_conversation *conversation)
{
    bool went_well = false;
    path->conversations++;
    path->bytes += conversation->bytes_to_server + conversation->bytes_to_client;
    for (size_t i = 0; i < conversation->session_count; i++) {
        const struct judged_session *session = &conversation->sessions[i];
        if (session->disposition != DISPOSITION_OK)
            continue;
        went_well = true;
        if (session->authentication[0] != '\0')
            texts_add(work->arena, &path->authentication, session->authentication);
        if (session->encryption[0] != '\0')
            texts_add(work->arena, &path->encryption, session->encryption);
    }
    if (went_well)
        path_note_port(work, path, conversation);
}

static bool owned_before(const struct judged_conversation *conversation, size_t owner)
{
    for (size_t i = 0; i < owner; i++)
        if (conversation->owners[i].path == conversation->owners[owner].path)
            return true;
    return false;
}

static int share_order(const void *a, const void *b)
{
    const struct share *x = a, *y = b;
    if (x->client_host != y->client_host)
        return x->client_host < y->client_host ? -1 : 1;
    return (x->server_host > y->server_host) - (x->server_host < y->server_host);
}

/* Which conversations belong to each row, row by row. */
struct holdings {
    uint32_t *items;
    size_t *begin; /* of each row; behind the last where all end */
    size_t most;   /* of one row */
};

static bool holdings_gather(const struct work *work, struct arena *room, struct holdings *holdings)
{
    const struct audit *audit = work->audit;
    size_t *begin = arena_take_many(room, audit->path_count + 2, sizeof *begin), *end = begin + 1;
    *holdings = (struct holdings){.begin = begin};
    for (size_t i = 0; i < audit->conversation_count && begin != NULL; i++)
        for (size_t k = 0; k < audit->conversations[i].owner_count; k++)
            if (!owned_before(&audit->conversations[i], k))
                end[audit->conversations[i].owners[k].path + 1]++;
    for (size_t i = 1; i <= audit->path_count && begin != NULL; i++) {
        holdings->most = end[i] > holdings->most ? end[i] : holdings->most;
        end[i] += end[i - 1];
    }
    holdings->items = begin != NULL ? arena_take_many(room, end[audit->path_count], sizeof *holdings->items) : NULL;
    for (size_t i = 0; i < audit->conversation_count && holdings->items != NULL; i++)
        for (size_t k = 0; k < audit->conversations[i].owner_count; k++)
            if (!owned_before(&audit->conversations[i], k))
                holdings->items[end[audit->conversations[i].owners[k].path]++] = (uint32_t)i;
    return holdings->items != NULL;
}

/* The shares of one row, sorted, those of one pair added up. How many. */
static size_t shares_gather(struct work *work, const struct holdings *holdings, const struct followed *followed,
                            size_t index, struct share *shares)
{
    struct judged_path *path = &work->audit->paths[index];
    size_t count = holdings->begin[index + 1] - holdings->begin[index], kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct judged_conversation *conversation =
            &work->audit->conversations[holdings->items[holdings->begin[index] + i]];
        path_note(work, path, conversation);
        shares[i] = (struct share){conversation->client_host, conversation->server_host,
                                   tally_of(followed, conversation, path->path)};
    }
    qsort(shares, count, sizeof *shares, share_order);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && share_order(&shares[kept - 1], &shares[i]) == 0)
            tally_add(&shares[kept - 1].tally, &shares[i].tally);
        else
            shares[kept++] = shares[i];
    }
    return kept;
}

/* What conforms is not all verified: it may be out of reach of any capture, or clear by design. `where`: " (53/udp)",
 * or nothing. */
static const char *reason_of_good(struct arena *arena, const struct tally *tally, const char *where)
{
    uint64_t rest = tally->conforming - tally->verified;
    if (rest == 0)
        return tell(arena, "%s as expected%s", tell_many(arena, tally->conforming, "flow"), where);
    if (tally->verified > 0)
        return tell(arena, "%s as expected, %s more seen and not verified%s", tell_many(arena, tally->verified, "flow"),
                    tell_count(arena, rest), where);
    return tell(arena, "%s seen%s; %s", tell_many(arena, tally->conforming, "flow"), where,
                tally->unreadable > 0 ? "encryption and authentication could not be read" : "nothing to compare there");
}

static const char *reason_of(struct work *work, const struct tally *tally, enum path_verdict verdict)
{
    struct arena *arena = work->arena;
    uint64_t well = tally->conforming + tally->deviating;
    uint64_t all = well + tally->failed + tally->undetermined;
    const char *doubt = tally->certain ? "" : all == 1 ? "; it may be another row's" : "; they may be another row's";
    switch (verdict) {
    case PATH_FAILING:
        if (tally->undetermined > 0) /* which may have gone well out of sight */
            return tell(arena, "%s failed and none was seen to succeed; %s more could not be judged%s",
                        tell_many(arena, tally->failed, "attempt"), tell_count(arena, tally->undetermined), doubt);
        if (tally->failed == 1)
            return tell(arena, "the only attempt failed%s", doubt);
        return tell(arena, "none of %s succeeded%s", tell_many(arena, tally->failed, "attempt"), doubt);
    case PATH_FORBIDDEN_SEEN:
        return tell(arena, "must not happen, and %s went well", tell_many(arena, well, "flow"));
    case PATH_DEVIATING:
        return tell(arena, "%s of %s %s%s%s", tell_count(arena, tally->deviating), tell_many(arena, well, "flow"),
                    tally->deviating == 1 ? "deviates" : "deviate",
                    tally->failed > 0 ? tell(arena, ", %s more failed", tell_count(arena, tally->failed)) : "", doubt);
    case PATH_DEGRADED:
        return tell(arena, "%s went well, %s failed%s", tell_many(arena, well, "flow"),
                    tell_count(arena, tally->failed), doubt);
    case PATH_UNOBSERVABLE:
        return tell(arena, "of %s none was seen well enough to judge", tell_many(arena, tally->undetermined, "flow"));
    case PATH_SATISFIED:
        return reason_of_good(arena, tally, "");
    case PATH_NOT_EXERCISED:
        if (tally->lookups > 0)
            return "lookup only: the endpoint mapper was asked, no connection after it was seen";
        return tally->failed > 0
                   ? tell(arena, "must not happen, and %s failed", tell_many(arena, tally->failed, "attempt"))
                   : "never attempted";
    case PATH_MISSING:
    case PATH_NOT_APPLICABLE:
    case PATH_VERDICT_COUNT:
        break;
    }
    return "";
}

/* Two holders of a role are enough to know that a pair of different hosts can exist. */
static size_t holders_find(const struct work *work, const struct texts *roles, size_t holders[2])
{
    size_t count = 0;
    for (size_t i = 0; i < work->audit->host_count && count < 2; i++)
        if (host_fit(work, &work->audit->hosts[i], roles) > 0)
            holders[count++] = i;
    return count;
}

static bool is_not_applicable(struct work *work, struct judged_path *path)
{
    size_t from[2], to[2];
    size_t opens = holders_find(work, &path->path->from, from), answers = holders_find(work, &path->path->to, to);
    if (opens == 0 || answers == 0) {
        const struct texts *roles = opens == 0 ? &path->path->from : &path->path->to;
        path->reason = tell(work->arena, "no host has the role %s", tell_list(work->arena, roles, "or"));
        return true;
    }
    if (opens > 1 || answers > 1 || from[0] != to[0])
        return false;
    path->reason = tell(work->arena, "both roles live on %s alone", work->audit->hosts[from[0]].name);
    return true;
}

static void path_judge_unseen(struct work *work, struct judged_path *path)
{
    path->verdict = PATH_NOT_APPLICABLE;
    if (is_not_applicable(work, path))
        return;
    path->verdict = PATH_NOT_EXERCISED;
    path->reason = "never attempted";
    const struct judged_scan *scan = scans_at_row(work, path);
    if (scan != NULL)
        path->reason =
            tell(work->arena, "no attempt is known; among what %s tried in vain, which is added up, are ports of it",
                 work->audit->hosts[scan->client_host].name);
}

/* All that the judging of rows looks at. */
struct rows {
    struct work *work;
    const struct sight *sight;
    struct holdings holdings;
    struct followed followed;
    struct share *shares;     /* of one row */
    struct judged_pair *seen; /* the same, judged */
    struct listings listings;
};

/* One row from its shares. */
static void path_judge(struct rows *rows, struct judged_path *path, size_t count, struct arena *room,
                       struct listing *listing)
{
    struct work *work = rows->work, draft = *work;
    struct tally sum = {.certain = false};
    draft.arena = room;
    for (size_t i = 0; i < count; i++) {
        const struct share *share = &rows->shares[i];
        enum path_verdict verdict = verdict_of_tally(&share->tally, path->required);
        rows->seen[i] = (struct judged_pair){share->client_host, share->server_host, verdict,
                                             reason_of(&draft, &share->tally, verdict), SIZE_MAX};
        listing_add(listing, &rows->seen[i]);
        tally_add(&sum, &share->tally);
        arena_clear(room);
    }
    path->verdict = verdict_of_tally(&sum, path->required);
    path->probable = !sum.certain;
    path->verified = sum.verified > 0;
    path->unreadable = sum.unreadable > 0;
    path->reason = reason_of(work, &sum, path->verdict);
    if (path->verdict == PATH_SATISFIED && path->ports_seen.count > 0)
        path->reason = reason_of_good(work->arena, &sum,
                                      tell(work->arena, " (%s)", tell_list(work->arena, &path->ports_seen, "and")));
    if (path->probable && path->verdict == PATH_SATISFIED)
        path->reason = tell(work->arena, "%s; only probably traffic of this row", path->reason);
}

static bool row_judge(struct rows *rows, size_t index)
{
    struct judged_path *path = &rows->work->audit->paths[index];
    struct arena *room = arena_create(), *words = arena_create();
    struct listing listing;
    bool good = room != NULL && words != NULL;
    if (good) {
        listing_begin(&listing, &rows->listings, path, room);
        size_t count = shares_gather(rows->work, &rows->holdings, &rows->followed, index, rows->shares);
        if (count > 0)
            path_judge(rows, path, count, words, &listing);
        else
            path_judge_unseen(rows->work, path);
        good = unseen_judge(rows->work, rows->sight, path, rows->seen, count, &listing);
        listing_end(&listing);
        good = good && !arena_ran_out(room) && !arena_ran_out(words);
    }
    arena_destroy(room);
    arena_destroy(words);
    rows->work->audit->path_counts[path->verdict]++;
    return good;
}

/* Rows that may have pairs: of the others none takes a share of the room for them. */
static size_t rows_with_pairs(const struct rows *rows)
{
    const struct audit *audit = rows->work->audit;
    size_t count = 0;
    for (size_t i = 0; i < audit->path_count; i++)
        count += rows->holdings.begin[i] < rows->holdings.begin[i + 1] || unseen_may_add(&audit->paths[i]);
    return count;
}

bool paths_judge(struct work *work)
{
    struct rows rows = {.work = work, .sight = sight_create(work)};
    struct arena *room = arena_create();
    bool good = rows.sight != NULL && room != NULL && holdings_gather(work, room, &rows.holdings) &&
                followed_gather(work, room, &rows.followed);
    work->sight = rows.sight;
    if (good) {
        rows.shares = arena_take_many(room, rows.holdings.most, sizeof *rows.shares);
        rows.seen = arena_take_many(room, rows.holdings.most, sizeof *rows.seen);
        good = rows.shares != NULL && rows.seen != NULL;
        listings_begin(&rows.listings, work, rows_with_pairs(&rows), room);
    }
    for (size_t i = 0; good && i < work->audit->path_count; i++)
        good = row_judge(&rows, i);
    arena_destroy(room);
    return good && !arena_ran_out(work->arena);
}

bool path_forbids(const struct audit *audit, const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->owner_count; i++)
        if (audit->paths[conversation->owners[i].path].required != REQUIRED_NEVER)
            return false;
    return conversation->owner_count > 0;
}

uint64_t path_left_out(const struct judged_path *path)
{
    uint64_t sum = 0;
    for (unsigned verdict = 0; verdict < PATH_VERDICT_COUNT; verdict++)
        sum += path->left_out[verdict];
    return sum;
}
