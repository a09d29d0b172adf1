/* interim: when a report in between is due, and the process that writes it. */
#include "app/interim.h"

#include "app/notice.h"
#include "app/output.h"
#include "app/signals.h"
#include "base/now.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void interim_begin(struct interim *interim)
{
    interim->next_ns = monotonic_ns() + (int64_t)interim->every_s * SECOND_NS;
}

/* What a child could not write it told itself; one that was ended could not. */
static void reap(struct interim *interim, int how)
{
    int status = 0;
    pid_t ended;
    while ((ended = waitpid(interim->child, &status, how)) < 0 && errno == EINTR)
        continue;
    if (ended == 0)
        return;
    interim->child = 0;
    if (ended <= 0 || !WIFSIGNALED(status))
        return;
    output_clear(interim->out_file, ended);
    fprintf(stderr, "pathaudit: warning: a report in between was not written: its process was ended by %s\n",
            strsignal(WTERMSIG(status)));
}

/* Those that were due while one was being written are one. */
bool interim_due(struct interim *interim)
{
    if (interim->child != 0)
        reap(interim, WNOHANG);
    if (signals_take_report())
        interim->wanted = true;
    if (interim->every_s > 0 && monotonic_ns() >= interim->next_ns) {
        interim->wanted = true;
        while (interim->next_ns <= monotonic_ns())
            interim->next_ns += (int64_t)interim->every_s * SECOND_NS;
    }
    if (interim->wanted && interim->write == NULL) {
        interim->wanted = false;
        fputs("pathaudit: this command writes at its end; SIGUSR1 is for audit and endpoints\n", stderr);
    }
    return interim->wanted && interim->child == 0;
}

bool interim_fork(struct interim *interim)
{
    fflush(NULL); /* what is in a buffer would be written twice */
    interim->wanted = false;
    pid_t child = fork();
    if (child == 0)
        return true;
    if (child > 0) {
        interim->child = child;
        interim->forked = true;
        return false;
    }
    fprintf(stderr, "pathaudit: warning: no report in between: %s\n", strerror(errno));
    return false;
}

_Noreturn void interim_exit(const struct interim *interim, struct crew *crew)
{
    struct failure failure = {0};
    bool ok = interim->write(interim->context, crew, &failure);
    if (!ok)
        notice_say("warning: a report in between was not written: %s", failure.text);
    _exit(!ok);
}

void interim_end(struct interim *interim)
{
    if (interim->child != 0)
        reap(interim, 0);
}
