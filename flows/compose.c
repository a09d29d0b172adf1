/* compose: headers without options; checksums stay 0, as nobody looks at them. Rules: RFC 791, 8200, 9293, 768. */
#include "flows/compose.h"

#include "flows/flow.h"

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* What stands for an address, in this flow alone: nDPI keeps in mind what hosts do, and has lists of whose they are. A
 * group of hosts stays what it is, since some protocols are known by it. */
static struct address stand_in(const struct address *address, uint64_t flow)
{
    struct address out = *address;
    if (address_is_group(address))
        return out;
    uint64_t hash = hash_octets16(address->octets, 0, flow);
    memcpy(out.octets + 8, &hash, sizeof hash);
    if (address_is_v4(address)) {
        memcpy(out.octets, address->octets, 12);
        out.octets[12] = 10; /* private: RFC 1918, 4193 */
    } else {
        memset(out.octets, 0, 8);
        out.octets[0] = 0xfd;
    }
    return out;
}

uint16_t packet_compose(const struct packet *packet, uint8_t out[COMPOSED_MOST])
{
    const struct endpoints *ends = &packet->ends;
    uint64_t flow = flow_hash(ends, 0);
    const struct address source = stand_in(&ends->source, flow), target = stand_in(&ends->target, flow);
    bool v4 = address_is_v4(&source) && address_is_v4(&target), tcp = ends->protocol == IP_TCP;
    size_t ip = v4 ? 20 : 40, transport = tcp ? 20 : 8;
    size_t payload = packet->payload.left < COMPOSED_PAYLOAD_MOST ? packet->payload.left : COMPOSED_PAYLOAD_MOST;
    memset(out, 0, ip + transport);
    if (v4) {
        out[0] = 0x45;
        put16(out + 2, (uint32_t)(ip + transport + payload));
        out[8] = 64;
        out[9] = ends->protocol;
        memcpy(out + 12, source.octets + 12, 4);
        memcpy(out + 16, target.octets + 12, 4);
    } else {
        out[0] = 0x60;
        put16(out + 4, (uint32_t)(transport + payload));
        out[6] = ends->protocol;
        out[7] = 64;
        memcpy(out + 8, source.octets, 16);
        memcpy(out + 24, target.octets, 16);
    }
    uint8_t *header = out + ip;
    put16(header, ends->source_port);
    put16(header + 2, ends->target_port);
    if (tcp) {
        put32(header + 4, packet->sequence);
        put32(header + 8, packet->acknowledged);
        header[12] = 0x50;
        header[13] = packet->tcp_flags;
        put16(header + 14, 65535);
    } else {
        put16(header + 4, (uint32_t)(8 + payload));
    }
    memcpy(header + transport, packet->payload.at, payload);
    return (uint16_t)(ip + transport + payload);
}
