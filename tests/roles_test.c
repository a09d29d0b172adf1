/* Which roles hosts have: inferred from what they serve and say, declared by address, prefix, range or name, or stood
 * for by others. */
#include "tests/audit_scene.h"

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
    assert_int_equal(scene.audit->unread_names.count, 0);
    servers.name = "AS1";
    assert_int_equal(scene_audit(&scene, &table, &with)->conversation_counts[VERDICT_CONFORMING], 0);
    assert_int_equal(scene.audit->unread_names.count, 1); /* nobody has it, which may be a slip of the pen */
    assert_string_equal(scene.audit->unread_names.items[0], "AS1 (client-access)");
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
