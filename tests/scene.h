/* scene: observations and tables made by hand, a line each, for tests of the judging half. */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "audit/audit.h"
#include "base/clock.h"
#include "tests/cmocka_all.h"

#include <stdio.h>

#define WORDS(...)                                                                                                     \
    {                                                                                                                  \
        (const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)                    \
    }
#define TCP(n)                                                                                                         \
    {                                                                                                                  \
        PORT_FIXED, 6, n, n, #n "/tcp"                                                                                 \
    }
#define UDP(n)                                                                                                         \
    {                                                                                                                  \
        PORT_FIXED, 17, n, n, #n "/udp"                                                                                \
    }
#define DYNAMIC_RPC                                                                                                    \
    {                                                                                                                  \
        PORT_DYNAMIC_RPC, 6, 0, 0, "dynamic-rpc"                                                                       \
    }
#define PORTS(...)                                                                                                     \
    .ports = (struct port[]){__VA_ARGS__}, .port_count = sizeof((struct port[]){__VA_ARGS__}) / sizeof(struct port)
#define PARTS(...)                                                                                                     \
    .parts = (struct part[]){__VA_ARGS__}, .part_count = sizeof((struct part[]){__VA_ARGS__}) / sizeof(struct part)
#define PATHS(...)                                                                                                     \
    .paths = (struct path[]){__VA_ARGS__}, .path_count = sizeof((struct path[]){__VA_ARGS__}) / sizeof(struct path)
#define PATH(path_id, path_name, path_from, path_to, ...)                                                              \
    {                                                                                                                  \
        .id = path_id, .name = path_name, .section = "", .trigger = "", .note = "", .from = WORDS(path_from),          \
        .to = WORDS(path_to), __VA_ARGS__                                                                              \
    }
/* A host at 10.0.0.`octet`. */
#define HOST(host_name, octet, ...)                                                                                    \
    {                                                                                                                  \
        .name = host_name,                                                                                             \
        .addresses = (struct address[]){{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, octet}}},                \
        .address_count = 1, .roles = WORDS(__VA_ARGS__), .via = "", .network = ""                                      \
    }
#define SITE_HOSTS(...)                                                                                                \
    .name = "test", .hosts = (struct site_host[]){__VA_ARGS__},                                                        \
    .host_count = sizeof((struct site_host[]){__VA_ARGS__}) / sizeof(struct site_host)

#define EMSMDB   "a4f1db00-ca47-1067-b31f-00dd010662da"
#define NSPI     "f5cc5a18-4264-101a-8c59-08002b2f8426"
#define NETLOGON "12345678-1234-abcd-ef00-01234567cffb"
#define DRSUAPI  "e3514235-4b06-11d1-ab04-00c04fc2dcd2"

/* 2026-11-20 09:00:00 UTC */
#define SCENE_START (INT64_C(1795165200) * SECOND_NS)

struct scene {
    struct observations *store;
    struct interfaces *interfaces;
    struct audit *audit;
    uint64_t frame;
};

static inline struct address scene_address(const char *text)
{
    struct address address = {{0}};
    assert_true(address_parse(text, &address));
    return address;
}

static inline void scene_open(struct scene *scene)
{
    struct failure failure = {.count = 0};
    *scene = (struct scene){.frame = 0};
    scene->store = observations_create(32u << 20, &failure);
    assert_non_null(scene->store);
    scene->interfaces = interfaces_create(&failure);
    assert_non_null(scene->interfaces);
    assert_true(interfaces_load(scene->interfaces, "tables/rpc-interfaces.tsv", &failure));
}

static inline void scene_close(struct scene *scene)
{
    audit_destroy(scene->audit);
    interfaces_destroy(scene->interfaces);
    observations_destroy(scene->store);
}

static inline uint32_t scene_name(struct scene *scene, const char *text)
{
    return observations_name_of(scene->store, text);
}

static inline uint32_t scene_pair(struct scene *scene, const char *client, const char *server, uint8_t transport,
                                  uint16_t port)
{
    struct pair pair = {
        .client = scene_address(client), .server = scene_address(server), .transport = transport, .port = port};
    uint32_t number = observations_pair(scene->store, &pair);
    assert_true(number > 0);
    return number;
}

/* What comes next comes so much later. */
static inline void scene_wait(struct scene *scene, uint64_t seconds)
{
    scene->frame += seconds;
}

/* `flows` flows of one class; each call is one frame and one second later than the one before. */
static inline void scene_flows(struct scene *scene, uint32_t pair, enum disposition disposition, const char *protocol,
                               const char *authentication, const char *encryption, uint64_t flows)
{
    int64_t now = SCENE_START + (int64_t)++scene->frame * SECOND_NS;
    bool answered = disposition == DISPOSITION_OK;
    struct conversation row = {.protocol = scene_name(scene, protocol),
                               .authentication = scene_name(scene, authentication),
                               .encryption = scene_name(scene, encryption),
                               .source = scene_name(scene, "scene.pcap"),
                               .frame = scene->frame,
                               .disposition = (uint8_t)disposition,
                               .decided_by = DECIDED_BY_HANDSHAKE,
                               .flows = flows,
                               .packets_to_server = flows,
                               .packets_to_client = answered || disposition == DISPOSITION_REFUSED ? flows : 0,
                               .bytes_to_server = 100 * flows,
                               .bytes_to_client = answered ? 100 * flows : 0,
                               .first_ns = now,
                               .last_ns = now};
    observations_count(scene->store, pair, now, &row);
}

/* A flow of TLS that chose this version; "": its start was missed. */
static inline void scene_tls(struct scene *scene, uint32_t pair, const char *version)
{
    struct conversation row = {.protocol = scene_name(scene, "tls"),
                               .encryption = scene_name(scene, "tls"),
                               .protection = scene_name(scene, version),
                               .source = scene_name(scene, "scene.pcap"),
                               .frame = ++scene->frame,
                               .disposition = DISPOSITION_OK,
                               .flows = 1,
                               .packets_to_server = 1,
                               .packets_to_client = 1,
                               .first_ns = SCENE_START,
                               .last_ns = SCENE_START + SECOND_NS};
    observations_count(scene->store, pair, SCENE_START, &row);
}

static inline void scene_fact(struct scene *scene, uint32_t pair, const char *key, const char *value)
{
    int64_t now = SCENE_START + (int64_t)++scene->frame * SECOND_NS;
    struct fact row = {.key = scene_name(scene, key),
                       .value = scene_name(scene, value),
                       .source = scene_name(scene, "scene.pcap"),
                       .frame = scene->frame,
                       .flows = 1,
                       .first_ns = now};
    observations_say(scene->store, pair, now, &row);
}

static inline void scene_learn(struct scene *scene, const char *server, const char *client, const char *from,
                               const char *sequence, uint16_t port, const char *interface, uint16_t major,
                               uint16_t minor)
{
    struct binding row = {.learned_ns = SCENE_START + (int64_t)++scene->frame * SECOND_NS,
                          .server = scene_address(server),
                          .client = scene_address(client),
                          .transport = strcmp(from, "sdp") == 0 ? 17 : 6,
                          .port = port,
                          .major = major,
                          .minor = minor,
                          .learned_from = scene_name(scene, from),
                          .protocol_sequence = scene_name(scene, sequence),
                          .source = scene_name(scene, "scene.pcap"),
                          .frame = scene->frame};
    assert_true(interface[0] == '\0' || uuid_parse(interface, &row.interface));
    observations_learn(scene->store, &row);
}

/* The audit of the scene; it belongs to the scene. `table` and `site` may be NULL. */
static inline const struct audit *scene_audit(struct scene *scene, const struct path_table *table,
                                              const struct site *site)
{
    struct failure failure = {.count = 0};
    static const struct path_table *tables[1];
    tables[0] = table;
    struct audit_inputs inputs = {.store = scene->store,
                                  .tables = tables,
                                  .table_count = table != NULL ? 1 : 0,
                                  .site = site,
                                  .interfaces = scene->interfaces};
    audit_destroy(scene->audit);
    scene->audit = audit_create(&inputs, &failure);
    assert_non_null(scene->audit);
    return scene->audit;
}

/* The conversation between these two on this port; it must be there. */
static inline const struct judged_conversation *scene_conversation(const struct audit *audit, const char *client,
                                                                   const char *server, uint16_t port)
{
    struct address c = scene_address(client), s = scene_address(server);
    for (size_t i = 0; i < audit->conversation_count; i++)
        if (address_equal(&audit->conversations[i].client, &c) && address_equal(&audit->conversations[i].server, &s) &&
            audit->conversations[i].port == port)
            return &audit->conversations[i];
    fail_msg("no conversation %s -> %s:%u", client, server, port);
    return NULL;
}

static inline const struct judged_path *scene_path(const struct audit *audit, const char *id)
{
    for (size_t i = 0; i < audit->path_count; i++)
        if (strcmp(audit->paths[i].path->id, id) == 0)
            return &audit->paths[i];
    fail_msg("no path %s", id);
    return NULL;
}

static inline const struct host *scene_host(const struct audit *audit, const char *name)
{
    for (size_t i = 0; i < audit->host_count; i++)
        if (strcmp(audit->hosts[i].name, name) == 0)
            return &audit->hosts[i];
    fail_msg("no host %s", name);
    return NULL;
}

#endif
