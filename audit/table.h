/* table: an expected data-path table as its file states it (docs/tables-and-sites.md: YAML, read with libfyaml).
 *
 * A path is a row of the reference: from a role, to a role, on ports, with an expected authentication and encryption.
 * A row with several components has parts, each with its own expectation; a row without has exactly one part, so that
 * whoever matches sees parts only. All memory belongs to the table. */
#ifndef AUDIT_TABLE_H
#define AUDIT_TABLE_H

#include "base/failure.h"
#include "base/uuid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct texts {
    const char **items;
    size_t count;
};

bool texts_have(const struct texts *texts, const char *word);

enum port_kind {
    PORT_FIXED,       /* low..high of transport; low == high for one port */
    PORT_DYNAMIC_RPC, /* any port learned from a mapper or proved by an RPC bind */
    PORT_DYNAMIC,     /* `dynamic-tcp 16000-17000`, `dynamic-udp`, `dynamic-port`: any port of transport in low..high */
    PORT_PROTOCOL,    /* `proto 50`: an IP protocol without ports */
    PORT_ANY,         /* `any`, `any/tcp` */
};

struct port {
    enum port_kind kind;
    uint8_t transport; /* 6, 17, the protocol number, or 0 for either of TCP and UDP (and, in `any`, for all else) */
    /* Both inclusive. Where the file says no range: 0 and 0 for PORT_DYNAMIC_RPC (learned, wherever it is), 1024 to
     * 65535 for PORT_DYNAMIC, 0 to 65535 for PORT_ANY. */
    uint16_t low, high;
    const char *text; /* as written: "389/udp" */
};

/* The words for authentication, ended by NULL. `ntlm` means any version of it; `negotiate` Kerberos, else NTLM;
 * `simple` an LDAP bind with a password and `basic` any other name and password in readable form (HTTP Basic, LOGIN,
 * PLAIN, USER); `digest` a challenge answered with a hash; `forms` a logon page; `certificate` a client's, `mtls` those
 * of both ends, `direct-trust` mutual TLS where the directory vouches for the certificate; `bearer` an OAuth token;
 * `password` one that belongs to a server (X.400 MTA). */
extern const char *const authentication_words[];
/* The words for encryption, ended by NULL. `tls` from the first byte, `starttls` after a command of that name (STLS
 * too), `anonymoustls` after X-ANONYMOUSTLS; `any` where the reference says that it is encrypted and not how. An empty
 * list: none is supported. */
extern const char *const encryption_words[];
extern const char *const protocol_words[]; /* NULL at the end, as all of these */

/* Versions of TLS from the oldest, ended by NULL: as tables write them, and as observations do. */
extern const char *const tls_floor_words[];
extern const char *const tls_version_names[];

enum answer { ANSWER_UNSAID, ANSWER_NO, ANSWER_YES };

struct expectation {
    struct texts authentication_default, authentication_supported; /* kerberos ntlm basic direct-trust ... */
    struct texts encryption_supported; /* tls starttls anonymoustls rpc-privacy ldap-seal ipsec ... */
    enum answer encryption_default;    /* encrypted by default? */
    unsigned tls_floor;                /* where TLS is used, the oldest version that will do: 1 + its index; 0: any */
    bool checked; /* false: clear by design (endpoint mapper, DNS, CLDAP, KDC ...); nothing is compared */
};

struct part {
    struct texts from, to; /* roles; the path's own unless the part says otherwise */
    struct port *ports;
    size_t port_count;
    const char *protocol;  /* value of the protocol column, "" when the row does not say */
    struct texts services; /* RPC interface names or UUIDs, or URL paths (begin with '/'), or SMTP verbs; empty: any */
    bool both_directions;  /* either end may open the connection */
    const char *port_setting; /* under this name the site may give it another port, "" */
    struct expectation expectation;
};

enum requirement { REQUIRED_NO, REQUIRED_YES, REQUIRED_WHEN_TRIGGERED, REQUIRED_NEVER };
enum needs { NEEDS_ANY_SERVER, NEEDS_EACH_PAIR, NEEDS_ANY };
extern const char *const need_words[]; /* in this order, ended by NULL */

/* How sure the source of a row is: it says all of it; only a part of it, and what stands under `inferred` or in the
 * note is ours; nothing that was read says so. */
enum certainty { CERTAINTY_STATED, CERTAINTY_PARTLY, CERTAINTY_UNVERIFIED };
/* The words for these, in this order, ended by NULL. */
extern const char *const certainty_words[];

/* The cells as the reference prints them, "" or "-" where it says nothing. */
struct cells {
    const char *ports, *default_authentication, *supported_authentication, *encryption, *encrypted_by_default;
};

struct path {
    const char *id, *name, *section; /* section: the table of the reference the row stands in, "" */
    const char *source;              /* the document, "" when nobody says */
    enum certainty certainty;
    bool borrowed; /* stands in an included table that has a source of its own */
    struct texts from, to;
    struct part *parts;
    size_t part_count;
    enum requirement required;
    enum needs needs;
    const char *trigger;   /* "" */
    uint64_t cadence_ns;   /* 0: none */
    struct texts inferred; /* which columns (from, to, ports ...) are our inference, not the reference's word */
    const char *note;      /* in our own words, "" */
    struct cells cells;
    const char *file; /* the table's own, or the included one it stands in */
    size_t line;      /* in that file, from 1 */
};

struct rule {
    const char *id, *name, *program, *note;
    const char *source; /* the document: that of the table, "" when nobody says */
    struct texts roles;
    struct port *ports;
    size_t port_count;
};

/* A fact of the reference's notes: shown, and checked by the rows that it names. */
struct table_fact {
    const char *id, *name, *text, *section;
    const char *source; /* the document, "" when nobody says */
    enum certainty certainty;
    struct texts from, to;
    struct port *ports;
    size_t port_count;
    struct texts inferred; /* as that of a path */
    struct cells cells;
    struct texts checked_by; /* ids of the paths by which traffic is held to it; empty: no packet can show it */
    const char *file;
    size_t line, column;
};

struct path_table {
    const char *name, *title, *source, *file;
    struct texts include;
    struct path *paths; /* those of its fragments, its own, then those of other tables that it includes */
    size_t path_count;
    struct rule *rules;
    size_t rule_count;
    struct table_fact *facts;
    size_t fact_count;
    void *memory;
};

/* What a part does not say it takes from its path: roles, protocol, services, both_directions, authentication,
 * encryption and checked, each as a whole.
 *
 * Loads a table from a file. `folder` is where tables named under `include` are looked for (NAME.yaml); may be NULL
 * when nothing is included. Every problem is added to the failure as `file:line:column: key: what is wrong, and what
 * would be right`. NULL when there was any. The caller destroys it. */
struct path_table *table_load(const char *file, const char *folder, struct failure *failure);
/* Gives every part with this port_setting the port instead of its own fixed and dynamic RPC ports: a service that has
 * a static port is on no other. False when there is none. */
bool table_set_port(struct path_table *table, const char *setting, uint16_t port);
void table_destroy(struct path_table *table);

/* All role names that tables and sites may use (docs: roles), ended by NULL. */
extern const char *const role_names[];
bool role_is_known(const char *role);
/* The roles a role name stands for: `exchange-2010` is hub, edge, mailbox, client-access, unified-messaging; a plain
 * role is itself. Does `held` fulfil `wanted`? `any` is fulfilled by every host, also one without a role; a global
 * catalog is also a domain controller. */
bool role_fulfils(const char *held, const char *wanted);

#endif
