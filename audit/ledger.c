/* ledger: see audit/ledger.h. Bindings are sorted so that those of one endpoint stand together and become one line;
 * beside the lines a second list, sorted by host and port, answers who was told what. */
#include "audit/ledger.h"

#include "audit/hosts.h"
#include "audit/moves.h"
#include "audit/settings.h"
#include "audit/tell.h"
#include "audit/tellings.h"
#include "observations/ledger_file.h"

#include <stdlib.h>
#include <string.h>

struct ledger {
    struct telling *tellings; /* ordered by host, transport, port, time */
    size_t count;
    struct tellings index; /* of them */
};

/* A binding with its texts, and the endpoint line it became part of. */
struct line {
    struct binding binding;
    const char *network, *protocol_sequence, *endpoint;
    size_t index;
    const char *learned_from;
};

bool port_is_mapper(uint8_t transport, uint16_t port)
{
    return transport == TRANSPORT_TCP_NUMBER && (port == 135 || port == 593);
}

static bool port_carries_many(uint8_t transport, uint16_t port)
{
    return port_is_mapper(transport, port) || (transport == TRANSPORT_TCP_NUMBER && (port == 445 || port == 139));
}

/* SDP and SIP name a port of the address they name: a caller its own, in a message to the server. A mapper names other
 * addresses of its host. */
static bool names_place(const struct line *line)
{
    return strncmp(line->protocol_sequence, "nca", 3) != 0;
}

static int endpoint_order(const struct line *x, const struct line *y)
{
    int order = memcmp(&x->binding.server, &y->binding.server, sizeof x->binding.server);
    if (order == 0)
        order = strcmp(x->network, y->network);
    if (order == 0)
        order = x->binding.port - y->binding.port;
    if (order == 0)
        order = memcmp(&x->binding.interface, &y->binding.interface, sizeof x->binding.interface);
    if (order == 0)
        order = x->binding.major - y->binding.major;
    if (order == 0)
        order = x->binding.minor - y->binding.minor;
    if (order == 0)
        order = x->binding.transport - y->binding.transport;
    if (order == 0)
        order = strcmp(x->protocol_sequence, y->protocol_sequence);
    if (order == 0)
        order = strcmp(x->endpoint, y->endpoint);
    if (order == 0 && names_place(x))
        order = memcmp(&x->binding.tower_address, &y->binding.tower_address, sizeof x->binding.tower_address);
    return order;
}

static int line_order(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int order = endpoint_order(x, y);
    if (order != 0)
        return order;
    if (x->binding.learned_ns != y->binding.learned_ns)
        return x->binding.learned_ns < y->binding.learned_ns ? -1 : 1;
    order = memcmp(&x->binding.client, &y->binding.client, sizeof x->binding.client);
    if (order == 0)
        order = (x->binding.frame > y->binding.frame) - (x->binding.frame < y->binding.frame);
    return order != 0 ? order : strcmp(x->learned_from, y->learned_from); /* whoever was read first */
}

static bool line_names_port(const struct line *line)
{
    const char *sequence = line->protocol_sequence;
    if (line->binding.port == 0)
        return false;
    if (strcmp(sequence, "ncacn_ip_tcp") == 0 || strcmp(sequence, "ncacn_http") == 0)
        return line->binding.transport == TRANSPORT_TCP_NUMBER;
    if (strcmp(sequence, "ncadg_ip_udp") == 0)
        return line->binding.transport == TRANSPORT_UDP_NUMBER;
    return strncmp(sequence, "nc", 2) != 0; /* media and SIP contacts have other sequences, or none */
}

static bool has_tower_address(const struct binding *binding)
{
    return !address_is_zero(&binding->tower_address) && !address_equal(&binding->tower_address, &binding->server);
}

static bool is_outside_range(const struct work *work, const struct line *line, size_t host)
{
    const struct site *site = work->inputs->site;
    uint16_t port = line->binding.port;
    if (site == NULL || site->dynamic_high == 0 || !line_names_port(line) ||
        strncmp(line->protocol_sequence, "nc", 2) != 0)
        return false;
    return (port < site->dynamic_low || port > site->dynamic_high) && !port_is_mapper(line->binding.transport, port) &&
           !settings_is_static(site, host, port);
}

static struct evidence evidence_of(const struct work *work, const struct binding *binding)
{
    return (struct evidence){observations_text(work->inputs->store, binding->source), binding->frame};
}

static void endpoint_begin(struct work *work, const struct line *line, struct endpoint *endpoint)
{
    const struct binding *binding = &line->binding;
    *endpoint = (struct endpoint){.server = binding->server,
                                  .network = line->network,
                                  .server_host = hosts_find(work, &binding->server, line->network),
                                  .transport = binding->transport,
                                  .port = binding->port,
                                  .endpoint = line->endpoint,
                                  .protocol_sequence = line->protocol_sequence,
                                  .interface = binding->interface,
                                  .major = binding->major,
                                  .minor = binding->minor,
                                  .name = "",
                                  .annotation = "",
                                  .first_ns = binding->learned_ns,
                                  .evidence = evidence_of(work, binding)};
    const struct interface *known =
        work->inputs->interfaces == NULL || uuid_is_zero(&binding->interface)
            ? NULL
            : interfaces_find(work->inputs->interfaces, &binding->interface, binding->major);
    if (known != NULL)
        endpoint->name = known->name;
    endpoint->outside_range = is_outside_range(work, line, endpoint->server_host);
}

/* Told in an earlier run: it names the port, and nobody was sent there by it in this one. */
static bool is_remembered(const struct work *work, const struct binding *binding)
{
    return strcmp(observations_text(work->inputs->store, binding->run), LEDGER_FILE_RUN) == 0;
}

static int64_t last_told(const struct binding *binding)
{
    return binding->times > 0 ? binding->last_ns : binding->learned_ns;
}

static void endpoint_add(struct work *work, const struct line *line, struct endpoint *endpoint)
{
    const struct observations *store = work->inputs->store;
    const struct binding *binding = &line->binding;
    uint64_t times = binding->times > 0 ? binding->times : 1;
    int64_t last_ns = last_told(binding);
    endpoint->times += is_remembered(work, binding) ? 0 : times;
    if (last_ns > endpoint->last_ns)
        endpoint->last_ns = last_ns;
    if (endpoint->annotation[0] == '\0')
        endpoint->annotation = observations_text(store, binding->annotation);
    if (!endpoint->has_tower_address && has_tower_address(binding)) {
        endpoint->has_tower_address = true;
        endpoint->tower_address = binding->tower_address;
    }
    texts_add(work->arena, &endpoint->learned_from, observations_text(store, binding->learned_from));
    if (!address_is_zero(&binding->client))
        addresses_add(work->arena, &endpoint->clients, &endpoint->client_count, &binding->client);
}

/* The bindings as lines in order, each with the index of its endpoint; the endpoints themselves. */
static struct line *endpoints_fill(struct work *work, size_t count)
{
    struct audit *audit = work->audit;
    const struct observations *store = work->inputs->store;
    struct line *lines = arena_take_many(work->arena, count, sizeof *lines);
    audit->endpoints = arena_take_many(work->arena, count, sizeof *audit->endpoints);
    if (lines == NULL || audit->endpoints == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        observations_binding(store, i, &lines[i].binding);
        lines[i].network = observations_text(store, lines[i].binding.network);
        lines[i].protocol_sequence = observations_text(store, lines[i].binding.protocol_sequence);
        lines[i].endpoint = observations_text(store, lines[i].binding.endpoint);
        lines[i].learned_from = observations_text(store, lines[i].binding.learned_from);
    }
    qsort(lines, count, sizeof *lines, line_order);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || endpoint_order(&lines[i - 1], &lines[i]) != 0)
            endpoint_begin(work, &lines[i], &audit->endpoints[audit->endpoint_count++]);
        lines[i].index = audit->endpoint_count - 1;
        endpoint_add(work, &lines[i], &audit->endpoints[lines[i].index]);
    }
    return lines;
}

static enum how how_of(const char *learned_from)
{
    if (strcmp(learned_from, "ept_lookup") == 0)
        return HOW_LISTED;
    return strcmp(learned_from, "bind") == 0 || strcmp(learned_from, "secondary_address") == 0 ? HOW_BOUND : HOW_TOLD;
}

/* What is spoken at a port that was named in this way. */
static const char *protocol_of(const char *learned_from)
{
    if (strcmp(learned_from, "sdp") == 0)
        return "rtp";
    return strcmp(learned_from, "sip_contact") == 0 ? "sip" : "dcerpc";
}

static void telling_add(struct work *work, struct ledger *ledger, const struct line *line, const struct address *at)
{
    const struct binding *binding = &line->binding;
    const char *learned_from = observations_text(work->inputs->store, binding->learned_from);
    size_t host = hosts_find(work, at, line->network);
    if (host == SIZE_MAX)
        return; /* an address that nobody used */
    ledger->tellings[ledger->count++] = (struct telling){
        .host = host,
        .network = line->network,
        .transport = binding->transport,
        .port = binding->port,
        .how = is_remembered(work, binding) && how_of(learned_from) == HOW_TOLD ? HOW_LISTED : how_of(learned_from),
        .client_host = hosts_find(work, &binding->client, line->network),
        .service = {.word = "",
                    .protocol = protocol_of(learned_from),
                    .interface = binding->interface,
                    .major = binding->major,
                    .minor = binding->minor},
        .told = {binding->learned_ns, last_told(binding), evidence_of(work, binding), learned_from, line->index}};
}

/* Static ports of the site file are known without anybody having told. */
static void tellings_declare(struct work *work, struct ledger *ledger)
{
    const struct site *site = work->inputs->site;
    for (size_t i = 0; site != NULL && i < site->host_count; i++)
        for (size_t k = 0; k < site->hosts[i].static_port_count; k++)
            ledger->tellings[ledger->count++] =
                (struct telling){.host = i,
                                 .transport = TRANSPORT_TCP_NUMBER,
                                 .port = site->hosts[i].static_ports[k].port,
                                 .how = HOW_BOUND,
                                 .client_host = SIZE_MAX,
                                 .service = {.word = site->hosts[i].static_ports[k].service, .protocol = "dcerpc"},
                                 .told = {.learned_from = "", .endpoint = SIZE_MAX}};
}

/* Was it told in the network of the conversation? What is told in one names nothing in another. */
static bool is_there(const struct telling *telling, const struct judged_conversation *conversation)
{
    return telling->network == NULL || strcmp(telling->network, conversation->network) == 0;
}

/* Does the telling hold at any time of the conversation? */
static bool holds(const struct telling *telling, const struct judged_conversation *conversation)
{
    return is_there(telling, conversation) && telling->stay.since_ns <= conversation->last_ns &&
           telling->stay.until_ns > conversation->first_ns;
}

static uint64_t flows_failed(const struct judged_conversation *conversation)
{
    uint64_t failed = 0;
    for (size_t i = 0; i < conversation->session_count; i++) {
        enum disposition disposition = conversation->sessions[i].disposition;
        if (disposition == DISPOSITION_UNANSWERED || disposition == DISPOSITION_REFUSED ||
            disposition == DISPOSITION_PROHIBITED || disposition == DISPOSITION_UNREACHABLE)
            failed += conversation->sessions[i].flows;
    }
    return failed;
}

/* Who used the endpoints: a conversation counts once for each endpoint of its port. */
static void endpoints_use(struct work *work, const struct ledger *ledger)
{
    struct audit *audit = work->audit;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        size_t count;
        const struct telling *const *firsts = tellings_first(&ledger->index, conversation, &count);
        for (size_t k = 0; k < count; k++) {
            size_t index = firsts[k]->told.endpoint, before = 0;
            while (before < k && firsts[before]->told.endpoint != index)
                before++;
            if (index == SIZE_MAX || before < k || !holds(firsts[k], conversation))
                continue;
            struct endpoint *endpoint = &audit->endpoints[index];
            addresses_add(work->arena, &endpoint->users, &endpoint->user_count, &conversation->client);
            endpoint->flows += conversation->flows;
            endpoint->failed_flows += flows_failed(conversation);
        }
    }
}

static struct abode abode_of(const struct telling *telling)
{
    return (struct abode){.host = telling->host,
                          .network = telling->network,
                          .transport = telling->transport,
                          .port = telling->port,
                          .interface = telling->service.interface,
                          .major = telling->service.major,
                          .first_ns = telling->told.time_ns,
                          .last_ns = telling->told.last_ns};
}

/* RPC over TCP alone is told by interface and moves with a restart. */
static bool may_move(const struct work *work, const struct telling *telling)
{
    return telling->told.endpoint != SIZE_MAX && !uuid_is_zero(&telling->service.interface) &&
           !port_carries_many(telling->transport, telling->port) &&
           strcmp(work->audit->endpoints[telling->told.endpoint].protocol_sequence, "ncacn_ip_tcp") == 0;
}

/* Which tellings hold from when to when. */
static bool stays_settle(struct work *work, struct ledger *ledger)
{
    struct abode *abodes = arena_take_many(work->arena, ledger->count, sizeof *abodes);
    size_t count = 0;
    for (size_t i = 0; abodes != NULL && i < ledger->count; i++)
        if (may_move(work, &ledger->tellings[i]))
            abodes[count++] = abode_of(&ledger->tellings[i]);
    if (abodes == NULL || !moves_settle(work, abodes, &count))
        return false;
    for (size_t i = 0; i < ledger->count; i++) {
        struct telling *telling = &ledger->tellings[i];
        struct abode wanted = abode_of(telling);
        const struct abode *abode = may_move(work, telling) ? moves_find(abodes, count, &wanted) : NULL;
        telling->stay = abode != NULL ? abode->stay : (struct stay){INT64_MIN, INT64_MAX, 0};
        if (abode == NULL || abode->stay.until_ns == INT64_MAX)
            continue;
        work->audit->endpoints[telling->told.endpoint].ended_ns = abode->stay.until_ns;
        work->audit->endpoints[telling->told.endpoint].moved_to = abode->stay.moved_to;
    }
    return true;
}

bool ledger_fill(struct work *work)
{
    const struct site *site = work->inputs->site;
    size_t count = observations_binding_count(work->inputs->store), declared = 0;
    for (size_t i = 0; site != NULL && i < site->host_count; i++)
        declared += site->hosts[i].static_port_count;
    struct ledger *ledger = arena_take(work->arena, sizeof *ledger);
    struct line *lines = endpoints_fill(work, count);
    if (ledger == NULL || lines == NULL)
        return false;
    ledger->tellings = arena_take_many(work->arena, 2 * count + declared, sizeof *ledger->tellings);
    if (ledger->tellings == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!line_names_port(&lines[i]))
            continue;
        const struct binding *binding = &lines[i].binding;
        bool elsewhere = has_tower_address(binding) && hosts_find(work, &binding->tower_address, lines[i].network) !=
                                                           hosts_find(work, &binding->server, lines[i].network);
        if (!elsewhere || !names_place(&lines[i]))
            telling_add(work, ledger, &lines[i], &binding->server);
        if (elsewhere)
            telling_add(work, ledger, &lines[i], &binding->tower_address);
    }
    tellings_declare(work, ledger);
    qsort(ledger->tellings, ledger->count, sizeof *ledger->tellings, telling_order);
    if (!stays_settle(work, ledger) || !tellings_index(work->arena, ledger->tellings, ledger->count, &ledger->index))
        return false;
    endpoints_use(work, ledger);
    work->ledger = ledger;
    return !arena_ran_out(work->arena);
}

static char grade_for(const struct telling *telling, size_t client_host)
{
    if (telling->how == HOW_BOUND)
        return 'C';
    return telling->how == HOW_TOLD && telling->client_host == client_host ? 'A' : 'B';
}

/* What one telling says of the services of a conversation. How many services there are now. */
static size_t services_hear(const struct telling *telling, const struct judged_conversation *conversation, bool bound,
                            struct service services[SERVICES_MOST], size_t count)
{
    char grade = grade_for(telling, conversation->client_host);
    if (!holds(telling, conversation))
        return count;
    if (!bound)
        return services_add(services, count, &telling->service, grade);
    /* A port told for an object exporter (DCOM) is told for whatever is bound there. */
    bool anything = strcmp(telling->service.protocol, "dcerpc") == 0 && uuid_is_zero(&telling->service.interface) &&
                    telling->service.word[0] == '\0';
    for (size_t k = 0; k < count; k++)
        if ((anything || service_same(&services[k], &telling->service)) && grade < services[k].grade)
            services[k].grade = grade;
    return count;
}

size_t ledger_services(const struct work *work, const struct judged_conversation *conversation,
                       struct service services[SERVICES_MOST], bool *bound)
{
    *bound = false;
    if (port_carries_many(conversation->transport, conversation->port))
        return 0;
    size_t count = services_said(conversation, "rpc.accepted", services), known;
    if (count == 0)
        count = services_said(conversation, "rpc.binds", services);
    *bound = count > 0;
    const struct telling *const *firsts = tellings_first(&work->ledger->index, conversation, &known);
    for (size_t i = 0; i < known; i++)
        count = services_hear(firsts[i], conversation, *bound, services, count);
    const struct telling *const *own = tellings_own(&work->ledger->index, conversation, &known);
    for (size_t i = 0; i < known; i++)
        count = services_hear(own[i], conversation, *bound, services, count);
    return count;
}

bool ledger_told(const struct work *work, const struct judged_conversation *conversation, struct told *told)
{
    size_t count;
    const struct telling *const *own = tellings_own(&work->ledger->index, conversation, &count);
    for (size_t i = 0; i < count; i++)
        if (holds(own[i], conversation)) {
            *told = own[i]->told;
            return true;
        }
    return false;
}

const char *ledger_media(const struct work *work, const struct judged_conversation *conversation)
{
    size_t count;
    const char *media = "";
    const struct telling *const *firsts = tellings_first(&work->ledger->index, conversation, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(firsts[i]->told.learned_from, "sdp") != 0 || !is_there(firsts[i], conversation))
            continue;
        const char *sequence = work->audit->endpoints[firsts[i]->told.endpoint].protocol_sequence;
        bool profile = strcmp(sequence, "rtp") == 0 || strcmp(sequence, "srtp") == 0;
        if (!profile || (media[0] != '\0' && strcmp(media, sequence) != 0))
            return "";
        media = sequence;
    }
    return media;
}
