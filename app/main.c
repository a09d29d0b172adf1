/* main: reads the command line, runs one command, and tells a failure once. */
#include "app/commands.h"
#include "app/notice.h"
#include "app/terminal.h"
#include "app/version.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>

static int run(const struct options *options, struct failure *failure)
{
    switch (options->command) {
    case COMMAND_AUDIT:
        return command_audit(options, failure);
    case COMMAND_ENDPOINTS:
        return command_endpoints(options, failure);
    case COMMAND_OBSERVE:
        return command_observe(options, failure);
    case COMMAND_RULES:
        return command_rules(options, failure);
    case COMMAND_ROLES:
        return command_roles(options, failure);
    case COMMAND_TABLES:
        return command_tables(options, failure);
    case COMMAND_WATCH:
        return command_watch(options, failure);
    case COMMAND_DIFF:
        return command_diff(options, failure);
    default:
        return EXIT_TROUBLE;
    }
}

/* One line a problem, each with the program's name. */
static void print_failure(const struct failure *failure)
{
    const char *line = failure->text;
    while (*line != '\0') {
        size_t length = 0;
        while (line[length] != '\0' && line[length] != '\n')
            length++;
        notice_say("%.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
    if (failure->omitted > 0)
        notice_say("and %u more problems", failure->omitted);
}

/* nDPI takes thousands of small pieces of memory in the thread of each observer, where glibc asks the kernel for every
 * other page unless it may begin with many. */
#define HEAP_BEGINS_BYTES (8 << 20)
/* What is as large goes back to the system when it is freed: left to itself, glibc keeps more and more of it, beside
 * what --memory counts. */
#define MAPPED_BYTES (1 << 20)

static void print_help(const struct options *options)
{
    unsigned width = terminal_width();
    if (width != 0 && width < HELP_WIDTH)
        options_help_narrow(options->command, options->help_all, width, stdout);
    else
        options_help(options->command, options->help_all, stdout);
}

int main(int argc, char **argv)
{
    struct options options;
    struct failure failure = {0};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR1, SIG_IGN); /* who asks for a report before there can be one shall not end us */
    mallopt(M_TOP_PAD, HEAP_BEGINS_BYTES);
    mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
    int status = EXIT_TROUBLE;
    if (options_parse(&options, argc, argv, &failure)) {
        status = 0;
        if (options.help)
            print_help(&options);
        else if (options.version)
            version_print(stdout);
        else
            status = run(&options, &failure);
        if (fflush(stdout) != 0 && errno != EPIPE && !failure_any(&failure))
            failure_add(&failure, "standard output: cannot write: %s", strerror(errno));
    }
    options_fini(&options);
    if (failure_any(&failure)) {
        print_failure(&failure);
        status = EXIT_TROUBLE;
    }
    return status;
}
