/* tunnel: one function a tunnel. A number goes into the wrapping where it names something (a network, a mirror
 * session), not where it is only the name of one direction (GTP's tunnel ends, PPTP's calls).
 *
 * Rules: RFC 2784 and 2890 (GRE), 2637 (PPTP), 7637 (Ethernet in GRE), draft-foschiano-erspan (ERSPAN I, II, III),
 * RFC 2003, 2473 and 4213 (IP in IP), 7348 (VXLAN), draft-ietf-nvo3-vxlan-gpe, RFC 8926 (Geneve), 3GPP TS 29.281
 * (GTP-U), RFC 4380 (Teredo). */
#include "capture/tunnel.h"

#include "capture/link.h"

#define TYPE_IPV4     0x0800
#define TYPE_IPV6     0x86dd
#define TYPE_ETHERNET 0x6558
#define TYPE_ERSPAN   0x88be
#define TYPE_ERSPAN3  0x22eb
#define TYPE_PPP      0x880b
#define TYPE_MPLS     0x8847
#define TYPE_MPLS_TO  0x8848
#define TYPE_VLAN     0x8100

#define GRE_CHECKSUM     0x8000
#define GRE_ROUTING      0x4000 /* RFC 1701, given up by 2784 */
#define GRE_KEY          0x2000
#define GRE_SEQUENCE     0x1000
#define GRE_ACKNOWLEDGED 0x0080 /* version 1 */
#define GRE_VERSION      0x0007

#define GTP_EXTENSION 0x04
#define GTP_FLAGS     0x07 /* any of them: four bytes more */
#define GTP_PACKET    255
#define MOST_GTP      8 /* extension headers */

#define NO_NEXT_HEADER 59

static uint32_t sent(const struct bytes *in, const struct wrapping *wrapping)
{
    return (uint32_t)in->left + wrapping->cut;
}

/* ---- over IP ---------------------------------------------------------------------------------------------------- */

/* Type I has no header, and is told by GRE's missing sequence number. */
static bool erspan_take(struct bytes *in, bool header_follows, struct wrapping *wrapping)
{
    if (!header_follows)
        return wrapping_add(wrapping, WRAP_ERSPAN, WRAP_NO_NUMBER) && link_open_ethernet(in, wrapping);
    struct bytes header = bytes_take(in, 8);
    uint16_t version = bytes_be16(&header) >> 12;
    uint16_t session = bytes_be16(&header) & 0x3ff;
    return bytes_ok(&header) && version == 1 && wrapping_add(wrapping, WRAP_ERSPAN, session) &&
           link_open_ethernet(in, wrapping);
}

static bool erspan3_take(struct bytes *in, struct wrapping *wrapping)
{
    struct bytes header = bytes_take(in, 12);
    uint16_t version = bytes_be16(&header) >> 12;
    uint16_t session = bytes_be16(&header) & 0x3ff;
    bytes_skip(&header, 6);
    uint16_t last = bytes_be16(&header);
    unsigned frame_type = last >> 10 & 0x1f; /* 0 Ethernet, 2 IP */
    if ((last & 1) != 0)
        bytes_skip(in, 8);
    if (!bytes_ok(&header) || !bytes_ok(in) || version != 2 || !wrapping_add(wrapping, WRAP_ERSPAN, session))
        return false;
    return frame_type == 2 || (frame_type == 0 && link_open_ethernet(in, wrapping));
}

/* Version 1: the key is the length of the payload and the number of the call. Without payload it only acknowledges. */
static bool pptp_take(struct bytes *in, uint16_t flags, struct wrapping *wrapping)
{
    uint16_t type = bytes_be16(in);
    uint16_t length = bytes_be16(in);
    bytes_skip(in, 2 + ((flags & GRE_SEQUENCE) != 0 ? 4 : 0) + ((flags & GRE_ACKNOWLEDGED) != 0 ? 4 : 0));
    if (!bytes_ok(in) || type != TYPE_PPP || (flags & (GRE_CHECKSUM | GRE_ROUTING | GRE_KEY)) != GRE_KEY ||
        !wrapping_add(wrapping, WRAP_PPTP, WRAP_NO_NUMBER) || !link_window(in, length, wrapping))
        return false;
    wrapping->ended = length == 0;
    return length > 0 && link_open_ppp(in, wrapping);
}

static bool gre_take(struct bytes *in, struct wrapping *wrapping)
{
    uint16_t flags = bytes_be16(in);
    if ((flags & GRE_VERSION) == 1)
        return pptp_take(in, flags, wrapping);
    uint16_t type = bytes_be16(in);
    size_t fields = ((flags & GRE_CHECKSUM) != 0) + ((flags & GRE_KEY) != 0) + ((flags & GRE_SEQUENCE) != 0);
    bytes_skip(in, 4 * fields);
    if (!bytes_ok(in) || (flags & (GRE_VERSION | GRE_ROUTING)) != 0 ||
        !wrapping_add(wrapping, WRAP_GRE, WRAP_NO_NUMBER))
        return false;
    switch (type) {
    case TYPE_IPV4:
    case TYPE_IPV6:
    case TYPE_MPLS:
    case TYPE_MPLS_TO:
    case TYPE_VLAN:
        return link_open_type(in, type, wrapping);
    case TYPE_ETHERNET:
        return link_open_ethernet(in, wrapping);
    case TYPE_ERSPAN:
        return erspan_take(in, (flags & GRE_SEQUENCE) != 0, wrapping);
    case TYPE_ERSPAN3:
        return erspan3_take(in, wrapping);
    case TYPE_PPP:
        return link_open_ppp(in, wrapping);
    default:
        return false;
    }
}

static bool version_is(struct bytes in, uint8_t version)
{
    return bytes_u8(&in) >> 4 == version;
}

/* ---- over UDP --------------------------------------------------------------------------------------------------- */

/* All reserved bits must be 0 but those of the group policy extension, which come with a flag of their own. */
static bool vxlan_take(struct bytes *in, struct wrapping *wrapping)
{
    uint32_t flags = bytes_be32(in);
    uint32_t network = bytes_be24(in);
    uint8_t reserved = bytes_u8(in);
    bool policy = (flags & ~UINT32_C(0x0048ffff)) == 0x88000000;
    return bytes_ok(in) && (flags == 0x08000000 || policy) && reserved == 0 &&
           wrapping_add(wrapping, WRAP_VXLAN, network) && link_open_ethernet(in, wrapping);
}

static bool vxlan_gpe_take(struct bytes *in, struct wrapping *wrapping)
{
    uint32_t flags_and_next = bytes_be32(in);
    uint32_t network = bytes_be24(in);
    uint8_t reserved = bytes_u8(in);
    if (!bytes_ok(in) || (flags_and_next & 0xfdffff00) != 0x0c000000 || reserved != 0 ||
        !wrapping_add(wrapping, WRAP_VXLAN_GPE, network))
        return false;
    switch (flags_and_next & 0xff) {
    case 1:
        return version_is(*in, 4);
    case 2:
        return version_is(*in, 6);
    case 3:
        return link_open_ethernet(in, wrapping);
    case 5:
        return link_open_type(in, TYPE_MPLS, wrapping);
    default:
        return false;
    }
}

/* Options are stepped over one by one: they must fill what the header says they take. */
static bool geneve_take(struct bytes *in, struct wrapping *wrapping)
{
    uint8_t version_and_options = bytes_u8(in);
    uint8_t flags = bytes_u8(in);
    uint16_t type = bytes_be16(in);
    uint32_t network = bytes_be24(in);
    uint8_t reserved = bytes_u8(in);
    struct bytes options = bytes_take(in, (size_t)(version_and_options & 0x3fu) * 4);
    if (!bytes_ok(in) || version_and_options >> 6 != 0 || (flags & ~0x40) != 0 || reserved != 0)
        return false;
    while (options.left > 0) {
        bytes_skip(&options, 3);
        bytes_skip(&options, (size_t)(bytes_u8(&options) & 0x1fu) * 4);
    }
    if (!bytes_ok(&options) || !wrapping_add(wrapping, WRAP_GENEVE, network))
        return false;
    switch (type) {
    case TYPE_ETHERNET:
        return link_open_ethernet(in, wrapping);
    case TYPE_IPV4:
    case TYPE_IPV6:
    case TYPE_MPLS:
    case TYPE_MPLS_TO:
        return link_open_type(in, type, wrapping);
    default:
        return false;
    }
}

static bool gtp_take(struct bytes *in, struct wrapping *wrapping)
{
    uint8_t flags = bytes_u8(in);
    uint8_t type = bytes_u8(in);
    uint16_t length = bytes_be16(in);
    bytes_skip(in, 4);
    if (!bytes_ok(in) || (flags & ~GTP_FLAGS) != 0x30 || type != GTP_PACKET || length != sent(in, wrapping))
        return false;
    if ((flags & GTP_FLAGS) != 0) {
        bytes_skip(in, 3);
        uint8_t next = bytes_u8(in);
        for (int count = 0; (flags & GTP_EXTENSION) != 0 && next != 0; count++) {
            unsigned words = bytes_u8(in);
            if (words == 0 || count == MOST_GTP)
                return false;
            bytes_skip(in, words * 4 - 2);
            next = bytes_u8(in);
        }
    }
    return bytes_ok(in) && wrapping_add(wrapping, WRAP_GTP_U, WRAP_NO_NUMBER);
}

/* An address of a Teredo client (2001:0::/32), or of one that has none yet and asks for it (fe80::/10). */
static bool teredo_takes_part(struct bytes in)
{
    bytes_skip(&in, 8);
    uint32_t source = bytes_be32(&in);
    bytes_skip(&in, 12);
    uint32_t target = bytes_be32(&in);
    bool local = (source & 0xffc00000) == 0xfe800000 || (target & 0xffc00000) == 0xfe800000;
    return bytes_ok(&in) && (local || source == 0x20010000 || target == 0x20010000);
}

static bool teredo_take(struct bytes *in, struct wrapping *wrapping)
{
    struct bytes first = *in;
    uint16_t indicator = bytes_be16(&first);
    if (indicator == 0x0001) { /* authentication */
        size_t client = bytes_u8(&first);
        size_t value = bytes_u8(&first);
        bytes_skip(&first, client + value + 9);
        *in = first;
        indicator = bytes_be16(&first);
    }
    if (indicator == 0x0000) /* origin */
        bytes_skip(in, 8);
    struct bytes header = *in;
    bytes_skip(&header, 4);
    uint32_t length = 40u + bytes_be16(&header);
    bool bubble = bytes_u8(&header) == NO_NEXT_HEADER; /* is there to keep a way open, and carries nothing */
    return bytes_ok(in) && bytes_ok(&header) && version_is(*in, 6) && length == sent(in, wrapping) && !bubble &&
           teredo_takes_part(*in) && wrapping_add(wrapping, WRAP_TEREDO, WRAP_NO_NUMBER);
}

static bool udp_take(const struct endpoints *ends, struct bytes *in, struct wrapping *wrapping)
{
    switch (ends->target_port) {
    case 2152:
        return gtp_take(in, wrapping);
    case 4789:
    case 8472:
        return vxlan_take(in, wrapping);
    case 4790:
        return vxlan_gpe_take(in, wrapping);
    case 6081:
        return geneve_take(in, wrapping);
    default:
        return teredo_take(in, wrapping);
    }
}

static bool inside_take(const struct endpoints *ends, struct bytes *in, struct wrapping *wrapping)
{
    switch (ends->protocol) {
    case IP_UDP:
        return udp_take(ends, in, wrapping);
    case 4:
        return version_is(*in, 4) && wrapping_add(wrapping, WRAP_IP4, WRAP_NO_NUMBER);
    case 41:
        return version_is(*in, 6) && wrapping_add(wrapping, WRAP_IP6, WRAP_NO_NUMBER);
    case 47:
        return gre_take(in, wrapping);
    default:
        return false;
    }
}

/* A packet of IPv6 that a mirror cut before it sent it on: where an Ethernet type said that it is IPv6. Its length does
 * not fit then, and no checksum tells. */
static bool is_cut_ip6(struct bytes in, const struct wrapping *wrapping)
{
    switch (wrapping->wrap[wrapping->count - 1]) {
    case WRAP_VLAN:
    case WRAP_GRE:
    case WRAP_ERSPAN:
    case WRAP_VXLAN:
    case WRAP_GENEVE:
        return in.left >= 40 && version_is(in, 6);
    default:
        return false;
    }
}

enum tunnel_inside tunnel_open(const struct endpoints *ends, struct bytes *in, struct wrapping *wrapping)
{
    if (inside_take(ends, in, wrapping))
        return link_is_ip(*in, wrapping) || is_cut_ip6(*in, wrapping) ? TUNNEL_IP : TUNNEL_CLOSED;
    return wrapping->ended ? TUNNEL_NO_IP : TUNNEL_CLOSED;
}
