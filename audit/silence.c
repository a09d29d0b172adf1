/* silence: see audit/silence.h. */
#include "audit/silence.h"

#include "audit/exceptions.h"
#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/tell.h"

#include <stdio.h>

#define PAIRS_NAMED 3 /* of those who never tried */

/* Who never tried what was required, and what proves it; `verdict` PATH_UNOBSERVABLE: what keeps it from being proven.
 */
static const char *silent_pairs(struct work *work, const struct judged_path *path, enum path_verdict verdict)
{
    const char *list = "";
    uint64_t count = 0;
    for (size_t i = 0; i < path->pair_count; i++) {
        const struct judged_pair *pair = &path->pairs[i];
        if (pair->verdict == verdict && count++ < PAIRS_NAMED)
            list = tell(work->arena, "%s %s -> %s: %s.", list, work->audit->hosts[pair->client_host].name,
                        work->audit->hosts[pair->server_host].name, pair->reason);
    }
    count += path->left_out[verdict];
    return count > PAIRS_NAMED
               ? tell(work->arena, "%s And %s.", list, tell_many(work->arena, count - PAIRS_NAMED, "other"))
               : list;
}

static bool has_missing(const struct judged_path *path)
{
    for (size_t i = 0; i < path->pair_count; i++)
        if (path->pairs[i].verdict == PATH_MISSING)
            return true;
    return path->verdict == PATH_MISSING || path->left_out[PATH_MISSING] > 0;
}

static void missing_name(const struct judged_path *path, struct finding *finding)
{
    char key[512];
    snprintf(key, sizeof key, "%s|%s|%s", path_verdict_name(PATH_MISSING), path->table->name, path->path->id);
    finding_name(finding, key);
}

void silence_leave_out(const struct work *work, struct judged_path *path, const struct judged_pair *pair)
{
    struct finding named;
    missing_name(path, &named);
    const char *excepted = exception_of_pair(work, path, pair->client_host, pair->server_host, named.id);
    if (path->left_out_excepted == NULL || excepted[0] == '\0')
        path->left_out_excepted = excepted;
}

/* A row is excepted when all who miss it are. */
static const char *missing_excepted(const struct work *work, const struct judged_path *path, const char *id)
{
    const char *reason = path->left_out_excepted;
    for (size_t i = 0; i < path->pair_count; i++) {
        const struct judged_pair *pair = &path->pairs[i];
        if (pair->verdict != PATH_MISSING)
            continue;
        const char *excepted = exception_of_pair(work, path, pair->client_host, pair->server_host, id);
        if (reason == NULL || excepted[0] == '\0')
            reason = excepted;
    }
    return reason != NULL ? reason : "";
}

static void missing_find(struct work *work, size_t index, struct finding *(*begin)(struct audit *, const char *))
{
    struct audit *audit = work->audit;
    const struct judged_path *path = &audit->paths[index];
    struct finding *finding = begin(audit, path_verdict_name(PATH_MISSING));
    missing_name(path, finding);
    finding->path = index;
    finding->excepted = missing_excepted(work, path, finding->id);
    finding->severity = SEVERITY_MEDIUM;
    finding->subject = tell(work->arena, "Missing: %s was never attempted", explain_row(work, path));
    finding->explain = tell(work->arena, "It should have been seen.%s", silent_pairs(work, path, PATH_MISSING));
    finding->advice = tell(work->arena,
                           "see on the client whether the service that does this runs; if it need not, "
                           "say \"require: {%s: no}\" in the site file",
                           path->path->id);
}

/* Required and nobody can say: that keeps the run from ending in "conforms". */
static void unobservable_find(struct work *work, size_t index, struct finding *(*begin)(struct audit *, const char *))
{
    const struct judged_path *path = &work->audit->paths[index];
    struct finding *finding = begin(work->audit, path_verdict_name(PATH_UNOBSERVABLE));
    const char *pairs = silent_pairs(work, path, PATH_UNOBSERVABLE);
    finding_name(finding, tell(work->arena, "%s|%s|%s", finding->verdict, path->table->name, path->path->id));
    finding->path = index;
    finding->excepted = exception_of_id(work, finding->id);
    finding->subject = tell(work->arena, "Required and not to be judged: %s", explain_row(work, path));
    finding->explain = pairs[0] != '\0'
                           ? tell(work->arena, "Neither satisfied nor missing can be said.%s", pairs)
                           : tell(work->arena, "Neither satisfied nor missing can be said: %s.", path->reason);
    finding->advice = "capture where both ends pass, in both directions, and for longer than the row takes to show";
}

bool silence_matters(const struct judged_path *path)
{
    bool required = path->required == REQUIRED_YES || path->required == REQUIRED_WHEN_TRIGGERED;
    return required && path->verdict == PATH_UNOBSERVABLE;
}

void silence_find(struct work *work, size_t index, struct finding *(*begin)(struct audit *, const char *))
{
    if (has_missing(&work->audit->paths[index]))
        missing_find(work, index, begin);
    if (silence_matters(&work->audit->paths[index]))
        unobservable_find(work, index, begin);
}
