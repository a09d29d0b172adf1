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
#include "audit/paths.h"
#include "audit/recall.h"
#include "audit/rules.h"
#include "audit/verdicts.h"
#include "audit/weakest.h"
#include "audit/work.h"

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
           && weakest_fill(work);     /* and which servers are weak */
}

struct audit *audit_create(const struct audit_inputs *inputs, struct failure *failure)
{
    struct arena *arena = arena_create();
    struct audit *audit = arena != NULL ? arena_take(arena, sizeof *audit) : NULL;
    if (audit == NULL) {
        arena_destroy(arena);
        failure_add(failure, "audit: out of memory");
        return NULL;
    }
    *audit = (struct audit){.store = inputs->store,
                            .tables = inputs->tables,
                            .table_count = inputs->table_count,
                            .table_reason = inputs->table_reason != NULL ? inputs->table_reason : "",
                            .site = inputs->site,
                            .memory = arena};
    struct work work = {.audit = audit, .inputs = inputs, .arena = arena};
    if (know(&work, failure) && (inputs->table_count == 0 || judge(&work, failure)))
        return audit;
    if (!failure_any(failure))
        failure_add(failure, "audit: out of memory");
    arena_destroy(arena);
    return NULL;
}

void audit_destroy(struct audit *audit)
{
    if (audit != NULL)
        arena_destroy(audit->memory);
}
