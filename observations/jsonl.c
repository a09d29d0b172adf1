/* jsonl: one JSON object a line, built with jansson. Text from the wire may be anything; what is not UTF-8 in it is
 * replaced, as JSON must be UTF-8 (RFC 8259, 8.1). Keys are always there; what was not seen is an empty string. */
#include "observations/jsonl.h"
#include "base/clock.h"
#include "observations/gather.h"
#include "observations/utf8.h"

#include <jansson.h>
#include <stdlib.h>

struct lines {
    const struct observations *store;
    FILE *out;
    char *line; /* grows to the longest */
    size_t size;
    bool failed; /* no memory */
};

/* Takes `value`, whatever happens. */
static void put(struct lines *lines, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        lines->failed = true;
}

static void append(struct lines *lines, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        lines->failed = true;
}

static json_t *text_of(const char *text)
{
    char clean[UTF8_TEXT];
    return json_string_nocheck(utf8_clean(text, clean, sizeof clean));
}

static void put_name(struct lines *lines, json_t *object, const char *key, uint32_t name)
{
    put(lines, object, key, text_of(observations_text(lines->store, name)));
}

static void put_count(struct lines *lines, json_t *object, const char *key, uint64_t count)
{
    put(lines, object, key, json_integer((json_int_t)count));
}

static void put_time(struct lines *lines, json_t *object, const char *key, int64_t time_ns)
{
    char text[CLOCK_TEXT];
    put(lines, object, key, json_string(clock_text(time_ns, text)));
}

static void put_address(struct lines *lines, json_t *object, const char *key, const struct address *address)
{
    char text[ADDRESS_TEXT];
    put(lines, object, key, json_string(address_text(address, text)));
}

static void put_transport(struct lines *lines, json_t *object, uint8_t transport)
{
    char text[TRANSPORT_TEXT];
    put(lines, object, "transport", json_string(observation_transport(transport, text)));
}

static void put_evidence(struct lines *lines, json_t *object, uint32_t source, uint64_t frame)
{
    json_t *evidence = json_object();
    put_name(lines, evidence, "source", source);
    put_count(lines, evidence, "frame", frame);
    put(lines, object, "evidence", evidence);
}

/* Writes the object as a line and lets it go. By way of a buffer: jansson writes to files a few bytes a call. */
static void finish(struct lines *lines, json_t *object)
{
    size_t length = json_dumpb(object, lines->line, lines->size, JSON_COMPACT);
    if (length > lines->size) {
        char *longer = realloc(lines->line, 2 * length);
        if (longer != NULL) {
            lines->line = longer;
            lines->size = 2 * length;
            length = json_dumpb(object, lines->line, lines->size, JSON_COMPACT);
        }
    }
    json_decref(object);
    if (length == 0 || length > lines->size) {
        lines->failed = true;
        return;
    }
    fwrite(lines->line, 1, length, lines->out);
    fputc('\n', lines->out);
}

/* -- conversations ----------------------------------------------------------------------------------------------- */

static void put_sessions(struct lines *lines, json_t *object, const struct gathered *item)
{
    json_t *sessions = json_array();
    for (size_t i = 0; i < item->session_count; i++) {
        const struct session *session = &item->sessions[i];
        json_t *entry = json_object();
        put(lines, entry, "disposition", json_string(disposition_name(session->disposition)));
        put_name(lines, entry, "authentication", session->authentication);
        put_name(lines, entry, "encryption", session->encryption);
        put_name(lines, entry, "protection", session->protection);
        put_count(lines, entry, "flows", session->flows);
        put_time(lines, entry, "first", session->first_ns);
        put_time(lines, entry, "last", session->last_ns);
        put_evidence(lines, entry, session->source, session->frame);
        append(lines, sessions, entry);
    }
    put(lines, object, "sessions", sessions);
}

static void put_dispositions(struct lines *lines, json_t *object, const struct gathered *item)
{
    uint64_t flows[DISPOSITION_COUNT] = {0};
    json_t *dispositions = json_object();
    for (size_t i = 0; i < item->session_count; i++)
        flows[item->sessions[i].disposition] += item->sessions[i].flows;
    for (unsigned d = 0; d < DISPOSITION_COUNT; d++)
        if (flows[d] > 0)
            put_count(lines, dispositions, disposition_name((enum disposition)d), flows[d]);
    put(lines, object, "dispositions", dispositions);
}

/* The list of this key, made when missing. */
static json_t *list_of(struct lines *lines, json_t *facts, const char *key)
{
    json_t *list = json_object_get(facts, key);
    if (list != NULL)
        return list;
    put(lines, facts, key, json_array());
    return json_object_get(facts, key);
}

/* What sessions amount to stands among the facts, too, each name once. */
static void put_amount(struct lines *lines, json_t *facts, const char *key, uint32_t name)
{
    const char *text = observations_text(lines->store, name);
    if (text[0] == '\0')
        return;
    json_t *list = list_of(lines, facts, key);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
            return;
    append(lines, list, text_of(text));
}

static void put_facts(struct lines *lines, json_t *object, const struct gathered *item)
{
    json_t *facts = json_object();
    char clean[UTF8_TEXT];
    for (size_t i = 0; i < item->fact_count; i++) {
        const char *key = utf8_clean(observations_text(lines->store, item->facts[i].key), clean, sizeof clean);
        append(lines, list_of(lines, facts, key), text_of(observations_text(lines->store, item->facts[i].value)));
    }
    for (size_t i = 0; i < item->session_count; i++) {
        put_amount(lines, facts, "authentication", item->sessions[i].authentication);
        put_amount(lines, facts, "encryption", item->sessions[i].encryption);
    }
    put(lines, object, "facts", facts);
}

static void write_conversation(struct lines *lines, const struct gathered *item)
{
    json_t *object = json_object();
    put(lines, object, "type", json_string("conversation"));
    put_address(lines, object, "client", &item->pair.client);
    put_address(lines, object, "server", &item->pair.server);
    put_transport(lines, object, item->pair.transport);
    put_count(lines, object, "port", item->pair.port);
    put_name(lines, object, "protocol", item->protocol);
    put_name(lines, object, "second_opinion", item->second_opinion);
    put_sessions(lines, object, item);
    put_dispositions(lines, object, item);
    put_count(lines, object, "flows", item->flows);
    put_count(lines, object, "packets_to_server", item->packets_to_server);
    put_count(lines, object, "packets_to_client", item->packets_to_client);
    put_count(lines, object, "bytes_to_server", item->bytes_to_server);
    put_count(lines, object, "bytes_to_client", item->bytes_to_client);
    put_count(lines, object, "missing_bytes", item->missing_bytes);
    put(lines, object, "client_decided_by", json_string(decided_by_name(item->decided_by)));
    put_time(lines, object, "first", item->first_ns);
    put_time(lines, object, "last", item->last_ns);
    put_name(lines, object, "tunnel", item->pair.tunnel);
    put_name(lines, object, "network", item->pair.network);
    put_facts(lines, object, item);
    finish(lines, object);
}

/* -- scans ------------------------------------------------------------------------------------------------------- */

static void write_scan(struct lines *lines, const struct gathered_scan *scan)
{
    json_t *object = json_object(), *dispositions = json_object(), *ports = json_array();
    uint64_t flows = 0;
    put(lines, object, "type", json_string("scan"));
    put_address(lines, object, "client", &scan->client);
    put_transport(lines, object, scan->transport);
    put_name(lines, object, "tunnel", scan->tunnel);
    put_name(lines, object, "network", scan->network);
    put_count(lines, object, "hosts", scan->hosts);
    put(lines, object, "more_hosts", json_boolean(scan->more_hosts));
    put_count(lines, object, "ports", scan->ports);
    put(lines, object, "more_ports", json_boolean(scan->more_ports));
    for (size_t i = 0; i < scan->named_count; i++)
        append(lines, ports, json_integer(scan->named[i]));
    put(lines, object, "lowest_ports", ports);
    size_t first = 0;
    for (size_t d = 0; d < DISPOSITION_COUNT; d++) {
        flows += scan->flows[d];
        if (scan->flows[d] > 0)
            put_count(lines, dispositions, disposition_name((enum disposition)d), scan->flows[d]);
        if (scan->evidence[d].frame > 0 &&
            (scan->evidence[first].frame == 0 || scan->evidence[d].first_ns < scan->evidence[first].first_ns))
            first = d;
    }
    put_count(lines, object, "flows", flows);
    put(lines, object, "dispositions", dispositions);
    put_count(lines, object, "packets_to_server", scan->packets_to_server);
    put_count(lines, object, "packets_to_client", scan->packets_to_client);
    put_count(lines, object, "bytes_to_server", scan->bytes_to_server);
    put_count(lines, object, "bytes_to_client", scan->bytes_to_client);
    put_time(lines, object, "first", scan->first_ns);
    put_time(lines, object, "last", scan->last_ns);
    put_evidence(lines, object, scan->evidence[first].source, scan->evidence[first].frame);
    finish(lines, object);
}

/* -- bindings ---------------------------------------------------------------------------------------------------- */

static void write_binding(struct lines *lines, const struct binding *row)
{
    json_t *object = json_object();
    char address[ADDRESS_TEXT] = "", interface[UUID_TEXT] = "", version[16];
    if (!address_is_zero(&row->tower_address) && !address_equal(&row->tower_address, &row->server))
        address_text(&row->tower_address, address);
    if (!uuid_is_zero(&row->interface))
        uuid_text(&row->interface, interface);
    snprintf(version, sizeof version, "%u.%u", row->major, row->minor);
    put(lines, object, "type", json_string("binding"));
    put_address(lines, object, "server", &row->server);
    put_transport(lines, object, row->transport);
    put_count(lines, object, "port", row->port);
    put_name(lines, object, "endpoint", row->endpoint);
    put_name(lines, object, "protocol_sequence", row->protocol_sequence);
    put(lines, object, "tower_address", json_string(address));
    put(lines, object, "interface", json_string(interface));
    put(lines, object, "version", json_string(version));
    put_name(lines, object, "annotation", row->annotation);
    put_name(lines, object, "learned_from", row->learned_from);
    put_address(lines, object, "client", &row->client);
    put_time(lines, object, "first", row->learned_ns);
    put_time(lines, object, "last", row->last_ns);
    put_count(lines, object, "times", row->times);
    put_name(lines, object, "network", row->network);
    put_evidence(lines, object, row->source, row->frame);
    finish(lines, object);
}

/* -- coverage ---------------------------------------------------------------------------------------------------- */

static void write_coverage(struct lines *lines, const struct coverage *row, uint64_t one_way_conversations)
{
    json_t *object = json_object();
    put(lines, object, "type", json_string("coverage"));
    put_name(lines, object, "run", row->run);
    put_name(lines, object, "sensor", row->sensor);
    put_name(lines, object, "source", row->source);
    put_name(lines, object, "filter", row->filter);
    put_time(lines, object, "first", row->first_ns);
    put_time(lines, object, "last", row->last_ns);
    put_count(lines, object, "packets", row->packets);
    put_count(lines, object, "bytes", row->bytes);
    put_count(lines, object, "dropped", row->dropped);
    put_count(lines, object, "duplicates", row->duplicates);
    put_count(lines, object, "duplicates_routed", row->duplicates_routed);
    put_count(lines, object, "undecoded", row->undecoded);
    put_count(lines, object, "truncated_frames", row->truncated_frames);
    put(lines, object, "truncated", json_boolean(row->truncated != 0));
    put_count(lines, object, "fragments_lost", row->fragments_lost);
    put_count(lines, object, "missing_bytes", row->missing_bytes);
    put_count(lines, object, "one_way_conversations", one_way_conversations);
    put_count(lines, object, "evicted_flows", row->evicted_flows);
    put_count(lines, object, "evicted_conversations", row->evicted_conversations);
    put_count(lines, object, "lost_facts", row->lost_facts);
    put_count(lines, object, "unasked_flows", row->unasked_flows);
    put_count(lines, object, "spooled_rows", row->spooled_rows);
    put_count(lines, object, "lost_rows", row->lost_rows);
    finish(lines, object);
}

/* The source of the conversation's first one-way flow, 0 when it has none. */
static uint32_t one_way_source(const struct gathered *item)
{
    for (size_t i = 0; i < item->session_count; i++)
        if (item->sessions[i].disposition == DISPOSITION_ONE_WAY)
            return item->sessions[i].source;
    return 0;
}

/* Each one-way conversation counts once, at the first coverage of its source. */
static void write_coverages(struct lines *lines, const struct gathering *gathering)
{
    const struct observations *store = lines->store;
    size_t count = observations_coverage_count(store);
    uint32_t highest = 0;
    for (size_t i = 0; i < count; i++)
        if (observations_coverage(store, i)->source > highest)
            highest = observations_coverage(store, i)->source;
    uint64_t *one_way = calloc((size_t)highest + 1, sizeof *one_way); /* by name of source */
    if (one_way == NULL) {
        lines->failed = true;
        return;
    }
    for (size_t i = 0; i < gathering->count; i++) {
        uint32_t source = one_way_source(&gathering->items[i]);
        if (source != 0 && source <= highest)
            one_way[source]++;
    }
    for (size_t i = 0; i < count; i++) {
        const struct coverage *row = observations_coverage(store, i);
        write_coverage(lines, row, one_way[row->source]);
        one_way[row->source] = 0;
    }
    free(one_way);
}

struct ordered {
    struct binding row;
    size_t at; /* in the store, where those of one frame stand as they were said */
};

/* In order of time, whoever of several observers heard of them. */
static int binding_order(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    if (x->row.learned_ns != y->row.learned_ns)
        return x->row.learned_ns < y->row.learned_ns ? -1 : 1;
    if (x->row.frame != y->row.frame)
        return x->row.frame < y->row.frame ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static void write_bindings(struct lines *lines)
{
    size_t count = observations_binding_count(lines->store);
    struct ordered *bindings = calloc(count + 1, sizeof *bindings);
    lines->failed |= bindings == NULL;
    for (size_t i = 0; i < count && !lines->failed; i++) {
        observations_binding(lines->store, i, &bindings[i].row);
        bindings[i].at = i;
    }
    if (!lines->failed)
        qsort(bindings, count, sizeof *bindings, binding_order);
    for (size_t i = 0; i < count && !lines->failed; i++)
        write_binding(lines, &bindings[i].row);
    free(bindings);
}

bool jsonl_write(const struct observations *store, FILE *out, struct failure *failure)
{
    struct lines lines = {.store = store, .out = out};
    struct gathering gathering;
    if (!gather_init(&gathering, store, failure))
        return false;
    for (size_t i = 0; i < gathering.count && !lines.failed; i++)
        write_conversation(&lines, &gathering.items[i]);
    for (size_t i = 0; i < gathering.scans.count && !lines.failed; i++)
        write_scan(&lines, &gathering.scans.items[i]);
    write_bindings(&lines);
    write_coverages(&lines, &gathering);
    free(lines.line);
    gather_fini(&gathering);
    return !lines.failed || failure_add(failure, "not enough memory to write observations as JSON");
}
