/* interfaces: a growing array of lines; names are few (a hundred) and looked up once per service, so it is searched
 * from end to end. A file's lines: UUID, version, name, service and where it is known from, separated by tabs; lines
 * that begin with # and empty lines are for people. */
#include "audit/interfaces.h"

#include "audit/arena.h"
#include "base/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LONGEST_LINE 2048
#define MOST_LINES   100000

struct interfaces {
    struct arena *arena; /* of the texts */
    struct interface *items;
    size_t count, room;
};

/* Where a problem is told. */
struct place {
    const char *file;
    size_t line;
    struct failure *failure;
};

struct interfaces *interfaces_create(struct failure *failure)
{
    struct interfaces *interfaces = calloc(1, sizeof *interfaces);
    struct arena *arena = arena_create();
    if (interfaces == NULL || arena == NULL) {
        failure_add(failure, "not enough memory for the names of RPC interfaces");
        arena_destroy(arena);
        free(interfaces);
        return NULL;
    }
    interfaces->arena = arena;
    return interfaces;
}

void interfaces_destroy(struct interfaces *interfaces)
{
    if (interfaces == NULL)
        return;
    arena_destroy(interfaces->arena);
    free(interfaces->items);
    free(interfaces);
}

static struct interface *item_of(const struct interfaces *interfaces, const struct uuid *uuid, uint16_t major)
{
    for (size_t i = 0; i < interfaces->count; i++)
        if (interfaces->items[i].major == major && uuid_equal(&interfaces->items[i].uuid, uuid))
            return &interfaces->items[i];
    return NULL;
}

/* Replaces the line of the same UUID and major version, or adds one. */
static bool item_put(struct interfaces *interfaces, const struct interface *item, const struct place *place)
{
    struct interface *old = item_of(interfaces, &item->uuid, item->major);
    if (old != NULL) {
        *old = *item;
        return true;
    }
    struct interface *items = room_for_one(interfaces->items, interfaces->count, &interfaces->room, sizeof *items, 128);
    if (items == NULL)
        return failure_add(place->failure, "%s:%zu: not enough memory", place->file, place->line);
    interfaces->items = items;
    interfaces->items[interfaces->count++] = *item;
    return true;
}

/* Takes a number of 16 bits from the head of `*text`. */
static bool version_take(const char **text, uint16_t *number)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    unsigned long value = strtoul(*text, &end, 10);
    if (value > UINT16_MAX)
        return false;
    *number = (uint16_t)value;
    *text = end;
    return true;
}

/* `0.81`, the whole of it. */
static bool version_parse(const char *text, uint16_t *major, uint16_t *minor)
{
    return version_take(&text, major) && *text++ == '.' && version_take(&text, minor) && *text == '\0';
}

static bool name_is_good(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return name[0] != '\0' && name[strspn(name, letters)] == '\0';
}

/* Ends the column that begins at `*rest` and moves on to the next; "" when there is none. */
static char *column_take(char **rest)
{
    char *column = *rest, *tab = strchr(column, '\t');
    if (tab == NULL) {
        *rest = column + strlen(column);
        return column;
    }
    *tab = '\0';
    *rest = tab + 1;
    return column;
}

static bool line_read(struct interfaces *interfaces, char *line, const struct place *place)
{
    struct interface item;
    char *rest = line;
    const char *uuid = column_take(&rest), *version = column_take(&rest), *name = column_take(&rest);
    const char *service = column_take(&rest);
    struct failure *failure = place->failure;
    unsigned before = failure->count;
    if (!uuid_parse(uuid, &item.uuid))
        failure_add(failure, "%s:%zu: uuid: \"%.60s\" is no UUID; a line is UUID, version, name, service, by tabs",
                    place->file, place->line, uuid);
    if (!version_parse(version, &item.major, &item.minor))
        failure_add(failure, "%s:%zu: version: \"%.60s\" is no version; write for example 1.0", place->file,
                    place->line, version);
    if (!name_is_good(name))
        failure_add(failure, "%s:%zu: name: \"%.60s\" is no short name; use letters, digits, hyphens and dots",
                    place->file, place->line, name);
    if (failure->count != before)
        return false;
    item.name = arena_text(interfaces->arena, name);
    item.service = arena_text(interfaces->arena, service);
    if (item.name == NULL || item.service == NULL)
        return failure_add(failure, "%s:%zu: not enough memory", place->file, place->line);
    return item_put(interfaces, &item, place);
}

/* Reads one line without its end. False at the end of the file; told when it is longer than any line may be. */
static bool line_take(FILE *in, char *line, const struct place *place)
{
    if (fgets(line, LONGEST_LINE, in) == NULL)
        return false;
    size_t length = strlen(line);
    if (length == LONGEST_LINE - 1 && line[length - 1] != '\n')
        return failure_add(place->failure, "%s:%zu: the line is longer than %d bytes", place->file, place->line,
                           LONGEST_LINE - 2);
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

bool interfaces_load(struct interfaces *interfaces, const char *file, struct failure *failure)
{
    char line[LONGEST_LINE];
    unsigned before = failure->count;
    struct place place = {file, 1, failure};
    FILE *in = fopen(file, "r");
    if (in == NULL)
        return failure_add(failure, "%s: cannot be read: %s", file, strerror(errno));
    for (; place.line <= MOST_LINES && line_take(in, line, &place); place.line++)
        if (line[0] != '#' && line[0] != '\0')
            line_read(interfaces, line, &place);
    if (ferror(in))
        failure_add(failure, "%s: cannot be read: %s", file, strerror(errno));
    if (place.line > MOST_LINES)
        failure_add(failure, "%s: has more than %d lines; no list of interfaces does", file, MOST_LINES);
    fclose(in);
    return failure->count == before;
}

const struct interface *interfaces_find(const struct interfaces *interfaces, const struct uuid *uuid, uint16_t major)
{
    const struct interface *exact = item_of(interfaces, uuid, major), *only = NULL;
    if (exact != NULL)
        return exact;
    for (size_t i = 0; i < interfaces->count; i++) {
        if (!uuid_equal(&interfaces->items[i].uuid, uuid))
            continue;
        if (only != NULL)
            return NULL;
        only = &interfaces->items[i];
    }
    return only;
}

bool interface_is(const struct interfaces *interfaces, const struct uuid *uuid, uint16_t major, const char *word)
{
    struct uuid wanted;
    if (uuid_parse(word, &wanted))
        return uuid_equal(&wanted, uuid);
    const struct interface *interface = interfaces_find(interfaces, uuid, major);
    return interface != NULL && strcasecmp(interface->name, word) == 0;
}

bool interfaces_know(const struct interfaces *interfaces, const char *name)
{
    for (size_t i = 0; i < interfaces->count; i++)
        if (strcasecmp(interfaces->items[i].name, name) == 0)
            return true;
    return false;
}
