/* rpc_line: an MS-RPC connection to which PDUs are said one by one, each made from its parts. */
#ifndef TESTS_RPC_LINE_H
#define TESTS_RPC_LINE_H

#include "tests/play.h"
#include "tests/talks_dcerpc.h"

struct line {
    struct heard heard;
    struct player player;
};

static inline void line_open(struct line *line)
{
    heard_init(&line->heard);
    player_begin(&line->player, &line->heard, &dissector_dcerpc);
}

static inline void line_close(struct line *line)
{
    player_end(&line->player);
    heard_fini(&line->heard);
}

enum { REQUEST = 0, RESPONSE = 2, FAULT = 3, BIND = 11, BIND_ACK = 12, ALTER = 14, ALTER_RESPONSE = 15 };
enum { FIRST = 1, LAST = 2, WHOLE = 3 };

/* The verifier of a PDU; none when `type` is 0. */
struct verifier {
    uint8_t type, level, context_id;
    uint8_t padding; /* how much of the body it declares to be padding */
    struct bytes value;
};

#define TEXT(text) bytes_of(text, sizeof(text) - 1)
#define NTLM_MARK                                                                                                      \
    TEXT("\x01\0\0\0"                                                                                                  \
         "12345678"                                                                                                    \
         "\0\0\0\0")
static const struct verifier none;

/* One little-endian PDU into `out`; its length. */
static inline size_t write_pdu(uint8_t *out, uint8_t type, uint8_t flags, uint8_t call, struct bytes body,
                               struct verifier v)
{
    size_t trailer = v.type == 0 ? 0 : 8 + v.value.left;
    size_t length = 16 + body.left + trailer;
    memset(out, 0, length);
    out[0] = 5;
    out[2] = type;
    out[3] = flags;
    out[4] = 0x10;
    out[8] = (uint8_t)(length & 0xff);
    out[9] = (uint8_t)(length >> 8);
    out[10] = (uint8_t)v.value.left;
    out[12] = call;
    memcpy(out + 16, body.at, body.left);
    if (trailer > 0) {
        uint8_t *tail = out + 16 + body.left;
        tail[0] = v.type;
        tail[1] = v.level;
        tail[2] = v.padding;
        tail[4] = v.context_id;
        memcpy(tail + 8, v.value.at, v.value.left);
    }
    return length;
}

static inline void say(struct line *line, uint8_t type, uint8_t flags, uint8_t call, struct bytes body,
                       struct verifier v)
{
    static uint8_t pdu[65536];
    bool client = type == REQUEST || type == BIND || type == ALTER;
    player_hear(&line->player, client ? FROM_CLIENT : FROM_SERVER, pdu, write_pdu(pdu, type, flags, call, body, v));
}

/* Context 0; operation 5, or no cancels; 16 bytes. */
#define CALL                                                                                                           \
    TEXT("\x10\0\0\0\0\0\x05\0"                                                                                        \
         "0123456789abcdef")
#define OFFER(interface)                                                                                               \
    TEXT("\xd0\x16\xd0\x16\0\0\0\0\x01\0\0\0"                                                                          \
         "\0\0\x01\0" interface TALK_NDR)
#define TAKEN TEXT("\xd0\x16\xd0\x16\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0" TALK_NDR)

static inline void say_bind(struct line *line, struct bytes offer)
{
    say(line, BIND, WHOLE, 1, offer, none);
    say(line, BIND_ACK, WHOLE, 1, TAKEN, none);
}

static inline struct verifier ntlm(uint8_t level)
{
    return (struct verifier){10, level, 0, 0, NTLM_MARK};
}

#endif
