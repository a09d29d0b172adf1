/* diff: what changed between two audits, as they were read back (audit_file.h).
 *
 * Worse and better are words of a fixed order of verdicts (docs/comparing.md): something is worse when it fails, or
 * goes wrong, more than before; what was not seen again is gone, and neither. A port that merely moved with its
 * interface is one line and no change of the conversations on it. All text is borrowed from the two documents or
 * belongs to the diff. */
#ifndef REPORTS_DIFF_H
#define REPORTS_DIFF_H

#include "audit/table.h"
#include "base/failure.h"
#include "reports/report.h"

#include <jansson.h>

enum change_kind { CHANGE_CONVERSATION, CHANGE_PATH, CHANGE_PAIR, CHANGE_FINDING, CHANGE_KIND_COUNT };
const char *change_kind_name(enum change_kind kind); /* "conversation", "path", "pair", "finding" */

enum direction { DIRECTION_WORSE, DIRECTION_BETTER, DIRECTION_CHANGED, DIRECTION_NEW, DIRECTION_GONE, DIRECTION_COUNT };
const char *direction_name(enum direction direction); /* "worse", "better", "changed", "new", "gone" */

struct change {
    enum change_kind kind;
    enum direction direction;
    const json_t *old, *new;     /* the thing itself in each audit; NULL where it is not. Of a pair: its path */
    const char *was, *is;        /* verdicts, "" where it is not */
    const char *client, *server; /* names of a pair; "" of all else */
    const char *why;             /* of a pair or path: the reason as it is; "" */
    const json_t *finding;       /* of a conversation or path: the finding that explains it, NULL */
    bool told; /* of a finding: it stands with a conversation or a path, and text need not tell it again */
};

/* Interfaces of a server that were handed out at other ports than before, or only in one of the audits. */
struct moved_ports {
    const char *server, *name, *transport; /* address and name of the host */
    struct texts interfaces;
    const char *old_ports, *new_ports; /* "49153, 49160"; "" where there are none */
};

struct diff {
    const json_t *old, *new;
    const char *old_name, *new_name; /* of the files */
    struct change *changes;          /* by direction, then kind, in the order of the audits */
    size_t change_count;
    size_t counts[DIRECTION_COUNT];
    struct moved_ports *ports;
    size_t port_count;
    struct texts limits; /* what makes the two hard to compare, each a sentence */
    void *memory;
};

/* NULL with a failure when memory runs out, or when the two cannot be compared at all. The documents are borrowed as
 * long as the diff lives. */
struct diff *diff_create(const char *old_name, const json_t *old, const char *new_name, const json_t *new,
                         struct failure *failure);
void diff_destroy(struct diff *diff);

/* What got worse first. */
void diff_text(const struct diff *diff, const struct report_options *options, FILE *out);
/* pathaudit.diff/1 */
void diff_json(const struct diff *diff, const struct report_options *options, FILE *out);

/* A text member; "" when it is not there. */
const char *diff_word(const json_t *object, const char *key);
/* "cas1 -> mbx1 6004/tcp", of a conversation or a finding about one. */
void diff_name_conversation(const json_t *conversation, char *out, size_t size);

#endif
