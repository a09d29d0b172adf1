/* progress: the line of a long read. What is redrawn and when is up to the clock, and not tested here. */
#include "app/progress.h"

#include "base/clock.h"
#include "tests/cmocka_all.h"

#include <string.h>

#define MIB ((uint64_t)1 << 20)

static void a_line_tells_how_much_is_done_and_how_long_the_rest_takes(void **state)
{
    (void)state;
    char line[512];
    const struct progress progress = {.wanted = true};
    struct progress_now now = {.name = "ring/monday.pcap",
                               .bytes = 1024 * MIB,
                               .bytes_in_all = 6144 * MIB,
                               .packets = 8000000,
                               .file = 3,
                               .files = 12};
    progress_line(line, sizeof line, &progress, &now, 20 * SECOND_NS);
    assert_string_equal(line, "3 of 12: ring/monday.pcap  1024 of 6144 MiB (17%)  1:40 min left  51.2 MiB/s  8.0 M "
                              "packets  400 k packets/s");
    now = (struct progress_now){.name = "standard input", .bytes = 5 * MIB, .packets = 9999, .file = 1, .files = 1};
    progress_line(line, sizeof line, &progress, &now, 2 * SECOND_NS);
    assert_string_equal(line, "standard input  5 MiB  2.5 MiB/s  9999 packets  5000 packets/s");
}

static void what_has_no_end_is_told_at_its_rate_of_now(void **state)
{
    (void)state;
    char line[512];
    const struct progress progress = {
        .wanted = true, .last_ns = 7200 * SECOND_NS, .last_bytes = 900 * MIB, .last_packets = 1000000};
    const struct progress_now now = {
        .name = "live", .endless = true, .bytes = 910 * MIB, .packets = 1000500, .dropped = 7};
    progress_line(line, sizeof line, &progress, &now, 7205 * SECOND_NS);
    assert_string_equal(line, "live  2:00 h  2.0 MiB/s  1.0 M packets  100 packets/s  7 dropped");
}

static void a_line_of_large_numbers_and_long_names_is_cut_and_not_written_beyond(void **state)
{
    (void)state;
    char line[64], name[300];
    const struct progress progress = {.wanted = true};
    memset(name, 'x', sizeof name);
    memcpy(name + sizeof name - 6, ".pcap", 6);
    const struct progress_now now = {.name = name,
                                     .bytes = UINT64_MAX / 2,
                                     .bytes_in_all = UINT64_MAX,
                                     .packets = UINT64_MAX,
                                     .file = 99999,
                                     .files = 99999};
    progress_line(line, sizeof line, &progress, &now, 0);
    assert_int_equal(strlen(line), sizeof line - 1);
    assert_non_null(strstr(line, "99999 of 99999: ...xxxxxxxxxxxxxxxxxxxxxxxx.pcap  "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_tells_how_much_is_done_and_how_long_the_rest_takes),
        cmocka_unit_test(what_has_no_end_is_told_at_its_rate_of_now),
        cmocka_unit_test(a_line_of_large_numbers_and_long_names_is_cut_and_not_written_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
