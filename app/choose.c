/* choose: see app/choose.h. Conversations are matched to each table alone, and what it explains is counted. */
#include "app/choose.h"

#include "app/library.h"
#include "audit/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trial {
    struct path_table *table; /* NULL when it could not be read */
    size_t own, all;          /* conversations that belong to its own rows, to any of its rows */
};

static bool is_specific(const struct part *part)
{
    return !texts_have(&part->from, "any") && !texts_have(&part->to, "any");
}

struct trials {
    struct trial *items;
    size_t conversations;
};

/* Counts for one table what belongs to its rows. */
static void trial_count(const struct audit *audit, size_t table, void *context)
{
    struct trials *trials = context;
    struct trial *trial = &trials->items[table];
    trials->conversations = audit->conversation_count;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        bool own = false, all = false;
        for (size_t k = 0; k < conversation->owner_count; k++) {
            const struct path *path = audit->paths[conversation->owners[k].path].path;
            bool counts = path->required != REQUIRED_NEVER && is_specific(&path->parts[conversation->owners[k].part]);
            all = all || counts;
            own = own || (counts && !path->borrowed);
        }
        trial->own += own;
        trial->all += all;
    }
}

/* Tries all tables, none of which is NULL. */
static bool tables_try(struct trial *trials, size_t count, const struct audit_inputs *inputs, size_t *conversations,
                       struct failure *failure)
{
    struct trials all = {trials, 0};
    struct path_table **tables = calloc(count > 0 ? count : 1, sizeof(struct path_table *));
    if (tables == NULL) {
        failure_add(failure, "out of memory");
        return false;
    }
    for (size_t i = 0; i < count; i++)
        tables[i] = trials[i].table;
    bool tried = audit_match_each(inputs, tables, count, trial_count, &all, failure);
    free(tables);
    *conversations = all.conversations;
    return tried;
}

/* Does a table that includes this one explain as much by itself? Then that one says all that this one does, and more.
 */
static bool has_parent(const struct trial *trials, size_t count, const struct trial *child)
{
    for (size_t i = 0; i < count; i++)
        if (trials[i].own > 0 && trials[i].own >= child->own && trials[i].all >= child->all &&
            texts_have(&trials[i].table->include, child->table->name))
            return true;
    return false;
}

static bool is_better(const struct trial *one, const struct trial *other)
{
    if (one->own != other->own)
        return one->own > other->own;
    return one->table->path_count > other->table->path_count;
}

static const struct trial *best_of(const struct trial *trials, size_t count, const struct trial *without)
{
    const struct trial *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (&trials[i] != without && !has_parent(trials, count, &trials[i]) &&
            (best == NULL || is_better(&trials[i], best)))
            best = &trials[i];
    return best;
}

static void tell_reason(char reason[CHOOSE_REASON], const struct trial *best, const struct trial *next,
                        size_t conversations)
{
    if (best->own == 0)
        snprintf(reason, CHOOSE_REASON, "says most, and no table has rows between hosts whose roles are known");
    else if (next == NULL || next->own == 0)
        snprintf(reason, CHOOSE_REASON, "has rows for %zu of %zu conversations, no other for any", best->own,
                 conversations);
    else if (next->own == best->own)
        snprintf(reason, CHOOSE_REASON, "has rows for %zu of %zu conversations, as %s has, which is shorter", best->own,
                 conversations, next->table->name);
    else
        snprintf(reason, CHOOSE_REASON, "has rows for %zu of %zu conversations, next is %s with %zu", best->own,
                 conversations, next->table->name, next->own);
}

struct path_table *choose_table(const struct audit_inputs *inputs, const char *folder, char reason[CHOOSE_REASON],
                                struct failure *failure)
{
    char **names;
    size_t count, conversations = 0;
    if (!library_names(folder, &names, &count, failure))
        return NULL;
    struct trial *trials = calloc(count > 0 ? count : 1, sizeof *trials);
    if (trials == NULL)
        failure_add(failure, "out of memory");
    bool whole = trials != NULL;
    for (size_t i = 0; whole && i < count; i++) {
        trials[i].table = library_table(folder, names[i], failure);
        if (trials[i].table != NULL && inputs->site != NULL)
            settings_apply(inputs->site, &trials[i].table, 1, failure);
        whole = trials[i].table != NULL && !failure_any(failure);
    }
    struct path_table *chosen = NULL;
    if (whole)
        tables_try(trials, count, inputs, &conversations, failure);
    if (!failure_any(failure) && count == 0)
        failure_add(failure, "%s: no tables there; name one with -t", folder);
    if (whole && !failure_any(failure)) {
        const struct trial *best = best_of(trials, count, NULL);
        tell_reason(reason, best, best_of(trials, count, best), conversations);
        chosen = best->table;
    }
    for (size_t i = 0; trials != NULL && i < count; i++)
        if (trials[i].table != chosen)
            table_destroy(trials[i].table);
    free(trials);
    library_free_names(names, count);
    return chosen;
}
