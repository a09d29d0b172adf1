/* infer: see audit/infer.h.
 *
 * A sign is something a host was seen to do in conversations that went well, or what others say of it that must know:
 * its endpoint mapper, DNS, the KDC; how often is counted.
 * A role follows when all its signs are there, unless all of what speaks against it is there too. Interfaces: MS-NRPC,
 * MS-DRSR, MS-OXCRPC, MS-OXNSPI, MS-OXABREF and the administration interfaces of the information store. The EHLO
 * keywords X-EXPS and X-ANONYMOUSTLS are said by Exchange transport servers only. Both mailbox and client access
 * servers of 2010 serve the store's interface; the client access server also serves the address book and calls the
 * store of others. */
#include "audit/infer.h"

#include "audit/hints.h"
#include "audit/hosts.h"
#include "audit/rpcfact.h"
#include "audit/tell.h"
#include "audit/verdicts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum sign {
    SIGN_KERBEROS,
    SIGN_LDAP,
    SIGN_CATALOG,
    SIGN_DNS,
    SIGN_EDGE_DIRECTORY,
    SIGN_DIRECTORY_RPC,
    SIGN_TRANSPORT,
    SIGN_STORE,
    SIGN_STORE_CLIENT,
    SIGN_ADDRESS_BOOK,
    SIGN_WEB,
    SIGN_DIRECTORY_LISTED,
    SIGN_STORE_LISTED,
    SIGN_ADDRESS_BOOK_LISTED,
    SIGN_SRV_DIRECTORY,
    SIGN_SRV_CATALOG,
    SIGN_TICKET_DIRECTORY,
    SIGN_TICKET_CATALOG,
    SIGN_TICKET_STORE,
    SIGN_TICKET_ADDRESS_BOOK,
    SIGN_TICKET_SMTP,
    SIGN_COUNT
};

struct signs {
    uint32_t times[SIGN_COUNT];
    unsigned read; /* signs of a port where its protocol was read; of the others the port alone speaks */
};

/* "serves 88 (kerberos) to 3 clients". */
static const struct {
    const char *words, *link, *noun;
    const char *unread; /* instead of `words` where the protocol was not read; NULL: the same */
} sign_words[SIGN_COUNT] = {
    [SIGN_KERBEROS] = {"serves 88 (kerberos)", " to ", "client", "serves port 88, its protocol was not read,"},
    [SIGN_LDAP] = {"serves 389 (ldap)", " to ", "client", "serves port 389, its protocol was not read,"},
    [SIGN_CATALOG] = {"serves 3268/tcp", " to ", "client", NULL},
    [SIGN_DNS] = {"serves 53 (dns)", " to ", "client", "serves port 53, its protocol was not read,"},
    [SIGN_EDGE_DIRECTORY] = {"serves 50636/tcp", " to ", "client", NULL},
    [SIGN_DIRECTORY_RPC] = {"accepts netlogon or directory replication RPC", " from ", "client", NULL},
    [SIGN_TRANSPORT] = {"says X-ANONYMOUSTLS, X-EXPS or XSHADOW on 25/tcp", " to ", "client", NULL},
    [SIGN_STORE] = {"accepts information store RPC", " from ", "client", NULL},
    [SIGN_STORE_CLIENT] = {"calls information store RPC of other hosts", ": ", "server", NULL},
    [SIGN_ADDRESS_BOOK] = {"accepts address book RPC", " from ", "client", NULL},
    [SIGN_WEB] = {"is asked for Exchange URL paths", " by ", "client", NULL},
    [SIGN_DIRECTORY_LISTED] = {"its endpoint mapper hands out netlogon or directory replication", ", told in ",
                               "answer", NULL},
    [SIGN_STORE_LISTED] = {"its endpoint mapper hands out the information store", ", told in ", "answer", NULL},
    [SIGN_ADDRESS_BOOK_LISTED] = {"its endpoint mapper hands out the address book", ", told in ", "answer", NULL},
    [SIGN_SRV_DIRECTORY] = {"DNS names it as a directory server (SRV)", ", told to ", "client", NULL},
    [SIGN_SRV_CATALOG] = {"DNS names it as a global catalog (SRV)", ", told to ", "client", NULL},
    [SIGN_TICKET_DIRECTORY] = {"the KDC is asked for tickets for ldap on it", ", by ", "client", NULL},
    [SIGN_TICKET_CATALOG] = {"the KDC is asked for tickets for GC on it", ", by ", "client", NULL},
    [SIGN_TICKET_STORE] = {"the KDC is asked for tickets for exchangeMDB on it", ", by ", "client", NULL},
    [SIGN_TICKET_ADDRESS_BOOK] = {"the KDC is asked for tickets for exchangeAB on it", ", by ", "client", NULL},
    [SIGN_TICKET_SMTP] = {"the KDC is asked for tickets for SMTPSVC on it", ", by ", "client", NULL},
};

#define SIGN_BIT(sign) (1u << (sign))

static const struct {
    const char *role;
    unsigned all, unless;
} conclusions[] = {
    {"domain-controller", SIGN_BIT(SIGN_KERBEROS) | SIGN_BIT(SIGN_LDAP), 0},
    {"domain-controller", SIGN_BIT(SIGN_KERBEROS) | SIGN_BIT(SIGN_DIRECTORY_RPC), 0},
    {"domain-controller", SIGN_BIT(SIGN_SRV_DIRECTORY), 0},
    {"domain-controller", SIGN_BIT(SIGN_DIRECTORY_LISTED), 0},
    {"domain-controller", SIGN_BIT(SIGN_TICKET_DIRECTORY) | SIGN_BIT(SIGN_LDAP), 0},
    {"global-catalog", SIGN_BIT(SIGN_CATALOG), 0},
    {"global-catalog", SIGN_BIT(SIGN_SRV_CATALOG), 0},
    {"global-catalog", SIGN_BIT(SIGN_TICKET_CATALOG), 0},
    {"dns", SIGN_BIT(SIGN_DNS), 0},
    {"edge", SIGN_BIT(SIGN_TRANSPORT) | SIGN_BIT(SIGN_EDGE_DIRECTORY), 0},
    {"hub", SIGN_BIT(SIGN_TRANSPORT), SIGN_BIT(SIGN_EDGE_DIRECTORY)},
    {"hub", SIGN_BIT(SIGN_TRANSPORT) | SIGN_BIT(SIGN_TICKET_SMTP), SIGN_BIT(SIGN_EDGE_DIRECTORY)},
    {"mailbox", SIGN_BIT(SIGN_STORE), SIGN_BIT(SIGN_STORE_CLIENT) | SIGN_BIT(SIGN_ADDRESS_BOOK)},
    {"mailbox", SIGN_BIT(SIGN_STORE_LISTED), SIGN_BIT(SIGN_ADDRESS_BOOK_LISTED)},
    {"mailbox", SIGN_BIT(SIGN_TICKET_STORE), SIGN_BIT(SIGN_TICKET_ADDRESS_BOOK)},
    {"client-access", SIGN_BIT(SIGN_STORE) | SIGN_BIT(SIGN_STORE_CLIENT) | SIGN_BIT(SIGN_ADDRESS_BOOK), 0},
    {"client-access", SIGN_BIT(SIGN_TICKET_ADDRESS_BOOK), 0},
    {"client-access", SIGN_BIT(SIGN_WEB), 0},
};

/* A port counts only when what was spoken there agrees, or could not be told. */
static const struct {
    uint16_t port;
    enum sign sign;
    const char *protocols[3];
} port_signs[] = {
    {88, SIGN_KERBEROS, {"kerberos"}}, {389, SIGN_LDAP, {"ldap", "cldap"}},           {3268, SIGN_CATALOG, {"ldap"}},
    {53, SIGN_DNS, {"dns"}},           {50636, SIGN_EDGE_DIRECTORY, {"tls", "ldap"}},
};

static const struct {
    const char *uuid;
    enum sign sign;
} interface_signs[] = {
    {"12345678-1234-abcd-ef00-01234567cffb", SIGN_DIRECTORY_RPC}, /* netlogon */
    {"e3514235-4b06-11d1-ab04-00c04fc2dcd2", SIGN_DIRECTORY_RPC}, /* drsuapi */
    {"a4f1db00-ca47-1067-b31f-00dd010662da", SIGN_STORE},         /* emsmdb */
    {"a4f1db00-ca47-1067-b31e-00dd010662da", SIGN_STORE},         /* store administration */
    {"89742ace-a9ed-11cf-9c0c-08002be7ae86", SIGN_STORE},         {"99e64010-b032-11d0-97a4-00c04fd6551d", SIGN_STORE},
    {"f5cc5a18-4264-101a-8c59-08002b2f8426", SIGN_ADDRESS_BOOK}, /* nspi */
    {"1544f5e0-613c-11d1-93df-00c04fd7bd09", SIGN_ADDRESS_BOOK}, /* referral to it */
};

static unsigned signs_of_port(const struct judged_conversation *conversation)
{
    for (size_t i = 0; i < sizeof port_signs / sizeof port_signs[0]; i++) {
        if (port_signs[i].port != conversation->port)
            continue;
        if (conversation->protocol[0] == '\0')
            return SIGN_BIT(port_signs[i].sign);
        for (size_t k = 0; k < 3 && port_signs[i].protocols[k] != NULL; k++)
            if (strcmp(conversation->protocol, port_signs[i].protocols[k]) == 0)
                return SIGN_BIT(port_signs[i].sign);
    }
    return 0;
}

static unsigned signs_of_interface(const char *value)
{
    struct uuid said, known;
    uint16_t major, minor;
    if (!rpcfact_parse(value, &said, &major, &minor))
        return 0;
    for (size_t i = 0; i < sizeof interface_signs / sizeof interface_signs[0]; i++)
        if (uuid_parse(interface_signs[i].uuid, &known) && uuid_equal(&said, &known))
            return SIGN_BIT(interface_signs[i].sign);
    return 0;
}

static unsigned signs_of_fact(const struct judged_conversation *conversation, const struct judged_fact *fact)
{
    static const char *const web[] = {"/owa", "/ews", "/autodiscover", "/microsoft-server-activesync"};
    if (strcmp(fact->key, "rpc.accepted") == 0)
        return signs_of_interface(fact->value);
    if (strcmp(fact->key, "smtp.keywords") == 0 && conversation->port == 25)
        return strcmp(fact->value, "X-ANONYMOUSTLS") == 0 || strcmp(fact->value, "X-EXPS") == 0 ||
                       strcmp(fact->value, "XSHADOW") == 0
                   ? SIGN_BIT(SIGN_TRANSPORT)
                   : 0;
    if (strcmp(fact->key, "http.paths") == 0)
        for (size_t i = 0; i < sizeof web / sizeof web[0]; i++)
            if (strcasecmp(fact->value, web[i]) == 0)
                return SIGN_BIT(SIGN_WEB);
    return 0;
}

/* What a server showed one client, in one conversation or, once they are added up, in all of them. */
struct showing {
    size_t server, client;
    unsigned signs;
};

static int showing_order(const void *a, const void *b)
{
    const struct showing *x = a, *y = b;
    if (x->server != y->server)
        return x->server < y->server ? -1 : 1;
    return (x->client > y->client) - (x->client < y->client);
}

/* A port alone proves no protocol: whether it was read is told with the sign. */
static unsigned read_signs_of(const struct judged_conversation *conversation)
{
    return conversation->protocol[0] != '\0' ? signs_of_port(conversation) : 0;
}

static unsigned signs_of(const struct judged_conversation *conversation)
{
    unsigned found = signs_of_port(conversation);
    for (size_t i = 0; i < conversation->fact_count; i++)
        found |= signs_of_fact(conversation, &conversation->facts[i]);
    return found;
}

/* Clients are counted, not conversations: one that comes over UDP and TCP is one. */
static bool showings_count(struct work *work, struct signs *signs)
{
    const struct audit *audit = work->audit;
    size_t count = 0;
    struct showing *showings = arena_take_many(work->arena, audit->conversation_count, sizeof *showings);
    if (showings == NULL)
        return false;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        if (conversation_went_well(conversation))
            signs[conversation->server_host].read |= read_signs_of(conversation);
        if (conversation_went_well(conversation))
            showings[count++] =
                (struct showing){conversation->server_host, conversation->client_host, signs_of(conversation)};
    }
    qsort(showings, count, sizeof *showings, showing_order);
    for (size_t i = 0; i < count; i++) {
        const struct showing *showing = &showings[i];
        if (i + 1 < count && showing_order(showing, showing + 1) == 0) {
            showings[i + 1].signs |= showing->signs;
            continue;
        }
        for (unsigned sign = 0; sign < SIGN_COUNT; sign++)
            if (showing->signs & SIGN_BIT(sign))
                signs[showing->server].times[sign]++;
        if (showing->signs & SIGN_BIT(SIGN_STORE) && showing->client != showing->server)
            signs[showing->client].times[SIGN_STORE_CLIENT]++;
    }
    return true;
}

/* What a server's own mapper says of it: by interface, and where that is unknown by what the server calls it. */
static enum sign listed_of(const struct observations *store, const struct binding *binding)
{
    struct uuid known;
    const char *annotation = observations_text(store, binding->annotation);
    enum sign sign = SIGN_COUNT;
    for (size_t i = 0; i < sizeof interface_signs / sizeof interface_signs[0]; i++)
        if (uuid_parse(interface_signs[i].uuid, &known) && uuid_equal(&binding->interface, &known))
            sign = interface_signs[i].sign;
    if (sign == SIGN_STORE || (sign == SIGN_COUNT && strcasestr(annotation, "information store") != NULL))
        return SIGN_STORE_LISTED;
    if (sign == SIGN_ADDRESS_BOOK)
        return SIGN_ADDRESS_BOOK_LISTED;
    if (sign == SIGN_DIRECTORY_RPC || (sign == SIGN_COUNT && strcasestr(annotation, "NT Directory") != NULL))
        return SIGN_DIRECTORY_LISTED;
    return SIGN_COUNT;
}

static void bindings_count(struct work *work, struct signs *signs)
{
    const struct observations *store = work->inputs->store;
    for (size_t i = 0; i < observations_binding_count(store); i++) {
        struct binding binding;
        observations_binding(store, i, &binding);
        if (strncmp(observations_text(store, binding.learned_from), "ept_", 4) != 0)
            continue;
        enum sign sign = listed_of(store, &binding);
        size_t host = hosts_find(work, &binding.server, observations_text(store, binding.network));
        if (sign != SIGN_COUNT && host != SIZE_MAX)
            signs[host].times[sign] += binding.times > 0 ? (uint32_t)binding.times : 1;
    }
}

static enum sign sign_of_hint(const struct hint *hint)
{
    static const struct {
        const char *prefix;
        enum sign sign;
    } services[] = {{"_ldap.", SIGN_SRV_DIRECTORY},      {"_gc.", SIGN_SRV_CATALOG},
                    {"ldap/", SIGN_TICKET_DIRECTORY},    {"GC/", SIGN_TICKET_CATALOG},
                    {"exchangeMDB/", SIGN_TICKET_STORE}, {"exchangeAB/", SIGN_TICKET_ADDRESS_BOOK},
                    {"SMTPSVC/", SIGN_TICKET_SMTP}};
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        if (strncasecmp(hint->service, services[i].prefix, strlen(services[i].prefix)) == 0)
            return services[i].sign;
    return SIGN_COUNT;
}

static bool hints_count(struct work *work, struct signs *signs)
{
    struct hints hints;
    if (!hints_gather(work, &hints))
        return false;
    unsigned counted = 0; /* of this client and server, whose hints follow each other */
    for (size_t i = 0; i < hints.count; i++) {
        const struct hint *hint = &hints.items[i];
        enum sign sign = sign_of_hint(hint);
        if (i == 0 || hint->client_host != hint[-1].client_host || hint->server_host != hint[-1].server_host)
            counted = 0;
        if (sign != SIGN_COUNT && (counted & SIGN_BIT(sign)) == 0) {
            signs[hint->server_host].times[sign]++;
            counted |= SIGN_BIT(sign);
        }
    }
    return true;
}

static const char *sign_tell(struct work *work, enum sign sign, const struct signs *signs)
{
    const char *words = sign_words[sign].words;
    if (sign_words[sign].unread != NULL && (signs->read & SIGN_BIT(sign)) == 0)
        words = sign_words[sign].unread;
    return tell(work->arena, "%s%s%s", words, sign_words[sign].link,
                tell_many(work->arena, signs->times[sign], sign_words[sign].noun));
}

/* A declared host keeps its roles; what it does beyond them is told. A client access server speaks for the store. */
static void contradict(struct work *work, struct host *host, const char *role, const char *evidence)
{
    const char *covering[] = {role, strcmp(role, "mailbox") == 0 ? "client-access" : role};
    struct texts wanted = {covering, 2};
    if (host_fit(work, host, &wanted) == 0)
        texts_add(work->arena, &host->conflicts,
                  tell(work->arena, "looks like %s: %s", tell_role(work->arena, role), evidence));
}

static void conclude(struct work *work, struct host *host, const struct signs *signs)
{
    bool declared = host->declared || (host->role_count > 0 && !host->roles[0].inferred);
    unsigned seen = 0;
    for (unsigned sign = 0; sign < SIGN_COUNT; sign++)
        if (signs->times[sign] > 0)
            seen |= SIGN_BIT(sign);
    for (size_t i = 0; i < sizeof conclusions / sizeof conclusions[0]; i++) {
        unsigned all = conclusions[i].all, unless = conclusions[i].unless;
        if ((seen & all) != all || (unless != 0 && (seen & unless) == unless))
            continue;
        for (unsigned sign = 0; sign < SIGN_COUNT; sign++) {
            if ((all & SIGN_BIT(sign)) == 0)
                continue;
            const char *evidence = sign_tell(work, sign, signs);
            if (!declared)
                host_add_role(work, host, conclusions[i].role, true, evidence);
            else if (host->role_count > 0)
                contradict(work, host, conclusions[i].role, evidence);
        }
    }
}

bool roles_infer(struct work *work)
{
    struct audit *audit = work->audit;
    struct signs *signs = arena_take_many(work->arena, audit->host_count, sizeof *signs);
    if (signs == NULL || !hints_count(work, signs))
        return false;
    bindings_count(work, signs);
    if (!showings_count(work, signs))
        return false;
    for (size_t i = 0; i < audit->host_count; i++)
        if (host_in_scope(work, &audit->hosts[i]))
            conclude(work, &audit->hosts[i], &signs[i]);
    return !arena_ran_out(work->arena);
}
