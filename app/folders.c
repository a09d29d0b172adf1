/* folders: walking down with opendir; folders found are put at the end of a list and walked through in turn. */
#include "app/folders.h"

#include "audit/nearest.h"
#include "base/room.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEEPEST 16

/* Folders still to be walked through. */
struct ways {
    struct way {
        char *path;
        unsigned depth;
    } * items;
    size_t count, room, next;
};

static char *joined(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    char *path;
    return asprintf(&path, "%s%s%s", folder, length > 0 && folder[length - 1] == '/' ? "" : "/", name) < 0 ? NULL
                                                                                                           : path;
}

/* Takes the path over. */
static bool add_file(struct folder_files *files, char *path)
{
    char **paths = room_for_one(files->paths, files->count, &files->room, sizeof *paths, 64);
    if (paths == NULL)
        return false;
    files->paths = paths;
    files->paths[files->count++] = path;
    return true;
}

/* Takes the path over. */
static bool add_way(struct ways *ways, char *path, unsigned depth)
{
    struct way *items = room_for_one(ways->items, ways->count, &ways->room, sizeof *items, 16);
    if (items == NULL)
        return false;
    ways->items = items;
    ways->items[ways->count++] = (struct way){path, depth};
    return true;
}

/* False when memory runs out. */
static bool take_entry(struct folder_files *files, struct ways *ways, const struct way *way, int folder,
                       const char *name)
{
    struct stat about;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    if (name[0] == '.') {
        files->hidden++;
        return true;
    }
    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return true; /* a ring may have removed it meanwhile */
    bool is_link = S_ISLNK(about.st_mode);
    if (is_link && fstatat(folder, name, &about, 0) != 0)
        return true; /* it leads nowhere */
    if (S_ISDIR(about.st_mode) && (is_link || way->depth == DEEPEST)) {
        *(is_link ? &files->links : &files->too_deep) += 1;
        return true;
    }
    if (!S_ISDIR(about.st_mode) && !S_ISREG(about.st_mode)) {
        files->no_files++;
        return true;
    }
    char *path = joined(way->path, name);
    bool taken = path != NULL && (S_ISDIR(about.st_mode) ? add_way(ways, path, way->depth + 1) : add_file(files, path));
    if (!taken)
        free(path);
    return taken;
}

/* False when memory runs out; a folder that cannot be read is counted. */
static bool walk(struct folder_files *files, struct ways *ways, const struct way *way)
{
    DIR *folder = opendir(way->path);
    if (folder == NULL) {
        if (files->unreadable++ == 0)
            files->one_unreadable = strdup(way->path);
        return true;
    }
    bool ok = true;
    const struct dirent *entry;
    while (ok && (entry = readdir(folder)) != NULL)
        ok = take_entry(files, ways, way, dirfd(folder), entry->d_name);
    closedir(folder);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return strverscmp(*(char *const *)a, *(char *const *)b);
}

bool folder_list(struct folder_files *files, const char *path, struct failure *failure)
{
    *files = (struct folder_files){0};
    DIR *folder = opendir(path);
    if (folder == NULL)
        return failure_add(failure, "%s: cannot be opened: %s", path, strerror(errno));
    closedir(folder);
    struct ways ways = {0};
    char *first = strdup(path);
    bool ok = first != NULL && add_way(&ways, first, 0);
    if (!ok)
        free(first);
    while (ok && ways.next < ways.count) {
        struct way way = ways.items[ways.next++]; /* a copy: the list may move */
        ok = walk(files, &ways, &way);
    }
    for (size_t i = 0; i < ways.count; i++)
        free(ways.items[i].path);
    free(ways.items);
    if (files->count > 0)
        qsort(files->paths, files->count, sizeof *files->paths, by_name);
    return ok || failure_add(failure, "%s: not enough memory to list it", path);
}

void folder_fini(struct folder_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
    free(files->one_unreadable);
    *files = (struct folder_files){0};
}

#define NEIGHBOURS_MOST 1000

void folder_meant(const char *path, struct failure *failure)
{
    struct stat about;
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    char *names[NEIGHBOURS_MOST + 1];
    size_t count = 0;
    if (lstat(path, &about) == 0)
        return;
    char *beside = slash != NULL ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    DIR *folder = beside != NULL ? opendir(beside) : NULL;
    for (const struct dirent *entry; folder != NULL && count < NEIGHBOURS_MOST && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.' && (names[count] = strdup(entry->d_name)) != NULL)
            count++;
    names[count] = NULL;
    const char *meant = nearest_word(name, (const char *const *)names);
    if (meant != NULL)
        failure_add(failure, "%s: did you mean %s%s?", path, slash != NULL ? beside : "", meant);
    while (count > 0)
        free(names[--count]);
    if (folder != NULL)
        closedir(folder);
    free(beside);
}
