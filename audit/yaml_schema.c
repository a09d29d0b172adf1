/* yaml: how nodes become records, by a schema: one place that knows unknown, missing, repeated and wrongly typed keys.
 */
#include "audit/nearest.h"
#include "audit/yaml.h"

#include <stdlib.h>
#include <string.h>

#define MOST_KEYS 32 /* of one schema */

static const char *kind_name(const struct yaml_node *node)
{
    static const char *const names[] = {"a text", "a list", "a mapping"};
    return node->kind == YAML_TEXT && node->text[0] == '\0' ? "nothing" : names[node->kind];
}

static int compare_marks(const void *one, const void *other)
{
    const struct yaml_mark *a = one, *b = other;
    int by_text = strcmp(a->text, b->text);
    if (by_text != 0)
        return by_text;
    return a->order < b->order ? -1 : a->order > b->order;
}

void yaml_repeats(struct yaml_mark *marks, size_t count,
                  void (*twice)(const void *context, const struct yaml_mark *first, const struct yaml_mark *again),
                  const void *context)
{
    if (count < 2)
        return;
    qsort(marks, count, sizeof *marks, compare_marks);
    for (size_t i = 1, first = 0; i < count; i++) {
        if (strcmp(marks[i].text, marks[first].text) == 0)
            twice(context, &marks[first], &marks[i]);
        else
            first = i;
    }
}

static void tell_key_twice(const void *context, const struct yaml_mark *first, const struct yaml_mark *again)
{
    const struct yaml *yaml = context;
    failure_add(yaml->failure, "%s:%zu:%zu: %s: stands here a second time; the first is on line %zu", yaml->file,
                again->line, again->column, again->text, first->line);
}

static bool is_mapping(const struct yaml *yaml, const struct yaml_node *node, const char *what)
{
    if (node->kind != YAML_MAPPING)
        return yaml_problem(yaml, node, "%s is a mapping (key: value), but %s stands here", what, kind_name(node));
    struct yaml_mark *marks = arena_take_many(yaml->arena, node->count, sizeof *marks);
    if (marks == NULL)
        return false;
    size_t count = 0;
    for (const struct yaml_node *value = node->first; value != NULL; value = value->next, count++)
        marks[count] = (struct yaml_mark){value->name->text, yaml->file, value->name->line, value->name->column, count};
    yaml_repeats(marks, count, tell_key_twice, yaml);
    return true;
}

bool yaml_has(const struct yaml_node *node, const char *key)
{
    if (node->kind != YAML_MAPPING)
        return false;
    const struct yaml_node *value = node->first;
    while (value != NULL && strcmp(value->name->text, key) != 0)
        value = value->next;
    return value != NULL;
}

bool yaml_mapping(const struct yaml *yaml, const struct yaml_node *node, const char *what, const struct yaml_key *keys,
                  void *record)
{
    const char *names[MOST_KEYS + 1] = {NULL};
    bool seen[MOST_KEYS] = {false};
    size_t key_count = 0;
    for (; keys[key_count].name != NULL && key_count < MOST_KEYS; key_count++)
        names[key_count] = keys[key_count].name;
    if (!is_mapping(yaml, node, what))
        return false;
    for (const struct yaml_node *value = node->first; value != NULL; value = value->next) {
        size_t i = 0;
        while (i < key_count && strcmp(keys[i].name, value->name->text) != 0)
            i++;
        if (value->name->text[0] == '\0') {
            yaml_problem(yaml, value->name, "a value stands here without its key");
        } else if (i == key_count) {
            char hint[NEAREST_HINT];
            yaml_problem(yaml, value->name, "%s has no such key%s", what, nearest_hint(value->name->text, names, hint));
        } else if (!seen[i]) {
            seen[i] = true;
            keys[i].read(yaml, value, (unsigned char *)record + keys[i].offset);
        }
    }
    for (size_t i = 0; i < key_count; i++)
        if (keys[i].required && !seen[i])
            failure_add(yaml->failure, "%s:%zu:%zu: %s: is missing; %s needs it", yaml->file, node->line, node->column,
                        keys[i].name, what);
    return true;
}

void *yaml_items(const struct yaml *yaml, const struct yaml_node *node, size_t size, yaml_reader *read, size_t *count)
{
    bool list = node->kind == YAML_LIST;
    *count = list ? node->count : 1;
    unsigned char *items = arena_take_many(yaml->arena, *count, size);
    if (items == NULL) {
        *count = 0;
        return NULL;
    }
    if (!list)
        read(yaml, node, items);
    size_t i = 0;
    for (const struct yaml_node *item = list ? node->first : NULL; item != NULL; item = item->next, i++)
        read(yaml, item, items + i * size);
    return items;
}

void *yaml_values(const struct yaml *yaml, const struct yaml_node *node, const char *what, size_t size,
                  yaml_reader *read, size_t *count)
{
    *count = 0;
    unsigned char *items = is_mapping(yaml, node, what) ? arena_take_many(yaml->arena, node->count, size) : NULL;
    if (items == NULL)
        return NULL;
    size_t i = 0;
    for (const struct yaml_node *value = node->first; value != NULL; value = value->next, i++)
        read(yaml, value, items + i * size);
    *count = i;
    return items;
}

const char *yaml_text(const struct yaml *yaml, const struct yaml_node *node)
{
    if (node->kind == YAML_TEXT && node->text[0] != '\0')
        return node->text;
    yaml_problem(yaml, node, "a text is wanted, but %s stands here", kind_name(node));
    return NULL;
}

int yaml_word(const struct yaml *yaml, const struct yaml_node *node, const char *what, const char *const *words)
{
    const char *text = yaml_text(yaml, node);
    if (text == NULL)
        return -1;
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    char hint[NEAREST_HINT];
    yaml_problem(yaml, node, "unknown %s \"%.60s\"%s", what, text, nearest_hint(text, words, hint));
    return -1;
}

void yaml_read_text(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    const char *text = yaml_text(yaml, node);
    if (text != NULL)
        *(const char **)into = text;
}

void yaml_read_id(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    const char *text = yaml_text(yaml, node);
    if (text == NULL)
        return;
    if (strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") != strlen(text) ||
        text[0] == '.')
        yaml_problem(yaml, node, "\"%.60s\" is no short name; use letters, digits, hyphens and dots", text);
    else
        *(const char **)into = text;
}
