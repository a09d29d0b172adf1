/* options: the command line as a struct (docs: the contract of commands). */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/failure.h"
#include "capture/device.h"
#include "observations/where.h"
#include "reports/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OPTIONS_MOST 256 /* of a repeatable option */

enum command {
    COMMAND_AUDIT,
    COMMAND_ENDPOINTS,
    COMMAND_OBSERVE,
    COMMAND_RULES,
    COMMAND_ROLES,
    COMMAND_TABLES,
    COMMAND_DIFF,
    COMMAND_WATCH,
    COMMAND_COUNT
};
enum form {
    FORM_TEXT,
    FORM_JSON,
    FORM_JSONL,
    FORM_CSV,
    FORM_ECS,
    FORM_TSV,
    FORM_NFTABLES,
    FORM_WINDOWS,
    FORM_CISCO,
    FORM_YAML,
    FORM_HTML,
    FORM_COUNT
};
enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

struct words {
    const char *items[OPTIONS_MOST];
    size_t count;
};

struct options {
    enum command command;
    bool help, version;
    bool help_all;               /* not only what is often needed */
    struct words files;          /* -r */
    struct words devices;        /* -i */
    struct words from;           /* --from: places (observations/where.h) */
    struct words tables;         /* -t */
    struct words rpc_interfaces; /* --rpc-interfaces */
    struct words operands;       /* words of `tables`: list | show NAME | check FILE...; of `diff`: OLD NEW */
    char *filter;                /* trailing words joined, or NULL; heap */
    const char *site, *out_file, *where, *explain, *sensor;
    const char *ledger;        /* --ledger, or NULL */
    const char *propose;       /* --propose-exceptions, or NULL */
    const char *host;          /* --for, or NULL */
    const char *listen;        /* --listen, or NULL */
    const char *token_file;    /* --token-file, or NULL */
    struct words findings;     /* --findings */
    const char *anonymize_key; /* --anonymize-key, or NULL */
    bool anonymize;
    const char *user;             /* --user, or NULL */
    const char *keep_file;        /* -w, or NULL */
    unsigned keep_verdicts;       /* bit n: enum verdict n; 0: default */
    uint64_t keep_mib;            /* 0: default */
    struct device_options device; /* how interfaces are opened */
    enum form form;
    enum report_only only;
    enum colour colour;
    bool form_given, quiet, all, no_second_opinion, no_sandbox, keep_apart;
    bool follow;       /* --follow: files of -r are still being written */
    size_t memory_mib; /* 0: default */
    unsigned every_s;  /* reports in between; 0: none */
    unsigned fanout;   /* readers that share the packets of each interface; 0: one has all */
    bool workers_given;
    unsigned workers;    /* threads that observe, beside the one that reads */
    uint64_t duration_s; /* 0: no end */
    uint64_t packets;    /* 0: no end */
    const char *spool;   /* --spool, or NULL */
    uint64_t spool_mib;  /* 0: default */
    bool send_every_given;
    unsigned send_every_s; /* --send-every; 0: at the end */
    int64_t since_ns;      /* --since and --until of --from; 0: open */
    int64_t until_ns;
};

/* argv[1] is the command. False with a failure that says what was wrong and what would be right. */
bool options_parse(struct options *options, int argc, char **argv, struct failure *failure);
void options_fini(struct options *options);
/* The last step of options_parse: do options and inputs go together? `command` is the command's word. */
bool options_check(const struct options *options, const char *command, struct failure *failure);

/* What -O and --spool say together. */
struct where_needs options_spool(const struct options *options);
/* The folder that -O writes to: that of the place, or the one where rows for a database wait. */
const char *options_folder_written(const struct options *options);
/* Is a place of the command line reached over the network? */
bool options_connect(const struct options *options);

/* Does the command read packets (-r, -i)? */
bool options_read_packets(enum command command);

/* Writes the help of one command, what is often needed or all of it; or with COMMAND_COUNT of all commands. */
void options_help(enum command command, bool all, FILE *out);
/* The same for a terminal of so many columns, where 100 are too many. */
void options_help_narrow(enum command command, bool all, unsigned width, FILE *out);
#define HELP_WIDTH       100 /* columns of help as it is written */
#define HELP_TEXT_COLUMN 27  /* where the text of an option begins */

#endif
