/* ldap: how clients bind, StartTLS, and whether what follows is clear, signed or sealed.
 *
 * Hides what the stream is made of: plain messages, packets of a security layer with or without readable messages in
 * them (RFC 4422 3.7), TLS after StartTLS (RFC 4511 4.14). Either kind of packet is recognised without what came
 * before, on any port. Of most messages, results of searches above all, only the first bytes are read. Before a bind
 * the root entry is clear by design: that says nothing of protection. */
#include "dissectors/ldap_bind.h"
#include "dissectors/ldap_layer.h"
#include "dissectors/ldap_message.h"
#include "dissectors/ldap_netlogon.h"

/* Messages longer than these are passed over. */
#define BIND_MOST  ((size_t)128 * 1024)
#define ENTRY_MOST ((size_t)32 * 1024)
#define OTHER_MOST ((size_t)4 * 1024)
#define LAYER_MOST ((size_t)8 * 1024) /* signed packets */

enum protection { PROTECTION_NONE, PROTECTION_SIGNED, PROTECTION_SEALED };

struct ldap {
    struct ldap_bind bind;
    uint32_t starttls; /* id of the request */
    bool certain;      /* this is LDAP */
    bool heard[2];     /* a whole message of this side */
    bool layered;      /* packets of a security layer were seen */
    bool asked_starttls;
    bool said[PROTECTION_SEALED + 1];
};

static void say_protection(struct ldap *ldap, enum protection protection, struct facts *out)
{
    static const char *const names[] = {"none", "signed", "sealed"};
    static const enum encryption amounts[] = {ENCRYPTION_NONE, ENCRYPTION_LDAP_SIGN, ENCRYPTION_LDAP_SEAL};
    if (ldap->said[protection])
        return;
    ldap->said[protection] = true;
    facts_say_text(out, FACT_LDAP_PROTECTION, names[protection]);
    facts_encryption(out, amounts[protection]);
}

/* --- StartTLS --- */

static struct dissected say_starttls(struct facts *out)
{
    facts_say_text(out, FACT_LDAP_STARTTLS, "used");
    facts_say_text(out, FACT_LDAP_PROTECTION, "tls");
    return DISSECTED_UPGRADE(ENCRYPTION_STARTTLS);
}

static bool hear_extended(struct ldap *ldap, uint32_t id, struct bytes elements)
{
    struct bytes name;
    if (!ber_take_tagged(&elements, 0x80, &name) || !bytes_are(name, LDAP_STARTTLS))
        return false;
    ldap->asked_starttls = true;
    ldap->starttls = id;
    return true;
}

/* Is this the answer to StartTLS? It need not name it, if the request was seen. */
static bool answers_starttls(const struct ldap *ldap, uint32_t id, struct bytes elements)
{
    enum { RESPONSE_NAME = 0x8a };
    struct ber element;
    if (ldap->heard[FROM_CLIENT])
        return ldap->asked_starttls && id == ldap->starttls;
    while (ber_take(&elements, &element) == BER_WHOLE)
        if (element.tag == RESPONSE_NAME && bytes_are(element.body, LDAP_STARTTLS))
            return true;
    return false;
}

static struct dissected hear_starttls_answer(struct ldap *ldap, struct bytes elements, struct facts *out)
{
    struct bytes result;
    if (!ber_take_tagged(&elements, LDAP_TAG_ENUMERATED, &result))
        return DISSECTED(DISSECT_MORE);
    if (result.left == 1 && bytes_u8(&result) == 0)
        return say_starttls(out);
    ldap->asked_starttls = false;
    facts_say_text(out, FACT_LDAP_STARTTLS, "refused");
    facts_outcome(out, OUTCOME_DENIED);
    return DISSECTED(DISSECT_MORE);
}

/* TLS where a message should be: the answer to StartTLS was not seen by us, or the client is not seen at all. */
static struct dissected hear_tls(const struct ldap *ldap, enum direction from, struct facts *out)
{
    if (ldap->asked_starttls || (from == FROM_SERVER && !ldap->heard[FROM_CLIENT]))
        return say_starttls(out);
    return DISSECTED(DISSECT_DONE);
}

/* --- messages --- */

/* Does this one deal with the directory's content, whoever the client is? */
static bool is_content(const struct ldap_head *head)
{
    switch (head->operation) {
    case LDAP_SEARCH:
    case LDAP_ENTRY:
        return head->named;
    case LDAP_MODIFY:
    case LDAP_ADD:
    case LDAP_DELETE:
    case LDAP_RENAME:
    case LDAP_COMPARE:
        return true;
    default:
        return false;
    }
}

/* A message outside a security layer. What ends or begins a connection's protection says nothing of it, and a server
 * may announce its leaving in clear (RFC 4511 4.4.1: message 0). */
static void hear_clear(struct ldap *ldap, enum direction from, const struct ldap_head *head, struct facts *out)
{
    if (head->id == 0 || head->operation == LDAP_UNBIND || head->operation == LDAP_BIND ||
        head->operation == LDAP_BIND_RESPONSE)
        return;
    if (from == FROM_CLIENT && ldap->bind.open && !ldap->heard[FROM_SERVER])
        ldap_bind_presume(&ldap->bind, out);
    if (ldap->bind.done || (is_content(head) && !ldap->bind.open))
        say_protection(ldap, PROTECTION_NONE, out);
}

/* How long may this message be to be read whole; 0 when its first bytes tell all. */
static size_t read_most(const struct ldap_head *head)
{
    switch (head->operation) {
    case LDAP_BIND:
    case LDAP_BIND_RESPONSE:
        return BIND_MOST;
    case LDAP_ENTRY:
        return head->named ? 0 : ENTRY_MOST;
    case LDAP_SEARCH:
        return head->named ? 0 : OTHER_MOST;
    case LDAP_EXTENDED:
    case LDAP_EXTENDED_RESPONSE:
        return OTHER_MOST;
    default:
        return 0;
    }
}

/* A whole message, in a layer or not. */
static struct dissected hear_message(struct ldap *ldap, enum direction from, const struct ldap_head *head,
                                     struct bytes elements, bool in_layer, struct facts *out)
{
    bool starttls = false;
    struct dissected answer = DISSECTED(DISSECT_MORE);
    switch (head->operation) {
    case LDAP_BIND:
        ldap_bind_ask(&ldap->bind, elements, out);
        break;
    case LDAP_BIND_RESPONSE:
        ldap_bind_answer(&ldap->bind, elements, out);
        break;
    case LDAP_SEARCH:
        if (!head->named)
            ldap_root_search(elements, out);
        break;
    case LDAP_ENTRY:
        if (!head->named)
            ldap_root_entry(elements, out);
        break;
    case LDAP_EXTENDED:
        starttls = hear_extended(ldap, head->id, elements);
        break;
    case LDAP_EXTENDED_RESPONSE:
        starttls = !in_layer && answers_starttls(ldap, head->id, elements);
        if (starttls)
            answer = hear_starttls_answer(ldap, elements, out);
        break;
    default:
        break;
    }
    if (!in_layer && !starttls)
        hear_clear(ldap, from, head, out);
    ldap->heard[from] = true;
    return answer;
}

/* The rest of something of `length` bytes, whether it is here yet or not. */
static struct dissected pass_over(struct bytes *in, size_t length)
{
    size_t here = length < in->left ? length : in->left;
    bytes_skip(in, here);
    return length > here ? DISSECTED_SKIP(length - here) : DISSECTED(DISSECT_MORE);
}

/* No progress means that more bytes are needed. */
static struct dissected feed_message(struct ldap *ldap, enum direction from, struct bytes *in, struct facts *out)
{
    struct ldap_head head;
    switch (ldap_head_read(*in, from, &head)) {
    case BER_SHORT:
        return DISSECTED(DISSECT_MORE);
    case BER_WRONG:
        return DISSECTED(DISSECT_DONE);
    case BER_WHOLE:
        break;
    }
    if (head.length > read_most(&head)) {
        hear_clear(ldap, from, &head, out);
        ldap->heard[from] = true;
        return pass_over(in, head.length);
    }
    if (in->left < head.length)
        return DISSECTED(DISSECT_MORE);
    struct bytes elements = ldap_message_take(in, &head);
    return hear_message(ldap, from, &head, elements, false, out);
}

/* --- packets of a security layer --- */

static void read_signed(struct ldap *ldap, enum direction from, struct bytes clear, struct facts *out)
{
    struct ldap_head head;
    while (ldap_head_read(clear, from, &head) == BER_WHOLE && head.length <= clear.left) {
        struct bytes elements = ldap_message_take(&clear, &head);
        if (head.length <= read_most(&head))
            (void)hear_message(ldap, from, &head, elements, true, out);
    }
}

static struct dissected feed_layer(struct ldap *ldap, enum direction from, struct bytes *in, struct facts *out)
{
    struct ldap_layer layer;
    bool known;
    if (in->left < LDAP_LAYER_PREFIX || !ldap_layer_read(*in, from, &layer, &known))
        return DISSECTED(DISSECT_MORE);
    bool agreed = ldap->layered || (ldap->bind.done && ldap->bind.choice == LDAP_BIND_SASL);
    if (!known && (!agreed || layer.length == LDAP_LAYER_PREFIX))
        return DISSECTED(DISSECT_DONE);
    bool readable = layer.clear_end > layer.clear && layer.length <= LAYER_MOST;
    if (readable && in->left < layer.length)
        return DISSECTED(DISSECT_MORE);
    if (ldap->bind.open && !ldap->heard[FROM_SERVER])
        ldap_bind_presume(&ldap->bind, out);
    ldap->layered = true;
    say_protection(ldap, layer.sealed ? PROTECTION_SEALED : PROTECTION_SIGNED, out);
    if (readable) {
        struct bytes packet = *in;
        bytes_skip(&packet, layer.clear);
        read_signed(ldap, from, bytes_take(&packet, layer.clear_end - layer.clear), out);
    }
    ldap->heard[from] = true;
    return pass_over(in, layer.length);
}

/* --- the whole --- */

static enum likeness ldap_probe(struct bytes head, enum direction from)
{
    return head.at[0] == 0 ? ldap_layer_like(head, from) : ldap_message_like(head, from);
}

static struct dissected ldap_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    enum { HANDSHAKE = 0x16 };
    struct ldap *ldap = state;
    while (in->left > 0) {
        if (!ldap->certain) {
            enum likeness like = ldap_probe(*in, from);
            if (like != LIKE_YES)
                return DISSECTED(like == LIKE_MAYBE ? DISSECT_MORE : DISSECT_NOT_MINE);
            ldap->certain = true;
        }
        if (in->at[0] == HANDSHAKE)
            return hear_tls(ldap, from, out);
        size_t before = in->left;
        struct dissected answer = in->at[0] == 0 ? feed_layer(ldap, from, in, out) : feed_message(ldap, from, in, out);
        if (answer.answer != DISSECT_MORE || in->left == before)
            return answer;
    }
    return DISSECTED(DISSECT_MORE);
}

const struct dissector dissector_ldap = {
    .name = "ldap",
    .summary = "LDAP: binds and their results, StartTLS, and whether what follows is signed or sealed",
    .transports = TRANSPORT_TCP,
    .ports = {389, 3268, 379, 390, 50389},
    .state_size = sizeof(struct ldap),
    .longest_message = BIND_MOST,
    .resumes = true,
    .probe = ldap_probe,
    .feed = ldap_feed,
};
