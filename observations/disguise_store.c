/* disguise_store: every record of a store, column by column: addresses by their type, texts by what their column holds.
 */
#include "observations/disguise.h"

#include <stdio.h>
#include <string.h>

struct copying {
    struct disguise *disguise;
    const struct observations *from;
    struct observations *into;
};

/* Columns with a text that somebody in the house, or a stranger, chose; of all other columns the words are ours. */
static const char *kind_of(const char *column)
{
    static const struct {
        const char *column, *kind;
    } kinds[] = {{"run", "run"},       {"sensor", "sensor"},     {"source", "source"},
                 {"filter", "filter"}, {"endpoint", "endpoint"}, {"annotation", "annotation"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].column, column) == 0)
            return kinds[i].kind;
    return NULL;
}

static void copy_name(const struct copying *c, const struct column *column, char *at)
{
    uint32_t name;
    char out[DISGUISE_TEXT];
    memcpy(&name, at, sizeof name);
    const char *text = observations_text(c->from, name), *kind = kind_of(column->name);
    name = observations_name_of(c->into, kind != NULL ? disguise_whole(c->disguise, kind, text, out) : text);
    memcpy(at, &name, sizeof name);
}

static void copy_columns(const struct copying *c, const struct table *table, void *record)
{
    for (size_t i = 0; i < table->count; i++) {
        char *at = (char *)record + table->columns[i].offset;
        if (table->columns[i].type == COLUMN_NAME) {
            copy_name(c, &table->columns[i], at);
        } else if (table->columns[i].type == COLUMN_ADDRESS) {
            struct address address;
            memcpy(&address, at, sizeof address);
            address = disguise_address(c->disguise, &address);
            memcpy(at, &address, sizeof address);
        }
    }
}

static void copy_fact(const struct copying *c, struct fact *row)
{
    char out[DISGUISE_TEXT], key[DISGUISE_TEXT], value[DISGUISE_TEXT];
    snprintf(key, sizeof key, "%s", observations_text(c->from, row->key));
    snprintf(value, sizeof value, "%s", observations_text(c->from, row->value));
    row->value = 0; /* or the text itself would be taken over */
    copy_columns(c, &fact_table, row);
    row->value = observations_name_of(c->into, disguise_fact(c->disguise, key, value, out));
}

struct observations *disguise_store(struct disguise *disguise, const struct observations *from, size_t budget_bytes,
                                    struct failure *failure)
{
    struct observations *into = observations_create(budget_bytes, failure);
    struct copying c = {disguise, from, into};
    for (size_t i = 0; into != NULL && i < observations_conversation_count(from); i++) {
        struct conversation row;
        observations_conversation(from, i, &row);
        copy_columns(&c, &conversation_table, &row);
        observations_add_conversation(into, &row);
    }
    for (size_t i = 0; into != NULL && i < observations_fact_count(from); i++) {
        struct fact row;
        observations_fact(from, i, &row);
        copy_fact(&c, &row);
        observations_add_fact(into, &row);
    }
    for (size_t i = 0; into != NULL && i < observations_binding_count(from); i++) {
        struct binding row;
        observations_binding(from, i, &row);
        copy_columns(&c, &binding_table, &row);
        observations_learn(into, &row);
    }
    for (size_t i = 0; into != NULL && i < observations_coverage_count(from); i++) {
        struct coverage row = *observations_coverage(from, i);
        copy_columns(&c, &coverage_table, &row);
        observations_cover(into, &row);
    }
    return into;
}
