/* Silence of whole networks: what is looked at grows with how many hosts there are, not with how many pairs they make,
 * and nothing that is said gets lost by it. */
#include "audit/crowd.h"
#include "audit/hosts.h"
#include "reports/report.h"
#include "tests/scene.h"

#include <stdlib.h>

#define MINUTE UINT64_C(60)

#define SAYS_NOTHING                                                                                                   \
    .source = "", .cells = {.ports = "",                                                                               \
                            .default_authentication = "",                                                              \
                            .supported_authentication = "",                                                            \
                            .encryption = "",                                                                          \
                            .encrypted_by_default = ""}

static struct path paths[] = {
    PATH("mail", "Hub to Edge", "hub", "edge",
         PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(25)), .protocol = "smtp"}), SAYS_NOTHING),
    PATH("sync", "EdgeSync", "hub", "edge",
         PARTS({.from = WORDS("hub"), .to = WORDS("edge"), PORTS(TCP(50636), DYNAMIC_RPC), .protocol = ""}),
         SAYS_NOTHING),
};
static const struct path_table table = {.name = "test", .title = "", .source = "", .paths = paths, .path_count = 2};

/* 10.1.0.0/16 and 10.2.0.0/16 */
static struct site_member hubs = {.kind = MEMBER_PREFIX}, edges = {.kind = MEMBER_PREFIX};
static struct site_role roles[] = {{"hub", &hubs, 1}, {"edge", &edges, 1}};
static const struct site site = {.name = "test", .roles = roles, .role_count = 2};

static int set_up_site(void **state)
{
    (void)state;
    return prefix_parse("10.1.0.0/16", &hubs.prefix) && prefix_parse("10.2.0.0/16", &edges.prefix) ? 0 : -1;
}

static void require(enum requirement required, const char *trigger, enum needs needs)
{
    paths[1].required = required;
    paths[1].cadence_ns = 5 * MINUTE * SECOND_NS;
    paths[1].trigger = trigger;
    paths[1].needs = needs;
}

/* So many clients, each with a server of its own, now and ten minutes later. */
static void crowd_talks(struct scene *scene, unsigned count)
{
    for (unsigned again = 0; again < 2; again++) {
        for (unsigned i = 0; i < count; i++) {
            char client[24], server[24];
            snprintf(client, sizeof client, "10.1.%u.%u", i / 256, i % 256);
            snprintf(server, sizeof server, "10.2.%u.%u", i / 256, i % 256);
            scene_flows(scene, scene_pair(scene, client, server, 6, 25), DISPOSITION_OK, "smtp", "", "", 1);
        }
        scene_wait(scene, 10 * MINUTE);
    }
}

static uint64_t looks_at(unsigned count)
{
    struct scene scene;
    scene_open(&scene);
    crowd_talks(&scene, count);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    assert_int_equal(audit->host_count, 2 * count);
    uint64_t looks = audit->work->looks;
    scene_close(&scene);
    return looks;
}

static void looks_grow_with_the_hosts_and_not_with_their_pairs(void **state)
{
    (void)state;
    static const struct {
        enum requirement required;
        const char *trigger;
        enum needs needs;
    } rows[] = {{REQUIRED_YES, "", NEEDS_ANY_SERVER},
                {REQUIRED_YES, "", NEEDS_ANY},
                {REQUIRED_YES, "", NEEDS_EACH_PAIR},
                {REQUIRED_WHEN_TRIGGERED, "mail", NEEDS_ANY_SERVER},
                {REQUIRED_WHEN_TRIGGERED, "mail", NEEDS_EACH_PAIR},
                {REQUIRED_WHEN_TRIGGERED, "subscription", NEEDS_ANY_SERVER},
                {REQUIRED_WHEN_TRIGGERED, "mapper-answer", NEEDS_EACH_PAIR}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        require(rows[i].required, rows[i].trigger, rows[i].needs);
        uint64_t few = looks_at(1000), many = looks_at(4000);
        uint64_t told = rows[i].needs == NEEDS_EACH_PAIR ? 10000 : 0; /* one by one */
        assert_in_range(few, 1000, 20 * (1000 + told));
        assert_in_range(many, 4000, 20 * (4000 + told));
    }
}

static uint64_t pairs_of(const struct judged_path *path, enum path_verdict verdict)
{
    uint64_t count = path->left_out[verdict];
    for (size_t i = 0; i < path->pair_count; i++)
        count += path->pairs[i].verdict == verdict;
    return count;
}

static void too_many_strangers_are_counted_and_weigh_as_much(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    require(REQUIRED_YES, "", NEEDS_EACH_PAIR);
    crowd_talks(&scene, 300);
    const struct judged_path *path = scene_path(scene_audit(&scene, &table, &site), "sync");
    assert_int_equal(path->verdict, PATH_MISSING);
    assert_non_null(strstr(path->reason, "300 client hosts never attempted it; 10.1.0.0: required every 5 min"));
    assert_int_equal(pairs_of(path, PATH_MISSING), 300);
    assert_int_equal(pairs_of(path, PATH_UNOBSERVABLE), 300 * 299);
    assert_int_equal(path->pair_count + path_left_out(path), 300 * 300);
    assert_in_range(path->pair_count, 10300, 10900);
    bool told[600] = {false};
    for (size_t i = 0; i < path->pair_count; i++)
        told[path->pairs[i].client_host] |= path->pairs[i].verdict == PATH_UNOBSERVABLE;
    for (size_t i = 0; i < 300; i++)
        assert_true(told[i]); /* at least one of each client */
    scene_close(&scene);
}

static void what_was_left_out_is_told_in_reports(void **state)
{
    (void)state;
    struct scene scene;
    char *text = NULL;
    size_t size = 0;
    struct report_options options = {.all = true};
    scene_open(&scene);
    require(REQUIRED_YES, "", NEEDS_EACH_PAIR);
    crowd_talks(&scene, 200);
    const struct audit *audit = scene_audit(&scene, &table, &site);
    char wanted[80];
    snprintf(wanted, sizeof wanted, "\"pairs_left_out\": %llu",
             (unsigned long long)path_left_out(scene_path(audit, "sync")));
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    report_json(audit, &options, out);
    fclose(out);
    assert_non_null(strstr(text, wanted));
    free(text);
    out = open_memstream(&text, &size);
    assert_non_null(out);
    report_text(audit, &options, out);
    fclose(out);
    assert_non_null(strstr(text, "more pairs of hosts between which nothing was seen, too many to list"));
    free(text);
    scene_close(&scene);
}

/* Hosts of three networks and of all, every second of which has the role. */
static void a_host_walks_through_all_it_can_meet_in_order_and_through_no_other(void **state)
{
    (void)state;
    static const char *const networks[] = {"", "vlan:1", "vlan:10", "vlan:2"};
    enum { HOSTS = 41 };
    struct host hosts[HOSTS];
    struct host_role edge = {.role = "edge"};
    struct texts wanted = WORDS("edge");
    for (size_t i = 0; i < HOSTS; i++)
        hosts[i] = (struct host){.name = "",
                                 .via = "",
                                 .network = networks[i * i % 4 + (i % 3 == 0 && i * i % 4 < 3)],
                                 .roles = &edge,
                                 .role_count = i % 2};
    struct audit audit = {.hosts = hosts, .host_count = HOSTS};
    struct audit_inputs inputs = {.site = &site};
    struct arena *arena = arena_create();
    struct work work = {.audit = &audit, .inputs = &inputs, .arena = arena};
    struct crowd crowd;
    assert_true(crowd_gather(&work, arena, &wanted, &crowd));
    assert_int_equal(crowd.count, HOSTS / 2);
    for (size_t self = 0; self < HOSTS; self++) {
        struct crowd_walk walk = crowd_walk(&crowd, self);
        size_t count = 0;
        for (size_t i = 0; i < HOSTS; i++) {
            bool meets = i % 2 == 1 && i != self && hosts_may_meet(&work, self, i);
            assert_int_equal(crowd_has(&crowd, self, i), meets);
            if (meets)
                assert_int_equal(crowd_next(&walk), i);
            count += meets;
        }
        assert_int_equal(crowd_next(&walk), SIZE_MAX);
        assert_int_equal(crowd_size(&crowd, self), count);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_grow_with_the_hosts_and_not_with_their_pairs),
        cmocka_unit_test(too_many_strangers_are_counted_and_weigh_as_much),
        cmocka_unit_test(what_was_left_out_is_told_in_reports),
        cmocka_unit_test(a_host_walks_through_all_it_can_meet_in_order_and_through_no_other),
    };
    return cmocka_run_group_tests(tests, set_up_site, NULL);
}
