/* Scans in an audit: one finding, one line, what it costs, and an exception for a scanner of one's own. */
#include "reports/report.h"
#include "tests/scene.h"

#include <stdlib.h>

#define SCANNER "10.0.0.9"

static struct path_table table = {
    .name = "test",
    .title = "",
    .source = "",
    PATHS(PATH("hub-to-edge", "Hub to Edge", "hub", "edge",
               PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(25)), .protocol = "smtp"})))};

/* Two flows at each place, on two hosts in turn, and one conversation beside them. */
static void play(struct scene *scene, unsigned places)
{
    scene_open(scene);
    scene_flows(scene, scene_pair(scene, "10.0.0.1", "10.0.0.2", 6, 25), DISPOSITION_OK, "smtp", "", "none", 1);
    for (unsigned i = 0; i < places; i++)
        scene_flows(scene, scene_pair(scene, SCANNER, i % 2 == 0 ? "10.0.0.2" : "10.0.0.3", 6, (uint16_t)(1000 + i)),
                    i % 2 == 0 ? DISPOSITION_REFUSED : DISPOSITION_UNANSWERED, "", "", "", 2);
}

static const struct finding *finding_of_scan(const struct audit *audit)
{
    for (size_t i = 0; i < audit->finding_count; i++)
        if (strstr(audit->findings[i].subject, "very many places") != NULL)
            return &audit->findings[i];
    return NULL;
}

static void a_scan_is_one_finding_with_its_counts_and_first_frames(void **state)
{
    (void)state;
    struct scene scene;
    struct site site = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("edge1", 2, "edge"))};
    play(&scene, 600);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conversation_count, 1);
    assert_int_equal(audit->conversation_counts[VERDICT_CONFORMING], 1);
    assert_int_equal(audit->scan_count, 1);
    assert_int_equal(audit->scans[0].verdict, VERDICT_UNEXPECTED_ATTEMPT);
    const struct finding *finding = finding_of_scan(audit);
    assert_non_null(finding);
    assert_string_equal(finding->verdict, "unexpected-attempt");
    assert_string_equal(finding->subject, SCANNER " tried very many places in vain: 2 hosts, 600 ports, 1,200 flows");
    assert_non_null(strstr(finding->explain, "600 refused"));
    assert_non_null(strstr(finding->explain, "600 got no answer"));
    assert_int_equal(finding->evidence_count, 2);
    assert_int_equal(finding->evidence[0].frame, 2);
    assert_int_equal(finding->evidence[1].frame, 3);
    assert_int_equal(audit->conclusion, CONCLUSION_FINDINGS);
    assert_int_equal(audit->exit_status, 1);
    scene_close(&scene);
}

static void a_scanner_of_ones_own_is_excepted_by_its_address_alone(void **state)
{
    (void)state;
    struct scene scene;
    struct site_exception own = {.from = WORDS(SCANNER), .until = "", .reason = "our scanner", .finding = ""};
    struct site_exception elsewhere = {
        .from = WORDS(SCANNER), .to = WORDS("edge1"), .until = "", .reason = "one host", .finding = ""};
    struct site site = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("edge1", 2, "edge")), .exceptions = &own,
                        .exception_count = 1};
    play(&scene, 600);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_string_equal(finding_of_scan(audit)->excepted, "our scanner");
    assert_int_equal(audit->exit_status, 0);
    site.exceptions = &elsewhere; /* the scan went to others, too */
    audit = scene_audit(&scene, &table, &site);
    assert_string_equal(finding_of_scan(audit)->excepted, "");
    assert_int_equal(audit->exit_status, 1);
    scene_close(&scene);
}

static void the_text_shows_a_scan_in_one_line_and_says_what_it_costs(void **state)
{
    (void)state;
    struct scene scene;
    struct site site = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("edge1", 2, "edge"))};
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    play(&scene, 600);
    report_text(scene_audit(&scene, &table, &site), &(struct report_options){.width = 200}, out);
    fclose(out);
    assert_non_null(strstr(text, "1 conversation and 1 scan: "));
    assert_non_null(strstr(text, SCANNER " -> 2 hosts"));
    assert_non_null(strstr(text, "600 ports/tcp"));
    assert_non_null(strstr(text, "600 refused, 600 unanswered"));
    assert_non_null(strstr(text, "1 client tried 512 places or more in vain: these 1,200 attempts are added up"));
    assert_null(strstr(text, "1007/tcp:"));
    free(text);
    scene_close(&scene);
}

/* What is missing might be among what was added up. */
static void a_row_whose_client_scans_is_not_called_missing(void **state)
{
    (void)state;
    struct scene scene;
    struct site site = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("edge1", 2, "edge"), HOST("hub2", 9, "hub"))};
    struct path *path = &table.paths[0];
    path->required = REQUIRED_YES;
    for (unsigned places = 100; places <= 600; places += 500) {
        scene_open(&scene);
        for (unsigned i = 0; i < 40; i++) { /* alive all the time, in both directions */
            scene_flows(&scene, scene_pair(&scene, SCANNER, "10.0.0.2", 6, 80), DISPOSITION_OK, "http", "", "none", 1);
            scene_wait(&scene, 60);
        }
        for (unsigned i = 0; i < places; i++)
            scene_flows(&scene, scene_pair(&scene, SCANNER, "10.0.0.3", 6, (uint16_t)(1000 + i)), DISPOSITION_REFUSED,
                        "", "", "", 1);
        site.host_count = 3;
        site.hosts[0].roles.count = 0; /* hub2 is the only hub */
        const struct audit *audit = scene_audit(&scene, &table, &site);
        enum path_verdict verdict = scene_path(audit, "hub-to-edge")->verdict;
        assert_int_equal(verdict, places < 512 ? PATH_MISSING : PATH_UNOBSERVABLE);
        scene_close(&scene);
    }
    path->required = REQUIRED_NO;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_is_one_finding_with_its_counts_and_first_frames),
        cmocka_unit_test(a_scanner_of_ones_own_is_excepted_by_its_address_alone),
        cmocka_unit_test(the_text_shows_a_scan_in_one_line_and_says_what_it_costs),
        cmocka_unit_test(a_row_whose_client_scans_is_not_called_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
