/* option: the rows of the table of options, for who reads the command line and who tells of it in --help. */
#ifndef APP_OPTION_H
#define APP_OPTION_H

#include "app/options.h"

#define OF(command) (1u << (command))

struct option {
    char letter;      /* 0 when it has none */
    const char *name; /* without dashes */
    unsigned commands;
    bool takes_value;
    bool (*take)(struct options *options, const char *value, struct failure *failure);
};

/* All options, ended by one without a name; and the words of the commands, ended by NULL. */
extern const struct option options_known[];
extern const char *const options_commands[COMMAND_COUNT + 1];

/* Does the command take the option of this name (without dashes, `length` bytes)? */
bool options_takes(enum command command, const char *name, size_t length);
/* Adds a word that is no option, to `tables` or `diff`. */
bool options_operand(struct options *options, const char *word, struct failure *failure);

#endif
