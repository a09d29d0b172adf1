/* dns_message: names, records, and the strict look that tells DNS from what merely has twelve bytes in front. A
 * datagram is asked whether it is DNS whatever its port, so counts, flags, types, classes and the exact end must all
 * fit. */
#include "dissectors/dns_message.h"

#define HEADER_BYTES    12
#define SHORTEST        17 /* the header and a question for the root */
#define JUMPS_MOST      32 /* of one name */
#define NETBIOS_LABEL   32
#define ADDITIONAL_MOST 4 /* of a query: OPT, TSIG, TKEY, SIG(0) */
#define MULTICAST_MOST  256

/* Written once, compiled for each of its callers. */
#define HOT static inline __attribute__((always_inline))

enum { FLAG_AUTHORITATIVE = 0x0400, FLAG_TRUNCATED = 0x0200, FLAG_AVAILABLE = 0x0080, FLAG_ZERO = 0x0040 };
enum { HIGHEST_RESULT = 10 }; /* RFC 2136 2.2 */

/* Nothing but letters, digits, - and _? By a table, since every name is looked at. */
static bool is_host(struct bytes label)
{
#define FIVE(c) [c] = 1, [(c) + 1] = 1, [(c) + 2] = 1, [(c) + 3] = 1, [(c) + 4] = 1
    static const uint8_t fits[256] = {FIVE('0'), FIVE('5'), FIVE('A'), FIVE('F'), FIVE('K'), FIVE('P'),
                                      FIVE('U'), ['Z'] = 1, FIVE('a'), FIVE('f'), FIVE('k'), FIVE('p'),
                                      FIVE('u'), ['z'] = 1, ['-'] = 1, ['_'] = 1};
#undef FIVE
    uint8_t all = 1;
    for (size_t i = 0; i < label.left; i++)
        all &= fits[label.at[i]];
    return all != 0;
}

static bool is_text(struct bytes label)
{
    for (size_t i = 0; i < label.left; i++)
        if (label.at[i] < ' ' || label.at[i] == 0x7f)
            return false;
    return true;
}

static bool is_netbios(struct bytes label)
{
    if (label.left != NETBIOS_LABEL)
        return false;
    for (size_t i = 0; i < label.left; i++)
        if (label.at[i] < 'A' || label.at[i] > 'P')
            return false;
    return true;
}

static void put_lower(char *out, struct bytes label)
{
    for (size_t i = 0; i < label.left; i++) {
        uint8_t c = label.at[i];
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
}

/* Takes a name from `rest`, which is the end of `message`; what it is made of and its text where these are asked for. A
 * pointer leads only to before the piece it ends, and the piece there ends before it: so no name loops, and bytes that
 * are still to come change none (RFC 1035 4.1.4). */
HOT enum dns_step take_name(struct bytes message, struct bytes *rest, struct dns_shape *shape, char *text)
{
    size_t begin = message.left - rest->left, jumps = 0, used = 0;
    uint8_t labels = 0;
    bool host = true, readable = true, netbios = false;
    struct bytes piece = *rest;
    for (;;) {
        uint8_t length = bytes_u8(&piece);
        bool pointer = length >= 0xc0;
        if (length > 63 && !pointer)
            return DNS_BROKEN;
        struct bytes label = bytes_take(&piece, pointer ? 1 : length);
        if (!bytes_ok(&label))
            return jumps == 0 ? DNS_SHORT : DNS_BROKEN;
        if (jumps == 0)
            *rest = piece;
        if (length == 0)
            break;
        if (!pointer) {
            size_t dot = labels > 0 ? 1 : 0;
            if (used + dot + length > DNS_NAME_MOST)
                return DNS_BROKEN;
            if (shape != NULL && labels == 0)
                netbios = is_netbios(label);
            if (shape != NULL && !is_host(label)) {
                host = false;
                readable &= is_text(label);
            }
            if (text != NULL && dot > 0)
                text[used] = '.';
            if (text != NULL)
                put_lower(text + used + dot, label);
            used += dot + length;
            labels++;
            continue;
        }
        size_t target = (size_t)(length & 0x3f) << 8 | label.at[0];
        if (target < HEADER_BYTES || target >= begin || ++jumps > JUMPS_MOST)
            return DNS_BROKEN;
        piece = message;
        bytes_skip(&piece, target);
        piece = bytes_take(&piece, begin - target);
        begin = target;
    }
    if (shape != NULL)
        *shape = (struct dns_shape){.length = (uint8_t)used,
                                    .labels = labels,
                                    .host = host && labels > 0,
                                    .text = readable,
                                    .netbios = netbios};
    return DNS_RECORD;
}

bool dns_name_equal(const struct dns_name *a, const struct dns_name *b)
{
    return a->is.length == b->is.length && memcmp(a->as_text, b->as_text, a->is.length) == 0;
}

HOT bool walk_begin(struct dns_walk *walk, struct bytes message)
{
    *walk = (struct dns_walk){.message = message, .rest = message};
    walk->id = bytes_be16(&walk->rest);
    walk->flags = bytes_be16(&walk->rest);
    for (int i = 0; i < DNS_SECTIONS; i++)
        walk->counts[i] = bytes_be16(&walk->rest);
    return bytes_ok(&walk->rest);
}

bool dns_walk_begin(struct dns_walk *walk, struct bytes message)
{
    return walk_begin(walk, message);
}

/* Takes a pointer to the first name, which was read before: nearly all answers are of the name that was asked for. */
HOT bool take_first_again(const struct dns_walk *walk, struct bytes *rest)
{
    struct bytes ahead = *rest;
    if (bytes_be16(&ahead) != (0xc000 | HEADER_BYTES) || walk->message.left - rest->left == HEADER_BYTES)
        return false;
    *rest = ahead;
    return true;
}

/* The next question or record; what its name is made of where that is asked for. */
HOT enum dns_step walk_on(struct dns_walk *walk, struct dns_record *record, struct dns_shape *shape)
{
    while (walk->section < DNS_SECTIONS && walk->taken == walk->counts[walk->section]) {
        walk->section++;
        walk->taken = 0;
    }
    if (walk->section == DNS_SECTIONS)
        return DNS_END;
    struct bytes rest = walk->rest;
    record->owner_offset = walk->message.left - rest.left;
    if (take_first_again(walk, &rest)) {
        if (shape != NULL)
            *shape = walk->first;
    } else {
        enum dns_step step = take_name(walk->message, &rest, shape, NULL);
        if (step != DNS_RECORD)
            return step;
        if (shape != NULL && record->owner_offset == HEADER_BYTES)
            walk->first = *shape;
    }
    record->section = walk->section;
    record->type = bytes_be16(&rest);
    record->class = bytes_be16(&rest);
    record->data = (struct bytes){0};
    if (record->section != DNS_QUESTION) {
        bytes_skip(&rest, 4); /* time to live */
        size_t length = bytes_be16(&rest);
        record->data_offset = walk->message.left - rest.left;
        record->data = bytes_take(&rest, length);
    }
    if (!bytes_ok(&rest))
        return DNS_SHORT;
    walk->rest = rest;
    walk->taken++;
    return DNS_RECORD;
}

enum dns_step dns_walk_next(struct dns_walk *walk, struct dns_record *record)
{
    return walk_on(walk, record, NULL);
}

static enum dns_step read_name(const struct dns_walk *walk, size_t offset, struct dns_name *name)
{
    struct bytes rest = walk->message;
    bytes_skip(&rest, offset);
    return take_name(walk->message, &rest, &name->is, name->as_text);
}

void dns_owner(const struct dns_walk *walk, const struct dns_record *record, struct dns_name *name)
{
    if (read_name(walk, record->owner_offset, name) != DNS_RECORD)
        *name = (struct dns_name){0};
}

bool dns_data_name(const struct dns_walk *walk, const struct dns_record *record, size_t skip, struct dns_name *name)
{
    struct bytes rest = walk->message;
    bytes_skip(&rest, record->data_offset + skip);
    size_t before = rest.left;
    return skip <= record->data.left && bytes_ok(&rest) && take_name(walk->message, &rest, NULL, NULL) == DNS_RECORD &&
           skip + (before - rest.left) <= record->data.left &&
           read_name(walk, record->data_offset + skip, name) == DNS_RECORD;
}

static bool type_known(uint16_t type)
{
    /* the registry of RFC 6895 3.1; 65281 and 65282 are WINS and WINS-R (MS-DNSP 2.2.2.1.1) */
    return (type >= 1 && type <= 65 && type != DNS_NIMLOC) || type == 99 || (type >= 249 && type <= 258) ||
           type == 32768 || type == 32769 || type == 65281 || type == 65282;
}

static bool class_known(uint16_t class)
{
    return class == DNS_IN || class == 3 || class == 254 || class == 255;
}

/* mDNS: no identifier and no flags but two (RFC 6762 18); most is asked of and by several at once. */
static bool maybe_multicast(const struct dns_walk *walk)
{
    return walk->id == 0 && (walk->flags == 0 || walk->flags == FLAG_TRUNCATED || walk->flags == 0x8400);
}

/* LLMNR: no recursion, and nothing beside questions and answers (RFC 4795 2.1). */
static bool maybe_link_local(const struct dns_walk *walk)
{
    return (walk->flags & 0x7fff) == 0 && walk->counts[DNS_AUTHORITY] == 0 && walk->counts[DNS_ADDITIONAL] == 0;
}

static bool header_plausible(const struct dns_walk *walk)
{
    const uint16_t *counts = walk->counts;
    enum dns_opcode opcode = dns_opcode_of(walk);
    if (maybe_multicast(walk) && counts[DNS_QUESTION] + counts[DNS_ANSWER] > 0 &&
        counts[DNS_QUESTION] <= MULTICAST_MOST && counts[DNS_ANSWER] <= MULTICAST_MOST &&
        counts[DNS_AUTHORITY] <= MULTICAST_MOST && counts[DNS_ADDITIONAL] <= MULTICAST_MOST)
        return true;
    if ((walk->flags & FLAG_ZERO) != 0 || counts[DNS_QUESTION] != 1 || dns_result_of(walk) > HIGHEST_RESULT ||
        (opcode != DNS_QUERY && opcode != DNS_NOTIFY && opcode != DNS_UPDATE))
        return false;
    if (dns_is_response(walk))
        return true;
    bool authoritative = (walk->flags & FLAG_AUTHORITATIVE) != 0;
    if ((walk->flags & (FLAG_TRUNCATED | FLAG_AVAILABLE)) != 0 || dns_result_of(walk) != DNS_NO_ERROR ||
        (authoritative && opcode != DNS_NOTIFY))
        return false;
    if (opcode == DNS_UPDATE)
        return true;
    /* IXFR shows the SOA it knows (RFC 1995 3), NOTIFY the new one (RFC 1996 3.7); Windows sends TKEY as an answer. */
    return counts[DNS_ANSWER] <= 1 && counts[DNS_AUTHORITY] <= 1 && counts[DNS_ADDITIONAL] <= ADDITIONAL_MOST;
}

static bool record_plausible(const struct dns_record *record, const struct dns_shape *shape, bool multicast)
{
    uint16_t class = multicast ? record->class & 0x7fff : record->class; /* the flags of RFC 6762 18.12, 18.13 */
    if (!shape->text ||
        (shape->netbios && (record->type == DNS_NULL || record->type == DNS_NIMLOC || record->type == DNS_SRV)))
        return false;
    if (record->section == DNS_QUESTION)
        return type_known(record->type) && class_known(class);
    return record->type == DNS_OPT || record->type == DNS_NIMLOC || class_known(class);
}

static bool name_ends(const struct dns_name *name, const char *label)
{
    size_t length = strlen(label), all = name->is.length;
    return all >= length && memcmp(name->as_text + all - length, label, length) == 0 &&
           (all == length || name->as_text[all - length - 1] == '.');
}

/* By its first name: RFC 6762 3 and 4; RFC 4795 2.1 has no recursion, and Windows asks for single names and addresses
 * only. */
static enum dns_kind kind_of(const struct dns_walk *walk, const struct dns_record *first)
{
    bool multicast = maybe_multicast(walk), link_local = maybe_link_local(walk);
    struct dns_name name;
    if (!multicast && !link_local)
        return DNS_PLAIN;
    dns_owner(walk, first, &name);
    bool reverse = name_ends(&name, "arpa");
    if (multicast && (reverse || name_ends(&name, "local")))
        return DNS_MULTICAST;
    bool address = first->type == DNS_A || first->type == DNS_AAAA || first->type == DNS_ANY;
    if (link_local && ((name.is.labels == 1 && address) || (reverse && first->type == DNS_PTR)))
        return DNS_LINK_LOCAL;
    return DNS_PLAIN;
}

/* Is this a message? `asked` tells whether a question was read, all of it. */
static enum likeness message_like(struct bytes message, struct dns_look *look, bool *asked)
{
    struct dns_walk walk;
    struct dns_record record;
    struct dns_shape shape;
    enum dns_step step;
    *asked = false;
    if (!walk_begin(&walk, message))
        return LIKE_MAYBE;
    if (!header_plausible(&walk))
        return LIKE_NOT;
    bool first = true;
    while ((step = walk_on(&walk, &record, &shape)) == DNS_RECORD) {
        if (first)
            look->kind = kind_of(&walk, &record);
        if (!record_plausible(&record, &shape, look->kind == DNS_MULTICAST) ||
            (look->kind != DNS_MULTICAST && walk.counts[DNS_QUESTION] != 1))
            return LIKE_NOT;
        first = false;
        *asked = true;
    }
    look->response = dns_is_response(&walk);
    look->following = walk.rest.left;
    return step == DNS_END ? LIKE_YES : step == DNS_SHORT ? LIKE_MAYBE : LIKE_NOT;
}

/* Most of what is asked about is no DNS. Without one question, and without the identifier 0 of multicast, this begins
 * no header that is plausible. */
static bool is_out_of_question(struct bytes in)
{
    uint16_t id = bytes_be16(&in);
    bytes_skip(&in, 2);
    uint16_t questions = bytes_be16(&in);
    return bytes_ok(&in) && id != 0 && questions != 1;
}

/* Over TCP a question read to its end is enough: an answer may be longer than what is ever held. */
static enum likeness framed_like(struct bytes in, struct dns_look *look)
{
    bool asked;
    size_t length = bytes_be16(&in);
    if (!bytes_ok(&in))
        return LIKE_MAYBE;
    if (length < SHORTEST || is_out_of_question(in))
        return LIKE_NOT;
    bool whole = in.left >= length;
    enum likeness like = message_like(bytes_take(&in, whole ? length : in.left), look, &asked);
    if ((asked && look->kind == DNS_MULTICAST) || (like == LIKE_YES && (!whole || look->following > 0)) ||
        (like == LIKE_MAYBE && whole))
        return LIKE_NOT;
    return like == LIKE_MAYBE && asked ? LIKE_YES : like;
}

bool dns_may_be(struct bytes head, enum dns_kind kind)
{
    uint8_t high = bytes_u8(&head), low = bytes_u8(&head); /* one byte is enough to say no to */
    struct dns_walk walk = {.id = (uint16_t)(high << 8 | low), .flags = bytes_be16(&head)};
    return kind == DNS_MULTICAST ? maybe_multicast(&walk) : kind == DNS_PLAIN || maybe_link_local(&walk);
}

enum likeness dns_like(struct bytes in, struct dns_look *look)
{
    bool asked;
    *look = (struct dns_look){.framed = true};
    enum likeness like = framed_like(in, look);
    if (like != LIKE_NOT) {
        look->kind = DNS_PLAIN; /* the other two are spoken in datagrams */
        return like;
    }
    *look = (struct dns_look){0};
    return is_out_of_question(in) ? LIKE_NOT : message_like(in, look, &asked);
}
