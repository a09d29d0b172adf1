/* findings: see audit/findings.h. Conversations are sorted by verdict and client, so that those that become one finding
 * stand together; then come rows that no finding of a conversation explains, then what could not be judged. */
#include "audit/findings.h"

#include "audit/chains.h"
#include "audit/checks.h"
#include "audit/exceptions.h"
#include "audit/explain.h"
#include "audit/leftovers.h"
#include "audit/promises.h"
#include "audit/scans.h"
#include "audit/silence.h"
#include "audit/tell.h"
#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVIDENCE_MOST 8 /* frames cited by one finding */

/* A conversation that needs attention. */
struct attention {
    enum verdict verdict;
    bool grave; /* a password can be read in it: it stays a finding of its own */
    struct address client;
    const char *network, *excepted;
    size_t conversation;
};

void finding_name(struct finding *finding, const char *key)
{
    snprintf(finding->id, sizeof finding->id, "%016" PRIx64, hash_bytes(key, strlen(key), 0));
}

void finding_add_evidence(struct work *work, struct finding *finding, const struct evidence *evidence)
{
    if (evidence->frame == 0 || finding->evidence_count == EVIDENCE_MOST)
        return;
    size_t count = finding->evidence_count;
    if ((count & (count - 1)) == 0) { /* full: most findings cite one frame */
        struct evidence *larger = arena_take_many(work->arena, count == 0 ? 1 : 2 * count, sizeof *larger);
        if (larger == NULL)
            return;
        if (count > 0)
            memcpy(larger, finding->evidence, count * sizeof *larger);
        finding->evidence = larger;
    }
    finding->evidence[finding->evidence_count++] = *evidence;
}

void finding_name_conversation(const struct judged_conversation *conversation, struct finding *finding)
{
    char key[512], client[ADDRESS_TEXT], server[ADDRESS_TEXT];
    snprintf(key, sizeof key, "%s|%s|%s|%u|%u|%s", verdict_name(conversation->verdict),
             address_text(&conversation->client, client), address_text(&conversation->server, server),
             conversation->transport, conversation->port, conversation->tunnel);
    finding_name(finding, key);
}

bool finding_is_due(const struct judged_conversation *conversation)
{
    return conversation->verdict <= VERDICT_UNEXPECTED_ATTEMPT;
}

static int attention_order(const void *a, const void *b)
{
    const struct attention *x = a, *y = b;
    if (x->verdict != y->verdict)
        return x->verdict < y->verdict ? -1 : 1;
    int order = memcmp(&x->client, &y->client, sizeof x->client);
    if (order == 0)
        order = (int)y->grave - (int)x->grave;
    if (order == 0)
        order = strcmp(x->network, y->network);
    if (order == 0)
        order = strcmp(x->excepted, y->excepted);
    return order != 0 ? order : (x->conversation > y->conversation) - (x->conversation < y->conversation);
}

/* What a broken chain explains is told with it. */
static struct attention *attentions_gather(struct work *work, const bool *explained, size_t *count)
{
    const struct audit *audit = work->audit;
    size_t most = 0;
    for (size_t i = 0; i < audit->conversation_count; i++)
        most += finding_is_due(&audit->conversations[i]);
    struct attention *attentions = arena_take_many(work->arena, most, sizeof *attentions);
    *count = 0;
    for (size_t i = 0; i < audit->conversation_count && attentions != NULL; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        struct finding named;
        if (!finding_is_due(conversation) || explained[i])
            continue;
        finding_name_conversation(conversation, &named);
        attentions[(*count)++] = (struct attention){.verdict = conversation->verdict,
                                                    .grave = clear_password(conversation) != NULL,
                                                    .client = conversation->client,
                                                    .network = conversation->network,
                                                    .excepted = exception_of(work, conversation, named.id),
                                                    .conversation = i};
    }
    if (attentions != NULL)
        qsort(attentions, *count, sizeof *attentions, attention_order);
    return attentions;
}

/* How many from here on are alike enough to become one finding. */
static size_t alike(const struct attention *attentions, size_t count)
{
    size_t same = 1;
    while (same < count && !attentions[same].grave && attentions[same].verdict == attentions[0].verdict &&
           address_equal(&attentions[same].client, &attentions[0].client) &&
           strcmp(attentions[same].network, attentions[0].network) == 0 &&
           strcmp(attentions[same].excepted, attentions[0].excepted) == 0)
        same++;
    bool unexpected =
        attentions[0].verdict == VERDICT_UNEXPECTED || attentions[0].verdict == VERDICT_UNEXPECTED_ATTEMPT;
    return unexpected && !attentions[0].grave && same >= FINDINGS_TOGETHER ? same : 1;
}

struct finding finding_of(const char *verdict, enum severity severity)
{
    return (struct finding){.verdict = verdict,
                            .severity = severity,
                            .subject = "",
                            .explain = "",
                            .advice = "",
                            .excepted = "",
                            .conversation = SIZE_MAX,
                            .path = SIZE_MAX};
}

static struct finding *finding_begin(struct audit *audit, const char *verdict)
{
    struct finding *finding = &audit->findings[audit->finding_count++];
    *finding = finding_of(verdict, SEVERITY_INFO);
    return finding;
}

void finding_keep(struct work *work, struct finding *finding)
{
    finding->subject = tell(work->arena, "%s", finding->subject);
    finding->explain = tell(work->arena, "%s", finding->explain);
    finding->advice = tell(work->arena, "%s", finding->advice);
    struct evidence *cited = arena_take_many(work->arena, finding->evidence_count, sizeof *cited);
    if (cited != NULL && finding->evidence_count > 0)
        memcpy(cited, finding->evidence, finding->evidence_count * sizeof *cited);
    finding->evidence_count = cited != NULL ? finding->evidence_count : 0;
    finding->evidence = cited;
}

/* Words are put together from words: what is not needed any more when the finding stands goes with `room`. */
static void find_one(struct work *work, struct arena *room, const struct attention *attention)
{
    const struct judged_conversation *conversation = &work->audit->conversations[attention->conversation];
    struct finding *finding = finding_begin(work->audit, verdict_name(attention->verdict));
    struct work draft = *work;
    draft.arena = room;
    finding_name_conversation(conversation, finding);
    explain_conversation(&draft, conversation, finding);
    const char *wrapped_in = conversation_wrapped_in(work->audit, conversation);
    if (wrapped_in[0] != '\0')
        finding->subject = tell(room, "%s (in %s)", finding->subject, wrapped_in);
    finding_keep(work, finding);
    finding->conversation = attention->conversation;
    finding->excepted = attention->excepted;
    if (conversation->owner_count > 0)
        finding->path = conversation->owners[0].path;
}

/* A few examples of many. */
struct examples {
    struct texts texts;
    bool more;
};

static void examples_add(struct work *work, struct examples *examples, size_t most, const char *text)
{
    if (examples->texts.count < most)
        texts_add(work->arena, &examples->texts, text);
    else
        examples->more = examples->more || !texts_have(&examples->texts, text);
}

static const char *examples_tell(struct work *work, const struct examples *examples)
{
    return examples->more ? tell(work->arena, "%s and others", tell_list(work->arena, &examples->texts, ""))
                          : tell_list(work->arena, &examples->texts, "and");
}

/* One client and many ports that no row has: a scan, or a tool nobody thought of. */
static void find_many(struct work *work, const struct attention *attentions, size_t count)
{
    struct audit *audit = work->audit;
    const struct judged_conversation *first = &audit->conversations[attentions[0].conversation];
    const char *client = audit->hosts[first->client_host].name;
    bool tried = attentions[0].verdict == VERDICT_UNEXPECTED_ATTEMPT;
    struct finding *finding = finding_begin(audit, verdict_name(attentions[0].verdict));
    struct examples servers = {{NULL, 0}, false}, ports = {{NULL, 0}, false};
    uint64_t flows = 0;
    for (size_t i = 0; i < count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[attentions[i].conversation];
        flows += conversation->flows;
        examples_add(work, &servers, 4, audit->hosts[conversation->server_host].name);
        examples_add(work, &ports, 8, tell_port(work->arena, conversation->transport, conversation->port));
        for (size_t k = 0; k < conversation->session_count; k++)
            if (conversation->sessions[k].verdict == conversation->verdict) {
                finding_add_evidence(work, finding, &conversation->sessions[k].evidence);
                break;
            }
    }
    finding_name(finding, tell(work->arena, "%s|%s|many", finding->verdict,
                               tell_place(work->arena, &first->client, first->network)));
    finding->severity = tried ? SEVERITY_LOW : SEVERITY_MEDIUM;
    finding->subject = tell(work->arena, "%s %s no row %s: %s, %s", client,
                            tried ? "tried much that" : "does much that", tried ? "expects" : "has",
                            tell_many(work->arena, count, "conversation"), tell_many(work->arena, flows, "flow"));
    finding->explain = tell(work->arena, "With %s, on %s. The nearest row of each stands with the conversations.",
                            examples_tell(work, &servers), examples_tell(work, &ports));
    finding->advice = tell(work->arena, "find out what runs on %s", client);
    finding->conversation = attentions[0].conversation;
    finding->together = count;
    finding->excepted = attentions[0].excepted;
}

static uint64_t flows_of(const struct audit *audit, const struct finding *finding)
{
    return finding->conversation != SIZE_MAX ? audit->conversations[finding->conversation].flows : 0;
}

static int64_t first_of(const struct audit *audit, const struct finding *finding)
{
    return finding->conversation != SIZE_MAX ? audit->conversations[finding->conversation].first_ns : INT64_MAX;
}

/* Of what only informs: what makes the run end with 3, or hides passwords, before what can wait. */
static size_t info_rank(const struct finding *finding)
{
    static const char *const order[] = {"unclassified",     "unobservable",           "undetermined",
                                        "role-conflict",    "exception-expired",      "certificate-expires",
                                        "certificate-name", "certificate-self-signed"};
    size_t rank = 0, count = sizeof order / sizeof order[0];
    while (finding->severity == SEVERITY_INFO && rank < count && strcmp(order[rank], finding->verdict) != 0)
        rank++;
    return rank;
}

static int finding_order(const void *a, const void *b, void *of)
{
    const struct finding *x = a, *y = b;
    uint64_t x_flows = flows_of(of, x), y_flows = flows_of(of, y);
    int64_t x_first = first_of(of, x), y_first = first_of(of, y);
    if (x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    if (info_rank(x) != info_rank(y))
        return info_rank(x) < info_rank(y) ? -1 : 1;
    if (x_flows != y_flows)
        return x_flows > y_flows ? -1 : 1;
    if (x_first != y_first)
        return x_first < y_first ? -1 : 1;
    return strcmp(x->id, y->id);
}

/* Do findings of this kind end the run with 1? What only informs does not. */
static bool counts(const struct finding *finding)
{
    return finding->excepted[0] == '\0' && finding->severity != SEVERITY_INFO;
}

static bool is_undetermined(const struct work *work)
{
    const struct audit *audit = work->audit;
    for (size_t i = 0; i < audit->path_count; i++)
        if (silence_matters(&audit->paths[i]))
            return true;
    for (size_t i = 0; i < audit->conversation_count; i++)
        if (audit->conversations[i].verdict == VERDICT_UNCLASSIFIED &&
            exception_of(work, &audit->conversations[i], "")[0] == '\0')
            return true;
    return false;
}

static void conclude(struct work *work)
{
    struct audit *audit = work->audit;
    bool any = false;
    for (size_t i = 0; i < audit->finding_count; i++)
        any = any || counts(&audit->findings[i]);
    bool undetermined = is_undetermined(work);
    /* Where nothing conforms, nothing that was not seen makes the audit say that it does. */
    bool nothing = audit->conversation_counts[VERDICT_CONFORMING] == 0;
    audit->conclusion = any                       ? CONCLUSION_FINDINGS
                        : undetermined || nothing ? CONCLUSION_UNDETERMINED
                                                  : CONCLUSION_CONFORMS;
    audit->exit_status = any ? 1 : undetermined ? 3 : 0;
}

static bool attentions_find(struct work *work, const struct attention *attentions, size_t count)
{
    struct arena *room = arena_create();
    for (size_t i = 0; i < count && room != NULL;) {
        size_t together = alike(&attentions[i], count - i);
        if (together > 1)
            find_many(work, &attentions[i], together);
        else
            find_one(work, room, &attentions[i]);
        i += together;
        arena_clear(room);
    }
    bool good = room != NULL && !arena_ran_out(room);
    arena_destroy(room);
    return good;
}

bool findings_fill(struct work *work)
{
    struct audit *audit = work->audit;
    const struct site *site = work->inputs->site;
    size_t count, exceptions = site != NULL ? site->exception_count : 0;
    struct hints hints;
    struct chains chains;
    if (!hints_gather(work, &hints) || !chains_find(work, &hints, &chains) || !promises_find(work, &hints, &chains))
        return false;
    struct attention *attentions = attentions_gather(work, chains.explained, &count);
    audit->findings = arena_take_many(work->arena,
                                      chains.count + count + (1 + SILENCE_FINDINGS) * audit->path_count + exceptions +
                                          audit->scan_count + LEFTOVER_SUMMARIES,
                                      sizeof *audit->findings);
    if (attentions == NULL || audit->findings == NULL)
        return false;
    for (; audit->finding_count < chains.count; audit->finding_count++)
        audit->findings[audit->finding_count] = chains.items[audit->finding_count];
    if (!attentions_find(work, attentions, count))
        return false;
    scans_find(work, finding_begin);
    if (!leftovers_find(work, finding_begin))
        return false;
    qsort_r(audit->findings, audit->finding_count, sizeof *audit->findings, finding_order, audit);
    conclude(work);
    return !arena_ran_out(work->arena);
}
