/* cldap: LDAP searches without a connection: pings of domain controllers, and what they tell of themselves.
 *
 * A datagram holds whole messages, a search or what is found. There is no bind and no protection, so neither is said.
 * Rules: MS-ADTS 3.1.1.3.1.11 (LDAP over UDP) and 6.3.3 (pings). */
#include "dissectors/ldap_message.h"
#include "dissectors/ldap_netlogon.h"

#define DATAGRAM_MOST ((size_t)64 * 1024)

struct cldap {
    bool heard; /* a message was read */
};

static enum likeness cldap_probe(struct bytes head, enum direction from)
{
    struct ldap_head message;
    if (ldap_head_read(head, from, &message) == BER_WHOLE && message.operation != LDAP_SEARCH &&
        message.operation != LDAP_ENTRY && message.operation != LDAP_SEARCH_DONE && message.operation != LDAP_ABANDON)
        return LIKE_NOT;
    return ldap_message_like(head, from);
}

static struct dissected cldap_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    struct cldap *cldap = state;
    while (in->left > 0) {
        struct ldap_head head;
        enum likeness like = cldap_probe(*in, from);
        if (like == LIKE_NOT)
            return DISSECTED(cldap->heard ? DISSECT_DONE : DISSECT_NOT_MINE);
        if (like == LIKE_MAYBE || ldap_head_read(*in, from, &head) != BER_WHOLE || in->left < head.length)
            break;
        struct bytes elements = ldap_message_take(in, &head);
        if (head.operation == LDAP_SEARCH && !head.named)
            ldap_root_search(elements, out);
        else if (head.operation == LDAP_ENTRY && !head.named)
            ldap_root_entry(elements, out);
        cldap->heard = true;
    }
    return DISSECTED(in->left == 0 ? DISSECT_IDLE : DISSECT_MORE);
}

const struct dissector dissector_cldap = {
    .name = "cldap",
    .summary = "LDAP over UDP: domains that clients ask for, and what domain controllers say they are",
    .transports = TRANSPORT_UDP,
    .ports = {389},
    .state_size = sizeof(struct cldap),
    .longest_message = DATAGRAM_MOST,
    .resumes = true,
    .answers = true,
    .probe = cldap_probe,
    .feed = cldap_feed,
};
