/* options_check: what each option says is right by itself; here is told what does not go together. */
#include "app/keep.h"
#include "app/lookups.h"
#include "app/options.h"
#include "audit/nearest.h"
#include "base/clock.h"

#include <string.h>
#include <unistd.h>

/* What is said about interfaces needs some. */
static bool check_live(const struct options *options, struct failure *failure)
{
    const struct {
        bool given;
        const char *name, *why;
    } live[] = {
        {options->device.snaplen_bytes != 0, "--snaplen", "a file holds what was captured"},
        {options->device.buffer_mib != 0, "--buffer", "a file is read without one"},
        {options->fanout != 0, "--fanout", "a file is read by one"},
        {options->every_s != 0 && !options->follow, "--every",
         "a file is reported on when it was read, unless with --follow"},
        {options->send_every_given, "--send-every", "what a file holds is written when it was read"},
        {options->device.not_promiscuous, "--no-promiscuous", "a file holds what was captured"},
    };
    for (size_t i = 0; i < sizeof live / sizeof *live && options->devices.count == 0; i++)
        if (live[i].given)
            failure_add(failure, "%s goes with -i INTERFACE: %s", live[i].name, live[i].why);
    return !failure_any(failure);
}

/* A page is one file with all of an audit, and a terminal cannot show it. */
static bool check_page(const struct options *options, struct failure *failure)
{
    if (options->explain != NULL && options->form == FORM_HTML)
        failure_add(failure, "-T html and --explain: a page holds the reasoning of every finding");
    else if (options->explain != NULL && options->form != FORM_TEXT)
        failure_add(failure, "--explain: the reasoning of one finding is text; leave out -T");
    if (options->form != FORM_HTML)
        return !failure_any(failure);
    if (options->only != REPORT_EVERYTHING)
        failure_add(failure, "-T html and --only: a page holds everything and is filtered where it is read");
    if (options->out_file == NULL && isatty(STDOUT_FILENO))
        failure_add(failure, "-T html: a page is for a browser, not for a terminal; write it to a file with "
                             "-o report.html and open that");
    return !failure_any(failure);
}

/* What is read of observations that are there already. */
static bool check_window(const struct options *options, struct failure *failure)
{
    bool bounded = options->since_ns != 0 || options->until_ns != 0;
    if (options->from.count > 0 && options->sensor != NULL && options->files.count + options->devices.count > 0)
        return failure_add(failure,
                           "--sensor %s: with --from it names whose observations are read, and with -r or -i where "
                           "packets are captured; not both at once",
                           options->sensor);
    if (bounded && options->from.count == 0)
        return failure_add(failure, "--since and --until go with --from: of a capture a filter or --duration says what "
                                    "is read");
    char since[CLOCK_TEXT], until[CLOCK_TEXT];
    if (options->since_ns != 0 && options->until_ns != 0 && options->since_ns >= options->until_ns)
        return failure_add(failure, "--since %s is not before --until %s: nothing lies between them",
                           clock_text(options->since_ns, since), clock_text(options->until_ns, until));
    return true;
}

static bool check_watch(const struct options *options, struct failure *failure)
{
    size_t on_stdout = 0;
    if (options->command != COMMAND_WATCH)
        return true;
    static const char *const words[] = {"syslog", NULL};
    for (size_t i = 0; i < options->findings.count; i++) {
        const char *word = options->findings.items[i];
        on_stdout += strcmp(word, "-") == 0;
        if (strcmp(word, "syslog") != 0 && strpbrk(word, "/.:") == NULL && nearest_word(word, words) != NULL)
            failure_add(failure, "--findings %s: did you mean syslog? A file of that name is written as ./%s", word,
                        word);
    }
    if (options->files.count > 0 && !options->follow)
        failure_add(failure, "watch -r goes with --follow: a file that is still being written; audit reads one that "
                             "is whole");
    if (options->token_file != NULL && options->listen == NULL)
        failure_add(failure, "--token-file goes with --listen ADDR:PORT");
    if (on_stdout > 1)
        failure_add(failure, "--findings -: given twice");
    return !failure_any(failure);
}

bool options_check(const struct options *options, const char *command, struct failure *failure)
{
    if (!options_read_packets(options->command) || options->help)
        return true;
    if (options->command == COMMAND_AUDIT && options->form == FORM_CSV && options->only == REPORT_EVERYTHING)
        return failure_add(failure, "-T csv: a table holds one kind of things; say which with --only conversations, "
                                    "paths, endpoints or findings");
    if (options->form == FORM_ECS && (options->only == REPORT_PATHS || options->only == REPORT_ENDPOINTS))
        return failure_add(failure, "-T ecs: holds findings and conversations, or with --only one of these");
    if (!check_page(options, failure))
        return false;
    if ((options->anonymize || options->anonymize_key != NULL) &&
        (options->keep_file != NULL || options->propose != NULL))
        return failure_add(failure, "--anonymize and %s: that file would hold what was replaced in the report",
                           options->keep_file != NULL ? "-w" : "--propose-exceptions");
    bool sends_only = options->command == COMMAND_OBSERVE && options->where != NULL && where_is_far(options->where);
    if (options->files.count + options->from.count == 0 && options->devices.count == 0 && !sends_only)
        return failure_add(
            failure, "%s needs an input: -r FILE%s or -i INTERFACE; see 'pathaudit %s --help'", command,
            options->command == COMMAND_OBSERVE || options->command == COMMAND_WATCH ? "" : ", --from dir:PATH",
            command);
    if (!check_watch(options, failure) || !check_window(options, failure))
        return false;
    if (options->fanout > 0 && options->workers_given)
        return failure_add(failure,
                           "--fanout and --workers: give one of them; each reader of --fanout observes itself");
    if (options->files.count > 0 && options->devices.count > 0)
        return failure_add(failure, "-r and -i: files or interfaces, not both at once");
    if (options->follow && options->files.count == 0)
        return failure_add(failure, "--follow goes with -r: a file or folder that is still being written");
    if (options->files.count == 0 && options->devices.count == 0 && options->filter != NULL)
        return failure_add(failure, "'%s': a filter needs packets, and --from gives none", options->filter);
    if (options->filter != NULL && !lookups_check(options->filter, failure))
        return false;
    if ((options->spool != NULL || options->spool_mib != 0) &&
        (options->where == NULL || !where_is_far(options->where)))
        return failure_add(failure,
                           "--spool and --spool-mib go with -O clickhouse:URL: rows wait there for the database");
    if (options->send_every_given && options->where == NULL)
        return failure_add(failure, "--send-every goes with -O: it says how often what is observed is written there");
    if (options->where != NULL && options->form_given)
        return failure_add(failure, "-O and -T: observe writes to one place; give one of them");
    return check_live(options, failure) && keep_check(options, failure);
}
