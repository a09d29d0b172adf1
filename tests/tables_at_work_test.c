/* What tables say at work: rows of what must not be, ports that a site sets, a scenario used alone, a floor of TLS. */
#include "audit/settings.h"
#include "tests/scene.h"

#define ONE    "10.0.0.1"
#define TWO    "10.0.0.2"
#define CLIENT "10.0.0.3"
#define MTA    "9e8ee830-4459-11ce-979b-00aa005ffebe/2.0"
#define MAPI   EMSMDB "/0.81"

static struct site_port moved[] = {{"x400-port", 1102, 3, 5}, {"information-store-port", 5006, 4, 5}};
static struct site site = {
    SITE_HOSTS(HOST("one", 1, "exchange-5.5"), HOST("two", 2, "exchange-5.5"), HOST("client", 3, "mapi-client"))};

static struct path_table *table_open(const char *file)
{
    struct failure failure = {.count = 0};
    struct path_table *table = table_load(file, "tables", &failure);
    if (table == NULL)
        fail_msg("%s", failure.text);
    return table;
}

static void bound(struct scene *scene, const char *client, const char *server, uint16_t port, const char *interface)
{
    uint32_t pair = scene_pair(scene, client, server, 6, port);
    scene_fact(scene, pair, "rpc.binds", interface);
    scene_fact(scene, pair, "rpc.accepted", interface);
    scene_flows(scene, pair, DISPOSITION_OK, "dcerpc", "ntlm", "none", 1);
}

static void a_client_that_talks_to_the_mta_is_seen_by_the_row_that_forbids_it(void **state)
{
    struct scene scene;
    (void)state;
    scene_open(&scene);
    bound(&scene, CLIENT, ONE, 1201, MAPI);
    bound(&scene, CLIENT, ONE, 1202, MTA);
    struct path_table *table = table_open("tables/exchange-5.5.yaml");
    const struct audit *audit = scene_audit(&scene, table, &site);
    assert_int_equal(scene_path(audit, "client-information-store")->verdict, PATH_SATISFIED);
    assert_int_equal(scene_path(audit, "client-other-components")->verdict, PATH_FORBIDDEN_SEEN);
    assert_int_equal(scene_path(audit, "client-other-components")->conversations, 1);
    scene_close(&scene);
    table_destroy(table);
}

static void rpc_between_servers_is_forbidden_only_where_an_x400_connector_is_all_there_is(void **state)
{
    struct scene scene;
    (void)state;
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, ONE, TWO, 6, 135), DISPOSITION_OK, "dcerpc", "", "none", 1);
    struct path_table *all = table_open("tables/exchange-5.5.yaml");
    struct path_table *connector = table_open("tables/exchange-5.5/x400-connector.yaml");
    assert_int_equal(scene_path(scene_audit(&scene, all, &site), "x400-no-rpc")->verdict, PATH_NOT_EXERCISED);
    assert_int_equal(scene_path(scene_audit(&scene, connector, &site), "x400-no-rpc")->verdict, PATH_FORBIDDEN_SEEN);
    scene_close(&scene);
    table_destroy(all);
    table_destroy(connector);
}

static void what_must_not_be_is_nobodys_nearest_miss(void **state)
{
    struct scene scene;
    (void)state;
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, CLIENT, TWO, 6, 135), DISPOSITION_OK, "dcerpc", "", "none", 1);
    struct path_table *table = table_open("tables/exchange-5.5/x400-connector.yaml");
    const struct audit *audit = scene_audit(&scene, table, &site);
    assert_string_equal(scene_conversation(audit, CLIENT, TWO, 135)->nearest_path, "");
    scene_close(&scene);
    table_destroy(table);
}

static void a_port_that_the_site_sets_stands_for_that_of_the_row(void **state)
{
    struct scene scene;
    struct failure failure = {.count = 0};
    (void)state;
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, ONE, TWO, 6, 102), DISPOSITION_OK, "x400", "", "", 1);
    scene_flows(&scene, scene_pair(&scene, TWO, ONE, 6, 1102), DISPOSITION_OK, "x400", "", "", 1);
    bound(&scene, CLIENT, ONE, 1201, MAPI);
    bound(&scene, CLIENT, TWO, 5006, MAPI);
    struct path_table *table = table_open("tables/exchange-5.5.yaml");
    const struct audit *audit = scene_audit(&scene, table, &site);
    assert_int_equal(scene_conversation(audit, ONE, TWO, 102)->match, MATCH_ROW);
    assert_int_equal(scene_conversation(audit, TWO, ONE, 1102)->match, MATCH_NO_ROW);
    struct site with = site;
    with.ports = moved;
    with.port_count = 2;
    assert_true(settings_apply(&with, &table, 1, &failure));
    audit = scene_audit(&scene, table, &with);
    assert_int_equal(scene_conversation(audit, ONE, TWO, 102)->match, MATCH_NO_ROW);
    assert_int_equal(scene_conversation(audit, TWO, ONE, 1102)->match, MATCH_ROW);
    assert_int_equal(scene_path(audit, "client-information-store")->conversations, 1); /* 5006 alone */
    assert_string_equal(scene_path(audit, "x400-mta")->path->parts[0].ports[0].text, "1102/tcp");
    scene_close(&scene);
    table_destroy(table);
}

static void a_server_may_have_a_port_of_its_own(void **state)
{
    struct scene scene;
    struct failure failure = {.count = 0};
    struct site_port own[] = {{"x400-port", 3102, 1, 1}}, wrong[] = {{"x40-port", 3102, 7, 9}};
    struct site_host hosts[3];
    const char *names[] = {"exchange-5.5"};
    (void)state;
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, ONE, TWO, 6, 3102), DISPOSITION_OK, "x400", "", "", 1);
    scene_flows(&scene, scene_pair(&scene, ONE, TWO, 6, 1102), DISPOSITION_OK, "x400", "", "", 1);
    scene_flows(&scene, scene_pair(&scene, TWO, ONE, 6, 1102), DISPOSITION_OK, "x400", "", "", 1);
    struct path_table *table = table_open("tables/exchange-5.5.yaml");
    struct site with = site;
    memcpy(hosts, site.hosts, site.host_count * sizeof hosts[0]);
    with.hosts = hosts;
    with.ports = moved;
    with.port_count = 2;
    for (size_t i = 0; i < with.host_count; i++)
        if (strcmp(hosts[i].name, "two") == 0) {
            hosts[i].ports = own;
            hosts[i].port_count = 1;
        }
    assert_true(settings_apply(&with, &table, 1, &failure));
    const struct audit *audit = scene_audit(&scene, table, &with);
    assert_int_equal(scene_conversation(audit, ONE, TWO, 3102)->match, MATCH_ROW);
    assert_int_equal(scene_conversation(audit, ONE, TWO, 1102)->match, MATCH_NO_ROW);
    assert_int_equal(scene_conversation(audit, TWO, ONE, 1102)->match, MATCH_ROW); /* the site's port, of all others */
    with.file = "s.yaml";
    with.tables = (struct texts){names, 1};
    for (size_t i = 0; i < with.host_count; i++)
        if (hosts[i].port_count > 0)
            hosts[i].ports = wrong;
    assert_false(settings_apply(&with, &table, 1, &failure));
    assert_string_equal(failure.text, "s.yaml:7:9: ports: no table of this site has a port \"x40-port\"; did you mean "
                                      "\"x400-port\"?");
    scene_close(&scene);
    table_destroy(table);
}

static void a_port_that_no_table_has_is_told_with_the_nearest(void **state)
{
    struct failure failure = {.count = 0};
    struct site_port wrong[] = {{"x40-port", 1102, 3, 5}};
    const char *names[] = {"exchange-5.5"};
    struct site with = {.name = "s", .file = "s.yaml", .ports = wrong, .port_count = 1, .tables = {names, 1}};
    (void)state;
    struct path_table *table = table_open("tables/exchange-5.5.yaml");
    assert_false(settings_apply(&with, &table, 1, &failure));
    assert_string_equal(failure.text, "s.yaml:3:5: ports: no table of this site has a port \"x40-port\"; did you mean "
                                      "\"x400-port\"?");
    failure = (struct failure){.count = 0};
    with.tables.count = 0; /* tables are named elsewhere: another run may have it */
    assert_true(settings_apply(&with, &table, 1, &failure));
    table_destroy(table);
}

static struct path_table floored = {.name = "floored",
                                    .title = "",
                                    .source = "",
                                    PATHS(PATH("web", "Web", "mapi-client", "exchange-5.5",
                                               PARTS({.from = WORDS("mapi-client"),
                                                      .to = WORDS("exchange-5.5"),
                                                      PORTS(TCP(443)),
                                                      .protocol = "tls",
                                                      .port_setting = "",
                                                      .expectation = {.encryption_supported = WORDS("tls"),
                                                                      .encryption_default = ANSWER_YES,
                                                                      .tls_floor = 4, /* TLS 1.2 */
                                                                      .checked = true}})))};

static void tls_below_the_floor_is_weaker_and_from_the_floor_on_it_is_not(void **state)
{
    struct scene scene;
    (void)state;
    scene_open(&scene);
    uint32_t old = scene_pair(&scene, CLIENT, ONE, 6, 443), new = scene_pair(&scene, CLIENT, TWO, 6, 443);
    scene_tls(&scene, old, "TLS 1.1");
    scene_tls(&scene, new, "TLS 1.2");
    const struct audit *audit = scene_audit(&scene, &floored, &site);
    const struct judged_session *weaker = &scene_conversation(audit, CLIENT, ONE, 443)->sessions[0];
    assert_int_equal(weaker->encryption_check, ENCRYPTION_WEAKER);
    assert_int_equal(weaker->verdict, VERDICT_DEVIATING);
    assert_string_equal(weaker->why, "encrypted with TLS 1.1 (tls), TLS 1.2 or later expected");
    assert_int_equal(scene_conversation(audit, CLIENT, TWO, 443)->sessions[0].encryption_check, ENCRYPTION_AS_EXPECTED);
    scene_close(&scene);
}

/* A row whose protocol is called as nothing ever is would own none of it. */
static void what_is_read_of_netbios_belongs_to_its_rows_of_mobile_information_server(void **state)
{
    struct site mobile = {SITE_HOSTS(HOST("one", 1, "mis"), HOST("two", 2, "domain-controller"))};
    struct scene scene;
    (void)state;
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, ONE, TWO, 17, 137), DISPOSITION_OK, "nbns", "", "", 1);
    scene_flows(&scene, scene_pair(&scene, ONE, TWO, 17, 138), DISPOSITION_OK, "nbdgm", "", "", 1);
    struct path_table *table = table_open("tables/mobile-information-server.yaml");
    const struct audit *audit = scene_audit(&scene, table, &mobile);
    assert_int_equal(scene_path(audit, "mis-netbios-name")->verdict, PATH_SATISFIED);
    assert_int_equal(scene_path(audit, "mis-netbios-datagram")->verdict, PATH_SATISFIED);
    scene_close(&scene);
    table_destroy(table);
}

/* What a match alone showed of each table, as one text. */
struct shown {
    char text[2][4096];
};

static void matches_write(const struct audit *audit, char text[4096])
{
    size_t length = 0;
    for (size_t i = 0; i < audit->conversation_count; i++) {
        const struct judged_conversation *conversation = &audit->conversations[i];
        length += (size_t)snprintf(text + length, 4096 - length, "%s%c", match_name(conversation->match),
                                   conversation->grade == 0 ? ' ' : conversation->grade);
        for (size_t k = 0; k < conversation->owner_count; k++)
            length += (size_t)snprintf(text + length, 4096 - length, " %s",
                                       audit->paths[conversation->owners[k].path].path->id);
        length += (size_t)snprintf(text + length, 4096 - length, "\n");
    }
}

static void keep_matches(const struct audit *audit, size_t table, void *context)
{
    matches_write(audit, ((struct shown *)context)->text[table]);
}

static void matching_tables_one_after_another_is_as_an_audit_with_each(void **state)
{
    struct scene scene;
    static struct shown shown;
    static char whole[4096];
    struct failure failure = {.count = 0};
    (void)state;
    scene_open(&scene);
    scene_learn(&scene, ONE, CLIENT, "ept_map", "ncacn_ip_tcp", 1201, EMSMDB, 0, 81);
    bound(&scene, CLIENT, ONE, 1201, MAPI);
    scene_flows(&scene, scene_pair(&scene, ONE, TWO, 6, 102), DISPOSITION_OK, "x400", "", "", 1);
    scene_flows(&scene, scene_pair(&scene, CLIENT, TWO, 6, 25), DISPOSITION_OK, "smtp", "", "none", 1);
    struct path_table *tables[] = {table_open("tables/exchange-5.5.yaml"), table_open("tables/exchange-2003.yaml")};
    struct audit_inputs inputs = {.store = scene.store, .site = &site, .interfaces = scene.interfaces};
    assert_true(audit_match_each(&inputs, tables, 2, keep_matches, &shown, &failure));
    assert_string_not_equal(shown.text[0], shown.text[1]);
    for (size_t i = 0; i < 2; i++) {
        matches_write(scene_audit(&scene, tables[i], &site), whole);
        assert_string_equal(shown.text[i], whole);
    }
    scene_close(&scene);
    table_destroy(tables[0]);
    table_destroy(tables[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_of_netbios_belongs_to_its_rows_of_mobile_information_server),
        cmocka_unit_test(a_client_that_talks_to_the_mta_is_seen_by_the_row_that_forbids_it),
        cmocka_unit_test(rpc_between_servers_is_forbidden_only_where_an_x400_connector_is_all_there_is),
        cmocka_unit_test(what_must_not_be_is_nobodys_nearest_miss),
        cmocka_unit_test(a_port_that_the_site_sets_stands_for_that_of_the_row),
        cmocka_unit_test(a_server_may_have_a_port_of_its_own),
        cmocka_unit_test(matching_tables_one_after_another_is_as_an_audit_with_each),
        cmocka_unit_test(a_port_that_no_table_has_is_told_with_the_nearest),
        cmocka_unit_test(tls_below_the_floor_is_weaker_and_from_the_floor_on_it_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
