/* places: gathered from the options. A folder of captures stands for every file in it, since each may belong to
 * somebody else. Hides how "may I?" is asked: with effective ids, and with the sticky bit of a folder such as /tmp in
 * mind, in which only the owner of a file may replace it (inode(7)). */
#include "app/places.h"

#include "app/library.h"
#include "watch/outlets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool add(struct places *places, bool writes, char *path, char *file)
{
    struct place *more = path != NULL ? realloc(places->items, (places->count + 1) * sizeof *more) : NULL;
    if (more == NULL) {
        free(path);
        free(file);
        return false;
    }
    places->items = more;
    places->items[places->count++] = (struct place){.path = path, .file = file, .writes = writes};
    return true;
}

static bool add_files_in(struct places *places, const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    bool ok = true;
    while (ok && folder != NULL && (entry = readdir(folder)) != NULL) {
        char *file = NULL;
        if (entry->d_name[0] != '.' && asprintf(&file, "%s/%s", path, entry->d_name) < 0)
            file = NULL;
        ok = entry->d_name[0] == '.' || add(places, false, file, NULL);
    }
    if (folder != NULL)
        closedir(folder);
    return ok;
}

/* Makes of a path the one of the folder it lies in. */
static void to_parent(char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        memcpy(path, ".", 2);
    else
        slash[slash == path] = '\0';
}

/* What of a path is there: itself, or the nearest folder above it; true when it is a folder. The room behind `path`
 * holds at least two bytes. */
static bool to_what_exists(char *path)
{
    struct stat about;
    while (stat(path, &about) != 0) {
        if (strcmp(path, "/") == 0 || strcmp(path, ".") == 0)
            return true;
        to_parent(path);
    }
    return S_ISDIR(about.st_mode);
}

/* A copy with room for ".". */
static char *copy(const char *path)
{
    size_t length = strlen(path);
    char *text = malloc(length + 2);
    return text != NULL ? memcpy(text, path, length + 1) : NULL;
}

bool places_add_input(struct places *places, const char *path)
{
    if (strcmp(path, "-") == 0)
        return true;
    char *there = copy(path);
    bool is_folder = there != NULL && to_what_exists(there);
    bool is_given = there != NULL && strcmp(there, path) == 0;
    return add(places, false, there, NULL) && (!is_folder || !is_given || add_files_in(places, path));
}

bool places_add_output(struct places *places, const char *path, bool is_folder)
{
    char *folder = copy(path), *file = is_folder ? NULL : strdup(path);
    if (folder != NULL && !is_folder)
        to_parent(folder);
    if (folder != NULL && !to_what_exists(folder))
        to_parent(folder); /* a file is where the folder should be: whoever writes tells it */
    if (!is_folder && file == NULL) {
        free(folder);
        return false;
    }
    return add(places, true, folder, file);
}

#define OUTPUT_FILES 4

/* Every option that names a file to be written; NULL where it is not given. */
static void outputs_of(const struct options *options, const char *out[OUTPUT_FILES])
{
    out[0] = options->out_file;
    out[1] = options->propose;
    out[2] = options->keep_file;
    out[3] = options->ledger;
}

/* A file whose folder is not there, or that is one, is told now and not when all has been read. */
static bool check_folder(const char *file, struct failure *failure)
{
    struct stat about;
    char *folder = copy(file);
    if (folder == NULL)
        return failure_add(failure, "out of memory");
    to_parent(folder);
    bool ok = stat(folder, &about) == 0 ||
              (errno == ENOENT ? failure_add(failure, "%s: cannot write: there is no folder %s", file, folder)
                               : failure_add(failure, "%s: cannot write: %s", file, strerror(errno)));
    if (ok && stat(file, &about) == 0 && S_ISDIR(about.st_mode))
        ok = failure_add(failure, "%s: cannot write: is a folder; name a file in it", file);
    free(folder);
    return ok;
}

static bool gather(const struct options *options, struct places *places)
{
    char tables[4096];
    struct failure ignored = {.count = 0};
    bool ok = true;
    for (size_t i = 0; ok && i < options->files.count; i++)
        ok = places_add_input(places, options->files.items[i]);
    for (size_t i = 0; ok && i < options->from.count; i++)
        ok = where_folder(options->from.items[i]) == NULL ||
             places_add_input(places, where_folder(options->from.items[i]));
    if (ok && library_folder(tables, sizeof tables, &ignored)) /* read after the capture, where one is chosen */
        ok = places_add_input(places, tables);
    const char *outputs[OUTPUT_FILES];
    outputs_of(options, outputs);
    for (size_t i = 0; ok && i < OUTPUT_FILES; i++)
        ok = outputs[i] == NULL || places_add_output(places, outputs[i], false);
    for (size_t i = 0; ok && i < options->findings.count; i++)
        if (outlet_kind_of(options->findings.items[i]) == OUTLET_FILE)
            ok = places_add_output(places, options->findings.items[i], false);
    if (ok && options->where != NULL)
        ok = places_add_output(places, options_folder_written(options), true);
    return ok;
}

bool places_of(const struct options *options, struct places *places, struct failure *failure)
{
    *places = (struct places){0};
    const char *outputs[OUTPUT_FILES];
    outputs_of(options, outputs);
    for (size_t i = 0; i < OUTPUT_FILES; i++)
        if (outputs[i] != NULL)
            check_folder(outputs[i], failure);
    for (size_t i = 0; i < options->findings.count; i++)
        if (outlet_kind_of(options->findings.items[i]) == OUTLET_FILE)
            check_folder(options->findings.items[i], failure);
    if (failure_any(failure))
        return false;
    if (gather(options, places))
        return true;
    places_fini(places);
    return failure_add(failure, "out of memory");
}

void places_fini(struct places *places)
{
    for (size_t i = 0; i < places->count; i++) {
        free(places->items[i].path);
        free(places->items[i].file);
    }
    free(places->items);
    *places = (struct places){0};
}

bool places_any_output(const struct places *places)
{
    for (size_t i = 0; i < places->count; i++)
        if (places->items[i].writes)
            return true;
    return false;
}

bool place_is_usable(const struct place *place)
{
    struct stat folder, file;
    if (!place->writes) {
        bool is_folder = stat(place->path, &folder) == 0 && S_ISDIR(folder.st_mode);
        return faccessat(AT_FDCWD, place->path, is_folder ? R_OK | X_OK : R_OK, AT_EACCESS) == 0;
    }
    if (faccessat(AT_FDCWD, place->path, W_OK | X_OK, AT_EACCESS) != 0)
        return false;
    if (place->file == NULL || stat(place->path, &folder) != 0 || (folder.st_mode & S_ISVTX) == 0)
        return true;
    return lstat(place->file, &file) != 0 || file.st_uid == geteuid() || folder.st_uid == geteuid();
}
