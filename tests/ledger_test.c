/* Which service lives at which port: one line an endpoint, who was told, who used it, how well it is known. */
#include "audit/ledger.h"
#include "tests/scene.h"

static const struct endpoint *endpoint_at(const struct audit *audit, uint16_t port, const char *name)
{
    for (size_t i = 0; i < audit->endpoint_count; i++)
        if (audit->endpoints[i].port == port && strcmp(audit->endpoints[i].name, name) == 0)
            return &audit->endpoints[i];
    fail_msg("no endpoint %u %s", port, name);
    return NULL;
}

static void many_answers_for_one_endpoint_are_one_line(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_learn(&scene, "10.0.0.2", "10.0.0.8", "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_learn(&scene, "10.0.0.2", "10.0.0.8", "bind", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    assert_int_equal(audit->endpoint_count, 1);
    const struct endpoint *endpoint = &audit->endpoints[0];
    assert_string_equal(endpoint->name, "emsmdb");
    assert_int_equal(endpoint->times, 4);
    assert_int_equal(endpoint->client_count, 2);
    assert_int_equal(endpoint->learned_from.count, 2);
    assert_true(texts_have(&endpoint->learned_from, "bind"));
    assert_int_equal(endpoint->evidence.frame, 1);
    assert_string_equal(endpoint->evidence.source, "scene.pcap");
    scene_close(&scene);
}

static void one_port_may_have_several_services_in_order_of_their_uuid(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 49155, DRSUAPI, 4, 0);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 49155, NETLOGON, 1, 0);
    scene_learn(&scene, "10.0.0.1", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 60000, DRSUAPI, 4, 0);
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    assert_int_equal(audit->endpoint_count, 3);
    assert_int_equal(audit->endpoints[0].port, 60000); /* server before port */
    assert_string_equal(audit->endpoints[1].name, "netlogon");
    assert_string_equal(audit->endpoints[2].name, "drsuapi");
    scene_close(&scene);
}

static void a_flow_before_the_answer_is_counted_as_well(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, "10.0.0.9", "10.0.0.2", 6, 49155), DISPOSITION_OK, "dcerpc", "", "", 3);
    scene_flows(&scene, scene_pair(&scene, "10.0.0.8", "10.0.0.2", 6, 49155), DISPOSITION_REFUSED, "", "", "", 2);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 49156, NSPI, 56, 0);
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    const struct endpoint *used = endpoint_at(audit, 49155, "emsmdb"), *unused = endpoint_at(audit, 49156, "nspi");
    assert_int_equal(used->flows, 5);
    assert_int_equal(used->failed_flows, 2);
    assert_int_equal(used->user_count, 2);
    assert_int_equal(unused->flows, 0);
    assert_int_equal(unused->user_count, 0);
    scene_close(&scene);
}

static void a_named_pipe_names_no_port(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, "10.0.0.9", "10.0.0.2", 6, 445), DISPOSITION_OK, "smb", "", "", 1);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_np", 0, EMSMDB, 0, 81);
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    assert_int_equal(audit->endpoint_count, 1);
    assert_int_equal(audit->endpoints[0].flows, 0);
    scene_close(&scene);
}

static void a_port_outside_the_declared_range_is_marked_unless_declared_static(void **state)
{
    (void)state;
    struct scene scene;
    struct static_port declared = {6001, "emsmdb"};
    struct site site = {SITE_HOSTS(HOST("mbx1", 2, "mailbox")), .dynamic_low = 49152, .dynamic_high = 65535};
    site.hosts[0].static_ports = &declared;
    site.hosts[0].static_port_count = 1;
    scene_open(&scene);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 6001, EMSMDB, 0, 81);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 6004, NSPI, 56, 0);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 49155, DRSUAPI, 4, 0);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_lookup", "ncacn_ip_tcp", 135,
                "e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3, 0);
    const struct audit *audit = scene_audit(&scene, NULL, &site);
    assert_false(endpoint_at(audit, 6001, "emsmdb")->outside_range);
    assert_false(endpoint_at(audit, 135, "epmapper")->outside_range);
    assert_true(endpoint_at(audit, 6004, "nspi")->outside_range);
    assert_false(endpoint_at(audit, 49155, "drsuapi")->outside_range);
    scene_close(&scene);
}

static void an_unknown_interface_has_no_name(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, "10.0.0.2", "10.0.0.9", "ept_map", "ncacn_ip_tcp", 49155,
                "01234567-89ab-cdef-0123-456789abcdef", 1, 0);
    assert_string_equal(scene_audit(&scene, NULL, NULL)->endpoints[0].name, "");
    scene_close(&scene);
}

static void the_mapper_itself_is_no_dynamic_port(void **state)
{
    (void)state;
    assert_true(port_is_mapper(6, 135));
    assert_true(port_is_mapper(6, 593));
    assert_false(port_is_mapper(17, 135));
    assert_false(port_is_mapper(6, 136));
}

static void without_tables_nothing_is_judged(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, "10.0.0.9", "10.0.0.2", 6, 80), DISPOSITION_OK, "http", "", "", 1);
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    assert_int_equal(audit->conversations[0].verdict, VERDICT_OUT_OF_SCOPE);
    assert_int_equal(audit->finding_count, 0);
    assert_int_equal(audit->host_count, 2);
    assert_int_equal(audit->exit_status, 0);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_answers_for_one_endpoint_are_one_line),
        cmocka_unit_test(one_port_may_have_several_services_in_order_of_their_uuid),
        cmocka_unit_test(a_flow_before_the_answer_is_counted_as_well),
        cmocka_unit_test(a_named_pipe_names_no_port),
        cmocka_unit_test(a_port_outside_the_declared_range_is_marked_unless_declared_static),
        cmocka_unit_test(an_unknown_interface_has_no_name),
        cmocka_unit_test(the_mapper_itself_is_no_dynamic_port),
        cmocka_unit_test(without_tables_nothing_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
