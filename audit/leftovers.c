/* leftovers: see audit/leftovers.h. */
#include "audit/leftovers.h"

#include "audit/agree.h"
#include "audit/certificates.h"
#include "audit/checks.h"
#include "audit/denials.h"
#include "audit/exceptions.h"
#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/hosts.h"
#include "audit/silence.h"
#include "audit/tell.h"
#include "audit/verdicts.h"

#include <string.h>

#define CONVERSATIONS_NAMED 3 /* of those that keep a row from working */
#define HOSTS_NAMED         5 /* of those without a role */

static bool owns(const struct judged_conversation *conversation, size_t path)
{
    for (size_t i = 0; i < conversation->owner_count; i++)
        if (conversation->owners[i].path == path)
            return true;
    return false;
}

/* Failures that no finding speaks of yet: beside sessions that went well the conversation itself is not a failure. */
static bool fails_in_part(const struct judged_conversation *conversation)
{
    if (conversation->verdict == VERDICT_BLOCKED || conversation->verdict == VERDICT_REFUSED)
        return false;
    for (size_t i = 0; i < conversation->session_count; i++)
        if (session_failed(&conversation->sessions[i]))
            return true;
    return false;
}

static void cite(struct work *work, const struct judged_conversation *conversation, bool failed,
                 struct finding *finding)
{
    for (size_t i = 0; i < conversation->session_count; i++)
        if (failed ? session_failed(&conversation->sessions[i])
                   : conversation->sessions[i].disposition == DISPOSITION_OK)
            finding_add_evidence(work, finding, &conversation->sessions[i].evidence);
}

/* " Passwords cross the wire in clear: ..." where no finding of the conversation itself says so; else "". */
static const char *passwords_beside(struct work *work, const struct judged_conversation *conversation)
{
    const struct judged_session *readable = clear_password(conversation);
    if (readable == NULL || conversation->verdict != VERDICT_CONFORMING)
        return "";
    return tell(work->arena, " Passwords cross the wire in clear: %s without TLS, first at %s.",
                session_authentication(work, conversation, readable),
                tell_when(work->arena, work->audit, readable->first_ns, &readable->evidence));
}

/* A row with its conversations that `speaks` picks: they are named, cited and, where asked for, marked as explained;
 * those that were before are left out. */
static void find_path(struct work *work, size_t index, bool (*speaks)(const struct judged_conversation *), bool failed,
                      bool *explained, struct finding *(*begin)(struct audit *, const char *))
{
    struct audit *audit = work->audit;
    const struct judged_path *path = &audit->paths[index];
    const char *list = "", *passwords = "", *excepted = NULL;
    struct finding *finding = NULL;
    size_t count = 0;
    bool denied = failed, usual = failed;
    const struct judged_conversation *example = NULL;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        if ((explained != NULL && explained[i]) || !owns(conversation, index) || !speaks(conversation))
            continue;
        if (finding == NULL) {
            finding = begin(audit, path_verdict_name(path->verdict));
            finding_name(finding, tell(work->arena, "%s|%s|%s", finding->verdict, path->table->name, path->path->id));
            finding->conversation = i;
            finding->path = index;
        }
        const char *reason = exception_of(work, conversation, finding->id);
        excepted = excepted == NULL || reason[0] == '\0' ? reason : excepted; /* the row is when all of them are */
        if (explained != NULL)
            explained[i] = true;
        denied = denied && denials_are_all(conversation);
        usual = usual && denials_are_usual(conversation);
        if (example == NULL || !denials_are_usual(conversation))
            example = conversation;
        cite(work, conversation, failed, finding);
        if (!failed && passwords[0] == '\0')
            passwords = passwords_beside(work, conversation);
        if (count++ < CONVERSATIONS_NAMED)
            list = tell(work->arena, "%s %s%s%s.", list, explain_ends(work, conversation), failed ? ": " : "",
                        failed ? explain_failures(work, conversation) : "");
    }
    if (finding == NULL)
        return;
    finding->excepted = excepted;
    bool high = path->verdict == PATH_FORBIDDEN_SEEN || (path->required == REQUIRED_YES && !denied);
    finding->severity = denied && usual ? SEVERITY_LOW : high ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    finding->subject = tell(work->arena, "%s: %s", explain_row(work, path), path->reason);
    finding->explain = tell(work->arena, "In %s:%s%s%s", tell_many(work->arena, count, "conversation"), list,
                            count > CONVERSATIONS_NAMED ? " And others." : "", passwords);
    finding->advice =
        denied   ? denials_advice(example)
        : failed ? "look at what differs between the attempts that fail and those that go well"
        : passwords[0] != '\0'
            ? "block it, or change what the site or the table says of this row; change the passwords that "
              "were sent"
            : "block it, or change what the site or the table says of this row";
}

static bool paths_find(struct work *work, struct finding *(*begin)(struct audit *, const char *))
{
    struct audit *audit = work->audit;
    bool *explained = arena_take_many(work->arena, audit->conversation_count, sizeof *explained);
    if (explained == NULL)
        return false;
    for (size_t i = 0; i < audit->path_count; i++) {
        enum path_verdict verdict = audit->paths[i].verdict;
        if (verdict == PATH_FAILING || verdict == PATH_DEGRADED)
            find_path(work, i, fails_in_part, true, explained, begin);
        if (verdict == PATH_FORBIDDEN_SEEN)
            find_path(work, i, conversation_went_well, false, NULL, begin);
        silence_find(work, i, begin);
    }
    return true;
}

/* How many conversations are undetermined for which reason: "3 seen in one direction only, 1 ...". */
static const char *undetermined_reasons(struct work *work)
{
    const struct audit *audit = work->audit;
    const char *list = "";
    for (unsigned d = 0; d < DISPOSITION_COUNT; d++) {
        uint64_t count = 0;
        for (size_t i = 0; i < audit->conversation_count; i++) {
            const struct judged_conversation *conversation = &audit->conversations[i];
            bool has = d == DISPOSITION_OPEN && conversation->session_count == 0;
            for (size_t k = 0; k < conversation->session_count; k++)
                has = has || (conversation->sessions[k].disposition == d &&
                              conversation->sessions[k].verdict == VERDICT_UNDETERMINED);
            count += conversation->verdict == VERDICT_UNDETERMINED && has;
        }
        if (count > 0)
            list = tell(work->arena, "%s%s%s %s", list, list[0] != '\0' ? ", " : "", tell_count(work->arena, count),
                        disposition_words((enum disposition)d));
    }
    return list;
}

static void undetermined_find(struct work *work, struct finding *(*begin)(struct audit *, const char *))
{
    uint64_t count = work->audit->conversation_counts[VERDICT_UNDETERMINED];
    if (count == 0)
        return;
    struct finding *finding = begin(work->audit, verdict_name(VERDICT_UNDETERMINED));
    finding_name(finding, finding->verdict);
    finding->subject = tell(work->arena, "%s could not be judged", tell_many(work->arena, count, "conversation"));
    finding->explain = tell(work->arena, "Not enough of them was seen: %s.", undetermined_reasons(work));
    finding->advice = "a longer capture, or one where both directions pass, may settle them";
}

/* Marks the ends without a role of what is unclassified and not excepted; how many conversations that is. */
static uint64_t unclassified_count(const struct work *work, bool *without_role, uint64_t *excepted)
{
    const struct audit *audit = work->audit;
    uint64_t count = 0;
    *excepted = 0;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        if (conversation->verdict != VERDICT_UNCLASSIFIED)
            continue;
        if (exception_of(work, conversation, "")[0] != '\0') {
            ++*excepted;
            continue;
        }
        count++;
        without_role[conversation->client_host] |= !host_has_role(work, &audit->hosts[conversation->client_host]);
        without_role[conversation->server_host] |= !host_has_role(work, &audit->hosts[conversation->server_host]);
    }
    return count;
}

/* Needs no role to be worth a word: how many conversations without one carry a password that anybody can read. */
static const char *readable_passwords(struct work *work, struct finding *finding)
{
    const struct audit *audit = work->audit;
    const char *first = "";
    uint64_t count = 0;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        if (conversation->verdict != VERDICT_UNCLASSIFIED || exception_of(work, conversation, "")[0] != '\0')
            continue;
        const struct judged_session *session = clear_password(conversation);
        if (session == NULL)
            continue;
        finding_add_evidence(work, finding, &session->evidence);
        if (count++ == 0)
            first = tell(work->arena, "%s without TLS, %s", session_authentication(work, conversation, session),
                         explain_ends(work, conversation));
    }
    return count == 0 ? ""
                      : tell(work->arena, "Passwords cross the wire in clear in %s: %s%s. ",
                             tell_many(work->arena, count, "conversation"), first, count > 1 ? ", and others" : "");
}

static bool unclassified_find(struct work *work, struct finding *(*begin)(struct audit *, const char *))
{
    struct audit *audit = work->audit;
    bool *without_role = arena_take_many(work->arena, audit->host_count, sizeof *without_role);
    if (without_role == NULL)
        return false;
    struct texts shown = {NULL, 0};
    uint64_t excepted, more = 0, count = unclassified_count(work, without_role, &excepted);
    if (count == 0)
        return true;
    for (size_t i = 0; i < audit->host_count; i++) {
        if (without_role[i] && shown.count < HOSTS_NAMED)
            texts_add(work->arena, &shown, audit->hosts[i].name);
        else
            more += without_role[i];
    }
    struct finding *finding = begin(audit, verdict_name(VERDICT_UNCLASSIFIED));
    finding_name(finding, finding->verdict);
    const char *passwords = readable_passwords(work, finding);
    finding->subject =
        tell(work->arena, "%s with hosts that have no role%s", tell_many(work->arena, count, "conversation"),
             passwords[0] != '\0' ? ", with passwords in clear" : "");
    finding->explain =
        tell(work->arena, "%sNo row can be compared without a role: %s%s.%s", passwords,
             tell_list(work->arena, &shown, more > 0 ? "" : "and"),
             more > 0 ? tell(work->arena, " and %s", tell_many(work->arena, more, "other")) : "",
             excepted > 0 ? tell(work->arena, " The site excepts %s more.", tell_count(work->arena, excepted)) : "");
    finding->advice = tell(work->arena, "%s%s",
                           work->inputs->site != NULL
                               ? "give these hosts a role in the site file"
                               : "write a site file that says which hosts have which roles, and name it with -s; "
                                 "pathaudit roles begins one",
                           passwords[0] != '\0' ? "; change the passwords that were sent" : "");
    return true;
}

static void exceptions_find(struct work *work, struct finding *(*begin)(struct audit *, const char *))
{
    const struct site *site = work->inputs->site;
    for (size_t i = 0; site != NULL && i < site->exception_count; i++) {
        const struct site_exception *exception = &site->exceptions[i];
        if (!exception_is_expired(work, exception))
            continue;
        struct finding *finding = begin(work->audit, "exception-expired");
        finding_name(finding, tell(work->arena, "exception-expired|%s|%s|%zu", exception->until, exception->reason, i));
        finding->subject = tell(work->arena, "Exception expired on %s: %s", exception->until, exception->reason);
        finding->explain = "The capture ends after that day, so the exception applies to nothing in it.";
        finding->advice = "take it out of the site file, or give it a later day";
    }
}

/* What was put up with and did not happen: the list should not grow for ever. */
static void unused_exceptions_find(struct work *work, struct finding *(*begin)(struct audit *, const char *))
{
    const struct site *site = work->inputs->site;
    struct texts lines = {NULL, 0};
    for (size_t i = 0; site != NULL && i < site->exception_count; i++) {
        const struct site_exception *exception = &site->exceptions[i];
        if (!work->excepting[i] && !exception_is_expired(work, exception))
            texts_add(work->arena, &lines,
                      tell(work->arena, "line %zu%s%s%s", exception->line, exception->reason[0] != '\0' ? " (" : "",
                           exception->reason, exception->reason[0] != '\0' ? ")" : ""));
    }
    if (lines.count == 0)
        return;
    struct finding *finding = begin(work->audit, "exception-unused");
    finding_name(finding, finding->verdict);
    finding->subject =
        tell(work->arena, "%s of the site file covered nothing", tell_many(work->arena, lines.count, "exception"));
    finding->explain = tell(work->arena, "What they put up with was not seen: %s, %s.", site->file,
                            tell_list(work->arena, &lines, ""));
    finding->advice = "take out what is no longer needed";
}

bool leftovers_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict))
{
    if (!paths_find(work, begin))
        return false;
    undetermined_find(work, begin);
    agree_find(work, begin);
    certificates_find(work, begin);
    exceptions_find(work, begin);
    bool good = unclassified_find(work, begin);
    unused_exceptions_find(work, begin); /* when all that could be excepted was asked for */
    return good;
}
