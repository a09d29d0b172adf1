/* site: what the user says of the own network: hosts with addresses and roles, scope, dynamic range, requirements,
 * exceptions (YAML, read with libfyaml). All memory belongs to the site. */
#ifndef AUDIT_SITE_H
#define AUDIT_SITE_H

#include "audit/table.h"
#include "base/address.h"

/* A port that the site chose where tables leave it open (`port_setting`). */
struct site_port {
    const char *setting;
    uint16_t port;
    size_t line, column; /* in the site file, from 1 */
};

struct static_port {
    uint16_t port;
    const char *service; /* RPC interface name or UUID */
};

struct site_host {
    const char *name;
    struct address *addresses;
    size_t address_count;
    struct texts roles;
    const char *via;     /* the role a load balancer or proxy stands for, "" */
    const char *network; /* in which its addresses are, where networks are kept apart; "": in all */
    struct static_port *static_ports;
    size_t static_port_count;
    struct site_port *ports; /* of this server alone; they stand before the site's */
    size_t port_count;
};

enum member_kind { MEMBER_PREFIX, MEMBER_RANGE, MEMBER_NAME };

/* Which hosts: `10.1.0.0/16` or one address, `10.1.2.10-10.1.2.50`, `cas1.corp.example` or `*.corp.example`. */
struct site_member {
    enum member_kind kind;
    struct prefix prefix;
    struct address low, high; /* both inclusive */
    const char *name;         /* of a host of the site, or as read on the wire */
};

struct site_role { /* a role held by all of these */
    const char *role;
    struct site_member *members;
    size_t member_count;
};

/* Overrides what the table says of a path. Who names only a cadence wants the path to be used that often: it is
 * required then. Whether there is such a path only they know who have the tables. */
struct site_requirement {
    const char *path;
    enum requirement required;
    uint64_t cadence_ns; /* 0: the table's */
    const char *trigger; /* "": the table's */
    bool says_needs;     /* false: `needs` is the table's */
    enum needs needs;
    size_t line, column; /* in the site file, from 1 */
};

struct site_exception {
    struct texts from, to; /* host names, addresses, prefixes or roles; empty: any */
    struct port *ports;
    size_t port_count;
    const char *until; /* YYYY-MM-DD, "" for ever */
    int64_t until_ns;  /* the end of that day in UTC (the first instant after it), 0 for ever */
    const char *reason;
    const char *finding; /* id of one finding, "" */
    size_t line;         /* in the site file, from 1 */
};

/* The weakest Kerberos tickets that will do, from weak to strong. */
enum ticket_floor { TICKETS_ANY, TICKETS_RC4, TICKETS_AES };

struct site {
    const char *name, *file;
    struct texts tables;
    struct prefix *scope; /* empty: everything */
    size_t scope_count;
    uint16_t dynamic_low, dynamic_high; /* declared dynamic RPC range; 0,0 when not declared */
    unsigned tls_floor;                 /* as in struct expectation, for all rows; 0: none */
    enum ticket_floor ticket_floor;     /* AES unless the file says otherwise */
    struct site_host *hosts;
    size_t host_count;
    struct site_role *roles;
    size_t role_count;
    struct site_port *ports;
    size_t port_count;
    struct site_requirement *requirements;
    size_t requirement_count;
    struct site_exception *exceptions;
    size_t exception_count;
    void *memory;
};

/* As table_load: all problems at once, file:line:column: key: ... */
struct site *site_load(const char *file, struct failure *failure);
void site_destroy(struct site *site);

#endif
