/* notice: see app/notice.h. */
#include "app/notice.h"

#include "reports/clean.h"

#include <stdarg.h>
#include <stdio.h>

#define LONGEST 4096

void notice_say(const char *format, ...)
{
    char text[LONGEST], clean[LONGEST];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);
    clean_copy(text, clean, sizeof clean);
    fprintf(stderr, "pathaudit: %s\n", clean);
}
