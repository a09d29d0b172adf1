/* rpcfact: see audit/rpcfact.h. */
#include "audit/rpcfact.h"

#include <stdlib.h>
#include <string.h>

static bool number_take(const char **at, char end, uint16_t *out)
{
    char *stop;
    if (**at < '0' || **at > '9')
        return false;
    unsigned long number = strtoul(*at, &stop, 10);
    if (*stop != end || number > UINT16_MAX)
        return false;
    *out = (uint16_t)number;
    *at = stop + 1;
    return true;
}

bool rpcfact_parse(const char *text, struct uuid *interface, uint16_t *major, uint16_t *minor)
{
    char uuid[UUID_TEXT];
    if (strlen(text) < UUID_TEXT || text[UUID_TEXT - 1] != '/')
        return false;
    memcpy(uuid, text, UUID_TEXT - 1);
    uuid[UUID_TEXT - 1] = '\0';
    const char *version = text + UUID_TEXT;
    return uuid_parse(uuid, interface) && number_take(&version, '.', major) && number_take(&version, '\0', minor);
}
