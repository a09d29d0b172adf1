/* What the site puts up with, and until when: findings that an exception covers, and exceptions that cover none. */
#include "tests/scene.h"

#define DC "10.0.0.5"

static struct path_table table = {
    .name = "test",
    .title = "",
    .source = "",
    PATHS(PATH(
        "directory", "Active Directory access", "mailbox", "domain-controller",
        PARTS({.from = WORDS("mailbox"), .to = WORDS("domain-controller"), PORTS(TCP(389)), .protocol = "ldap"})))};

static struct site site = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("mbx1", 4, "mailbox"),
                                      HOST("dc1", 5, "domain-controller"), HOST("tool", 6, "admin"))};

static uint32_t tcp(struct scene *scene, const char *client, const char *server, uint16_t port)
{
    return scene_pair(scene, client, server, 6, port);
}

static void the_site_puts_up_with_what_it_says_until_it_ends(void **state)
{
    (void)state;
    struct scene scene;
    struct port rdp[] = {TCP(3389)};
    struct site_exception exception = {.from = WORDS("10.0.0.0/28"),
                                       .to = WORDS("domain-controller"),
                                       .ports = rdp,
                                       .port_count = 1,
                                       .until = "",
                                       .reason = "migration",
                                       .finding = ""};
    site.exceptions = &exception;
    site.exception_count = 1;
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 3389), DISPOSITION_OK, "rdp", "", "", 2);
    scene_flows(&scene, tcp(&scene, "10.0.0.9", DC, 3389), DISPOSITION_OK, "rdp", "", "", 2); /* without a role */
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_string_equal(audit->findings[0].excepted, "migration");
    assert_int_equal(audit->finding_count, 1);
    assert_int_equal(audit->exit_status, 0);

    exception.until = "2026-11-19";
    exception.until_ns = SCENE_START - 9 * 3600 * SECOND_NS;
    audit = scene_audit(&scene, &table, &site);
    assert_string_equal(audit->findings[0].excepted, "");
    assert_int_equal(audit->exit_status, 1);
    bool expired = false;
    for (size_t i = 0; i < audit->finding_count; i++)
        expired = expired || strcmp(audit->findings[i].subject, "Exception expired on 2026-11-19: migration") == 0;
    assert_true(expired);
    site.exception_count = 0;
    scene_close(&scene);
}

static void an_exception_may_name_one_finding_or_another_port(void **state)
{
    (void)state;
    struct scene scene;
    struct port other[] = {TCP(3390)};
    struct site_exception exception = {.until = "", .reason = "known", .finding = ""};
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 3389), DISPOSITION_OK, "rdp", "", "", 2);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    char id[17];
    memcpy(id, audit->findings[0].id, sizeof id);
    exception.finding = id;
    site.exceptions = &exception;
    site.exception_count = 1;
    assert_string_equal(scene_audit(&scene, &table, &site)->findings[0].excepted, "known");
    exception.finding = "0000000000000000";
    assert_string_equal(scene_audit(&scene, &table, &site)->findings[0].excepted, "");
    exception.finding = "";
    exception.ports = other;
    exception.port_count = 1;
    assert_string_equal(scene_audit(&scene, &table, &site)->findings[0].excepted, "");
    site.exception_count = 0;
    scene_close(&scene);
}

static void exceptions_that_cover_nothing_are_listed(void **state)
{
    (void)state;
    struct scene scene;
    struct site_exception exceptions[] = {
        {.from = WORDS("tool"), .until = "", .reason = "of use", .finding = "", .line = 7},
        {.from = WORDS("hub1"), .until = "", .reason = "long gone", .finding = "", .line = 8}};
    scene_open(&scene);
    scene_flows(&scene, tcp(&scene, "10.0.0.6", DC, 3389), DISPOSITION_OK, "rdp", "", "", 2);
    site.exceptions = exceptions;
    site.exception_count = 2;
    site.file = "contoso.yaml";
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->finding_count, 2);
    assert_string_equal(audit->findings[1].verdict, "exception-unused");
    assert_int_equal(audit->findings[1].severity, SEVERITY_INFO);
    assert_string_equal(audit->findings[1].subject, "1 exception of the site file covered nothing");
    assert_string_equal(audit->findings[1].explain,
                        "What they put up with was not seen: contoso.yaml, line 8 (long gone).");
    assert_int_equal(audit->exit_status, 0);
    site.exception_count = 0;
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_site_puts_up_with_what_it_says_until_it_ends),
        cmocka_unit_test(an_exception_may_name_one_finding_or_another_port),
        cmocka_unit_test(exceptions_that_cover_nothing_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
