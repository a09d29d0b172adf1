/* decode: the way of one frame through link layer, IP and transport, without a loop or a call that Ethernet, IPv4 and
 * TCP or UDP do not need. Lengths "as sent" come from the IP header, so that Ethernet padding is never payload and a
 * frame cut by the snaplen is known to be cut; what a length field says beyond what holds it is a lie. A packet that
 * carries another is left aside for the one inside, again and again, as long as its wrapping has room; all of that
 * goes through functions which are not on the way of other packets.
 *
 * Rules: RFC 791, 8200 (IP), 4302 (AH), 9293 (TCP), 768 (UDP), 6864 and 5722 (fragments). */
#include "capture/decode.h"

#include "capture/fragments.h"
#include "capture/icmp.h"
#include "capture/link.h"
#include "capture/tunnel.h"
#include "capture/wrapping.h"

#include <stdlib.h>

#define IP6_HOP_BY_HOP  0
#define IP6_ROUTING     43
#define IP6_FRAGMENT    44
#define IP_AH           51
#define IP6_DESTINATION 60
#define IP6_MOBILITY    135
#define IP6_HIP         139
#define IP6_SHIM        140
#define MOST_EXTENSIONS 16

#define IP4_HEADER 20u
#define IP6_HEADER 40u
#define TCP_HEADER 20u
#define UDP_HEADER 8u

struct decoder {
    struct fragments *fragments; /* NULL while what an error quotes is read: of that nothing is gathered */
    struct wrappings *wrappings;
    bool keep_apart;
};

/* On the way of every packet: worth a copy of the code at each call. */
#define HOT  static inline __attribute__((always_inline))
#define COLD static __attribute__((noinline, cold))

/* What the IP headers say beside the two ends. */
struct ip {
    uint8_t version, protocol, ttl;
    bool fragmented, more;
    uint32_t bytes;  /* of the packet, as sent */
    uint32_t sent;   /* of what follows the headers, as sent */
    uint32_t offset; /* of this fragment */
    uint32_t id;
    struct bytes body; /* what follows the headers, as captured, without padding */
};

HOT struct bytes bytes_take_most(struct bytes *in, size_t length)
{
    return bytes_take(in, length < in->left ? length : in->left);
}

static bool fragment_header_take(struct ip *ip)
{
    struct bytes header = bytes_take(&ip->body, 8);
    ip->protocol = bytes_u8(&header);
    bytes_skip(&header, 1);
    uint16_t offset_and_more = bytes_be16(&header);
    ip->id = bytes_be32(&header);
    if (!bytes_ok(&header) || ip->sent < 8)
        return false;
    ip->sent -= 8;
    ip->offset = offset_and_more & 0xfff8;
    ip->more = (offset_and_more & 1) != 0;
    ip->fragmented = ip->offset > 0 || ip->more; /* else "atomic", RFC 6946 */
    return true;
}

static bool extension_take(struct ip *ip, uint32_t unit, uint32_t and_units)
{
    struct bytes in = ip->body;
    uint8_t next = bytes_u8(&in);
    uint32_t length = (bytes_u8(&in) + and_units) * unit;
    bytes_skip(&ip->body, length);
    if (!bytes_ok(&ip->body) || length > ip->sent)
        return false;
    ip->protocol = next;
    ip->sent -= length;
    return true;
}

/* Steps over what stands between IP and its transport: in IPv4 only AH, in IPv6 the extension headers, up to a fragment
 * header of a packet that is in pieces. False when one is cut or lies. */
static bool extensions_take(struct ip *ip)
{
    for (int count = 0; count < MOST_EXTENSIONS; count++) {
        if (ip->version == 4 && ip->protocol != IP_AH)
            return true;
        bool taken;
        switch (ip->protocol) {
        case IP_AH:
            taken = extension_take(ip, 4, 2);
            break;
        case IP6_FRAGMENT:
            taken = fragment_header_take(ip);
            break;
        case IP6_HOP_BY_HOP:
        case IP6_ROUTING:
        case IP6_DESTINATION:
        case IP6_MOBILITY:
        case IP6_HIP:
        case IP6_SHIM:
            taken = extension_take(ip, 8, 1);
            break;
        default:
            return true;
        }
        if (!taken || ip->fragmented)
            return taken;
    }
    return false;
}

HOT struct address address_take_v4(struct bytes *in)
{
    struct bytes octets = bytes_take(in, 4);
    return octets.left == 4 ? address_from_v4(octets.at) : (struct address){{0}};
}

HOT struct address address_take_v6(struct bytes *in)
{
    struct bytes octets = bytes_take(in, 16);
    return octets.left == 16 ? address_from_v6(octets.at) : (struct address){{0}};
}

HOT bool ip4_take(struct bytes in, uint32_t sent, struct endpoints *ends, struct ip *ip)
{
    struct bytes header = bytes_take(&in, IP4_HEADER);
    uint32_t header_bytes = (bytes_u8(&header) & 0xfu) * 4;
    bytes_skip(&header, 1);
    uint32_t total = bytes_be16(&header);
    ip->id = bytes_be16(&header);
    uint16_t flags_and_offset = bytes_be16(&header);
    ip->ttl = bytes_u8(&header);
    uint8_t protocol = bytes_u8(&header);
    bytes_skip(&header, 2);
    ends->source = address_take_v4(&header);
    ends->target = address_take_v4(&header);
    if (!bytes_ok(&header) || header_bytes < IP4_HEADER)
        return false;
    if (total == 0) /* a packet the sender's card cuts up (TSO), captured before it did */
        total = sent;
    bytes_skip(&in, header_bytes - IP4_HEADER);
    if (!bytes_ok(&in) || total < header_bytes)
        return false;
    /* Locals, because reading back two bytes that were just written one by one waits for the memory. */
    bool fragmented = (flags_and_offset & 0x3fff) != 0;
    ip->version = 4;
    ip->protocol = protocol;
    ip->bytes = total;
    ip->sent = total - header_bytes;
    ip->body = bytes_take_most(&in, ip->sent);
    ip->more = (flags_and_offset & 0x2000) != 0;
    ip->offset = (flags_and_offset & 0x1fffu) * 8;
    ip->fragmented = fragmented;
    return protocol != IP_AH || fragmented || extensions_take(ip);
}

static bool ip6_take(struct bytes in, uint32_t sent, struct endpoints *ends, struct ip *ip)
{
    struct bytes header = bytes_take(&in, IP6_HEADER);
    bytes_skip(&header, 4);
    ip->sent = bytes_be16(&header);
    ip->protocol = bytes_u8(&header);
    ip->ttl = bytes_u8(&header);
    ends->source = address_take_v6(&header);
    ends->target = address_take_v6(&header);
    if (!bytes_ok(&header))
        return false;
    if (ip->sent == 0) /* longer than the field can say: TSO, or a jumbogram (RFC 2675) */
        ip->sent = sent - IP6_HEADER;
    ip->version = 6;
    ip->bytes = IP6_HEADER + ip->sent;
    ip->body = bytes_take_most(&in, ip->sent);
    ip->more = ip->fragmented = false;
    ip->offset = ip->id = 0;
    return extensions_take(ip);
}

/* `in` begins with an IP header and `sent` is its length before anything was cut; ends but the ports, and `ip`. */
HOT bool ip_take(struct bytes in, uint32_t sent, struct endpoints *ends, struct ip *ip)
{
    struct bytes first = in;
    uint8_t version = bytes_u8(&first) >> 4;
    bool taken = version == 4 ? ip4_take(in, sent, ends, ip) : version == 6 && ip6_take(in, sent, ends, ip);
    ends->protocol = ip->protocol;
    return taken;
}

HOT void ports_take(struct bytes *in, struct endpoints *ends)
{
    ends->source_port = bytes_be16(in);
    ends->target_port = bytes_be16(in);
}

/* A cut header is read as far as it goes; without its length it counts as one without options. */
HOT bool tcp_take(const struct ip *ip, struct packet *out)
{
    struct bytes in = ip->body;
    ports_take(&in, &out->ends);
    if (!bytes_ok(&in) || ip->sent < TCP_HEADER)
        return false;
    out->sequence = bytes_be32(&in);
    out->acknowledged = bytes_be32(&in);
    uint32_t header_bytes = (bytes_u8(&in) >> 4) * 4u;
    if (!bytes_ok(&in))
        header_bytes = TCP_HEADER;
    out->tcp_flags = bytes_u8(&in);
    out->checksum = (uint16_t)bytes_be32(&in); /* behind the window */
    if (header_bytes < TCP_HEADER || header_bytes > ip->sent)
        return false;
    in = ip->body;
    bytes_skip(&in, header_bytes);
    out->payload = bytes_of(in.at, in.left);
    out->payload_sent = ip->sent - header_bytes;
    return true;
}

HOT bool udp_take(const struct ip *ip, struct packet *out)
{
    struct bytes in = ip->body;
    ports_take(&in, &out->ends);
    if (!bytes_ok(&in) || ip->sent < UDP_HEADER)
        return false;
    uint32_t length = bytes_be16(&in);
    if (length == 0) /* a jumbogram (RFC 2675), or cut before it: all that IP holds */
        length = ip->sent;
    if (length < UDP_HEADER)
        return false;
    out->payload_sent = (length < ip->sent ? length : ip->sent) - UDP_HEADER;
    out->checksum = bytes_be16(&in);
    struct bytes payload = bytes_take_most(&in, out->payload_sent);
    out->payload = bytes_of(payload.at, payload.left);
    return true;
}

/* The packet quoted in an ICMP error: at least its IP header, as a rule 8 bytes more. */
static bool quoted_take(struct bytes in, struct endpoints *ends)
{
    struct ip ip = {0};
    struct endpoints quoted = {0};
    if (!ip_take(in, (uint32_t)in.left, &quoted, &ip))
        return false;
    if ((ip.protocol == IP_TCP || ip.protocol == IP_UDP) && ip.offset == 0)
        ports_take(&ip.body, &quoted);
    *ends = quoted;
    return true;
}

COLD void quoted_open(const struct decoder *decoder, const struct frame *frame, struct bytes in,
                      const struct wrapping *wrapping, struct packet *out);

COLD bool icmp_decode(const struct decoder *decoder, const struct frame *frame, const struct ip *ip,
                      const struct wrapping *wrapping, struct packet *out)
{
    struct bytes in = ip->body;
    out->icmp_type = bytes_u8(&in);
    if (!bytes_ok(&in))
        return false;
    bool v6 = ip->protocol == IP_ICMPV6;
    out->icmp_is_error = icmp_is_error(v6, out->icmp_type);
    uint8_t code = bytes_u8(&in);
    out->checksum = bytes_be16(&in);
    bytes_skip(&in, 4);
    out->quoted = (struct endpoints){0};
    if (out->icmp_is_error && decoder->fragments != NULL && quoted_take(in, &out->quoted)) {
        out->quoted.tunnel = out->ends.tunnel;
        out->quoted.apart = out->ends.apart;
        out->icmp_says = icmp_error_says(v6, out->icmp_type, code);
        if (out->icmp_says != ICMP_SAYS_NOTHING && tunnel_may_be_in(&out->quoted))
            quoted_open(decoder, frame, in, wrapping, out);
    }
    return true;
}

/* Puts the fragment with its others; then `ip` is the whole packet, or the answer is not DECODED_PACKET. */
static enum decoded fragment_gather(struct decoder *decoder, int64_t time_ns, const struct endpoints *ends,
                                    struct ip *ip)
{
    struct fragment fragment = {.time_ns = time_ns,
                                .source = ends->source,
                                .target = ends->target,
                                .id = ip->id,
                                .protocol = ip->protocol,
                                .tunnel = ends->tunnel,
                                .more = ip->more,
                                .offset = ip->offset,
                                .header_bytes = ip->bytes - ip->sent - (ip->version == 6 ? 8 : 0),
                                .data = ip->body,
                                .sent = ip->sent};
    struct datagram whole;
    if (decoder->fragments == NULL || !fragments_add(decoder->fragments, &fragment, &whole))
        return DECODED_FRAGMENT;
    ip->fragmented = ip->more = false;
    ip->offset = 0;
    ip->protocol = whole.protocol;
    ip->body = whole.data;
    ip->sent = whole.sent;
    ip->bytes = whole.header_bytes + whole.sent;
    return extensions_take(ip) && !ip->fragmented ? DECODED_PACKET : DECODED_NOTHING;
}

/* Part by part: gcc clears a structure of this size with a string instruction that takes longer than all the rest. */
HOT void packet_begin(struct packet *out, const struct frame *frame)
{
    out->time_ns = frame->time_ns;
    out->frame = frame->number;
    out->source = frame->source;
    out->ends.source_port = out->ends.target_port = 0;
    out->ends.tunnel = out->ends.apart = 0;
    out->tcp_flags = out->icmp_type = 0;
    out->icmp_is_error = false;
    out->icmp_says = ICMP_SAYS_NOTHING;
    out->sequence = out->acknowledged = 0;
    out->payload = bytes_of(frame->start, 0);
    out->payload_sent = 0;
    out->ip_id = out->checksum = 0;
}

COLD void wrapping_note(struct decoder *decoder, const struct wrapping *wrapping, struct endpoints *ends)
{
    ends->tunnel = wrappings_number(decoder->wrappings, wrapping);
    if (decoder->keep_apart) {
        struct wrapping networks = wrapping_networks(wrapping);
        ends->apart = wrappings_number(decoder->wrappings, &networks);
    }
}

COLD enum decoded tunnel_decode(struct decoder *decoder, const struct frame *frame, struct bytes in, uint32_t sent,
                                struct wrapping *wrapping, struct packet *out);

HOT enum decoded transport_decode(struct decoder *decoder, const struct frame *frame, const struct ip *ip,
                                  struct wrapping *wrapping, struct packet *out)
{
    switch (ip->protocol) {
    case IP_TCP:
        return tcp_take(ip, out) ? DECODED_PACKET : DECODED_NOTHING;
    case IP_UDP:
        if (!udp_take(ip, out))
            return DECODED_NOTHING;
        if (tunnel_may_be_at(out->ends.source_port, out->ends.target_port))
            return tunnel_decode(decoder, frame, out->payload, out->payload_sent, wrapping, out);
        return DECODED_PACKET;
    case IP_ICMP:
    case IP_ICMPV6:
        return icmp_decode(decoder, frame, ip, wrapping, out) ? DECODED_PACKET : DECODED_NOTHING;
    default:
        return tunnel_decode(decoder, frame, ip->body, ip->sent, wrapping, out);
    }
}

/* From an IP header on, of which `cut` bytes that were sent are not here. `wrapping` is NULL when there was none. */
HOT enum decoded ip_decode(struct decoder *decoder, const struct frame *frame, struct bytes in, uint32_t cut,
                           struct wrapping *wrapping, struct packet *out)
{
    struct ip ip;
    ip.protocol = 0;
    packet_begin(out, frame);
    if (wrapping != NULL)
        wrapping_note(decoder, wrapping, &out->ends);
    if (!ip_take(in, (uint32_t)in.left + cut, &out->ends, &ip))
        return DECODED_NOTHING;
    if (ip.fragmented) {
        enum decoded gathered = fragment_gather(decoder, frame->time_ns, &out->ends, &ip);
        if (gathered != DECODED_PACKET)
            return gathered;
        out->ends.protocol = ip.protocol;
    }
    out->ttl = ip.ttl;
    out->ip_id = (uint16_t)ip.id;
    out->ip_bytes = ip.bytes;
    return transport_decode(decoder, frame, &ip, wrapping, out);
}

COLD enum decoded inner_decode(struct decoder *decoder, const struct frame *frame, struct bytes in,
                               struct wrapping *wrapping, struct packet *out)
{
    return ip_decode(decoder, frame, in, wrapping->cut, wrapping, out);
}

/* `out` is a packet that may carry another: it becomes that, or stays when nothing inside can be read. `in` is what it
 * carries, `sent` the length of that as sent. */
COLD enum decoded tunnel_decode(struct decoder *decoder, const struct frame *frame, struct bytes in, uint32_t sent,
                                struct wrapping *wrapping, struct packet *out)
{
    struct wrapping begun = wrapping_begin(false, 0);
    if (wrapping == NULL)
        wrapping = &begun;
    const struct packet outer = *out;
    wrapping->cut = sent - (uint32_t)in.left;
    switch (tunnel_open(&outer.ends, &in, wrapping)) {
    case TUNNEL_CLOSED:
        return DECODED_PACKET;
    case TUNNEL_NO_IP:
        return DECODED_NOTHING;
    case TUNNEL_IP:
        break;
    }
    enum decoded decoded = inner_decode(decoder, frame, in, wrapping, out);
    if (decoded != DECODED_NOTHING || wrapping->ended)
        return decoded;
    *out = outer;
    return DECODED_PACKET;
}

/* When the packet quoted is a tunnel's and enough of it is there, `out` quotes the packet inside, which was not
 * delivered either. Only the tunnel's end can have refused, not the service that the packet inside was for. */
COLD void quoted_open(const struct decoder *decoder, const struct frame *frame, struct bytes in,
                      const struct wrapping *wrapping, struct packet *out)
{
    struct decoder quoting = {.wrappings = decoder->wrappings, .keep_apart = decoder->keep_apart};
    struct wrapping inside = wrapping != NULL ? *wrapping : wrapping_begin(false, 0);
    struct packet quoted;
    inside.cut = 0;
    if (inner_decode(&quoting, frame, in, &inside, &quoted) != DECODED_PACKET || quoted.ends.tunnel == out->ends.tunnel)
        return;
    out->quoted = quoted.ends;
    if (out->icmp_says == ICMP_SAYS_REFUSED)
        out->icmp_says = ICMP_SAYS_UNREACHABLE;
}

COLD enum decoded wrapped_decode(struct decoder *decoder, const struct frame *frame, uint32_t cut, struct packet *out)
{
    struct bytes in = bytes_of(frame->start, frame->captured);
    struct wrapping wrapping = wrapping_begin(decoder->keep_apart, cut);
    if (!link_open(frame->link_type, &in, &wrapping))
        return DECODED_NOTHING;
    return inner_decode(decoder, frame, in, &wrapping, out);
}

enum decoded decode_frame(struct decoder *decoder, const struct frame *frame, struct packet *out)
{
    struct bytes in = bytes_of(frame->start, frame->captured);
    uint32_t cut = frame->sent > frame->captured ? frame->sent - frame->captured : 0;
    if (decoder->keep_apart || !link_take(frame->link_type, &in))
        return wrapped_decode(decoder, frame, cut, out);
    return ip_decode(decoder, frame, in, cut, NULL, out);
}

void decoder_release(struct decoder *decoder)
{
    fragments_release(decoder->fragments);
}

const char *decoder_tunnel(const struct decoder *decoder, uint8_t tunnel)
{
    return wrappings_text(decoder->wrappings, tunnel);
}

void decoder_keep_apart(struct decoder *decoder)
{
    decoder->keep_apart = true;
}

bool decoder_mixes_networks(const struct decoder *decoder)
{
    return decoder->keep_apart && wrappings_full(decoder->wrappings);
}

struct decode_counters decoder_counters(const struct decoder *decoder)
{
    return (struct decode_counters){.fragments_lost = fragments_lost(decoder->fragments),
                                    .fragments_copies = fragments_copies(decoder->fragments),
                                    .fragments_waiting = fragments_waiting(decoder->fragments)};
}

struct decoder *decoder_create(size_t fragment_bytes, struct failure *failure)
{
    struct decoder *decoder = calloc(1, sizeof *decoder);
    struct wrappings *wrappings = wrappings_create();
    if (decoder == NULL || wrappings == NULL) {
        failure_add(failure, "not enough memory for the packet decoder");
        wrappings_destroy(wrappings);
        free(decoder);
        return NULL;
    }
    decoder->wrappings = wrappings;
    if (fragment_bytes > 0)
        decoder->fragments = fragments_create(fragment_bytes, failure);
    if (fragment_bytes > 0 && decoder->fragments == NULL) {
        decoder_destroy(decoder);
        return NULL;
    }
    return decoder;
}

void decoder_destroy(struct decoder *decoder)
{
    if (decoder == NULL)
        return;
    fragments_destroy(decoder->fragments);
    wrappings_destroy(decoder->wrappings);
    free(decoder);
}
