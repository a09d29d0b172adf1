/* json_parts: a conversation and an endpoint as objects. */
#include "reports/json_parts.h"
#include "audit/narrow.h"

#include "reports/clean.h"
#include "reports/names.h"

static json_t *session_object(struct document *d, const struct judged_session *s)
{
    json_t *o = json_object();
    document_put(d, o, "disposition", document_text(disposition_name(s->disposition)));
    document_put(d, o, "authentication", document_text(s->authentication));
    document_put(d, o, "encryption", document_text(s->encryption));
    document_put(d, o, "protection", document_text(s->protection));
    document_put(d, o, "verdict", document_text(verdict_name(s->verdict)));
    document_put(d, o, "encryption_check", document_text(encryption_check_name(s->encryption_check)));
    document_put(d, o, "authentication_check", document_text(authentication_check_name(s->authentication_check)));
    document_put(d, o, "why", document_text(s->why));
    document_put(d, o, "flows", document_count(s->flows));
    document_put(d, o, "first", document_time(s->first_ns));
    document_put(d, o, "last", document_time(s->last_ns));
    document_put(d, o, "evidence", document_evidence(d, &s->evidence));
    return o;
}

/* Ids of the rows that own it, each once, whichever of their parts. */
static json_t *owner_list(struct document *d, const struct audit *audit, const struct judged_conversation *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->owner_count; i++) {
        bool again = c->owners[i].path >= audit->path_count;
        for (size_t k = 0; k < i; k++)
            again = again || c->owners[k].path == c->owners[i].path;
        if (!again)
            document_push(d, list, document_text(audit->paths[c->owners[i].path].path->id));
    }
    return list;
}

static json_t *disposition_counts(struct document *d, const struct judged_conversation *c)
{
    uint64_t flows[DISPOSITION_COUNT] = {0};
    json_t *o = json_object();
    for (size_t i = 0; i < c->session_count; i++)
        flows[c->sessions[i].disposition] += c->sessions[i].flows;
    for (size_t i = 0; i < DISPOSITION_COUNT; i++)
        if (flows[i] > 0)
            document_put(d, o, disposition_name((enum disposition)i), document_count(flows[i]));
    return o;
}

/* The list of a key, made when it is not there yet. */
static json_t *list_of(struct document *d, json_t *object, const char *key)
{
    if (json_object_get(object, key) == NULL)
        document_put(d, object, key, json_array());
    return json_object_get(object, key);
}

/* What the facts amount to: each word of the classes once. */
static void add_amount(struct document *d, json_t *facts, const char *key, const char *word, struct phrase *seen)
{
    size_t before = seen->length;
    names_add_word(seen, word);
    if (seen->length > before)
        document_push(d, list_of(d, facts, key), document_text(word));
}

/* Key -> list of values, in the order in which they stand. */
static json_t *fact_lists(struct document *d, const struct judged_conversation *c)
{
    struct phrase authentication = {0}, encryption = {0};
    json_t *o = json_object();
    for (size_t i = 0; i < c->fact_count; i++) {
        char key[64];
        clean_copy(c->facts[i].key, key, sizeof key);
        document_push(d, list_of(d, o, key), document_text(c->facts[i].value));
    }
    for (size_t i = 0; i < c->session_count; i++) {
        add_amount(d, o, "authentication", c->sessions[i].authentication, &authentication);
        add_amount(d, o, "encryption", c->sessions[i].encryption, &encryption);
    }
    return o;
}

static void put_ends(struct document *d, json_t *o, const struct audit *audit, const struct judged_conversation *c)
{
    char text[ADDRESS_TEXT];
    document_put(d, o, "client", document_address(&c->client));
    document_put(d, o, "server", document_address(&c->server));
    document_put(d, o, "client_name", document_text(names_host(audit, c->client_host, &c->client, text)));
    document_put(d, o, "server_name", document_text(names_host(audit, c->server_host, &c->server, text)));
    document_put(d, o, "transport", document_text(c->transport_text));
    document_put(d, o, "port", document_count(c->port));
    document_put(d, o, "tunnel", document_text(c->tunnel));
    document_put(d, o, "network", document_text(c->network));
    document_put(d, o, "protocol", document_text(c->protocol));
    document_put(d, o, "services", document_texts(d, &c->services));
    document_put(d, o, "second_opinion", document_text(c->second_opinion));
    document_put(d, o, "recognised_by", document_text(conversation_recognised_by(c)));
}

static void put_judgement(struct document *d, json_t *o, const struct audit *audit, const struct judged_conversation *c)
{
    char grade[2] = {c->grade, '\0'};
    json_t *nearest = json_object();
    document_put(d, nearest, "path", document_text(c->nearest_path));
    document_put(d, nearest, "why", document_text(c->nearest_why));
    document_put(d, o, "match", document_text(match_name(c->match)));
    document_put(d, o, "grade", document_text(grade));
    document_put(d, o, "probable", json_boolean(c->probable));
    document_put(d, o, "paths", owner_list(d, audit, c));
    document_put(d, o, "allowed_by", document_texts(d, &c->allowed_by));
    document_put(d, o, "verdict", document_text(verdict_name(c->verdict)));
    document_put(d, o, "nearest", nearest);
}

json_t *json_conversation(struct document *d, const struct audit *audit, const struct judged_conversation *c)
{
    json_t *o = json_object(), *sessions = json_array();
    for (size_t i = 0; i < c->session_count; i++)
        document_push(d, sessions, session_object(d, &c->sessions[i]));
    put_ends(d, o, audit, c);
    put_judgement(d, o, audit, c);
    document_put(d, o, "sessions", sessions);
    document_put(d, o, "dispositions", disposition_counts(d, c));
    document_put(d, o, "flows", document_count(c->flows));
    document_put(d, o, "packets_to_server", document_count(c->packets_to_server));
    document_put(d, o, "packets_to_client", document_count(c->packets_to_client));
    document_put(d, o, "bytes_to_server", document_count(c->bytes_to_server));
    document_put(d, o, "bytes_to_client", document_count(c->bytes_to_client));
    document_put(d, o, "missing_bytes", document_count(c->missing_bytes));
    document_put(d, o, "client_decided_by", document_text(decided_by_name(c->decided_by)));
    document_put(d, o, "first", document_time(c->first_ns));
    document_put(d, o, "last", document_time(c->last_ns));
    document_put(d, o, "facts", fact_lists(d, c));
    return o;
}

/* Ports at which rows expect the client of the scan. */
static json_t *expected_ports(struct document *d, const struct judged_scan *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->known_count; i++) {
        if (s->known[i].paths.count == 0)
            continue;
        json_t *o = json_object();
        document_put(d, o, "port", document_count(s->known[i].port));
        document_put(d, o, "flows", document_count(s->known[i].flows));
        document_put(d, o, "paths", document_texts(d, &s->known[i].paths));
        document_push(d, list, o);
    }
    return list;
}

json_t *json_scan(struct document *d, const struct audit *audit, const struct judged_scan *s)
{
    char text[ADDRESS_TEXT];
    json_t *o = json_object(), *dispositions = json_object(), *ports = json_array(), *evidence = json_array();
    for (size_t i = 0; i < s->named_count; i++)
        document_push(d, ports, document_count(s->named[i]));
    for (size_t i = 0; i < DISPOSITION_COUNT; i++) {
        if (s->dispositions[i] > 0)
            document_put(d, dispositions, disposition_name((enum disposition)i), document_count(s->dispositions[i]));
        if (s->evidence[i].frame > 0)
            document_push(d, evidence, document_evidence(d, &s->evidence[i]));
    }
    document_put(d, o, "client", document_address(&s->client));
    document_put(d, o, "client_name", document_text(names_host(audit, s->client_host, &s->client, text)));
    document_put(d, o, "transport", document_text(s->transport_text));
    document_put(d, o, "tunnel", document_text(s->tunnel));
    document_put(d, o, "network", document_text(s->network));
    document_put(d, o, "verdict", document_text(verdict_name(s->verdict)));
    document_put(d, o, "hosts", document_count(s->hosts));
    document_put(d, o, "more_hosts", json_boolean(s->more_hosts));
    document_put(d, o, "ports", document_count(s->ports));
    document_put(d, o, "more_ports", json_boolean(s->more_ports));
    document_put(d, o, "lowest_ports", ports);
    document_put(d, o, "expected_ports", expected_ports(d, s));
    document_put(d, o, "flows", document_count(s->flows));
    document_put(d, o, "dispositions", dispositions);
    document_put(d, o, "packets_to_server", document_count(s->packets_to_server));
    document_put(d, o, "packets_to_client", document_count(s->packets_to_client));
    document_put(d, o, "bytes_to_server", document_count(s->bytes_to_server));
    document_put(d, o, "bytes_to_client", document_count(s->bytes_to_client));
    document_put(d, o, "first", document_time(s->first_ns));
    document_put(d, o, "last", document_time(s->last_ns));
    document_put(d, o, "evidence", evidence);
    return o;
}

json_t *json_endpoint(struct document *d, const struct endpoint *e)
{
    char uuid[UUID_TEXT], transport[TRANSPORT_TEXT], version[16];
    json_t *o = json_object(), *clients = json_array(), *users = json_array();
    const struct narrowing *narrowing = narrow_find(e->name);
    for (size_t i = 0; i < e->client_count; i++)
        document_push(d, clients, document_address(&e->clients[i]));
    for (size_t i = 0; i < e->user_count; i++)
        document_push(d, users, document_address(&e->users[i]));
    snprintf(version, sizeof version, "%u.%u", e->major, e->minor);
    document_put(d, o, "server", document_address(&e->server));
    document_put(d, o, "network", document_text(e->network));
    document_put(d, o, "transport", document_text(observation_transport(e->transport, transport)));
    document_put(d, o, "port", document_count(e->port));
    document_put(d, o, "endpoint", document_text(e->endpoint));
    document_put(d, o, "protocol_sequence", document_text(e->protocol_sequence));
    document_put(d, o, "tower_address", e->has_tower_address ? document_address(&e->tower_address) : document_text(""));
    document_put(d, o, "interface", document_text(uuid_is_zero(&e->interface) ? "" : uuid_text(&e->interface, uuid)));
    document_put(d, o, "version", document_text(version));
    document_put(d, o, "name", document_text(e->name));
    document_put(d, o, "annotation", document_text(e->annotation));
    document_put(d, o, "learned_from", document_texts(d, &e->learned_from));
    document_put(d, o, "clients", clients);
    document_put(d, o, "first", document_time(e->first_ns));
    document_put(d, o, "last", document_time(e->last_ns));
    document_put(d, o, "flows", document_count(e->flows));
    document_put(d, o, "failed_flows", document_count(e->failed_flows));
    document_put(d, o, "outside_range", json_boolean(e->outside_range));
    document_put(d, o, "users", users);
    document_put(d, o, "ended", e->ended_ns != 0 ? document_time(e->ended_ns) : document_text(""));
    document_put(d, o, "moved_to", document_count(e->moved_to));
    document_put(d, o, "setting", document_text(narrowing != NULL ? narrowing->setting : ""));
    document_put(d, o, "setting_source", document_text(narrowing != NULL ? narrowing->source : ""));
    document_put(d, o, "evidence", document_evidence(d, &e->evidence));
    return o;
}

json_t *json_host(struct document *d, const struct host *host)
{
    json_t *o = json_object(), *addresses = json_array(), *roles = json_array();
    for (size_t i = 0; i < host->address_count; i++)
        document_push(d, addresses, document_address(&host->addresses[i]));
    for (size_t i = 0; i < host->role_count; i++) {
        json_t *role = json_object();
        document_put(d, role, "role", document_text(host->roles[i].role));
        document_put(d, role, "how", document_text(host->roles[i].inferred ? "inferred" : "declared"));
        document_put(d, role, "evidence", document_texts(d, &host->roles[i].evidence));
        document_push(d, roles, role);
    }
    document_put(d, o, "name", document_text(host->name));
    document_put(d, o, "network", document_text(host->network));
    document_put(d, o, "addresses", addresses);
    document_put(d, o, "names", document_texts(d, &host->names));
    document_put(d, o, "roles", roles);
    document_put(d, o, "conflicts", document_texts(d, &host->conflicts));
    document_put(d, o, "declared", json_boolean(host->declared));
    document_put(d, o, "seen", json_boolean(host->seen));
    return o;
}
