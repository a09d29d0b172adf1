/* What is required and never tried: missing only with every proof of docs/verdicts.md, else what the proof lacks. */
#include "audit/tell.h"
#include "tests/scene.h"

#define HUB   "10.0.0.1"
#define EDGE  "10.0.0.2"
#define HUB2  "10.0.0.3"
#define EDGE2 "10.0.0.4"
#define DC    "10.0.0.5"

#define MINUTE UINT64_C(60)

/* The last row is the one in question; each test says what it requires. */
static struct path paths[] = {
    PATH("mail", "Hub to Edge", "hub", "edge",
         PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(25)), .protocol = "smtp"})),
    PATH("names", "Name service", "hub", "domain-controller",
         PARTS({.from = WORDS("hub"), .to = WORDS("domain-controller"), PORTS(UDP(53), TCP(88)), .protocol = ""})),
    PATH("sync", "EdgeSync", "hub", "edge",
         PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(50636)), .protocol = "ldap"})),
};
#define SYNC paths[2]

static const struct path_table table = {.name = "test", .title = "", .source = "", .paths = paths, .path_count = 3};

static struct site site = {
    SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("edge1", 2, "edge"), HOST("dc1", 5, "domain-controller"))};
static struct site site_of_four = {SITE_HOSTS(HOST("hub1", 1, "hub"), HOST("edge1", 2, "edge"), HOST("hub2", 3, "hub"),
                                              HOST("edge2", 4, "edge"), HOST("dc1", 5, "domain-controller"))};

static void require(enum requirement required, uint64_t cadence_s, const char *trigger, enum needs needs)
{
    SYNC.required = required;
    SYNC.cadence_ns = cadence_s * SECOND_NS;
    SYNC.trigger = trigger;
    SYNC.needs = needs;
}

static void talk(struct scene *scene, const char *client, const char *server, uint16_t port, enum disposition how)
{
    scene_flows(scene, scene_pair(scene, client, server, port == 53 ? 17 : 6, port), how, port == 25 ? "smtp" : "", "",
                "", 1);
}

/* Mail between the two now, and again after so many seconds. */
static void live(struct scene *scene, const char *client, const char *server, uint64_t seconds)
{
    talk(scene, client, server, 25, DISPOSITION_OK);
    scene_wait(scene, seconds);
    talk(scene, client, server, 25, DISPOSITION_OK);
}

static void lose(struct scene *scene, const char *client, const char *server, uint16_t port, uint64_t bytes)
{
    struct conversation row = {.missing_bytes = bytes, .first_ns = SCENE_START, .last_ns = SCENE_START};
    observations_count(scene->store, scene_pair(scene, client, server, 6, port), SCENE_START, &row);
}

static void cover(struct scene *scene, const char *filter, uint64_t packets, uint64_t dropped, uint64_t evicted)
{
    struct coverage row = {.source = scene_name(scene, "scene.pcap"),
                           .filter = scene_name(scene, filter),
                           .packets = packets,
                           .dropped = dropped,
                           .evicted_conversations = evicted};
    observations_cover(scene->store, &row);
}

static const struct finding *finding_of(const struct audit *audit, const char *verdict)
{
    for (size_t i = 0; i < audit->finding_count; i++)
        if (strcmp(audit->findings[i].verdict, verdict) == 0)
            return &audit->findings[i];
    fail_msg("no finding %s", verdict);
    return NULL;
}

static void a_row_is_missing_when_all_of_the_proof_is_there(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    require(REQUIRED_YES, 5 * MINUTE, "", NEEDS_ANY_SERVER);
    live(&scene, HUB, EDGE, 10 * MINUTE);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    const struct judged_path *path = scene_path(audit, "sync");
    assert_int_equal(path->verdict, PATH_MISSING);
    assert_int_equal(path->pair_count, 1);
    assert_int_equal(path->pairs[0].verdict, PATH_MISSING);
    assert_string_equal(path->pairs[0].reason,
                        "required every 5 min and never attempted towards edge1 in 10 min; all of them were alive, the "
                        "link between them visible both ways and without IPsec");
    const struct finding *finding = finding_of(audit, "missing");
    assert_int_equal(finding->severity, SEVERITY_MEDIUM);
    assert_string_equal(finding->subject, "Missing: \"EdgeSync\" (test) was never attempted");
    assert_int_equal(audit->exit_status, 1);
    assert_int_equal(audit->path_counts[PATH_MISSING], 1);
    scene_close(&scene);
}

static void what_is_missing_may_be_excepted_by_its_hosts(void **state)
{
    (void)state;
    struct scene scene;
    struct port right[] = {TCP(50636)}, wrong[] = {TCP(25)};
    struct site_exception exception = {.from = WORDS("hub1"),
                                       .to = WORDS("edge"),
                                       .ports = right,
                                       .port_count = 1,
                                       .until = "",
                                       .reason = "not subscribed yet",
                                       .finding = ""};
    scene_open(&scene);
    require(REQUIRED_YES, 5 * MINUTE, "", NEEDS_ANY_SERVER);
    live(&scene, HUB, EDGE, 10 * MINUTE);
    site.exceptions = &exception;
    site.exception_count = 1;
    site.file = "contoso.yaml";
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_string_equal(finding_of(audit, "missing")->excepted, "not subscribed yet");
    assert_int_equal(audit->exit_status, 0);
    exception.ports = wrong;
    assert_string_equal(finding_of(scene_audit(&scene, &table, &site), "missing")->excepted, "");
    site.exception_count = 0;
    scene_close(&scene);
}

static void one_attempt_is_enough_not_to_be_missing(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    require(REQUIRED_YES, 5 * MINUTE, "", NEEDS_ANY_SERVER);
    live(&scene, HUB, EDGE, 10 * MINUTE);
    talk(&scene, HUB, EDGE, 50636, DISPOSITION_OK);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(scene_path(audit, "sync")->verdict, PATH_SATISFIED);
    assert_int_equal(scene_path(audit, "sync")->pair_count, 1);
    scene_close(&scene);
}

/* What is taken away from the proof of the first test, and what is said then. */
enum lack {
    LACK_TIME,
    LACK_CLIENT,
    LACK_SERVER,
    LACK_LIFE,
    LACK_LINK,
    LACK_DIRECTION,
    LACK_CLEAR,
    LACK_BYTES,
    LACK_PACKETS,
    LACK_FILTER,
    LACK_MEMORY,
    LACK_NAMES,
    LACK_TICKETS
};

static void play_without(struct scene *scene, enum lack lack)
{
    if (lack == LACK_CLIENT || lack == LACK_SERVER || lack == LACK_LINK) {
        if (lack != LACK_CLIENT)
            live(scene, HUB, DC, 10 * MINUTE);
        if (lack != LACK_SERVER)
            live(scene, EDGE, DC, 10 * MINUTE);
        return;
    }
    if (lack == LACK_LIFE)
        live(scene, HUB, DC, 10 * MINUTE);
    if (lack == LACK_DIRECTION) {
        talk(scene, EDGE, DC, 25, DISPOSITION_OK);
        talk(scene, HUB, DC, 25, DISPOSITION_OK);
        talk(scene, HUB, EDGE, 25, DISPOSITION_ONE_WAY);
        live(scene, EDGE, DC, 10 * MINUTE);
        live(scene, HUB, DC, 1);
        return;
    }
    live(scene, HUB, EDGE, lack == LACK_TIME || lack == LACK_LIFE ? 2 * MINUTE : 10 * MINUTE);
    if (lack == LACK_CLEAR)
        scene_flows(scene, scene_pair(scene, HUB, EDGE, 50, 0), DISPOSITION_OK, "", "", "ipsec", 1);
    if (lack == LACK_BYTES)
        lose(scene, HUB, EDGE, 25, 100);
    if (lack == LACK_NAMES || lack == LACK_TICKETS)
        talk(scene, HUB, DC, lack == LACK_NAMES ? 53 : 88, DISPOSITION_UNANSWERED);
    if (lack == LACK_NAMES || lack == LACK_TICKETS)
        talk(scene, DC, EDGE, 25, DISPOSITION_OK); /* the domain controller's answers would be seen */
    cover(scene, lack == LACK_FILTER ? "port 25" : "", 1000, lack == LACK_PACKETS ? 11 : 5,
          lack == LACK_MEMORY ? 1 : 0);
}

static const struct {
    enum lack lack;
    enum path_verdict verdict;
    int exit_status;
    const char *reason; /* that it has in it */
} lacks[] = {
    {LACK_TIME, PATH_NOT_EXERCISED, 0, "the capture covers only 2 min"},
    {LACK_CLIENT, PATH_UNOBSERVABLE, 1, "nothing that hub1 sent was seen"},
    {LACK_SERVER, PATH_UNOBSERVABLE, 1, "nothing that edge1 sent was seen"},
    {LACK_LIFE, PATH_UNOBSERVABLE, 1, "edge1 was seen for 2 min"},
    {LACK_LINK, PATH_UNOBSERVABLE, 1, "nothing at all was seen between hub1 and edge1"},
    {LACK_DIRECTION, PATH_UNOBSERVABLE, 1, "between hub1 and edge1 one direction alone was seen"},
    {LACK_CLEAR, PATH_UNOBSERVABLE, 1, "IPsec hides what hub1 and edge1 say to each other"},
    {LACK_BYTES, PATH_UNOBSERVABLE, 3, "between hub1 and edge1, 100 bytes beside"},
    {LACK_PACKETS, PATH_UNOBSERVABLE, 3, "11 of 1,011 packets were dropped"},
    {LACK_FILTER, PATH_UNOBSERVABLE, 3, "the filter \"port 25\" may have left it out"},
    {LACK_MEMORY, PATH_UNOBSERVABLE, 3, "1 conversation found no room in memory"},
    {LACK_NAMES, PATH_NOT_EXERCISED, 1, "the name service fails first: hub1 -> dc1:53/udp"},
    {LACK_TICKETS, PATH_NOT_EXERCISED, 1, "Kerberos fails first: hub1 -> dc1:88/tcp"},
};

static void without_one_part_of_the_proof_it_is_not_missing_and_the_part_is_named(void **state)
{
    (void)state;
    require(REQUIRED_YES, 5 * MINUTE, "", NEEDS_ANY_SERVER);
    for (size_t i = 0; i < sizeof lacks / sizeof lacks[0]; i++) {
        struct scene scene;
        scene_open(&scene);
        play_without(&scene, lacks[i].lack);
        const struct audit *audit = scene_audit(&scene, &table, &site);
        const struct judged_path *path = scene_path(audit, "sync");
        if (path->verdict != lacks[i].verdict || strstr(path->reason, lacks[i].reason) == NULL)
            fail_msg("line %zu: %s, \"%s\"", i, path_verdict_name(path->verdict), path->reason);
        if (audit->exit_status != lacks[i].exit_status)
            fail_msg("line %zu: exit status %d", i, audit->exit_status);
        if (path->verdict == PATH_UNOBSERVABLE)
            assert_int_not_equal(audit->conclusion, CONCLUSION_CONFORMS);
        scene_close(&scene);
    }
}

static void where_nobody_says_how_often_a_quarter_of_an_hour_is_needed(void **state)
{
    (void)state;
    require(REQUIRED_YES, 0, "", NEEDS_ANY_SERVER);
    for (uint64_t minutes = 14; minutes <= 15; minutes++) {
        struct scene scene;
        scene_open(&scene);
        live(&scene, HUB, EDGE, minutes * MINUTE);
        const struct audit *audit = scene_audit(&scene, &table, &site);
        assert_int_equal(scene_path(audit, "sync")->verdict, minutes < 15 ? PATH_NOT_EXERCISED : PATH_MISSING);
        scene_close(&scene);
    }
}

static void the_site_says_how_often(void **state)
{
    (void)state;
    struct scene scene;
    struct site_requirement often = {
        .path = "sync", .required = REQUIRED_YES, .cadence_ns = MINUTE * SECOND_NS, .trigger = ""};
    require(REQUIRED_NO, 60 * MINUTE, "", NEEDS_ANY_SERVER);
    scene_open(&scene);
    live(&scene, HUB, EDGE, 2 * MINUTE);
    assert_int_equal(scene_path(scene_audit(&scene, &table, &site), "sync")->verdict, PATH_NOT_EXERCISED);
    site.requirements = &often;
    site.requirement_count = 1;
    assert_int_equal(scene_path(scene_audit(&scene, &table, &site), "sync")->verdict, PATH_MISSING);
    often.cadence_ns = 0; /* the table's */
    assert_int_equal(scene_path(scene_audit(&scene, &table, &site), "sync")->verdict, PATH_NOT_EXERCISED);
    site.requirement_count = 0;
    scene_close(&scene);
}

static void a_trigger_calls_for_the_row_and_leaves_it_a_minute(void **state)
{
    (void)state;
    struct scene scene;
    require(REQUIRED_WHEN_TRIGGERED, 0, "subscription", NEEDS_ANY_SERVER);
    scene_open(&scene);
    live(&scene, HUB, EDGE, 10 * MINUTE);
    const struct judged_path *path = scene_path(scene_audit(&scene, &table, &site), "sync");
    assert_int_equal(path->verdict, PATH_NOT_EXERCISED);
    assert_string_equal(path->reason, "never attempted; what would call for it (subscription) was not seen");
    scene_fact(&scene, scene_pair(&scene, HUB, EDGE, 6, 25), "smtp.anonymoustls", "used");
    path = scene_path(scene_audit(&scene, &table, &site), "sync");
    assert_int_equal(path->verdict, PATH_NOT_EXERCISED); /* it came at the end, however long they had talked before */
    live(&scene, HUB, EDGE, MINUTE);
    path = scene_path(scene_audit(&scene, &table, &site), "sync");
    assert_int_equal(path->verdict, PATH_MISSING);
    assert_non_null(strstr(path->reason, "though what calls for it (subscription) was seen at 09:10:03"));
    scene_close(&scene);

    scene_open(&scene);
    live(&scene, HUB, EDGE, 1);
    scene_fact(&scene, scene_pair(&scene, HUB, EDGE, 6, 25), "smtp.anonymoustls", "used");
    path = scene_path(scene_audit(&scene, &table, &site), "sync");
    assert_int_equal(path->verdict, PATH_NOT_EXERCISED);
    assert_non_null(strstr(path->reason, "was seen, and only 0 s captured after it"));
    scene_close(&scene);
}

static void who_falls_silent_after_the_trigger_may_have_gone(void **state)
{
    (void)state;
    struct scene scene;
    require(REQUIRED_WHEN_TRIGGERED, 0, "mail", NEEDS_ANY_SERVER);
    scene_open(&scene);
    live(&scene, HUB, EDGE, 58); /* a minute later in all: the wait and the flow itself */
    scene_wait(&scene, 10 * MINUTE);
    talk(&scene, HUB, DC, 445, DISPOSITION_OK);
    const struct judged_path *path = scene_path(scene_audit(&scene, &table, &site), "sync");
    assert_int_equal(path->verdict, PATH_UNOBSERVABLE);
    assert_non_null(strstr(path->reason, "edge1 was seen until 09:01:00 only"));
    talk(&scene, HUB, EDGE, 25, DISPOSITION_OK);
    assert_int_equal(scene_path(scene_audit(&scene, &table, &site), "sync")->verdict, PATH_MISSING);
    scene_close(&scene);
}

/* A capture from then until then, in minutes of the scene, by this sensor. */
static void capture(struct scene *scene, const char *sensor, uint64_t from, uint64_t until)
{
    struct coverage row = {.sensor = scene_name(scene, sensor),
                           .source = scene_name(scene, "scene.pcap"),
                           .run = scene_name(scene, from == 0 ? "first" : "second"),
                           .packets = 100,
                           .first_ns = SCENE_START + (int64_t)(from * MINUTE) * SECOND_NS,
                           .last_ns = SCENE_START + (int64_t)(until * MINUTE) * SECOND_NS};
    observations_cover(scene->store, &row);
}

static void a_pause_between_two_captures_is_not_time_that_was_watched(void **state)
{
    (void)state;
    struct scene scene;
    require(REQUIRED_YES, 30 * MINUTE, "", NEEDS_ANY_SERVER);
    scene_open(&scene);
    capture(&scene, "tap", 0, 10);
    capture(&scene, "tap", 60, 70);
    live(&scene, HUB, EDGE, 69 * MINUTE);
    const struct judged_path *path = scene_path(scene_audit(&scene, &table, &site), "sync");
    assert_int_equal(path->verdict, PATH_NOT_EXERCISED);
    assert_non_null(strstr(path->reason, "the capture covers only 20 min, and 30 min would be needed"));
    assert_int_equal(audit_watched_ns(scene.audit), 20 * (int64_t)MINUTE * SECOND_NS);
    require(REQUIRED_YES, 19 * MINUTE, "", NEEDS_ANY_SERVER); /* of the time that was watched both lived so long */
    path = scene_path(scene_audit(&scene, &table, &site), "sync");
    assert_int_equal(path->verdict, PATH_MISSING);
    assert_non_null(strstr(path->pairs[0].reason, "never attempted towards edge1 in 20 min"));
    scene_close(&scene);
}

static void a_sensor_elsewhere_does_not_watch_this_link(void **state)
{
    (void)state;
    struct scene scene;
    require(REQUIRED_YES, 30 * MINUTE, "", NEEDS_ANY_SERVER);
    scene_open(&scene);
    capture(&scene, "", 0, 5); /* saw the two talk */
    capture(&scene, "far away", 6, 70);
    live(&scene, HUB, EDGE, 69 * MINUTE);
    const struct judged_path *path = scene_path(scene_audit(&scene, &table, &site), "sync");
    assert_int_equal(path->verdict, PATH_UNOBSERVABLE);
    assert_non_null(strstr(path->reason, "where hub1 and edge1 meet was captured for 5 min only"));
    scene_close(&scene);
}

static void a_cadence_that_is_exactly_met_is_met(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    live(&scene, HUB, EDGE, 5 * MINUTE - 1); /* the later flow is five minutes after the earlier one */
    require(REQUIRED_YES, 5 * MINUTE, "", NEEDS_ANY_SERVER);
    assert_int_equal(scene_path(scene_audit(&scene, &table, &site), "sync")->verdict, PATH_MISSING);
    require(REQUIRED_YES, 5 * MINUTE + 1, "", NEEDS_ANY_SERVER);
    assert_int_equal(scene_path(scene_audit(&scene, &table, &site), "sync")->verdict, PATH_NOT_EXERCISED);
    scene_close(&scene);
}

static void another_row_may_be_the_trigger(void **state)
{
    (void)state;
    struct scene scene;
    require(REQUIRED_WHEN_TRIGGERED, 0, "mail", NEEDS_ANY_SERVER);
    scene_open(&scene);
    live(&scene, HUB, EDGE, 10 * MINUTE);
    assert_int_equal(scene_path(scene_audit(&scene, &table, &site), "sync")->verdict, PATH_MISSING);
    require(REQUIRED_WHEN_TRIGGERED, 0, "names", NEEDS_ANY_SERVER);
    assert_int_equal(scene_path(scene_audit(&scene, &table, &site), "sync")->verdict, PATH_NOT_EXERCISED);
    scene_close(&scene);
}

static void all_four_talk(struct scene *scene)
{
    talk(scene, HUB, EDGE, 25, DISPOSITION_OK);
    talk(scene, HUB, EDGE2, 25, DISPOSITION_OK);
    talk(scene, HUB2, EDGE, 25, DISPOSITION_OK);
    talk(scene, HUB2, EDGE2, 25, DISPOSITION_OK);
}

/* hub1 uses edge1; hub2 nobody. */
static void what_a_row_needs_says_who_is_missed(void **state)
{
    (void)state;
    struct scene scene;
    static const struct {
        enum needs needs;
        enum path_verdict verdict;
        size_t pairs;
    } needs[] = {
        {NEEDS_ANY_SERVER, PATH_MISSING, 2}, /* hub2 has no server */
        {NEEDS_EACH_PAIR, PATH_MISSING, 4},  /* three of four pairs */
        {NEEDS_ANY, PATH_SATISFIED, 1},
    };
    scene_open(&scene);
    all_four_talk(&scene);
    talk(&scene, HUB, EDGE, 50636, DISPOSITION_OK);
    scene_wait(&scene, 10 * MINUTE);
    all_four_talk(&scene);
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        require(REQUIRED_YES, 5 * MINUTE, "", needs[i].needs);
        const struct judged_path *path = scene_path(scene_audit(&scene, &table, &site_of_four), "sync");
        assert_int_equal(path->verdict, needs[i].verdict);
        assert_int_equal(path->pair_count, needs[i].pairs);
    }
    struct site_requirement all = {
        .path = "sync", .required = REQUIRED_YES, .trigger = "", .says_needs = true, .needs = NEEDS_EACH_PAIR};
    site_of_four.requirements = &all;
    site_of_four.requirement_count = 1;
    assert_int_equal(scene_path(scene_audit(&scene, &table, &site_of_four), "sync")->pair_count, 4);
    all.says_needs = false; /* the table's: any */
    assert_int_equal(scene_path(scene_audit(&scene, &table, &site_of_four), "sync")->pair_count, 1);
    site_of_four.requirement_count = 0;
    scene_close(&scene);
}

static void a_server_out_of_sight_may_have_been_used(void **state)
{
    (void)state;
    struct scene scene;
    require(REQUIRED_YES, 5 * MINUTE, "", NEEDS_ANY_SERVER);
    scene_open(&scene);
    live(&scene, HUB, EDGE, 10 * MINUTE);
    const struct audit *audit = scene_audit(&scene, &table, &site_of_four);
    const struct judged_path *path = scene_path(audit, "sync");
    assert_int_equal(path->verdict, PATH_UNOBSERVABLE);
    assert_non_null(strstr(path->reason, "nothing that edge2 sent was seen"));
    assert_int_equal(audit->exit_status, 3);
    assert_string_equal(finding_of(audit, "unobservable")->subject,
                        "Required and not to be judged: \"EdgeSync\" (test)");
    scene_close(&scene);
}

/* Whoever was never seen says nothing against a row that others use. */
static void a_client_that_was_never_seen_does_not_weigh(void **state)
{
    (void)state;
    struct scene scene;
    require(REQUIRED_YES, 5 * MINUTE, "", NEEDS_ANY_SERVER);
    scene_open(&scene);
    live(&scene, HUB, EDGE, 10 * MINUTE);
    talk(&scene, HUB, EDGE, 50636, DISPOSITION_OK);
    const struct judged_path *path = scene_path(scene_audit(&scene, &table, &site_of_four), "sync");
    assert_int_equal(path->verdict, PATH_SATISFIED);
    assert_int_equal(path->pair_count, 2);
    assert_non_null(strstr(path->reason, "of 1 client host more nothing can be said"));
    scene_close(&scene);
}

static void spans_are_told_in_two_units_at_most(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } spans[] = {{0, "0 s"},          {119, "119 s"},          {120, "2 min"},    {125, "2 min 5 s"},
                 {600, "10 min"},     {605, "10 min"},         {7199, "119 min"}, {7200, "2 h"},
                 {7260, "2 h 1 min"}, {172799, "47 h 59 min"}, {172800, "2 d"},   {176400, "2 d 1 h"},
                 {30 * 86400, "30 d"}};
    struct arena *arena = arena_create();
    assert_non_null(arena);
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        assert_string_equal(tell_span(arena, spans[i].seconds * SECOND_NS), spans[i].text);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_missing_when_all_of_the_proof_is_there),
        cmocka_unit_test(what_is_missing_may_be_excepted_by_its_hosts),
        cmocka_unit_test(one_attempt_is_enough_not_to_be_missing),
        cmocka_unit_test(without_one_part_of_the_proof_it_is_not_missing_and_the_part_is_named),
        cmocka_unit_test(where_nobody_says_how_often_a_quarter_of_an_hour_is_needed),
        cmocka_unit_test(the_site_says_how_often),
        cmocka_unit_test(a_trigger_calls_for_the_row_and_leaves_it_a_minute),
        cmocka_unit_test(who_falls_silent_after_the_trigger_may_have_gone),
        cmocka_unit_test(a_pause_between_two_captures_is_not_time_that_was_watched),
        cmocka_unit_test(a_sensor_elsewhere_does_not_watch_this_link),
        cmocka_unit_test(a_cadence_that_is_exactly_met_is_met),
        cmocka_unit_test(another_row_may_be_the_trigger),
        cmocka_unit_test(what_a_row_needs_says_who_is_missed),
        cmocka_unit_test(a_server_out_of_sight_may_have_been_used),
        cmocka_unit_test(a_client_that_was_never_seen_does_not_weigh),
        cmocka_unit_test(spans_are_told_in_two_units_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
