/* epm: the stubs of ept_map and ept_lookup (C706 appendix O, MS-RPCE 2.2.1.2.4 and 2.2.1.2.5) and protocol towers
 * (C706 appendix L), which are little-endian but for ports and addresses, whatever the sender declared. */
#include "dissectors/epm.h"

/* max_towers and max_ents are declared as range(0,500); a larger count is a lie. */
#define ENTRIES_MOST 500
#define HANDLE_BYTES 20

/* Protocol identifiers of tower floors, C706 appendix I and MS-RPCE. */
enum {
    FLOOR_TCP = 0x07,
    FLOOR_UDP = 0x08,
    FLOOR_IP = 0x09,
    FLOOR_CONNECTIONLESS = 0x0a,
    FLOOR_CONNECTION = 0x0b,
    FLOOR_LOCAL = 0x0c,
    FLOOR_UUID = 0x0d,
    FLOOR_IPX = 0x0e,
    FLOOR_SMB_PIPE = 0x0f,
    FLOOR_LOCAL_PIPE = 0x10,
    FLOOR_NETBEUI = 0x12,
    FLOOR_SPX = 0x13,
    FLOOR_NETBIOS_IPX = 0x14,
    FLOOR_DSP = 0x16,
    FLOOR_DDP = 0x17,
    FLOOR_VINES_SPP = 0x1a,
    FLOOR_VINES_IPC = 0x1b,
    FLOOR_HTTP = 0x1f,
    FLOOR_UNIX = 0x20,
};

bool epm_is_mapper(const struct rpc_interface *interface)
{
    static const struct uuid mapper = {
        {0xe1, 0xaf, 0x83, 0x08, 0x5d, 0x1f, 0x11, 0xc9, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa}};
    return uuid_equal(&interface->uuid, &mapper) && interface->major == 3;
}

/* The protocol sequence that floor 3 (`carrier`) and one of the floors above it stand for; NULL when none. */
static const char *sequence_of(uint8_t carrier, uint8_t floor)
{
    static const struct {
        uint8_t carrier, floor;
        const char *name;
    } known[] = {
        {FLOOR_CONNECTION, FLOOR_TCP, "ncacn_ip_tcp"},
        {FLOOR_CONNECTIONLESS, FLOOR_UDP, "ncadg_ip_udp"},
        {FLOOR_CONNECTION, FLOOR_HTTP, "ncacn_http"},
        {FLOOR_CONNECTION, FLOOR_SMB_PIPE, "ncacn_np"},
        {FLOOR_LOCAL, FLOOR_LOCAL_PIPE, "ncalrpc"},
        {FLOOR_CONNECTIONLESS, FLOOR_IPX, "ncadg_ipx"},
        {FLOOR_CONNECTION, FLOOR_SPX, "ncacn_spx"},
        {FLOOR_CONNECTION, FLOOR_NETBEUI, "ncacn_nb_nb"},
        {FLOOR_CONNECTION, FLOOR_NETBIOS_IPX, "ncacn_nb_ipx"},
        {FLOOR_CONNECTION, FLOOR_DSP, "ncacn_at_dsp"},
        {FLOOR_CONNECTIONLESS, FLOOR_DDP, "ncadg_at_ddp"},
        {FLOOR_CONNECTION, FLOOR_VINES_SPP, "ncacn_vns_spp"},
        {FLOOR_CONNECTIONLESS, FLOOR_VINES_IPC, "ncadg_vns_ipc"},
        {FLOOR_CONNECTION, FLOOR_UNIX, "ncacn_unix_stream"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].carrier == carrier && known[i].floor == floor)
            return known[i].name;
    return NULL;
}

static struct bytes text_before_nul(struct bytes text)
{
    const uint8_t *end = text.left == 0 ? NULL : memchr(text.at, 0, text.left);
    return end == NULL ? text : bytes_take(&text, (size_t)(end - text.at));
}

/* Floors 1 and 2: a UUID with its version. */
static bool read_identity(uint8_t protocol, struct bytes left, struct bytes right, struct rpc_interface *out)
{
    out->uuid = uuid_take(&left, true);
    out->major = bytes_le16(&left);
    out->minor = bytes_le16(&right);
    return protocol == FLOOR_UUID && bytes_ok(&left) && bytes_ok(&right);
}

/* Floor 4 and above: how to get there. The first floor that makes sense above its carrier decides. */
static void read_way(uint8_t carrier, uint8_t protocol, struct bytes right, struct learned *out)
{
    const char *sequence = sequence_of(carrier, protocol);
    bool first = out->protocol_sequence == NULL;
    if (first && sequence != NULL)
        out->protocol_sequence = sequence;
    if (protocol == FLOOR_TCP || protocol == FLOOR_UDP || protocol == FLOOR_HTTP) {
        out->port = bytes_be16(&right);
        out->udp = protocol == FLOOR_UDP;
    } else if ((protocol == FLOOR_IP || (protocol == FLOOR_UNIX && !first)) && right.left == 4) {
        /* Windows 2003 gives the address of an HTTP tower under the number of Unix sockets. */
        struct bytes octets = bytes_take(&right, 4);
        out->has_address = true;
        out->tower_address = address_from_v4(octets.at);
    } else if (protocol == FLOOR_SMB_PIPE || protocol == FLOOR_LOCAL_PIPE || (protocol == FLOOR_UNIX && first)) {
        out->endpoint = text_before_nul(right);
    }
}

static bool read_tower(struct bytes tower, struct learned *out)
{
    uint8_t carrier = 0;
    uint16_t floors = bytes_le16(&tower);
    if (floors < 3)
        return false;
    for (uint16_t i = 0; i < floors; i++) {
        uint16_t length = bytes_le16(&tower);
        struct bytes left = bytes_take(&tower, length);
        length = bytes_le16(&tower);
        struct bytes right = bytes_take(&tower, length);
        uint8_t protocol = bytes_u8(&left);
        struct rpc_interface identity = {0};
        if (!bytes_ok(&tower) || (i < 2 && !read_identity(protocol, left, right, &identity)))
            return false;
        if (i == 0) {
            out->interface = identity.uuid;
            out->major = identity.major;
            out->minor = identity.minor;
        } else if (i == 2) {
            carrier = protocol;
        } else if (i > 2) {
            read_way(carrier, protocol, right, out);
        }
    }
    if (out->protocol_sequence == NULL)
        out->protocol_sequence = "unknown";
    return true;
}

/* A twr_t: its size twice, then the octets. False when that does not hold together. */
static bool take_tower(struct ndr *ndr, struct bytes *octets)
{
    uint64_t most = ndr_count(ndr);
    uint32_t length = ndr_long(ndr);
    *octets = bytes_take(&ndr->in, length);
    return ndr_ok(ndr) && length == most;
}

/* What came of reading an answer. */
struct reading {
    bool complete; /* up to the status */
    uint32_t status;
    unsigned towers, understood;
    size_t rest; /* bytes behind the status */
};

/* Takes the next tower and learns it, when there is somebody to tell. False when the stub cannot be read on. */
static bool learn_tower(struct ndr *ndr, struct learned *learned, struct reading *reading, struct facts *out)
{
    struct bytes octets;
    if (!take_tower(ndr, &octets))
        return false;
    reading->towers++;
    if (read_tower(octets, learned)) {
        reading->understood++;
        if (out != NULL)
            facts_learn(out, learned);
    }
    return true;
}

/* The size of the conformant and varying array that both answers carry; false when it cannot be. */
static bool take_array_size(struct ndr *ndr, uint64_t *count)
{
    bytes_skip(&ndr->in, HANDLE_BYTES);
    uint32_t announced = ndr_long(ndr);
    uint64_t most = ndr_count(ndr);
    uint64_t first = ndr_count(ndr);
    *count = ndr_count(ndr);
    return ndr_ok(ndr) && first == 0 && *count <= most && *count <= ENTRIES_MOST && *count == announced;
}

static void finish(struct ndr *ndr, struct reading *reading)
{
    reading->status = ndr_long(ndr);
    reading->complete = ndr_ok(ndr);
    reading->rest = ndr->in.left;
}

static struct reading read_map(struct ndr ndr, struct facts *out)
{
    struct reading reading = {0};
    uint64_t count;
    if (!take_array_size(&ndr, &count))
        return reading;
    struct ndr referents = ndr;
    for (uint64_t i = 0; i < count; i++)
        (void)ndr_count(&ndr);
    for (uint64_t i = 0; i < count && ndr_ok(&ndr); i++) {
        struct learned learned = {.from = LEARNED_EPT_MAP};
        if (ndr_count(&referents) != 0 && !learn_tower(&ndr, &learned, &reading, out))
            return reading;
    }
    finish(&ndr, &reading);
    return reading;
}

/* One ept_entry_t; its tower follows after all of them. */
static bool take_entry(struct ndr *ndr, struct bytes *annotation)
{
    enum { ANNOTATION_MOST = 64 };
    ndr_align_wide(ndr);
    bytes_skip(&ndr->in, 16); /* object */
    bool has_tower = ndr_count(ndr) != 0;
    uint64_t first = ndr_count(ndr);
    uint64_t length = ndr_count(ndr);
    if (first != 0 || length > ANNOTATION_MOST)
        length = ndr->in.left + 1; /* a lie: overrun */
    *annotation = text_before_nul(bytes_take(&ndr->in, (size_t)length));
    return has_tower;
}

static struct reading read_lookup(struct ndr ndr, struct facts *out)
{
    struct reading reading = {0};
    struct bytes annotation;
    uint64_t count;
    if (!take_array_size(&ndr, &count))
        return reading;
    struct ndr entries = ndr;
    for (uint64_t i = 0; i < count; i++)
        (void)take_entry(&ndr, &annotation);
    for (uint64_t i = 0; i < count && ndr_ok(&ndr); i++) {
        bool has_tower = take_entry(&entries, &annotation);
        struct learned learned = {.from = LEARNED_EPT_LOOKUP, .annotation = annotation};
        if (has_tower && !learn_tower(&ndr, &learned, &reading, out))
            return reading;
    }
    finish(&ndr, &reading);
    return reading;
}

static struct reading read_answer(unsigned operation, struct bytes stub, enum ndr_syntax syntax, bool little,
                                  struct facts *out)
{
    struct ndr ndr = ndr_of(stub, little, syntax);
    return operation == EPM_MAP ? read_map(ndr, out) : read_lookup(ndr, out);
}

/* Does the stub read as this answer from the first byte to the last, but for padding? */
static bool fits(unsigned operation, struct bytes stub, enum ndr_syntax syntax, bool little, struct reading *reading)
{
    *reading = read_answer(operation, stub, syntax, little, NULL);
    return reading->complete && reading->understood == reading->towers && reading->rest < 8;
}

bool epm_read_response(unsigned operation, struct bytes stub, enum ndr_syntax syntax, bool little, struct facts *out,
                       uint32_t *status)
{
    struct reading reading;
    if (syntax == NDR_UNKNOWN) {
        if (fits(operation, stub, NDR_32, little, &reading))
            syntax = NDR_32;
        else if (fits(operation, stub, NDR_64, little, &reading))
            syntax = NDR_64;
        else
            return false;
    }
    reading = read_answer(operation, stub, syntax, little, out);
    *status = reading.status;
    return reading.complete;
}

bool epm_recognise_response(struct bytes stub, bool little, struct facts *out)
{
    static const unsigned operations[] = {EPM_MAP, EPM_LOOKUP};
    static const enum ndr_syntax syntaxes[] = {NDR_32, NDR_64};
    for (size_t o = 0; o < 2; o++) {
        for (size_t s = 0; s < 2; s++) {
            struct reading reading;
            if (fits(operations[o], stub, syntaxes[s], little, &reading) && reading.towers > 0) {
                (void)read_answer(operations[o], stub, syntaxes[s], little, out);
                return true;
            }
        }
    }
    return false;
}

static bool map_request(struct ndr ndr, struct rpc_interface *asked)
{
    struct bytes octets;
    if (ndr_count(&ndr) != 0)
        bytes_skip(&ndr.in, 16);
    if (ndr_count(&ndr) == 0 || !take_tower(&ndr, &octets))
        return false;
    struct learned wanted = {.from = LEARNED_EPT_MAP};
    if (!read_tower(octets, &wanted))
        return false;
    ndr_align(&ndr, 4);
    bytes_skip(&ndr.in, HANDLE_BYTES);
    (void)ndr_long(&ndr); /* max_towers */
    *asked = (struct rpc_interface){wanted.interface, wanted.major, wanted.minor};
    return ndr_ok(&ndr);
}

bool epm_read_map_request(struct bytes stub, enum ndr_syntax syntax, bool little, struct rpc_interface *asked)
{
    return (syntax != NDR_64 && map_request(ndr_of(stub, little, NDR_32), asked)) ||
           (syntax != NDR_32 && map_request(ndr_of(stub, little, NDR_64), asked));
}

static bool lookup_request(struct ndr ndr)
{
    uint32_t inquiry = ndr_long(&ndr);
    if (ndr_count(&ndr) != 0)
        bytes_skip(&ndr.in, 16);
    if (ndr_count(&ndr) != 0)
        bytes_skip(&ndr.in, 20);
    uint32_t version_option = ndr_long(&ndr);
    bytes_skip(&ndr.in, HANDLE_BYTES);
    uint32_t most = ndr_long(&ndr);
    return ndr_ok(&ndr) && inquiry <= 3 && version_option <= 4 && most <= ENTRIES_MOST && ndr.in.left < 8;
}

bool epm_is_lookup_request(struct bytes stub, enum ndr_syntax syntax, bool little)
{
    return (syntax != NDR_64 && lookup_request(ndr_of(stub, little, NDR_32))) ||
           (syntax != NDR_32 && lookup_request(ndr_of(stub, little, NDR_64)));
}
