/* diff: see reports/diff.h. Conversations first, then paths and their pairs of hosts, then findings; a finding that
 * only says of a conversation or a path what has been said stands with it and does not count again. */
#include "reports/diff.h"

#include "audit/tell.h"
#include "reports/diff_parts.h"

#include <stdlib.h>
#include <string.h>

/* Findings of one audit: by client and place, by place alone where all clients are meant, and by client alone. */
struct findings {
    const json_t *list;
    struct diff_index by_place, by_client;
};

struct comparing {
    struct arena *arena;
    struct diff *diff;
    struct findings old_findings, new_findings;
    struct diff_index old_changes, new_changes; /* of conversations, by client and place and by place alone */
    struct diff_index seen;                     /* pairings of conversations, in the same way */
    size_t path_changes;                        /* where changes of paths and pairs begin */
    size_t room;
    struct pairings conversations, paths, findings;
    struct change lost; /* what memory had no room for; never read, because then there is no diff */
};

const char *change_kind_name(enum change_kind kind)
{
    static const char *const names[CHANGE_KIND_COUNT] = {"conversation", "path", "pair", "finding"};
    return names[kind];
}

const char *direction_name(enum direction direction)
{
    static const char *const names[DIRECTION_COUNT] = {"worse", "better", "changed", "new", "gone"};
    return names[direction];
}

static struct change *change_add(struct comparing *c, enum change_kind kind, enum direction direction,
                                 const struct pairing *pairing)
{
    if (c->diff->change_count == c->room) {
        size_t room = c->room > 0 ? 2 * c->room : 256;
        struct change *more = arena_take_many(c->arena, room, sizeof *more);
        if (more == NULL)
            return &c->lost;
        if (c->room > 0)
            memcpy(more, c->diff->changes, c->room * sizeof *more);
        c->diff->changes = more;
        c->room = room;
    }
    struct change *change = &c->diff->changes[c->diff->change_count++];
    *change = (struct change){.kind = kind,
                              .direction = direction,
                              .old = pairing->old,
                              .new = pairing->new,
                              .was = pairing->old != NULL ? diff_word(pairing->old, "verdict") : "",
                              .is = pairing->new != NULL ? diff_word(pairing->new, "verdict") : "",
                              .client = "",
                              .server = "",
                              .why = ""};
    return change;
}

/* Of what only some flows do, fewer flows may have left those out: that is not better. */
static enum direction if_as_much_was_seen(enum direction direction, const char *was, const json_t *old,
                                          const json_t *new)
{
    return direction == DIRECTION_BETTER && diff_is_in_part(was) && diff_less_was_seen(old, new) ? DIRECTION_CHANGED
                                                                                                 : direction;
}

/* -- conversations ----------------------------------------------------------------------------------------------- */

static const char *key_of_conversation(struct arena *arena, const json_t *c)
{
    return arena_printf(arena, "%s|%s|%s|%lld|%s", diff_word(c, "client"), diff_word(c, "server"),
                        diff_word(c, "transport"), (long long)diff_number(c, "port"), diff_word(c, "tunnel"));
}

/* By what is served instead of by port: only where the port was handed out, or named by its interface. */
static const char *key_of_service(struct arena *arena, const json_t *c)
{
    const char *services = diff_words(arena, json_object_get(c, "services")), *grade = diff_word(c, "grade");
    bool handed_out = grade[0] >= 'A' && grade[0] <= 'C';
    if (services[0] == '\0' && !handed_out)
        return NULL;
    return arena_printf(arena, "%s|%s|%s|%s|%s", diff_word(c, "client"), diff_word(c, "server"),
                        diff_word(c, "transport"), services[0] != '\0' ? services : diff_word(c, "protocol"),
                        diff_word(c, "tunnel"));
}

/* The same port that now serves something else is another service. */
static bool serve_alike(const json_t *old, const json_t *new)
{
    const json_t *before = json_object_get(old, "services"), *after = json_object_get(new, "services");
    if (json_array_size(before) == 0 || json_array_size(after) == 0)
        return true;
    for (size_t i = 0; i < json_array_size(before); i++)
        for (size_t k = 0; k < json_array_size(after); k++)
            if (json_equal(json_array_get(before, i), json_array_get(after, k)))
                return true;
    return false;
}

static bool is_chain(const json_t *finding)
{
    return strcmp(diff_word(finding, "verdict"), "broken-chain") == 0;
}

/* All clients that fail at one port of a server are one broken chain. */
static bool is_about(const json_t *finding, const json_t *conversation)
{
    return (is_chain(finding) || strcmp(diff_word(finding, "client"), diff_word(conversation, "client")) == 0) &&
           strcmp(diff_word(finding, "server"), diff_word(conversation, "server")) == 0 &&
           strcmp(diff_word(finding, "transport"), diff_word(conversation, "transport")) == 0 &&
           diff_number(finding, "port") == diff_number(conversation, "port");
}

/* Does the finding say why something has this verdict? A broken chain is blocked or refused. */
static bool says(const json_t *finding, const char *verdict)
{
    return strcmp(diff_word(finding, "verdict"), verdict) == 0 ||
           (is_chain(finding) && (strcmp(verdict, "blocked") == 0 || strcmp(verdict, "refused") == 0));
}

/* Where something happens: of one client, or with "" of any. */
static const char *key_of_place(struct arena *arena, const json_t *thing, const char *client)
{
    return arena_printf(arena, "%s|%s|%s|%lld", client, diff_word(thing, "server"), diff_word(thing, "transport"),
                        (long long)diff_number(thing, "port"));
}

/* The key by which a finding is looked for among conversations, and found by them. */
static const char *key_of_subject(struct arena *arena, const json_t *finding)
{
    return key_of_place(arena, finding, is_chain(finding) ? "" : diff_word(finding, "client"));
}

static struct findings findings_of(struct arena *arena, const json_t *audit)
{
    const json_t *list = json_object_get(audit, "findings");
    size_t count = json_array_size(list);
    struct findings findings = {list, diff_index_make(arena, count), diff_index_make(arena, count)};
    for (size_t i = 0; i < count; i++) {
        const json_t *finding = json_array_get(list, i);
        diff_index_add(&findings.by_place, key_of_subject(arena, finding), i);
        diff_index_add(&findings.by_client, diff_word(finding, "client"), i);
    }
    diff_index_sort(&findings.by_place);
    diff_index_sort(&findings.by_client);
    return findings;
}

/* The finding that says what the conversation's verdict is; NULL when it stands together with others in one. */
static const json_t *finding_of(struct arena *arena, const struct findings *findings, const json_t *conversation)
{
    const char *keys[] = {key_of_place(arena, conversation, diff_word(conversation, "client")),
                          key_of_place(arena, conversation, "")};
    const struct diff_index *index = &findings->by_place;
    for (size_t k = 0; k < 2; k++)
        for (size_t at = diff_index_find(index, keys[k]); diff_index_has(index, at, keys[k]); at++) {
            const json_t *finding = json_array_get(findings->list, index->entries[at].number);
            if (says(finding, diff_word(conversation, "verdict")) && is_about(finding, conversation))
                return finding;
        }
    return NULL;
}

/* Does the site's exception cover it? One that stands with others of its client in one finding is covered when all
 * findings that it could stand in are. */
static bool is_excepted(struct arena *arena, const struct findings *findings, const json_t *conversation)
{
    const json_t *finding = finding_of(arena, findings, conversation);
    const char *client = diff_word(conversation, "client");
    const struct diff_index *index = &findings->by_client;
    if (finding != NULL)
        return diff_word(finding, "excepted")[0] != '\0';
    bool any = false;
    for (size_t at = diff_index_find(index, client); diff_index_has(index, at, client); at++) {
        const json_t *f = json_array_get(findings->list, index->entries[at].number);
        if (strcmp(diff_word(f, "verdict"), diff_word(conversation, "verdict")) != 0)
            continue;
        any = true;
        if (diff_word(f, "excepted")[0] == '\0')
            return false;
    }
    return any;
}

static void compare_conversation(struct comparing *c, const struct pairing *pairing)
{
    const char *was = pairing->old != NULL ? diff_word(pairing->old, "verdict") : "";
    const char *is = pairing->new != NULL ? diff_word(pairing->new, "verdict") : "";
    enum direction direction;
    if (pairing->new == NULL)
        direction = DIRECTION_GONE;
    else if (pairing->old == NULL)
        direction = diff_rank_of(c->diff->new, pairing->new) >= DIFF_RANK_WRONG ? DIRECTION_WORSE : DIRECTION_NEW;
    else if (strcmp(was, is) == 0)
        return;
    else
        direction = if_as_much_was_seen(
            diff_direction(diff_rank_of(c->diff->old, pairing->old), diff_rank_of(c->diff->new, pairing->new)), was,
            pairing->old, pairing->new);
    if (direction == DIRECTION_WORSE && is_excepted(c->arena, &c->new_findings, pairing->new))
        direction = pairing->old == NULL ? DIRECTION_NEW : DIRECTION_CHANGED;
    struct change *change = change_add(c, CHANGE_CONVERSATION, direction, pairing);
    if (pairing->new != NULL)
        change->finding = finding_of(c->arena, &c->new_findings, pairing->new);
    if (change->finding == NULL && pairing->old != NULL)
        change->finding = finding_of(c->arena, &c->old_findings, pairing->old);
}

/* -- paths ------------------------------------------------------------------------------------------------------- */

static const char *key_of_path(struct arena *arena, const json_t *path)
{
    return arena_printf(arena, "%s|%s", diff_word(path, "table"), diff_word(path, "id"));
}

static const char *key_of_pair(struct arena *arena, const json_t *pair)
{
    return arena_printf(arena, "%s|%s", diff_word(pair, "client"), diff_word(pair, "server"));
}

/* `path`: it, or that of the pair of hosts. */
static enum direction path_direction(const char *was, const char *is, const struct pairing *path)
{
    enum direction direction = diff_direction(diff_rank_path(was), diff_rank_path(is));
    /* What is no longer tried did not get better by it. */
    if (direction == DIRECTION_BETTER && !diff_path_was_tried(is))
        return DIRECTION_CHANGED;
    return if_as_much_was_seen(direction, was, path->old, path->new);
}

static void compare_pairs(struct comparing *c, const struct pairing *path)
{
    struct pairings pairs = diff_pair(c->arena, json_object_get(path->old, "pairs"),
                                      json_object_get(path->new, "pairs"), key_of_pair, NULL);
    for (size_t i = 0; i < pairs.count; i++) {
        const struct pairing *pair = &pairs.items[i];
        if (pair->old == NULL || pair->new == NULL)
            continue; /* the conversations tell of it */
        const char *was = diff_word(pair->old, "verdict"), *is = diff_word(pair->new, "verdict");
        if (strcmp(was, is) == 0)
            continue;
        struct change *change = change_add(c, CHANGE_PAIR, path_direction(was, is, path), path);
        change->was = was;
        change->is = is;
        change->client = diff_word(pair->new, "client");
        change->server = diff_word(pair->new, "server");
        change->why = diff_word(pair->new, "reason");
    }
}

static void compare_path(struct comparing *c, const struct pairing *path)
{
    const char *was = path->old != NULL ? diff_word(path->old, "verdict") : "";
    const char *is = path->new != NULL ? diff_word(path->new, "verdict") : "";
    enum direction direction;
    if (path->new == NULL)
        direction = DIRECTION_GONE;
    else if (path->old == NULL)
        /* A row of a table that was not used before says nothing of what was then. */
        direction = diff_rank_path(is) >= DIFF_RANK_WRONG &&
                            diff_has_word(json_object_get(c->diff->old, "tables"), diff_word(path->new, "table"))
                        ? DIRECTION_WORSE
                        : DIRECTION_NEW;
    else if (strcmp(was, is) == 0) {
        compare_pairs(c, path);
        return;
    } else
        direction = path_direction(was, is, path);
    /* A row of another table that nobody tried is no news. */
    if ((path->old == NULL || path->new == NULL) && !diff_path_was_tried(path->new != NULL ? is : was) &&
        direction != DIRECTION_WORSE)
        return;
    struct change *change = change_add(c, CHANGE_PATH, direction, path);
    if (path->new != NULL)
        change->why = diff_word(path->new, "reason");
}

/* -- findings ---------------------------------------------------------------------------------------------------- */

static const char *key_of_finding(struct arena *arena, const json_t *finding)
{
    return arena_printf(arena, "%s", diff_word(finding, "id"));
}

static int severity_rank(const json_t *finding)
{
    static const char *const words[] = {"info", "low", "medium", "high"};
    for (int i = 0; i < 4; i++)
        if (strcmp(diff_word(finding, "severity"), words[i]) == 0)
            return i;
    return -1;
}

/* Is what the finding says already a change of a conversation? */
static bool is_told_of_conversation(const struct comparing *c, const json_t *finding, bool in_new, const char *key)
{
    const struct diff_index *index = in_new ? &c->new_changes : &c->old_changes;
    for (size_t at = diff_index_find(index, key); diff_index_has(index, at, key); at++) {
        const struct change *change = &c->diff->changes[index->entries[at].number];
        if (says(finding, in_new ? change->is : change->was))
            return true;
    }
    return false;
}

/* Of a path, which then has it. */
static bool is_told_of_path(struct comparing *c, const json_t *finding, bool in_new)
{
    for (size_t i = c->path_changes; i < c->diff->change_count; i++) {
        struct change *change = &c->diff->changes[i];
        const json_t *thing = in_new ? change->new : change->old;
        if (change->kind == CHANGE_FINDING)
            return false; /* those come last */
        if (thing == NULL || !says(finding, in_new ? change->is : change->was) ||
            diff_word(finding, "path")[0] == '\0' || strcmp(diff_word(finding, "path"), diff_word(thing, "id")) != 0)
            continue;
        if (change->finding == NULL)
            change->finding = finding;
        return true;
    }
    return false;
}

/* Findings put conversations of one client together, or no longer: then the conversations say whether anything changed.
 */
static bool is_regrouped(const struct comparing *c, const json_t *finding, const char *key)
{
    for (size_t at = diff_index_find(&c->seen, key); diff_index_has(&c->seen, at, key); at++) {
        const struct pairing *pairing = &c->conversations.items[c->seen.entries[at].number];
        if (says(finding, diff_word(pairing->new != NULL ? pairing->new : pairing->old, "verdict")))
            return true;
    }
    return false;
}

static bool is_told(struct comparing *c, const json_t *finding, bool in_new)
{
    const char *key = key_of_subject(c->arena, finding);
    return is_told_of_conversation(c, finding, in_new, key) || is_told_of_path(c, finding, in_new) ||
           is_regrouped(c, finding, key);
}

static void index_thing(struct comparing *c, struct diff_index *index, const json_t *thing, size_t number)
{
    if (thing == NULL)
        return;
    diff_index_add(index, key_of_place(c->arena, thing, diff_word(thing, "client")), number);
    diff_index_add(index, key_of_place(c->arena, thing, ""), number);
}

/* So that findings find their conversations. */
static void index_conversations(struct comparing *c)
{
    c->path_changes = c->diff->change_count;
    c->old_changes = diff_index_make(c->arena, 2 * c->path_changes);
    c->new_changes = diff_index_make(c->arena, 2 * c->path_changes);
    c->seen = diff_index_make(c->arena, 2 * c->conversations.count);
    for (size_t i = 0; i < c->path_changes; i++) {
        index_thing(c, &c->old_changes, c->diff->changes[i].old, i);
        index_thing(c, &c->new_changes, c->diff->changes[i].new, i);
    }
    for (size_t i = 0; i < c->conversations.count; i++) {
        const struct pairing *pairing = &c->conversations.items[i];
        index_thing(c, &c->seen, pairing->new != NULL ? pairing->new : pairing->old, i);
    }
    diff_index_sort(&c->old_changes);
    diff_index_sort(&c->new_changes);
    diff_index_sort(&c->seen);
}

/* Of the conversation that the finding is about. */
static bool less_was_seen_of(const struct comparing *c, const json_t *finding)
{
    const char *key = key_of_subject(c->arena, finding);
    for (size_t at = diff_index_find(&c->seen, key); diff_index_has(&c->seen, at, key); at++) {
        const struct pairing *pairing = &c->conversations.items[c->seen.entries[at].number];
        if (pairing->old != NULL && pairing->new != NULL &&diff_less_was_seen(pairing->old, pairing->new))
            return true;
    }
    return false;
}

static void compare_finding(struct comparing *c, const struct pairing *pairing)
{
    const json_t *finding = pairing->new != NULL ? pairing->new : pairing->old;
    bool excepted = diff_word(finding, "excepted")[0] != '\0', told = false;
    enum direction direction;
    if (pairing->old != NULL && pairing->new != NULL) {
        bool was_excepted = diff_word(pairing->old, "excepted")[0] != '\0';
        int was = severity_rank(pairing->old), is = severity_rank(pairing->new);
        if (was == is && was_excepted == excepted)
            return;
        direction = excepted                       ? DIRECTION_CHANGED
                    : was_excepted                 ? DIRECTION_WORSE
                    : was < 0 || is < 0            ? DIRECTION_CHANGED
                    : is > was                     ? DIRECTION_WORSE
                    : less_was_seen_of(c, finding) ? DIRECTION_CHANGED
                                                   : DIRECTION_BETTER;
    } else {
        told = is_told(c, finding, pairing->new != NULL);
        bool counts = pairing->new != NULL && !told && !excepted &&severity_rank(finding) != 0;
        direction = counts ? DIRECTION_WORSE : pairing->new != NULL ? DIRECTION_NEW : DIRECTION_GONE;
    }
    change_add(c, CHANGE_FINDING, direction, pairing)->told = told;
}

/* -- all --------------------------------------------------------------------------------------------------------- */

static int change_order(const void *a, const void *b)
{
    const struct change *x = *(const struct change *const *)a, *y = *(const struct change *const *)b;
    if (x->direction != y->direction)
        return x->direction < y->direction ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x > y) - (x < y);
}

static void sort_changes(struct comparing *c)
{
    size_t count = c->diff->change_count;
    struct change **order = arena_take_many(c->arena, count, sizeof *order);
    struct change *sorted = arena_take_many(c->arena, count, sizeof *sorted);
    if (order == NULL || sorted == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        order[i] = &c->diff->changes[i];
    qsort(order, count, sizeof *order, change_order);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = *order[i];
        c->diff->counts[sorted[i].direction] += !sorted[i].told;
    }
    c->diff->changes = sorted;
}

static void compare(struct comparing *c)
{
    const json_t *old = c->diff->old, *new = c->diff->new;
    c->conversations = diff_pair(c->arena, json_object_get(old, "conversations"), json_object_get(new, "conversations"),
                                 key_of_conversation, serve_alike);
    diff_pair_rest(c->arena, &c->conversations, key_of_service);
    c->old_findings = findings_of(c->arena, old);
    c->new_findings = findings_of(c->arena, new);
    c->paths = diff_pair(c->arena, json_object_get(old, "paths"), json_object_get(new, "paths"), key_of_path, NULL);
    c->findings =
        diff_pair(c->arena, json_object_get(old, "findings"), json_object_get(new, "findings"), key_of_finding, NULL);
    for (size_t i = 0; i < c->conversations.count; i++)
        compare_conversation(c, &c->conversations.items[i]);
    index_conversations(c);
    for (size_t i = 0; i < c->paths.count; i++)
        compare_path(c, &c->paths.items[i]);
    for (size_t i = 0; i < c->findings.count; i++)
        compare_finding(c, &c->findings.items[i]);
    sort_changes(c);
    diff_fill_ports(c->arena, c->diff);
    diff_fill_limits(c->arena, c->diff);
}

struct diff *diff_create(const char *old_name, const json_t *old, const char *new_name, const json_t *new,
                         struct failure *failure)
{
    const char *old_key = diff_word(old, "anonymized"), *new_key = diff_word(new, "anonymized");
    if (strcmp(old_key, new_key) != 0) {
        failure_add(failure,
                    "%s and %s: names and addresses were replaced in %s, so nothing can be found again; compare the "
                    "originals, or write both with the same --anonymize-key",
                    old_name, new_name, old_key[0] == '\0' || new_key[0] == '\0' ? "one of them" : "each its own way");
        return NULL;
    }
    struct arena *arena = arena_create();
    struct diff *diff = arena != NULL ? arena_take(arena, sizeof *diff) : NULL;
    if (diff != NULL) {
        *diff = (struct diff){.old = old, .new = new, .old_name = old_name, .new_name = new_name, .memory = arena};
        struct comparing comparing = {.arena = arena, .diff = diff};
        compare(&comparing);
    }
    if (diff == NULL || arena_ran_out(arena)) {
        failure_add(failure, "out of memory");
        arena_destroy(arena);
        return NULL;
    }
    return diff;
}

void diff_destroy(struct diff *diff)
{
    if (diff != NULL)
        arena_destroy(diff->memory);
}
