/* keep: a set of conversations and a capture file. The set is twice in memory that is shared with children: one half is
 * looked at while the other is filled, and a number says which is which. Both are of fixed size; what finds no room is
 * told. Frames are decoded once more here, so that nothing of this costs anything without -w. */
#include "app/keep.h"

#include "app/feed.h"
#include "app/notice.h"
#include "app/output.h"
#include "app/signals.h"
#include "audit/nearest.h"
#include "base/hash.h"
#include "base/memory.h"
#include "capture/writer.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES_MOST     ((size_t)1 << 17)
#define CELLS            (2 * ENTRIES_MOST)
#define VERDICTS_DEFAULT (1u << VERDICT_UNEXPECTED | 1u << VERDICT_UNEXPECTED_ATTEMPT)
#define FRAGMENT_BYTES   ((size_t)4 << 20)

enum what {
    EMPTY,
    CONVERSATION, /* chosen */
    HOSTS,        /* two hosts with a chosen conversation */
    SCANNER,      /* a client whose scan is chosen: what it tried is in no conversation */
    SCANNERS_TALK /* a conversation of such a client that is not chosen */
};

/* Compared as bytes. */
struct entry {
    struct address one, other; /* client and server; of HOSTS in order; of SCANNER only the first */
    uint32_t network;          /* in which they are; 0 unless networks are kept apart */
    uint16_t port;
    uint8_t transport;
    uint8_t what; /* enum what */
};

struct set {
    bool has_scanners;
    size_t count;
    uint64_t without_room;
    uint32_t used[ENTRIES_MOST]; /* cells */
    struct entry cells[CELLS];
};

struct shared {
    atomic_uint now; /* which half is looked at */
    struct set halves[2];
    struct set carriers; /* HOSTS between which pieces went that hold what was chosen, such as the ends of a tunnel */
};

struct keep {
    struct shared *shared;
    uint64_t seed;
    unsigned verdicts;
    uint64_t most_bytes;
    bool keep_apart; /* networks */
    struct decoder *decoder;
    struct decoder *piecewise;        /* puts nothing together */
    uint32_t networks[UINT8_MAX + 1]; /* by the decoder's number, as in entries; 0 not asked for yet */
    struct output output;
    struct writer writer;
    uint64_t kept, left_out;
    bool misfit;  /* a frame did not fit into the form of the file */
    bool learned; /* of carriers, whose pieces before that were passed over */
    bool failed;  /* what could not be written was told */
};

/* ---- the set ----------------------------------------------------------------------------------------------------- */

/* The cell of this entry, or the empty one where it would be. */
static size_t cell_of(const struct keep *keep, const struct set *set, const struct entry *entry)
{
    size_t at = hash_bytes(entry, sizeof *entry, keep->seed) % CELLS;
    while (set->cells[at].what != EMPTY && memcmp(&set->cells[at], entry, sizeof *entry) != 0)
        at = (at + 1) % CELLS;
    return at;
}

static void set_add(const struct keep *keep, struct set *set, const struct entry *entry)
{
    size_t at = cell_of(keep, set, entry);
    if (set->cells[at].what != EMPTY)
        return;
    if (set->count == ENTRIES_MOST) {
        set->without_room++;
        return;
    }
    set->cells[at] = *entry;
    set->used[set->count++] = (uint32_t)at;
}

static bool set_has(const struct keep *keep, const struct set *set, const struct entry *entry)
{
    return set->cells[cell_of(keep, set, entry)].what != EMPTY;
}

static void set_clear(struct set *set)
{
    for (size_t i = 0; i < set->count; i++)
        set->cells[set->used[i]] = (struct entry){.what = EMPTY};
    set->count = 0;
    set->without_room = 0;
    set->has_scanners = false;
}

/* A network by its name: whoever judges has met networks in another order than whoever keeps. */
static uint32_t network_entry(const char *name)
{
    return name[0] == '\0' ? 0 : (uint32_t)hash_bytes(name, strlen(name), 0) | 1;
}

static uint32_t network_of(struct keep *keep, const struct endpoints *ends)
{
    if (ends->apart == 0)
        return 0;
    if (keep->networks[ends->apart] == 0)
        keep->networks[ends->apart] = network_entry(decoder_tunnel(keep->decoder, ends->apart));
    return keep->networks[ends->apart];
}

static struct entry talk_entry(enum what what, const struct address *client, const struct address *server,
                               uint32_t network, uint8_t transport, uint16_t port)
{
    return (struct entry){.one = *client,
                          .other = *server,
                          .network = network,
                          .port = port,
                          .transport = transport,
                          .what = (uint8_t)what};
}

static struct entry hosts_entry(const struct address *a, const struct address *b, uint32_t network, uint8_t transport)
{
    bool in_order = memcmp(a, b, sizeof *a) < 0;
    return talk_entry(HOSTS, in_order ? a : b, in_order ? b : a, network, transport, 0);
}

static struct entry scanner_entry(const struct address *client, uint32_t network, uint8_t transport)
{
    return (struct entry){.one = *client, .network = network, .transport = transport, .what = SCANNER};
}

static void choose_conversation(const struct keep *keep, struct set *set, const struct judged_conversation *c)
{
    uint32_t network = network_entry(c->network);
    struct entry talk = talk_entry(CONVERSATION, &c->client, &c->server, network, c->transport, c->port);
    struct entry hosts = hosts_entry(&c->client, &c->server, network, c->transport);
    struct entry scanner = scanner_entry(&c->client, network, c->transport);
    if ((keep->verdicts >> c->verdict & 1) != 0) {
        set_add(keep, set, &talk);
        set_add(keep, set, &hosts);
    } else if (set->has_scanners && set_has(keep, set, &scanner)) {
        talk.what = SCANNERS_TALK;
        set_add(keep, set, &talk);
    }
}

void keep_choose(struct keep *keep, const struct audit *audit)
{
    unsigned other = 1 - atomic_load(&keep->shared->now);
    struct set *set = &keep->shared->halves[other];
    set_clear(set);
    for (size_t i = 0; i < audit->scan_count; i++) {
        if ((keep->verdicts >> audit->scans[i].verdict & 1) == 0)
            continue;
        const struct judged_scan *scan = &audit->scans[i];
        struct entry scanner = scanner_entry(&scan->client, network_entry(scan->network), scan->transport);
        set_add(keep, set, &scanner);
        set->has_scanners = true;
    }
    for (size_t i = 0; i < audit->conversation_count; i++)
        choose_conversation(keep, set, &audit->conversations[i]);
    atomic_store(&keep->shared->now, other);
}

/* ---- frames ------------------------------------------------------------------------------------------------------ */

/* Nobody knows yet who of the two is the client. */
static bool has_talk(struct keep *keep, const struct set *set, enum what what, const struct endpoints *ends)
{
    uint32_t network = network_of(keep, ends);
    struct entry to = talk_entry(what, &ends->source, &ends->target, network, ends->protocol, ends->target_port);
    struct entry from = talk_entry(what, &ends->target, &ends->source, network, ends->protocol, ends->source_port);
    return set_has(keep, set, &to) || set_has(keep, set, &from);
}

static bool has_ends(struct keep *keep, const struct set *set, const struct endpoints *ends)
{
    if (has_talk(keep, set, CONVERSATION, ends))
        return true;
    if (!set->has_scanners)
        return false;
    uint32_t network = network_of(keep, ends);
    struct entry source = scanner_entry(&ends->source, network, ends->protocol);
    struct entry target = scanner_entry(&ends->target, network, ends->protocol);
    return (set_has(keep, set, &source) || set_has(keep, set, &target)) && !has_talk(keep, set, SCANNERS_TALK, ends);
}

/* Whether a piece is chosen. Of a tunnel's only the last, with which the packet is whole, shows whose it is; so hosts
 * whose pieces were once chosen are remembered. */
static bool is_piece_chosen(struct keep *keep, const struct set *set, const struct frame *frame, bool chosen)
{
    struct packet piece;
    struct set *carriers = &keep->shared->carriers;
    if (decode_frame(keep->piecewise, frame, &piece) != DECODED_FRAGMENT)
        return chosen;
    struct entry hosts = hosts_entry(&piece.ends.source, &piece.ends.target, 0, piece.ends.protocol);
    if (set_has(keep, carriers, &hosts))
        return true;
    if (!chosen || set_has(keep, set, &hosts))
        return chosen;
    size_t before = carriers->count;
    set_add(keep, carriers, &hosts);
    keep->learned = keep->learned || carriers->count > before;
    return true;
}

static bool is_chosen(struct keep *keep, const struct set *set, const struct frame *frame)
{
    struct packet packet;
    enum decoded decoded = decode_frame(keep->decoder, frame, &packet);
    if (decoded == DECODED_FRAGMENT) {
        struct entry hosts =
            hosts_entry(&packet.ends.source, &packet.ends.target, network_of(keep, &packet.ends), packet.ends.protocol);
        return is_piece_chosen(keep, set, frame, set_has(keep, set, &hosts));
    }
    if (decoded != DECODED_PACKET)
        return false;
    bool chosen = has_ends(keep, set, &packet.ends) ||
                  (packet.icmp_says != ICMP_SAYS_NOTHING && has_ends(keep, set, &packet.quoted));
    return packet_lies_in(&packet, frame) ? chosen : is_piece_chosen(keep, set, frame, chosen);
}

/* Once the file is full nothing more is kept, so that it holds all up to some moment. */
static void keep_frame(struct keep *keep, const struct frame *frame)
{
    bool has_room = keep->writer.bytes + writer_bytes_for(frame->captured) <= keep->most_bytes;
    if (keep->left_out > 0 || !has_room)
        keep->left_out++;
    else if (writer_put(&keep->writer, frame))
        keep->kept++;
    else
        keep->misfit = true;
    if (!keep->failed && ferror(keep->output.stream)) {
        keep->failed = true;
        fprintf(stderr, "pathaudit: warning: %s: cannot write: %s; nothing is kept\n", keep->output.path,
                strerror(errno));
    }
}

void keep_take(struct keep *keep, const struct frame frames[], size_t count)
{
    const struct set *set = &keep->shared->halves[atomic_load(&keep->shared->now)];
    for (size_t i = 0; i < count; i++)
        if (is_chosen(keep, set, &frames[i]))
            keep_frame(keep, &frames[i]);
    decoder_release(keep->decoder);
}

/* ---- files a second time ----------------------------------------------------------------------------------------- */

static bool begin_again(struct keep *keep, bool pcapng, struct failure *failure)
{
    decoder_destroy(keep->decoder);
    decoder_destroy(keep->piecewise);
    keep->decoder = decoder_create(FRAGMENT_BYTES, failure);
    keep->piecewise = decoder_create(0, failure);
    if (keep->decoder != NULL && keep->keep_apart)
        decoder_keep_apart(keep->decoder);
    memset(keep->networks, 0, sizeof keep->networks);
    rewind(keep->output.stream);
    if (ftruncate(fileno(keep->output.stream), 0) != 0)
        return failure_add(failure, "%s: cannot write: %s", keep->output.path, strerror(errno));
    writer_begin(&keep->writer, keep->output.stream, pcapng);
    keep->kept = keep->left_out = 0;
    keep->misfit = keep->learned = false;
    return keep->decoder != NULL && keep->piecewise != NULL;
}

/* As many frames as the first time, which may have ended before the inputs did. */
static bool read_feed(struct keep *keep, struct feed *feed, uint8_t *block, uint64_t frames, struct failure *failure)
{
    struct frame batch[SOURCE_FRAMES_MOST];
    enum feed_state state = FEED_MORE;
    while (state == FEED_MORE && frames > 0 && !keep->misfit) {
        size_t count, most = frames < SOURCE_FRAMES_MOST ? (size_t)frames : SOURCE_FRAMES_MOST;
        state = feed_read(feed, block, batch, most, &count, failure);
        keep_take(keep, batch, count);
        frames -= count;
    }
    return state != FEED_FAILED;
}

static bool read_once(struct keep *keep, const struct options *options, uint8_t *block, uint64_t frames,
                      struct failure *failure)
{
    const struct feed_listener listener = {.context = NULL}; /* all was told the first time */
    struct inputs inputs;
    bool ok = inputs_find(&inputs, &options->files, false, true, failure);
    struct feed *feed = ok ? feed_open(&inputs, options->filter, &listener, failure) : NULL;
    ok = feed != NULL && read_feed(keep, feed, block, frames, failure);
    feed_close(feed);
    inputs_fini(&inputs);
    return ok;
}

bool keep_read_again(struct keep *keep, const struct options *options, uint64_t frames, struct failure *failure)
{
    uint8_t *block = memory_reserve(SOURCE_BLOCK, "packets to keep", failure);
    bool ok = block != NULL && read_once(keep, options, block, frames, failure);
    for (bool pcapng = false; ok && (keep->misfit || keep->learned);) {
        pcapng = pcapng || keep->misfit;
        ok = begin_again(keep, pcapng, failure) && read_once(keep, options, block, frames, failure);
    }
    if (block != NULL)
        memory_release(block, SOURCE_BLOCK);
    return ok;
}

/* ---- beginning and end ------------------------------------------------------------------------------------------- */

static bool unknown_verdict(const char *text, size_t length, struct failure *failure)
{
    const char *names[VERDICT_COUNT + 1] = {NULL};
    char word[64], meant[NEAREST_MEANT];
    for (int i = 0; i < VERDICT_COUNT; i++)
        names[i] = verdict_name((enum verdict)i);
    snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), text);
    return failure_add(
        failure,
        "--keep %s: no such verdict;%s verdicts, with commas between, are deviating, blocked, refused, unexpected, "
        "unexpected-attempt, undetermined, unclassified, conforming, out-of-scope",
        word, nearest_meant(word, names, meant));
}

bool keep_verdicts_parse(const char *text, unsigned *out, struct failure *failure)
{
    *out = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, ",");
        int verdict = 0;
        while (verdict < VERDICT_COUNT && (strncmp(verdict_name((enum verdict)verdict), text, length) != 0 ||
                                           verdict_name((enum verdict)verdict)[length] != '\0'))
            verdict++;
        if (verdict == VERDICT_COUNT)
            return unknown_verdict(text, length, failure);
        *out |= 1u << verdict;
        text += length + (text[length] == ',');
    }
    return *out != 0 || failure_add(failure, "--keep: names no verdict");
}

/* Would the file lie in this folder, or in one below it, where the second reading would come upon it? */
static bool lies_below(const char *file, const char *folder)
{
    char above[PATH_MAX], below[PATH_MAX], copy[PATH_MAX];
    int n = snprintf(copy, sizeof copy, "%s", file);
    if (n < 0 || (size_t)n >= sizeof copy || realpath(folder, above) == NULL || realpath(dirname(copy), below) == NULL)
        return false;
    size_t length = strcmp(above, "/") == 0 ? 0 : strlen(above);
    return strncmp(below, above, length) == 0 && (below[length] == '/' || below[length] == '\0');
}

/* Can every input be read twice, and is none of them what would be written over? */
static bool check_input(const char *path, const char *keep_file, struct failure *failure)
{
    struct stat input, output;
    if (strcmp(path, "-") == 0)
        return failure_add(failure,
                           "-w %s: standard input cannot be read a second time, as it takes to keep whole "
                           "conversations; save it to a file first",
                           keep_file);
    if (stat(path, &input) != 0) /* told by whoever reads it */
        return true;
    if (!S_ISREG(input.st_mode) && !S_ISDIR(input.st_mode))
        return failure_add(failure,
                           "-w %s: %s is a pipe and cannot be read a second time, as it takes to keep whole "
                           "conversations; save it to a file first",
                           keep_file, path);
    if (S_ISDIR(input.st_mode) && lies_below(keep_file, path))
        return failure_add(failure, "-w %s: lies in the folder that is read, %s; write it elsewhere", keep_file, path);
    if (stat(keep_file, &output) == 0 && input.st_dev == output.st_dev && input.st_ino == output.st_ino)
        return failure_add(failure, "-w %s: this is the capture that is read; name another file", keep_file);
    return true;
}

bool keep_check(const struct options *options, struct failure *failure)
{
    const char *path = options->keep_file;
    if (path == NULL && (options->keep_verdicts != 0 || options->keep_mib != 0))
        return failure_add(failure, "%s goes with -w FILE, where packets are kept",
                           options->keep_mib != 0 ? "--keep-mib" : "--keep");
    if (path == NULL)
        return true;
    struct stat about;
    if (strcmp(path, "-") == 0 || (stat(path, &about) == 0 && !S_ISREG(about.st_mode)))
        return failure_add(failure, "-w %s: is no file; payload is kept in a plain one only", path);
    if (options->files.count + options->devices.count == 0)
        return failure_add(failure, "-w %s: packets are kept from captures, -r or -i, and --from gives none", path);
    if (options->fanout > 0)
        return failure_add(failure, "-w %s: packets are kept in order, by one reader; leave out --fanout", path);
    if (options->devices.count > 0 && options->every_s == 0)
        return failure_add(failure,
                           "-w %s: of an interface, packets are kept once a report in between has found them "
                           "unexpected; say how often with --every SECONDS",
                           path);
    if (options->follow)
        return failure_add(failure,
                           "-w %s: what is still being written cannot be read a second time in the same way; "
                           "leave out --follow",
                           path);
    for (size_t i = 0; i < options->files.count; i++)
        check_input(options->files.items[i], path, failure);
    return !failure_any(failure);
}

struct keep *keep_open(const struct options *options, struct failure *failure)
{
    struct keep *keep = calloc(1, sizeof *keep);
    if (keep == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    keep->verdicts = options->keep_verdicts != 0 ? options->keep_verdicts : VERDICTS_DEFAULT;
    keep->most_bytes = (options->keep_mib != 0 ? options->keep_mib : KEEP_MIB_DEFAULT) << 20;
    keep->seed = hash_seed_of_process();
    keep->keep_apart = options->keep_apart;
    void *shared = mmap(NULL, sizeof *keep->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        failure_add(failure, "-w %s: no memory for what is to be kept: %s", options->keep_file, strerror(errno));
    else
        keep->shared = shared;
    if (keep->shared == NULL || !output_open_private(&keep->output, options->keep_file, failure) ||
        !begin_again(keep, options->devices.count > 1, failure)) {
        keep_destroy(keep);
        return NULL;
    }
    signals_doom(keep->output.temporary);
    return keep;
}

void keep_destroy(struct keep *keep)
{
    if (keep == NULL)
        return;
    signals_doom(NULL);
    output_abandon(&keep->output);
    decoder_destroy(keep->decoder);
    decoder_destroy(keep->piecewise);
    if (keep->shared != NULL)
        munmap(keep->shared, sizeof *keep->shared);
    free(keep);
}

bool keep_close(struct keep *keep, struct failure *failure)
{
    const struct set *set = &keep->shared->halves[atomic_load(&keep->shared->now)];
    writer_end(&keep->writer);
    signals_doom(NULL);
    if (!output_close(&keep->output, failure))
        return false;
    if (keep->kept == 0)
        notice_say("note: %s holds no packets: nothing was to be kept", keep->output.path);
    else
        notice_say("note: %s holds %llu packets as they were sent, with all that was said in them: keep it secret",
                   keep->output.path, (unsigned long long)keep->kept);
    if (keep->left_out > 0)
        notice_say("warning: %s is full; %llu packets were left out, --keep-mib allows more", keep->output.path,
                   (unsigned long long)keep->left_out);
    if (set->without_room > 0)
        fprintf(stderr,
                "pathaudit: warning: packets of at least %llu conversations were not kept: there are too many\n",
                (unsigned long long)(set->without_room + 1) / 2);
    return true;
}
