/* rules_write: see reports/rules_write.h. */
#include "reports/rules_write.h"

#include "audit/narrow.h"
#include "base/clock.h"
#include "reports/clean.h"
#include "reports/names.h"

#include <stdarg.h>
#include <string.h>

#define IS_V4_BITS 96 /* of the 128 in front of an IPv4 address */

static bool is_safe(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c < 0x80 && c != 0 && strchr(" .,:/()_+=%-", (int)c) != NULL);
}

const char *rules_safe(const char *text, char *out, size_t size)
{
    struct bytes in = bytes_of(text, strlen(text));
    size_t length = 0;
    for (uint32_t c = clean_take(&in); c != 0 && length + 1 < size; c = clean_take(&in))
        out[length++] = is_safe(c) ? (char)c : '_';
    out[length] = '\0';
    return out;
}

void rules_comment(const struct rules *rules, const char *format, ...)
{
    char text[2048], safe[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    rules_safe(text, safe, sizeof safe);
    const char *at = safe, *indent = "";
    do {
        size_t length = strlen(at), room = rules->width - strlen(indent);
        if (length > room) {
            for (length = room; length > 0 && at[length] != ' '; length--)
                ;
            length = length > 0 ? length : room;
        }
        fprintf(rules->out, "%s%s%.*s\n", rules->comment, indent, (int)length, at);
        at += length;
        at += strspn(at, " ");
        indent = "    ";
    } while (*at != '\0');
}

void rules_head(const struct rules *rules, const char *form)
{
    const struct audit *audit = rules->audit;
    char first[CLOCK_TEXT], last[CLOCK_TEXT];
    struct phrase tables = {0}, sources = {0}, list = {0}, count = {0}, left_out = {0};
    for (size_t i = 0; i < audit->table_count; i++)
        phrase_add(&tables, "%s%s", i > 0 ? ", " : "", audit->tables[i]->name);
    for (size_t i = 0; i < audit->coverage_count; i++)
        names_add_word(&list, observations_text(audit->store, audit->coverages[i].source));
    names_join(&sources, &list, ", ");
    phrase_count(&count, rules->permits->count, "rule", "rules");
    rules_comment(rules, "FOR REVIEW: %s, from what was observed and is expected. pathaudit %s", form,
                  rules->options->version != NULL ? rules->options->version : "");
    rules_comment(rules, "observed: %s, %s - %s UTC", sources.text, clock_day_and_time(audit->first_ns, first),
                  clock_day_and_time(audit->last_ns, last));
    rules_comment(rules, "expected: table %s, site %s", tables.text,
                  audit->site != NULL ? audit->site->name : "none, roles are inferred from the traffic");
    if (rules->permits->left_out == 0) {
        rules_comment(rules, "%s. %s", count.text,
                      rules->permits->count > 0 ? "All conversations that were seen have one."
                                                : "No conversation that could have one was seen.");
    } else {
        phrase_count(&left_out, rules->permits->left_out, "conversation that was seen has",
                     "conversations that were seen have");
        rules_comment(rules,
                      "%s. %s none: nothing expects them, or they are known from a port range alone. pathaudit audit "
                      "tells which.",
                      count.text, left_out.text);
    }
    rules_comment(rules,
                  "What did not happen while it was observed has no rule here, even when a row expects it: backups, "
                  "failover, what runs once a month. Compare with pathaudit audit --only paths --all first.");
}

const char *rules_host(const struct rules *rules, const struct permit *permit, char *out, size_t size)
{
    char text[ADDRESS_TEXT];
    return rules_safe(names_host(rules->audit, permit->server_host, &permit->server, text), out, size);
}

const char *rules_transport(const struct permit *permit, char out[TRANSPORT_TEXT])
{
    return observation_transport(permit->transport, out);
}

const char *rules_prefix(const struct prefix *prefix, char out[PREFIX_TEXT])
{
    char text[ADDRESS_TEXT];
    bool v4 = address_is_v4(&prefix->base);
    unsigned bits = v4 ? prefix->bits - IS_V4_BITS : prefix->bits;
    if (prefix->bits == 128)
        snprintf(out, PREFIX_TEXT, "%s", address_text(&prefix->base, text));
    else
        snprintf(out, PREFIX_TEXT, "%s/%u", address_text(&prefix->base, text), bits);
    return out;
}

size_t rules_client_count(const struct permit *permit)
{
    return permit->role[0] != '\0' ? permit->prefix_count : permit->client_count;
}

struct prefix rules_client(const struct permit *permit, size_t i)
{
    if (permit->role[0] != '\0')
        return permit->prefixes[i];
    return (struct prefix){permit->clients[i], 128};
}

bool rules_client_counts(const struct permit *permit, size_t i)
{
    struct prefix client = rules_client(permit, i);
    if (address_is_v4(&permit->server) != address_is_v4(&client.base))
        return false;
    for (size_t k = 0; k < rules_client_count(permit); k++) {
        struct prefix other = rules_client(permit, k);
        bool wider = other.bits < client.bits || (other.bits == client.bits && k < i);
        if (wider && prefix_has(&other, &client.base))
            return false;
    }
    return true;
}

static void evidence_clients(const struct rules *rules, const struct permit *permit, struct phrase *line)
{
    char text[ADDRESS_TEXT];
    struct phrase list = {0};
    if (permit->role[0] != '\0') {
        phrase_add(line, "%zu clients of role %s", permit->client_count, permit->role);
        return;
    }
    for (size_t i = 0; i < permit->client_count && i < PERMIT_CLIENTS_MOST; i++)
        names_add_word(&list, names_address(rules->audit, &permit->clients[i], permit->network, text));
    names_join(line, &list, ", ");
    if (permit->client_count > PERMIT_CLIENTS_MOST)
        phrase_add(line, " and %zu more", permit->client_count - PERMIT_CLIENTS_MOST);
}

/* In the characters that rules_safe leaves alone: a backslash at the end of a line would go on with the next. */
static void advise_static(const struct rules *rules, const char *service, const struct narrowing *narrowing)
{
    char setting[512];
    size_t length = 0;
    bool is_key = strchr(narrowing->setting, '\\') != NULL;
    for (const char *at = narrowing->setting; *at != '\0' && length + 1 < sizeof setting; at++)
        if (*at != '"')
            setting[length++] = *at == '\\' ? '/' : *at == ';' ? ',' : *at;
    setting[length] = '\0';
    rules_comment(rules, "  make it static (%s): %s%s (%s)", service, setting,
                  is_key ? ", keys below HKLM/SYSTEM/CurrentControlSet/Services" : "", narrowing->source);
}

static void evidence_dynamic(const struct rules *rules, const struct permit *permit)
{
    struct phrase services = {0};
    bool any = false;
    for (size_t i = 0; i < permit->services.count; i++)
        phrase_add(&services, "%s%s", i > 0 ? ", " : "", permit->services.items[i]);
    if (permit->services.count == 0)
        rules_comment(rules,
                      "  dynamic: the two ends agreed on this port, the next call may use another one. A rule for the "
                      "range that the server is set to serves better.");
    else
        rules_comment(rules, "  dynamic: the port was handed out for %s and can be another one after a restart",
                      services.text);
    for (size_t i = 0; i < permit->services.count; i++) {
        const struct narrowing *narrowing = narrow_find(permit->services.items[i]);
        if (narrowing != NULL)
            advise_static(rules, permit->services.items[i], narrowing);
        any = any || narrowing != NULL;
    }
    if (!any && permit->services.count > 0)
        rules_comment(rules, "  narrow the range that RPC hands out from: key HKLM/SOFTWARE/Microsoft/Rpc/Internet "
                             "(Microsoft KB 154596)");
}

void rules_evidence(const struct rules *rules, const struct permit *permit, size_t number)
{
    char host[256], transport[TRANSPORT_TEXT], port[16] = "", address[ADDRESS_TEXT], first[CLOCK_TEXT],
                                               last[CLOCK_TEXT];
    struct phrase clients = {0}, seen = {0};
    evidence_clients(rules, permit, &clients);
    phrase_count(&seen, permit->conversations, "conversation, ", "conversations, ");
    phrase_count(&seen, permit->flows, "flow", "flows");
    if (permit->port != 0)
        snprintf(port, sizeof port, "%u/", permit->port);
    rules_comment(rules, "%zu. to %s (%s) %s%s from %s", number, rules_host(rules, permit, host, sizeof host),
                  address_text(&permit->server, address), port, rules_transport(permit, transport), clients.text);
    for (size_t i = 0; i < permit->path_count; i++) {
        const struct judged_path *path = &rules->audit->paths[permit->paths[i]];
        rules_comment(rules, "  row %s of %s: %s", path->path->id, path->table->name, path->path->name);
    }
    if (permit->ambiguous)
        rules_comment(rules, "  which of these rows it is cannot be told from the traffic");
    rules_comment(rules, "  seen: %s, %s - %s UTC, first: %s frame %llu", seen.text,
                  clock_day_and_time(permit->first_ns, first), clock_day_and_time(permit->last_ns, last),
                  permit->evidence.source != NULL ? permit->evidence.source : "",
                  (unsigned long long)permit->evidence.frame);
    if (permit->tunnel[0] != '\0')
        rules_comment(rules, "  inside of %s: a firewall outside of it does not see these addresses", permit->tunnel);
    if (permit->blocked > 0)
        rules_comment(rules, "  blocked or refused, and the row expects it: %llu of the conversations",
                      (unsigned long long)permit->blocked);
    if (permit->deviating > 0)
        rules_comment(
            rules,
            "  not as the row has it in encryption or authentication, which no rule mends: %llu of the conversations",
            (unsigned long long)permit->deviating);
    if (permit->dynamic)
        evidence_dynamic(rules, permit);
}
