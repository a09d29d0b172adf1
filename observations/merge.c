/* merge: rows are taken over by the numbers of their pairs and names, each of which is looked up once. */
#include "observations/merge.h"

#include "observations/inside.h"
#include "observations/scans.h"

#include <stdlib.h>

/* Numbers of the one store as numbers of the other, by what they stand for; 0 before the first look. */
struct numbers {
    struct observations *into;
    const struct observations *from;
    uint32_t *names, *pairs;
};

static uint32_t name_in(const struct numbers *numbers, uint32_t name)
{
    if (name == 0)
        return 0;
    if (numbers->names[name] == 0)
        numbers->names[name] = observations_name_of(numbers->into, names_text(&numbers->from->names, name));
    return numbers->names[name];
}

static uint32_t pair_in(const struct numbers *numbers, uint32_t number, bool in_vain)
{
    if (numbers->pairs[number] == 0) {
        struct pair pair = numbers->from->pairs[number].pair;
        pair.tunnel = name_in(numbers, pair.tunnel);
        pair.network = name_in(numbers, pair.network);
        numbers->pairs[number] =
            in_vain ? observations_pair_in_vain(numbers->into, &pair) : observations_pair(numbers->into, &pair);
    }
    return numbers->pairs[number];
}

/* Any record, by its columns. */
static void rename_columns(const struct numbers *numbers, const struct table *table, void *record)
{
    for (size_t i = 0; i < table->count; i++) {
        uint32_t name;
        char *at = (char *)record + table->columns[i].offset;
        if (table->columns[i].type != COLUMN_NAME)
            continue;
        memcpy(&name, at, sizeof name);
        name = name_in(numbers, name);
        memcpy(at, &name, sizeof name);
    }
}

static void merge_conversations(const struct numbers *numbers)
{
    for (size_t i = 0; i < observations_conversation_count(numbers->from); i++) {
        struct conversation row;
        observations_conversation(numbers->from, i, &row);
        rename_columns(numbers, &conversation_table, &row);
        uint32_t pair = pair_in(numbers, observations_conversation_pair(numbers->from, i), scan_takes_row(&row));
        observations_count(numbers->into, pair, row.slice_ns, &row);
    }
}

static void merge_facts(const struct numbers *numbers)
{
    for (size_t i = 0; i < observations_fact_count(numbers->from); i++) {
        struct fact row;
        observations_fact(numbers->from, i, &row);
        rename_columns(numbers, &fact_table, &row);
        uint32_t pair = pair_in(numbers, observations_fact_pair(numbers->from, i), false);
        observations_say(numbers->into, pair, row.slice_ns, &row);
    }
}

static void merge_learned(const struct numbers *numbers)
{
    for (size_t i = 0; i < observations_binding_count(numbers->from); i++) {
        struct binding row;
        observations_binding(numbers->from, i, &row);
        rename_columns(numbers, &binding_table, &row);
        observations_learn(numbers->into, &row);
    }
    for (size_t i = 0; i < observations_coverage_count(numbers->from); i++) {
        struct coverage row = *observations_coverage(numbers->from, i);
        rename_columns(numbers, &coverage_table, &row);
        observations_cover(numbers->into, &row);
    }
}

void observations_merge(struct observations *into, const struct observations *from)
{
    struct numbers numbers = {.into = into, .from = from};
    numbers.names = calloc(from->names.count, sizeof *numbers.names);
    numbers.pairs = calloc(from->pair_count + (size_t)1, sizeof *numbers.pairs);
    if (numbers.names != NULL && numbers.pairs != NULL) {
        merge_conversations(&numbers);
        merge_facts(&numbers);
        merge_learned(&numbers);
    } else {
        into->evicted += from->row_count;
        into->lost += from->value_count;
    }
    free(numbers.names);
    free(numbers.pairs);
}
