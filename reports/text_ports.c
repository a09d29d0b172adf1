/* text_ports: the dynamic ports that servers handed out: for which interfaces, who told, who came. One line a server
 * and port, since several interfaces share a port. */
#include "reports/grid.h"
#include "reports/names.h"
#include "reports/text_sections.h"

#include <string.h>

/* The endpoint mapper's own ports (TCP, and RPC over HTTP) are where others are asked for. */
static bool is_mapper(const struct endpoint *endpoint)
{
    return endpoint->port == 135 || endpoint->port == 593;
}

static bool is_rpc(const struct endpoint *endpoint)
{
    return strncmp(endpoint->protocol_sequence, "ncac", 4) == 0 ||
           strncmp(endpoint->protocol_sequence, "ncad", 4) == 0 || !uuid_is_zero(&endpoint->interface);
}

/* Where the port is. A caller names its own in a message to the server, and a mapper those of its host's other names.
 */
static const struct address *place_of(const struct endpoint *endpoint)
{
    return !is_rpc(endpoint) && endpoint->has_tower_address ? &endpoint->tower_address : &endpoint->server;
}

/* Endpoints stand ordered by server and port: those of one line follow each other. */
static size_t group_end(const struct audit *audit, size_t from)
{
    const struct endpoint *first = &audit->endpoints[from];
    size_t i = from + 1;
    while (i < audit->endpoint_count && audit->endpoints[i].port == first->port &&
           audit->endpoints[i].transport == first->transport && names_same_server(&audit->endpoints[i], first) &&
           address_equal(place_of(&audit->endpoints[i]), place_of(first)))
        i++;
    return i;
}

/* "drsuapi 4.0"; without a name what the server itself calls it, and the UUID. */
static void add_interface(struct phrase *list, const struct endpoint *endpoint)
{
    struct phrase one = {0};
    char uuid[UUID_TEXT];
    if (endpoint->name[0] == '\0' && endpoint->annotation[0] != '\0')
        phrase_add(&one, "\"%s\" ", endpoint->annotation);
    if (endpoint->name[0] != '\0')
        phrase_add(&one, "%s %u.%u", endpoint->name, endpoint->major, endpoint->minor);
    else if (!uuid_is_zero(&endpoint->interface))
        phrase_add(&one, "%s %u.%u", uuid_text(&endpoint->interface, uuid), endpoint->major, endpoint->minor);
    names_add_word(list, one.text);
}

/* Were all failed connections to this port answered with a refusal? */
static bool was_refused(const struct audit *audit, const struct endpoint *endpoint)
{
    bool refused = false;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *c = &audit->conversations[i];
        if (c->port != endpoint->port || c->transport != endpoint->transport ||
            !address_equal(&c->server, &endpoint->server) || strcmp(c->network, endpoint->network) != 0)
            continue;
        for (size_t k = 0; k < c->session_count; k++) {
            if (c->sessions[k].disposition != DISPOSITION_REFUSED)
                return false;
            refused = true;
        }
    }
    return refused;
}

/* Was any port used that was agreed with this server? Sound both ways is one conversation, which shows the port of one
 * end: where some was heard, a port to which nobody came may be the other end of it. */
static bool was_heard(const struct audit *audit, size_t from)
{
    for (size_t i = from; i < audit->endpoint_count; i++) {
        if (!names_same_server(&audit->endpoints[i], &audit->endpoints[from]))
            return false;
        if (strstr(audit->endpoints[i].protocol_sequence, "rtp") != NULL && audit->endpoints[i].flows > 0)
            return true;
    }
    return false;
}

static void add_users(const struct audit *audit, struct grid *grid, size_t from, size_t end, bool heard)
{
    const struct endpoint *most = &audit->endpoints[from];
    struct phrase flows = {0}, users = {0};
    char number[AMOUNT_TEXT];
    for (size_t i = from; i < end; i++)
        if (audit->endpoints[i].flows > most->flows)
            most = &audit->endpoints[i];
    bool all_failed = most->flows > 0 && most->failed_flows >= most->flows;
    phrase_add(&flows, "%s", amount_text(most->flows, number));
    if (most->failed_flows > 0 && !all_failed)
        phrase_add(&flows, " (%s failed)", amount_text(most->failed_flows, number));
    if (all_failed)
        phrase_item(&users, was_refused(audit, most) ? "nobody: refused" : "nobody: blocked");
    else if (most->flows == 0)
        phrase_item(&users, heard && strstr(most->protocol_sequence, "rtp") != NULL ? "not known" : "nobody");
    else
        names_add_addresses(&users, audit, most->network, most->users, most->user_count);
    grid_list(grid, all_failed ? ACCENT_BAD : ACCENT_PLAIN, &users);
    grid_cell(grid, ACCENT_PLAIN, flows.text);
}

static void add_group(const struct audit *audit, struct grid *grid, size_t from, size_t end, bool heard)
{
    const struct endpoint *first = &audit->endpoints[from];
    struct phrase port = {0}, interfaces = {0}, sources = {0};
    char server[ADDRESS_TEXT], number[AMOUNT_TEXT], transport[TRANSPORT_TEXT];
    uint64_t times = 0;
    for (size_t i = from; i < end; i++) {
        add_interface(&interfaces, &audit->endpoints[i]);
        names_add_texts(&sources, &audit->endpoints[i].learned_from);
        times += audit->endpoints[i].times;
    }
    const struct address *place = place_of(first);
    phrase_add(&port, "%u/%s", first->port, observation_transport(first->transport, transport));
    grid_cell(grid, ACCENT_PLAIN,
              place != &first->server ? names_address(audit, place, first->network, server)
                                      : names_host(audit, first->server_host, place, server));
    grid_cell(grid, ACCENT_PLAIN, port.text);
    grid_list(grid, ACCENT_PLAIN, &interfaces);
    grid_list(grid, ACCENT_PLAIN, &sources);
    grid_cell(grid, ACCENT_PLAIN, amount_text(times, number));
    add_users(audit, grid, from, end, heard);
}

/* One line a server with ports outside the range. */
static void show_outside(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    for (size_t from = 0; from < audit->endpoint_count;) {
        const struct endpoint *first = &audit->endpoints[from];
        struct phrase ports = {0};
        size_t end = from;
        for (; end < audit->endpoint_count && names_same_server(&audit->endpoints[end], first); end++) {
            struct phrase port = {0};
            phrase_add(&port, "%u", audit->endpoints[end].port);
            if (audit->endpoints[end].outside_range)
                names_add_word(&ports, port.text);
        }
        if (ports.length > 0) {
            char server[ADDRESS_TEXT];
            struct phrase line = {0};
            phrase_add(&line, "%s: outside the ", names_host(audit, first->server_host, &first->server, server));
            if (audit->site != NULL && audit->site->dynamic_high != 0)
                phrase_add(&line, "declared range %u-%u: ", audit->site->dynamic_low, audit->site->dynamic_high);
            else
                phrase_add(&line, "usual dynamic range: ");
            names_join(&line, &ports, " ");
            phrase_add(&line, " (static ports? declare them under static_ports in the site file)");
            screen_to(report->screen, 2);
            screen_flow(report->screen, ACCENT_WEAK, 4, line.text);
            screen_end(report->screen);
        }
        from = end;
    }
}

static size_t show_kind(const struct text_report *report, const char *title, bool rpc)
{
    const struct audit *audit = report->audit;
    /* A name that ends in its network would lose that first. */
    bool apart = audit->endpoint_count > 0 && audit->endpoints[audit->endpoint_count - 1].network[0] != '\0';
    const struct grid_column columns[] = {{title, apart ? GRID_KEEP : GRID_CUT, 2},
                                          {"", GRID_KEEP, 1},
                                          {"", GRID_LIST, 3},
                                          {"learned by", GRID_LIST, 2},
                                          {"times", GRID_RIGHT, 1},
                                          {"used by", GRID_LIST, 2},
                                          {"flows", GRID_WRAP, 2}};
    struct grid *grid = grid_create(columns, sizeof columns / sizeof columns[0], 2);
    size_t shown = 0;
    bool heard = false;
    for (size_t from = 0; from < audit->endpoint_count;) {
        size_t end = group_end(audit, from);
        const struct endpoint *first = &audit->endpoints[from];
        if (from == 0 || !names_same_server(first, &audit->endpoints[from - 1]))
            heard = was_heard(audit, from);
        if (first->port != 0 && !is_mapper(first) && is_rpc(first) == rpc) {
            add_group(audit, grid, from, end, heard);
            shown++;
        }
        from = end;
    }
    if (shown > 0)
        grid_show(grid, report->screen);
    else
        grid_destroy(grid);
    return shown;
}

void text_ports(const struct text_report *report)
{
    const struct audit *audit = report->audit;
    struct screen *screen = report->screen;
    size_t without_port = 0;
    for (size_t i = 0; i < audit->endpoint_count; i++)
        without_port += audit->endpoints[i].port == 0;
    size_t shown = show_kind(report, "Dynamic RPC ports handed out", true);
    if (shown > 0)
        show_outside(report);
    if (shown > 0)
        screen_blank(screen);
    size_t media = show_kind(report, "Media and SIP ports agreed", false);
    if (media > 0)
        screen_blank(screen);
    if (shown + media == 0) {
        screen_put(screen, ACCENT_STRONG, "No dynamic port was handed out in what was seen");
        screen_blank(screen);
    }
    if (without_port > 0 && (report->options->all || report->options->only == REPORT_ENDPOINTS)) {
        struct phrase line = {0};
        phrase_count(&line, without_port, "endpoint without a port (pipes and the like)",
                     "endpoints without a port (pipes and the like)");
        phrase_add(&line, ": pathaudit endpoints lists them");
        screen_to(screen, 2);
        screen_flow(screen, ACCENT_QUIET, 2, line.text);
        screen_blank(screen);
    }
}
