/* endpoints: the port ledger as it is: which ports servers handed out, for what, to whom, and who came. */
#include "audit/narrow.h"
#include "audit/settings.h"
#include "base/clock.h"
#include "reports/grid.h"
#include "reports/json_parts.h"
#include "reports/names.h"
#include "reports/text_sections.h"

#include <string.h>

static void add_server(struct grid *grid, const struct audit *audit, const struct endpoint *e)
{
    char address[ADDRESS_TEXT], name[ADDRESS_TEXT];
    struct phrase server = {0};
    const char *called = names_host(audit, e->server_host, &e->server, name);
    phrase_add(&server, "%s", called);
    if (e->server_host < audit->host_count && audit->hosts[e->server_host].declared)
        phrase_add(&server, " (%s%s%s)", address_text(&e->server, address), e->network[0] != '\0' ? " in " : "",
                   e->network);
    grid_gap(grid);
    grid_heading(grid, server.text);
}

/* What the columns have no room for: an interface without a name, how it is reached other than by TCP, and what the
 * server calls it. */
static void add_details(struct grid *grid, const struct audit *audit, const struct endpoint *e)
{
    struct phrase details = {0};
    char address[ADDRESS_TEXT], uuid[UUID_TEXT], time[CLOCK_TEXT];
    if (e->name[0] == '\0' && !uuid_is_zero(&e->interface))
        phrase_add(&details, "%s", uuid_text(&e->interface, uuid));
    if (e->protocol_sequence[0] != '\0' && strcmp(e->protocol_sequence, "ncacn_ip_tcp") != 0)
        phrase_add(&details, "%s%s", details.length > 0 ? ", " : "", e->protocol_sequence);
    if (e->endpoint[0] != '\0')
        phrase_add(&details, "%s%s", details.length > 0 ? " " : "", e->endpoint);
    if (e->has_tower_address)
        phrase_add(&details, "%sat %s", details.length > 0 ? ", " : "",
                   names_address(audit, &e->tower_address, e->network, address));
    if (e->annotation[0] != '\0')
        phrase_add(&details, "%s\"%s\"", details.length > 0 ? ", " : "", e->annotation);
    if (e->outside_range)
        phrase_add(&details, "%soutside the dynamic range", details.length > 0 ? ", " : "");
    if (e->ended_ns != 0)
        phrase_add(&details, "%suntil %s", details.length > 0 ? ", " : "",
                   clock_within(e->ended_ns, audit->first_ns, audit->last_ns, time));
    if (e->moved_to != 0)
        phrase_add(&details, ", then at %u (restarted)", e->moved_to);
    grid_note(grid, ACCENT_QUIET, 1, details.text);
}

/* Who names its own port tells the server, not itself. */
static void add_told(struct phrase *told, const struct audit *audit, const struct endpoint *e)
{
    if (e->client_count == 1 && e->has_tower_address && address_equal(&e->clients[0], &e->tower_address))
        names_add_addresses(told, audit, e->network, &e->server, 1);
    else
        names_add_addresses(told, audit, e->network, e->clients, e->client_count);
}

static void add_endpoint(struct grid *grid, const struct audit *audit, const struct endpoint *e)
{
    char transport[TRANSPORT_TEXT], number[AMOUNT_TEXT], time[CLOCK_TEXT];
    struct phrase port = {0}, interface = {0}, learned = {0}, told = {0}, users = {0}, flows = {0};
    if (e->port != 0)
        phrase_add(&port, "  %u/%s", e->port, observation_transport(e->transport, transport));
    else
        phrase_add(&port, "  no port");
    if (e->name[0] != '\0')
        phrase_add(&interface, "%s %u.%u", e->name, e->major, e->minor);
    else if (!uuid_is_zero(&e->interface))
        phrase_add(&interface, "no name %u.%u", e->major, e->minor);
    else
        phrase_add(&interface, "-");
    names_add_texts(&learned, &e->learned_from);
    add_told(&told, audit, e);
    if (e->flows > e->failed_flows)
        names_add_addresses(&users, audit, e->network, e->users, e->user_count);
    phrase_add(&flows, "%s", amount_text(e->flows, number));
    if (e->failed_flows > 0)
        phrase_add(&flows, " (%s failed)", amount_text(e->failed_flows, number));
    grid_cell(grid, ACCENT_PLAIN, port.text);
    grid_cell(grid, ACCENT_PLAIN, interface.text);
    grid_list(grid, ACCENT_PLAIN, &learned);
    grid_list(grid, ACCENT_PLAIN, &told);
    grid_list(grid, ACCENT_PLAIN, &users);
    grid_cell(grid, ACCENT_PLAIN, flows.text);
    grid_cell(grid, ACCENT_PLAIN,
              e->first_ns != 0 ? clock_within(e->first_ns, audit->first_ns, audit->last_ns, time) : "");
    add_details(grid, audit, e);
}

/* Dynamic: neither declared static in the site file nor the mapper's own. */
static bool may_be_narrowed(const struct audit *audit, const struct endpoint *e)
{
    if (e->port == 0 || e->port == 135 || e->port == 593 || strcmp(e->protocol_sequence, "ncacn_ip_tcp") != 0)
        return false;
    return !settings_is_static(audit->site, e->server_host, e->port) && narrow_find(e->name) != NULL;
}

/* How each service that was seen on a dynamic port could have one port for good. */
static void show_settings(struct screen *screen, const struct audit *audit)
{
    bool any = false;
    for (size_t i = 0; i < audit->endpoint_count; i++) {
        const struct endpoint *e = &audit->endpoints[i];
        bool before = false;
        if (!may_be_narrowed(audit, e))
            continue;
        for (size_t k = 0; k < i; k++)
            before = before ||
                     (strcmp(audit->endpoints[k].name, e->name) == 0 && may_be_narrowed(audit, &audit->endpoints[k]));
        if (before)
            continue;
        if (!any) {
            screen_blank(screen);
            screen_put(screen, ACCENT_STRONG, "To narrow them");
            screen_item(screen, ACCENT_QUIET, 3, 0,
                        "one port for good; keys below HKLM\\SYSTEM\\CurrentControlSet\\Services");
            screen_end(screen);
        }
        any = true;
        struct phrase line = {0};
        const struct narrowing *narrowing = narrow_find(e->name);
        phrase_add(&line, "%s: %s (%s)", e->name, narrowing->setting, narrowing->source);
        screen_to(screen, 2);
        screen_flow(screen, ACCENT_PLAIN, 4, line.text);
        screen_end(screen);
    }
}

void endpoints_text(const struct audit *audit, const struct report_options *options, FILE *out)
{
    static const struct grid_column columns[] = {
        {"Ports handed out", GRID_KEEP, 1},
        {"", GRID_WRAP, 1},
        {"learned by", GRID_LIST, 1},
        {"told to", GRID_LIST, 1},
        {"used by", GRID_LIST, 1},
        {"flows", GRID_WRAP, 2},
        {"first", GRID_KEEP, 1},
    };
    struct screen screen = screen_of(out, options->width, options->colour, options->ascii);
    struct text_report report = {audit, options, &screen};
    text_head(&report);
    if (audit->endpoint_count == 0) {
        screen_flow(&screen, ACCENT_PLAIN, 0,
                    "No endpoint mapper, DCOM activation, RPC bind, SDP or SIP contact gave a port in what was seen.");
        screen_end(&screen);
        fflush(out);
        return;
    }
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 0);
    for (size_t i = 0; i < audit->endpoint_count; i++) {
        if (i == 0 || !names_same_server(&audit->endpoints[i], &audit->endpoints[i - 1]))
            add_server(grid, audit, &audit->endpoints[i]);
        add_endpoint(grid, audit, &audit->endpoints[i]);
    }
    grid_show(grid, &screen);
    show_settings(&screen, audit);
    fflush(out);
}

void endpoints_json(const struct audit *audit, const struct report_options *options, FILE *out)
{
    struct document document;
    document_begin(&document, out);
    document_member(&document, "schema", document_text("pathaudit.endpoints/1"));
    document_member(&document, "version", document_text(options->version != NULL ? options->version : ""));
    document_list_begin(&document, "endpoints");
    for (size_t i = 0; i < audit->endpoint_count; i++)
        document_list_item(&document, json_endpoint(&document, &audit->endpoints[i]));
    document_list_end(&document);
    document_end(&document);
    document_tell_lost(&document, options->lost);
}
