/* scans: see audit/scans.h. */
#include "audit/scans.h"

#include "audit/exceptions.h"
#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/hosts.h"
#include "audit/tell.h"
#include "audit/verdicts.h"

#include <stdlib.h>

#define PORTS_IN_ALL (UINT16_MAX + 1)
#define ROWS_NAMED   3  /* of one port */
#define PORTS_ASKED  12 /* that a filter names at most */

static const char *text(const struct work *work, uint32_t name)
{
    return observations_text(work->inputs->store, name);
}

static struct judged_scan scan_copy(struct work *work, const struct gathered_scan *from)
{
    char number[TRANSPORT_TEXT];
    struct judged_scan scan = {.client = from->client,
                               .client_host = SIZE_MAX,
                               .transport = from->transport,
                               .transport_text =
                                   tell(work->arena, "%s", observation_transport(from->transport, number)),
                               .tunnel = text(work, from->tunnel),
                               .network = text(work, from->network),
                               .verdict = VERDICT_UNEXPECTED_ATTEMPT,
                               .hosts = from->hosts,
                               .ports = from->ports,
                               .more_hosts = from->more_hosts,
                               .more_ports = from->more_ports,
                               .named_count = from->named_count,
                               .packets_to_server = from->packets_to_server,
                               .packets_to_client = from->packets_to_client,
                               .bytes_to_server = from->bytes_to_server,
                               .bytes_to_client = from->bytes_to_client,
                               .first_ns = from->first_ns,
                               .last_ns = from->last_ns};
    for (size_t i = 0; i < from->named_count; i++)
        scan.named[i] = from->named[i];
    for (size_t d = 0; d < DISPOSITION_COUNT; d++) {
        scan.flows += from->flows[d];
        scan.dispositions[d] = from->flows[d];
        scan.evidence[d] = (struct evidence){text(work, from->evidence[d].source), from->evidence[d].frame};
    }
    return scan;
}

/* -- ports that rows have ------------------------------------------------------------------------------------------ */

static bool port_is_at(const struct port *port, uint8_t transport, unsigned number)
{
    return port->kind == PORT_FIXED && (port->transport == 0 || port->transport == transport) && port->low <= number &&
           number <= port->high;
}

/* The ports that rows of the tables have for a transport. */
struct known_ports {
    uint8_t transport;
    uint32_t place[PORTS_IN_ALL]; /* from 1; 0: no row has it */
    size_t count;
};

static void known_add(struct known_ports *known, const struct part *part)
{
    for (size_t i = 0; i < part->port_count; i++)
        for (unsigned port = part->ports[i].low; port_is_at(&part->ports[i], known->transport, port); port++)
            if (known->place[port] == 0)
                known->place[port] = (uint32_t)++known->count;
}

static void known_add_tables(struct known_ports *known, const struct audit_inputs *inputs)
{
    for (size_t t = 0; t < inputs->table_count; t++)
        for (size_t i = 0; i < inputs->tables[t]->path_count; i++)
            for (size_t k = 0; k < inputs->tables[t]->paths[i].part_count; k++)
                known_add(known, &inputs->tables[t]->paths[i].parts[k]);
}

/* Of one scan: `flows` are those at each place. */
static bool known_copy(struct work *work, const struct known_ports *known, const uint64_t *flows,
                       struct judged_scan *scan)
{
    size_t count = 0;
    for (size_t i = 0; i < known->count; i++)
        count += flows[i] > 0;
    scan->known = arena_take_many(work->arena, count, sizeof *scan->known);
    for (unsigned port = 0; port < PORTS_IN_ALL && scan->known != NULL; port++)
        if (known->place[port] > 0 && flows[known->place[port] - 1] > 0)
            scan->known[scan->known_count++] =
                (struct scan_port){.port = (uint16_t)port, .flows = flows[known->place[port] - 1]};
    return scan->known != NULL;
}

/* Adds up what all scans of one transport tried in vain at ports that rows have. */
static bool known_recall(struct work *work, const struct scans *scans, uint8_t transport)
{
    const struct observations *store = work->inputs->store;
    struct known_ports *known = calloc(1, sizeof *known);
    if (known == NULL)
        return false;
    known->transport = transport;
    known_add_tables(known, work->inputs);
    uint64_t *flows = calloc(scans->count * known->count + 1, sizeof *flows);
    bool good = flows != NULL;
    for (size_t i = 0; good && known->count > 0 && i < observations_conversation_count(store); i++) {
        struct conversation row;
        observations_conversation(store, i, &row);
        uint32_t scan = scans_of(scans, observations_conversation_pair(store, i), &row);
        uint32_t place = known->place[row.pair.port];
        if (scan > 0 && place > 0 && row.pair.transport == transport)
            flows[(scan - 1) * known->count + place - 1] += row.flows;
    }
    for (size_t i = 0; good && i < scans->count; i++)
        if (work->audit->scans[i].transport == transport)
            good = known_copy(work, known, &flows[i * known->count], &work->audit->scans[i]);
    free(flows);
    free(known);
    return good;
}

bool scans_recall(struct work *work, const struct scans *scans)
{
    struct audit *audit = work->audit;
    audit->scans = arena_take_many(work->arena, scans->count, sizeof *audit->scans);
    for (size_t i = 0; i < scans->count && audit->scans != NULL; i++)
        audit->scans[audit->scan_count++] = scan_copy(work, &scans->items[i]);
    return audit->scans != NULL && (scans->count == 0 || (known_recall(work, scans, TRANSPORT_TCP_NUMBER) &&
                                                          known_recall(work, scans, TRANSPORT_UDP_NUMBER)));
}

void scans_meet_hosts(struct work *work)
{
    for (size_t i = 0; i < work->audit->scan_count; i++) {
        struct judged_scan *scan = &work->audit->scans[i];
        scan->client_host = hosts_find(work, &scan->client, scan->network);
        work->audit->hosts[scan->client_host].seen = true;
    }
}

/* May this host open conversations that the part expects? */
static bool may_open(const struct work *work, const struct host *host, const struct part *part)
{
    return host_fit(work, host, &part->from) > 0 || host_relays_to(host, &part->to) ||
           (part->both_directions && host_fit(work, host, &part->to) > 0);
}

static bool part_has_port(const struct part *part, uint8_t transport, uint16_t port)
{
    for (size_t i = 0; i < part->port_count; i++)
        if (port_is_at(&part->ports[i], transport, port))
            return true;
    return false;
}

/* Rows that do not apply have nobody to be tried at. */
static bool is_expected(const struct work *work, const struct judged_scan *scan, uint16_t port,
                        const struct judged_path *path)
{
    const struct host *client = &work->audit->hosts[scan->client_host];
    if (path->required == REQUIRED_NEVER || path->verdict == PATH_NOT_APPLICABLE)
        return false;
    for (size_t i = 0; i < path->path->part_count; i++) {
        const struct part *part = &path->path->parts[i];
        if (part_has_port(part, scan->transport, port) && may_open(work, client, part))
            return true;
    }
    return false;
}

const struct judged_scan *scans_at_row(const struct work *work, const struct judged_path *path)
{
    for (size_t i = 0; i < work->audit->scan_count; i++)
        for (size_t k = 0; k < work->audit->scans[i].known_count; k++)
            if (is_expected(work, &work->audit->scans[i], work->audit->scans[i].known[k].port, path))
                return &work->audit->scans[i];
    return NULL;
}

static void rows_add(struct work *work, const struct judged_scan *scan, struct scan_port *known)
{
    for (size_t i = 0; i < work->audit->path_count; i++)
        if (is_expected(work, scan, known->port, &work->audit->paths[i]))
            texts_add(work->arena, &known->paths, work->audit->paths[i].path->id);
}

/* Only fixed ports tell what was not tried; and of those of UDP and TCP alone something is known. */
static bool part_may_be_in(const struct judged_scan *scan, const struct part *part)
{
    for (size_t i = 0; i < part->port_count; i++) {
        if (part->ports[i].kind != PORT_FIXED)
            return true;
        for (size_t k = 0; k < scan->known_count; k++)
            if (port_is_at(&part->ports[i], scan->transport, scan->known[k].port))
                return true;
    }
    return scan->more_ports || part->port_count == 0;
}

bool scans_may_hide(const struct work *work, size_t client_host, const struct path *path)
{
    for (size_t i = 0; i < work->audit->scan_count; i++)
        for (size_t k = 0; work->audit->scans[i].client_host == client_host && k < path->part_count; k++)
            if (part_may_be_in(&work->audit->scans[i], &path->parts[k]))
                return true;
    return false;
}

/* -- findings ------------------------------------------------------------------------------------------------------ */

/* The ports that rows expect of the client, each with its rows: "25/tcp (hub-to-edge: 12 flows)"; and as a filter. */
struct expected {
    struct texts ports;
    const char *filter;
    uint64_t flows;
};

static struct expected expected_tell(struct work *work, const struct judged_scan *scan)
{
    struct expected expected = {.filter = ""};
    for (size_t i = 0; i < scan->known_count; i++) {
        const struct scan_port *known = &scan->known[i];
        if (known->paths.count == 0)
            continue;
        struct texts rows = {known->paths.items, known->paths.count < ROWS_NAMED ? known->paths.count : ROWS_NAMED};
        const char *others =
            known->paths.count > rows.count
                ? tell(work->arena, " and %s", tell_many(work->arena, known->paths.count - rows.count, "other"))
                : "";
        texts_add(work->arena, &expected.ports,
                  tell(work->arena, "%s (%s%s: %s)", tell_port(work->arena, scan->transport, known->port),
                       tell_list(work->arena, &rows, ""), others, tell_many(work->arena, known->flows, "flow")));
        expected.filter = tell(work->arena, "%s%s%s port %u", expected.filter, expected.flows > 0 ? " or " : "",
                               scan->transport_text, known->port);
        expected.flows += known->flows;
    }
    return expected;
}

/* Fewer than make a scan stand one by one when they stand alone. */
static const char *expected_advice(struct work *work, const struct judged_scan *scan, const struct expected *expected)
{
    if (expected->flows == 0 || expected->flows >= SCAN_LEAST || expected->ports.count > PORTS_ASKED ||
        scan->tunnel[0] != '\0')
        return "";
    return tell(work->arena,
                "; what rows expect of it shows in an audit of the capture with the filter 'host %s and (%s)'",
                tell_address(work->arena, &scan->client), expected->filter);
}

/* "445/tcp, 3389/tcp and 62 others"; "" without ports. */
static const char *ports_tell(struct work *work, const struct judged_scan *scan)
{
    struct texts ports = {NULL, 0};
    if (scan->named_count == 0 || (scan->named_count == 1 && scan->named[0] == 0))
        return "";
    for (size_t i = 0; i < scan->named_count; i++)
        texts_add(work->arena, &ports, tell_port(work->arena, scan->transport, scan->named[i]));
    uint64_t others = scan->ports - scan->named_count;
    if (scan->more_ports)
        return tell(work->arena, " on %s and more than %s", tell_list(work->arena, &ports, ""),
                    tell_many(work->arena, others, "other"));
    if (others == 0)
        return tell(work->arena, " on %s", tell_list(work->arena, &ports, "and"));
    return tell(work->arena, " on %s and %s", tell_list(work->arena, &ports, ""),
                tell_many(work->arena, others, "other"));
}

/* "2,500,123 refused (reset, or port unreachable), 2,499,877 got no answer". */
static const char *ends_tell(struct work *work, const struct judged_scan *scan)
{
    const char *list = "";
    for (unsigned d = 0; d < DISPOSITION_COUNT; d++)
        if (scan->dispositions[d] > 0)
            list = tell(work->arena, "%s%s%s %s", list, list[0] != '\0' ? ", " : "",
                        tell_count(work->arena, scan->dispositions[d]), disposition_words((enum disposition)d));
    return list;
}

static void find_scan(struct work *work, const struct judged_scan *scan, struct finding *finding)
{
    const char *client = work->audit->hosts[scan->client_host].name;
    const char *hosts =
        tell(work->arena, "%s%s", scan->more_hosts ? "more than " : "", tell_many(work->arena, scan->hosts, "host"));
    finding_name(finding, tell(work->arena, "%s|%s|%u|%s|scan", finding->verdict,
                               tell_address(work->arena, &scan->client), scan->transport, scan->tunnel));
    finding->severity = SEVERITY_LOW;
    finding->subject = tell(work->arena, "%s tried very many places in vain: %s%s, %s", client, hosts,
                            scan->ports > 1 ? tell(work->arena, ", %s%s", scan->more_ports ? "more than " : "",
                                                   tell_many(work->arena, scan->ports, "port"))
                                            : ports_tell(work, scan),
                            tell_many(work->arena, scan->flows, "flow"));
    const struct expected expected = expected_tell(work, scan);
    finding->explain = tell(work->arena,
                            "%s to %s%s: %s. From %d places on, what one client tries in vain is added up: which port "
                            "of which host it was is not kept.%s%s%s What was answered stands with the conversations.",
                            tell_many(work->arena, scan->flows, "flow"), hosts, ports_tell(work, scan),
                            ends_tell(work, scan), SCAN_LEAST, expected.flows > 0 ? " Rows expect some of it, at " : "",
                            tell_list(work->arena, &expected.ports, "and"),
                            expected.flows > 0 ? ": what is blocked of that does not show." : "");
    finding->advice =
        tell(work->arena, "find out what runs on %s; a scanner of your own is excepted in the site file%s", client,
             expected_advice(work, scan, &expected));
    for (size_t d = 0; d < DISPOSITION_COUNT; d++)
        finding_add_evidence(work, finding, &scan->evidence[d]);
    finding->excepted = exception_of_client(work, scan->client_host, &scan->client, finding->id);
}

void scans_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict))
{
    for (size_t i = 0; i < work->audit->scan_count; i++)
        for (size_t k = 0; k < work->audit->scans[i].known_count; k++)
            rows_add(work, &work->audit->scans[i], &work->audit->scans[i].known[k]);
    for (size_t i = 0; i < work->audit->scan_count; i++)
        find_scan(work, &work->audit->scans[i], begin(work->audit, verdict_name(work->audit->scans[i].verdict)));
}
