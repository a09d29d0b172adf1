/* The site file, the tables and the list of interfaces must speak of the same things, or nothing would ever be missed.
 */
#include "tests/scene.h"

static struct path_table table = {.name = "test",
                                  .title = "",
                                  .source = "",
                                  PATHS(PATH("store", "Store", "client-access", "mailbox",
                                             PARTS({.from = WORDS("client-access"),
                                                    .to = WORDS("mailbox"),
                                                    PORTS({PORT_DYNAMIC_RPC, 6, 0, 0, "dynamic-rpc"}),
                                                    .protocol = "dcerpc",
                                                    .services = WORDS("emsmdb", "fabrikam-archive")})))};

static struct site_requirement required[] = {
    {.path = "stoer", .required = REQUIRED_YES, .trigger = "", .line = 3, .column = 11},
    {.path = "store", .required = REQUIRED_YES, .trigger = "", .line = 4, .column = 11},
};

static struct site site_with(const char **tables, size_t count)
{
    return (struct site){.file = "contoso.yaml",
                         .tables = {tables, count},
                         .requirements = required,
                         .requirement_count = sizeof required / sizeof required[0]};
}

static const struct finding *finding_of(const struct audit *audit, const char *verdict)
{
    for (size_t i = 0; i < audit->finding_count; i++)
        if (strcmp(audit->findings[i].verdict, verdict) == 0)
            return &audit->findings[i];
    fail_msg("no finding %s", verdict);
    return NULL;
}

static void a_required_path_that_no_table_of_the_site_has_is_trouble_with_its_place(void **state)
{
    (void)state;
    const char *names[] = {"test"};
    const struct path_table *tables[] = {&table};
    struct site site = site_with(names, 1);
    struct failure failure = {.count = 0};
    struct scene scene;
    scene_open(&scene);
    struct audit_inputs inputs = {
        .store = scene.store, .tables = tables, .table_count = 1, .site = &site, .interfaces = scene.interfaces};
    assert_null(audit_create(&inputs, &failure));
    assert_int_equal(failure.count, 1);
    assert_non_null(strstr(failure.text, "contoso.yaml:3:11: require: no table of this site has a path \"stoer\""));
    assert_non_null(strstr(failure.text, "store"));
    scene_close(&scene);
}

static void where_the_site_names_no_tables_it_is_told_and_no_more(void **state)
{
    (void)state;
    struct site site = site_with(NULL, 0);
    struct scene scene;
    scene_open(&scene);
    const struct finding *finding = finding_of(scene_audit(&scene, &table, &site), "unknown-path");
    assert_int_equal(finding->severity, SEVERITY_INFO);
    assert_string_equal(finding->explain, "Not looked for: stoer.");
    scene_close(&scene);
}

static void an_interface_that_no_list_has_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    const struct finding *finding = finding_of(scene_audit(&scene, &table, NULL), "unknown-interface");
    assert_int_equal(finding->severity, SEVERITY_INFO);
    assert_non_null(strstr(finding->explain, "fabrikam-archive"));
    assert_null(strstr(finding->explain, "emsmdb"));
    scene_close(&scene);
}

static void a_static_port_of_an_interface_that_no_list_has_is_told(void **state)
{
    (void)state;
    struct scene scene;
    struct static_port declared[] = {{6001, "emsmbd"}, {6004, "nspi"}, {6005, NSPI}};
    struct site site = {.file = "contoso.yaml", SITE_HOSTS(HOST("mbx1", 2, "mailbox"))};
    site.hosts[0].static_ports = declared;
    site.hosts[0].static_port_count = 3;
    scene_open(&scene);
    struct path *path = &table.paths[0];
    size_t before = path->parts[0].services.count;
    path->parts[0].services.count = 1; /* which every list has */
    const struct finding *finding = finding_of(scene_audit(&scene, &table, &site), "unknown-interface");
    path->parts[0].services.count = before;
    assert_int_equal(finding->severity, SEVERITY_INFO);
    assert_string_equal(finding->explain, "No row expects traffic there by that name: emsmbd (mbx1, port 6001).");
    scene_close(&scene);
}

static void a_trigger_that_nothing_pulls_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    struct path *path = &table.paths[0];
    enum requirement before = path->required;
    path->required = REQUIRED_WHEN_TRIGGERED;
    path->trigger = "full-moon";
    const struct finding *finding = finding_of(scene_audit(&scene, &table, NULL), "unknown-trigger");
    assert_int_equal(finding->severity, SEVERITY_INFO);
    assert_string_equal(finding->subject, "1 trigger that nothing pulls");
    assert_non_null(strstr(finding->explain, "full-moon (of store)"));
    path->trigger = "subscription";
    const struct audit *audit = scene_audit(&scene, &table, NULL);
    for (size_t i = 0; i < audit->finding_count; i++)
        assert_string_not_equal(audit->findings[i].verdict, "unknown-trigger");
    path->required = before;
    path->trigger = "";
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_required_path_that_no_table_of_the_site_has_is_trouble_with_its_place),
        cmocka_unit_test(where_the_site_names_no_tables_it_is_told_and_no_more),
        cmocka_unit_test(an_interface_that_no_list_has_is_told),
        cmocka_unit_test(a_static_port_of_an_interface_that_no_list_has_is_told),
        cmocka_unit_test(a_trigger_that_nothing_pulls_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
