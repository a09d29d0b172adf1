/* site_fixture: hosts, conversations and endpoints of a small Exchange site on a Friday morning, made by hand, with
 * names that a hostile sender chose. audit_fixture.h puts them together. */
#ifndef TESTS_SITE_FIXTURE_H
#define TESTS_SITE_FIXTURE_H

#include "audit/audit.h"
#include "base/clock.h"
#include "tests/table_fixture.h"

#include <assert.h>
#include <stdio.h>

#define FIXTURE_START_NS INT64_C(1795165203000123000) /* 2026-11-20T09:00:03.000123Z */

static inline struct address fixture_address(const char *text)
{
    struct address address = {{0}};
    bool parsed = address_parse(text, &address);
    assert(parsed);
    (void)parsed;
    return address;
}

static inline struct uuid fixture_uuid(const char *text)
{
    struct uuid uuid = {{0}};
    bool parsed = uuid_parse(text, &uuid);
    assert(parsed);
    (void)parsed;
    return uuid;
}

/* -- hosts ------------------------------------------------------------------------------------------------------- */

enum fixture_host { HOST_DC1, HOST_MBX1, HOST_CAS1, HOST_HUB1, HOST_EDGE1, HOST_STRANGER, HOST_HOSTILE, HOST_FIXTURES };

static struct site_host fixture_site_hosts[5];
static struct site fixture_site = {.name = "contoso",
                                   .file = "contoso.yaml",
                                   .dynamic_low = 49152,
                                   .dynamic_high = 65535,
                                   .hosts = fixture_site_hosts,
                                   .host_count = 5};

static struct host_role fixture_dc_roles[] = {{"domain-controller", false, {NULL, 0}},
                                              {"global-catalog", false, {NULL, 0}}};
static struct host_role fixture_mbx_roles[] = {
    {"mailbox", true, TEXTS("serves emsmdb on 6001/tcp", "tickets for exchangeMDB")}};
static struct host_role fixture_cas_roles[] = {{"client-access", false, {NULL, 0}}};
static struct host_role fixture_hub_roles[] = {{"hub", false, {NULL, 0}}};
static struct host_role fixture_edge_roles[] = {{"edge", false, {NULL, 0}}};
static struct address fixture_addresses[HOST_FIXTURES];
static struct host fixture_hosts[HOST_FIXTURES];

static struct texts fixture_hostile_names = TEXTS(HOSTILE);

static inline void fixture_make_host(size_t host, const char *name, const char *address, struct host_role *roles,
                                     size_t role_count)
{
    fixture_addresses[host] = fixture_address(address);
    fixture_hosts[host] = (struct host){.name = name,
                                        .network = "",
                                        .addresses = &fixture_addresses[host],
                                        .address_count = 1,
                                        .roles = roles,
                                        .role_count = role_count,
                                        .declared = role_count > 0,
                                        .seen = true};
}

static inline void fixture_make_hosts(void)
{
    fixture_make_host(HOST_DC1, "dc1", "10.1.0.10", fixture_dc_roles, 2);
    fixture_make_host(HOST_MBX1, "mbx1", "10.1.0.30", fixture_mbx_roles, 1);
    fixture_make_host(HOST_CAS1, "cas1", "10.1.0.40", fixture_cas_roles, 1);
    fixture_make_host(HOST_HUB1, "hub1", "10.1.0.50", fixture_hub_roles, 1);
    fixture_make_host(HOST_EDGE1, "edge1", "192.0.2.25", fixture_edge_roles, 1);
    fixture_make_host(HOST_STRANGER, "10.1.4.99", "10.1.4.99", NULL, 0);
    fixture_make_host(HOST_HOSTILE, HOSTILE, "2001:db8::99", NULL, 0);
    fixture_hosts[HOST_HOSTILE].names = fixture_hostile_names;
}

/* -- conversations ----------------------------------------------------------------------------------------------- */

#define SITE_PCAP(frame_number)                                                                                        \
    {                                                                                                                  \
        "site.pcap", frame_number                                                                                      \
    }
#define AT(seconds) (FIXTURE_START_NS + (seconds)*SECOND_NS)

static struct judged_session fixture_blocked_session[] = {{.authentication = "",
                                                           .encryption = "",
                                                           .protection = "",
                                                           .disposition = DISPOSITION_UNANSWERED,
                                                           .verdict = VERDICT_BLOCKED,
                                                           .flows = 12,
                                                           .first_ns = AT(128),
                                                           .last_ns = AT(900),
                                                           .evidence = SITE_PCAP(18220),
                                                           .why = "12 SYNs, no answer"}};
static struct judged_session fixture_store_session[] = {{.authentication = "kerberos",
                                                         .encryption = "rpc-privacy",
                                                         .protection = "privacy",
                                                         .disposition = DISPOSITION_OK,
                                                         .verdict = VERDICT_CONFORMING,
                                                         .encryption_check = ENCRYPTION_AS_EXPECTED,
                                                         .authentication_check = AUTHENTICATION_DEFAULT,
                                                         .flows = 41,
                                                         .first_ns = AT(60),
                                                         .last_ns = AT(2000),
                                                         .evidence = SITE_PCAP(9001),
                                                         .why = ""}};
static struct judged_session fixture_clear_sessions[] = {{.authentication = "basic",
                                                          .encryption = "none",
                                                          .protection = "",
                                                          .disposition = DISPOSITION_OK,
                                                          .verdict = VERDICT_DEVIATING,
                                                          .encryption_check = ENCRYPTION_WEAKER,
                                                          .authentication_check = AUTHENTICATION_UNSUPPORTED,
                                                          .flows = 3,
                                                          .first_ns = AT(20),
                                                          .last_ns = AT(1200),
                                                          .evidence = SITE_PCAP(5102),
                                                          .why = "SMTP AUTH LOGIN in clear, TLS expected"},
                                                         {.authentication = "",
                                                          .encryption = "starttls",
                                                          .protection = "TLS 1.2",
                                                          .disposition = DISPOSITION_OK,
                                                          .verdict = VERDICT_CONFORMING,
                                                          .encryption_check = ENCRYPTION_AS_EXPECTED,
                                                          .authentication_check = AUTHENTICATION_NOT_OBSERVABLE,
                                                          .flows = 1290,
                                                          .first_ns = AT(10),
                                                          .last_ns = AT(2100),
                                                          .evidence = SITE_PCAP(4000),
                                                          .why = ""}};
static struct judged_session fixture_one_way_session[] = {{.authentication = "",
                                                           .encryption = "",
                                                           .protection = "",
                                                           .disposition = DISPOSITION_ONE_WAY,
                                                           .verdict = VERDICT_UNCLASSIFIED,
                                                           .flows = 7,
                                                           .first_ns = AT(5),
                                                           .last_ns = AT(50),
                                                           .evidence = SITE_PCAP(700),
                                                           .why = ""}};
static struct judged_session fixture_unexpected_session[] = {{.authentication = "",
                                                              .encryption = "tls",
                                                              .protection = "",
                                                              .disposition = DISPOSITION_OK,
                                                              .verdict = VERDICT_UNEXPECTED,
                                                              .flows = 2,
                                                              .first_ns = AT(300),
                                                              .last_ns = AT(310),
                                                              .evidence = SITE_PCAP(30111),
                                                              .why = ""}};

static struct judged_fact fixture_smtp_facts[] = {
    {"rpc.binds", "a4f1db00-ca47-1067-b31f-00dd010662da/0.81", 1, 0, SITE_PCAP(4001)},
    {"rpc.binds", "a4f1db00-ca47-1067-b31f-00dd010662da", 1, 0, SITE_PCAP(4002)},
    {"smtp.auth_used", "LOGIN", 3, 0, SITE_PCAP(5102)},
    {"smtp.keywords", "STARTTLS", 1293, 0, SITE_PCAP(4003)},
    {"smtp.keywords", "X-ANONYMOUSTLS", 1293, 0, SITE_PCAP(4003)},
    {"tls.server_names", HOSTILE, 1, 0, SITE_PCAP(4010)},
};
static struct owner fixture_mailbox_owner[] = {{PATH_MAILBOX, 1}}, fixture_smtp_owner[] = {{PATH_SMTP, 0}};

enum fixture_conversation { TALK_CLEAR, TALK_STORE, TALK_BLOCKED, TALK_RDP, TALK_SCAN, TALK_ONE_WAY, TALK_FIXTURES };

static struct judged_conversation fixture_conversations[TALK_FIXTURES] = {
    [TALK_CLEAR] = {.client_host = HOST_HUB1,
                    .server_host = HOST_EDGE1,
                    .port = 25,
                    .protocol = "smtp",
                    .match = MATCH_ROW,
                    .owners = fixture_smtp_owner,
                    .owner_count = 1,
                    .verdict = VERDICT_DEVIATING,
                    .sessions = fixture_clear_sessions,
                    .session_count = 2,
                    .flows = 1293,
                    .packets_to_server = 20000,
                    .packets_to_client = 21000,
                    .bytes_to_server = 8123456,
                    .bytes_to_client = 912345,
                    .facts = fixture_smtp_facts,
                    .fact_count = COUNT_OF(fixture_smtp_facts)},
    [TALK_STORE] = {.client_host = HOST_CAS1,
                    .server_host = HOST_MBX1,
                    .port = 6001,
                    .protocol = "dcerpc",
                    .services = TEXTS("emsmdb"),
                    .match = MATCH_DYNAMIC,
                    .grade = 'A',
                    .owners = fixture_mailbox_owner,
                    .owner_count = 1,
                    .allowed_by = TEXTS("msexchangeis-rpc"),
                    .verdict = VERDICT_CONFORMING,
                    .sessions = fixture_store_session,
                    .session_count = 1,
                    .flows = 41,
                    .bytes_to_server = 1000000,
                    .bytes_to_client = 2000000},
    [TALK_BLOCKED] = {.client_host = HOST_CAS1,
                      .server_host = HOST_MBX1,
                      .port = 6004,
                      .protocol = "",
                      .services = TEXTS("nspi"),
                      .match = MATCH_DYNAMIC,
                      .grade = 'A',
                      .owners = fixture_mailbox_owner,
                      .owner_count = 1,
                      .verdict = VERDICT_BLOCKED,
                      .sessions = fixture_blocked_session,
                      .session_count = 1,
                      .flows = 12,
                      .bytes_to_server = 720},
    [TALK_RDP] = {.client_host = HOST_STRANGER,
                  .server_host = HOST_DC1,
                  .port = 3389,
                  .protocol = "",
                  .second_opinion = "rdp",
                  .match = MATCH_NO_ROW,
                  .verdict = VERDICT_UNEXPECTED,
                  .nearest_path = "",
                  .nearest_why = "no row has 3389/tcp",
                  .sessions = fixture_unexpected_session,
                  .session_count = 1,
                  .flows = 2,
                  .bytes_to_server = 100000,
                  .bytes_to_client = 1000000},
    [TALK_SCAN] = {.client_host = HOST_STRANGER,
                   .server_host = HOST_EDGE1,
                   .port = 25,
                   .protocol = "smtp",
                   .match = MATCH_NO_ROW,
                   .verdict = VERDICT_UNEXPECTED_ATTEMPT,
                   .nearest_path = "hub-to-edge",
                   .nearest_why = "10.1.4.99 is not hub: add it to the site file?",
                   .sessions = fixture_blocked_session,
                   .session_count = 1,
                   .flows = 1,
                   .bytes_to_server = 60},
    [TALK_ONE_WAY] = {.client_host = HOST_HOSTILE,
                      .server_host = HOST_DC1,
                      .port = 389,
                      .protocol = HOSTILE,
                      .tunnel = "vlan:100",
                      .match = MATCH_UNKNOWN_ROLE,
                      .verdict = VERDICT_UNCLASSIFIED,
                      .sessions = fixture_one_way_session,
                      .session_count = 1,
                      .flows = 7,
                      .bytes_to_server = 4200},
};

static inline void fixture_make_conversations(void)
{
    for (size_t i = 0; i < TALK_FIXTURES; i++) {
        struct judged_conversation *c = &fixture_conversations[i];
        c->client = fixture_addresses[c->client_host];
        c->network = "";
        c->server = fixture_addresses[c->server_host];
        c->transport = 6;
        c->transport_text = "tcp";
        c->decided_by = DECIDED_BY_HANDSHAKE;
        c->first_ns = c->sessions[0].first_ns;
        c->last_ns = c->sessions[0].last_ns;
        const char **texts[] = {&c->tunnel, &c->second_opinion, &c->nearest_path, &c->nearest_why};
        for (size_t k = 0; k < COUNT_OF(texts); k++)
            if (*texts[k] == NULL)
                *texts[k] = "";
    }
}

/* -- endpoints --------------------------------------------------------------------------------------------------- */

static struct address fixture_cas1[1];
static struct address fixture_many[40];

enum fixture_endpoint {
    PORT_STORE,
    PORT_NSPI,
    PORT_PIPE,
    PORT_DRS,
    PORT_LSA,
    PORT_UNKNOWN,
    PORT_MEDIA,
    ENDPOINT_FIXTURES
};

static struct endpoint fixture_endpoints[ENDPOINT_FIXTURES] = {
    [PORT_STORE] = {.server_host = HOST_MBX1,
                    .port = 6001,
                    .name = "emsmdb",
                    .minor = 81,
                    .flows = 41,
                    .times = 3,
                    .outside_range = true},
    [PORT_NSPI] = {.server_host = HOST_MBX1,
                   .port = 6004,
                   .name = "nspi",
                   .major = 56,
                   .flows = 12,
                   .failed_flows = 12,
                   .times = 1234,
                   .outside_range = true},
    [PORT_PIPE] = {.server_host = HOST_MBX1,
                   .port = 0,
                   .name = "",
                   .endpoint = "\\pipe\\" HOSTILE,
                   .protocol_sequence = "ncacn_np",
                   .annotation = HOSTILE,
                   .times = 1},
    [PORT_DRS] = {.server_host = HOST_DC1,
                  .port = 49155,
                  .name = "drsuapi",
                  .major = 4,
                  .flows = 1400,
                  .failed_flows = 3,
                  .times = 14},
    [PORT_LSA] = {.server_host = HOST_DC1, .port = 49155, .name = "lsarpc", .times = 14, .flows = 1400},
    [PORT_UNKNOWN] =
        {.server_host = HOST_DC1, .port = 49160, .name = "", .major = 1, .annotation = HOSTILE, .times = 1},
    [PORT_MEDIA] = {.server_host = HOST_EDGE1,
                    .port = 30000,
                    .transport = 17,
                    .protocol_sequence = "",
                    .name = "",
                    .times = 2,
                    .flows = 1,
                    .learned_from = TEXTS("sdp")},
};

static struct texts fixture_by_mapper = TEXTS("ept_map"), fixture_by_both = TEXTS("ept_map", "bind");

static inline void fixture_make_endpoints(void)
{
    fixture_cas1[0] = fixture_addresses[HOST_CAS1];
    for (size_t i = 0; i < COUNT_OF(fixture_many); i++) {
        char text[ADDRESS_TEXT];
        snprintf(text, sizeof text, "10.1.64.%zu", i + 1);
        fixture_many[i] = fixture_address(text);
    }
    for (size_t i = 0; i < ENDPOINT_FIXTURES; i++) {
        struct endpoint *e = &fixture_endpoints[i];
        e->server = fixture_addresses[e->server_host];
        e->network = "";
        e->transport = e->transport != 0 ? e->transport : 6;
        e->endpoint = e->endpoint != NULL ? e->endpoint : "";
        e->protocol_sequence = e->protocol_sequence != NULL ? e->protocol_sequence : "ncacn_ip_tcp";
        e->annotation = e->annotation != NULL ? e->annotation : "";
        if (i != PORT_MEDIA) {
            e->interface = fixture_uuid("a4f1db00-ca47-1067-b31f-00dd010662da");
            e->interface.octets[15] = (uint8_t)i;
            e->learned_from = i == PORT_LSA ? fixture_by_both : fixture_by_mapper;
        }
        e->clients = i == PORT_DRS ? fixture_many : fixture_cas1;
        e->client_count = i == PORT_DRS ? COUNT_OF(fixture_many) : 1;
        e->users = e->clients;
        e->user_count = e->flows > 0 ? e->client_count : 0;
        e->first_ns = AT(100 + (int64_t)i);
        e->last_ns = AT(200);
        e->evidence = (struct evidence)SITE_PCAP(18200 + i);
    }
    fixture_endpoints[PORT_PIPE].has_tower_address = true;
    fixture_endpoints[PORT_PIPE].tower_address = fixture_addresses[HOST_STRANGER];
}

#endif
