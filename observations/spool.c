/* spool: folders and files; see spool.h for how they are named. What is in them is not looked into here. */
#include "observations/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNFINISHED ".unfinished"

struct spool {
    int folder, lock, taking; /* descriptors */
    int run;                  /* of the unfinished run's folder, -1 when there is none */
    unsigned files;           /* of that run */
    const char *path;
    size_t bytes, most_bytes;
    bool full;
};

static bool say(const struct spool *spool, const char *what, struct failure *failure)
{
    return failure_add(failure, "spool %s: cannot %s: %s", spool->path, what, strerror(errno));
}

/* -- looking around --------------------------------------------------------------------------------------------------
 */

/* Names below this folder, sorted; NULL-ended. */
static char **names_in(int parent, const char *name, int (*chosen)(const struct dirent *))
{
    struct dirent **entries;
    int count = scandirat(parent, name, &entries, chosen, alphasort);
    char **names = calloc((size_t)(count > 0 ? count : 0) + 1, sizeof *names);
    for (int i = 0, n = 0; i < count; i++) {
        if (names != NULL && (names[n] = strdup(entries[i]->d_name)) != NULL)
            n++;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return names;
}

void spool_names_free(char **names)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        free(names[i]);
    free(names);
}

static int is_run(const struct dirent *entry)
{
    return entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && strchr(entry->d_name, '.') != NULL;
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

char **spool_names(const struct spool *spool)
{
    return names_in(spool->folder, ".", is_run);
}

static void remove_folder(int parent, const char *name)
{
    char **files = names_in(parent, name, is_file);
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; files != NULL && files[i] != NULL && folder >= 0; i++)
        unlinkat(folder, files[i], 0);
    if (folder >= 0)
        close(folder);
    spool_names_free(files);
    unlinkat(parent, name, AT_REMOVEDIR);
}

static size_t bytes_in(int parent, const char *name)
{
    char **files = names_in(parent, name, is_file);
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat about;
    size_t bytes = 0;
    for (size_t i = 0; files != NULL && files[i] != NULL && folder >= 0; i++)
        if (fstatat(folder, files[i], &about, 0) == 0)
            bytes += (size_t)about.st_size;
    if (folder >= 0)
        close(folder);
    spool_names_free(files);
    return bytes;
}

/* -- open ------------------------------------------------------------------------------------------------------------
 */

static bool make_folders(const char *path)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    bool made = length < sizeof part;
    for (size_t i = 1; made && i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        made = mkdir(part, 0700) == 0 || errno == EEXIST;
    }
    return made;
}

/* Else anybody could have a sensor write through links, wait for pipes, or send rows of their own in its name. */
static bool is_ours_alone(const struct spool *spool, struct failure *failure)
{
    struct stat about;
    if (fstat(spool->folder, &about) != 0)
        return say(spool, "use this folder", failure);
    return (about.st_mode & S_IWOTH) == 0 ||
           failure_add(failure,
                       "spool %s: everybody may write to this folder; take that right away (chmod o-w) or name "
                       "another",
                       spool->path);
}

struct spool *spool_open(const char *folder, size_t most_bytes, struct failure *failure)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (spool == NULL) {
        failure_add(failure, "out of memory");
        return NULL;
    }
    *spool =
        (struct spool){.folder = -1, .lock = -1, .taking = -1, .run = -1, .path = folder, .most_bytes = most_bytes};
    bool ok = make_folders(folder) && (spool->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0;
    if (ok && !is_ours_alone(spool, failure)) {
        spool_close(spool);
        return NULL;
    }
    ok = ok && (spool->lock = openat(spool->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600)) >= 0 &&
         (spool->taking = openat(spool->folder, "taking", O_RDWR | O_CREAT | O_CLOEXEC, 0600)) >= 0;
    if (ok)
        return spool;
    say(spool, "use this folder", failure);
    spool_close(spool);
    return NULL;
}

void spool_close(struct spool *spool)
{
    if (spool == NULL)
        return;
    if (spool->run >= 0)
        spool_abandon(spool);
    if (spool->lock >= 0)
        close(spool->lock);
    if (spool->taking >= 0)
        close(spool->taking);
    if (spool->folder >= 0)
        close(spool->folder);
    free(spool);
}

/* -- a run goes in ---------------------------------------------------------------------------------------------------
 */

static bool lock(const struct spool *spool, int file, struct failure *failure)
{
    int result;
    while ((result = flock(file, LOCK_EX)) != 0 && errno == EINTR)
        continue;
    return result == 0 || say(spool, "lock it", failure);
}

bool spool_begin(struct spool *spool, struct failure *failure)
{
    spool->files = 0;
    spool->full = false;
    spool->bytes = 0;
    if (!lock(spool, spool->lock, failure))
        return false;
    remove_folder(spool->folder, UNFINISHED);
    char **names = spool_names(spool);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        spool->bytes += bytes_in(spool->folder, names[i]);
    spool_names_free(names);
    bool ok = mkdirat(spool->folder, UNFINISHED, 0700) == 0 &&
              (spool->run = openat(spool->folder, UNFINISHED, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0;
    return ok || say(spool, "make a folder", failure);
}

static bool write_file(int folder, const char *name, const void *bytes, size_t length)
{
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const char *at = bytes;
    bool ok = file >= 0;
    while (ok && length > 0) {
        ssize_t written = write(file, at, length);
        ok = written >= 0 || errno == EINTR;
        at += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    ok = ok && fdatasync(file) == 0;
    int problem = errno;
    if (file >= 0)
        close(file);
    errno = problem;
    return ok;
}

bool spool_put(struct spool *spool, const char *table, const void *packed, size_t length, struct failure *failure)
{
    char name[64];
    if (length > spool->most_bytes - (spool->bytes < spool->most_bytes ? spool->bytes : spool->most_bytes)) {
        spool->full = true;
        return false;
    }
    snprintf(name, sizeof name, "%06u.%s", ++spool->files, table);
    if (!write_file(spool->run, name, packed, length))
        return say(spool, "write", failure);
    spool->bytes += length;
    return true;
}

bool spool_show(struct spool *spool, struct spool_run *about, struct failure *failure)
{
    char text[512], name[96];
    about->count = spool->files;
    snprintf(text, sizeof text, "%s\t%s\t%" PRIu64 "\t%u\t%" PRId64 "\t%" PRIu64 "\n", about->run, about->sensor,
             about->generation, about->count, about->first_ns, about->rows);
    snprintf(name, sizeof name, "%020" PRIu64 ".%s", about->generation, about->run);
    bool ok = write_file(spool->run, "about", text, strlen(text)) && fsync(spool->run) == 0 &&
              renameat(spool->folder, UNFINISHED, spool->folder, name) == 0 && fsync(spool->folder) == 0;
    if (!ok)
        return say(spool, "write", failure);
    close(spool->run);
    spool->run = -1;
    return true;
}

void spool_abandon(struct spool *spool)
{
    if (spool->run >= 0)
        close(spool->run);
    spool->run = -1;
    spool->bytes -= bytes_in(spool->folder, UNFINISHED);
    remove_folder(spool->folder, UNFINISHED);
}

void spool_end(struct spool *spool)
{
    flock(spool->lock, LOCK_UN);
}

bool spool_is_full(const struct spool *spool)
{
    return spool->full;
}

/* -- counts ----------------------------------------------------------------------------------------------------------
 */

uint64_t spool_waiting(const struct spool *spool)
{
    struct spool_run about;
    uint64_t rows = 0;
    char **names = spool_names(spool);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        rows += spool_about(spool, names[i], &about) ? about.rows : 0;
    spool_names_free(names);
    return rows;
}

uint64_t spool_lost(const struct spool *spool)
{
    char text[32] = "";
    int file = openat(spool->folder, "lost", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    return length > 0 ? strtoull(text, NULL, 10) : 0;
}

void spool_set_lost(struct spool *spool, uint64_t rows)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%" PRIu64 "\n", rows);
    if (rows == 0)
        unlinkat(spool->folder, "lost", 0);
    else
        write_file(spool->folder, "lost", text, (size_t)length);
}

/* -- a run goes out --------------------------------------------------------------------------------------------------
 */

/* A run comes with what is said about it, and loses that last: who took a run without it was ended meanwhile. */
static void remove_taken(const struct spool *spool)
{
    char **names = spool_names(spool), path[192];
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        snprintf(path, sizeof path, "%.96s/about", names[i]);
        if (faccessat(spool->folder, path, F_OK, 0) != 0 && errno == ENOENT)
            remove_folder(spool->folder, names[i]);
    }
    spool_names_free(names);
}

bool spool_begin_taking(struct spool *spool, struct failure *failure)
{
    if (!lock(spool, spool->taking, failure))
        return false;
    remove_taken(spool);
    return true;
}

void spool_end_taking(struct spool *spool)
{
    flock(spool->taking, LOCK_UN);
}

static bool read_file(int folder, const char *name, unsigned char **bytes, size_t *length)
{
    struct stat about;
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC);
    bool ok = file >= 0 && fstat(file, &about) == 0;
    *length = ok ? (size_t)about.st_size : 0;
    *bytes = ok ? malloc(*length + 1) : NULL;
    for (size_t at = 0; *bytes != NULL && ok && at < *length;) {
        ssize_t got = read(file, *bytes + at, *length - at);
        ok = got > 0;
        at += got > 0 ? (size_t)got : 0;
    }
    if (file >= 0)
        close(file);
    ok = ok && *bytes != NULL;
    if (ok)
        (*bytes)[*length] = '\0';
    else
        free(*bytes);
    return ok;
}

/* The folder of a run, -1 when it is not there. */
static int open_run(const struct spool *spool, const char *name)
{
    return openat(spool->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool spool_about(const struct spool *spool, const char *name, struct spool_run *about)
{
    unsigned char *bytes;
    size_t length;
    int folder = open_run(spool, name);
    bool ok = folder >= 0 && read_file(folder, "about", &bytes, &length);
    if (folder >= 0)
        close(folder);
    if (!ok)
        return false;
    char *at = (char *)bytes, *run = strsep(&at, "\t"), *sensor = strsep(&at, "\t");
    *about = (struct spool_run){.count = 0};
    ok = at != NULL && strlen(run) < SPOOL_RUN && strlen(sensor) < SPOOL_SENSOR &&
         sscanf(at, "%" SCNu64 "\t%u\t%" SCNd64 "\t%" SCNu64, &about->generation, &about->count, &about->first_ns,
                &about->rows) == 4;
    if (ok) {
        memcpy(about->run, run, strlen(run) + 1);
        memcpy(about->sensor, sensor, strlen(sensor) + 1);
    }
    free(bytes);
    return ok;
}

bool spool_next(const struct spool *spool, const char *name, unsigned from, struct spool_file *file)
{
    char **names = names_in(spool->folder, name, is_file);
    int folder = open_run(spool, name);
    bool found = false;
    for (size_t i = 0; names != NULL && names[i] != NULL && folder >= 0 && !found; i++)
        found = sscanf(names[i], "%u.%31s", &file->number, file->table) == 2 && file->number >= from &&
                read_file(folder, names[i], &file->packed, &file->length);
    if (folder >= 0)
        close(folder);
    spool_names_free(names);
    return found;
}

void spool_remove(struct spool *spool, const char *name, unsigned number, const char *table)
{
    char path[192];
    snprintf(path, sizeof path, "%.96s/%06u.%.31s", name, number, table);
    unlinkat(spool->folder, path, 0);
}

void spool_remove_run(struct spool *spool, const char *name)
{
    remove_folder(spool->folder, name);
}
