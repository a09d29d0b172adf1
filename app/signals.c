/* signals: the only things a signal handler may touch are flags, and here they are. */
#include "app/signals.h"

#include "base/now.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

/* timeout(1) sends its signal twice, to the program and to its group: what comes this soon is the same request. */
#define SAME_NS (SECOND_NS / 2)

static volatile sig_atomic_t stop_asked, report_asked;
static atomic_int_least64_t stop_asked_ns;
static _Atomic(const char *) doomed;
static volatile pid_t doomed_of; /* a copy of this process removes nothing */

static void ask_to_stop(int signal_number)
{
    int64_t now_ns = monotonic_ns();
    if (stop_asked == 0) {
        stop_asked_ns = now_ns;
        stop_asked = 1;
    } else if (now_ns - stop_asked_ns > SAME_NS) { /* ends the program as soon as this returns */
        const char *path = atomic_load(&doomed);
        if (path != NULL && doomed_of == getpid())
            unlink(path);
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
}

static void ask_for_report(int signal_number)
{
    (void)signal_number;
    report_asked = 1;
}

void signals_catch(void)
{
    struct sigaction action = {.sa_handler = ask_to_stop};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction before;
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
    /* Must not cut off what is being read from a pipe; whoever waits does so with poll, which it ends all the same. */
    action = (struct sigaction){.sa_handler = ask_for_report, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
}

void signals_doom(const char *path)
{
    doomed_of = getpid();
    atomic_store(&doomed, path);
}

bool signals_stop_asked(void)
{
    return stop_asked != 0;
}

bool signals_take_report(void)
{
    bool asked = report_asked != 0;
    if (asked)
        report_asked = 0;
    return asked;
}
