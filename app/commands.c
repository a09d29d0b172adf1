/* commands: audit, endpoints and observe. */
#include "app/commands.h"

#include "app/anonymize.h"
#include "app/budget.h"
#include "app/choose.h"
#include "app/keep.h"
#include "app/library.h"
#include "app/output.h"
#include "app/read.h"
#include "app/terminal.h"
#include "app/watch.h"
#include "audit/audit.h"
#include "audit/settings.h"
#include "base/now.h"
#include "observations/jsonl.h"
#include "observations/ledger_file.h"
#include "observations/where.h"
#include "reports/html.h"
#include "reports/rules.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void write_report(const struct audit *audit, const struct report_options *options, FILE *out);

/* All that an audit borrows. */
struct desk {
    const struct options *options;
    write_report *report;
    bool with_tables;
    char folder[4096];
    struct interfaces *interfaces;
    struct site *site;
    struct path_table *tables[OPTIONS_MOST];
    size_t table_count;
    struct observations *remembered; /* bindings of --ledger, NULL without */
    char reason[CHOOSE_REASON];      /* why the table was chosen */
    struct interim interim;
    struct crew *crew;
    struct anonymize anonymize;
    struct audit *audit;
    struct watch *watch; /* NULL without */
};

const char *command_version(void)
{
    return PATHAUDIT_VERSION;
}

struct report_options command_report_options(const struct options *options)
{
    const char *no_colour = getenv("NO_COLOR");
    bool to_terminal = options->out_file == NULL && terminal_is_able(STDOUT_FILENO);
    bool colour = options->colour == COLOUR_ALWAYS ||
                  (options->colour == COLOUR_AUTO && to_terminal && (no_colour == NULL || no_colour[0] == '\0'));
    return (struct report_options){
        .colour = colour,
        .all = options->all,
        .ascii = options->out_file == NULL && terminal_is_ascii(),
        .width = options->out_file == NULL ? terminal_width() : 0,
        .only = options->only,
        .version = PATHAUDIT_VERSION,
        .explain = options->explain,
        .host = options->host,
    };
}

static bool add_table(struct desk *desk, const char *name, struct failure *failure)
{
    if (desk->table_count == OPTIONS_MOST)
        return failure_add(failure, "more than %d tables", OPTIONS_MOST);
    struct path_table *table = library_table(desk->folder, name, failure);
    if (table == NULL)
        return false;
    desk->tables[desk->table_count++] = table;
    return true;
}

#define LEDGER_STORE_BYTES ((size_t)64 << 20)

static bool read_ledger(struct desk *desk, struct failure *failure)
{
    if (desk->options->ledger == NULL)
        return true;
    desk->remembered = observations_create(LEDGER_STORE_BYTES, failure);
    return desk->remembered != NULL && ledger_file_read(desk->remembered, desk->options->ledger, failure);
}

static bool write_ledger(const struct desk *desk, struct failure *failure)
{
    struct output output;
    if (desk->options->ledger == NULL)
        return true;
    if (!output_open(&output, desk->options->ledger, failure))
        return false;
    bool written = ledger_file_write(crew_store(desk->crew), output.stream, failure);
    return output_close(&output, failure) && written;
}

/* Everything the user wrote is read before the capture is, so that a long read is not in vain; all problems at once. */
static bool read_expectations(struct desk *desk, const struct options *options, struct failure *failure)
{
    if (!library_folder(desk->folder, sizeof desk->folder, failure))
        return false;
    anonymize_init(&desk->anonymize, options, failure);
    desk->interfaces = library_interfaces(desk->folder, failure);
    for (size_t i = 0; i < options->rpc_interfaces.count && desk->interfaces != NULL; i++)
        interfaces_load(desk->interfaces, options->rpc_interfaces.items[i], failure);
    if (options->site != NULL)
        desk->site = site_load(options->site, failure);
    const struct words *wanted = &options->tables;
    for (size_t i = 0; i < wanted->count; i++)
        add_table(desk, wanted->items[i], failure);
    if (wanted->count == 0 && desk->site != NULL)
        for (size_t i = 0; i < desk->site->tables.count; i++)
            add_table(desk, desk->site->tables.items[i], failure);
    if (desk->site != NULL && !failure_any(failure))
        settings_apply(desk->site, desk->tables, desk->table_count, failure);
    return read_ledger(desk, failure) && !failure_any(failure);
}

/* More than the crew's own store has: names may be longer afterwards. Only what is filled is touched. */
static size_t store_budget(const struct options *options)
{
    return budget_of(options).memory_bytes / 8 * 3;
}

/* With the tables of the desk, or one that is chosen by what was seen; or without any. */
static struct audit *judge(struct desk *desk, struct failure *failure)
{
    struct audit_inputs inputs = {.store = crew_store(desk->crew),
                                  .site = desk->site,
                                  .interfaces = desk->interfaces,
                                  .table_reason = desk->reason,
                                  .memory_bytes = budget_of(desk->options).judged_bytes};
#ifdef __GLIBC__
    malloc_trim(0); /* what observing gave back, and what is gathered while stores are put together */
#endif
    if (desk->with_tables && desk->table_count == 0) {
        struct path_table *table = choose_table(&inputs, desk->folder, desk->reason, failure);
        if (table == NULL)
            return NULL;
        desk->tables[desk->table_count++] = table;
    }
    const struct anonymize *hidden = &desk->anonymize;
    if (!anonymize_inputs(&desk->anonymize, inputs.store, inputs.site, desk->tables, desk->table_count,
                          store_budget(desk->options), failure))
        return NULL;
    inputs.store = hidden->store != NULL ? hidden->store : inputs.store;
    inputs.site = hidden->site != NULL ? hidden->site : inputs.site;
    inputs.tables = (const struct path_table *const *)desk->tables;
    inputs.table_count = desk->with_tables ? desk->table_count : 0;
    return audit_create(&inputs, failure);
}

static void clear(struct desk *desk)
{
    keep_destroy(desk->interim.keep);
    audit_destroy(desk->audit);
    anonymize_fini(&desk->anonymize);
    crew_leave(desk->crew);
    observations_destroy(desk->remembered);
    for (size_t i = 0; i < desk->table_count; i++)
        table_destroy(desk->tables[i]);
    site_destroy(desk->site);
    interfaces_destroy(desk->interfaces);
}

static bool judge_all(struct desk *desk, struct failure *failure)
{
    if (desk->remembered != NULL)
        ledger_file_copy(desk->remembered, crew_store(desk->crew));
    desk->audit = judge(desk, failure);
    return desk->audit != NULL;
}

static bool make_audit(struct desk *desk, struct interim *interim, struct failure *failure)
{
    if (!read_expectations(desk, desk->options, failure))
        return false;
    desk->crew = read_all(desk->options, interim, failure);
    return desk->crew != NULL && judge_all(desk, failure);
}

/* The forms that options.c lets pass. */
static write_report *const audit_writers[FORM_COUNT] = {[FORM_TEXT] = report_text,
                                                        [FORM_JSON] = report_json,
                                                        [FORM_CSV] = report_csv,
                                                        [FORM_ECS] = report_ecs,
                                                        [FORM_HTML] = report_html};
static write_report *const endpoint_writers[FORM_COUNT] = {
    [FORM_TEXT] = endpoints_text, [FORM_JSON] = endpoints_json, [FORM_CSV] = endpoints_csv};

static write_report *const role_writers[FORM_COUNT] = {
    [FORM_TEXT] = roles_text, [FORM_JSON] = roles_json, [FORM_YAML] = roles_yaml};

/* Reports that follow one another on a screen are told apart by when they were written. */
static void write_time_line(const char *which, FILE *out)
{
    char text[CLOCK_TEXT];
    fprintf(out, "==== %s UTC, %s\n\n", clock_day_and_time(wall_ns(), text), which);
}

static struct report_options options_of(const struct desk *desk)
{
    struct report_options how = command_report_options(desk->options);
    how.interfaces = desk->interfaces;
    how.anonymized = desk->anonymize.fingerprint;
    return how;
}

/* `file`: NULL for standard output; `which` of several reports it is, NULL when it is the only one. */
static bool write_out(const struct desk *desk, const char *file, write_report *report, const char *which,
                      struct failure *failure)
{
    bool follows = which != NULL && file == NULL && desk->options->form == FORM_TEXT, lost = false;
    struct output output;
    struct report_options how = options_of(desk);
    how.lost = &lost;
    if (!output_open(&output, file, failure))
        return false;
    if (follows)
        write_time_line(which, output.stream);
    report(desk->audit, &how, output.stream);
    if (follows)
        fputc('\n', output.stream);
    return output_close_whole(&output, lost, failure);
}

static bool write_proposal(const struct desk *desk, struct failure *failure)
{
    const char *file = desk->options->propose;
    return file == NULL || write_out(desk, file, propose_exceptions, NULL, failure);
}

/* In a process of its own, while the run goes on. */
static bool write_in_between(void *context, struct crew *crew, struct failure *failure)
{
    struct desk *desk = context;
    desk->crew = crew;
    if (!judge_all(desk, failure))
        return false;
    if (desk->interim.keep != NULL)
        keep_choose(desk->interim.keep, desk->audit);
    return write_out(desk, desk->options->out_file, desk->report, "so far", failure);
}

/* -w. Live, what was judged in between has been kept on the way. Files are read a second time, now that it is known
 * what is unexpected. */
static bool keep_packets(struct desk *desk, struct failure *failure)
{
    const struct options *options = desk->options;
    struct interim *interim = &desk->interim;
    if (options->keep_file == NULL)
        return true;
    if (interim->keep == NULL) {
        interim->keep = keep_open(options, failure);
        if (interim->keep == NULL)
            return false;
        keep_choose(interim->keep, desk->audit);
        if (!keep_read_again(interim->keep, options, crew_packets(desk->crew), failure))
            return false;
    }
    return keep_close(interim->keep, failure);
}

/* The report, and those before it. */
static bool make_reports(struct desk *desk, struct failure *failure)
{
    desk->interim = (struct interim){.write = write_in_between,
                                     .context = desk,
                                     .out_file = desk->options->out_file,
                                     .every_s = desk->options->every_s};
    return make_audit(desk, &desk->interim, failure) && keep_packets(desk, failure) && write_proposal(desk, failure) &&
           write_ledger(desk, failure) &&
           write_out(desk, desk->options->out_file, desk->report, desk->interim.forked ? "the last" : NULL, failure);
}

int command_audit(const struct options *options, struct failure *failure)
{
    struct desk desk = {.options = options, .report = audit_writers[options->form], .with_tables = true};
    int status = make_reports(&desk, failure) ? desk.audit->exit_status : EXIT_TROUBLE;
    clear(&desk);
    return status;
}

int command_endpoints(const struct options *options, struct failure *failure)
{
    struct desk desk = {.options = options, .report = endpoint_writers[options->form]};
    int status = make_reports(&desk, failure) ? 0 : EXIT_TROUBLE;
    clear(&desk);
    return status;
}

int command_roles(const struct options *options, struct failure *failure)
{
    enum form form = options->form_given ? options->form : FORM_YAML;
    struct desk desk = {.options = options, .report = role_writers[form]};
    int status = make_reports(&desk, failure) ? 0 : EXIT_TROUBLE;
    clear(&desk);
    return status;
}

static bool publish(void *context, struct crew *crew, struct failure *failure)
{
    struct desk *desk = context;
    desk->crew = crew;
    if (!judge_all(desk, failure))
        return false;
    const struct report_options how = options_of(desk);
    return watch_publish(desk->watch, desk->audit, &how, failure);
}

/* Of a command line without a capture nothing was observed: then what waits for a database is sent. */
static bool write_where(const struct options *options, struct where *where, struct crew *crew, struct failure *failure)
{
    struct observations *stores[CREW_OBSERVERS_MOST];
    bool observed = options->files.count + options->devices.count > 0;
    size_t count = observed ? crew_stores(crew, stores) : 0;
    return where_write(where, stores, count, failure);
}

/* Where observations go, opened as long as there are rights to; NULL without -O, and with a failure. */
static struct where *open_where(const struct options *options, struct failure *failure)
{
    const struct where_needs needs = options_spool(options);
    return options->where != NULL ? where_open(options->where, &needs, failure) : NULL;
}

int command_watch(const struct options *options, struct failure *failure)
{
    struct desk desk = {.options = options, .report = report_text, .with_tables = true};
    struct where *where = open_where(options, failure);
    struct sending sending;
    sending_init(&sending, options, where);
    bool ok = !failure_any(failure) && read_expectations(&desk, options, failure) &&
              (desk.watch = watch_begin(options, failure)) != NULL;
    if (ok) {
        desk.interim = (struct interim){.write = publish,
                                        .context = &desk,
                                        .every_s = options->every_s != 0 ? options->every_s : WATCH_EVERY_S,
                                        .board = watch_board(desk.watch),
                                        .sending = sending.every_s > 0 ? &sending : NULL,
                                        .wanted = true};
        desk.crew = read_all(options, &desk.interim, failure);
        ok = desk.crew != NULL && publish(&desk, desk.crew, failure);
    }
    bool viewed = watch_end(desk.watch);
    ok = ok && (where == NULL || write_where(options, where, desk.crew, failure)) && write_ledger(&desk, failure) &&
         (!viewed || write_out(&desk, NULL, desk.report, NULL, failure)) && sending_all_well(&sending, failure);
    where_close(where);
    int status = ok ? desk.audit->exit_status : EXIT_TROUBLE;
    clear(&desk);
    return status;
}

typedef void write_rules(const struct audit *audit, const struct permits *permits, const struct report_options *options,
                         FILE *out);

static bool write_permits(const struct options *options, const struct desk *desk, const struct permits *permits,
                          struct failure *failure)
{
    static write_rules *const writers[FORM_COUNT] = {[FORM_TEXT] = rules_nftables, /* when none is named */
                                                     [FORM_NFTABLES] = rules_nftables,
                                                     [FORM_WINDOWS] = rules_windows,
                                                     [FORM_CISCO] = rules_cisco};
    struct output output;
    struct report_options how = command_report_options(options);
    if (!output_open(&output, options->out_file, failure))
        return false;
    writers[options->form](desk->audit, permits, &how, output.stream);
    return output_close(&output, failure);
}

int command_rules(const struct options *options, struct failure *failure)
{
    struct desk desk = {.options = options, .with_tables = true};
    struct interim at_the_end = {.write = NULL};
    struct permits permits = {0};
    bool ok = make_audit(&desk, &at_the_end, failure) && permits_gather(&permits, desk.audit, options->host, failure) &&
              write_permits(options, &desk, &permits, failure);
    permits_fini(&permits);
    clear(&desk);
    return ok ? 0 : EXIT_TROUBLE;
}

static bool write_observations(const struct options *options, struct where *where, struct crew *crew,
                               struct failure *failure)
{
    if (where != NULL)
        return write_where(options, where, crew, failure);
    struct output output;
    if (!output_open(&output, options->out_file, failure))
        return false;
    bool written = jsonl_write(crew_store(crew), output.stream, failure);
    return output_close(&output, failure) && written;
}

int command_observe(const struct options *options, struct failure *failure)
{
    struct where *where = open_where(options, failure);
    struct sending sending;
    if (failure_any(failure))
        return EXIT_TROUBLE;
    sending_init(&sending, options, where);
    struct interim in_parts = {.write = NULL, .sending = sending.every_s > 0 ? &sending : NULL};
    struct crew *crew = read_all(options, &in_parts, failure);
    bool ok = crew != NULL && write_observations(options, where, crew, failure) && sending_all_well(&sending, failure);
    crew_leave(crew);
    where_close(where);
    return ok ? 0 : EXIT_TROUBLE;
}
