/* live: one loop over all interfaces. Once in a while it looks how they are; what it tells is for people, on standard
 * error, and goes by the clock. What is observed goes by the time of packets, as in a file. */
#include "app/live.h"

#include "app/monotonic.h"
#include "app/progress.h"
#include "app/signals.h"
#include "capture/devices.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define LOOK_NS (SECOND_NS / 2)
/* The kernel hands over what it has within this time. */
#define REST_NS (SECOND_NS / 4)

/* What was already told of an interface. */
struct told {
    bool dropped, down, gone;
};

struct live {
    const struct options *options;
    struct devices *devices;
    struct told told[SOURCES_AT_ONCE];
    struct progress progress;
    uint64_t bytes; /* captured, for progress */
    int64_t began_ns, looked_ns;
};

struct live *live_open(const struct options *options, struct failure *failure)
{
    struct live *live = calloc(1, sizeof *live);
    if (live == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    live->options = options;
    live->devices =
        devices_open(options->devices.items, options->devices.count, &options->device, options->filter, failure);
    if (live->devices == NULL) {
        live_close(live);
        return NULL;
    }
    return live;
}

void live_close(struct live *live)
{
    if (live == NULL)
        return;
    devices_close(live->devices);
    free(live);
}

/* ---- what is told on the way ---- */

static void tell_drops(struct live *live, const struct device_state *state)
{
    progress_end(&live->progress);
    fprintf(
        stderr,
        "pathaudit: warning: %s: packets are being dropped, %llu so far: what was in them will be missing; a larger "
        "--buffer, a smaller --snaplen or a filter may help\n",
        state->name, (unsigned long long)(state->dropped + state->missed));
}

/* Once each, when it begins; not again and again. */
static void tell_state(struct live *live, size_t i)
{
    const struct device_state *state = devices_state(live->devices, i);
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

static void look(struct live *live, const struct crew *crew)
{
    int64_t now_ns = monotonic_ns();
    if (now_ns - live->looked_ns < LOOK_NS)
        return;
    live->looked_ns = now_ns;
    devices_look(live->devices);
    struct progress_now now = {.name = "live", .endless = true, .bytes = live->bytes, .packets = crew_packets(crew)};
    for (size_t i = 0; i < devices_count(live->devices); i++) {
        const struct device_state *state = devices_state(live->devices, i);
        tell_state(live, i);
        now.dropped += state->dropped + state->missed;
    }
    progress_show(&live->progress, &now);
}

/* ---- reading ---- */

/* As many as --packets says. */
static bool has_packets(const struct live *live, const struct crew *crew)
{
    return live->options->packets > 0 && crew_packets(crew) >= live->options->packets;
}

static bool is_enough(const struct live *live, const struct crew *crew)
{
    uint64_t duration_s = live->options->duration_s;
    return signals_stop_asked() || has_packets(live, crew) ||
           (duration_s > 0 && monotonic_ns() - live->began_ns >= (int64_t)duration_s * SECOND_NS);
}

/* Nothing else says that it has begun. */
static void tell_beginning(const struct live *live)
{
    fputs("pathaudit: listening on ", stderr);
    for (size_t i = 0; i < devices_count(live->devices); i++)
        fprintf(stderr, "%s%s", i > 0 ? ", " : "", devices_state(live->devices, i)->name);
    fputs("; Ctrl-C ends with the report\n", stderr);
}

static void begin(struct live *live, struct crew *crew)
{
    const char *filter = live->options->filter != NULL ? live->options->filter : "";
    for (size_t i = 0; i < devices_count(live->devices); i++)
        if (crew_source(crew, devices_state(live->devices, i)->name, filter) != i)
            assert(!"a crew numbers its sources from 0, as devices do");
    progress_begin(&live->progress, live->options->quiet);
    if (!live->options->quiet)
        tell_beginning(live);
    live->began_ns = live->looked_ns = monotonic_ns();
}

static void cover(struct live *live, struct crew *crew)
{
    for (size_t i = 0; i < devices_count(live->devices); i++) {
        const struct device_state *state = devices_state(live->devices, i);
        crew_source_ended(crew, (uint8_t)i, false, state->dropped + state->missed);
    }
}

/* A report of what came so far. */
static void report(struct live *live, struct crew *crew, struct interim *interim)
{
    devices_look(live->devices);
    crew_rest(crew);
    if (!interim_fork(interim))
        return;
    crew_forked(crew);
    cover(live, crew);
    crew_finish(crew);
    interim_exit(interim, crew);
}

static void end(struct live *live, struct crew *crew, struct interim *interim)
{
    live->looked_ns = 0;
    look(live, crew);
    progress_end(&live->progress);
    interim_end(interim);
    cover(live, crew);
}

/* One batch, of which *last_ns is the time of the last packet, if there is any. False when nothing more will come. */
static bool read_some(struct live *live, struct crew *crew, size_t *count, int64_t *last_ns)
{
    struct frame frames[SOURCE_FRAMES_MOST];
    size_t most = SOURCE_FRAMES_MOST;
    uint64_t wanted = live->options->packets;
    if (wanted > 0 && wanted - crew_packets(crew) < most)
        most = wanted - crew_packets(crew);
    bool more = devices_read(live->devices, crew_block(crew), frames, most, count);
    for (size_t i = 0; i < *count && live->progress.wanted; i++)
        live->bytes += frames[i].captured;
    crew_take(crew, frames, *count);
    if (*count > 0)
        *last_ns = frames[*count - 1].time_ns;
    else if (more)
        devices_wait(live->devices);
    return more;
}

/* What came before it was enough and lies with the kernel still. */
static void read_rest(struct live *live, struct crew *crew)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now); /* by which packets are stamped */
    int64_t until_ns = (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec, last_ns = INT64_MIN;
    int64_t wait_until_ns = monotonic_ns() + REST_NS;
    size_t count;
    while (last_ns <= until_ns && monotonic_ns() < wait_until_ns && !has_packets(live, crew))
        if (!read_some(live, crew, &count, &last_ns))
            break;
}

void live_read(struct live *live, struct crew *crew, struct interim *interim)
{
    int64_t last_ns;
    size_t count;
    bool more = true;
    begin(live, crew);
    interim_begin(interim);
    while (more && !is_enough(live, crew)) {
        more = read_some(live, crew, &count, &last_ns);
        look(live, crew);
        if (interim_due(interim))
            report(live, crew, interim);
    }
    if (more)
        read_rest(live, crew);
    end(live, crew, interim);
}
