/* live: one loop over all interfaces, or with --fanout a thread with sockets and a crew of its own for each share of
 * the packets. Once in a while it is looked how the interfaces are; what is told of that is for people, on standard
 * error, and goes by the clock. What is observed goes by the time of packets, as in a file. */
#include "app/live.h"

#include "app/progress.h"
#include "app/signals.h"
#include "base/now.h"
#include "capture/devices.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_NS (SECOND_NS / 2)
/* The kernel hands over what it has within this time. */
#define REST_NS (SECOND_NS / 4)
/* Several lines are looked after this often. */
#define ATTEND_MS 100

/* What was already told of an interface. */
struct told {
    bool dropped, down, gone;
};

/* One reader of all interfaces, or of its share of them. */
struct line {
    struct live *live;
    struct devices *devices;
    struct crew *crew;
    uint64_t bytes; /* captured, for progress */
    pthread_t thread;
    atomic_bool ended; /* nothing more comes */
};

struct live {
    const struct options *options;
    struct line lines[CREW_OBSERVERS_MOST];
    unsigned count; /* of lines */
    struct told told[SOURCES_AT_ONCE];
    struct progress progress;
    int64_t began_ns, looked_ns;
    struct keep *keep;       /* of -w, which goes with one line only; NULL without */
    struct board *board;     /* of watch; NULL without */
    struct sending *sending; /* of -O; NULL without */
    /* of several lines */
    atomic_bool stop;
    pthread_rwlock_t gate; /* each line is inside for a batch at a time; who looks at all keeps them out */
};

static bool open_lines(struct live *live, struct failure *failure)
{
    const struct options *options = live->options;
    struct devices *all[CREW_OBSERVERS_MOST];
    for (unsigned i = 0; i < live->count && !failure_any(failure); i++) {
        struct line *line = &live->lines[i];
        line->live = live;
        line->devices = all[i] =
            devices_open(options->devices.items, options->devices.count, &options->device, options->filter, failure);
    }
    return !failure_any(failure) && (live->count == 1 || devices_share(all, live->count, failure));
}

struct live *live_open(const struct options *options, struct failure *failure)
{
    struct live *live = calloc(1, sizeof *live);
    if (live == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    live->options = options;
    live->count = options->fanout > 0 ? options->fanout : 1;
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&live->gate, &attributes);
    pthread_rwlockattr_destroy(&attributes);
    if (!open_lines(live, failure)) {
        live_close(live);
        return NULL;
    }
    return live;
}

void live_close(struct live *live)
{
    if (live == NULL)
        return;
    for (unsigned i = 0; i < live->count; i++) {
        devices_close(live->lines[i].devices);
        if (i > 0)
            crew_destroy(live->lines[i].crew); /* the first is the caller's */
    }
    pthread_rwlock_destroy(&live->gate);
    free(live);
}

/* An interface as all lines see it together. The interface counts what it missed for each alike. */
static struct device_state state_of(const struct live *live, size_t i)
{
    struct device_state state = *devices_state(live->lines[0].devices, i);
    for (unsigned k = 1; k < live->count; k++)
        state.dropped += devices_state(live->lines[k].devices, i)->dropped;
    return state;
}

static size_t interfaces(const struct live *live)
{
    return live->options->devices.count;
}

static uint64_t packets(const struct live *live)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < live->count; i++)
        sum += crew_packets(live->lines[i].crew);
    return sum;
}

/* ---- what is told on the way ---- */

static void tell_drops(struct live *live, const struct device_state *state)
{
    progress_end(&live->progress);
    fprintf(
        stderr,
        "pathaudit: warning: %s: packets are being dropped, %llu so far: what was in them will be missing; a larger "
        "--buffer, a smaller --snaplen, a filter or --fanout may help\n",
        state->name, (unsigned long long)state->dropped + state->missed);
}

/* Once each, when it begins; not again and again. */
static void tell_state(struct live *live, size_t i)
{
    const struct device_state now = state_of(live, i), *state = &now;
    struct told *told = &live->told[i];
    if (!told->dropped && state->dropped + state->missed > 0) {
        told->dropped = true;
        tell_drops(live, state);
    }
    if (!told->gone && state->gone) {
        told->gone = true;
        progress_end(&live->progress);
        fprintf(stderr, "pathaudit: warning: %s: %s; what came until then is kept\n", state->name, state->why);
    }
    if (told->down != state->down && !state->gone) {
        told->down = state->down;
        progress_end(&live->progress);
        fprintf(stderr, "pathaudit: warning: %s: %s\n", state->name,
                state->down ? "went down; nothing comes from it until it is up again" : "is up again");
    }
}

static void ask_devices(struct live *live)
{
    for (unsigned i = 0; i < live->count; i++)
        devices_look(live->lines[i].devices);
}

static void look(struct live *live)
{
    int64_t now_ns = monotonic_ns();
    if (now_ns - live->looked_ns < LOOK_NS)
        return;
    live->looked_ns = now_ns;
    ask_devices(live);
    struct progress_now now = {.name = "live", .endless = true, .packets = packets(live)};
    for (unsigned i = 0; i < live->count; i++)
        now.bytes += live->lines[i].bytes;
    uint64_t down = 0;
    for (size_t i = 0; i < interfaces(live); i++) {
        struct device_state state = state_of(live, i);
        tell_state(live, i);
        now.dropped += state.dropped + state.missed;
        down |= (uint64_t)(state.down || state.gone) << i;
    }
    if (live->board != NULL)
        board_write(live->board, now.packets, now.dropped, down);
    progress_show(&live->progress, &now);
}

/* Nothing else says that it has begun. */
static void tell_beginning(const struct live *live)
{
    fputs("pathaudit: listening on ", stderr);
    for (size_t i = 0; i < interfaces(live); i++)
        fprintf(stderr, "%s%s", i > 0 ? ", " : "", live->options->devices.items[i]);
    fputs("; Ctrl-C ends with the report\n", stderr);
}

/* ---- reading ---- */

/* One batch, of which *last_ns is the time of the last packet, if there is any. False when nothing more will come. */
static bool read_batch(struct line *line, size_t *count, int64_t *last_ns)
{
    struct frame frames[SOURCE_FRAMES_MOST];
    size_t most = SOURCE_FRAMES_MOST;
    uint64_t wanted = line->live->options->packets, had = crew_packets(line->crew);
    if (wanted > 0 && wanted - had < most)
        most = wanted - had;
    bool more = devices_read(line->devices, crew_block(line->crew), frames, most, count);
    for (size_t i = 0; i < *count && line->live->progress.wanted; i++)
        line->bytes += frames[i].captured;
    if (line->live->keep != NULL)
        keep_take(line->live->keep, frames, *count);
    crew_take(line->crew, frames, *count);
    if (*count > 0)
        *last_ns = frames[*count - 1].time_ns;
    return more;
}

/* As many of them as --packets says. */
static bool has_packets(const struct live *live, uint64_t count)
{
    return live->options->packets > 0 && count >= live->options->packets;
}

/* What came before it was enough and lies with the kernel still. */
static void read_rest(struct line *line)
{
    int64_t until_ns = wall_ns(), last_ns = INT64_MIN;
    int64_t wait_until_ns = monotonic_ns() + REST_NS;
    bool more = true;
    while (more && last_ns <= until_ns && monotonic_ns() < wait_until_ns) {
        size_t count;
        if (has_packets(line->live, crew_packets(line->crew)))
            break;
        more = read_batch(line, &count, &last_ns);
        if (more && count == 0)
            devices_wait(line->devices);
    }
}

static bool is_enough(const struct live *live)
{
    uint64_t duration_s = live->options->duration_s;
    return signals_stop_asked() || has_packets(live, packets(live)) ||
           (duration_s > 0 && monotonic_ns() - live->began_ns >= (int64_t)duration_s * SECOND_NS);
}

/* Of several lines, only the first tells what the interfaces missed. */
static uint64_t dropped_of(const struct line *line, size_t interface)
{
    const struct device_state *state = devices_state(line->devices, interface);
    return state->dropped + (line == line->live->lines ? state->missed : 0);
}

/* The rows of coverage of one line. */
static void cover(struct line *line)
{
    for (size_t i = 0; i < devices_count(line->devices); i++)
        crew_source_ended(line->crew, (uint8_t)i, false, dropped_of(line, i));
}

/* What the other lines observed, to the first. What is open ends with the run, not with the last packet of its line. */
static void add_up(struct live *live)
{
    const unsigned count = live->count;
    assert(count > 0);
    for (unsigned i = 0; i < count; i++)
        cover(&live->lines[i]);
    for (unsigned i = 0; i < 2 * count; i++) /* once round to learn it, once to tell it */
        crew_share_time(live->lines[0].crew, live->lines[i % count].crew);
    for (unsigned i = 1; i < count; i++) {
        crew_finish(live->lines[i].crew);
        crew_add(live->lines[0].crew, live->lines[i].crew);
    }
}

/* A report of what came so far. All lines are at rest. */
static void report(struct live *live, struct interim *interim)
{
    ask_devices(live);
    for (unsigned i = 0; i < live->count; i++)
        crew_rest(live->lines[i].crew);
    if (!interim_fork(interim))
        return;
    for (unsigned i = 0; i < live->count; i++)
        crew_forked(live->lines[i].crew);
    add_up(live);
    crew_finish(live->lines[0].crew);
    interim_exit(interim, live->lines[0].crew);
}

/* Rows that got lost on the way to where they are kept. */
static void cover_lost(struct live *live)
{
    uint64_t lost = sending_lost(live->sending);
    if (lost > 0)
        crew_lost_rows(live->lines[0].crew, lost);
}

/* What came since the last part goes to where -O says. All lines are at rest. */
static void send_part(struct live *live)
{
    struct observations *stores[2 * CREW_OBSERVERS_MOST];
    size_t count = 0;
    ask_devices(live);
    for (unsigned i = 0; i < live->count; i++) {
        struct line *line = &live->lines[i];
        crew_rest(line->crew);
        crew_hand_on(line->crew);
        for (size_t k = 0; k < devices_count(line->devices); k++)
            crew_hand_on_source(line->crew, (uint8_t)k, dropped_of(line, k));
        if (i == 0)
            cover_lost(live);
        count += crew_stores(line->crew, stores + count);
    }
    if (!sending_put(live->sending, stores, count))
        return;
    for (unsigned i = 0; i < live->count; i++)
        crew_forget(live->lines[i].crew, live->lines[0].crew);
}

/* What is done beside reading. True when it is enough. */
static bool attend(struct live *live, struct interim *interim)
{
    look(live);
    if (live->sending != NULL && sending_due(live->sending))
        send_part(live);
    if (interim_due(interim)) {
        if (live->count == 1) /* what came before it was asked for belongs to it; several lines read by themselves */
            read_rest(&live->lines[0]);
        report(live, interim);
    }
    return is_enough(live);
}

/* ---- one line, in this thread ---- */

static void read_alone(struct line *line, struct interim *interim)
{
    bool more = true;
    while (more && !attend(line->live, interim)) {
        int64_t last_ns;
        size_t count;
        more = read_batch(line, &count, &last_ns);
        if (more && count == 0)
            devices_wait(line->devices);
    }
    if (more)
        read_rest(line);
}

/* ---- several lines, each a thread ---- */

static void *read_share(void *context)
{
    struct line *line = context;
    struct live *live = line->live;
    bool more = true;
    while (more && !atomic_load(&live->stop)) {
        int64_t last_ns;
        size_t count;
        pthread_rwlock_rdlock(&live->gate);
        more = read_batch(line, &count, &last_ns);
        pthread_rwlock_unlock(&live->gate);
        if (more && count == 0)
            devices_wait(line->devices);
    }
    if (more)
        read_rest(line);
    atomic_store(&line->ended, true);
    return NULL;
}

static bool all_ended(struct live *live)
{
    for (unsigned i = 0; i < live->count; i++)
        if (!atomic_load(&live->lines[i].ended))
            return false;
    return true;
}

/* Signals are for this thread. */
static bool start_lines(struct live *live, struct failure *failure)
{
    sigset_t all, before;
    unsigned started = 0;
    int problem = 0;
    sigfillset(&all);
    sigdelset(&all, SIGSYS); /* what the sandbox denies is told in the thread that tried it */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (started < live->count && problem == 0) {
        struct line *line = &live->lines[started];
        problem = pthread_create(&line->thread, NULL, read_share, line);
        started += problem == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (problem == 0)
        return true;
    atomic_store(&live->stop, true);
    for (unsigned i = 0; i < started; i++)
        pthread_join(live->lines[i].thread, NULL);
    return failure_add(failure, "cannot start a thread: %s", strerror(problem));
}

static bool read_side_by_side(struct live *live, struct interim *interim, struct failure *failure)
{
    if (!start_lines(live, failure))
        return false;
    for (bool enough = false; !enough && !all_ended(live);) {
        poll(NULL, 0, ATTEND_MS); /* a signal ends it */
        pthread_rwlock_wrlock(&live->gate);
        enough = attend(live, interim);
        pthread_rwlock_unlock(&live->gate);
    }
    atomic_store(&live->stop, true);
    for (unsigned i = 0; i < live->count; i++)
        pthread_join(live->lines[i].thread, NULL);
    return true;
}

/* ---- the whole run ---- */

static void begin_line(struct line *line, struct crew *crew)
{
    const struct options *options = line->live->options;
    line->crew = crew;
    for (size_t i = 0; i < devices_count(line->devices); i++)
        if (crew_source(crew, options->devices.items[i], options->filter != NULL ? options->filter : "") != i)
            assert(!"a crew numbers its sources from 0, as devices do");
}

/* Whoever writes JSON would not see it. Coverage has the same for each interface. */
static void tell_silence(const struct live *live)
{
    if (packets(live) > 0)
        return;
    fputs(
        "pathaudit: warning: not one packet came: is it the right interface, does the filter fit, does the mirror port "
        "(SPAN) or tap send to it?\n",
        stderr);
}

static bool begin(struct live *live, struct crew *crew, const struct crew_options *how, struct failure *failure)
{
    struct crew_options other = *how;
    other.is_other = true;
    begin_line(&live->lines[0], crew);
    for (unsigned i = 1; i < live->count; i++) {
        struct crew *one = crew_create(&other, failure);
        if (one == NULL)
            return false;
        begin_line(&live->lines[i], one);
    }
    progress_begin(&live->progress, live->options->quiet);
    if (!live->options->quiet)
        tell_beginning(live);
    live->began_ns = live->looked_ns = monotonic_ns();
    return true;
}

/* The process that sends has no use for interfaces. */
static void begin_sending(struct live *live)
{
    if (live->sending == NULL || !sending_begin(live->sending))
        return;
    for (unsigned i = 0; i < live->count; i++)
        devices_close(live->lines[i].devices);
    sending_serve(live->sending);
}

bool live_read(struct live *live, struct crew *crew, const struct crew_options *how, struct interim *interim,
               struct failure *failure)
{
    if (!begin(live, crew, how, failure))
        return false;
    interim_begin(interim);
    live->keep = interim->keep;
    live->board = interim->board;
    live->sending = interim->sending;
    begin_sending(live);
    if (live->count == 1)
        read_alone(&live->lines[0], interim);
    else if (!read_side_by_side(live, interim, failure))
        return false;
    live->looked_ns = 0;
    look(live);
    progress_end(&live->progress);
    interim_end(interim);
    if (live->sending != NULL) {
        sending_end(live->sending);
        cover_lost(live);
    }
    add_up(live);
    tell_silence(live);
    return true;
}
