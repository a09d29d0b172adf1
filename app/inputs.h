/* inputs: the captures behind the words of -r: files, folders of files, rings of rotated ones, pipes. Hides walking
 * through folders, telling captures from other files, the same file named twice, and putting all in order of time by
 * their first packet. */
#ifndef APP_INPUTS_H
#define APP_INPUTS_H

#include "app/options.h"

#include <sys/types.h>

struct input {
    char *path;       /* as given, or folder/name; "-" for standard input */
    const char *name; /* for people: the path, or "standard input" */
    size_t word;      /* of -r, from 0 */
    size_t turn;      /* as given, within a folder by name */
    bool is_pipe;     /* can be read only once; nothing else is known of it */
    bool in_folder;   /* not named itself */
    bool is_packed;
    int64_t first_ns;  /* of its first packet; INT64_MIN when it has none */
    uint64_t bytes;    /* of the file */
    int64_t change_ns; /* when it was last written to, by the clock of its file system */
    dev_t device;
    ino_t number;
};

struct inputs {
    const struct words *words;
    struct input *items; /* files in order of time, then pipes as given */
    size_t count, room;
    uint64_t bytes; /* of all files */
    bool has_pipe;
    bool follow, quiet;
};

/* All that the words name. False with a failure that tells every word that cannot be read. What is passed over, named
 * twice, or read in another order than given, is told on standard error unless `quiet`. With `follow` a file or folder
 * may have no packet yet. */
bool inputs_find(struct inputs *inputs, const struct words *words, bool follow, bool quiet, struct failure *failure);
void inputs_fini(struct inputs *inputs);

/* While following: looks again at what the word names for the capture whose first packet is the next after `after_ns`,
 * of files that were written to at or after `since_ns` by the clock of their file system, and appends it. False when
 * there is none (yet). */
bool inputs_find_newer(struct inputs *inputs, size_t word, int64_t after_ns, int64_t since_ns);
bool inputs_is_folder(const struct inputs *inputs, size_t word);

#endif
