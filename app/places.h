/* places: the files and folders that a run still has to open when it has given up its rights: inputs to read, the
 * folder of tables, and where outputs will stand. Whoever adds an option that names a file opened later adds it here;
 * privileges.h and sandbox.h need the list. */
#ifndef APP_PLACES_H
#define APP_PLACES_H

#include "app/options.h"

#include <sys/types.h>

struct place {
    char *path;  /* read: the file or folder; write: the folder that must be writable, which exists */
    char *file;  /* write: the file that will appear there, or NULL */
    bool writes; /* else it is read */
};

struct places {
    struct place *items;
    size_t count;
};

/* All places of a command line. False with a failure, and nothing to release, when the folder of an output file is not
 * there or memory runs out. */
bool places_of(const struct options *options, struct places *places, struct failure *failure);
void places_fini(struct places *places);

/* One more, of the file or folder `path`. Of what does not exist (yet) it is the nearest folder above that does. */
bool places_add_input(struct places *places, const char *path);
bool places_add_output(struct places *places, const char *path, bool is_folder);

/* Any that is written to? */
bool places_any_output(const struct places *places);
/* May this process, with the rights it has now, use the place? */
bool place_is_usable(const struct place *place);

#endif
