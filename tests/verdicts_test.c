/* The tables of docs/verdicts.md, cell by cell: the verdict of a session class, of a conversation, and of a row. */
#include "audit/paths.h"
#include "audit/verdicts.h"
#include "tests/cmocka_all.h"

#define FIVE(match, grade, ok, no, nothing, empty, unseen)                                                             \
    {match, grade, DISPOSITION_OK, ok}, {match, grade, DISPOSITION_REFUSED, no},                                       \
        {match, grade, DISPOSITION_APP_DENIED, no}, {match, grade, DISPOSITION_UNANSWERED, nothing},                   \
        {match, grade, DISPOSITION_PROHIBITED, nothing}, {match, grade, DISPOSITION_UNREACHABLE, nothing},             \
        {match, grade, DISPOSITION_OPEN_NO_DATA, empty}, {match, grade, DISPOSITION_PENDING, unseen},                  \
        {match, grade, DISPOSITION_ONE_WAY, unseen},                                                                   \
    {                                                                                                                  \
        match, grade, DISPOSITION_DAMAGED, unseen                                                                      \
    }

static const struct {
    enum match match;
    char grade;
    enum disposition disposition;
    enum verdict verdict;
} cells[] = {
    FIVE(MATCH_ROW, 0, VERDICT_CONFORMING, VERDICT_REFUSED, VERDICT_BLOCKED, VERDICT_UNDETERMINED,
         VERDICT_UNDETERMINED),
    FIVE(MATCH_DYNAMIC, 'A', VERDICT_CONFORMING, VERDICT_REFUSED, VERDICT_BLOCKED, VERDICT_UNDETERMINED,
         VERDICT_UNDETERMINED),
    FIVE(MATCH_DYNAMIC, 'D', VERDICT_CONFORMING, VERDICT_REFUSED, VERDICT_BLOCKED, VERDICT_UNDETERMINED,
         VERDICT_UNDETERMINED),
    FIVE(MATCH_AMBIGUOUS, 0, VERDICT_CONFORMING, VERDICT_REFUSED, VERDICT_BLOCKED, VERDICT_UNDETERMINED,
         VERDICT_UNDETERMINED),
    FIVE(MATCH_NO_ROW, 0, VERDICT_UNEXPECTED, VERDICT_UNEXPECTED_ATTEMPT, VERDICT_UNEXPECTED_ATTEMPT,
         VERDICT_UNEXPECTED_ATTEMPT, VERDICT_UNDETERMINED),
    FIVE(MATCH_NO_ROW, 'B', VERDICT_UNEXPECTED, VERDICT_UNEXPECTED_ATTEMPT, VERDICT_UNEXPECTED_ATTEMPT,
         VERDICT_UNEXPECTED_ATTEMPT, VERDICT_UNDETERMINED),
    FIVE(MATCH_UNKNOWN_ROLE, 0, VERDICT_UNCLASSIFIED, VERDICT_UNCLASSIFIED, VERDICT_UNCLASSIFIED, VERDICT_UNCLASSIFIED,
         VERDICT_UNCLASSIFIED),
    FIVE(MATCH_UNKNOWN_ROLE, 'C', VERDICT_UNCLASSIFIED, VERDICT_UNCLASSIFIED, VERDICT_UNCLASSIFIED,
         VERDICT_UNCLASSIFIED, VERDICT_UNCLASSIFIED),
    /* Grade A stands on the server's own word. */
    FIVE(MATCH_NO_ROW, 'A', VERDICT_UNEXPECTED, VERDICT_REFUSED, VERDICT_BLOCKED, VERDICT_UNEXPECTED_ATTEMPT,
         VERDICT_UNDETERMINED),
    FIVE(MATCH_UNKNOWN_ROLE, 'A', VERDICT_UNCLASSIFIED, VERDICT_REFUSED, VERDICT_BLOCKED, VERDICT_UNCLASSIFIED,
         VERDICT_UNCLASSIFIED),
    FIVE(MATCH_OUT_OF_SCOPE, 'A', VERDICT_OUT_OF_SCOPE, VERDICT_OUT_OF_SCOPE, VERDICT_OUT_OF_SCOPE,
         VERDICT_OUT_OF_SCOPE, VERDICT_OUT_OF_SCOPE),
};

static void every_cell_of_the_session_table_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        enum verdict verdict = verdict_of(cells[i].match, cells[i].grade, cells[i].disposition);
        if (verdict != cells[i].verdict)
            fail_msg("%s, grade %c, %s: %s, not %s", match_name(cells[i].match),
                     cells[i].grade != 0 ? cells[i].grade : '-', disposition_name(cells[i].disposition),
                     verdict_name(verdict), verdict_name(cells[i].verdict));
    }
}

#define SESSIONS(...)                                                                                                  \
    (const struct judged_session[]){__VA_ARGS__},                                                                      \
        sizeof((const struct judged_session[]){__VA_ARGS__}) / sizeof(struct judged_session)
#define CLASS(d, v)                                                                                                    \
    {                                                                                                                  \
        .disposition = DISPOSITION_##d, .verdict = VERDICT_##v                                                         \
    }

static void a_conversation_is_as_bad_as_its_worst_class(void **state)
{
    (void)state;
    assert_int_equal(verdict_of_sessions(SESSIONS(CLASS(OK, CONFORMING), CLASS(OK, DEVIATING))), VERDICT_DEVIATING);
    assert_int_equal(verdict_of_sessions(SESSIONS(CLASS(REFUSED, REFUSED), CLASS(UNANSWERED, BLOCKED))),
                     VERDICT_BLOCKED);
    assert_int_equal(verdict_of_sessions(SESSIONS(CLASS(REFUSED, UNEXPECTED_ATTEMPT), CLASS(OK, UNEXPECTED))),
                     VERDICT_UNEXPECTED);
    assert_int_equal(verdict_of_sessions(SESSIONS(CLASS(OK, CONFORMING), CLASS(DAMAGED, UNDETERMINED))),
                     VERDICT_UNDETERMINED);
    assert_int_equal(verdict_of_sessions(SESSIONS(CLASS(OK, UNCLASSIFIED))), VERDICT_UNCLASSIFIED);
}

static void an_ok_beside_failures_leaves_the_conversation_conforming_or_deviating(void **state)
{
    (void)state;
    assert_int_equal(verdict_of_sessions(SESSIONS(CLASS(UNANSWERED, BLOCKED), CLASS(OK, CONFORMING))),
                     VERDICT_CONFORMING);
    assert_int_equal(verdict_of_sessions(SESSIONS(CLASS(OK, DEVIATING), CLASS(APP_DENIED, REFUSED))),
                     VERDICT_DEVIATING);
}

static const struct {
    struct tally tally;
    enum requirement required;
    enum path_verdict verdict;
} rows[] = {
    {{.conforming = 3}, REQUIRED_NO, PATH_SATISFIED},
    {{.conforming = 3, .undetermined = 9}, REQUIRED_YES, PATH_SATISFIED},
    {{.conforming = 3, .deviating = 1}, REQUIRED_NO, PATH_DEVIATING},
    {{.deviating = 1, .failed = 5}, REQUIRED_NO, PATH_DEVIATING},
    {{.conforming = 3, .failed = 1}, REQUIRED_NO, PATH_DEGRADED},
    {{.failed = 1}, REQUIRED_NO, PATH_FAILING},
    {{.failed = 1, .undetermined = 3}, REQUIRED_NO, PATH_FAILING},
    {{.lookups = 7, .failed = 1}, REQUIRED_NO, PATH_FAILING},
    {{.undetermined = 2}, REQUIRED_YES, PATH_UNOBSERVABLE},
    {{.undetermined = 2, .lookups = 4}, REQUIRED_NO, PATH_UNOBSERVABLE},
    {{.lookups = 7}, REQUIRED_YES, PATH_NOT_EXERCISED},
    {{.lookups = 0}, REQUIRED_YES, PATH_NOT_EXERCISED},
    {{.conforming = 1}, REQUIRED_NEVER, PATH_FORBIDDEN_SEEN},
    {{.deviating = 1}, REQUIRED_NEVER, PATH_FORBIDDEN_SEEN},
    {{.failed = 1}, REQUIRED_NEVER, PATH_NOT_EXERCISED},
};

static void every_line_of_the_row_table_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum path_verdict verdict = verdict_of_tally(&rows[i].tally, rows[i].required);
        if (verdict != rows[i].verdict)
            fail_msg("line %zu: %s, not %s", i, path_verdict_name(verdict), path_verdict_name(rows[i].verdict));
    }
}

static void every_word_of_the_enums_is_there(void **state)
{
    (void)state;
    assert_string_equal(match_name(MATCH_UNKNOWN_ROLE), "unknown-role");
    assert_string_equal(match_name(MATCH_OUT_OF_SCOPE), "out-of-scope");
    assert_string_equal(verdict_name(VERDICT_UNEXPECTED_ATTEMPT), "unexpected-attempt");
    assert_string_equal(verdict_name(VERDICT_OUT_OF_SCOPE), "out-of-scope");
    assert_string_equal(encryption_check_name(ENCRYPTION_NOT_OBSERVABLE), "not-observable");
    assert_string_equal(authentication_check_name(AUTHENTICATION_NOT_OBSERVABLE), "not-observable");
    assert_string_equal(path_verdict_name(PATH_FORBIDDEN_SEEN), "forbidden-seen");
    assert_string_equal(path_verdict_name(PATH_NOT_APPLICABLE), "not-applicable");
    assert_string_equal(severity_name(SEVERITY_INFO), "info");
    assert_string_equal(conclusion_name(CONCLUSION_UNDETERMINED), "undetermined");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_the_session_table_holds),
        cmocka_unit_test(a_conversation_is_as_bad_as_its_worst_class),
        cmocka_unit_test(an_ok_beside_failures_leaves_the_conversation_conforming_or_deviating),
        cmocka_unit_test(every_line_of_the_row_table_holds),
        cmocka_unit_test(every_word_of_the_enums_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
