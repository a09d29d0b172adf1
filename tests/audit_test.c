/* Whole audits: observations filled by hand, a small table and a site in; rows, rules and the conclusion out. */
#include "tests/audit_scene.h"

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

static void a_row_that_deviates_tells_of_its_failures_too(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "basic", "none", 3);
    scene_flows(&scene, pair, DISPOSITION_REFUSED, "", "", "", 2);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_string_equal(scene_path(audit, "hub-to-edge")->reason, "3 of 3 flows deviate, 2 more failed");
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

/* What is said of an attempt without answer, where the capture says this of itself. */
static void assert_unanswered_by(const char *client, const char *server, uint8_t transport, uint16_t port,
                                 const struct coverage *coverage, const char *doubt)
{
    struct scene scene;
    const char *explain = "";
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, client, server, transport, port), DISPOSITION_UNANSWERED, "", "", "", 2);
    scene_flows(&scene, tcp(&scene, server, client, 9), DISPOSITION_REFUSED, "", "", "", 1); /* the server is heard */
    observations_cover(scene.store, coverage);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    for (size_t i = 0; i < audit->finding_count; i++)
        if (strcmp(audit->findings[i].verdict, "blocked") == 0)
            explain = audit->findings[i].explain;
    assert_string_not_equal(explain, "");
    assert_int_equal(strstr(explain, "answers may be") != NULL, doubt[0] != '\0');
    assert_non_null(strstr(explain, doubt));
    scene_close(&scene);
}

static void assert_unanswered(const struct coverage *coverage, const char *doubt)
{
    assert_unanswered_by(HUB, EDGE, 6, 25, coverage, doubt);
}

static void no_answer_is_not_certain_where_pieces_of_datagrams_are_left(void **state)
{
    (void)state;
    const struct coverage coverage = {.packets = 10, .fragments_lost = 2};
    assert_unanswered_by(MBX, DC, 17, 389, &coverage,
                         "The capture has 2 IP fragments without the rest: answers may be among them.");
    assert_unanswered(&coverage, ""); /* TCP sends no pieces, least of all when it answers */
}

static void no_answer_is_not_certain_where_the_capture_lacks_something(void **state)
{
    (void)state;
    assert_unanswered(&(struct coverage){.packets = 10}, "");
    assert_unanswered(&(struct coverage){.packets = 10, .dropped = 3},
                      "The capture dropped 3 packets: answers may be among them.");
    assert_unanswered(&(struct coverage){.packets = 10, .missing_bytes = 5000},
                      "The capture lacks 5,000 bytes of connections: answers may be missing, too.");
    assert_unanswered(&(struct coverage){.packets = 10, .missing_bytes = 5000, .truncated_frames = 4}, "");
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

static void a_readable_password_where_nothing_may_happen_is_told(void **state)
{
    (void)state;
    struct scene scene;
    struct site_requirement never = {.path = "edgesync", .required = REQUIRED_NEVER, .trigger = ""};
    site.requirements = &never;
    site.requirement_count = 1;
    struct expectation *expectation = &table.paths[1].parts[0].expectation, before = *expectation;
    assert_string_equal(table.paths[1].id, "edgesync");
    *expectation = (struct expectation){.checked = false}; /* a row of what must not be expects nothing */
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 50636), DISPOSITION_OK, "ldap", "simple", "none", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    site.requirement_count = 0;
    *expectation = before;
    assert_string_equal(audit->findings[0].verdict, "forbidden-seen");
    assert_non_null(strstr(audit->findings[0].explain,
                           "Passwords cross the wire in clear: LDAP simple bind without TLS, "
                           "first at 09:00:01 (frame 1)."));
    assert_int_equal(audit->weak_server_count, 1);
    scene_close(&scene);
}

static void what_must_not_happen_and_is_kept_out_is_no_advice_to_open_it(void **state)
{
    (void)state;
    struct scene scene;
    struct site_requirement never = {.path = "hub-to-edge", .required = REQUIRED_NEVER, .trigger = ""};
    site.requirements = &never;
    site.requirement_count = 1;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 50636), DISPOSITION_OK, "tls", "", "tls", 1); /* edge answers */
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 25), DISPOSITION_UNANSWERED, "", "", "", 2);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    site.requirement_count = 0;
    assert_int_equal(scene_path(audit, "hub-to-edge")->verdict, PATH_NOT_EXERCISED);
    assert_int_equal(audit->finding_count, 1);
    assert_int_equal(audit->findings[0].severity, SEVERITY_LOW);
    assert_string_equal(audit->findings[0].subject, "hub1 tried edge1:25/tcp, which must not happen and is blocked");
    assert_string_equal(audit->findings[0].explain,
                        "2 flows got no answer (first at 09:00:02 (frame 2)). Forbidden: \"Hub to Edge\" (test).");
    assert_string_equal(audit->findings[0].advice, "open nothing; find out what on hub1 asks for 25/tcp of edge1");
    assert_int_equal(audit->findings[0].evidence_count, 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_as_expected_conforms),
        cmocka_unit_test(clear_where_encryption_is_the_default_deviates),
        cmocka_unit_test(a_row_that_deviates_tells_of_its_failures_too),
        cmocka_unit_test(an_ambiguous_class_deviates_only_from_all_rows_at_once),
        cmocka_unit_test(what_is_clear_by_design_is_not_compared),
        cmocka_unit_test(setting_up_the_secure_channel_is_not_compared),
        cmocka_unit_test(the_mapper_alone_satisfies_nothing),
        cmocka_unit_test(a_row_of_the_mapper_alone_needs_a_connection_after_it_as_well),
        cmocka_unit_test(the_mapper_and_the_connection_after_it_satisfy_the_row),
        cmocka_unit_test(a_port_the_mapper_gave_and_nobody_reaches_fails_the_row),
        cmocka_unit_test(a_port_the_server_gave_counts_even_without_row_or_role),
        cmocka_unit_test(failures_beside_success_degrade_pair_and_row),
        cmocka_unit_test(no_answer_is_not_certain_where_the_capture_lacks_something),
        cmocka_unit_test(no_answer_is_not_certain_where_pieces_of_datagrams_are_left),
        cmocka_unit_test(rows_nobody_used_say_why),
        cmocka_unit_test(roles_on_one_host_alone_are_not_applicable),
        cmocka_unit_test(the_site_may_require_or_forbid_a_row),
        cmocka_unit_test(a_readable_password_where_nothing_may_happen_is_told),
        cmocka_unit_test(what_must_not_happen_and_is_kept_out_is_no_advice_to_open_it),
        cmocka_unit_test(unclassified_conversations_leave_the_run_undetermined),
        cmocka_unit_test(a_readable_password_is_told_of_hosts_without_a_role_too),
        cmocka_unit_test(rules_are_used_by_what_went_well),
        cmocka_unit_test(a_rule_beside_those_of_other_programs_is_used_only_probably),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
