/* link: one function a link layer, all of them through the cursor. A `wrapping` of NULL means straight on to IP.
 *
 * Rules: IEEE 802.3 (a type below 0x600 is a length), 802.1Q and 802.1ad (tags; 0x9100 to 0x9300 were used for outer
 * tags before), 802.1ah (I-TAG), RFC 1042 (SNAP), 3032 and 4385 (MPLS, control word), 1661 and 1662 (PPP), 2516
 * (PPPoE), the LINKTYPE_ descriptions of tcpdump.org for the pseudo headers. */
#include "capture/link.h"

#include "capture/wireless.h"

#include <pcap/dlt.h>

#define LINKTYPE_RAW 101 /* in files; libpcap gives DLT_RAW, 12 or 14 by system */
#define BSDOS_RAW    14

#define TYPE_LOWEST  0x0600
#define TYPE_MPLS    0x8847
#define TYPE_MPLS_TO 0x8848 /* groups of hosts */
#define TYPE_PPPOE   0x8864
#define TYPE_PBB     0x88e7
#define MOST_LABELS  16
#define LABEL_LAST   0x100
#define PPP_ALL      0xff03 /* address and control, where they are not compressed */
#define PPP_IPV4     0x0021
#define PPP_IPV6     0x0057
#define PPP_MPLS     0x0281
#define PPP_MPLS_TO  0x0283
#define PPP_CONTROL  0x8000
#define MOST_TAGS    8
#define SNAP         0xaaaa
#define LLC_IP       0x0606
#define UNNUMBERED   0x03
#define OUI_ETHERNET 0x000000
#define OUI_BRIDGED  0x0000f8

/* On the way of nearly every packet; and a copy of its own for a wrapping of NULL, which then costs nothing. */
#define HOT static inline __attribute__((always_inline))

static bool type_is_tag(uint16_t type)
{
    return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200 || type == 0x9300;
}

static bool type_is_ip(uint16_t type)
{
    return type == LINK_TYPE_IPV4 || type == LINK_TYPE_IPV6;
}

HOT uint16_t tags_take(struct bytes *in, uint16_t type, struct wrapping *wrapping)
{
    for (int tags = 0; type_is_tag(type) && tags < MOST_TAGS; tags++) {
        uint16_t tag = bytes_be16(in);
        if (wrapping != NULL && wrapping->tags && !wrapping_add(wrapping, WRAP_VLAN, tag & 0xfffu))
            return type;
        type = bytes_be16(in);
    }
    return type;
}

/* 802.2: IP either straight after LLC, or after SNAP with an Ethernet type. */
HOT uint16_t llc_take(struct bytes *in, struct wrapping *wrapping)
{
    uint16_t ends = bytes_be16(in);
    if (bytes_u8(in) != UNNUMBERED)
        return 0;
    if (ends == LLC_IP)
        return LINK_TYPE_IPV4;
    if (ends != SNAP)
        return 0;
    uint32_t oui = bytes_be24(in);
    if (oui != OUI_ETHERNET && oui != OUI_BRIDGED)
        return 0;
    return tags_take(in, bytes_be16(in), wrapping);
}

/* ---- what carriers put between ---------------------------------------------------------------------------------- */

/* Does an IPv4 header have the checksum it needs (RFC 791)? */
static bool header_adds_up(struct bytes in, uint32_t length)
{
    struct bytes header = bytes_take(&in, length);
    uint32_t sum = 0;
    while (header.left > 0)
        sum += bytes_be16(&header);
    sum = (sum & 0xffff) + (sum >> 16);
    return bytes_ok(&header) && sum == 0xffff;
}

bool link_is_ip(struct bytes in, const struct wrapping *wrapping)
{
    uint32_t sent = (uint32_t)in.left + wrapping->cut;
    struct bytes header = in;
    uint8_t first = bytes_u8(&header);
    bytes_skip(&header, 1);
    uint32_t total = bytes_be16(&header);
    if (first >> 4 == 4)
        return in.left >= 20 && (first & 0xfu) >= 5 && total >= (first & 0xfu) * 4 &&
               (total <= sent || header_adds_up(in, (first & 0xfu) * 4));
    total = bytes_be16(&header);
    return first >> 4 == 6 && in.left >= 40 && total + 40 <= sent;
}

bool link_window(struct bytes *in, uint32_t length, struct wrapping *wrapping)
{
    if (!bytes_ok(in) || length > in->left + wrapping->cut)
        return false;
    uint32_t here = length < in->left ? length : (uint32_t)in->left;
    *in = bytes_take(in, here);
    wrapping->cut = length - here;
    return true;
}

/* Does a frame behind labels lead to IP? It is a guess, so what it leads to must look like IP. */
static bool guess_ethernet(struct bytes *in, size_t before, struct wrapping *wrapping)
{
    struct bytes frame = *in;
    struct wrapping way = *wrapping;
    bytes_skip(&frame, before);
    if (!link_open_ethernet(&frame, &way) || !link_is_ip(frame, &way))
        return false;
    *in = frame;
    *wrapping = way;
    return true;
}

/* Nothing tells what is behind the last label. IP shows its version; an Ethernet frame comes with a control word, which
 * begins with 0, or without it, when it begins with any address at all. */
static bool labels_take(struct bytes *in, struct wrapping *wrapping)
{
    uint32_t label = 0;
    for (int labels = 0; labels < MOST_LABELS && (label & LABEL_LAST) == 0; labels++)
        label = bytes_be32(in);
    if (!bytes_ok(in) || (label & LABEL_LAST) == 0 || !wrapping_add(wrapping, WRAP_MPLS, label >> 12))
        return false;
    if (link_is_ip(*in, wrapping))
        return true;
    struct bytes first = *in;
    if ((bytes_u8(&first) >> 4 == 0 && guess_ethernet(in, 4, wrapping)) || guess_ethernet(in, 0, wrapping))
        return true;
    wrapping->ended = bytes_ok(&first);
    return false;
}

static bool ppp_take(struct bytes *in, struct wrapping *wrapping)
{
    struct bytes first = *in;
    if (bytes_be16(&first) == PPP_ALL)
        bytes_skip(in, 2);
    first = *in;
    bool is_short = (bytes_u8(&first) & 1) != 0;
    uint16_t protocol = is_short ? bytes_u8(in) : bytes_be16(in);
    if (!bytes_ok(in) || protocol == PPP_IPV4 || protocol == PPP_IPV6 || wrapping == NULL)
        return bytes_ok(in) && (protocol == PPP_IPV4 || protocol == PPP_IPV6);
    if (protocol == PPP_MPLS || protocol == PPP_MPLS_TO)
        return labels_take(in, wrapping);
    wrapping->ended = protocol >= PPP_CONTROL;
    return false;
}

static bool pppoe_take(struct bytes *in, struct wrapping *wrapping)
{
    struct bytes header = bytes_take(in, 6);
    uint16_t version_and_code = bytes_be16(&header);
    bytes_skip(&header, 2);
    uint16_t length = bytes_be16(&header);
    if (length > in->left + wrapping->cut) /* a mirror cut the frame, and does not say so */
        wrapping->cut = length - (uint32_t)in->left;
    return bytes_ok(&header) && version_and_code == 0x1100 && wrapping_add(wrapping, WRAP_PPPOE, WRAP_NO_NUMBER) &&
           link_window(in, length, wrapping) && ppp_take(in, wrapping);
}

static bool backbone_take(struct bytes *in, struct wrapping *wrapping)
{
    bytes_skip(in, 1);
    uint32_t service = bytes_be24(in);
    return wrapping_add(wrapping, WRAP_PBB, service) && link_open_ethernet(in, wrapping);
}

static bool wrapped_take(struct bytes *in, uint16_t type, struct wrapping *wrapping)
{
    switch (type) {
    case TYPE_MPLS:
    case TYPE_MPLS_TO:
        return labels_take(in, wrapping);
    case TYPE_PPPOE:
        return pppoe_take(in, wrapping);
    case TYPE_PBB:
        return backbone_take(in, wrapping);
    default:
        wrapping->ended = true;
        return false;
    }
}

/* ---- link layers ------------------------------------------------------------------------------------------------ */

HOT bool tags_lead_to_ip(struct bytes *in, uint16_t type, struct wrapping *wrapping)
{
    type = tags_take(in, type, wrapping);
    if (type < TYPE_LOWEST)
        type = llc_take(in, wrapping);
    if (!bytes_ok(in) || type_is_ip(type))
        return bytes_ok(in);
    return wrapping != NULL && wrapped_take(in, type, wrapping);
}

static __attribute__((noinline)) bool tags_lead_straight(struct bytes *in, uint16_t type)
{
    return tags_lead_to_ip(in, type, NULL);
}

static __attribute__((noinline)) bool tags_lead_on(struct bytes *in, uint16_t type, struct wrapping *wrapping)
{
    return tags_lead_to_ip(in, type, wrapping);
}

/* `type` has been read; what follows it is in `in`. */
HOT bool type_leads_to_ip(struct bytes *in, uint16_t type, struct wrapping *wrapping)
{
    if (type_is_ip(type))
        return true;
    return wrapping == NULL ? tags_lead_straight(in, type) : tags_lead_on(in, type, wrapping);
}

HOT bool ethernet_take(struct bytes *in, struct wrapping *wrapping)
{
    struct bytes header = bytes_take(in, 14);
    bytes_skip(&header, 12);
    uint16_t type = bytes_be16(&header);
    return bytes_ok(&header) && type_leads_to_ip(in, type, wrapping);
}

static bool cooked_take(struct bytes *in, struct wrapping *wrapping)
{
    struct bytes header = bytes_take(in, 16);
    bytes_skip(&header, 14);
    uint16_t type = bytes_be16(&header);
    return bytes_ok(&header) && type_leads_to_ip(in, type, wrapping);
}

static bool cooked2_take(struct bytes *in, struct wrapping *wrapping)
{
    struct bytes header = bytes_take(in, 20);
    uint16_t type = bytes_be16(&header);
    return bytes_ok(&header) && type_leads_to_ip(in, type, wrapping);
}

/* Cisco HDLC: address (0x0f one, 0x8f all), control 0, Ethernet type. */
static bool hdlc_take(struct bytes *in, struct wrapping *wrapping)
{
    uint16_t address = bytes_be16(in) & 0x7fff;
    uint16_t type = bytes_be16(in);
    return bytes_ok(in) && address == 0x0f00 && type_leads_to_ip(in, type, wrapping);
}

/* A serial line: PPP as in HDLC, or Cisco's own. */
static bool serial_take(struct bytes *in, struct wrapping *wrapping)
{
    struct bytes first = *in;
    return bytes_be16(&first) == PPP_ALL ? ppp_take(in, wrapping) : hdlc_take(in, wrapping);
}

/* The address family in the byte order of the machine that captured (LOOP: network order). AF_INET is 2 everywhere,
 * AF_INET6 differs: Linux 10, Windows 23, NetBSD and OpenBSD 24, FreeBSD 28, macOS 30. */
static bool loopback_take(struct bytes *in)
{
    struct bytes little = *in;
    uint32_t family = bytes_be32(in);
    if (family > 0xffff)
        family = bytes_le32(&little);
    if (!bytes_ok(in))
        return false;
    return family == 2 || family == 10 || family == 23 || family == 24 || family == 28 || family == 30;
}

/* The packet among the TLVs after an NFLOG header. Their lengths are in the byte order of the machine that captured,
 * which the frame does not tell: the wrong order gives lengths that do not fit. A packet cut by the snaplen is there as
 * far as captured. */
static bool nflog_payload(struct bytes in, bool little, struct bytes *packet)
{
    while (bytes_ok(&in) && in.left > 0) {
        uint16_t length = little ? bytes_le16(&in) : bytes_be16(&in);
        uint16_t type = little ? bytes_le16(&in) : bytes_be16(&in);
        if (!bytes_ok(&in) || length < 4)
            return false;
        size_t value = length - 4u;
        if (type == 9) {
            *packet = bytes_take(&in, value < in.left ? value : in.left);
            return true;
        }
        bytes_skip(&in, (value + 3) & ~(size_t)3);
    }
    return false;
}

static bool nflog_take(struct bytes *in)
{
    struct bytes header = bytes_take(in, 4); /* family, version, resource */
    return bytes_ok(&header) && (nflog_payload(*in, true, in) || nflog_payload(*in, false, in));
}

static bool frame_take(int link_type, struct bytes *in, struct wrapping *wrapping)
{
    switch (link_type) {
    case DLT_EN10MB:
        return ethernet_take(in, wrapping);
    case DLT_RAW:
    case BSDOS_RAW:
    case LINKTYPE_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        return true;
    case DLT_LINUX_SLL:
        return cooked_take(in, wrapping);
    case DLT_LINUX_SLL2:
        return cooked2_take(in, wrapping);
    case DLT_NULL:
    case DLT_LOOP:
        return loopback_take(in);
    case DLT_NFLOG:
        return nflog_take(in);
    case DLT_PPP:
        return ppp_take(in, wrapping);
    case DLT_PPP_PPPD:
        bytes_skip(in, 2); /* the direction in the place of the address, and control */
        return ppp_take(in, wrapping);
    case DLT_PPP_WITH_DIR:
        bytes_skip(in, 1);
        return ppp_take(in, wrapping);
    case DLT_PPP_SERIAL:
        return serial_take(in, wrapping);
    case DLT_PPP_ETHER:
        return wrapping != NULL && pppoe_take(in, wrapping);
    case DLT_C_HDLC:
        return hdlc_take(in, wrapping);
    case DLT_MPLS:
        return wrapping != NULL && labels_take(in, wrapping);
    case DLT_IEEE802_11:
        return wireless_take(in) && type_leads_to_ip(in, 0, wrapping);
    case DLT_IEEE802_11_RADIO:
        return wireless_take_radiotap(in) && type_leads_to_ip(in, 0, wrapping);
    default:
        return false;
    }
}

bool link_take_other(int link_type, struct bytes *in)
{
    return frame_take(link_type, in, NULL);
}

bool link_open(int link_type, struct bytes *in, struct wrapping *wrapping)
{
    return frame_take(link_type, in, wrapping);
}

bool link_open_ethernet(struct bytes *in, struct wrapping *wrapping)
{
    return ethernet_take(in, wrapping);
}

bool link_open_ppp(struct bytes *in, struct wrapping *wrapping)
{
    return ppp_take(in, wrapping);
}

bool link_open_type(struct bytes *in, uint16_t type, struct wrapping *wrapping)
{
    return type_leads_to_ip(in, type, wrapping);
}
