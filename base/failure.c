/* failure: collects problems as lines of text in a fixed buffer; nothing here can fail itself. */
#include "base/failure.h"

#include <stdarg.h>
#include <stdio.h>

bool failure_add(struct failure *failure, const char *format, ...)
{
    failure->count++;
    size_t left = sizeof failure->text - failure->length;
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (written < 0)
        line[0] = '\0';
    int added = snprintf(failure->text + failure->length, left, "%s%s", failure->length > 0 ? "\n" : "", line);
    if (added < 0 || (size_t)added >= left) {
        failure->text[failure->length] = '\0';
        failure->omitted++;
    } else {
        failure->length += (size_t)added;
    }
    return false;
}
