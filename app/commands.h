/* commands: what each word after `pathaudit` does. Each gives the exit status: 0, 1 or 3 of an audit, 2 with a failure.
 */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

#include "app/options.h"

#define EXIT_TROUBLE 2

int command_audit(const struct options *options, struct failure *failure);
int command_endpoints(const struct options *options, struct failure *failure);
int command_observe(const struct options *options, struct failure *failure);
int command_rules(const struct options *options, struct failure *failure);
int command_roles(const struct options *options, struct failure *failure);
/* As audit, at its end; findings are told on the way (app/watch.h). */
int command_watch(const struct options *options, struct failure *failure);
int command_tables(const struct options *options, struct failure *failure);
/* 1 when something got worse. */
int command_diff(const struct options *options, struct failure *failure);

/* Of pathaudit. */
const char *command_version(void);
/* How reports of this command line are written. */
struct report_options command_report_options(const struct options *options);

#endif
