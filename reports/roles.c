/* roles: who is who, as inferred from what was seen and as declared: as a site file ready to edit, with the evidence as
 * comments, as JSON, and as a list to read. What stands in the site file given with -s is kept. */
#include "reports/clean.h"
#include "reports/grid.h"
#include "reports/json_parts.h"
#include "reports/names.h"
#include "reports/text_sections.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define STRANGERS_MOST  40 /* hosts without a role that are named */
#define WINDOWS_DYNAMIC 49152

/* -- as a site file ----------------------------------------------------------------------------------------------- */

static bool is_plain(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && isalpha((unsigned char)text[0]) &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == length;
}

/* A word of YAML: in quotes unless it needs none. */
static void put_word(FILE *out, const char *text)
{
    char *clean = clean_create(text);
    if (clean == NULL)
        return;
    if (is_plain(clean)) {
        fputs(clean, out);
    } else {
        fputc('"', out);
        for (const char *at = clean; *at != '\0'; at++) {
            if (*at == '"' || *at == '\\')
                fputc('\\', out);
            fputc(*at, out);
        }
        fputc('"', out);
    }
    free(clean);
}

static void put_comment(FILE *out, const char *lead, const char *text)
{
    char *clean = clean_create(text);
    if (clean != NULL)
        fprintf(out, "%s%s\n", lead, clean);
    free(clean);
}

static void put_address(FILE *out, const struct address *address)
{
    char text[ADDRESS_TEXT];
    fprintf(out, address_is_v4(address) ? "%s" : "\"%s\"", address_text(address, text));
}

static void put_prefix(FILE *out, const struct prefix *prefix)
{
    char text[ADDRESS_TEXT];
    bool v4 = address_is_v4(&prefix->base);
    fprintf(out, v4 ? "%s/%u" : "\"%s/%u\"", address_text(&prefix->base, text), v4 ? prefix->bits - 96u : prefix->bits);
}

static void put_member(FILE *out, const struct site_member *member)
{
    char low[ADDRESS_TEXT], high[ADDRESS_TEXT];
    if (member->kind == MEMBER_PREFIX)
        put_prefix(out, &member->prefix);
    else if (member->kind == MEMBER_RANGE)
        fprintf(out, "\"%s-%s\"", address_text(&member->low, low), address_text(&member->high, high));
    else
        put_word(out, member->name);
}

/* Of a host that no file names: the first label of a name read on the wire, when no other host has it; else NULL. */
static char *label_of(const struct audit *audit, const struct host *host)
{
    if (host->names.count == 0)
        return NULL;
    size_t length = strcspn(host->names.items[0], ".");
    char *label = strndup(host->names.items[0], length);
    for (size_t i = 0; label != NULL && i < audit->host_count; i++) {
        const struct host *other = &audit->hosts[i];
        bool same = strcasecmp(other->name, label) == 0;
        for (size_t k = 0; k < other->names.count && !same; k++)
            same =
                strcspn(other->names.items[k], ".") == length && strncasecmp(other->names.items[k], label, length) == 0;
        if (same && other != host) {
            free(label);
            label = NULL;
        }
    }
    if (label != NULL && !is_plain(label)) {
        free(label);
        label = NULL;
    }
    return label;
}

static void put_static_ports(FILE *out, const struct site_host *site_host)
{
    if (site_host->static_port_count == 0)
        return;
    fputs("    static_ports: {", out);
    for (size_t i = 0; i < site_host->static_port_count; i++) {
        fprintf(out, "%s%u: ", i > 0 ? ", " : "", site_host->static_ports[i].port);
        put_word(out, site_host->static_ports[i].service);
    }
    fputs("}\n", out);
}

/* Why the host has its roles, what it is called, and what speaks against it. */
static void put_reasons(FILE *out, const struct host *host)
{
    for (size_t i = 0; i < host->role_count; i++)
        for (size_t k = 0; k < host->roles[i].evidence.count; k++) {
            fprintf(out, "    # %s", host->roles[i].role);
            put_comment(out, ": ", host->roles[i].evidence.items[k]);
        }
    for (size_t i = 0; i < host->conflicts.count; i++)
        put_comment(out, "    # conflict: ", host->conflicts.items[i]);
    for (size_t i = 0; i < host->names.count; i++)
        put_comment(out, "    # calls itself, or is called: ", host->names.items[i]);
}

static void put_host(FILE *out, const struct audit *audit, size_t index)
{
    const struct host *host = &audit->hosts[index];
    const struct site_host *site_host = host->declared && audit->site != NULL ? &audit->site->hosts[index] : NULL;
    char *label = host->declared ? NULL : label_of(audit, host);
    size_t roles = 0;
    fputs("  ", out);
    put_word(out, label != NULL ? label : host->name);
    free(label);
    fprintf(out, ":%s\n    addresses: [", host->declared ? "" : "   # inferred");
    for (size_t i = 0; i < host->address_count; i++) {
        fputs(i > 0 ? ", " : "", out);
        put_address(out, &host->addresses[i]);
    }
    fputs("]\n", out);
    if (host->network[0] != '\0')
        fprintf(out, "    network: %s\n", host->network);
    for (size_t i = 0; i < host->role_count; i++) {
        if (site_host != NULL && strcmp(host->roles[i].role, site_host->via) == 0)
            continue;
        fprintf(out, "%s%s", roles++ > 0 ? ", " : "    roles: [", host->roles[i].role);
    }
    fputs(roles > 0 ? "]\n" : "", out);
    if (site_host != NULL && site_host->via[0] != '\0')
        fprintf(out, "    via: %s\n", site_host->via);
    if (site_host != NULL)
        put_static_ports(out, site_host);
    put_reasons(out, host);
}

static bool has_inferred(const struct host *host)
{
    return host->role_count > 0 && host->roles[0].inferred;
}

static void put_hosts(FILE *out, const struct audit *audit)
{
    size_t listed = 0, strangers = 0;
    for (size_t i = 0; i < audit->host_count; i++) {
        if (!audit->hosts[i].declared && !has_inferred(&audit->hosts[i]))
            continue;
        fputs(listed++ == 0 ? "hosts:\n" : "", out);
        put_host(out, audit, i);
    }
    for (size_t i = 0; i < audit->host_count; i++) {
        const struct host *host = &audit->hosts[i];
        if (host->declared || host->role_count > 0 || !host->seen)
            continue;
        if (strangers == 0)
            fputs("# Seen without a sign of any role (clients, mostly: give them one under roles, by prefix):\n", out);
        if (strangers++ < STRANGERS_MOST)
            put_comment(out, "#   ", host->name);
    }
    if (strangers > STRANGERS_MOST)
        fprintf(out, "#   and %zu more\n", strangers - STRANGERS_MOST);
}

static void put_floors(FILE *out, const struct site *site)
{
    const char *tickets = site->ticket_floor == TICKETS_AES ? "" : site->ticket_floor == TICKETS_RC4 ? "rc4" : "any";
    if (site->tls_floor != 0)
        fprintf(out, "floors: {tls: %s%s%s}\n", tls_floor_words[site->tls_floor - 1],
                tickets[0] != '\0' ? ", tickets: " : "", tickets);
    else if (tickets[0] != '\0')
        fprintf(out, "floors: {tickets: %s}\n", tickets);
}

/* What the site file says beside its hosts. */
static void put_site(FILE *out, const struct site *site)
{
    for (size_t i = 0; i < site->tables.count; i++) {
        fputs(i == 0 ? "tables: [" : ", ", out);
        put_word(out, site->tables.items[i]);
    }
    fputs(site->tables.count > 0 ? "]\n" : "", out);
    for (size_t i = 0; i < site->scope_count; i++) {
        fputs(i == 0 ? "scope: [" : ", ", out);
        put_prefix(out, &site->scope[i]);
    }
    fputs(site->scope_count > 0 ? "]\n" : "", out);
    if (site->dynamic_high != 0)
        fprintf(out, "dynamic_rpc: %u-%u\n", site->dynamic_low, site->dynamic_high);
    put_floors(out, site);
    for (size_t i = 0; i < site->port_count; i++)
        fprintf(out, "%s%s: %u", i == 0 ? "ports: {" : ", ", site->ports[i].setting, site->ports[i].port);
    fputs(site->port_count > 0 ? "}\n" : "", out);
    for (size_t i = 0; i < site->role_count; i++) {
        fprintf(out, "%s  %s: [", i == 0 ? "roles:\n" : "", site->roles[i].role);
        for (size_t k = 0; k < site->roles[i].member_count; k++) {
            fputs(k > 0 ? ", " : "", out);
            put_member(out, &site->roles[i].members[k]);
        }
        fputs("]\n", out);
    }
    if (site->requirement_count + site->exception_count > 0)
        put_comment(out, "# To be copied, not repeated here: require and exceptions of ", site->file);
}

/* The range that ports were handed out from, where it is one that is usual. */
static void put_range(FILE *out, const struct audit *audit)
{
    unsigned low = 65535, high = 0;
    for (size_t i = 0; i < audit->endpoint_count; i++) {
        const struct endpoint *endpoint = &audit->endpoints[i];
        if (!texts_have(&endpoint->learned_from, "ept_map") || endpoint->port < 1024 ||
            strcmp(endpoint->protocol_sequence, "ncacn_ip_tcp") != 0)
            continue;
        low = endpoint->port < low ? endpoint->port : low;
        high = endpoint->port > high ? endpoint->port : high;
    }
    if (high == 0)
        return;
    if (low >= WINDOWS_DYNAMIC)
        fprintf(out, "dynamic_rpc: %u-65535   # usual since Windows Server 2008; ports handed out: %u to %u\n",
                WINDOWS_DYNAMIC, low, high);
    else
        fprintf(
            out,
            "# dynamic_rpc: LOW-HIGH   # ports handed out: %u to %u; static ones go under static_ports of their host\n",
            low, high);
}

void roles_yaml(const struct audit *audit, const struct report_options *options, FILE *out)
{
    (void)options;
    fputs("# Written by pathaudit roles, to be looked through: inferred roles say why, conflicts are not resolved.\n"
          "site: ",
          out);
    put_word(out, audit->site != NULL ? audit->site->name : "inferred");
    fputc('\n', out);
    if (audit->site != NULL)
        put_site(out, audit->site);
    else
        put_range(out, audit);
    put_hosts(out, audit);
}

/* -- as JSON ------------------------------------------------------------------------------------------------------ */

void roles_json(const struct audit *audit, const struct report_options *options, FILE *out)
{
    struct document document;
    document_begin(&document, out);
    document_member(&document, "schema", document_text("pathaudit.roles/1"));
    document_member(&document, "version", document_text(options->version != NULL ? options->version : ""));
    document_list_begin(&document, "hosts");
    for (size_t i = 0; i < audit->host_count; i++)
        document_list_item(&document, json_host(&document, &audit->hosts[i]));
    document_list_end(&document);
    document_end(&document);
    document_tell_lost(&document, options->lost);
}

/* -- to read ------------------------------------------------------------------------------------------------------ */

static void add_role(struct grid *grid, const struct host *host, size_t role, const char *name)
{
    struct phrase why = {0}, joined = {0};
    names_add_texts(&why, &host->roles[role].evidence);
    names_join(&joined, &why, "; ");
    grid_cell(grid, ACCENT_PLAIN, name);
    grid_cell(grid, ACCENT_PLAIN, host->roles[role].role);
    grid_cell(grid, ACCENT_PLAIN, host->roles[role].inferred ? "inferred" : "declared");
    grid_cell(grid, ACCENT_PLAIN, joined.text);
}

void roles_text(const struct audit *audit, const struct report_options *options, FILE *out)
{
    static const struct grid_column columns[] = {
        {"Host", GRID_CUT, 2}, {"role", GRID_KEEP, 1}, {"", GRID_KEEP, 1}, {"why", GRID_WRAP, 4}};
    struct screen screen = screen_of(out, options->width, options->colour, options->ascii);
    struct text_report report = {audit, options, &screen};
    size_t strangers = 0;
    text_head(&report);
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 0);
    for (size_t i = 0; i < audit->host_count; i++) {
        const struct host *host = &audit->hosts[i];
        struct phrase name = {0};
        phrase_add(&name, "%s%s%s%s", host->name, host->names.count > 0 ? " (" : "",
                   host->names.count > 0 ? host->names.items[0] : "", host->names.count > 0 ? ")" : "");
        strangers += host->role_count == 0 && host->seen;
        for (size_t k = 0; k < host->role_count; k++)
            add_role(grid, host, k, k == 0 ? name.text : "");
        for (size_t k = 0; k < host->conflicts.count; k++)
            grid_note(grid, ACCENT_WEAK, 1, host->conflicts.items[k]);
    }
    grid_show(grid, &screen);
    if (strangers > 0) {
        struct phrase rest = {0};
        phrase_count(&rest, strangers, "host was", "hosts were");
        phrase_add(&rest, " seen without a sign of any role");
        screen_flow(&screen, ACCENT_QUIET, 0, rest.text);
        screen_end(&screen);
    }
    fflush(out);
}
