/* records: walks pcap records in a buffer that is refilled when no whole record is left in it. */
#include "capture/records.h"

#include "base/bytes.h"
#include "base/clock.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_HEADER   24u
#define RECORD_HEADER 16u
#define LONGEST_FRAME (256u << 10)        /* libpcap's limit for the link types of IP */
#define READ_BYTES    ((size_t)320 << 10) /* at once: what is read is still in the cache when it is looked at */
#define READ_LEAST    ((size_t)16 << 10)

struct records {
    int file, link_type;
    bool little;
    uint32_t snapshot;
    int64_t fraction_ns; /* a unit of a record's fraction of a second */
    off_t next;          /* where the next piece of the file begins */
    bool file_ended;     /* nothing more to read */
    int problem;         /* error number of reading it, or 0 */
    size_t at, filled;
    size_t used; /* by the last call */
    uint64_t frames, passed;
    uint8_t *buffer; /* the block of the last call, or a piece read ahead; belongs to the caller */
    struct ahead *ahead;
    size_t length_before; /* of the last record, while it is read ahead */
    bool ahead_over;      /* what is left of the file is no whole piece, or frames are longer than there is room for */
};

static uint32_t take32(struct bytes *in, bool little)
{
    return little ? bytes_le32(in) : bytes_be32(in);
}

/* Magic and version; false for what is better left to libpcap. */
static bool header_take(struct records *records, struct bytes in)
{
    uint32_t magic = bytes_be32(&in);
    records->little = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
    records->fraction_ns = magic == 0xa1b23c4d || magic == 0x4d3cb2a1 ? 1 : 1000;
    if (!records->little && magic != 0xa1b2c3d4 && magic != 0xa1b23c4d)
        return false;
    uint16_t major = records->little ? bytes_le16(&in) : bytes_be16(&in);
    uint16_t minor = records->little ? bytes_le16(&in) : bytes_be16(&in);
    return bytes_ok(&in) && major == 2 && minor == 4;
}

/* Of a few link types libpcap allows frames of many MiB; only it reads them. */
static bool frames_are_short(int link_type)
{
    static const int exceptions[] = {DLT_DBUS,    DLT_EBHSCR,    DLT_USB_LINUX, DLT_USB_LINUX_MMAPPED,
                                     DLT_USBPCAP, DLT_USB_DARWIN};
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (link_type == exceptions[i])
            return false;
    return true;
}

struct records *records_create(int file, off_t start, int snapshot, int link_type)
{
    uint8_t header[FILE_HEADER];
    if (snapshot <= 0 || !frames_are_short(link_type) ||
        pread(file, header, sizeof header, start) != (ssize_t)sizeof header)
        return NULL;
    struct records *records = calloc(1, sizeof *records);
    if (records == NULL)
        return NULL;
    records->file = file;
    records->link_type = link_type;
    records->snapshot = (uint32_t)snapshot;
    records->next = start + FILE_HEADER;
    records->passed = FILE_HEADER;
    records->used = READ_BYTES;
    if (!header_take(records, bytes_of(header, sizeof header))) {
        free(records);
        return NULL;
    }
    return records;
}

void records_destroy(struct records *records)
{
    if (records != NULL)
        records_read_ahead(records, NULL);
    free(records);
}

void records_read_ahead(struct records *records, struct ahead *ahead)
{
    if (records->ahead != NULL && records->ahead != ahead)
        ahead_rest(records->ahead);
    records->ahead = records->ahead_over ? NULL : ahead;
}

void records_again(struct records *records)
{
    records->file_ended = false;
}

/* What is left of the block before goes to the front of this one. */
void records_move(struct records *records, uint8_t *block)
{
    records_read_ahead(records, NULL);
    if (records->filled > records->at)
        memmove(block, records->buffer + records->at, records->filled - records->at);
    records->buffer = block;
    records->filled -= records->at;
    records->at = 0;
}

/* Reads on until at least `wanted` bytes are there or the file ends. */
static bool refill(struct records *records, size_t wanted)
{
    while (records->filled < wanted && !records->file_ended) {
        size_t room = RECORDS_BLOCK - records->filled, missing = wanted - records->filled;
        size_t most = missing > READ_LEAST ? missing : READ_LEAST;
        ssize_t got = pread(records->file, records->buffer + records->filled, room < most ? room : most, records->next);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            records->file_ended = true;
            records->problem = got < 0 ? errno : 0;
            break;
        }
        records->filled += (size_t)got;
        records->next += got;
    }
    return records->filled >= wanted;
}

/* What is left over goes in front of the next piece that was read ahead. False when there is none. */
static bool take_piece(struct records *records)
{
    size_t left = records->filled - records->at;
    uint8_t *piece = left > AHEAD_FRONT ? NULL : ahead_take(records->ahead, records->file, records->next);
    if (piece == NULL) {
        records->ahead_over = true;
        return false;
    }
    if (left > 0)
        memcpy(piece - left, records->buffer + records->at, left);
    records->buffer = piece - left;
    records->at = 0;
    records->filled = left + AHEAD_PIECE;
    records->next += (off_t)AHEAD_PIECE;
    return true;
}

/* Where a record begins is told by the one before, and a header that another thread fetched is far away. Bulk data is
 * full frames and short answers to them: so the next ones are asked for as if they were as long as the longer of two.
 */
static inline void ask_for_next(struct records *records, const uint8_t *next, size_t length)
{
    uintptr_t at = (uintptr_t)next;
    size_t step = length > records->length_before ? length : records->length_before;
    records->length_before = length;
    __builtin_prefetch((const void *)(at + 64));
    __builtin_prefetch((const void *)(at + step));
    __builtin_prefetch((const void *)(at + step + 64));
    __builtin_prefetch((const void *)(at + 2 * step));
}

/* The next record of `in`, when it is whole there; *wanted is how many bytes it takes, as far as that is known. */
static inline bool record_take(struct records *records, struct bytes *in, struct frame *out, size_t *wanted)
{
    struct bytes record = *in;
    *wanted = RECORD_HEADER;
    if (record.left < RECORD_HEADER)
        return false;
    uint32_t seconds = take32(&record, records->little), fraction = take32(&record, records->little);
    uint32_t captured = take32(&record, records->little), sent = take32(&record, records->little);
    *wanted = RECORD_HEADER + (size_t)captured;
    if (captured > LONGEST_FRAME || record.left < captured)
        return false;
    /* A fraction of more than a second is a lie; it is read with a sign, as libpcap does. */
    out->time_ns = (int64_t)seconds * SECOND_NS + (int32_t)fraction * records->fraction_ns;
    out->start = record.at;
    out->captured = captured < records->snapshot ? captured : records->snapshot;
    out->sent = sent;
    out->link_type = records->link_type;
    out->source = 0;
    __builtin_prefetch(record.at + 48); /* where IP ends and TCP begins */
    *in = bytes_of(record.at + captured, record.left - captured);
    __builtin_prefetch(in->at); /* the next record */
    if (records->ahead != NULL)
        ask_for_next(records, in->at, *wanted);
    return true;
}

/* Those that are whole in the buffer, up to `most`; *wanted is what the one behind them takes. */
static size_t take_whole(struct records *records, struct frame out[], size_t most, size_t *wanted)
{
    struct bytes in = bytes_of(records->buffer + records->at, records->filled - records->at);
    size_t count = 0, before = in.left;
    for (; count < most && record_take(records, &in, &out[count], wanted); count++)
        out[count].number = records->frames + count + 1;
    records->frames += count;
    records->at += before - in.left;
    records->passed += before - in.left;
    return count;
}

/* As much is read as the last call used, and a little more: what is left over must be moved. */
static void read_on(struct records *records)
{
    size_t wanted = records->used + READ_LEAST;
    refill(records, wanted < READ_BYTES ? wanted : READ_BYTES);
}

static enum records_state how_it_ended(const struct records *records)
{
    if (records->problem == 0)
        return records->filled == 0 ? RECORDS_END : RECORDS_CUT;
    errno = records->problem;
    return RECORDS_UNREADABLE;
}

static enum records_state take_records(struct records *records, uint8_t *block, struct frame out[], size_t most,
                                       size_t *count)
{
    size_t wanted;
    while ((*count = take_whole(records, out, most, &wanted)) < most) {
        if (wanted > RECORD_HEADER + LONGEST_FRAME)
            return RECORDS_WRONG;
        if (*count > 0)
            return RECORDS_MORE; /* a block is read once, so that what is looked at is still in the cache */
        if (records->ahead != NULL) {
            if (take_piece(records))
                continue;
            records_move(records, block);
        }
        if (!refill(records, wanted))
            return how_it_ended(records);
    }
    return RECORDS_MORE;
}

enum records_state records_read(struct records *records, uint8_t *block, struct frame out[], size_t most, size_t *count)
{
    *count = 0;
    if (records->ahead == NULL) {
        records_move(records, block);
        read_on(records);
    }
    enum records_state state = take_records(records, block, out, most, count);
    records->used = records->at;
    return state;
}

uint64_t records_bytes_done(const struct records *records)
{
    return records->passed;
}
