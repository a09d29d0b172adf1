/* The text report in all its forms: any width, with and without colour, with hostile names, and when there is little
 * or nothing to say. */
#include "reports/clean.h"
#include "tests/report_written.h"

static char *written(void **state, struct report_options options)
{
    const struct fixture *fixture = *state;
    return fixture_written(report_text, &fixture->audit, options);
}

static unsigned widest_line(const char *text)
{
    unsigned widest = 0;
    char *copy = strdup(text), *rest = copy;
    assert_non_null(copy);
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        unsigned columns = clean_columns(line);
        widest = columns > widest ? columns : widest;
    }
    free(copy);
    return widest;
}

static void no_line_is_wider_than_the_screen(void **state)
{
    static const unsigned widths[] = {80, 90, 100, 140, 200};
    static const enum report_only parts[] = {REPORT_EVERYTHING, REPORT_ENDPOINTS, REPORT_FINDINGS, REPORT_PATHS};
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        for (size_t k = 0; k < COUNT_OF(parts); k++) {
            char *text = written(state, (struct report_options){.width = widths[i], .only = parts[k], .all = true});
            if (widest_line(text) > widths[i])
                fail_msg("%u columns of %u:\n%s", widest_line(text), widths[i], text);
            assert_null(strstr(text, " \n"));
            free(text);
        }
    }
    char *text = written(state, (struct report_options){.explain = "00d1ffffffffffff"});
    assert_true(widest_line(text) <= 100);
    free(text);
    text = written(state, (struct report_options){.only = REPORT_CONVERSATIONS});
    assert_true(widest_line(text) <= 100);
    free(text);
}

static void ports_are_whole_on_a_narrow_screen(void **state)
{
    char *text = written(state, (struct report_options){.width = 40});
    static const char *const numbers[] = {"50636/tcp", "6001/tcp", "49155/tcp", "30000/udp", "3389/tcp", "18,212"};
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        assert_has(text, numbers[i]);
    free(text);
}

/* Takes the colour codes out. */
static void fade(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (strncmp(from, "\033[", 2) == 0) {
            from = strchr(from, 'm');
            assert_non_null(from);
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

static void colour_adds_codes_and_changes_no_word(void **state)
{
    char *plain = written(state, (struct report_options){0});
    char *coloured = written(state, (struct report_options){.colour = true});
    assert_has(coloured, "\033[1;38;5;208mNOT CONFORMING\033[0m");
    assert_has(coloured, "\033[38;5;33m1 conforming\033[0m");
    assert_null(strstr(plain, "\033"));
    fade(coloured);
    assert_string_equal(plain, coloured);
    free(plain);
    free(coloured);
}

static void hostile_names_come_out_harmless_everywhere(void **state)
{
    static const struct report_options forms[] = {
        {.all = true},       {.only = REPORT_CONVERSATIONS},  {.width = 60},
        {.width = 200},      {.explain = "00d1ffffffffffff"}, {.explain = "00d1e"},
        {.explain = HOSTILE}};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        char *text = written(state, forms[i]);
        assert_true(fixture_is_harmless(text));
        /* A name cannot begin a line of its own and so pretend to be the verdict. */
        assert_has_not(text, "\n NOT CONFORMING");
        free(text);
    }
}

static void an_empty_capture_reads_well(void **state)
{
    (void)state;
    struct fixture empty;
    fixture_init_empty(&empty);
    char *text = fixture_written(report_text, &empty.audit, (struct report_options){0});
    assert_string_equal(
        text, "pathaudit  no source   no packets\n"
              "           no table   no site file\n"
              "\n"
              "  NOTHING SEEN   not one packet came. Is it the right file, interface, sensor or time, does the\n"
              "                 filter fit? Is the interface up, and does the mirror port (SPAN) or tap send to it?\n"
              "\n");
    free(text);
    fixture_fini(&empty);
}

static void without_a_table_nothing_is_judged(void **state)
{
    struct fixture *fixture = *state;
    fixture->audit.table_count = 0;
    fixture->audit.path_count = 0;
    fixture->audit.finding_count = 0;
    char *text = written(state, (struct report_options){0});
    assert_has(text, "  NOT JUDGED   no table says which paths are expected");
    assert_has(text, "Dynamic RPC ports handed out");
    assert_has_not(text, "Paths");
    assert_has_not(text, "attention");
    free(text);
}

static void without_conversations_and_endpoints_it_says_so(void **state)
{
    struct fixture *fixture = *state;
    fixture->audit.conversation_count = 0;
    fixture->audit.endpoint_count = 0;
    memset(fixture->audit.conversation_counts, 0, sizeof fixture->audit.conversation_counts);
    char *text = written(state, (struct report_options){0});
    assert_has(text, "  NOTHING IN SCOPE   packets were read, and no IP conversation among them\n");
    assert_has(text, "No dynamic port was handed out in what was seen\n");
    assert_has_not(text, "\nUnexpected");
    free(text);
}

/* As --since leaves it: what was handed out before is known, and of the time itself there is nothing. */
static void ports_known_from_before_are_no_packets(void **state)
{
    struct fixture *fixture = *state;
    fixture->audit.conversation_count = 0;
    memset(fixture->audit.conversation_counts, 0, sizeof fixture->audit.conversation_counts);
    fixture->audit.coverage_count = 0;
    char *text = written(state, (struct report_options){0});
    assert_has(text, "  NOTHING SEEN   not one packet came.");
    free(text);
}

static void where_all_was_a_scan_something_was_seen(void **state)
{
    struct fixture *fixture = *state;
    struct judged_scan scan = {
        .transport_text = "tcp", .tunnel = "", .network = "", .hosts = 250, .ports = 100, .flows = 25000};
    fixture->audit.conversation_count = 0;
    fixture->audit.finding_count = 0;
    memset(fixture->audit.conversation_counts, 0, sizeof fixture->audit.conversation_counts);
    fixture->audit.scans = &scan;
    fixture->audit.scan_count = 1;
    char *text = written(state, (struct report_options){0});
    assert_has(text, "no conversations and 1 scan\n");
    assert_has_not(text, "NOTHING IN SCOPE");
    assert_has_not(text, "nothing in scope");
    free(text);
}

int main(void)
{
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(no_line_is_wider_than_the_screen),
        WITH_FIXTURE(ports_are_whole_on_a_narrow_screen),
        WITH_FIXTURE(colour_adds_codes_and_changes_no_word),
        WITH_FIXTURE(hostile_names_come_out_harmless_everywhere),
        WITH_FIXTURE(an_empty_capture_reads_well),
        WITH_FIXTURE(without_a_table_nothing_is_judged),
        WITH_FIXTURE(without_conversations_and_endpoints_it_says_so),
        WITH_FIXTURE(ports_known_from_before_are_no_packets),
        WITH_FIXTURE(where_all_was_a_scan_something_was_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
