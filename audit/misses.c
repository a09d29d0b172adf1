/* misses: see audit/misses.h. A row that has the port, and not only in a range of dynamic ports, is nearer than any
 * other; of those the one that fits in most other ways is the nearest, the first of several. Where none has it, a row
 * may fit in all but its port. */
#include "audit/misses.h"

#include "audit/hosts.h"
#include "audit/tell.h"

#include <stdlib.h>
#include <string.h>

struct miss {
    const struct path *path;
    const struct part *part;
    const struct host *opens, *answers; /* who stands for from, who for to: either way where the row allows it */
    bool from, to, protocol, interface; /* what fits */
    unsigned score;
};

static bool interface_fits(const struct work *work, const struct subject *subject, const struct miss *miss,
                           unsigned *best)
{
    *best = 0;
    for (size_t i = 0; i < subject->service_count; i++) {
        unsigned claim = path_claims(work, subject, miss->path, miss->part, &subject->services[i]);
        *best = claim > *best ? claim : *best;
    }
    return subject->service_count == 0 || *best > 0;
}

static void miss_score(const struct work *work, const struct subject *subject, struct miss *miss)
{
    unsigned claim;
    miss->from = host_fit(work, miss->opens, &miss->part->from) > 0;
    miss->to = host_fit(work, miss->answers, &miss->part->to) > 0;
    miss->protocol = part_protocol_fits(subject, miss->part);
    miss->interface = interface_fits(work, subject, miss, &claim);
    /* A row that names the interface is nearer than one that merely takes any. */
    miss->score = 4u * (miss->from + miss->to + miss->protocol + miss->interface) + claim;
}

static void miss_take(const struct work *work, const struct subject *subject, struct miss miss, struct miss *nearest,
                      bool *in_a_range)
{
    enum port_fit fit = part_port_fit(subject, miss.path, miss.part);
    *in_a_range = *in_a_range || fit == PORT_FITS_RANGE || fit == PORT_FITS_ANY;
    if (fit < PORT_FITS_TOLD)
        return;
    for (int way = 0; way < (miss.part->both_directions ? 2 : 1); way++) {
        miss.opens = way == 0 ? subject->client : subject->server;
        miss.answers = way == 0 ? subject->server : subject->client;
        miss_score(work, subject, &miss);
        if (nearest->path == NULL || miss.score > nearest->score)
            *nearest = miss;
    }
}

static bool nearest_find(const struct work *work, const struct subject *subject, struct miss *nearest, bool *in_a_range)
{
    nearest->path = NULL;
    *in_a_range = false;
    for (size_t i = 0; i < work->audit->path_count; i++)
        for (size_t k = 0; k < work->audit->paths[i].path->part_count; k++) {
            const struct path *path = work->audit->paths[i].path;
            if (path->required == REQUIRED_NEVER)
                continue; /* nobody wants to come nearer to what must not be */
            miss_take(work, subject, (struct miss){.path = path, .part = &path->parts[k]}, nearest, in_a_range);
        }
    return nearest->path != NULL;
}

/* One for whatever speaks its protocol there: no dynamic ports, no endpoint mapper. */
static bool has_a_port(const struct part *part)
{
    return part->port_count > 0 && part->ports[0].kind == PORT_FIXED && part->services.count == 0;
}

/* The first part that is for such a client and server and for the protocol that was read. Roles like "any" say little.
 */
static bool other_port_find(const struct work *work, const struct subject *subject, struct miss *miss)
{
    if (subject->conversation->protocol[0] == '\0')
        return false;
    for (size_t i = 0; i < work->audit->path_count; i++) {
        miss->path = work->audit->paths[i].path;
        for (size_t k = 0; k < miss->path->part_count && miss->path->required != REQUIRED_NEVER; k++) {
            miss->part = &miss->path->parts[k];
            if (strcmp(miss->part->protocol, subject->conversation->protocol) == 0 && has_a_port(miss->part) &&
                host_fit(work, subject->client, &miss->part->from) > 1 &&
                host_fit(work, subject->server, &miss->part->to) > 1)
                return true;
        }
    }
    return false;
}

static const char *other_port_tell(const struct work *work, const struct subject *subject, const struct part *part)
{
    struct texts ports = {NULL, 0};
    uint16_t own = host_port(subject->server, part);
    if (own != 0)
        return tell(work->arena, "fits but on %s it is on %s", subject->server->name,
                    tell_port(work->arena, part->ports[0].transport, own));
    for (size_t i = 0; i < part->port_count; i++)
        texts_add(work->arena, &ports, part->ports[i].text);
    return tell(work->arena, "fits but it is on %s", tell_list(work->arena, &ports, "or"));
}

/* Does a declared host do what this role does? Then the site file may lack it. */
static bool looks_like(const struct work *work, const struct host *host, const char *role)
{
    if (host->conflicts.count == 0)
        return false;
    const char *words = tell(work->arena, "looks like %s:", tell_role(work->arena, role));
    for (size_t i = 0; i < host->conflicts.count; i++)
        if (strncmp(host->conflicts.items[i], words, strlen(words)) == 0)
            return true;
    return false;
}

static const char *role_missing(const struct work *work, const struct host *host, const struct texts *wanted)
{
    if (!host_has_role(work, host))
        return tell(work->arena,
                    work->inputs->site != NULL ? "%s has no role: add it to the site?"
                                               : "%s has no role: name it in a site file?",
                    host->name);
    if (wanted->count == 1)
        return tell(work->arena,
                    looks_like(work, host, wanted->items[0]) ? "%s is not declared as %s, and looks like one"
                                                             : "%s is not %s",
                    host->name, tell_role(work->arena, wanted->items[0]));
    return tell(work->arena, "%s is none of %s", host->name, tell_list(work->arena, wanted, "or"));
}

static const char *interface_missing(const struct work *work, const struct subject *subject)
{
    struct texts names = {NULL, 0};
    for (size_t i = 0; i < subject->service_count; i++)
        texts_add(work->arena, &names, service_name(work, &subject->services[i]));
    const char *list = tell_list(work->arena, &names, "and");
    if (subject->mapper)
        return tell(work->arena, "it does not name %s, which the mapper was asked for", list);
    return tell(work->arena, "it does not name %s", list[0] != '\0' ? list : "what lives at this port");
}

/* What keeps the row from owning the conversation. */
static const char *miss_tell(const struct work *work, const struct subject *subject, const struct miss *miss)
{
    struct texts whys = {NULL, 0};
    if (!miss->from)
        texts_add(work->arena, &whys, role_missing(work, miss->opens, &miss->part->from));
    if (!miss->to)
        texts_add(work->arena, &whys, role_missing(work, miss->answers, &miss->part->to));
    if (!miss->protocol)
        texts_add(
            work->arena, &whys,
            tell(work->arena, "it is for %s, and this is %s", miss->part->protocol, subject->conversation->protocol));
    if (!miss->interface)
        texts_add(work->arena, &whys, interface_missing(work, subject));
    if (whys.count == 0)
        return "fits as well, and a row that says more of this traffic stands before it";
    return tell_list_after(work->arena, whys.count == 1 ? "fits but " : "has the port, but ", &whys, "and");
}

void misses_tell(struct work *work, const struct subject *subject)
{
    struct judged_conversation *conversation = subject->conversation;
    struct miss nearest;
    bool in_a_range;
    if (!nearest_find(work, subject, &nearest, &in_a_range)) {
        if (!in_a_range && other_port_find(work, subject, &nearest)) {
            conversation->nearest_path = nearest.path->id;
            conversation->nearest_why = other_port_tell(work, subject, nearest.part);
            return;
        }
        conversation->nearest_why = tell(work->arena, in_a_range ? "none names %s" : "none has %s",
                                         tell_port(work->arena, conversation->transport, conversation->port));
        return;
    }
    conversation->nearest_path = nearest.path->id;
    conversation->nearest_why = miss_tell(work, subject, &nearest);
}

static int miss_order(const void *a, const void *b)
{
    const struct near_row *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->path > y->path) - (x->path < y->path);
}

static bool is_owner(const struct judged_conversation *conversation, size_t path)
{
    for (size_t i = 0; i < conversation->owner_count; i++)
        if (conversation->owners[i].path == path)
            return true;
    return false;
}

size_t misses_list(struct work *work, const struct subject *subject, struct near_row **rows)
{
    const struct audit *audit = work->audit;
    size_t count = 0;
    *rows = arena_take_many(work->arena, audit->path_count, sizeof **rows);
    for (size_t i = 0; i < audit->path_count && *rows != NULL; i++) {
        const struct path *path = audit->paths[i].path;
        struct miss nearest = {.path = NULL};
        bool in_a_range = false;
        bool asked = path->required != REQUIRED_NEVER && !is_owner(subject->conversation, i);
        for (size_t k = 0; asked && k < path->part_count; k++)
            miss_take(work, subject, (struct miss){.path = path, .part = &path->parts[k]}, &nearest, &in_a_range);
        if (nearest.path != NULL)
            (*rows)[count++] = (struct near_row){i, nearest.score, miss_tell(work, subject, &nearest)};
    }
    if (count > 0)
        qsort(*rows, count, sizeof **rows, miss_order);
    return count;
}
