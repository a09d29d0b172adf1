/* promises: see audit/promises.h. Silence is told only where the two are visible to each other both ways, the capture
 * went on for long enough, and lost little. */
#include "audit/promises.h"
#include "base/clock.h"
#include "base/sorted.h"

#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/hosts.h"
#include "audit/sight.h"
#include "audit/tell.h"

#include <stdlib.h>
#include <string.h>

/* A word of SIP: this client was told of this place. */
struct word {
    size_t client_host, place_host, teller_host;
    struct address place;
    uint8_t transport;
    uint16_t port;
    int64_t when_ns;
    struct evidence evidence;
};

struct words_told {
    struct word *items;
    size_t count;
};

/* For how long after that the two were watched. */
static int64_t watched_ns(const struct work *work, size_t one, size_t other, int64_t when_ns)
{
    return sight_covers(work->sight, one, other, when_ns, work->audit->last_ns);
}

static bool could_be_seen(const struct work *work, size_t one, size_t other, int64_t when_ns, int64_t after_ns)
{
    uint64_t missing, bytes;
    return watched_ns(work, one, other, when_ns) >= after_ns && sight_link(work->sight, one, other) == VIEW_BOTH_WAYS &&
           !sight_is_sealed(work->sight, one, other) && !sight_is_lossy(work->sight, one, other, &missing, &bytes);
}

/* All conversations, in two orders. */
struct lists {
    const struct judged_conversation **by_client, **by_place; /* by client host; by server host, transport and port */
    size_t count;
};

static int client_order(const void *a, const void *b)
{
    const struct judged_conversation *const *x = a, *const *y = b;
    return ((*x)->client_host > (*y)->client_host) - ((*x)->client_host < (*y)->client_host);
}

static int place_order(const void *a, const void *b)
{
    const struct judged_conversation *const *x = a, *const *y = b;
    if ((*x)->server_host != (*y)->server_host)
        return (*x)->server_host < (*y)->server_host ? -1 : 1;
    return (*x)->transport != (*y)->transport ? (*x)->transport - (*y)->transport : (*x)->port - (*y)->port;
}

static bool lists_make(struct work *work, struct lists *lists)
{
    const struct audit *audit = work->audit;
    lists->count = audit->conversation_count;
    lists->by_client = arena_take_many(work->arena, lists->count, sizeof *lists->by_client);
    lists->by_place = arena_take_many(work->arena, lists->count, sizeof *lists->by_place);
    if (lists->by_client == NULL || lists->by_place == NULL)
        return false;
    for (size_t i = 0; i < lists->count; i++)
        lists->by_client[i] = lists->by_place[i] = &audit->conversations[i];
    qsort(lists->by_client, lists->count, sizeof *lists->by_client, client_order);
    qsort(lists->by_place, lists->count, sizeof *lists->by_place, place_order);
    return true;
}

/* Where the client's conversations begin. */
static size_t client_begin(const struct lists *lists, size_t client_host)
{
    struct judged_conversation wanted = {.client_host = client_host};
    const struct judged_conversation *key = &wanted;
    return SORTED_FIRST(&key, lists->by_client, lists->count, client_order);
}

static const char *name_of(const struct work *work, size_t host)
{
    return work->audit->hosts[host].name;
}

static int word_order(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    if (x->client_host != y->client_host)
        return x->client_host < y->client_host ? -1 : 1;
    if (x->teller_host != y->teller_host)
        return x->teller_host < y->teller_host ? -1 : 1;
    if (x->when_ns != y->when_ns)
        return x->when_ns < y->when_ns ? -1 : 1;
    return x->port - y->port;
}

/* What SIP told of this kind: "sip_contact", "sdp". False when memory ran out. */
static bool words_gather(struct work *work, const char *from, struct words_told *words)
{
    const struct observations *store = work->inputs->store;
    size_t most = observations_binding_count(store);
    *words = (struct words_told){arena_take_many(work->arena, most, sizeof *words->items), 0};
    for (size_t i = 0; i < most && words->items != NULL; i++) {
        struct binding binding;
        observations_binding(store, i, &binding);
        if (strcmp(observations_text(store, binding.learned_from), from) != 0 || binding.port == 0)
            continue;
        const struct address *place =
            address_is_zero(&binding.tower_address) ? &binding.server : &binding.tower_address;
        const char *network = observations_text(store, binding.network);
        struct word word = {.client_host = hosts_find(work, &binding.client, network),
                            .place_host = hosts_find(work, place, network),
                            .teller_host = hosts_find(work, &binding.server, network),
                            .place = *place,
                            .transport = binding.transport,
                            .port = binding.port,
                            .when_ns = binding.learned_ns,
                            .evidence = {observations_text(store, binding.source), binding.frame}};
        if (word.client_host != SIZE_MAX && word.place_host != SIZE_MAX && word.teller_host != SIZE_MAX)
            words->items[words->count++] = word;
    }
    if (words->items != NULL)
        qsort(words->items, words->count, sizeof *words->items, word_order);
    return words->items != NULL;
}

/* Did anybody come there, whoever it was? */
static bool was_used(const struct lists *lists, const struct word *word)
{
    struct judged_conversation wanted = {
        .server_host = word->place_host, .transport = word->transport, .port = word->port};
    const struct judged_conversation *key = &wanted;
    return bsearch(&key, lists->by_place, lists->count, sizeof *lists->by_place, place_order) != NULL;
}

static bool contacts_find(struct work *work, const struct lists *lists, struct chains *chains)
{
    struct words_told words;
    if (!words_gather(work, "sip_contact", &words))
        return false;
    for (size_t i = 0; i < words.count; i++) {
        const struct word *word = &words.items[i];
        if (was_used(lists, word) ||
            !could_be_seen(work, word->client_host, word->place_host, word->when_ns, PROMISE_CALL_NS))
            continue;
        const char *client = name_of(work, word->client_host), *place = name_of(work, word->place_host);
        const char *port = tell_port(work->arena, word->transport, word->port);
        struct finding *finding = chains_add(work, chains, tell(work->arena, "contact|%s|%s|%s", client, place, port));
        if (finding == NULL)
            return false;
        finding->subject =
            tell(work->arena, "%s was sent on to %s:%s (SIP redirection) and no call came there", client, place, port);
        finding->explain =
            tell(work->arena, "%s named this Contact at %s. Nobody tried it in the %s after that.",
                 name_of(work, word->teller_host), tell_when(work->arena, work->audit, word->when_ns, &word->evidence),
                 tell_span(work->arena, watched_ns(work, word->client_host, word->place_host, word->when_ns)));
        finding->advice =
            tell(work->arena, "see on %s whether it follows redirections, and whether %s is let through to %s", client,
                 port, place);
        finding_add_evidence(work, finding, &word->evidence);
    }
    return true;
}

static bool has_fact(const struct judged_conversation *conversation, const char *key, const char *value)
{
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(conversation->facts[i].key, key) == 0 && strcmp(conversation->facts[i].value, value) == 0)
            return true;
    return false;
}

/* What SIP answers with 200 beside a call, or while there is none yet: then a 200 says nothing of the call. */
static bool is_beside_a_call(const char *method)
{
    static const char *const of_calls[] = {"INVITE", "ACK", "BYE", "INFO"};
    for (size_t i = 0; i < sizeof of_calls / sizeof of_calls[0]; i++)
        if (strcmp(method, of_calls[i]) == 0)
            return false;
    return true;
}

/* Was a call taken in this conversation? Which request an answer belongs to is not kept: a 200 is a call's where
 * nothing else was asked for, and who says BYE was in one. */
static bool took_a_call(const struct judged_conversation *conversation)
{
    bool beside = false;
    if (!has_fact(conversation, "sip.methods", "INVITE") || !has_fact(conversation, "sip.statuses", "200"))
        return false;
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(conversation->facts[i].key, "sip.methods") == 0)
            beside = beside || is_beside_a_call(conversation->facts[i].value);
    return !beside || has_fact(conversation, "sip.methods", "BYE");
}

/* Was a call between these two taken? */
static bool was_answered(const struct lists *lists, const struct word *word)
{
    for (size_t i = client_begin(lists, word->client_host);
         i < lists->count && lists->by_client[i]->client_host == word->client_host; i++) {
        const struct judged_conversation *conversation = lists->by_client[i];
        if (conversation->server_host == word->teller_host && took_a_call(conversation))
            return true;
    }
    return false;
}

/* An offer and its answer name the two ends of one stream; one of them is the server of its packets. */
static bool media_find_one(struct work *work, const struct lists *lists, const struct word *offer,
                           const struct word *answer, struct chains *chains)
{
    if (was_used(lists, offer) || was_used(lists, answer) || !was_answered(lists, answer) ||
        !could_be_seen(work, offer->place_host, answer->place_host, answer->when_ns, PROMISE_CALL_NS))
        return true;
    const char *one = name_of(work, offer->place_host), *other = name_of(work, answer->place_host);
    const char *one_port = tell_port(work->arena, offer->transport, offer->port);
    const char *other_port = tell_port(work->arena, answer->transport, answer->port);
    struct finding *finding =
        chains_add(work, chains, tell(work->arena, "media|%s|%s|%s|%s", one, one_port, other, other_port));
    if (finding == NULL)
        return false;
    finding->subject = tell(work->arena, "A call without media: %s:%s <-> %s:%s was agreed and nothing came", one,
                            one_port, other, other_port);
    finding->explain =
        tell(work->arena,
             "The session descriptions named both ends, the second at %s, and a call between the two was taken. In "
             "the %s after that no packet was seen on either port.",
             tell_when(work->arena, work->audit, answer->when_ns, &answer->evidence),
             tell_span(work->arena, watched_ns(work, offer->place_host, answer->place_host, answer->when_ns)));
    finding->advice = tell(work->arena, "let UDP through between %s and %s on the media ports, both ways", one, other);
    finding_add_evidence(work, finding, &offer->evidence);
    finding_add_evidence(work, finding, &answer->evidence);
    return true;
}

static bool media_find(struct work *work, const struct lists *lists, struct chains *chains)
{
    struct words_told words;
    if (!words_gather(work, "sdp", &words))
        return false;
    for (size_t i = 0; i + 1 < words.count; i++) {
        const struct word *offer = &words.items[i], *answer = &words.items[i + 1];
        bool one_call = offer->client_host == answer->client_host && offer->teller_host == answer->teller_host &&
                        !address_equal(&offer->place, &answer->place);
        if (one_call && !media_find_one(work, lists, offer, answer, chains))
            return false;
    }
    return true;
}

static bool was_followed(const struct lists *lists, const struct hint *hint)
{
    for (size_t i = client_begin(lists, hint->client_host);
         i < lists->count && lists->by_client[i]->client_host == hint->client_host; i++) {
        const struct judged_conversation *conversation = lists->by_client[i];
        if (hint_calls_for(hint, conversation))
            return true;
        /* Who located several directory servers needs one of them. */
        if (hint->kind == HINT_DIRECTORY && strcmp(conversation->protocol, "ldap") == 0)
            return true;
    }
    return false;
}

/* The KDC itself, and the service of passwords, are no places to go to; an own ticket is for nobody else. */
static bool leads_somewhere(const struct hint *hint)
{
    return hint->kind == HINT_DIRECTORY ||
           (strncmp(hint->service, "krbtgt/", 7) != 0 && strncmp(hint->service, "kadmin/", 7) != 0);
}

/* A client asks for the directory in advance as well: that no LDAP follows only informs. */
static bool hint_find(struct work *work, const struct lists *lists, const struct hint *hint, struct chains *chains)
{
    if (!hint->kept || !leads_somewhere(hint) ||
        !could_be_seen(work, hint->client_host, hint->server_host, hint->when_ns, PROMISE_NS) ||
        was_followed(lists, hint))
        return true;
    const char *client = name_of(work, hint->client_host), *server = name_of(work, hint->server_host);
    bool ticket = hint->kind == HINT_TICKET;
    struct finding *finding = chains_add(
        work, chains, tell(work->arena, "hint|%s|%s|%s", client, server, ticket ? hint->service : "directory"));
    if (finding == NULL)
        return false;
    finding->severity = ticket ? SEVERITY_LOW : SEVERITY_INFO;
    finding->subject =
        ticket ? tell(work->arena, "%s got a ticket for %s and never connected to it", client, hint->service)
               : tell(work->arena, "%s located the directory on %s and never spoke LDAP", client, server);
    finding->explain =
        tell(work->arena,
             "%s In the %s after that no such connection was seen, though other traffic "
             "between the two was, both ways.",
             hint_tell(work, hint),
             tell_span(work->arena, watched_ns(work, hint->client_host, hint->server_host, hint->when_ns)));
    finding->advice = tell(
        work->arena, "see on %s why it stops there; a connection from before the capture explains it as well", client);
    finding_add_evidence(work, finding, &hint->evidence);
    return true;
}

bool promises_find(struct work *work, const struct hints *hints, struct chains *chains)
{
    if (sight_gap(work)[0] != '\0')
        return !arena_ran_out(work->arena);
    struct lists lists;
    if (!lists_make(work, &lists) || !contacts_find(work, &lists, chains) || !media_find(work, &lists, chains))
        return false;
    for (size_t i = 0; i < hints->count; i++) {
        const struct hint *hint = &hints->items[i], *before = i > 0 ? &hints->items[i - 1] : NULL;
        bool again = before != NULL && before->client_host == hint->client_host &&
                     before->server_host == hint->server_host && before->kind == hint->kind &&
                     (hint->kind == HINT_DIRECTORY || strcmp(before->service, hint->service) == 0);
        if (!again && !hint_find(work, &lists, hint, chains))
            return false;
    }
    return !arena_ran_out(work->arena);
}
