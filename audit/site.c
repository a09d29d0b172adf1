/* site: the keys of a site file and what each may hold. An address belongs to one host, a role is one of the list, an
 * exception names hosts, addresses or roles that exist: a slip here would make an audit say the wrong thing quietly. */
#include "audit/site.h"

#include "audit/nearest.h"
#include "audit/ports.h"
#include "audit/tell.h"
#include "audit/words.h"
#include "base/clock.h"

#include <string.h>
#include <time.h>

struct host_draft {
    struct site_host host;
    const struct yaml_node *addresses; /* NULL when there are none */
};

struct exception_draft {
    struct site_exception exception;
    const struct yaml_node *from, *to; /* checked when all hosts are known; NULL when not said */
};

struct site_draft {
    struct site site;
    struct host_draft *hosts;
    size_t host_count;
    struct exception_draft *exceptions;
    size_t exception_count;
};

/* --- addresses --- */

static void read_prefix(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    const char *text = yaml_text(yaml, node);
    if (text != NULL && !prefix_parse(text, into))
        yaml_problem(yaml, node, "\"%.60s\" is no address or prefix; write for example 10.1.0.0/16 or 2001:db8::/32",
                     text);
}

static void read_address(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct prefix prefix;
    const char *text = yaml_text(yaml, node);
    if (text == NULL || address_parse(text, into))
        return;
    if (prefix_parse(text, &prefix))
        yaml_problem(yaml, node, "\"%.60s\" is a prefix, a host has single addresses; prefixes stand under roles",
                     text);
    else
        yaml_problem(yaml, node, "\"%.60s\" is no address; write for example 10.1.0.30 or 2001:db8::30", text);
}

static struct prefix *prefixes_take(const struct yaml *yaml, const struct yaml_node *node, size_t *count)
{
    struct prefix *prefixes = yaml_items(yaml, node, sizeof *prefixes, read_prefix, count);
    if (*count == 0)
        yaml_problem(yaml, node, "is an empty list; name at least one address or prefix");
    return prefixes;
}

/* --- ports --- */

static void read_set_port(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site_port *port = into;
    *port = (struct site_port){.setting = node->name->text, .line = node->name->line, .column = node->name->column};
    uint16_t high = 0;
    const char *text = yaml_text(yaml, node);
    if (text != NULL && (!port_range_parse(text, &port->port, &high) || high != port->port))
        yaml_problem(yaml, node, "\"%.60s\" is no port; write for example x400-port: 1102", text);
}

/* --- hosts --- */

static void read_addresses(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct host_draft *draft = into;
    draft->addresses = node;
    draft->host.addresses =
        yaml_items(yaml, node, sizeof *draft->host.addresses, read_address, &draft->host.address_count);
    if (draft->host.address_count == 0)
        yaml_problem(yaml, node, "is an empty list; name at least one address");
}

static void read_via(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    int index = yaml_word(yaml, node, "role", role_names);
    if (index >= 0)
        *(const char **)into = role_names[index];
}

static void read_static_port(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct static_port *port = into;
    uint16_t high = 0;
    if (!port_range_parse(node->name->text, &port->port, &high) || high != port->port)
        yaml_problem(yaml, node->name, "is no port; write for example 6001: emsmdb");
    yaml_read_text(yaml, node, &port->service);
}

static void read_static_ports(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site_host *host = into;
    host->static_ports =
        yaml_values(yaml, node, "static_ports", sizeof *host->static_ports, read_static_port, &host->static_port_count);
}

static void read_host_ports(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site_host *host = into;
    host->ports = yaml_values(yaml, node, "ports", sizeof *host->ports, read_set_port, &host->port_count);
}

static void read_host(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {
        {"addresses", read_addresses, 0, true},
        {"roles", words_read_roles, offsetof(struct host_draft, host.roles), false},
        {"via", read_via, offsetof(struct host_draft, host.via), false},
        {"network", words_read_network, offsetof(struct host_draft, host.network), false},
        {"static_ports", read_static_ports, offsetof(struct host_draft, host), false},
        {"ports", read_host_ports, offsetof(struct host_draft, host), false},
        {NULL, NULL, 0, false}};
    struct host_draft *draft = into;
    draft->host.name = node->name->text;
    draft->host.via = draft->host.network = "";
    if (draft->host.name[0] == '\0')
        yaml_problem(yaml, node->name, "a host needs a name");
    yaml_mapping(yaml, node, "a host", keys, draft);
}

static void read_hosts(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site_draft *draft = into;
    draft->hosts = yaml_values(yaml, node, "hosts", sizeof *draft->hosts, read_host, &draft->host_count);
}

struct address_owners {
    const struct yaml *yaml;
    const char **hosts; /* by the order of the marks */
};

static void tell_address_twice(const void *context, const struct yaml_mark *first, const struct yaml_mark *again)
{
    const struct address_owners *owners = context;
    failure_add(owners->yaml->failure,
                "%s:%zu:%zu: addresses: %s of host \"%.60s\" is also of host \"%.60s\" on line %zu", again->file,
                again->line, again->column, again->text, owners->hosts[again->order], owners->hosts[first->order],
                first->line);
}

static void hosts_check(const struct yaml *yaml, const struct site_draft *draft)
{
    size_t room = 0, count = 0;
    for (size_t i = 0; i < draft->host_count; i++)
        room += draft->hosts[i].host.address_count;
    struct yaml_mark *marks = arena_take_many(yaml->arena, room, sizeof *marks);
    struct address_owners owners = {yaml, arena_take_many(yaml->arena, room, sizeof *owners.hosts)};
    for (size_t i = 0; i < draft->host_count && !arena_ran_out(yaml->arena); i++) {
        const struct host_draft *host = &draft->hosts[i];
        if (host->addresses == NULL)
            continue;
        const struct yaml_node *node = host->addresses->kind == YAML_LIST ? host->addresses->first : host->addresses;
        for (size_t j = 0; j < host->host.address_count; j++, node = node->next) {
            if (address_is_zero(&host->host.addresses[j]))
                continue; /* was no address; told already, or no host's */
            owners.hosts[count] = host->host.name;
            /* canonical, so that two spellings of one address meet */
            const char *place = tell_place(yaml->arena, &host->host.addresses[j], host->host.network);
            marks[count] = (struct yaml_mark){place, yaml->file, node->line, node->column, count};
            count++;
        }
    }
    if (!arena_ran_out(yaml->arena))
        yaml_repeats(marks, count, tell_address_twice, &owners);
}

/* --- roles of networks --- */

/* `10.1.2.10-10.1.2.50`, of one family, upwards. */
static bool range_parse(const char *text, struct address *low, struct address *high)
{
    char first[ADDRESS_TEXT];
    size_t length = strcspn(text, "-");
    if (text[length] != '-' || length >= sizeof first)
        return false;
    memcpy(first, text, length);
    first[length] = '\0';
    return address_parse(first, low) && address_parse(text + length + 1, high) &&
           address_is_v4(low) == address_is_v4(high) && memcmp(low->octets, high->octets, sizeof low->octets) <= 0;
}

/* A name has a letter that no address has, and nothing but labels; `*.` may stand before it. */
static bool is_name_pattern(const char *text)
{
    const char *labels = strncmp(text, "*.", 2) == 0 ? text + 2 : text;
    size_t length = strlen(labels);
    return length > 0 && strspn(labels, "0123456789.-") < length && strcspn(labels, "/:* ") == length;
}

static void read_member(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site_member *member = into;
    const char *text = yaml_text(yaml, node);
    *member = (struct site_member){.name = ""};
    if (text == NULL || prefix_parse(text, &member->prefix))
        return;
    if (range_parse(text, &member->low, &member->high)) {
        member->kind = MEMBER_RANGE;
    } else if (is_name_pattern(text)) {
        member->kind = MEMBER_NAME;
        member->name = text;
    } else {
        yaml_problem(yaml, node,
                     "\"%.60s\" is no address, prefix, range or name; write for example 10.1.0.0/16, "
                     "10.1.2.10-10.1.2.50 or *.corp.example",
                     text);
    }
}

static void read_role(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site_role *role = into;
    int index = yaml_word(yaml, node->name, "role", role_names);
    role->role = index >= 0 ? role_names[index] : "";
    role->members = yaml_items(yaml, node, sizeof *role->members, read_member, &role->member_count);
    if (role->member_count == 0)
        yaml_problem(yaml, node, "is an empty list; name at least one address, prefix, range or name");
}

static void read_roles(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site *site = into;
    site->roles = yaml_values(yaml, node, "roles", sizeof *site->roles, read_role, &site->role_count);
}

/* --- requirements --- */

static void read_requirement_needs(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site_requirement *requirement = into;
    requirement->says_needs = true;
    words_read_needs(yaml, node, &requirement->needs);
}

static void read_requirement(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {
        {"required", words_read_requirement, offsetof(struct site_requirement, required), false},
        {"cadence", words_read_duration_ns, offsetof(struct site_requirement, cadence_ns), false},
        {"trigger", yaml_read_id, offsetof(struct site_requirement, trigger), false},
        {"needs", read_requirement_needs, 0, false},
        {NULL, NULL, 0, false}};
    struct site_requirement *requirement = into;
    requirement->path = node->name->text;
    requirement->required = REQUIRED_YES;
    requirement->trigger = "";
    requirement->line = node->name->line;
    requirement->column = node->name->column;
    if (node->kind == YAML_MAPPING)
        yaml_mapping(yaml, node, "a requirement", keys, requirement);
    else
        words_read_requirement(yaml, node, &requirement->required);
}

static void read_require(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site *site = into;
    site->requirements =
        yaml_values(yaml, node, "require", sizeof *site->requirements, read_requirement, &site->requirement_count);
}

/* --- exceptions --- */

static void read_exception_from(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct exception_draft *draft = into;
    draft->from = node;
    words_read_texts(yaml, node, &draft->exception.from);
}

static void read_exception_to(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct exception_draft *draft = into;
    draft->to = node;
    words_read_texts(yaml, node, &draft->exception.to);
}

static void read_exception_ports(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site_exception *exception = into;
    exception->ports = ports_take(yaml, node, &exception->port_count);
}

static void read_until(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site_exception *exception = into;
    struct tm day = {0};
    const char *text = yaml_text(yaml, node);
    if (text == NULL)
        return;
    char again[16];
    const char *end = strptime(text, "%Y-%m-%d", &day);
    /* timegm makes a 1 March of a 29 February that is none: what does not come back as written is no day. */
    struct tm next = day;
    next.tm_mday++;
    time_t next_day = timegm(&next);
    if (end == NULL || *end != '\0' || timegm(&day) < 0 || strftime(again, sizeof again, "%Y-%m-%d", &day) == 0 ||
        strcmp(again, text) != 0 || next_day > INT64_MAX / SECOND_NS) {
        yaml_problem(yaml, node, "\"%.60s\" is no day; write for example 2027-01-31", text);
        return;
    }
    exception->until = text;
    exception->until_ns = (int64_t)next_day * SECOND_NS;
}

static void read_exception(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {
        {"from", read_exception_from, 0, false},
        {"to", read_exception_to, 0, false},
        {"ports", read_exception_ports, offsetof(struct exception_draft, exception), false},
        {"until", read_until, offsetof(struct exception_draft, exception), false},
        {"reason", yaml_read_text, offsetof(struct exception_draft, exception.reason), false},
        {"finding", yaml_read_id, offsetof(struct exception_draft, exception.finding), false},
        {NULL, NULL, 0, false}};
    struct exception_draft *draft = into;
    struct site_exception *exception = &draft->exception;
    exception->until = exception->reason = exception->finding = "";
    exception->line = node->line;
    bool read = yaml_mapping(yaml, node, "an exception", keys, draft);
    if (read && draft->from == NULL && draft->to == NULL && exception->ports == NULL && exception->finding[0] == '\0')
        yaml_problem(yaml, node, "this would except everything; name from, to, ports or finding");
}

static void read_exceptions(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site_draft *draft = into;
    draft->exceptions = yaml_items(yaml, node, sizeof *draft->exceptions, read_exception, &draft->exception_count);
}

/* Does each word name a host of this site, a role, an address or a prefix? `names` are all hosts and roles. */
static void ends_check(const struct yaml *yaml, const struct yaml_node *node, const char *const *names)
{
    for (const struct yaml_node *at = node != NULL && node->kind == YAML_LIST ? node->first : node; at != NULL;
         at = at == node ? NULL : at->next) {
        struct prefix prefix;
        char hint[NEAREST_HINT];
        if (at->kind != YAML_TEXT || at->text[0] == '\0' || prefix_parse(at->text, &prefix) ||
            nearest_is_known(at->text, names))
            continue;
        if (strpbrk(at->text, "/:") != NULL)
            read_prefix(yaml, at, &prefix); /* meant as an address; says what is wrong with it */
        else
            yaml_problem(yaml, at, "\"%.60s\" is no host of this site, role, address or prefix%s", at->text,
                         nearest_hint(at->text, names, hint));
    }
}

static void exceptions_check(const struct yaml *yaml, const struct site_draft *draft)
{
    size_t roles = 0;
    while (role_names[roles] != NULL)
        roles++;
    const char **names = arena_take_many(yaml->arena, draft->host_count + roles + 1, sizeof *names);
    if (names == NULL)
        return;
    for (size_t i = 0; i < draft->host_count; i++)
        names[i] = draft->hosts[i].host.name;
    memcpy(names + draft->host_count, role_names, roles * sizeof *names);
    for (size_t i = 0; i < draft->exception_count; i++) {
        ends_check(yaml, draft->exceptions[i].from, names);
        ends_check(yaml, draft->exceptions[i].to, names);
    }
}

/* --- the file --- */

static void read_set_ports(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site *site = into;
    site->ports = yaml_values(yaml, node, "ports", sizeof *site->ports, read_set_port, &site->port_count);
}

static void read_scope(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site *site = into;
    site->scope = prefixes_take(yaml, node, &site->scope_count);
}

static void read_dynamic_rpc(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    struct site *site = into;
    const char *text = yaml_text(yaml, node);
    if (text != NULL && !port_range_parse(text, &site->dynamic_low, &site->dynamic_high))
        yaml_problem(yaml, node, "\"%.60s\" is no range of ports; write for example 49152-65535", text);
}

static void read_tls_floor(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    int index = yaml_word(yaml, node, "version of TLS", tls_floor_words);
    if (index >= 0)
        *(unsigned *)into = (unsigned)index + 1;
}

static void read_ticket_floor(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const char *const words[] = {"any", "rc4", "aes", NULL};
    int index = yaml_word(yaml, node, "kind of ticket", words);
    if (index >= 0)
        *(enum ticket_floor *)into = (enum ticket_floor)index;
}

static void read_floors(const struct yaml *yaml, const struct yaml_node *node, void *into)
{
    static const struct yaml_key keys[] = {{"tls", read_tls_floor, offsetof(struct site, tls_floor), false},
                                           {"tickets", read_ticket_floor, offsetof(struct site, ticket_floor), false},
                                           {NULL, NULL, 0, false}};
    yaml_mapping(yaml, node, "floors", keys, into);
}

/* Copies what drafts hold into the site proper. */
static void site_finish(struct site_draft *draft, struct arena *arena)
{
    struct site *site = &draft->site;
    site->hosts = arena_take_many(arena, draft->host_count, sizeof *site->hosts);
    site->exceptions = arena_take_many(arena, draft->exception_count, sizeof *site->exceptions);
    if (site->hosts == NULL || site->exceptions == NULL)
        return;
    for (; site->host_count < draft->host_count; site->host_count++)
        site->hosts[site->host_count] = draft->hosts[site->host_count].host;
    for (; site->exception_count < draft->exception_count; site->exception_count++)
        site->exceptions[site->exception_count] = draft->exceptions[site->exception_count].exception;
}

static struct site *site_read(const char *file, struct arena *arena, struct failure *failure)
{
    static const struct yaml_key keys[] = {
        {"site", yaml_read_text, offsetof(struct site_draft, site.name), true},
        {"tables", words_read_texts, offsetof(struct site_draft, site.tables), false},
        {"scope", read_scope, offsetof(struct site_draft, site), false},
        {"dynamic_rpc", read_dynamic_rpc, offsetof(struct site_draft, site), false},
        {"floors", read_floors, offsetof(struct site_draft, site), false},
        {"hosts", read_hosts, 0, false},
        {"roles", read_roles, offsetof(struct site_draft, site), false},
        {"ports", read_set_ports, offsetof(struct site_draft, site), false},
        {"require", read_require, offsetof(struct site_draft, site), false},
        {"exceptions", read_exceptions, 0, false},
        {NULL, NULL, 0, false}};
    struct yaml yaml;
    const char *name = arena_text(arena, file);
    struct site_draft *draft = arena_take(arena, sizeof *draft);
    if (name == NULL || draft == NULL || !yaml_read(&yaml, name, arena, failure))
        return NULL;
    if (yaml_has(yaml.root, "table") && !yaml_has(yaml.root, "site")) {
        yaml_problem(&yaml, yaml.root, "this is a table and no site; -t reads it");
        return NULL;
    }
    draft->site = (struct site){.name = "", .file = name, .ticket_floor = TICKETS_AES, .memory = arena};
    if (!yaml_mapping(&yaml, yaml.root, "a site", keys, draft))
        return NULL;
    hosts_check(&yaml, draft);
    exceptions_check(&yaml, draft);
    site_finish(draft, arena);
    return &draft->site;
}

struct site *site_load(const char *file, struct failure *failure)
{
    unsigned before = failure->count;
    struct arena *arena = arena_create();
    struct site *site = arena != NULL ? site_read(file, arena, failure) : NULL;
    if (failure->count == before && (arena == NULL || arena_ran_out(arena)))
        failure_add(failure, "%s: not enough memory to read it", file);
    if (failure->count == before)
        return site;
    arena_destroy(arena);
    return NULL;
}

void site_destroy(struct site *site)
{
    if (site != NULL)
        arena_destroy(site->memory);
}
