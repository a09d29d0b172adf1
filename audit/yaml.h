/* yaml: reads a YAML file that a user wrote against a declared schema, and tells every mistake at once, each as
 * `file:line:column: key: what is wrong, and what would be right`.
 *
 * Hides libfyaml. A file becomes a tree of nodes in the caller's arena, each knowing where it stood. What our files do
 * not need is refused, so that nothing surprising can hide in them: anchors, aliases, tags, several documents, deep
 * nesting, control characters. Rules: YAML 1.2. */
#ifndef AUDIT_YAML_H
#define AUDIT_YAML_H

#include "audit/arena.h"
#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    size_t line, column;          /* from 1 */
    const char *key;              /* the key it stands under, itself or its list; "" at the top */
    const char *text;             /* of a YAML_TEXT, line breaks as spaces; "" when nothing stands there */
    const struct yaml_node *name; /* in a mapping: the node of its key; else NULL */
    struct yaml_node *first, *next;
    size_t count; /* of the nodes from `first` on */
};

/* One file being read. */
struct yaml {
    const char *file; /* as messages name it */
    struct arena *arena;
    struct failure *failure;
    const struct yaml_node *root;
};

/* Reads a file. False with a failure when it cannot be read, is empty or is no YAML. Nodes and texts belong to the
 * arena; `file` and `failure` are borrowed. */
bool yaml_read(struct yaml *yaml, const char *file, struct arena *arena, struct failure *failure);

/* Adds a problem with a node: `file:line:column: key: ...`. Returns false. */
bool yaml_problem(const struct yaml *yaml, const struct yaml_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads one node into what `into` points at; tells problems with yaml_problem. */
typedef void yaml_reader(const struct yaml *yaml, const struct yaml_node *node, void *into);

/* Is this a mapping that has the key? */
bool yaml_has(const struct yaml_node *node, const char *key);

/* One key that a mapping may have; an array of them ends with a name of NULL. */
struct yaml_key {
    const char *name;
    yaml_reader *read; /* is given the record's address plus offset */
    size_t offset;
    bool required;
};

/* Reads a mapping into `record`, key by key. `what` names it in messages ("a path"). False when this is no mapping;
 * true else, problems told. */
bool yaml_mapping(const struct yaml *yaml, const struct yaml_node *node, const char *what, const struct yaml_key *keys,
                  void *record);
/* Reads the items of a list, or one item written without a list, into an array of `size` bytes each. NULL and a count
 * of 0 when memory ran out. */
void *yaml_items(const struct yaml *yaml, const struct yaml_node *node, size_t size, yaml_reader *read, size_t *count);
/* Reads the values of a mapping whose keys the user chooses (each reader finds the key in node->name). `what` names the
 * mapping in messages ("the hosts"). */
void *yaml_values(const struct yaml *yaml, const struct yaml_node *node, const char *what, size_t size,
                  yaml_reader *read, size_t *count);

/* The text of a node; NULL after telling that it is none, or that it is empty. */
const char *yaml_text(const struct yaml *yaml, const struct yaml_node *node);
/* The index of a node's text in `words` (ended by NULL), or -1 after telling that it is unknown. `what` names the kind
 * of word in the message ("role"). */
int yaml_word(const struct yaml *yaml, const struct yaml_node *node, const char *what, const char *const *words);

/* Readers into one `const char *`. */
yaml_reader yaml_read_text;
/* A name of letters, digits, hyphens and dots, which commands, files and other tables can name. */
yaml_reader yaml_read_id;

/* A thing that must be unique within its kind, and where it stands. */
struct yaml_mark {
    const char *text;
    const char *file;
    size_t line, column;
    size_t order; /* as the user wrote them */
};

/* Sorts `marks` by text, then order, and calls `twice` for each that repeats an earlier one, with the first of them. */
void yaml_repeats(struct yaml_mark *marks, size_t count,
                  void (*twice)(const void *context, const struct yaml_mark *first, const struct yaml_mark *again),
                  const void *context);

#endif
