/* dcom: the answers of IObjectExporter (MS-DCOM 3.1.2.5.1), IActivation (3.1.2.5.2.3.1) and IRemoteSCMActivator
 * (3.1.2.5.2.3.2 and 3.1.2.5.2.3.3), DUALSTRINGARRAY (2.2.19), OBJREF_CUSTOM (2.2.18.6) with the activation
 * properties in it (2.2.22), and the type serialization of these (MS-RPCE 2.2.6). */
#include "dissectors/dcom.h"

#define OBJREF_SIGNATURE 0x574f454du /* MEOW */
#define OBJREF_CUSTOM    4u
#define OBJECT_VERSION   5   /* the major version of the protocol, 2.2.11 */
#define EXTENSIONS_MOST  16  /* of ORPC_EXTENT_ARRAY; two kinds are defined */
#define PROPERTIES_MOST  10  /* MAX_ACTPROP_LIMIT, 2.2.28.1 */
#define BINDINGS_MOST    256 /* a machine with more addresses is a lie */
#define TEXT_MOST        256

/* Values of wTowerId, 2.2.19.3 and C706 appendix I. */
enum { TOWER_TCP = 0x07, TOWER_UDP = 0x08, TOWER_SMB_PIPE = 0x0f, TOWER_HTTP = 0x1f };

/* Interface and class identifiers that end like all of COM's. */
#define COM_UUID(a, b)                                                                                                 \
    {                                                                                                                  \
        {                                                                                                              \
            0, 0, a, b, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46                                                       \
        }                                                                                                              \
    }

static const struct uuid object_exporter = {
    {0x99, 0xfc, 0xfe, 0xc4, 0x52, 0x60, 0x10, 0x1b, 0xbb, 0xcb, 0x00, 0xaa, 0x00, 0x21, 0x34, 0x7a}};
static const struct uuid activation = {
    {0x4d, 0x9f, 0x4a, 0xb8, 0x7d, 0x1c, 0x11, 0xcf, 0x86, 0x1e, 0x00, 0x20, 0xaf, 0x6e, 0x7c, 0x57}};
static const struct uuid scm_activator = COM_UUID(0x01, 0xa0);
static const struct uuid properties_out = COM_UUID(0x03, 0x39);
static const struct uuid scm_reply_info = COM_UUID(0x01, 0xb6);

bool dcom_is_resolver(const struct rpc_interface *interface)
{
    return interface->major == 0 && interface->minor == 0 &&
           (uuid_equal(&interface->uuid, &object_exporter) || uuid_equal(&interface->uuid, &activation) ||
            uuid_equal(&interface->uuid, &scm_activator));
}

enum dcom_answer dcom_answer_of(const struct rpc_interface *interface, uint16_t operation)
{
    static const struct {
        const struct uuid *interface;
        uint16_t operation;
        enum dcom_answer answer;
    } known[] = {
        {&object_exporter, 0, DCOM_RESOLVED}, {&object_exporter, 4, DCOM_RESOLVED_WITH_VERSION},
        {&activation, 0, DCOM_ACTIVATED},     {&scm_activator, 3, DCOM_PROPERTIES},
        {&scm_activator, 4, DCOM_PROPERTIES},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].operation == operation && uuid_equal(&interface->uuid, known[i].interface))
            return known[i].answer;
    return DCOM_NO_BINDINGS;
}

/* --- string bindings --- */

/* The string bindings of a DUALSTRINGARRAY, which are UTF-16 units in the sender's byte order. */
struct bindings {
    struct bytes units;
    bool little;
};

static bool take_bindings(struct ndr *ndr, struct bindings *bindings)
{
    uint64_t most = ndr_count(ndr);
    uint16_t entries = ndr_u16(&ndr->in, ndr->little);
    uint16_t security_begins = ndr_u16(&ndr->in, ndr->little);
    struct bytes array = bytes_take(&ndr->in, (size_t)entries * 2);
    bindings->units = bytes_take(&array, (size_t)security_begins * 2);
    bindings->little = ndr->little;
    return ndr_ok(ndr) && bytes_ok(&bindings->units) && entries == most;
}

/* Up to the NUL, in ASCII; what is none becomes '?', which no address and no port holds. False without a NUL. */
static bool take_text(struct bindings *bindings, char text[TEXT_MOST])
{
    size_t length = 0;
    while (bindings->units.left >= 2) {
        uint16_t unit = ndr_u16(&bindings->units, bindings->little);
        if (length < TEXT_MOST)
            text[length++] = (char)(unit < 0x80 ? unit : '?');
        if (unit == 0) {
            text[length - 1] = '\0';
            return true;
        }
    }
    return false;
}

static const char *sequence_of(uint16_t tower)
{
    switch (tower) {
    case TOWER_TCP:
        return "ncacn_ip_tcp";
    case TOWER_UDP:
        return "ncadg_ip_udp";
    case TOWER_SMB_PIPE:
        return "ncacn_np";
    case TOWER_HTTP:
        return "ncacn_http";
    default:
        return "unknown";
    }
}

/* 0 when the text is no port. */
static uint16_t port_of(const char *text)
{
    uint32_t port = 0;
    for (; *text >= '0' && *text <= '9' && port <= UINT16_MAX; text++)
        port = port * 10 + (uint32_t)(*text - '0');
    return *text == '\0' && port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* A host that is a literal address; one of IPv6 may stand in brackets and may have a zone. */
static bool address_of_host(char *host, struct address *address)
{
    size_t length = strlen(host);
    if (length > 1 && host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        host++;
    }
    char *zone = strchr(host, '%');
    if (zone != NULL)
        *zone = '\0';
    return address_parse(host, address);
}

/* "host[endpoint]". */
static void learn_binding(uint16_t tower, char *text, enum learned_from from, struct facts *out)
{
    struct learned learned = {.from = from, .protocol_sequence = sequence_of(tower), .udp = tower == TOWER_UDP};
    char *endpoint = strrchr(text, '[');
    size_t length = strlen(text);
    if (endpoint == NULL || text[length - 1] != ']')
        return;
    text[length - 1] = '\0';
    *endpoint++ = '\0';
    if (tower == TOWER_TCP || tower == TOWER_UDP || tower == TOWER_HTTP)
        learned.port = port_of(endpoint);
    else
        learned.endpoint = bytes_of(endpoint, strlen(endpoint));
    learned.has_address = address_of_host(text, &learned.tower_address);
    if (learned.port != 0 || learned.endpoint.left > 0)
        facts_learn(out, &learned);
}

static void learn_bindings(struct bindings bindings, enum dcom_answer answer, struct facts *out)
{
    bool resolved = answer == DCOM_RESOLVED || answer == DCOM_RESOLVED_WITH_VERSION;
    char text[TEXT_MOST];
    for (unsigned i = 0; i < BINDINGS_MOST && bindings.units.left >= 2; i++) {
        uint16_t tower = ndr_u16(&bindings.units, bindings.little);
        if (tower == 0 || !take_text(&bindings, text))
            return;
        learn_binding(tower, text, resolved ? LEARNED_RESOLVE_OXID : LEARNED_REMOTE_CREATE_INSTANCE, out);
    }
}

/* --- answers --- */

static bool take_version(struct ndr *ndr)
{
    ndr_align(ndr, 2);
    uint16_t major = ndr_u16(&ndr->in, ndr->little);
    bytes_skip(&ndr->in, 2);
    return major == OBJECT_VERSION;
}

/* From the pointer to the bindings up to the authentication hint. */
static bool take_exporter(struct ndr *ndr, struct bindings *bindings)
{
    if (ndr_count(ndr) == 0 || !take_bindings(ndr, bindings))
        return false;
    ndr_align(ndr, 4);
    bytes_skip(&ndr->in, 16); /* IPID of IRemUnknown */
    (void)ndr_long(ndr);
    return ndr_ok(ndr);
}

/* ORPCTHAT, 2.2.13.4, with its extensions. */
static bool pass_orpc_that(struct ndr *ndr)
{
    (void)ndr_long(ndr); /* flags */
    if (ndr_count(ndr) == 0)
        return ndr_ok(ndr);
    ndr_align_wide(ndr);
    (void)ndr_long(ndr); /* how many of them count */
    (void)ndr_long(ndr);
    if (ndr_count(ndr) == 0)
        return ndr_ok(ndr);
    uint64_t count = ndr_count(ndr), there = 0;
    if (count > EXTENSIONS_MOST)
        return false;
    for (uint64_t i = 0; i < count; i++)
        there += ndr_count(ndr) != 0;
    for (uint64_t i = 0; i < there && ndr_ok(ndr); i++) {
        uint64_t length = ndr_count(ndr);
        bytes_skip(&ndr->in, 16 + 4); /* identifier, length without padding */
        bytes_skip(&ndr->in, length < ndr->in.left ? (size_t)length : ndr->in.left + 1);
    }
    return ndr_ok(ndr);
}

static bool read_resolved(struct ndr ndr, bool with_version, struct bindings *bindings)
{
    if (!take_exporter(&ndr, bindings) || (with_version && !take_version(&ndr)))
        return false;
    return ndr_long(&ndr) == 0 && ndr_ok(&ndr) && ndr.in.left < 8;
}

/* The interface pointers that follow are of no interest. */
static bool read_activated(struct ndr ndr, struct bindings *bindings)
{
    if (!pass_orpc_that(&ndr))
        return false;
    ndr_align(&ndr, 8);
    bytes_skip(&ndr.in, 8); /* OXID */
    if (!take_exporter(&ndr, bindings) || !take_version(&ndr))
        return false;
    return ndr_long(&ndr) == 0 && ndr_ok(&ndr);
}

/* --- activation properties --- */

/* A type that was serialized on its own, version 1: always NDR, in a byte order of its own. */
static bool open_serialized(struct bytes in, struct ndr *ndr)
{
    uint8_t version = bytes_u8(&in), order = bytes_u8(&in);
    bytes_skip(&in, 14); /* lengths and fillers */
    *ndr = ndr_of(in, order == 0x10, NDR_32);
    return bytes_ok(&in) && version == 1;
}

/* ScmReplyInfoData, 2.2.22.2.8. */
static bool read_scm_reply(struct bytes property, struct bindings *bindings)
{
    struct ndr ndr;
    if (!open_serialized(property, &ndr))
        return false;
    bool reserved = ndr_count(&ndr) != 0;
    if (ndr_count(&ndr) == 0)
        return false;
    if (reserved)
        (void)ndr_long(&ndr);
    ndr_align(&ndr, 8);
    bytes_skip(&ndr.in, 8); /* OXID */
    bool has_bindings = ndr_count(&ndr) != 0;
    bytes_skip(&ndr.in, 16); /* IPID of IRemUnknown */
    (void)ndr_long(&ndr);    /* authentication hint */
    return has_bindings && take_version(&ndr) && take_bindings(&ndr, bindings);
}

/* The properties, 2.2.22: a header that tells their classes and sizes, then each of them. */
static bool read_properties(struct bytes blob, struct bindings *bindings)
{
    struct ndr header;
    struct bytes properties = blob;
    if (!open_serialized(blob, &header))
        return false;
    (void)ndr_long(&header); /* size of all */
    size_t header_bytes = ndr_long(&header);
    bytes_skip(&header.in, 8); /* reserved, context */
    uint32_t count = ndr_long(&header);
    bytes_skip(&header.in, 16 + 3 * 4); /* a class, three pointers */
    if (count > PROPERTIES_MOST || ndr_count(&header) != count)
        return false;
    struct bytes classes = bytes_take(&header.in, (size_t)count * 16);
    if (ndr_count(&header) != count || !ndr_ok(&header))
        return false;
    bytes_skip(&properties, header_bytes);
    for (uint32_t i = 0; i < count; i++) {
        struct uuid class = uuid_take(&classes, header.little);
        struct bytes property = bytes_take(&properties, ndr_long(&header));
        if (!ndr_ok(&header) || !bytes_ok(&property))
            return false;
        if (uuid_equal(&class, &scm_reply_info))
            return read_scm_reply(property, bindings);
    }
    return false;
}

/* A custom object reference of the class that carries activation properties. */
static bool read_object(struct bytes object, struct bindings *bindings)
{
    uint32_t signature = bytes_le32(&object), kind = bytes_le32(&object);
    bytes_skip(&object, 16); /* interface */
    struct uuid class = uuid_take(&object, true);
    bytes_skip(&object, 8); /* extension, size */
    bytes_skip(&object, 8); /* size again, reserved */
    return signature == OBJREF_SIGNATURE && kind == OBJREF_CUSTOM && uuid_equal(&class, &properties_out) &&
           bytes_ok(&object) && read_properties(object, bindings);
}

/* The MInterfacePointer (2.2.14) that carries the properties. */
static bool read_activation(struct ndr ndr, struct bindings *bindings)
{
    if (!pass_orpc_that(&ndr) || ndr_count(&ndr) == 0)
        return false;
    uint64_t most = ndr_count(&ndr);
    uint32_t length = ndr_long(&ndr);
    struct bytes object = bytes_take(&ndr.in, length);
    return ndr_ok(&ndr) && length == most && read_object(object, bindings);
}

static bool read_answer(enum dcom_answer answer, struct ndr ndr, struct bindings *bindings)
{
    switch (answer) {
    case DCOM_RESOLVED:
    case DCOM_RESOLVED_WITH_VERSION:
        return read_resolved(ndr, answer == DCOM_RESOLVED_WITH_VERSION, bindings);
    case DCOM_ACTIVATED:
        return read_activated(ndr, bindings);
    case DCOM_PROPERTIES:
        return read_activation(ndr, bindings);
    default:
        return false;
    }
}

static bool read_response(enum dcom_answer answer, struct bytes stub, enum ndr_syntax syntax, bool little,
                          struct facts *out)
{
    struct bindings bindings;
    if ((syntax == NDR_64 || !read_answer(answer, ndr_of(stub, little, NDR_32), &bindings)) &&
        (syntax == NDR_32 || !read_answer(answer, ndr_of(stub, little, NDR_64), &bindings)))
        return false;
    learn_bindings(bindings, answer, out);
    return true;
}

void dcom_read_response(enum dcom_answer answer, struct bytes stub, enum ndr_syntax syntax, bool little,
                        struct facts *out)
{
    (void)read_response(answer, stub, syntax, little, out);
}

void dcom_recognise_response(struct bytes stub, bool little, struct facts *out)
{
    for (enum dcom_answer answer = DCOM_RESOLVED; answer < DCOM_ANSWER_COUNT; answer++)
        if (read_response(answer, stub, NDR_UNKNOWN, little, out))
            return;
}
