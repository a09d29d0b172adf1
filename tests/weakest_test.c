/* Which server is the weakest, and why: what counts, how often, and in which order. */
#include "tests/scene.h"

#define CLIENT "10.0.0.1"
#define OTHER  "10.0.0.2"
#define CAS    "10.0.0.3"
#define HUB    "10.0.0.4"
#define NOBODY "10.0.0.9"
#define MAIL(n)                                                                                                        \
    {                                                                                                                  \
        .from = WORDS("client"), .to = WORDS("mail"), PORTS(TCP(n)), .protocol = "", .port_setting = "",               \
        .expectation = {                                                                                               \
            .authentication_default = WORDS("kerberos"),                                                               \
            .authentication_supported = WORDS("kerberos", "basic"),                                                    \
            .encryption_supported = WORDS("starttls", "tls"),                                                          \
            .encryption_default = ANSWER_YES,                                                                          \
            .checked = true                                                                                            \
        }                                                                                                              \
    }

static struct path_table table = {
    .name = "test",
    .title = "",
    .source = "",
    PATHS(PATH("mail", "Mail", "client", "mail", PARTS(MAIL(25), MAIL(110), MAIL(143), MAIL(993))))};

static struct site site = {SITE_HOSTS(HOST("desk1", 1, "client"), HOST("desk2", 2, "client"), HOST("cas1", 3, "mail"),
                                      HOST("hub1", 4, "mail"))};

static uint32_t tcp(struct scene *scene, const char *client, const char *server, uint16_t port)
{
    return scene_pair(scene, client, server, 6, port);
}

static void a_port_counts_once_however_many_clients_meet_its_weakness(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, CLIENT, CAS, 110), DISPOSITION_OK, "pop3", "basic", "none", 3);
    scene_flows(&scene, tcp(&scene, OTHER, CAS, 110), DISPOSITION_OK, "pop3", "basic", "none", 2);
    scene_flows(&scene, tcp(&scene, OTHER, CAS, 110), DISPOSITION_OK, "pop3", "basic", "starttls", 9);
    scene_flows(&scene, tcp(&scene, OTHER, CAS, 110), DISPOSITION_OK, "pop3", "kerberos", "none", 1);
    scene_fact(&scene, tcp(&scene, CLIENT, CAS, 110), "pop3.auth_used", "USER");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->weak_server_count, 1);
    const struct weak_server *server = &audit->weak_servers[0];
    assert_string_equal(audit->hosts[server->host].name, "cas1");
    assert_int_equal(server->severities[SEVERITY_HIGH], 1);
    assert_int_equal(server->conversations, 2);
    assert_int_equal(server->weak_conversations, 2);
    assert_int_equal(server->weakness_count, 1);
    assert_int_equal(server->weaknesses[0].kind, WEAKNESS_PASSWORD);
    assert_int_equal(server->weaknesses[0].conversations, 2);
    assert_int_equal(server->weaknesses[0].flows, 5);
    assert_int_equal(server->weaknesses[0].evidence.frame, 1);
    assert_string_equal(server->weaknesses[0].what, "POP3 USER without TLS");
    assert_string_equal(server->reasons, "passwords in clear on 110/tcp");
    scene_close(&scene);
}

static void one_grave_weakness_is_worse_than_three_lesser_ones(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, CLIENT, HUB, 25), DISPOSITION_OK, "smtp", "basic", "none", 1);
    scene_flows(&scene, tcp(&scene, CLIENT, CAS, 25), DISPOSITION_OK, "smtp", "kerberos", "none", 1);
    scene_flows(&scene, tcp(&scene, CLIENT, CAS, 110), DISPOSITION_OK, "pop3", "kerberos", "none", 1);
    scene_flows(&scene, tcp(&scene, CLIENT, CAS, 143), DISPOSITION_OK, "imap", "ntlm", "starttls", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->weak_server_count, 2);
    assert_string_equal(audit->hosts[audit->weak_servers[0].host].name, "hub1");
    assert_int_equal(audit->weak_servers[1].severities[SEVERITY_MEDIUM], 3);
    assert_string_equal(audit->weak_servers[1].reasons,
                        "no encryption on 25/tcp and 110/tcp; authentication that its row does not list on 143/tcp");
    scene_close(&scene);
}

static void as_many_as_grave_are_told_apart_by_conversations(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, CLIENT, CAS, 25), DISPOSITION_OK, "smtp", "kerberos", "none", 9);
    scene_flows(&scene, tcp(&scene, CLIENT, HUB, 25), DISPOSITION_OK, "smtp", "kerberos", "none", 1);
    scene_flows(&scene, tcp(&scene, OTHER, HUB, 25), DISPOSITION_OK, "smtp", "kerberos", "none", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_string_equal(audit->hosts[audit->weak_servers[0].host].name, "hub1");
    scene_close(&scene);
}

static void what_works_as_expected_or_not_at_all_is_no_weakness(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, CLIENT, CAS, 25), DISPOSITION_OK, "smtp", "basic", "starttls", 1);
    scene_flows(&scene, tcp(&scene, CLIENT, HUB, 25), DISPOSITION_REFUSED, "", "", "", 1);
    scene_flows(&scene, tcp(&scene, CLIENT, HUB, 110), DISPOSITION_APP_DENIED, "pop3", "basic", "none", 1);
    assert_int_equal(scene_audit(&scene, &table, &site)->weak_server_count, 0);
    scene_close(&scene);
}

static void a_readable_password_is_one_without_a_row_as_well(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, CLIENT, HUB, 8080), DISPOSITION_OK, "http", "basic", "none", 1);
    scene_flows(&scene, tcp(&scene, NOBODY, CAS, 110), DISPOSITION_OK, "pop3", "basic", "none", 1);
    scene_flows(&scene, tcp(&scene, NOBODY, CAS, 25), DISPOSITION_OK, "smtp", "anonymous", "none", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conversations[0].verdict, VERDICT_UNEXPECTED);
    assert_int_equal(audit->conversations[1].verdict, VERDICT_UNCLASSIFIED);
    assert_int_equal(audit->weak_server_count, 2);
    assert_string_equal(audit->weak_servers[0].reasons, "passwords in clear on 110/tcp");
    assert_string_equal(audit->weak_servers[1].reasons, "passwords in clear on 8080/tcp");
    scene_close(&scene);
}

static void doubtful_certificates_inform_and_each_doubt_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, CLIENT, CAS, 993);
    scene_flows(&scene, pair, DISPOSITION_OK, "tls", "", "tls", 1);
    scene_fact(&scene, pair, "tls.certificate_self_signed", "yes");
    scene_fact(&scene, pair, "tls.certificate_names", "localhost");
    scene_fact(&scene, pair, "tls.server_names", "cas1.example");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->weak_server_count, 1);
    const struct weak_server *server = &audit->weak_servers[0];
    assert_int_equal(server->severities[SEVERITY_INFO], 2);
    assert_int_equal(server->weak_conversations, 0);
    assert_string_equal(server->weaknesses[0].what, "has a self-signed certificate");
    assert_string_equal(server->weaknesses[1].what,
                        "was asked for as cas1.example, a name that its certificate does not have");
    assert_string_equal(server->reasons, "a doubtful certificate on 993/tcp");
    scene_close(&scene);
}

static void old_tls_is_told_apart_from_none(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    uint32_t pair = tcp(&scene, CLIENT, CAS, 993);
    scene_tls(&scene, pair, "TLS 1.0");
    site.tls_floor = 4; /* TLS 1.2 */
    const struct audit *audit = scene_audit(&scene, &table, &site);
    site.tls_floor = 0;
    assert_int_equal(audit->weak_servers[0].weaknesses[0].kind, WEAKNESS_TLS);
    assert_string_equal(audit->weak_servers[0].weaknesses[0].what, "encrypted with TLS 1.0 (tls)");
    scene_close(&scene);
}

static void what_the_site_excepts_is_no_weakness(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, CLIENT, CAS, 110), DISPOSITION_OK, "pop3", "basic", "none", 1);
    scene_flows(&scene, tcp(&scene, CLIENT, HUB, 110), DISPOSITION_OK, "pop3", "basic", "none", 1);
    struct site_exception exception = {.to = WORDS("cas1"), .until = "", .reason = "retired soon", .finding = ""};
    site.exceptions = &exception;
    site.exception_count = 1;
    const struct audit *audit = scene_audit(&scene, &table, &site);
    site.exception_count = 0;
    assert_int_equal(audit->weak_server_count, 1);
    assert_string_equal(audit->hosts[audit->weak_servers[0].host].name, "hub1");
    scene_close(&scene);
}

static void many_ports_of_one_kind_are_named_in_part(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    for (uint16_t port = 8001; port <= 8006; port++)
        scene_flows(&scene, tcp(&scene, CLIENT, CAS, port), DISPOSITION_OK, "http", "basic", "none", 1);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_string_equal(audit->weak_servers[0].reasons,
                        "passwords in clear on 8001/tcp, 8002/tcp, 8003/tcp, 8004/tcp and 2 other ports");
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_counts_once_however_many_clients_meet_its_weakness),
        cmocka_unit_test(one_grave_weakness_is_worse_than_three_lesser_ones),
        cmocka_unit_test(as_many_as_grave_are_told_apart_by_conversations),
        cmocka_unit_test(what_works_as_expected_or_not_at_all_is_no_weakness),
        cmocka_unit_test(a_readable_password_is_one_without_a_row_as_well),
        cmocka_unit_test(doubtful_certificates_inform_and_each_doubt_is_told),
        cmocka_unit_test(old_tls_is_told_apart_from_none),
        cmocka_unit_test(what_the_site_excepts_is_no_weakness),
        cmocka_unit_test(many_ports_of_one_kind_are_named_in_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
