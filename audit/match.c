/* match: see audit/match.h. Ports are asked first, since they are the cheapest question and rule out nearly all. */
#include "audit/match.h"

#include "audit/hosts.h"
#include "audit/misses.h"
#include "audit/tell.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A part that could own the conversation. */
struct candidate {
    struct owner owner;
    enum port_fit fit;
    unsigned roles;          /* how exactly the two hosts fulfil its roles */
    uint64_t taking, naming; /* of the subject's services, by number: those it takes, those it names */
};

#define OWNER_LISTS 256

struct owner_list {
    struct owner *owners;
    size_t count;
};

struct candidates {
    struct candidate *items;
    size_t count;
    struct owner_list
        *lists; /* OWNER_LISTS of those made already, by what is in them: many conversations have the same */
    struct owner *draft;
};

static const struct path *path_of(const struct work *work, const struct candidate *candidate)
{
    return work->audit->paths[candidate->owner.path].path;
}

static const struct part *part_of(const struct work *work, const struct candidate *candidate)
{
    return &path_of(work, candidate)->parts[candidate->owner.part];
}

static bool session_is_encrypted(const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->session_count; i++)
        if (strstr(conversation->sessions[i].encryption, "tls") != NULL) /* tls, starttls, anonymoustls */
            return true;
    return false;
}

void subject_begin(const struct work *work, struct judged_conversation *conversation, struct subject *subject)
{
    const struct site *site = work->inputs->site;
    *subject = (struct subject){.conversation = conversation,
                                .client = &work->audit->hosts[conversation->client_host],
                                .server = &work->audit->hosts[conversation->server_host],
                                .mapper = port_is_mapper(conversation->transport, conversation->port)};
    if (subject->mapper) {
        subject->service_count = services_said(conversation, "rpc.asked", subject->services);
        subject->bound = true;
    } else {
        subject->service_count = ledger_services(work, conversation, subject->services, &subject->bound);
    }
    const char *protocol = conversation->protocol;
    subject->in_dynamic_range = site != NULL && site->dynamic_high != 0 && conversation->port >= site->dynamic_low &&
                                conversation->port <= site->dynamic_high &&
                                (protocol[0] == '\0' || strcmp(protocol, "dcerpc") == 0);
}

/* Remote management (MS-WSMV) is web traffic to a path of its own. */
static bool is_remote_management(const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->fact_count; i++)
        if (strcmp(conversation->facts[i].key, "http.paths") == 0 &&
            strcmp(conversation->facts[i].value, "/wsman") == 0)
            return true;
    return false;
}

static void name_services(struct work *work, const struct subject *subject)
{
    struct service services[SERVICES_MOST];
    struct judged_conversation *conversation = subject->conversation;
    size_t count = services_said(conversation, "rpc.accepted", services);
    if (count == 0)
        count = services_said(conversation, "rpc.binds", services);
    const struct service *shown = count > 0 ? services : subject->services;
    if (count == 0 && !subject->mapper)
        count = subject->service_count;
    for (size_t i = 0; i < count; i++) {
        const char *name = service_name(work, &shown[i]);
        if (name[0] != '\0')
            texts_add(work->arena, &conversation->services, name);
    }
    if (is_remote_management(conversation))
        texts_add(work->arena, &conversation->services, "winrm");
}

/* How exactly two hosts fulfil the part's roles in this direction, 0 when they do not. Both legs through a host that
 * stands for a role (`via`) fit the row. */
static unsigned way_fit(const struct work *work, const struct host *client, const struct host *server,
                        const struct part *part)
{
    unsigned from = host_fit(work, client, &part->from), to = host_fit(work, server, &part->to);
    if (from == 0 && client != server && host_relays_to(client, &part->to))
        from = 1;
    if (to == 0 && client != server && host_relays_to(server, &part->from))
        to = 1;
    return from > 0 && to > 0 ? from + to : 0;
}

static unsigned roles_fit(const struct work *work, const struct subject *subject, const struct part *part)
{
    unsigned best = way_fit(work, subject->client, subject->server, part);
    unsigned turned = part->both_directions ? way_fit(work, subject->server, subject->client, part) : 0;
    return turned > best ? turned : best;
}

static void candidate_consider(const struct work *work, const struct subject *subject, struct owner owner,
                               struct candidates *candidates)
{
    const struct path *path = work->audit->paths[owner.path].path;
    const struct part *part = &path->parts[owner.part];
    struct candidate candidate = {.owner = owner, .fit = part_port_fit(subject, path, part)};
    if (candidate.fit == PORT_FITS_NOT || !part_protocol_fits(subject, part))
        return;
    candidate.roles = roles_fit(work, subject, part);
    if (candidate.roles == 0)
        return;
    for (size_t i = 0; i < subject->service_count; i++) {
        unsigned claim = path_claims(work, subject, path, part, &subject->services[i]);
        candidate.taking |= (uint64_t)(claim > 0) << i;
        candidate.naming |= (uint64_t)(claim > 1) << i;
    }
    if (subject->service_count == 0 || candidate.taking != 0)
        candidates->items[candidates->count++] = candidate;
}

/* Keeps the candidates that are at the best level of a property; property 0 for all keeps all. */
static void keep_best(const struct work *work, const struct subject *subject, struct candidates *candidates,
                      unsigned (*level)(const struct work *, const struct subject *, const struct candidate *))
{
    unsigned best = 0;
    size_t kept = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        unsigned here = level(work, subject, &candidates->items[i]);
        best = here > best ? here : best;
    }
    for (size_t i = 0; i < candidates->count; i++)
        if (level(work, subject, &candidates->items[i]) == best)
            candidates->items[kept++] = candidates->items[i];
    candidates->count = kept;
}

/* A row that is sure of the port stands before one that only allows it, and that before "any". */
static unsigned port_level(const struct work *work, const struct subject *subject, const struct candidate *candidate)
{
    (void)work;
    (void)subject;
    return candidate->fit >= PORT_FITS_TOLD ? 3 : candidate->fit;
}

/* Per service: rows that name it stand before rows that take any. A row stays if it stands for some service. */
static void narrow_by_interface(const struct subject *subject, struct candidates *candidates)
{
    uint64_t named = 0;
    size_t kept = 0;
    if (subject->service_count == 0)
        return;
    for (size_t i = 0; i < candidates->count; i++)
        named |= candidates->items[i].naming;
    for (size_t i = 0; i < candidates->count; i++) {
        struct candidate *candidate = &candidates->items[i];
        candidate->taking &= candidate->naming | ~named;
        if (candidate->taking != 0)
            candidates->items[kept++] = *candidate;
    }
    candidates->count = kept;
}

static bool fact_is_one_of(const struct judged_conversation *conversation, const char *key, const struct texts *words,
                           bool *any)
{
    bool found = false;
    for (size_t i = 0; i < conversation->fact_count; i++) {
        if (strcmp(conversation->facts[i].key, key) != 0)
            continue;
        *any = true;
        for (size_t k = 0; k < words->count; k++)
            found = found || strcasecmp(words->items[k], conversation->facts[i].value) == 0;
    }
    return found;
}

/* Nothing is dropped for a path nobody expects: a browser asks for more than the row's own paths. */
static unsigned url_level(const struct work *work, const struct subject *subject, const struct candidate *candidate)
{
    const struct texts *words = &part_of(work, candidate)->services;
    bool any = false;
    if (words->count == 0 || words->items[0][0] != '/')
        return 1;
    if (fact_is_one_of(subject->conversation, "http.paths", words, &any))
        return 2;
    return any ? 0 : 1;
}

/* Verbs that were not seen count against a row that names them only where they could have been seen. */
static unsigned verb_level(const struct work *work, const struct subject *subject, const struct candidate *candidate)
{
    const struct part *part = part_of(work, candidate);
    bool any = false;
    if (strcmp(part->protocol, "smtp") != 0 || part->services.count == 0)
        return 1;
    if (fact_is_one_of(subject->conversation, "smtp.verbs", &part->services, &any))
        return 2;
    bool readable =
        strcmp(subject->conversation->protocol, "smtp") == 0 && !session_is_encrypted(subject->conversation);
    return readable ? 0 : 1;
}

static unsigned role_level(const struct work *work, const struct subject *subject, const struct candidate *candidate)
{
    (void)work;
    (void)subject;
    return candidate->roles;
}

/* A row of what must not be stands behind one that allows it: references forbid in one scenario what they allow in
 * another, and packets do not show which of them a host is in. What a site forbids is forbidden. */
static void drop_negative(const struct work *work, struct candidates *candidates)
{
    size_t allowing = 0, kept = 0;
    for (size_t i = 0; i < candidates->count; i++)
        allowing += path_of(work, &candidates->items[i])->required != REQUIRED_NEVER;
    for (size_t i = 0; allowing > 0 && i < candidates->count; i++)
        if (path_of(work, &candidates->items[i])->required != REQUIRED_NEVER)
            candidates->items[kept++] = candidates->items[i];
    candidates->count = allowing > 0 ? kept : candidates->count;
}

/* Do the candidates that `taking` asks for belong to different rows? The same row of two tables is one. */
static bool rows_differ(const struct work *work, const struct candidates *candidates, uint64_t taking)
{
    const char *first = NULL;
    for (size_t i = 0; i < candidates->count; i++) {
        if (taking != 0 && (candidates->items[i].taking & taking) == 0)
            continue;
        const char *id = path_of(work, &candidates->items[i])->id;
        if (first != NULL && strcmp(first, id) != 0)
            return true;
        first = id;
    }
    return false;
}

/* Several rows are no riddle when each of the interfaces that were bound or asked for has just one. */
static bool is_ambiguous(const struct work *work, const struct subject *subject, const struct candidates *candidates)
{
    if (!subject->bound || subject->service_count == 0)
        return rows_differ(work, candidates, 0);
    for (size_t i = 0; i < subject->service_count; i++)
        if (rows_differ(work, candidates, UINT64_C(1) << i))
            return true;
    return false;
}

/* The best grade of those services that the candidates take, or of all when there are no candidates. */
static char grade_of(const struct subject *subject, const struct candidates *candidates)
{
    uint64_t taken = candidates->count == 0 ? UINT64_MAX : 0;
    char best = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        if (candidates->items[i].fit == PORT_FITS_RANGE)
            return 'D';
        if (candidates->items[i].fit != PORT_FITS_TOLD)
            return 0; /* owned by a port the row itself names */
        taken |= candidates->items[i].taking;
    }
    for (size_t i = 0; i < subject->service_count && !subject->mapper; i++)
        if ((taken >> i & 1) != 0 && (best == 0 || subject->services[i].grade < best))
            best = subject->services[i].grade;
    return best;
}

static bool is_rpc(const struct subject *subject)
{
    for (size_t i = 0; i < subject->service_count && !subject->mapper; i++)
        if (strcmp(subject->services[i].protocol, "dcerpc") == 0)
            return true;
    return false;
}

/* The list of these owners; where one like it was made lately, that one. NULL when memory ran out. */
static struct owner *owners_keep(struct work *work, const struct candidates *candidates, size_t count)
{
    size_t bytes = count * sizeof *candidates->draft;
    struct owner_list *list = &candidates->lists[hash_bytes(candidates->draft, bytes, 0) % OWNER_LISTS];
    if (list->count == count && memcmp(list->owners, candidates->draft, bytes) == 0)
        return list->owners;
    struct owner *owners = arena_take(work->arena, bytes);
    if (owners != NULL) {
        memcpy(owners, candidates->draft, bytes);
        *list = (struct owner_list){owners, count};
    }
    return owners;
}

static bool owners_fill(struct work *work, const struct subject *subject, const struct candidates *candidates)
{
    struct judged_conversation *conversation = subject->conversation;
    for (size_t i = 0; i < candidates->count; i++)
        candidates->draft[i] = candidates->items[i].owner;
    conversation->owners = owners_keep(work, candidates, candidates->count);
    if (conversation->owners == NULL)
        return false;
    conversation->owner_count = candidates->count;
    bool dynamic = candidates->items[0].fit == PORT_FITS_TOLD || candidates->items[0].fit == PORT_FITS_RANGE;
    conversation->match = is_ambiguous(work, subject, candidates) ? MATCH_AMBIGUOUS
                          : dynamic                               ? MATCH_DYNAMIC
                                                                  : MATCH_ROW;
    return true;
}

static bool match_one(struct work *work, struct subject *subject, struct candidates *candidates)
{
    struct judged_conversation *conversation = subject->conversation;
    candidates->count = 0;
    conversation->nearest_path = conversation->nearest_why = "";
    name_services(work, subject);
    if (!host_in_scope(work, subject->client) && !host_in_scope(work, subject->server)) {
        conversation->match = MATCH_OUT_OF_SCOPE;
        return true;
    }
    for (size_t path = 0; path < work->audit->path_count; path++)
        for (size_t part = 0; part < work->audit->paths[path].path->part_count; part++)
            candidate_consider(work, subject, (struct owner){path, part}, candidates);
    keep_best(work, subject, candidates, port_level);
    narrow_by_interface(subject, candidates);
    keep_best(work, subject, candidates, url_level);
    keep_best(work, subject, candidates, verb_level);
    keep_best(work, subject, candidates, role_level);
    drop_negative(work, candidates);
    conversation->grade = grade_of(subject, candidates);
    conversation->rpc = is_rpc(subject);
    if (candidates->count > 0 && !owners_fill(work, subject, candidates))
        return false;
    if (candidates->count == 0) {
        bool known = host_has_role(work, subject->client) && host_has_role(work, subject->server);
        conversation->match = known ? MATCH_NO_ROW : MATCH_UNKNOWN_ROLE;
        if (!work->matching_alone)
            misses_tell(work, subject);
    }
    conversation->probable = conversation->match == MATCH_AMBIGUOUS || conversation->grade == 'D';
    return true;
}

bool match_all(struct work *work)
{
    struct audit *audit = work->audit;
    size_t parts = 0;
    for (size_t i = 0; i < audit->path_count; i++)
        parts += audit->paths[i].path->part_count;
    struct candidates candidates = {.items = arena_take_many(work->arena, parts, sizeof *candidates.items),
                                    .lists = arena_take_many(work->arena, OWNER_LISTS, sizeof *candidates.lists),
                                    .draft = arena_take_many(work->arena, parts, sizeof *candidates.draft)};
    struct subject *subject = arena_take(work->arena, sizeof *subject);
    if (candidates.items == NULL || candidates.lists == NULL || candidates.draft == NULL || subject == NULL)
        return false;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        subject_begin(work, &audit->conversations[i], subject);
        if (!match_one(work, subject, &candidates))
            return false;
    }
    return !arena_ran_out(work->arena);
}
