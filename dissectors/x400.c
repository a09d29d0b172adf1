/* x400: message transfer between X.400 MTAs, and whether the other one accepts.
 *
 * Its TPKT and COTP are those of many (RDP, S7, MMS), and its session CONNECT is that of all OSI applications: it is
 * recognised by what follows there, the X.410 mode or a name of message handling. The MTA's password is in it, in
 * clear, and is not read. Rules: RFC 1006, X.224 13, X.225 8.3 (SPDUs), X.226 8.2 (CP), X.419 (names under 2.6.0). */
#include "dissectors/tpkt.h"

enum { SPDU_REFUSE = 0x0c, SPDU_CONNECT = 0x0d, SPDU_ACCEPT = 0x0e };

struct x400 {
    bool connected; /* the client's CONNECT was read */
};

static bool holds(struct bytes in, const char *wanted, size_t length)
{
    return in.left >= length && memmem(in.at, in.left, wanted, length) != NULL;
}

/* Parameters of a request for class 0: TPDU size, selectors, and other standard ones (X.224 13.3.4). */
static bool parameters_fit(struct bytes in)
{
    while (in.left > 0) {
        uint8_t code = bytes_u8(&in), length = bytes_u8(&in);
        bytes_skip(&in, length);
        if (code < 0xc0 || !bytes_ok(&in))
            return false;
    }
    return true;
}

/* X.226: the mode is the first element of the CP; in normal mode the contexts are named. */
static bool is_message_handling(struct bytes data)
{
    static const char mode_x410[] = "\xa0\x03\x80\x01\x00", syntax[] = "\x06\x04\x56\x00\x02",
                      context[] = "\x06\x04\x56\x00\x01";
    return data.left > 0 && data.at[0] == SPDU_CONNECT &&
           (holds(data, mode_x410, sizeof mode_x410 - 1) || holds(data, syntax, sizeof syntax - 1) ||
            holds(data, context, sizeof context - 1));
}

static enum likeness x400_probe(struct bytes head, enum direction from)
{
    struct tpkt unit;
    enum likeness like = tpkt_take(&head, &unit);
    if (like != LIKE_YES)
        return like;
    enum tpdu first = from == FROM_CLIENT ? TPDU_REQUEST : TPDU_CONFIRM;
    if (unit.code != first || unit.data.left > 0 || !parameters_fit(unit.parameters))
        return LIKE_NOT;
    if (from == FROM_SERVER) /* it may be, by what the client says */
        return LIKE_MAYBE;
    like = tpkt_take(&head, &unit);
    if (like == LIKE_YES && (unit.code != TPDU_DATA || !is_message_handling(unit.data)))
        return LIKE_NOT;
    return like;
}

static struct dissected hear_server(struct bytes *in, struct facts *out)
{
    struct tpkt unit;
    enum likeness like;
    while ((like = tpkt_take(in, &unit)) == LIKE_YES) {
        uint8_t spdu = unit.code == TPDU_DATA ? bytes_u8(&unit.data) : 0;
        if (spdu == SPDU_ACCEPT)
            facts_outcome(out, OUTCOME_ACCEPTED);
        else if (spdu == SPDU_REFUSE || unit.code == TPDU_DISCONNECT)
            facts_outcome(out, OUTCOME_DENIED);
        if (unit.code != TPDU_CONFIRM)
            return DISSECTED(DISSECT_DONE);
    }
    return DISSECTED(like == LIKE_NOT ? DISSECT_DONE : DISSECT_MORE);
}

static struct dissected x400_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct x400 *x400 = state;
    if (from == FROM_SERVER)
        return x400->connected ? hear_server(in, out) : DISSECTED(DISSECT_MORE);
    if (!x400->connected) {
        enum likeness like = x400_probe(*in, from);
        if (like != LIKE_YES)
            return DISSECTED(like == LIKE_MAYBE ? DISSECT_MORE : DISSECT_NOT_MINE);
        x400->connected = true;
        facts_encryption(out, ENCRYPTION_NONE);
    }
    bytes_skip(in, in->left);
    return DISSECTED(DISSECT_MORE);
}

const struct dissector dissector_x400 = {
    .name = "x400",
    .summary = "X.400 message transfer over TPKT and COTP, and whether it is accepted",
    .transports = TRANSPORT_TCP,
    .ports = {102},
    .state_size = sizeof(struct x400),
    .longest_message = (size_t)2 * UINT16_MAX,
    .probe = x400_probe,
    .feed = x400_feed,
};
