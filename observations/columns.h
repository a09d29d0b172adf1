/* columns: the columns of the four tables, once, as lists of X(type, name, member, unit, meaning); of columns of words
 * as WORDS(name, member, meaning), where MEMBER_name() gives the word. A table may come in several lists: their columns
 * follow each other, and rows that follow each other are mostly the same in all columns of a list or in few. */
#ifndef OBSERVATIONS_COLUMNS_H
#define OBSERVATIONS_COLUMNS_H

#define TIME_UNIT "ns since 1970 UTC"

#define ORIGIN_COLUMNS(X)                                                                                              \
    X(NAME, "run", run, "", "one run of the observing program")                                                        \
    X(NAME, "sensor", sensor, "", "who observed")

#define SLICE_COLUMNS(X)                                                                                               \
    ORIGIN_COLUMNS(X)                                                                                                  \
    X(TIME, "slice", slice_ns, TIME_UNIT, "start of the slice of packet time")

#define PAIR_COLUMNS(X)                                                                                                \
    X(ADDRESS, "client", pair.client, "", "who opened the conversation")                                               \
    X(ADDRESS, "server", pair.server, "", "who was called")                                                            \
    X(U8, "transport", pair.transport, "IP protocol", "6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6, 50 ESP, 51 AH")               \
    X(U16, "port", pair.port, "", "of the server; 0 without ports")                                                    \
    X(NAME, "tunnel", pair.tunnel, "", "what the packets were wrapped in, from outside, such as gre/vlan:100")

#define NETWORK_COLUMN(X, member)                                                                                      \
    X(NAME, "network", member, "",                                                                                     \
      "in which its addresses are, such as vlan:100; empty unless networks were kept apart")

#define EVIDENCE_COLUMNS(X, of)                                                                                        \
    X(NAME, "source", source, "", "file or interface of " of)                                                          \
    X(U64, "frame", frame, "", "number of " of " in that source, from 1")

#define CONVERSATION_COLUMNS(X, WORDS)                                                                                 \
    PAIR_COLUMNS(X)                                                                                                    \
    X(NAME, "protocol", protocol, "", "read from the bytes; empty when nothing claimed them")                          \
    X(NAME, "second_opinion", second_opinion, "", "nDPI's word on a service that nothing here named")                  \
    WORDS("disposition", disposition, "what happened to these flows; open: they end in a later slice")                 \
    X(NAME, "authentication", authentication, "", "the weakest that was read; empty when none was read")               \
    X(NAME, "encryption", encryption, "", "the weakest that was read; empty when none was read")                       \
    X(NAME, "protection", protection, "", "more on the encryption, such as a version or a level")                      \
    X(U64, "flows", flows, "", "flows that ended in this slice; 0 when open")                                          \
    X(U64, "packets_to_server", packets_to_server, "packets", "sent by the client")                                    \
    X(U64, "packets_to_client", packets_to_client, "packets", "sent by the server")                                    \
    X(U64, "bytes_to_server", bytes_to_server, "bytes", "of whole IP packets, as sent")                                \
    X(U64, "bytes_to_client", bytes_to_client, "bytes", "of whole IP packets, as sent")                                \
    X(U64, "missing_bytes", missing_bytes, "bytes", "stream bytes that were sent and not seen")                        \
    X(TIME, "first", first_ns, TIME_UNIT, "first packet")                                                              \
    X(TIME, "last", last_ns, TIME_UNIT, "last packet")                                                                 \
    EVIDENCE_COLUMNS(X, "the first flow's first packet")                                                               \
    WORDS("decided_by", decided_by, "how client and server were told apart")                                           \
    NETWORK_COLUMN(X, pair.network)

#define FACT_VALUE_COLUMNS(X)                                                                                          \
    X(NAME, "key", key, "", "what was read")                                                                           \
    X(NAME, "value", value, "", "as it was read, at most 255 bytes")

#define FACT_EVIDENCE_COLUMNS(X)                                                                                       \
    X(U64, "flows", flows, "", "flows that said so")                                                                   \
    X(TIME, "first", first_ns, TIME_UNIT, "when first")                                                                \
    EVIDENCE_COLUMNS(X, "the packet that said so first")

#define FACT_NETWORK_COLUMN(X) NETWORK_COLUMN(X, pair.network)

#define BINDING_COLUMNS(X)                                                                                             \
    ORIGIN_COLUMNS(X)                                                                                                  \
    X(TIME, "first", learned_ns, TIME_UNIT, "when it was told first")                                                  \
    X(TIME, "last", last_ns, TIME_UNIT, "when it was told last")                                                       \
    X(U64, "times", times, "messages", "that told it")                                                                 \
    X(ADDRESS, "server", server, "", "the mapper that was asked; for DCOM the address that answered")                  \
    X(ADDRESS, "client", client, "", "who asked")                                                                      \
    X(U8, "transport", transport, "IP protocol", "of the port")                                                        \
    X(U16, "port", port, "", "0 when the tower has none")                                                              \
    X(UUID, "interface", interface, "", "RPC interface; all zero when unknown")                                        \
    X(U16, "major", major, "", "version of the interface")                                                             \
    X(U16, "minor", minor, "", "version of the interface")                                                             \
    X(NAME, "learned_from", learned_from, "", "kind of message: ept_map, resolve_oxid, sdp ...")                       \
    X(NAME, "protocol_sequence", protocol_sequence, "", "such as ncacn_ip_tcp; empty when it is not RPC")              \
    X(NAME, "endpoint", endpoint, "", "pipe name or other endpoint that is no port")                                   \
    X(NAME, "annotation", annotation, "", "the server's own word for the service")                                     \
    X(ADDRESS, "tower_address", tower_address, "", "address in the answer; :: when none was given")                    \
    EVIDENCE_COLUMNS(X, "the first message's packet")                                                                  \
    NETWORK_COLUMN(X, network)

#define COVERAGE_COLUMNS(X)                                                                                            \
    ORIGIN_COLUMNS(X)                                                                                                  \
    X(NAME, "source", source, "", "file or interface")                                                                 \
    X(NAME, "filter", filter, "", "packet filter in force; empty when none")                                           \
    X(TIME, "first", first_ns, TIME_UNIT, "first packet")                                                              \
    X(TIME, "last", last_ns, TIME_UNIT, "last packet")                                                                 \
    X(U64, "packets", packets, "packets", "every frame read, undecoded and duplicate ones too")                        \
    X(U64, "bytes", bytes, "bytes", "of these frames, on the wire")                                                    \
    X(U64, "dropped", dropped, "packets", "lost by kernel or interface")                                               \
    X(U64, "duplicates", duplicates, "packets", "copies of packets seen before, which count nowhere else")             \
    X(U64, "duplicates_routed", duplicates_routed, "packets",                                                          \
      "of the duplicates: with another TTL, so seen on both sides of a router")                                        \
    X(U64, "undecoded", undecoded, "packets", "without an IP packet that could be read")                               \
    X(U64, "truncated_frames", truncated_frames, "packets", "captured shorter than sent")                              \
    X(U64, "truncated", truncated, "", "1 when the capture ends in the middle of a record")                            \
    X(U64, "fragments_lost", fragments_lost, "packets", "IP fragments whose packet was never whole")                   \
    X(U64, "missing_bytes", missing_bytes, "bytes",                                                                    \
      "TCP data that was sent, by the numbers of both ends, and not captured")                                         \
    X(U64, "evicted_flows", evicted_flows, "", "flows given up for want of room")                                      \
    X(U64, "evicted_conversations", evicted_conversations, "", "rows that found no room of their own")                 \
    X(U64, "lost_facts", lost_facts, "", "facts, names and bindings that found no room")                               \
    X(U64, "unasked_flows", unasked_flows, "", "flows that nothing named and nDPI was not asked about, to keep up")    \
    X(U64, "spooled_rows", spooled_rows, "",                                                                           \
      "of earlier runs, that still waited for the database when this one was written")                                 \
    X(U64, "lost_rows", lost_rows, "", "of earlier runs, that found no room while they waited")

#endif
