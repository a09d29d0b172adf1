/* frame: headers are written by index into the frame's own array; captured frames are changed in place, and only where
 * the index was compared with their length first. */
#include "bench/frame.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum {
    ETHERNET_BYTES = 14,
    IPV4_BYTES = 20,
    TCP_BYTES = 20,
    UDP_BYTES = 8,
    FRAME_LEAST_BYTES = 60,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_ARP = 0x0806,
    PROTOCOL_ICMP = 1,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17
};

static uint16_t get16(const uint8_t *bytes, size_t at)
{
    return (uint16_t)((unsigned)bytes[at] << 8 | bytes[at + 1]);
}

static void put16(uint8_t *bytes, size_t at, uint16_t value)
{
    bytes[at] = (uint8_t)(value >> 8);
    bytes[at + 1] = (uint8_t)value;
}

static void put32(uint8_t *bytes, size_t at, uint32_t value)
{
    put16(bytes, at, (uint16_t)(value >> 16));
    put16(bytes, at + 2, (uint16_t)value);
}

/* Sum of 16-bit words, an odd last byte counts as if a zero followed (RFC 1071). */
static uint64_t sum_words(const uint8_t *bytes, size_t from, size_t to)
{
    uint64_t sum = 0;
    for (; from + 1 < to; from += 2)
        sum += get16(bytes, from);
    return from < to ? sum + ((uint64_t)bytes[from] << 8) : sum;
}

static uint16_t fold(uint64_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

static void put_headers(struct frame *frame, const struct segment *segment, uint8_t protocol, size_t transport_bytes)
{
    uint8_t *b = frame->bytes;
    size_t ip_length = IPV4_BYTES + transport_bytes + segment->length;
    assert(ETHERNET_BYTES + ip_length <= FRAME_MOST_BYTES);
    frame->length = (uint32_t)(ETHERNET_BYTES + ip_length);
    memset(b, 0, ETHERNET_BYTES + IPV4_BYTES + transport_bytes);
    b[0] = b[6] = 2; /* locally administered */
    b[5] = 2;
    b[11] = 1;
    put16(b, 12, ETHERTYPE_IPV4);
    size_t ip = ETHERNET_BYTES;
    b[ip] = 0x45;
    put16(b, ip + 2, (uint16_t)ip_length);
    put16(b, ip + 6, 0x4000); /* do not fragment */
    b[ip + 8] = 64;
    b[ip + 9] = protocol;
    put32(b, ip + 12, segment->source);
    put32(b, ip + 16, segment->target);
    put16(b, ip + 10, (uint16_t)~fold(sum_words(b, ip, ip + IPV4_BYTES)));
    size_t transport = ip + IPV4_BYTES;
    put16(b, transport, segment->source_port);
    put16(b, transport + 2, segment->target_port);
    if (segment->length > 0)
        memcpy(&b[transport + transport_bytes], segment->payload, segment->length);
}

/* Of pseudo header, transport header and payload; the checksum field is still 0. */
static uint16_t transport_checksum(const struct frame *frame, uint8_t protocol)
{
    size_t ip = ETHERNET_BYTES, transport = ip + IPV4_BYTES;
    uint64_t sum = sum_words(frame->bytes, ip + 12, transport) + protocol + (frame->length - transport);
    return (uint16_t)~fold(sum + sum_words(frame->bytes, transport, frame->length));
}

static void pad(struct frame *frame)
{
    if (frame->length < FRAME_LEAST_BYTES) {
        memset(&frame->bytes[frame->length], 0, FRAME_LEAST_BYTES - frame->length);
        frame->length = FRAME_LEAST_BYTES;
    }
}

void frame_tcp(struct frame *frame, const struct segment *segment)
{
    put_headers(frame, segment, PROTOCOL_TCP, TCP_BYTES);
    uint8_t *b = frame->bytes;
    size_t tcp = ETHERNET_BYTES + IPV4_BYTES;
    put32(b, tcp + 4, segment->sequence);
    put32(b, tcp + 8, segment->acknowledgment);
    b[tcp + 12] = 5 << 4;
    b[tcp + 13] = segment->flags;
    put16(b, tcp + 14, 64240);
    put16(b, tcp + 16, transport_checksum(frame, PROTOCOL_TCP));
    pad(frame);
}

void frame_udp(struct frame *frame, const struct segment *segment)
{
    put_headers(frame, segment, PROTOCOL_UDP, UDP_BYTES);
    size_t udp = ETHERNET_BYTES + IPV4_BYTES;
    put16(frame->bytes, udp + 4, (uint16_t)(UDP_BYTES + segment->length));
    uint16_t checksum = transport_checksum(frame, PROTOCOL_UDP);
    put16(frame->bytes, udp + 6, checksum == 0 ? 0xffff : checksum);
    pad(frame);
}

/* Gives the address at `at` its new network and adds to `change` what the checksums over it must learn (RFC 1624). */
static void readdress_one(uint8_t *bytes, size_t at, uint16_t site, uint64_t *change)
{
    bool is_host = bytes[at] != 0 && bytes[at] != 127 && bytes[at] < 224;
    if (!is_host)
        return;
    *change += (uint16_t)~get16(bytes, at) + (uint32_t)(uint16_t)~get16(bytes, at + 2);
    bytes[at + 1] ^= (uint8_t)(site >> 8);
    bytes[at + 2] ^= (uint8_t)site;
    *change += get16(bytes, at) + (uint32_t)get16(bytes, at + 2);
}

static void change_checksum(uint8_t *bytes, size_t length, size_t at, uint64_t change)
{
    if (at + 2 <= length)
        put16(bytes, at, (uint16_t)~fold((uint16_t)~get16(bytes, at) + change));
}

static void readdress_ipv4(uint8_t *bytes, size_t length, size_t ip, uint16_t site)
{
    if (ip + IPV4_BYTES > length)
        return;
    uint64_t change = 0;
    readdress_one(bytes, ip + 12, site, &change);
    readdress_one(bytes, ip + 16, site, &change);
    change_checksum(bytes, length, ip + 10, change);
    size_t transport = ip + (size_t)(bytes[ip] & 15) * 4;
    bool is_first_fragment = (get16(bytes, ip + 6) & 0x1fff) == 0;
    if (!is_first_fragment)
        return;
    if (bytes[ip + 9] == PROTOCOL_TCP) {
        change_checksum(bytes, length, transport + 16, change);
    } else if (bytes[ip + 9] == PROTOCOL_UDP) {
        if (transport + 8 <= length && get16(bytes, transport + 6) != 0)
            change_checksum(bytes, length, transport + 6, change);
    } else if (bytes[ip + 9] == PROTOCOL_ICMP && transport + 8 <= length) {
        uint8_t type = bytes[transport];
        size_t end = ip + get16(bytes, ip + 2);
        bool quotes_a_packet = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
        if (!quotes_a_packet || end > length || end < transport + 8)
            return;
        readdress_ipv4(bytes, end, transport + 8, site);
        put16(bytes, transport + 2, 0);
        put16(bytes, transport + 2, (uint16_t)~fold(sum_words(bytes, transport, end)));
    }
}

void frame_readdress(uint8_t *bytes, size_t length, uint16_t site)
{
    if (length < ETHERNET_BYTES)
        return;
    uint64_t no_checksum = 0;
    if (get16(bytes, 12) == ETHERTYPE_IPV4) {
        readdress_ipv4(bytes, length, ETHERNET_BYTES, site);
    } else if (get16(bytes, 12) == ETHERTYPE_ARP && length >= ETHERNET_BYTES + 28) {
        readdress_one(bytes, ETHERNET_BYTES + 14, site, &no_checksum);
        readdress_one(bytes, ETHERNET_BYTES + 24, site, &no_checksum);
    }
}
