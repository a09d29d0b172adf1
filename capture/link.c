/* link: one function a link layer, all of them through the cursor.
 *
 * Rules: IEEE 802.3 (a type below 0x600 is a length), 802.1Q and 802.1ad (tags; 0x9100 to 0x9300 were used for outer
 * tags before), RFC 1042 (SNAP), the LINKTYPE_ descriptions of tcpdump.org for the pseudo headers. */
#include "capture/link.h"

#include <pcap/dlt.h>

#define LINKTYPE_RAW 101 /* in files; libpcap gives DLT_RAW, 12 or 14 by system */
#define BSDOS_RAW    14

#define TYPE_IPV4    0x0800
#define TYPE_IPV6    0x86dd
#define TYPE_LOWEST  0x0600
#define MOST_TAGS    8
#define SNAP         0xaaaa
#define LLC_IP       0x0606
#define UNNUMBERED   0x03
#define OUI_ETHERNET 0x000000
#define OUI_BRIDGED  0x0000f8

static bool type_is_tag(uint16_t type)
{
    return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200 || type == 0x9300;
}

static bool type_is_ip(uint16_t type)
{
    return type == TYPE_IPV4 || type == TYPE_IPV6;
}

static uint16_t tags_take(struct bytes *in, uint16_t type)
{
    for (int tags = 0; type_is_tag(type) && tags < MOST_TAGS; tags++) {
        bytes_skip(in, 2);
        type = bytes_be16(in);
    }
    return type;
}

/* 802.2: IP either straight after LLC, or after SNAP with an Ethernet type. */
static uint16_t llc_take(struct bytes *in)
{
    uint16_t ends = bytes_be16(in);
    if (bytes_u8(in) != UNNUMBERED)
        return 0;
    if (ends == LLC_IP)
        return TYPE_IPV4;
    if (ends != SNAP)
        return 0;
    uint32_t oui = bytes_be24(in);
    if (oui != OUI_ETHERNET && oui != OUI_BRIDGED)
        return 0;
    return tags_take(in, bytes_be16(in));
}

/* `type` has been read; what follows it is in `in`. */
static bool type_leads_to_ip(struct bytes *in, uint16_t type)
{
    if (type_is_ip(type))
        return true;
    type = tags_take(in, type);
    if (type < TYPE_LOWEST)
        type = llc_take(in);
    return type_is_ip(type) && bytes_ok(in);
}

static bool ethernet_take(struct bytes *in)
{
    struct bytes header = bytes_take(in, 14);
    bytes_skip(&header, 12);
    uint16_t type = bytes_be16(&header);
    return bytes_ok(&header) && type_leads_to_ip(in, type);
}

static bool cooked_take(struct bytes *in)
{
    struct bytes header = bytes_take(in, 16);
    bytes_skip(&header, 14);
    uint16_t type = bytes_be16(&header);
    return bytes_ok(&header) && type_leads_to_ip(in, type);
}

static bool cooked2_take(struct bytes *in)
{
    struct bytes header = bytes_take(in, 20);
    uint16_t type = bytes_be16(&header);
    return bytes_ok(&header) && type_leads_to_ip(in, type);
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

bool link_take(int link_type, struct bytes *in)
{
    switch (link_type) {
    case DLT_EN10MB:
        return ethernet_take(in);
    case DLT_RAW:
    case BSDOS_RAW:
    case LINKTYPE_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        return true;
    case DLT_LINUX_SLL:
        return cooked_take(in);
    case DLT_LINUX_SLL2:
        return cooked2_take(in);
    case DLT_NULL:
    case DLT_LOOP:
        return loopback_take(in);
    case DLT_NFLOG:
        return nflog_take(in);
    default:
        return false;
    }
}
