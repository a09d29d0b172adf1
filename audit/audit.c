/* audit: the judging half on one page. What was observed is recalled; hosts get their roles, ports their services,
 * conversations the rows they belong to; what happened and where it belongs give verdicts, verdicts roll up to rows,
 * and what needs attention becomes findings. */
#include "audit/audit.h"

#include "audit/agree.h"
#include "audit/annotations.h"
#include "audit/exceptions.h"
#include "audit/findings.h"
#include "audit/hosts.h"
#include "audit/infer.h"
#include "audit/ledger.h"
#include "audit/match.h"
#include "audit/media.h"
#include "audit/misses.h"
#include "audit/paths.h"
#include "audit/recall.h"
#include "audit/rules.h"
#include "audit/sight.h"
#include "audit/verdicts.h"
#include "audit/weakest.h"
#include "audit/work.h"
#include "base/clock.h"

#include <string.h>

static bool know(struct work *work, struct failure *failure)
{
    bool known = recall(work, failure) /* conversations, facts, coverage */
                 && hosts_build(work)  /* who is who, by the site file */
                 && roles_infer(work)  /* where it says nothing: by what they serve */
                 && ledger_fill(work)  /* which service lives at which port */
                 && annotations_fill(work);
    if (known)
        media_protect(work); /* what its port was told for tells media from secured media */
    return known;
}

/* What was found on the way stays with the audit. */
static bool keep(const struct work *work)
{
    struct work *kept = arena_take(work->arena, sizeof *kept);
    struct audit_inputs *inputs = arena_take(work->arena, sizeof *inputs);
    if (kept == NULL || inputs == NULL)
        return false;
    *inputs = *work->inputs;
    *kept = *work;
    kept->inputs = inputs;
    work->audit->work = kept;
    return true;
}

static bool judge(struct work *work, struct failure *failure)
{
    return agree_check(work, failure) /* does the site speak of these tables? */
           && exceptions_begin(work)  /* what the site puts up with */
           && paths_begin(work)       /* the rows of all tables */
           && match_all(work)         /* which row each conversation belongs to */
           && rules_judge(work)       /* which firewall rules let it in */
           && verdicts_judge(work)    /* what that means for it */
           && paths_judge(work)       /* and for the rows */
           && findings_fill(work)     /* what a person should look at, and the conclusion */
           && weakest_fill(work)      /* and which servers are weak */
           && keep(work);
}

/* An audit of which nothing is filled yet; its arena becomes its memory. NULL when there is none. */
static struct audit *audit_begin(const struct audit_inputs *inputs, struct arena *arena)
{
    struct audit *audit = arena != NULL ? arena_take(arena, sizeof *audit) : NULL;
    if (audit == NULL) {
        arena_destroy(arena);
        return NULL;
    }
    *audit = (struct audit){.store = inputs->store,
                            .tables = inputs->tables,
                            .table_count = inputs->table_count,
                            .table_reason = inputs->table_reason != NULL ? inputs->table_reason : "",
                            .site = inputs->site,
                            .memory = arena};
    return audit;
}

struct audit *audit_create(const struct audit_inputs *inputs, struct failure *failure)
{
    struct arena *arena = arena_create();
    struct audit *audit = audit_begin(inputs, arena);
    struct work work = {.audit = audit, .inputs = inputs, .arena = arena};
    if (audit != NULL && know(&work, failure) && (inputs->table_count == 0 || judge(&work, failure)))
        return audit;
    if (!failure_any(failure))
        failure_add(failure, "audit: out of memory");
    audit_destroy(audit);
    return NULL;
}

size_t audit_near_rows(const struct audit *audit, size_t conversation, struct near_row **rows)
{
    struct subject subject;
    *rows = NULL;
    if (audit->work == NULL)
        return 0;
    subject_begin(audit->work, &audit->conversations[conversation], &subject);
    return misses_list(audit->work, &subject, rows);
}

int64_t audit_watched_ns(const struct audit *audit)
{
    if (audit->work == NULL || audit->work->sight == NULL)
        return clock_since(audit->last_ns, audit->first_ns);
    return sight_covers(audit->work->sight, 0, 0, audit->first_ns, audit->last_ns);
}

/* Matches all conversations, which stand as they were before any table was known, to the rows of this one. */
static bool match_alone(const struct work *known, const struct path_table *table, size_t index, audit_seen *seen,
                        void *context)
{
    struct arena *arena = arena_create();
    struct audit_inputs inputs = *known->inputs;
    struct audit audit = *known->audit;
    struct work work = *known;
    inputs.tables = audit.tables = &table;
    inputs.table_count = audit.table_count = 1;
    work.inputs = &inputs;
    work.audit = &audit;
    work.arena = arena;
    work.matching_alone = true;
    if (arena == NULL)
        return false;
    audit.conversations = arena_take_many(arena, audit.conversation_count, sizeof *audit.conversations);
    bool matched = audit.conversations != NULL;
    if (matched && audit.conversation_count > 0)
        memcpy(audit.conversations, known->audit->conversations,
               audit.conversation_count * sizeof *audit.conversations);
    matched = matched && paths_begin(&work) && match_all(&work);
    if (matched)
        seen(&audit, index, context);
    arena_destroy(arena);
    return matched;
}

bool audit_match_each(const struct audit_inputs *inputs, struct path_table *const *tables, size_t count,
                      audit_seen *seen, void *context, struct failure *failure)
{
    struct arena *arena = arena_create();
    struct audit *audit = audit_begin(inputs, arena);
    struct work work = {.audit = audit, .inputs = inputs, .arena = arena};
    bool good = audit != NULL && know(&work, failure);
    for (size_t i = 0; good && i < count; i++)
        good = match_alone(&work, tables[i], i, seen, context);
    audit_destroy(audit);
    if (!good && !failure_any(failure))
        failure_add(failure, "audit: out of memory");
    return good;
}

void audit_destroy(struct audit *audit)
{
    if (audit != NULL)
        arena_destroy(audit->memory);
}
