/* tpkt: one TPDU in its packet over TCP, as X.400 and RDP begin. Sources: RFC 1006 6 (TPKT), ITU-T X.224 13 (TPDUs). */
#ifndef DISSECTORS_TPKT_H
#define DISSECTORS_TPKT_H

#include "dissectors/dissector.h"

enum tpdu { TPDU_REQUEST = 0xe0, TPDU_CONFIRM = 0xd0, TPDU_DISCONNECT = 0x80, TPDU_DATA = 0xf0 };

struct tpkt {
    enum tpdu code;
    struct bytes parameters; /* of the header, after its fixed part */
    struct bytes data;       /* after the header */
};

/* Takes one; LIKE_MAYBE, and nothing taken, when it is not whole yet. */
static inline enum likeness tpkt_take(struct bytes *in, struct tpkt *unit)
{
    struct bytes ahead = *in;
    uint8_t version = bytes_u8(&ahead);
    if (bytes_ok(&ahead) && version != 3)
        return LIKE_NOT;
    uint8_t reserved = bytes_u8(&ahead);
    if (bytes_ok(&ahead) && reserved != 0)
        return LIKE_NOT;
    size_t length = bytes_be16(&ahead);
    uint8_t indicator = bytes_u8(&ahead), code = bytes_u8(&ahead) & 0xf0;
    if (!bytes_ok(&ahead))
        return LIKE_MAYBE;
    size_t fixed = code == TPDU_DATA ? 2 : 6;
    bool known = code == TPDU_REQUEST || code == TPDU_CONFIRM || code == TPDU_DISCONNECT || code == TPDU_DATA;
    if (!known || indicator < fixed || (size_t)indicator + 5 > length)
        return LIKE_NOT;
    ahead = *in;
    struct bytes body = bytes_take(&ahead, length);
    if (!bytes_ok(&body))
        return LIKE_MAYBE;
    *in = ahead;
    bytes_skip(&body, 5);
    unit->code = (enum tpdu)code;
    unit->parameters = bytes_take(&body, indicator);
    bytes_skip(&unit->parameters, fixed);
    unit->data = body;
    return LIKE_YES;
}

#endif
