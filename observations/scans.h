/* scans: what one client tried in vain at very many places, put together as one thing instead of a conversation each.
 *
 * An attempt in vain is a flow that no service answered and of which nothing was read: a SYN, a datagram or a ping that
 * was refused, rejected by ICMP, or never answered. When a client tried SCAN_LEAST places (server and port) or more in
 * vain, all its attempts in vain become one scan; what was answered stays a conversation. The observing half already
 * counts those beyond that number under pairs without a server, one a port, so that a scan of millions leaves room for
 * conversations; the gathering adds the others to them. Whether and what is added up depends on what was sent alone,
 * and not on who observed which of it, as long as memory is not short. */
#ifndef OBSERVATIONS_SCANS_H
#define OBSERVATIONS_SCANS_H

#include "observations/store.h"

/* Places tried in vain that make a scan. Below nmap's usual thousand ports of one host. */
#define SCAN_LEAST 512
/* Ports named of a scan. */
#define SCAN_PORTS_NAMED 8
/* The fact that counts, at a pair of a scan, the hosts that no attempt in vain of this client had gone to before; and
 * its other value, where there was no room to remember which they were. */
#define SCAN_HOSTS_KEY  "scan.hosts"
#define SCAN_HOSTS_NEW  "new"
#define SCAN_HOSTS_MORE "more"

/* Is a flow that ended so, and that no dissector named, an attempt in vain? */
bool scan_takes(uint8_t transport, enum disposition disposition);
/* The same of a row. */
bool scan_takes_row(const struct conversation *row);
/* The pair under which an attempt in vain at `of` is added up: any server. */
struct pair scan_pair(const struct pair *of);

struct gathered_scan {
    struct address client;
    uint32_t tunnel, network; /* names, as in a pair */
    uint8_t transport;
    uint64_t hosts, ports;            /* that were tried */
    bool more_hosts, more_ports;      /* there were more: no room to tell them apart */
    uint16_t named[SCAN_PORTS_NAMED]; /* the lowest ports */
    size_t named_count;
    uint64_t flows[DISPOSITION_COUNT];
    struct {
        int64_t first_ns;
        uint32_t source; /* name */
        uint64_t frame;
    } evidence[DISPOSITION_COUNT]; /* the first flow that ended so; frame 0 when there was none */
    uint64_t packets_to_server, packets_to_client, bytes_to_server, bytes_to_client;
    int64_t first_ns, last_ns;
    uint32_t number; /* before they were put in order */
};

struct scans {
    struct gathered_scan *items; /* ordered by first_ns, then by client and transport */
    size_t count;
    uint32_t *of_pair; /* by number of the pair: the scan that takes its attempts in vain, from 1; 0: none does */
    bool *whole;       /* by number of the pair: there is nothing else of it */
};

/* False when memory runs out. Released by scans_fini, also then. */
bool scans_init(struct scans *scans, const struct observations *store);
void scans_fini(struct scans *scans);
/* Which scan takes this row of the pair, from 1? Then it is no part of a conversation. 0: none. */
uint32_t scans_of(const struct scans *scans, uint32_t pair, const struct conversation *row);

#endif
