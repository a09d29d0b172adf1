/* names: lookups and short lists for all writers. */
#include "reports/names.h"

#include "reports/clean.h"

const char *names_of_host(const struct audit *audit, size_t host)
{
    return host < audit->host_count ? audit->hosts[host].name : "?";
}

const char *names_host(const struct audit *audit, size_t host, const struct address *address, char out[ADDRESS_TEXT])
{
    return host < audit->host_count ? audit->hosts[host].name : address_text(address, out);
}

static bool has_address(const struct host *host, const struct address *address)
{
    for (size_t i = 0; i < host->address_count; i++)
        if (address_equal(&host->addresses[i], address))
            return true;
    return false;
}

const char *names_address(const struct audit *audit, const struct address *address, const char *network,
                          char out[ADDRESS_TEXT])
{
    const char *everywhere = NULL; /* of a host that is in all networks */
    for (size_t i = 0; i < audit->host_count; i++) {
        const struct host *host = &audit->hosts[i];
        if ((strcmp(host->network, network) != 0 && (host->network[0] != '\0' || everywhere != NULL)) ||
            !has_address(host, address))
            continue;
        if (strcmp(host->network, network) == 0)
            return host->name;
        everywhere = host->name;
    }
    return everywhere != NULL ? everywhere : address_text(address, out);
}

bool names_same_server(const struct endpoint *one, const struct endpoint *other)
{
    return address_equal(&one->server, &other->server) && strcmp(one->network, other->network) == 0;
}

static bool holds(const struct phrase *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *item = list->text; *item != '\0';) {
        size_t item_length = strcspn(item, (char[]){PHRASE_BREAK, '\0'});
        if (item_length == length && memcmp(item, word, length) == 0)
            return true;
        item += item_length + (item[item_length] != '\0');
    }
    return false;
}

void names_add_word(struct phrase *list, const char *word)
{
    char clean[256];
    clean_copy(word, clean, sizeof clean);
    if (clean[0] != '\0' && !holds(list, clean))
        phrase_item(list, clean);
}

void names_add_texts(struct phrase *list, const struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        names_add_word(list, texts->items[i]);
}

void names_add_ports(struct phrase *list, const struct port *ports, size_t count)
{
    for (size_t i = 0; i < count; i++)
        names_add_word(list, ports[i].text);
}

void names_add_path_ports(struct phrase *list, const struct path *path)
{
    for (size_t i = 0; i < path->part_count; i++)
        names_add_ports(list, path->parts[i].ports, path->parts[i].port_count);
}

void names_add_addresses(struct phrase *list, const struct audit *audit, const char *network,
                         const struct address *addresses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[ADDRESS_TEXT];
        /* Nothing is looked up for those that are only counted. */
        phrase_item(list, list->omitted > 0 ? "" : names_address(audit, &addresses[i], network, text));
    }
}

void names_join(struct phrase *to, const struct phrase *list, const char *between)
{
    for (const char *item = list->text; *item != '\0';) {
        size_t length = strcspn(item, (char[]){PHRASE_BREAK, '\0'});
        phrase_add(to, "%s%.*s", item > list->text ? between : "", (int)length, item);
        item += length + (item[length] != '\0');
    }
    if (list->omitted > 0)
        phrase_add(to, " +%zu", list->omitted);
}

/* At most `most` roles and how many more there are. */
static void add_side(struct phrase *to, const struct texts *roles, bool inferred, size_t most)
{
    if (roles->count == 0)
        phrase_add(to, "any");
    for (size_t i = 0; i < roles->count && i < most; i++)
        phrase_add(to, "%s%s", i > 0 ? ", " : "", roles->items[i]);
    phrase_add(to, "%s", inferred ? "?" : "");
    if (roles->count > most)
        phrase_add(to, " +%zu", roles->count - most);
}

void names_roles_of_path(struct phrase *to, const struct path *path, size_t most)
{
    add_side(to, &path->from, texts_have(&path->inferred, "from"), most);
    phrase_add(to, " -> ");
    add_side(to, &path->to, texts_have(&path->inferred, "to"), most);
}

const char *names_requirement(enum requirement requirement)
{
    static const char *const words[] = {
        [REQUIRED_NO] = "no",
        [REQUIRED_YES] = "yes",
        [REQUIRED_WHEN_TRIGGERED] = "when-triggered",
        [REQUIRED_NEVER] = "never",
    };
    return words[requirement];
}
