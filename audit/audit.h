/* audit: observations, tables and a site in; one judged set out. Reports get this set and nothing else.
 *
 * The semantics are docs/verdicts.md: what happened (disposition) and which row it belongs to (match) give the verdict
 * of a session class; a conversation has the verdict of its worst class; pairs of hosts and rows are rolled up from
 * there. All text and arrays belong to the audit. */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "audit/interfaces.h"
#include "audit/site.h"
#include "audit/table.h"
#include "observations/gather.h"

enum match {
    MATCH_ROW,
    MATCH_DYNAMIC,
    MATCH_AMBIGUOUS,
    MATCH_NO_ROW,
    MATCH_UNKNOWN_ROLE,
    MATCH_OUT_OF_SCOPE,
    MATCH_COUNT
};
const char *match_name(enum match match); /* "row", "dynamic", "ambiguous", "no-row", "unknown-role", "out-of-scope" */

/* From the worst to the best; OUT_OF_SCOPE is never judged. */
enum verdict {
    VERDICT_DEVIATING,
    VERDICT_BLOCKED,
    VERDICT_REFUSED,
    VERDICT_UNEXPECTED,
    VERDICT_UNEXPECTED_ATTEMPT,
    VERDICT_UNDETERMINED,
    VERDICT_UNCLASSIFIED,
    VERDICT_CONFORMING,
    VERDICT_OUT_OF_SCOPE,
    VERDICT_COUNT
};
const char *verdict_name(enum verdict verdict);
/* Refused, denied, prohibited, unreachable or unanswered. */
bool disposition_is_failure(enum disposition disposition);

enum encryption_check {
    ENCRYPTION_NOT_CHECKED, /* "" : no row, or clear by design */
    ENCRYPTION_AS_EXPECTED,
    ENCRYPTION_WEAKER,
    ENCRYPTION_STRONGER,
    ENCRYPTION_OPTIONAL_UNUSED,
    ENCRYPTION_NOT_OBSERVABLE,
    ENCRYPTION_CHECK_COUNT
};
const char *encryption_check_name(enum encryption_check check);

enum authentication_check {
    AUTHENTICATION_NOT_CHECKED,
    AUTHENTICATION_DEFAULT,
    AUTHENTICATION_SUPPORTED,
    AUTHENTICATION_UNSUPPORTED,
    AUTHENTICATION_IS_ANONYMOUS,
    AUTHENTICATION_FALLBACK,
    AUTHENTICATION_CONSISTENT,
    AUTHENTICATION_NOT_OBSERVABLE,
    AUTHENTICATION_CHECK_COUNT
};
const char *authentication_check_name(enum authentication_check check);

enum path_verdict {
    PATH_FAILING,
    PATH_MISSING,
    PATH_FORBIDDEN_SEEN,
    PATH_DEVIATING,
    PATH_DEGRADED,
    PATH_UNOBSERVABLE,
    PATH_SATISFIED,
    PATH_NOT_EXERCISED,
    PATH_NOT_APPLICABLE,
    PATH_VERDICT_COUNT
};
const char *path_verdict_name(enum path_verdict verdict);

enum severity { SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_LOW, SEVERITY_INFO, SEVERITY_COUNT };
const char *severity_name(enum severity severity);

/* How a server's service is weak, the gravest first. */
enum weakness {
    WEAKNESS_NONE,
    WEAKNESS_PASSWORD,       /* takes passwords that anybody on the way can read */
    WEAKNESS_CLEAR,          /* does not encrypt where its row does */
    WEAKNESS_SIGNED,         /* signs only, or encrypts less than its row */
    WEAKNESS_TLS,            /* TLS below the floor */
    WEAKNESS_TICKET,         /* Kerberos tickets below the floor */
    WEAKNESS_AUTHENTICATION, /* authentication that its row does not list */
    WEAKNESS_CERTIFICATE,    /* expired or about to, signed by itself, or of another name */
    WEAKNESS_COUNT
};
const char *weakness_name(enum weakness weakness);

enum conclusion { CONCLUSION_CONFORMS, CONCLUSION_FINDINGS, CONCLUSION_UNDETERMINED };
const char *conclusion_name(enum conclusion conclusion);

struct evidence {
    const char *source; /* file or interface, "" when none */
    uint64_t frame;     /* from 1; 0 when none */
};

struct host_role {
    const char *role;
    bool inferred;
    struct texts evidence; /* why, for inferred ones */
};

struct host {
    const char *name;    /* of the site file, else the address, as 10.0.0.1%vlan:10 when networks are kept apart */
    const char *network; /* in which its addresses are, such as "vlan:10"; "": in all */
    struct address *addresses;
    size_t address_count;
    struct texts names; /* read on the wire */
    struct host_role *roles;
    size_t role_count;
    struct texts conflicts;        /* what it was seen to do that its declared roles do not cover, with the evidence */
    const char *via;               /* the role that it stands for as load balancer or proxy, "" */
    bool declared;                 /* stands in the site file */
    const struct site_port *ports; /* that the site gives this server where tables leave them open */
    size_t port_count;
    bool seen;
};

struct judged_fact {
    const char *key, *value;
    uint64_t flows;
    int64_t first_ns;
    struct evidence evidence;
};

struct judged_session {
    const char *authentication, *encryption, *protection; /* as observed, "" when not read */
    enum disposition disposition;
    enum verdict verdict;
    enum encryption_check encryption_check;
    enum authentication_check authentication_check;
    uint64_t flows;
    int64_t first_ns, last_ns;
    struct evidence evidence;
    const char *why;                   /* one clause for people: "SMTP AUTH LOGIN in clear, TLS expected" ; "" */
    const char *weakness, *wanted;     /* encrypted, and weaker than it should be: how, and what would do; "" */
    enum weakness aged;                /* which of TLS and TICKET `weakness` is, NONE when it is "" */
    const struct judged_fact *weak_by; /* what said so: of tickets, in how many flows and where first; else NULL */
};

/* A row (and the part of it) that a conversation belongs to. */
struct owner {
    size_t path; /* index into struct audit.paths */
    size_t part; /* index into that path's parts */
};

struct judged_conversation {
    struct address client, server;
    uint32_t pair;                   /* its number in the store, 0: none */
    size_t client_host, server_host; /* indices into struct audit.hosts */
    uint8_t transport;
    uint16_t port;
    const char *transport_text; /* "tcp", "udp", "icmp", "esp", "ah" or the number */
    const char *protocol, *tunnel, *second_opinion;
    const char *network;   /* in which client and server are, "" unless networks are kept apart */
    struct texts services; /* names of RPC interfaces (or UUIDs) this port is known for, by ledger or bind */
    enum match match;
    char grade; /* 'A' to 'D', 0 when not by a dynamic port */
    bool rpc;   /* an RPC service is known to live at this port; false of the mapper's own */
    bool probable;
    struct owner *owners; /* more than one: what the wire cannot tell apart */
    size_t owner_count;
    struct texts allowed_by; /* ids of firewall rules */
    enum verdict verdict;
    const char *nearest_path; /* id, "" when none is near */
    const char *nearest_why;
    struct judged_session *sessions;
    size_t session_count;
    uint64_t flows;
    uint64_t packets_to_server, packets_to_client, bytes_to_server, bytes_to_client, missing_bytes;
    enum decided_by decided_by;
    int64_t first_ns, last_ns;
    struct judged_fact *facts;
    size_t fact_count;
};

/* What tells which service a conversation belongs to: "content" (its own bytes), "ledger" (a message that told the
 * port), "port-and-role" (a row has the port between such hosts, and nothing was read), "second-opinion", or "". */
const char *conversation_recognised_by(const struct judged_conversation *conversation);

/* A port that a scan tried and a row speaks of. */
struct scan_port {
    uint16_t port;
    uint64_t flows;     /* in vain, to whatever hosts */
    struct texts paths; /* ids of the rows by which this client may be expected there; empty: none */
};

/* What one client tried in vain at very many places (observations/scans.h). */
struct judged_scan {
    struct address client;
    size_t client_host; /* index into struct audit.hosts */
    uint8_t transport;
    const char *transport_text, *tunnel, *network;
    enum verdict verdict;             /* unexpected-attempt */
    uint64_t hosts, ports;            /* that were tried */
    bool more_hosts, more_ports;      /* there were more than that: no room to tell them apart */
    uint16_t named[SCAN_PORTS_NAMED]; /* the lowest ports */
    size_t named_count;
    struct scan_port *known; /* ordered by port */
    size_t known_count;
    uint64_t flows, dispositions[DISPOSITION_COUNT]; /* in all, and by how they ended */
    struct evidence evidence[DISPOSITION_COUNT];     /* the first flow that ended so */
    uint64_t packets_to_server, packets_to_client, bytes_to_server, bytes_to_client;
    int64_t first_ns, last_ns;
};

struct judged_pair {
    size_t client_host, server_host;
    enum path_verdict verdict;
    const char *reason;
    size_t cause; /* index of the conversation that failed before this could be tried, SIZE_MAX: none */
};

struct judged_path {
    const struct path_table *table;
    const struct path *path;
    enum requirement required; /* after the site's word */
    uint64_t cadence_ns;       /* the same; 0: nobody says how often */
    const char *trigger;       /* the same; "": none */
    enum needs needs;          /* the same */
    enum path_verdict verdict;
    bool probable;
    bool verified;   /* something that was read of a session agrees with what the row expects */
    bool unreadable; /* the row expects something of a session of which nothing could be read */
    const char *reason;
    uint64_t conversations, bytes;
    struct texts authentication, encryption; /* what was observed, without repeats */
    struct texts ports_seen;                 /* of a row with several parts: where sessions went well */
    struct judged_pair *pairs;
    size_t pair_count;
    uint64_t left_out[PATH_VERDICT_COUNT]; /* of a row asked of very many pairs: those that never met and are not in
                                              `pairs`, but like another one of the same client that is */
    uint64_t without_room;                 /* the same, and counted there, too: those that memory was too short for */
    const char *left_out_excepted;         /* of those who are missing and left out: as of a finding; NULL: none is */
};

/* How many that is. */
uint64_t path_left_out(const struct judged_path *path);

/* One line of the port ledger: this interface lives at this endpoint of this server. */
struct endpoint {
    struct address server;
    const char *network; /* in which all its addresses are, "" unless networks are kept apart */
    size_t server_host;
    uint8_t transport;
    uint16_t port;
    const char *endpoint; /* text of endpoints without a number */
    const char *protocol_sequence;
    bool has_tower_address;
    struct address tower_address; /* where it differs from the server and is not zero */
    struct uuid interface;
    uint16_t major, minor;
    const char *name; /* "" when not in the files */
    const char *annotation;
    struct texts learned_from;
    struct address *clients; /* who was told, or who bound */
    size_t client_count;
    struct address *users; /* who connected to it */
    size_t user_count;
    uint64_t flows;        /* that connected to it */
    uint64_t failed_flows; /* of them unanswered, refused or prohibited */
    uint64_t times;        /* messages that said so */
    bool outside_range;    /* of the declared dynamic range */
    int64_t ended_ns;      /* when the service left this port, 0: it did not */
    uint16_t moved_to;     /* the port that the server named instead, 0: none */
    int64_t first_ns, last_ns;
    struct evidence evidence;
};

struct finding {
    char id[17];         /* stable hash of subject and verdict, hexadecimal */
    const char *verdict; /* verdict_name, path_verdict_name or "broken-chain" */
    enum severity severity;
    const char *subject; /* one line: who, to whom, where */
    const char
        *explain;       /* plain words: what was seen, what was expected, row and its source, grade, counts, coverage */
    const char *advice; /* one line */
    struct evidence *evidence;
    size_t evidence_count;
    const char *excepted; /* reason of the site's exception, "" when none applies */
    size_t conversation;  /* index, or SIZE_MAX */
    size_t together;      /* conversations that are told at once, `conversation` is the first; 0 reads as 1 */
    size_t path;          /* index, or SIZE_MAX */
};

/* One way in which one port of a server is weak. */
struct server_weakness {
    enum weakness kind;
    enum severity severity; /* as in the findings: high, medium, or info of certificates */
    uint8_t transport;
    uint16_t port;
    const char *transport_text;
    const char *what; /* "POP3 PLAIN without TLS" */
    uint64_t conversations, flows;
    int64_t first_ns;
    struct evidence evidence; /* of the first */
};

/* A server of which weaknesses were read that the site does not except. */
struct weak_server {
    size_t host;                        /* index into struct audit.hosts */
    struct server_weakness *weaknesses; /* the gravest first */
    size_t weakness_count;
    uint64_t severities[SEVERITY_COUNT];        /* how many of them are how grave */
    uint64_t conversations, weak_conversations; /* in scope; those with more than information */
    const char *reasons;                        /* "passwords in clear on 80/tcp and 110/tcp; old TLS on 993/tcp" */
};

struct judged_rule {
    const struct path_table *table;
    const struct rule *rule;
    const char *verdict; /* used, unused, not-applicable */
    bool probable;       /* used, but always beside rules of other programs: packets do not name the program */
    uint64_t conversations;
};

/* A row that has the port of a conversation and is not its own. */
struct near_row {
    size_t path; /* index into struct audit.paths */
    unsigned score;
    const char *why; /* "fits but cas2 is not a mailbox server" */
};

struct work;

struct audit {
    int64_t first_ns, last_ns;
    const struct coverage *coverages; /* as observed; names resolve through `store` */
    size_t coverage_count;
    uint64_t one_way_conversations;
    const struct observations *store;
    const struct path_table *const *tables;
    size_t table_count;
    const char *table_reason; /* why we chose the table, "" when the user named it */
    const struct site *site;  /* NULL without one */
    struct host *hosts;
    size_t host_count;
    struct texts unread_names; /* "desk (mapi-client)": names under `roles` of the site that no host was seen to have */
    struct judged_path *paths;
    size_t path_count;
    struct judged_rule *rules;
    size_t rule_count;
    struct judged_conversation *conversations; /* ordered by first_ns, client, server, port */
    size_t conversation_count;
    struct judged_scan *scans; /* ordered by first_ns */
    size_t scan_count;
    struct endpoint *endpoints; /* ordered by server, port, interface */
    size_t endpoint_count;
    struct finding *findings; /* most important first */
    size_t finding_count;
    struct weak_server *weak_servers; /* the weakest first */
    size_t weak_server_count;
    uint64_t conversation_counts[VERDICT_COUNT];
    uint64_t path_counts[PATH_VERDICT_COUNT];
    enum conclusion conclusion;
    int exit_status;   /* of `audit`: 0, 1 or 3 */
    struct work *work; /* what later questions need (audit_near_rows); NULL when nothing was judged */
    void *memory;
};

/* What the packets were wrapped in; "" where the names of both ends say it already, as 10.0.0.1%vlan:10 does. */
const char *conversation_wrapped_in(const struct audit *audit, const struct judged_conversation *conversation);

struct audit_inputs {
    const struct observations *store;
    const struct path_table *const *tables;
    size_t table_count;
    const struct site *site; /* NULL: roles are inferred */
    const struct interfaces *interfaces;
    const char *table_reason; /* "" or NULL when the user named the tables; borrowed */
    size_t memory_bytes;      /* beyond which pairs of hosts are counted and not listed; 0: all are listed */
};

/* NULL with a failure when memory runs out. Inputs are borrowed as long as the audit lives. */
struct audit *audit_create(const struct audit_inputs *inputs, struct failure *failure);
void audit_destroy(struct audit *audit);

/* Which other rows have the conversation's port, the nearest first, and what keeps each from owning it. Their memory is
 * the audit's. */
size_t audit_near_rows(const struct audit *audit, size_t conversation, struct near_row **rows);

/* For how long, between its first and last packet, anything was captured: less than all where captures have pauses
 * between them. */
int64_t audit_watched_ns(const struct audit *audit);

/* Is shown an audit of which conversations are matched to rows, and nothing is judged; borrowed for the call only. */
typedef void audit_seen(const struct audit *audit, size_t table, void *context);
/* Matches all conversations to each of these tables alone, and shows each match: what does not depend on tables, most
 * of the work, is done once. False with a failure when memory runs out. */
bool audit_match_each(const struct audit_inputs *inputs, struct path_table *const *tables, size_t count,
                      audit_seen *seen, void *context, struct failure *failure);

/* The ledger alone, for `endpoints`: an audit with hosts and endpoints and no tables is made of inputs with table_count
 * 0. */

#endif
