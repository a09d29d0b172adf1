/* observation: the columns of the four records, once, and the words of their enums. */
#include "observations/observation.h"

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

#define COLUMN(name, type, member, unit, meaning)                                                                      \
    {                                                                                                                  \
        name, COLUMN_##type, offsetof(struct RECORD, member), NULL, 0, unit, meaning                                   \
    }
#define WORDS(name, words, member, meaning)                                                                            \
    {                                                                                                                  \
        name, COLUMN_WORD, offsetof(struct RECORD, member), words, sizeof(words) / sizeof((words)[0]), "", meaning     \
    }
#define TIME_UNIT "ns since 1970 UTC"

#define PAIR_COLUMNS                                                                                                   \
    COLUMN("client", ADDRESS, pair.client, "", "who opened the conversation"),                                         \
        COLUMN("server", ADDRESS, pair.server, "", "who was called"),                                                  \
        COLUMN("transport", U8, pair.transport, "IP protocol", "6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6, 50 ESP, 51 AH"),     \
        COLUMN("port", U16, pair.port, "", "of the server; 0 without ports"),                                          \
        COLUMN("tunnel", NAME, pair.tunnel, "",                                                                        \
               "what the packets were wrapped in, from outside, such as gre/vlan:100")

#define NETWORK_COLUMN(member)                                                                                         \
    COLUMN("network", NAME, member, "",                                                                                \
           "in which its addresses are, such as vlan:100; empty unless networks were kept apart")

#define ORIGIN_COLUMNS                                                                                                 \
    COLUMN("run", NAME, run, "", "one run of the observing program"), COLUMN("sensor", NAME, sensor, "", "who observed")

#define EVIDENCE_COLUMNS(of)                                                                                           \
    COLUMN("source", NAME, source, "", "file or interface of " of),                                                    \
        COLUMN("frame", U64, frame, "", "number of " of " in that source, from 1")

#define RECORD conversation
static const struct column conversation_columns[] = {
    ORIGIN_COLUMNS,
    COLUMN("slice", TIME, slice_ns, TIME_UNIT, "start of the slice of packet time"),
    PAIR_COLUMNS,
    COLUMN("protocol", NAME, protocol, "", "read from the bytes; empty when nothing claimed them"),
    COLUMN("second_opinion", NAME, second_opinion, "", "nDPI's word on a service that nothing here named"),
    WORDS("disposition", disposition_names, disposition,
          "what happened to these flows; open: they end in a later slice"),
    COLUMN("authentication", NAME, authentication, "", "the weakest that was read; empty when none was read"),
    COLUMN("encryption", NAME, encryption, "", "the weakest that was read; empty when none was read"),
    COLUMN("protection", NAME, protection, "", "more on the encryption, such as a version or a level"),
    COLUMN("flows", U64, flows, "", "flows that ended in this slice; 0 when open"),
    COLUMN("packets_to_server", U64, packets_to_server, "packets", "sent by the client"),
    COLUMN("packets_to_client", U64, packets_to_client, "packets", "sent by the server"),
    COLUMN("bytes_to_server", U64, bytes_to_server, "bytes", "of whole IP packets, as sent"),
    COLUMN("bytes_to_client", U64, bytes_to_client, "bytes", "of whole IP packets, as sent"),
    COLUMN("missing_bytes", U64, missing_bytes, "bytes", "stream bytes that were sent and not seen"),
    COLUMN("first", TIME, first_ns, TIME_UNIT, "first packet"),
    COLUMN("last", TIME, last_ns, TIME_UNIT, "last packet"),
    EVIDENCE_COLUMNS("the first flow's first packet"),
    WORDS("decided_by", decided_by_names, decided_by, "how client and server were told apart"),
    NETWORK_COLUMN(pair.network),
};
#undef RECORD

#define RECORD fact
static const struct column fact_columns[] = {
    ORIGIN_COLUMNS,
    COLUMN("slice", TIME, slice_ns, TIME_UNIT, "start of the slice of packet time"),
    PAIR_COLUMNS,
    COLUMN("key", NAME, key, "", "what was read"),
    COLUMN("value", NAME, value, "", "as it was read, at most 255 bytes"),
    COLUMN("flows", U64, flows, "", "flows that said so"),
    COLUMN("first", TIME, first_ns, TIME_UNIT, "when first"),
    EVIDENCE_COLUMNS("the packet that said so first"),
    NETWORK_COLUMN(pair.network),
};
#undef RECORD

#define RECORD binding
static const struct column binding_columns[] = {
    ORIGIN_COLUMNS,
    COLUMN("first", TIME, learned_ns, TIME_UNIT, "when it was told first"),
    COLUMN("last", TIME, last_ns, TIME_UNIT, "when it was told last"),
    COLUMN("times", U64, times, "messages", "that told it"),
    COLUMN("server", ADDRESS, server, "", "the mapper that was asked; for DCOM the address that answered"),
    COLUMN("client", ADDRESS, client, "", "who asked"),
    COLUMN("transport", U8, transport, "IP protocol", "of the port"),
    COLUMN("port", U16, port, "", "0 when the tower has none"),
    COLUMN("interface", UUID, interface, "", "RPC interface; all zero when unknown"),
    COLUMN("major", U16, major, "", "version of the interface"),
    COLUMN("minor", U16, minor, "", "version of the interface"),
    COLUMN("learned_from", NAME, learned_from, "", "kind of message: ept_map, resolve_oxid, sdp ..."),
    COLUMN("protocol_sequence", NAME, protocol_sequence, "", "such as ncacn_ip_tcp; empty when it is not RPC"),
    COLUMN("endpoint", NAME, endpoint, "", "pipe name or other endpoint that is no port"),
    COLUMN("annotation", NAME, annotation, "", "the server's own word for the service"),
    COLUMN("tower_address", ADDRESS, tower_address, "", "address in the answer; :: when none was given"),
    EVIDENCE_COLUMNS("the first message's packet"),
    NETWORK_COLUMN(network),
};
#undef RECORD

#define RECORD coverage
static const struct column coverage_columns[] = {
    ORIGIN_COLUMNS,
    COLUMN("source", NAME, source, "", "file or interface"),
    COLUMN("filter", NAME, filter, "", "packet filter in force; empty when none"),
    COLUMN("first", TIME, first_ns, TIME_UNIT, "first packet"),
    COLUMN("last", TIME, last_ns, TIME_UNIT, "last packet"),
    COLUMN("packets", U64, packets, "packets", "every frame read, undecoded and duplicate ones too"),
    COLUMN("bytes", U64, bytes, "bytes", "of these frames, on the wire"),
    COLUMN("dropped", U64, dropped, "packets", "lost by kernel or interface"),
    COLUMN("duplicates", U64, duplicates, "packets", "copies of packets seen before, which count nowhere else"),
    COLUMN("duplicates_routed", U64, duplicates_routed, "packets",
           "of the duplicates: with another TTL, so seen on both sides of a router"),
    COLUMN("undecoded", U64, undecoded, "packets", "without an IP packet that could be read"),
    COLUMN("truncated_frames", U64, truncated_frames, "packets", "captured shorter than sent"),
    COLUMN("truncated", U64, truncated, "", "1 when the capture ends in the middle of a record"),
    COLUMN("fragments_lost", U64, fragments_lost, "packets", "IP fragments whose packet was never whole"),
    COLUMN("missing_bytes", U64, missing_bytes, "bytes",
           "TCP data that was sent, by the numbers of both ends, and not captured"),
    COLUMN("evicted_flows", U64, evicted_flows, "", "flows given up for want of room"),
    COLUMN("evicted_conversations", U64, evicted_conversations, "", "rows that found no room of their own"),
    COLUMN("lost_facts", U64, lost_facts, "", "facts, names and bindings that found no room"),
    COLUMN("unasked_flows", U64, unasked_flows, "",
           "flows that nothing named and nDPI was not asked about, to keep up"),
    COLUMN("spooled_rows", U64, spooled_rows, "",
           "of earlier runs, that still waited for the database when this one was written"),
    COLUMN("lost_rows", U64, lost_rows, "", "of earlier runs, that found no room while they waited"),
};
#undef RECORD

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Rows that follow each other are mostly of one run and slice. */
static const struct column_group conversation_groups[] = {
    {3, 0, offsetof(struct conversation, pair)},
    {COUNT_OF(conversation_columns), 0, 0},
};
/* Facts are mostly of the same pair, and often of the same packet. */
static const struct column_group fact_groups[] = {
    {8, 0, offsetof(struct fact, key)},
    {10, 0, 0},
    {14, offsetof(struct fact, source), sizeof(struct fact) - offsetof(struct fact, source)},
    {15, 0, 0},
};
static const struct column_group binding_groups[] = {{COUNT_OF(binding_columns), 0, 0}};
static const struct column_group coverage_groups[] = {{COUNT_OF(coverage_columns), 0, 0}};

#define TABLE(record, name)                                                                                            \
    _Static_assert(COUNT_OF(record##_groups) <= TABLE_GROUPS_MOST, "a line notes where each ends");                    \
    const struct table record##_table = {name,                                                                         \
                                         sizeof(struct record),                                                        \
                                         record##_columns,                                                             \
                                         COUNT_OF(record##_columns),                                                   \
                                         record##_groups,                                                              \
                                         COUNT_OF(record##_groups)}

TABLE(conversation, "conversations");
TABLE(fact, "facts");
TABLE(binding, "bindings");
TABLE(coverage, "coverage");
