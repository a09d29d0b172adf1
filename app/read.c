/* read: the loop from sources to the crew. */
#include "app/read.h"

#include "app/budget.h"
#include "app/feed.h"
#include "app/live.h"
#include "app/notice.h"
#include "app/progress.h"
#include "app/rights.h"
#include "app/signals.h"
#include "base/clock.h"
#include "base/now.h"
#include "observations/views.h"
#include "observations/where.h"

#include <assert.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>

/* Nothing comes from what is followed: it is looked at this often. */
#define WAIT_MS 100

struct reading {
    struct crew *crew;
    struct interim *interim;
    const struct options *options;
    struct progress progress;
    int64_t first_ns, last_ns; /* packet times */
    int64_t began_ns;          /* of the monotonic clock */
};

/* ---- what the feed tells ---- */

static void input_opened(void *context, uint8_t number, const char *name)
{
    struct reading *reading = context;
    const char *filter = reading->options->filter;
    if (crew_source(reading->crew, name, filter != NULL ? filter : "") != number)
        assert(!"crew and feed both give the lowest number that is free");
}

static void input_ended(void *context, uint8_t number, const char *name, const char *cut, uint64_t dropped)
{
    struct reading *reading = context;
    bool stopped = signals_stop_asked(); /* then the cut is ours */
    crew_source_ended(reading->crew, number, cut != NULL && !stopped, dropped);
    if (cut == NULL || stopped)
        return;
    progress_end(&reading->progress);
    notice_say("warning: %s: %s; read up to there", name, cut);
}

static void input_note(void *context, const char *name, const char *what)
{
    struct reading *reading = context;
    progress_end(&reading->progress);
    notice_say("warning: %s: %s", name, what);
}

/* ---- reading ---- */

/* Enough as far as --packets and --duration go? Where nothing comes any more, the clock goes on. */
static bool is_enough(const struct reading *reading, bool idle)
{
    const struct options *options = reading->options;
    if (options->packets > 0 && crew_packets(reading->crew) >= options->packets)
        return true;
    if (options->duration_s == 0)
        return false;
    int64_t most_ns = (int64_t)options->duration_s * SECOND_NS;
    return (crew_packets(reading->crew) > 0 && clock_since(reading->last_ns, reading->first_ns) >= most_ns) ||
           (idle && monotonic_ns() - reading->began_ns >= most_ns);
}

static void take(struct reading *reading, const struct frame frames[], size_t count)
{
    if (count > 0 && crew_packets(reading->crew) == 0)
        reading->first_ns = frames[0].time_ns;
    if (count > 0)
        reading->last_ns = frames[count - 1].time_ns;
    crew_take(reading->crew, frames, count);
}

static void show(struct reading *reading, const struct feed *feed)
{
    struct feed_progress at = feed_progress(feed);
    const struct progress_now now = {
        .name = at.name,
        .endless = reading->options->follow,
        .bytes = at.bytes,
        .bytes_in_all = at.bytes_in_all,
        .packets = crew_packets(reading->crew),
        .file = at.opened,
        .files = at.in_all,
    };
    progress_show(&reading->progress, &now);
}

/* A report of what was read so far. */
static void report(struct reading *reading, struct feed *feed)
{
    crew_rest(reading->crew);
    if (!interim_fork(reading->interim))
        return;
    crew_forked(reading->crew);
    feed_close(feed);
    crew_finish(reading->crew);
    interim_exit(reading->interim, reading->crew);
}

/* Frames of the feed into the crew, until there are no more or somebody had enough. False with a failure. */
static bool drain(struct reading *reading, struct feed *feed, struct failure *failure)
{
    struct frame frames[SOURCE_FRAMES_MOST];
    enum feed_state state = FEED_MORE;
    while (state != FEED_END && !signals_stop_asked() && !is_enough(reading, state == FEED_IDLE)) {
        size_t most = SOURCE_FRAMES_MOST, count;
        uint64_t wanted = reading->options->packets;
        if (wanted > 0 && wanted - crew_packets(reading->crew) < most)
            most = wanted - crew_packets(reading->crew);
        if (!reading->options->follow) /* who follows may fork, and waits for packets anyhow */
            feed_read_ahead(feed, crew_ahead(reading->crew));
        state = feed_read(feed, crew_block(reading->crew), frames, most, &count, failure);
        take(reading, frames, count);
        if (reading->progress.wanted)
            show(reading, feed);
        if (state == FEED_FAILED)
            return false;
        if (reading->interim->board != NULL)
            board_write(reading->interim->board, crew_packets(reading->crew), 0, 0);
        if (reading->options->follow && interim_due(reading->interim))
            report(reading, feed);
        if (state == FEED_IDLE)
            poll(NULL, 0, WAIT_MS); /* a signal ends it */
    }
    if (signals_stop_asked() && state != FEED_END && !reading->options->follow) {
        progress_end(&reading->progress);
        struct feed_progress now = feed_progress(feed);
        bool endless = now.bytes_in_all == 0; /* a pipe: nobody knows whether there is more */
        notice_say("stopped%s; %s was read %s%s", endless ? "" : " early", now.name, endless ? "up to here" : "in part",
                   now.opened < now.in_all ? ", and others not at all" : "");
    }
    return true;
}

static bool read_files(struct crew *crew, struct interim *interim, const struct options *options,
                       struct failure *failure)
{
    struct inputs inputs;
    struct reading reading = {.crew = crew, .interim = interim, .options = options, .began_ns = monotonic_ns()};
    const struct feed_listener listener = {&reading, input_opened, input_ended, input_note};
    bool ok = inputs_find(&inputs, &options->files, options->follow, options->quiet, failure);
    struct feed *feed = ok ? feed_open(&inputs, options->filter, &listener, failure) : NULL;
    progress_begin(&reading.progress, options->quiet);
    interim_begin(interim);
    ok = feed != NULL && drain(&reading, feed, failure);
    progress_end(&reading.progress);
    interim_end(interim);
    feed_close(feed);
    inputs_fini(&inputs);
    return ok;
}

/* ---- what was observed earlier ---- */

static void close_places(struct where *places[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        where_close(places[i]);
}

/* Each place of --from into `places`. */
static bool open_places(struct where *places[], const struct options *options, struct failure *failure)
{
    const struct where_needs needs = {.spool = NULL};
    for (size_t i = 0; i < options->from.count; i++) {
        places[i] = where_open(options->from.items[i], &needs, failure);
        if (places[i] == NULL) {
            close_places(places, i);
            return false;
        }
    }
    return true;
}

/* What was observed is all there, and this audit has no room for it: its coverage says so. */
static void tell_no_room(struct observations *store, uint64_t evicted, uint64_t lost, bool quiet)
{
    observations_cover(store, &(struct coverage){.source = observations_name_of(store, "--from"),
                                                 .evicted_conversations = evicted,
                                                 .lost_facts = lost});
    if (!quiet)
        fprintf(stderr,
                "pathaudit: warning: memory is too short for what --from holds: %" PRIu64 " rows and %" PRIu64
                " details are left out or counted with similar ones; --memory gives more\n",
                evicted, lost);
}

/* All of them into one store; what several sensors saw of one conversation is then settled. */
static bool read_places(struct observations *store, struct where *const places[], const struct options *options,
                        struct failure *failure)
{
    struct window window = WINDOW_ALL;
    if (options->since_ns != 0)
        window.since_ns = options->since_ns;
    if (options->until_ns != 0)
        window.until_ns = options->until_ns;
    window.sensor = options->sensor;
    uint64_t evicted = observations_evicted(store), lost = observations_lost_facts(store);
    for (size_t i = 0; i < options->from.count; i++)
        if (!where_read(places[i], store, &window, failure))
            return false;
    if (options->from.count > 0)
        views_settle(store);
    if (!options->quiet && options->files.count + options->devices.count == 0 &&
        observations_coverage_count(store) + observations_conversation_count(store) == 0)
        fprintf(stderr, "pathaudit: warning: of what --from holds nothing is %s%s%s\n",
                options->sensor != NULL ? "of sensor " : "", options->sensor != NULL ? options->sensor : "",
                options->sensor == NULL                            ? "between --since and --until"
                : options->since_ns != 0 || options->until_ns != 0 ? " between --since and --until"
                                                                   : "");
    evicted = observations_evicted(store) - evicted;
    lost = observations_lost_facts(store) - lost;
    if (evicted + lost > 0)
        tell_no_room(store, evicted, lost, options->quiet);
    return true;
}

/* ---- all of it ---- */

/* Everything of the command line, through this crew. */
static bool read_into(struct crew *crew, const struct crew_options *how, struct live *live, struct interim *interim,
                      struct where *const places[], const struct options *options, struct failure *failure)
{
    signals_catch();
    bool ok = true;
    if (live != NULL && options->keep_file != NULL)
        ok = (interim->keep = keep_open(options, failure)) != NULL;
    if (ok && live != NULL)
        ok = live_read(live, crew, how, interim, failure);
    else if (ok)
        ok = read_files(crew, interim, options, failure);
    if (ok && (options->files.count > 0 || live != NULL))
        crew_finish(crew);
    if (ok && crew_mixes_networks(crew))
        fputs("pathaudit: warning: packets came in more than 254 different VLANs and tunnels: --keep-apart told those "
              "met "
              "first apart, and hosts of one address in all others are one; a filter reads fewer at a time\n",
              stderr);
    /* Where nothing is added, the observers' stores stay apart: they are written side by side. */
    return ok && (options->from.count == 0 || read_places(crew_store(crew), places, options, failure));
}

static struct crew *read_with(struct live *live, struct where *const places[], struct interim *interim,
                              const struct options *options, struct failure *failure)
{
    struct budget budget = budget_of(options);
    budget_tell(&budget, options);
    struct crew_options how = {
        .memory_bytes = budget.memory_bytes,
        .sensor = options->sensor,
        .second_opinion = !options->no_second_opinion,
        .keep_apart = options->keep_apart,
        .crews = options->fanout,
        .keeps_parts = interim->sending != NULL && interim->write != NULL, /* all of it is judged, too */
        .threads = budget.threads,
    };
    struct crew *crew = crew_create(&how, failure);
    if (crew != NULL && !read_into(crew, &how, live, interim, places, options, failure)) {
        crew_destroy(crew);
        crew = NULL;
    }
    return crew;
}

struct crew *read_all(const struct options *options, struct interim *interim, struct failure *failure)
{
    struct where *places[OPTIONS_MOST] = {NULL};
    struct live *live = NULL;
    struct crew *crew = NULL;
    if (!open_places(places, options, failure))
        return NULL;
    bool ok = options->devices.count == 0 || (live = live_open(options, failure)) != NULL;
    /* Interfaces are open and there are no threads yet: what is done from here on needs few rights. */
    if (ok && rights_give_up(options, failure))
        crew = read_with(live, places, interim, options, failure);
    live_close(live);
    close_places(places, options->from.count);
    return crew;
}
