/* command_line: words into options. A word that is none is told with the one that was probably meant. */
#include "app/option.h"
#include "app/overwrite.h"
#include "audit/nearest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMANDS_WRITTEN 128
#define NAMES_MOST       64 /* options there are room for when the nearest is looked for */

/* "audit, endpoints or diff" */
static const char *commands_written(char out[COMMANDS_WRITTEN])
{
    size_t length = 0;
    for (unsigned i = 0; i < COMMAND_COUNT && length < COMMANDS_WRITTEN; i++)
        length += (size_t)snprintf(out + length, COMMANDS_WRITTEN - length, "%s%s",
                                   i == 0                   ? ""
                                   : i + 1 == COMMAND_COUNT ? " or "
                                                            : ", ",
                                   options_commands[i]);
    return out;
}

static enum command command_of(const char *word)
{
    unsigned i = 0;
    while (i < COMMAND_COUNT && strcmp(word, options_commands[i]) != 0)
        i++;
    return (enum command)i;
}

static const struct option *find(const char *word, const char **value)
{
    *value = NULL;
    for (const struct option *option = options_known; option->name != NULL; option++) {
        if (word[1] == '-') {
            size_t length = strlen(option->name);
            if (strncmp(word + 2, option->name, length) != 0 || (word[2 + length] != '\0' && word[2 + length] != '='))
                continue;
            if (word[2 + length] == '=')
                *value = word + 2 + length + 1;
            return option;
        }
        if (option->letter != 0 && word[1] == option->letter) {
            if (word[2] != '\0')
                *value = word + 2;
            return option;
        }
    }
    return NULL;
}

static bool unknown_option(enum command command, const char *word, struct failure *failure)
{
    const char *names[NAMES_MOST], *meant = NULL;
    char bare[64];
    size_t count = 0, dashes = strspn(word, "-"), length = strcspn(word + dashes, "=");
    for (const struct option *option = options_known; option->name != NULL && count + 1 < NAMES_MOST; option++)
        if ((option->commands & OF(command)) != 0)
            names[count++] = option->name;
    names[count] = NULL;
    if (length > 1 && length < sizeof bare) {
        memcpy(bare, word + dashes, length);
        bare[length] = '\0';
        meant = nearest_is_known(bare, names) ? bare : nearest_word(bare, names);
    }
    if (meant != NULL)
        return failure_add(failure, "unknown option %s; did you mean --%s? See 'pathaudit %s --help'", word, meant,
                           options_commands[command]);
    return failure_add(failure, "unknown option %s; see 'pathaudit %s --help'", word, options_commands[command]);
}

/* "audit, rules": who takes an option that this command does not take. */
static bool option_of_others(enum command command, const struct option *option, const char *word,
                             struct failure *failure)
{
    char takers[COMMANDS_WRITTEN] = "";
    size_t length = 0;
    for (unsigned i = 0; i < COMMAND_COUNT && length < sizeof takers; i++)
        if ((option->commands & OF(i)) != 0)
            length += (size_t)snprintf(takers + length, sizeof takers - length, "%s%s", length == 0 ? "" : ", ",
                                       options_commands[i]);
    return failure_add(failure, "%s is not an option of %s (but of %s); see 'pathaudit %s --help'", word,
                       options_commands[command], takers, options_commands[command]);
}

static bool take_option(struct options *options, int argc, char **argv, int *at, struct failure *failure)
{
    const char *word = argv[*at], *value, *command = options_commands[options->command];
    const struct option *option = find(word, &value);
    if (option == NULL || (option->letter != 0 && word[1] == option->letter && !option->takes_value && value != NULL))
        return unknown_option(options->command, word, failure);
    if ((option->commands & OF(options->command)) == 0)
        return option_of_others(options->command, option, word, failure);
    if (!option->takes_value && value != NULL)
        return failure_add(failure, "%s takes no value", word);
    if (option->takes_value && value == NULL) {
        if (*at + 1 >= argc)
            return failure_add(failure, "%s needs a value; see 'pathaudit %s --help'", word, command);
        value = argv[++*at];
        const char *ignored;
        if (value[0] == '-' && value[1] != '\0' && find(value, &ignored) != NULL)
            return failure_add(failure, "%s needs a value, and %s is the next option; see 'pathaudit %s --help'", word,
                               value, command);
    }
    if (value != NULL && value[0] == '\0')
        return failure_add(failure, "%s needs a value, and this one is empty", word);
    return option->take(options, value, failure);
}

/* Who wrote `-r *.pcap`, or no -r at all, means files. */
static bool is_capture(const char *word)
{
    static const char *const ends[] = {".pcap", ".pcapng", ".cap", ".gz", ".zst"};
    size_t length = strlen(word);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t end = strlen(ends[i]);
        if (length > end && strcmp(word + length - end, ends[i]) == 0)
            return access(word, F_OK) == 0;
    }
    return false;
}

/* The words that are left are a filter, as with tcpdump. */
static bool join_filter(struct options *options, int count, char **words, struct failure *failure)
{
    enum command other = command_of(words[0]);
    if (other != COMMAND_COUNT)
        return failure_add(failure, "%s and %s are two commands: run one after the other",
                           options_commands[options->command], words[0]);
    if (is_capture(words[0]))
        return failure_add(failure, "'%s' is a file: give each its own -r, or one -r for the folder they stand in",
                           words[0]);
    size_t length = 1;
    for (int i = 0; i < count; i++)
        length += strlen(words[i]) + 1;
    options->filter = calloc(1, length);
    if (options->filter == NULL)
        return failure_add(failure, "out of memory");
    char *to = options->filter;
    for (int i = 0; i < count; i++) {
        size_t n = strlen(words[i]);
        memcpy(to, words[i], n);
        to += n;
        *to++ = i + 1 < count ? ' ' : '\0';
    }
    return true;
}

static bool unknown_command(const char *word, struct failure *failure)
{
    char commands[COMMANDS_WRITTEN];
    static const char *const of_tables[] = {"list", "show", "check", NULL};
    const char *meant = nearest_word(word, options_commands);
    if (is_capture(word))
        return failure_add(failure, "the command comes first: 'pathaudit audit -r %s'; see 'pathaudit --help'", word);
    if (nearest_is_known(word, of_tables))
        return failure_add(failure, "unknown command '%s'; did you mean 'tables %s'? See 'pathaudit --help'", word,
                           word);
    if (meant != NULL)
        return failure_add(failure, "unknown command '%s'; did you mean '%s'? See 'pathaudit --help'", word, meant);
    return failure_add(failure, "unknown command '%s': %s; see 'pathaudit --help'", word, commands_written(commands));
}

/* What comes instead of a command, or is none. */
static bool without_command(struct options *options, int argc, char **argv, struct failure *failure)
{
    char commands[COMMANDS_WRITTEN];
    const char *word = argc > 1 ? argv[1] : "";
    if (argc < 2)
        return failure_add(failure, "no command: %s; see 'pathaudit --help'", commands_written(commands));
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        options->help = options->help_all = true;
        options->command = argc > 2 ? command_of(argv[2]) : COMMAND_COUNT;
        return argc < 3 || options->command != COMMAND_COUNT || unknown_command(argv[2], failure);
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0 || strcmp(word, "version") == 0) {
        options->version = true;
        return true;
    }
    static const char *const instead[] = {"--help", "--version", NULL};
    const char *meant = word[0] == '-' && word[1] == '-' ? nearest_word(word, instead) : NULL;
    if (meant != NULL)
        return failure_add(failure, "unknown option %s; did you mean %s?", word, meant);
    if (word[0] == '-')
        return failure_add(failure,
                           "the command comes first, before %s: 'pathaudit audit %s ...'; see 'pathaudit --help'", word,
                           word);
    return unknown_command(word, failure);
}

bool options_parse(struct options *options, int argc, char **argv, struct failure *failure)
{
    memset(options, 0, sizeof *options);
    options->command = argc > 1 ? command_of(argv[1]) : COMMAND_COUNT;
    if (options->command == COMMAND_COUNT)
        return without_command(options, argc, argv, failure);
    for (int i = 2; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1] != '\0') {
            if (strcmp(argv[i], "--") != 0) {
                if (!take_option(options, argc, argv, &i, failure))
                    return false;
                continue;
            }
            i++;
            if (i == argc)
                break;
        }
        if (options_read_packets(options->command)) {
            if (!join_filter(options, argc - i, argv + i, failure))
                return false;
            break;
        }
        if (!options_operand(options, argv[i], failure))
            return false;
    }
    return options_check(options, options_commands[options->command], failure) &&
           (options->help || overwrite_check(options, failure));
}

void options_fini(struct options *options)
{
    free(options->filter);
    options->filter = NULL;
}
