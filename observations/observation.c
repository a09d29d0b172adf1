/* observation: the tables of the four records, and the words of their enums. */
#include "observations/observation.h"

#include "observations/columns.h"

#include <assert.h>
#include <stdio.h>

static const char *const disposition_names[DISPOSITION_COUNT] = {
    "open",       "ok",         "open-no-data", "refused", "prohibited", "unreachable",
    "unanswered", "app-denied", "pending",      "one-way", "damaged",
};

static const char *const decided_by_names[DECIDED_BY_COUNT] = {"port", "content", "handshake"};

const char *disposition_name(enum disposition disposition)
{
    assert(disposition < DISPOSITION_COUNT);
    return disposition_names[disposition];
}

const char *decided_by_name(enum decided_by decided_by)
{
    assert(decided_by < DECIDED_BY_COUNT);
    return decided_by_names[decided_by];
}

const char *observation_transport(uint8_t transport, char out[TRANSPORT_TEXT])
{
    switch (transport) { /* IANA protocol numbers */
    case 1:
    case 58:
        return "icmp";
    case 6:
        return "tcp";
    case 17:
        return "udp";
    case 50:
        return "esp";
    case 51:
        return "ah";
    default:
        snprintf(out, TRANSPORT_TEXT, "%u", transport);
        return out;
    }
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define COLUMN(type, name, member, unit, meaning)                                                                      \
    {name, COLUMN_##type, offsetof(struct RECORD, member), NULL, 0, unit, meaning},
#define WORDS(name, member, meaning)                                                                                   \
    {name, COLUMN_WORD, offsetof(struct RECORD, member), member##_names, COUNT_OF(member##_names), "", meaning},

#define RECORD conversation
static const struct column conversation_columns[] = {SLICE_COLUMNS(COLUMN) CONVERSATION_COLUMNS(COLUMN, WORDS)};
#undef RECORD

#define RECORD fact
static const struct column fact_columns[] = {SLICE_COLUMNS(COLUMN) PAIR_COLUMNS(COLUMN) FACT_VALUE_COLUMNS(COLUMN)
                                                 FACT_EVIDENCE_COLUMNS(COLUMN) FACT_NETWORK_COLUMN(COLUMN)};
#undef RECORD

#define RECORD binding
static const struct column binding_columns[] = {BINDING_COLUMNS(COLUMN)};
#undef RECORD

#define RECORD coverage
static const struct column coverage_columns[] = {COVERAGE_COLUMNS(COLUMN)};
#undef RECORD

#define TABLE(record, name)                                                                                            \
    const struct table record##_table = {name, sizeof(struct record), record##_columns, COUNT_OF(record##_columns)}

TABLE(conversation, "conversations");
TABLE(fact, "facts");
TABLE(binding, "bindings");
TABLE(coverage, "coverage");
