/* table_schema: what one table file may hold, read into plain records. Only table.c needs this. */
#ifndef AUDIT_TABLE_SCHEMA_H
#define AUDIT_TABLE_SCHEMA_H

#include "audit/table.h"
#include "audit/yaml.h"

struct included {
    bool is_file;     /* `name` is that of a file, beside the one that includes it; else that of a table */
    const char *name; /* NULL when what stood there was no name */
    size_t line, column;
};

enum id_kind { ID_PATH, ID_RULE, ID_FACT, ID_KIND_COUNT };

/* One file, without what it includes. */
struct table_document {
    const char *file, *name, *title, *source;
    struct included *include;
    size_t include_count;
    bool is_fragment; /* named FOLDER/NAME: a piece of the table that includes it, and of its source */
    struct path *paths;
    size_t path_count;
    struct rule *rules;
    size_t rule_count;
    struct table_fact *facts;
    size_t fact_count;
    struct yaml_mark *ids[ID_KIND_COUNT]; /* where each id stands */
    size_t id_count[ID_KIND_COUNT];
};

/* False when nothing could be read at all; true else, problems told through the failure. `file` must live as long as
 * the arena. */
bool table_document_read(struct table_document *document, const char *file, struct arena *arena,
                         struct failure *failure);

#endif
