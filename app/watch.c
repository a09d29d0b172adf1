/* watch: see app/watch.h. Memory that both processes and the children which judge have is mapped before the first fork.
 */
#include "app/watch.h"

#include "app/commands.h"
#include "app/rights.h"
#include "app/terminal.h"
#include "base/now.h"
#include "reports/clean.h"
#include "watch/bulletin.h"
#include "watch/front.h"
#include "watch/outlets.h"
#include "watch/told.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of new findings this many are told with one audit, the most important first; the others with the next. */
#define TELL_MOST 1000

/* Written by one process that judges at a time, but for the board. */
struct shared {
    struct board board;
    struct told told;
    uint64_t audits, findings;
};

struct watch {
    const struct options *options;
    struct shared *shared;
    struct entrance entrance;
    struct outlets outlets;
    char sources[256];
    bool view;
    int bulletins[2], notes[2]; /* pipes; -1 when closed */
    int screen_errors;          /* standard error as it was, while a view is drawn; else -1 */
    pid_t front;                /* 0: none */
};

/* ---- beginning ---- */

/* On a terminal that can, and unless somebody wants lines there. */
static bool wants_view(const struct options *options)
{
    for (size_t i = 0; i < options->findings.count; i++)
        if (outlet_kind_of(options->findings.items[i]) == OUTLET_STDOUT)
            return false;
    return terminal_is_able(STDOUT_FILENO);
}

static void name_sources(struct watch *watch)
{
    const struct words *words = watch->options->devices.count > 0 ? &watch->options->devices : &watch->options->files;
    size_t length = 0;
    for (size_t i = 0; i < words->count && length < sizeof watch->sources; i++)
        length += (size_t)snprintf(watch->sources + length, sizeof watch->sources - length, "%s%s", i > 0 ? ", " : "",
                                   words->items[i]);
}

/* Without a view, and without another place, lines go to standard output. */
static bool open_outlets(struct watch *watch, struct failure *failure)
{
    static const char *const standard[] = {"-"};
    const struct words *words = &watch->options->findings;
    if (words->count == 0 && !watch->view)
        return outlets_open(&watch->outlets, standard, 1, failure);
    return outlets_open(&watch->outlets, words->items, words->count, failure);
}

static bool open_all(struct watch *watch, struct failure *failure)
{
    const struct options *options = watch->options;
    watch->view = wants_view(options);
    name_sources(watch);
    if (options->listen != NULL && !entrance_open(&watch->entrance, options->listen, options->token_file, failure))
        return false;
    if (!open_outlets(watch, failure))
        return false;
    watch->shared = mmap(NULL, sizeof *watch->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (watch->shared == MAP_FAILED)
        watch->shared = NULL;
    if (watch->shared == NULL || pipe2(watch->bulletins, O_CLOEXEC) != 0 ||
        (watch->view && pipe2(watch->notes, O_CLOEXEC) != 0))
        return failure_add(failure, "cannot begin to watch: %s", strerror(errno));
    if (watch->view) /* what does not fit is lost: who captures does not wait for a terminal */
        fcntl(watch->notes[1], F_SETFL, O_NONBLOCK);
    return true;
}

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

/* The other process. Ctrl-C is for the one that captures; its end is ours. */
static _Noreturn void speak(struct watch *watch)
{
    const struct options *options = watch->options;
    struct failure failure = {0};
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    close_end(&watch->bulletins[1]);
    close_end(&watch->notes[1]);
    outlets_close(&watch->outlets);
    struct serve *serve = options->listen != NULL ? serve_create(&failure) : NULL;
    const struct front_options how = {
        .bulletins = watch->bulletins[0],
        .notes = watch->notes[0],
        .board = &watch->shared->board,
        .entrance = &watch->entrance,
        .serve = serve,
        .view = watch->view,
        .colour = watch->view && command_report_options(options).colour,
        .ascii = watch->view && terminal_is_ascii(),
        .version = command_version(),
        .sources = watch->sources,
        .every_s = options->every_s != 0 ? options->every_s : WATCH_EVERY_S,
        .interfaces = options->devices.items,
        .interface_count = options->devices.count,
    };
    bool ok = !failure_any(&failure) && rights_give_up_speaking(options, &failure) && front_run(&how, &failure);
    if (!ok)
        fprintf(stderr, "pathaudit: the page cannot be served: %s\n", failure.text);
    exit(!ok);
}

static bool begin_speaking(struct watch *watch, struct failure *failure)
{
    if (watch->options->listen != NULL && !watch->options->quiet && !watch->view)
        fprintf(stderr, "pathaudit: the page is at http://%s/\n", watch->entrance.at);
    fflush(NULL);
    watch->front = fork();
    if (watch->front == 0)
        speak(watch);
    if (watch->front < 0) {
        watch->front = 0;
        return failure_add(failure, "cannot begin to watch: %s", strerror(errno));
    }
    close_end(&watch->bulletins[0]);
    close_end(&watch->notes[0]);
    entrance_close(&watch->entrance);
    if (watch->view) {
        watch->screen_errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
        dup2(watch->notes[1], STDERR_FILENO);
        close_end(&watch->notes[1]);
    }
    return true;
}

struct watch *watch_begin(const struct options *options, struct failure *failure)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    *watch = (struct watch){
        .options = options, .entrance = {.socket = -1}, .bulletins = {-1, -1}, .notes = {-1, -1}, .screen_errors = -1};
    if (open_all(watch, failure) && begin_speaking(watch, failure))
        return watch;
    watch_end(watch);
    return NULL;
}

struct board *watch_board(struct watch *watch)
{
    return &watch->shared->board;
}

/* ---- an audit ---- */

static void note_newest(struct bulletin *bulletin, const struct finding *finding, int64_t now_ns)
{
    if (bulletin->newest_count == BULLETIN_NEWEST)
        return;
    struct bulletin_finding *one = &bulletin->newest[bulletin->newest_count++];
    one->severity = finding->severity;
    one->told_ns = now_ns;
    memcpy(one->id, finding->id, sizeof one->id);
    snprintf(one->verdict, sizeof one->verdict, "%s", finding->verdict);
    clean_copy(finding->subject, one->subject, sizeof one->subject);
}

/* Each once: also when an outlet fails, which is told. */
static bool tell_findings(struct watch *watch, const struct audit *audit, struct bulletin *bulletin,
                          struct failure *failure)
{
    struct shared *shared = watch->shared;
    const char *sensor = watch->options->sensor != NULL ? watch->options->sensor : "";
    size_t told = 0;
    for (size_t i = 0; i < audit->finding_count && told < TELL_MOST; i++) {
        const struct finding *finding = &audit->findings[i];
        if (finding->excepted[0] != '\0' || told_has(&shared->told, finding->id))
            continue;
        const struct telling telling = {audit, finding, sensor, bulletin->made_ns};
        told_add(&shared->told, finding->id);
        told++;
        note_newest(bulletin, finding, bulletin->made_ns);
        if (!failure_any(failure))
            outlets_tell(&watch->outlets, &telling, failure);
    }
    shared->findings += told;
    bulletin->told = shared->findings;
    return !failure_any(failure);
}

bool watch_publish(struct watch *watch, const struct audit *audit, const struct report_options *how,
                   struct failure *failure)
{
    int64_t began_ns = monotonic_ns();
    char *json = NULL;
    struct bulletin *bulletin = calloc(1, sizeof *bulletin);
    size_t length = 0;
    FILE *out = bulletin != NULL ? open_memstream(&json, &length) : NULL;
    bool ok = out != NULL;
    if (ok) {
        bool lost = false;
        struct report_options whole = *how;
        whole.lost = &lost;
        report_json(audit, &whole, out);
        ok = fclose(out) == 0 && !lost;
    }
    if (!ok)
        failure_add(failure, "out of memory");
    if (ok) {
        bulletin->number = ++watch->shared->audits;
        bulletin->made_ns = wall_ns();
        bulletin->json_bytes = length;
        bulletin_of(bulletin, audit);
        tell_findings(watch, audit, bulletin, failure);
        bulletin->took_ns = monotonic_ns() - began_ns;
        if (!bulletin_send(watch->bulletins[1], bulletin, json))
            failure_add(failure, "the process of page and terminal is gone: %s", strerror(errno));
    }
    free(json);
    free(bulletin);
    return !failure_any(failure);
}

/* ---- the end ---- */

bool watch_end(struct watch *watch)
{
    if (watch == NULL)
        return false;
    bool viewed = watch->view && watch->front != 0;
    if (watch->screen_errors >= 0) {
        dup2(watch->screen_errors, STDERR_FILENO);
        close_end(&watch->screen_errors);
    }
    for (int i = 0; i < 2; i++) {
        close_end(&watch->bulletins[i]);
        close_end(&watch->notes[i]);
    }
    while (watch->front != 0 && waitpid(watch->front, NULL, 0) < 0 && errno == EINTR)
        continue;
    entrance_close(&watch->entrance);
    outlets_close(&watch->outlets);
    if (watch->shared != NULL)
        munmap(watch->shared, sizeof *watch->shared);
    free(watch);
    return viewed;
}
