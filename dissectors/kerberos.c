/* kerberos: what clients ask a KDC for, what it issues, with which encryption types, and why it refuses.
 *
 * Hides the two transports: over TCP each message follows its length, over UDP a datagram is a message; the first byte
 * tells them apart, 0 in a length and never 0 in a message (RFC 4120 7.2). Whether a password was right is seen from
 * the reply alone; the KDC's exchanges are no authentication of the flow and no encryption of it, so neither is said.
 */
#include "dissectors/kerberos_message.h"

struct kerberos {
    bool heard; /* a message was read */
};

/* Which side says this? Applications send the rest either way. */
static bool fits(enum kerberos_type type, enum direction from)
{
    switch (type) {
    case KERBEROS_AS_REQ:
    case KERBEROS_TGS_REQ:
    case KERBEROS_AP_REQ:
        return from == FROM_CLIENT;
    case KERBEROS_AS_REP:
    case KERBEROS_TGS_REP:
    case KERBEROS_AP_REP:
    case KERBEROS_ERROR:
        return from == FROM_SERVER;
    case KERBEROS_SAFE:
    case KERBEROS_PRIV:
    case KERBEROS_CRED:
        break;
    }
    return true;
}

static enum likeness kerberos_probe(struct bytes head, enum direction from)
{
    struct kerberos_head message;
    size_t prefix;
    enum likeness like = kerberos_packet_like(head, &prefix, &message);
    return like == LIKE_YES && !fits(message.type, from) ? LIKE_NOT : like;
}

static struct dissected kerberos_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct kerberos *kerberos = state;
    while (in->left > 0) {
        struct kerberos_head head;
        size_t prefix;
        enum likeness like = kerberos_packet_like(*in, &prefix, &head);
        if (like == LIKE_NOT)
            return DISSECTED(kerberos->heard ? DISSECT_DONE : DISSECT_NOT_MINE);
        if (like == LIKE_MAYBE || in->left < prefix + head.length)
            break;
        bytes_skip(in, prefix);
        enum outcome outcome = kerberos_message_read(bytes_take(in, head.length), &head, out);
        if (from == FROM_SERVER && outcome != OUTCOME_NONE)
            facts_outcome(out, outcome);
        kerberos->heard = true;
    }
    return DISSECTED(in->left == 0 ? DISSECT_IDLE : DISSECT_MORE);
}

const struct dissector dissector_kerberos = {
    .name = "kerberos",
    .summary = "Kerberos: services asked for, encryption types of tickets, errors of the KDC",
    .transports = TRANSPORT_TCP | TRANSPORT_UDP,
    .ports = {88},
    .state_size = sizeof(struct kerberos),
    .longest_message = KERBEROS_MESSAGE_MOST,
    .resumes = true,
    .answers = true,
    .probe = kerberos_probe,
    .feed = kerberos_feed,
};
