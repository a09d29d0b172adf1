/* late: through dlopen(3). */
#include "base/late.h"

#include <dlfcn.h>
#include <string.h>

bool late_load(const char *soname, const struct late_call calls[], size_t count, void *table, struct failure *failure)
{
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return failure_add(failure, "cannot load a library: %s", dlerror());
    for (size_t i = 0; i < count; i++) {
        void *address = dlsym(library, calls[i].name);
        if (address == NULL)
            return failure_add(failure, "cannot use %s: %s", soname, dlerror());
        memcpy((char *)table + calls[i].offset, &address, sizeof address);
    }
    return true;
}
