/* syslog: messages as servers read them: header, priority, and an end where it is too long. */
#include "watch/syslog.h"

#include "base/clock.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct syslog_message plain = {.severity = SEVERITY_HIGH,
                                            .time_ns = INT64_C(1795259512) * SECOND_NS,
                                            .host = "tap 1\n",
                                            .process = 42,
                                            .text = "it is so"};

static void a_server_gets_rfc_5424(void **state)
{
    (void)state;
    char out[SYSLOG_MOST];
    static const char wanted[] = "<27>1 2026-11-21T11:11:52.000000Z tap1 pathaudit 42 finding - \xef\xbb\xbfit is so";
    assert_int_equal(syslog_of_server(&plain, out), strlen(wanted));
    assert_memory_equal(out, wanted, strlen(wanted));
    struct syslog_message other = plain;
    other.host = " ";
    other.severity = SEVERITY_INFO;
    assert_true(syslog_of_server(&other, out) > 0);
    assert_memory_equal(out, "<30>1 2026-11-21T11:11:52.000000Z - pathaudit", 45);
}

static void this_machine_gets_what_syslog_3_writes(void **state)
{
    (void)state;
    char out[SYSLOG_MOST];
    static const char wanted[] = "<27>Nov 21 11:11:52 pathaudit[42]: it is so";
    setenv("TZ", "UTC", 1);
    tzset();
    assert_int_equal(syslog_of_machine(&plain, out), strlen(wanted));
    assert_memory_equal(out, wanted, strlen(wanted));
}

static void a_long_text_ends_between_two_characters(void **state)
{
    (void)state;
    static char text[3 * SYSLOG_MOST + 1];
    char out[SYSLOG_MOST];
    for (unsigned before = 0; before < 3; before++) {
        struct syslog_message message = plain;
        memset(text, 'x', before);
        for (size_t i = before; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "\xe2\x82\xac", 4);
        message.text = text;
        size_t length = syslog_of_server(&message, out);
        assert_in_range(length, SYSLOG_MOST - 2, SYSLOG_MOST);
        assert_memory_equal(out + length - 3, "\xe2\x82\xac", 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_gets_rfc_5424),
        cmocka_unit_test(this_machine_gets_what_syslog_3_writes),
        cmocka_unit_test(a_long_text_ends_between_two_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
