/* hints: see audit/hints.h. Which ports a service class stands for: IANA's and those that Windows services use; of
 * classes that may be anywhere any connection will do. */
#include "audit/hints.h"

#include "audit/tell.h"
#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PORTS_OF_CLASS 6

static const struct {
    const char *class;
    uint16_t ports[PORTS_OF_CLASS];
} class_ports[] = {
    {"ldap", {389, 636, 3268, 3269}},
    {"gc", {3268, 3269, 389, 636}},
    {"smtp", {25, 587, 465}},
    {"smtpsvc", {25, 587, 465}},
    {"cifs", {445, 139}},
    {"imap", {143, 993}},
    {"pop", {110, 995}},
    {"dns", {53}},
    {"http", {80, 443, 5985, 5986, 593, 8080}},
};

static const uint16_t ldap_ports[] = {389, 636, 3268, 3269};

/* The first class that went well; NULL: none did. */
static const struct judged_session *first_well(const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < conversation->session_count; i++)
        if (conversation->sessions[i].disposition == DISPOSITION_OK)
            return &conversation->sessions[i];
    return NULL;
}

/* A name of a host. Ordered by first label, so that those that may be meant stand together. */
struct called {
    const char *name;
    size_t label; /* length of the first label */
    size_t host;
    const char *network; /* of the host */
};

struct index_of_names {
    struct called *items;
    size_t count;
};

static int label_order(const void *a, const void *b)
{
    const struct called *x = a, *y = b;
    int order = strncasecmp(x->name, y->name, x->label < y->label ? x->label : y->label);
    return order != 0 ? order : (x->label > y->label) - (x->label < y->label);
}

static int called_order(const void *a, const void *b)
{
    const struct called *x = a, *y = b;
    int order = label_order(x, y);
    return order != 0 ? order : (x->host > y->host) - (x->host < y->host);
}

static bool names_index(struct work *work, struct index_of_names *names)
{
    const struct audit *audit = work->audit;
    size_t most = 0;
    for (size_t i = 0; i < audit->host_count; i++)
        most += 1 + audit->hosts[i].names.count;
    *names = (struct index_of_names){arena_take_many(work->arena, most, sizeof *names->items), 0};
    for (size_t i = 0; i < audit->host_count && names->items != NULL; i++)
        for (size_t k = 0; k <= audit->hosts[i].names.count; k++) {
            const char *name = k == 0 ? audit->hosts[i].name : audit->hosts[i].names.items[k - 1];
            names->items[names->count++] = (struct called){name, strcspn(name, "."), i, audit->hosts[i].network};
        }
    if (names->items != NULL)
        qsort(names->items, names->count, sizeof *names->items, called_order);
    return names->items != NULL;
}

/* The host of this name (of `length`), for those in this network; a name without a dot is the first label of the
 * others. SIZE_MAX: nobody's. */
static size_t host_named(const struct index_of_names *names, const char *name, size_t length, const char *network)
{
    struct called wanted = {.name = name, .label = 0};
    while (wanted.label < length && name[wanted.label] != '.')
        wanted.label++;
    size_t at = SORTED_FIRST(&wanted, names->items, names->count, label_order);
    for (; wanted.label > 0 && at < names->count && label_order(&names->items[at], &wanted) == 0; at++) {
        const struct called *known = &names->items[at];
        size_t known_length = strlen(known->name);
        bool is_short = known->label == known_length || wanted.label == length;
        if (known->network[0] != '\0' && strcmp(known->network, network) != 0)
            continue;
        if (is_short || (known_length == length && strncasecmp(known->name, name, length) == 0))
            return known->host;
    }
    return SIZE_MAX;
}

/* "class/host:port/realm": the host; SRV answers end in "host:port". */
static size_t host_of_service(const struct index_of_names *names, const char *service, const char *network)
{
    const char *slash = strchr(service, '/');
    return slash == NULL ? SIZE_MAX : host_named(names, slash + 1, strcspn(slash + 1, ":/"), network);
}

static size_t host_of_answer(const struct index_of_names *names, const char *answer, const char *network)
{
    const char *space = strchr(answer, ' ');
    bool directory = strncasecmp(answer, "_ldap.", 6) == 0 || strncasecmp(answer, "_gc.", 4) == 0;
    return space == NULL || !directory ? SIZE_MAX : host_named(names, space + 1, strcspn(space + 1, ":"), network);
}

/* Can this error have been the answer to a request for the ticket of a service? Not those that say something of the
 * client's account alone (RFC 4120, 7.5.9). */
static bool refuses_a_service(const char *error)
{
    static const char *const of_the_client[] = {"6 ", "18 ", "23 ", "24 ", "25 ", "52 ", "68 "};
    for (size_t i = 0; i < sizeof of_the_client / sizeof of_the_client[0]; i++)
        if (strncmp(error, of_the_client[i], strlen(of_the_client[i])) == 0)
            return false;
    return true;
}

/* Was a ticket for this service given? Which answer belongs to which request is not kept; but where more flows ask for
 * the service than were refused one, one of them got it. */
static bool ticket_was_given(const struct judged_conversation *conversation, const struct judged_fact *service)
{
    uint64_t refused = 0;
    bool gives = false;
    for (size_t i = 0; i < conversation->fact_count; i++) {
        const struct judged_fact *fact = &conversation->facts[i];
        if (strcmp(fact->key, "kerberos.errors") == 0 && refuses_a_service(fact->value))
            refused += fact->flows;
        gives = gives || (strcmp(fact->key, "kerberos.messages") == 0 &&
                          (strcmp(fact->value, "tgs-rep") == 0 || strcmp(fact->value, "as-rep") == 0));
    }
    return gives && service->flows > refused;
}

/* What one fact hints at; false when at nothing. */
static bool hint_of_fact(const struct index_of_names *names, const struct judged_conversation *conversation,
                         const struct judged_fact *fact, struct hint *hint)
{
    *hint = (struct hint){.client_host = conversation->client_host,
                          .server_host = SIZE_MAX,
                          .service = fact->value,
                          .kept = true,
                          .when_ns = fact->first_ns,
                          .evidence = fact->evidence};
    if (conversation->port == 88 && strcmp(fact->key, "kerberos.services") == 0) {
        hint->kind = HINT_TICKET;
        hint->kept = ticket_was_given(conversation, fact);
        hint->server_host = host_of_service(names, fact->value, conversation->network);
    } else if (strcmp(fact->key, "dns.answers") == 0) {
        hint->kind = HINT_DIRECTORY;
        hint->server_host = host_of_answer(names, fact->value, conversation->network);
    }
    return hint->server_host != SIZE_MAX && hint->server_host != hint->client_host;
}

static int hint_order(const void *a, const void *b)
{
    const struct hint *x = a, *y = b;
    if (x->client_host != y->client_host)
        return x->client_host < y->client_host ? -1 : 1;
    if (x->server_host != y->server_host)
        return x->server_host < y->server_host ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->when_ns != y->when_ns)
        return x->when_ns < y->when_ns ? -1 : 1;
    return strcmp(x->service, y->service);
}

bool hints_gather(struct work *work, struct hints *hints)
{
    const struct audit *audit = work->audit;
    size_t most = 0;
    for (size_t i = 0; i < audit->conversation_count; i++)
        most += 1 + (audit->conversations[i].port == 88 || audit->conversations[i].port == 53
                         ? audit->conversations[i].fact_count
                         : 0);
    struct index_of_names names;
    hints->count = 0;
    hints->items = arena_take_many(work->arena, most, sizeof *hints->items);
    if (!names_index(work, &names))
        return false;
    for (size_t i = 0; hints->items != NULL && i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        bool asks = conversation->port == 88 || conversation->port == 53;
        const struct judged_session *well = first_well(conversation);
        if (well == NULL)
            continue;
        if (strcmp(conversation->protocol, "cldap") == 0)
            hints->items[hints->count++] = (struct hint){.kind = HINT_DIRECTORY,
                                                         .client_host = conversation->client_host,
                                                         .server_host = conversation->server_host,
                                                         .service = "CLDAP",
                                                         .kept = true,
                                                         .when_ns = well->first_ns,
                                                         .evidence = well->evidence};
        for (size_t k = 0; asks && k < conversation->fact_count; k++)
            if (hint_of_fact(&names, conversation, &conversation->facts[k], &hints->items[hints->count]))
                hints->count++;
    }
    if (hints->items != NULL)
        qsort(hints->items, hints->count, sizeof *hints->items, hint_order);
    return hints->items != NULL;
}

static bool is_among(uint16_t port, const uint16_t *ports, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ports[i] == port && port != 0)
            return true;
    return false;
}

bool hint_calls_for(const struct hint *hint, const struct judged_conversation *conversation)
{
    if (conversation->client_host != hint->client_host || conversation->server_host != hint->server_host)
        return false;
    if (hint->kind == HINT_DIRECTORY)
        return conversation->transport == TRANSPORT_TCP_NUMBER &&
               is_among(conversation->port, ldap_ports, sizeof ldap_ports / sizeof ldap_ports[0]);
    size_t length = strcspn(hint->service, "/");
    for (size_t i = 0; i < sizeof class_ports / sizeof class_ports[0]; i++)
        if (strlen(class_ports[i].class) == length && strncasecmp(class_ports[i].class, hint->service, length) == 0)
            return is_among(conversation->port, class_ports[i].ports, PORTS_OF_CLASS);
    return conversation->port != 53 && conversation->port != 88;
}

const struct hint *hints_find(const struct hints *hints, enum hint_kind kind,
                              const struct judged_conversation *conversation)
{
    struct hint wanted = {.kind = kind,
                          .client_host = conversation->client_host,
                          .server_host = conversation->server_host,
                          .when_ns = INT64_MIN,
                          .service = ""};
    size_t at = SORTED_FIRST(&wanted, hints->items, hints->count, hint_order);
    for (; at < hints->count && hints->items[at].client_host == wanted.client_host &&
           hints->items[at].server_host == wanted.server_host && hints->items[at].kind == kind;
         at++)
        if (hints->items[at].kept && hint_calls_for(&hints->items[at], conversation))
            return &hints->items[at];
    return NULL;
}

const char *hint_tell(struct work *work, const struct hint *hint)
{
    const char *client = work->audit->hosts[hint->client_host].name;
    const char *server = work->audit->hosts[hint->server_host].name;
    const char *when = tell_when(work->arena, work->audit, hint->when_ns, &hint->evidence);
    if (hint->kind == HINT_TICKET)
        return tell(work->arena, "%s asked the KDC for a ticket for %s at %s, and got one.", client, hint->service,
                    when);
    if (strcmp(hint->service, "CLDAP") == 0)
        return tell(work->arena, "%s answered as a directory server when %s asked by CLDAP at %s.", server, client,
                    when);
    return tell(work->arena, "DNS told %s at %s that the directory is on %s (%.*s).", client, when, server,
                (int)strcspn(hint->service, " "), hint->service);
}
