/* Which row a conversation belongs to: by port, role, protocol, interface, URL path and verb; and the nearest miss
 * where none fits. */
#include "tests/match_scene.h"

static void a_fixed_port_between_the_right_roles_is_a_row(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, HUB, EDGE, 25, "smtp");
    talk(&scene, EDGE, HUB, 25, "smtp");
    talk(&scene, CAS, DC, 389, "ldap");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *right = scene_conversation(audit, HUB, EDGE, 25);
    assert_int_equal(right->match, MATCH_ROW);
    assert_string_equal(owner_id(audit, right, 0), "hub-to-edge");
    assert_false(right->probable);
    assert_int_equal(right->grade, 0);
    assert_int_equal(scene_conversation(audit, EDGE, HUB, 25)->match, MATCH_NO_ROW);
    /* a global catalog is a domain controller too */
    assert_int_equal(scene_conversation(audit, CAS, DC, 389)->match, MATCH_ROW);
    scene_close(&scene);
}

static void a_wrong_protocol_on_the_right_port_is_no_row(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, CAS, DC, 389, "http");
    const struct judged_conversation *wrong = scene_conversation(scene_audit(&scene, &table, &site), CAS, DC, 389);
    assert_int_equal(wrong->match, MATCH_NO_ROW);
    assert_string_equal(wrong->nearest_path, "directory");
    assert_string_equal(wrong->nearest_why, "fits but it is for ldap, and this is http");
    scene_close(&scene);
}

static void remote_management_has_its_name(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    scene_fact(&scene, talk(&scene, HUB, CAS, 5985, "http"), "http.paths", "/wsman");
    scene_fact(&scene, talk(&scene, HUB, CAS, 443, "http"), "http.paths", "/owa");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_true(texts_have(&scene_conversation(audit, HUB, CAS, 5985)->services, "winrm"));
    assert_int_equal(scene_conversation(audit, HUB, CAS, 443)->services.count, 0);
    scene_close(&scene);
}

static void what_a_conversation_was_recognised_by_is_said(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, HUB, EDGE, 25, "smtp");
    talk(&scene, CAS, HUB, 5075, "");
    talk(&scene, CAS, MBX, 49155, "");
    talk(&scene, CAS, MBX, 49156, "");
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    static const struct {
        const char *client, *server;
        uint16_t port;
        const char *by;
    } cases[] = {{HUB, EDGE, 25, "content"},
                 {CAS, HUB, 5075, "port-and-role"},
                 {CAS, MBX, 49155, "ledger"},
                 {CAS, MBX, 49156, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(
            conversation_recognised_by(scene_conversation(audit, cases[i].client, cases[i].server, cases[i].port)),
            cases[i].by);
    scene_close(&scene);
}

static void an_interface_in_no_file_is_called_what_the_server_calls_it(void **state)
{
    (void)state;
    static const char unknown[] = "01234567-89ab-cdef-0123-456789abcdef";
    struct scene scene;
    open_scene(&scene);
    talk(&scene, CAS, MBX, 49155, "dcerpc");
    talk(&scene, CAS, MBX, 49156, "dcerpc");
    struct binding lookup = {.learned_ns = SCENE_START,
                             .server = scene_address(MBX),
                             .transport = 6,
                             .port = 49155,
                             .major = 1,
                             .learned_from = scene_name(&scene, "ept_lookup"),
                             .protocol_sequence = scene_name(&scene, "ncacn_ip_tcp"),
                             .annotation = scene_name(&scene, "Fabrikam archive"),
                             .source = scene_name(&scene, "scene.pcap"),
                             .frame = 1};
    assert_true(uuid_parse(unknown, &lookup.interface));
    observations_learn(scene.store, &lookup);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, unknown, 1, 0);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49156, unknown, 2, 0);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_true(texts_have(&scene_conversation(audit, CAS, MBX, 49155)->services, "Fabrikam archive"));
    /* another major version is another interface */
    assert_true(texts_have(&scene_conversation(audit, CAS, MBX, 49156)->services, unknown));
    scene_close(&scene);
}

static void rpc_at_a_port_of_the_media_range_is_no_media(void **state)
{
    (void)state;
    struct path_table media = {.name = "media",
                               .title = "",
                               .source = "",
                               PATHS(PATH("media", "Media", "client-access", "mailbox",
                                          PARTS({.from = WORDS("client-access"),
                                                 .to = WORDS("mailbox"),
                                                 PORTS({PORT_DYNAMIC, 6, 1024, 65535, "dynamic-tcp"}),
                                                 .protocol = "rtp"})))};
    struct scene scene;
    open_scene(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 50000, EMSMDB, 0, 81);
    talk(&scene, CAS, MBX, 50000, ""); /* nothing was read, and the ledger knows better */
    const struct judged_conversation *rpc = scene_conversation(scene_audit(&scene, &media, &site), CAS, MBX, 50000);
    assert_int_equal(rpc->match, MATCH_NO_ROW);
    assert_int_equal(rpc->owner_count, 0);
    scene_close(&scene);
}

static void an_unrecognised_protocol_fits_any_row(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, CAS, DC, 389, "");
    assert_int_equal(scene_conversation(scene_audit(&scene, &table, &site), CAS, DC, 389)->match, MATCH_ROW);
    scene_close(&scene);
}

static void the_mapper_belongs_to_the_rows_of_what_was_asked(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    scene_fact(&scene, talk(&scene, CAS, MBX, 135, "dcerpc"), "rpc.asked", EMSMDB "/0.81");
    scene_fact(&scene, talk(&scene, MBX, DC, 135, "dcerpc"), "rpc.asked", NETLOGON "/1.0");
    scene_fact(&scene, talk(&scene, EDGE, MBX, 135, "dcerpc"), "rpc.asked", DRSUAPI "/4.0");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *asked = scene_conversation(audit, CAS, MBX, 135);
    assert_int_equal(asked->match, MATCH_ROW);
    assert_string_equal(owner_id(audit, asked, 0), "cas-to-mailbox");
    assert_string_equal(owner_id(audit, scene_conversation(audit, MBX, DC, 135), 0), "logon");
    assert_string_equal(owner_id(audit, scene_conversation(audit, EDGE, MBX, 135), 0), "locator");
    scene_close(&scene);
}

static void a_mapper_that_was_asked_for_nothing_belongs_to_all_its_rows(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, CAS, MBX, 135, "dcerpc");
    const struct judged_conversation *silent = scene_conversation(scene_audit(&scene, &table, &site), CAS, MBX, 135);
    assert_int_equal(silent->match, MATCH_AMBIGUOUS);
    assert_int_equal(silent->owner_count, 2);
    assert_true(silent->probable);
    scene_close(&scene);
}

static void a_cell_of_135_alone_means_the_connection_after_it_too(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    scene_learn(&scene, DC, MBX, "ept_map", "ncacn_ip_tcp", 49155, NETLOGON, 1, 0);
    talk(&scene, MBX, DC, 49155, "dcerpc");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *after = scene_conversation(audit, MBX, DC, 49155);
    assert_int_equal(after->match, MATCH_DYNAMIC);
    assert_string_equal(owner_id(audit, after, 0), "logon");
    scene_close(&scene);
}

static void a_url_path_tells_rows_apart_and_without_one_they_stay_together(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    scene_fact(&scene, talk(&scene, HUB, CAS, 443, "http"), "http.paths", "/EWS");
    struct audit const *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *web = scene_conversation(audit, HUB, CAS, 443);
    assert_int_equal(web->match, MATCH_ROW);
    assert_string_equal(owner_id(audit, web, 0), "ews");
    scene_close(&scene);

    open_scene(&scene);
    talk(&scene, HUB, CAS, 443, "tls");
    web = scene_conversation(scene_audit(&scene, &table, &site), HUB, CAS, 443);
    assert_int_equal(web->match, MATCH_AMBIGUOUS);
    assert_int_equal(web->owner_count, 2);
    scene_close(&scene);
}

static void a_verb_that_was_seen_picks_its_row(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    scene_fact(&scene, talk(&scene, HUB, EDGE, 25, "smtp"), "smtp.verbs", "X-LINK2STATE");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_string_equal(owner_id(audit, scene_conversation(audit, HUB, EDGE, 25), 0), "routing");
    scene_close(&scene);
}

static void either_end_may_open_where_the_row_says_so(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, CAS, HUB, 5075, "");
    talk(&scene, HUB, CAS, 5075, "");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(scene_conversation(audit, CAS, HUB, 5075)->match, MATCH_ROW);
    assert_int_equal(scene_conversation(audit, HUB, CAS, 5075)->match, MATCH_ROW);
    scene_close(&scene);
}

static void a_row_for_any_port_stands_behind_those_that_name_it(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, HUB, EDGE, 25, "smtp");
    talk(&scene, HUB, EDGE, 9999, "");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(scene_conversation(audit, HUB, EDGE, 25)->owner_count, 1);
    assert_int_equal(scene_conversation(audit, HUB, EDGE, 9999)->match, MATCH_ROW);
    assert_string_equal(owner_id(audit, scene_conversation(audit, HUB, EDGE, 9999), 0), "support");
    scene_close(&scene);
}

static void the_row_that_names_the_role_stands_before_the_one_for_anybody(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, MBX, HUB, 587, "smtp");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *named = scene_conversation(audit, MBX, HUB, 587);
    assert_int_equal(named->match, MATCH_ROW);
    assert_int_equal(named->owner_count, 1);
    assert_string_equal(owner_id(audit, named, 0), "submission");
    scene_close(&scene);
}

static void several_interfaces_with_a_row_each_are_no_riddle(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    uint32_t pair = talk(&scene, CAS, MBX, 49155, "dcerpc");
    scene_fact(&scene, pair, "rpc.accepted", EMSMDB "/0.81");
    scene_fact(&scene, pair, "rpc.accepted", DRSUAPI "/4.0"); /* which only the row without interfaces takes */
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *bound = scene_conversation(audit, CAS, MBX, 49155);
    assert_int_equal(bound->match, MATCH_DYNAMIC);
    assert_int_equal(bound->owner_count, 2);
    assert_false(bound->probable);
    scene_close(&scene);
}

static void a_host_without_a_role_is_unknown_and_the_nearest_row_says_so(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, USER, DC, 389, "ldap");
    talk(&scene, USER, HUB, 587, "smtp");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *unknown = scene_conversation(audit, USER, DC, 389);
    assert_int_equal(unknown->match, MATCH_UNKNOWN_ROLE);
    assert_string_equal(unknown->nearest_path, "directory");
    assert_string_equal(unknown->nearest_why, "fits but 10.0.0.9 has no role: add it to the site?");
    /* anybody may also be nobody */
    assert_int_equal(scene_conversation(audit, USER, HUB, 587)->match, MATCH_ROW);
    scene_close(&scene);
}

static void a_wrong_role_is_named_by_the_nearest_miss(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, HUB, CAS, 25, "smtp");
    const struct judged_conversation *wrong = scene_conversation(scene_audit(&scene, &table, &site), HUB, CAS, 25);
    assert_int_equal(wrong->match, MATCH_NO_ROW);
    assert_string_equal(wrong->nearest_path, "hub-to-edge");
    assert_string_equal(wrong->nearest_why, "fits but cas1 is not an edge server");
    scene_close(&scene);
}

static void beyond_the_scope_hosts_are_external_and_two_of_them_are_not_judged(void **state)
{
    (void)state;
    struct scene scene;
    struct prefix scope;
    open_scene(&scene);
    assert_true(prefix_parse("10.0.0.0/24", &scope));
    site.scope = &scope;
    site.scope_count = 1;
    talk(&scene, HUB, "198.51.100.7", 25, "smtp");
    talk(&scene, HUB, "198.51.100.7", 2525, "smtp");
    talk(&scene, HUB, EDGE, 2525, "smtp");
    talk(&scene, "198.51.100.8", "198.51.100.7", 25, "smtp");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *out = scene_conversation(audit, HUB, "198.51.100.7", 25);
    assert_int_equal(out->match, MATCH_NO_ROW);
    assert_string_equal(out->nearest_why, "fits but 198.51.100.7 is not an edge server");
    assert_string_equal(owner_id(audit, scene_conversation(audit, HUB, "198.51.100.7", 2525), 0), "internet");
    assert_string_equal(owner_id(audit, scene_conversation(audit, HUB, EDGE, 2525), 0), "support");
    const struct judged_conversation *beyond = scene_conversation(audit, "198.51.100.8", "198.51.100.7", 25);
    assert_int_equal(beyond->match, MATCH_OUT_OF_SCOPE);
    assert_int_equal(beyond->verdict, VERDICT_OUT_OF_SCOPE);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_port_between_the_right_roles_is_a_row),
        cmocka_unit_test(a_wrong_protocol_on_the_right_port_is_no_row),
        cmocka_unit_test(an_unrecognised_protocol_fits_any_row),
        cmocka_unit_test(remote_management_has_its_name),
        cmocka_unit_test(what_a_conversation_was_recognised_by_is_said),
        cmocka_unit_test(an_interface_in_no_file_is_called_what_the_server_calls_it),
        cmocka_unit_test(rpc_at_a_port_of_the_media_range_is_no_media),
        cmocka_unit_test(the_mapper_belongs_to_the_rows_of_what_was_asked),
        cmocka_unit_test(a_mapper_that_was_asked_for_nothing_belongs_to_all_its_rows),
        cmocka_unit_test(a_cell_of_135_alone_means_the_connection_after_it_too),
        cmocka_unit_test(a_url_path_tells_rows_apart_and_without_one_they_stay_together),
        cmocka_unit_test(a_verb_that_was_seen_picks_its_row),
        cmocka_unit_test(either_end_may_open_where_the_row_says_so),
        cmocka_unit_test(a_row_for_any_port_stands_behind_those_that_name_it),
        cmocka_unit_test(the_row_that_names_the_role_stands_before_the_one_for_anybody),
        cmocka_unit_test(several_interfaces_with_a_row_each_are_no_riddle),
        cmocka_unit_test(a_host_without_a_role_is_unknown_and_the_nearest_row_says_so),
        cmocka_unit_test(a_wrong_role_is_named_by_the_nearest_miss),
        cmocka_unit_test(beyond_the_scope_hosts_are_external_and_two_of_them_are_not_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
