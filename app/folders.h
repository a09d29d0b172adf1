/* folders: what files are in a folder and the folders below it, and what of them was passed over. */
#ifndef APP_FOLDERS_H
#define APP_FOLDERS_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>

struct folder_files {
    char **paths; /* in order of names, numbers in them by value */
    size_t count, room;
    size_t hidden;        /* names that begin with a dot, folders included */
    size_t links;         /* symbolic links to folders: not followed, so that no loop can arise */
    size_t too_deep;      /* folders below the 16th */
    size_t no_files;      /* named pipes, devices and sockets: they might wait for ever */
    size_t unreadable;    /* folders */
    char *one_unreadable; /* the first of them, or NULL */
};

/* Files of `path`, of which nothing but the name is looked at. A link to a file counts as the file. False with a
 * failure when the folder itself cannot be read or memory runs out; folder_fini in any case. */
bool folder_list(struct folder_files *files, const char *path, struct failure *failure);
void folder_fini(struct folder_files *files);

/* Of a path where nothing is: when a file beside it has a name much like it, says that this may have been meant. */
void folder_meant(const char *path, struct failure *failure);

#endif
