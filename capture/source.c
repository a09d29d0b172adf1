/* source: opens a capture, chooses who reads it, and hands its frames out in batches.
 *
 * libpcap opens pcap. What follows the header of a plain file is then walked by records.h, without a copy; all else
 * libpcap reads, into a buffer it uses again for the next frame, so that each frame is copied once, into the block of
 * its batch. So does our own reader of pcapng (pcapng.h): libpcap refuses interfaces of different link types, and does
 * not tell what was dropped when the file was written. */
#include "capture/source.h"

#include "base/clock.h"
#include "capture/device.h"
#include "capture/filter.h"
#include "capture/growing.h"
#include "capture/kind.h"
#include "capture/pcapng.h"
#include "capture/records.h"
#include "capture/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A frame of IP is no longer than this, nor does libpcap allow it; of a longer one this much is kept. */
#define LONGEST_FRAME ((size_t)256 << 10)
#define STREAM_BYTES  ((size_t)256 << 10)
#define FILE_HEADER   24 /* bytes of a pcap file; of pcapng the progress is near enough */
#define RECORD_HEADER 16

_Static_assert(SOURCE_BLOCK >= 2 * LONGEST_FRAME && SOURCE_BLOCK >= RECORDS_BLOCK, "a batch has room for a frame");

struct source {
    int file;
    bool is_device;
    int64_t fraction_ns; /* a unit of libpcap's fraction of a second: nanoseconds as we ask, of some devices more */
    bool seekable;       /* a file, perhaps packed */
    bool is_packed;
    bool grows;       /* is still being written */
    bool idle;        /* the last read met the end of a file that grows */
    bool was_growing; /* when it was opened */
    struct growing growing;
    off_t start; /* where in the file the capture begins */
    uint64_t bytes_in_all, bytes_counted;
    char *stream_buffer;
    FILE *stream;            /* of libpcap or of our reader; closed by whoever reads */
    pcap_t *pcap;            /* one of these two */
    struct pcapng *pcapng;   /* owns no stream */
    struct records *records; /* beside pcap, which then only opened the file */
    struct filter *filter;   /* NULL without one */
    int link_type;           /* the filter is prepared for */
    uint8_t *arena;          /* during source_read: the caller's block */
    size_t arena_used;
    struct frame *batch; /* during source_read */
    size_t count;
    uint64_t frames; /* met so far */
    enum source_state state;
    struct failure cut; /* why there is no more */
};

/* ---- opening and closing ---- */

/* Looks at the first bytes without using them up. False with a failure when this cannot be a capture. */
static bool begins_as(FILE *stream, bool is_packed, const char *name, enum kind *kind, struct failure *failure)
{
    uint8_t head[KIND_BYTES];
    const char *why;
    size_t read = fread(head, 1, sizeof head, stream);
    if (ferror(stream))
        return failure_add(failure, "%s: cannot be read: %s", name,
                           errno == EBADMSG ? "it is damaged and cannot be unpacked" : strerror(errno));
    for (size_t i = read; i > 0; i--) /* back into the stream's buffer, so that a pipe works too */
        ungetc(head[i - 1], stream);
    *kind = kind_of(head, read, &why);
    if (*kind == KIND_PCAP || *kind == KIND_PCAPNG)
        return true;
    if (*kind == KIND_EMPTY && is_packed)
        why = "is packed, and nothing of it can be unpacked: it is cut off near its beginning, or was packed empty";
    return failure_add(failure, "%s: %s", name, why != NULL ? why : "is compressed twice; decompress it first");
}

static bool file_open(struct source *source, const char *path, const char *name, struct failure *failure)
{
    struct stat about;
    source->file = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC);
    if (source->file < 0 || fstat(source->file, &about) != 0)
        return failure_add(failure, "%s: cannot be opened: %s", name, strerror(errno));
    if (S_ISDIR(about.st_mode))
        return failure_add(failure, "%s: is a folder; a capture file is needed", name);
    source->start = lseek(source->file, 0, SEEK_CUR);
    source->seekable = S_ISREG(about.st_mode) && source->start >= 0;
    growing_init(&source->growing, path, source->file, source->start);
    if (source->seekable && !source->grows && about.st_size > source->start)
        source->bytes_in_all = (uint64_t)(about.st_size - source->start);
    return true;
}

/* A stream of its own over the file, so that the file stays open when libpcap closes it. What is unpacked on the way is
 * read as a pipe is: once. */
static bool stream_open(struct source *source, const char *name, struct failure *failure)
{
    enum kind packing = KIND_OTHER;
    int file = fcntl(source->file, F_DUPFD_CLOEXEC, 0);
    if (file >= 0)
        source->stream = unpack_open(file, source->stream_buffer, STREAM_BYTES, &packing);
    if (source->stream == NULL) {
        failure_add(failure, "%s: cannot be opened: %s", name, strerror(errno));
        if (file >= 0)
            close(file);
        return false;
    }
    source->is_packed = packing != KIND_OTHER;
    return true;
}

static void stream_close(struct source *source)
{
    if (source->pcap != NULL)
        pcap_close(source->pcap); /* closes the stream as well */
    else if (source->stream != NULL)
        fclose(source->stream);
    source->pcap = NULL;
    source->stream = NULL;
}

static bool pcapng_open(struct source *source, const char *name, struct failure *failure)
{
    struct failure why = {0};
    source->pcapng = pcapng_create(source->stream, &why);
    return source->pcapng != NULL || failure_add(failure, "%s: cannot be read as a capture: %s", name, why.text);
}

static bool reader_open(struct source *source, const char *name, struct failure *failure)
{
    enum kind kind = KIND_OTHER;
    if (!stream_open(source, name, failure) || !begins_as(source->stream, source->is_packed, name, &kind, failure))
        return false;
    bool plain = source->seekable && !source->is_packed;
    if (source->grows && !plain)
        return failure_add(failure, "%s: is %s; only a file as it is written can be followed", name,
                           source->is_packed ? "compressed" : "no plain file");
    if (kind == KIND_PCAPNG) {
        bool opened = pcapng_open(source, name, failure);
        if (opened)
            pcapng_grows(source->pcapng, source->grows);
        return opened;
    }
    char why[PCAP_ERRBUF_SIZE] = "";
    source->pcap = pcap_fopen_offline_with_tstamp_precision(source->stream, PCAP_TSTAMP_PRECISION_NANO, why);
    source->bytes_counted = FILE_HEADER;
    if (source->pcap != NULL && plain)
        source->records =
            records_create(source->file, source->start, pcap_snapshot(source->pcap), pcap_datalink(source->pcap));
    if (source->grows && source->pcap != NULL && source->records == NULL)
        return failure_add(failure, "%s: pcap of this version or link type cannot be followed while it is written",
                           name);
    return source->pcap != NULL || failure_add(failure, "%s: cannot be read as a capture: %s", name, why);
}

static bool filter_open(struct source *source, const char *expression, const char *name, struct failure *failure)
{
    int link_type = source->pcap != NULL ? pcap_datalink(source->pcap) : pcapng_link_type(source->pcapng);
    source->link_type = link_type >= 0 ? link_type : DLT_EN10MB; /* without interfaces: to check the words */
    if (expression == NULL)
        return true;
    struct failure why = {0};
    source->filter = filter_create(expression, &why);
    if (source->filter == NULL || !filter_prepare(source->filter, source->link_type, &why))
        return failure_add(failure, "%s: %s", name, why.text);
    return true;
}

static struct source *source_create(const char *name, struct failure *failure)
{
    struct source *source = calloc(1, sizeof *source);
    if (source != NULL) {
        source->fraction_ns = 1;
        source->file = -1;
        source->stream_buffer = malloc(STREAM_BYTES);
    }
    if (source != NULL && source->stream_buffer != NULL)
        return source;
    failure_add(failure, "%s: not enough memory to read it", name);
    source_close(source);
    return NULL;
}

struct source *source_open_device(const char *name, const struct device_options *options, const char *filter,
                                  struct failure *failure)
{
    struct source *source = source_create(name, failure);
    if (source == NULL)
        return NULL;
    source->is_device = true;
    source->pcap = device_open(name, options, failure);
    if (source->pcap == NULL || (filter != NULL && !device_filter(source->pcap, name, filter, failure))) {
        source_close(source);
        return NULL;
    }
    source->link_type = pcap_datalink(source->pcap);
    if (pcap_get_tstamp_precision(source->pcap) != PCAP_TSTAMP_PRECISION_NANO)
        source->fraction_ns = 1000;
    return source;
}

static struct source *file_source(const char *path, const char *filter, bool grows, struct failure *failure)
{
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    struct source *source = source_create(name, failure);
    if (source == NULL)
        return NULL;
    source->grows = source->was_growing = grows;
    if (!file_open(source, path, name, failure) || !reader_open(source, name, failure) ||
        !filter_open(source, filter, name, failure)) {
        source_close(source);
        return NULL;
    }
    return source;
}

struct source *source_open(const char *path, const char *filter, struct failure *failure)
{
    return file_source(path, filter, false, failure);
}

struct source *source_open_growing(const char *path, const char *filter, struct failure *failure)
{
    return file_source(path, filter, true, failure);
}

void source_grown(struct source *source)
{
    source->grows = false;
    if (source->pcapng != NULL)
        pcapng_grows(source->pcapng, false);
}

const char *source_fate(const struct source *source)
{
    return growing_fate(&source->growing, source_bytes_done(source));
}

void source_close(struct source *source)
{
    if (source == NULL)
        return;
    stream_close(source);
    pcapng_destroy(source->pcapng);
    records_destroy(source->records);
    filter_destroy(source->filter);
    if (source->file >= 0)
        close(source->file);
    free(source->stream_buffer);
    free(source);
}

/* ---- reading ---- */

static size_t arena_room(const struct source *source)
{
    return SOURCE_BLOCK - source->arena_used;
}

/* Copies one frame into the batch; there is room for it. */
static inline void batch_add(struct source *source, const struct frame *frame)
{
    struct frame *out = &source->batch[source->count++];
    *out = *frame;
    if (out->captured > LONGEST_FRAME)
        out->captured = LONGEST_FRAME;
    out->start = source->arena + source->arena_used;
    memcpy(source->arena + source->arena_used, frame->start, out->captured);
    source->arena_used += out->captured;
}

/* A pcap record counts seconds in 32 bits without sign, but libpcap reads them with one: they end in 2106, not 2038. */
static inline int64_t time_of(const struct source *source, const struct timeval *time)
{
    const int64_t most = INT64_MAX / SECOND_NS - 10000; /* a fraction in a record may be more than a second */
    int64_t seconds = source->is_device ? time->tv_sec : (int64_t)(uint32_t)time->tv_sec;
    if (seconds > most)
        return INT64_MAX;
    return seconds < -most ? INT64_MIN : seconds * SECOND_NS + time->tv_usec * source->fraction_ns;
}

static void pcap_frame(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct source *source = (struct source *)user;
    source->frames++;
    source->bytes_counted += RECORD_HEADER + header->caplen;
    if (source->filter != NULL && !filter_accepts(source->filter, header, bytes))
        return;
    struct frame frame = {.time_ns = time_of(source, &header->ts),
                          .number = source->frames,
                          .start = bytes,
                          .captured = header->caplen,
                          .sent = header->len,
                          .link_type = source->link_type};
    batch_add(source, &frame);
    if (arena_room(source) < LONGEST_FRAME)
        pcap_breakloop(source->pcap);
}

static void pcap_tell_cut(struct source *source)
{
    unsigned long long done = source->frames;
    if (feof(source->stream))
        failure_add(&source->cut, "cut off in the middle of frame %llu", done + 1);
    else if (ferror(source->stream))
        failure_add(&source->cut, "cannot be read beyond frame %llu", done);
    else
        failure_add(&source->cut, "damaged after frame %llu: %s", done, pcap_geterr(source->pcap));
}

static enum source_state pcap_read(struct source *source, size_t most)
{
    int read = pcap_dispatch(source->pcap, (int)(most - source->count), pcap_frame, (u_char *)source);
    if (source->is_device && read == PCAP_ERROR) {
        failure_add(&source->cut, "the capture ended: %s", pcap_geterr(source->pcap));
        return SOURCE_CUT;
    }
    if (read != PCAP_ERROR)
        return read == 0 && !source->is_device ? SOURCE_END
                                               : SOURCE_MORE; /* PCAP_ERROR_BREAK: the batch before ended early */
    pcap_tell_cut(source);
    return SOURCE_CUT;
}

/* Takes out of the batch what the filter rejects. Returns how many are left. */
static size_t filter_batch(struct source *source, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct frame *frame = &source->batch[i];
        struct pcap_pkthdr header = {.caplen = frame->captured, .len = frame->sent};
        if (filter_accepts(source->filter, &header, frame->start))
            source->batch[kept++] = *frame;
    }
    return kept;
}

/* Frames in place. */
static enum source_state records_pass(struct source *source, size_t most)
{
    size_t read;
    enum records_state state = records_read(source->records, source->arena, source->batch, most, &read);
    source->count = source->filter == NULL ? read : filter_batch(source, read);
    source->frames += read;
    if (state == RECORDS_MORE)
        return SOURCE_MORE;
    if (source->grows && state != RECORDS_WRONG && state != RECORDS_UNREADABLE) {
        source->idle = true;
        records_again(source->records);
        return SOURCE_MORE;
    }
    if (state == RECORDS_END)
        return SOURCE_END;
    unsigned long long done = source->frames;
    if (state == RECORDS_UNREADABLE)
        failure_add(&source->cut, "cannot be read after frame %llu: %s", done, strerror(errno));
    else if (state == RECORDS_CUT)
        failure_add(&source->cut, "cut off in the middle of frame %llu", done + 1);
    else
        failure_add(&source->cut, "damaged after frame %llu: the next one says a length that cannot be", done);
    return SOURCE_CUT;
}

static bool filter_change(struct source *source, int link_type)
{
    struct failure why = {0};
    if (!filter_prepare(source->filter, link_type, &why))
        return failure_add(&source->cut, "not read beyond frame %llu: %s", (unsigned long long)source->frames - 1,
                           why.text);
    source->link_type = link_type;
    return true;
}

static enum source_state blocks_read(struct source *source, size_t most)
{
    struct frame frame;
    while (source->count < most && arena_room(source) >= LONGEST_FRAME) {
        enum pcapng_state state = pcapng_next(source->pcapng, &frame);
        if (state == PCAPNG_WAIT) {
            source->idle = true;
            return SOURCE_MORE;
        }
        if (state == PCAPNG_END)
            return SOURCE_END;
        if (state == PCAPNG_CUT) {
            failure_add(&source->cut, "%s", pcapng_cut_text(source->pcapng));
            return SOURCE_CUT;
        }
        source->frames++;
        if (source->filter != NULL) {
            if (frame.link_type != source->link_type && !filter_change(source, frame.link_type))
                return SOURCE_CUT;
            struct pcap_pkthdr header = {.caplen = frame.captured, .len = frame.sent};
            if (!filter_accepts(source->filter, &header, frame.start))
                continue;
        }
        batch_add(source, &frame);
    }
    return SOURCE_MORE;
}

static enum source_state read_more(struct source *source, size_t most)
{
    if (source->records != NULL)
        return records_pass(source, most);
    return source->pcapng != NULL ? blocks_read(source, most) : pcap_read(source, most);
}

enum source_state source_read(struct source *source, uint8_t *block, struct frame out[], size_t most, size_t *count)
{
    source->batch = out;
    source->arena = block;
    source->count = 0;
    source->arena_used = 0;
    if (most > SOURCE_FRAMES_MOST)
        most = SOURCE_FRAMES_MOST;
    source->idle = false;
    while (source->state == SOURCE_MORE && source->count == 0 && most > 0 && !source->idle && !source->growing.anew) {
        source->state = read_more(source, most);
        if (source->is_device)
            break; /* there is nothing: whoever reads several looks at the next */
    }
    if (source->was_growing && !growing_goes_on(&source->growing, source_bytes_done(source))) {
        source->count = 0;
        source->state = source->grows ? SOURCE_MORE : SOURCE_END;
    }
    *count = source->count;
    return source->state;
}

void source_read_ahead(struct source *source, struct ahead *ahead)
{
    if (source->records != NULL)
        records_read_ahead(source->records, source->grows ? NULL : ahead);
}

void source_move(struct source *source, uint8_t *block)
{
    if (source->records != NULL)
        records_move(source->records, block);
}

pcap_t *source_device(struct source *source)
{
    return source->pcap;
}

const char *source_cut_text(const struct source *source)
{
    return source->cut.text;
}

uint64_t source_dropped(const struct source *source)
{
    return source->pcapng != NULL ? pcapng_dropped(source->pcapng) : 0;
}

uint64_t source_bytes_done(const struct source *source)
{
    if (source->state == SOURCE_END && source->bytes_in_all > 0)
        return source->bytes_in_all;
    if (source->is_packed && source->seekable)
        return (uint64_t)(lseek(source->file, 0, SEEK_CUR) - source->start); /* the stream's place is the file's */
    uint64_t done = source->records != NULL  ? records_bytes_done(source->records)
                    : source->pcapng != NULL ? pcapng_bytes_done(source->pcapng)
                                             : source->bytes_counted;
    return source->bytes_in_all > 0 && done > source->bytes_in_all ? source->bytes_in_all : done;
}
