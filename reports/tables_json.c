/* tables_json: pathaudit.table/1, a table with all it says, for programs, and the same as lines of a table. The
 * expectations of a row are those of its parts put together; what exactly is expected where stands in the parts. */
#include "base/clock.h"
#include "reports/csv_lines.h"
#include "reports/json_expected.h"
#include "reports/names.h"
#include "reports/report.h"

static json_t *part_object(struct document *d, const struct part *part)
{
    json_t *o = json_object();
    document_put(d, o, "from", document_roles(&part->from));
    document_put(d, o, "to", document_roles(&part->to));
    document_put(d, o, "ports", document_ports(d, part->ports, part->port_count));
    document_put(d, o, "protocol", document_text(part->protocol));
    document_put(d, o, "services", document_texts(d, &part->services));
    document_put(d, o, "port_setting", document_text(part->port_setting));
    document_put(d, o, "both_directions", json_boolean(part->both_directions));
    document_put(d, o, "checked", json_boolean(part->expectation.checked));
    json_put_expectations(d, o, part, 1);
    return o;
}

static json_t *path_object(struct document *d, const struct path *path)
{
    json_t *o = json_object(), *parts = json_array();
    for (size_t i = 0; i < path->part_count; i++)
        document_push(d, parts, part_object(d, &path->parts[i]));
    document_put(d, o, "id", document_text(path->id));
    document_put(d, o, "name", document_text(path->name));
    document_put(d, o, "section", document_text(path->section));
    document_put(d, o, "source", document_text(path->source));
    document_put(d, o, "certainty", document_text(certainty_words[path->certainty]));
    document_put(d, o, "from", document_roles(&path->from));
    document_put(d, o, "to", document_roles(&path->to));
    document_put(d, o, "ports", document_path_ports(d, path));
    document_put(d, o, "parts", parts);
    json_put_expectations(d, o, path->parts, path->part_count);
    document_put(d, o, "required", document_text(names_requirement(path->required)));
    document_put(d, o, "trigger", document_text(path->trigger));
    document_put(d, o, "needs", document_text(need_words[path->needs]));
    document_put(d, o, "cadence_seconds", document_count(path->cadence_ns / SECOND_NS));
    document_put(d, o, "inferred", document_texts(d, &path->inferred));
    document_put(d, o, "cells", json_cells(d, &path->cells));
    document_put(d, o, "note", document_text(path->note));
    return o;
}

static json_t *rule_object(struct document *d, const struct rule *rule)
{
    json_t *o = json_object();
    document_put(d, o, "id", document_text(rule->id));
    document_put(d, o, "name", document_text(rule->name));
    document_put(d, o, "roles", document_texts(d, &rule->roles));
    document_put(d, o, "ports", document_ports(d, rule->ports, rule->port_count));
    document_put(d, o, "program", document_text(rule->program));
    document_put(d, o, "source", document_text(rule->source));
    document_put(d, o, "note", document_text(rule->note));
    return o;
}

static json_t *fact_object(struct document *d, const struct table_fact *fact)
{
    json_t *o = json_object();
    document_put(d, o, "id", document_text(fact->id));
    document_put(d, o, "name", document_text(fact->name));
    document_put(d, o, "section", document_text(fact->section));
    document_put(d, o, "source", document_text(fact->source));
    document_put(d, o, "certainty", document_text(certainty_words[fact->certainty]));
    document_put(d, o, "from", document_roles(&fact->from));
    document_put(d, o, "to", document_roles(&fact->to));
    document_put(d, o, "ports", document_ports(d, fact->ports, fact->port_count));
    document_put(d, o, "inferred", document_texts(d, &fact->inferred));
    document_put(d, o, "cells", json_cells(d, &fact->cells));
    document_put(d, o, "checked_by", document_texts(d, &fact->checked_by));
    document_put(d, o, "text", document_text(fact->text));
    return o;
}

void table_json(const struct path_table *table, FILE *out)
{
    struct document document;
    document_begin(&document, out);
    document_member(&document, "schema", document_text("pathaudit.table/1"));
    document_member(&document, "name", document_text(table->name));
    document_member(&document, "title", document_text(table->title));
    document_member(&document, "source", document_text(table->source));
    document_list_begin(&document, "paths");
    for (size_t i = 0; i < table->path_count; i++)
        document_list_item(&document, path_object(&document, &table->paths[i]));
    document_list_end(&document);
    document_list_begin(&document, "rules");
    for (size_t i = 0; i < table->rule_count; i++)
        document_list_item(&document, rule_object(&document, &table->rules[i]));
    document_list_end(&document);
    document_list_begin(&document, "facts");
    for (size_t i = 0; i < table->fact_count; i++)
        document_list_item(&document, fact_object(&document, &table->facts[i]));
    document_list_end(&document);
    document_end(&document);
}

/* Each line says which of the three it is. */
static json_t *entry(struct document *d, const char *kind, json_t *object)
{
    document_put(d, object, "entry", document_text(kind));
    return object;
}

void table_csv(const struct path_table *table, bool tabs, FILE *out)
{
    static const char *const columns[] = {"entry",
                                          "id",
                                          "section",
                                          "name",
                                          "from",
                                          "to",
                                          "roles",
                                          "ports",
                                          "cells.ports",
                                          "cells.default_authentication",
                                          "cells.supported_authentication",
                                          "cells.encryption",
                                          "cells.encrypted_by_default",
                                          "required",
                                          "trigger",
                                          "program",
                                          "certainty",
                                          "inferred",
                                          "checked_by",
                                          "note",
                                          "text",
                                          "source",
                                          NULL};
    struct csv csv = csv_begin(out, columns, tabs);
    for (size_t i = 0; i < table->path_count; i++)
        csv_line(&csv, entry(&csv.document, "path", path_object(&csv.document, &table->paths[i])));
    for (size_t i = 0; i < table->rule_count; i++)
        csv_line(&csv, entry(&csv.document, "rule", rule_object(&csv.document, &table->rules[i])));
    for (size_t i = 0; i < table->fact_count; i++)
        csv_line(&csv, entry(&csv.document, "fact", fact_object(&csv.document, &table->facts[i])));
    fflush(out);
}
