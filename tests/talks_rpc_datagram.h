/* talks_rpc_datagram: MS-RPC over UDP, made by hand from the layouts of C706 12.5; names, addresses and activities are
 * invented. */
#ifndef TESTS_TALKS_RPC_DATAGRAM_H
#define TESTS_TALKS_RPC_DATAGRAM_H

#include "tests/talks_dcerpc.h"

extern const struct dissector dissector_rpc_datagram;

// clang-format off
#define TALK_MAPPER_ID    "\x08\x83\xaf\xe1\x1f\x5d\xc9\x11\x91\xa4\x08\x00\x2b\x14\xa0\xfa"
#define TALK_MESSENGER_ID "\xf8\x91\x7b\x5a\x00\xff\xd0\x11\xa9\xb2\x00\xc0\x4f\xb6\xe6\xfc"
#define TALK_CONVERSE_ID  "\x76\x22\x3a\x33\x00\x00\x00\x00\x0d\x00\x00\x80\x9c\x00\x00\x00"
#define TALK_NO_OBJECT    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
#define TALK_ACTIVITY     "\x51\x52\x53\x54\x55\x56\x57\x58\x59\x5a\x5b\x5c\x5d\x5e\x5f\x60"
/* Type and flags; interface; version of it, sequence number, operation; length of the body; fragment and verifier. */
#define TALK_DATAGRAM(type, id, call, length, rest) \
    "\x04" type "\x00\x10\x00\x00\x00" TALK_NO_OBJECT id TALK_ACTIVITY "\x00\x00\x00\x00" call "\xff\xff\xff\xff" \
    length rest "\x00"

/* Where is EMSMDB? At 49160; when it is asked again, nowhere any more. */
static const struct said talk_rpc_datagram_map[] = {
    TALK_SAID(FROM_CLIENT, TALK_DATAGRAM("\x00\x08", TALK_MAPPER_ID, "\x03\x00\x00\x00\x00\x00\x00\x00\x03\x00",
        "\x84\x00", "\x00\x00\x00") TALK_MAP_REQUEST),
    TALK_SAID(FROM_SERVER, TALK_DATAGRAM("\x02\x00", TALK_MAPPER_ID, "\x03\x00\x00\x00\x00\x00\x00\x00\x03\x00",
        "\x80\x00", "\x00\x00\x00") TALK_MAP_RESPONSE),
    TALK_SAID(FROM_CLIENT, TALK_DATAGRAM("\x07\x00", TALK_MAPPER_ID, "\x03\x00\x00\x00\x00\x00\x00\x00\x03\x00",
        "\x00\x00", "\x00\x00\x00")), /* ack */
    TALK_SAID(FROM_CLIENT, TALK_DATAGRAM("\x00\x08", TALK_MAPPER_ID, "\x03\x00\x00\x00\x01\x00\x00\x00\x03\x00",
        "\x84\x00", "\x00\x00\x00") TALK_MAP_REQUEST),
    TALK_SAID(FROM_SERVER, TALK_DATAGRAM("\x02\x00", TALK_MAPPER_ID, "\x03\x00\x00\x00\x01\x00\x00\x00\x03\x00",
        "\x28\x00", "\x00\x00\x00")
        "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" /* no handle */
        "\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" /* no towers */
        "\xd6\xa0\xc9\x16"),
};

/* A message for the screen of a machine, in two fragments; the server asks who calls, and refuses. */
static const struct said talk_rpc_datagram_refused[] = {
    TALK_SAID(FROM_CLIENT, TALK_DATAGRAM("\x00\x04", TALK_MESSENGER_ID, "\x01\x00\x00\x00\x05\x00\x00\x00\x00\x00",
        "\x08\x00", "\x00\x00\x00") "\x01\x02\x03\x04\x05\x06\x07\x08"),
    TALK_SAID(FROM_CLIENT, TALK_DATAGRAM("\x00\x06", TALK_MESSENGER_ID, "\x01\x00\x00\x00\x05\x00\x00\x00\x00\x00",
        "\x04\x00", "\x01\x00\x00") "\x09\x0a\x0b\x0c"),
    TALK_SAID(FROM_SERVER, TALK_DATAGRAM("\x00\x00", TALK_CONVERSE_ID, "\x03\x00\x00\x00\x00\x00\x00\x00\x01\x00",
        "\x04\x00", "\x00\x00\x00") "\x01\x02\x03\x04"),
    TALK_SAID(FROM_SERVER, TALK_DATAGRAM("\x06\x00", TALK_MESSENGER_ID, "\x01\x00\x00\x00\x05\x00\x00\x00\x00\x00",
        "\x04\x00", "\x00\x00\x00") "\x03\x00\x01\x1c"),
};

#define TALK_UDP_RPC(said) &dissector_rpc_datagram, said, sizeof said / sizeof said[0]
static const struct talk rpc_datagram_talks[] = {
    {"the endpoint mapper asked over UDP", TALK_UDP_RPC(talk_rpc_datagram_map)},
    {"a call in fragments over UDP that is refused", TALK_UDP_RPC(talk_rpc_datagram_refused)},
};
#undef TALK_UDP_RPC
// clang-format on

#endif
