/* CSV as RFC 4180 has it, with as many cells as columns, and no cell that a spreadsheet would calculate. */
#include "tests/report_written.h"

/* Cells of the line at `*at`, which moves behind its CR LF; each cell is checked. */
static size_t take_line(const char **at)
{
    size_t cells = 0;
    for (;; (*at)++) {
        cells++;
        if (**at == '"') {
            for ((*at)++; **at != '"' || (*at)[1] == '"'; (*at) += **at == '"' ? 2 : 1)
                assert_true(**at != '\0' && **at != '\n' && **at != '\r');
            (*at)++;
        } else {
            assert_null(strchr("=+-@", **at));
            *at += strcspn(*at, ",\r\n\"");
        }
        if (**at != ',')
            break;
    }
    assert_int_equal(strncmp(*at, "\r\n", 2), 0);
    *at += 2;
    return cells;
}

static size_t lines_of(const char *text)
{
    const char *at = text;
    size_t columns = take_line(&at), lines = 0;
    for (; *at != '\0'; lines++)
        assert_int_equal(take_line(&at), columns);
    return lines;
}

static char *written(void **state, enum report_only only)
{
    const struct fixture *fixture = *state;
    return fixture_written(report_csv, &fixture->audit, (struct report_options){.only = only});
}

static void every_line_has_as_many_cells_as_columns(void **state)
{
    static const struct {
        enum report_only only;
        size_t lines;
        const char *first;
    } tables[] = {
        {REPORT_CONVERSATIONS, TALK_FIXTURES, "client,client_name,server,server_name,transport,port,"},
        {REPORT_PATHS, PATH_FIXTURES, "table,id,name,section,from,to,ports,required,verdict,"},
        {REPORT_ENDPOINTS, ENDPOINT_FIXTURES, "server,transport,port,endpoint,"},
        {REPORT_FINDINGS, COUNT_OF(fixture_findings), "id,verdict,severity,subject,"},
    };
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        char *text = written(state, tables[i].only);
        assert_int_equal(strncmp(text, tables[i].first, strlen(tables[i].first)), 0);
        assert_int_equal(lines_of(text), tables[i].lines);
        free(text);
    }
}

/* The cell in which `value` stands, as it was written. */
static void expect_subject(void **state, const char *value, const char *cell)
{
    const char *before = fixture_findings[0].subject;
    fixture_findings[0].subject = value;
    char *text = written(state, REPORT_FINDINGS);
    fixture_findings[0].subject = before;
    lines_of(text);
    if (strstr(text, cell) == NULL)
        fail_msg("%s is not in %s", cell, text);
    free(text);
}

static void cells_that_a_spreadsheet_would_calculate_are_defused(void **state)
{
    expect_subject(state, "=cmd|' /C calc'!A0", ",\"'=cmd|' /C calc'!A0\",");
    expect_subject(state, "+1", ",\"'+1\",");
    expect_subject(state, "-1+1", ",\"'-1+1\",");
    expect_subject(state, "@SUM(A1)", ",\"'@SUM(A1)\",");
    expect_subject(state, "\t=1", ",\"' =1\",");
    expect_subject(state, "\r\n=1", ",\"'  =1\",");
    expect_subject(state,
                   "\xef\xbc\x9d"
                   "1",
                   ",\"'\xef\xbc\x9d"
                   "1\",");
    expect_subject(state, "a=1", ",\"a=1\",");
}

static void quotes_commas_and_line_ends_stay_in_their_cell(void **state)
{
    expect_subject(state, "a\",\"=1", ",\"a\"\",\"\"=1\",");
    expect_subject(state, "a\r\nb;c", ",\"a  b;c\",");
    expect_subject(state, "", ",\"\",");
}

static void lists_are_one_cell(void **state)
{
    char *text = written(state, REPORT_FINDINGS);
    assert_non_null(strstr(text, "\"site.pcap frame 18212; site.pcap frame 18220; site.pcap frame 18300\""));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_line_has_as_many_cells_as_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_that_a_spreadsheet_would_calculate_are_defused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quotes_commas_and_line_ends_stay_in_their_cell, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_are_one_cell, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
