/* Which conversations become permits, and how: by hand-made audits. */
#include "tests/cmocka_all.h"

#include "reports/permits.h"
#include "reports/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *from_roles[] = {"mapi-client"};
static struct path path = {.id = "row", .name = "Row", .from = {from_roles, 1}};
static struct path_table table = {.name = "table"};
static struct host hosts[] = {{.name = "server", .network = "", .roles = NULL}};
static struct owner owner = {0, 0};

static struct address address_of(const char *text)
{
    struct address address = {{0}};
    assert_true(address_parse(text, &address));
    return address;
}

static struct judged_conversation talk_of(const char *client, enum match match, char grade, enum verdict verdict)
{
    return (struct judged_conversation){.client = address_of(client),
                                        .server = address_of("10.0.0.1"),
                                        .transport = 6,
                                        .port = 25,
                                        .tunnel = "",
                                        .network = "",
                                        .match = match,
                                        .grade = grade,
                                        .verdict = verdict,
                                        .owners = &owner,
                                        .owner_count = match <= MATCH_AMBIGUOUS,
                                        .flows = 2,
                                        .first_ns = 10,
                                        .last_ns = 20};
}

struct world {
    struct judged_path judged;
    struct audit audit;
};

static void make(struct world *world, struct judged_conversation *talks, size_t count)
{
    world->judged = (struct judged_path){.table = &table, .path = &path, .verdict = PATH_SATISFIED};
    world->audit = (struct audit){.paths = &world->judged,
                                  .path_count = 1,
                                  .hosts = hosts,
                                  .host_count = 1,
                                  .conversations = talks,
                                  .conversation_count = count};
}

static size_t permits_of(const struct audit *audit)
{
    struct permits permits;
    struct failure failure = {0};
    assert_true(permits_gather(&permits, audit, NULL, &failure));
    size_t count = permits.count;
    assert_int_equal(permits.left_out, audit->conversation_count - (count > 0));
    permits_fini(&permits);
    return count;
}

static void expect(enum match match, char grade, enum verdict verdict, size_t permits)
{
    struct judged_conversation talk = talk_of("10.0.0.9", match, grade, verdict);
    struct world world;
    make(&world, &talk, 1);
    assert_int_equal(permits_of(&world.audit), permits);
}

static void only_what_a_row_expects_is_permitted(void **state)
{
    (void)state;
    expect(MATCH_ROW, 0, VERDICT_CONFORMING, 1);
    expect(MATCH_ROW, 0, VERDICT_DEVIATING, 1);
    expect(MATCH_ROW, 0, VERDICT_BLOCKED, 1);
    expect(MATCH_DYNAMIC, 'A', VERDICT_CONFORMING, 1);
    expect(MATCH_DYNAMIC, 'C', VERDICT_CONFORMING, 1);
    expect(MATCH_AMBIGUOUS, 0, VERDICT_CONFORMING, 1);
    expect(MATCH_DYNAMIC, 'D', VERDICT_CONFORMING, 0);
    expect(MATCH_AMBIGUOUS, 'D', VERDICT_CONFORMING, 0);
    expect(MATCH_NO_ROW, 0, VERDICT_UNEXPECTED, 0);
    expect(MATCH_NO_ROW, 'A', VERDICT_BLOCKED, 0);
    expect(MATCH_UNKNOWN_ROLE, 0, VERDICT_UNCLASSIFIED, 0);
    expect(MATCH_OUT_OF_SCOPE, 0, VERDICT_OUT_OF_SCOPE, 0);
}

static void what_the_site_forbids_is_never_permitted(void **state)
{
    (void)state;
    struct judged_conversation talk = talk_of("10.0.0.9", MATCH_ROW, 0, VERDICT_CONFORMING);
    struct world world;
    make(&world, &talk, 1);
    world.judged.required = REQUIRED_NEVER;
    assert_int_equal(permits_of(&world.audit), 0);
    world.judged.required = REQUIRED_NO;
    world.judged.verdict = PATH_FORBIDDEN_SEEN;
    assert_int_equal(permits_of(&world.audit), 0);
}

static void clients_of_one_port_are_one_permit_and_each_stands_in_it_once(void **state)
{
    (void)state;
    struct judged_conversation talks[] = {talk_of("10.0.0.9", MATCH_ROW, 0, VERDICT_CONFORMING),
                                          talk_of("10.0.0.8", MATCH_ROW, 0, VERDICT_BLOCKED),
                                          talk_of("10.0.0.7", MATCH_ROW, 0, VERDICT_DEVIATING)};
    struct world world;
    struct permits permits;
    struct failure failure = {0};
    make(&world, talks, 3);
    assert_true(permits_gather(&permits, &world.audit, NULL, &failure));
    assert_int_equal(permits.count, 1);
    assert_int_equal(permits.items[0].client_count, 3);
    assert_int_equal(permits.items[0].clients[0].octets[15], 7);
    assert_int_equal(permits.items[0].flows, 6);
    assert_int_equal(permits.items[0].blocked, 1);
    assert_int_equal(permits.items[0].deviating, 1);
    permits_fini(&permits);
}

static void a_port_that_the_site_has_for_good_is_not_dynamic(void **state)
{
    (void)state;
    struct judged_conversation talk = talk_of("10.0.0.9", MATCH_DYNAMIC, 'A', VERDICT_CONFORMING);
    struct static_port declared = {25, "nspi"};
    struct site_host server = {.name = "server", .static_ports = &declared, .static_port_count = 1};
    struct site site = {.name = "s", .hosts = &server, .host_count = 1};
    struct world world;
    struct permits permits;
    struct failure failure = {0};
    make(&world, &talk, 1);
    assert_true(permits_gather(&permits, &world.audit, NULL, &failure));
    assert_true(permits.items[0].dynamic);
    permits_fini(&permits);
    world.audit.site = &site;
    assert_true(permits_gather(&permits, &world.audit, NULL, &failure));
    assert_false(permits.items[0].dynamic);
    permits_fini(&permits);
}

/* What is written for `count` clients of 10.1.0.0/16, with a site that has these prefixes for their role. */
static char *written_for(size_t count, const char *const *prefixes, size_t prefix_count)
{
    struct judged_conversation talks[PERMIT_CLIENTS_MOST + 1];
    struct site_member wide[4] = {{.kind = MEMBER_PREFIX, .name = ""}};
    struct site_role role = {.role = "mapi-client", .members = wide, .member_count = prefix_count};
    struct site site = {.name = "s", .roles = &role, .role_count = 1};
    struct failure failure = {0};
    struct permits permits;
    struct world world;
    char *text = NULL;
    size_t length = 0;
    for (size_t i = 0; i < prefix_count; i++)
        assert_true(prefix_parse(prefixes[i], &wide[i].prefix));
    for (size_t i = 0; i < count; i++) {
        char client[32];
        snprintf(client, sizeof client, "10.1.0.%zu", i + 1);
        talks[i] = talk_of(client, MATCH_ROW, 0, VERDICT_CONFORMING);
    }
    make(&world, talks, count);
    world.audit.site = &site;
    assert_true(permits_gather(&permits, &world.audit, NULL, &failure));
    FILE *out = open_memstream(&text, &length);
    rules_nftables(&world.audit, &permits, &(struct report_options){.version = "0"}, out);
    fclose(out);
    permits_fini(&permits);
    return text;
}

static void many_clients_are_written_as_the_prefixes_of_their_role(void **state)
{
    (void)state;
    static const char *const one[] = {"10.1.0.0/16"}, *const other[] = {"10.2.0.0/16"};
    static const char *const nested[] = {"10.1.0.0/17", "10.1.0.0/16", "2001:db8::/32", "10.1.0.0/16"};
    char *few = written_for(PERMIT_CLIENTS_MOST, one, 1), *many = written_for(PERMIT_CLIENTS_MOST + 1, one, 1);
    char *elsewhere = written_for(PERMIT_CLIENTS_MOST + 1, other, 1);
    char *inside = written_for(PERMIT_CLIENTS_MOST + 1, nested, 4);
    assert_non_null(strstr(few, "saddr { 10.1.0.1, 10.1.0.2,"));
    assert_non_null(strstr(many, "saddr { 10.1.0.0/16 } ip daddr 10.0.0.1 tcp dport 25"));
    assert_non_null(strstr(many, "9 clients of role mapi-client"));
    assert_non_null(strstr(elsewhere, "saddr { 10.1.0.1, 10.1.0.2,"));
    assert_non_null(strstr(inside, "saddr { 10.1.0.0/16 } ip daddr"));
    free(few);
    free(many);
    free(elsewhere);
    free(inside);
}

static void a_host_is_named_or_given_by_address_and_an_unknown_one_is_told(void **state)
{
    (void)state;
    struct judged_conversation talk = talk_of("10.0.0.9", MATCH_ROW, 0, VERDICT_CONFORMING);
    struct world world;
    struct permits permits;
    struct failure failure = {0};
    make(&world, &talk, 1);
    assert_true(permits_gather(&permits, &world.audit, "server", &failure));
    assert_int_equal(permits.count, 1);
    permits_fini(&permits);
    assert_false(permits_gather(&permits, &world.audit, "nobody", &failure));
    assert_non_null(strstr(failure.text, "--for nobody: no host"));
}

static void a_dynamic_port_comes_with_the_setting_that_makes_it_static(void **state)
{
    (void)state;
    struct judged_conversation talk = talk_of("10.0.0.9", MATCH_DYNAMIC, 'A', VERDICT_CONFORMING);
    const char *services[] = {"netlogon"};
    struct world world;
    struct permits permits;
    struct failure failure = {0};
    char *text = NULL;
    size_t length = 0;
    talk.services = (struct texts){services, 1};
    make(&world, &talk, 1);
    assert_true(permits_gather(&permits, &world.audit, NULL, &failure));
    FILE *out = open_memstream(&text, &length);
    rules_cisco(&world.audit, &permits, &(struct report_options){.version = "0"}, out);
    fclose(out);
    permits_fini(&permits);
    assert_non_null(strstr(text, "handed out for netlogon"));
    assert_non_null(strstr(text, "DCTcpipPort"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_a_row_expects_is_permitted),
        cmocka_unit_test(what_the_site_forbids_is_never_permitted),
        cmocka_unit_test(clients_of_one_port_are_one_permit_and_each_stands_in_it_once),
        cmocka_unit_test(a_port_that_the_site_has_for_good_is_not_dynamic),
        cmocka_unit_test(many_clients_are_written_as_the_prefixes_of_their_role),
        cmocka_unit_test(a_host_is_named_or_given_by_address_and_an_unknown_one_is_told),
        cmocka_unit_test(a_dynamic_port_comes_with_the_setting_that_makes_it_static),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
