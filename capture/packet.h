/* packet: what decode makes of a frame. It points into the frame and lives as long as the batch. */
#ifndef CAPTURE_PACKET_H
#define CAPTURE_PACKET_H

#include "base/address.h"
#include "base/bytes.h"

/* Files or interfaces that can be read side by side. */
#define SOURCES_AT_ONCE 64

#define IP_ICMP   1
#define IP_TCP    6
#define IP_UDP    17
#define IP_ICMPV6 58

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10

/* The ends of one IP packet as it was sent, not yet client and server. */
struct endpoints {
    struct address source, target;
    uint16_t source_port, target_port; /* 0 without ports */
    uint8_t protocol;                  /* IP protocol number of what follows IP and its extension headers */
    uint8_t tunnel;                    /* number of what it was wrapped in, in the decoder's list; 0 is nothing */
    uint8_t apart;                     /* number of the network it belongs to, when networks are kept apart, else 0 */
};

/* What an ICMP or ICMPv6 error says of the packet it quotes (RFC 792, 4443). */
enum icmp_says {
    ICMP_SAYS_NOTHING,     /* no error, or nothing usable quoted */
    ICMP_SAYS_REFUSED,     /* port unreachable */
    ICMP_SAYS_PROHIBITED,  /* 3/9, 3/10, 3/13; ICMPv6 1/1 */
    ICMP_SAYS_UNREACHABLE, /* any other destination unreachable but "fragmentation needed" */
};

struct packet {
    int64_t time_ns;
    uint64_t frame; /* number of the frame in its source, from 1 */
    struct endpoints ends;
    uint32_t ip_bytes; /* length of the (reassembled) IP packet as sent */
    uint8_t ttl;       /* or hop limit */
    uint8_t tcp_flags;
    bool icmp_is_error; /* an ICMP error message: quotes another packet */
    uint8_t icmp_type;
    enum icmp_says icmp_says;
    uint32_t sequence, acknowledged; /* TCP */
    uint32_t payload_sent;           /* length of the payload as sent; more than payload.left when the frame was cut */
    struct bytes payload;            /* after TCP or UDP, as far as captured */
    uint8_t source;                  /* of those read at once, the one it came from */
    uint16_t ip_id;                  /* identification of the IP packet; 0 where it has none */
    uint16_t checksum;               /* of TCP, UDP or ICMP; 0 where it was cut off */
    struct endpoints quoted;         /* set in ICMP errors: the ends of the packet quoted, as it was sent; of a tunnel's
                                      * packet, of the one inside when so much is quoted. It comes last, as most
                                      * packets leave it alone */
};

#endif
