/* parts: does a part of a row fit a conversation, seen by port, protocol and interface alone? (audit/match.h) */
#include "audit/match.h"

#include <string.h>
#include <strings.h>

static bool part_has_dynamic_rpc(const struct part *part)
{
    for (size_t i = 0; i < part->port_count; i++)
        if (part->ports[i].kind == PORT_DYNAMIC_RPC)
            return true;
    return false;
}

bool part_is_mapper(const struct part *part)
{
    for (size_t i = 0; i < part->port_count; i++)
        if (part->ports[i].kind == PORT_FIXED && part->ports[i].transport != TRANSPORT_UDP_NUMBER &&
            part->ports[i].low == 135 && part->ports[i].high == 135)
            return true;
    return false;
}

/* A part that says of itself that it is the mapper and nothing behind it. */
static bool part_is_mapper_only(const struct part *part)
{
    return part->services.count == 1 && strcasecmp(part->services.items[0], "epmapper") == 0;
}

bool part_takes_dynamic_rpc(const struct path *path, const struct part *part)
{
    if (part_has_dynamic_rpc(part))
        return true;
    if (!part_is_mapper(part) || part_is_mapper_only(part))
        return false;
    for (size_t i = 0; i < path->part_count; i++)
        if (part_has_dynamic_rpc(&path->parts[i]))
            return false;
    return true;
}

bool part_names_interfaces(const struct part *part)
{
    if (part->services.count == 0 || part->services.items[0][0] == '/' || part_is_mapper_only(part))
        return false;
    return strcmp(part->protocol, "dcerpc") == 0 || part_has_dynamic_rpc(part);
}

/* 2 when the part names the service, 1 when it names none and takes any, 0 when it names others. */
static unsigned part_claims(const struct work *work, const struct part *part, const struct service *service)
{
    if (!part_names_interfaces(part))
        return 1;
    for (size_t i = 0; i < part->services.count; i++)
        if (service_is(work, service, part->services.items[i]))
            return 2;
    return 0;
}

unsigned path_claims(const struct work *work, const struct subject *subject, const struct path *path,
                     const struct part *part, const struct service *service)
{
    if (!subject->mapper)
        return part_claims(work, part, service);
    unsigned best = 0;
    bool names = false; /* does the row say what may stand behind the mapper? */
    for (size_t i = 0; i < path->part_count; i++) {
        if (!part_takes_dynamic_rpc(path, &path->parts[i]))
            continue;
        unsigned claim = part_claims(work, &path->parts[i], service);
        best = claim > best ? claim : best;
        names = true;
    }
    return names ? best : 1;
}

static bool port_holds(const struct port *port, const struct judged_conversation *conversation)
{
    return conversation->port >= port->low && conversation->port <= port->high;
}

static bool transport_fits(const struct port *port, const struct judged_conversation *conversation)
{
    if (port->transport != 0)
        return port->transport == conversation->transport;
    return conversation->transport == TRANSPORT_TCP_NUMBER || conversation->transport == TRANSPORT_UDP_NUMBER;
}

/* Two names of one protocol, or one that comes along with the other: media brings reports, and before it the ends find
 * each other's addresses and agree on keys. */
static bool protocol_same(const char *a, const char *b)
{
    static const char *const same[][2] = {{"ldap", "cldap"}, {"http", "https"}, {"imap4", "imap"}, {"rtp", "srtp"},
                                          {"rtp", "rtcp"},   {"rtp", "stun"},   {"rtp", "dtls"},   {"srtp", "rtcp"},
                                          {"smb", "smb2"},   {"dcerpc", "rpc"}};
    if (strcmp(a, b) == 0)
        return true;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if ((strcmp(a, same[i][0]) == 0 && strcmp(b, same[i][1]) == 0) ||
            (strcmp(a, same[i][1]) == 0 && strcmp(b, same[i][0]) == 0))
            return true;
    return false;
}

/* Is the port known for a service that speaks this protocol? */
static bool is_known_for(const struct subject *subject, const char *protocol)
{
    for (size_t i = 0; i < subject->service_count; i++)
        if (protocol_same(subject->services[i].protocol, protocol))
            return true;
    return false;
}

static enum port_fit dynamic_rpc_fit(const struct subject *subject, const struct port *port)
{
    const struct judged_conversation *conversation = subject->conversation;
    if (subject->mapper || conversation->transport != TRANSPORT_TCP_NUMBER)
        return PORT_FITS_NOT;
    if (port != NULL && port->high != 0 && !port_holds(port, conversation))
        return PORT_FITS_NOT;
    if (subject->service_count > 0)
        return is_known_for(subject, "dcerpc") ? PORT_FITS_TOLD : PORT_FITS_NOT;
    return subject->in_dynamic_range ? PORT_FITS_RANGE : PORT_FITS_NOT;
}

/* Media and the like: a port that was told for the part's protocol is certain; a port of the range alone is not, and
 * only as long as what lives or is spoken there is not known to be something else. A part that names no protocol takes
 * any but RPC, whose ports have a word of their own. */
static enum port_fit dynamic_fit(const struct subject *subject, const struct port *port, const struct part *part)
{
    const struct judged_conversation *conversation = subject->conversation;
    bool agrees = conversation->protocol[0] == '\0' || protocol_same(conversation->protocol, part->protocol);
    if (!port_holds(port, conversation))
        return PORT_FITS_NOT;
    if (subject->service_count == 0)
        return agrees ? PORT_FITS_RANGE : PORT_FITS_NOT;
    bool known = part->protocol[0] != '\0' ? is_known_for(subject, part->protocol) : !is_known_for(subject, "dcerpc");
    return known ? PORT_FITS_TOLD : PORT_FITS_NOT;
}

static enum port_fit port_fit(const struct subject *subject, const struct port *port, const struct part *part)
{
    const struct judged_conversation *conversation = subject->conversation;
    if (port->kind == PORT_PROTOCOL)
        return port->transport == conversation->transport ? PORT_FITS_FIXED : PORT_FITS_NOT;
    if (port->kind == PORT_ANY)
        return port->transport == 0 || port->transport == conversation->transport ? PORT_FITS_ANY : PORT_FITS_NOT;
    if (!transport_fits(port, conversation))
        return PORT_FITS_NOT;
    if (port->kind == PORT_FIXED)
        return port_holds(port, conversation) ? PORT_FITS_FIXED : PORT_FITS_NOT;
    if (port->kind == PORT_DYNAMIC_RPC)
        return dynamic_rpc_fit(subject, port);
    return dynamic_fit(subject, port, part);
}

uint16_t host_port(const struct host *server, const struct part *part)
{
    for (size_t i = 0; part->port_setting != NULL && part->port_setting[0] != '\0' && i < server->port_count; i++)
        if (strcmp(server->ports[i].setting, part->port_setting) == 0)
            return server->ports[i].port;
    return 0;
}

enum port_fit part_port_fit(const struct subject *subject, const struct path *path, const struct part *part)
{
    enum port_fit best = PORT_FITS_NOT;
    uint16_t own = host_port(subject->server, part);
    for (size_t i = 0; i < part->port_count; i++) {
        struct port port = part->ports[i];
        if (own != 0 && (port.kind == PORT_FIXED || port.kind == PORT_DYNAMIC_RPC))
            port = (struct port){PORT_FIXED, port.transport, own, own, port.text};
        enum port_fit fit = port_fit(subject, &port, part);
        if (fit > best)
            best = fit;
    }
    if (best == PORT_FITS_NOT && !part_has_dynamic_rpc(part) && part_takes_dynamic_rpc(path, part))
        best = dynamic_rpc_fit(subject, NULL);
    return best;
}

bool part_protocol_fits(const struct subject *subject, const struct part *part)
{
    /* What is carried inside TLS cannot be told. */
    static const char *const inside_tls[] = {"http", "https", "ldap", "ldaps", "sip",  "pop3",
                                             "imap", "imap4", "nntp", "xmpp",  "smtps"};
    const char *seen = subject->conversation->protocol, *wanted = part->protocol;
    if (seen[0] == '\0' || wanted[0] == '\0' || protocol_same(seen, wanted))
        return true;
    if (strcmp(seen, "tls") != 0)
        return false;
    for (size_t i = 0; i < sizeof inside_tls / sizeof inside_tls[0]; i++)
        if (strcmp(wanted, inside_tls[i]) == 0)
            return true;
    return texts_have(&part->expectation.encryption_supported, "tls");
}
