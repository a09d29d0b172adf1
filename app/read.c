/* read: the loop from sources to the crew. */
#include "app/read.h"

#include "app/progress.h"
#include "base/clock.h"
#include "observations/directory.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* The one thing a signal handler may touch. */
static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

/* A second Ctrl-C ends the program at once. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

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
    while (state == SOURCE_MORE && !stop_asked) {
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

static bool read_source(struct crew *crew, const char *path, bool is_device, const struct options *options,
                        struct progress *progress, struct failure *failure)
{
    struct source *source =
        is_device ? source_open_device(path, options->filter, failure) : source_open(path, options->filter, failure);
    if (source == NULL)
        return false;
    const char *name = !is_device && strcmp(path, "-") == 0 ? "standard input" : path;
    uint8_t number = crew_source(crew, name, options->filter != NULL ? options->filter : "");
    enum source_state state = drain(crew, source, name, options, progress);
    progress_end(progress);
    crew_source_ended(crew, number, state == SOURCE_CUT && !is_device, source_dropped(source));
    if (state == SOURCE_CUT)
        fprintf(stderr, "pathaudit: warning: %s: %s; read up to there\n", name, source_cut_text(source));
    if (stop_asked && !is_device)
        fprintf(stderr, "pathaudit: stopped early; %s was read in part\n", name);
    source_close(source);
    return true;
}

struct crew *read_all(const struct options *options, struct failure *failure)
{
    struct crew_options how = {
        .memory_bytes = options->memory_mib << 20,
        .sensor = options->sensor,
        .second_opinion = !options->no_second_opinion,
        .threads = options->workers_given ? options->workers : crew_threads_default(options->memory_mib << 20),
    };
    struct crew *crew = crew_create(&how, failure);
    if (crew == NULL)
        return NULL;
    struct progress progress;
    progress_begin(&progress, options->quiet);
    catch_signals();
    bool ok = true;
    if (options->device != NULL)
        ok = read_source(crew, options->device, true, options, &progress, failure);
    for (size_t i = 0; ok && i < options->files.count && !stop_asked; i++)
        ok = read_source(crew, options->files.items[i], false, options, &progress, failure);
    if (ok && (options->files.count > 0 || options->device != NULL))
        crew_finish(crew);
    for (size_t i = 0; ok && i < options->from.count; i++)
        ok = directory_read(crew_store(crew), options->from.items[i], failure);
    if (!ok) {
        crew_destroy(crew);
        return NULL;
    }
    return crew;
}
