/* yaml: how a file becomes nodes. libfyaml's events are built into a tree of our own, because its nodes do not tell
 * where a list or a mapping begins, and because a tree built here is as deep as we allow and no deeper. */
#include "audit/yaml.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_FILE_BYTES ((size_t)16 << 20)
#define DEEPEST            24

/* The node that is being filled at one depth. */
struct open_node {
    struct yaml_node *node, *last;
    const struct yaml_node *name; /* read, its value not yet */
};

struct builder {
    struct yaml *yaml;
    struct open_node open[DEEPEST];
    size_t depth;
    struct yaml_node *root;
    size_t line, column; /* of the last event that had a place */
    bool stopped;
};

bool yaml_problem(const struct yaml *yaml, const struct yaml_node *node, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);
    return failure_add(yaml->failure, "%s:%zu:%zu: %s%s%s", yaml->file, node->line, node->column, node->key,
                       node->key[0] != '\0' ? ": " : "", text);
}

static bool stop(struct builder *builder, const char *problem)
{
    builder->stopped = true;
    return failure_add(builder->yaml->failure, "%s:%zu:%zu: %s", builder->yaml->file, builder->line, builder->column,
                       problem);
}

static bool is_control(const char *text, size_t length, size_t i)
{
    uint8_t c = (uint8_t)text[i];
    bool high = c == 0xc2 && i + 1 < length && (uint8_t)text[i + 1] < 0xa0; /* U+0080 to U+009F */
    return (c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f || high;
}

/* A scalar's text on one line: `>` and `|` leave line breaks, which no name or note of ours needs. */
static const char *one_line(struct builder *builder, const char *text, size_t length)
{
    while (length > 0 && text[length - 1] == '\n')
        length--;
    char *copy = arena_take(builder->yaml->arena, length + 1);
    for (size_t i = 0; copy != NULL && i < length; i++) {
        if (is_control(text, length, i)) {
            stop(builder, "a control character stands here; write plain text");
            return NULL;
        }
        copy[i] = text[i];
        if (text[i] == '\n' || text[i] == '\r' || text[i] == '\t')
            copy[i] = ' ';
    }
    return copy;
}

static struct yaml_node *node_add(struct builder *builder, enum yaml_kind kind)
{
    struct yaml_node *node = arena_take(builder->yaml->arena, sizeof *node);
    if (node == NULL) {
        builder->stopped = true;
        return NULL;
    }
    *node = (struct yaml_node){.kind = kind, .line = builder->line, .column = builder->column, .key = "", .text = ""};
    if (builder->depth == 0) {
        builder->root = node;
        return node;
    }
    struct open_node *open = &builder->open[builder->depth - 1];
    node->key = open->node->key;
    if (open->node->kind == YAML_MAPPING && open->name == NULL) {
        open->name = node;
        return node;
    }
    if (open->name != NULL) {
        node->name = open->name;
        node->key = open->name->text;
        open->name = NULL;
    }
    if (open->last == NULL)
        open->node->first = node;
    else
        open->last->next = node;
    open->last = node;
    open->node->count++;
    return node;
}

static void open_add(struct builder *builder, enum yaml_kind kind)
{
    if (builder->depth == DEEPEST) {
        stop(builder, "too many lists and mappings within each other");
        return;
    }
    struct open_node *open = builder->depth > 0 ? &builder->open[builder->depth - 1] : NULL;
    if (open != NULL && open->node->kind == YAML_MAPPING && open->name == NULL) {
        stop(builder, "a list or mapping stands where a key is wanted; write a word");
        return;
    }
    struct yaml_node *node = node_add(builder, kind);
    if (node != NULL)
        builder->open[builder->depth++] = (struct open_node){.node = node};
}

static void scalar_add(struct builder *builder, struct fy_token *token)
{
    struct yaml_node *node = node_add(builder, YAML_TEXT);
    size_t length = 0;
    const char *text = token != NULL ? fy_token_get_text(token, &length) : NULL;
    if (node == NULL || text == NULL)
        return;
    node->text = one_line(builder, text, length);
    if (node->text == NULL) {
        node->text = "";
        builder->stopped = true;
    }
    struct open_node *open = builder->depth > 0 ? &builder->open[builder->depth - 1] : NULL;
    if (open != NULL && open->name == node)
        node->key = node->text; /* a key stands under itself, for messages about it */
}

static void event_add(struct builder *builder, struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_start_mark(event);
    if (mark != NULL) {
        builder->line = (size_t)mark->line + 1;
        builder->column = (size_t)mark->column + 1;
    }
    if (event->type == FYET_ALIAS || fy_event_get_anchor_token(event) != NULL || fy_event_get_tag_token(event) != NULL)
        stop(builder, "anchors (&), aliases (*) and tags (!) are not used here; write the value itself, in quotes if "
                      "it begins so");
    else if (event->type == FYET_DOCUMENT_START && builder->root != NULL)
        stop(builder, "a second document (---) begins here; a file holds one");
    else if (event->type == FYET_MAPPING_START)
        open_add(builder, YAML_MAPPING);
    else if (event->type == FYET_SEQUENCE_START)
        open_add(builder, YAML_LIST);
    else if (event->type == FYET_SCALAR)
        scalar_add(builder, event->scalar.value);
    else if ((event->type == FYET_MAPPING_END || event->type == FYET_SEQUENCE_END) && builder->depth > 0)
        builder->depth--;
}

/* What libfyaml found wrong with the text, or that it stopped without a word. */
static void tell_syntax(struct builder *builder, struct fy_diag *diag)
{
    void *at = NULL;
    const struct fy_diag_error *error;
    bool told = false;
    while ((error = fy_diag_errors_iterate(diag, &at)) != NULL) {
        if (error->line > 0 && error->column > 0) {
            builder->line = (size_t)error->line;
            builder->column = (size_t)error->column;
        }
        failure_add(builder->yaml->failure, "%s:%zu:%zu: not YAML: %s", builder->yaml->file, builder->line,
                    builder->column, error->msg);
        told = true;
    }
    if (!told)
        stop(builder, "not YAML that can be read further");
}

static bool nodes_build(struct builder *builder, const char *text, size_t length)
{
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    quiet.output_fn = NULL;
    struct fy_diag *diag = fy_diag_create(&quiet);
    if (diag == NULL)
        return false;
    fy_diag_set_collect_errors(diag, true);
    const struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_JSON_NONE, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&cfg);
    bool done = false;
    if (parser != NULL && fy_parser_set_string(parser, text, length) == 0) {
        struct fy_event *event = NULL;
        while (!builder->stopped && !done && (event = fy_parser_parse(parser)) != NULL) {
            done = event->type == FYET_STREAM_END;
            event_add(builder, event);
            fy_parser_event_free(parser, event);
        }
        if (!done && !builder->stopped)
            tell_syntax(builder, diag);
    }
    if (parser != NULL)
        fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return done;
}

/* libfyaml drops what is no UTF-8 and ends at a NUL without a word, so both are looked for before. */
static bool text_is_clean(const struct yaml *yaml, const char *text, size_t length)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < length; i++) {
        uint8_t c = (uint8_t)text[i];
        size_t more = c < 0x80                ? 0
                      : c >= 0xc2 && c < 0xe0 ? 1
                      : c >= 0xe0 && c < 0xf0 ? 2
                      : c >= 0xf0 && c < 0xf5 ? 3
                                              : 4;
        bool sound = more < 4 && more < length - i;
        for (size_t j = 1; sound && j <= more; j++)
            sound = ((uint8_t)text[i + j] & 0xc0) == 0x80;
        if (!sound)
            return failure_add(yaml->failure, "%s:%zu:%zu: this is not text in UTF-8", yaml->file, line, column);
        if (is_control(text, length, i))
            return failure_add(yaml->failure, "%s:%zu:%zu: a control character stands here; write plain text",
                               yaml->file, line, column);
        i += more;
        column++;
        if (c == '\n') {
            line++;
            column = 1;
        }
    }
    return true;
}

/* The whole file, to be freed by the caller. A pipe is as good as a file. */
static char *file_text(const char *file, size_t *length, struct failure *failure)
{
    FILE *in = fopen(file, "rb");
    char *text = malloc(LARGEST_FILE_BYTES + 1);
    errno = in == NULL ? errno : 0;
    *length = in != NULL && text != NULL ? fread(text, 1, LARGEST_FILE_BYTES + 1, in) : 0;
    bool good = in != NULL && text != NULL && !ferror(in);
    if (!good)
        failure_add(failure, "%s: cannot be read: %s", file, strerror(text == NULL ? ENOMEM : errno));
    else if (*length > LARGEST_FILE_BYTES)
        good = failure_add(failure, "%s: is larger than %zu MiB; no table or site is", file, LARGEST_FILE_BYTES >> 20);
    if (in != NULL)
        fclose(in);
    if (good)
        return text;
    free(text);
    return NULL;
}

bool yaml_read(struct yaml *yaml, const char *file, struct arena *arena, struct failure *failure)
{
    *yaml = (struct yaml){.file = file, .arena = arena, .failure = failure};
    size_t length = 0;
    char *text = file_text(file, &length, failure);
    if (text == NULL)
        return false;
    struct builder builder = {.yaml = yaml, .line = 1, .column = 1};
    unsigned before = failure->count;
    bool done = text_is_clean(yaml, text, length) && nodes_build(&builder, text, length);
    free(text);
    if (done && builder.root == NULL)
        return failure_add(failure, "%s: is empty; a site begins with 'site: NAME', a table with 'table: NAME'", file);
    if ((!done || arena_ran_out(arena)) && failure->count == before)
        failure_add(failure, "%s: not enough memory to read it", file);
    yaml->root = builder.root;
    return failure->count == before;
}
