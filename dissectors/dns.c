/* dns: which services and hosts clients look up, where those are, and whether the server refuses.
 *
 * Hides the two transports, aliases (who asked for a name gets the address of what it stands for) and the GSS tokens
 * that authenticate secure updates. What mDNS and LLMNR say of themselves is no word of a server: these two are named
 * and not read. Rules: RFC 1035, RFC 2782 (SRV), RFC 2136 (update), RFC 2930 and RFC 3645 (TKEY). */
#include "dissectors/dns_message.h"
#include "dissectors/negotiate.h"
#include "dissectors/wording.h"

#define SAYING_MOST  32 /* records of a message that are said */
#define ALIASES_MOST 8

struct dns {
    struct negotiation negotiation;
    bool heard; /* a message began; then `framed` is known */
    bool framed;
};

static void say_name(struct facts *out, const struct dns_name *name)
{
    if (name->is.host)
        facts_say(out, FACT_DNS_NAMES, bytes_of(name->as_text, name->is.length));
}

static void say_answer(struct facts *out, const struct dns_name *name, struct bytes rest)
{
    struct wording answer;
    if (!name->is.host || (size_t)name->is.length + 1 + rest.left > WORDING_MOST) /* cut, it would name another */
        return;
    wording_begin(&answer);
    wording_add(&answer, bytes_of(name->as_text, name->is.length));
    wording_add_text(&answer, " ");
    wording_add(&answer, rest);
    wording_say(&answer, FACT_DNS_ANSWERS, out);
}

/* The name that was asked for, and what it stands for when that is another. */
struct sought {
    bool aliased;
    struct dns_name asked, reached;
};

/* What the name asked for stands for, after all its aliases, in whatever order they are listed. The walk is behind the
 * question. */
static void seek(const struct dns_walk *behind, const struct dns_record *question, struct sought *sought)
{
    const struct dns_name *name = &sought->asked;
    struct dns_name owner;
    bool moved = true, named = false;
    for (int i = 0; i < ALIASES_MOST && moved; i++) {
        struct dns_walk walk = *behind;
        struct dns_record record;
        moved = false;
        while (!moved && dns_walk_next(&walk, &record) == DNS_RECORD && record.section == DNS_ANSWER) {
            if (record.type != DNS_CNAME)
                continue;
            if (!named)
                dns_owner(behind, question, &sought->asked);
            named = true;
            dns_owner(&walk, &record, &owner);
            moved = dns_name_equal(&owner, name) && dns_data_name(&walk, &record, 0, &sought->reached);
        }
        if (moved)
            name = &sought->reached;
    }
    sought->aliased = name != &sought->asked && !dns_name_equal(name, &sought->asked);
}

static void hear_address(const struct dns_walk *walk, const struct dns_record *record, const struct sought *sought,
                         struct facts *out)
{
    char text[ADDRESS_TEXT];
    struct dns_name owner;
    struct address address =
        record->type == DNS_A ? address_from_v4(record->data.at) : address_from_v6(record->data.at);
    struct bytes place = bytes_of(text, strlen(address_text(&address, text)));
    dns_owner(walk, record, &owner);
    say_answer(out, &owner, place);
    if (record->section != DNS_ANSWER)
        return;
    say_name(out, &owner);
    if (sought->aliased && dns_name_equal(&owner, &sought->reached))
        say_answer(out, &sought->asked, place);
}

static void hear_service(const struct dns_walk *walk, const struct dns_record *record, struct facts *out)
{
    struct wording place;
    struct dns_name target, owner;
    struct bytes data = record->data;
    bytes_skip(&data, 4); /* priority, weight */
    uint16_t port = bytes_be16(&data);
    if (!dns_data_name(walk, record, 6, &target) || !target.is.host)
        return;
    say_name(out, &target);
    wording_begin(&place);
    wording_add(&place, bytes_of(target.as_text, target.is.length));
    wording_add_text(&place, ":");
    wording_add_number(&place, port);
    dns_owner(walk, record, &owner);
    say_answer(out, &owner, bytes_of(place.text, place.length));
}

/* A record of an answer without error. False when there was nothing in it to say. */
static bool hear_record(const struct dns_walk *walk, const struct dns_record *record, const struct sought *sought,
                        struct facts *out)
{
    struct dns_name target, owner;
    if (record->class != DNS_IN)
        return false;
    switch (record->type) {
    case DNS_A:
    case DNS_AAAA:
        if (record->data.left != (record->type == DNS_A ? 4 : 16))
            return false;
        hear_address(walk, record, sought, out);
        return true;
    case DNS_CNAME:
    case DNS_MX:
        if (!dns_data_name(walk, record, record->type == DNS_MX ? 2 : 0, &target))
            return false;
        if (record->type == DNS_CNAME) {
            dns_owner(walk, record, &owner);
            say_name(out, &owner);
        }
        say_name(out, &target);
        return true;
    case DNS_SRV:
        hear_service(walk, record, out);
        return true;
    default:
        return false;
    }
}

/* RFC 2930 2, RFC 3645: one token of a GSS exchange each way, until the server's has no error. */
static void hear_key(struct dns *dns, const struct dns_walk *walk, const struct dns_record *record, struct facts *out)
{
    enum { MODE_GSS = 3 };
    struct bytes data = record->data;
    for (uint8_t label = 1; label != 0 && bytes_ok(&data);) { /* the algorithm, which is never compressed */
        label = bytes_u8(&data);
        bytes_skip(&data, label);
    }
    bytes_skip(&data, 8); /* valid from, until */
    uint16_t mode = bytes_be16(&data), error = bytes_be16(&data), length = bytes_be16(&data);
    struct bytes token = bytes_take(&data, length);
    if (!bytes_ok(&data) || mode != MODE_GSS)
        return;
    negotiate_token(&dns->negotiation, dns_is_response(walk) ? FROM_SERVER : FROM_CLIENT, token, out);
    enum authentication read = negotiation_result(&dns->negotiation);
    if (dns_is_response(walk) && dns_result_of(walk) == DNS_NO_ERROR && error == 0 && read != AUTHENTICATION_UNKNOWN)
        facts_authentication(out, read);
}

/* What is asked for: that a service is, tells something by itself. */
static void hear_question(const struct dns_walk *walk, const struct dns_record *record, struct facts *out)
{
    struct dns_name name;
    if (record->type != DNS_SRV || record->class != DNS_IN)
        return;
    dns_owner(walk, record, &name);
    say_name(out, &name);
}

/* Says what a whole message tells. False when it was not what it seemed. */
static bool hear_message(struct dns *dns, struct bytes message, struct bytes *rest, struct facts *out)
{
    struct dns_walk walk;
    struct dns_record record;
    struct sought sought;
    enum dns_step step;
    if (!dns_walk_begin(&walk, message))
        return false;
    sought.aliased = false; /* and no names before they are wanted */
    enum dns_opcode opcode = dns_opcode_of(&walk);
    bool answers = dns_is_response(&walk) && opcode == DNS_QUERY && dns_result_of(&walk) == DNS_NO_ERROR;
    size_t said = 0;
    facts_encryption(out, ENCRYPTION_NONE);
    while ((step = dns_walk_next(&walk, &record)) == DNS_RECORD) {
        if (record.section == DNS_QUESTION && opcode == DNS_QUERY) {
            hear_question(&walk, &record, out);
            if (answers && walk.counts[DNS_ANSWER] > 0)
                seek(&walk, &record, &sought);
        } else if (record.type == DNS_TKEY) {
            hear_key(dns, &walk, &record, out);
        } else if (answers && record.section != DNS_QUESTION && said < SAYING_MOST) {
            said += hear_record(&walk, &record, &sought, out);
        }
    }
    if (step != DNS_END)
        return false;
    if (dns_is_response(&walk) && dns_result_of(&walk) == DNS_NO_ERROR)
        facts_outcome(out, OUTCOME_ACCEPTED);
    else if (dns_is_response(&walk) && dns_result_of(&walk) == DNS_REFUSED)
        facts_outcome(out, OUTCOME_DENIED);
    *rest = walk.rest;
    return true;
}

enum taken { TAKEN, TAKEN_WAITS, TAKEN_BROKEN, TAKEN_FOREIGN };

/* The next message as a window; over TCP by its length, else to where its records end. */
static enum taken take_message(bool framed, struct bytes *in, struct bytes *message)
{
    struct bytes ahead = *in;
    if (framed) {
        size_t length = bytes_be16(&ahead);
        *message = bytes_take(&ahead, length);
        if (!bytes_ok(&ahead))
            return TAKEN_WAITS;
        *in = ahead;
        return TAKEN;
    }
    struct dns_walk walk;
    struct dns_record record;
    if (!dns_walk_begin(&walk, *in))
        return TAKEN_WAITS;
    enum dns_step step;
    while ((step = dns_walk_next(&walk, &record)) == DNS_RECORD)
        continue;
    if (step != DNS_END)
        return step == DNS_SHORT ? TAKEN_WAITS : TAKEN_BROKEN;
    *message = bytes_take(in, in->left - walk.rest.left);
    return TAKEN;
}

/* The first message, which shows how messages stand here. */
static enum taken take_first(struct dns *dns, enum dns_kind kind, struct bytes *in, struct bytes *message)
{
    struct dns_look look;
    enum likeness like = dns_like(*in, &look);
    if (like == LIKE_MAYBE)
        return TAKEN_WAITS;
    if (like == LIKE_NOT || look.kind != kind)
        return TAKEN_FOREIGN;
    dns->framed = look.framed;
    if (look.framed)
        return take_message(true, in, message);
    *message = bytes_take(in, in->left - look.following);
    return TAKEN;
}

static struct dissected feed(struct dns *dns, enum dns_kind kind, struct bytes *in, struct facts *out)
{
    struct bytes message, rest;
    while (in->left > 0) {
        enum taken taken = dns->heard ? take_message(dns->framed, in, &message) : take_first(dns, kind, in, &message);
        if (taken == TAKEN_WAITS)
            break;
        if (taken != TAKEN)
            return DISSECTED(taken == TAKEN_FOREIGN ? DISSECT_NOT_MINE : DISSECT_DONE);
        dns->heard = true;
        if (kind != DNS_PLAIN)
            facts_encryption(out, ENCRYPTION_NONE);
        else if (!hear_message(dns, message, &rest, out) || rest.left > 0)
            return DISSECTED(DISSECT_DONE);
    }
    bool negotiates = dns->negotiation.spnego || dns->negotiation.sent_kerberos || dns->negotiation.ntlm_message != 0;
    return DISSECTED(in->left == 0 && !negotiates ? DISSECT_IDLE : DISSECT_MORE);
}

static enum likeness probe(struct bytes head, enum direction from, enum dns_kind kind)
{
    struct dns_look look;
    if (!dns_may_be(head, kind))
        return LIKE_NOT;
    enum likeness like = dns_like(head, &look);
    if (like != LIKE_YES)
        return like;
    bool fits = kind == DNS_MULTICAST || look.response == (from == FROM_SERVER);
    bool exact = look.framed || look.following == 0;
    return look.kind == kind && fits && exact ? LIKE_YES : LIKE_NOT;
}

static enum likeness dns_probe(struct bytes head, enum direction from)
{
    return probe(head, from, DNS_PLAIN);
}

static enum likeness mdns_probe(struct bytes head, enum direction from)
{
    return probe(head, from, DNS_MULTICAST);
}

static enum likeness llmnr_probe(struct bytes head, enum direction from)
{
    return probe(head, from, DNS_LINK_LOCAL);
}

static struct dissected dns_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    (void)from; /* two servers may ask each other in one flow, from port 53 both */
    return feed(state, DNS_PLAIN, in, out);
}

static struct dissected mdns_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    (void)from;
    return feed(state, DNS_MULTICAST, in, out);
}

static struct dissected llmnr_feed(void *state, enum direction from, struct bytes *in, struct facts *out)
{
    (void)from;
    return feed(state, DNS_LINK_LOCAL, in, out);
}

const struct dissector dissector_dns = {
    .name = "dns",
    .summary = "DNS: services looked up, hosts and their addresses, refusals, secure updates",
    .transports = TRANSPORT_TCP | TRANSPORT_UDP,
    .ports = {53},
    .state_size = sizeof(struct dns),
    .longest_message = DNS_PREFIX_BYTES + UINT16_MAX,
    .resumes = true,
    .answers = true,
    .beginnings = {{UINT64_C(0x00000000ffff0000), UINT64_C(0x0000000000010000)}, /* one question */
                   {UINT64_C(0x000000000000ffff), UINT64_C(0x0000000000000001)}, /* the same behind a length */
                   {UINT64_C(0xffff000000000000), 0},                            /* the identifier of multicast */
                   {UINT64_C(0x0000ffff00000000), 0}},                           /* the same behind a length */
    .probe = dns_probe,
    .feed = dns_feed,
};

const struct dissector dissector_mdns = {
    .name = "mdns",
    .summary = "multicast DNS (RFC 6762), by name only",
    .transports = TRANSPORT_UDP,
    .ports = {5353},
    .state_size = sizeof(struct dns),
    .longest_message = UINT16_MAX,
    .resumes = true,
    .probe = mdns_probe,
    .feed = mdns_feed,
};

const struct dissector dissector_llmnr = {
    .name = "llmnr",
    .summary = "link-local multicast name resolution (RFC 4795), by name only",
    .transports = TRANSPORT_UDP,
    .ports = {5355},
    .state_size = sizeof(struct dns),
    .longest_message = UINT16_MAX,
    .resumes = true,
    .beginnings = {{UINT64_C(0x00007fff00000000), 0}}, /* no flags but that of a response */
    .probe = llmnr_probe,
    .feed = llmnr_feed,
};
