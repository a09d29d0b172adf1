/* document: pieces of JSON in order; see reports/document.h. */
#include "reports/document.h"

#include "base/clock.h"
#include "reports/clean.h"
#include "reports/names.h"

#include <stdlib.h>
#include <string.h>

void document_begin(struct document *document, FILE *out)
{
    *document = (struct document){.out = out};
    fputc('{', out);
}

static void key_of_document(struct document *document, const char *key)
{
    fprintf(document->out, "%s\n \"%s\": ", document->members++ > 0 ? "," : "", key);
}

/* Writes and releases a value; an incomplete one is not written. */
static void write_value(struct document *document, json_t *value)
{
    if (value == NULL || document->failed ||
        json_dumpf(value, document->out, JSON_PRESERVE_ORDER | JSON_ENCODE_ANY) != 0)
        document->failed = true;
    json_decref(value);
}

void document_member(struct document *document, const char *key, json_t *value)
{
    if (!document->failed)
        key_of_document(document, key);
    write_value(document, value);
}

void document_list_begin(struct document *document, const char *key)
{
    document->items = 0;
    if (document->failed)
        return;
    key_of_document(document, key);
    fputc('[', document->out);
}

void document_list_item(struct document *document, json_t *item)
{
    if (!document->failed)
        fputs(document->items++ > 0 ? ",\n  " : "\n  ", document->out);
    write_value(document, item);
}

/* The text of an object without its first or last brace. */
static void write_part(struct document *document, json_t *object, bool first)
{
    char *text = object != NULL && !document->failed ? json_dumps(object, JSON_PRESERVE_ORDER) : NULL;
    if (text == NULL)
        document->failed = true;
    else if (first)
        fwrite(text, 1, strlen(text) - 1, document->out);
    else
        fputs(text + 1, document->out);
    free(text);
    json_decref(object);
}

void document_item_begin(struct document *document, json_t *before, const char *key)
{
    if (!document->failed)
        fputs(document->items++ > 0 ? ",\n  " : "\n  ", document->out);
    write_part(document, before, true);
    if (!document->failed)
        fprintf(document->out, ", \"%s\": [", key);
    document->inside = 0;
}

void document_item_member(struct document *document, json_t *value)
{
    if (!document->failed && document->inside++ > 0)
        fputs(", ", document->out);
    write_value(document, value);
}

void document_item_end(struct document *document, json_t *after)
{
    if (!document->failed)
        fputs("], ", document->out);
    write_part(document, after, false);
}

void document_list_end(struct document *document)
{
    if (!document->failed)
        fputs(document->items > 0 ? "\n ]" : "]", document->out);
}

void document_end(struct document *document)
{
    if (!document->failed)
        fputs("\n}\n", document->out);
    fflush(document->out);
}

void document_tell_lost(const struct document *document, bool *lost)
{
    if (lost != NULL && document->failed)
        *lost = true;
}

void document_put(struct document *document, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        document->failed = true;
}

void document_push(struct document *document, json_t *list, json_t *value)
{
    if (json_array_append_new(list, value) != 0)
        document->failed = true;
}

json_t *document_text(const char *text)
{
    char *clean = clean_create(text);
    json_t *value = clean != NULL ? json_string_nocheck(clean) : NULL;
    free(clean);
    return value;
}

json_t *document_count(uint64_t n)
{
    return json_integer(n <= INT64_MAX ? (json_int_t)n : (json_int_t)INT64_MAX);
}

json_t *document_time(int64_t time_ns)
{
    char text[CLOCK_TEXT];
    return json_string_nocheck(clock_text(time_ns, text));
}

json_t *document_address(const struct address *address)
{
    char text[ADDRESS_TEXT];
    return json_string_nocheck(address_text(address, text));
}

json_t *document_texts(struct document *document, const struct texts *texts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < texts->count; i++)
        document_push(document, list, document_text(texts->items[i]));
    return list;
}

json_t *document_evidence(struct document *document, const struct evidence *evidence)
{
    json_t *place = json_object();
    document_put(document, place, "source", document_text(evidence->source));
    document_put(document, place, "frame", document_count(evidence->frame));
    return place;
}

static bool list_has(const json_t *list, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
            return true;
    return false;
}

static void push_ports(struct document *document, json_t *list, const struct port *ports, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!list_has(list, ports[i].text))
            document_push(document, list, document_text(ports[i].text));
}

json_t *document_ports(struct document *document, const struct port *ports, size_t count)
{
    json_t *list = json_array();
    push_ports(document, list, ports, count);
    return list;
}

json_t *document_path_ports(struct document *document, const struct path *path)
{
    json_t *list = json_array();
    for (size_t i = 0; i < path->part_count; i++)
        push_ports(document, list, path->parts[i].ports, path->parts[i].port_count);
    return list;
}

json_t *document_roles(const struct texts *roles)
{
    struct phrase list = {0}, joined = {0};
    names_add_texts(&list, roles);
    names_join(&joined, &list, ", ");
    return document_text(joined.text);
}
