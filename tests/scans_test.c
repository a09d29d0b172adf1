/* Scans in an audit: one finding, one line, what it costs, and an exception for a scanner of one's own. */
#include "reports/report.h"
#include "reports/timeline.h"
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

/* Of a hub that scans: so many places of a host, and where it is to send mail, too. */
static void play_hub(struct scene *scene, unsigned places, bool mail)
{
    scene_open(scene);
    for (unsigned i = 0; i < 40; i++) { /* alive all the time, in both directions */
        scene_flows(scene, scene_pair(scene, SCANNER, "10.0.0.2", 6, 80), DISPOSITION_OK, "http", "", "none", 1);
        scene_wait(scene, 60);
    }
    for (unsigned i = 0; i < places; i++)
        scene_flows(scene, scene_pair(scene, SCANNER, "10.0.0.3", 6, (uint16_t)(1000 + i)), DISPOSITION_REFUSED, "", "",
                    "", 1);
    if (mail) {
        scene_flows(scene, scene_pair(scene, SCANNER, "10.0.0.2", 6, 25), DISPOSITION_UNANSWERED, "", "", "", 2);
        scene_flows(scene, scene_pair(scene, SCANNER, "10.0.0.3", 6, 25), DISPOSITION_REFUSED, "", "", "", 1);
    }
}

#define SITE_OF_HUB                                                                                                    \
    {                                                                                                                  \
        SITE_HOSTS(HOST("edge1", 2, "edge"), HOST("hub2", 9, "hub"))                                                   \
    }

/* What is missing might be among what was added up, where that went to the port of the row. */
static void a_row_whose_client_scans_its_port_is_not_called_missing(void **state)
{
    (void)state;
    struct scene scene;
    struct site site = SITE_OF_HUB;
    struct path *path = &table.paths[0];
    path->required = REQUIRED_YES;
    for (unsigned i = 0; i < 3; i++) {
        play_hub(&scene, i == 0 ? 100 : 600, i == 2);
        const struct audit *audit = scene_audit(&scene, &table, &site);
        assert_int_equal(audit->scan_count, i > 0);
        assert_int_equal(scene_path(audit, "hub-to-edge")->verdict, i == 2 ? PATH_UNOBSERVABLE : PATH_MISSING);
        scene_close(&scene);
    }
    path->required = REQUIRED_NO;
}

static char *text_of(const struct audit *audit)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    report_text(audit, &(struct report_options){.width = 1000}, out);
    fclose(out);
    return text;
}

static void a_port_at_which_a_row_expects_the_client_of_a_scan_is_named(void **state)
{
    (void)state;
    struct scene scene;
    struct site site = SITE_OF_HUB;
    play_hub(&scene, 600, true);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct finding *finding = finding_of_scan(audit);
    assert_non_null(strstr(finding->explain,
                           "Rows expect some of it, at 25/tcp (hub-to-edge: 3 flows): what is blocked "
                           "of that does not show."));
    assert_non_null(strstr(finding->advice, "with the filter 'host " SCANNER " and (tcp port 25)'"));
    const struct judged_path *path = scene_path(audit, "hub-to-edge");
    assert_int_equal(path->verdict, PATH_NOT_EXERCISED);
    assert_string_equal(path->reason,
                        "no attempt is known; among what hub2 tried in vain, which is added up, are ports of it");
    char *text = text_of(audit);
    assert_non_null(strstr(text, "paths expect some of them, at 25/tcp, and what is blocked of that does not show."));
    free(text);
    scene_close(&scene);
}

static void a_scan_at_no_port_that_a_row_has_for_its_client_hides_nothing(void **state)
{
    (void)state;
    struct scene scene;
    struct site site = SITE_OF_HUB;
    for (unsigned i = 0; i < 2; i++) {
        play_hub(&scene, 600, i == 1);
        if (i == 1)
            site.hosts[1].roles.items[0] = "edge"; /* from which no row opens */
        const struct audit *audit = scene_audit(&scene, &table, &site);
        assert_null(strstr(finding_of_scan(audit)->explain, "Rows expect"));
        assert_null(strstr(finding_of_scan(audit)->advice, "filter"));
        assert_null(strstr(scene_path(audit, "hub-to-edge")->reason, "in vain"));
        char *text = text_of(audit);
        assert_non_null(strstr(text, "; none is at a fixed port of a path that expects them."));
        free(text);
        scene_close(&scene);
    }
}

/* However many observed it: one alone counts all of a scan under no server, of several each a part under its own. */
static void what_a_scan_adds_up_is_in_no_slice_of_a_conversation(void **state)
{
    (void)state;
    struct scene scene;
    struct timeline timeline;
    struct site site = SITE_OF_HUB;
    play_hub(&scene, 600, false);
    scene_flows(&scene, scene_pair(&scene, SCANNER, "10.0.0.2", 6, 80), DISPOSITION_PENDING, "", "", "", 7);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->conversation_count, 1);
    assert_int_equal(audit->scans[0].dispositions[DISPOSITION_PENDING], 7);
    assert_true(timeline_init(&timeline, audit));
    uint64_t flows = 0;
    for (size_t i = 0; i < timeline.count; i++)
        flows += timeline.cells[i].flows;
    assert_int_equal(flows, audit->conversations[0].flows);
    timeline_fini(&timeline);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_is_one_finding_with_its_counts_and_first_frames),
        cmocka_unit_test(a_scanner_of_ones_own_is_excepted_by_its_address_alone),
        cmocka_unit_test(the_text_shows_a_scan_in_one_line_and_says_what_it_costs),
        cmocka_unit_test(a_row_whose_client_scans_its_port_is_not_called_missing),
        cmocka_unit_test(a_port_at_which_a_row_expects_the_client_of_a_scan_is_named),
        cmocka_unit_test(what_a_scan_adds_up_is_in_no_slice_of_a_conversation),
        cmocka_unit_test(a_scan_at_no_port_that_a_row_has_for_its_client_hides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
