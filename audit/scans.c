/* scans: see audit/scans.h. */
#include "audit/scans.h"

#include "audit/exceptions.h"
#include "audit/explain.h"
#include "audit/findings.h"
#include "audit/hosts.h"
#include "audit/tell.h"
#include "audit/verdicts.h"

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

bool scans_recall(struct work *work, const struct scans *scans)
{
    struct audit *audit = work->audit;
    audit->scans = arena_take_many(work->arena, scans->count, sizeof *audit->scans);
    for (size_t i = 0; i < scans->count && audit->scans != NULL; i++)
        audit->scans[audit->scan_count++] = scan_copy(work, &scans->items[i]);
    return audit->scans != NULL;
}

void scans_meet_hosts(struct work *work)
{
    for (size_t i = 0; i < work->audit->scan_count; i++) {
        struct judged_scan *scan = &work->audit->scans[i];
        scan->client_host = hosts_find(work, &scan->client, scan->network);
        work->audit->hosts[scan->client_host].seen = true;
    }
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
    finding->explain = tell(work->arena,
                            "%s to %s%s: %s. From %d places on, what one client tries in vain is added up: which port "
                            "of which host it was is not kept, nor whether a row has it. What was answered stands with "
                            "the conversations.",
                            tell_many(work->arena, scan->flows, "flow"), hosts, ports_tell(work, scan),
                            ends_tell(work, scan), SCAN_LEAST);
    finding->advice =
        tell(work->arena, "find out what runs on %s; a scanner of your own is excepted in the site file", client);
    for (size_t d = 0; d < DISPOSITION_COUNT; d++)
        finding_add_evidence(work, finding, &scan->evidence[d]);
    finding->excepted = exception_of_client(work, scan->client_host, &scan->client, finding->id);
}

void scans_find(struct work *work, struct finding *(*begin)(struct audit *audit, const char *verdict))
{
    for (size_t i = 0; i < work->audit->scan_count; i++)
        find_scan(work, &work->audit->scans[i], begin(work->audit, verdict_name(work->audit->scans[i].verdict)));
}
