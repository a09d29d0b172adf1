/* options: the table of options: which commands take them, and what their values may be. */
#include "app/option.h"

#include "app/crew.h"
#include "app/keep.h"
#include "audit/nearest.h"
#include "base/clock.h"
#include "watch/entrance.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Commands that read packets, and those that read something else. */
#define ONCE   (OF(COMMAND_AUDIT) | OF(COMMAND_ENDPOINTS) | OF(COMMAND_OBSERVE) | OF(COMMAND_RULES) | OF(COMMAND_ROLES))
#define ALL    (ONCE | OF(COMMAND_WATCH))
#define JUDGES (OF(COMMAND_AUDIT) | OF(COMMAND_ENDPOINTS) | OF(COMMAND_RULES) | OF(COMMAND_ROLES))
#define OTHERS (OF(COMMAND_TABLES) | OF(COMMAND_DIFF))

const char *const options_commands[COMMAND_COUNT + 1] = {"audit", "endpoints", "observe", "rules",
                                                         "roles", "tables",    "diff",    "watch"};

static bool add_word(struct words *words, const char *option, const char *value, struct failure *failure)
{
    if (words->count == OPTIONS_MOST)
        return failure_add(failure, "%s: given more than %d times", option, OPTIONS_MOST);
    words->items[words->count++] = value;
    return true;
}

static bool take_read(struct options *options, const char *value, struct failure *failure)
{
    return add_word(&options->files, "-r", value, failure);
}

static bool take_device(struct options *options, const char *value, struct failure *failure)
{
    for (size_t i = 0; i < options->devices.count; i++)
        if (strcmp(options->devices.items[i], value) == 0)
            return failure_add(failure, "-i %s: given twice", value);
    if (options->devices.count == SOURCES_AT_ONCE)
        return failure_add(failure, "-i %s: at most %d interfaces at once", value, SOURCES_AT_ONCE);
    return add_word(&options->devices, "-i", value, failure);
}

static bool take_number(uint64_t *number, const char *option, const char *value, const char *of,
                        struct failure *failure)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || n == 0)
        return failure_add(failure, "%s %s: a whole number%s from 1", option, value, of);
    *number = n;
    return true;
}

static bool take_duration(struct options *options, const char *value, struct failure *failure)
{
    return take_number(&options->duration_s, "--duration", value, " of seconds", failure);
}

static bool take_packets(struct options *options, const char *value, struct failure *failure)
{
    return take_number(&options->packets, "--packets", value, "", failure);
}

static bool take_within(unsigned *out, const char *option, const char *value, unsigned least, unsigned most,
                        const char *of, struct failure *failure)
{
    char *end;
    unsigned long n = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || n < least || n > most)
        return failure_add(failure, "%s %s: a number%s from %u to %u", option, value, of, least, most);
    *out = (unsigned)n;
    return true;
}

static bool take_snaplen(struct options *options, const char *value, struct failure *failure)
{
    return take_within(&options->device.snaplen_bytes, "--snaplen", value, DEVICE_SNAPLEN_LEAST, DEVICE_SNAPLEN_DEFAULT,
                       " of bytes", failure);
}

static bool take_buffer(struct options *options, const char *value, struct failure *failure)
{
    return take_within(&options->device.buffer_mib, "--buffer", value, 1, DEVICE_BUFFER_MOST, " of MiB", failure);
}

static bool take_every(struct options *options, const char *value, struct failure *failure)
{
    return take_within(&options->every_s, "--every", value, 1, 31536000, " of seconds", failure);
}

static bool take_fanout(struct options *options, const char *value, struct failure *failure)
{
    return take_within(&options->fanout, "--fanout", value, 2, CREW_OBSERVERS_MOST, "", failure);
}

static bool take_workers(struct options *options, const char *value, struct failure *failure)
{
    options->workers_given = true;
    return take_within(&options->workers, "--workers", value, 0, CREW_OBSERVERS_MOST, "", failure);
}

static bool take_from(struct options *options, const char *value, struct failure *failure)
{
    return where_check(value, "--from", failure) && add_word(&options->from, "--from", value, failure);
}

static bool take_time(int64_t *time_ns, const char *option, const char *value, struct failure *failure)
{
    return clock_parse(value, time_ns) ||
           failure_add(failure, "%s %s: a day or a time in UTC, such as 2026-11-20 or 2026-11-20T09:00:00", option,
                       value);
}

static bool take_since(struct options *options, const char *value, struct failure *failure)
{
    return take_time(&options->since_ns, "--since", value, failure);
}

static bool take_until(struct options *options, const char *value, struct failure *failure)
{
    return take_time(&options->until_ns, "--until", value, failure);
}

static bool take_table(struct options *options, const char *value, struct failure *failure)
{
    return add_word(&options->tables, "-t", value, failure);
}

static bool take_rpc_interfaces(struct options *options, const char *value, struct failure *failure)
{
    return add_word(&options->rpc_interfaces, "--rpc-interfaces", value, failure);
}

static bool take_site(struct options *options, const char *value, struct failure *failure)
{
    if (options->site != NULL && strcmp(options->site, value) != 0)
        return failure_add(failure, "-s %s and -s %s: a run has one site file; put all hosts into one", options->site,
                           value);
    options->site = value;
    return true;
}

static bool take_out(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->out_file = value;
    return true;
}

static bool take_where(struct options *options, const char *value, struct failure *failure)
{
    options->where = value;
    return where_check(value, "-O", failure);
}

static bool take_spool(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->spool = value;
    return true;
}

static bool take_send_every(struct options *options, const char *value, struct failure *failure)
{
    options->send_every_given = true;
    return take_within(&options->send_every_s, "--send-every", value, 0, 86400, " of seconds", failure);
}

static bool take_spool_mib(struct options *options, const char *value, struct failure *failure)
{
    unsigned mib = 0;
    bool ok = take_within(&mib, "--spool-mib", value, 1, 1u << 24, " of MiB", failure);
    options->spool_mib = mib;
    return ok;
}

static const char *const form_names[FORM_COUNT] = {"text",     "json",    "jsonl",     "csv",  "ecs", "tsv",
                                                   "nftables", "windows", "cisco-asa", "yaml", "html"};
static const unsigned forms_of[COMMAND_COUNT] = {
    [COMMAND_AUDIT] = OF(FORM_TEXT) | OF(FORM_JSON) | OF(FORM_CSV) | OF(FORM_ECS) | OF(FORM_HTML),
    [COMMAND_ENDPOINTS] = OF(FORM_TEXT) | OF(FORM_JSON) | OF(FORM_CSV),
    [COMMAND_OBSERVE] = OF(FORM_JSONL),
    [COMMAND_TABLES] = OF(FORM_TEXT) | OF(FORM_JSON) | OF(FORM_CSV) | OF(FORM_TSV),
    [COMMAND_DIFF] = OF(FORM_TEXT) | OF(FORM_JSON),
    [COMMAND_ROLES] = OF(FORM_TEXT) | OF(FORM_JSON) | OF(FORM_YAML),
    [COMMAND_RULES] = OF(FORM_NFTABLES) | OF(FORM_WINDOWS) | OF(FORM_CISCO),
};

/* "text, json or csv" */
static const char *forms_written(enum command command, char out[96])
{
    unsigned left = forms_of[command];
    size_t length = 0;
    out[0] = '\0';
    for (unsigned i = 0; left != 0; i++) {
        if ((left & OF(i)) == 0)
            continue;
        left &= ~OF(i);
        const char *between = length == 0 ? "" : left == 0 ? " or " : ", ";
        length += (size_t)snprintf(out + length, 96 - length, "%s%s", between, form_names[i]);
    }
    return out;
}

static bool take_form(struct options *options, const char *value, struct failure *failure)
{
    char forms[96], meant[NEAREST_MEANT];
    const char *known[FORM_COUNT + 1] = {NULL};
    size_t count = 0;
    for (unsigned i = 0; i < FORM_COUNT; i++) {
        if ((forms_of[options->command] & OF(i)) == 0)
            continue;
        known[count++] = form_names[i];
        if (strcmp(value, form_names[i]) == 0) {
            options->form = (enum form)i;
            options->form_given = true;
            return true;
        }
    }
    return failure_add(failure, "-T %s:%s %s writes %s", value, nearest_meant(value, known, meant),
                       options_commands[options->command], forms_written(options->command, forms));
}

static bool take_explain(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->explain = value;
    return true;
}

static bool take_ledger(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->ledger = value;
    return true;
}

static bool take_propose(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->propose = value;
    return true;
}

static bool take_host(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->host = value;
    return true;
}

static bool take_anonymize(struct options *options, const char *value, struct failure *failure)
{
    (void)value;
    (void)failure;
    options->anonymize = true;
    return true;
}

static bool take_anonymize_key(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->anonymize_key = value;
    return true;
}

static bool take_sensor(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->sensor = value;
    return true;
}

static bool take_listen(struct options *options, const char *value, struct failure *failure)
{
    struct address address;
    uint16_t port;
    options->listen = value;
    return entrance_parse(value, &address, &port, failure);
}

static bool take_token_file(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->token_file = value;
    return true;
}

static bool take_findings(struct options *options, const char *value, struct failure *failure)
{
    return add_word(&options->findings, "--findings", value, failure);
}

/* Which of `words` (ended by NULL) it is. */
static bool take_one_of(unsigned *out, const char *option, const char *value, const char *const *words,
                        struct failure *failure)
{
    char meant[NEAREST_MEANT], all[128] = "";
    size_t length = 0;
    for (unsigned i = 0; words[i] != NULL; i++) {
        if (strcmp(value, words[i]) == 0) {
            *out = i;
            return true;
        }
        length += (size_t)snprintf(all + length, sizeof all - length, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    return failure_add(failure, "%s %s:%s one of %s", option, value, nearest_meant(value, words, meant), all);
}

static bool take_only(struct options *options, const char *value, struct failure *failure)
{
    static const char *const words[] = {"conversations", "paths", "endpoints", "findings", NULL};
    unsigned i = 0;
    if (!take_one_of(&i, "--only", value, words, failure))
        return false;
    options->only = (enum report_only)(i + 1); /* 0 is everything */
    return true;
}

static bool take_colour(struct options *options, const char *value, struct failure *failure)
{
    static const char *const words[] = {"auto", "always", "never", NULL};
    unsigned i = 0;
    if (!take_one_of(&i, "--color", value, words, failure))
        return false;
    options->colour = (enum colour)i;
    return true;
}

static bool take_memory(struct options *options, const char *value, struct failure *failure)
{
    unsigned mib = 0;
    bool ok = take_within(&mib, "--memory", value, 16, 1048576, " of MiB", failure);
    options->memory_mib = mib;
    return ok;
}

static bool take_keep_file(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->keep_file = value;
    return true;
}

static bool take_keep(struct options *options, const char *value, struct failure *failure)
{
    return keep_verdicts_parse(value, &options->keep_verdicts, failure);
}

static bool take_keep_mib(struct options *options, const char *value, struct failure *failure)
{
    unsigned mib = 0;
    bool ok = take_within(&mib, "--keep-mib", value, 1, 1u << 24, " of MiB", failure);
    options->keep_mib = mib;
    return ok;
}

static bool take_user(struct options *options, const char *value, struct failure *failure)
{
    (void)failure;
    options->user = value;
    return true;
}

/* Options without a value. */
#define TAKES_FLAG(name, member)                                                                                       \
    static bool take_##name(struct options *options, const char *value, struct failure *failure)                       \
    {                                                                                                                  \
        (void)value;                                                                                                   \
        (void)failure;                                                                                                 \
        options->member = true;                                                                                        \
        return true;                                                                                                   \
    }
TAKES_FLAG(no_promiscuous, device.not_promiscuous)
TAKES_FLAG(quiet, quiet)
TAKES_FLAG(follow, follow)
TAKES_FLAG(all, all)
TAKES_FLAG(no_second_opinion, no_second_opinion)
TAKES_FLAG(no_sandbox, no_sandbox)
TAKES_FLAG(keep_apart, keep_apart)
TAKES_FLAG(help, help)
#undef TAKES_FLAG

const struct option options_known[] = {
    {'r', "read", ALL, true, take_read},
    {0, "follow", ALL, false, take_follow},
    {'i', "interface", ALL, true, take_device},
    {0, "duration", ALL, true, take_duration},
    {0, "packets", ALL, true, take_packets},
    {0, "snaplen", ALL, true, take_snaplen},
    {0, "buffer", ALL, true, take_buffer},
    {0, "no-promiscuous", ALL, false, take_no_promiscuous},
    {0, "every", OF(COMMAND_AUDIT) | OF(COMMAND_ENDPOINTS) | OF(COMMAND_WATCH), true, take_every},
    {0, "fanout", ALL, true, take_fanout},
    {0, "workers", ALL, true, take_workers},
    {0, "from", JUDGES, true, take_from},
    {0, "since", JUDGES, true, take_since},
    {0, "until", JUDGES, true, take_until},
    {'t', "table", OF(COMMAND_AUDIT) | OF(COMMAND_RULES) | OF(COMMAND_WATCH), true, take_table},
    {'s', "site", JUDGES | OF(COMMAND_TABLES) | OF(COMMAND_WATCH), true, take_site},
    {0, "rpc-interfaces", JUDGES | OF(COMMAND_WATCH), true, take_rpc_interfaces},
    {'T', "format", ONCE | OTHERS, true, take_form},
    {'o', "output", ONCE | OTHERS, true, take_out},
    {'O', "observations", OF(COMMAND_OBSERVE) | OF(COMMAND_WATCH), true, take_where},
    {0, "spool", OF(COMMAND_OBSERVE) | OF(COMMAND_WATCH), true, take_spool},
    {0, "send-every", OF(COMMAND_OBSERVE) | OF(COMMAND_WATCH), true, take_send_every},
    {0, "spool-mib", OF(COMMAND_OBSERVE) | OF(COMMAND_WATCH), true, take_spool_mib},
    {0, "for", OF(COMMAND_RULES), true, take_host},
    {0, "anonymize", OF(COMMAND_AUDIT) | OF(COMMAND_ENDPOINTS), false, take_anonymize},
    {0, "anonymize-key", OF(COMMAND_AUDIT) | OF(COMMAND_ENDPOINTS), true, take_anonymize_key},
    {0, "sensor", ALL, true, take_sensor},
    {0, "listen", OF(COMMAND_WATCH), true, take_listen},
    {0, "token-file", OF(COMMAND_WATCH), true, take_token_file},
    {0, "findings", OF(COMMAND_WATCH), true, take_findings},
    {0, "memory", ALL, true, take_memory},
    {0, "explain", OF(COMMAND_AUDIT), true, take_explain},
    {0, "ledger", OF(COMMAND_AUDIT) | OF(COMMAND_ENDPOINTS) | OF(COMMAND_WATCH), true, take_ledger},
    {0, "propose-exceptions", OF(COMMAND_AUDIT), true, take_propose},
    {0, "only", OF(COMMAND_AUDIT), true, take_only},
    {0, "all", OF(COMMAND_AUDIT) | OF(COMMAND_DIFF), false, take_all},
    {0, "color", ALL | OTHERS, true, take_colour},
    {0, "keep-apart", ALL, false, take_keep_apart},
    {0, "no-second-opinion", ALL, false, take_no_second_opinion},
    {'w', "write", OF(COMMAND_AUDIT), true, take_keep_file},
    {0, "keep", OF(COMMAND_AUDIT), true, take_keep},
    {0, "keep-mib", OF(COMMAND_AUDIT), true, take_keep_mib},
    {0, "user", ALL, true, take_user},
    {0, "no-sandbox", ALL, false, take_no_sandbox},
    {'q', "quiet", ALL, false, take_quiet},
    {'h', "help", ALL | OTHERS, false, take_help},
    {0, NULL, 0, false, NULL},
};

struct where_needs options_spool(const struct options *options)
{
    return (struct where_needs){options->spool, (size_t)options->spool_mib << 20, options->devices.count > 0};
}

const char *options_folder_written(const struct options *options)
{
    if (where_folder(options->where) != NULL)
        return where_folder(options->where);
    return options->spool != NULL ? options->spool : WHERE_SPOOL;
}

bool options_connect(const struct options *options)
{
    bool connects = options->where != NULL && where_is_far(options->where);
    for (size_t i = 0; i < options->from.count; i++)
        connects = connects || where_is_far(options->from.items[i]);
    return connects;
}

bool options_read_packets(enum command command)
{
    return (ALL & OF(command)) != 0;
}

bool options_takes(enum command command, const char *name, size_t length)
{
    for (const struct option *option = options_known; option->name != NULL; option++)
        if (strncmp(option->name, name, length) == 0 && option->name[length] == '\0')
            return (option->commands & OF(command)) != 0;
    return false;
}

bool options_operand(struct options *options, const char *word, struct failure *failure)
{
    return add_word(&options->operands, options_commands[options->command], word, failure);
}
