/* pathaudit.audit/1 as docs promise it: every key, in order, clean text, numbers as numbers. */
#include "reports/html.h"
#include "tests/report_written.h"

#include <jansson.h>

/* The document; owned by the caller. */
static json_t *written(void **state, struct report_options options)
{
    const struct fixture *fixture = *state;
    json_error_t error;
    char *text = fixture_written(report_json, &fixture->audit, options);
    assert_true(fixture_is_harmless(text));
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (document == NULL)
        fail_msg("line %d: %s", error.line, error.text);
    free(text);
    return document;
}

/* The object holds exactly these keys, in this order. */
static void assert_keys(json_t *object, const char *keys)
{
    char *copy = strdup(keys), *rest = copy;
    void *at = json_object_iter(object);
    assert_non_null(copy);
    for (char *key = strsep(&rest, " "); key != NULL; key = strsep(&rest, " ")) {
        if (at == NULL)
            fail_msg("%s is missing", key);
        assert_string_equal(json_object_iter_key(at), key);
        at = json_object_iter_next(object, at);
    }
    assert_null(at);
    free(copy);
}

static const char *text_of(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_string(value))
        fail_msg("%s is no text", key);
    return json_string_value(value);
}

static json_int_t number_of(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_integer(value))
        fail_msg("%s is no integer", key);
    return json_integer_value(value);
}

static json_t *item(json_t *object, const char *key, size_t i)
{
    json_t *value = json_array_get(json_object_get(object, key), i);
    if (value == NULL)
        fail_msg("%s has no item %zu", key, i);
    return value;
}

static void every_object_has_all_its_keys_in_order(void **state)
{
    json_t *d = written(state, (struct report_options){0});
    json_t *conversation = item(d, "conversations", TALK_CLEAR), *path = item(d, "paths", PATH_MAILBOX);
    assert_keys(d, "schema version anonymized window coverage tables table_chosen table_reason site hosts paths rules "
                   "timeline conversations scans endpoints "
                   "findings weak_servers summary");
    assert_keys(json_object_get(d, "window"), "first last");
    assert_keys(
        item(d, "coverage", 0),
        "sensor source filter first last packets bytes dropped duplicates duplicates_routed undecoded truncated "
        "truncated_frames fragments_lost missing_bytes one_way_conversations evicted_flows evicted_conversations "
        "lost_facts "
        "unasked_flows spooled_rows lost_rows");
    assert_keys(item(d, "hosts", 0), "name network addresses names roles conflicts declared seen");
    assert_keys(item(item(d, "hosts", HOST_MBX1), "roles", 0), "role how evidence");
    assert_keys(path, "table id name section from to ports required verdict probable verified reason "
                      "conversations bytes authentication encryption ports_seen pairs source expected cells note");
    assert_keys(json_object_get(d, "timeline"), "first slice_seconds slices");
    assert_keys(json_object_get(path, "expected"), "authentication encryption");
    assert_keys(item(path, "pairs", 0), "client server verdict reason");
    assert_keys(item(d, "rules", 0), "table id name verdict probable conversations");
    assert_keys(conversation,
                "client server client_name server_name transport port tunnel network protocol services "
                "second_opinion recognised_by match grade probable paths allowed_by verdict nearest sessions "
                "dispositions flows "
                "packets_to_server "
                "packets_to_client bytes_to_server bytes_to_client missing_bytes client_decided_by first last facts "
                "timeline");
    assert_keys(json_object_get(conversation, "nearest"), "path why");
    assert_keys(item(conversation, "sessions", 0),
                "disposition authentication encryption protection verdict encryption_check authentication_check why "
                "flows first last evidence");
    assert_keys(item(d, "findings", 0),
                "id verdict severity subject explain advice path client server network transport port excepted "
                "evidence");
    assert_keys(item(item(d, "findings", 0), "evidence", 2), "source frame");
    assert_keys(item(d, "weak_servers", 0),
                "name high medium low info conversations weak_conversations reasons weaknesses");
    assert_keys(item(item(d, "weak_servers", 0), "weaknesses", 0),
                "kind severity transport port what conversations flows first evidence");
    assert_keys(json_object_get(d, "summary"), "conclusion conversations paths");
    json_decref(d);
}

static void the_weakest_server_has_its_weaknesses_with_their_evidence(void **state)
{
    json_t *d = written(state, (struct report_options){0});
    json_t *server = item(d, "weak_servers", 0), *weakness = item(server, "weaknesses", 0);
    assert_string_equal(text_of(server, "name"), "edge1");
    assert_int_equal(json_integer_value(json_object_get(server, "high")), 1);
    assert_int_equal(json_integer_value(json_object_get(server, "medium")), 0);
    assert_string_equal(text_of(server, "reasons"), "passwords in clear on 25/tcp");
    assert_string_equal(text_of(weakness, "kind"), "clear-password");
    assert_string_equal(text_of(weakness, "severity"), "high");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(weakness, "evidence"), "frame")), 5102);
    json_decref(d);
}

static void head_and_coverage_say_what_was_seen(void **state)
{
    json_t *d = written(state, (struct report_options){0});
    json_t *coverage = item(d, "coverage", 0);
    assert_string_equal(text_of(d, "schema"), "pathaudit.audit/1");
    assert_string_equal(text_of(d, "version"), "0.0");
    assert_string_equal(text_of(json_object_get(d, "window"), "first"), "2026-11-20T09:00:03.000123Z");
    assert_string_equal(text_of(json_object_get(d, "window"), "last"), "2026-11-20T09:35:12.000123Z");
    assert_string_equal(json_string_value(item(d, "tables", 0)), "exchange-2010-sp3");
    assert_string_equal(text_of(coverage, "sensor"), "tap1");
    assert_string_equal(text_of(coverage, "source"), "site.pcap");
    assert_int_equal(number_of(coverage, "packets"), 4127334);
    assert_int_equal(number_of(coverage, "bytes"), 3111222333);
    assert_int_equal(number_of(coverage, "one_way_conversations"), 1);
    assert_true(json_is_false(json_object_get(coverage, "truncated")));
    json_decref(d);
}

static void a_capture_that_was_cut_is_truncated(void **state)
{
    struct fixture *fixture = *state;
    struct coverage cut = fixture_coverages[0];
    cut.truncated = 1;
    fixture->audit.coverages = &cut;
    json_t *d = written(state, (struct report_options){0});
    assert_true(json_is_true(json_object_get(item(d, "coverage", 0), "truncated")));
    json_decref(d);
}

static void one_way_conversations_count_at_their_own_source_once(void **state)
{
    struct fixture *fixture = *state;
    struct coverage coverages[3] = {fixture_coverages[0], fixture_coverages[0], fixture_coverages[0]};
    coverages[0].source = observations_name_of(fixture->store, "other.pcap");
    fixture->audit.coverages = coverages;
    fixture->audit.coverage_count = 3;
    json_t *d = written(state, (struct report_options){0});
    assert_int_equal(number_of(item(d, "coverage", 0), "one_way_conversations"), 0);
    assert_int_equal(number_of(item(d, "coverage", 1), "one_way_conversations"), 1);
    assert_int_equal(number_of(item(d, "coverage", 2), "one_way_conversations"), 0);
    json_decref(d);
}

static void hosts_say_how_their_roles_are_known(void **state)
{
    json_t *d = written(state, (struct report_options){0});
    json_t *inferred = item(item(d, "hosts", HOST_MBX1), "roles", 0);
    json_t *declared = item(item(d, "hosts", HOST_DC1), "roles", 1);
    assert_string_equal(text_of(inferred, "role"), "mailbox");
    assert_string_equal(text_of(inferred, "how"), "inferred");
    assert_string_equal(json_string_value(item(inferred, "evidence", 1)), "tickets for exchangeMDB");
    assert_string_equal(text_of(declared, "role"), "global-catalog");
    assert_string_equal(text_of(declared, "how"), "declared");
    json_decref(d);
}

static void paths_carry_ports_requirement_verdict_and_pairs(void **state)
{
    json_t *d = written(state, (struct report_options){0});
    json_t *path = item(d, "paths", PATH_MAILBOX), *directory = item(d, "paths", PATH_DIRECTORY);
    assert_string_equal(text_of(path, "id"), "cas-to-mailbox");
    assert_string_equal(text_of(path, "from"), "client-access");
    assert_string_equal(json_string_value(item(path, "ports", 1)), "dynamic-rpc");
    assert_string_equal(text_of(path, "required"), "no");
    assert_string_equal(text_of(path, "verdict"), "degraded");
    assert_string_equal(text_of(item(path, "pairs", 0), "server"), "mbx1");
    assert_string_equal(text_of(directory, "to"), "domain-controller, global-catalog");
    assert_int_equal(json_array_size(json_object_get(directory, "ports")), COUNT_OF(fixture_directory_ports));
    assert_true(json_is_true(json_object_get(directory, "probable")));
    assert_string_equal(text_of(item(d, "paths", PATH_SMTP), "required"), "when-triggered");
    assert_string_equal(text_of(item(d, "paths", PATH_UM), "required"), "never");
    json_decref(d);
}

static void conversations_carry_sessions_dispositions_and_facts(void **state)
{
    json_t *d = written(state, (struct report_options){0});
    json_t *c = item(d, "conversations", TALK_CLEAR), *session = item(c, "sessions", 0);
    json_t *facts = json_object_get(c, "facts");
    assert_string_equal(text_of(c, "client"), "10.1.0.50");
    assert_string_equal(text_of(c, "client_name"), "hub1");
    assert_int_equal(number_of(c, "port"), 25);
    assert_string_equal(text_of(c, "grade"), "");
    assert_string_equal(json_string_value(item(c, "paths", 0)), "hub-to-edge");
    assert_int_equal(number_of(json_object_get(c, "dispositions"), "ok"), 1293);
    assert_string_equal(text_of(session, "encryption_check"), "weaker");
    assert_string_equal(text_of(session, "authentication_check"), "unsupported");
    assert_int_equal(number_of(json_object_get(session, "evidence"), "frame"), 5102);
    assert_string_equal(json_string_value(item(facts, "smtp.keywords", 1)), "X-ANONYMOUSTLS");
    assert_string_equal(json_string_value(item(facts, "authentication", 0)), "basic");
    assert_string_equal(json_string_value(item(facts, "encryption", 1)), "starttls");
    assert_int_equal(json_array_size(json_object_get(facts, "authentication")), 1);
    c = item(d, "conversations", TALK_STORE);
    assert_string_equal(text_of(c, "grade"), "A");
    assert_string_equal(json_string_value(item(c, "allowed_by", 0)), "msexchangeis-rpc");
    c = item(d, "conversations", TALK_SCAN);
    assert_string_equal(text_of(json_object_get(c, "nearest"), "path"), "hub-to-edge");
    json_decref(d);
}

static void a_row_that_owns_several_parts_stands_once(void **state)
{
    struct fixture *fixture = *state;
    struct owner owners[] = {{PATH_MAILBOX, 0}, {PATH_MAILBOX, 1}, {PATH_SMTP, 0}};
    struct judged_conversation one = fixture_conversations[TALK_STORE];
    one.owners = owners;
    one.owner_count = COUNT_OF(owners);
    fixture->audit.conversations = &one;
    fixture->audit.conversation_count = 1;
    json_t *d = written(state, (struct report_options){0});
    assert_int_equal(json_array_size(json_object_get(item(d, "conversations", 0), "paths")), 2);
    json_decref(d);
}

static void endpoints_stand_in_the_audit_as_in_their_own_document(void **state)
{
    const struct fixture *fixture = *state;
    json_t *d = written(state, (struct report_options){0});
    char *text = fixture_written(endpoints_json, &fixture->audit, (struct report_options){0});
    json_t *alone = json_loads(text, 0, NULL);
    assert_non_null(alone);
    assert_true(json_equal(json_object_get(d, "endpoints"), json_object_get(alone, "endpoints")));
    free(text);
    json_decref(alone);
    json_decref(d);
}

static void the_summary_has_every_verdict_also_those_that_did_not_occur(void **state)
{
    json_t *d = written(state, (struct report_options){0});
    json_t *summary = json_object_get(d, "summary");
    assert_string_equal(text_of(summary, "conclusion"), "findings");
    assert_keys(json_object_get(summary, "conversations"), "deviating blocked refused unexpected unexpected-attempt "
                                                           "undetermined unclassified conforming out-of-scope");
    assert_keys(json_object_get(summary, "paths"), "failing missing forbidden-seen deviating degraded unobservable "
                                                   "satisfied not-exercised not-applicable");
    assert_int_equal(number_of(json_object_get(summary, "paths"), "missing"), 1);
    json_decref(d);
}

static void hostile_names_are_text_and_nothing_else(void **state)
{
    json_t *d = written(state, (struct report_options){0});
    const char *name = json_string_value(item(item(d, "hosts", HOST_HOSTILE), "names", 0));
    assert_non_null(strstr(name, "<script>"));
    assert_null(strchr(name, '\033'));
    assert_null(strchr(name, '\n'));
    assert_non_null(strstr(name, "\xef\xbf\xbd[2J"));
    json_decref(d);
}

static void only_leaves_lists_empty_and_keys_in_place(void **state)
{
    static const struct {
        enum report_only only;
        const char *list;
    } forms[] = {{REPORT_CONVERSATIONS, "conversations"},
                 {REPORT_PATHS, "paths"},
                 {REPORT_ENDPOINTS, "endpoints"},
                 {REPORT_FINDINGS, "findings"},
                 {REPORT_FINDINGS, "weak_servers"}};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        json_t *d = written(state, (struct report_options){.only = forms[i].only});
        for (size_t k = 0; k < COUNT_OF(forms); k++) {
            json_t *list = json_object_get(d, forms[k].list);
            assert_true(json_is_array(list));
            assert_int_equal(json_array_size(list) > 0, forms[i].only == forms[k].only);
        }
        json_decref(d);
    }
}

static void an_empty_audit_has_all_keys_and_empty_lists(void **state)
{
    struct fixture empty;
    fixture_init_empty(&empty);
    void *empty_state = &empty;
    (void)state;
    json_t *d = written(&empty_state, (struct report_options){0});
    assert_keys(d, "schema version anonymized window coverage tables table_chosen table_reason site hosts paths rules "
                   "timeline conversations scans endpoints "
                   "findings weak_servers summary");
    assert_string_equal(text_of(json_object_get(d, "window"), "first"), "");
    assert_int_equal(json_array_size(json_object_get(d, "conversations")), 0);
    assert_string_equal(text_of(json_object_get(d, "summary"), "conclusion"), "undetermined");
    json_decref(d);
    fixture_fini(&empty);
}

static void the_same_audit_gives_the_same_bytes(void **state)
{
    const struct fixture *fixture = *state;
    char *first = fixture_written(report_json, &fixture->audit, (struct report_options){0});
    char *second = fixture_written(report_json, &fixture->audit, (struct report_options){.colour = true, .width = 40});
    assert_string_equal(first, second);
    assert_int_equal(first[strlen(first) - 1], '\n');
    free(first);
    free(second);
}

/* So many allocations succeed, then none. */
static size_t allocations_left;
static bool ran_out;

static void *failing_malloc(size_t size)
{
    ran_out |= allocations_left == 0;
    return allocations_left == 0 ? NULL : (allocations_left--, malloc(size));
}

static void memory_that_runs_out_leaves_a_document_that_no_one_takes_for_whole(void **state)
{
    const struct fixture *fixture = *state;
    for (size_t allowed = 0; allowed < 3000; allowed += 7) {
        allocations_left = allowed;
        ran_out = false;
        json_set_alloc_funcs(failing_malloc, free);
        char *text = fixture_written(report_json, &fixture->audit, (struct report_options){0});
        json_set_alloc_funcs(malloc, free);
        json_t *d = json_loads(text, 0, NULL);
        assert_int_equal(d == NULL, ran_out);
        json_decref(d);
        free(text);
    }
}

static void memory_that_runs_out_is_told_to_whoever_asks(void **state)
{
    const struct fixture *fixture = *state;
    fixture_writer *const writers[] = {report_json,    report_html,   report_ecs, report_csv,
                                       endpoints_json, endpoints_csv, roles_json};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        for (size_t allowed = 0; allowed < 3000; allowed += 53) {
            bool lost = false;
            allocations_left = allowed;
            ran_out = false;
            json_set_alloc_funcs(failing_malloc, free);
            free(fixture_written(writers[i], &fixture->audit, (struct report_options){.lost = &lost}));
            json_set_alloc_funcs(malloc, free);
            assert_int_equal(lost, ran_out);
        }
    }
}

int main(void)
{
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(every_object_has_all_its_keys_in_order),
        WITH_FIXTURE(the_weakest_server_has_its_weaknesses_with_their_evidence),
        WITH_FIXTURE(head_and_coverage_say_what_was_seen),
        WITH_FIXTURE(a_capture_that_was_cut_is_truncated),
        WITH_FIXTURE(one_way_conversations_count_at_their_own_source_once),
        WITH_FIXTURE(hosts_say_how_their_roles_are_known),
        WITH_FIXTURE(paths_carry_ports_requirement_verdict_and_pairs),
        WITH_FIXTURE(conversations_carry_sessions_dispositions_and_facts),
        WITH_FIXTURE(a_row_that_owns_several_parts_stands_once),
        WITH_FIXTURE(endpoints_stand_in_the_audit_as_in_their_own_document),
        WITH_FIXTURE(the_summary_has_every_verdict_also_those_that_did_not_occur),
        WITH_FIXTURE(hostile_names_are_text_and_nothing_else),
        WITH_FIXTURE(only_leaves_lists_empty_and_keys_in_place),
        WITH_FIXTURE(an_empty_audit_has_all_keys_and_empty_lists),
        WITH_FIXTURE(the_same_audit_gives_the_same_bytes),
        WITH_FIXTURE(memory_that_runs_out_leaves_a_document_that_no_one_takes_for_whole),
        WITH_FIXTURE(memory_that_runs_out_is_told_to_whoever_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
