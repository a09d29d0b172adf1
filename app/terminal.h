/* terminal: what can be shown where standard output or standard error goes. */
#ifndef APP_TERMINAL_H
#define APP_TERMINAL_H

#include <stdbool.h>

/* Is the file a terminal that understands more than lines (TERM is set, and not to "dumb")? */
bool terminal_is_able(int file);
/* Columns of the terminal that standard output is; 0 when it is none, or does not tell. */
unsigned terminal_width(void);
/* Is standard output a terminal whose locale is not UTF-8 (LC_ALL, LC_CTYPE, LANG: the first that is set)? */
bool terminal_is_ascii(void);

#endif
