/* read: the loop from sources to the crew. */
#include "app/read.h"

#include "app/live.h"
#include "app/progress.h"
#include "app/rights.h"
#include "app/signals.h"
#include "base/clock.h"
#include "observations/directory.h"

#include <stdio.h>
#include <string.h>

/* Enough as far as --packets and --duration go? */
static bool is_enough(const struct crew *crew, const struct options *options, const struct frame *first,
                      const struct frame *last)
{
    if (options->packets > 0 && crew_packets(crew) >= options->packets)
        return true;
    return options->duration_s > 0 &&
           clock_since(last->time_ns, first->time_ns) >= (int64_t)options->duration_s * SECOND_NS;
}

/* All of one source into the crew. */
static enum source_state drain(struct crew *crew, struct source *source, const char *name,
                               const struct options *options, struct progress *progress)
{
    struct frame frames[SOURCE_FRAMES_MOST];
    struct frame first = {0};
    enum source_state state = SOURCE_MORE;
    size_t count = 0;
    while (state == SOURCE_MORE && !signals_stop_asked()) {
        size_t most = SOURCE_FRAMES_MOST;
        if (options->packets > 0 && options->packets - crew_packets(crew) < most)
            most = options->packets - crew_packets(crew);
        state = source_read(source, crew_block(crew), frames, most, &count);
        if (first.number == 0 && count > 0)
            first = frames[0];
        crew_take(crew, frames, count);
        if (progress->wanted)
            progress_show(progress, name, source_bytes_done(source), source_bytes_in_all(source), crew_packets(crew));
        if (count > 0 && is_enough(crew, options, &first, &frames[count - 1]))
            break;
    }
    return state;
}

static bool read_file(struct crew *crew, const char *path, const struct options *options, struct progress *progress,
                      struct failure *failure)
{
    struct source *source = source_open(path, options->filter, failure);
    if (source == NULL)
        return false;
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    uint8_t number = crew_source(crew, name, options->filter != NULL ? options->filter : "");
    enum source_state state = drain(crew, source, name, options, progress);
    progress_end(progress);
    crew_source_ended(crew, number, state == SOURCE_CUT, 0);
    if (state == SOURCE_CUT)
        fprintf(stderr, "pathaudit: warning: %s: %s; read up to there\n", name, source_cut_text(source));
    if (signals_stop_asked())
        fprintf(stderr, "pathaudit: stopped early; %s was read in part\n", name);
    source_close(source);
    return true;
}

static bool read_files(struct crew *crew, const struct options *options, struct failure *failure)
{
    struct progress progress;
    bool ok = true;
    progress_begin(&progress, options->quiet);
    for (size_t i = 0; ok && i < options->files.count && !signals_stop_asked(); i++)
        ok = read_file(crew, options->files.items[i], options, &progress, failure);
    return ok;
}

/* Everything of the command line, through this crew. */
static bool read_into(struct crew *crew, struct live *live, const struct options *options, struct failure *failure)
{
    signals_catch();
    bool ok = true;
    if (live != NULL)
        live_read(live, crew);
    else
        ok = read_files(crew, options, failure);
    if (ok && (options->files.count > 0 || live != NULL))
        crew_finish(crew);
    for (size_t i = 0; ok && i < options->from.count; i++)
        ok = directory_read(crew_store(crew), options->from.items[i], failure);
    return ok;
}

struct crew *read_all(const struct options *options, struct failure *failure)
{
    struct live *live = NULL;
    if (options->devices.count > 0 && (live = live_open(options, failure)) == NULL)
        return NULL;
    /* Interfaces are open and there are no threads yet: what is done from here on needs few rights. */
    if (!rights_give_up(options, failure)) {
        live_close(live);
        return NULL;
    }
    struct crew_options how = {
        .memory_bytes = options->memory_mib << 20,
        .sensor = options->sensor,
        .second_opinion = !options->no_second_opinion,
        .threads = options->workers_given ? options->workers : crew_threads_default(options->memory_mib << 20),
    };
    struct crew *crew = crew_create(&how, failure);
    if (crew != NULL && !read_into(crew, live, options, failure)) {
        crew_destroy(crew);
        crew = NULL;
    }
    live_close(live);
    return crew;
}
