/* audit_file: read whole, parsed by jansson (RFC 8259), then looked over once, so that later code need not doubt it.
 * The script element of a page is found as HTML finds it (HTML Living Standard, 13.2.5: raw text up to "</script"). */
#include "reports/audit_file.h"

#include "reports/clean.h"
#include "reports/phrase.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#define SCHEMA     "pathaudit.audit/"
#define SCHEMA_NOW SCHEMA "1"
#define FILE_MOST  ((size_t)1 << 30)

/* -- shape ------------------------------------------------------------------------------------------------------- */

struct member {
    const char *key;
    json_type type;             /* JSON_TRUE stands for either of true and false */
    const struct member *items; /* of a list of objects, or the members of an object; NULL: not looked into */
    bool optional;              /* came later than the first version of the schema */
};

#define TEXT(key)                                                                                                      \
    {                                                                                                                  \
        key, JSON_STRING, NULL, false                                                                                  \
    }
#define NUMBER(key)                                                                                                    \
    {                                                                                                                  \
        key, JSON_INTEGER, NULL, false                                                                                 \
    }
#define LATER(key, of)                                                                                                 \
    {                                                                                                                  \
        key, of, NULL, true                                                                                            \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        NULL, JSON_NULL, NULL, false                                                                                   \
    }
#define MANY(key, what)                                                                                                \
    {                                                                                                                  \
        key, JSON_ARRAY, what, false                                                                                   \
    }
#define ONE(key, what)                                                                                                 \
    {                                                                                                                  \
        key, JSON_OBJECT, what, false                                                                                  \
    }

static const struct member window_members[] = {TEXT("first"), TEXT("last"), END};
static const struct member coverage_members[] = {TEXT("sensor"),
                                                 TEXT("source"),
                                                 LATER("filter", JSON_STRING),
                                                 NUMBER("packets"),
                                                 NUMBER("bytes"),
                                                 NUMBER("dropped"),
                                                 {"truncated", JSON_TRUE, NULL, false},
                                                 NUMBER("missing_bytes"),
                                                 NUMBER("one_way_conversations"),
                                                 NUMBER("evicted_flows"),
                                                 END};
static const struct member role_members[] = {TEXT("role"), TEXT("how"), END};
static const struct member host_members[] = {TEXT("name"), LATER("network", JSON_STRING), MANY("addresses", NULL),
                                             MANY("roles", role_members), END};
static const struct member pair_members[] = {TEXT("client"), TEXT("server"), TEXT("verdict"), TEXT("reason"), END};
static const struct member path_members[] = {
    TEXT("table"), TEXT("id"), TEXT("name"), TEXT("verdict"), TEXT("reason"), MANY("pairs", pair_members), END};
static const struct member evidence_members[] = {TEXT("source"), NUMBER("frame"), END};
static const struct member session_members[] = {TEXT("disposition"),
                                                TEXT("authentication"),
                                                TEXT("encryption"),
                                                TEXT("verdict"),
                                                NUMBER("flows"),
                                                ONE("evidence", evidence_members),
                                                END};
static const struct member conversation_members[] = {TEXT("client"),
                                                     TEXT("server"),
                                                     LATER("client_name", JSON_STRING),
                                                     LATER("server_name", JSON_STRING),
                                                     LATER("tunnel", JSON_STRING),
                                                     TEXT("transport"),
                                                     NUMBER("port"),
                                                     TEXT("protocol"),
                                                     MANY("services", NULL),
                                                     MANY("paths", NULL),
                                                     TEXT("verdict"),
                                                     MANY("sessions", session_members),
                                                     NUMBER("flows"),
                                                     END};
static const struct member endpoint_members[] = {TEXT("server"),
                                                 TEXT("transport"),
                                                 NUMBER("port"),
                                                 TEXT("interface"),
                                                 TEXT("version"),
                                                 TEXT("name"),
                                                 TEXT("endpoint"),
                                                 LATER("network", JSON_STRING),
                                                 END};
static const struct member finding_members[] = {TEXT("id"),
                                                TEXT("verdict"),
                                                TEXT("severity"),
                                                TEXT("subject"),
                                                TEXT("explain"),
                                                TEXT("advice"),
                                                LATER("path", JSON_STRING),
                                                LATER("excepted", JSON_STRING),
                                                LATER("client", JSON_STRING),
                                                LATER("server", JSON_STRING),
                                                LATER("transport", JSON_STRING),
                                                LATER("port", JSON_INTEGER),
                                                MANY("evidence", evidence_members),
                                                END};
static const struct member summary_members[] = {TEXT("conclusion"), ONE("conversations", NULL), ONE("paths", NULL),
                                                END};
static const struct member audit_members[] = {TEXT("version"),
                                              ONE("window", window_members),
                                              MANY("coverage", coverage_members),
                                              MANY("tables", NULL),
                                              LATER("site", JSON_STRING),
                                              LATER("anonymized", JSON_STRING),
                                              MANY("hosts", host_members),
                                              MANY("paths", path_members),
                                              MANY("conversations", conversation_members),
                                              MANY("endpoints", endpoint_members),
                                              MANY("findings", finding_members),
                                              ONE("summary", summary_members),
                                              END};

static const char *type_words(json_type type)
{
    switch (type) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
        return "a whole number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    default:
        return "something else";
    }
}

static bool is_of(const json_t *value, json_type type)
{
    return type == JSON_TRUE ? json_is_boolean(value) : json_typeof(value) == type;
}

static void check(const char *name, const char *at, const json_t *object, const struct member *members,
                  struct failure *failure);

/* Lists of texts hold texts, lists of objects objects of their members. */
static void check_list(const char *name, const char *at, const json_t *list, const struct member *items,
                       struct failure *failure)
{
    json_type wanted = items != NULL ? JSON_OBJECT : JSON_STRING;
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct phrase place = {0};
        const json_t *item = json_array_get(list, i);
        phrase_add(&place, "%s[%zu]", at, i);
        if (!is_of(item, wanted))
            failure_add(failure, "%s: %s: is not %s", name, place.text, type_words(wanted));
        else if (items != NULL)
            check(name, place.text, item, items, failure);
    }
}

static void check(const char *name, const char *at, const json_t *object, const struct member *members,
                  struct failure *failure)
{
    for (const struct member *member = members; member->key != NULL; member++) {
        struct phrase place = {0};
        const json_t *value = json_object_get(object, member->key);
        phrase_add(&place, "%s%s%s", at, at[0] != '\0' ? "." : "", member->key);
        if (value == NULL && member->optional)
            continue;
        if (value == NULL)
            failure_add(failure, "%s: %s: is missing; it should be %s", name, place.text, type_words(member->type));
        else if (!is_of(value, member->type))
            failure_add(failure, "%s: %s: is not %s", name, place.text, type_words(member->type));
        else if (member->type == JSON_ARRAY)
            check_list(name, place.text, value, member->items, failure);
        else if (member->items != NULL)
            check(name, place.text, value, member->items, failure);
    }
}

static uint64_t sum_of(const json_t *object)
{
    const char *key;
    json_t *value;
    uint64_t sum = 0;
    json_object_foreach((json_t *)(uintptr_t)object, key, value) sum += json_integer_value(value) > 0;
    return sum;
}

/* What --only left out cannot be compared. */
static void check_whole(const char *name, const json_t *root, struct failure *failure)
{
    static const char *const lists[] = {"conversations", "paths"};
    const json_t *summary = json_object_get(root, "summary");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (json_array_size(json_object_get(root, lists[i])) == 0 && sum_of(json_object_get(summary, lists[i])) > 0)
            failure_add(failure,
                        "%s: %s: is empty, and the summary counts some: the audit was written with --only; "
                        "a comparison needs the whole",
                        name, lists[i]);
}

/* -- parsing ----------------------------------------------------------------------------------------------------- */

struct place {
    size_t lines, columns; /* before the text in its file */
};

static void parse_failed(const char *name, const json_error_t *error, struct place from, struct failure *failure)
{
    char said[2 * sizeof error->text];
    size_t line = from.lines + (error->line > 0 ? (size_t)error->line : 1);
    size_t column = (error->column > 0 ? (size_t)error->column : 1) + (error->line <= 1 ? from.columns : 0);
    clean_copy(error->text, said, sizeof said);
    bool at_end = json_error_code(error) == json_error_premature_end_of_input;
    failure_add(failure, "%s:%zu:%zu: %s: %s", name, line, column,
                at_end ? "cut off? it ends in the middle" : "is not JSON", said);
}

static const char *schema_of(const json_t *root)
{
    const char *schema = json_string_value(json_object_get(root, "schema"));
    return schema != NULL ? schema : "";
}

/* An audit of this version, or a failure. Takes `root`. */
static json_t *accept(const char *name, json_t *root, struct failure *failure)
{
    unsigned before = failure->count;
    char schema[64];
    clean_copy(schema_of(root), schema, sizeof schema);
    if (strcmp(schema, SCHEMA_NOW) == 0) {
        check(name, "", root, audit_members, failure);
        if (failure->count == before)
            check_whole(name, root, failure);
    } else if (strncmp(schema, SCHEMA, strlen(SCHEMA)) == 0) {
        failure_add(failure, "%s: schema: is %s; this pathaudit reads " SCHEMA_NOW, name, schema);
    } else {
        failure_add(failure, "%s: schema: %s%s%s; write it with 'pathaudit audit -T json'", name,
                    schema[0] != '\0' ? "is " : "is missing", schema,
                    schema[0] != '\0' ? ", no audit" : ": this is no audit");
    }
    if (failure->count == before)
        return root;
    json_decref(root);
    return NULL;
}

/* -- pages ------------------------------------------------------------------------------------------------------- */

static const char *find_word(const char *at, const char *end, const char *word)
{
    size_t length = strlen(word);
    for (; (size_t)(end - at) >= length; at++)
        if (strncasecmp(at, word, length) == 0)
            return at;
    return NULL;
}

static struct place place_of(const char *text, const char *at)
{
    struct place place = {0, 0};
    for (const char *c = text; c < at; c++) {
        place.columns++;
        if (*c == '\n') {
            place.lines++;
            place.columns = 0;
        }
    }
    return place;
}

/* The next script element that holds JSON, from `*at` on: its text, and `*at` behind it. False when there is none. */
static bool take_script(const char **at, const char *end, const char **start, const char **stop)
{
    for (;;) {
        const char *tag = find_word(*at, end, "<script");
        const char *open = tag != NULL ? memchr(tag, '>', (size_t)(end - tag)) : NULL;
        if (open == NULL)
            return false;
        const char *close = find_word(open, end, "</script");
        bool holds_json = find_word(tag, open, "application/json") != NULL;
        *start = open + 1;
        *stop = close != NULL ? close : end;
        *at = *stop;
        if (holds_json)
            return true;
    }
}

static json_t *read_page(const char *name, const char *text, size_t length, struct failure *failure)
{
    const char *at = text, *start, *stop;
    json_error_t error, first_error = {0};
    struct place first_place = {0, 0};
    bool broken = false;
    while (take_script(&at, text + length, &start, &stop)) {
        size_t size = (size_t)(stop - start);
        json_t *root = json_loadb(start, size, JSON_REJECT_DUPLICATES, &error);
        if (root != NULL && strncmp(schema_of(root), SCHEMA, strlen(SCHEMA)) == 0)
            return accept(name, root, failure);
        if (root == NULL && !broken) {
            broken = true;
            first_error = error;
            first_place = place_of(text, start);
        }
        json_decref(root);
    }
    if (broken)
        parse_failed(name, &first_error, first_place, failure);
    else
        failure_add(failure,
                    "%s: a page without an audit: no script element of type application/json holds " SCHEMA_NOW, name);
    return NULL;
}

json_t *audit_file_read(const char *name, const char *text, size_t length, struct failure *failure)
{
    json_error_t error;
    size_t at = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < length && strchr(" \t\r\n", text[at]) != NULL && text[at] != '\0')
        at++;
    if (at == length) {
        failure_add(failure, "%s: is empty", name);
        return NULL;
    }
    if (text[at] == '<')
        return read_page(name, text, length, failure);
    json_t *root = json_loadb(text + at, length - at, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        parse_failed(name, &error, place_of(text, text + at), failure);
        return NULL;
    }
    return accept(name, root, failure);
}

static char *read_whole(const char *path, FILE *in, size_t *length, struct failure *failure)
{
    struct stat about;
    if (fstat(fileno(in), &about) == 0 && S_ISDIR(about.st_mode)) {
        failure_add(failure, "%s: is a folder; a file that 'pathaudit audit -T json' wrote is needed", path);
        return NULL;
    }
    size_t room = 1 << 16;
    char *text = NULL;
    *length = 0;
    for (;;) {
        char *longer = realloc(text, room);
        if (longer == NULL || room > 2 * FILE_MOST) {
            failure_add(failure, longer == NULL ? "%s: out of memory" : "%s: is larger than an audit can be", path);
            free(longer != NULL ? longer : text);
            return NULL;
        }
        text = longer;
        *length += fread(text + *length, 1, room - *length, in);
        if (*length < room)
            break;
        room *= 2;
    }
    if (ferror(in)) {
        failure_add(failure, "%s: cannot be read: %s", path, strerror(errno));
        free(text);
        return NULL;
    }
    return text;
}

json_t *audit_file_load(const char *path, struct failure *failure)
{
    size_t length;
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        failure_add(failure, "%s: cannot be opened: %s", path, strerror(errno));
        return NULL;
    }
    char *text = read_whole(path, in, &length, failure);
    fclose(in);
    json_t *root = text != NULL ? audit_file_read(path, text, length, failure) : NULL;
    free(text);
    return root;
}
