/* main: reads the command line, runs one command, and tells a failure once. */
#include "app/commands.h"
#include "flows/second_opinion.h"

#include <jansson.h>
#include <libfyaml.h>
#include <microhttpd.h>
#include <pcap/pcap.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <zlib.h>
#include <zstd.h>

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

static void print_help(const struct options *options)
{
    fputs(options_help(options->command), stdout);
    if (options_read_packets(options->command))
        printf("\n%s", options_input_help());
}

static void print_version(void)
{
    const char *ndpi = second_opinion_version();
    const struct scmp_version *seccomp = seccomp_version();
    printf("pathaudit %s\n%s\nnDPI %s\n", command_version(), pcap_lib_version(),
           ndpi[0] != '\0' ? ndpi : "not built in");
    printf("zlib %s\nlibzstd %s\nlibfyaml %s\njansson %s\nlibmicrohttpd %s\n", zlibVersion(), ZSTD_versionString(),
           fy_library_version(), jansson_version_str(), MHD_get_version());
    if (seccomp != NULL)
        printf("libseccomp %u.%u.%u\n", seccomp->major, seccomp->minor, seccomp->micro);
}

/* One line a problem, each with the program's name. */
static void print_failure(const struct failure *failure)
{
    const char *line = failure->text;
    while (*line != '\0') {
        size_t length = 0;
        while (line[length] != '\0' && line[length] != '\n')
            length++;
        fprintf(stderr, "pathaudit: %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    if (failure->omitted > 0)
        fprintf(stderr, "pathaudit: and %u more problems\n", failure->omitted);
}

int main(int argc, char **argv)
{
    struct options options;
    struct failure failure = {0};
    signal(SIGPIPE, SIG_IGN);
    int status = EXIT_TROUBLE;
    if (options_parse(&options, argc, argv, &failure)) {
        status = 0;
        if (options.help)
            print_help(&options);
        else if (options.version)
            print_version();
        else
            status = run(&options, &failure);
    }
    options_fini(&options);
    if (failure_any(&failure)) {
        print_failure(&failure);
        status = EXIT_TROUBLE;
    }
    return status;
}
