/* directory: runs as folders of TSV files. Writing goes to a hidden folder beside, which is renamed when all of it is
 * there; reading trusts nothing: header, width of lines and every value are checked against the table. */
#include "observations/directory.h"
#include "base/clock.h"
#include "observations/rows.h"
#include "observations/sheets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than the longest row: nine names of 255 bytes, each byte escaped, and some 25 numbers of 20 digits. */
#define LINE_LONGEST 8192
#define RUN_NAMES    1000000

static const char *const file_names[KINDS] = {
    [KIND_CONVERSATIONS] = "conversations.tsv",
    [KIND_FACTS] = "facts.tsv",
    [KIND_BINDINGS] = "bindings.tsv",
    [KIND_COVERAGE] = "coverage.tsv",
};

/* What is written as one. */
struct run {
    struct observations *const *stores;
    size_t count;
};

/* `folder/name` into `out`. False with a failure when it is too long for a path. */
static bool join(char out[PATH_MAX], const char *folder, const char *name, struct failure *failure)
{
    int length = snprintf(out, PATH_MAX, "%s/%s", folder, name);
    if (length < 0 || length >= PATH_MAX)
        return failure_add(failure, "%.200s...: this path is too long", folder);
    return true;
}

/* -- writing ----------------------------------------------------------------------------------------------------- */

static bool make_folders(const char *path, struct failure *failure)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof part)
        return failure_add(failure, "%.200s...: this path is too long", path);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return failure_add(failure, "cannot make the folder %s: %s", part, strerror(errno));
    }
    return true;
}

static void earlier(bool *any, int64_t *first_ns, int64_t time_ns)
{
    if (!*any || time_ns < *first_ns)
        *first_ns = time_ns;
    *any = true;
}

static void earliest(const struct observations *store, bool *any, int64_t *first_ns)
{
    for (size_t i = 0; i < observations_coverage_count(store); i++)
        if (observations_coverage(store, i)->packets > 0)
            earlier(any, first_ns, observations_coverage(store, i)->first_ns);
    for (size_t i = 0; i < observations_conversation_count(store); i++)
        earlier(any, first_ns, observations_conversation_first_ns(store, i));
}

/* "20261120T090003.000123Z", or "empty" when nothing in the stores has a time. */
static void name_run(const struct run *run, char out[CLOCK_TEXT])
{
    bool any = false;
    int64_t first_ns = 0;
    for (size_t i = 0; i < run->count; i++)
        earliest(run->stores[i], &any, &first_ns);
    if (!any) {
        snprintf(out, CLOCK_TEXT, "empty");
        return;
    }
    char text[CLOCK_TEXT];
    clock_text(first_ns != 0 ? first_ns : 1, text); /* 0 has no text; the same microsecond has */
    size_t length = 0;
    for (size_t i = 0; text[i] != '\0'; i++)
        if (text[i] != '-' && text[i] != ':')
            out[length++] = text[i];
    out[length] = '\0';
}

/* As many threads as there were observers. */
static bool write_files(const struct run *run, const char *folder, struct failure *failure)
{
    struct sheet sheets[KINDS];
    for (size_t i = 0; i < KINDS; i++) {
        sheets[i].kind = &kinds[i];
        if (!join(sheets[i].path, folder, file_names[i], failure))
            return false;
    }
    return sheets_write(sheets, KINDS, run->stores, run->count, (unsigned)run->count, failure);
}

static void remove_files(const char *folder)
{
    char path[PATH_MAX];
    struct failure ignored = {.count = 0};
    for (size_t i = 0; i < KINDS; i++)
        if (join(path, folder, file_names[i], &ignored))
            unlink(path);
    rmdir(folder);
}

/* A hidden folder of our own in `path`; several writers at once each get another. */
static bool make_hidden(char out[PATH_MAX], const char *path, const char *run, struct failure *failure)
{
    for (unsigned n = 1; n < RUN_NAMES; n++) {
        char name[CLOCK_TEXT + 32];
        snprintf(name, sizeof name, ".%s.unfinished-%u", run, n);
        if (!join(out, path, name, failure))
            return false;
        if (mkdir(out, 0777) == 0)
            return true;
        if (errno != EEXIST)
            return failure_add(failure, "cannot make the folder %s: %s", out, strerror(errno));
    }
    return failure_add(failure, "%s: too many unfinished runs", path);
}

/* Gives the hidden folder the run's name, or that with -2, -3 ... when it is taken. A folder with files in it is
 * never replaced by rename(), so that two writers cannot take the same name. */
static bool show(const char *hidden, const char *path, const char *run, struct failure *failure)
{
    for (unsigned n = 1; n < RUN_NAMES; n++) {
        char name[CLOCK_TEXT + 16], target[PATH_MAX];
        struct stat there;
        snprintf(name, sizeof name, n > 1 ? "%s-%u" : "%s", run, n);
        if (!join(target, path, name, failure))
            return false;
        if (lstat(target, &there) == 0)
            continue;
        if (rename(hidden, target) == 0)
            return true;
        if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
            return failure_add(failure, "cannot rename %s to %s: %s", hidden, target, strerror(errno));
    }
    return failure_add(failure, "%s: too many runs of the time %s", path, run);
}

bool directory_write(struct observations *const stores[], size_t count, const char *path, struct failure *failure)
{
    const struct run run = {stores, count};
    char name[CLOCK_TEXT], hidden[PATH_MAX];
    name_run(&run, name);
    if (!make_folders(path, failure) || !make_hidden(hidden, path, name, failure))
        return false;
    if (write_files(&run, hidden, failure) && show(hidden, path, name, failure))
        return true;
    remove_files(hidden);
    return false;
}

/* -- reading ----------------------------------------------------------------------------------------------------- */

/* One line without its newline. False at the end; `*whole` tells whether the line had its newline and no NUL. */
static bool read_line(FILE *in, char line[LINE_LONGEST], bool *whole)
{
    if (fgets(line, LINE_LONGEST, in) == NULL)
        return false;
    size_t length = strlen(line);
    *whole = length > 0 && line[length - 1] == '\n';
    if (*whole)
        line[length - 1] = '\0';
    return true;
}

static bool wrong_header(const struct table *table, const char *path, struct failure *failure)
{
    char expected[1024] = "";
    size_t length = 0;
    for (size_t i = 0; i < table->count && length < sizeof expected; i++)
        length += (size_t)snprintf(expected + length, sizeof expected - length, " %s", table->columns[i].name);
    return failure_add(failure, "%s:1: these are not the columns of %s, which are:%s", path, table->name, expected);
}

/* What the first version of a table had; columns that came later stand behind, and are 0 in a run without them. */
static size_t columns_least(int kind)
{
    return kinds[kind].table->count - (kind == KIND_COVERAGE ? 2 : 1);
}

/* Where rows go, and which. */
struct reading {
    struct observations *store;
    const struct window *window;
};

static bool read_rows(const struct reading *reading, int number_of_kind, const char *path, FILE *in,
                      struct failure *failure)
{
    const struct kind *kind = &kinds[number_of_kind];
    char line[LINE_LONGEST];
    bool whole;
    size_t columns = read_line(in, line, &whole) && whole ? rows_header_columns(kind->table, line) : 0;
    if (columns < columns_least(number_of_kind))
        return ferror(in) ? failure_add(failure, "cannot read %s: %s", path, strerror(errno))
                          : wrong_header(kind->table, path, failure);
    for (unsigned long number = 2; read_line(in, line, &whole); number++) {
        union record record;
        if (!whole)
            return failure_add(failure, "%s:%lu: this line is cut off or too long", path, number);
        if (!rows_read_columns(kind->table, columns, line, &record, reading->store))
            return failure_add(failure, "%s:%lu: this is not a row of %s", path, number, kind->table->name);
        if (window_holds(reading->window, number_of_kind, &record, reading->store))
            kind->add(reading->store, &record);
    }
    if (ferror(in))
        return failure_add(failure, "cannot read %s: %s", path, strerror(errno));
    return true;
}

/* A plain file: whoever may write there must not make us wait for a pipe. NULL with errno, 0 where it is another thing.
 */
static FILE *open_file(const char *path)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return NULL;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode))
        return fdopen(file, "r");
    close(file);
    errno = 0;
    return NULL;
}

static bool read_run(const struct reading *reading, const char *folder, struct failure *failure)
{
    char path[PATH_MAX];
    for (int i = 0; i < KINDS; i++) {
        if (!join(path, folder, file_names[i], failure))
            return false;
        FILE *in = open_file(path);
        if (in == NULL)
            return failure_add(failure, "cannot read %s: %s", path,
                               errno != 0 ? strerror(errno) : "it is no plain file");
        bool good = read_rows(reading, i, path, in, failure);
        fclose(in);
        if (!good)
            return false;
    }
    return true;
}

/* A run is a folder that is not hidden. Other files beside the runs are none of ours. */
static bool read_entry(const struct reading *reading, const char *path, const char *name, unsigned *runs,
                       struct failure *failure)
{
    char folder[PATH_MAX];
    struct stat entry;
    if (name[0] == '.')
        return true;
    if (!join(folder, path, name, failure))
        return false;
    if (stat(folder, &entry) != 0)
        return failure_add(failure, "cannot read %s: %s", folder, strerror(errno));
    if (!S_ISDIR(entry.st_mode))
        return true;
    ++*runs;
    return read_run(reading, folder, failure);
}

/* In the order of their bytes, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

bool directory_read(struct observations *store, const char *path, const struct window *window, struct failure *failure)
{
    const struct reading reading = {store, window};
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, by_name);
    if (count < 0)
        return failure_add(failure, "cannot read the folder %s: %s%s", path, strerror(errno),
                           errno == ENOENT ? "; 'pathaudit observe -r FILE -O dir:PATH' makes one" : "");
    bool good = true;
    unsigned runs = 0;
    for (int i = 0; i < count; i++) {
        good = good && read_entry(&reading, path, entries[i]->d_name, &runs, failure);
        free(entries[i]);
    }
    free(entries);
    if (good && runs == 0)
        return failure_add(failure, "%s holds no observations: there is no folder of a run in it", path);
    return good;
}
