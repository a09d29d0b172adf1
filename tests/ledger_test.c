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

#define MBX  "10.0.0.2"
#define CAS  "10.0.0.9"
#define CAS2 "10.0.0.8"

static void talk(struct scene *scene, const char *client, uint16_t port, enum disposition how, const char *protocol)
{
    scene_flows(scene, scene_pair(scene, client, MBX, 6, port), how, protocol, "", "", 1);
}

/* The first service name of the conversation, "" when it has none. */
static const char *service_at(const struct audit *audit, const char *client, uint16_t port)
{
    const struct texts *services = &scene_conversation(audit, client, MBX, port)->services;
    return services->count > 0 ? services->items[0] : "";
}

static const struct path_table any_table = {.name = "test",
                                            .title = "",
                                            .source = "",
                                            PATHS(PATH("rpc", "RPC", "any", "any",
                                                       PARTS({.from = WORDS("any"),
                                                              .to = WORDS("any"),
                                                              PORTS(DYNAMIC_RPC),
                                                              .protocol = "dcerpc",
                                                              .expectation = {.checked = false}})))};

static void after_a_restart_a_port_is_known_for_what_lives_there_now(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    talk(&scene, CAS, 49155, DISPOSITION_OK, "");
    scene_wait(&scene, 100);
    talk(&scene, CAS2, 49155, DISPOSITION_REFUSED, "");                             /* the server is down */
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49200, EMSMDB, 0, 81); /* and up again */
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, NSPI, 56, 0);
    talk(&scene, "10.0.0.7", 49155, DISPOSITION_OK, "");
    const struct audit *audit = scene_audit(&scene, &any_table, NULL);
    const struct endpoint *old = endpoint_at(audit, 49155, "emsmdb"), *new = endpoint_at(audit, 49200, "emsmdb");
    assert_true(old->ended_ns == SCENE_START + 103 * SECOND_NS);
    assert_int_equal(old->moved_to, 49200);
    assert_true(new->ended_ns == 0);
    assert_string_equal(service_at(audit, CAS, 49155), "emsmdb"); /* backwards as far as the refusal */
    assert_int_equal(scene_conversation(audit, CAS, MBX, 49155)->services.count, 1);
    assert_string_equal(service_at(audit, "10.0.0.7", 49155), "nspi");
    assert_int_equal(scene_conversation(audit, "10.0.0.7", MBX, 49155)->services.count, 1);
    scene_close(&scene);
}

static void two_ports_at_once_are_no_restart(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    talk(&scene, CAS, 49155, DISPOSITION_OK, "");
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49200, EMSMDB, 0, 81);
    talk(&scene, CAS2, 49155, DISPOSITION_OK, "");
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    assert_true(endpoint_at(audit, 49155, "emsmdb")->ended_ns == 0);
    assert_int_equal(endpoint_at(audit, 49155, "emsmdb")->moved_to, 0);
    scene_close(&scene);
}

static void a_refusal_without_another_answer_ends_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    talk(&scene, CAS, 49155, DISPOSITION_REFUSED, "");
    const struct audit *audit = scene_audit(&scene, &any_table, NULL);
    assert_true(endpoint_at(audit, 49155, "emsmdb")->ended_ns == 0);
    assert_int_equal(scene_conversation(audit, CAS, MBX, 49155)->verdict, VERDICT_REFUSED);
    scene_close(&scene);
}

static void a_service_that_answers_again_where_it_was_has_not_moved(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    talk(&scene, CAS, 49155, DISPOSITION_REFUSED, "");
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49200, EMSMDB, 0, 81);
    scene_fact(&scene, scene_pair(&scene, CAS2, MBX, 6, 49155), "rpc.accepted", EMSMDB "/0.81");
    talk(&scene, CAS2, 49155, DISPOSITION_OK, "dcerpc");
    assert_true(endpoint_at(scene_audit(&scene, NULL, NULL), 49155, "emsmdb")->ended_ns == 0);
    scene_close(&scene);
}

static void a_rejected_bind_and_a_new_answer_are_a_restart_too(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_fact(&scene, scene_pair(&scene, CAS, MBX, 6, 49155), "rpc.binds", EMSMDB "/0.81");
    talk(&scene, CAS, 49155, DISPOSITION_APP_DENIED, "dcerpc");
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49200, EMSMDB, 0, 81);
    assert_int_equal(endpoint_at(scene_audit(&scene, NULL, NULL), 49155, "emsmdb")->moved_to, 49200);
    scene_close(&scene);
}

static void another_protocol_at_the_port_ends_what_was_known_of_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_wait(&scene, 10);
    talk(&scene, CAS, 49155, DISPOSITION_OK, "http");
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    assert_true(endpoint_at(audit, 49155, "emsmdb")->ended_ns != 0);
    assert_int_equal(endpoint_at(audit, 49155, "emsmdb")->moved_to, 0);
    assert_int_equal(endpoint_at(audit, 49155, "emsmdb")->flows, 0);
    scene_close(&scene);
}

static void what_an_earlier_run_was_told_names_a_port_and_accuses_nobody(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    struct binding row = {.run = scene_name(&scene, "ledger"),
                          .learned_ns = SCENE_START - 1000 * SECOND_NS,
                          .last_ns = SCENE_START - 1000 * SECOND_NS,
                          .times = 7,
                          .server = scene_address(MBX),
                          .client = scene_address(CAS),
                          .transport = 6,
                          .port = 49155,
                          .major = 0,
                          .minor = 81,
                          .learned_from = scene_name(&scene, "ept_map"),
                          .protocol_sequence = scene_name(&scene, "ncacn_ip_tcp")};
    assert_true(uuid_parse(EMSMDB, &row.interface));
    observations_learn(scene.store, &row);
    talk(&scene, CAS, 49155, DISPOSITION_OK, "");
    const struct audit *audit = scene_audit(&scene, &any_table, NULL);
    const struct judged_conversation *conversation = scene_conversation(audit, CAS, MBX, 49155);
    assert_int_equal(conversation->grade, 'B');
    assert_int_equal(conversation->match, MATCH_DYNAMIC);
    assert_int_equal(endpoint_at(audit, 49155, "emsmdb")->times, 0); /* of this run */
    scene_close(&scene);
}

/* As a caller does in its INVITE: its own port, in a message to the server. */
static void offer(struct scene *scene, const char *caller)
{
    struct binding row = {.learned_ns = SCENE_START,
                          .server = scene_address("10.0.0.3"),
                          .client = scene_address(caller),
                          .transport = 17,
                          .port = 20000,
                          .learned_from = scene_name(scene, "sdp"),
                          .protocol_sequence = scene_name(scene, "rtp"),
                          .tower_address = scene_address(caller),
                          .source = scene_name(scene, "scene.pcap"),
                          .frame = ++scene->frame};
    observations_learn(scene->store, &row);
}

static void callers_that_name_the_same_port_have_one_each_and_the_server_none(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    offer(&scene, "10.0.0.50");
    offer(&scene, "10.0.0.51");
    scene_flows(&scene, scene_pair(&scene, "10.0.0.3", "10.0.0.51", 17, 20000), DISPOSITION_OK, "rtp", "", "", 2);
    scene_flows(&scene, scene_pair(&scene, "10.0.0.9", "10.0.0.3", 17, 20000), DISPOSITION_OK, "rtp", "", "", 1);
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    assert_int_equal(audit->endpoint_count, 2);
    for (size_t i = 0; i < 2; i++) {
        struct address second = scene_address("10.0.0.51");
        assert_int_equal(audit->endpoints[i].flows, address_equal(&audit->endpoints[i].tower_address, &second) ? 2 : 0);
    }
    scene_close(&scene);
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
        cmocka_unit_test(after_a_restart_a_port_is_known_for_what_lives_there_now),
        cmocka_unit_test(two_ports_at_once_are_no_restart),
        cmocka_unit_test(a_refusal_without_another_answer_ends_nothing),
        cmocka_unit_test(a_service_that_answers_again_where_it_was_has_not_moved),
        cmocka_unit_test(a_rejected_bind_and_a_new_answer_are_a_restart_too),
        cmocka_unit_test(another_protocol_at_the_port_ends_what_was_known_of_it),
        cmocka_unit_test(what_an_earlier_run_was_told_names_a_port_and_accuses_nobody),
        cmocka_unit_test(callers_that_name_the_same_port_have_one_each_and_the_server_none),
        cmocka_unit_test(without_tables_nothing_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
