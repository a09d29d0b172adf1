/* signals: the only things a signal handler may touch are flags, and here they are. */
#include "app/signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stop_asked, report_asked;

static void ask_to_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

static void ask_for_report(int signal_number)
{
    (void)signal_number;
    report_asked = 1;
}

void signals_catch(void)
{
    struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* Must not cut off what is being read from a pipe; whoever waits does so with poll, which it ends all the same. */
    action = (struct sigaction){.sa_handler = ask_for_report, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
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
