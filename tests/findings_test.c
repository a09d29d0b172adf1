/* What needs attention: how it is worded, how grave it is, what it is called. What the site puts up with is in
 * exceptions_test.c. */
#include "tests/scene.h"

#include <stdlib.h>

#define HUB  "10.0.0.1"
#define EDGE "10.0.0.2"
#define CAS  "10.0.0.3"
#define MBX  "10.0.0.4"
#define DC   "10.0.0.5"

static struct path_table table = {
    .name = "test",
    .title = "",
    .source = "",
    PATHS(PATH("hub-to-edge", "Hub to Edge", "hub", "edge",
               PARTS({.from = WORDS("hub"),
                      .to = WORDS("edge"),
                      PORTS(TCP(25)),
                      .protocol = "smtp",
                      .expectation = {.authentication_default = WORDS("kerberos"),
                                      .authentication_supported = WORDS("kerberos", "basic"),
                                      .encryption_supported = WORDS("starttls", "anonymoustls"),
                                      .encryption_default = ANSWER_YES,
                                      .checked = true}})),
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
          PATH("directory", "Active Directory access", "mailbox", "domain-controller",
               PARTS({.from = WORDS("mailbox"),
                      .to = WORDS("domain-controller"),
                      PORTS(TCP(389)),
                      .protocol = "ldap",
                      .expectation = {.authentication_default = WORDS("kerberos"),
                                      .authentication_supported = WORDS("kerberos"),
                                      .encryption_supported = WORDS("ldap-seal"),
                                      .encryption_default = ANSWER_YES,
                                      .checked = true}})))};

static struct site site = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("edge1", 2, "edge"),
                                      HOST("cas1", 3, "client-access"), HOST("mbx1", 4, "mailbox"),
                                      HOST("dc1", 5, "domain-controller"), HOST("tool", 6, "admin"))};

static uint32_t tcp(struct scene *scene, const char *client, const char *server, uint16_t port)
{
    return scene_pair(scene, client, server, 6, port);
}

static void a_readable_password_is_the_gravest_of_deviations(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "", "starttls", 92);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "basic", "none", 3);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "kerberos", "none", 5);
    scene_fact(&scene, pair, "smtp.auth_used", "LOGIN");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 1);
    const struct finding *finding = &audit->findings[0];
    assert_string_equal(finding->verdict, "deviating");
    assert_int_equal(finding->severity, SEVERITY_HIGH);
    assert_string_equal(
        finding->subject,
        "Passwords cross the wire in clear: SMTP AUTH LOGIN without TLS, hub1 -> edge1:25/tcp, 3 flows");
    assert_string_equal(finding->explain, "First at 09:00:02 (frame 2). Expected by \"Hub to Edge\" (test): starttls "
                                          "or anonymoustls by default. In all, 8 of its 100 flows deviate.");
    assert_string_equal(finding->advice, "let edge1 take passwords only after encryption (starttls or anonymoustls), "
                                         "and change the passwords that were sent");
    assert_int_equal(finding->evidence_count, 2);
    assert_int_equal(finding->evidence[0].frame, 2);
    assert_int_equal(finding->conversation, 0);
    scene_close(&scene);
}

static void what_is_in_the_way_of_a_tunnel_is_no_advice_to_allow_what_is_inside(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, pair, DISPOSITION_PROHIBITED, "", "", "", 3);
    scene_fact(&scene, pair, "tunnel.errors", "vxlan:77");
    const struct finding *finding = &scene_audit(&scene, &table, &site)->findings[0];
    assert_string_equal(finding->verdict, "blocked");
    assert_non_null(strstr(finding->explain, " ICMP said it of the packet of the tunnel vxlan:77, with this inside "));
    assert_string_equal(finding->advice, "see why packets of the tunnel vxlan:77 do not get through");
    assert_int_equal(finding->evidence_count, 2);
    scene_close(&scene);
}

static void a_reset_from_nearer_than_the_server_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, pair, DISPOSITION_REFUSED, "", "", "", 3);
    scene_fact(&scene, pair, "tcp.resets", "3 hops nearer");
    const struct finding *finding = &scene_audit(&scene, &table, &site)->findings[0];
    assert_non_null(
        strstr(finding->explain, " A reset in edge1's name came from 3 hops nearer than edge1's own packets "));
    assert_null(strstr(finding->explain, "tunnel"));
    scene_close(&scene);
}

static void an_offer_that_was_not_taken_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "kerberos", "none", 3);
    scene_fact(&scene, pair, "smtp.starttls", "offered");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->findings[0].severity, SEVERITY_MEDIUM);
    assert_string_equal(audit->findings[0].subject, "SMTP to edge1 is not encrypted: hub1 -> edge1:25/tcp, 3 flows");
    assert_non_null(strstr(audit->findings[0].explain, " edge1 offered STARTTLS and hub1 did not use it."));
    scene_close(&scene);
}

static void signed_only_and_ntlm_instead_of_kerberos_are_medium(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, MBX, DC, 389);
    scene_flows(&scene, pair, DISPOSITION_OK, "ldap", "kerberos", "ldap-sign", 412);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->findings[0].severity, SEVERITY_MEDIUM);
    assert_string_equal(audit->findings[0].subject,
                        "LDAP to dc1 is signed but not encrypted: mbx1 -> dc1:389/tcp, 412 flows");
    scene_close(&scene);

    scene_open(&scene);
    pair = tcp(&scene, MBX, DC, 389);
    scene_flows(&scene, pair, DISPOSITION_OK, "ldap", "ntlmv2", "ldap-seal", 2);
    audit = scene_audit(&scene, &table, &site);
    assert_string_equal(audit->findings[0].subject, "LDAP to dc1 uses ntlmv2 authentication, which its row does not "
                                                    "list: mbx1 -> dc1:389/tcp, 2 flows");
    scene_fact(&scene, pair, "negotiate.offered", "kerberos");
    audit = scene_audit(&scene, &table, &site);
    assert_string_equal(audit->findings[0].subject,
                        "NTLM is used although Kerberos was offered: mbx1 -> dc1:389/tcp, 2 flows");
    scene_close(&scene);
}

static void a_blocked_port_names_the_mapper_that_gave_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 6004, NSPI, 56, 0);
    scene_flows(&scene, tcp(&scene, CAS, MBX, 6004), DISPOSITION_PROHIBITED, "", "", "", 12);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 1); /* the failing row is explained by it */
    const struct finding *finding = &audit->findings[0];
    assert_string_equal(finding->verdict, "broken-chain");
    assert_int_equal(finding->severity, SEVERITY_HIGH);
    assert_string_equal(finding->subject, "cas1 cannot reach nspi on mbx1: 6004/tcp is blocked");
    assert_string_equal(finding->explain,
                        "mbx1's endpoint mapper gave 6004 for nspi to cas1 at 09:00:01 (frame 1). 12 flows prohibited "
                        "by a filter (ICMP said so) (first at 09:00:02 (frame 2)). None went well. Expected by "
                        "\"Client Access to Mailbox\" (test).");
    assert_string_equal(finding->advice, "allow 6004/tcp cas1 -> mbx1");
    scene_close(&scene);
}

static void what_no_row_has_is_unexpected_with_its_nearest_miss(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 3389), DISPOSITION_OK, "rdp", "", "", 2);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 5985), DISPOSITION_REFUSED, "", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 2);
    assert_int_equal(audit->findings[0].severity, SEVERITY_MEDIUM);
    assert_string_equal(audit->findings[0].subject, "tool -> dc1:3389/tcp fits no row: rdp, 2 flows, 400 bytes");
    assert_string_equal(audit->findings[0].explain,
                        "First seen at 09:00:01 (frame 1). Nearest row: none has 3389/tcp.");
    assert_int_equal(audit->findings[1].severity, SEVERITY_LOW);
    assert_string_equal(audit->findings[1].subject, "tool tried dc1:5985/tcp, which no row expects: 1 flow");
    assert_int_equal(audit->exit_status, 1);
    scene_close(&scene);
}

static void a_scan_is_one_finding(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    for (uint16_t port = 1000; port < 1020; port++)
        scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, port), DISPOSITION_REFUSED, "", "", "", 1);
    assert_int_equal(scene_audit(&scene, &table, &site)->finding_count, 20);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 1020), DISPOSITION_REFUSED, "", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 1);
    assert_string_equal(audit->findings[0].subject, "tool tried much that no row expects: 21 conversations, 21 flows");
    assert_string_equal(audit->findings[0].explain,
                        "With dc1, on 1000/tcp, 1001/tcp, 1002/tcp, 1003/tcp, 1004/tcp, 1005/tcp, 1006/tcp, 1007/tcp "
                        "and others. The nearest row of each stands with the conversations.");
    scene_close(&scene);
}

static void a_readable_password_stays_a_finding_of_its_own_among_many(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    for (uint16_t port = 1000; port < 1021; port++)
        scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, port), DISPOSITION_OK, "rdp", "", "", 1);
    uint32_t pair = tcp(&scene, "10.0.0.6", EDGE, 2525);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "", "starttls", 1);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "basic", "none", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 2);
    assert_int_equal(audit->findings[0].severity, SEVERITY_HIGH);
    assert_string_equal(audit->findings[0].subject, "tool -> edge1:2525/tcp fits no row: smtp, 2 flows, 400 bytes");
    /* the frame beside the password is the one of the flow that sent it */
    assert_non_null(strstr(audit->findings[0].explain, "without TLS, first at 09:00:23 (frame 23). Nearest row"));
    assert_int_equal(audit->findings[0].evidence[0].frame, 23);
    assert_int_equal(audit->findings[0].evidence_count, 2);
    assert_string_equal(audit->findings[1].subject, "tool does much that no row has: 21 conversations, 21 flows");
    scene_close(&scene);
}

static void in_a_capture_of_several_days_the_day_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 3389), DISPOSITION_OK, "rdp", "", "", 2);
    scene_wait(&scene, 86400);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 3390), DISPOSITION_OK, "rdp", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_string_equal(audit->findings[0].explain,
                        "First seen at 2026-11-20 09:00:01 (frame 1). Nearest row: none has 3389/tcp.");
    scene_close(&scene);
}

static void what_is_blocked_by_range_alone_is_no_advice_to_open_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    site.dynamic_low = 49152;
    site.dynamic_high = 65535;
    scene_flows(&scene, tcp(&scene, CAS, MBX, 135), DISPOSITION_OK, "dcerpc", "", "", 1);
    scene_flows(&scene, tcp(&scene, CAS, MBX, 49155), DISPOSITION_UNANSWERED, "", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    site.dynamic_low = site.dynamic_high = 0;
    assert_int_equal(scene_conversation(audit, CAS, MBX, 49155)->grade, 'D');
    assert_int_equal(audit->findings[0].severity, SEVERITY_MEDIUM);
    assert_non_null(strstr(audit->findings[0].explain,
                           "Nothing but the declared dynamic range says that it could belong "
                           "to \"Client Access to Mailbox\" (test)."));
    assert_string_equal(audit->findings[0].advice,
                        "find out what cas1 asks for on 49155/tcp of mbx1 before anything is allowed");
    scene_close(&scene);
}

static void of_what_informs_readable_passwords_come_before_certificates(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "", "starttls", 1);
    scene_fact(&scene, pair, "tls.certificate_not_after", "2026-11-21T00:00:00Z");
    scene_flows(&scene, tcp(&scene, "10.0.0.99", DC, 389), DISPOSITION_OK, "ldap", "simple", "none", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 2);
    assert_string_equal(audit->findings[0].verdict, "unclassified");
    assert_string_equal(audit->findings[1].verdict, "certificate-expires");
    scene_close(&scene);
}

static void a_degraded_row_is_told_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "kerberos", "starttls", 9);
    scene_flows(&scene, pair, DISPOSITION_REFUSED, "", "", "", 2);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 1);
    assert_string_equal(audit->findings[0].verdict, "degraded");
    assert_int_equal(audit->findings[0].severity, SEVERITY_MEDIUM);
    assert_string_equal(audit->findings[0].subject, "\"Hub to Edge\" (test): 9 flows went well, 2 failed");
    assert_string_equal(audit->findings[0].explain,
                        "In 1 conversation: hub1 -> edge1:25/tcp: 2 flows refused (reset, or port unreachable) (first "
                        "at 09:00:02 (frame 2)).");
    scene_close(&scene);
}

static void what_the_application_alone_denies_is_told_with_its_words(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    for (size_t i = 0; i < table.path_count; i++)
        table.paths[i].required = REQUIRED_YES; /* where something in between blocks it, that is grave */
    uint32_t pair = tcp(&scene, MBX, DC, 389);
    scene_flows(&scene, pair, DISPOSITION_OK, "ldap", "kerberos", "ldap-seal", 3);
    scene_flows(&scene, pair, DISPOSITION_APP_DENIED, "ldap", "", "none", 1);
    scene_fact(&scene, pair, "ldap.results", "14 saslBindInProgress");
    scene_fact(&scene, pair, "ldap.results", "49 invalidCredentials");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 1);
    assert_string_equal(audit->findings[0].verdict, "degraded");
    assert_int_equal(audit->findings[0].severity, SEVERITY_MEDIUM);
    assert_non_null(strstr(audit->findings[0].explain, "1 flow denied by the application (first at"));
    assert_non_null(strstr(audit->findings[0].explain,
                           "; errors read here: 49 invalidCredentials in 1 flow (wrong name or password)"));
    assert_string_equal(audit->findings[0].advice,
                        "the network lets it through: see in the server's log why it said no");
    for (size_t i = 0; i < table.path_count; i++)
        table.paths[i].required = REQUIRED_NO;
    scene_close(&scene);
}

static void what_fits_in_all_but_its_port_is_near(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 2525), DISPOSITION_OK, "smtp", "", "none", 1);
    scene_flows(&scene, tcp(&scene, EDGE, MBX, 2525), DISPOSITION_OK, "smtp", "", "none", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_string_equal(scene_conversation(audit, HUB, EDGE, 2525)->nearest_why, "fits but it is on 25/tcp");
    assert_string_equal(scene_conversation(audit, EDGE, MBX, 2525)->nearest_why, "none has 2525/tcp");
    scene_close(&scene);
}

static void what_degrades_several_rows_is_told_once(void **state)
{
    (void)state;
    struct scene scene;
    struct path twice[] = {PATH("one", "One", "hub", "edge",
                                PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(25)), .protocol = ""})),
                           PATH("other", "Other", "hub", "edge",
                                PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(25)), .protocol = ""}))};
    struct path_table rows = {.name = "rows", .paths = twice, .path_count = 2};
    scene_open(&scene);
    uint32_t pair = tcp(&scene, HUB, EDGE, 25);
    scene_flows(&scene, pair, DISPOSITION_OK, "smtp", "", "", 9);
    scene_flows(&scene, pair, DISPOSITION_REFUSED, "", "", "", 2);
    const struct audit *audit = scene_audit(&scene, &rows, &site);
    assert_int_equal(audit->path_counts[PATH_DEGRADED], 2);
    assert_int_equal(audit->finding_count, 1);
    scene_close(&scene);
}

static void the_worst_comes_first_and_then_the_most(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 5985), DISPOSITION_REFUSED, "", "", "", 50);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 3389), DISPOSITION_OK, "rdp", "", "", 2);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 3390), DISPOSITION_OK, "rdp", "", "", 3);
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 25), DISPOSITION_PROHIBITED, "", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 4);
    assert_string_equal(audit->findings[0].verdict, "blocked");
    assert_non_null(strstr(audit->findings[1].subject, ":3390/tcp"));
    assert_non_null(strstr(audit->findings[2].subject, ":3389/tcp"));
    assert_string_equal(audit->findings[3].verdict, "unexpected-attempt");
    scene_close(&scene);
}

static void the_name_of_a_finding_does_not_depend_on_how_much_was_seen(void **state)
{
    (void)state;
    struct scene scene;
    char first[17];
    scene_open(&scene);
    uint32_t pair = tcp(&scene, "10.0.0.6", DC, 3389);
    scene_flows(&scene, pair, DISPOSITION_OK, "rdp", "", "", 2);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    memcpy(first, audit->findings[0].id, sizeof first);
    assert_int_equal(strlen(first), 16);
    scene_flows(&scene, pair, DISPOSITION_OK, "rdp", "", "", 7);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 3390), DISPOSITION_OK, "rdp", "", "", 1);
    audit = scene_audit(&scene, &table, &site);
    assert_string_equal(audit->findings[0].id, first);
    assert_string_not_equal(audit->findings[1].id, first);
    scene_close(&scene);
}

static void what_cannot_be_judged_is_summed_up_in_one_line_each(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    for (unsigned i = 10; i < 17; i++) {
        char client[16];
        snprintf(client, sizeof client, "10.0.0.%u", i);
        scene_flows(&scene, tcp(&scene, client, DC, 389), DISPOSITION_OK, "ldap", "", "", 1);
    }
    scene_flows(&scene, tcp(&scene, HUB, EDGE, 25), DISPOSITION_ONE_WAY, "", "", "", 1);
    scene_flows(&scene, tcp(&scene, MBX, DC, 389), DISPOSITION_PENDING, "", "", "", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct finding *finding = &audit->findings[i];
        assert_int_equal(finding->severity, SEVERITY_INFO);
        if (strcmp(finding->verdict, "unclassified") == 0) {
            assert_string_equal(finding->subject, "7 conversations with hosts that have no role");
            assert_string_equal(finding->explain, "No row can be compared without a role: 10.0.0.10, 10.0.0.11, "
                                                  "10.0.0.12, 10.0.0.13, 10.0.0.14 and 2 others.");
        } else {
            assert_string_equal(finding->subject, "2 conversations could not be judged");
            assert_string_equal(finding->explain, "Not enough of them was seen: 1 still undecided when the capture "
                                                  "ended, 1 seen in one direction only.");
        }
    }
    assert_int_equal(audit->exit_status, 3);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_readable_password_is_the_gravest_of_deviations),
        cmocka_unit_test(what_is_in_the_way_of_a_tunnel_is_no_advice_to_allow_what_is_inside),
        cmocka_unit_test(a_reset_from_nearer_than_the_server_is_told),
        cmocka_unit_test(an_offer_that_was_not_taken_is_told),
        cmocka_unit_test(signed_only_and_ntlm_instead_of_kerberos_are_medium),
        cmocka_unit_test(a_blocked_port_names_the_mapper_that_gave_it),
        cmocka_unit_test(what_no_row_has_is_unexpected_with_its_nearest_miss),
        cmocka_unit_test(a_scan_is_one_finding),
        cmocka_unit_test(a_readable_password_stays_a_finding_of_its_own_among_many),
        cmocka_unit_test(in_a_capture_of_several_days_the_day_is_told),
        cmocka_unit_test(what_is_blocked_by_range_alone_is_no_advice_to_open_it),
        cmocka_unit_test(of_what_informs_readable_passwords_come_before_certificates),
        cmocka_unit_test(a_degraded_row_is_told_once),
        cmocka_unit_test(what_the_application_alone_denies_is_told_with_its_words),
        cmocka_unit_test(what_fits_in_all_but_its_port_is_near),
        cmocka_unit_test(what_degrades_several_rows_is_told_once),
        cmocka_unit_test(the_worst_comes_first_and_then_the_most),
        cmocka_unit_test(the_name_of_a_finding_does_not_depend_on_how_much_was_seen),
        cmocka_unit_test(what_cannot_be_judged_is_summed_up_in_one_line_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
