/* rules_cisco: as an extended access list of a Cisco ASA (version 9 and later: both families in one list), with an
 * object group where a rule has several clients. An access list ends in an implicit deny, so it is not bound to an
 * interface. */
#include "reports/rules.h"
#include "reports/rules_write.h"

#define LIST "PATHAUDIT"

/* 10.1.64.0 255.255.192.0, or 2001:db8::/32 */
static void put_network(FILE *out, const struct prefix *prefix)
{
    char text[PREFIX_TEXT];
    unsigned bits = prefix->bits - 96u;
    if (!address_is_v4(&prefix->base)) {
        fputs(rules_prefix(prefix, text), out);
        return;
    }
    uint32_t mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);
    fprintf(out, "%s %u.%u.%u.%u", address_text(&prefix->base, text), mask >> 24, mask >> 16 & 255, mask >> 8 & 255,
            mask & 255);
}

static void put_one(FILE *out, const struct prefix *client)
{
    char text[PREFIX_TEXT];
    if (client->bits == 128)
        fprintf(out, "host %s", rules_prefix(client, text));
    else
        put_network(out, client);
}

/* ASA names these protocols; all else is a number. */
static const char *protocol(const struct permit *permit, char out[TRANSPORT_TEXT])
{
    switch (permit->transport) {
    case 6:
    case 17:
    case 50:
    case 51:
        return rules_transport(permit, out);
    default:
        snprintf(out, TRANSPORT_TEXT, "%u", permit->transport);
        return out;
    }
}

/* Clients that count; the last of them in `one`. */
static size_t clients_of(const struct permit *permit, struct prefix *one)
{
    size_t count = 0;
    for (size_t i = 0; i < rules_client_count(permit); i++) {
        struct prefix client = rules_client(permit, i);
        if (!rules_client_counts(permit, i))
            continue;
        *one = client;
        count++;
    }
    return count;
}

static void put_group(const struct rules *rules, const struct permit *permit, size_t number)
{
    fprintf(rules->out, "object-group network " LIST "-%zu\n", number);
    for (size_t i = 0; i < rules_client_count(permit); i++) {
        struct prefix client = rules_client(permit, i);
        if (!rules_client_counts(permit, i))
            continue;
        fputs(" network-object ", rules->out);
        put_one(rules->out, &client);
        fputc('\n', rules->out);
    }
}

static void put_rule(const struct rules *rules, const struct permit *permit, size_t number)
{
    char transport[TRANSPORT_TEXT], address[ADDRESS_TEXT], id[64];
    struct prefix one = {{{0}}, 128};
    size_t clients = clients_of(permit, &one);
    const struct judged_path *path = &rules->audit->paths[permit->paths[0]];
    rules_evidence(rules, permit, number);
    if (clients > 1)
        put_group(rules, permit, number);
    fprintf(rules->out, "access-list " LIST " remark %zu %s\n", number, rules_safe(path->path->id, id, sizeof id));
    fprintf(rules->out, "access-list " LIST " extended permit %s ", protocol(permit, transport));
    if (clients > 1)
        fprintf(rules->out, "object-group " LIST "-%zu", number);
    else
        put_one(rules->out, &one);
    fprintf(rules->out, " host %s", address_text(&permit->server, address));
    if (permit->port != 0)
        fprintf(rules->out, " eq %u", permit->port);
    fputs("\n!\n", rules->out);
}

void rules_cisco(const struct audit *audit, const struct permits *permits, const struct report_options *options,
                 FILE *out)
{
    struct rules rules = {audit, options, permits, out, "! ", 110};
    rules_head(&rules, "an access list of a Cisco ASA");
    fputs("!\n", out);
    for (size_t i = 0; i < permits->count; i++)
        put_rule(&rules, &permits->items[i], i + 1);
    rules_comment(
        &rules,
        "FOR REVIEW: the list is bound to no interface. Once it is, what no line permits is denied. To see first what "
        "that would be, end it with the first line below and look at the log, then with the second. A line permits "
        "what comes in from the clients: bind the list where they are, or to all interfaces at once where some "
        "servers are clients of others on the far side.");
    fputs("! access-list " LIST " extended permit ip any any log\n"
          "! access-list " LIST " extended deny ip any any log\n"
          "! access-group " LIST " in interface inside\n"
          "! access-group " LIST " global\n",
          out);
    rules_comment(&rules, "Lines of an earlier file stay and are added to. While it is bound to nothing, take them "
                          "away before with:");
    fputs("! clear configure access-list " LIST "\n", out);
    fflush(out);
}
