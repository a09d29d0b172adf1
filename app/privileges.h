/* privileges: who the program is while it reads hostile bytes: an unprivileged user where it was started by root, and
 * nobody's capabilities in any case. Devices are opened before, threads are made after: capabilities belong to a
 * thread. */
#ifndef APP_PRIVILEGES_H
#define APP_PRIVILEGES_H

#include "app/places.h"

/* Gives up all rights that are not needed to use these places. `user` is who to become, or NULL to let us choose (see
 * privileges.c). False with a failure that says what to do. */
bool privileges_drop(const char *user, const struct places *places, struct failure *failure);

#endif
