/* terminal: asked of the environment, as POSIX has it (Base Definitions, 8.2), and of the device. No locale is set:
 * what the program writes into files and pipes must not depend on one. */
#include "app/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LEAST 60 /* columns that a report needs */

bool terminal_is_able(int file)
{
    const char *kind = getenv("TERM");
    return isatty(file) && kind != NULL && kind[0] != '\0' && strcmp(kind, "dumb") != 0;
}

unsigned terminal_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 0;
    return size.ws_col < LEAST ? LEAST : size.ws_col;
}

bool terminal_is_ascii(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *locale = "", *value;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0] && locale[0] == '\0'; i++)
        if ((value = getenv(variables[i])) != NULL)
            locale = value;
    const char *dot = strchr(locale, '.');
    bool is_utf8 = dot != NULL && (strncasecmp(dot + 1, "UTF-8", 5) == 0 || strncasecmp(dot + 1, "UTF8", 4) == 0);
    return isatty(STDOUT_FILENO) && !is_utf8;
}
