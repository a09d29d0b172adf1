/* What changed between two audits: worse only what fails or goes wrong more than before, ports that moved with their
 * interface are one line, and a file that is no whole audit is refused with its place. */
#include "tests/cmocka_all.h"

#include "reports/audit_file.h"
#include "reports/diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parts {
    const char *conversations, *paths, *endpoints, *findings, *more;
};

/* An audit with these lists, as text on the heap. */
static char *text_of(struct parts parts)
{
    char *text = NULL;
    int n = asprintf(&text,
                     "{\"schema\":\"pathaudit.audit/1\",\"version\":\"1\",\"window\":{\"first\":\"\",\"last\":\"\"},"
                     "\"coverage\":[],\"tables\":[\"t\"],%s\"hosts\":[{\"name\":\"dc\",\"addresses\":[\"10.0.0.1\"],"
                     "\"roles\":[]}],\"paths\":[%s],\"conversations\":[%s],\"endpoints\":[%s],\"findings\":[%s],"
                     "\"summary\":{\"conclusion\":\"findings\",\"conversations\":{},\"paths\":{}}}",
                     parts.more != NULL ? parts.more : "", parts.paths != NULL ? parts.paths : "",
                     parts.conversations != NULL ? parts.conversations : "",
                     parts.endpoints != NULL ? parts.endpoints : "", parts.findings != NULL ? parts.findings : "");
    assert_true(n > 0);
    return text;
}

struct two {
    json_t *old, *new;
    struct diff *diff;
};

static json_t *read_back(const char *name, struct parts parts)
{
    struct failure failure = {0};
    char *text = text_of(parts);
    json_t *root = audit_file_read(name, text, strlen(text), &failure);
    if (root == NULL)
        fail_msg("%s", failure.text);
    free(text);
    return root;
}

static struct two compared(struct parts old, struct parts new)
{
    struct failure failure = {0};
    struct two two = {.old = read_back("old", old), .new = read_back("new", new)};
    two.diff = diff_create("old", two.old, "new", two.new, &failure);
    if (two.diff == NULL)
        fail_msg("%s", failure.text);
    return two;
}

static void forget(struct two *two)
{
    diff_destroy(two->diff);
    json_decref(two->old);
    json_decref(two->new);
}

#define TALK_OF(port, services, grade, verdict)                                                                        \
    "{\"client\":\"10.0.0.9\",\"server\":\"10.0.0.1\",\"transport\":\"tcp\",\"port\":" port                            \
    ",\"tunnel\":\"\",\"protocol\":\"dcerpc\",\"services\":[" services "],\"paths\":[],\"grade\":\"" grade             \
    "\",\"verdict\":\"" verdict "\",\"sessions\":[],\"flows\":1}"
#define FINDING_OF(id, verdict, severity, excepted, port)                                                              \
    "{\"id\":\"" id "\",\"verdict\":\"" verdict "\",\"severity\":\"" severity                                          \
    "\",\"subject\":\"s\",\"explain\":\"e\",\"advice\":\"a\",\"path\":\"\",\"client\":\"10.0.0.9\","                   \
    "\"server\":\"10.0.0.1\",\"transport\":\"tcp\",\"port\":" port ",\"excepted\":\"" excepted "\",\"evidence\":[]}"
#define PATH_OF(verdict, pairs)                                                                                        \
    "{\"table\":\"t\",\"id\":\"p\",\"name\":\"P\",\"verdict\":\"" verdict "\",\"reason\":\"\",\"pairs\":[" pairs "]}"
#define PAIR_OF(verdict) "{\"client\":\"a\",\"server\":\"b\",\"verdict\":\"" verdict "\",\"reason\":\"why\"}"
#define HOME_OF(port, uuid, name)                                                                                      \
    "{\"server\":\"10.0.0.1\",\"transport\":\"tcp\",\"port\":" port ",\"endpoint\":\"\",\"interface\":\"" uuid         \
    "\",\"version\":\"1.0\",\"name\":\"" name "\"}"

/* One change of this direction, and no other that counts. */
static const struct change *only(const struct diff *diff, enum direction direction)
{
    const struct change *found = NULL;
    for (size_t i = 0; i < diff->change_count; i++) {
        if (diff->changes[i].told)
            continue;
        assert_null(found);
        found = &diff->changes[i];
        assert_string_equal(direction_name(found->direction), direction_name(direction));
    }
    assert_non_null(found);
    return found;
}

static void expect_conversation(const char *was, const char *is, enum direction direction)
{
    char *before = NULL, *after = NULL;
    assert_true(asprintf(&before, TALK_OF("25", "", "", "%s"), was) > 0);
    assert_true(asprintf(&after, TALK_OF("25", "", "", "%s"), is) > 0);
    struct two two = compared((struct parts){.conversations = before}, (struct parts){.conversations = after});
    const struct change *change = only(two.diff, direction);
    assert_string_equal(change->was, was);
    assert_string_equal(change->is, is);
    forget(&two);
    free(before);
    free(after);
}

static void a_conversation_gets_worse_and_better_in_the_order_of_verdicts(void **state)
{
    (void)state;
    expect_conversation("conforming", "blocked", DIRECTION_WORSE);
    expect_conversation("conforming", "deviating", DIRECTION_WORSE);
    expect_conversation("unexpected", "blocked", DIRECTION_WORSE);
    expect_conversation("undetermined", "unexpected-attempt", DIRECTION_WORSE);
    expect_conversation("unexpected", "unexpected-attempt", DIRECTION_BETTER);
    expect_conversation("blocked", "conforming", DIRECTION_BETTER);
    expect_conversation("blocked", "deviating", DIRECTION_BETTER);
    expect_conversation("conforming", "undetermined", DIRECTION_CHANGED);
    expect_conversation("deviating", "unexpected", DIRECTION_CHANGED);
    expect_conversation("conforming", "a-word-of-tomorrow", DIRECTION_CHANGED);
}

static void what_can_no_longer_be_judged_did_not_get_better(void **state)
{
    (void)state;
    expect_conversation("blocked", "undetermined", DIRECTION_CHANGED);
    expect_conversation("deviating", "unclassified", DIRECTION_CHANGED);
    expect_conversation("unexpected", "unclassified", DIRECTION_CHANGED);
    struct two two =
        compared((struct parts){.paths = PATH_OF("failing", "")}, (struct parts){.paths = PATH_OF("unobservable", "")});
    only(two.diff, DIRECTION_CHANGED);
    forget(&two);
}

#define TALKS(verdict, flows)                                                                                          \
    "{\"client\":\"10.0.0.9\",\"server\":\"10.0.0.1\",\"transport\":\"tcp\",\"port\":25,\"protocol\":\"smtp\","        \
    "\"services\":[],\"paths\":[],\"grade\":\"\",\"verdict\":\"" verdict "\",\"sessions\":[],\"flows\":" flows "}"

static void what_some_flows_do_did_not_get_better_by_fewer_of_them(void **state)
{
    (void)state;
    static const struct {
        const char *old, *new;
        enum direction direction;
    } cases[] = {
        {TALKS("deviating", "100"), TALKS("conforming", "50"), DIRECTION_BETTER},
        {TALKS("deviating", "100"), TALKS("conforming", "49"), DIRECTION_CHANGED},
        {TALKS("blocked", "100"), TALKS("conforming", "1"), DIRECTION_BETTER}, /* that it works is proof */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct two two =
            compared((struct parts){.conversations = cases[i].old}, (struct parts){.conversations = cases[i].new});
        only(two.diff, cases[i].direction);
        forget(&two);
    }
    struct two two = compared((struct parts){.conversations = TALKS("deviating", "100"),
                                             .findings = FINDING_OF("1", "deviating", "high", "", "25")},
                              (struct parts){.conversations = TALKS("deviating", "10"),
                                             .findings = FINDING_OF("1", "deviating", "medium", "", "25")});
    only(two.diff, DIRECTION_CHANGED); /* the readable passwords may merely not have come */
    forget(&two);
}

static void a_row_of_a_table_that_was_not_used_before_is_not_worse(void **state)
{
    (void)state;
    static const char other[] =
        "{\"table\":\"other\",\"id\":\"p\",\"name\":\"P\",\"verdict\":\"deviating\",\"reason\":\"\","
        "\"pairs\":[]}";
    struct two two = compared((struct parts){.paths = NULL}, (struct parts){.paths = other});
    only(two.diff, DIRECTION_NEW);
    assert_int_equal(two.diff->counts[DIRECTION_WORSE], 0);
    forget(&two);
    two = compared((struct parts){.paths = NULL}, (struct parts){.paths = PATH_OF("deviating", "")});
    only(two.diff, DIRECTION_WORSE);
    forget(&two);
}

#define TALK_OF_P(verdict)                                                                                             \
    "{\"client\":\"10.0.0.9\",\"server\":\"10.0.0.1\",\"transport\":\"tcp\",\"port\":25,\"tunnel\":\"\","              \
    "\"protocol\":\"smtp\",\"services\":[],\"paths\":[\"p\"],\"grade\":\"\",\"verdict\":\"" verdict                    \
    "\",\"sessions\":[],\"flows\":1}"
#define PATH_REQUIRED(required, verdict)                                                                               \
    "{\"table\":\"t\",\"id\":\"p\",\"name\":\"P\",\"required\":\"" required "\",\"verdict\":\"" verdict                \
    "\",\"reason\":\"\",\"pairs\":[]}"

/* Before and after the firewall change that closes what must not be open. */
static void what_must_not_happen_and_is_kept_out_now_got_better(void **state)
{
    (void)state;
    struct parts open = {.conversations = TALK_OF_P("conforming"), .paths = PATH_REQUIRED("never", "forbidden-seen")};
    struct parts closed = {.conversations = TALK_OF_P("blocked"), .paths = PATH_REQUIRED("never", "not-exercised")};
    struct parts cut = {.conversations = TALK_OF_P("blocked"), .paths = PATH_REQUIRED("no", "failing")};
    struct parts fine = {.conversations = TALK_OF_P("conforming"), .paths = PATH_REQUIRED("no", "satisfied")};
    struct two better = compared(open, closed), opened = compared(closed, open), worse = compared(fine, cut);
    assert_int_equal(better.diff->counts[DIRECTION_BETTER], 1);
    assert_int_equal(better.diff->counts[DIRECTION_WORSE], 0);
    assert_int_equal(opened.diff->counts[DIRECTION_WORSE], 2);
    assert_int_equal(worse.diff->counts[DIRECTION_WORSE], 2);
    forget(&better);
    forget(&opened);
    forget(&worse);
}

static void what_is_new_is_worse_only_when_it_is_wrong_and_what_is_gone_is_never_better(void **state)
{
    (void)state;
    struct parts none = {0}, good = {.conversations = TALK_OF("25", "", "", "conforming")};
    struct parts bad = {.conversations = TALK_OF("25", "", "", "unexpected"),
                        .findings = FINDING_OF("1", "unexpected", "high", "", "25")};
    struct two new_good = compared(none, good), new_bad = compared(none, bad), gone = compared(bad, none);
    only(new_good.diff, DIRECTION_NEW);
    assert_ptr_equal(only(new_bad.diff, DIRECTION_WORSE)->finding,
                     json_array_get(json_object_get(new_bad.new, "findings"), 0));
    only(gone.diff, DIRECTION_GONE);
    forget(&new_good);
    forget(&new_bad);
    forget(&gone);
}

static void what_the_site_excepts_does_not_get_worse(void **state)
{
    (void)state;
    struct parts covered = {.conversations = TALK_OF("25", "", "", "unexpected"),
                            .findings = FINDING_OF("1", "unexpected", "high", "migration", "25")};
    struct parts bare = {.conversations = TALK_OF("25", "", "", "unexpected"),
                         .findings = FINDING_OF("1", "unexpected", "high", "", "25")};
    struct two two = compared((struct parts){0}, covered), ended = compared(covered, bare);
    assert_int_equal(two.diff->counts[DIRECTION_WORSE], 0);
    assert_int_equal(only(ended.diff, DIRECTION_WORSE)->kind, CHANGE_FINDING);
    forget(&two);
    forget(&ended);
}

static void findings_that_only_group_otherwise_are_no_change(void **state)
{
    (void)state;
    struct parts together = {.conversations =
                                 TALK_OF("25", "", "", "unexpected") "," TALK_OF("26", "", "", "unexpected"),
                             .findings = FINDING_OF("many", "unexpected", "medium", "", "25")};
    struct parts single = {.conversations = TALK_OF("25", "", "", "unexpected") "," TALK_OF("26", "", "", "unexpected"),
                           .findings = FINDING_OF("1", "unexpected", "high", "",
                                                  "25") "," FINDING_OF("2", "unexpected", "high", "", "26")};
    struct two two = compared(together, single);
    for (size_t i = 0; i < DIRECTION_COUNT; i++)
        assert_int_equal(two.diff->counts[i], 0);
    forget(&two);
}

static void a_new_finding_of_its_own_is_worse_unless_it_only_informs(void **state)
{
    (void)state;
    struct parts chain = {.findings = FINDING_OF("1", "broken-chain", "low", "", "25")};
    struct parts info = {.findings = FINDING_OF("1", "broken-chain", "info", "", "25")};
    struct two worse = compared((struct parts){0}, chain), new = compared((struct parts){0}, info);
    struct two raised = compared(info, chain), lowered = compared(chain, info);
    only(worse.diff, DIRECTION_WORSE);
    only(new.diff, DIRECTION_NEW);
    only(raised.diff, DIRECTION_WORSE);
    only(lowered.diff, DIRECTION_BETTER);
    forget(&worse);
    forget(&new);
    forget(&raised);
    forget(&lowered);
}

static void a_path_that_is_not_tried_any_more_did_not_get_better(void **state)
{
    (void)state;
    struct parts failing = {.paths = PATH_OF("failing", "")}, idle = {.paths = PATH_OF("not-exercised", "")};
    struct parts fine = {.paths = PATH_OF("satisfied", "")}, missing = {.paths = PATH_OF("missing", "")};
    struct two idled = compared(failing, idle), mended = compared(failing, fine), lost = compared(fine, missing);
    only(idled.diff, DIRECTION_CHANGED);
    only(mended.diff, DIRECTION_BETTER);
    only(lost.diff, DIRECTION_WORSE);
    forget(&idled);
    forget(&mended);
    forget(&lost);
}

static void a_pair_of_hosts_can_get_worse_where_its_path_does_not(void **state)
{
    (void)state;
    struct parts old = {.paths = PATH_OF("degraded", PAIR_OF("satisfied"))};
    struct parts new = {.paths = PATH_OF("degraded", PAIR_OF("failing"))};
    struct two two = compared(old, new);
    const struct change *change = only(two.diff, DIRECTION_WORSE);
    assert_int_equal(change->kind, CHANGE_PAIR);
    assert_string_equal(change->why, "why");
    forget(&two);
}

#define SAMR "12345778-1234-abcd-ef00-0123456789ac"
#define LSA  "12345778-1234-abcd-ef00-0123456789ab"

static void ports_that_moved_with_their_interfaces_are_one_line_and_no_change(void **state)
{
    (void)state;
    struct parts old = {.conversations = TALK_OF("49153", "\"samr\"", "A", "conforming"),
                        .endpoints = HOME_OF("49153", SAMR, "samr") "," HOME_OF("49153", LSA, "lsarpc")};
    struct parts new = {.conversations = TALK_OF("49170", "\"samr\"", "A", "conforming"),
                        .endpoints = HOME_OF("49170", SAMR, "samr") "," HOME_OF("49170", LSA, "lsarpc")};
    struct two two = compared(old, new);
    assert_int_equal(two.diff->change_count, 0);
    assert_int_equal(two.diff->port_count, 1);
    assert_int_equal(two.diff->ports[0].interfaces.count, 2);
    assert_string_equal(two.diff->ports[0].old_ports, "49153");
    assert_string_equal(two.diff->ports[0].new_ports, "49170");
    assert_string_equal(two.diff->ports[0].name, "dc");
    forget(&two);
}

static void a_port_that_now_serves_another_interface_is_another_service(void **state)
{
    (void)state;
    struct parts old = {.conversations = TALK_OF("49153", "\"samr\"", "A", "conforming")};
    struct parts new = {.conversations = TALK_OF("49153", "\"drsuapi\"", "A", "conforming")};
    struct two two = compared(old, new);
    assert_int_equal(two.diff->counts[DIRECTION_NEW], 1);
    assert_int_equal(two.diff->counts[DIRECTION_GONE], 1);
    forget(&two);
}

static void a_moved_conversation_that_is_blocked_now_is_worse(void **state)
{
    (void)state;
    struct parts old = {.conversations = TALK_OF("49153", "\"samr\"", "A", "conforming")};
    struct parts new = {.conversations = TALK_OF("49170", "\"samr\"", "A", "blocked")};
    struct two two = compared(old, new);
    assert_string_equal(only(two.diff, DIRECTION_WORSE)->was, "conforming");
    forget(&two);
}

static void other_tables_and_less_seen_limit_the_comparison(void **state)
{
    (void)state;
    struct two two = compared((struct parts){.more = "\"site\":\"a\","}, (struct parts){.more = "\"site\":\"b\","});
    assert_int_equal(two.diff->limits.count, 1);
    assert_string_equal(two.diff->limits.items[0], "The site is not the same: a before, b now.");
    forget(&two);
}

static void audits_that_were_anonymised_each_its_own_way_are_not_compared(void **state)
{
    (void)state;
    struct failure failure = {0};
    json_t *old = read_back("old", (struct parts){.more = "\"anonymized\":\"0011\","});
    json_t *new = read_back("new", (struct parts){.more = "\"anonymized\":\"0022\","});
    assert_null(diff_create("old", old, "new", new, &failure));
    assert_non_null(strstr(failure.text, "each its own way"));
    json_decref(old);
    json_decref(new);
}

/* Text that is hostile stays harmless in both forms. */
static void hostile_text_moves_no_cursor_and_breaks_no_document(void **state)
{
    (void)state;
    struct two two =
        compared((struct parts){0},
                 (struct parts){.conversations = TALK_OF("25", "\"\\u001b[31m\\n\\u202e\\\"\"", "A", "unexpected")});
    for (int form = 0; form < 2; form++) {
        char *text = NULL;
        size_t length = 0;
        FILE *out = open_memstream(&text, &length);
        (form == 0 ? diff_text : diff_json)(two.diff, &(struct report_options){0}, out);
        fclose(out);
        assert_null(strchr(text, '\033'));
        assert_null(strstr(text, "\xe2\x80\xae"));
        free(text);
    }
    forget(&two);
}

/* -- files ------------------------------------------------------------------------------------------------------- */

static void expect_refused(const char *text, const char *said)
{
    struct failure failure = {0};
    assert_null(audit_file_read("x.json", text, strlen(text), &failure));
    if (strstr(failure.text, said) == NULL)
        fail_msg("says '%s' instead of '%s'", failure.text, said);
}

static void what_is_no_whole_audit_is_refused_with_its_place(void **state)
{
    (void)state;
    expect_refused("", "x.json: is empty");
    expect_refused(" \n", "x.json: is empty");
    expect_refused("{\"schema\":\n \"pathaudit.audit/1\",", "x.json:2:");
    expect_refused("{\"schema\":\n \"pathaudit.audit/1\",", "cut off?");
    expect_refused("{\"a\":1,\n\"a\":2}", "x.json:2:3: is not JSON: duplicate object key");
    expect_refused("[1]", "schema: is missing");
    expect_refused("{\"schema\":\"pathaudit.audit/2\"}", "this pathaudit reads pathaudit.audit/1");
    expect_refused("{\"schema\":\"pathaudit.endpoints/1\"}", "is pathaudit.endpoints/1, no audit");
    expect_refused("{\"schema\":\"pathaudit.audit/1\"}", "x.json: window: is missing; it should be an object");
    expect_refused("\xff\xfe{", "x.json:1:1: is not JSON");
}

static void every_member_of_a_wrong_type_is_told_with_its_place(void **state)
{
    (void)state;
    char *text = text_of((struct parts){.conversations = TALK_OF("\"25\"", "", "", "conforming") ",7"});
    expect_refused(text, "x.json: conversations[0].port: is not a whole number");
    expect_refused(text, "x.json: conversations[1]: is not an object");
    free(text);
}

static void an_audit_written_with_only_is_refused(void **state)
{
    (void)state;
    char *text = text_of((struct parts){0}), *counts = strstr(text, "\"conversations\":{}");
    assert_non_null(counts);
    char *whole = NULL;
    assert_true(asprintf(&whole, "%.*s\"conversations\":{\"conforming\":3}%s", (int)(counts - text), text,
                         counts + strlen("\"conversations\":{}")) > 0);
    expect_refused(whole, "written with --only");
    free(whole);
    free(text);
}

static void a_page_gives_the_audit_in_its_script_element(void **state)
{
    (void)state;
    struct failure failure = {0};
    char *text = text_of((struct parts){0}), *page = NULL;
    assert_true(asprintf(&page,
                         "<!doctype html>\n<script>var a = 1;</script>\n"
                         "<SCRIPT id=\"x\" type=\"application/json\">{\"other\":1}</SCRIPT>\n"
                         "<script type=\"application/json\" id=\"audit\">\n%s\n</script></html>",
                         text) > 0);
    json_t *root = audit_file_read("x.html", page, strlen(page), &failure);
    if (root == NULL)
        fail_msg("%s", failure.text);
    json_decref(root);
    free(page);
    free(text);
    expect_refused("<html><script>1</script></html>", "a page without an audit");
    expect_refused("<html>\n<script type=\"application/json\">\n{\"schema\":}</script>", "x.json:3:11: is not JSON");
    expect_refused("<html>\n<script type=\"application/json\">{\"schema\":", "cut off?");
}

/* Every cut of an audit is refused, and none is read as a whole one. */
static void no_cut_of_an_audit_passes_for_a_whole_one(void **state)
{
    (void)state;
    char *text = text_of((struct parts){.conversations = TALK_OF("25", "\"x\"", "A", "conforming"),
                                        .paths = PATH_OF("satisfied", PAIR_OF("satisfied")),
                                        .findings = FINDING_OF("1", "unexpected", "high", "", "25")});
    for (size_t length = 0; length < strlen(text); length++) {
        struct failure failure = {0};
        assert_null(audit_file_read("x.json", text, length, &failure));
        assert_true(failure.count > 0);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversation_gets_worse_and_better_in_the_order_of_verdicts),
        cmocka_unit_test(what_can_no_longer_be_judged_did_not_get_better),
        cmocka_unit_test(what_some_flows_do_did_not_get_better_by_fewer_of_them),
        cmocka_unit_test(a_row_of_a_table_that_was_not_used_before_is_not_worse),
        cmocka_unit_test(what_must_not_happen_and_is_kept_out_now_got_better),
        cmocka_unit_test(what_is_new_is_worse_only_when_it_is_wrong_and_what_is_gone_is_never_better),
        cmocka_unit_test(what_the_site_excepts_does_not_get_worse),
        cmocka_unit_test(findings_that_only_group_otherwise_are_no_change),
        cmocka_unit_test(a_new_finding_of_its_own_is_worse_unless_it_only_informs),
        cmocka_unit_test(a_path_that_is_not_tried_any_more_did_not_get_better),
        cmocka_unit_test(a_pair_of_hosts_can_get_worse_where_its_path_does_not),
        cmocka_unit_test(ports_that_moved_with_their_interfaces_are_one_line_and_no_change),
        cmocka_unit_test(a_port_that_now_serves_another_interface_is_another_service),
        cmocka_unit_test(a_moved_conversation_that_is_blocked_now_is_worse),
        cmocka_unit_test(other_tables_and_less_seen_limit_the_comparison),
        cmocka_unit_test(audits_that_were_anonymised_each_its_own_way_are_not_compared),
        cmocka_unit_test(hostile_text_moves_no_cursor_and_breaks_no_document),
        cmocka_unit_test(what_is_no_whole_audit_is_refused_with_its_place),
        cmocka_unit_test(every_member_of_a_wrong_type_is_told_with_its_place),
        cmocka_unit_test(an_audit_written_with_only_is_refused),
        cmocka_unit_test(a_page_gives_the_audit_in_its_script_element),
        cmocka_unit_test(no_cut_of_an_audit_passes_for_a_whole_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
