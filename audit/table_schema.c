/* table_schema: the keys of a table file and what each may hold.
 *
 * A path says things of a component itself, or its parts do; both have the same keys, read into a struct draft, whose
 * unsaid things are filled in at the end. What contradicts itself is told here too: a trigger nobody waits for, ports
 * beside parts, encryption by default where none is supported. */
#include "audit/table_schema.h"

#include "audit/ports.h"
#include "audit/words.h"

#include <string.h>

struct methods {
    struct texts fallback, supported; /* `fallback`: by default */
    enum answer by_default;
    unsigned floor;
    bool said;
};

struct draft {
    struct texts from, to, services;
    struct port *ports;
    size_t port_count;
    const char *protocol;
    struct methods authentication, encryption;
    enum answer both_directions, checked;
    const char *port_setting;
};

struct path_draft {
    struct draft own; /* first, so that the component's keys serve path and part */
    struct draft *parts;
    size_t part_count;
    struct path path;
    struct yaml_mark id;
};

struct rule_draft {
    struct rule rule;
    struct yaml_mark id;
};

struct fact_draft {
    struct table_fact fact;
    struct yaml_mark id;
};

/* --- what stands under the keys of a component --- */

static void read_ports(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct draft *draft = into;
    draft->ports = ports_take(yaml, node, &draft->port_count);
}

static void read_authentication(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {
        {"default", words_read_authentication, offsetof(struct methods, fallback), false},
        {"supported", words_read_authentication, offsetof(struct methods, supported), false},
        {NULL, NULL, 0, false}};
    struct methods *methods = into;
    methods->said = yaml_mapping(yaml, node, "authentication", keys, methods);
}

static void read_floor(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    int index = yaml_word(yaml, node, "version of TLS", tls_floor_words);
    if (index >= 0)
        *(unsigned *)into = (unsigned)index + 1;
}

static bool supports_tls(const struct texts *supported)
{
    return texts_have(supported, "tls") || texts_have(supported, "starttls") || texts_have(supported, "anonymoustls");
}

static void read_encryption(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {
        {"supported", words_read_encryption, offsetof(struct methods, supported), true},
        {"default", words_read_answer, offsetof(struct methods, by_default), false},
        {"floor", read_floor, offsetof(struct methods, floor), false},
        {NULL, NULL, 0, false}};
    struct methods *methods = into;
    methods->said = yaml_mapping(yaml, node, "encryption", keys, methods);
    if (methods->by_default == ANSWER_YES && methods->supported.count == 0)
        yaml_problem(yaml, node, "is on by default, yet nothing is supported; name what is under supported");
    if (methods->floor > 0 && !supports_tls(&methods->supported))
        yaml_problem(yaml, node, "has a floor of TLS, yet TLS is not supported; add tls, starttls or anonymoustls");
}

static void read_service(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    const char *text = yaml_text(yaml, node);
    if (text != NULL && strchr(text, ' ') != NULL)
        yaml_problem(yaml, node, "\"%.60s\" is no service; write an interface, a UUID, a path (/owa) or a verb", text);
    else if (text != NULL)
        *(const char **)into = text;
}

/* `service: x` and `services: [x, y]` are two ways to say it; the first reader to come has said it. */
static void read_services(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct texts *services = into;
    if (services->items != NULL)
        yaml_problem(yaml, node, "service and services both stand here; write one of them");
    services->items = yaml_items(yaml, node, sizeof *services->items, read_service, &services->count);
}

/* The keys that a path and a part share. */
/* clang-format off */
#define COMPONENT_KEYS(ports_required)                                                      \
    {"ports", read_ports, 0, ports_required},                                               \
    {"protocol", yaml_read_id, offsetof(struct draft, protocol), false},                    \
    {"service", read_services, offsetof(struct draft, services), false},                    \
    {"services", read_services, offsetof(struct draft, services), false},                   \
    {"both_directions", words_read_answer, offsetof(struct draft, both_directions), false}, \
    {"authentication", read_authentication, offsetof(struct draft, authentication), false}, \
    {"encryption", read_encryption, offsetof(struct draft, encryption), false},             \
    {"checked", words_read_answer, offsetof(struct draft, checked), false},                 \
    {"port_setting", yaml_read_id, offsetof(struct draft, port_setting), false}
/* clang-format on */

static void read_part(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {{"from", words_read_roles, offsetof(struct draft, from), false},
                                           {"to", words_read_roles, offsetof(struct draft, to), false},
                                           COMPONENT_KEYS(true),
                                           {NULL, NULL, 0, false}};
    yaml_mapping(yaml, node, "a part", keys, into);
}

/* --- a path --- */

static void read_parts(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct path_draft *draft = into;
    if (node->kind == YAML_LIST && node->count == 0)
        yaml_problem(yaml, node, "is an empty list; a path has at least one part");
    draft->parts = yaml_items(yaml, node, sizeof *draft->parts, read_part, &draft->part_count);
}

static void read_path_id(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct yaml_mark *mark = into;
    *mark = (struct yaml_mark){.file = yaml->file, .line = node->line, .column = node->column};
    yaml_read_id(yaml, node, &mark->text);
}

static const struct cells no_cells = {"", "", "", "", ""};

static void read_cells(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {
        {"ports", yaml_read_text, offsetof(struct cells, ports), false},
        {"default_authentication", yaml_read_text, offsetof(struct cells, default_authentication), false},
        {"supported_authentication", yaml_read_text, offsetof(struct cells, supported_authentication), false},
        {"encryption", yaml_read_text, offsetof(struct cells, encryption), false},
        {"encrypted_by_default", yaml_read_text, offsetof(struct cells, encrypted_by_default), false},
        {NULL, NULL, 0, false}};
    yaml_mapping(yaml, node, "cells", keys, into);
}

static void read_inferred_word(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const char *const words[] = {"from", "to", "ports", "services", "authentication", "encryption", NULL};
    int index = yaml_word(yaml, node, "column", words);
    *(const char **)into = index >= 0 ? words[index] : "";
}

static void read_inferred(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct texts *inferred = into;
    inferred->items = yaml_items(yaml, node, sizeof *inferred->items, read_inferred_word, &inferred->count);
}

static void read_certainty(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    int index = yaml_word(yaml, node, "certainty", certainty_words);
    if (index >= 0)
        *(enum certainty *)into = (enum certainty)index;
}

/* Which things of a path contradict each other. */
static void path_check(const struct yaml *yaml, const struct yaml_node *node, const struct path_draft *draft)
{
    if (draft->own.ports != NULL && draft->parts != NULL)
        yaml_problem(yaml, node, "a path has ports or parts, not both; move the ports into a part");
    if (draft->own.ports == NULL && draft->parts == NULL)
        failure_add(yaml->failure, "%s:%zu:%zu: ports: is missing; a path needs ports or parts", yaml->file, node->line,
                    node->column);
    bool triggered = draft->path.required == REQUIRED_WHEN_TRIGGERED;
    if (triggered && draft->path.trigger[0] == '\0')
        failure_add(yaml->failure, "%s:%zu:%zu: trigger: is missing; a path required when-triggered needs it",
                    yaml->file, node->line, node->column);
    if (!triggered && draft->path.trigger[0] != '\0')
        failure_add(yaml->failure, "%s:%zu:%zu: trigger: has no use without required: when-triggered", yaml->file,
                    node->line, node->column);
}

static struct methods methods_or(const struct methods *said, const struct methods *otherwise)
{
    return said->said ? *said : *otherwise;
}

/* What a part does not say it takes from its path. */
static struct part part_make(const struct draft *draft, const struct draft *own)
{
    struct methods authentication = methods_or(&draft->authentication, &own->authentication);
    struct methods encryption = methods_or(&draft->encryption, &own->encryption);
    const char *protocol = draft->protocol != NULL ? draft->protocol : own->protocol;
    enum answer both = draft->both_directions != ANSWER_UNSAID ? draft->both_directions : own->both_directions;
    enum answer checked = draft->checked != ANSWER_UNSAID ? draft->checked : own->checked;
    return (struct part){.from = draft->from.count > 0 ? draft->from : own->from,
                         .to = draft->to.count > 0 ? draft->to : own->to,
                         .ports = draft->ports,
                         .port_count = draft->port_count,
                         .protocol = protocol != NULL ? protocol : "",
                         .services = draft->services.items != NULL ? draft->services : own->services,
                         .both_directions = both == ANSWER_YES,
                         .port_setting = draft->port_setting != NULL ? draft->port_setting : "",
                         .expectation = {.authentication_default = authentication.fallback,
                                         .authentication_supported = authentication.supported,
                                         .encryption_supported = encryption.supported,
                                         .encryption_default = encryption.by_default,
                                         .tls_floor = encryption.floor,
                                         .checked = checked != ANSWER_NO}};
}

static void path_finish(const struct yaml *yaml, struct path_draft *draft)
{
    const struct draft *parts = draft->parts != NULL ? draft->parts : &draft->own;
    size_t count = draft->parts != NULL ? draft->part_count : 1;
    struct path *path = &draft->path;
    path->parts = arena_take_many(yaml->arena, count, sizeof *path->parts);
    path->part_count = path->parts != NULL ? count : 0;
    for (size_t i = 0; i < path->part_count; i++)
        path->parts[i] = part_make(&parts[i], &draft->own);
    path->id = draft->id.text;
    path->from = draft->own.from;
    path->to = draft->own.to;
}

#define PATH(member) offsetof(struct path_draft, path.member)

static void read_path(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {{"id", read_path_id, offsetof(struct path_draft, id), true},
                                           {"name", yaml_read_text, PATH(name), true},
                                           {"section", yaml_read_text, PATH(section), false},
                                           {"source", yaml_read_text, PATH(source), false},
                                           {"certainty", read_certainty, PATH(certainty), false},
                                           {"from", words_read_roles, offsetof(struct draft, from), true},
                                           {"to", words_read_roles, offsetof(struct draft, to), true},
                                           COMPONENT_KEYS(false),
                                           {"parts", read_parts, 0, false},
                                           {"required", words_read_requirement, PATH(required), false},
                                           {"trigger", yaml_read_id, PATH(trigger), false},
                                           {"cadence", words_read_duration_ns, PATH(cadence_ns), false},
                                           {"needs", words_read_needs, PATH(needs), false},
                                           {"inferred", read_inferred, PATH(inferred), false},
                                           {"note", yaml_read_text, PATH(note), false},
                                           {"cells", read_cells, PATH(cells), false},
                                           {NULL, NULL, 0, false}};
    struct path_draft *draft = into;
    draft->path = (struct path){.name = "",
                                .section = "",
                                .source = "",
                                .trigger = "",
                                .note = "",
                                .cells = no_cells,
                                .file = yaml->file,
                                .line = node->line};
    if (!yaml_mapping(yaml, node, "a path", keys, draft))
        return;
    path_check(yaml, node, draft);
    path_finish(yaml, draft);
}

/* --- rules and facts --- */

static void read_rule_ports(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct rule *rule = into;
    rule->ports = ports_take(yaml, node, &rule->port_count);
}

static void read_rule(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {
        {"id", read_path_id, offsetof(struct rule_draft, id), true},
        {"name", yaml_read_text, offsetof(struct rule_draft, rule.name), true},
        {"roles", words_read_roles, offsetof(struct rule_draft, rule.roles), true},
        {"ports", read_rule_ports, offsetof(struct rule_draft, rule), true},
        {"program", yaml_read_text, offsetof(struct rule_draft, rule.program), false},
        {"note", yaml_read_text, offsetof(struct rule_draft, rule.note), false},
        {NULL, NULL, 0, false}};
    struct rule_draft *draft = into;
    draft->rule = (struct rule){.name = "", .program = "", .note = ""};
    yaml_mapping(yaml, node, "a rule", keys, draft);
}

static void read_fact_ports(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct table_fact *fact = into;
    fact->ports = ports_take(yaml, node, &fact->port_count);
}

#define FACT(member) offsetof(struct fact_draft, fact.member)

static void read_fact(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {{"id", read_path_id, offsetof(struct fact_draft, id), true},
                                           {"name", yaml_read_text, FACT(name), true},
                                           {"section", yaml_read_text, FACT(section), false},
                                           {"source", yaml_read_text, FACT(source), false},
                                           {"certainty", read_certainty, FACT(certainty), false},
                                           {"text", yaml_read_text, FACT(text), false},
                                           {"from", words_read_roles, FACT(from), false},
                                           {"to", words_read_roles, FACT(to), false},
                                           {"ports", read_fact_ports, offsetof(struct fact_draft, fact), false},
                                           {"inferred", read_inferred, FACT(inferred), false},
                                           {"checked_by", words_read_texts, FACT(checked_by), false},
                                           {"cells", read_cells, FACT(cells), false},
                                           {NULL, NULL, 0, false}};
    struct fact_draft *draft = into;
    draft->fact = (struct table_fact){.name = "",
                                      .text = "",
                                      .section = "",
                                      .source = "",
                                      .cells = no_cells,
                                      .file = yaml->file,
                                      .line = node->line,
                                      .column = node->column};
    yaml_mapping(yaml, node, "a fact", keys, draft);
}

/* --- the file --- */

static void id_keep(struct table_document *document, enum id_kind kind, const struct yaml_mark *id)
{
    if (id->text != NULL)
        document->ids[kind][document->id_count[kind]++] = *id;
}

static void read_paths(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct table_document *document = into;
    size_t count;
    struct path_draft *drafts = yaml_items(yaml, node, sizeof *drafts, read_path, &count);
    document->paths = arena_take_many(yaml->arena, count, sizeof *document->paths);
    document->ids[ID_PATH] = arena_take_many(yaml->arena, count, sizeof *document->ids[ID_PATH]);
    if (document->paths == NULL || document->ids[ID_PATH] == NULL)
        return;
    document->path_count = count;
    for (size_t i = 0; i < count; i++) {
        document->paths[i] = drafts[i].path;
        id_keep(document, ID_PATH, &drafts[i].id);
    }
}

static void read_rules(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct table_document *document = into;
    size_t count;
    struct rule_draft *drafts = yaml_items(yaml, node, sizeof *drafts, read_rule, &count);
    document->rules = arena_take_many(yaml->arena, count, sizeof *document->rules);
    document->ids[ID_RULE] = arena_take_many(yaml->arena, count, sizeof *document->ids[ID_RULE]);
    if (document->rules == NULL || document->ids[ID_RULE] == NULL)
        return;
    document->rule_count = count;
    for (size_t i = 0; i < count; i++) {
        document->rules[i] = drafts[i].rule;
        document->rules[i].id = drafts[i].id.text;
        id_keep(document, ID_RULE, &drafts[i].id);
    }
}

static void read_facts(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct table_document *document = into;
    size_t count;
    struct fact_draft *drafts = yaml_items(yaml, node, sizeof *drafts, read_fact, &count);
    document->facts = arena_take_many(yaml->arena, count, sizeof *document->facts);
    document->ids[ID_FACT] = arena_take_many(yaml->arena, count, sizeof *document->ids[ID_FACT]);
    if (document->facts == NULL || document->ids[ID_FACT] == NULL)
        return;
    document->fact_count = count;
    for (size_t i = 0; i < count; i++) {
        document->facts[i] = drafts[i].fact;
        document->facts[i].id = drafts[i].id.text;
        id_keep(document, ID_FACT, &drafts[i].id);
    }
}

/* A short name, or that of a fragment in a folder: `exchange-2010/transport`. */
static void read_table_name(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    const char *text = yaml_text(yaml, node);
    if (text == NULL)
        return;
    const char *slash = strchr(text, '/');
    bool good = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/") == strlen(text) &&
                text[0] != '.' && text[0] != '/';
    if (slash != NULL)
        good = good && slash[1] != '\0' && slash[1] != '.' && strchr(slash + 1, '/') == NULL;
    if (good)
        *(const char **)into = text;
    else
        yaml_problem(yaml, node, "\"%.60s\" is no short name; use letters, digits, hyphens and dots", text);
}

/* A table of one's own is included by its file: `ours.yaml`, `../ours.yml`. */
static bool names_a_file(const char *text)
{
    size_t length = strlen(text);
    return (length > 5 && strcmp(text + length - 5, ".yaml") == 0) ||
           (length > 4 && strcmp(text + length - 4, ".yml") == 0);
}

static void read_included(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct included *included = into;
    *included = (struct included){.line = node->line, .column = node->column};
    included->is_file = node->kind == YAML_TEXT && names_a_file(node->text);
    if (included->is_file)
        yaml_read_text(yaml, node, &included->name);
    else
        read_table_name(yaml, node, &included->name);
}

static void read_include(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct table_document *document = into;
    document->include = yaml_items(yaml, node, sizeof *document->include, read_included, &document->include_count);
}

bool table_document_read(struct table_document *document, const char *file, struct arena *arena,
                         struct failure *failure)
{
    static const struct yaml_key keys[] = {{"table", read_table_name, offsetof(struct table_document, name), true},
                                           {"title", yaml_read_text, offsetof(struct table_document, title), false},
                                           {"source", yaml_read_text, offsetof(struct table_document, source), false},
                                           {"include", read_include, 0, false},
                                           {"paths", read_paths, 0, false},
                                           {"rules", read_rules, 0, false},
                                           {"facts", read_facts, 0, false},
                                           {NULL, NULL, 0, false}};
    *document = (struct table_document){.file = file, .name = "", .title = "", .source = ""};
    struct yaml yaml;
    if (!yaml_read(&yaml, file, arena, failure))
        return false;
    if (yaml_has(yaml.root, "site") && !yaml_has(yaml.root, "table"))
        return yaml_problem(&yaml, yaml.root, "this is a site and no table; -s reads it");
    bool read = yaml_mapping(&yaml, yaml.root, "a table", keys, document);
    document->is_fragment = strchr(document->name, '/') != NULL;
    return read;
}
