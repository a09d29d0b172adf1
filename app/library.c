/* library: finding and reading the data files of app/library.h. */
#include "app/library.h"

#include "audit/nearest.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return false;
    closedir(folder);
    return true;
}

static bool beside_program(char *out, size_t size)
{
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return false;
    program[length] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(program, '/');
        if (slash == NULL)
            return false;
        *slash = '\0';
    }
    int n = snprintf(out, size, "%s/share/pathaudit/tables", program);
    return n > 0 && (size_t)n < size && is_folder(out);
}

bool library_folder(char *out, size_t size, struct failure *failure)
{
    const char *given = getenv("PATHAUDIT_TABLES");
    if (given != NULL && given[0] != '\0') {
        int n = snprintf(out, size, "%s", given);
        if (n > 0 && (size_t)n < size && is_folder(out))
            return true;
        return failure_add(failure, "PATHAUDIT_TABLES: %s: cannot open this folder of tables: %s", given,
                           strerror(errno));
    }
    if (beside_program(out, size))
        return true;
    int n = snprintf(out, size, "%s", PATHAUDIT_SOURCE_TABLES);
    if (n > 0 && (size_t)n < size && is_folder(out))
        return true;
    return failure_add(failure, "the folder of tables is not there; say where with PATHAUDIT_TABLES=FOLDER");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool library_names(const char *folder, char ***names, size_t *count, struct failure *failure)
{
    *names = NULL;
    *count = 0;
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return failure_add(failure, "%s: cannot open: %s", folder, strerror(errno));
    const struct dirent *entry;
    while ((entry = readdir(entries)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (length <= 5 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
            continue;
        char **more = realloc(*names, (*count + 1) * sizeof **names);
        char *name = strndup(entry->d_name, length - 5);
        if (more != NULL)
            *names = more;
        if (more == NULL || name == NULL) {
            free(name);
            closedir(entries);
            library_free_names(*names, *count);
            failure_add(failure, "out of memory");
            return false;
        }
        (*names)[(*count)++] = name;
    }
    closedir(entries);
    if (*count > 0)
        qsort(*names, *count, sizeof **names, by_name);
    return true;
}

void library_free_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length > wanted && strcmp(text + length - wanted, end) == 0;
}

/* The tables there are, to say which one was probably meant. */
static void no_table(const char *folder, const char *name, struct failure *failure)
{
    char hint[NEAREST_HINT] = "", **names;
    size_t count, begin_so = 0;
    if (library_names(folder, &names, &count, failure)) {
        const char **known = calloc(count + 1, sizeof *known);
        if (known != NULL) {
            for (size_t i = 0; i < count; i++)
                if (strncasecmp(names[i], name, strlen(name)) == 0)
                    known[begin_so++] = names[i];
            for (size_t i = 0; begin_so == 0 && i < count; i++)
                known[i] = names[i];
            if (begin_so > 1)
                nearest_list(known, hint);
            else
                nearest_hint(name, known, hint);
            free(known);
        }
        library_free_names(names, count);
    }
    size_t length = strlen(hint);
    bool is_question = length > 0 && hint[length - 1] == '?';
    failure_add(failure, "no table '%s'%s%s 'pathaudit tables list' tells of each, and a file is given as ./FILE.yaml",
                name, hint, is_question ? "" : ";");
}

struct path_table *library_table(const char *folder, const char *name, struct failure *failure)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s.yaml", folder, name);
    bool fragment = strchr(name, '/') != NULL && n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
    if ((strchr(name, '/') != NULL && !fragment) || ends_with(name, ".yaml") || ends_with(name, ".yml")) {
        n = snprintf(path, sizeof path, "%s/%s", folder, name);
        if (access(name, F_OK) == 0 || strchr(name, '/') != NULL || n < 0 || (size_t)n >= sizeof path ||
            access(path, F_OK) != 0)
            return table_load(name, folder, failure);
        failure_add(failure, "%s: there is no such file; did you mean the table %.*s?", name, (int)strcspn(name, "."),
                    name);
        return NULL;
    }
    if (n < 0 || (size_t)n >= sizeof path || access(path, F_OK) != 0) {
        no_table(folder, name, failure);
        return NULL;
    }
    return table_load(path, folder, failure);
}

struct interfaces *library_interfaces(const char *folder, struct failure *failure)
{
    char path[4096];
    struct interfaces *interfaces = interfaces_create(failure);
    if (interfaces == NULL)
        return NULL;
    int n = snprintf(path, sizeof path, "%s/rpc-interfaces.tsv", folder);
    if (n < 0 || (size_t)n >= sizeof path || !interfaces_load(interfaces, path, failure)) {
        if (!failure_any(failure))
            failure_add(failure, "%s: the name is too long", folder);
        interfaces_destroy(interfaces);
        return NULL;
    }
    return interfaces;
}
