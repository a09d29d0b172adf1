/* writer: pcap with nanoseconds (magic a1b23c4d) and pcapng with if_tsresol 9, both in the byte order of little-endian
 * machines. In pcapng an interface block comes before the first frame of its link type.
 *
 * Rules: pcap-savefile(5); draft-ietf-opsawg-pcapng 4.1 (section), 4.2 (interface), 4.3 (enhanced packet). */
#include "capture/writer.h"

#include "base/clock.h"

#include <pcap/dlt.h>

#define PCAP_MAGIC      0xa1b23c4du
#define LONGEST_FRAME   (256u << 10)
#define LINKTYPE_RAW    101 /* what DLT_RAW is called in files */
#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_ENHANCED  6u
#define BYTE_ORDER_MARK 0x1a2b3c4du
#define OPTION_UNIT     9u
#define NANOSECONDS     9u  /* as a power of ten, for OPTION_UNIT */
#define ENHANCED_BYTES  32u /* a block around its frame, without padding */

struct head {
    uint8_t bytes[48];
    size_t length;
};

static void add32(struct head *head, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        head->bytes[head->length++] = (uint8_t)(value >> 8 * i);
}

static void add16(struct head *head, uint16_t value)
{
    head->bytes[head->length++] = (uint8_t)value;
    head->bytes[head->length++] = (uint8_t)(value >> 8);
}

static void write_bytes(struct writer *writer, const void *start, size_t length)
{
    fwrite(start, 1, length, writer->out);
    writer->bytes += length;
}

static void write_head(struct writer *writer, const struct head *head)
{
    write_bytes(writer, head->bytes, head->length);
}

static uint16_t in_files(int link_type)
{
    return link_type == DLT_RAW ? LINKTYPE_RAW : (uint16_t)link_type;
}

/* ---- pcap ---- */

static void pcap_head(struct writer *writer, int link_type)
{
    struct head head = {.length = 0};
    add32(&head, PCAP_MAGIC);
    add16(&head, 2); /* version 2.4 */
    add16(&head, 4);
    add32(&head, 0);
    add32(&head, 0);
    add32(&head, LONGEST_FRAME);
    add32(&head, in_files(link_type));
    write_head(writer, &head);
}

/* Seconds have 32 bits: times outside of 1970 to 2106 become the nearest inside. */
static void pcap_record(struct writer *writer, const struct frame *frame)
{
    int64_t time_ns = frame->time_ns > 0 ? frame->time_ns : 0;
    if (time_ns / SECOND_NS > UINT32_MAX)
        time_ns = (int64_t)UINT32_MAX * SECOND_NS;
    struct head head = {.length = 0};
    add32(&head, (uint32_t)(time_ns / SECOND_NS));
    add32(&head, (uint32_t)(time_ns % SECOND_NS));
    add32(&head, frame->captured);
    add32(&head, frame->sent);
    write_head(writer, &head);
    write_bytes(writer, frame->start, frame->captured);
}

/* ---- pcapng ---- */

static void pcapng_section(struct writer *writer)
{
    const uint32_t length = 28;
    struct head head = {.length = 0};
    add32(&head, BLOCK_SECTION);
    add32(&head, length);
    add32(&head, BYTE_ORDER_MARK);
    add16(&head, 1); /* version 1.0 */
    add16(&head, 0);
    add32(&head, UINT32_MAX); /* nobody knows how long it will be */
    add32(&head, UINT32_MAX);
    add32(&head, length);
    write_head(writer, &head);
}

static void pcapng_interface(struct writer *writer, int link_type)
{
    const uint32_t length = 32;
    struct head head = {.length = 0};
    add32(&head, BLOCK_INTERFACE);
    add32(&head, length);
    add16(&head, in_files(link_type));
    add16(&head, 0);
    add32(&head, LONGEST_FRAME);
    add16(&head, OPTION_UNIT);
    add16(&head, 1);
    add32(&head, NANOSECONDS); /* with its padding */
    add32(&head, 0);           /* no more options */
    add32(&head, length);
    write_head(writer, &head);
}

static void pcapng_packet(struct writer *writer, unsigned interface, const struct frame *frame)
{
    const uint32_t padding = (4 - frame->captured % 4) % 4, length = ENHANCED_BYTES + frame->captured + padding;
    uint64_t time_ns = frame->time_ns > 0 ? (uint64_t)frame->time_ns : 0;
    struct head head = {.length = 0}, tail = {.length = padding}; /* zeros first */
    add32(&head, BLOCK_ENHANCED);
    add32(&head, length);
    add32(&head, interface);
    add32(&head, (uint32_t)(time_ns >> 32));
    add32(&head, (uint32_t)time_ns);
    add32(&head, frame->captured);
    add32(&head, frame->sent);
    add32(&tail, length);
    write_head(writer, &head);
    write_bytes(writer, frame->start, frame->captured);
    write_head(writer, &tail);
}

/* ---- both ---- */

void writer_begin(struct writer *writer, FILE *out, bool pcapng)
{
    *writer = (struct writer){.out = out, .pcapng = pcapng};
    if (pcapng)
        pcapng_section(writer);
}

/* The number of its interface; link_type_count when it is new. */
static unsigned interface_of(const struct writer *writer, int link_type)
{
    unsigned i = 0;
    while (i < writer->link_type_count && writer->link_types[i] != link_type)
        i++;
    return i;
}

static bool interface_add(struct writer *writer, int link_type)
{
    if (writer->link_type_count == (writer->pcapng ? WRITER_LINK_TYPES : 1))
        return false;
    writer->link_types[writer->link_type_count++] = link_type;
    if (writer->pcapng)
        pcapng_interface(writer, link_type);
    else
        pcap_head(writer, link_type);
    return true;
}

bool writer_put(struct writer *writer, const struct frame *frame)
{
    unsigned interface = interface_of(writer, frame->link_type);
    if (interface == writer->link_type_count && !interface_add(writer, frame->link_type))
        return false;
    if (writer->pcapng)
        pcapng_packet(writer, interface, frame);
    else
        pcap_record(writer, frame);
    return true;
}

void writer_end(struct writer *writer)
{
    if (writer->link_type_count == 0)
        interface_add(writer, DLT_EN10MB);
}

uint64_t writer_bytes_for(uint32_t captured)
{
    return (uint64_t)captured + ENHANCED_BYTES + 3;
}
