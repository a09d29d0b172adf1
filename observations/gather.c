/* gather: rows and facts are sorted by their pair once, with a counter a pair; then each pair is put together alone
 * from its own few rows. */
#include "observations/gather.h"

#include <stdlib.h>

/* Indices of rows in order of their pair, rows of one pair in the order in which they came: those of pair p stand
 * from starts[p] to starts[p + 1]. */
struct sorted {
    uint32_t *indices, *starts;
};

struct heard {
    struct address address;
    uint32_t network; /* name */
};

struct vote {
    uint32_t protocol;
    uint64_t flows;
    int64_t first_ns;
};

struct work {
    const struct observations *store;
    struct sorted rows, facts;
    struct scans scans;
    struct heard *heard; /* hosts that were seen to send something, to anybody, in order; see hear_hosts */
    size_t heard_count;
    struct gathered *items;
    size_t count;
    struct session *sessions; /* of all items, one after another */
    size_t sessions_used;
    struct gathered_fact *gathered_facts;
    size_t facts_used;
    struct vote *votes; /* of one item; as many as a pair has rows at most */
};

/* -- sorting by pair --------------------------------------------------------------------------------------------- */

static bool sort_by_pair(struct sorted *sorted, const struct observations *store, size_t count,
                         uint32_t (*pair_of)(const struct observations *store, size_t i))
{
    size_t pairs = observations_pair_count(store);
    sorted->indices = malloc((count + 1) * sizeof *sorted->indices);
    sorted->starts = calloc(pairs + 3, sizeof *sorted->starts);
    if (sorted->indices == NULL || sorted->starts == NULL)
        return false;
    uint32_t *next = sorted->starts + 1; /* becomes the start of each pair, then is moved on to its end */
    for (size_t i = 0; i < count; i++)
        next[pair_of(store, i) + 1]++;
    for (size_t p = 1; p <= pairs + 1; p++)
        next[p] += next[p - 1];
    for (size_t i = 0; i < count; i++)
        sorted->indices[next[pair_of(store, i)]++] = (uint32_t)i;
    return true;
}

/* -- which hosts are heard --------------------------------------------------------------------------------------- */

static int by_octets(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(struct heard));
}

static void hear(struct work *work, const struct address *address, uint32_t network)
{
    struct heard host = {*address, network};
    if (work->heard_count == 0 || by_octets(&work->heard[work->heard_count - 1], &host) != 0)
        work->heard[work->heard_count++] = host;
}

/* Fills `heard`, which is only needed, and only made, where a flow got no answer. */
static bool hear_hosts(struct work *work)
{
    const struct observations *store = work->store;
    size_t rows = observations_conversation_count(store), unanswered = 0;
    struct conversation row;
    for (size_t i = 0; i < rows && unanswered == 0; i++) {
        observations_conversation(store, i, &row);
        unanswered += row.disposition == DISPOSITION_UNANSWERED;
    }
    if (unanswered == 0)
        return true;
    work->heard = malloc(2 * rows * sizeof *work->heard);
    if (work->heard == NULL)
        return false;
    for (size_t i = 0; i < rows; i++) {
        observations_conversation(store, i, &row);
        if (row.packets_to_server > 0)
            hear(work, &row.pair.client, row.pair.network);
        /* What a scan heard is added up and no longer known host by host; so it counts for none. */
        if (row.packets_to_client > 0 && scans_of(&work->scans, observations_conversation_pair(store, i), &row) == 0)
            hear(work, &row.pair.server, row.pair.network);
    }
    qsort(work->heard, work->heard_count, sizeof *work->heard, by_octets);
    return true;
}

/* Without a packet of the server's to anybody, silence does not mean that it did not answer. */
static bool server_visible(const struct work *work, const struct pair *pair)
{
    struct heard server = {pair->server, pair->network};
    return bsearch(&server, work->heard, work->heard_count, sizeof *work->heard, by_octets) != NULL;
}

/* -- one conversation -------------------------------------------------------------------------------------------- */

static void add_traffic(struct gathered *item, const struct conversation *row)
{
    if (row->first_ns < item->first_ns)
        item->first_ns = row->first_ns;
    if (row->last_ns > item->last_ns)
        item->last_ns = row->last_ns;
    if (row->decided_by > item->decided_by)
        item->decided_by = (enum decided_by)row->decided_by;
    if (item->second_opinion == 0)
        item->second_opinion = row->second_opinion;
    item->flows += row->flows;
    item->packets_to_server += row->packets_to_server;
    item->packets_to_client += row->packets_to_client;
    item->bytes_to_server += row->bytes_to_server;
    item->bytes_to_client += row->bytes_to_client;
    item->missing_bytes += row->missing_bytes;
}

static size_t add_vote(struct vote *votes, size_t count, const struct conversation *row)
{
    size_t i = 0;
    while (i < count && votes[i].protocol != row->protocol)
        i++;
    if (i == count)
        votes[count++] = (struct vote){row->protocol, 0, row->first_ns};
    votes[i].flows += row->flows;
    if (row->first_ns < votes[i].first_ns)
        votes[i].first_ns = row->first_ns;
    return count;
}

/* The one of most flows, the earlier among equals; a name before none. */
static bool is_better(const struct vote *a, const struct vote *b)
{
    if (b->protocol == 0)
        return true;
    return a->flows > b->flows || (a->flows == b->flows && a->first_ns < b->first_ns);
}

static uint32_t elected(const struct vote *votes, size_t count)
{
    struct vote best = {0};
    for (size_t i = 0; i < count; i++)
        if (votes[i].protocol != 0 && is_better(&votes[i], &best))
            best = votes[i];
    return best.protocol;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_names(const struct observations *store, uint32_t a, uint32_t b)
{
    return a == b ? 0 : strcmp(observations_text(store, a), observations_text(store, b));
}

static int compare_class(const struct observations *store, const struct session *a, const struct session *b)
{
    int order = compare_numbers(a->disposition, b->disposition);
    if (order == 0)
        order = compare_names(store, a->authentication, b->authentication);
    if (order == 0)
        order = compare_names(store, a->encryption, b->encryption);
    return order != 0 ? order : compare_names(store, a->protection, b->protection);
}

static int by_class(const void *left, const void *right, void *store)
{
    const struct session *a = left, *b = right;
    int order = compare_class(store, a, b);
    if (order == 0)
        order = compare_numbers(a->first_ns, b->first_ns);
    return order != 0 ? order : (a->frame > b->frame) - (a->frame < b->frame);
}

static int by_first(const void *left, const void *right, void *store)
{
    const struct session *a = left, *b = right;
    int order = compare_numbers(a->first_ns, b->first_ns);
    return order != 0 ? order : compare_class(store, a, b);
}

/* Adds up sessions of one class; they are in order of class and time, so the first of each has the evidence. */
static size_t merge_sessions(const struct observations *store, struct session *sessions, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && compare_class(store, &sessions[kept - 1], &sessions[i]) == 0) {
            sessions[kept - 1].flows += sessions[i].flows;
            if (sessions[i].last_ns > sessions[kept - 1].last_ns)
                sessions[kept - 1].last_ns = sessions[i].last_ns;
        } else {
            sessions[kept++] = sessions[i];
        }
    }
    return kept;
}

static void gather_rows(struct work *work, struct gathered *item, uint32_t pair)
{
    const struct observations *store = work->store;
    const uint32_t *from = work->rows.indices + work->rows.starts[pair];
    size_t rows = work->rows.starts[pair + 1] - work->rows.starts[pair], count = 0, votes = 0;
    bool begun = false;
    struct session *sessions = work->sessions + work->sessions_used;
    for (size_t i = 0; i < rows; i++) {
        struct conversation row;
        observations_conversation(store, from[i], &row);
        if (scans_of(&work->scans, pair, &row) != 0)
            continue;
        if (!begun)
            *item = (struct gathered){
                .pair = row.pair, .pair_number = pair, .first_ns = row.first_ns, .last_ns = row.last_ns};
        begun = true;
        add_traffic(item, &row);
        votes = add_vote(work->votes, votes, &row);
        if (row.disposition == DISPOSITION_OPEN)
            continue;
        sessions[count++] = (struct session){(enum disposition)row.disposition,
                                             row.authentication,
                                             row.encryption,
                                             row.protection,
                                             row.flows,
                                             row.first_ns,
                                             row.last_ns,
                                             row.source,
                                             row.frame};
    }
    item->protocol = elected(work->votes, votes);
    for (size_t i = 0; i < count; i++)
        if (sessions[i].disposition == DISPOSITION_UNANSWERED && !server_visible(work, &item->pair))
            sessions[i].disposition = DISPOSITION_ONE_WAY;
    qsort_r(sessions, count, sizeof *sessions, by_class, (void *)store);
    count = merge_sessions(store, sessions, count);
    qsort_r(sessions, count, sizeof *sessions, by_first, (void *)store);
    item->sessions = sessions;
    item->session_count = count;
    work->sessions_used += count;
}

static int compare_value(const struct observations *store, const struct gathered_fact *a, const struct gathered_fact *b)
{
    int order = compare_names(store, a->key, b->key);
    return order != 0 ? order : compare_names(store, a->value, b->value);
}

static int by_value(const void *left, const void *right, void *store)
{
    const struct gathered_fact *a = left, *b = right;
    int order = compare_value(store, a, b);
    if (order == 0)
        order = compare_numbers(a->first_ns, b->first_ns);
    return order != 0 ? order : (a->frame > b->frame) - (a->frame < b->frame);
}

static int by_key(const void *left, const void *right, void *store)
{
    const struct gathered_fact *a = left, *b = right;
    int order = compare_names(store, a->key, b->key);
    if (order == 0)
        order = compare_numbers(a->first_ns, b->first_ns);
    return order != 0 ? order : compare_names(store, a->value, b->value);
}

static void gather_facts(struct work *work, struct gathered *item, uint32_t pair)
{
    const struct observations *store = work->store;
    const uint32_t *from = work->facts.indices + work->facts.starts[pair];
    size_t rows = work->facts.starts[pair + 1] - work->facts.starts[pair], count = 0;
    struct gathered_fact *facts = work->gathered_facts + work->facts_used;
    for (size_t i = 0; i < rows; i++) {
        struct fact row;
        observations_fact(store, from[i], &row);
        facts[i] = (struct gathered_fact){row.key, row.value, row.flows, row.first_ns, row.source, row.frame};
    }
    qsort_r(facts, rows, sizeof *facts, by_value, (void *)store);
    for (size_t i = 0; i < rows; i++) {
        if (count > 0 && facts[count - 1].key == facts[i].key && facts[count - 1].value == facts[i].value)
            facts[count - 1].flows += facts[i].flows;
        else
            facts[count++] = facts[i];
    }
    qsort_r(facts, count, sizeof *facts, by_key, (void *)store);
    item->facts = facts;
    item->fact_count = count;
    work->facts_used += count;
}

/* -- all of them ------------------------------------------------------------------------------------------------- */

static int by_first_and_pair(const void *left, const void *right, void *store)
{
    const struct gathered *a = left, *b = right;
    int order = compare_numbers(a->first_ns, b->first_ns);
    if (order == 0)
        order = memcmp(&a->pair.client, &b->pair.client, sizeof a->pair.client);
    if (order == 0)
        order = memcmp(&a->pair.server, &b->pair.server, sizeof a->pair.server);
    if (order == 0)
        order = a->pair.transport - b->pair.transport;
    if (order == 0)
        order = a->pair.port - b->pair.port;
    return order != 0 ? order : compare_names(store, a->pair.tunnel, b->pair.tunnel);
}

/* What is needed for the counts at hand; sessions and facts in one piece, which becomes the gathering's memory. */
static bool make_room(struct work *work)
{
    const struct observations *store = work->store;
    size_t rows = observations_conversation_count(store), facts = observations_fact_count(store);
    size_t pairs = observations_pair_count(store), most = 0;
    if (!sort_by_pair(&work->rows, store, rows, observations_conversation_pair) ||
        !sort_by_pair(&work->facts, store, facts, observations_fact_pair))
        return false;
    for (size_t p = 1; p <= pairs; p++)
        if (work->rows.starts[p + 1] - work->rows.starts[p] > most)
            most = work->rows.starts[p + 1] - work->rows.starts[p];
    work->votes = malloc((most + 1) * sizeof *work->votes);
    work->items = malloc((pairs + 1) * sizeof *work->items);
    work->sessions = malloc(rows * sizeof *work->sessions + facts * sizeof *work->gathered_facts + 1);
    if (work->sessions == NULL)
        return false;
    work->gathered_facts = (void *)(work->sessions + rows);
    return work->votes != NULL && work->items != NULL;
}

static void gather_all(struct work *work)
{
    const struct observations *store = work->store;
    for (uint32_t pair = 1; pair <= observations_pair_count(store); pair++) {
        bool scanned = work->scans.of_pair[pair] != 0 && work->scans.whole[pair];
        if (scanned || work->rows.starts[pair] == work->rows.starts[pair + 1])
            continue;
        struct gathered *item = &work->items[work->count++];
        gather_rows(work, item, pair);
        gather_facts(work, item, pair);
    }
    qsort_r(work->items, work->count, sizeof *work->items, by_first_and_pair, (void *)store);
}

bool gather_init(struct gathering *gathering, const struct observations *store, struct failure *failure)
{
    struct work work = {.store = store};
    bool good = scans_init(&work.scans, store) && make_room(&work) && hear_hosts(&work);
    if (good)
        gather_all(&work);
    free(work.rows.indices);
    free(work.rows.starts);
    free(work.facts.indices);
    free(work.facts.starts);
    free(work.heard);
    free(work.votes);
    if (!good) {
        free(work.items);
        free(work.sessions);
        scans_fini(&work.scans);
        *gathering = (struct gathering){0};
        return failure_add(failure, "not enough memory to put %zu rows of observations together",
                           observations_conversation_count(store));
    }
    *gathering = (struct gathering){work.items, work.count, work.sessions, work.scans};
    return true;
}

void gather_fini(struct gathering *gathering)
{
    free(gathering->items);
    free(gathering->memory);
    scans_fini(&gathering->scans);
    *gathering = (struct gathering){0};
}
