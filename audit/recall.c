/* recall: see audit/recall.h. Names stay those of the store, which outlives the audit; the rest is copied. */
#include "audit/recall.h"

#include "audit/scans.h"
#include "audit/tell.h"

static const char *text(const struct work *work, uint32_t name)
{
    return observations_text(work->inputs->store, name);
}

static bool sessions_copy(struct work *work, const struct gathered *item, struct judged_conversation *conversation)
{
    conversation->sessions = arena_take_many(work->arena, item->session_count, sizeof *conversation->sessions);
    if (conversation->sessions == NULL)
        return false;
    for (size_t i = 0; i < item->session_count; i++) {
        const struct session *session = &item->sessions[i];
        conversation->sessions[conversation->session_count++] =
            (struct judged_session){.authentication = text(work, session->authentication),
                                    .encryption = text(work, session->encryption),
                                    .protection = text(work, session->protection),
                                    .disposition = session->disposition,
                                    .flows = session->flows,
                                    .first_ns = session->first_ns,
                                    .last_ns = session->last_ns,
                                    .evidence = {text(work, session->source), session->frame},
                                    .why = "",
                                    .weakness = "",
                                    .wanted = ""};
    }
    return true;
}

static bool facts_copy(struct work *work, const struct gathered *item, struct judged_conversation *conversation)
{
    conversation->facts = arena_take_many(work->arena, item->fact_count, sizeof *conversation->facts);
    if (conversation->facts == NULL)
        return false;
    for (size_t i = 0; i < item->fact_count; i++) {
        const struct gathered_fact *fact = &item->facts[i];
        conversation->facts[conversation->fact_count++] = (struct judged_fact){text(work, fact->key),
                                                                               text(work, fact->value),
                                                                               fact->flows,
                                                                               fact->first_ns,
                                                                               {text(work, fact->source), fact->frame}};
    }
    return true;
}

static bool conversation_copy(struct work *work, const struct gathered *item, struct judged_conversation *conversation)
{
    char number[TRANSPORT_TEXT];
    *conversation = (struct judged_conversation){
        .client = item->pair.client,
        .server = item->pair.server,
        .pair = item->pair_number,
        .transport = item->pair.transport,
        .port = item->pair.port,
        .transport_text = tell(work->arena, "%s", observation_transport(item->pair.transport, number)),
        .protocol = text(work, item->protocol),
        .tunnel = text(work, item->pair.tunnel),
        .network = text(work, item->pair.network),
        .second_opinion = text(work, item->second_opinion),
        .match = MATCH_OUT_OF_SCOPE, /* until a table is there to compare with */
        .verdict = VERDICT_OUT_OF_SCOPE,
        .nearest_path = "",
        .nearest_why = "",
        .flows = item->flows,
        .packets_to_server = item->packets_to_server,
        .packets_to_client = item->packets_to_client,
        .bytes_to_server = item->bytes_to_server,
        .bytes_to_client = item->bytes_to_client,
        .missing_bytes = item->missing_bytes,
        .decided_by = item->decided_by,
        .first_ns = item->first_ns,
        .last_ns = item->last_ns,
    };
    return sessions_copy(work, item, conversation) && facts_copy(work, item, conversation);
}

static bool is_one_way(const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->session_count; i++)
        if (conversation->sessions[i].disposition == DISPOSITION_ONE_WAY)
            return true;
    return false;
}

static void window_widen(struct audit *audit, int64_t first_ns, int64_t last_ns)
{
    if (first_ns != 0 && (audit->first_ns == 0 || first_ns < audit->first_ns))
        audit->first_ns = first_ns;
    if (last_ns > audit->last_ns)
        audit->last_ns = last_ns;
}

static bool coverage_copy(struct work *work)
{
    const struct observations *store = work->inputs->store;
    struct audit *audit = work->audit;
    size_t count = observations_coverage_count(store);
    struct coverage *coverages = arena_take_many(work->arena, count, sizeof *coverages);
    if (coverages == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        coverages[i] = *observations_coverage(store, i);
        window_widen(audit, coverages[i].first_ns, coverages[i].last_ns);
    }
    audit->coverages = coverages;
    audit->coverage_count = count;
    return true;
}

static bool conversations_copy(struct work *work, const struct gathering *gathering)
{
    struct audit *audit = work->audit;
    audit->conversations = arena_take_many(work->arena, gathering->count, sizeof *audit->conversations);
    if (audit->conversations == NULL)
        return false;
    for (size_t i = 0; i < gathering->count; i++) {
        struct judged_conversation *conversation = &audit->conversations[audit->conversation_count++];
        if (!conversation_copy(work, &gathering->items[i], conversation))
            return false;
        window_widen(audit, conversation->first_ns, conversation->last_ns);
        audit->one_way_conversations += is_one_way(conversation);
    }
    return true;
}

bool recall(struct work *work, struct failure *failure)
{
    struct gathering gathering;
    if (!gather_init(&gathering, work->inputs->store, failure))
        return false;
    bool good = coverage_copy(work) && conversations_copy(work, &gathering) && scans_recall(work, &gathering.scans);
    gather_fini(&gathering);
    return good && !arena_ran_out(work->arena);
}
