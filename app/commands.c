/* commands: audit, endpoints and observe. */
#include "app/commands.h"

#include "app/keep.h"
#include "app/library.h"
#include "app/output.h"
#include "app/read.h"
#include "audit/audit.h"
#include "observations/directory.h"
#include "observations/jsonl.h"
#include "reports/rules.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* All that an audit borrows. */
struct desk {
    char folder[4096];
    struct interfaces *interfaces;
    struct site *site;
    struct path_table *tables[OPTIONS_MOST];
    size_t table_count;
    bool chosen;
    struct crew *crew;
    struct audit *audit;
};

static unsigned terminal_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 0;
    return size.ws_col < 60 ? 60 : size.ws_col;
}

const char *command_version(void)
{
    return PATHAUDIT_VERSION;
}

struct report_options command_report_options(const struct options *options)
{
    const char *no_colour = getenv("NO_COLOR");
    bool to_terminal = options->out_file == NULL && isatty(STDOUT_FILENO);
    bool colour = options->colour == COLOUR_ALWAYS ||
                  (options->colour == COLOUR_AUTO && to_terminal && (no_colour == NULL || no_colour[0] == '\0'));
    return (struct report_options){
        .colour = colour,
        .all = options->all,
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

/* Everything the user wrote is read before the capture is, so that a long read is not in vain; all problems at once. */
static bool read_expectations(struct desk *desk, const struct options *options, struct failure *failure)
{
    if (!library_folder(desk->folder, sizeof desk->folder, failure))
        return false;
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
    return !failure_any(failure);
}

static struct audit *judge(struct desk *desk, struct path_table *const *tables, size_t count, struct failure *failure)
{
    struct audit_inputs inputs = {
        .store = crew_store(desk->crew),
        .tables = (const struct path_table *const *)tables,
        .table_count = count,
        .site = desk->site,
        .interfaces = desk->interfaces,
        .table_chosen = desk->chosen,
    };
    return audit_create(&inputs, failure);
}

/* How many conversations a table explains. */
static size_t explained(const struct audit *audit)
{
    size_t count = 0;
    for (size_t i = 0; i < audit->conversation_count; i++)
        count += audit->conversations[i].owner_count > 0;
    return count;
}

/* Of the tables that come with pathaudit the one that explains most conversations; the first of equals by name. */
static bool choose_table(struct desk *desk, struct failure *failure)
{
    char **names;
    size_t count, most = 0;
    if (!library_names(desk->folder, &names, &count, failure))
        return false;
    struct path_table *best = NULL;
    for (size_t i = 0; i < count && !failure_any(failure); i++) {
        struct path_table *table = library_table(desk->folder, names[i], failure);
        struct audit *audit = table != NULL ? judge(desk, &table, 1, failure) : NULL;
        size_t here = audit != NULL ? explained(audit) : 0;
        audit_destroy(audit);
        bool better = table != NULL && (best == NULL || here > most);
        table_destroy(better ? best : table);
        if (better) {
            best = table;
            most = here;
        }
    }
    library_free_names(names, count);
    if (best == NULL && !failure_any(failure))
        failure_add(failure, "%s: no tables there; name one with -t", desk->folder);
    if (failure_any(failure)) {
        table_destroy(best);
        return false;
    }
    desk->tables[desk->table_count++] = best;
    desk->chosen = true;
    return true;
}

static void clear(struct desk *desk)
{
    audit_destroy(desk->audit);
    crew_destroy(desk->crew);
    for (size_t i = 0; i < desk->table_count; i++)
        table_destroy(desk->tables[i]);
    site_destroy(desk->site);
    interfaces_destroy(desk->interfaces);
}

static bool make_audit(struct desk *desk, const struct options *options, bool with_tables, struct failure *failure)
{
    if (!read_expectations(desk, options, failure))
        return false;
    desk->crew = read_all(options, failure);
    if (desk->crew == NULL)
        return false;
    if (with_tables && desk->table_count == 0 && !choose_table(desk, failure))
        return false;
    desk->audit = judge(desk, desk->tables, with_tables ? desk->table_count : 0, failure);
    return desk->audit != NULL;
}

typedef void write_report(const struct audit *audit, const struct report_options *options, FILE *out);

/* The forms that options.c lets pass. */
static write_report *const audit_writers[FORM_COUNT] = {
    [FORM_TEXT] = report_text, [FORM_JSON] = report_json, [FORM_CSV] = report_csv};
static write_report *const endpoint_writers[FORM_COUNT] = {
    [FORM_TEXT] = endpoints_text, [FORM_JSON] = endpoints_json, [FORM_CSV] = endpoints_csv};

/* `file`: NULL for standard output. */
static bool write_out(const struct options *options, const struct desk *desk, const char *file, write_report *report,
                      struct failure *failure)
{
    struct output output;
    struct report_options how = command_report_options(options);
    how.interfaces = desk->interfaces;
    if (!output_open(&output, file, failure))
        return false;
    report(desk->audit, &how, output.stream);
    return output_close(&output, failure);
}

static bool write_proposal(const struct options *options, const struct desk *desk, struct failure *failure)
{
    return options->propose == NULL || write_out(options, desk, options->propose, propose_exceptions, failure);
}

/* -w: once it is known what is unexpected, the files are read a second time. */
static bool keep_packets(const struct options *options, const struct desk *desk, struct failure *failure)
{
    if (options->keep_file == NULL)
        return true;
    struct keep *keep = keep_open(options, failure);
    if (keep == NULL)
        return false;
    keep_choose(keep, desk->audit);
    bool ok = keep_read_again(keep, options, crew_packets(desk->crew), failure) && keep_close(keep, failure);
    keep_destroy(keep);
    return ok;
}

int command_audit(const struct options *options, struct failure *failure)
{
    struct desk desk = {0};
    int status = EXIT_TROUBLE;
    if (make_audit(&desk, options, true, failure) && keep_packets(options, &desk, failure) &&
        write_proposal(options, &desk, failure) &&
        write_out(options, &desk, options->out_file, audit_writers[options->form], failure))
        status = desk.audit->exit_status;
    clear(&desk);
    return status;
}

int command_endpoints(const struct options *options, struct failure *failure)
{
    struct desk desk = {0};
    bool ok = make_audit(&desk, options, false, failure) &&
              write_out(options, &desk, options->out_file, endpoint_writers[options->form], failure);
    clear(&desk);
    return ok ? 0 : EXIT_TROUBLE;
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
    struct desk desk = {0};
    struct permits permits = {0};
    bool ok = make_audit(&desk, options, true, failure) &&
              permits_gather(&permits, desk.audit, options->host, failure) &&
              write_permits(options, &desk, &permits, failure);
    permits_fini(&permits);
    clear(&desk);
    return ok ? 0 : EXIT_TROUBLE;
}

int command_observe(const struct options *options, struct failure *failure)
{
    struct crew *crew = read_all(options, failure);
    if (crew == NULL)
        return EXIT_TROUBLE;
    struct output output;
    bool ok;
    if (options->where != NULL) {
        struct observations *stores[CREW_OBSERVERS_MOST];
        size_t count = crew_stores(crew, stores);
        ok = directory_write(stores, count, options->where, failure);
    } else {
        ok = output_open(&output, options->out_file, failure);
        if (ok) {
            ok = jsonl_write(crew_store(crew), output.stream, failure);
            ok = output_close(&output, failure) && ok;
        }
    }
    crew_destroy(crew);
    return ok ? 0 : EXIT_TROUBLE;
}
