/* audit_scene: a small table and a site of five hosts, for tests of whole audits. */
#ifndef TESTS_AUDIT_SCENE_H
#define TESTS_AUDIT_SCENE_H

#include "tests/scene.h"

#define HUB  "10.0.0.1"
#define EDGE "10.0.0.2"
#define CAS  "10.0.0.3"
#define MBX  "10.0.0.4"
#define DC   "10.0.0.5"

#define ENCRYPTED(...)                                                                                                 \
    .expectation = {.encryption_supported = WORDS(__VA_ARGS__), .encryption_default = ANSWER_YES, .checked = true}

static struct path_table table = {
    .name = "test",
    .title = "",
    .source = "",
    PATHS(
        PATH("hub-to-edge", "Hub to Edge", "hub", "edge",
             PARTS({.from = WORDS("hub"),
                    .to = WORDS("edge"),
                    PORTS(TCP(25)),
                    .protocol = "smtp",
                    ENCRYPTED("starttls", "anonymoustls")})),
        PATH(
            "edgesync", "EdgeSync", "hub", "edge",
            PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(50636)), .protocol = "ldap", ENCRYPTED("tls")}),
            .required = REQUIRED_YES),
        PATH("cas-to-mailbox", "Client Access to Mailbox", "client-access", "mailbox",
             PARTS({.from = WORDS("client-access"),
                    .to = WORDS("mailbox"),
                    PORTS(TCP(135)),
                    .protocol = "dcerpc",
                    .services = WORDS("epmapper"),
                    .expectation = {.checked = false}},
                   {.from = WORDS("client-access"),
                    .to = WORDS("mailbox"),
                    PORTS(DYNAMIC_RPC),
                    .protocol = "dcerpc",
                    .services = WORDS("emsmdb", "nspi"),
                    ENCRYPTED("rpc-privacy")})),
        PATH("directory", "Active Directory access", "mailbox", "domain-controller",
             PARTS({.from = WORDS("mailbox"),
                    .to = WORDS("domain-controller"),
                    PORTS(TCP(389), UDP(389)),
                    .protocol = "ldap",
                    ENCRYPTED("ldap-seal")})),
        PATH("recipients", "Recipient update", "mailbox", "domain-controller",
             PARTS({.from = WORDS("mailbox"),
                    .to = WORDS("domain-controller"),
                    PORTS(TCP(389), UDP(389)),
                    .protocol = "ldap",
                    .expectation = {.encryption_supported = WORDS("ldap-seal"),
                                    .encryption_default = ANSWER_NO,
                                    .checked = true}})),
        PATH("pop3", "POP3", "pop3-client", "client-access",
             PARTS({.from = WORDS("pop3-client"), .to = WORDS("client-access"), PORTS(TCP(110)), .protocol = "pop3"}))),
    .rules =
        (struct rule[]){
            {.id = "smtp-in", .name = "SMTP", .program = "", .note = "", .roles = WORDS("edge"), PORTS(TCP(25))},
            {.id = "store-rpc",
             .name = "Store",
             .program = "",
             .note = "",
             .roles = WORDS("mailbox"),
             PORTS(DYNAMIC_RPC)},
            {.id = "sync-in", .name = "Sync", .program = "", .note = "", .roles = WORDS("edge"), PORTS(TCP(50636))},
            {.id = "um",
             .name = "UM",
             .program = "",
             .note = "",
             .roles = WORDS("unified-messaging"),
             PORTS(TCP(5060))}},
    .rule_count = 4,
};

static struct site site = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("edge1", 2, "edge"),
                                      HOST("cas1", 3, "client-access"), HOST("mbx1", 4, "mailbox"),
                                      HOST("dc1", 5, "domain-controller"))};

static inline uint32_t tcp(struct scene *scene, const char *client, const char *server, uint16_t port)
{
    return scene_pair(scene, client, server, 6, port);
}

#endif
