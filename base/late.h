/* late: libraries that are loaded when they are needed, and not with the program. What speaks HTTP brings two dozen
 * others along: to load them takes longer than to audit a small capture, and a process that reads packets has no use
 * for them. */
#ifndef BASE_LATE_H
#define BASE_LATE_H

#include "base/failure.h"

#include <stddef.h>

/* A function of the library, and where in a table its address belongs. */
struct late_call {
    const char *name;
    size_t offset;
};

/* Loads the library of this soname, and puts the addresses of all these functions into `table`, a structure of pointers
 * to functions. It stays for as long as the process does. False with a failure that says what is not there. To be done
 * before the sandbox is entered, in which nothing that can be run is loaded any more. */
bool late_load(const char *soname, const struct late_call calls[], size_t count, void *table, struct failure *failure);

#endif
