/* diff_json: pathaudit.diff/1, for programs. Every key is always there. */
#include "reports/diff.h"
#include "reports/document.h"

#include <string.h>

static json_t *side_object(struct document *d, const char *name, const json_t *audit)
{
    json_t *o = json_object();
    const json_t *window = json_object_get(audit, "window"), *summary = json_object_get(audit, "summary");
    document_put(d, o, "source", document_text(name));
    document_put(d, o, "version", document_text(diff_word(audit, "version")));
    document_put(d, o, "first", document_text(diff_word(window, "first")));
    document_put(d, o, "last", document_text(diff_word(window, "last")));
    document_put(d, o, "conclusion", document_text(diff_word(summary, "conclusion")));
    return o;
}

static json_t *change_object(struct document *d, const struct change *change)
{
    json_t *o = json_object();
    const json_t *thing = change->new != NULL ? change->new : change->old;
    bool on_path = change->kind == CHANGE_PATH || change->kind == CHANGE_PAIR;
    const json_t *finding = change->kind == CHANGE_FINDING ? thing : change->finding;
    bool pair = change->kind == CHANGE_PAIR;
    document_put(d, o, "kind", document_text(change_kind_name(change->kind)));
    document_put(d, o, "direction", document_text(direction_name(change->direction)));
    document_put(d, o, "was", document_text(change->was));
    document_put(d, o, "is", document_text(change->is));
    document_put(d, o, "client", document_text(pair ? change->client : diff_word(thing, "client")));
    document_put(d, o, "server", document_text(pair ? change->server : diff_word(thing, "server")));
    document_put(d, o, "transport", document_text(diff_word(thing, "transport")));
    document_put(d, o, "port", document_count((uint64_t)json_integer_value(json_object_get(thing, "port"))));
    document_put(d, o, "table", document_text(on_path ? diff_word(thing, "table") : ""));
    document_put(d, o, "path", document_text(diff_word(thing, on_path ? "id" : "path")));
    document_put(d, o, "finding", document_text(diff_word(finding, "id")));
    document_put(d, o, "subject", document_text(diff_word(finding, "subject")));
    document_put(d, o, "reason", document_text(change->why));
    document_put(d, o, "counted", json_boolean(!change->told));
    return o;
}

static json_t *ports_object(struct document *d, const struct moved_ports *ports)
{
    json_t *o = json_object();
    const char *change = ports->old_ports[0] == '\0' ? "new" : ports->new_ports[0] == '\0' ? "gone" : "moved";
    document_put(d, o, "change", document_text(change));
    document_put(d, o, "server", document_text(ports->server));
    document_put(d, o, "transport", document_text(ports->transport));
    document_put(d, o, "interfaces", document_texts(d, &ports->interfaces));
    document_put(d, o, "old_ports", document_text(ports->old_ports));
    document_put(d, o, "new_ports", document_text(ports->new_ports));
    return o;
}

void diff_json(const struct diff *diff, const struct report_options *options, FILE *out)
{
    struct document d;
    json_t *summary = json_object();
    document_begin(&d, out);
    for (enum direction i = 0; i < DIRECTION_COUNT; i++)
        document_put(&d, summary, direction_name(i), document_count(diff->counts[i]));
    document_member(&d, "schema", document_text("pathaudit.diff/1"));
    document_member(&d, "version", document_text(options->version != NULL ? options->version : ""));
    document_member(&d, "old", side_object(&d, diff->old_name, diff->old));
    document_member(&d, "new", side_object(&d, diff->new_name, diff->new));
    document_member(&d, "worse", json_boolean(diff->counts[DIRECTION_WORSE] > 0));
    document_member(&d, "summary", summary);
    document_list_begin(&d, "changes");
    for (size_t i = 0; i < diff->change_count; i++)
        document_list_item(&d, change_object(&d, &diff->changes[i]));
    document_list_end(&d);
    document_list_begin(&d, "ports");
    for (size_t i = 0; i < diff->port_count; i++)
        document_list_item(&d, ports_object(&d, &diff->ports[i]));
    document_list_end(&d);
    document_list_begin(&d, "limits");
    for (size_t i = 0; i < diff->limits.count; i++)
        document_list_item(&d, document_text(diff->limits.items[i]));
    document_list_end(&d);
    document_end(&d);
    document_tell_lost(&d, options->lost);
}
