/* How a port that no row names is known, and how sure that is: told by the mapper, bound, in the declared range, static
 * or not at all. */
#include "tests/match_scene.h"

static void a_port_this_client_was_told_has_grade_a(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    scene_learn(&scene, MBX, CAS, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    talk(&scene, CAS, MBX, 49155, "dcerpc");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *told = scene_conversation(audit, CAS, MBX, 49155);
    assert_int_equal(told->match, MATCH_DYNAMIC);
    assert_int_equal(told->grade, 'A');
    /* the row that names emsmdb stands before the one that takes any interface */
    assert_int_equal(told->owner_count, 1);
    assert_string_equal(owner_id(audit, told, 0), "cas-to-mailbox");
    assert_string_equal(told->services.items[0], "emsmdb");
    scene_close(&scene);
}

static void a_port_others_were_told_has_grade_b(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    scene_learn(&scene, MBX, HUB, "ept_map", "ncacn_ip_tcp", 49155, EMSMDB, 0, 81);
    scene_learn(&scene, MBX, CAS, "ept_lookup", "ncacn_ip_tcp", 49156, NSPI, 56, 0);
    talk(&scene, CAS, MBX, 49155, "dcerpc");
    talk(&scene, CAS, MBX, 49156, "dcerpc");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(scene_conversation(audit, CAS, MBX, 49155)->grade, 'B');
    assert_int_equal(scene_conversation(audit, CAS, MBX, 49156)->grade, 'B'); /* a dump tells everybody */
    scene_close(&scene);
}

static void a_bind_names_the_port_with_grade_c(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    scene_fact(&scene, talk(&scene, CAS, MBX, 49155, "dcerpc"), "rpc.accepted", EMSMDB "/0.81");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *bound = scene_conversation(audit, CAS, MBX, 49155);
    assert_int_equal(bound->match, MATCH_DYNAMIC);
    assert_int_equal(bound->grade, 'C');
    assert_false(bound->probable);
    assert_string_equal(owner_id(audit, bound, 0), "cas-to-mailbox");
    scene_close(&scene);
}

static void the_declared_range_alone_is_grade_d_and_probable(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    site.dynamic_low = 49152;
    site.dynamic_high = 65535;
    talk(&scene, CAS, MBX, 49155, "");
    talk(&scene, CAS, MBX, 49156, "http");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *ranged = scene_conversation(audit, CAS, MBX, 49155);
    assert_int_equal(ranged->grade, 'D');
    assert_true(ranged->probable);
    assert_int_equal(scene_conversation(audit, CAS, MBX, 49156)->match, MATCH_NO_ROW); /* not what RPC speaks */
    scene_close(&scene);
}

static void an_unlearned_port_is_no_row(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene);
    talk(&scene, CAS, MBX, 49155, "dcerpc");
    const struct judged_conversation *unknown = scene_conversation(scene_audit(&scene, &table, &site), CAS, MBX, 49155);
    assert_int_equal(unknown->match, MATCH_NO_ROW);
    assert_string_equal(unknown->nearest_path, "");
    assert_string_equal(unknown->nearest_why, "none names 49155/tcp");
    scene_close(&scene);
}

static void a_static_port_of_the_site_is_known_without_a_mapper(void **state)
{
    (void)state;
    struct scene scene;
    struct static_port declared = {6004, "nspi"};
    open_scene(&scene);
    site.hosts[3].static_ports = &declared;
    site.hosts[3].static_port_count = 1;
    talk(&scene, CAS, MBX, 6004, "dcerpc");
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_conversation *known = scene_conversation(audit, CAS, MBX, 6004);
    site.hosts[3].static_port_count = 0;
    assert_int_equal(known->match, MATCH_DYNAMIC);
    assert_int_equal(known->grade, 'C');
    assert_string_equal(owner_id(audit, known, 0), "cas-to-mailbox");
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_this_client_was_told_has_grade_a),
        cmocka_unit_test(a_port_others_were_told_has_grade_b),
        cmocka_unit_test(a_bind_names_the_port_with_grade_c),
        cmocka_unit_test(the_declared_range_alone_is_grade_d_and_probable),
        cmocka_unit_test(an_unlearned_port_is_no_row),
        cmocka_unit_test(a_static_port_of_the_site_is_known_without_a_mapper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
