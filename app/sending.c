/* sending: when a part is due, the process that writes it and the one that sends.
 *
 * Parts end shortly after the minutes of the clock in which slices begin, so that few slices are cut in two; how
 * shortly differs from process to process, so that a thousand sensors do not send at once. */
#include "app/sending.h"

#include "base/now.h"
#include "observations/kinds.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What came in a minute is here by then. */
#define GRACE_NS (2 * SECOND_NS)
/* Parts of different sensors begin within this time of each other. */
#define SPREAD_NS (8 * SECOND_NS)
#define MINUTE_S  60

static void wind(struct sending *sending)
{
    int64_t every_ns = (int64_t)sending->every_s * SECOND_NS, wait_ns = sending->spread_ns;
    sending->next_ns = ((wall_ns() - wait_ns) / every_ns + 1) * every_ns + wait_ns;
}

void sending_init(struct sending *sending, const struct options *options, struct where *where)
{
    bool live = where != NULL && options->devices.count > 0;
    *sending = (struct sending){.where = where, .bell = {-1, -1}};
    if (live)
        sending->every_s = options->send_every_given ? options->send_every_s : SENDING_EVERY_S;
    sending->is_far = live && where_is_far(options->where);
    if (sending->every_s % MINUTE_S == 0)
        sending->spread_ns = GRACE_NS + wall_ns() % SPREAD_NS;
}

static void close_bell(struct sending *sending)
{
    for (int i = 0; i < 2; i++) {
        if (sending->bell[i] >= 0)
            close(sending->bell[i]);
        sending->bell[i] = -1;
    }
}

/* ---- the process that sends ---- */

/* Its end comes with that of the run, not with the signal that asks for it. */
static bool begin_sender(struct sending *sending)
{
    fflush(NULL); /* what is in a buffer would be written twice */
    sending->sender = fork();
    if (sending->sender == 0) {
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        signal(SIGUSR1, SIG_IGN);
        close(sending->bell[1]);
        sending->bell[1] = -1;
        return true;
    }
    if (sending->sender < 0) {
        sending->sender = 0;
        fprintf(stderr, "pathaudit: warning: what is observed is sent when the run ends: %s\n", strerror(errno));
    }
    return false;
}

bool sending_begin(struct sending *sending)
{
    if (sending->every_s == 0)
        return false;
    wind(sending);
    if (!sending->is_far)
        return false;
    if (pipe2(sending->bell, O_CLOEXEC) == 0)
        return begin_sender(sending);
    fprintf(stderr, "pathaudit: warning: what is observed is sent when the run ends: %s\n", strerror(errno));
    return false;
}

/* Once, and once more when it is over. */
static void send_and_tell(struct sending *sending, bool *waits)
{
    struct where_sent sent;
    where_send(sending->where, &sent);
    if (sent.why[0] != '\0' && !*waits)
        fprintf(stderr, "pathaudit: warning: %s%s\n", sent.why,
                sent.is_passing ? "; it is tried again with every part" : "");
    else if (sent.why[0] == '\0' && *waits)
        fputs("pathaudit: rows that waited for the database are there\n", stderr);
    *waits = sent.why[0] != '\0';
}

/* Several rings are one. The run says with '.' that it sends the rest itself; when it is killed, only the pipe ends. */
_Noreturn void sending_serve(struct sending *sending)
{
    char rings[64] = "";
    bool waits = false;
    for (ssize_t length = 1; length != 0;) {
        length = read(sending->bell[0], rings, sizeof rings);
        if (length < 0 && errno != EINTR)
            break;
        if (length > 0 && rings[length - 1] == '.')
            _exit(0);
        if (length >= 0)
            send_and_tell(sending, &waits);
    }
    _exit(0);
}

/* Both ends of the pipe are open here, so this ends nobody. */
static void ring(struct sending *sending, char how)
{
    while (sending->bell[1] >= 0 && write(sending->bell[1], &how, 1) < 0 && errno == EINTR)
        continue;
}

/* ---- a part ---- */

static pid_t await(pid_t child, int *status, int how)
{
    pid_t ended;
    while ((ended = waitpid(child, status, how)) < 0 && errno == EINTR)
        continue;
    return ended;
}

/* What the writer could not write it told itself, and a place that is far away has counted it. */
static void reap(struct sending *sending, int how)
{
    int status = 0;
    if (await(sending->writer, &status, how) == 0)
        return;
    sending->writer = 0;
    if (WIFSIGNALED(status))
        fprintf(stderr, "pathaudit: warning: %" PRIu64 " rows are lost: the process that wrote them was ended by %s\n",
                sending->written, strsignal(WTERMSIG(status)));
    if (status == 0) {
        sending->told = 0;
        ring(sending, '!');
        return;
    }
    sending->failed = true;
    sending->lost += sending->told; /* what told of them is lost as well */
    sending->told = 0;
    if (WIFSIGNALED(status) || !sending->is_far)
        sending->lost += sending->written;
}

bool sending_due(struct sending *sending)
{
    if (sending->every_s == 0)
        return false;
    if (sending->writer != 0)
        reap(sending, WNOHANG);
    int64_t left_ns = sending->next_ns - wall_ns();
    if (left_ns > (int64_t)sending->every_s * SECOND_NS) /* the clock was set back */
        wind(sending);
    if (left_ns > 0 || sending->writer != 0)
        return false;
    wind(sending);
    return true;
}

uint64_t sending_lost(struct sending *sending)
{
    uint64_t lost = sending->lost;
    sending->told += lost;
    sending->lost = 0;
    return lost;
}

static uint64_t rows_of(struct observations *const stores[], size_t count)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < count; i++)
        for (int kind = 0; kind < KINDS; kind++)
            rows += kinds[kind].count(stores[i]);
    return rows;
}

static _Noreturn void write_part(struct sending *sending, struct observations *const stores[], size_t count)
{
    struct failure failure = {.count = 0};
    bool ok = where_put(sending->where, stores, count, &failure);
    if (!ok)
        fprintf(stderr, "pathaudit: warning: %" PRIu64 " rows are lost: %s\n", rows_of(stores, count), failure.text);
    _exit(!ok);
}

bool sending_put(struct sending *sending, struct observations *const stores[], size_t count)
{
    sending->written = rows_of(stores, count);
    if (sending->written == 0)
        return false;
    if (sending->sender != 0 && await(sending->sender, &(int){0}, WNOHANG) != 0) {
        sending->sender = 0;
        fputs("pathaudit: warning: the process that sends was ended; rows wait until this run ends\n", stderr);
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        write_part(sending, stores, count);
    if (child < 0) {
        fprintf(stderr, "pathaudit: warning: nothing is written this time: %s\n", strerror(errno));
        return false;
    }
    sending->writer = child;
    return true;
}

void sending_end(struct sending *sending)
{
    if (sending->writer != 0)
        reap(sending, 0);
    ring(sending, '.');
    if (sending->sender != 0)
        await(sending->sender, &(int){0}, 0);
    sending->sender = 0;
    close_bell(sending);
}

bool sending_all_well(const struct sending *sending, struct failure *failure)
{
    return !sending->failed || failure_add(failure, "rows were lost while this run went on, as was told then");
}
