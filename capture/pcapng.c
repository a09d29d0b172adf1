/* pcapng: one block at a time, whole, in a buffer that grows to the largest block met. A block says its length at both
 * ends; what does not fit ends the reading with a line that says where, as what follows cannot be trusted.
 *
 * Rules: draft-ietf-opsawg-pcapng (blocks in section 4, options 3.5, time units if_tsresol and if_tsoffset 4.2); the
 * packet block, obsolete, in its appendix A. */
#include "capture/pcapng.h"

#include "base/clock.h"
#include "base/room.h"

#include <pcap/dlt.h>
#include <stdlib.h>

#define BLOCK_SECTION    0x0a0d0d0au
#define BLOCK_INTERFACE  1u
#define BLOCK_PACKET     2u
#define BLOCK_SIMPLE     3u
#define BLOCK_STATISTICS 5u
#define BLOCK_ENHANCED   6u
#define BYTE_ORDER_MARK  0x1a2b3c4du

#define OPTION_END    0
#define OPTION_UNIT   9
#define OPTION_OFFSET 14

#define OPTION_DROPPED_BY_DEVICE 5 /* of statistics */
#define OPTION_DROPPED_BY_SYSTEM 7

#define HEAD_BYTES      8u /* type and length of a block */
#define TAIL_BYTES      4u /* its length again */
#define LONGEST_BLOCK   (16u << 20)
#define MOST_INTERFACES 65536u
#define DROPPED_MOST    (UINT64_C(1) << 40) /* more in one capture is a lie, or "unknown" */
#define LINKTYPE_RAW    101

struct interface {
    int link_type;
    uint32_t snaplen;      /* 0: no limit */
    uint64_t units;        /* of time in a second */
    int64_t offset_second; /* added to all its times */
    uint64_t dropped;      /* as its last statistics say */
};

struct pcapng {
    FILE *stream;
    bool big, in_section;
    int first_link_type;
    struct interface *interfaces;
    uint32_t interface_count;
    size_t interface_room;
    uint8_t *block;
    uint32_t block_room, block_got; /* bytes of the block that are there */
    bool grows;
    uint64_t bytes_done, frames;
    uint64_t dropped_before; /* in sections before this one */
    enum pcapng_state state; /* PCAPNG_FRAME while there may be more */
    char text[160];
};

/* What one block came to. */
enum step { STEP_FRAME, STEP_OTHER, STEP_WAIT, STEP_STOP };

static uint16_t u16_take(const struct pcapng *p, struct bytes *in)
{
    return p->big ? bytes_be16(in) : bytes_le16(in);
}

static uint32_t u32_take(const struct pcapng *p, struct bytes *in)
{
    return p->big ? bytes_be32(in) : bytes_le32(in);
}

static enum step stop_damaged(struct pcapng *p, const char *why)
{
    p->state = PCAPNG_CUT;
    snprintf(p->text, sizeof p->text, "damaged after frame %llu: %s", (unsigned long long)p->frames, why);
    return STEP_STOP;
}

static enum step stop_cut(struct pcapng *p, bool in_frame)
{
    p->state = PCAPNG_CUT;
    if (ferror(p->stream))
        snprintf(p->text, sizeof p->text, "cannot be read beyond frame %llu", (unsigned long long)p->frames);
    else if (in_frame)
        snprintf(p->text, sizeof p->text, "cut off in the middle of frame %llu", (unsigned long long)p->frames + 1);
    else
        snprintf(p->text, sizeof p->text, "cut off after frame %llu", (unsigned long long)p->frames);
    return STEP_STOP;
}

static bool block_has_frame(uint32_t type)
{
    return type == BLOCK_ENHANCED || type == BLOCK_SIMPLE || type == BLOCK_PACKET;
}

static bool block_grow(struct pcapng *p, uint32_t length)
{
    if (length <= p->block_room)
        return true;
    uint32_t room = p->block_room;
    while (room < length)
        room *= 2;
    uint8_t *grown = realloc(p->block, room);
    if (grown == NULL)
        return false;
    p->block = grown;
    p->block_room = room;
    return true;
}

/* The byte order mark is behind the length it is needed for, so a section's head is read with the mark. */
static bool section_order(struct pcapng *p, struct bytes after_length)
{
    struct bytes mark = after_length;
    if (bytes_be32(&mark) == BYTE_ORDER_MARK)
        p->big = true;
    else if (bytes_le32(&after_length) == BYTE_ORDER_MARK)
        p->big = false;
    else
        return false;
    return true;
}

/* Reads on until `wanted` bytes of the block are there. */
static bool block_fill(struct pcapng *p, uint32_t wanted)
{
    if (p->block_got >= wanted)
        return true;
    if (p->grows)
        clearerr(p->stream); /* it ended here before */
    size_t read = fread(p->block + p->block_got, 1, wanted - p->block_got, p->stream);
    p->bytes_done += read;
    p->block_got += (uint32_t)read;
    return p->block_got == wanted;
}

/* The stream ended before the block did. */
static enum step block_ended(struct pcapng *p, bool in_frame)
{
    if (p->grows && !ferror(p->stream))
        return STEP_WAIT;
    if (p->block_got > 0 || ferror(p->stream))
        return stop_cut(p, in_frame);
    p->state = PCAPNG_END;
    return STEP_STOP;
}

/* Reads the next block. STEP_OTHER when its type and body (without lengths) are in *type and *body. After STEP_WAIT it
 * is looked at anew, from its beginning. */
static enum step block_read(struct pcapng *p, uint32_t *type, struct bytes *body)
{
    if (!block_fill(p, HEAD_BYTES))
        return block_ended(p, false);
    struct bytes head = bytes_of(p->block, HEAD_BYTES);
    *type = u32_take(p, &head);
    uint32_t looked_at = HEAD_BYTES;
    if (*type == BLOCK_SECTION) { /* the same number in both byte orders */
        looked_at += 4;
        if (!block_fill(p, looked_at))
            return block_ended(p, false);
        if (!section_order(p, bytes_of(p->block + HEAD_BYTES, 4)))
            return stop_damaged(p, "a section without byte order");
    }
    uint32_t length = u32_take(p, &head);
    if (length < looked_at + TAIL_BYTES || length % 4 != 0)
        return stop_damaged(p, "a block whose length cannot be");
    if (length > LONGEST_BLOCK)
        return stop_damaged(p, "a block of more than 16 MiB");
    if (!block_grow(p, length))
        return stop_damaged(p, "not enough memory for the next block");
    if (!block_fill(p, length))
        return block_ended(p, block_has_frame(*type));
    p->block_got = 0;
    struct bytes tail = bytes_of(p->block + length - TAIL_BYTES, TAIL_BYTES);
    if (u32_take(p, &tail) != length)
        return stop_damaged(p, "a block that ends with another length than it began with");
    *body = bytes_of(p->block + HEAD_BYTES, length - HEAD_BYTES - TAIL_BYTES);
    return STEP_OTHER;
}

static enum step section_begin(struct pcapng *p, struct bytes body)
{
    bytes_skip(&body, 4); /* byte order, known */
    uint16_t major = u16_take(p, &body);
    bytes_skip(&body, 2 + 8); /* minor version; length of the section, which may be unknown */
    if (!bytes_ok(&body) || major != 1)
        return stop_damaged(p, "a section of an unknown version");
    p->dropped_before = pcapng_dropped(p);
    p->interface_count = 0;
    p->in_section = true;
    return STEP_OTHER;
}

/* if_tsresol: a power of ten, or with the high bit of two; 64 bits of time cannot count smaller units. */
static bool units_of(uint8_t exponent, uint64_t *units)
{
    if ((exponent & 0x80) != 0) {
        *units = UINT64_C(1) << (exponent & 63);
        return (exponent & 0x7f) < 64;
    }
    *units = 1;
    for (uint8_t i = 0; i < exponent && i < 20; i++)
        *units *= 10;
    return exponent < 20;
}

static bool interface_options(const struct pcapng *p, struct bytes in, struct interface *out)
{
    while (in.left > 0) {
        uint16_t code = u16_take(p, &in), length = u16_take(p, &in);
        struct bytes value = bytes_take(&in, length);
        if (!bytes_ok(&value))
            return false;
        if (code == OPTION_END)
            return true;
        if (code == OPTION_UNIT && (length != 1 || !units_of(bytes_u8(&value), &out->units)))
            return false;
        if (code == OPTION_OFFSET) {
            uint64_t offset = p->big ? bytes_be64(&value) : bytes_le64(&value);
            if (!bytes_ok(&value) || length != 8)
                return false;
            memcpy(&out->offset_second, &offset, sizeof offset);
        }
        bytes_skip(&in, (4 - length % 4u) % 4);
    }
    return bytes_ok(&in);
}

static enum step interface_add(struct pcapng *p, struct bytes body)
{
    struct interface new = {.units = 1000000};
    uint16_t link_type = u16_take(p, &body);
    bytes_skip(&body, 2);
    new.snaplen = u32_take(p, &body);
    new.link_type = link_type == LINKTYPE_RAW ? DLT_RAW : link_type;
    if (!bytes_ok(&body) || !interface_options(p, body, &new))
        return stop_damaged(p, "an interface whose description lies");
    if (p->interface_count == MOST_INTERFACES)
        return stop_damaged(p, "more than 65536 interfaces");
    struct interface *items = room_for_one(p->interfaces, p->interface_count, &p->interface_room, sizeof *items, 8);
    if (items == NULL)
        return stop_damaged(p, "not enough memory for its interfaces");
    p->interfaces = items;
    if (p->first_link_type < 0)
        p->first_link_type = new.link_type;
    p->interfaces[p->interface_count++] = new;
    return STEP_OTHER;
}

/* Times that no 64-bit count of nanoseconds holds become the farthest one. */
static int64_t time_of(const struct interface *interface, uint64_t count)
{
    __extension__ typedef __int128 wide;
    wide time = (wide)(count / interface->units + (wide)interface->offset_second) * SECOND_NS +
                (wide)(count % interface->units) * SECOND_NS / (wide)interface->units;
    if (time > INT64_MAX)
        return INT64_MAX;
    return time < INT64_MIN ? INT64_MIN : (int64_t)time;
}

static enum step frame_read(struct pcapng *p, uint32_t type, struct bytes body, struct frame *out)
{
    uint32_t index = 0;
    uint64_t time = 0;
    uint32_t captured = UINT32_MAX;
    if (type == BLOCK_PACKET) {
        index = u16_take(p, &body);
        bytes_skip(&body, 2); /* drops */
    } else if (type == BLOCK_ENHANCED) {
        index = u32_take(p, &body);
    }
    if (type != BLOCK_SIMPLE) {
        time = (uint64_t)u32_take(p, &body) << 32;
        time |= u32_take(p, &body);
        captured = u32_take(p, &body);
    }
    uint32_t sent = u32_take(p, &body);
    if (!bytes_ok(&body) || index >= p->interface_count)
        return stop_damaged(p, "a frame of an interface that is not described");
    const struct interface *interface = &p->interfaces[index];
    if (type == BLOCK_SIMPLE) { /* no time and no captured length: as much as the snaplen let through */
        captured = interface->snaplen > 0 && interface->snaplen < sent ? interface->snaplen : sent;
        if (captured > body.left)
            captured = (uint32_t)body.left;
    }
    struct bytes data = bytes_take(&body, captured);
    if (!bytes_ok(&data))
        return stop_damaged(p, "a frame longer than its block");
    *out = (struct frame){.time_ns = type == BLOCK_SIMPLE ? 0 : time_of(interface, time),
                          .number = ++p->frames,
                          .start = data.at,
                          .captured = captured,
                          .sent = sent,
                          .link_type = interface->link_type};
    return STEP_FRAME;
}

/* Counted from the beginning of the capture on, so the last word holds. What lies here costs no frame. */
static enum step statistics_read(struct pcapng *p, struct bytes in)
{
    uint32_t index = u32_take(p, &in);
    uint64_t dropped = 0;
    bytes_skip(&in, 8); /* time */
    while (in.left > 0) {
        uint16_t code = u16_take(p, &in), length = u16_take(p, &in);
        struct bytes value = bytes_take(&in, length);
        if (code == OPTION_END)
            break;
        if ((code == OPTION_DROPPED_BY_DEVICE || code == OPTION_DROPPED_BY_SYSTEM) && length == 8)
            dropped += p->big ? bytes_be64(&value) : bytes_le64(&value);
        bytes_skip(&in, (4 - length % 4u) % 4);
    }
    if (bytes_ok(&in) && index < p->interface_count)
        p->interfaces[index].dropped = dropped <= DROPPED_MOST ? dropped : 0;
    return STEP_OTHER;
}

static enum step block_next(struct pcapng *p, struct frame *out)
{
    uint32_t type = 0;
    struct bytes body;
    enum step step = block_read(p, &type, &body);
    if (step != STEP_OTHER)
        return step;
    if (type == BLOCK_SECTION)
        return section_begin(p, body);
    if (!p->in_section)
        return stop_damaged(p, "it does not begin with a section");
    if (type == BLOCK_INTERFACE)
        return interface_add(p, body);
    if (type == BLOCK_STATISTICS)
        return statistics_read(p, body);
    return block_has_frame(type) ? frame_read(p, type, body, out) : STEP_OTHER;
}

enum pcapng_state pcapng_next(struct pcapng *p, struct frame *out)
{
    while (p->state == PCAPNG_FRAME) {
        enum step step = block_next(p, out);
        if (step == STEP_FRAME)
            return PCAPNG_FRAME;
        if (step == STEP_WAIT)
            return PCAPNG_WAIT;
    }
    return p->state;
}

void pcapng_grows(struct pcapng *p, bool grows)
{
    p->grows = grows;
}

const char *pcapng_cut_text(const struct pcapng *p)
{
    return p->text;
}

uint64_t pcapng_dropped(const struct pcapng *p)
{
    uint64_t dropped = p->dropped_before;
    for (uint32_t i = 0; i < p->interface_count; i++)
        dropped += p->interfaces[i].dropped;
    return dropped;
}

uint64_t pcapng_bytes_done(const struct pcapng *p)
{
    return p->bytes_done;
}

int pcapng_link_type(const struct pcapng *p)
{
    return p->first_link_type;
}

struct pcapng *pcapng_create(FILE *stream, struct failure *failure)
{
    struct pcapng *p = calloc(1, sizeof *p);
    if (p != NULL) {
        p->stream = stream;
        p->first_link_type = -1;
        p->state = PCAPNG_FRAME;
        p->block_room = 4096;
        p->block = malloc(p->block_room);
    }
    if (p == NULL || p->block == NULL) {
        failure_add(failure, "not enough memory to read it");
        free(p);
        return NULL;
    }
    struct frame none;
    enum step step;
    do
        step = block_next(p, &none);
    while (step == STEP_OTHER && p->first_link_type < 0);
    if (!p->in_section) {
        failure_add(failure, "%s", p->state == PCAPNG_CUT ? p->text : "empty");
        pcapng_destroy(p);
        return NULL;
    }
    return p;
}

void pcapng_destroy(struct pcapng *p)
{
    if (p == NULL)
        return;
    free(p->interfaces);
    free(p->block);
    free(p);
}
