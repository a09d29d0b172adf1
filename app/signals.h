/* signals: what the outside asks of a run that reads: to stop (SIGINT, SIGTERM, and SIGHUP when a terminal is closed),
 * or for a report now (SIGUSR1). */
#ifndef APP_SIGNALS_H
#define APP_SIGNALS_H

#include <stdbool.h>

/* From now on the first of these is a request, and one that comes more than half a second later ends the program at
 * once. SIGHUP stays ignored where it is (nohup). */
void signals_catch(void);
/* A file that is removed when this process is ended so: half of it helps nobody, and it holds secrets. Borrowed until
 * it is called again with NULL. */
void signals_doom(const char *path);
bool signals_stop_asked(void);
/* True once after each SIGUSR1 or several. */
bool signals_take_report(void);

#endif
