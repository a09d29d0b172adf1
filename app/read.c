/* read: the loop from sources to the observer. */
#include "app/read.h"

#include "app/progress.h"
#include "observations/directory.h"

#include <signal.h>
#include <stdio.h>

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

static bool read_file(struct observer *observer, const char *path, const struct options *options,
                      struct progress *progress, struct failure *failure)
{
    struct source *source = source_open(path, options->filter, failure);
    if (source == NULL)
        return false;
    const char *name = path[0] == '-' && path[1] == '\0' ? "standard input" : path;
    observer_source(observer, name, options->filter != NULL ? options->filter : "");
    struct frame frames[OBSERVER_BATCH];
    enum source_state state = SOURCE_MORE;
    while (state == SOURCE_MORE && !stop_asked) {
        size_t count;
        state = source_read(source, frames, OBSERVER_BATCH, &count);
        observer_take(observer, frames, count);
        if (progress->wanted)
            progress_show(progress, name, source_bytes_done(source), source_bytes_in_all(source),
                          observer_packets(observer));
    }
    progress_end(progress);
    observer_source_ended(observer, state == SOURCE_CUT);
    if (state == SOURCE_CUT)
        fprintf(stderr, "pathaudit: warning: %s: %s; read up to there\n", name, source_cut_text(source));
    if (stop_asked)
        fprintf(stderr, "pathaudit: stopped early; %s was read in part\n", name);
    source_close(source);
    return true;
}

struct observer *read_all(const struct options *options, struct failure *failure)
{
    struct observer_options how = {
        .memory_bytes = options->memory_mib << 20,
        .sensor = options->sensor,
        .second_opinion = true,
    };
    struct observer *observer = observer_create(&how, failure);
    if (observer == NULL)
        return NULL;
    struct progress progress;
    progress_begin(&progress, options->quiet);
    catch_signals();
    bool ok = true;
    for (size_t i = 0; ok && i < options->files.count && !stop_asked; i++)
        ok = read_file(observer, options->files.items[i], options, &progress, failure);
    if (ok && options->files.count > 0)
        observer_finish(observer);
    for (size_t i = 0; ok && i < options->from.count; i++)
        ok = directory_read(observer_store(observer), options->from.items[i], failure);
    if (!ok) {
        observer_destroy(observer);
        return NULL;
    }
    return observer;
}
