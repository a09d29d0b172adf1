/* match_scene: a table with rows of every kind and a site of five hosts, for tests of which row is whose. */
#ifndef TESTS_MATCH_SCENE_H
#define TESTS_MATCH_SCENE_H

#include "tests/scene.h"

#define HUB  "10.0.0.1"
#define EDGE "10.0.0.2"
#define CAS  "10.0.0.3"
#define MBX  "10.0.0.4"
#define DC   "10.0.0.5"
#define USER "10.0.0.9" /* declared nowhere */

static struct path_table table = {
    .name = "test",
    .title = "",
    .source = "",
    PATHS(
        PATH("hub-to-edge", "Hub to Edge", "hub", "edge",
             PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(25)), .protocol = "smtp"})),
        PATH("routing", "Routing verbs", "hub", "edge",
             PARTS({.from = WORDS("hub"),
                    .to = WORDS("edge"),
                    PORTS(TCP(25)),
                    .protocol = "smtp",
                    .services = WORDS("X-LINK2STATE")})),
        PATH("cas-to-mailbox", "Client Access to Mailbox", "client-access", "mailbox",
             PARTS({.from = WORDS("client-access"),
                    .to = WORDS("mailbox"),
                    PORTS(TCP(135)),
                    .protocol = "dcerpc",
                    .services = WORDS("epmapper")},
                   {.from = WORDS("client-access"),
                    .to = WORDS("mailbox"),
                    PORTS(DYNAMIC_RPC),
                    .protocol = "dcerpc",
                    .services = WORDS("emsmdb", "nspi")})),
        PATH("assistants", "Mailbox Assistants", "client-access", "mailbox",
             PARTS({.from = WORDS("client-access"),
                    .to = WORDS("mailbox"),
                    PORTS(TCP(135)),
                    .protocol = "dcerpc",
                    .services = WORDS("epmapper")},
                   {.from = WORDS("client-access"), .to = WORDS("mailbox"), PORTS(DYNAMIC_RPC), .protocol = "dcerpc"})),
        PATH("directory", "Active Directory access", "client-access", "domain-controller",
             PARTS({.from = WORDS("client-access"),
                    .to = WORDS("domain-controller"),
                    PORTS(TCP(389), UDP(389)),
                    .protocol = "ldap"})),
        PATH(
            "logon", "Logon RPC", "mailbox", "domain-controller",
            PARTS({.from = WORDS("mailbox"), .to = WORDS("domain-controller"), PORTS(TCP(135)), .protocol = "dcerpc"})),
        PATH("owa", "Outlook Web App", "hub", "client-access",
             PARTS({.from = WORDS("hub"),
                    .to = WORDS("client-access"),
                    PORTS(TCP(443)),
                    .protocol = "http",
                    .services = WORDS("/owa")})),
        PATH("ews", "Web services", "hub", "client-access",
             PARTS({.from = WORDS("hub"),
                    .to = WORDS("client-access"),
                    PORTS(TCP(443)),
                    .protocol = "http",
                    .services = WORDS("/ews")})),
        PATH("shipping", "Log shipping", "mailbox", "mailbox",
             PARTS({.from = WORDS("mailbox"),
                    .to = WORDS("mailbox"),
                    PORTS(TCP(64327)),
                    .protocol = "",
                    .both_directions = true})),
        PATH("phone", "Play on phone", "client-access", "hub",
             PARTS({.from = WORDS("client-access"),
                    .to = WORDS("hub"),
                    PORTS(TCP(5075)),
                    .protocol = "",
                    .both_directions = true})),
        PATH("locator", "RPC locator", "edge", "mailbox",
             PARTS({.from = WORDS("edge"),
                    .to = WORDS("mailbox"),
                    PORTS(TCP(135)),
                    .protocol = "dcerpc",
                    .services = WORDS("epmapper")})),
        PATH("internet", "Mail to the internet", "hub", "external-host",
             PARTS({.from = WORDS("hub"), .to = WORDS("external-host"), PORTS(TCP(2525)), .protocol = "smtp"})),
        PATH("support", "Everything between hub and edge", "hub", "edge",
             PARTS({.from = WORDS("hub"),
                    .to = WORDS("edge"),
                    PORTS({PORT_ANY, 6, 0, 65535, "any/tcp"}),
                    .protocol = ""})),
        PATH("submission", "Submission", "mailbox", "hub",
             PARTS({.from = WORDS("mailbox"), .to = WORDS("hub"), PORTS(TCP(587)), .protocol = "smtp"})),
        PATH("anybody", "Anybody to a hub", "any", "hub",
             PARTS({.from = WORDS("any"), .to = WORDS("hub"), PORTS(TCP(587)), .protocol = "smtp"})))};

static struct site site = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("edge1", 2, "edge"),
                                      HOST("cas1", 3, "client-access"), HOST("mbx1", 4, "mailbox"),
                                      HOST("dc1", 5, "global-catalog"))};

static inline void open_scene(struct scene *scene)
{
    scene_open(scene);
    site.dynamic_low = site.dynamic_high = 0;
    site.scope_count = 0;
}

static inline uint32_t talk(struct scene *scene, const char *client, const char *server, uint16_t port,
                            const char *protocol)
{
    uint32_t pair = scene_pair(scene, client, server, 6, port);
    scene_flows(scene, pair, DISPOSITION_OK, protocol, "", "", 1);
    return pair;
}

static inline const char *owner_id(const struct audit *audit, const struct judged_conversation *conversation, size_t i)
{
    assert_true(i < conversation->owner_count);
    return audit->paths[conversation->owners[i].path].path->id;
}

#endif
