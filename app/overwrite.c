/* overwrite: files are the same when device and inode are, whatever they are called: by links, or with dots on the way.
 * Pipes and devices are written to and replaced by nothing. */
#include "app/overwrite.h"

#include "capture/look.h"
#include "watch/outlets.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct written {
    const char *option, *path;
    bool replaces; /* what stands there, without looking at it */
};

#define WRITTEN_MOST (4 + OUTLETS_MOST)

static size_t written_of(const struct options *options, struct written out[WRITTEN_MOST])
{
    const struct written all[] = {{"-o", options->out_file, true},
                                  {"--propose-exceptions", options->propose, true},
                                  {"-w", options->keep_file, false}, /* keep_check looks at more than the same file */
                                  {"--ledger", options->ledger, false}};
    size_t count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].path != NULL)
            out[count++] = all[i];
    for (size_t i = 0; i < options->findings.count && count < WRITTEN_MOST; i++)
        if (outlet_kind_of(options->findings.items[i]) == OUTLET_FILE)
            out[count++] = (struct written){"--findings", options->findings.items[i], true};
    return count;
}

/* Are both there, and one file? */
static bool is_same_file(const char *one, const char *other)
{
    struct stat a, b;
    if (stat(one, &a) != 0 || stat(other, &b) != 0)
        return false;
    return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static bool is_same_new_file(const char *one, const char *other)
{
    struct stat ignored;
    return strcmp(one, other) == 0 && stat(one, &ignored) != 0;
}

static void check_read(const struct written *written, const char *option, const char *path, struct failure *failure)
{
    if (path != NULL && is_same_file(written->path, path))
        failure_add(failure, "%s %s: this is the file that %s%sreads; name another", written->option, written->path,
                    option, option[0] != '\0' ? " " : "this command ");
}

static void check_words(const struct written *written, const char *option, const struct words *paths,
                        struct failure *failure)
{
    for (size_t i = 0; i < paths->count; i++)
        check_read(written, option, paths->items[i], failure);
}

/* Of words that name tables, those that are files (app/library.h). */
static void check_tables(const struct written *written, const char *option, const struct words *words,
                         struct failure *failure)
{
    for (size_t i = 0; i < words->count; i++)
        if (strchr(words->items[i], '/') != NULL || strstr(words->items[i], ".y") != NULL)
            check_read(written, option, words->items[i], failure);
}

static bool is_capture(const char *path)
{
    enum looks_like like = look_at(path).like;
    return like == LOOKS_LIKE_CAPTURE || like == LOOKS_LIKE_NO_FRAMES;
}

static void check_one(const struct options *options, const struct written *written, struct failure *failure)
{
    unsigned before = failure->count;
    check_read(written, "-s", options->site, failure);
    check_read(written, "--anonymize-key", options->anonymize_key, failure);
    check_read(written, "--token-file", options->token_file, failure);
    check_tables(written, "-t", &options->tables, failure);
    check_words(written, "--rpc-interfaces", &options->rpc_interfaces, failure);
    (options->command == COMMAND_TABLES ? check_tables : check_words)(written, "", &options->operands, failure);
    if (written->replaces)
        check_words(written, "-r", &options->files, failure);
    if (written->replaces && failure->count == before && is_capture(written->path))
        failure_add(failure, "%s %s: is a capture, and no report is put in its place; name another file",
                    written->option, written->path);
}

bool overwrite_check(const struct options *options, struct failure *failure)
{
    struct written all[WRITTEN_MOST];
    size_t count = written_of(options, all);
    for (size_t i = 0; i < count; i++) {
        check_one(options, &all[i], failure);
        for (size_t k = 0; k < i; k++)
            if (is_same_file(all[i].path, all[k].path) || is_same_new_file(all[i].path, all[k].path))
                failure_add(failure, "%s and %s: both name %s", all[k].option, all[i].option, all[i].path);
    }
    return !failure_any(failure);
}
