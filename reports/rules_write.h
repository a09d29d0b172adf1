/* rules_write: what the three forms of firewall rules share: words that are safe in each of them, comments, and the
 * evidence of a rule.
 *
 * Names come from the wire and from files; in a rule file they could end a comment or a string. Through rules_safe only
 * ASCII letters, digits, blanks and a few signs are left, none of which means anything in a comment or between the
 * quotes of nftables, PowerShell or an access list; all else becomes '_'. */
#ifndef REPORTS_RULES_WRITE_H
#define REPORTS_RULES_WRITE_H

#include "reports/permits.h"
#include "reports/phrase.h"
#include "reports/report.h"

struct rules {
    const struct audit *audit;
    const struct report_options *options;
    const struct permits *permits;
    FILE *out;
    const char *comment; /* how a comment line begins: "# " */
    unsigned width;      /* of a comment line */
};

/* A safe copy, cut when `size` is small. Returns `out`. */
const char *rules_safe(const char *text, char *out, size_t size);
/* A comment of one or more lines, made safe; later lines stand a little to the right. */
void rules_comment(const struct rules *rules, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What was read, by which tables and site, and what the reader must do before using it. */
void rules_head(const struct rules *rules, const char *form);
/* Which rule this is, who talks to whom, and what it stands on. */
void rules_evidence(const struct rules *rules, const struct permit *permit, size_t number);
/* "cas1" or the address, safe. */
const char *rules_host(const struct rules *rules, const struct permit *permit, char *out, size_t size);
/* "tcp", "udp", "esp" ... */
const char *rules_transport(const struct permit *permit, char out[TRANSPORT_TEXT]);
/* The prefix as people write it, "10.1.0.0/16", or a single address. */
#define PREFIX_TEXT (ADDRESS_TEXT + 4)
const char *rules_prefix(const struct prefix *prefix, char out[PREFIX_TEXT]);
/* How many entries the clients are written as, and one of them: addresses, or prefixes of their role. */
size_t rules_client_count(const struct permit *permit);
struct prefix rules_client(const struct permit *permit, size_t i);
/* Does this entry say anything? Prefixes of the other family than the server's, and those inside of another, do not. */
bool rules_client_counts(const struct permit *permit, size_t i);

#endif
