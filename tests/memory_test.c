/* --memory is kept: more conversations than it has room for, observed and judged by one process, whose peak is then
 * looked at. Not under a sanitizer, which takes memory of its own. */
#include "tests/cmocka_all.h"

#include "app/crew.h"
#include "app/library.h"
#include "base/clock.h"
#include "reports/report.h"
#include "tests/frames.h"

#include <stdio.h>
#include <sys/resource.h>

#define SYN           0x02
#define SYN_ACK       0x12
#define PSH           0x18
#define MEMORY_MIB    64
#define CONVERSATIONS 60000

/* Of the sanitizers' runtime, where there is one. */
extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static long peak_kib(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* A client of its own says what is read, and is answered. */
static void talk(struct crew *crew, uint32_t number, uint8_t source)
{
    static const char banner[] = "220 mx.example ESMTP\r\n", hello[] = "EHLO me\r\n";
    struct made_frame made[4] = {{.length = 0}};
    struct frame frames[4];
    char client[32];
    snprintf(client, sizeof client, "10.%u.%u.%u", 1 + (number >> 16), number >> 8 & 255, number & 255);
    for (size_t i = 0; i < 4; i++)
        put_ethernet(&made[i]);
    put_tcp(&made[0], client, 50000, "10.0.0.2", 25, SYN, 99, 0, "", 0);
    put_tcp(&made[1], "10.0.0.2", 25, client, 50000, SYN_ACK, 499, 100, "", 0);
    put_tcp(&made[2], "10.0.0.2", 25, client, 50000, PSH, 500, 100, banner, sizeof banner - 1);
    put_tcp(&made[3], client, 50000, "10.0.0.2", 25, PSH, 100, 500 + sizeof banner - 1, hello, sizeof hello - 1);
    for (size_t i = 0; i < 4; i++)
        frames[i] = (struct frame){.time_ns = 1700000040 * SECOND_NS + number * SECOND_NS / 1000,
                                   .number = 4 * number + i + 1,
                                   .start = made[i].bytes,
                                   .captured = (uint32_t)made[i].length,
                                   .sent = (uint32_t)made[i].length,
                                   .source = source,
                                   .link_type = 1};
    crew_take(crew, frames, 4);
}

static void judge(struct crew *crew)
{
    char folder[4096];
    struct failure failure = {0};
    FILE *nowhere = fopen("/dev/null", "w");
    assert_true(nowhere != NULL && library_folder(folder, sizeof folder, &failure));
    struct interfaces *interfaces = library_interfaces(folder, &failure);
    struct path_table *table = library_table(folder, "exchange-2010-sp3", &failure);
    assert_true(interfaces != NULL && table != NULL);
    const struct path_table *tables[] = {table};
    struct audit_inputs inputs = {
        .store = crew_store(crew), .tables = tables, .table_count = 1, .interfaces = interfaces};
    struct audit *audit = audit_create(&inputs, &failure);
    assert_non_null(audit);
    assert_true(audit->conversation_count > CONVERSATIONS / 4);
    report_json(audit, &(struct report_options){0}, nowhere);
    report_text(audit, &(struct report_options){0}, nowhere);
    audit_destroy(audit);
    table_destroy(table);
    interfaces_destroy(interfaces);
    fclose(nowhere);
}

static void more_conversations_than_there_is_room_for_stay_within_the_memory_given(void **state)
{
    (void)state;
    if (__sanitizer_set_death_callback != NULL)
        skip();
    struct failure failure = {0};
    struct crew_options options = {.memory_bytes = (size_t)MEMORY_MIB << 20};
    struct crew *crew = crew_create(&options, &failure);
    assert_non_null(crew);
    uint8_t source = crew_source(crew, "made.pcap", "");
    for (uint32_t i = 0; i < CONVERSATIONS; i++)
        talk(crew, i, source);
    crew_source_ended(crew, source, false, 0);
    crew_finish(crew);
    uint64_t evicted = 0;
    for (size_t i = 0; i < observations_coverage_count(crew_store(crew)); i++)
        evicted += observations_coverage(crew_store(crew), i)->evicted_conversations;
    assert_true(evicted > 0); /* else this would prove nothing */
    judge(crew);
    crew_destroy(crew);
    assert_in_range(peak_kib(), 1, MEMORY_MIB << 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_conversations_than_there_is_room_for_stay_within_the_memory_given)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
