/* kpasswd: that a password was changed or set through Kerberos, and with which ticket (RFC 3244).
 *
 * Hides the two transports (over TCP each message follows its length of four bytes, whose upper half is 0, while a
 * message begins with its own length, never 0) and servers that answer with a bare error. The result is encrypted: that
 * the server accepted the ticket is all an answer shows. */
#include "dissectors/kerberos_message.h"

#define HEADER_BYTES 6

struct kpasswd {
    bool heard; /* a message was read */
};

/* RFC 3244 2: length, version, length of what comes first; then AP-REQ and KRB-PRIV, in answers AP-REP and KRB-PRIV, or
 * with length 0 KRB-ERROR alone. */
static enum likeness message_like(struct bytes in, enum direction from, size_t *length)
{
    enum { CHANGE = 1, SET = 0xff80 };
    struct bytes ahead = in;
    *length = bytes_be16(&ahead);
    if (bytes_ok(&ahead) && *length <= HEADER_BYTES)
        return LIKE_NOT;
    uint16_t version = bytes_be16(&ahead);
    if (bytes_ok(&ahead) && version != CHANGE && version != SET)
        return LIKE_NOT;
    size_t first = bytes_be16(&ahead);
    if (!bytes_ok(&ahead))
        return LIKE_MAYBE;
    size_t body = *length - HEADER_BYTES;
    if (first >= body || (first == 0 && from == FROM_CLIENT))
        return LIKE_NOT;
    struct kerberos_head head;
    enum kerberos_type expected = from == FROM_CLIENT ? KERBEROS_AP_REQ : first == 0 ? KERBEROS_ERROR : KERBEROS_AP_REP;
    enum likeness like = kerberos_message_like(ahead, &head);
    if (like == LIKE_YES && (head.type != expected || head.length != (first == 0 ? body : first)))
        return LIKE_NOT;
    return like;
}

static enum likeness packet_like(struct bytes in, enum direction from, size_t *prefix, size_t *length)
{
    struct bytes ahead = in;
    *prefix = 0;
    if (bytes_be16(&ahead) != 0)
        return message_like(in, from, length);
    size_t framed = bytes_be16(&ahead);
    if (!bytes_ok(&ahead))
        return LIKE_MAYBE;
    *prefix = KERBEROS_PREFIX_BYTES;
    enum likeness like = message_like(ahead, from, length);
    return ahead.left >= 2 && *length != framed ? LIKE_NOT : like;
}

static enum likeness kpasswd_probe(struct bytes head, enum direction from)
{
    size_t prefix, length;
    return packet_like(head, from, &prefix, &length);
}

static void read_message(struct bytes body, enum direction from, struct facts *out)
{
    struct kerberos_head head;
    while (kerberos_message_like(body, &head) == LIKE_YES && head.length <= body.left) {
        enum outcome outcome = kerberos_message_read(bytes_take(&body, head.length), &head, out);
        if (from == FROM_SERVER && outcome != OUTCOME_NONE)
            facts_outcome(out, outcome);
    }
}

static struct dissected kpasswd_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct kpasswd *kpasswd = state;
    while (in->left > 0) {
        size_t prefix, length, header = HEADER_BYTES;
        enum likeness like = packet_like(*in, from, &prefix, &length);
        if (like == LIKE_NOT && kpasswd->heard && from == FROM_SERVER) {
            struct kerberos_head head = {.type = KERBEROS_ERROR};
            like = kerberos_packet_like(*in, &prefix, &head);
            if (head.type != KERBEROS_ERROR)
                like = LIKE_NOT;
            length = head.length;
            header = 0;
        }
        if (like == LIKE_NOT)
            return DISSECTED(kpasswd->heard ? DISSECT_DONE : DISSECT_NOT_MINE);
        if (like == LIKE_MAYBE || in->left < prefix + length)
            break;
        bytes_skip(in, prefix);
        struct bytes body = bytes_take(in, length);
        bytes_skip(&body, header);
        read_message(body, from, out);
        kpasswd->heard = true;
    }
    return DISSECTED(DISSECT_MORE);
}

const struct dissector dissector_kpasswd = {
    .name = "kpasswd",
    .summary = "Kerberos password change (RFC 3244): the ticket it was asked for with, and errors",
    .transports = TRANSPORT_TCP | TRANSPORT_UDP,
    .ports = {464},
    .state_size = sizeof(struct kpasswd),
    .longest_message = UINT16_MAX + KERBEROS_PREFIX_BYTES,
    .resumes = true,
    .beginnings = {{UINT64_C(0xffff000000000000), 0},                             /* a length before it, as over TCP */
                   {UINT64_C(0x0000ffff00000000), UINT64_C(0x0000000100000000)},  /* version: change */
                   {UINT64_C(0x0000ffff00000000), UINT64_C(0x0000ff8000000000)}}, /* set */
    .answers = true,
    .probe = kpasswd_probe,
    .feed = kpasswd_feed,
};
