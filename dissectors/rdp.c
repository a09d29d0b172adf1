/* rdp: which security a remote desktop is opened with; from TLS on it is TLS.
 *
 * Recognised by the negotiation in the connection request or its answer, or by the cookie of a request, never by the
 * port; the cookie is a user name and is not said. Rules: MS-RDPBCGR 2.2.1.1 and 2.2.1.2. */
#include "dissectors/tpkt.h"

enum { NEGOTIATION_REQUEST = 1, NEGOTIATION_RESPONSE = 2, NEGOTIATION_FAILURE = 3, NEGOTIATION_BYTES = 8 };
enum { STANDARD_SECURITY = 0 };

/* Is this a negotiation of that type? Its protocols are then in *protocols. */
static bool take_negotiation(struct bytes in, uint8_t type, uint32_t *protocols)
{
    uint8_t said = bytes_u8(&in);
    bytes_skip(&in, 1); /* flags */
    uint16_t length = bytes_le16(&in);
    *protocols = bytes_le32(&in);
    return bytes_ok(&in) && said == type && length == NEGOTIATION_BYTES;
}

static bool is_request(const struct tpkt *unit)
{
    uint32_t protocols;
    return unit->code == TPDU_REQUEST && unit->data.left == 0 &&
           (bytes_starts(unit->parameters, "Cookie: mstshash=") || bytes_starts(unit->parameters, "Cookie: msts=") ||
            take_negotiation(unit->parameters, NEGOTIATION_REQUEST, &protocols));
}

static bool is_answer(const struct tpkt *unit, uint8_t type, uint32_t *protocols)
{
    return unit->code == TPDU_CONFIRM && unit->data.left == 0 && unit->parameters.left == NEGOTIATION_BYTES &&
           take_negotiation(unit->parameters, type, protocols);
}

static enum likeness rdp_probe(struct bytes head, enum direction from)
{
    struct tpkt unit;
    uint32_t protocols;
    enum likeness like = tpkt_take(&head, &unit);
    if (like != LIKE_YES)
        return like;
    bool ours = from == FROM_CLIENT ? is_request(&unit)
                                    : is_answer(&unit, NEGOTIATION_RESPONSE, &protocols) ||
                                          is_answer(&unit, NEGOTIATION_FAILURE, &protocols);
    return ours ? LIKE_YES : LIKE_NOT;
}

struct rdp {
    bool requested;
};

static struct dissected rdp_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct rdp *rdp = state;
    struct tpkt unit;
    uint32_t protocols;
    if (from == FROM_CLIENT && rdp->requested) { /* standard security: nothing of it is read */
        bytes_skip(in, in->left);
        return DISSECTED(DISSECT_MORE);
    }
    enum likeness like = tpkt_take(in, &unit);
    if (like == LIKE_MAYBE)
        return DISSECTED(DISSECT_MORE);
    if (from == FROM_CLIENT) {
        rdp->requested = like == LIKE_YES && is_request(&unit);
        bytes_skip(in, in->left); /* before the answer nothing may follow */
        return DISSECTED(rdp->requested ? DISSECT_MORE : DISSECT_NOT_MINE);
    }
    if (like == LIKE_YES && is_answer(&unit, NEGOTIATION_FAILURE, &protocols)) {
        facts_outcome(out, OUTCOME_DENIED);
        return DISSECTED(DISSECT_DONE);
    }
    bool negotiated = like == LIKE_YES && is_answer(&unit, NEGOTIATION_RESPONSE, &protocols);
    if (!negotiated && !(rdp->requested && like == LIKE_YES && unit.code == TPDU_CONFIRM))
        return DISSECTED(rdp->requested ? DISSECT_DONE : DISSECT_NOT_MINE);
    facts_outcome(out, OUTCOME_ACCEPTED);
    if (!negotiated || protocols == STANDARD_SECURITY) /* its keys and levels are not read */
        return DISSECTED(DISSECT_DONE);
    return DISSECTED_UPGRADE(ENCRYPTION_TLS);
}

const struct dissector dissector_rdp = {
    .name = "rdp",
    .summary = "remote desktop: whether TLS follows, refusals",
    .transports = TRANSPORT_TCP,
    .ports = {3389},
    .state_size = sizeof(struct rdp),
    .longest_message = UINT16_MAX,
    .probe = rdp_probe,
    .feed = rdp_feed,
};
