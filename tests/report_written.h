/* report_written: what tests of reports begin and end with, the fixture's audit as their state, and what they ask of
 * the text that was written. */
#ifndef TESTS_REPORT_WRITTEN_H
#define TESTS_REPORT_WRITTEN_H

#include "tests/audit_fixture.h"
#include "tests/cmocka_all.h"

static inline int set_up(void **state)
{
    struct fixture *fixture = malloc(sizeof *fixture);
    if (fixture == NULL)
        return -1;
    fixture_init(fixture);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    fixture_fini(fixture);
    free(fixture);
    return 0;
}

static inline void assert_has(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        fail_msg("\"%s\" is not in:\n%s", wanted, text);
}

static inline void assert_has_not(const char *text, const char *unwanted)
{
    if (strstr(text, unwanted) != NULL)
        fail_msg("\"%s\" is in:\n%s", unwanted, text);
}

#endif
