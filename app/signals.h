/* signals: what the outside asks of a run that reads: to stop (SIGINT, SIGTERM). */
#ifndef APP_SIGNALS_H
#define APP_SIGNALS_H

#include <stdbool.h>

/* From now on the first of them is a request, and the second ends the program at once. */
void signals_catch(void);
bool signals_stop_asked(void);

#endif
