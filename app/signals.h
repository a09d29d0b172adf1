/* signals: what the outside asks of a run that reads: to stop (SIGINT, SIGTERM), or for a report now
 * (SIGUSR1). */
#ifndef APP_SIGNALS_H
#define APP_SIGNALS_H

#include <stdbool.h>

/* From now on the first SIGINT or SIGTERM is a request, and one that comes more than half a second later ends the
 * program at once. */
void signals_catch(void);
bool signals_stop_asked(void);
/* True once after each SIGUSR1 or several. */
bool signals_take_report(void);

#endif
