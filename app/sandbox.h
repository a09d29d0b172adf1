/* sandbox: what the program may still ask of the system while it reads hostile bytes. From here on it runs no other
 * program, makes no process, opens no socket (unless the command line names an address to talk to), traces nobody, and
 * writes nowhere but below the folders of its outputs. */
#ifndef APP_SANDBOX_H
#define APP_SANDBOX_H

#include "app/places.h"

struct sandbox_needs {
    const struct places *places;
    bool receives; /* packets, from sockets that are open already, by which nothing goes out then */
    bool serves;   /* whoever connects to a socket that is open already */
    bool sends;    /* datagrams from sockets that are open already */
    bool forks;    /* copies of itself, as for reports in between; they are held to the same */
    bool connects; /* opens sockets: the command line names a server to talk to */
};

/* Once, before threads are made; all that come later are held to it as well. What is denied ends the program with a
 * line on standard error and status 2. *refused: the system offers no filter of system calls (some containers do not),
 * and nothing was changed in that respect. False with a failure when memory runs out. */
bool sandbox_enter(const struct sandbox_needs *needs, bool *refused, struct failure *failure);

#endif
