/* table_fixture: a small expected table made by hand, with one of each kind of row, and text as a hostile sender or
 * editor would write it. */
#ifndef TESTS_TABLE_FIXTURE_H
#define TESTS_TABLE_FIXTURE_H

#include "audit/table.h"
#include "base/clock.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What a sender may put into a name: colours, a cleared screen, a title, a faked line, markup, broken UTF-8, C1 and
 * direction controls. */
#define HOSTILE                                                                                                        \
    "\033[31mred\033[2J\033]0;owned\007\n NOT CONFORMING <script>alert('x')</script>\t\xff\xc3(\xc2\x9b"               \
    "1m\xe2\x80\xae"                                                                                                   \
    "txt"

#define TEXTS(...)                                                                                                     \
    {                                                                                                                  \
        (const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)                    \
    }

static struct port fixture_smtp_port[] = {{PORT_FIXED, 6, 25, 25, "25/tcp"}};
static struct port fixture_mapper_port[] = {{PORT_FIXED, 6, 135, 135, "135/tcp"}};
static struct port fixture_rpc_port[] = {{PORT_DYNAMIC_RPC, 6, 0, 0, "dynamic-rpc"}};
static struct port fixture_sync_port[] = {{PORT_FIXED, 6, 50636, 50636, "50636/tcp"}};
static struct port fixture_directory_ports[] = {
    {PORT_FIXED, 6, 389, 389, "389/tcp"},    {PORT_FIXED, 17, 389, 389, "389/udp"},
    {PORT_FIXED, 6, 3268, 3268, "3268/tcp"}, {PORT_FIXED, 6, 88, 88, "88/tcp"},
    {PORT_FIXED, 17, 88, 88, "88/udp"},      {PORT_FIXED, 6, 53, 53, "53/tcp"},
    {PORT_FIXED, 17, 53, 53, "53/udp"}};
static struct port fixture_pop3_ports[] = {{PORT_FIXED, 6, 110, 110, "110/tcp"}, {PORT_FIXED, 6, 995, 995, "995/tcp"}};

static struct part fixture_smtp_parts[] = {{.from = TEXTS("hub"),
                                            .to = TEXTS("edge"),
                                            .ports = fixture_smtp_port,
                                            .port_count = 1,
                                            .protocol = "smtp",
                                            .port_setting = "",
                                            .expectation = {.authentication_default = TEXTS("direct-trust"),
                                                            .authentication_supported = TEXTS("direct-trust"),
                                                            .encryption_supported = TEXTS("anonymoustls", "starttls"),
                                                            .encryption_default = ANSWER_YES,
                                                            .checked = true}}};
static struct part fixture_mailbox_parts[] = {{.from = TEXTS("client-access"),
                                               .to = TEXTS("mailbox"),
                                               .ports = fixture_mapper_port,
                                               .port_count = 1,
                                               .protocol = "dcerpc",
                                               .port_setting = "",
                                               .services = TEXTS("epmapper")},
                                              {.from = TEXTS("client-access"),
                                               .to = TEXTS("mailbox"),
                                               .ports = fixture_rpc_port,
                                               .port_count = 1,
                                               .protocol = "dcerpc",
                                               .port_setting = "",
                                               .services = TEXTS("emsmdb", "nspi", "rfr"),
                                               .expectation = {.authentication_default = TEXTS("kerberos"),
                                                               .authentication_supported = TEXTS("kerberos", "ntlm"),
                                                               .encryption_supported = TEXTS("rpc-privacy"),
                                                               .encryption_default = ANSWER_YES,
                                                               .checked = true}}};
static struct part fixture_directory_parts[] = {{.from = TEXTS("mailbox"),
                                                 .to = TEXTS("domain-controller", "global-catalog"),
                                                 .ports = fixture_directory_ports,
                                                 .port_count = COUNT_OF(fixture_directory_ports),
                                                 .protocol = "ldap",
                                                 .port_setting = "",
                                                 .expectation = {.authentication_default = TEXTS("kerberos"),
                                                                 .authentication_supported = TEXTS("kerberos"),
                                                                 .encryption_supported = TEXTS("ldap-seal"),
                                                                 .encryption_default = ANSWER_YES,
                                                                 .checked = true}}};
static struct part fixture_sync_parts[] = {{.from = TEXTS("hub"),
                                            .to = TEXTS("edge"),
                                            .ports = fixture_sync_port,
                                            .port_count = 1,
                                            .protocol = "tls",
                                            .port_setting = ""}};
static struct part fixture_pop3_parts[] = {{.from = TEXTS("pop3-client"),
                                            .to = TEXTS("client-access"),
                                            .ports = fixture_pop3_ports,
                                            .port_count = 2,
                                            .protocol = "",
                                            .port_setting = ""}};

enum fixture_path { PATH_SMTP, PATH_MAILBOX, PATH_DIRECTORY, PATH_SYNC, PATH_POP3, PATH_UM, PATH_FIXTURES };

static struct path fixture_paths[PATH_FIXTURES] = {
    [PATH_SMTP] = {.id = "hub-to-edge",
                   .source = "Exchange Network Port Reference, 2012-09-25",
                   .name = "Hub Transport server to Edge Transport server",
                   .section = "Transport server data paths",
                   .from = TEXTS("hub"),
                   .to = TEXTS("edge"),
                   .parts = fixture_smtp_parts,
                   .part_count = 1,
                   .required = REQUIRED_WHEN_TRIGGERED,
                   .trigger = "subscription",
                   .note = "Mutual TLS; the certificates stand in Active Directory and AD LDS.",
                   .cells.ports = "25/TCP (SMTP)",
                   .cells.default_authentication = "Direct trust",
                   .cells.supported_authentication = "Direct trust",
                   .cells.encryption = "Yes, using TLS",
                   .cells.encrypted_by_default = "Yes"},
    [PATH_MAILBOX] = {.id = "cas-to-mailbox",
                      .source = "Exchange Network Port Reference, 2012-09-25",
                      .name = "Client Access server to Exchange 2010 Mailbox server",
                      .section = "Client Access server data paths",
                      .from = TEXTS("client-access"),
                      .to = TEXTS("mailbox"),
                      .parts = fixture_mailbox_parts,
                      .part_count = 2,
                      .note = "",
                      .trigger = "",
                      .inferred = TEXTS("from"),
                      .cells.ports = "RPC. See Notes on Client Access Servers.",
                      .cells.default_authentication = "NTLM. If the Hub Transport and the Mailbox server roles are on "
                                                      "the same server, Kerberos is used.",
                      .cells.supported_authentication = "NTLM/Kerberos",
                      .cells.encryption = "Yes, using RPC encryption",
                      .cells.encrypted_by_default = "Yes"},
    [PATH_DIRECTORY] = {.id = "mailbox-active-directory",
                        .source = "Exchange Network Port Reference, 2012-09-25",
                        .name = "Active Directory access",
                        .section = "Mailbox server data paths",
                        .from = TEXTS("mailbox"),
                        .to = TEXTS("domain-controller", "global-catalog"),
                        .parts = fixture_directory_parts,
                        .part_count = 1,
                        .required = REQUIRED_YES,
                        .trigger = "",
                        .note = "",
                        .inferred = TEXTS("ports"),
                        .cells.ports =
                            "389/TCP/UDP (LDAP), 3268/TCP (LDAP GC), 88/TCP/UDP (Kerberos), 53/TCP/UDP (DNS)",
                        .cells.default_authentication = "Kerberos",
                        .cells.supported_authentication = "Kerberos",
                        .cells.encryption = "Yes, using Kerberos encryption",
                        .cells.encrypted_by_default = "Yes"},
    [PATH_SYNC] = {.id = "edgesync",
                   .source = "Exchange Network Port Reference, 2012-09-25",
                   .name = "Microsoft Exchange EdgeSync service",
                   .section = "Mailbox server data paths",
                   .from = TEXTS("hub"),
                   .to = TEXTS("edge"),
                   .parts = fixture_sync_parts,
                   .part_count = 1,
                   .required = REQUIRED_YES,
                   .cadence_ns = 300 * (uint64_t)SECOND_NS,
                   .trigger = "",
                   .note = "",
                   .cells.ports = "50636/TCP (SSL)",
                   .cells.default_authentication = "Basic",
                   .cells.supported_authentication = "Basic",
                   .cells.encryption = "Yes, using LDAP over SSL (LDAPS)",
                   .cells.encrypted_by_default = "Yes"},
    [PATH_POP3] = {.id = "pop3",
                   .source = "Exchange Network Port Reference, 2012-09-25",
                   .name = "POP3",
                   .section = "Mailbox server data paths",
                   .from = TEXTS("pop3-client"),
                   .to = TEXTS("client-access"),
                   .parts = fixture_pop3_parts,
                   .part_count = 1,
                   .trigger = "",
                   .note = "",
                   .cells.ports = "",
                   .cells.default_authentication = "",
                   .cells.supported_authentication = "",
                   .cells.encryption = "",
                   .cells.encrypted_by_default = ""},
    [PATH_UM] = {.id = "um-media",
                 .source = "Exchange Network Port Reference, 2012-09-25",
                 .name = "Unified Messaging media",
                 .section = "",
                 .from = TEXTS("unified-messaging"),
                 .to = TEXTS("pbx"),
                 .parts = fixture_pop3_parts,
                 .part_count = 1,
                 .required = REQUIRED_NEVER,
                 .trigger = "",
                 .note = "",
                 .cells.ports = "",
                 .cells.default_authentication = "",
                 .cells.supported_authentication = "",
                 .cells.encryption = "",
                 .cells.encrypted_by_default = ""},
};

static struct port fixture_rule_port[] = {{PORT_DYNAMIC_RPC, 6, 0, 0, "dynamic-rpc"}};
static struct rule fixture_rules[] = {{.id = "msexchangeis-rpc",
                                       .name = "MSExchangeIS - RPC (TCP-In)",
                                       .program = "Bin\\Store.exe",
                                       .source = "Exchange Network Port Reference, 2012-09-25",
                                       .note = "",
                                       .roles = TEXTS("mailbox"),
                                       .ports = fixture_rule_port,
                                       .port_count = 1}};
static struct table_fact fixture_facts[] = {{.id = "edge-local",
                                             .name = "AD LDS on the Edge Transport server",
                                             .text = "50389/TCP is used locally only, without SSL.",
                                             .section = "",
                                             .source = "Exchange Network Port Reference, 2012-09-25",
                                             .ports = fixture_sync_port,
                                             .port_count = 1,
                                             .checked_by = TEXTS("edgesync"),
                                             .cells = {"", "", "", "No", "No"}}};

static struct path_table fixture_table = {.name = "exchange-2010-sp3",
                                          .title = "Exchange Server 2010 SP2 and SP3",
                                          .source = "Exchange Network Port Reference, 2012-09-25",
                                          .file = "tables/exchange-2010-sp3.yaml",
                                          .paths = fixture_paths,
                                          .path_count = PATH_FIXTURES,
                                          .rules = fixture_rules,
                                          .rule_count = 1,
                                          .facts = fixture_facts,
                                          .fact_count = 1};
static const struct path_table *const fixture_tables[] = {&fixture_table};

#endif
