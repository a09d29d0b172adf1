/* document: a large JSON document written piece by piece, one list element a line, so that memory holds one element
 * at a time. Hides jansson's reference counting and its failures: once memory has run out nothing more is written, and
 * the document stays visibly unfinished. All text is made clean (clean.h). Keys keep the order in which they are put.
 */
#ifndef REPORTS_DOCUMENT_H
#define REPORTS_DOCUMENT_H

#include "audit/audit.h"

#include <jansson.h>
#include <stdio.h>

struct document {
    FILE *out;
    bool failed;
    size_t members, items, inside; /* of the document, of its list, of an item's own list */
};

/* The document: an object with members and lists. */
void document_begin(struct document *document, FILE *out);
/* Takes `value`. */
void document_member(struct document *document, const char *key, json_t *value);
void document_list_begin(struct document *document, const char *key);
/* Takes `item`. */
void document_list_item(struct document *document, json_t *item);
/* An item with a long list of its own: `before` and `after` hold what stands on both sides of the list, at least one
 * member each, and are taken, as is each `value`. */
void document_item_begin(struct document *document, json_t *before, const char *key);
void document_item_member(struct document *document, json_t *value);
void document_item_end(struct document *document, json_t *after);
void document_list_end(struct document *document);
void document_end(struct document *document);
/* Tells who asks by `lost` that not all could be written. */
void document_tell_lost(const struct document *document, bool *lost);

/* Puts `value`, which is taken, into an object or a list of the document. */
void document_put(struct document *document, json_t *object, const char *key, json_t *value);
void document_push(struct document *document, json_t *list, json_t *value);

/* Values; NULL when memory runs out, which all functions above understand. */
json_t *document_text(const char *text);
json_t *document_count(uint64_t n);
json_t *document_time(int64_t time_ns);
json_t *document_address(const struct address *address);

/* Lists and objects that many objects hold. */
json_t *document_texts(struct document *document, const struct texts *texts);
json_t *document_evidence(struct document *document, const struct evidence *evidence);
/* Ports as written, each once; those of all parts of a path. */
json_t *document_ports(struct document *document, const struct port *ports, size_t count);
json_t *document_path_ports(struct document *document, const struct path *path);
/* Roles in one text, separated by commas. */
json_t *document_roles(const struct texts *roles);

#endif
