/* where: two kinds of places, each a prefix and four functions. */
#include "observations/where.h"

#include "observations/clickhouse.h"
#include "observations/directory.h"

#include <stdlib.h>

struct place_kind {
    const char *prefix;
    bool is_far;
    bool (*check)(const char *rest, struct failure *failure);
    void *(*open)(const char *rest, const struct where_needs *needs, struct failure *failure);
    bool (*write)(void *open, struct observations *const stores[], size_t count, struct failure *failure);
    bool (*put)(void *open, struct observations *const stores[], size_t count, struct failure *failure);
    void (*send)(void *open, struct where_sent *sent); /* NULL where nothing waits */
    bool (*read)(void *open, struct observations *store, const struct window *window, struct failure *failure);
    void (*close)(void *open);
};

struct where {
    const struct place_kind *kind;
    void *open;
};

/* -- a folder: its path is all there is to it -----------------------------------------------------------------------
 */

static bool check_folder(const char *rest, struct failure *failure)
{
    return rest[0] != '\0' || failure_add(failure, "dir: needs a path behind it, as in dir:PATH");
}

static void *open_folder(const char *rest, const struct where_needs *needs, struct failure *failure)
{
    (void)needs;
    char *path = strdup(rest);
    if (path == NULL)
        failure_add(failure, "out of memory");
    return path;
}

static bool write_folder(void *open, struct observations *const stores[], size_t count, struct failure *failure)
{
    return directory_write(stores, count, open, failure);
}

static bool read_folder(void *open, struct observations *store, const struct window *window, struct failure *failure)
{
    return directory_read(store, open, window, failure);
}

/* -- a database ------------------------------------------------------------------------------------------------------
 */

static void *open_clickhouse(const char *rest, const struct where_needs *needs, struct failure *failure)
{
    return clickhouse_open(rest, needs, failure);
}

static bool write_clickhouse(void *open, struct observations *const stores[], size_t count, struct failure *failure)
{
    return clickhouse_write(open, stores, count, failure);
}

static bool put_clickhouse(void *open, struct observations *const stores[], size_t count, struct failure *failure)
{
    return clickhouse_put(open, stores, count, failure);
}

static void send_clickhouse(void *open, struct where_sent *sent)
{
    clickhouse_send(open, sent);
}

static bool read_clickhouse(void *open, struct observations *store, const struct window *window,
                            struct failure *failure)
{
    return clickhouse_read(open, store, window, failure);
}

static void close_clickhouse(void *open)
{
    clickhouse_close(open);
}

/* -- any -------------------------------------------------------------------------------------------------------------
 */

static const struct place_kind place_kinds[] = {
    {"dir:", false, check_folder, open_folder, write_folder, write_folder, NULL, read_folder, free},
    {"clickhouse:", true, clickhouse_check, open_clickhouse, write_clickhouse, put_clickhouse, send_clickhouse,
     read_clickhouse, close_clickhouse},
};

static const struct place_kind *kind_of(const char *text)
{
    for (size_t i = 0; i < sizeof place_kinds / sizeof *place_kinds; i++)
        if (strncmp(text, place_kinds[i].prefix, strlen(place_kinds[i].prefix)) == 0)
            return &place_kinds[i];
    return NULL;
}

bool where_check(const char *text, const char *option, struct failure *failure)
{
    const struct place_kind *kind = kind_of(text);
    if (kind == NULL) {
        bool is_address = strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
        const char *colon = strchr(text, ':'), *name = colon != NULL ? colon + 1 : text;
        return failure_add(failure,
                           "%s %s: did you mean %s%s? Observations are kept in dir:PATH or "
                           "clickhouse:http://HOST:PORT/DATABASE",
                           option, text, is_address || strncmp(name, "http", 4) == 0 ? "clickhouse:" : "dir:",
                           is_address ? text : name);
    }
    return kind->check(text + strlen(kind->prefix), failure);
}

bool where_is_far(const char *text)
{
    const struct place_kind *kind = kind_of(text);
    return kind != NULL && kind->is_far;
}

const char *where_folder(const char *text)
{
    const struct place_kind *kind = kind_of(text);
    return kind != NULL && !kind->is_far ? text + strlen(kind->prefix) : NULL;
}

struct where *where_open(const char *text, const struct where_needs *needs, struct failure *failure)
{
    const struct place_kind *kind = kind_of(text);
    struct where *where = kind != NULL ? malloc(sizeof *where) : NULL;
    if (where == NULL) {
        failure_add(failure, "%s: cannot be opened", text);
        return NULL;
    }
    *where = (struct where){kind, kind->open(text + strlen(kind->prefix), needs, failure)};
    if (where->open == NULL) {
        free(where);
        return NULL;
    }
    return where;
}

bool where_write(struct where *where, struct observations *const stores[], size_t count, struct failure *failure)
{
    return where->kind->write(where->open, stores, count, failure);
}

bool where_put(struct where *where, struct observations *const stores[], size_t count, struct failure *failure)
{
    return where->kind->put(where->open, stores, count, failure);
}

void where_send(struct where *where, struct where_sent *sent)
{
    *sent = (struct where_sent){.rows_left = 0};
    if (where->kind->send != NULL)
        where->kind->send(where->open, sent);
}

bool where_read(struct where *where, struct observations *store, const struct window *window, struct failure *failure)
{
    return where->kind->read(where->open, store, window, failure);
}

void where_close(struct where *where)
{
    if (where == NULL)
        return;
    where->kind->close(where->open);
    free(where);
}
