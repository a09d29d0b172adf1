/* Whole audits: observations filled by hand, a small table and a site in; hosts, rows, rules and the conclusion out. */
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

static uint32_t tcp(struct scene *scene, const char *client, const char *server, uint16_t port)
{
    return scene_pair(scene, client, server, 6, port);
}

static void what_is_as_expected_conforms(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 25), DISPOSITION_OK, "smtp", "certificate", "anonymoustls", 4);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conclusion, CONCLUSION_CONFORMS);
    assert_int_equal(audit->exit_status, 0);
    assert_int_equal(audit->finding_count, 0);
    const struct judged_path *path = scene_path(audit, "hub-to-edge");
    assert_int_equal(path->verdict, PATH_SATISFIED);
    assert_false(path->probable);
    assert_int_equal(path->pair_count, 1);
    assert_string_equal(path->reason, "4 flows as expected");
    assert_string_equal(path->encryption.items[0], "anonymoustls");
    assert_string_equal(path->authentication.items[0], "certificate");
    assert_int_equal(path->conversations, 1);
    assert_int_equal(path->bytes, 800);
    assert_int_equal(audit->conversation_counts[VERDICT_CONFORMING], 1);
    assert_int_equal(audit->path_counts[PATH_SATISFIED], 1);
    assert_string_equal(audit->conversations[0].sessions[0].why, "encrypted (anonymoustls), as expected");
    scene_close(&scene);
}

static void clear_where_encryption_is_the_default_deviates(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "", "anonymoustls", 97);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "basic", "none", 3);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->exit_status, 1);
    const struct judged_conversation *conversation = &audit->conversations[0];
    assert_int_equal(conversation->verdict, VERDICT_DEVIATING);
    assert_int_equal(conversation->session_count, 2);
    assert_int_equal(conversation->sessions[0].verdict, VERDICT_CONFORMING);
    assert_int_equal(conversation->sessions[1].verdict, VERDICT_DEVIATING);
    assert_int_equal(conversation->sessions[1].encryption_check, ENCRYPTION_WEAKER);
    assert_string_equal(conversation->sessions[1].why, "not encrypted, starttls or anonymoustls expected");
    assert_string_equal(scene_path(audit, "hub-to-edge")->reason, "3 of 100 flows deviate");
    scene_close(&scene);
}

static void an_ambiguous_class_deviates_only_from_all_rows_at_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    /* One row wants it encrypted, the other does not mind. */
    scene_flows(&scene, tcp(&scene, MBX, DC, 389), DISPOSITION_OK, "ldap", "kerberos", "ldap-sign", 5);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conversations[0].match, MATCH_AMBIGUOUS);
    assert_int_equal(audit->conversations[0].verdict, VERDICT_CONFORMING);
    assert_true(audit->conversations[0].probable);
    assert_true(scene_path(audit, "directory")->probable);
    assert_int_equal(scene_path(audit, "directory")->verdict, PATH_SATISFIED);
    assert_int_equal(audit->exit_status, 0);
    scene_close(&scene);
}

static void what_is_clear_by_design_is_not_compared(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, MBX, DC, 17, 389), DISPOSITION_OK, "cldap", "", "none", 5);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conversations[0].verdict, VERDICT_CONFORMING);
    assert_int_equal(audit->conversations[0].sessions[0].encryption_check, ENCRYPTION_NOT_CHECKED);
    scene_close(&scene);
}

static void setting_up_the_secure_channel_is_not_compared(void **state)
{
    (void)state;
    struct scene scene;
    struct path logon[] = {PATH("logon", "Logon", "mailbox", "domain-controller",
                                PARTS({.from = WORDS("mailbox"),
                                       .to = WORDS("domain-controller"),
                                       PORTS(DYNAMIC_RPC),
                                       .protocol = "dcerpc",
                                       ENCRYPTED("rpc-privacy")}))};
    struct path_table logons = {.name = "logons", .paths = logon, .path_count = 1};
    scene_open(&scene);
    uint32_t pair = tcp(&scene, MBX, DC, 49155);
    scene_flows(&scene, pair, DISPOSITION_OK, "dcerpc", "anonymous", "none", 1);
    scene_flows(&scene, pair, DISPOSITION_OK, "dcerpc", "netlogon", "rpc-privacy", 1);
    scene_fact(&scene, pair, "rpc.accepted", NETLOGON "/1.0");
    const struct audit *audit = scene_audit(&scene, &logons, &site);
    assert_int_equal(audit->conversations[0].verdict, VERDICT_CONFORMING);
    assert_int_equal(audit->conversations[0].sessions[0].encryption_check, ENCRYPTION_NOT_CHECKED);
    scene_flows(&scene, pair, DISPOSITION_OK, "dcerpc", "netlogon", "none", 1); /* but the calls after it are */
    assert_int_equal(scene_audit(&scene, &logons, &site)->conversations[0].verdict, VERDICT_DEVIATING);
    scene_close(&scene);
}

static void the_mapper_alone_satisfies_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, CAS, MBX, 135);
    scene_flows(&scene, pair, DISPOSITION_OK, "dcerpc", "", "none", 2);
    scene_fact(&scene, pair, "rpc.asked", EMSMDB "/0.81");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_path *path = scene_path(audit, "cas-to-mailbox");
    assert_int_equal(audit->conversations[0].verdict, VERDICT_CONFORMING);
    assert_int_equal(path->verdict, PATH_NOT_EXERCISED);
    assert_string_equal(path->reason, "lookup only: the endpoint mapper was asked, no connection after it was seen");
    scene_close(&scene);
}

static void a_row_of_the_mapper_alone_needs_a_connection_after_it_as_well(void **state)
{
    (void)state;
    struct scene scene;
    struct path locator[] = {PATH("locator", "RPC locator", "client-access", "mailbox",
                                  PARTS({.from = WORDS("client-access"),
                                         .to = WORDS("mailbox"),
                                         PORTS(TCP(135)),
                                         .protocol = "dcerpc",
                                         .services = WORDS("epmapper")}))};
    struct path_table locators = {.name = "locators", .paths = locator, .path_count = 1};
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, CAS, MBX, 135), DISPOSITION_OK, "dcerpc", "", "none", 2);
    assert_int_equal(scene_audit(&scene, &locators, &site)->paths[0].verdict, PATH_NOT_EXERCISED);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_flows(&scene, tcp(&scene, CAS, MBX, 49155), DISPOSITION_OK, "dcerpc", "", "", 1);
    assert_int_equal(scene_audit(&scene, &locators, &site)->paths[0].verdict, PATH_SATISFIED);
    scene_close(&scene);
}

static void the_mapper_and_the_connection_after_it_satisfy_the_row(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, CAS, MBX, 135);
    scene_flows(&scene, pair, DISPOSITION_OK, "dcerpc", "", "none", 2);
    scene_fact(&scene, pair, "rpc.asked", EMSMDB "/0.81");
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_flows(&scene, tcp(&scene, CAS, MBX, 49155), DISPOSITION_OK, "dcerpc", "kerberos", "rpc-privacy", 6);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(scene_path(audit, "cas-to-mailbox")->verdict, PATH_SATISFIED);
    assert_int_equal(audit->exit_status, 0);
    scene_close(&scene);
}

static void a_port_the_mapper_gave_and_nobody_reaches_fails_the_row(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, CAS, MBX, 135);
    scene_flows(&scene, pair, DISPOSITION_OK, "dcerpc", "", "none", 2);
    scene_fact(&scene, pair, "rpc.asked", NSPI "/56.0");
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 6004, NSPI, 56, 0);
    scene_flows(&scene, tcp(&scene, CAS, MBX, 6004), DISPOSITION_UNANSWERED, "", "", "", 12);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *blocked = scene_conversation(audit, CAS, MBX, 6004);
    assert_int_equal(blocked->verdict, VERDICT_BLOCKED);
    assert_int_equal(blocked->grade, 'A');
    assert_int_equal(scene_path(audit, "cas-to-mailbox")->verdict, PATH_FAILING);
    assert_int_equal(audit->endpoints[0].failed_flows, 12);
    assert_int_equal(audit->exit_status, 1);
    scene_close(&scene);
}

static void a_port_the_server_gave_counts_even_without_row_or_role(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, "10.0.0.9", "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49156, DRSUAPI, 4, 0);
    scene_flows(&scene, tcp(&scene, "10.0.0.9", MBX, 49155), DISPOSITION_REFUSED, "", "", "", 1);
    scene_flows(&scene, tcp(&scene, CAS, MBX, 49156), DISPOSITION_PROHIBITED, "", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *refused = scene_conversation(audit, "10.0.0.9", MBX, 49155);
    assert_int_equal(refused->match, MATCH_UNKNOWN_ROLE);
    assert_int_equal(refused->verdict, VERDICT_REFUSED);
    const struct judged_conversation *blocked = scene_conversation(audit, CAS, MBX, 49156);
    assert_int_equal(blocked->match, MATCH_NO_ROW);
    assert_int_equal(blocked->verdict, VERDICT_BLOCKED);
    scene_close(&scene);
}

static void failures_beside_success_degrade_pair_and_row(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "", "starttls", 9);
    scene_flows(&scene, pair, DISPOSITION_UNANSWERED, "", "", "", 2);
    scene_flows(&scene, tcp(&scene, EDGE, HUB, 9), DISPOSITION_REFUSED, "", "", "", 1); /* the edge is heard */
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_path *path = scene_path(audit, "hub-to-edge");
    assert_int_equal(scene_conversation(audit, HUB, EDGE, 25)->verdict, VERDICT_CONFORMING);
    assert_int_equal(path->verdict, PATH_DEGRADED);
    assert_int_equal(path->pairs[0].verdict, PATH_DEGRADED);
    assert_string_equal(path->reason, "9 flows went well, 2 failed");
    assert_int_equal(audit->exit_status, 1);
    scene_close(&scene);
}

static void rows_nobody_used_say_why(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 25), DISPOSITION_OK, "smtp", "", "starttls", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(scene_path(audit, "edgesync")->verdict, PATH_NOT_EXERCISED);
    assert_string_equal(scene_path(audit, "edgesync")->reason,
                        "required and never attempted; the capture covers only 0 s, and 15 min would be needed");
    assert_int_equal(scene_path(audit, "directory")->verdict, PATH_NOT_EXERCISED);
    assert_string_equal(scene_path(audit, "directory")->reason, "never attempted");
    assert_int_equal(scene_path(audit, "pop3")->verdict, PATH_NOT_APPLICABLE);
    assert_string_equal(scene_path(audit, "pop3")->reason, "no host has the role pop3-client");
    scene_close(&scene);
}

static void roles_on_one_host_alone_are_not_applicable(void **state)
{
    (void)state;
    struct scene scene;
    struct site one = {SITE_HOSTS(HOST("all", 1, "hub", "edge"))};
    scene_open(&scene);
    const struct audit *audit = scene_audit(&scene, &table, &one);
    assert_int_equal(scene_path(audit, "hub-to-edge")->verdict, PATH_NOT_APPLICABLE);
    assert_string_equal(scene_path(audit, "hub-to-edge")->reason, "both roles live on all alone");
    scene_close(&scene);
}

static void the_site_may_require_or_forbid_a_row(void **state)
{
    (void)state;
    struct scene scene;
    struct site_requirement requirements[] = {{.path = "hub-to-edge", .required = REQUIRED_NEVER, .trigger = ""},
                                              {.path = "edgesync", .required = REQUIRED_YES, .trigger = ""}};
    site.requirements = requirements;
    site.requirement_count = 2;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 25), DISPOSITION_OK, "smtp", "", "starttls", 1);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 50636), DISPOSITION_ONE_WAY, "", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(scene_path(audit, "hub-to-edge")->verdict, PATH_FORBIDDEN_SEEN);
    assert_string_equal(audit->findings[0].verdict, "forbidden-seen");
    assert_string_equal(audit->findings[0].subject, "\"Hub to Edge\" (test): must not happen, and 1 flow went well");
    assert_int_equal(scene_path(audit, "edgesync")->verdict, PATH_UNOBSERVABLE);
    assert_int_equal(audit->exit_status, 1);
    requirements[0].required = REQUIRED_NO;
    audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conclusion, CONCLUSION_UNDETERMINED);
    assert_int_equal(audit->exit_status, 3); /* a required row that could not be seen */
    assert_int_equal(audit->one_way_conversations, 1);
    site.requirement_count = 0;
    scene_close(&scene);
}

static void unclassified_conversations_leave_the_run_undetermined(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.0.99", DC, 389), DISPOSITION_OK, "ldap", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conversations[0].verdict, VERDICT_UNCLASSIFIED);
    assert_string_equal(audit->conversations[0].sessions[0].why, "10.0.0.99 has no role");
    assert_int_equal(audit->exit_status, 3);
    scene_close(&scene);
}

static void a_readable_password_is_told_of_hosts_without_a_role_too(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.0.99", DC, 389), DISPOSITION_OK, "ldap", "simple", "none", 1);
    scene_flows(&scene, tcp(&scene, "10.0.0.99", DC, 636), DISPOSITION_OK, "tls", "", "tls", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_string_equal(audit->findings[0].subject,
                        "2 conversations with hosts that have no role, with passwords in clear");
    assert_non_null(strstr(audit->findings[0].explain,
                           "Passwords cross the wire in clear in 1 conversation: LDAP simple "
                           "bind without TLS, 10.0.0.99 -> dc1:389/tcp. "));
    assert_int_equal(audit->findings[0].evidence_count, 1);
    assert_int_equal(audit->exit_status, 3);
    scene_close(&scene);
}

static void rules_are_used_by_what_went_well(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 25), DISPOSITION_OK, "smtp", "", "starttls", 1);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 50636), DISPOSITION_REFUSED, "", "", "", 1);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_flows(&scene, tcp(&scene, CAS, MBX, 49155), DISPOSITION_OK, "dcerpc", "kerberos", "rpc-privacy", 6);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->rule_count, 4);
    assert_string_equal(audit->rules[0].verdict, "used");
    assert_int_equal(audit->rules[0].conversations, 1);
    assert_string_equal(audit->rules[1].verdict, "used");
    assert_string_equal(audit->rules[2].verdict, "unused");
    assert_string_equal(audit->rules[3].verdict, "not-applicable");
    assert_string_equal(scene_conversation(audit, CAS, MBX, 49155)->allowed_by.items[0], "store-rpc");
    assert_string_equal(scene_conversation(audit, HUB, EDGE, 50636)->allowed_by.items[0], "sync-in");
    scene_close(&scene);
}

static void a_rule_beside_those_of_other_programs_is_used_only_probably(void **state)
{
    static struct path_table bound;
    (void)state;
    bound = table;
    bound.rules = (struct rule[]){
        {.id = "any-rpc", .name = "A", .program = "Any", .note = "", .roles = WORDS("mailbox"), PORTS(DYNAMIC_RPC)},
        {.id = "store", .name = "S", .program = "Store.exe", .note = "", .roles = WORDS("mailbox"), PORTS(DYNAMIC_RPC)},
        {.id = "search", .name = "F", .program = "F.exe", .note = "", .roles = WORDS("mailbox"), PORTS(DYNAMIC_RPC)},
        {.id = "copier", .name = "C", .program = "C.exe", .note = "", .roles = WORDS("mailbox"), PORTS(TCP(64327))}};
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_learn(&scene, MBX, CAS, "sip_contact", "", 49156, "", 0, 0); /* told as well, and no RPC */
    scene_flows(&scene, tcp(&scene, CAS, MBX, 49155), DISPOSITION_OK, "dcerpc", "kerberos", "rpc-privacy", 6);
    scene_flows(&scene, tcp(&scene, CAS, MBX, 49156), DISPOSITION_OK, "sip", "", "", 1);
    scene_flows(&scene, tcp(&scene, HUB, MBX, 64327), DISPOSITION_OK, "", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &bound, &site);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(audit->rules[i].verdict, "used");
        assert_int_equal(audit->rules[i].conversations, 1);
        assert_int_equal(audit->rules[i].probable, i == 1 || i == 2);
    }
    assert_int_equal(scene_conversation(audit, CAS, MBX, 49155)->allowed_by.count, 3);
    assert_int_equal(scene_conversation(audit, CAS, MBX, 49156)->grade, 'A');
    assert_int_equal(scene_conversation(audit, CAS, MBX, 49156)->allowed_by.count, 0);
    scene_close(&scene);
}

static bool has_role(const struct host *host, const char *role)
{
    for (size_t i = 0; i < host->role_count; i++)
        if (strcmp(host->roles[i].role, role) == 0)
            return true;
    return false;
}

static void roles_are_inferred_from_what_hosts_serve(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    for (unsigned i = 1; i <= 3; i++) {
        char client[16];
        snprintf(client, sizeof client, "10.0.0.%u", i);
        scene_flows(&scene, tcp(&scene, client, DC, 3268), DISPOSITION_OK, "ldap", "", "", 1);
    }
    scene_flows(&scene, tcp(&scene, HUB, DC, 88), DISPOSITION_OK, "kerberos", "", "", 1);
    scene_flows(&scene, tcp(&scene, HUB, DC, 389), DISPOSITION_OK, "ldap", "", "", 1);
    scene_flows(&scene, tcp(&scene, HUB, DC, 53), DISPOSITION_REFUSED, "dns", "", "", 1);
    uint32_t to_hub = tcp(&scene, EDGE, HUB, 25), to_edge = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, to_hub, DISPOSITION_OK, "smtp", "", "", 1);
    scene_fact(&scene, to_hub, "smtp.keywords", "X-ANONYMOUSTLS");
    scene_fact(&scene, to_hub, "smtp.banner_host", "hub1.example.com");
    scene_flows(&scene, to_edge, DISPOSITION_OK, "smtp", "", "", 1);
    scene_fact(&scene, to_edge, "smtp.keywords", "X-ANONYMOUSTLS");
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 50636), DISPOSITION_OK, "tls", "", "tls", 1);
    uint32_t store = tcp(&scene, CAS, MBX, 49155);
    scene_flows(&scene, store, DISPOSITION_OK, "dcerpc", "", "", 1);
    scene_fact(&scene, store, "rpc.accepted", EMSMDB "/0.81");
    const struct audit *audit = scene_audit(&scene, &table, NULL);
    assert_true(has_role(scene_host(audit, DC), "domain-controller"));
    assert_true(has_role(scene_host(audit, DC), "global-catalog"));
    assert_false(has_role(scene_host(audit, DC), "dns")); /* asked and refused is not served */
    assert_true(has_role(scene_host(audit, HUB), "hub"));
    assert_true(has_role(scene_host(audit, EDGE), "edge"));
    assert_false(has_role(scene_host(audit, EDGE), "hub"));
    assert_true(has_role(scene_host(audit, MBX), "mailbox"));
    assert_int_equal(scene_host(audit, CAS)->role_count, 0);
    const struct host *dc = scene_host(audit, DC);
    for (size_t i = 0; i < dc->role_count; i++) {
        assert_true(dc->roles[i].inferred);
        if (strcmp(dc->roles[i].role, "global-catalog") == 0)
            assert_string_equal(dc->roles[i].evidence.items[0], "serves 3268/tcp to 3 clients");
    }
    assert_string_equal(scene_host(audit, HUB)->names.items[0], "hub1.example.com");
    scene_close(&scene);
}

static void a_role_by_ports_whose_protocol_was_not_read_says_so(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, EDGE, DC, 88), DISPOSITION_OK, "kerberos", "", "", 1);
    scene_flows(&scene, tcp(&scene, EDGE, DC, 389), DISPOSITION_OK, "", "", "", 1); /* its start was missed */
    const struct host *dc = scene_host(scene_audit(&scene, NULL, NULL), DC);
    assert_true(has_role(dc, "domain-controller"));
    assert_string_equal(dc->roles[0].evidence.items[0], "serves 88 (kerberos) to 1 client");
    assert_string_equal(dc->roles[0].evidence.items[1], "serves port 389, its protocol was not read, to 1 client");
    scene_close(&scene);
}

static void roles_are_inferred_from_what_mapper_dns_and_kdc_say(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t names = tcp(&scene, EDGE, DC, 53), tickets = tcp(&scene, EDGE, DC, 88);
    scene_flows(&scene, names, DISPOSITION_OK, "dns", "", "none", 1);
    scene_fact(&scene, names, "dns.answers", "dc1.corp.example " DC);
    scene_fact(&scene, names, "dns.answers", "mbx1.corp.example " MBX);
    scene_fact(&scene, names, "dns.answers", "cas1.corp.example " CAS);
    scene_fact(&scene, names, "dns.answers", "_ldap._tcp.dc._msdcs.corp.example dc1.corp.example:389");
    scene_fact(&scene, names, "dns.answers", "_gc._tcp.corp.example dc1.corp.example:3268");
    uint32_t again = scene_pair(&scene, EDGE, DC, 17, 53); /* the same client, over UDP */
    scene_flows(&scene, again, DISPOSITION_OK, "dns", "", "none", 1);
    scene_fact(&scene, again, "dns.answers", "_ldap._tcp.corp.example dc1.corp.example:389");
    scene_flows(&scene, tickets, DISPOSITION_OK, "kerberos", "", "", 1);
    scene_fact(&scene, tickets, "kerberos.services", "exchangeMDB/mbx1.corp.example");
    scene_fact(&scene, tickets, "kerberos.services", "exchangeAB/cas1.corp.example");
    scene_flows(&scene, tcp(&scene, EDGE, MBX, 445), DISPOSITION_OK, "smb", "", "", 1);
    scene_flows(&scene, tcp(&scene, EDGE, CAS, 445), DISPOSITION_OK, "smb", "", "", 1);
    scene_learn(&scene, HUB, EDGE, "ept_lookup", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    const struct host *dc = scene_host(audit, DC), *listed = scene_host(audit, HUB);
    assert_true(has_role(dc, "domain-controller"));
    assert_true(has_role(dc, "global-catalog"));
    assert_string_equal(dc->roles[0].evidence.items[0], "DNS names it as a directory server (SRV), told to 1 client");
    assert_true(has_role(dc, "dns"));
    assert_string_equal(dc->roles[dc->role_count - 1].evidence.items[0], "serves 53 (dns) to 1 client");
    assert_true(has_role(scene_host(audit, MBX), "mailbox"));
    assert_true(has_role(scene_host(audit, CAS), "client-access"));
    assert_false(has_role(scene_host(audit, CAS), "mailbox"));
    assert_true(has_role(listed, "mailbox"));
    assert_string_equal(listed->roles[0].evidence.items[0],
                        "its endpoint mapper hands out the information store, told in 1 answer");
    scene_close(&scene);
}

static void what_a_declared_host_does_beyond_its_roles_is_told_and_changes_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 25), DISPOSITION_OK, "smtp", "certificate", "starttls", 1);
    scene_flows(&scene, tcp(&scene, HUB, MBX, 3268), DISPOSITION_OK, "ldap", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct host *mbx = scene_host(audit, "mbx1");
    assert_int_equal(mbx->role_count, 1);
    assert_int_equal(mbx->conflicts.count, 1);
    assert_string_equal(mbx->conflicts.items[0], "looks like a global-catalog: serves 3268/tcp to 1 client");
    assert_int_equal(scene_host(audit, "edge1")->conflicts.count, 0);
    const struct finding *finding = NULL;
    for (size_t i = 0; i < audit->finding_count; i++)
        if (strcmp(audit->findings[i].verdict, "role-conflict") == 0)
            finding = &audit->findings[i];
    assert_non_null(finding);
    assert_int_equal(finding->severity, SEVERITY_INFO);
    assert_string_equal(finding->subject, "1 host does what the declared roles do not cover");
    scene_close(&scene);
}

static void an_answer_of_dns_names_the_host_of_its_address(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t asked = tcp(&scene, CAS, DC, 53);
    scene_flows(&scene, asked, DISPOSITION_OK, "dns", "", "none", 1);
    scene_flows(&scene, tcp(&scene, CAS, MBX, 443), DISPOSITION_OK, "tls", "", "tls", 1);
    scene_fact(&scene, asked, "dns.answers", "mbx1.example.com " MBX);
    scene_fact(&scene, asked, "dns.answers", "elsewhere.example.com 192.0.2.1"); /* nobody we saw */
    scene_fact(&scene, asked, "dns.answers", "_ldap._tcp.example.com dc1.example.com:389");
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    assert_int_equal(scene_host(audit, MBX)->names.count, 1);
    assert_string_equal(scene_host(audit, MBX)->names.items[0], "mbx1.example.com");
    assert_int_equal(scene_host(audit, DC)->names.count, 0);
    assert_int_equal(scene_host(audit, CAS)->names.count, 0);
    scene_close(&scene);
}

static void declared_hosts_are_not_inferred_and_undeclared_ones_are(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, HUB, DC, 53), DISPOSITION_OK, "dns", "", "", 1);
    scene_flows(&scene, tcp(&scene, HUB, "10.0.0.53", 53), DISPOSITION_OK, "dns", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(scene_host(audit, "dc1")->role_count, 1);
    assert_false(scene_host(audit, "dc1")->roles[0].inferred);
    assert_true(scene_host(audit, "dc1")->declared);
    assert_true(has_role(scene_host(audit, "10.0.0.53"), "dns"));
    assert_true(scene_host(audit, "10.0.0.53")->roles[0].inferred);
    assert_false(scene_host(audit, "mbx1")->seen);
    site.hosts[4].roles.count = 0; /* declared to have none */
    assert_int_equal(scene_host(scene_audit(&scene, &table, &site), "dc1")->role_count, 0);
    site.hosts[4].roles.count = 1;
    scene_close(&scene);
}

static void prefixes_and_load_balancers_have_the_roles_they_are_given(void **state)
{
    (void)state;
    struct scene scene;
    struct site_member clients = {.kind = MEMBER_PREFIX};
    struct site_role role = {"pop3-client", &clients, 1};
    struct site with = {SITE_HOSTS(HOST("vip", 3, "hub"))};
    assert_true(prefix_parse("10.0.64.0/18", &clients.prefix));
    with.roles = &role;
    with.role_count = 1;
    with.hosts[0].roles.count = 0;
    with.hosts[0].via = "client-access";
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.64.7", CAS, 110), DISPOSITION_OK, "pop3", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &with);
    assert_int_equal(audit->conversations[0].match, MATCH_ROW);
    assert_int_equal(audit->conversations[0].verdict, VERDICT_CONFORMING);
    scene_close(&scene);
}

/* Whoever stands for a role: clients come to it, and it goes on to who has the role. */
static void both_legs_through_a_load_balancer_fit_the_row(void **state)
{
    (void)state;
    struct scene scene;
    struct site with = {SITE_HOSTS(HOST("vip", 3, "hub"), HOST("cas1", 4, "client-access"), HOST("c", 5, "pop3-client"),
                                   HOST("edge1", 2, "edge"))};
    with.hosts[0].roles.count = 0;
    with.hosts[0].via = "client-access";
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.0.5", CAS, 110), DISPOSITION_OK, "pop3", "", "", 1);
    scene_flows(&scene, tcp(&scene, CAS, "10.0.0.4", 110), DISPOSITION_OK, "pop3", "", "", 1);
    scene_flows(&scene, tcp(&scene, EDGE, "10.0.0.4", 110), DISPOSITION_OK, "pop3", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &with);
    assert_int_equal(scene_conversation(audit, "10.0.0.5", CAS, 110)->verdict, VERDICT_CONFORMING);
    assert_int_equal(scene_conversation(audit, CAS, "10.0.0.4", 110)->verdict, VERDICT_CONFORMING);
    assert_int_equal(scene_conversation(audit, EDGE, "10.0.0.4", 110)->verdict, VERDICT_UNEXPECTED);
    scene_close(&scene);
}

static void a_proxy_that_stands_for_clients_takes_what_they_send(void **state)
{
    (void)state;
    struct scene scene;
    struct site with = {
        SITE_HOSTS(HOST("nat", 3, "hub"), HOST("cas1", 4, "client-access"), HOST("c", 5, "pop3-client"))};
    with.hosts[0].roles.count = 0;
    with.hosts[0].via = "pop3-client";
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.0.5", CAS, 110), DISPOSITION_OK, "pop3", "", "", 1);
    scene_flows(&scene, tcp(&scene, CAS, "10.0.0.4", 110), DISPOSITION_OK, "pop3", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &with);
    assert_int_equal(audit->conversation_counts[VERDICT_CONFORMING], 2);
    scene_close(&scene);
}

static void a_port_given_at_one_address_of_a_host_is_known_at_all(void **state)
{
    (void)state;
    struct scene scene;
    struct site with = {SITE_HOSTS(HOST("mbx1", 4, "mailbox"), HOST("cas1", 3, "client-access"))};
    struct address both[] = {scene_address(MBX), scene_address("10.9.0.4")};
    with.hosts[0].addresses = both;
    with.hosts[0].address_count = 2;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 6001, EMSMDB, 0, 81);
    scene_flows(&scene, tcp(&scene, CAS, "10.9.0.4", 6001), DISPOSITION_OK, "dcerpc", "kerberos", "rpc-privacy", 1);
    const struct judged_conversation *conversation =
        scene_conversation(scene_audit(&scene, &table, &with), CAS, "10.9.0.4", 6001);
    assert_int_equal(conversation->grade, 'A');
    assert_int_equal(conversation->verdict, VERDICT_CONFORMING);
    scene_close(&scene);
}

static void ranges_and_names_give_roles_as_well(void **state)
{
    (void)state;
    struct scene scene;
    struct site_member clients = {
        .kind = MEMBER_RANGE, .low = scene_address("10.0.64.5"), .high = scene_address("10.0.64.9")};
    struct site_member servers = {.kind = MEMBER_NAME, .name = "*.corp.example"};
    struct site_role roles[] = {{"pop3-client", &clients, 1}, {"client-access", &servers, 1}};
    struct site with = {.name = "test", .roles = roles, .role_count = 2};
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.64.5", CAS, 110), DISPOSITION_OK, "pop3", "", "", 1);
    scene_flows(&scene, tcp(&scene, "10.0.64.9", CAS, 110), DISPOSITION_OK, "pop3", "", "", 1);
    scene_flows(&scene, tcp(&scene, "10.0.64.10", CAS, 110), DISPOSITION_OK, "pop3", "", "", 1);
    scene_fact(&scene, tcp(&scene, "10.0.64.5", CAS, 110), "tls.server_names", "CAS1.corp.example");
    const struct audit *audit = scene_audit(&scene, &table, &with);
    assert_int_equal(scene_conversation(audit, "10.0.64.5", CAS, 110)->verdict, VERDICT_CONFORMING);
    assert_int_equal(scene_conversation(audit, "10.0.64.9", CAS, 110)->verdict, VERDICT_CONFORMING);
    assert_int_equal(scene_conversation(audit, "10.0.64.10", CAS, 110)->verdict, VERDICT_UNCLASSIFIED);
    assert_string_equal(scene_host(audit, CAS)->roles[0].evidence.items[0], "is named CAS1.corp.example");
    servers.name = "CAS1"; /* the first label of a longer name */
    assert_int_equal(scene_audit(&scene, &table, &with)->conversation_counts[VERDICT_CONFORMING], 2);
    servers.name = "AS1";
    assert_int_equal(scene_audit(&scene, &table, &with)->conversation_counts[VERDICT_CONFORMING], 0);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_as_expected_conforms),
        cmocka_unit_test(clear_where_encryption_is_the_default_deviates),
        cmocka_unit_test(an_ambiguous_class_deviates_only_from_all_rows_at_once),
        cmocka_unit_test(what_is_clear_by_design_is_not_compared),
        cmocka_unit_test(setting_up_the_secure_channel_is_not_compared),
        cmocka_unit_test(the_mapper_alone_satisfies_nothing),
        cmocka_unit_test(a_row_of_the_mapper_alone_needs_a_connection_after_it_as_well),
        cmocka_unit_test(the_mapper_and_the_connection_after_it_satisfy_the_row),
        cmocka_unit_test(a_port_the_mapper_gave_and_nobody_reaches_fails_the_row),
        cmocka_unit_test(a_port_the_server_gave_counts_even_without_row_or_role),
        cmocka_unit_test(failures_beside_success_degrade_pair_and_row),
        cmocka_unit_test(rows_nobody_used_say_why),
        cmocka_unit_test(roles_on_one_host_alone_are_not_applicable),
        cmocka_unit_test(the_site_may_require_or_forbid_a_row),
        cmocka_unit_test(unclassified_conversations_leave_the_run_undetermined),
        cmocka_unit_test(a_readable_password_is_told_of_hosts_without_a_role_too),
        cmocka_unit_test(rules_are_used_by_what_went_well),
        cmocka_unit_test(a_rule_beside_those_of_other_programs_is_used_only_probably),
        cmocka_unit_test(roles_are_inferred_from_what_hosts_serve),
        cmocka_unit_test(a_role_by_ports_whose_protocol_was_not_read_says_so),
        cmocka_unit_test(roles_are_inferred_from_what_mapper_dns_and_kdc_say),
        cmocka_unit_test(what_a_declared_host_does_beyond_its_roles_is_told_and_changes_nothing),
        cmocka_unit_test(an_answer_of_dns_names_the_host_of_its_address),
        cmocka_unit_test(declared_hosts_are_not_inferred_and_undeclared_ones_are),
        cmocka_unit_test(prefixes_and_load_balancers_have_the_roles_they_are_given),
        cmocka_unit_test(both_legs_through_a_load_balancer_fit_the_row),
        cmocka_unit_test(a_proxy_that_stands_for_clients_takes_what_they_send),
        cmocka_unit_test(a_port_given_at_one_address_of_a_host_is_known_at_all),
        cmocka_unit_test(ranges_and_names_give_roles_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
