/* version: which pathaudit this is, and with which libraries it runs. */
#ifndef APP_VERSION_H
#define APP_VERSION_H

#include <stdio.h>

/* A line for pathaudit and one for each library, as loaded now, not as built with. */
void version_print(FILE *out);

#endif
